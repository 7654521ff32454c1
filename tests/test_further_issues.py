"""An ask on several issues, asks that point to each other, and what an issue tells."""

import io
from collections import Counter

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse

from advocacy import transfer
from advocacy.models import (
    AskRelation,
    AskState,
    Issue,
    Paragraph,
    RecommendedAction,
    RelationKind,
    Subscriber,
)
from tests.dossier import few_rows, rows_of, write_rows
from tests.factories import (
    make_action,
    make_body,
    make_follower,
    make_issue,
    make_meeting,
    make_paragraph,
    make_relation,
    make_source,
    make_step,
    make_topic,
    record,
)
from tests.pages import options_of, text_of
from tests.staff import change_page, make_ask, send

pytestmark = pytest.mark.django_db


def read(kind, text):
    return list(transfer.import_rows(kind, io.BytesIO(text.encode()), "csv", by=None))


@pytest.fixture
def ask():
    """An ask on one issue that stands on another as well, beside an ask on the other alone."""
    labour, law = make_topic(slug="labour"), make_topic(slug="law")
    silence = make_issue(slug="silence", title="Institutional silence", topics=[law])
    labourers = make_issue(slug="labourers", title="Forced labour", topics=[labour, law])
    body = make_body(slug="ilo", name="Labour Organization")
    make_action(issue=labourers, slug="other")
    return make_action(
        issue=silence, also_on=[labourers], body=body, slug="take-up", title="Take it up"
    )


# Listed and filtered there, counted once


@pytest.mark.parametrize("day", ["", "2026-01-01"])
def test_it_is_listed_on_each_of_its_issues_and_counted_once(client, ask, day):
    page = client.get(reverse("action_list"), {"as_of": day})
    assert page.context["page"].paginator.count == 2
    issues, topics = options_of(page, "issue"), options_of(page, "topic")
    assert issues == {
        "": "All issues",
        "labourers": "Forced labour (2)",
        "silence": "Institutional silence (1)",
    }
    assert [topics["law"][-3:], topics["labour"][-3:]] == ["(2)", "(2)"]
    for issue, found in {"silence": ["take-up"], "labourers": ["other", "take-up"]}.items():
        page = client.get(reverse("action_list"), {"issue": issue, "as_of": day})
        assert sorted(action.slug for action in page.context["actions"]) == found
        assert page.context["page"].paginator.count == len(found)


def test_the_table_has_it_under_each_and_the_lead_counts_it_once(client, ask):
    context = client.get(reverse("overview"), {"view": "table"}).context

    numbers: Counter[str] = Counter()
    for row in context["table"]["rows"]:
        for issue, groups in row["cells"]:
            numbers[issue.slug] += sum(group.number for group in groups)
    assert numbers == {"silence": 1, "labourers": 2}
    assert context["lead"]["asks"] == 2


def test_an_issue_with_nothing_but_a_further_ask_has_a_column(client):
    make_action(also_on=[make_issue(slug="alone")])

    table = client.get(reverse("overview"), {"view": "table"}).context["table"]

    assert "alone" in [issue.slug for issue in table["issues"]]


def test_the_pages_of_both_issues_show_it_and_its_own_page_names_both(client, ask):
    issue = Issue.objects.get(slug="labourers")

    for address in (issue.get_absolute_url(), reverse("issue_brief", args=["labourers"])):
        assert "Take it up" in text_of(client.get(address))
    assert "Also on: Forced labour" in text_of(client.get(ask.get_absolute_url()))
    listed = {
        row.slug: phases for row, phases in client.get(reverse("issue_list")).context["issues"]
    }
    assert {slug: phases.total() for slug, phases in listed.items()} == {
        "silence": 1,
        "labourers": 2,
    }


def test_lists_of_other_things_follow_it(client, ask):
    record(ask)
    make_step(action=ask, title="Write to them")
    make_meeting(body=ask.body, title="Its session")
    of_labour = {"issue": "labourers"}

    assert client.get(reverse("update_list"), of_labour).context["page"].paginator.count == 1
    assert "Write to them" in text_of(client.get(reverse("my_checklist"), of_labour))
    assert "Its session" in text_of(client.get(reverse("meeting_list"), of_labour))
    found = client.get(reverse("issue_list"), {"body": "ilo"}).context["issues"]
    assert [issue.slug for issue, _phases in found] == ["silence", "labourers"]
    found = client.get(reverse("issue_list"), {"q": "take it"}).context["issues"]
    assert [issue.slug for issue, _phases in found] == ["silence", "labourers"]
    found = client.get(reverse("action_list"), {"q": "forced labour"}).context["actions"]
    assert sorted(action.slug for action in found) == ["other", "take-up"]


def test_followers_of_each_of_its_issues_are_told(ask):
    entry = record(ask)
    for n, slug in enumerate(["silence", "labourers"]):
        make_follower(f"{n}@example.org", issue=Issue.objects.get(slug=slug))
    make_follower("nobody@example.org", issue=make_issue())

    told = Subscriber.objects.following([entry])

    assert {follower.follows.get().issue.slug for follower in told} == {"silence", "labourers"}
    assert all(follower.follows.get().covers(entry) for follower in told)


# Never its own issue


