"""Hands messages to the mail server one by one, and writes down how each ended."""

import logging
import smtplib
from collections.abc import Sequence

from django.core.mail import EmailMessage, mailers
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from advocacy.mailing import letters
from advocacy.models import Delivery, DeliveryState, Edition, EditionKind, SignUp, StatusUpdate

logger = logging.getLogger(__name__)


class Later(Exception):
    """The mail server cannot be reached or takes nothing at the moment; nothing went out."""


def hand_over(connection: BaseEmailBackend, mail: EmailMessage) -> tuple[DeliveryState, str]:
    """Send one message. Returns how its delivery stands, and the code of the mail server.

    `WAITING` means that this one may be tried again later. Raises `Later` where the server itself
    fails before it had the message.
    """
    try:
        connection.send_messages([mail])
    except smtplib.SMTPRecipientsRefused as refusal:
        code, _words = next(iter(refusal.recipients.values()))
        return (DeliveryState.FAILED if code >= 500 else DeliveryState.WAITING), f"RCPT {code}"
    except smtplib.SMTPDataError as refusal:
        code = refusal.smtp_code
        return (DeliveryState.FAILED if code >= 500 else DeliveryState.WAITING), f"DATA {code}"
    except (smtplib.SMTPException, OSError) as error:
        problem = type(error).__name__
        # The server may have taken the message before the line went dead.
        if getattr(connection, "is_handing_over", False):
            connection.close()
            return DeliveryState.DOUBTFUL, problem
        raise Later(problem) from None
    except Exception as error:
        return anymail_outcome(error)
    return DeliveryState.SENT, ""


def anymail_outcome(error: Exception) -> tuple[DeliveryState, str]:
    """What the refusal of a provider of django-anymail means."""
    status = getattr(error, "status_code", None)
    name = type(error).__name__
    if not name.startswith("Anymail"):
        raise error
    if name == "AnymailRecipientsRefused":
        return DeliveryState.FAILED, "RCPT 550"
    if status is None:
        return DeliveryState.DOUBTFUL, name
    if status >= 500 or status == 429:
        raise Later(f"{name} {status}")
    return DeliveryState.FAILED, f"{name} {status}"


def send_confirmation(sign_up: SignUp) -> bool:
    """Returns whether that is settled: False asks for another try."""
    try:
        with mailers.default as connection:
            state, _problem = hand_over(connection, letters.confirmation(sign_up))
    except (Later, OSError, smtplib.SMTPException):
        return False
    return state != DeliveryState.WAITING


def send_deliveries(edition: Edition, keys: Sequence[int], *, worker: str) -> list[int]:
    """Send these deliveries, each claimed before it goes. Returns those to try again later."""
    letter_for = letters.letters(edition)
    later: list[int] = []
    is_digest = edition.kind == EditionKind.DIGEST
    entries: dict[int, list[StatusUpdate]] = {}
    if is_digest:
        ids = edition.deliveries.filter(pk__in=keys).values("subscriber")
        entries = edition.entries_for(list(edition.recipients().filter(pk__in=ids)))
    last: tuple[Delivery, DeliveryState, str] | None = None
    try:
        with mailers.default as connection:
            for key in keys:
                # One commit a message: what became of the last one, and the claim of the next.
                with transaction.atomic():
                    if last:
                        _settle(*last)
                    last, delivery = None, Delivery.objects.claim(key, worker=worker)
                if delivery is None:
                    continue
                follower = delivery.subscriber
                of_follower = entries.get(follower.pk, []) if follower else []
                if not follower or not follower.address or (is_digest and not of_follower):
                    last = delivery, DeliveryState.DROPPED, ""
                    continue
                # Whatever fails before it is handed over: it waits for another try.
                last = delivery, DeliveryState.WAITING, "not handed over"
                mail = letters.to_follower(letter_for(follower, of_follower), delivery, follower)
                # And if we are cut short while it is: nobody knows, so it is not sent again.
                last = delivery, DeliveryState.DOUBTFUL, "cut short"
                try:
                    last = delivery, *hand_over(connection, mail)
                except Later as reason:
                    last = delivery, DeliveryState.WAITING, str(reason)
                    raise
                if last[1] == DeliveryState.WAITING:
                    later.append(key)
    except (Later, OSError, smtplib.SMTPException) as reason:
        logger.warning("The mail server takes nothing at the moment: %s", reason)
        later = list(keys)
    except Exception:
        logger.exception("Messages of edition %s could not be made", edition.pk)
        later = list(keys)
    finally:
        if last:
            _settle(*last)
    return list(edition.deliveries.waiting().filter(pk__in=later).values_list("pk", flat=True))


def _settle(delivery: Delivery, state: DeliveryState, problem: str) -> None:
    if state == DeliveryState.FAILED and problem.startswith("RCPT"):
        delivery.bounce(problem)
    else:
        delivery.mark(state, problem)


def send_trial(edition: Edition, language: str, address: str) -> None:
    """Send an edition to a member of staff first; its links open no follower's page."""
    letter = letters.preview(edition, language)
    if letter:
        mail = letters.message(letter.to("trial"), address, headers={})
        with translation.override(language):
            mail.subject = gettext("Trial: %(subject)s") % {"subject": mail.subject}
        with mailers.default as connection:
            hand_over(connection, mail)
