"""Recording on the desk what a body decided, how States voted, and what was said."""

import re
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from advocacy.admin.ballots import read_ballots, read_states
from advocacy.models import (
    Decision,
    DraftState,
    RecordedDraft,
    Source,
    Statement,
    StatementAsk,
)
from tests.decisions import confirm, decide, decide_by_vote, page_of, state, typed
from tests.factories import make_action, make_body, make_seat, make_source
from tests.pages import text_of
from tests.staff import NEW_SOURCE, Controls, change_page, errors_beside, staff_who_may

pytestmark = pytest.mark.django_db

DAY = date(2024, 3, 28)
COUNCIL = ["CH", "CN", "FR", "RU"]
MAY = ["view_recommendedaction", "change_recommendedaction", "add_statusupdate"]
MAY += ["view_decision", "view_statement"]


def council():
    body = make_body(name="Council", slug="council", states_sit=True, members_complete=True)
    for code in COUNCIL:
        make_seat(body=body, country=code, starts_on=date(2024, 1, 1), ends_on=date(2024, 12, 31))
    return body


def vetoed(body, **said):
    return typed(
        "decision",
        **{
            "body": body.pk,
            "decided_on": DAY.isoformat(),
            "decided_precision": "day",
            "draft_symbol": "S/2024/255",
            "title": "Renewal of the Panel",
            "outcome": "votes_short",
            "sources": [said.pop("source", None) or make_source().pk],
            **said,
        },
    )


@pytest.mark.parametrize(
    "pasted",
    [
        "CH yes, FR yes, CN abstain, RU no",
        "CH: yes\nFR: yes\nCN: abstain\nRU: no",
        "CH:yes CN:abstain FR:yes RU:no",
        "In favour (2): France, Switzerland\nAgainst: Russia\nAbstained (1): China",
        "Yes: CH FR\nNo: RU\nAbstentions: CN\nAbsent: none",
        "Швейцарія за, Франція за; Китай утримався; Росія проти",
    ],
)
def test_votes_are_read_as_people_paste_them(pasted):
    from django.utils import translation

    with translation.override("uk" if "за" in pasted else "en"):
        assert read_ballots(pasted) == {"CH": "yes", "FR": "yes", "CN": "abstain", "RU": "no"}


def test_what_cannot_be_read_is_named_piece_by_piece():
    with pytest.raises(ValidationError) as refusal:
        read_ballots("CH yes, XX1 maybe, Atlantis no, CH no")
    words = " ".join(refusal.value.messages)
    for part in ("“XX1 maybe”", "“Atlantis no”", "Switzerland has two votes"):
        assert part in words
    with pytest.raises(ValidationError, match="“Atlantis”"):
        read_states("FR, Atlantis")
    assert read_states("FR, United Kingdom; JP") == ["FR", "GB", "JP"]


def test_a_decision_is_recorded_with_the_votes_of_all_members_in_one_form(client, editor):
    body, source = council(), make_source()
    page = page_of("decision", body=body)

    looked = client.post(
        page, vetoed(body, source=source.pk, ballots="RU no, CN abstain", others="yes")
    )

    assert not Decision.objects.exists(), "nothing is saved before somebody looked"
    shown = text_of(looked)
    assert "in favour 2 France, Switzerland" in shown
    assert "against 1 Russia" in shown
    done = client.post(page, Controls(looked.text).sent | {"confirm": "1"}, follow=True)

    decision = Decision.objects.with_ballots().get()
    assert decision.by_vote() == {"yes": ["CH", "FR"], "no": ["RU"], "abstain": ["CN"]}
    assert (decision.yes, decision.no, decision.abstain) == (2, 1, 1)
    assert (decision.recorded_by, list(decision.sources.all())) == (editor, [source])
    assert done.redirect_chain[-1][0] == change_page(decision)
    assert "Recorded: 2024-03-28 S/2024/255." in text_of(done)
    assert "against: Russia" in text_of(done)
    assert 'name="_save"' not in done.text


