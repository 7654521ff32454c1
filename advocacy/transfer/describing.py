"""What each column means and may hold, as its field says: for whoever makes a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db import models
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from advocacy.models.text import LanguageCode
from advocacy.transfer.columns import (
    KINDS,
    Column,
    as_text,
    choices_of,
    columns_of,
    demand,
    is_needed,
    key_of,
    other_rows,
)
from advocacy.transfer.outgoing import WRITERS, written
from advocacy.transfer.parts import States


@dataclass(frozen=True, slots=True)
class Described:
    """One column in words: what it means, and what a cell of it holds."""

    name: str
    meaning: str
    hint: str
    is_needed: bool
    # What stands in a cell: a day, a number, an address.
    holds: str
    # The values to choose from, each with its words.
    values: list[tuple[str, str]]
    # What a new row has where the cell is left out.
    otherwise: str
    # The kind of rows that a cell names, if files of that kind can be imported.
    names: str | None


def described(kind: str) -> list[Described]:
    """The columns of a kind in words, the key first."""
    model = KINDS[kind]
    return [
        Described(
            name=name,
            meaning=capfirst(str(field.verbose_name)),
            hint=str(field.help_text),
            is_needed=is_needed(field),
            holds=what_it_holds(field),
            values=values_of(field),
            otherwise=default_of(field),
            names=kind_of(field.related_model) if field.is_relation else None,
        )
        for name, field in columns_of(model).items()
    ]


def rows_before(kind: str) -> list[str]:
    """The kinds of rows that rows of this kind name, in the order in which they are imported."""
    named = {column.names for column in described(kind)} - {kind}
    return [other for other in KINDS if other in named]


def kind_of(model: object) -> str | None:
    """By what commands and addresses call the files of a model; None where it has none."""
    return next((kind for kind, other in KINDS.items() if other is model), None)


def values_of(field: Column) -> list[tuple[str, str]]:
    words = {as_text(value): str(label) for value, label in field.flatchoices}
    return [(value, words[value]) for value in choices_of(field)]


def default_of(field: Column) -> str:
    if not field.has_default():
        return ""
    if isinstance(field, LanguageCode):
        return _("the language of the record")
    return _("today") if callable(field.default) else as_text(field.default)


def what_it_holds(field: Column) -> str:
    if field.is_relation:
        named = {"rows": other_rows(field).model._meta.verbose_name_plural}
        if field.many_to_many:
            return _("keys of %(rows)s, with spaces between") % named
        return _("a key of %(rows)s") % named
    match field:
        case States():
            return str(field.holds)
        case models.BooleanField():
            return _("1 for yes, 0 for no")
        case _ if field.choices:
            return _("one of the values")
        case models.DateField():
            return _("a day: 2026-11-23")
        case models.IntegerField():
            return _("a whole number")
        case models.URLField():
            return _("an address: https://…")
        case models.SlugField():
            return _("Latin letters, digits, hyphens and underscores: at most %d") % most(field)
        case models.CharField():
            return _("a line of at most %d characters") % most(field)
    return _("text, in paragraphs if need be")


def most(field: Column) -> int:
    return field.max_length or 0


def example(kind: str, *, by: User | AnonymousUser | None) -> dict[str, Any]:
    """A row to see how it is written: the one that came last here, else one that is made up."""
    model = KINDS[kind]
    demand(by, model, "view")
    columns = columns_of(model)
    if row := model._default_manager.order_by("-pk").first():
        return {name: written(row, field) for name, field in columns.items()}
    return {name: made_up(kind, field) for name, field in columns.items()}


def made_up(kind: str, field: Column) -> Any:
    """What a cell could hold; nothing where none is needed."""
    if not is_needed(field):
        return [] if field.many_to_many else ""
    if field.name == key_of(field.model):
        return f"example-of-{kind}".replace("_", "-")
    if field.many_to_many:
        return ["key-1", "key-2"]
    if field.is_relation:
        return "key-1"
    match field:
        case _ if field.choices:
            return choices_of(field)[0]
        case models.DateField():
            return timezone.localdate().isoformat()
        case models.IntegerField():
            return 1
        case models.URLField():
            return "https://example.org/"
    return capfirst(str(field.verbose_name))[: field.max_length]


def template(kind: str, format: str, *, by: User | AnonymousUser | None) -> Iterator[str]:
    """A file to begin with, as pieces of text: the columns, and one row as an example."""
    return WRITERS[format](columns_of(KINDS[kind]), [example(kind, by=by)])
