"""Builds the messages to followers."""

import email.message
import email.policy
from collections.abc import Callable, Mapping, Sequence
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.utils import make_msgid
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, ngettext

from advocacy.models import (
    ChecklistStep,
    Delivery,
    Edition,
    EditionKind,
    RecommendedAction,
    SignUp,
    Source,
    StatusUpdate,
    Subscriber,
)
from advocacy.models.dates import written_day

# Stands in the links of a rendered letter until the letter goes to one follower.
TOKEN = "0-token-0"


class Letter(NamedTuple):
    subject: str
    text: str
    html: str

    def to(self, token: str) -> "Letter":
        text, html = (part.replace(TOKEN, token) for part in (self.text, self.html))
        return self._replace(text=text, html=html)


class RawAddress(UnstructuredHeader, BaseHeader):
    """A header whose address is never folded or encoded: RFC 8058 needs it readable as it is."""

    def fold(self, *, policy: email.policy.Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


class Message(EmailMultiAlternatives):
    def message(self, *, policy: email.policy.Policy | None = None) -> email.message.EmailMessage:
        if not isinstance(policy, email.policy.EmailPolicy):
            policy = email.policy.default
        headers = HeaderRegistry()
        headers.map_to_type("list-unsubscribe", RawAddress)
        return super().message(policy=policy.clone(header_factory=headers))


def address_of(name: str, *args: str) -> str:
    """The full address of a page, in the language that is active."""
    return f"{settings.SITE_URL}{reverse(name, args=args)}"


def letter(template: str, **context: Any) -> Letter:
    """Render a mail in the active language. The first line of its text is its subject."""
    context |= {"site": settings.SITE_URL, "token": TOKEN}
    subject, _line, text = render_to_string(f"mail/{template}.txt", context).strip().partition("\n")
    html = render_to_string(f"mail/{template}.html", {**context, "subject": subject})
    return Letter(subject.strip(), text.strip() + "\n", html)


def message(letter: Letter, address: str, *, headers: Mapping[str, str]) -> Message:
    mail = Message(
        letter.subject,
        letter.text,
        to=[address],
        headers={"Auto-Submitted": "auto-generated", **headers},
    )
    mail.attach_alternative(letter.html, "text/html")
    return mail


def confirmation(sign_up: SignUp) -> Message:
    """The mail that asks an address whether it wants this. It holds nothing that was typed."""
    with translation.override(sign_up.language):
        text = letter("confirm", sign_up=sign_up).to(sign_up.token)
    headers = {"Message-ID": make_msgid("sign-up", domain=settings.MAIL_DOMAIN)}
    return message(text, sign_up.plain_address, headers=headers)


class Change(NamedTuple):
    """What a letter says of one entry: both of its parts, text and HTML, are made of this."""

    headline: str
    account: str
    correction: str
    sources: list[Source]
    address: str


def change_of(entry: StatusUpdate, earlier: str = "") -> Change:
    """The words of one entry in the active language, with those of the status before it."""
    words = {
        "body": entry.action.body.name,
        "ask": entry.action.title,
        "status": entry.label,
        "happened_day": written_day(entry.happened_on, entry.happened_precision),
    }
    if earlier:
        words["earlier"] = earlier
        headline = gettext(
            "%(body)s, “%(ask)s”: now “%(status)s” (%(happened_day)s), before that “%(earlier)s”."
        )
    else:
        headline = gettext("%(body)s, “%(ask)s”: “%(status)s” (%(happened_day)s).")
    correction = ""
    if entry.corrects_id:
        corrects = gettext("This entry corrects an earlier one:")
        correction = f"{corrects} {entry.correction_reason}"
    return Change(
        headline=headline % words,
        account=entry.account,
        correction=correction,
        sources=[source for source in entry.sources.all() if not source.is_weak],
        address=settings.SITE_URL + entry.get_absolute_url(),
    )


def notice_letter(edition: Edition, language: str) -> Letter:
    """What a notice says, in one language."""
    entry = edition.entry_to_tell
    ask = entry.action
    with translation.override(language):
        return letter(
            "notice",
            subject=f"{ask.body.abbreviation}: {entry.label} – {ask.title}",
            title=ask.title,
            change=change_of(entry, entry.earlier_label),
            step=first_step(ask),
        )


def digest_letter(entries: Sequence[StatusUpdate], language: str) -> Letter:
    """What a digest of these entries says, in one language; entries come sorted by issue."""
    with translation.override(language):
        subject = ngettext(
            "Answerable this week: %(number)s change",
            "Answerable this week: %(number)s changes",
            len(entries),
        )
        return letter(
            "digest",
            subject=subject % {"number": len(entries)},
            issues=[
                (issue.title, [change_of(entry) for entry in of_issue])
                for issue, of_issue in groupby(entries, key=lambda entry: entry.action.issue)
            ],
            step=first_step(entries[0].action),
        )


def first_step(ask: RecommendedAction) -> ChecklistStep | None:
    """The quickest step of an ask, or None."""
    return ask.steps.order_by("minutes", "position").first()


def to_follower(letter: Letter, delivery: Delivery, subscriber: Subscriber) -> Message:
    """One message of an edition."""
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


def preview(edition: Edition, language: str) -> Letter | None:
    """The letter of an edition, for staff to look at first; None where it tells nothing."""
    if edition.kind == EditionKind.NOTICE:
        return notice_letter(edition, language)
    entries = list(edition.entries())
    return digest_letter(entries, language) if entries else None


def letters(edition: Edition) -> Callable[[Subscriber, Sequence[StatusUpdate]], Letter]:
    """A function that gives the letter of a follower; each different one is rendered once."""
    if edition.kind == EditionKind.NOTICE:
        by_language = cache(lambda language: notice_letter(edition, language))
        return lambda subscriber, entries: by_language(subscriber.language)
    by_entries = cache(lambda language, entries: digest_letter(entries, language))
    return lambda subscriber, entries: by_entries(subscriber.language, tuple(entries))
