"""The staff screens: what they show, what they record, and what they refuse."""

import re
from datetime import date, timedelta
from html.parser import HTMLParser

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from advocacy.models import (
    ChecklistStep,
    Issue,
    RecommendedAction,
    ResponseStatus,
    SearchLog,
    Source,
    StatusUpdate,
    TargetBody,
    Tier,
)
from tests.factories import (
    ASKED_ON,
    make_action,
    make_body,
    make_issue,
    make_legal_reference,
    make_meeting,
    make_organisation,
    make_search_log,
    make_seat,
    make_source,
    make_step,
    make_topic,
    make_user,
    record,
)
from tests.pages import text_of

pytestmark = pytest.mark.django_db

S = ResponseStatus
LIST = reverse("admin:advocacy_recommendedaction_changelist")
NEW_SOURCE = {
    "source-1-title": "Press briefing of 4 March",
    "source-1-publisher": "ILO",
    "source-1-url": "https://example.org/briefing",
    "source-1-published_on": "2025-03-04",
    "source-1-tier": "1",
}
LOG = {"log-places": "NORMLEX\nilo.org", "log-terms": "DPRK", "log-gaps": "Closed sittings."}


@pytest.fixture
def editor(client):
    user = make_user(username="olena", is_superuser=True)
    client.force_login(user)
    return user


def staff_who_may(client, *permissions):
    user = make_user()
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)
    return user


def make_ask(**fields):
    """An ask that could be saved in the admin as it is: somebody makes it."""
    return make_action(asked_by=[make_organisation()], **fields)


def change_page(row):
    return reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_change", args=[row.pk])


def delete_page(row):
    return reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_delete", args=[row.pk])


def correct_page(entry):
    return reverse("admin:advocacy_statusupdate_correct", args=[entry.pk])


class Controls(HTMLParser):
    """What a browser would send from the forms of a page: {name: value or values}."""

    def __init__(self, html):
        super().__init__()
        self.sent, self.select, self.textarea = {}, None, None
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        name, kind = given.get("name"), given.get("type")
        if tag == "textarea":
            self.textarea, self.sent[name] = name, ""
        elif tag == "select":
            self.select = given
            if "multiple" in given:
                self.sent[name] = []
        elif tag == "option" and self.select and "selected" in given:
            if "multiple" in self.select:
                self.sent[self.select["name"]].append(given["value"])
            else:
                self.sent[self.select["name"]] = given["value"]
        elif tag == "input" and name and "disabled" not in given:
            unchecked = kind in ("checkbox", "radio") and "checked" not in given
            if kind != "submit" and not unchecked and name != "CHANGE_FORM-action":
                self.sent[name] = given.get("value", "on" if kind == "checkbox" else "")

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = None
        elif tag == "textarea":
            # A line break right after the tag is not part of the text; the others are sent so.
            text = self.sent[self.textarea].removeprefix("\r").removeprefix("\n")
            self.sent[self.textarea] = text.replace("\n", "\r\n")
            self.textarea = None

    def handle_data(self, data):
        if self.textarea:
            self.sent[self.textarea] += data


def send(client, page, follow=True, **typed):
    """Open a page, type into it and send it: the answer."""
    sent = Controls(client.get(page).text).sent
    return client.post(page, {"_save": "Save", **sent, **typed}, follow=follow)


def record_on_page(client, action, **typed):
    """Fill in the block of an ask's page and press its button."""
    page = change_page(action)
    sent = Controls(client.get(page).text).sent
    return client.post(page, {**sent, **typed, "_continue": "record"}, follow=True)


def errors_beside(response, field):
    """The words that stand beside one field of the block."""
    errors = rf'<ul class="errorlist" id="id_{field}_error">(.*?)</ul>'
    found = re.search(errors, response.text, re.S)
    return re.sub(r"<[^>]+>", " ", found[1]).strip() if found else ""


def nothing_recorded():
    return not any(model.objects.exists() for model in (StatusUpdate, Source, SearchLog))


# The list of asks


