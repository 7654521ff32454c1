"""How States stand to the treaties that asks rest on."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from advocacy.models import TreatyState, TreatyStatus
from tests.decisions import make_treaty_status
from tests.factories import make_action, make_legal_reference, make_source

pytestmark = pytest.mark.django_db


def refused(field, **said):
    row = TreatyStatus(
        **{
            "slug": "kr-it",
            "state": "KR",
            "legal_reference": said.pop("legal_reference", None) or make_legal_reference(),
            "status": TreatyState.RATIFIED,
            "source": make_source(),
            **said,
        }
    )
    with pytest.raises(ValidationError) as refusal:
        row.full_clean()
    errors = refusal.value.error_dict
    codes = {error.code for error in errors.get("__all__", ())}
    assert {*errors} - {"__all__"} | codes == {field}
    return " ".join(
        message for messages in refusal.value.message_dict.values() for message in messages
    )


def test_the_treaties_behind_an_ask_are_those_whose_articles_it_rests_on():
    treaty, other = make_legal_reference(), make_legal_reference()
    article = make_legal_reference(treaty=treaty)
    ask = make_action()
    ask.legal_references.set([article])
    status = make_treaty_status(legal_reference=treaty)
    make_treaty_status(legal_reference=other)
    make_treaty_status(legal_reference=treaty, state="JP")

    assert [*TreatyStatus.objects.of_state("KR").behind([ask])] == [status]
    ask.legal_references.set([treaty, article])
    assert [*TreatyStatus.objects.of_state("KR").behind([ask])] == [status]


def test_a_state_stands_to_a_treaty_in_one_way():
    status = make_treaty_status()

    said = refused("legal_reference", legal_reference=status.legal_reference)
    assert said == "The record says already how this State stands to it."
    with pytest.raises(IntegrityError), transaction.atomic():
        make_treaty_status(legal_reference=status.legal_reference)


@pytest.mark.parametrize(
    ("field", "said", "sentence"),
    [
        ("state", {"state": "EU"}, "the code of an organisation"),
        ("status", {"status": "signs"}, "not a valid choice"),
        ("since", {"since": date(2100, 1, 1)}, "That day has not come yet."),
        (
            "since",
            {"status": TreatyState.NOT_PARTY, "since": date(2000, 1, 1)},
            "Who never was a party",
        ),
    ],
)
def test_what_is_wrong_is_said(field, said, sentence):
    assert sentence in refused(field, **said)


def test_who_is_a_party_is_said_of_the_treaty_not_of_its_article():
    treaty = make_legal_reference(title="The Convention")
    article = make_legal_reference(treaty=treaty)

    said = refused("legal_reference", legal_reference=article)
    assert said == "Who is a party is said of the treaty: “The Convention”."
    article.treaty = article
    with pytest.raises(ValidationError):
        article.full_clean()
    below = make_legal_reference()
    below.treaty = article
    with pytest.raises(ValidationError, match="the treaty itself"):
        below.full_clean()


def test_which_of_them_make_a_state_a_party():
    assert [state.value for state in TreatyState if state.is_party] == [
        "ratified",
        "acceded",
        "succeeded",
        "party",
    ]
