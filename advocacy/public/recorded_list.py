"""What the lists of decisions and of statements share: rows of the record that stay as they are."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import Q

from advocacy.models import Translation
from advocacy.models.folded import held_by, wanted
from advocacy.public.lists import FilteredList


class RecordedList(FilteredList):
    """Rows in force, the newest first. Words are looked for as they were typed."""

    model: ClassVar[Any]
    # The columns in which words are looked for, and in translations of those that have some.
    searched_in: ClassVar[list[str]]
    per_page = 50
    # No other word is taken for one that was typed.
    search = None

    def matches(self):
        chosen = self.filters.filters
        rows = self.model.objects.in_force(self.day)
        for word in wanted(chosen.get("q", "")):
            rows = rows.filter(self.holding(word))
        others = {name: value for name, value in chosen.items() if name != "q"}
        return self.narrow(rows, **others).order_by()

    def holding(self, word):
        """Whether a word stands in one of the columns, in any language."""
        told = [name for name in self.searched_in if name in self.model.TRANSLATED]
        texts = Translation.objects.filter(of=self.model.translation_name(), field__in=told)
        texts = texts.filter(held_by(["text"], word)).order_by()
        return held_by(self.searched_in, word) | Q(pk__in=texts.values("row"))

    # The rows that match the other filters, each by its name.
    narrow: Callable[..., Any]

    def sort(self, rows):
        return rows.newest_first()

    def fetch(self):
        return self.model.objects.with_related()