def test_the_list_shows_status_wait_and_last_check_of_each_ask(client, editor):
    body = make_body(abbreviation="ILO")
    action = make_ask(reference="NK-03", title="Open an inquiry", body=body)
    record(action, S.NO_RESPONSE, checked_on=date(2025, 2, 1))
    late = make_ask(expected_by=date(2025, 6, 1), expected_basis="rule")
    days = (timezone.localdate() - ASKED_ON).days

    page = client.get(LIST)

    rows = re.findall(r"<tr>(.*?)</tr>", page.text, re.S)
    row = next(re.sub(r"<[^>]+>|\s+", " ", row) for row in rows if "NK-03" in row)
    for words in [
        "Open an inquiry",
        "ILO",
        action.issue.title,
        "No public response found",
        str(days),
        "Feb. 1, 2025",
    ]:
        assert words in row, words
    assert "overdue" not in row
    assert "overdue" in next(row for row in rows if late.reference in row)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["blocked", "late", "silent"]),
        ("phase=no_answer", ["silent"]),
        ("status=blocked", ["blocked"]),
        ("status=not_checked", ["late"]),
        ("overdue=yes", ["late"]),
        ("checked=stale", ["late", "silent"]),
        ("body={body}", ["blocked"]),
        ("issue={issue}", ["silent"]),
        ("owner=staff", ["late"]),
        ("owner=fixtures", ["blocked", "silent"]),
        ("q=примусова ПРАЦЯ", ["silent"]),
        ("q=노동", ["late"]),
        ("q=security council", ["blocked"]),
    ],
)
def test_the_list_is_filtered_and_searched(client, editor, query, found):
    council = make_body(name="Security Council")
    labour = make_issue(title="Примусова праця")
    today = timezone.localdate()
    silent = make_ask(title="silent", issue=labour)
    blocked = make_ask(title="blocked", body=council)
    make_ask(
        title="late",
        text="강제 노동",
        expected_by=date(2025, 6, 1),
        expected_basis="rule",
        edited_by_staff_at=timezone.now(),
    )
    record(silent, S.NO_RESPONSE, checked_on=ASKED_ON)
    record(blocked, S.BLOCKED, checked_on=today)

    page = client.get(f"{LIST}?{query.format(body=council.pk, issue=labour.pk)}")

    assert sorted(action.title for action in page.context["cl"].result_list) == found


@pytest.mark.parametrize("make", [make_issue, make_body])
def test_issues_and_bodies_are_found_in_any_script(client, editor, make):
    found = make(**{"title" if make is make_issue else "name": "Верховна Рада"})
    make()

    page = client.get(
        reverse(f"admin:{found._meta.label_lower.replace('.', '_')}_changelist"), {"q": "РАДА"}
    )

    assert list(page.context["cl"].result_list) == [found]


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_a_constant_number_of_queries(
    client, editor, django_assert_num_queries, number
):
    for _ in range(number):
        record(make_ask(), S.NO_RESPONSE)

    # Session, user; counts, the asks; the options of the body and issue filters.
    with django_assert_num_queries(6):
        client.get(LIST)


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_of_an_ask_takes_a_constant_number_of_queries(
    client, editor, django_assert_num_queries, number
):
    action = make_ask()
    for _ in range(number):
        wrong = record(action, sources=[make_source(), make_source()])
        record(action, corrects=wrong, correction_reason="A slip.")
        action.record_check(make_search_log(searched_on=date(2025, 1, 1)), by=make_user())

    client.get(change_page(action))  # Once for the cached content types.
    with django_assert_num_queries(13):
        client.get(change_page(action))


# The page of an ask


def test_the_page_of_an_ask_shows_its_status_clocks_and_whole_record(client, editor):
    action = make_ask()
    record(action, S.NO_RESPONSE, by=make_user(username="mykola"))
    wrong = record(action, S.ACTION_TAKEN, happened_on=date(2025, 3, 3), summary="It decided.")
    right = record(
        action,
        happened_on=date(2025, 3, 3),
        summary="It debated.",
        corrects=wrong,
        correction_reason="No vote was held.",
        sources=[make_source(title="Record of the debate")],
    )

    page = client.get(change_page(action))

    shown = text_of(page)
    assert "Status Under discussion , 3 March 2025" in shown
    assert "First acknowledgement after 77 days" in shown
    assert [entry.pk for entry in page.context["entries"]] == [right.pk, wrong.pk, 1 * wrong.pk - 1]
    for words in ["It decided.", "It debated.", "No vote was held.", "Record of the debate"]:
        assert words in shown, words
    for words in ["NORMLEX; ilo.org", "North Korea; forced labour", "Closed sittings.", "mykola"]:
        assert words in shown, words
    assert f'href="#entry-{right.pk}"' in page.text
    assert f'href="#entry-{wrong.pk}"' in page.text
    assert correct_page(right) in page.text
    assert correct_page(wrong) not in page.text


