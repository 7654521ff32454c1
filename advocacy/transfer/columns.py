"""Which columns a file of each kind has, and how a value looks in a cell."""

import re
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Field, Model, QuerySet

from advocacy.models import Issue, Meeting, RecommendedAction, Seat, Source, TargetBody, roles
from advocacy.models.content import Content

type Row = Issue | TargetBody | RecommendedAction | Seat | Meeting
type Column = Field[Any, Any]

KINDS: dict[str, type[Row]] = {
    "issues": Issue,
    "bodies": TargetBody,
    "actions": RecommendedAction,
    "seats": Seat,
    "meetings": Meeting,
}
FORMATS = ["csv", "json"]
KEY = "slug"
BATCH = 500
# Spreadsheets run such cells as formulas, so they get an apostrophe, removed again on import;
# texts that already begin with apostrophes get one more, or they would come back shorter.
FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
ESCAPED = re.compile(r"'+[=+\-@\t\r\n]")


def demand(by: User | AnonymousUser | None, model: type[Row], *verbs: str) -> None:
    """Check permissions. `None` is the command line, where no user is signed in."""
    if by is not None:
        roles.demand(by, *(f"advocacy.{verb}_{model._meta.model_name}" for verb in verbs))


def columns_of(model: type[Row]) -> dict[str, Column]:
    """The fields that staff edit, by name."""
    fields = [*model._meta.concrete_fields, *model._meta.many_to_many]
    return {field.name: field for field in fields if field.editable and not field.primary_key}


def is_needed(field: Column) -> bool:
    """Whether the column is required for new rows."""
    return not field.blank and not field.has_default()


def guess_format(name: object) -> str | None:
    """The format implied by a file name, or None."""
    return next((format for format in FORMATS if str(name).lower().endswith(f".{format}")), None)


def other_rows(field: Column) -> QuerySet[Model]:
    """The rows of the other table, one of which a value names."""
    assert field.related_model
    return field.related_model._default_manager.order_by()


def named_by(field: Column) -> str:
    """The field of the other table whose value stands for its row."""
    return "key" if field.related_model is Source else KEY


def name_of(row: Content) -> str:
    # A source made in the admin has no key.
    return row.natural_key()[0] or f"#{row.pk}"


def as_text(value: object) -> str:
    """Any value of a row as the text of a cell."""
    match value:
        case None:
            return ""
        case bool():
            return str(int(value))
        case str() | int() | float() | Decimal():
            return str(value)
        case list():
            return " ".join(map(as_text, value))
    raise TypeError(value)


def escape(cell: str) -> str:
    return f"'{cell}" if FORMULA.match(cell) else cell


def unescape(cell: str) -> str:
    return cell[1:] if ESCAPED.match(cell) else cell
