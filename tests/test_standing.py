"""How an ask stands on a day: the words that may be shown, and the rows kept ready for today."""

from datetime import date

import pytest
from django.utils import translation

from advocacy.models import (
    Channel,
    ResponseStatus,
    Standing,
)
from advocacy.models.groups import grouped
from tests.factories import (
    ASKED_ON,
)

S = ResponseStatus
DAY = date(2026, 11, 26)


def standing(status, **fields):
    on = fields.get("status_on")
    moved = {"last_moved_on": on} if on else {}
    return Standing(**{"day": DAY, "asked_on": ASKED_ON, "status": status, **moved, **fields})


LOOKED = {"last_checked_on": date(2026, 11, 23)}
PAUSED = {"paused_on": date(2025, 1, 25), "pause_reason": "The post is empty"}
CASES = {
    "nobody looked": (standing(S.NOT_CHECKED), "Not yet checked"),
    "no response": (
        standing(S.NO_RESPONSE, **LOOKED),
        "No public response found in 710 days since the public call (last looked 23 November 2026)",
    ),
    "in confidence": (
        standing(S.NO_RESPONSE, in_confidence=True, **LOOKED),
        "No public position; this body works in confidence",
    ),
    "in confidence, and it spoke": (
        standing(S.UNDER_DISCUSSION, in_confidence=True, status_on=date(2025, 2, 13)),
        "Under discussion on 13 February 2025. This body works in confidence",
    ),
    "it points the other way": (
        standing(
            S.UNDER_DISCUSSION,
            status_on=date(2025, 3, 19),
            answered_on=date(2025, 3, 19),
            points_other_way=True,
        ),
        "Under discussion on 19 March 2025 (points the other way). "
        "First answer after 93 days; last movement 617 days ago",
    ),
    "known from digests, and blocked": (
        standing(S.BLOCKED, status_on=date(2025, 3, 28), from_digests=True, points_other_way=True),
        "Blocked on 28 March 2025 (points the other way; known from digests;"
        " the article was not read); nothing new in 608 days",
    ),
    "acknowledged": (
        standing(
            S.ACKNOWLEDGED,
            status_on=date(2025, 1, 5),
            acknowledged_on=date(2025, 1, 5),
            **LOOKED,
        ),
        "Acknowledged on 5 January 2025. No answer on the substance in 710 days"
        " since the public call (last looked 23 November 2026)",
    ),
    "stood so before": (
        standing(S.UNDER_DISCUSSION, status_on=date(2024, 10, 30)),
        "Under discussion on 30 October 2024. It stood so before the ask (30 October 2024);"
        " nothing new in 710 days",
    ),
    "answered": (
        standing(
            S.COMMITTED,
            status_on=date(2025, 3, 19),
            answered_on=date(2025, 3, 19),
        ),
        "Promised on 19 March 2025. First answer after 93 days; last movement 617 days ago",
    ),
    "moved today": (
        standing(S.COMMITTED, status_on=DAY, answered_on=date(2025, 3, 19)),
        "Promised on 26 November 2026. First answer after 93 days; last movement today",
    ),
    "delivered": (
        standing(S.ACTION_TAKEN, status_on=date(2026, 9, 24), answered_on=date(2026, 9, 24)),
        "Action taken on 24 September 2026. Acted 647 days after the public call",
    ),
    "delivered before": (
        standing(S.ACTION_TAKEN, status_on=date(2024, 9, 24)),
        "Action taken on 24 September 2024. Acted before the ask",
    ),
    "closed without credit": (
        standing(S.OVERTAKEN, status_on=date(2026, 9, 24)),
        "Overtaken by events on 24 September 2026. Closed 647 days after the public call",
    ),
    "against, before": (
        standing(S.BLOCKED, status_on=date(2024, 3, 28)),
        "Blocked on 28 March 2024, before the ask; nothing new in 710 days",
    ),
    "against, after": (
        standing(S.REFUSED, status_on=date(2026, 11, 6), answered_on=date(2026, 11, 6)),
        "Refused on 6 November 2026; nothing new in 20 days",
    ),
    "a month is all that is known": (
        standing(
            S.COMMITTED,
            status_on=date(2025, 3, 1),
            status_precision="month",
            answered_on=date(2025, 3, 1),
        ),
        "Promised in March 2025. First answer after 75 days; last movement 635 days ago",
    ),
    "acknowledged, as was found later": (
        standing(S.ACKNOWLEDGED, status_on=date(2026, 10, 1)),
        "Acknowledged on 1 October 2026."
        " No answer on the substance in 710 days since the public call",
    ),
    "paused": (
        standing(S.NO_RESPONSE, **LOOKED, **PAUSED),
        "No public response found. Clock paused after 40 days: The post is empty",
    ),
    "proposed": (
        standing(S.NOT_CHECKED, asked_on=None, asked_how=""),
        "Proposed by the editors; not put to this body",
    ),
    "proposed, and somebody looked": (
        standing(S.NO_RESPONSE, asked_on=None, asked_how="", **LOOKED),
        "Proposed by the editors; not put to this body",
    ),
    "proposed, and paused": (
        standing(S.NO_RESPONSE, asked_on=None, asked_how="", **LOOKED, **PAUSED),
        "Proposed by the editors; not put to this body",
    ),
    "proposed and promised": (
        standing(S.COMMITTED, asked_on=None, asked_how="", status_on=date(2025, 2, 19)),
        "Promised on 19 February 2025. Proposed by the editors; not put to this body",
    ),
    "proposed and blocked": (
        standing(S.BLOCKED, asked_on=None, asked_how="", status_on=date(2024, 3, 28)),
        "Blocked on 28 March 2024. Proposed by the editors; not put to this body",
    ),
    "proposed to a body that works in confidence": (
        standing(S.NO_RESPONSE, asked_on=None, asked_how="", in_confidence=True, **LOOKED),
        "Proposed by the editors; not put to this body",
    ),
    "asked by a letter": (
        standing(S.NO_RESPONSE, asked_how=Channel.LETTER, **LOOKED),
        "No public response found in 710 days since the letter (last looked 23 November 2026)",
    ),
    "done after a petition": (
        standing(S.ACTION_TAKEN, asked_how=Channel.PETITION, status_on=date(2026, 9, 24)),
        "Action taken on 24 September 2026. Acted 647 days after the petition",
    ),
    "to be paused later": (
        Standing(
            day=date(2025, 1, 20),
            asked_on=ASKED_ON,
            status=S.NO_RESPONSE,
            last_checked_on=date(2025, 1, 10),
            **PAUSED,
        ),
        "No public response found in 35 days since the public call (last looked 10 January 2025)",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_sentence_of_a_standing(case):
    shown, words = CASES[case]

    assert shown.sentence == words


@pytest.mark.parametrize("case", CASES)
def test_without_an_answer_is_said_only_where_it_is_true(case):
    shown, _words = CASES[case]

    silent = case in (
        "no response",
        "acknowledged",
        "acknowledged, as was found later",
        "asked by a letter",
        "to be paused later",
    )
    assert shown.wait == (f"{(shown.day - ASKED_ON).days} days without an answer" * silent)


@pytest.mark.parametrize("channel", Channel)
def test_every_clock_names_how_the_ask_was_first_put(channel):
    name = "official submission" if channel == Channel.PROCEDURE else channel.label
    shown = standing(S.NO_RESPONSE, asked_how=channel, **LOOKED)

    assert f"in 710 days since the {name} (" in shown.sentence
    assert shown.since_words == f"since the {name} of 16 December 2024"
    assert shown.named_wait == f"710 days without an answer {shown.since_words}"
    assert [clock.state for clock in shown.clocks] == [f"running {shown.since_words}"] * 2


@pytest.mark.parametrize("case", [case for case in CASES if case.startswith("proposed")])
def test_what_was_put_to_nobody_has_no_clock_and_stands_in_no_phase(case):
    shown, _words = CASES[case]

    assert (shown.clocks, shown.days_waiting, shown.wait) == ([], None, "")
    assert (shown.counted_as, shown.stood_before, shown.since_words) == ("proposed", False, "")
    assert not standing(
        shown.status, asked_on=None, expected_by=date(2025, 1, 1), expected_basis="rule"
    ).is_overdue


@pytest.mark.parametrize("language", ["uk", "ko"])
@pytest.mark.parametrize("case", CASES)
def test_no_sentence_mixes_two_languages(case, language):
    shown, words = CASES[case]
    with translation.override(language):
        translated = [shown.sentence, shown.label, shown.checked_words, shown.named_wait]
        clocks = [word for clock in shown.clocks for word in (clock.title, clock.state)]

    reason = PAUSED["pause_reason"]
    latin = [
        text
        for text in (*translated, *clocks)
        if any(c.isascii() and c.isalpha() for c in text.replace(reason, ""))
    ]
    assert latin == []
    assert translated[0] != words


def test_a_cell_shows_the_longest_wait_the_latest_status_and_the_oldest_look():
    group, other = grouped(
        [
            standing(S.NO_RESPONSE, last_checked_on=date(2026, 11, 23)),
            Standing(
                day=DAY,
                asked_on=date(2026, 1, 1),
                status=S.NO_RESPONSE,
                last_checked_on=date(2026, 2, 1),
            ),
            standing(S.BLOCKED, status_on=date(2024, 3, 28)),
        ]
    )

    marked = standing(S.UNDER_DISCUSSION, status_on=DAY, points_other_way=True)
    plain, apart = grouped([marked, standing(S.UNDER_DISCUSSION, status_on=DAY)])
    assert (plain.label, plain.number) == ("Under discussion", 1)
    assert (apart.label, apart.number) == ("Under discussion (points the other way)", 1)
    assert (group.label, group.number) == ("No public response found", 2)
    assert (group.wait, group.status_on) == ("710 days without an answer", None)
    assert group.last_checked_on == date(2026, 2, 1)
    assert (other.label, other.wait, other.status_on) == ("Blocked", "", date(2024, 3, 28))