def test_the_record_shows_what_only_some_statuses_hold(client, editor):
    action = make_ask()
    done = record(action, S.ACTION_TAKEN, reference="A/RES/7")
    details = {"undoes": done, "transition_reason": "A new majority."}
    record(action, S.REVERSED, **details)
    record(action, S.COMMITTED, quote="We will do it.", speaker="The president")
    record(action, S.PARTIAL_ACTION, missing="The inquiry.")
    record(action, S.BLOCKED, votes_for=13, votes_against=1, votes_abstained=1)

    shown = text_of(client.get(change_page(action)))

    for words in [
        "A/RES/7",
        "A new majority.",
        f"Undoes {done}",
        "“We will do it.” (The president)",
        "Still missing The inquiry.",
        "and a permanent member against (RU)",
        "13 in favour, 1 against, 1 abstentions",
    ]:
        assert words in shown, words


def test_a_response_is_recorded_with_a_source_typed_on_the_same_page(client, editor):
    action = make_ask(reference="NK-03")

    page = record_on_page(
        client,
        action,
        **NEW_SOURCE,
        **{
            "entry-status": S.UNDER_DISCUSSION,
            "entry-happened_on": "2025-03-03",
            "entry-summary": "The Governing Body put it on its agenda.",
        },
    )

    update = StatusUpdate.objects.get()
    source = update.sources.get()
    assert "Recorded for NK-03: “Under discussion”, 2025-03-03." in text_of(page)
    assert "The Governing Body put it on its agenda." in text_of(page)
    assert update.action == action
    assert update.recorded_by == editor
    assert update.checked_on == timezone.localdate()
    assert source.title == "Press briefing of 4 March"
    assert source.accessed_on == timezone.localdate()
    assert source.edited_by_staff_at
    action.refresh_from_db()
    assert action.edited_by_staff_at is None
    assert "Under discussion" in LogEntry.objects.get().get_change_message()


def test_a_response_is_recorded_with_sources_on_file(client, editor):
    action, sources = make_ask(), [make_source(), make_source(tier=Tier.CAMPAIGN)]

    record_on_page(
        client,
        action,
        **{
            "entry-status": S.ACKNOWLEDGED,
            "entry-summary": "It wrote that it had received the letter.",
            "entry-sources": [source.pk for source in sources],
        },
    )

    assert set(action.updates.get().sources.all()) == set(sources)


def test_silence_is_recorded_with_a_search_log(client, editor):
    action = make_ask()

    record_on_page(client, action, **LOG, **{"entry-status": S.NO_RESPONSE})

    update = action.updates.get()
    assert update.search_log.places.split() == ["NORMLEX", "ilo.org"]
    assert update.search_log.searched_by == editor
    assert update.search_log.searched_on == timezone.localdate()
    assert update.search_log.edited_by_staff_at
    assert SearchLog.objects.count() == 1


@pytest.mark.parametrize(
    ("status", "typed", "field", "words"),
    [
        (S.COMMITTED, {}, "entry-quote", "the exact words, and who spoke in what capacity"),
        (S.PARTIAL_ACTION, {}, "entry-missing", "in writing what is still missing"),
        (S.ACTION_TAKEN, {}, "entry-reference", "needs the act and its symbol"),
        (S.REFUSED, {}, "entry-refused_reason", "Silence is never a refusal."),
        (S.BLOCKED, {}, "entry-blocked_reason", "how it was blocked, and by whom"),
        (S.BLOCKED, {"entry-blocked_reason": "veto"}, "entry-votes_for", "needs the tally"),
        (S.OVERTAKEN, {}, "entry-transition_reason", "needs one sentence why"),
        (S.REVERSED, {}, "entry-undoes", "the entry that was undone"),
        (S.REVERSED, {}, "entry-status", "cannot follow “Not yet checked”"),
        (S.IMPLEMENTED, {}, "entry-approved_by", "the approval of a second editor"),
        (S.UNDER_DISCUSSION, {"entry-summary": ""}, "entry-summary", "Say in a sentence"),
        (
            S.UNDER_DISCUSSION,
            {"source-1-tier": "4"},
            "entry-sources",
            "the meeting number or agenda",
        ),
        (S.UNDER_DISCUSSION, {"source-1-tier": "3"}, "entry-verification", "set it to “reported”"),
        (S.UNDER_DISCUSSION, {"entry-happened_on": "2999-01-01"}, "entry-happened_on", "future"),
        (S.UNDER_DISCUSSION, {"entry-happened_on": "soon"}, "entry-happened_on", "valid date"),
        (S.UNDER_DISCUSSION, {"entry-checked_on": "2020-01-01"}, "entry-checked_on", "before it"),
        (S.UNDER_DISCUSSION, {"source-1-url": ""}, "source-1-url", "A new source needs this."),
        (S.UNDER_DISCUSSION, {"log-places": "NORMLEX"}, "log-gaps", "the known gaps"),
        ("", {}, "entry-status", "Choose a status of the vocabulary."),
    ],
)
def test_a_refused_response_names_what_is_missing_and_keeps_what_was_typed(
    client, editor, status, typed, field, words
):
    action = make_ask()
    typed = {"entry-status": status, "entry-summary": "Kept sentence.", **NEW_SOURCE, **typed}

    page = record_on_page(client, action, **typed)

    assert words in errors_beside(page, field)
    assert "everything you typed is kept" in text_of(page)
    kept = Controls(page.text).sent
    assert {name: kept.get(name, "") for name in typed} == typed
    assert nothing_recorded()