def test_the_members_of_the_day_stand_in_a_table(client, editor):
    body = council()
    make_seat(body=body, country="DK", starts_on=date(2025, 1, 1))
    page = page_of("decision", body=body, day=DAY)

    opened = client.get(page)

    rows = re.findall(r'name="decision-vote-([A-Z]{2})"', opened.text)
    assert sorted(rows) == COUNCIL, "Denmark sits there only later"
    sent = Controls(opened.text).sent | vetoed(body, vote__RU="no", vote__CN="abstain")
    sent |= typed("decision", vote__CH="yes", vote__FR="yes")
    confirm(client, page, sent)
    assert Decision.objects.with_ballots().get().by_vote()["no"] == ["RU"]

    fresh = page_of("decision")
    asked = client.post(fresh, vetoed(body, draft_symbol="S/2024/256") | {"members": "1"})
    assert 'name="decision-vote-CH"' in asked.text
    assert "Nothing was recorded" not in text_of(asked)


def test_each_error_stands_beside_its_field_and_nothing_is_lost(client, editor):
    body = council()
    page = page_of("decision")

    wrong = client.post(page, vetoed(body, ballots="RU no, JP yes, CH yes, FR yes"))
    assert "Japan" in errors_beside(wrong, "decision-ballots") or "JP had no seat" in text_of(wrong)
    assert Controls(wrong.text).sent["decision-ballots"] == "RU no, JP yes, CH yes, FR yes"
    short = client.post(page, vetoed(body, ballots="RU no, CH yes", yes=13, no=1, abstain=1))
    assert "Give all ballots, or none." in errors_beside(short, "decision-ballots")
    empty = client.post(page, {})
    for field in ("body", "title", "decided_on", "outcome"):
        assert errors_beside(empty, f"decision-{field}"), field
    two = client.post(page, vetoed(body, ballots="RU no, RU yes"))
    assert "two votes" in errors_beside(two, "decision-ballots")

    assert not Decision.objects.exists()


def test_all_others_are_not_filled_in_where_not_all_members_are_known(client, editor):
    body = make_body(states_sit=True)
    make_seat(body=body, country="CH")

    refused = client.post(page_of("decision"), vetoed(body, ballots="RU no", others="yes"))

    assert "name each vote" in errors_beside(refused, "decision-ballots")
    assert not Decision.objects.exists()


def test_a_decision_sent_twice_is_recorded_once(client, editor):
    body = council()
    page = page_of("decision")
    looked = client.post(page, vetoed(body, ballots="RU no, CN abstain, CH yes, FR yes"))
    sent = Controls(looked.text).sent | {"confirm": "1"}

    client.post(page, sent)
    again = client.post(page, sent, follow=True)

    assert Decision.objects.count() == 1
    assert "was sent already" in text_of(again)


def test_a_new_source_is_saved_only_with_the_decision(client, editor):
    body = council()
    page = page_of("decision")
    sent = vetoed(body, ballots="RU no, CN abstain, CH yes, FR yes", sources=[]) | NEW_SOURCE
    Source.objects.all().delete()

    looked = client.post(page, sent)
    assert not Source.objects.exists()
    client.post(page, Controls(looked.text).sent | {"confirm": "1"})

    assert Decision.objects.get().sources.get().title == NEW_SOURCE["source-1-title"]


def test_a_paragraph_is_recorded_with_its_decision(client, editor):
    body = council()
    sent = vetoed(body, ballots="RU no, CN abstain, CH yes, FR yes") | {
        "paragraph-1-number": "OP 1",
        "paragraph-1-words": "Decides to extend the mandate",
        "paragraph-1-language": "en",
        "paragraph-1-is_read": "on",
    }

    confirm(client, page_of("decision"), sent)

    paragraph = Decision.objects.get().paragraphs.get()
    assert (paragraph.number, paragraph.is_read) == ("OP 1", True)


