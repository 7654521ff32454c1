"""The pages of the desk on which words are withheld."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from advocacy.models import StatusUpdate, Withheld, Withholding, make_groups
from tests.factories import make_action, make_event, make_source, record
from tests.pages import text_of
from tests.staff import change_page, make_ask, send
from tests.test_withholding import SECRET, WHY, make_row, tables_with

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def groups():
    make_groups()


@pytest.fixture(autouse=True)
def no_second_factor(monkeypatch):
    """Whether a role needs one is the matter of other tests."""
    monkeypatch.setattr("advocacy.admin.site.lacks_second_factor", lambda user: False)


def propose_page(row):
    return reverse("admin:advocacy_withholding_propose", args=[row._meta.model_name, row.pk])


def page_of(proposal):
    return reverse("admin:advocacy_withholding_change", args=[proposal.pk])


def confirm(client, proposal, **typed):
    return client.post(
        reverse("admin:advocacy_withholding_confirm", args=[proposal.pk]),
        {"once": "c" * 22, **typed},
        follow=True,
    )


def test_one_proposes_and_another_reads_what_will_be_gone_and_confirms(client, sign_in):
    entry = make_row("statusupdate", "summary")
    publisher = sign_in("Publisher")
    page = client.get(change_page(entry.action))
    assert propose_page(entry) in page.text
    assert f"What happened: The words of {SECRET}" in text_of(client.get(propose_page(entry)))

    page = send(client, propose_page(entry), field="summary", reason=WHY)

    shown = text_of(page)
    assert "Nothing is gone yet: somebody else confirms it." in shown
    assert "A second person confirms it." in shown
    assert "Withhold these words for good" not in shown
    assert tables_with(SECRET)

    administrator = sign_in("Administrator")
    proposal = Withholding.objects.get()
    assert "proposes to withhold it" in text_of(client.get(reverse("admin:index")))
    shown = text_of(client.get(page_of(proposal)))
    for words in (
        SECRET,
        WHY,
        publisher.username,
        "What will be gone for good",
        "The salt of their hash",
        "It cannot be undone.",
        "docs/operations.md",
    ):
        assert words in shown

    shown = text_of(confirm(client, proposal))
    assert "Tick that you have read what will be gone" in shown
    assert tables_with(SECRET)

    shown = text_of(confirm(client, proposal, sure="on"))
    assert "confirmed: the words are gone" in shown
    assert "Backups still hold the words" in shown
    assert SECRET not in shown
    assert tables_with(SECRET) == set()
    gone = Withheld.objects.get()
    assert (gone.proposed_by, gone.confirmed_by) == (publisher, administrator)


def test_the_log_says_who_did_what_without_the_words(client, sign_in):
    source = make_row("source", "title")
    sign_in("Publisher")
    send(client, propose_page(source), field="title", reason=WHY)
    sign_in("Administrator")
    confirm(client, Withholding.objects.get(), sure="on")

    logged = LogEntry.objects.order_by("pk")
    assert [entry.get_change_message() for entry in logged] == ["proposed", "confirmed"]
    assert {entry.object_repr for entry in logged} == {f"Source {source.pk}, title"}


def test_a_proposal_can_be_withdrawn_and_then_not_confirmed(client, sign_in):
    entry = make_row("statusupdate", "summary")
    sign_in("Publisher")
    send(client, propose_page(entry), field="summary", reason=WHY)
    proposal = Withholding.objects.get()
    client.post(reverse("admin:advocacy_withholding_withdraw", args=[proposal.pk]))

    sign_in("Administrator")
    assert "no longer open: it is withdrawn" in text_of(confirm(client, proposal, sure="on"))
    assert tables_with(SECRET)


def test_a_refused_proposal_keeps_what_was_typed(client, sign_in):
    entry = make_row("statusupdate", "summary")
    sign_in("Publisher")

    page = client.post(propose_page(entry), {"field": "summary", "reason": "", "once": "a" * 22})

    assert "This field is required." in text_of(page)
    assert not Withholding.objects.exists()
    page = client.post(propose_page(entry), {"reason": WHY, "once": "a" * 22})
    assert f'value="{WHY}"' in page.text


def test_the_other_places_of_the_same_words_are_named(client, sign_in):
    words = f"The words of {SECRET}."
    first, second = (record(make_action(), summary=words) for _ in range(2))
    sign_in("Publisher")

    page = send(client, propose_page(first), field="summary", reason=WHY)

    assert "The same words also stand here" in text_of(page)
    assert f"#entry-{second.pk}" in page.text


@pytest.mark.parametrize(
    ("role", "may"),
    [("Editor", False), ("Publisher", True), ("Administrator", True), ("nobody", False)],
)
def test_who_proposes_and_sees_proposals(client, sign_in, role, may):
    entry = make_row("statusupdate", "summary")
    sign_in("Publisher")
    send(client, propose_page(entry), field="summary", reason=WHY)
    proposal = Withholding.objects.get()
    sign_in(role)

    assert (client.get(propose_page(entry)).status_code == 200) == may
    assert (client.get(page_of(proposal)).status_code == 200) == may
    confirmed = confirm(client, proposal, sure="on").status_code == 200
    assert confirmed == may
    assert bool(tables_with(SECRET)) == (role != "Administrator")


@pytest.mark.parametrize("of", ["user", "statusupdate", "recommendedaction"])
def test_what_cannot_be_withheld_has_no_page(client, editor, of):
    make_action()

    page = reverse("admin:advocacy_withholding_propose", args=[of, 1])
    assert client.get(page).status_code == 404


@pytest.mark.parametrize(
    ("of", "field"),
    [
        ("source", "quote"),
        ("reply", "text"),
        ("searchlog", "terms"),
        ("event", "title"),
        ("submission", "reference"),
    ],
)
def test_the_page_of_a_row_leads_to_the_proposal(client, sign_in, of, field):
    row = make_row(of, field)
    page = change_page(row.action if of == "submission" else row)
    sign_in("Administrator")
    assert propose_page(row) in client.get(page).text

    sign_in("Editor")
    assert "Withhold words" not in client.get(page).text


def test_a_form_that_is_sent_twice_confirms_once(client, sign_in):
    entry = make_row("statusupdate", "summary")
    sign_in("Publisher")
    send(client, propose_page(entry), field="summary", reason=WHY)
    sign_in("Administrator")
    proposal = Withholding.objects.get()
    for _ in range(2):
        confirm(client, proposal, sure="on")

    assert Withheld.objects.count() == 1
    assert StatusUpdate.objects.get(pk=entry.pk).summary == Withheld.objects.get().notice


def test_a_source_of_no_entry_may_be_withheld_as_well(client, sign_in):
    source, ask = make_source(quote=f"Words of {SECRET}."), make_ask()
    make_event(issues=[ask.issue], sources=[source])
    sign_in("Publisher")
    send(client, propose_page(source), field="quote", reason=WHY)
    sign_in("Administrator")
    confirm(client, Withholding.objects.get(), sure="on")

    assert tables_with(SECRET) == set()
    shown = text_of(client.get(reverse("issue_detail", args=[ask.issue.slug])))
    assert f": {WHY}]" in shown