def test_silence_without_a_search_log_is_refused_beside_the_search_log(client, editor):
    page = record_on_page(client, make_ask(), **{"entry-status": S.NO_RESPONSE})

    log = re.search(r'<details class="search-log"[^>]* open>.*?</details>', page.text, re.S)[0]
    assert "places searched, terms and known gaps" in log
    assert nothing_recorded()


def test_every_gap_is_named_at_once(client, editor):
    page = record_on_page(client, make_ask(), **{"entry-status": S.PARTIAL_ACTION})

    for field in ["entry-summary", "entry-missing", "entry-sources"]:
        assert errors_beside(page, field), field


def test_a_refused_response_keeps_its_sources_on_file_and_its_search_log(client, editor):
    source = make_source(title="Minutes on file")

    page = record_on_page(
        client,
        make_ask(),
        **{**LOG, "entry-status": S.REVERSED, "entry-sources": [source.pk]},
    )

    kept = Controls(page.text).sent
    assert kept["entry-sources"] == [str(source.pk)]
    assert {name: kept[name].replace("\r\n", "\n") for name in LOG} == LOG
    assert not SearchLog.objects.exists()


def test_a_refused_response_saves_no_edit_of_the_ask_either(client, editor):
    action = make_ask(title="As it was")

    page = record_on_page(client, action, title="Edited", **{"entry-status": S.COMMITTED})

    action.refresh_from_db()
    assert action.title == "As it was"
    assert Controls(page.text).sent["title"] == "Edited"


def test_a_broken_edit_of_the_ask_records_no_response_either(client, editor):
    action = make_ask()

    page = record_on_page(
        client,
        action,
        title="",
        **{"entry-status": S.UNDER_DISCUSSION, "entry-summary": "It met.", **NEW_SOURCE},
    )

    assert Controls(page.text).sent["entry-summary"] == "It met."
    assert nothing_recorded()


def test_saving_the_ask_with_an_untouched_block_records_nothing(client, editor):
    action = make_ask()

    send(client, change_page(action), title="Edited")

    action.refresh_from_db()
    assert action.title == "Edited"
    assert nothing_recorded()


def test_a_response_without_a_word_is_not_recorded(client, editor):
    page = record_on_page(client, make_ask())

    assert errors_beside(page, "entry-status") == "Choose a status of the vocabulary."
    assert nothing_recorded()


def test_enter_in_a_field_of_the_ask_saves_the_ask_and_says_so(client, editor):
    page = record_on_page(client, make_ask(), title="Edited")

    assert "was changed successfully." in text_of(page)
    assert nothing_recorded()


def test_a_response_and_an_edit_of_the_ask_are_saved_together(client, editor):
    action = make_ask()

    page = record_on_page(
        client,
        action,
        title="Edited",
        **{"entry-status": S.UNDER_DISCUSSION, "entry-summary": "It met.", **NEW_SOURCE},
    )

    action.refresh_from_db()
    assert "Your changes to the ask were saved as well." in text_of(page)
    assert action.title == "Edited"
    assert action.edited_by_staff_at
    assert action.updates.count() == 1


