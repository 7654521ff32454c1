"""A small record made in the admin alone, by somebody of a role: no file, no shell."""

import re

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import Model
from django.urls import reverse

from advocacy import transfer
from advocacy.models import (
    AskRelation,
    BodyKind,
    ChecklistStep,
    ContactPoint,
    Event,
    Issue,
    LegalReference,
    Meeting,
    Organisation,
    Pack,
    Page,
    Paragraph,
    RecommendedAction,
    SearchLog,
    SearchWords,
    Seat,
    Site,
    Source,
    StatusUpdate,
    Submission,
    TargetBody,
    Topic,
    TreatyStatus,
)
from advocacy.models.kept import forget
from tests.decisions import confirm, page_of, typed
from tests.factories import make_action, make_step
from tests.own_record import public_pages
from tests.pages import text_of
from tests.staff import (
    DESK,
    LOOK,
    NEW_SOURCE,
    Controls,
    add,
    add_page,
    change_page,
    record_page,
    send,
)

pytestmark = pytest.mark.django_db

MADE_ON_A_PAGE_OF_ITS_OWN = [
    Organisation,
    Topic,
    LegalReference,
    BodyKind,
    TargetBody,
    Source,
    Issue,
    Paragraph,
    Event,
    RecommendedAction,
    AskRelation,
    ChecklistStep,
    Meeting,
    Seat,
    ContactPoint,
    Pack,
    Page,
    SearchWords,
    TreatyStatus,
]


