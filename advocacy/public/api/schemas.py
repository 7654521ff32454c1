"""What the document of the API says of each kind of row: made of its columns, with their words."""

from datetime import date, datetime
from typing import Any, Literal, get_type_hints

from django.db import models
from django.utils.translation import override
from ninja import Schema
from pydantic import Field, create_model

from advocacy.as_data import KINDS, Envelope, Kind, fields_of, shapes
from advocacy.transfer.parts import States

# What stands around the rows.
AROUND = {
    "record": "Whose it is, and under which licence.",
    "head": "The head of the chain as the rows were read: `since` of the changes takes it.",
    "as_of": "The day of which the rows are.",
    "languages": "Those that the words are given in beside that of the record.",
}


def type_of(field: Any, kind: Kind) -> Any:
    """The type of a column in JSON."""
    if field.many_to_many:
        return list[str]
    if field.is_relation:
        return str | None
    if isinstance(field, States):
        return list[str]
    found = own_type(field)
    # The address of a weak source is not given.
    may_be_none = field.null or (kind.name == "sources" and field.name in ("url", "archive_url"))
    return found | None if may_be_none else found


def own_type(field: Any) -> Any:
    match field:
        case models.BooleanField():
            return bool
        case models.IntegerField():
            return int
        case models.DateTimeField():
            return datetime
        case models.DateField():
            return date
    codes = [value for value, _label in field.flatchoices]
    if not codes:
        return str
    return Literal[tuple(dict.fromkeys([*codes, *([""] if field.blank else [])]))]


def words_of(field: Any) -> str:
    """What the desk calls a column, and what it says beside it."""
    with override("en"):
        names = [str(field.verbose_name).capitalize() + ".", str(field.help_text)]
    if field.is_relation:
        names.append(f"The id of a row of {field.related_model._meta.verbose_name_plural}.")
    return " ".join(name for name in names if name)


def row_of(kind: Kind) -> type[Schema]:
    columns = {
        name: (type_of(field, kind), Field(description=words_of(field)))
        for name, field in fields_of(kind).items()
    }
    more = {name: (told, ...) for name, told in get_type_hints(kind.shape).items()}
    fields: dict[str, Any] = {
        "id": (str, Field(description="Stable: it names the row for good.")),
        "address": (str, Field(description="Of this row in the API.")),
        "page": (str | None, Field(description="Where readers find it, if it has a page.")),
        **columns,
        **(more if kind.shape is not dict else {}),
        "translations": (
            dict[str, dict[str, shapes.Translation]],
            Field(description="By language, then by column: what `lang` asked for."),
        ),
    }
    return create_model(singular(kind), __base__=Schema, **fields)


def singular(kind: Kind) -> str:
    return kind.model._meta.object_name or ""


def list_of(kind: Kind, row: type[Schema]) -> type[Schema]:
    return create_model(
        f"{singular(kind)}Page",
        __base__=Schema,
        **get_envelope(),
        total=(int, Field(description="Rows in all.")),
        page=(int, ...),
        pages=(int, ...),
        per_page=(int, Field(description="Rows on a page, at most.")),
        next=(str | None, Field(description="The address of the next page.")),
        previous=(str | None, ...),
        rows=(list[row], ...),  # type: ignore[valid-type]
    )


def one_of(kind: Kind, row: type[Schema]) -> type[Schema]:
    return create_model(f"{singular(kind)}Alone", __base__=Schema, **get_envelope(), row=(row, ...))


def get_envelope() -> dict[str, Any]:
    return {
        name: (told, Field(description=AROUND[name]))
        for name, told in get_type_hints(Envelope).items()
    }


ROWS = {name: row_of(kind) for name, kind in KINDS.items()}


class ProblemDetails(Schema):
    """RFC 9457, as `application/problem+json`."""

    title: str
    status: int
    detail: str = ""
    errors: list[dict[str, str]] = []


class Code(Schema):
    code: str
    label: dict[str, str]


class ColumnCode(Code):
    definition: dict[str, str] | None = Field(description="In one sentence, where it needs one.")


class StatusCode(Code):
    phase: str
    is_derived: bool = Field(description="No entry records it: it follows from what there is.")
    definition: dict[str, str]
    evidence: dict[str, str]
    analogues: str
    next: dict[str, str] = Field(
        description="Which response may follow: `free`, or with a written `reason`."
    )


class Vocabulary(Schema):
    languages: list[str]
    statuses: list[StatusCode]
    groups: list[Code]
    codes: dict[str, list[ColumnCode]] = Field(description="The codes of every other column.")


class TranslationRow(Schema):
    kind: str
    row: str
    field: str
    language: str
    text: str
    state: Literal["reviewed", "to_review", "outdated"]
    made_by: Literal["machine", "person"]


class TranslationPage(create_model("TranslationEnvelope", __base__=Schema, **get_envelope())):  # type: ignore[misc]
    total: int
    page: int
    pages: int
    per_page: int
    next: str | None
    previous: str | None
    rows: list[TranslationRow]


class Change(Schema):
    number: int
    hash: str
    previous: str
    kind: Literal[
        "entry",
        "submission",
        "decision",
        "decision_paragraph",
        "statement",
        "stance",
        "wording",
        "translation",
        "withheld",
    ]
    made_at: datetime | None
    of: str | None = Field(description="The kind of the row that it is about.")
    row: str | None = Field(description="Its id. Null where that is not public.")
    said: dict[str, Any] | None = Field(description="The row, the wording or the translation.")


class Changes(create_model("ChangesEnvelope", __base__=Schema, **get_envelope())):  # type: ignore[misc]
    since: str
    up_to: str = Field(description="The last of these: the next `since`.")
    next: str | None
    rows: list[Change]
