"""The one page that records, by each of its ways in: one ask, several, a correction, a draft."""

import re
from datetime import date

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from advocacy.models import (
    Draft,
    ResponseStatus,
    SearchLog,
    Source,
    StatusUpdate,
    Tier,
)
from tests.factories import (
    make_action,
    make_follower,
    make_source,
    record,
)
from tests.pages import text_of
from tests.staff import (
    LIST,
    MET,
    NEW_SOURCE,
    Controls,
    a_correction,
    a_draft,
    change_page,
    errors_beside,
    make_ask,
    nothing_recorded,
    one_ask,
    record_on_page,
    record_page,
    send,
    several_asks,
)

pytestmark = pytest.mark.django_db

S = ResponseStatus


WAYS_IN = [one_ask, several_asks, a_correction, a_draft]
every_way_in = pytest.mark.parametrize("way_in", WAYS_IN, ids=lambda way: way.__name__)


def state_of_the_record():
    """All that a refused form leaves as it was."""
    models = (StatusUpdate, Draft, Source, SearchLog)
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_a_response_is_recorded_with_a_source_typed_on_the_same_page(client, editor):
    action = make_ask(reference="NK-03")

    page = record_on_page(client, action, **MET)

    update = StatusUpdate.objects.get()
    source = update.sources.get()
    assert "Recorded for NK-03: “Under discussion”, 3 March 2025." in text_of(page)
    assert page.redirect_chain[-1][0] == f"{change_page(action)}#entry-{update.pk}"
    assert f'id="entry-{update.pk}"' in page.text
    assert "It met." in text_of(page)
    assert update.action == action
    assert update.recorded_by == editor
    assert update.checked_on == timezone.localdate()
    assert source.title == "Press briefing of 4 March"
    assert source.accessed_on == date(2025, 3, 5)
    assert source.edited_by_staff_at
    action.refresh_from_db()
    assert action.edited_by_staff_at is None
    assert "Under discussion" in LogEntry.objects.get().get_change_message()


def test_an_empty_choice_says_so_in_words_that_can_be_translated(client, editor):
    page = client.get(record_page(ask=make_ask()))

    for name in ("entry-status", "entry-asserted_by", "source-1-tier", "source-1-is_independent"):
        select = re.search(rf'<select name="{name}".*?</select>', page.text, re.S)[0]
        assert "Choose one" in select
    assert "Select an option" not in page.text


def test_nobody_says_whose_a_new_source_is_before_it_is_chosen(client, editor):
    for page, name in [
        (record_page(ask=make_ask()), "source-1-is_independent"),
        (reverse("admin:advocacy_source_add"), "is_independent"),
    ]:
        text = client.get(page).text
        assert re.search(rf'<select name="{name}"', text)
        assert Controls(text).sent.get(name, "") == ""

    with pytest.raises(ValidationError) as refused:
        Source(title="A study", tier=Tier.INDEPENDENT).full_clean()
    assert "is_independent" in refused.value.message_dict


def test_that_a_response_points_the_other_way_is_ticked_and_asked_of_no_look(client, editor):
    action = make_ask()
    form = client.get(record_page(ask=action)).text
    assert "entry-points_other_way" in form
    assert "entry-points_other_way" not in Controls(form).sent
    assert "entry-points_other_way" not in client.get(record_page(ask=action, look=1)).text

    page = record_on_page(client, action, **MET, **{"entry-points_other_way": "on"})

    assert "“Under discussion (points the other way)”, 3 March 2025." in text_of(page)
    assert action.updates.get().points_other_way


def test_a_response_is_recorded_with_sources_on_file(client, editor):
    action, sources = make_ask(), [make_source(), make_source(tier=Tier.CAMPAIGN)]
    on_file = dict.fromkeys(NEW_SOURCE, "") | {"entry-sources": [source.pk for source in sources]}

    record_on_page(client, action, **MET | {"entry-happened_on": "2024-12-20"} | on_file)

    assert set(action.updates.get().sources.all()) == set(sources)


@pytest.mark.parametrize("field", ["happened_on", "asserted_by", "verification", "status"])
def test_nothing_about_a_response_is_there_before_somebody_chose_it(client, editor, field):
    page = record_page(ask=make_ask())

    assert Controls(client.get(page).text).sent.get(f"entry-{field}", "") == ""
    refused = send(client, page, **MET | {f"entry-{field}": ""})

    assert errors_beside(refused, f"entry-{field}")
    assert nothing_recorded()


