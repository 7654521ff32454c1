"""What every mail is written with: its parts, its headers and the addresses in it."""

import email.message
import email.policy
import re
from collections import Counter
from collections.abc import Callable, Mapping
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.utils import parseaddr, quote
from typing import Any, NamedTuple

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language

from advocacy.models import (
    ChecklistStep,
    RecommendedAction,
    ResponseStatus,
    Site,
    TranslationState,
    in_one_language,
)
from advocacy.models.addresses import canonical
from advocacy.models.checklists import first_step
from advocacy.text import carried, carried_line

# Stands in the links of a rendered letter until the letter goes to one follower. It is as long as a
# token, so that lines break at the same place (`form_letters.py`).
TOKEN = "here-goes-the-token.".ljust(60, "0")
# A name that a header holds without quotation marks (RFC 5322).
PLAIN_NAME = re.compile(r"[\w !#$%&'*+/=?^`{|}~-]+", re.ASCII)


class Letter(NamedTuple):
    subject: str
    text: str
    html: str
    # In which it is throughout.
    language: str = ""

    def to(self, token: str) -> "Letter":
        text, html = (part.replace(TOKEN, token) for part in (self.text, self.html))
        return self._replace(text=text, html=html)


class RawAddress(UnstructuredHeader, BaseHeader):
    """A header whose address is never folded or encoded: RFC 8058 needs it readable as it is."""

    def fold(self, *, policy: email.policy.Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


class Message(EmailMultiAlternatives):
    # The bytes to send, where they were made from a form letter.
    written: bytes | None = None

    def message(self, *, policy: email.policy.Policy | None = None) -> email.message.EmailMessage:
        if not isinstance(policy, email.policy.EmailPolicy):
            policy = email.policy.default
        headers = HeaderRegistry()
        headers.map_to_type("list-unsubscribe", RawAddress)
        return super().message(policy=policy.clone(header_factory=headers))


class LetterToFollower(Message):
    """Always quoted-printable: a token stands in it as it is, whatever the text around it."""

    def _add_bodies(self, msg: email.message.EmailMessage) -> None:
        msg.set_content(self.body, cte="quoted-printable")
        for html, _type in self.alternatives:
            msg.add_alternative(html, subtype="html", cte="quoted-printable")


def read_in(language: str) -> str:
    """The language of mails to whoever chose this one: the record may have it no longer."""
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def address_of(name: str, *args: str) -> str:
    """The full address of a page, in the language that is active."""
    return f"{settings.SITE_URL}{reverse(name, args=args)}"


def page_of(row: Any, reader: str) -> str:
    """The full address of the page of a row, in the language of the reader of a mail."""
    with translation.override(reader):
        return f"{settings.SITE_URL}{row.get_absolute_url()}"


def named(name: str, address: str) -> str:
    """An address of a header with the name that stands before it, whatever is in that."""
    name = carried_line(name)
    if not name.isascii():  # It is encoded, and quotation marks would be a part of it.
        name = re.sub(r'[<>"\\]', " ", name)
    elif not PLAIN_NAME.fullmatch(name):
        name = f'"{quote(name)}"'
    return f"{name} <{address}>"


def sender() -> str:
    """Who a mail comes from: a name of the setting goes before that of the record."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return f'"{quote(name or Site.current().sender)}" <{address}>'


def letter(template: str, **context: Any) -> Letter:
    """Render a mail in the active language. The first line of its text is its subject.

    Whatever an older database holds, the subject is one line: no text can add a header.
    """
    language = get_language() or settings.LANGUAGE_CODE
    context |= {"site": Site.current(), "site_url": settings.SITE_URL, "token": TOKEN}
    context.setdefault("reader", language)
    if "subject" in context:
        context["subject"] = carried_line(context["subject"])
    written = carried(render_to_string(f"mail/{template}.txt", context)).strip()
    subject, _line, text = written.partition("\n")
    html = carried(render_to_string(f"mail/{template}.html", {**context, "subject": subject}))
    return Letter(subject.strip(), text.strip() + "\n", html, language)


def letter_in(reader: str, template: str, context: Callable[[], Mapping[str, Any]]) -> Letter:
    """A mail in the language of its reader, from its first word to its last.

    Where words of the record are missing there, all of it is in the language of the record, which
    its first line says in that of the reader. Its links lead to the reader's pages all the same.
    """

    def make(states: Counter[TranslationState]) -> Letter:
        return letter(template, reader=reader, translation_states=states, **context())

    made, _language, _states = in_one_language(make, reader)
    return made


def message(
    letter: Letter, address: str, *, headers: Mapping[str, str], kind: type[Message] = Message
) -> Message:
    mail = kind(
        letter.subject,
        letter.text,
        from_email=sender(),
        to=[canonical(address)],
        headers={"Auto-Submitted": "auto-generated", **headers},
    )
    mail.attach_alternative(letter.html, "text/html")
    return mail


def step_of(ask: RecommendedAction, country: str = "") -> ChecklistStep | None:
    """What a follower can do for an ask now, if anything.

    Where writing is dangerous in the country of its body, or in one that is known of the follower,
    it is something to read.
    """
    steps = ask.steps.all()
    for code in filter(None, (ask.body.country, country)):
        steps = steps.safe_in(code)
    return first_step(steps, ResponseStatus(ask.standing_today.status))
