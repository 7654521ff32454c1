"""The lists as JSON and CSV: the rows of the page, in its order, with its filters."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms import DateField
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import quote_etag
from django.utils.translation import get_language
from django.views.decorators.http import etag, require_safe

from advocacy.as_data import KINDS, Asked, Kind, columns_as_data, columns_of_kind, rows_as_data
from advocacy.as_data.envelope import envelope, record_data
from advocacy.models import ContentVersion
from advocacy.public.decision_list import DecisionList
from advocacy.public.lists import ActionList, BodyList, FilteredList, IssueList
from advocacy.public.meeting_list import MeetingList
from advocacy.public.statement_list import StatementList
from advocacy.public.update_list import UpdateList
from advocacy.transfer.columns import BATCH
from advocacy.transfer.outgoing import csv_text
from advocacy.web.pagination import page_of
from advocacy.web.problems import Problem, wrong
from advocacy.web.programs import for_all_sites, made_now, refused

# So many rows stand on a page of JSON.
PER_PAGE = 100
LISTS: dict[str, type[FilteredList]] = {
    "issues": IssueList,
    "bodies": BodyList,
    "actions": ActionList,
    "entries": UpdateList,
    "meetings": MeetingList,
    "decisions": DecisionList,
    "statements": StatementList,
}
ALL_LANGUAGES = "all"


def languages_in(query: Mapping[str, Any], default: Iterable[str] = ()) -> tuple[str, ...]:
    """The languages that `lang` asks for, beside that of the record: `uk,ko`, or `all`."""
    asked = str(query.get("lang", ""))
    known = [code for code, _name in settings.LANGUAGES]
    codes = known if asked == ALL_LANGUAGES else asked.split(",") if asked else list(default)
    if unknown := set(codes) - set(known):
        raise Problem(
            "The record is not read in this language.",
            errors=[wrong("lang", code) for code in sorted(unknown)],
        )
    return tuple(code for code in dict.fromkeys(codes) if code != settings.LANGUAGE_CODE)


def day_in(query: Mapping[str, Any]) -> date:
    """The day that `as_of` asks for; today without one."""
    value, today = str(query.get("as_of", "")), timezone.localdate()
    try:
        day = DateField(required=False, input_formats=["%Y-%m-%d"]).clean(value) or today
    except ValidationError:
        day = None
    if day is None or day > today:
        raise Problem(
            "Give a day that has come, as YYYY-MM-DD.",
            errors=[wrong("as_of", value)],
        )
    return day


def page_in(query: Mapping[str, Any]) -> str:
    """The number of the page that is asked for; 1 without one."""
    number = str(query.get("page", "")) or "1"
    if not (number.isascii() and number.isdecimal() and int(number[:20])):
        raise Problem(
            "Pages are numbered from 1 on.",
            errors=[wrong("page", number)],
        )
    return number


def list_page(
    request: HttpRequest, kind: Kind, keys: Any, asked: Asked, *, total: int | None = None
) -> dict[str, Any]:
    """One page of rows, with what it is a page of. `keys` are those of all rows, in order."""
    said = envelope(asked)
    page = page_of(keys, page_in(request.GET), total=total, per_page=PER_PAGE)
    return {
        **said,
        "total": page.paginator.count,
        "page": page.number,
        "pages": page.paginator.num_pages,
        "per_page": PER_PAGE,
        "next": address_of(request, page.number + 1) if page.has_next() else None,
        "previous": address_of(request, page.number - 1) if page.has_previous() else None,
        "rows": rows_as_data(kind, list(page.object_list), asked),
    }


def address_of(request: HttpRequest, number: int) -> str:
    """Another page of the same, under the one name of the site."""
    query = request.GET.copy()
    query["page"] = str(number)
    return f"{settings.SITE_URL}{request.path}?{query.urlencode()}"


def filtered_page(
    request: HttpRequest, kind: Kind, languages: Iterable[str] = ()
) -> dict[str, Any]:
    """The same of a list with filters, those of its page."""
    rows = LISTS[kind.name](request.GET)
    rows.filters.demand()
    asked = Asked(rows.day or timezone.localdate(), languages_in(request.GET, languages))
    return list_page(request, kind, rows.ordered(), asked, total=rows.total)


def as_json(said: Any) -> HttpResponse:
    """An answer that any site may read, with the licence of what it holds."""
    response = JsonResponse(said, json_dumps_params={"ensure_ascii": False})
    return for_all_sites(made_now(licensed(response)))


def licensed[Response: HttpResponse | StreamingHttpResponse](response: Response) -> Response:
    licence = record_data()["licence"]
    if licence and licence["address"]:
        response["Link"] = f'<{licence["address"]}>; rel="license"'
    return response


def json_of(name: str) -> Callable[[HttpRequest], HttpResponse]:
    """The view of a list as JSON, in the language of its address and that of the record."""

    @require_safe
    def view(request: HttpRequest) -> HttpResponse:
        own = get_language() or settings.LANGUAGE_CODE
        return as_json(filtered_page(request, KINDS[name], [own]))

    return view


def edition_of(request: HttpRequest) -> str | None:
    """What tells whether a file of this address is still the same: the content and the day.

    It is asked before anything is read. None inside a transaction, which may be taken back.
    """
    number = ContentVersion.objects.current()
    if number is None:
        return None
    what = f"{number} {timezone.localdate()} {request.get_full_path()}"
    return f"W/{quote_etag(sha256(what.encode()).hexdigest()[:32])}"


def csv_of(name: str) -> Callable[[HttpRequest], Any]:
    """The view of a list as CSV: all its rows, with the columns that `import_rows` takes."""

    @require_safe
    @etag(edition_of)
    def view(request: HttpRequest) -> Any:
        rows, kind = LISTS[name](request.GET), KINDS[name]
        rows.filters.demand()
        if refusal := refused(request):
            return for_all_sites(refusal)
        keys = rows.keys().iterator(chunk_size=BATCH)
        values = columns_as_data(kind, keys, rows.day or timezone.localdate())
        response = StreamingHttpResponse(
            csv_text(columns_of_kind(kind), values), content_type="text/csv; charset=utf-8"
        )
        file = request.path.rpartition("/")[2]
        response["Content-Disposition"] = f'attachment; filename="{file}"'
        return for_all_sites(made_now(licensed(response)))

    return view
