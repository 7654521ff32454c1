from django.core.paginator import InvalidPage, Paginator
from django.http import Http404
from django.utils.translation import gettext as _

PER_PAGE = 25


def page_of(rows, number, *, total=None, per_page=PER_PAGE):
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


def in_order(keys, rows):
    """Rows by their keys, in the order of the keys.

    So that a long list is sorted in its narrowest table, and only what is shown is read whole.
    """
    keys = list(keys)
    found = rows.in_bulk(keys)
    return [found[key] for key in keys if key in found]
