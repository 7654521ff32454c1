from collections.abc import Iterable
from typing import Any

from django.core.paginator import InvalidPage, Page, Paginator
from django.db.models import Model, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

PER_PAGE = 25


def page_of(
    rows: QuerySet[Any, Any],
    number: str | None,
    *,
    total: int | None = None,
    per_page: int = PER_PAGE,
) -> "Page[Any]":
    """One page of `rows` by its number, as an address gives it; a bad number is a 404.

    `total` saves a query where the number of rows is known already.
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
