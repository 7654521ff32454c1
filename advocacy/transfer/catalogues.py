"""Translations of the record as catalogues (PO), which Weblate and Poedit read and write.

A message is one field of one row: its context names both (`issue/forced-labour/title`), its id is
the original, and its comments say who made and who reviewed the translation, and of which wording
they say it: an editor of catalogues leaves them as they are when somebody types another one.
"""

from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import batched
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import write_po
from django.utils.translation import to_locale

from advocacy.models import Site, Translated, Translation, TranslationState, Withheld, translated
from advocacy.models.translated import AT_ONCE, digest_of

BETWEEN = "/"
MADE, REVIEWED, MADE_FROM = "made by: ", "reviewed: ", "made from another wording: "
OF_WORDING = "of the wording: "
BY = " by "
FUZZY = "fuzzy"
# No comment is broken into two, and no text but at the end of a line.
WIDTH = 10**9

type Text = tuple[Translated, str]


class RecordCatalogue(Catalog):
    """A catalogue that says nothing in its head that nobody knows, and no day: as what it holds."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        forms = [("Plural-Forms", self.plural_forms)] if self.locale else []
        return [
            ("Project-Id-Version", str(self.project)),
            ("Language", str(self.locale_identifier)),
            *forms,
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=UTF-8"),
            ("Content-Transfer-Encoding", "8bit\n"),
        ]


def context_of(row: Translated, field: str) -> str:
    """The name of a field of a row in a catalogue."""
    return BETWEEN.join([row.translation_name(), *map(str, key_of(row)), field])


def key_of(row: Any) -> tuple[Any, ...]:
    return ("site",) if isinstance(row, Site) else row.natural_key()


def wording_of(text: str) -> str:
    """What tells whether comments were made of this very text."""
    return digest_of(text)[:12]


def texts_to_translate(language: str) -> Iterator[Text]:
    """Every field of every row that has words in another language than this, in order."""
    for model in translated().values():
        yield from texts_of_rows(model._base_manager.order_by("pk").iterator(), language)


def texts_of_rows(rows: Iterable[Translated], language: str) -> Iterator[Text]:
    """The fields of some rows that have words in another language, but for withheld ones."""
    gone = set(Withheld.objects.values_list("of", "row", "field"))
    for row in rows:
        for field in row.fields_to_translate(language):
            if (row.translation_name(), row.pk, field) not in gone:
                yield row, field


def write_catalogue(
    language: str,
    texts: Iterable[Text] | None = None,
    *,
    only: TranslationState | None = None,
) -> bytes:
    """All that there is to translate into a language, or some of it, with what is translated.

    `only` leaves out all that is in another state.
    """
    catalogue = RecordCatalogue(
        locale=to_locale(language),
        project=Site.current().name,
        header_comment="# PROJECT",
        fuzzy=False,
        charset="utf-8",
    )
    of_language = Translation.objects.filter(language=language)
    wanted = texts_to_translate(language) if texts is None else texts
    for some in batched(wanted, AT_ONCE, strict=False):
        there = of_language.by_place({row for row, _field in some})
        for row, field in some:
            told = there.get((row.translation_name(), row.pk, field, language))
            if only in (None, _state(told, getattr(row, field))):
                _add(catalogue, row, field, told)
    stream = BytesIO()
    write_po(stream, catalogue, width=WIDTH)
    return stream.getvalue()


def _state(told: Translation | None, original: str) -> TranslationState:
    return told.state(original) if told else TranslationState.MISSING


def _add(catalogue: Catalog, row: Translated, field: str, told: Translation | None) -> None:
    original = getattr(row, field)
    is_outdated = _state(told, original) == TranslationState.OUTDATED
    message = catalogue.add(
        original,
        told.text if told else "",
        context=context_of(row, field),
        auto_comments=list(_comments(told, original)) if told else (),
        flags=[FUZZY] if is_outdated else (),
    )
    # "50% of them" is no format.
    message.flags.discard("python-format")
    message.flags.discard("python-brace-format")


def _comments(told: Translation, original: str) -> Iterator[str]:
    yield MADE + told.made_by
    if told.reviewed_at:
        yield f"{REVIEWED}{told.reviewed_at.isoformat()}{BY}{told.reviewed_by}"
    if told.original != digest_of(original):
        yield MADE_FROM + told.original
    yield OF_WORDING + wording_of(told.text)


def named(messages: Iterable[Message]) -> tuple[dict[str, Text], list[str]]:
    """What the contexts of messages name, and those that name nothing here."""
    wanted: dict[str, dict[str, list[tuple[str, str]]]] = {}
    unknown = []
    for message in messages:
        context = str(message.context or "")
        of, _slash, rest = context.partition(BETWEEN)
        key, _slash, field = rest.rpartition(BETWEEN)
        model = translated().get(of)
        if model and field in model.TRANSLATED and isinstance(message.id, str):
            wanted.setdefault(of, {}).setdefault(key, []).append((field, context))
        else:
            unknown.append(context or str(message.id)[:60])
    rows: dict[str, Text] = {}
    for of, fields in wanted.items():
        found = _rows(translated()[of], list(fields))
        for key, places in fields.items():
            for field, context in places:
                if key in found:
                    rows[context] = found[key], field
                else:
                    unknown.append(context)
    return rows, unknown


def _rows(model: Any, keys: list[str]) -> dict[str, Translated]:
    rows = model._base_manager
    if model.NATURAL_KEY == "pk":
        keys = [key for key in keys if key.isascii() and key.isdecimal()]
    some = (
        rows.all()
        if model is Site
        else (
            row
            for part in batched(keys, AT_ONCE, strict=False)
            for row in rows.filter(**{f"{model.NATURAL_KEY}__in": part})
        )
    )
    return {BETWEEN.join(map(str, key_of(row))): row for row in some}