def test_a_decision_is_corrected_by_naming_it_and_the_form_starts_with_what_it_says(client, editor):
    body = council()
    wrong = decide(
        body=body,
        outcome="votes_short",
        title="A slip",
        ballots={"CH": "yes", "FR": "yes", "RU": "yes", "CN": "abstain"},
        paragraphs=[{"number": "OP 1", "words": "Decides", "language": "en", "is_read": True}],
    )
    page = page_of("decision", corrects=wrong)
    assert page in client.get(change_page(wrong)).text
    sent = Controls(client.get(page).text).sent
    assert sent["decision-title"] == "A slip"
    assert sent["decision-vote-RU"] == "yes"

    refused = client.post(page, sent)
    assert errors_beside(refused, "decision-correction_reason")
    sent |= typed("decision", vote__RU="no", correction_reason="Russia voted against.")
    done = confirm(client, page, sent)

    assert "Corrected: both stay in the record." in text_of(done)
    (right,) = Decision.objects.in_force()
    assert (right.corrects, right.yes, right.no) == (wrong, 2, 1)
    assert right.paragraphs.get().words == "Decides"
    assert client.get(page).url == change_page(right)
    assert page not in client.get(change_page(wrong)).text


def test_a_statement_is_recorded_with_its_asks_and_stances(client, editor):
    ask, other = make_action(reference="NK-06"), make_action(reference="NK-07")
    page = page_of("statement", ask=ask)
    opened = client.get(page)
    assert f'<option value="{ask.pk}" selected>' in opened.text
    sent = Controls(opened.text).sent | typed(
        "statement",
        state="South Korea",
        joined="JP, United States",
        forum="9767th meeting",
        said_on="2024-10-30",
        said_precision="day",
        office="Permanent Representative",
        quote="We ask for it.",
        quote_language="en",
        sources=[make_source().pk],
    )
    sent |= {"stance-1-stance": "supports", "stance-1-basis": "explicit"}
    sent |= {"stance-2-action": other.pk, "stance-2-stance": "supports"}
    sent |= {"stance-2-basis": "implied", "stance-2-sentence": "It condemned the conduct."}

    looked = client.post(page, sent)
    assert "South Korea, 30 October 2024" in text_of(looked)
    assert "spoke of the conduct, not of this step" in text_of(looked)
    assert not Statement.objects.exists()
    client.post(page, Controls(looked.text).sent | {"confirm": "1"})

    statement = Statement.objects.with_related().get()
    assert (statement.state, statement.states) == ("KR", ["KR", "JP", "US"])
    stances = {row.action: (row.stance, row.basis) for row in statement.stances.all()}
    assert stances == {ask: ("supports", "explicit"), other: ("supports", "implied")}


def test_the_ask_and_the_body_lead_to_the_forms(client, editor):
    ask, body = make_action(), council()

    assert page_of("statement", ask=ask) in client.get(change_page(ask)).text
    assert page_of("decision", body=body) in client.get(change_page(body)).text
    parliament = make_body(states_sit=False)
    assert client.get(page_of("decision", body=parliament)).status_code == 200


def test_a_statement_says_beside_each_field_what_is_missing(client, editor):
    page = page_of("statement")

    refused = client.post(page, typed("statement", state="Atlantis", quote="Words"))

    assert "“Atlantis”" in errors_beside(refused, "statement-state")
    assert errors_beside(refused, "statement-said_on")
    nobody = client.post(
        page,
        typed(
            "statement",
            said_on="2024-10-30",
            said_precision="day",
            forum="Press",
            point="It spoke.",
            sources=[make_source().pk],
        ),
    )
    assert "Name one speaker" in errors_beside(nobody, "statement-state")
    assert not Statement.objects.exists()


def test_an_ask_without_a_stance_is_refused(client, editor):
    ask = make_action()
    page = page_of("statement", ask=ask)
    sent = Controls(client.get(page).text).sent | typed(
        "statement",
        state="KR",
        said_on="2024-10-30",
        said_precision="day",
        forum="Press",
        point="It spoke.",
        sources=[make_source().pk],
    )

    refused = client.post(page, sent)

    assert "What it says to an ask is not whole." in text_of(refused)
    assert not StatementAsk.objects.exists()