@every_way_in
@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"entry-status": S.COMMITTED}, "entry-quote", "and who spoke in what capacity"),
        ({"entry-status": S.PARTIAL_ACTION}, "entry-missing", "what is still missing"),
        ({"entry-status": S.ACTION_TAKEN}, "entry-reference", "needs the act and its symbol"),
        ({"entry-status": S.REFUSED}, "entry-refused_reason", "Silence is never a refusal."),
        ({"entry-status": S.BLOCKED}, "entry-blocked_reason", "how it was blocked, and by whom"),
        (
            {"entry-status": S.BLOCKED, "entry-blocked_reason": "veto"},
            "entry-votes_for",
            "needs the tally",
        ),
        ({"entry-status": S.OVERTAKEN}, "entry-transition_reason", "needs one sentence why"),
        ({"entry-status": S.REVERSED}, "entry-undoes", "the entry that was undone"),
        ({"entry-status": S.REVERSED}, "entry-status", "cannot follow “Not yet checked”"),
        ({"entry-is_setback": "on"}, "entry-is_setback", "is no step back: untick this"),
        ({"entry-summary": ""}, "entry-summary", "Say in a sentence"),
        ({"source-1-tier": "4"}, "entry-sources", "the meeting number or agenda"),
        ({"source-1-tier": "3"}, "entry-verification", "set it to “reported”"),
        ({"entry-happened_on": "2999-01-01"}, "entry-happened_on", "future"),
        ({"entry-happened_on": "soon"}, "entry-happened_on", "valid date"),
        ({"entry-checked_on": "2020-01-01"}, "entry-checked_on", "before it happened"),
        ({"entry-happened_on": "2025-05-05"}, "entry-day_is_right", "of 4 March 2025"),
        ({"source-1-url": ""}, "source-1-url", "A new source needs this."),
        ({"source-1-is_independent": ""}, "source-1-is_independent", "A new source needs this."),
        (
            {f"source-2-{name[9:]}": value for name, value in NEW_SOURCE.items()},
            "source-2-url",
            "The same address twice.",
        ),
        ({"entry-status": ""}, "entry-status", "Choose a status of the vocabulary."),
    ],
)
def test_a_refused_response_names_what_is_missing_and_keeps_what_was_typed(
    client, editor, way_in, typed, field, words
):
    page = way_in()
    typed = {**MET, "entry-summary": "Kept sentence.", "entry-sources": [], **typed}
    if way_in is a_correction:
        typed["entry-correction_reason"] = "A slip."
    before = state_of_the_record()

    answer = send(client, page, **typed)

    assert words in errors_beside(answer, field)
    assert "everything you typed is kept" in text_of(answer)
    kept = Controls(answer.text).sent
    assert {name: kept.get(name, "") for name in typed} == typed
    assert state_of_the_record() == before


@every_way_in
def test_every_gap_is_named_at_once(client, editor, way_in):
    bare = dict.fromkeys(MET, "") | {"entry-status": S.PARTIAL_ACTION, "entry-sources": []}

    page = send(client, way_in(), **bare)

    for field in ["happened_on", "summary", "asserted_by", "verification", "missing", "sources"]:
        assert errors_beside(page, f"entry-{field}"), field


def test_nothing_is_written_to_find_out_whether_it_could_be(client, editor):
    page = record_page(ask=make_ask())
    sent = Controls(client.get(page).text).sent

    with CaptureQueriesContext(connection) as queries:
        client.post(page, {**sent, **MET, "entry-status": S.COMMITTED})

    written = [q["sql"] for q in queries if re.match("INSERT|UPDATE|DELETE", q["sql"])]
    assert [sql for sql in written if "oncekey" not in sql] == []


@every_way_in
def test_opening_the_page_by_a_link_records_nothing(client, editor, way_in):
    page = way_in()
    before = state_of_the_record()

    client.get(page, MET)
    opened = client.get(f"{page}&entry-summary=By+a+link")

    assert "By a link" not in opened.text
    assert state_of_the_record() == before


@pytest.mark.parametrize(
    "named", [{"ask": "x"}, {"ask": 99999}, {"draft": 1}, {"look": 1}, {"corrects": 0}]
)
def test_an_address_that_names_nothing_is_not_found(client, editor, named):
    assert client.get(record_page(**named)).status_code == 404


def test_the_bare_address_leads_to_the_list_of_asks(client, editor):
    page = client.get(record_page(), follow=True)

    assert page.redirect_chain == [(LIST, 302)]
    assert "Choose the asks here, and what to record for them." in text_of(page)


def test_a_source_that_was_mistyped_is_not_called_missing_as_well(client, editor):
    page = record_on_page(client, make_ask(), **MET | {"source-1-published_on": ""})

    assert errors_beside(page, "source-1-published_on")
    assert errors_beside(page, "entry-sources") == ""


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/briefing",
        "http://example.org/briefing/",
        "https://example.org/briefing#top",
    ],
)
def test_a_source_on_file_is_not_typed_again(client, editor, url):
    make_source(title="The briefing", url="https://example.org/briefing")

    page = record_on_page(client, make_ask(), **MET | {"source-1-url": url})

    assert "choose “The briefing” under “Sources on file”" in errors_beside(page, "source-1-url")
    assert not StatusUpdate.objects.exists()


def test_the_page_says_how_many_followers_would_be_told(client, editor):
    action = make_ask()
    make_follower("a@example.org", frequency="at_once", body=action.body)
    make_follower("b@example.org")
    make_follower("c@example.org", issue=make_action().issue)

    shown = text_of(client.get(record_page(ask=action)))
    assert "Followers of this now: 1 want mail at once, 1 once a week." in shown


def test_a_step_back_is_recorded_only_as_a_setback(client, editor):
    action = make_ask()
    record(action, S.ACTION_TAKEN)
    typed = MET | {
        "entry-status": S.PARTIAL_ACTION,
        "entry-reference": "A/2",
        "entry-missing": "The rest.",
        "entry-transition_reason": "It withdrew half of it.",
    }

    page = record_on_page(client, action, **typed)
    assert "Is this a setback? Tick it" in errors_beside(page, "entry-is_setback")
    assert action.updates.count() == 1
    record_on_page(client, action, **typed, **{"entry-is_setback": "on"})

    assert action.updates.get(status=S.PARTIAL_ACTION).is_setback


# The page of the ask is a page of the ask alone.


def test_the_page_of_the_ask_edits_the_ask_and_leads_to_the_page_that_records(client, editor):
    action = make_ask()

    page = client.get(change_page(action))
    send(client, change_page(action), title="Edited", **MET)

    action.refresh_from_db()
    assert action.title == "Edited"
    assert nothing_recorded()
    assert "entry-status" not in page.text
    for address in (record_page(ask=action), record_page(ask=action, look=1)):
        assert f'href="{address.replace("&", "&amp;")}"' in page.text