def test_a_small_record_is_made_in_the_admin_alone(client, sign_in):
    sign_in("Publisher")
    who = add(client, Organisation, name="Families", slug="families")
    topic = add(client, Topic, name="Human rights", slug="rights")
    law = add(client, LegalReference, title="Covenant, art. 6", slug="art-6", point="Life.")
    kind = add(client, BodyKind, name="UN organ", slug="un-organ")
    body = add(
        client,
        TargetBody,
        slug="council",
        name="Council",
        abbreviation="C",
        kind=kind.pk,
        mandate="Keeps the peace.",
        states_sit="True",
    )
    seat = add(client, Seat, slug="fr", body=body.pk, country="FR")
    meeting = add(
        client,
        Meeting,
        slug="spring",
        body=body.pk,
        kind="session",
        title="Spring session",
        starts_on="2027-03-01",
        ends_on="2027-03-20",
        confidence="expected",
        act_by="2027-02-20",
    )
    source = add(
        client,
        Source,
        title="Letter of the families",
        publisher="Families",
        url="https://example.org/letter",
        published_on="2025-01-02",
        tier="4",
        is_independent="True",
        accessed_on="2025-01-03",
    )
    issue = add(
        client,
        Issue,
        slug="missing",
        title="The missing",
        question="Where are they?",
        summary="Nobody says.",
        opened_on="2025-01-01",
        topics=[topic.pk],
    )
    add(client, Paragraph, issue=issue.pk, text="They were taken.", sources=[source.pk])
    add(
        client,
        Event,
        slug="taken",
        happened_on="2024-12-01",
        title="They were taken",
        issues=[issue.pk],
        sources=[source.pk],
    )
    ask = add(
        client,
        RecommendedAction,
        reference="F-1",
        slug="f-1",
        title="Ask where they are",
        text="The Council should ask.",
        issue=issue.pk,
        body=body.pk,
        counts_as_done="It asked.",
        counts_as_refused="It said no.",
        legal_references=[law.pk],
    )
    other = add(
        client,
        RecommendedAction,
        reference="F-2",
        slug="f-2",
        title="Visit them",
        text="The Council should visit.",
        issue=issue.pk,
        body=body.pk,
        counts_as_done="It went.",
        counts_as_refused="It said no.",
    )
    add(client, SearchWords, slug="council", words="Council, board")
    add(client, AskRelation, action=ask.pk, kind="depends_on", other=other.pk)
    step = add(client, ChecklistStep, action=ask.pk, kind="letter", title="Write", wording="Dear …")
    add(
        client,
        Pack,
        slug="letter",
        title="A letter",
        summary="To the Council.",
        kind="letter",
        who="Anyone.",
        minutes=10,
        text="Dear [name]",
        actions=[ask.pk],
    )
    office = {"place": "capital", "kind": "secretariat", "confidence": "seen_on_official_page"}
    add(client, ContactPoint, name="Secretariat", slug="secretariat", **office)
    put = {
        "submission-submitted_on": "2025-01-02",
        "submission-channel": "letter",
        "submission-organisations": [who.pk],
        "submission-source": source.pk,
    }
    answer = send(client, f"{reverse('admin:advocacy_submit')}?ask={ask.pk}", **put)
    assert Submission.objects.exists(), text_of(answer)
    met = {
        "entry-status": "under_discussion",
        "entry-happened_on": "2025-03-03",
        "entry-summary": "It met.",
        "entry-asserted_by": "body",
        "entry-verification": "documented",
        "entry-tell": "nobody",
        **NEW_SOURCE,
    }
    answer = send(client, record_page(ask=ask), **met)
    assert StatusUpdate.objects.responses().exists(), text_of(answer)
    answer = send(client, record_page(ask=ask, look=1), **LOOK)
    assert StatusUpdate.objects.looks().exists(), text_of(answer)
    decision = typed(
        "decision",
        body=body.pk,
        decided_on="2025-03-04",
        decided_precision="day",
        symbol="C/1",
        title="The missing",
        outcome="adopted_by_vote",
        ballots="FR yes",
        sources=[source.pk],
    )
    decision |= {"paragraph-1-number": "1", "paragraph-1-words": "Asks where they are."}
    decision |= {"paragraph-1-language": "en"}
    page = page_of("decision", body=body)
    confirm(client, page, Controls(client.get(page).text).sent | decision)
    statement = typed(
        "statement",
        state="FR",
        said_on="2025-03-04",
        said_precision="day",
        forum="Spring session",
        point="It asked for it.",
        sources=[source.pk],
    )
    page = page_of("statement", ask=ask)
    stance = {"stance-1-stance": "supports", "stance-1-basis": "explicit"}
    confirm(client, page, Controls(client.get(page).text).sent | statement | stance)
    treaty = {"state": "FR", "legal_reference": law.pk, "status": "ratified"}
    add(client, TreatyStatus, slug="fr-art-6", source=source.pk, **treaty)

    # It has slugs and keys wherever a file names it, and every public page shows it.
    assert all(model._default_manager.exists() for model in transfer.KINDS.values())
    assert (step.audience, step.minutes) == ("anyone", 10)
    client.logout()
    for row, words in [(issue, "They were taken."), (body, "France"), (ask, "It met.")]:
        assert words in client.get(row.get_absolute_url()).text
    meetings = text_of(client.get(reverse("meeting_list")))
    assert meeting.title in meetings
    assert "Who can act" not in meetings
    assert seat.capacity == ""


# What no two records share that say the same: heads of the chain, keys of entries, moments.
OF_ITS_OWN = re.compile(
    r"\b[0-9a-f]{64}\b|\b\d+-[0-9a-f]{12}\b|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)|(?:DTSTAMP|LAST-MODIFIED|SEQUENCE):\S+|#entry-\d+"
)


def public_record(client):
    """{address: what it says} of every public page."""
    forget()
    return {
        path: OF_ITS_OWN.sub("…", text_of(client.get(f"/en/{path}"))) for path in public_pages()
    }


def said_by(row):
    """{field: value} of a row, with the rows that it names."""
    said = {}
    for field in row._meta.concrete_fields:
        if field.editable and not field.primary_key:
            value = getattr(row, field.name)
            said[field.name] = "" if value is None else value
    if log := said.pop("search_log", None):
        said |= said_by(log)
    many = [field for field in row._meta.many_to_many if field.editable]
    return said | {field.name: list(getattr(row, field.name).all()) for field in many}


