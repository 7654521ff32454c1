from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from django.core.paginator import InvalidPage, Page, Paginator
from django.db.models import F, Model, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

PER_PAGE = 25


def page_of(
    rows: Any,
    number: str | None,
    *,
    total: int | None = None,
    per_page: int = PER_PAGE,
) -> "Page[Any]":
    """One page of `rows` by its number, as an address gives it; a bad number is a 404.

    `rows` can be sliced, as a QuerySet can. `total` saves a query where the number of rows is known
    already.
    """
    paginator = Paginator(rows, per_page)
    if total is not None:
        paginator.count = total
    try:
        return paginator.page(number or 1)
    except InvalidPage as error:
        raise Http404(_("There is no such page of this list.")) from error


def in_order[Row: Model](keys: Iterable[Any], rows: QuerySet[Row]) -> list[Row]:
    """Rows by their keys, in the order of the keys.

    So that a long list is sorted in its narrowest table, and only what is shown is read whole.
    """
    keys = list(keys)
    found = rows.in_bulk(keys)
    return [found[key] for key in keys if key in found]


class Walk:
    """The rows of an order of which some column holds one of many keys, as keys of the rows.

    The order is walked until a page is full. A database that is given the keys of ten thousand
    rows to narrow by takes longer.
    """

    MARGIN = 2
    LEAST = 200

    def __init__(
        self, rows: QuerySet[Any, Any], column: str, keys: Container[Any], *, share: float
    ) -> None:
        self.rows = rows.values_list("pk", F(column))
        self.keys = keys
        # How many of all rows belong to it, more or less.
        self.share = share

    def __getitem__(self, part: slice) -> list[Any]:
        enough = self.LEAST + int(self.MARGIN * part.stop / self.share)
        rows = list(self.rows[:enough])
        if len(rows) == enough and len(self._found(rows)) < part.stop:
            rows += self.rows[enough:]
        return self._found(rows)[part]

    def _found(self, rows: list[tuple[Any, Any]]) -> list[Any]:
        return [pk for pk, key in rows if key in self.keys]


class Groups:
    """The keys of rows that are sorted by some column first; only the groups of a page are sorted.

    `numbers` says how many rows have each value of it, in the order of the rows.
    """

    def __init__(self, rows: QuerySet[Any, Any], column: str, numbers: Mapping[Any, int]) -> None:
        self.rows, self.column, self.numbers = rows, column, numbers

    def __getitem__(self, part: slice) -> QuerySet[Any, Any]:
        return self.columns(part, "pk", flat=True)

    def columns(self, part: slice, *names: str, flat: bool = False) -> QuerySet[Any, Any]:
        """The same rows with more of what they say."""
        start, stop = part.start or 0, part.stop
        shown, first, before = [], 0, 0
        for value, number in self.numbers.items():
            if before + number <= start:
                first = before + number
            elif before < stop:
                shown.append(value)
            before += number
        rows = self.rows.filter(**{f"{self.column}__in": shown})
        return rows.values_list(*names, flat=flat)[start - first : stop - first]


class Together:
    """The keys of rows of which neighbours are alike, so that those are shown as one.

    They stand on one page, that of the last of them: so no page is left empty. More of them than
    a page holds go on from page to page.
    """

    def __init__(self, rows: Groups, alike: Sequence[str], *, per_page: int = PER_PAGE) -> None:
        self.rows, self.alike, self.per_page = rows, alike, per_page

    def __getitem__(self, part: slice) -> list[Any]:
        start, stop = part.start or 0, part.stop
        # Whoever is further away belongs to more than a page holds, or to none of this page.
        place = max(0, start - self.per_page)
        around = self.rows.columns(slice(place, stop + self.per_page), "pk", *self.alike)
        shown: list[Any] = []
        for _alike, run in groupby(around, key=lambda row: row[1:]):
            keys = [row[0] for row in run]
            if len(keys) > self.per_page:
                shown += keys[max(0, start - place) : max(0, stop - place)]
            elif start < place + len(keys) <= stop:
                shown += keys
            place += len(keys)
        return shown
