"""Rows with words that are read in several languages, and how these words are found.

A row holds its words in the language they were written in. Those in other languages are rows of
`Translation`, which a page fetches for all the rows that it has read at once (`reading`).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from itertools import batched
from typing import Any, ClassVar

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce, NullIf
from django.utils.encoding import force_str
from django.utils.translation import get_language, override

from advocacy.models.enums import TranslationState

AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Words:
    """What a reader gets of a field."""

    text: str
    language: str
    # Of a text that needed no translation, nothing.
    state: TranslationState | None


@dataclass(frozen=True, slots=True)
class Found:
    """A translation as it was found."""

    text: str
    is_checked: bool
    original: str

    def state_beside(self, original: str) -> TranslationState:
        """What a reader has to know of it, beside the original as it reads now."""
        if self.original != digest_of(original):
            return TranslationState.OUTDATED
        return TranslationState.REVIEWED if self.is_checked else TranslationState.TO_REVIEW


# What was found of one row, by field.
type OfRow = dict[str, Found]
# A row by the name of its kind and its key.
type Place = tuple[str, int]


def digest_of(original: str) -> str:
    """What tells whether a text has changed since it was translated."""
    return sha256(original.encode()).hexdigest()


class Shelf:
    """The translations of all rows that were read since it was put up, fetched together."""

    def __init__(self) -> None:
        # The fields that were left out where rows were read: their translations stay out as well.
        self.rows: dict[Place, frozenset[str]] = {}
        self.of_rows: defaultdict[str, dict[Place, OfRow]] = defaultdict(dict)
        # What was shown, see `templatetags/words.py`.
        self.shown: Counter[TranslationState] = Counter()

    def note(self, row: "Translated", left_out: frozenset[str] | None = None) -> None:
        place = row.translation_name(), row.pk
        if left_out is None:
            left_out = frozenset(row.get_deferred_fields())
        before = self.rows.get(place, left_out)
        self.rows[place] = before & left_out
        if before - left_out:
            # It was read in part, and now with more.
            for found in self.of_rows.values():
                found.pop(place, None)

    def of_row(self, row: "Translated", language: str) -> OfRow:
        found = self.of_rows[language]
        place = row.translation_name(), row.pk
        if place not in found:
            self.rows.setdefault(place, frozenset())
            waiting = {key: left for key, left in self.rows.items() if key not in found}
            found |= fetch(waiting, language)
        return found[place]

    def forget(self) -> None:
        self.of_rows.clear()


def fetch(rows: dict[Place, frozenset[str]], language: str) -> dict[Place, OfRow]:
    """The translations of some rows into a language."""
    found: dict[Place, OfRow] = {place: {} for place in rows}
    translations = apps.get_model("advocacy", "Translation")._default_manager
    for some in batched(rows.items(), AT_ONCE, strict=False):
        kinds: defaultdict[tuple[str, frozenset[str]], list[int]] = defaultdict(list)
        for (of, key), left_out in some:
            kinds[of, left_out].append(key)
        wanted = [
            models.Q(of=of, row__in=keys) & (~models.Q(field__in=left_out) if left_out else Q_ALL)
            for (of, left_out), keys in kinds.items()
        ]
        told = translations.filter(models.Q(*wanted, _connector=models.Q.OR), language=language)
        columns = ("of", "row", "field", "text", "original", "made_by", "reviewed_at")
        for of, key, field, text, original, made_by, reviewed_at in told.values_list(*columns):
            is_checked = made_by != "machine" or reviewed_at is not None
            found[of, key][field] = Found(text, is_checked, original)
    return found


Q_ALL = models.Q()
WHOLE: frozenset[str] = frozenset()
_shelf: ContextVar[Shelf | None] = ContextVar("shelf", default=None)
_noted: ContextVar[Counter[TranslationState] | None] = ContextVar("noted", default=None)


@contextmanager
def reading() -> Iterator[Shelf]:
    """Whatever is read inside has its translations fetched together, with one query as a rule."""
    shelf = Shelf()
    token = _shelf.set(shelf)
    try:
        yield shelf
    finally:
        _shelf.reset(token)


def current_shelf() -> Shelf | None:
    return _shelf.get()


@contextmanager
def noting() -> Iterator[Counter[TranslationState]]:
    """Counts how the words that are read inside came to be in the language of whoever reads."""
    states: Counter[TranslationState] = Counter()
    token = _noted.set(states)
    try:
        yield states
    finally:
        _noted.reset(token)


def in_one_language[T](
    make: Callable[[Counter[TranslationState]], T], language: str = ""
) -> tuple[T, str, Counter[TranslationState]]:
    """(what `make` makes, its language, the states of its words), asked for a language.

    Without one, that is the language of the page. Where a word of it is missing there, all of it
    is made in the language of the record. `make` gets the states of what it has read so far. It
    reads all words anew, and keeps none.
    """
    language = language or get_language() or settings.LANGUAGE_CODE
    own = settings.LANGUAGE_CODE
    with nullcontext() if current_shelf() else reading():
        for tried in dict.fromkeys([language, own]):
            with override(tried), noting() as states:
                made = make(states), tried, states
            if not states[TranslationState.MISSING]:
                break
    return made


@lru_cache(maxsize=1000)
def labels_of(field: Any) -> dict[Any, Any]:
    """The words of the choices of a field, in the language that is active when they are read."""
    return dict(field.flatchoices)


class Translated(models.Model):
    """A row with words that may be there in other languages than their own."""

    # The field by which files name a row; of rows that no file names, none.
    NATURAL_KEY: ClassVar[str] = ""
    # The fields that readers see and that are words of a language.
    TRANSLATED: ClassVar[Sequence[str]] = ()
    # Texts of such a field that the program has in every language, so that nobody translates them.
    IN_EVERY_LANGUAGE: ClassVar[Mapping[str, Sequence[str]]] = {}

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: Any, field_names: Any, values: Any, **kwargs: Any) -> Any:
        row = super().from_db(db, field_names, values, **kwargs)
        if shelf := _shelf.get():
            # Of a row that was read whole nothing is looked for.
            is_whole = len(values) == len(cls._meta.concrete_fields)
            shelf.note(row, WHOLE if is_whole else None)
        return row

    def _get_FIELD_display(self, field: Any) -> str:
        """Django's own makes a dictionary of the choices each time, a hundred times a page."""
        value = getattr(self, field.attname)
        return force_str(labels_of(field).get(value, value), strings_only=True)

    @classmethod
    def translation_name(cls) -> str:
        return cls._meta.model_name or ""

    def notice_read(self) -> None:
        """Fetch its translations with those of the page, though it was read for another one."""
        if shelf := _shelf.get():
            shelf.note(self)

    def found_with(self) -> Any:
        """The row that the search finds by the words of this one, if any."""
        return self if hasattr(self, "search_text") else None

    @classmethod
    def language_field(cls, field: str) -> str:
        """The field that may name another language for this one; none, if there is no such."""
        return ""

    def language_of(self, field: str) -> str:
        """The language in which a field was written: that of the record, unless the row knows."""
        name = self.language_field(field)
        return (getattr(self, name) if name else "") or settings.LANGUAGE_CODE

    def fields_to_translate(self, language: str) -> list[str]:
        """The fields that hold words of another language than this."""
        return [
            field
            for field in self.TRANSLATED
            if getattr(self, field) and self.language_of(field) != language
        ]

    def translations(self, language: str) -> OfRow:
        """Its translations into a language, by field."""
        if shelf := _shelf.get():
            return shelf.of_row(self, language)
        place = self.translation_name(), self.pk
        return fetch({place: frozenset()}, language)[place]

    def shown(self, field: str, language: str = "") -> Words:
        """What a reader of a language (without one: of the page's) gets of a field.

        That is the original where there is no translation, and as long as the row is not saved.
        """
        original: str = getattr(self, field) or ""
        own, wanted = self.language_of(field), language or get_language() or settings.LANGUAGE_CODE
        if not original or wanted == own:
            return Words(original, own, None)
        found = self.translations(wanted).get(field) if self.pk else None
        state = found.state_beside(original) if found else TranslationState.MISSING
        if (noted := _noted.get()) is not None:
            noted[state] += 1
        return Words(found.text, wanted, state) if found else Words(original, own, state)

    def text_of(self, field: str, language: str = "") -> str:
        """The same as text alone, for what cannot say in which language it is."""
        return self.shown(field, language).text

    def is_in(self, language: str, *fields: str) -> bool:
        """Whether some of its fields (without names: all) can be read in a language throughout."""
        return all(
            self.shown(field, language).state != TranslationState.MISSING
            for field in fields or self.TRANSLATED
        )


