"""The letter that tells of silence: what has ended, where somebody looked, and what is next."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext

from advocacy.mailing.writing import Letter, letter_in, page_of, step_of
from advocacy.models import (
    ChecklistStep,
    Edition,
    Meeting,
    RecommendedAction,
    SearchLog,
    Site,
    StatusUpdate,
    Subscriber,
    TargetBody,
)
from advocacy.models.dates import written_day


class SilentAsk(NamedTuple):
    """One ask on which nothing was found, as its letter says it."""

    title: str
    sentence: str
    overdue: str
    look: str
    account: str
    address: str


class Searched(NamedTuple):
    """Where somebody looked, with what words, and what they could not see."""

    heading: str
    places: str
    terms: str
    gaps: str


class NextChance(NamedTuple):
    """When something can be done for the same body again."""

    title: str
    dates: str
    act_by: str
    address: str


def silence_letter(
    edition: Edition, looks: Sequence[StatusUpdate], reader: str, country: str = ""
) -> Letter:
    """What a mailing about silence says of these looks to those who read one language.

    `country` is one in which writing is dangerous, of a follower of whom that is known.
    """
    asks = RecommendedAction.objects.with_status().with_sessions_passed().with_related()
    by_key = asks.prefetch_related("steps").in_bulk([look.action_id for look in looks])
    told = [(look, by_key[look.action_id]) for look in looks]
    body = told[0][1].body
    chance = Meeting.objects.chances().filter(body=body).with_related().first()
    step = first_of((ask for _look, ask in told), country)

    def context() -> dict[str, Any]:
        return {
            "subject": subject_of(edition, body),
            "passed": passed_words(edition, body),
            "asks": [silent_ask(look, ask, reader) for look, ask in told],
            "searches": [searched(log) for log in {look.search_log: None for look in looks}],
            "chance": chance and next_chance(chance, reader),
            "body": body.text_of("name"),
            "step": step,
        }

    return letter_in(reader, "silence", context)


def first_of(asks: Iterable[RecommendedAction], country: str) -> ChecklistStep | None:
    """The step of the first of these asks that has one to offer."""
    return next((step for ask in asks if (step := step_of(ask, country))), None)


def country_of(follower: Subscriber) -> str:
    """A State that somebody follows in which writing is dangerous: they may live there."""
    dangerous = Site.current().no_letters_in.split()
    if not dangerous:
        return ""
    follows = follower.follows.filter(state__in=dangerous)
    return follows.values_list("state", flat=True).first() or ""


def subject_of(edition: Edition, body: TargetBody) -> str:
    words = {"body": body.text_of("abbreviation")}
    if edition.meeting:
        words["session"] = edition.meeting.text_of("title")
        return gettext("%(body)s: “%(session)s” has ended, and we found nothing new") % words
    return gettext("%(body)s: an answer was due, and we found nothing new") % words


def passed_words(edition: Edition, body: TargetBody) -> str:
    """What has ended or passed, and that somebody looked since."""
    words = {"body": body.text_of("name")}
    if edition.meeting:
        words |= {"session": edition.meeting.text_of("title"), "dates": dates_of(edition.meeting)}
        return (
            gettext(
                "“%(session)s” (%(body)s), %(dates)s, has ended. It could have acted on what is"
                " named below. Somebody looked afterwards and found nothing new."
            )
            % words
        )
    words["day"] = written_day(edition.ended_on)
    return (
        gettext(
            "%(body)s was to answer by %(day)s. That day has passed; somebody looked afterwards and"
            " found nothing new."
        )
        % words
    )


def dates_of(meeting: Meeting) -> str:
    """The dates of a meeting as far as they are known: 3 March 2026 to 4 April 2026."""
    days = [day for day in (meeting.starts_on, meeting.ends_on) if day]
    first, last = (written_day(day, meeting.precision) for day in days)
    if first == last:
        return first
    return gettext("%(first_day)s to %(last_day)s") % {"first_day": first, "last_day": last}


def silent_ask(look: StatusUpdate, ask: RecommendedAction, reader: str) -> SilentAsk:
    return SilentAsk(
        title=f"{ask.reference} {ask.text_of('title')}",
        sentence=ask.standing.sentence,
        overdue=ask.standing.overdue_words,
        look=f"{look.label} ({written_day(look.happened_on, look.happened_precision)})",
        account=look.account,
        address=page_of(look, reader),
    )


def searched(log: SearchLog | None) -> Searched:
    assert log, "A look has a search log."
    day = written_day(log.searched_on)
    return Searched(
        heading=gettext("Where we looked on %(searched_day)s") % {"searched_day": day},
        places=log.text_of("places"),
        terms=log.terms,
        gaps=log.text_of("gaps"),
    )


def next_chance(meeting: Meeting, reader: str) -> NextChance:
    act_by = ""
    if meeting.act_by:
        act_by = gettext("Act by %(last_day)s") % {"last_day": written_day(meeting.act_by)}
    return NextChance(meeting.text_of("title"), dates_of(meeting), act_by, page_of(meeting, reader))
