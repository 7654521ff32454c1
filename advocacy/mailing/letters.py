"""Builds the messages to followers."""

from collections.abc import Callable, Sequence
from email.utils import make_msgid
from functools import cache, lru_cache
from itertools import groupby
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language, gettext, ngettext

from advocacy.mailing.silence_letters import country_of, silence_letter
from advocacy.mailing.state_letters import state_letter
from advocacy.mailing.writing import (
    Letter,
    LetterToFollower,
    Message,
    address_of,
    letter,
    letter_in,
    message,
    named,
    page_of,
    read_in,
    step_of,
)
from advocacy.models import (
    DeliveryState,
    Edition,
    EditionKind,
    RecordHead,
    SignUp,
    Site,
    Source,
    StatusUpdate,
    Subscriber,
    ToldOfState,
    reading,
)
from advocacy.models.dates import written_day

# So many letters of a digest are kept, as each may tell something else.
MOST_LETTERS = 64


def confirmation(sign_up: SignUp) -> Message:
    """The mail that asks an address whether it wants this. It holds nothing that was typed.

    It says of what record, how often a mail would come, and who runs it: whoever never heard of
    the record can judge it.
    """
    with reading():
        reader = read_in(sign_up.language)
        about = {language: about_record(language) for language in (reader, settings.LANGUAGE_CODE)}

        def context() -> dict[str, Any]:
            return {
                "subject_words": sign_up.subject_words,
                "frequency": sign_up.get_frequency_display(),
                "of_silence": sign_up.of_silence,
                "about": about[get_language() or settings.LANGUAGE_CODE],
            }

        written = letter_in(reader, "confirm", context)
    text = written.to(sign_up.token)
    headers = {"Message-ID": make_msgid("sign-up", domain=settings.MAIL_DOMAIN)}
    return message(text, sign_up.plain_address, headers=headers)


def about_record(language: str) -> str:
    """What the record is about and for, as far as it can be read in a language."""
    site = Site.current()
    fields = [field for field in ("subject", "purpose") if site.is_in(language, field)]
    return " ".join(filter(None, (site.text_of(field, language) for field in fields)))


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


def several_letter(
    edition: Edition, entries: Sequence[Any], language: str, country: str = ""
) -> Letter:
    """The letter of an edition that tells each of its followers something else."""
    if edition.kind == EditionKind.SILENCE:
        return silence_letter(edition, entries, language, country)
    if edition.kind == EditionKind.STATES:
        return state_letter(entries, language)
    return digest_letter(entries, language)


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
        if edition.kind == EditionKind.STATES:
            told = [ToldOfState(news, tuple(sorted(news.states))) for news in edition.all_news()]
            return state_letter(told, language) if told else None
        entries = list(edition.entries())
        return several_letter(edition, entries, language) if entries else None


def letters(edition: Edition) -> Callable[[Subscriber, Sequence[StatusUpdate]], Letter]:
    """A function from a follower to their letter; letters that are alike are rendered once.

    Called while words are read together (`reading`), it asks for those of a language once.
    """
    if edition.kind == EditionKind.NOTICE:
        by_language = cache(lambda language: notice_letter(edition, language))
        return lambda subscriber, entries: by_language(read_in(subscriber.language))
    by_entries = lru_cache(MOST_LETTERS)(
        lambda entries, language, country: several_letter(edition, entries, language, country)
    )
    is_careful = edition.kind == EditionKind.SILENCE
    return lambda subscriber, entries: by_entries(
        tuple(entries),
        read_in(subscriber.language),
        country_of(subscriber) if is_careful else "",
    )