# Corrections


def test_a_correction_adds_an_entry_that_names_the_old_one(client, editor):
    action = make_ask()
    source = make_source()
    wrong = record(
        action, S.ACTION_TAKEN, summary="It decided.", reference="A/RES/1", sources=[source]
    )

    form = client.get(correct_page(wrong))
    page = send(
        client,
        correct_page(wrong),
        **{"entry-status": S.UNDER_DISCUSSION, "entry-correction_reason": "No vote was held."},
    )

    filled_in = Controls(form.text).sent
    assert filled_in["entry-summary"] == "It decided."
    assert filled_in["entry-happened_on"] == "2024-12-16"
    assert filled_in["entry-sources"] == [str(source.pk)]
    right = action.updates.get(corrects=wrong)
    assert right.status == S.UNDER_DISCUSSION
    assert right.correction_reason == "No vote was held."
    assert list(right.sources.all()) == [source]
    assert action.updates.count() == 2
    for words in ["Both entries stay", "No vote was held.", "Corrects “", "Corrected by “"]:
        assert words in text_of(page), words


def test_a_correction_says_why(client, editor):
    wrong = record(make_ask(), summary="It met.")

    page = send(client, correct_page(wrong), **{"entry-summary": "It met twice."})

    assert errors_beside(page, "entry-correction_reason") == "Say why the entry is corrected."
    assert Controls(page.text).sent["entry-summary"] == "It met twice."
    assert StatusUpdate.objects.count() == 1


def test_the_correction_of_a_silence_keeps_its_search_log_unless_it_is_changed(client, editor):
    action = make_ask()
    first = record(action, S.NO_RESPONSE)
    why = {"entry-correction_reason": "Another day."}

    send(client, correct_page(first), **why, **{"entry-happened_on": "2024-12-15"})
    second = action.updates.get(corrects=first)
    send(client, correct_page(second), **why, **{"log-gaps": "No minutes online."})
    third = action.updates.get(corrects=second)

    assert second.search_log == first.search_log
    assert third.search_log != first.search_log
    assert third.search_log.gaps == "No minutes online."
    assert third.search_log.places == first.search_log.places


def test_a_corrected_entry_is_not_corrected_again(client, editor):
    action = make_ask()
    wrong = record(action)
    record(action, corrects=wrong, correction_reason="A slip.")

    page = client.get(correct_page(wrong), follow=True)

    assert "This entry is already corrected: correct the newer one." in text_of(page)
    assert change_page(action) in page.redirect_chain[0][0]


def test_opening_the_correction_page_records_nothing(client, editor):
    wrong = record(make_ask())

    client.get(correct_page(wrong), {"entry-correction_reason": "By a link."})

    assert StatusUpdate.objects.count() == 1


# Looked again, nothing new


def look_again(client, *actions, **typed):
    chosen = {"action": "look_again", "_selected_action": [action.pk for action in actions]}
    return client.post(LIST, {**chosen, **typed}, follow=True)


LOOK = {"look-searched_on": "2025-05-05", "look-places": "UN Web TV", "look-terms": "DPRK"}
LOOK["look-gaps"] = "Closed sittings."


def test_one_search_log_serves_all_asks_looked_at(client, editor):
    discussed, unknown = make_ask(), make_ask()
    record(discussed)

    page = look_again(client, discussed, unknown, **LOOK)

    log = SearchLog.objects.get()
    assert "Looked again, nothing new: recorded for 2 asks." in text_of(page)
    assert log.searched_by == editor
    assert log.updates.count() == 2
    assert discussed.updates.get(search_log=log).status == S.UNDER_DISCUSSION
    assert unknown.updates.get().status == S.NO_RESPONSE
    assert discussed.updates.get(search_log=log).checked_on == date(2025, 5, 5)


def test_looking_again_asks_for_the_search_log_and_starts_from_the_last_one(client, editor):
    action = make_ask(title="Open an inquiry")
    record(action, S.NO_RESPONSE)

    page = look_again(client, action)

    filled_in = Controls(page.text).sent
    assert "Open an inquiry" in text_of(page)
    assert filled_in["look-searched_on"] == timezone.localdate().isoformat()
    assert filled_in["look-places"] == "NORMLEX\r\nilo.org"
    assert filled_in["look-terms"] == "North Korea\r\nforced labour"
    assert filled_in["look-gaps"] == ""
    assert action.updates.count() == 1


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"look-gaps": " "}, "look-gaps", "the known gaps"),
        ({"look-searched_on": "2999-01-01"}, "look-searched_on", "no dates in the future"),
    ],
)
def test_a_refused_look_records_nothing_and_keeps_what_was_typed(
    client, editor, typed, field, words
):
    page = look_again(client, make_ask(), make_ask(), **{**LOOK, **typed})

    assert words in errors_beside(page, field)
    assert Controls(page.text).sent["look-places"] == "UN Web TV"
    assert nothing_recorded()


