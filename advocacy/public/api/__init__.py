"""The API: every public row of the record for programs, read-only, with a document of itself."""

from collections.abc import Callable
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema

from advocacy.as_data import KINDS, Envelope, envelope
from advocacy.models.networks import MOST_AN_HOUR
from advocacy.public.api import changes, rows, translations, vocabulary
from advocacy.public.api.parameters import (
    AS_OF,
    LANG,
    PAGE,
    Parameter,
    narrowing_parameters,
    parameters_of_form,
)
from advocacy.public.api.schemas import (
    ROWS,
    Changes,
    ProblemDetails,
    TranslationPage,
    Vocabulary,
    get_envelope,
    list_of,
    one_of,
)
from advocacy.public.renderings import LISTS, PER_PAGE, as_json, languages_in
from advocacy.version import VERSION
from advocacy.web.problems import CONTENT_TYPE, Problem, answered

WORDS = (
    "Everything that this record makes public, read-only and without a key. Every answer names the"
    " licence and the head of the chain that it was made under."
    f" A page holds at most {PER_PAGE} rows."
    " An answer that has not changed since is a 304 (If-None-Match, If-Modified-Since)."
    f" At most {MOST_AN_HOUR['data']} answers an hour are made for one network; what is kept ready"
    " does not count. Beyond that the answer is 429 with Retry-After."
    " Failures are problem details (RFC 9457). Ids and codes are stable; within version 1 fields"
    " may be added, and none is taken away or changes its meaning."
    f" The program that answers has version {VERSION}."
)


class Api(NinjaAPI):
    """Its document describes failures as well, which no operation returns by itself."""

    def get_openapi_schema(self, **options: Any) -> Any:
        document = super().get_openapi_schema(**options)
        failure = ProblemDetails.model_json_schema()
        document["components"]["schemas"][ProblemDetails.__name__] = failure
        return document


api = Api(
    title="The record as data",
    version="1",
    description=WORDS,
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
)
# While it is being worked on, ninja answers whatever it does not know with its own page.
# Of these it always has an answer.
api.add_exception_handler(Problem, cast(Any, answered))
NOT_FOUND = {404: "There is no such row, or no such page."}
BAD = {400: "A parameter has a value that is not known here; `errors` names it."}
ALWAYS = {
    405: "Another method than GET, HEAD or OPTIONS.",
    429: "Too many answers for one network in this hour; `Retry-After` says when to go on.",
    500: "A fault of the program.",
}
NOT_MODIFIED = {"304": {"description": "Nothing has changed since."}}


def problems(*statuses: dict[int, str]) -> dict[str, Any]:
    """What else an operation may answer, in the document."""
    told: dict[str, Any] = dict(NOT_MODIFIED)
    for status, words in {k: v for some in statuses for k, v in some.items()}.items():
        schema = {"$ref": "#/components/schemas/ProblemDetails"}
        told[str(status)] = {"description": words, "content": {CONTENT_TYPE: {"schema": schema}}}
    return told


def operation(
    path: str,
    response: Any,
    view: Callable[..., HttpResponse],
    *,
    name: str,
    summary: str,
    parameters: list[Parameter] | None = None,
    failures: dict[int, str] | None = None,
) -> None:
    extra = {
        "parameters": [told.in_the_document() for told in parameters or []],
        "responses": problems(failures or {}, ALWAYS),
    }
    api.get(
        path,
        response=response,
        operation_id=name,
        summary=summary,
        url_name=name,
        openapi_extra=extra,
    )(view)


def add_kind(name: str) -> None:
    """The list of a kind, and each of its rows by its id."""
    kind, row = KINDS[name], ROWS[name]
    words = str(kind.model._meta.verbose_name_plural)
    day = [AS_OF] if kind.is_dated else []
    if name in rows.FILTERED:
        own = parameters_of_form(LISTS[name].filter_form)
    else:
        own = [*narrowing_parameters(kind), *day]

    def of_list(request: HttpRequest) -> HttpResponse:
        return as_json(rows.page_of_rows(request, kind))

    def of_row(request: HttpRequest, id: str) -> HttpResponse:
        return as_json(rows.row_alone(request, kind, id))

    operation(
        f"/{name}",
        list_of(kind, row),
        of_list,
        name=name,
        summary=f"All {words}, a page at a time",
        parameters=[*own, LANG, PAGE],
        failures=BAD | NOT_FOUND,
    )
    operation(
        f"/{name}/{{id}}",
        one_of(kind, row),
        of_row,
        name=f"{name}_row",
        summary=f"One of the {words}",
        parameters=[*day, LANG],
        failures=BAD | NOT_FOUND,
    )


def record(request: HttpRequest) -> HttpResponse:
    """Whose record this is, under which licence, and how far its chain has come."""
    return as_json(envelope(rows.asked_in(request, is_dated=False)))


def codes(request: HttpRequest) -> HttpResponse:
    """Every code that stands in a column, with its words; the statuses with their definitions."""
    return as_json(vocabulary.said(languages_in(request.GET)))


class RecordAlone(Schema):
    __annotations__ = {name: told for name, (told, _) in get_envelope().items()}


operation("/record", RecordAlone, record, name="record", summary="The record", failures=BAD)
operation(
    "/vocabulary.json",
    Vocabulary,
    codes,
    name="vocabulary",
    summary="The codes and their words",
    parameters=[LANG],
    failures=BAD,
)
for _name in KINDS:
    add_kind(_name)
operation(
    "/translations",
    TranslationPage,
    translations.view,
    name="translations",
    summary="The translations of the rows of a kind, with their state",
    parameters=translations.PARAMETERS,
    failures=BAD | NOT_FOUND,
)
operation(
    "/changes",
    Changes,
    changes.view,
    name="changes",
    summary="What was added to the record since a moment or a head of its chain",
    parameters=changes.PARAMETERS,
    failures=BAD | {404: "The chain of this record has no such head."},
)
