"""Translations of the record as catalogues (PO), which Weblate and Poedit read and write.

A message is one field of one row: its context names both (`issue/forced-labour/title`), its id is
the original, and its comments say who made and who reviewed the translation.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any, BinaryIO, NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po, write_po
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext, to_locale

from advocacy.models import Maker, Site, Told, Translated, Translation, translated
from advocacy.models.translated import digest_of

BETWEEN = "/"
MADE, REVIEWED, MADE_FROM = "made by: ", "reviewed: ", "made from another wording: "
BY = " by "


class Brought(NamedTuple):
    """What became of a catalogue that was brought in."""

    # {"new": 3, "changed": 1, "same": 90, "removed": 0}
    fates: dict[str, int]
    # Contexts of what was left as it is, as a person has made or reviewed it.
    kept: list[str]
    # Contexts that name nothing of this record.
    unknown: list[str]
    # Contexts of which the original reads otherwise now.
    outdated: list[str]


def context_of(row: Translated, field: str) -> str:
    """The name of a field of a row in a catalogue."""
    return BETWEEN.join([row.translation_name(), *map(str, _key_of(row)), field])


def _key_of(row: Any) -> tuple[Any, ...]:
    return ("site",) if isinstance(row, Site) else row.natural_key()


def texts_to_translate(language: str) -> Iterator[tuple[Translated, str]]:
    """Every field of every row that has words in another language than this, in order."""
    for model in translated().values():
        for row in model._base_manager.order_by("pk").iterator():
            for field in row.fields_to_translate(language):
                yield row, field


def write_catalogue(language: str, places: Iterable[tuple[Translated, str]] | None = None) -> bytes:
    """All that there is to translate into a language, or some of it, with what is translated."""
    wanted = list(texts_to_translate(language) if places is None else places)
    there = Translation.objects.filter(language=language).by_place({row for row, _ in wanted})
    catalogue = Catalog(
        locale=to_locale(language), project=Site.current().name, fuzzy=False, charset="utf-8"
    )
    for row, field in wanted:
        told = there.get((row.translation_name(), row.pk, field, language))
        original = getattr(row, field)
        catalogue.add(
            original,
            told.text if told else "",
            context=context_of(row, field),
            auto_comments=list(_comments(told, original)) if told else (),
            flags=["fuzzy"] if told and told.original != digest_of(original) else (),
        )
    stream = BytesIO()
    write_po(stream, catalogue, width=0, omit_header=False)
    return stream.getvalue()


def _comments(told: Translation, original: str) -> Iterator[str]:
    yield MADE + told.made_by
    if told.reviewed_at:
        yield f"{REVIEWED}{told.reviewed_at.isoformat()}{BY}{told.reviewed_by}"
    if told.original != digest_of(original):
        yield MADE_FROM + told.original


def read_catalogue(stream: BinaryIO) -> tuple[str, list[Message]]:
    """(language, messages) of a catalogue. Raises ValidationError where it is none."""
    try:
        catalogue = read_po(stream, abort_invalid=True)
    except PoFileError as error:
        refusal = gettext("Line %(line)d: %(why)s")
        raise ValidationError(refusal % {"line": error.lineno + 1, "why": error}) from error
    except (UnicodeDecodeError, ValueError, LookupError) as error:
        raise ValidationError(gettext("This is no catalogue (PO): %(why)s") % {"why": error}) from (
            error
        )
    if catalogue.locale_identifier is None:
        raise ValidationError(
            gettext("The head of the catalogue does not say its language (Language: uk).")
        )
    language = catalogue.locale_identifier.replace("_", "-").lower()
    return language, [message for message in catalogue if message.id]


@transaction.atomic
def bring_in(stream: BinaryIO, *, by_staff: bool, over_people: bool = False) -> Brought:
    """Keep the translations of a catalogue. Raises ValidationError, and keeps none, if one is bad.

    What a person has made or reviewed stays as it is, unless `over_people`; of files, what staff
    have touched (see `Content`). An empty translation takes nothing back.
    """
    language, messages = read_catalogue(stream)
    rows, unknown = _rows_of(messages)
    there = Translation.objects.filter(language=language).by_place(rows[c][0] for c in rows)
    told, kept, outdated = [], [], []
    for message in messages:
        if message.context not in rows or not message.string:
            continue
        row, field = rows[message.context]
        one = _told(message, row, field, language)
        if one.original != digest_of(getattr(row, field)):
            outdated.append(message.context)
        old = there.get(one.place)
        theirs = old and (
            (old.reviewed_at or old.made_by == Maker.PERSON) if by_staff else old.edited_by_staff_at
        )
        if old and theirs and old.text != one.text and not over_people:
            kept.append(message.context)
        elif old and theirs and not by_staff:
            continue
        else:
            told.append(one)
    try:
        fates = Translation.objects.put(told, by_staff=by_staff)
    except ValidationError as error:
        raise ValidationError(error.messages) from error
    return Brought(dict(fates), kept, unknown, outdated)


def _told(message: Message, row: Translated, field: str, language: str) -> Told:
    """What a message of a catalogue says."""
    made_by, made_from = Maker.PERSON, digest_of(message.id)
    reviewed_by, reviewed_at = "", None
    for comment in message.auto_comments:
        if comment.startswith(MADE) and comment.removeprefix(MADE) in Maker.values:
            made_by = Maker(comment.removeprefix(MADE))
        elif comment.startswith(MADE_FROM):
            made_from = comment.removeprefix(MADE_FROM)
        elif comment.startswith(REVIEWED):
            moment, _by, reviewed_by = comment.removeprefix(REVIEWED).partition(BY)
            reviewed_at = parse_datetime(moment)
    return Told(
        row,
        field,
        language,
        message.string,
        made_by,
        made_from,
        reviewed_by if reviewed_at else "",
        reviewed_at if reviewed_by else None,
    )


def _rows_of(
    messages: Iterable[Message],
) -> tuple[dict[str, tuple[Translated, str]], list[str]]:
    """What the contexts of messages name, and those that name nothing here."""
    models = translated()
    wanted: defaultdict[str, dict[str, list[tuple[str, str]]]] = defaultdict(dict)
    unknown = []
    for message in messages:
        of, _slash, rest = (message.context or "").partition(BETWEEN)
        key, _slash, field = rest.rpartition(BETWEEN)
        if of in models and field in models[of].TRANSLATED:
            wanted[of].setdefault(key, []).append((field, message.context))
        else:
            unknown.append(message.context or message.id[:60])
    rows: dict[str, tuple[Translated, str]] = {}
    for of, fields in wanted.items():
        found = {BETWEEN.join(map(str, _key_of(row))): row for row in _named(models[of], fields)}
        for key, places in fields.items():
            for field, context in places:
                if key in found:
                    rows[context] = found[key], field
                else:
                    unknown.append(context)
    return rows, unknown


def _named(model: Any, keys: Iterable[str]) -> Any:
    if model is Site:
        return model._base_manager.all()
    return model._base_manager.filter(**{f"{model.NATURAL_KEY}__in": list(keys)})