def test_a_look_that_the_record_refuses_names_each_ask(editor):
    asks = [make_ask(reference="NK-03"), make_ask(reference="NK-06")]
    log = make_search_log(searched_on=timezone.localdate() + timedelta(days=1))

    with pytest.raises(ValidationError) as refusal:
        RecommendedAction.objects.filter(pk__in=[ask.pk for ask in asks]).record_check(
            log, by=editor
        )

    assert refusal.value.messages == [
        "NK-03: The record holds no dates in the future.",
        "NK-06: The record holds no dates in the future.",
    ]
    assert not StatusUpdate.objects.exists()


def test_a_look_is_recorded_from_the_page_of_the_ask(client, editor):
    action = make_ask()
    chosen = {"CHANGE_FORM-action": "look_again", "_selected_action": action.pk}

    asked = client.post(change_page(action), chosen)
    again = Controls(asked.text).sent
    page = client.post(change_page(action), {**again, **chosen, **LOOK}, follow=True)

    assert 'name="CHANGE_FORM-action" value="look_again"' in asked.text
    assert "recorded for 1 ask." in text_of(page)
    assert action.updates.get().status == S.NO_RESPONSE


def test_one_search_log_does_not_speak_for_hundreds_of_asks(client, editor, monkeypatch):
    monkeypatch.setattr("advocacy.admin.actions.MOST_LOOKED_AT", 1)

    page = look_again(client, make_ask(), make_ask(), **LOOK)

    assert "Choose at most 1 asks" in text_of(page)
    assert nothing_recorded()


# Whose row it is

CONTENT = [
    (make_issue, "summary"),
    (make_topic, "description"),
    (make_legal_reference, "point"),
    (make_body, "mandate"),
    (make_organisation, "description"),
    (make_seat, "note"),
    (make_meeting, "who_can_act"),
    (make_source, "summary"),
    (make_search_log, "gaps"),
    (make_ask, "text"),
    (make_step, "wording"),
]


@pytest.mark.parametrize(("make", "field"), CONTENT)
def test_a_row_belongs_to_staff_from_their_first_edit_on(client, editor, make, field):
    row = make()
    if make is make_issue:
        row.topics.add(make_topic())
    page = change_page(row)

    before = client.get(page)
    send(client, page)
    row.refresh_from_db()
    untouched = row.edited_by_staff_at
    send(client, page, **{field: "Edited by staff."})
    row.refresh_from_db()

    assert "once you edit it here, load_content leaves it alone" in text_of(before)
    assert untouched is None
    assert getattr(row, field) == "Edited by staff."
    assert row.edited_by_staff_at
    assert "load_content leaves this row alone" in text_of(client.get(page))


def test_a_row_made_in_the_admin_belongs_to_staff(client, editor):
    client.post(
        reverse("admin:advocacy_topic_add"), {"name": "Asylum", "slug": "asylum", "position": 9}
    )
    client.post(
        reverse("admin:advocacy_source_add"),
        {name.removeprefix("source-1-"): value for name, value in NEW_SOURCE.items()}
        | {"language": "en", "published_precision": "day"},
    )

    assert make_topic().__class__.objects.get(slug="asylum").edited_by_staff_at
    assert Source.objects.get().edited_by_staff_at


def test_a_change_of_who_asked_is_an_edit_of_the_ask(client, editor):
    action = make_ask()

    send(client, change_page(action), asked_by=[make_organisation().pk])

    action.refresh_from_db()
    assert action.edited_by_staff_at


def test_a_step_edited_on_the_page_of_its_ask_belongs_to_staff_and_the_ask_does_not(client, editor):
    action = make_ask()
    step, other = make_step(action=action), make_step(action=action)

    send(client, change_page(action), **{"steps-0-wording": "Dear delegate."})

    step.refresh_from_db()
    other.refresh_from_db()
    action.refresh_from_db()
    assert step.wording == "Dear delegate."
    assert step.edited_by_staff_at
    assert other.edited_by_staff_at is None
    assert action.edited_by_staff_at is None


