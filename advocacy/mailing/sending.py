"""Hands messages to the mail server one by one, and writes down how each ended."""

import logging
import smtplib
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import cache
from threading import Event
from typing import Any, NamedTuple

from django.core.mail import EmailMessage, mailers
from django.core.mail.backends.base import BaseEmailBackend
from django.db import Error
from django.utils import translation
from django.utils.translation import gettext

from advocacy.mailing import letters
from advocacy.mailing.claims import Claims
from advocacy.mailing.form_letters import Writer
from advocacy.mailing.refusals import Answer, read_door, read_reply
from advocacy.mailing.writing import Message
from advocacy.models import (
    TURNED_AWAY,
    Delivery,
    DeliveryState,
    Edition,
    EditionKind,
    MailOutage,
    RefusalKind,
    Selection,
    Subscriber,
    Withheld,
    reading,
)

logger = logging.getLogger(__name__)

# Then a mailing lets others have their turn: confirmations, for which somebody waits.
SECONDS_A_TASK = 5


class Later(Exception):
    """The mail server takes nothing at the moment; nothing went out.

    `for_good` says that its reply was a permanent one (5xx).
    """

    def __init__(self, problem: str, *, for_good: bool = False) -> None:
        super().__init__(problem)
        self.for_good = for_good


class Outcome(NamedTuple):
    """What a task leaves to do: deliveries to try again later, those that its time did not last
    for, and why the mailing must pause, if so.
    """

    later: list[int]
    left: list[int]
    pause_for: str = ""


# Set where the process is to end: the message in hand is the last.
is_ending = Event()


def hand_over(connection: BaseEmailBackend, mail: EmailMessage) -> Answer:
    """Send one message; returns how its delivery stands.

    `WAITING` means that it may be tried again later. Raises `Later` where the server turns us away
    before it has looked at the message.
    """
    try:
        connection.send_messages([mail])
    except smtplib.SMTPRecipientsRefused as refusal:
        return read_reply("RCPT", *next(iter(refusal.recipients.values())))
    except smtplib.SMTPDataError as refusal:
        return read_reply("DATA", refusal.smtp_code, refusal.smtp_error)
    except smtplib.SMTPNotSupportedError:
        # The server cannot write to this one address; it can to the others.
        return Answer(DeliveryState.FAILED, "RCPT not supported", RefusalKind.OTHER)
    except (smtplib.SMTPException, OSError) as error:
        problem, for_good = read_door(error)
        # The server may have taken the message before the line went dead.
        if getattr(connection, "is_handing_over", False):
            connection.close()
            return Answer(DeliveryState.DOUBTFUL, problem)
        raise Later(problem, for_good=for_good) from None
    except Exception as error:
        return provider_answer(error)
    return Answer(DeliveryState.SENT)


def provider_answer(error: Exception) -> Answer:
    """What the refusal of a provider of django-anymail means. None says that a mailbox is gone."""
    status = getattr(error, "status_code", None)
    name = type(error).__name__
    if not name.startswith("Anymail"):
        raise error
    if name == "AnymailRecipientsRefused":
        return Answer(DeliveryState.FAILED, name, RefusalKind.OTHER)
    if status is None:
        return Answer(DeliveryState.DOUBTFUL, name)
    if status >= 500 or status == 429:
        raise Later(f"{name} {status}")
    return Answer(DeliveryState.FAILED, f"{name} {status}", RefusalKind.OTHER)


def note_outage(*, has_ended: bool = False) -> None:
    """Keep whether the mail server takes anything; nobody's mail depends on that note.

    Least of all one that just went out: a database that fails here would have it sent again.
    """
    with suppress(Error):
        if has_ended:
            MailOutage.objects.end()
        else:
            MailOutage.objects.begin()


def send_one(mail: EmailMessage) -> bool:
    """Send a mail that belongs to no mailing. False asks for another try.

    A refusal that is about us is no reason to lose it: the cause may be put right by then.
    """
    try:
        with mailers.default as connection:
            answer = hand_over(connection, mail)
    except (Later, OSError, smtplib.SMTPException):
        note_outage()
        return False
    if answer.state == DeliveryState.SENT:
        note_outage(has_ended=True)
    return answer.state != DeliveryState.WAITING and answer.kind != RefusalKind.OTHER


