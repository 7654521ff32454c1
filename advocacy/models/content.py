"""What all editorial content shares: who owns a row, and how it is searched."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import ClassVar, Self

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from advocacy.models.text import Text
from advocacy.models.translated import Translated, texts_in_all_languages
from advocacy.models.wordings import Witnessed, Wording
from advocacy.text import storable

# What keyboards and word processors write for one sign; NFKC would take some of these apart.
SIGNS = str.maketrans(
    dict.fromkeys("‘’‚‛ʹʻʼʽˈ`´′‵＇‹›", "'")
    | dict.fromkeys("“”„‟«»″‶〝〞〟＂「」『』", '"')
    | dict.fromkeys("‐‑‒–—―−﹘﹣－⁃", "-")
)
# As a regular expression: all that is folded to the sign.
WRITTEN = {
    "'": f"['{''.join(chr(code) for code, sign in SIGNS.items() if sign == chr(39))}]",
    "-": f"[{''.join(chr(code) for code, sign in SIGNS.items() if sign == '-')}-]",
    " ": r"\s+",
}
# Indexes are of three letters each: they find a shorter word at the beginning of one alone.
SHORTEST_WITHIN = 3
# What stands before a word that does not begin its field, where nothing puts a space there.
BEFORE_WORDS = ' \n("“«「-'
BEHIND_A_SIGN = re.compile(r"(?<=[^\w\s])\w+")
HANGUL = re.compile("[가-힣]+")
PHRASE = re.compile(r'"([^"]*)"')
BETWEEN_WORDS = re.compile(r"[\s,;]+")


def fold(text: str) -> str:
    """Text as the search compares it, alike on every database, in any script.

    Without case, with one kind of apostrophe, quotation mark and dash, and without soft hyphens and
    the other characters that nobody sees.
    """
    text = unicodedata.normalize("NFKC", storable(text).translate(SIGNS)).casefold()
    return "".join(sign for sign in text if unicodedata.category(sign) != "Cf")


def fold_stored(text: str) -> str:
    """The text of a field as a row keeps it: on one line, without quotation marks."""
    return " ".join(fold(text).replace('"', "").split())


def searched_copy(texts: Iterable[str]) -> str:
    """What a row is searched by: its texts folded, with a space before each word.

    What begins behind another sign begins once more at the end. Of Hangul it is the letters, so
    that an index of three letters each finds two syllables.
    """
    copy = "\n ".join(["", *map(fold_stored, texts)])
    again = dict.fromkeys(word[: SHORTEST_WITHIN - 1] for word in BEHIND_A_SIGN.findall(copy))
    return _letters("\n ".join([copy, *again]))


def _letters(text: str) -> str:
    return HANGUL.sub(lambda syllables: unicodedata.normalize("NFD", syllables[0]), text)


def wanted(text: str) -> list[str]:
    """What a search asks for, folded: its words, and its phrases in quotation marks."""
    text = fold(text)
    phrases = [" ".join(phrase.split()) for phrase in PHRASE.findall(text)]
    words = BETWEEN_WORDS.split(PHRASE.sub(" ", text).replace('"', " "))
    asked = [part for part in [*phrases, *words] if part]
    # A word of nothing but punctuation is looked for only where nothing else is.
    return [bare for part in asked if (bare := without_ends(part))] or asked


def without_ends(word: str) -> str:
    """A word or phrase without the punctuation at its ends."""
    inner = [n for n, sign in enumerate(word) if unicodedata.category(sign)[0] != "P"]
    return word[inner[0] : inner[-1] + 1] if inner else ""


def held_by(fields: Sequence[str], word: str) -> models.Q:
    """Whether one of the fields holds a part of a search (`wanted`)."""
    return models.Q(*[_held(field, word) for field in fields], _connector=models.Q.OR)


def _held(field: str, word: str) -> models.Q:
    # In scripts without capitals, two signs are a word, and words stand within others.
    begins = len(word) < SHORTEST_WITHIN and word.upper() != word
    if field.endswith("search_text"):
        return models.Q(**{f"{field}__contains": " " + word if begins else _letters(word)})
    if re.search("['\\s-]", word):
        signs = [WRITTEN.get(sign) or re.escape(sign) for sign in word]
        return models.Q(**{f"{field}__iregex": "".join(signs)})
    if begins:
        places = [(f"{field}__icontains", before + word) for before in BEFORE_WORDS]
        beginning = models.Q((f"{field}__istartswith", word), *places, _connector=models.Q.OR)
        # Where there is no index, most rows are left out by one look.
        return models.Q(**{f"{field}__icontains": word}) & beginning
    return models.Q(**{f"{field}__icontains": word})


class ContentQuerySet[Row: "Content"](models.QuerySet[Row]):
    def get_by_natural_key(self, key):
        return self.get(**{self.model.NATURAL_KEY: key})

    def from_fixtures(self):
        """Rows that `load_content` may still overwrite: no member of staff has edited them."""
        return self.filter(edited_by_staff_at=None)

    def insert(self, rows: list[Row]) -> None:
        """Add new rows at once, with all that `save` does for each of them."""
        self.bulk_create(rows)
        if history := getattr(self.model, "history", None):
            history.bulk_history_create(rows, default_change_reason=None)

    def change(self, rows: list[Row]) -> None:
        """Write rows that were changed and are locked, with all that `save` does for each."""
        fields = [field.name for field in self.model._meta.concrete_fields if not field.primary_key]
        self.bulk_create(rows, update_conflicts=True, unique_fields=["pk"], update_fields=fields)
        if history := getattr(self.model, "history", None):
            history.bulk_history_create(rows, update=True, default_change_reason=None)
        if issubclass(self.model, Witnessed):
            Wording.objects.take_changed(self.model, [row.pk for row in rows])


class Content(Translated):
    """A row that belongs to its fixture until staff edit it in the admin."""

    # The field by which a fixture names a row.
    NATURAL_KEY = "slug"
    # Whether `clean` reads other rows of its table, so that several are checked one after another.
    IS_CHECKED_AGAINST_OTHERS = False

    edited_by_staff_at = models.DateTimeField(
        _("edited by staff"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Set at the first edit here; from then on load_content leaves the row alone."),
    )

    class Meta:
        abstract = True

    def natural_key(self) -> tuple[str, ...]:
        return (getattr(self, self.NATURAL_KEY),)

    def begin(self, said: Collection[str]) -> None:
        """Fill in a new row what others say of it, but for the fields of which it was said.

        Fixtures and imports call it before they check the row; forms fill in what was left empty.
        """

    def made_by(self, person: User) -> None:
        """Note who brings in a new row; most rows keep nobody's name."""

    def check_many(self, values: Mapping[str, Collection[int]]) -> None:
        """Refuse what this row may not be related to, and no row where one is needed.

        `values` are keys of rows by the name of the field. Every way in calls it before it saves
        them: forms, imports, fixtures, verbs. No constraint of the database can say it.
        """
        missing = {
            field.name: str(field.error_messages["blank"])
            for field in self._meta.many_to_many
            if not field.blank and field.name in values and not values[field.name]
        }
        if missing:
            raise ValidationError(missing)