def test_a_slug_never_changes(client, editor):
    step = make_step(slug="write-to-geneva")

    send(client, change_page(step), slug="another", title="Edited")

    step.refresh_from_db()
    assert (step.slug, step.title) == ("write-to-geneva", "Edited")


# What nobody can change


def test_an_entry_of_the_record_is_neither_edited_nor_deleted(client, editor):
    entry = record(make_ask(), summary="It met.")

    changed = client.post(change_page(entry), {"summary": "It slept."})
    deleted = client.post(delete_page(entry), {"post": "yes"})
    chosen = {"action": "delete_selected", "_selected_action": entry.pk, "post": "yes"}
    client.post(reverse("admin:advocacy_statusupdate_changelist"), chosen)
    added = client.get(reverse("admin:advocacy_statusupdate_add"))

    assert changed.status_code in (302, 403)
    assert deleted.status_code == added.status_code == 403
    assert StatusUpdate.objects.get().summary == "It met."


def test_the_whole_record_is_listed_and_each_entry_leads_to_its_ask(client, editor):
    action = make_ask(reference="NK-03", title="Open an inquiry")
    entry = record(action, summary="It met on the ask.")
    record(make_ask(title="Another"), summary="Something else.")

    page = client.get(reverse("admin:advocacy_statusupdate_changelist"), {"q": "inquiry"})
    place = client.get(change_page(entry))

    assert "It met on the ask." in text_of(page)
    assert "Something else." not in text_of(page)
    assert place.url == f"{change_page(action)}#entry-{entry.pk}"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("correction=corrects", ["right"]),
        ("correction=corrected", ["wrong"]),
        ("status__exact=acknowledged", ["other"]),
    ],
)
def test_the_record_is_filtered(client, editor, query, found):
    action = make_ask()
    wrong = record(action, summary="wrong")
    record(action, summary="right", corrects=wrong, correction_reason="A slip.")
    record(make_ask(), S.ACKNOWLEDGED, summary="other")

    page = client.get(f"{reverse('admin:advocacy_statusupdate_changelist')}?{query}")

    assert [entry.summary for entry in page.context["cl"].result_list] == found


@pytest.mark.parametrize("number", [1, 3])
def test_the_record_takes_a_constant_number_of_queries(
    client, editor, django_assert_num_queries, number
):
    for _ in range(number):
        action = make_ask()
        record(action, corrects=record(action), correction_reason="A slip.")

    with django_assert_num_queries(4):
        client.get(reverse("admin:advocacy_statusupdate_changelist"))


def test_cited_evidence_stays_as_it_was_read_but_may_gain_an_archived_copy(client, editor):
    source = make_source(title="Minutes")
    record(make_ask(), sources=[source])
    copy = "https://archive.example.org/1"

    page = client.get(change_page(source))
    send(client, change_page(source), title="Rewritten", tier="4", archive_url=copy)
    deleted = client.post(delete_page(source), {"post": "yes"})

    source.refresh_from_db()
    assert "it stays as it was read and cannot be deleted" in text_of(page)
    assert (source.title, source.tier, source.archive_url) == ("Minutes", 1, copy)
    assert deleted.status_code == 403


def test_a_cited_search_log_stays_as_it_was_written(client, editor):
    log = make_search_log(gaps="Closed sittings.")
    record(make_ask(), S.NO_RESPONSE, search_log=log)

    send(client, change_page(log), gaps="None.")
    deleted = client.post(delete_page(log), {"post": "yes"})

    log.refresh_from_db()
    assert log.gaps == "Closed sittings."
    assert deleted.status_code == 403


def test_evidence_that_nothing_cites_can_be_deleted(client, editor):
    source = make_source()

    client.post(delete_page(source), {"post": "yes"})

    assert not Source.objects.exists()


def test_what_the_record_stands_on_is_not_deleted_and_the_page_says_why(client, editor):
    action = make_ask()
    entry = record(action)

    for row in [action, action.body, action.issue]:
        page = client.post(delete_page(row), {"post": "yes"})
        assert "the record stands on it, and the record is kept whole" in text_of(page), row
    chosen = {"action": "delete_selected", "post": "yes", "_selected_action": action.pk}
    page = client.post(LIST, chosen)

    assert "the record is kept whole" in text_of(page)
    assert StatusUpdate.objects.get() == entry
    assert RecommendedAction.objects.exists()
    assert TargetBody.objects.exists()
    assert Issue.objects.exists()


