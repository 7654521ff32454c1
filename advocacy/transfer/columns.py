"""Which columns a file of each kind has, and how a value looks in a cell."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Field, Model, QuerySet

from advocacy.models import (
    PUBLISH,
    WRITE,
    AskRelation,
    BodyKind,
    ChecklistStep,
    ContactPoint,
    Decision,
    DecisionParagraph,
    Event,
    Issue,
    LegalReference,
    Meeting,
    Organisation,
    Pack,
    Paragraph,
    RecommendedAction,
    SearchLog,
    SearchWords,
    Seat,
    Source,
    Statement,
    StatementAsk,
    StatusUpdate,
    Submission,
    TargetBody,
    Topic,
    TreatyStatus,
    roles,
)
from advocacy.models.chain import Chained
from advocacy.models.content import Content
from advocacy.models.recorded import Noted
from advocacy.transfer import parts

type Row = Content | Submission | StatusUpdate | Noted
type Column = Field[Any, Any]

# Each kind names rows of those before it alone, so files are imported in this order.
KINDS: dict[str, type[Row]] = {
    "topics": Topic,
    "organisations": Organisation,
    "legal_references": LegalReference,
    "kinds": BodyKind,
    "bodies": TargetBody,
    "seats": Seat,
    "meetings": Meeting,
    "contact_points": ContactPoint,
    "sources": Source,
    "treaties": TreatyStatus,
    "issues": Issue,
    "paragraphs": Paragraph,
    "events": Event,
    "actions": RecommendedAction,
    "relations": AskRelation,
    "submissions": Submission,
    "decisions": Decision,
    "decision_paragraphs": DecisionParagraph,
    "statements": Statement,
    "stances": StatementAsk,
    "steps": ChecklistStep,
    "search_logs": SearchLog,
    "entries": StatusUpdate,
    "packs": Pack,
    "search_words": SearchWords,
}
FORMATS = ["csv", "json"]
# No file says whom a mail is sent to: an import tells nobody of what may be years old.
HELD_BACK = {"tell"}
BATCH = 500
# A spreadsheet runs a cell that begins like this as a formula: the export puts an apostrophe before
# it, and the import takes one off. A text with apostrophes before such a sign gets one more.
FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
ESCAPED = re.compile(r"'+[=+\-@\t\r\n]")


def demand(by: User | AnonymousUser | None, model: type[Row], *verbs: str) -> None:
    """Check permissions. `None` is the command line, where no user is signed in."""
    if by is not None:
        roles.demand(by, *permissions(model, *verbs))


def permissions(model: type[Row], *verbs: str) -> list[str]:
    """What somebody needs who does this with such rows; the record is written as it is recorded."""
    if is_of_the_record(model) and {"add", "change"} & {*verbs}:
        return [WRITE, PUBLISH]
    return [f"advocacy.{verb}_{model._meta.model_name}" for verb in verbs]


def is_of_the_record(model: type[Model]) -> bool:
    """Whether such rows are added and never changed."""
    return issubclass(model, Chained)


def key_of(model: type[Model]) -> str:
    """The field by which files name such rows."""
    name: str = model.NATURAL_KEY  # type: ignore[attr-defined]
    return name


def columns_of(model: type[Row]) -> dict[str, Column]:
    """The key, and the fields that staff edit, by name. A file names none of the staff."""
    fields: list[Column] = [*model._meta.concrete_fields, *model._meta.many_to_many]
    (key,) = [field for field in fields if field.name == key_of(model)]
    edited = [
        field
        for field in fields
        if field.editable
        and not field.primary_key
        and field.related_model is not User
        and field.name not in HELD_BACK
    ]
    return {field.name: field for field in [key, *edited, *parts.COLUMNS.get(model, [])]}


def key_column(columns: Iterable[str]) -> str:
    """The column that says which row a line is about: the first."""
    return next(iter(columns))


def choices_of(field: Column) -> list[str]:
    """The values that a cell may hold, where there is a list of them."""
    return [as_text(value) for value, _label in field.flatchoices if value not in ("", None)]


def blank(field: Column) -> str:
    """That a column of a row may not be empty."""
    return str(field.error_messages["blank"])


def is_needed(field: Column) -> bool:
    """Whether the column is required for new rows."""
    is_key = field.name == key_of(field.model)
    return is_key or (not field.blank and not field.has_default())


def guess_format(name: object) -> str | None:
    """The format implied by a file name, or None."""
    return next((format for format in FORMATS if str(name).lower().endswith(f".{format}")), None)


def other_rows(field: Column) -> QuerySet[Model]:
    """The rows of the table to which a column refers."""
    assert field.related_model
    return field.related_model._default_manager.order_by()


def named_by(field: Column) -> str:
    """The field of that table by which a cell names a row."""
    return key_of(other_rows(field).model)


def name_of(row: Any) -> str:
    """The key by which a file names a row, of its own kind or as one that another row names."""
    name: str = row.natural_key()[0]
    return name


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
