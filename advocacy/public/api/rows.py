"""The lists of each kind of row, and one row by its id."""

from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone

from advocacy.as_data import Asked, Kind, envelope, key_name, rows_as_data
from advocacy.as_data.public import Rows
from advocacy.as_data.rows import fields_of, named_rows
from advocacy.public.api.parameters import narrowing_parameters
from advocacy.public.renderings import day_in, filtered_page, languages_in, list_page
from advocacy.transfer.columns import named_by
from advocacy.web.problems import Problem, wrong

# The lists that have a page with filters answer these here as well.
FILTERED = {"issues", "bodies", "actions", "entries"}
LONGEST_KEY = 18


def asked_in(request: HttpRequest, *, is_dated: bool) -> Asked:
    day = day_in(request.GET) if is_dated else timezone.localdate()
    return Asked(day, languages_in(request.GET))


def page_of_rows(request: HttpRequest, kind: Kind) -> dict[str, Any]:
    if kind.name in FILTERED:
        return filtered_page(request, kind)
    asked = asked_in(request, is_dated=kind.is_dated)
    rows = narrowed(kind, kind.public(asked.day), request, asked)
    return list_page(request, kind, rows.order_by("pk").values_list("pk", flat=True), asked)


def narrowed(kind: Kind, rows: Rows, request: HttpRequest, asked: Asked) -> Rows:
    """The rows that name the rows that an address names."""
    for name in (told.name for told in narrowing_parameters(kind)):
        if not (value := request.GET.get(name, "")):
            continue
        field = fields_of(kind)[name]
        if not field.is_relation:
            rows = rows.filter(**{name: known_text(name, value)})
            continue
        other = named_rows(field, asked.day).filter(**{named_by(field): known_text(name, value)})
        keys = list(other.values_list("pk", flat=True)[:1])
        if not keys:
            raise unknown(name, value)
        rows = rows.filter(**{name: keys[0]})
    return rows


def known_text(name: str, value: str) -> str:
    """PostgreSQL takes no such character, so no row has one."""
    if "\0" in value:
        raise unknown(name, value)
    return value


def unknown(name: str, value: str) -> Problem:
    return Problem(
        "The address names a row that is not known here.",
        errors=[wrong(name, value, "invalid_choice")],
    )


def row_alone(request: HttpRequest, kind: Kind, name: str) -> dict[str, Any]:
    asked = asked_in(request, is_dated=kind.is_dated)
    key = key_name(kind.model)
    is_number = name.isascii() and name.isdecimal() and len(name) <= LONGEST_KEY
    if "\0" in name or (key == "pk" and not is_number):
        raise Http404
    said = envelope(asked)
    found = rows_as_data(kind, kind.public(asked.day).filter(**{key: name}), asked)
    if not found:
        raise Http404
    return {**said, "row": found[0]}
