"""Content that is found by its words, and by those that mean the same."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import ClassVar, Self

from django.db import models

from advocacy.models.content import Content, ContentQuerySet
from advocacy.models.folded import searched_copy
from advocacy.models.holding import held_as
from advocacy.models.search_words import Search, sought
from advocacy.models.text import Text
from advocacy.models.translated import texts_in_all_languages
from advocacy.models.word_forms import Form


class SearchableQuerySet[Row: "Searchable"](ContentQuerySet[Row]):
    def containing(self, text: str | Search) -> Self:
        """Narrow to the rows whose own text holds every part of a search, in one of its forms."""
        rows = self
        for part in sought(text):
            each = models.Q(*[held_as(words) for words in part.words])
            rows = rows.filter(each | held_as(part.names) if part.names else each)
        return rows

    def holding(self, *words: str | Form) -> Self:
        """Narrow to the rows whose own text holds one of some words."""
        return self.filter(held_as(words))

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
