from django.core.paginator import InvalidPage, Page, Paginator
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

PER_PAGE = 25


def page_of[Row: Model](
    request: HttpRequest, rows: QuerySet[Row], total: int | None = None
) -> "Page[Row]":
    """The page of `rows` that the address asks for; a bad number is a 404.

    `total` saves a query where the number of rows is known already.
    """
    paginator = Paginator(rows, PER_PAGE)
    if total is not None:
        paginator.count = total
    try:
        return paginator.page(request.GET.get("page") or 1)
    except InvalidPage as error:
        raise Http404(_("There is no such page of this list.")) from error