def test_a_statement_is_corrected_by_naming_it(client, editor):
    ask = make_action()
    wrong = state(ask, point="A slip.")
    page = page_of("statement", corrects=wrong)
    sent = Controls(client.get(page).text).sent
    assert sent["statement-state"] == "KR"
    assert sent["stance-1-stance"] == "supports"
    sent |= typed("statement", point="It asked for it.", correction_reason="Misheard.")

    confirm(client, page, sent)

    (right,) = Statement.objects.in_force()
    assert (right.corrects, right.point) == (wrong, "It asked for it.")
    assert right.stances.get().action == ask


@pytest.mark.parametrize("four_eyes", [True, False])
def test_what_one_person_may_not_publish_waits_for_a_second(client, settings, four_eyes):
    settings.FOUR_EYES = four_eyes
    body, source = council(), make_source()
    publish = ["publish_statusupdate"]
    author = staff_who_may(client, *MAY, *(publish if four_eyes else []))
    sent = vetoed(body, source=source.pk, ballots="RU no, CN abstain", others="yes")

    written = confirm(client, page_of("decision"), sent)

    draft = RecordedDraft.objects.get()
    address = reverse("admin:advocacy_recordeddraft", args=[draft.pk])
    assert "Draft: it waits for a second person." in text_of(written)
    assert "against 1 Russia" in text_of(written)
    assert "Publish it" not in text_of(written)
    assert not Decision.objects.exists()
    client.post(address, {"publish": "1"})
    assert not Decision.objects.exists(), "nobody publishes what they wrote themselves"

    second = staff_who_may(client, *MAY, *publish)
    assert "Publish it" in text_of(client.get(address))
    client.post(address, {"publish": "1"}, follow=True)

    decision = Decision.objects.get()
    assert (decision.recorded_by, decision.approved_by) == (author, second)
    draft.refresh_from_db()
    assert draft.state == DraftState.PUBLISHED
    client.post(address, {"publish": "1"})
    assert Decision.objects.count() == 1


def test_its_author_withdraws_a_draft(client, settings):
    settings.FOUR_EYES = True
    staff_who_may(client, *MAY)
    confirm(client, page_of("decision"), vetoed(council(), ballots="RU no", others="yes"))
    draft = RecordedDraft.objects.get()
    address = reverse("admin:advocacy_recordeddraft", args=[draft.pk])

    staff_who_may(client, *MAY)
    assert client.post(address, {"withdraw": "1"}).status_code == 403
    client.force_login(draft.written_by)
    client.post(address, {"withdraw": "1"})

    assert not RecordedDraft.objects.waiting().exists()
    assert not Decision.objects.exists()


def test_the_desk_shows_what_waits(client, editor):
    RecordedDraft.objects.write("decision", {}, by=editor, title="Council: S/2024/255")

    desk = text_of(client.get(reverse("admin:index")))

    assert "Decisions and statements that wait for a second person 1" in desk
    assert "decision: Council: S/2024/255" in desk


@pytest.mark.parametrize("kind", ["decision", "statement"])
def test_only_who_may_record_sees_the_way_to_the_form_and_opens_it(client, kind):
    row = decide() if kind == "decision" else state()
    listed = reverse(f"admin:advocacy_{kind}_changelist")
    staff_who_may(client, f"view_{kind}")
    assert f"Record a {kind}" not in text_of(client.get(listed))
    assert "Correct it" not in text_of(client.get(change_page(row)))
    assert client.get(page_of(kind)).status_code == 403
    assert client.post(page_of(kind)).status_code == 403

    staff_who_may(client, *MAY)
    assert f"Record a {kind}" in text_of(client.get(listed))
    assert "Correct it" in text_of(client.get(change_page(row)))
    assert client.get(page_of(kind)).status_code == 200


def test_the_lists_are_read_in_few_queries(client, editor, django_assert_max_num_queries):
    for number in range(3):
        decide_by_vote({"KR": "yes", "FR": "no"})
        state(make_action(), point=f"It spoke {number}.")
    for kind in ("decision", "statement"):
        with django_assert_max_num_queries(20):
            answer = client.get(reverse(f"admin:advocacy_{kind}_changelist"))
        assert answer.status_code == 200
