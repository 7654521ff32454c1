"""Catalogues (PO) in: what they say, what it would change, and keeping it."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from babel.messages.catalog import Message
from babel.messages.pofile import PoFileError, read_po
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext

from advocacy.models import Maker, Told, Translation
from advocacy.models.translated import digest_of
from advocacy.models.translations import refused
from advocacy.transfer.catalogues import (
    BY,
    FUZZY,
    MADE,
    MADE_FROM,
    OF_WORDING,
    REVIEWED,
    Text,
    context_of,
    named,
    texts_of_rows,
    wording_of,
)

BOM = b"\xef\xbb\xbf"
MOST_REFUSED = 20


@dataclass
class Brought:
    """What became of a catalogue that was brought in, or would."""

    language: str = ""
    # {"new": 3, "changed": 1, "same": 90, "removed": 0}
    fates: dict[str, int] = field(default_factory=dict)
    # The contexts of those that are new or changed.
    named: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    # Contexts of what was left as it is, as a person has made or reviewed it.
    kept: list[str] = field(default_factory=list)
    # Contexts of such that was overwritten all the same.
    overwritten: list[str] = field(default_factory=list)
    # Contexts that name nothing that there is to translate here.
    unknown: list[str] = field(default_factory=list)
    # Contexts of which the original reads otherwise now.
    outdated: list[str] = field(default_factory=list)
    # Contexts of new or changed texts that no person has made or reviewed.
    unchecked: list[str] = field(default_factory=list)
    # Who reviewed them, as the catalogue says, and how many.
    reviewers: Counter[str] = field(default_factory=Counter)


def read_catalogue(stream: BinaryIO) -> tuple[str, list[Message]]:
    """(language, messages) of a catalogue. Raises ValidationError where it is none.

    What a catalogue calls obsolete is left out.
    """
    try:
        lines = iter(stream.read().removeprefix(BOM).splitlines(keepends=True))
        catalogue = read_po(lines, ignore_obsolete=True, abort_invalid=True)
    except PoFileError as error:
        refusal = gettext("Line %(line)d: %(why)s")
        raise ValidationError(refusal % {"line": error.lineno + 1, "why": error}) from error
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError) as error:
        raise ValidationError(gettext("This is no catalogue (PO): %(why)s") % {"why": error}) from (
            error
        )
    if catalogue.locale_identifier is None:
        raise ValidationError(
            gettext("The head of the catalogue does not say its language (Language: uk).")
        )
    language = catalogue.locale_identifier.replace("_", "-").lower()
    messages = [message for message in catalogue if message.id]
    times = Counter(message.context for message in messages if message.context)
    if twice := [str(context) for context, number in times.items() if number > 1]:
        raise ValidationError(
            gettext("These stand in the catalogue twice: %(names)s.")
            % {"names": ", ".join(twice[:MOST_REFUSED])}
        )
    return language, messages


@transaction.atomic
def bring_in(
    stream: BinaryIO, *, by_staff: bool, over_people: bool = False, dry_run: bool = False
) -> Brought:
    """Keep the translations of a catalogue. Raises ValidationError, and keeps none, if one is bad.

    What a person has made or reviewed stays as it is, unless `over_people`; of files, what staff
    have touched (see `Content`). An empty translation takes nothing back.
    """
    language, messages = read_catalogue(stream)
    if language not in dict(settings.LANGUAGES):
        refusal = gettext("The record is not read in the language “%(code)s”.")
        raise ValidationError(refusal % {"code": language})
    rows, unknown = _to_translate(messages, language)
    brought = Brought(language, unknown=unknown)
    there = Translation.objects.filter(language=language).by_place(
        {row for row, _ in rows.values()}
    )
    told = []
    for message in messages:
        context = str(message.context)
        if context not in rows or not message.string:
            continue
        one = told_by(message, rows[context], language)
        if one.original != digest_of(getattr(one.row, one.field)):
            brought.outdated.append(context)
        old = there.get(one.place)
        if old and _is_theirs(old, by_staff=by_staff):
            if old.text != one.tidied:
                if not over_people:
                    brought.kept.append(context)
                    continue
                brought.overwritten.append(context)
            elif not (by_staff and _says_more(one, old)):
                # Nothing that a person did is undone by a file that does not know of it.
                brought.fates["same"] = brought.fates.get("same", 0) + 1
                continue
        told.append(one)
    _refuse(told)
    _count(brought, told)
    if not dry_run:
        Translation.objects.put(told, by_staff=by_staff)
    return brought


def _to_translate(messages: list[Message], language: str) -> tuple[dict[str, Text], list[str]]:
    """What the contexts name, as far as there is something to translate, and all others."""
    rows, unknown = named(messages)
    texts = texts_of_rows({row for row, _field in rows.values()}, language)
    able = {context_of(row, field) for row, field in texts}
    unknown += [context for context in rows if context not in able]
    return {context: text for context, text in rows.items() if context in able}, unknown


def _is_theirs(old: Translation, *, by_staff: bool) -> bool:
    """Whether what stands there is the work of a person that a file has to respect."""
    if not by_staff:
        return old.edited_by_staff_at is not None
    return old.reviewed_at is not None or old.made_by == Maker.PERSON


def _says_more(one: Told, old: Translation) -> bool:
    """Whether somebody found that an outdated text fits the original as it is now."""
    now = digest_of(getattr(one.row, one.field))
    is_checked = one.made_by == Maker.PERSON or one.reviewed_at is not None
    return is_checked and one.original == now != old.original


def _refuse(told: list[Told]) -> None:
    """Say of each that cannot stand which it is, and why."""
    found = refused(told)
    sentences = [f"{context_of(one.row, one.field)}: {why}" for one, why in found]
    if len(sentences) > MOST_REFUSED:
        rest = gettext("And %(number)d more.") % {"number": len(sentences) - MOST_REFUSED}
        sentences = [*sentences[:MOST_REFUSED], rest]
    if sentences:
        raise ValidationError(sentences)


def _count(brought: Brought, told: list[Told]) -> None:
    plan = Translation.objects.plan(told)
    fates = Counter(brought.fates) + plan.counts
    brought.fates = {fate: fates[fate] for fate in ("new", "changed", "same", "removed")}
    for fate, one in plan.fates:
        if fate not in ("new", "changed"):
            continue
        context = context_of(one.row, one.field)
        brought.named[fate].append(context)
        if one.reviewed_by:
            brought.reviewers[one.reviewed_by] += 1
        elif one.made_by == Maker.MACHINE:
            brought.unchecked.append(context)


def told_by(message: Message, text: Text, language: str) -> Told:
    """What a message of a catalogue says.

    Its comments hold for the wording that they name. Whoever typed another one is a person, whose
    text is of the original that stands beside it, unless it is flagged as fuzzy: that is a guess.
    """
    row, name = text
    original, words = message.id, message.string
    # What has several forms names no field (`named`).
    assert isinstance(original, str)
    assert isinstance(words, str)
    said = _said(message)
    is_fuzzy, is_other = FUZZY in message.flags, _is_other(words, said)
    made_by = Maker.PERSON
    if MADE in said and not is_other and said[MADE] in Maker.values:
        made_by = Maker(said[MADE])
    made_from, reviewed_by, reviewed_at = digest_of(original), "", None
    if MADE_FROM in said and is_fuzzy:
        made_from = said[MADE_FROM]
    if is_fuzzy and (is_other or MADE_FROM not in said):
        made_by = Maker.MACHINE
    elif not is_other and REVIEWED in said and (is_fuzzy or MADE_FROM not in said):
        moment, _by, reviewed_by = said[REVIEWED].partition(BY)
        reviewed_at = _moment(moment)
    return Told(
        row,
        name,
        language,
        words,
        made_by,
        made_from,
        reviewed_by if reviewed_at else "",
        reviewed_at if reviewed_by else None,
    )


def _said(message: Message) -> dict[str, str]:
    """What its comments say, by how they begin."""
    begins = [MADE, REVIEWED, MADE_FROM, OF_WORDING]
    return {
        begin: comment.removeprefix(begin)
        for comment in message.auto_comments
        for begin in begins
        if comment.startswith(begin)
    }


def _is_other(words: str, said: dict[str, str]) -> bool:
    return OF_WORDING in said and said[OF_WORDING] != wording_of(words)


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None