def test_deleting_content_says_that_a_fixture_would_bring_it_back(client, editor):
    step = make_step()

    page = client.get(delete_page(step))
    client.post(delete_page(step), {"post": "yes"})

    assert "load_content adds it again" in text_of(page)
    assert not ChecklistStep.objects.exists()


# Who may


def test_who_may_only_look_sees_the_record_and_no_way_to_add(client):
    action = make_ask()
    entry = record(action, summary="It met.")
    staff_who_may(client, "view_recommendedaction", "view_statusupdate")

    page = client.get(change_page(action))
    sent = client.post(change_page(action), {"entry-status": S.ACKNOWLEDGED, "_continue": "record"})
    look = client.post(
        change_page(action),
        {"CHANGE_FORM-action": "look_again", "_selected_action": action.pk, **LOOK},
    )
    correction = client.post(correct_page(entry), {"entry-status": S.ACKNOWLEDGED})

    assert "It met." in text_of(page)
    for words in ["Record a response", "Looked again, nothing new", "Correct this entry"]:
        assert words not in text_of(page), words
    assert sent.status_code == look.status_code == correction.status_code == 403
    assert list(action.updates.all()) == [entry]


def test_who_may_edit_asks_but_not_add_to_the_record_records_nothing(client):
    action = make_ask()
    entry = record(action)
    staff_who_may(client, "change_recommendedaction")
    typed = {"entry-status": S.ACKNOWLEDGED, "entry-summary": "It wrote.", **NEW_SOURCE}

    page = client.get(change_page(action))
    send(client, change_page(action), title="Edited", **typed)
    look_again(client, action, **LOOK)
    correction = client.get(correct_page(entry))

    action.refresh_from_db()
    assert action.title == "Edited"
    assert "Record a response" not in text_of(page)
    assert correction.status_code == 403
    assert list(action.updates.all()) == [entry]


def test_who_may_record_may_find_the_sources_on_file(client):
    make_source(title="Minutes on file")
    staff_who_may(client, "change_recommendedaction", "add_statusupdate")

    found = client.get(
        reverse("admin:autocomplete"),
        {
            "app_label": "advocacy",
            "model_name": "statusupdate",
            "field_name": "sources",
            "term": "minutes",
        },
    )

    assert [row["text"] for row in found.json()["results"]] == ["Minutes on file (United Nations)"]


def test_who_may_change_asks_and_add_entries_records(client):
    action = make_ask()
    user = staff_who_may(client, "change_recommendedaction", "add_statusupdate")

    record_on_page(
        client,
        action,
        **{"entry-status": S.ACKNOWLEDGED, "entry-summary": "It wrote.", **NEW_SOURCE},
    )

    assert action.updates.get().recorded_by == user


def test_a_visitor_is_asked_to_log_in(client):
    entry = record(make_ask())

    for page in [LIST, change_page(entry.action), correct_page(entry)]:
        assert client.get(page).url.startswith(reverse("admin:login")), page


# The pages themselves


def test_no_page_holds_anything_inline(client, editor):
    action = make_ask()
    entry = record(action)
    pages = [LIST, change_page(action), correct_page(entry), change_page(make_source())]

    for page in [*map(client.get, pages), look_again(client, action)]:
        assert "'self'" in page["Content-Security-Policy"]
        assert "unsafe" not in page["Content-Security-Policy"]
        assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>\s*\S", page.text)
        assert not re.search(r"<[^>]+\s(style|on\w+)=", page.text)


def test_every_field_of_the_block_has_its_label(client, editor):
    page = client.get(change_page(make_ask()))

    block = re.search(r'id="record-a-response".*?</section>', page.text, re.S)[0]
    fields = re.findall(r'<(?:input|select|textarea)[^>]* id="([^"]+)"', block)
    assert len(fields) > 40
    for field in fields:
        assert f'<label for="{field}"' in block or f'for="{field}"' in block, field


@pytest.mark.parametrize(("make", "field"), CONTENT)
def test_every_list_opens(client, editor, make, field):
    row = make()

    page = client.get(reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_changelist"))

    assert page.context["cl"].result_count == 1
