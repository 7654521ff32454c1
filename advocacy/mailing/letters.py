"""Builds the messages to followers."""

import email.message
import email.policy
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.utils import make_msgid, parseaddr, quote
from functools import cache, lru_cache
from itertools import groupby
from typing import Any, NamedTuple

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language, gettext, ngettext

from advocacy.models import (
    ChecklistStep,
    DeliveryState,
    Edition,
    EditionKind,
    RecommendedAction,
    RecordHead,
    ResponseStatus,
    SignUp,
    Site,
    Source,
    StatusUpdate,
    Subscriber,
    TranslationState,
    in_one_language,
    reading,
)
from advocacy.models.addresses import canonical
from advocacy.models.checklists import first_step
from advocacy.models.dates import written_day
from advocacy.text import carried, carried_line

# Stands in the links of a rendered letter until the letter goes to one follower. It is as long as a
# token, so that lines break at the same place (`form_letters.py`).
TOKEN = "here-goes-the-token.".ljust(60, "0")
# A name that a header holds without quotation marks (RFC 5322).
PLAIN_NAME = re.compile(r"[\w !#$%&'*+/=?^`{|}~-]+", re.ASCII)
# So many letters of a digest are kept, as each may tell something else.
MOST_LETTERS = 64


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


def page_of(row: StatusUpdate, reader: str) -> str:
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


def confirmation(sign_up: SignUp) -> Message:
    """The mail that asks an address whether it wants this. It holds nothing that was typed."""
    with reading():
        written = letter_in(
            read_in(sign_up.language), "confirm", lambda: {"subject_words": sign_up.subject_words}
        )
    text = written.to(sign_up.token)
    headers = {"Message-ID": make_msgid("sign-up", domain=settings.MAIL_DOMAIN)}
    return message(text, sign_up.plain_address, headers=headers)


class Change(NamedTuple):
    """What a letter says about one entry; its text and its HTML are both made from this."""

    headline: str
    account: str
    # That the ask was put to nobody, where that is so.
    not_put: str
    correction: str
    sources: list[Source]
    address: str


def change_of(entry: StatusUpdate, reader: str, earlier: str = "") -> Change:
    """What to say about an entry in the active language; `earlier` is the status before it."""
    words = {
        "body": entry.action.body.text_of("name"),
        "ask": entry.action.text_of("title"),
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
        to_whom = gettext("It goes to everyone who had the earlier one by mail.")
        correction = f"{corrects} {entry.text_of('correction_reason')} {to_whom}"
    return Change(
        headline=headline % words,
        account=entry.account,
        not_put=entry.action.not_put_words(),
        correction=correction,
        sources=[source for source in entry.sources.all() if not source.is_weak],
        address=page_of(entry, reader),
    )


def notice_letter(edition: Edition, language: str) -> Letter:
    """What a notice says to those who read one language."""
    entry = edition.entries().get()
    ask, step = entry.action, step_of(entry.action)

    def context() -> dict[str, Any]:
        title = ask.text_of("title")
        return {
            "subject": f"{ask.body.text_of('abbreviation')}: {entry.label} – {title}",
            "title": title,
            "change": change_of(entry, language, entry.earlier_label),
            "step": step,
        }

    return letter_in(language, "notice", context)


def digest_letter(entries: Sequence[StatusUpdate], language: str) -> Letter:
    """What a digest of these entries says to those who read one language.

    The entries come sorted by issue.
    """
    step, head = step_of(entries[0].action), RecordHead.current().noted

    def context() -> dict[str, Any]:
        subject = ngettext(
            "%(name)s this week: %(number)s change",
            "%(name)s this week: %(number)s changes",
            len(entries),
        )
        return {
            "subject": subject % {"name": Site.current().name, "number": len(entries)},
            "issues": [
                (issue.text_of("title"), [change_of(entry, language) for entry in of_issue])
                for issue, of_issue in groupby(entries, key=lambda entry: entry.action.issue)
            ],
            "step": step,
            "head": head,
        }

    return letter_in(language, "digest", context)


def paused(edition: Edition, address: str) -> Message:
    """The mail that calls staff to a mailing that was refused over and over."""
    with translation.override(settings.LANGUAGE_CODE):
        page = address_of("admin:advocacy_edition_change", str(edition.pk))
        counts = edition.counts()
        text = letter(
            "paused",
            edition=edition,
            page=page,
            sent=counts[DeliveryState.SENT],
            waiting=counts[DeliveryState.WAITING],
            failed=counts[DeliveryState.FAILED],
        )
    headers = {"Message-ID": make_msgid("paused", domain=settings.MAIL_DOMAIN)}
    return message(text, address, headers=headers)


def reports(number: int, address: str) -> Message:
    """The mail that calls staff to new reports: how many, and nothing of what is in them."""
    with translation.override(settings.LANGUAGE_CODE):
        page = f"{address_of('admin:advocacy_report_changelist')}?state=open"
        text = letter("reports", number=number, page=page)
    headers = {"Message-ID": make_msgid("reports", domain=settings.MAIL_DOMAIN)}
    return message(text, address, headers=headers)


def step_of(ask: RecommendedAction) -> ChecklistStep | None:
    """What a follower can do for an ask now, if anything."""
    return first_step(ask.steps.all(), ResponseStatus(ask.standing_today.status))


def made_out(
    letter: Letter, *, address: str, token: str, language: str, edition: int, number: str
) -> Message:
    """The message of an edition to one follower; `number` is that of the delivery."""
    with translation.override(language):
        leave = address_of("follow_leave", token)
    headers = {
        "Message-ID": f"<delivery-{number}.{edition}@{settings.MAIL_DOMAIN}>",
        "List-Id": named(Site.current().name, f"updates.{settings.MAIL_DOMAIN}"),
        "List-Unsubscribe": f"<{leave}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Precedence": "bulk",
    }
    return message(letter.to(token), address, headers=headers, kind=LetterToFollower)


def preview(edition: Edition, language: str) -> Letter | None:
    """The letter of an edition, for staff to look at first; None if it has nothing to tell."""
    with reading():
        if edition.kind == EditionKind.NOTICE:
            return notice_letter(edition, language)
        entries = list(edition.entries())
        return digest_letter(entries, language) if entries else None


def letters(edition: Edition) -> Callable[[Subscriber, Sequence[StatusUpdate]], Letter]:
    """A function from a follower to their letter; letters that are alike are rendered once.

    Called while words are read together (`reading`), it asks for those of a language once.
    """
    if edition.kind == EditionKind.NOTICE:
        by_language = cache(lambda language: notice_letter(edition, language))
        return lambda subscriber, entries: by_language(read_in(subscriber.language))
    by_entries = lru_cache(MOST_LETTERS)(lambda language, entries: digest_letter(entries, language))
    return lambda subscriber, entries: by_entries(read_in(subscriber.language), tuple(entries))