def test_the_form_refuses_its_own_issue(client, editor):
    ask = make_ask()

    answer = send(client, change_page(ask), also_on=[ask.issue.pk])

    assert "This is its issue already." in text_of(answer)
    assert not ask.also_on.exists()


def test_an_import_refuses_its_own_issue(ask):
    fates = read("actions", "slug,also_on\ntake-up,silence\n")
    assert fates[0].reasons == ("also_on: This is its issue already.",)

    fates = read("actions", "slug,issue\ntake-up,labourers\n")
    assert fates[0].reasons == ("also_on: This is its issue already.",)
    assert RecommendedAction.objects.get(slug="take-up").issue.slug == "silence"


def test_a_dossier_refuses_its_own_issue(tmp_path):
    folder = few_rows(tmp_path)
    asks = rows_of(folder, "actions.json")
    asks[0]["fields"]["also_on"] = [asks[0]["fields"]["issue"]]
    write_rows(folder, "actions.json", asks)

    with pytest.raises(CommandError, match="also_on: This is its issue already"):
        call_command("load_content", folder=folder, verbosity=0)


# Asks that point to each other

WORDS = {
    RelationKind.SPLIT_INTO: ("Split into:", "Split from:"),
    RelationKind.SAME_CALL: ("The same call to another body:", "The same call to another body:"),
    RelationKind.DEPENDS_ON: ("Depends on:", "Needed by:"),
}


@pytest.mark.parametrize("kind", RelationKind.values)
def test_both_pages_say_how_two_asks_belong_together(client, kind):
    one, other = make_action(title="The first"), make_action(title="The second")
    make_relation(action=one, kind=kind, other=other)

    from_one, from_other = WORDS[RelationKind(kind)]
    shown = text_of(client.get(one.get_absolute_url()))
    assert f"{from_one} {other.body.abbreviation}: The second" in shown
    shown = text_of(client.get(other.get_absolute_url()))
    assert f"{from_other} {one.body.abbreviation}: The first" in shown


def test_a_draft_is_not_pointed_to(client):
    one, draft = make_action(), make_action(title="Not yet public", state=AskState.DRAFT)
    make_relation(action=one, other=draft)

    assert "Not yet public" not in text_of(client.get(one.get_absolute_url()))


def test_two_asks_point_to_each_other_once():
    one = make_relation()
    back = AskRelation(action=one.other, kind=one.kind, other=one.action)
    itself = AskRelation(action=one.action, kind=one.kind, other=one.action)

    with pytest.raises(ValidationError, match="already point to each other"):
        back.full_clean()
    with pytest.raises(ValidationError, match="does not point to itself"):
        itself.full_clean()


def test_a_relation_is_made_in_the_desk_and_imported_under_its_name(client, editor):
    one, other = make_action(reference="A-1", slug="a-1"), make_action(reference="B-2", slug="b-2")
    send(
        client,
        reverse("admin:advocacy_askrelation_add"),
        action=one.pk,
        kind="depends_on",
        other=other.pk,
    )
    assert AskRelation.objects.get().slug == "a-1-depends-on-b-2"

    (fate,) = read("relations", "slug,action,kind,other\nnew,b-2,same_call,a-1\n")
    assert fate.what == "new"


# What an issue tells


def test_an_issue_is_found_by_what_its_paragraphs_say_as_they_change(client, editor):
    issue, other = make_issue(topics=[make_topic()]), make_issue(topics=[make_topic()])
    paragraph = make_paragraph(issue=issue, text="Sappers were announced.")

    def found(word):
        return list(Issue.objects.containing(word))

    assert found("sappers") == [issue]
    send(client, change_page(issue), **{"paragraphs-0-text": "Builders were announced."})
    assert (found("sappers"), found("builders")) == ([], [issue])
    paragraph.refresh_from_db()
    assert paragraph.edited_by_staff_at
    paragraph.issue = other
    paragraph.save()
    assert found("builders") == [other]
    send(client, change_page(other), title="Another title")
    assert found("builders") == [other]
    Paragraph.objects.all().delete()
    assert found("builders") == []


def test_paragraphs_are_told_in_their_order_with_day_and_source(client):
    issue = make_issue()
    make_paragraph(issue=issue, text="Second.", position=2, day="2016-01-01", precision="year")
    make_paragraph(issue=issue, text="First.", position=1, day=None)

    shown = text_of(client.get(issue.get_absolute_url()))

    assert "First. 2016 Second." in shown


def test_every_version_of_a_paragraph_is_kept(client, editor):
    paragraph = make_paragraph(text="A first version.")

    send(client, change_page(paragraph), text="A second version.")

    page = reverse("admin:advocacy_paragraph_history", args=[paragraph.pk])
    assert client.get(page).status_code == 200
    assert [version.text for version in paragraph.history.order_by("pk")] == [
        "A first version.",
        "A second version.",
    ]


def test_a_paragraph_rests_on_no_copy_alone():
    make_issue(slug="silence")
    make_source(key="copy", is_weak=True)
    make_source(key="record")
    head = "slug,issue,text,sources\n"

    (fate,) = read("paragraphs", f"{head}told,silence,It was so.,copy\n")
    assert fate.reasons == (
        "sources: A weak source never stands alone: name one that can be opened.",
    )
    (fate,) = read("paragraphs", f"{head}told,silence,It was so.,copy record\n")
    assert fate.what == "new"
