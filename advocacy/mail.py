"""Builds the messages to followers, and hands them over one by one."""

import email.policy
import logging
import smtplib
from email.headerregistry import HeaderRegistry, UnstructuredHeader
from email.utils import make_msgid
from functools import cache
from typing import NamedTuple

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, mailers
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from advocacy.logs import LINK
from advocacy.models import Delivery, DeliveryState, EditionKind

logger = logging.getLogger(__name__)

# Stands in the links of a rendered letter until the letter goes to one follower.
TOKEN = "0-token-0"


class Letter(NamedTuple):
    subject: str
    text: str
    html: str

    def to(self, token):
        text, html = (part.replace(TOKEN, token) for part in (self.text, self.html))
        return self._replace(text=text, html=html)


class RawAddress(UnstructuredHeader):
    """A header whose address is never folded or encoded: RFC 8058 needs it readable as it is."""

    def fold(self, *, policy):
        return f"{self.name}: {self}{policy.linesep}"


class Message(EmailMultiAlternatives):
    def message(self, *, policy=email.policy.default):
        headers = HeaderRegistry()
        headers.map_to_type("list-unsubscribe", RawAddress)
        return super().message(policy=policy.clone(header_factory=headers))


def address_of(name, *args):
    """The full address of a page, in the language that is active."""
    return settings.SITE_URL + reverse(name, args=args)


def letter(template, **context):
    """Render a mail in the active language. The first line of its text is its subject."""
    context |= {"site": settings.SITE_URL, "token": TOKEN}
    subject, _line, text = render_to_string(f"mail/{template}.txt", context).strip().partition("\n")
    html = render_to_string(f"mail/{template}.html", context | {"subject": subject})
    return Letter(subject.strip(), text.strip() + "\n", html)


def message(letter, address, *, headers):
    mail = Message(
        letter.subject,
        letter.text,
        to=[address],
        headers={"Auto-Submitted": "auto-generated", **headers},
    )
    mail.attach_alternative(letter.html, "text/html")
    return mail


def confirmation(sign_up):
    """The mail that asks an address whether it wants this. It holds nothing that was typed."""
    with translation.override(sign_up.language):
        text = letter("confirm", sign_up=sign_up).to(sign_up.token)
    headers = {"Message-ID": make_msgid("sign-up", domain=settings.MAIL_DOMAIN)}
    return message(text, sign_up.plain_address, headers=headers)


def notice_letter(edition, language):
    """What a notice says, in one language."""
    entry = edition.entry_to_tell
    with translation.override(language):
        step = entry.action.steps.order_by("minutes", "position").first()
        return letter("notice", entry=entry, before=entry.previous(), step=step)


def digest_letter(edition, entries, language):
    """What a digest of these entries says, in one language; entries come sorted by issue."""
    with translation.override(language):
        step = entries[0].action.steps.order_by("minutes", "position").first()
        return letter("digest", edition=edition, entries=entries, step=step)


def to_follower(letter, delivery):
    """One message of an edition."""
    subscriber = delivery.subscriber
    with translation.override(subscriber.language):
        leave = address_of("follow_leave", subscriber.token)
    headers = {
        "Message-ID": f"<delivery-{delivery.pk}.{delivery.edition_id}@{settings.MAIL_DOMAIN}>",
        "List-Id": f"Answerable <updates.{settings.MAIL_DOMAIN}>",
        "List-Unsubscribe": f"<{leave}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Precedence": "bulk",
    }
    return message(letter.to(subscriber.token), subscriber.plain_address, headers=headers)


def preview(edition, language):
    """The letter of an edition, for staff to look at first; None where it tells nothing."""
    if edition.kind == EditionKind.NOTICE:
        return notice_letter(edition, language)
    entries = list(edition.entries())
    return digest_letter(edition, entries, language) if entries else None


def send_trial(edition, language, address):
    """Send an edition to a member of staff first; its links open no follower's page."""
    found = preview(edition, language)
    if found:
        mail = message(found.to("trial"), address, headers={})
        with translation.override(language):
            mail.subject = gettext("Trial: %(subject)s") % {"subject": mail.subject}
        with mailers.default as connection:
            hand_over(connection, mail)