# What an edition says in a language is fetched once.
@reading()
def send_deliveries(edition: Edition, keys: Sequence[int], *, worker: str) -> Outcome:
    """Send these deliveries, claiming each before it goes out, as long as a task may take.

    Where words are withheld meanwhile, the rest get new letters.
    """
    seen = Withheld.objects.newest()
    claims = Claims(keys, worker=worker, withheld=seen)
    make = message_maker(edition, keys)
    later: list[int] = []
    pause_for = ""
    went = False
    until = time.monotonic() + SECONDS_A_TASK
    try:
        with mailers.default as connection:
            while not is_ending.is_set() and time.monotonic() < until:
                if (delivery := claims.next()) is None:
                    break
                if (mail := make(delivery)) is None:
                    claims.end(delivery, DeliveryState.DROPPED)
                    continue
                # If we are cut short while it is handed over nobody knows: it is not sent again.
                claims.end(delivery, DeliveryState.DOUBTFUL, "cut short")
                try:
                    answer = hand_over(connection, mail)
                except Later as reason:
                    claims.end(delivery, DeliveryState.WAITING, str(reason))
                    raise
                claims.end(delivery, *answer)
                went = went or answer.state == DeliveryState.SENT
                if answer.state == DeliveryState.WAITING:
                    later.append(delivery.pk)
                if pause_for := too_many(edition, answer):
                    later = list(keys)
                    break
    except (Later, OSError, smtplib.SMTPException) as error:
        note_outage()
        pause_for = turned_away(edition, error)
        later = list(keys)
    except Exception:
        logger.exception("Messages of edition %s could not be made", edition.pk)
        later = list(keys)
    else:
        if went:
            note_outage(has_ended=True)
    finally:
        claims.close()
    edition.keep_count()
    if Withheld.objects.newest() != seen:
        later = list(keys)
    waiting = edition.deliveries.waiting().order_by("pk")
    left = set(claims.keys) - set(later)

    def still(some: Iterable[int]) -> list[int]:
        return list(waiting.filter(pk__in=some).values_list("pk", flat=True))

    return Outcome(still(later), still(left), pause_for)


def message_maker(edition: Edition, keys: Sequence[int]) -> Callable[[Delivery], Message | None]:
    """A function from one of these deliveries to its message; None if it is not to go out."""
    letter_for = letters.letters(edition)
    of_follower = entries_by_follower(edition, keys)
    writer = Writer()
    selection_of = cache(lambda entries: Selection.objects.of(edition, entries))

    def make(delivery: Delivery) -> Message | None:
        follower = delivery.subscriber
        entries = of_follower(follower)
        if not follower or not follower.is_confirmed or not entries:
            return None
        mail = writer.message(letter_for(follower, entries), delivery, follower)
        if edition.kind in (EditionKind.DIGEST, EditionKind.SILENCE):
            delivery.selection = selection_of(tuple(entries))
        return mail

    return make


def entries_by_follower(
    edition: Edition, keys: Sequence[int]
) -> Callable[[Subscriber | None], Sequence[Any]]:
    """A function from a follower to what these deliveries tell them: entries, or news of States."""
    if edition.kind == EditionKind.NOTICE:
        return lambda follower: [edition.entry_to_tell] if follower else []
    ids = edition.deliveries.filter(pk__in=keys).values("subscriber")
    entries = edition.told_to(list(edition.recipients().filter(pk__in=ids)))
    return lambda follower: entries.get(follower.pk, []) if follower else []


def too_many(edition: Edition, answer: Answer) -> str:
    """The refusal that came so often in a row that the mailing must pause; "" if none did.

    Raises `Later` where the server keeps saying "not now": it is left alone for a while.
    """
    if answer.state == DeliveryState.SENT:
        edition.note_taken()
        return ""
    if answer.state == DeliveryState.DOUBTFUL:
        return ""
    if edition.note_refused(answer.problem) < edition.fewest_to_pause:
        return ""
    if answer.state == DeliveryState.WAITING:
        raise Later(answer.problem)
    return answer.problem


def turned_away(edition: Edition, error: Exception) -> str:
    """Count that the mail server turned us away; returns why the mailing must pause, or ""."""
    if isinstance(error, Later):
        problem, for_good = str(error), error.for_good
    else:
        assert isinstance(error, OSError)  # as every SMTPException is
        problem, for_good = read_door(error)
    logger.warning("The mail server takes nothing at the moment: %s", problem)
    if for_good and edition.note_refused(problem) >= TURNED_AWAY:
        return problem
    return ""


def send_trial(edition: Edition, language: str, address: str) -> None:
    """Send an edition to a member of staff first. Its links open no follower's page."""
    letter = letters.preview(edition, language)
    if letter:
        mail = letters.message(letter.to("trial"), address, headers={})
        with translation.override(letter.language):
            mail.subject = gettext("Trial: %(subject)s") % {"subject": mail.subject}
        with mailers.default as connection:
            hand_over(connection, mail)
