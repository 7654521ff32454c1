"""The parameters of addresses, as the document of the API lists them: those of the filters."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import override

from advocacy.as_data import Kind, fields_of
from advocacy.public.forms.options import LONGEST_SEARCH, SlugField, Switch

# Columns that are no other row, by which rows are narrowed all the same.
NARROWING = {"country", "state"}


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    schema: dict[str, Any]
    words: str
    is_needed: bool = False

    def in_the_document(self) -> dict[str, Any]:
        return {
            "in": "query",
            "name": self.name,
            "schema": self.schema,
            "required": self.is_needed,
            "description": self.words,
        }


PAGE = Parameter("page", {"type": "integer", "minimum": 1}, "The number of the page, from 1 on.")
LANG = Parameter(
    "lang",
    {"type": "string"},
    "Languages that the words are asked for in as well, with commas between, or `all`.",
)
AS_OF = Parameter(
    "as_of",
    {"type": "string", "format": "date"},
    "The record as it stood on that day, which has come: YYYY-MM-DD.",
)


def parameters_of_form(form: type[forms.Form]) -> list[Parameter]:
    """The fields of a form of filters."""
    with override("en"):
        return [
            Parameter(name, schema_of(field), str(field.label))
            for name, field in form.base_fields.items()
            if name != "as_of"
        ] + ([AS_OF] if "as_of" in form.base_fields else [])


def schema_of(field: forms.Field) -> dict[str, Any]:
    match field:
        case SlugField():
            return {"type": "string"}
        case Switch():
            return {"type": "string", "enum": ["on"]}
        case forms.ChoiceField():
            # Of options that the record has, none is known here.
            values = list(values_of(field.choices))
            return {"type": "string"} | ({"enum": values} if values else {})
    return {"type": "string", "maxLength": LONGEST_SEARCH}


def values_of(choices: Any) -> Any:
    """The values of options, those within groups as well; not the one that chooses nothing."""
    for value, words in choices:
        if isinstance(words, list | tuple):
            yield from values_of(words)
        elif value != "":
            yield str(value)


def narrowing_parameters(kind: Kind) -> list[Parameter]:
    """The columns that name another row: rows that name a certain one."""
    return [
        Parameter(name, {"type": "string"}, "Those alone that have this here.")
        for name, field in fields_of(kind).items()
        if field.is_relation or name in NARROWING
    ]