def letters(edition):
    """A function that gives the letter of a follower; each different one is rendered once."""
    if edition.kind == EditionKind.NOTICE:
        by_language = cache(lambda language: notice_letter(edition, language))
        return lambda subscriber, entries: by_language(subscriber.language)
    by_entries = cache(lambda language, entries: digest_letter(edition, entries, language))
    return lambda subscriber, entries: by_entries(subscriber.language, tuple(entries))


# Handing over


class Later(Exception):
    """The mail server cannot be reached or takes nothing at the moment; nothing went out."""


def hand_over(connection, mail):
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


def anymail_outcome(error):
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


def send_confirmation(sign_up):
    """Returns whether that is settled: False asks for another try."""
    try:
        with mailers.default as connection:
            state, _problem = hand_over(connection, confirmation(sign_up))
    except (Later, OSError, smtplib.SMTPException):
        return False
    return state != DeliveryState.WAITING


def send_deliveries(edition, keys, *, worker):
    """Send these deliveries, each claimed before it goes. Returns those to try again later."""
    letter_for, later = letters(edition), []
    is_digest = edition.kind == EditionKind.DIGEST
    entries = {}
    if is_digest:
        ids = edition.deliveries.filter(pk__in=keys).values("subscriber")
        entries = edition.entries_for(list(edition.recipients().filter(pk__in=ids)))
    last = None
    try:
        with mailers.default as connection:
            for key in keys:
                # One commit a message: what became of the last one, and the claim of the next.
                with transaction.atomic():
                    _settle(*last) if last else None
                    last, delivery = None, Delivery.objects.claim(key, worker=worker)
                if delivery is None:
                    continue
                follower = delivery.subscriber
                told = entries.get(follower.pk, []) if follower else []
                if not follower or not follower.address or (is_digest and not told):
                    last = delivery, DeliveryState.DROPPED, ""
                    continue
                # Whatever fails before it is handed over: it waits for another try.
                last = delivery, DeliveryState.WAITING, "not handed over"
                mail = to_follower(letter_for(follower, told), delivery)
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
        later = keys
    except Exception:
        logger.exception("Messages of edition %s could not be made", edition.pk)
        later = keys
    finally:
        if last:
            _settle(*last)
    return list(edition.deliveries.waiting().filter(pk__in=later).values_list("pk", flat=True))


def _settle(delivery, state, problem):
    if state == DeliveryState.FAILED and problem.startswith("RCPT"):
        delivery.bounce(problem)
    else:
        delivery.mark(state, problem)


# Ways out


class _Watched:
    """Remembers whether the server was being handed a message when the line went dead."""

    is_handing_over = False

    def data(self, msg):
        self.is_handing_over = True
        answer = super().data(msg)
        self.is_handing_over = False
        return answer


class _WatchedSMTP(_Watched, smtplib.SMTP):
    pass


class _WatchedSMTPS(_Watched, smtplib.SMTP_SSL):
    pass


class SmtpBackend(EmailBackend):
    """Django's own, which can also say at which point a connection broke."""

    @property
    def connection_class(self):
        return _WatchedSMTPS if self.use_ssl else _WatchedSMTP

    @property
    def is_handing_over(self):
        return bool(self.connection) and self.connection.is_handing_over


class FolderBackend(BaseEmailBackend):
    """Writes each mail to a file and prints its links, so that a newcomer can click through."""

    def send_messages(self, email_messages):
        folder = settings.VAR_DIR / "mail"
        folder.mkdir(parents=True, exist_ok=True)
        for mail in email_messages:
            path = folder / f"{timezone.now():%Y%m%d-%H%M%S-%f}.eml"
            path.write_bytes(mail.message().as_bytes())
            print(f"\nMail: {mail.subject}\n  written to {path}")
            for link in dict.fromkeys(LINK.findall(mail.body)):
                print(f"  {link}", flush=True)
        return len(email_messages)