def told(model: type[Translated], field: str, *, key: str = "pk") -> models.expressions.Combinable:
    """The translation of a field into the page's language as a column; empty where none is there.

    `key` leads to the row whose field it is. For options and orders, which the database makes.
    """
    nothing = models.Value("", output_field=models.TextField())
    language = get_language() or settings.LANGUAGE_CODE
    if language == settings.LANGUAGE_CODE:
        return nothing
    of_row = apps.get_model("advocacy", "Translation")._default_manager.filter(
        of=model.translation_name(), row=models.OuterRef(key), field=field, language=language
    )
    return Coalesce(models.Subquery(of_row.order_by().values("text")[:1]), nothing)


def in_words(
    model: type[Translated], field: str, *, key: str = "pk", column: str = ""
) -> models.expressions.Combinable:
    """A field in the page's language, or as it was written, as a column; see `told`."""
    own = models.F(column or field)
    words = told(model, field, key=key)
    if isinstance(words, models.Value):
        return own
    return Coalesce(NullIf(words, models.Value("")), own, output_field=models.TextField())


def translated() -> dict[str, type[Translated]]:
    """Every kind of row with words to translate: {name: model}."""
    return {
        model.translation_name(): model
        for model in apps.get_app_config("advocacy").get_models()
        if issubclass(model, Translated) and model.TRANSLATED
    }


def texts_in_all_languages(rows: "Iterable[Translated]", fields: Sequence[str]) -> dict[Any, Any]:
    """The translations of some fields of rows of one kind, into any language: {key: [text, …]}."""
    rows = list(rows)
    told: defaultdict[int, list[str]] = defaultdict(list)
    if not rows:
        return told
    found = apps.get_model("advocacy", "Translation")._default_manager.filter(
        of=rows[0].translation_name(), field__in=fields
    )
    for some in batched([row.pk for row in rows], AT_ONCE, strict=False):
        pairs = found.filter(row__in=some).order_by("language", "field")
        for key, text in pairs.values_list("row", "text"):
            told[key].append(text)
    return told