def type_in(client, row, said):
    """Type a row where somebody would: on a page of its own, or on that of its ask."""
    if isinstance(row, Submission):
        page, prefix = f"{reverse('admin:advocacy_submit')}?ask={said['action']}", "submission-"
    elif isinstance(row, StatusUpdate):
        page, prefix = record_page(ask=said["action"], look=int(row.is_look)), "entry-"
    else:
        return add(client, type(row), **said)
    before = set(type(row)._default_manager.values_list("pk", flat=True))
    answer = send(client, page, **{prefix + name: value for name, value in said.items()})
    new = type(row)._default_manager.exclude(pk__in=before)
    assert new, text_of(answer)
    return new.get()


@pytest.mark.thorough
def test_what_a_folder_says_reads_the_same_typed_in_the_admin(client, sign_in, tmp_path):
    call_command("new_record", str(tmp_path / "cotton"), verbosity=0)
    with transaction.atomic():
        call_command("load_content", folder=tmp_path / "cotton", verbosity=0)
        loaded = public_record(client)
        kinds = [Site, *transfer.KINDS.values(), Page]
        rows = [row for kind in kinds for row in kind._default_manager.order_by("pk")]
        whole = [(row, said_by(row)) for row in rows]
        transaction.set_rollback(True)
    assert not Issue.objects.exists()

    sign_in("Publisher")
    made: dict[Model, int] = {}

    def named(value):
        if isinstance(value, list):
            return [made[row] for row in value]
        return made.get(value, "") if isinstance(value, Model) else value

    for row, said in whole:
        if isinstance(row, SearchLog):
            continue  # It is typed with its look.
        made[row] = type_in(client, row, {name: named(value) for name, value in said.items()}).pk
    client.logout()

    typed = public_record(client)
    assert typed.keys() == loaded.keys()
    for path, said in loaded.items():
        assert typed[path] == said, path


@pytest.mark.parametrize("role", ["Editor", "Publisher"])
def test_every_kind_has_its_page_to_add_on_the_desk(client, sign_in, role):
    sign_in(role)
    desk = client.get(DESK).text

    for model in MADE_ON_A_PAGE_OF_ITS_OWN:
        assert f'href="{add_page(model)}"' in desk, model
    # What joins the record is made from the page of its ask.
    page = client.get(change_page(make_action())).text
    for address in ("record", "submit"):
        assert reverse(f"admin:advocacy_{address}") in page


@pytest.mark.parametrize("model", MADE_ON_A_PAGE_OF_ITS_OWN)
def test_what_is_required_is_said_before_anything_is_saved(client, sign_in, model):
    sign_in("Publisher")
    page = client.get(add_page(model)).text

    refused = client.post(add_page(model), Controls(page).sent | {"_save": "Save"})

    form = refused.context["adminform"].form
    missing = [n for n, errors in form.errors.as_data().items() if errors[0].code == "required"]
    assert missing
    for name in missing:
        row = page.partition(f"field-{name}")[2]
        assert 'class="required"' in re.search(r"<(?:label|legend)[^>]*>", row)[0], name


def test_the_next_step_is_of_the_same_ask_and_comes_after_it(client, sign_in):
    sign_in("Editor")
    ask = make_step(position=7).action
    page = f"{add_page(ChecklistStep)}?action={ask.pk}"
    assert f'href="{page}"' in client.get(change_page(ask)).text.replace("&amp;", "&")
    step = {"kind": "letter", "title": "Write", "wording": "Dear …", "_addanother": "1"}

    sent = Controls(client.get(page).text).sent
    answer = client.post(page, sent | step)

    assert answer["Location"] == page
    new = ChecklistStep.objects.latest("pk")
    assert (new.action, new.position) == (ask, 8)
    assert new.slug.startswith(ask.reference.lower())
