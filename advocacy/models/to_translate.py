"""What there is to translate into each language, and how far that is.

All of it is counted and found by the database. What it costs: `Progress` reads every text with
words once and compares the hash of each that is translated, with two queries for all languages (a
quarter of a second for 4,000 texts, most of it to build them), once after each change of anything
public; a list reads the texts of the kinds and fields that its page shows.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

from django.conf import settings
from django.db import models
from django.db.models.functions import Cast, Coalesce, Left, NullIf

from advocacy.models.enums import TranslationState
from advocacy.models.kept import Kept
from advocacy.models.translated import Translated, translated
from advocacy.models.translations import Translation, TranslationQuerySet
from advocacy.models.withheld import FIELDS, Withheld

# What somebody has to do something about.
TO_DO = [TranslationState.MISSING, TranslationState.OUTDATED, TranslationState.TO_REVIEW]
# So much of an original is shown in a list.
SHOWN = 140

type Rows = models.QuerySet[Any, Any]


class Digest(models.Func):
    """`digest_of` in the database."""

    function = "SHA256"
    arity = 1
    output_field = models.CharField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "encode(sha256(convert_to((%(expressions)s)::text, 'UTF8')), 'hex')"
        return super().as_sql(compiler, connection, template=template, **extra)


class Place(NamedTuple):
    """A field of all rows of a kind."""

    of: str
    field: str

    @property
    def model(self) -> type[Translated]:
        return translated()[self.of]

    @property
    def kind_label(self) -> str:
        return str(self.model._meta.verbose_name)

    @property
    def field_label(self) -> str:
        return str(getattr(self.model._meta.get_field(self.field), "verbose_name", self.field))

    def texts(self) -> Rows:
        """The rows with words in it that may be translated, and in which language these are."""
        none = ["", *self.model.IN_EVERY_LANGUAGE.get(self.field, ())]
        rows = self.model._base_manager.order_by().exclude(**{f"{self.field}__in": none})
        if self.of in FIELDS:
            gone = Withheld.objects.filter(of=self.of, field=self.field)
            rows = rows.exclude(pk__in=gone.order_by().values("row"))
        return rows.annotate(own_language=self.own_language)

    @property
    def own_language(self) -> Any:
        record = models.Value(settings.LANGUAGE_CODE, models.CharField())
        name = self.model.language_field(self.field)
        return Coalesce(NullIf(name, models.Value("")), record) if name else record

    def translations(self, language: str) -> TranslationQuerySet:
        """Those of a row of an outer query."""
        return Translation.objects.order_by().filter(
            of=self.of, row=models.OuterRef("pk"), field=self.field, language=language
        )

    def in_state(self, language: str, state: TranslationState) -> Rows:
        """The rows of which the words are in this state for readers of a language."""
        rows, told = self.texts().exclude(own_language=language), self.translations(language)
        original = Digest(models.OuterRef(self.field))
        if state == TranslationState.MISSING:
            return rows.filter(~models.Exists(told))
        if state == TranslationState.OUTDATED:
            return rows.filter(models.Exists(told.exclude(original=original)))
        return rows.filter(models.Exists(told.to_review().filter(original=original)))

    def unfinished(self, language: str) -> Rows:
        """The rows of which the words are in any state that somebody has to do something about."""
        told = self.translations(language).filter(original=Digest(models.OuterRef(self.field)))
        rows = self.texts().exclude(own_language=language)
        return rows.filter(~models.Exists(told.checked()))


def places(of: str = "") -> list[Place]:
    """Every field that is translated, or those of a kind."""
    kinds = {of: translated()[of]} if of else translated()
    return [Place(of, field) for of, model in kinds.items() for field in model.TRANSLATED]


def together(querysets: Iterable[Rows]) -> Rows:
    first, *others = querysets
    return (first.union(*others, all=True) if others else first).order_by()


class Progress(NamedTuple):
    """How far the translation into a language is."""

    language: str
    # {(kind, field): how many of its texts are to be translated}
    texts: dict[Place, int]
    # {state: {(kind, field): how many}}
    states: dict[TranslationState, dict[Place, int]]

    def number(self, state: TranslationState, of: str = "") -> int:
        found = self.states[state]
        return sum(number for place, number in found.items() if of in ("", place.of))

    @property
    def total(self) -> int:
        return sum(self.texts.values())

    @property
    def per_cent(self) -> int:
        """How much is translated; a hundred only when all of it is."""
        return (self.total - self.number(TranslationState.MISSING)) * 100 // (self.total or 1)


_progress: Kept[dict[str, Progress]] = Kept(1)


def progress() -> dict[str, Progress]:
    """Of each language of the record into which there is something to translate."""
    return _progress.get("all", _counted)


def _counted() -> dict[str, Progress]:
    texts, told = _texts(), _translations()
    found = {}
    for language, _name in settings.LANGUAGES:
        of_language: dict[Place, int] = defaultdict(int)
        for (place, own), number in texts.items():
            if own != language:
                of_language[place] += number
        states: dict[TranslationState, dict[Place, int]] = defaultdict(dict)
        states[TranslationState.MISSING] = dict(of_language)
        for (place, state), number in told[language].items():
            states[state][place] = number
            states[TranslationState.MISSING][place] -= number
        if of_language:
            found[language] = Progress(language, dict(of_language), states)
    return found


def _texts() -> dict[tuple[Place, str], int]:
    """How many texts there are, by place and by the language they were written in."""
    counted = [
        place.texts()
        .values("own_language")
        .annotate(how_many=models.Count("pk"), of_place=models.Value(number))
        .values_list("of_place", "own_language", "how_many")
        for number, place in enumerate(places())
    ]
    every = places()
    return {(every[number], own): many for number, own, many in together(counted) if many}


def _translations() -> dict[str, dict[tuple[Place, TranslationState], int]]:
    """How many translations there are into each language, by place and state."""
    counted = [_states_of(place, number) for number, place in enumerate(places())]
    every = places()
    found: dict[str, dict[tuple[Place, TranslationState], int]] = defaultdict(dict)
    for number, language, state, many in together(counted):
        found[language][every[number], TranslationState(state)] = many
    return found


def _states_of(place: Place, number: int) -> Rows:
    # Whose original is there no longer, or in this very language, is shown to nobody.
    original = place.texts().filter(pk=models.OuterRef("row"))
    told: Rows = Translation.objects.order_by().filter(of=place.of, field=place.field)
    if place.model.language_field(place.field):
        original = original.exclude(own_language=models.OuterRef("language"))
    else:
        told = told.exclude(language=settings.LANGUAGE_CODE)
    digest = original.values(digest=Digest(place.field))[:1]
    told = told.annotate(now=models.Subquery(digest))
    return (
        told.exclude(now=None)
        .annotate(
            state=models.Case(
                models.When(
                    ~models.Q(original=models.F("now")),
                    then=models.Value(TranslationState.OUTDATED.value),
                ),
                models.When(
                    Translation.TO_REVIEW, then=models.Value(TranslationState.TO_REVIEW.value)
                ),
                default=models.Value(TranslationState.REVIEWED.value),
            )
        )
        .values("language", "state")
        .annotate(how_many=models.Count("pk"), of_place=models.Value(number))
        .values_list("of_place", "language", "state", "how_many")
    )


class Listed(NamedTuple):
    """A text of a list."""

    place: Place
    row: int
    key: str
    begins: str
    language: str


class ToDo:
    """The texts in a state, by kind and field, as the pages of a list take them.

    A page asks once, for the kinds and fields that stand on it.
    """

    def __init__(self, told: Progress, state: TranslationState, of: str = "") -> None:
        self.language, self.state = told.language, state
        numbers = told.states[state]
        self.numbers = {place: numbers[place] for place in places(of) if numbers.get(place)}

    def __len__(self) -> int:
        return sum(self.numbers.values())

    def __getitem__(self, part: slice) -> list[Listed]:
        ends = list(accumulate(self.numbers.values()))
        shown = [
            (place, end - number)
            for (place, number), end in zip(self.numbers.items(), ends, strict=True)
            if end > part.start and end - number < part.stop
        ]
        if not shown:
            return []
        before = shown[0][1]
        rows = together(self._texts(place, n) for n, (place, _start) in enumerate(shown))
        found = rows.order_by("of_place", "row_key")[part.start - before : part.stop - before]
        return [Listed(shown[n][0], *told) for n, *told in found]

    def _texts(self, place: Place, number: int) -> Rows:
        name = place.model.NATURAL_KEY
        return (
            place.in_state(self.language, self.state)
            .annotate(
                of_place=models.Value(number),
                row_key=models.F("pk"),
                row_name=Cast(name, models.TextField()),
                row_begins=Cast(Left(place.field, SHOWN), models.TextField()),
            )
            .values_list("of_place", "row_key", "row_name", "row_begins", "own_language")
        )


def next_unfinished(language: str, of: str, row: int) -> tuple[str, int] | None:
    """The row after this one with something to do, as (kind, key); after the last, the first."""
    kinds = list(translated())
    here = kinds.index(of)
    later = [(place, row if kind == of else 0) for kind in kinds[here:] for place in places(kind)]
    earlier = [(place, 0) for kind in kinds[: here + 1] for place in places(kind)]
    for turn in (later, earlier):
        found = [
            (kinds.index(place.of), key)
            for place, key in _first(language, turn)
            if (place.of, key) != (of, row)
        ]
        if found:
            number, key = min(found)
            return kinds[number], key
    return None


def _first(language: str, after: Sequence[tuple[Place, int]]) -> Iterator[tuple[Place, int]]:
    """The first row of each of these fields, after some row, with something to do."""
    firsts = together(
        place.unfinished(language)
        .filter(pk__gt=row)
        .annotate(of_place=models.Value(number))
        .values("of_place")
        .annotate(first_row=models.Min("pk"))
        .values_list("of_place", "first_row")
        for number, (place, row) in enumerate(after)
    )
    for number, key in firsts:
        if key is not None:
            yield after[number][0], key
