"""Decisions and statements of a folder, as their verbs take them, with the rows they hold."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from advocacy.models import Decision, DecisionParagraph, Statement, StatementAsk, Withheld
from advocacy.models.recorded import Noted, Recorded
from advocacy.transfer.parts import COLUMNS

type Said = dict[str, Any]

# What a row holds of further rows of the record: {model: (key of the file, their model, their name
# for it, what names one of them within it)}.
INNER: Mapping[type[Recorded], tuple[str, type[Noted], str, str]] = {
    Decision: ("paragraphs", DecisionParagraph, "decision", "number"),
    Statement: ("asks", StatementAsk, "statement", "action"),
}
# These are made by the program.
NOT_IN_FILES = {"id", "recorded_at", "recorded_by", "approved_by"}


def enter(model: type[Recorded], fields: Mapping[str, Any], author: Any) -> tuple[Any, bool]:
    """The row of a file as it stands in the record now, and whether anything of it is new.

    What stands already must say what the file says; paragraphs and asks may be added to it.
    """
    key, inner, to_row, name = INNER[model]
    said = said_in(model, {n: value for n, value in fields.items() if n != key})
    some = list(inner_in(inner, to_row, key, fields.get(key, ())))
    if not said.get("slug"):
        raise ValidationError({"slug": "a row of the record needs one"})
    row = model._default_manager.filter(slug=said["slug"]).first()
    if row is None:
        return model._default_manager.enter(by=author, **said, **{key: some}), True  # type: ignore[attr-defined]
    demand_same(row, differing(row, said))
    there = {getattr(one, name): one for one in inner._default_manager.filter(**{to_row: row})}
    new = [values for values in some if values[name] not in there]
    for values in some:
        if values[name] in there:
            differs = differing(there[values[name]], values)
            demand_same(row, [f"{key}.{named(values[name])}.{field}" for field in differs])
    if gone := there.keys() - {values[name] for values in some}:
        demand_same(row, [f"{key}.{named(one)}" for one in gone])
    for values in new:
        inner._default_manager.enter(by=author, **{to_row: row}, **values)  # type: ignore[attr-defined]
    return row, bool(new)


def said_in(model: type[Any], fields: Mapping[str, Any]) -> Said:
    """What a row of a file says: rows by their keys, days and numbers as the program has them."""
    known: dict[str, Any] = {
        field.name: field
        for field in (*model._meta.concrete_fields, *model._meta.many_to_many)
        if field.name not in NOT_IN_FILES
    } | {column.name: column for column in COLUMNS.get(model, ())}
    said: Said = {}
    for name, value in fields.items():
        if name.startswith("_"):
            # A remark for whoever edits the file.
            continue
        if name not in known:
            raise ValidationError({name: "there is no such field"})
        try:
            said[name] = value_of(known[name], value)
        except (ValidationError, TypeError, ValueError) as error:
            why = error.messages if isinstance(error, ValidationError) else str(error)
            raise ValidationError({name: why}) from error
    return said


def inner_in(
    model: type[Any], to_row: str, key: str, given: Iterable[Mapping[str, Any]]
) -> Iterable[Said]:
    for place, fields in enumerate(given, 1):
        try:
            yield said_in(model, {n: value for n, value in fields.items() if n != to_row})
        except ValidationError as error:
            sentences = [f"{n}: {' '.join(m)}" for n, m in error.message_dict.items()]
            raise ValidationError({f"{key}, {place}": sentences}) from error


def value_of(field: Any, value: Any) -> Any:
    if not field.is_relation:
        # Ballots and States are written as JSON has them: a row of pairs, a list.
        return (
            value if field in [c for of in COLUMNS.values() for c in of] else field.to_python(value)
        )
    if field.many_to_many:
        return [row_of(field, key) for key in value]
    return row_of(field, value) if value else None


def row_of(field: Any, key: Any) -> Any:
    if not isinstance(key, list):
        raise ValidationError(f'write the key of a row in a list: ["{key}"]')
    try:
        return field.related_model._default_manager.get_by_natural_key(*key)
    except models.ObjectDoesNotExist as error:
        kind = field.related_model._meta.verbose_name
        raise ValidationError(f"there is no {kind} “{' '.join(key)}”") from error


def differing(row: Any, said: Said) -> list[str]:
    """The fields in which a stored row says something else than the file."""
    # A file may still hold words that were withheld; they stay out.
    gone = set(Withheld.objects.of_row(row).values_list("field", flat=True))
    return [n for n, value in said.items() if n not in gone and stored(row, n) != compared(value)]


def stored(row: Any, name: str) -> Any:
    if name == "ballots":
        return {ballot.state: ballot.vote for ballot in row.ballots.all()}
    value = getattr(row, name)
    if isinstance(value, models.Manager):
        rows = value.all()
        states = any(column.name == name for column in COLUMNS.get(type(row), ()))
        return {one.state if states else one for one in rows}
    return value


def compared(value: Any) -> Any:
    return set(value) if isinstance(value, list) else value


def named(inner: Any) -> str:
    """What names an inner row in a file: the number of a paragraph, or the key of an ask."""
    return str(getattr(inner, "slug", inner))


def demand_same(row: Any, differs: list[str]) -> None:
    if differs:
        raise ValidationError(
            f"the record is append-only, and this row now differs in {', '.join(differs)}:"
            " restore it and add a new row that corrects it"
        )
