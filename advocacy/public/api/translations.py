"""The translations of the rows of a kind, each with its state."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from advocacy.as_data import KINDS, Asked, Kind, envelope
from advocacy.as_data.kinds import key_name
from advocacy.as_data.rows import words_of
from advocacy.models import Translation
from advocacy.public.api.parameters import PAGE, Parameter
from advocacy.public.renderings import PER_PAGE, address_of, as_json, page_in
from advocacy.web.pagination import page_of
from advocacy.web.problems import Problem, wrong

TRANSLATED = [name for name, kind in KINDS.items() if words_of(kind)]
PARAMETERS = [
    Parameter("kind", {"type": "string", "enum": TRANSLATED}, "The kind of the rows.", True),
    Parameter("language", {"type": "string"}, "The language that they were translated into."),
    PAGE,
]


def view(request: HttpRequest) -> HttpResponse:
    """Of what is public today. What was withheld has none."""
    kind = KINDS[chosen(request, "kind", TRANSLATED)]
    language = request.GET.get("language", "")
    if language:
        chosen(request, "language", [code for code, _name in settings.LANGUAGES])
    asked = Asked.today()
    said = envelope(asked)
    public = kind.public(asked.day)
    rows = Translation.objects.filter(
        of=kind.model._meta.model_name, field__in=words_of(kind), row__in=public.values("pk")
    )
    rows = rows.filter(language=language) if language else rows
    rows = rows.order_by("row", "field", "language")
    page = page_of(rows, page_in(request.GET), per_page=PER_PAGE)
    return as_json(
        {
            **said,
            "total": page.paginator.count,
            "page": page.number,
            "pages": page.paginator.num_pages,
            "per_page": PER_PAGE,
            "next": address_of(request, page.number + 1) if page.has_next() else None,
            "previous": address_of(request, page.number - 1) if page.has_previous() else None,
            "rows": rows_of(kind, list(page.object_list), public),
        }
    )


def chosen(request: HttpRequest, name: str, known: list[str]) -> str:
    value = request.GET.get(name, "")
    if value not in known:
        raise Problem(
            "The address holds a value that is not known here.",
            errors=[wrong(name, value, "invalid_choice")],
        )
    return value


def rows_of(kind: Kind, found: list[Translation], public: Any) -> list[dict[str, str]]:
    originals = public.in_bulk({translation.row for translation in found})
    return [
        {
            "kind": kind.name,
            "row": str(getattr(originals[told.row], key_name(kind.model))),
            "field": told.field,
            "language": told.language,
            "text": told.text,
            "state": str(told.state(getattr(originals[told.row], told.field)).value),
            "made_by": str(told.made_by),
        }
        for told in found
        if told.row in originals
    ]