class SearchableQuerySet[Row: "Searchable"](ContentQuerySet[Row]):
    def containing(self, text):
        """Narrow to the rows whose own text contains every word and phrase of a search."""
        rows = self
        for word in wanted(text):
            rows = rows.holding(word)
        return rows

    def holding(self, word: str) -> Self:
        """Narrow to the rows whose own text holds one of the parts of a search (`wanted`)."""
        return self.filter(held_by(["search_text"], word))

    def insert(self, rows: list[Row]) -> None:
        for row in rows:
            row.search_text = searched_copy(row.searched_texts())
        super().insert(rows)

    def change(self, rows: list[Row]) -> None:
        self._fold(rows)
        super().change(rows)

    def keep_search_texts(self) -> None:
        """Bring the words that the rows are found by up to date."""
        rows = list(self)
        self._fold(rows)
        self.bulk_update(rows, ["search_text"], batch_size=500)

    def _fold(self, rows: list[Row]) -> None:
        told = self.model.told_elsewhere(rows)
        for row in rows:
            row.search_text = searched_copy([*row.searched_texts(), *told[row.pk]])


class Searchable(Content):
    """Content with a copy of its searched fields (`SEARCHED`) to compare, made by `save`.

    It is found by their translations as well.
    """

    SEARCHED: ClassVar[Sequence[str]] = ()

    search_text = Text(editable=False, default="")

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        self.search_text = self.folded_text()
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "search_text"}
        super().save(*args, **kwargs)

    def searched_texts(self) -> Iterable[str]:
        """What it is found by. No phrase goes on from one text into the next."""
        return [getattr(self, field) for field in self.SEARCHED]

    @classmethod
    def told_elsewhere(cls, rows: Collection[Self]) -> Mapping[int, list[str]]:
        """What else rows are found by, asked for once for all of them: their translations."""
        return texts_in_all_languages(rows, cls.SEARCHED)

    def folded_text(self) -> str:
        told = [] if self._state.adding else self.told_elsewhere([self])[self.pk]
        return searched_copy([*self.searched_texts(), *told])
