"""Saves the rows of a file: new ones many at once, and one by one where the database refuses one.

The database enforces each constraint of a model, so it is asked by writing. Only where it refuses
are the checks made that say why, which ask it several times for each row.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from traceback import clear_frames
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from advocacy.models import roles
from advocacy.models.content import Content
from advocacy.transfer.columns import Column, Row
from advocacy.transfer.parts import States

# So few are saved one by one once the database has refused one of them.
FEW = 8


@dataclass(slots=True)
class Wish:
    """What a line of a file wants a row to be; afterwards also what was changed, or why not."""

    line: int
    key: str
    row: Any
    is_new: bool
    values: dict[str, Any] = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    error: ValidationError | None = None

    @contextmanager
    def refused_by_errors(self) -> Iterator[None]:
        try:
            yield
        except ValidationError as error:
            # Its traceback references the row: kept, refused rows would pile up in memory.
            clear_frames(error.__traceback__)
            self.error = error.with_traceback(None)

    def forget_key(self) -> None:
        """The database took the row back: it is a new one again."""
        if self.is_new:
            self.row.pk = None
            self.row._state.adding = True


class Saving:
    def __init__(
        self,
        model: type[Row],
        columns: Mapping[str, Column],
        now: datetime,
        by: User | None,
    ) -> None:
        self.model: Any = model
        self.columns, self.now, self.by = columns, now, by
        self.relations = [name for name, column in columns.items() if column.is_relation]
        self.many = [name for name in self.relations if columns[name].many_to_many]
        # What smaller rows say of it, which its verb writes.
        self.parts = [name for name, column in columns.items() if isinstance(column, States)]
        # The columns of which other rows decide what may stand there.
        self.shared = {name for name, column in columns.items() if column.unique}
        for constraint in model._meta.constraints:
            self.shared.update(getattr(constraint, "fields", ()))
        # What the program fills in needs no check.
        fields = model._meta.concrete_fields
        self.filled_in = [f.name for f in fields if f.is_relation and f.name not in columns]

    @cached_property
    def author(self) -> User:
        """Who brings the rows in."""
        return self.by or roles.content_author()

    def save_all(self, wishes: Sequence[Wish]) -> None:
        """Save what can be saved, in the order of the file; the others get their error."""
        together: list[Wish] = []
        for wish in wishes:
            if wish.error:
                continue
            self.fill(wish)
            if not wish.changed:
                continue
            goes_along = self.stands_alone(wish) and self.is_sound(wish)
            if together and not (goes_along and wish.is_new == together[0].is_new):
                self.write(together)
                together = []
            if goes_along:
                together.append(wish)
            else:
                self.save(wish)
        if together:
            self.write(together)

    def stands_alone(self, wish: Wish) -> bool:
        """Whether the row may be written with others.

        New rows are, in their order. A change is where no other row has a say in it: with others,
        it might be written before a change that it comes after in the file. Of a kind that is
        checked against the rows before it, none is.
        """
        if self.model.IS_CHECKED_AGAINST_OTHERS:
            return False
        return wish.is_new or not (self.shared | set(self.many)).intersection(wish.changed)

    def fill(self, wish: Wish) -> None:
        """Put the values into the row."""
        row, values = wish.row, wish.values
        wish.changed = tuple(
            name for name in values if wish.is_new or values[name] != self.stored(row, name)
        )
        for name in wish.changed:
            if name not in self.many and name not in self.parts:
                setattr(row, self.columns[name].attname, values[name])
        if wish.is_new and isinstance(row, Content):
            row.begin(values)
        if wish.changed:
            row.edited_by_staff_at = self.now
        if wish.is_new and isinstance(row, Content):
            row.made_by(self.author)

    def stored(self, row: Row, name: str) -> Any:
        if name in self.many:
            return {other.pk for other in getattr(row, name).all()}
        return getattr(row, self.columns[name].attname)

    def is_sound(self, wish: Wish) -> bool:
        """Whether the row is good as far as it can be told without the database."""
        try:
            self.check(wish, ask_the_database=False)
        except ValidationError:
            return False
        return True

    def check(self, wish: Wish, *, ask_the_database: bool) -> None:
        # The rows that these name were found for the whole batch at once.
        wish.row.full_clean(
            exclude=[*self.filled_in, *(n for n in self.relations if wish.values.get(n))],
            validate_unique=ask_the_database,
            validate_constraints=ask_the_database,
        )
        wish.row.check_many(self.related(wish))

    def related(self, wish: Wish) -> dict[str, Collection[int]]:
        """What the row is related to once the values are in it, by column."""
        names = [name for name in self.many if name in wish.changed or not wish.is_new]
        related = {
            name: wish.values[name] if name in wish.changed else self.stored(wish.row, name)
            for name in names
        }
        # What an earlier row lacks is no fault of a file that does not speak of it.
        return {name: keys for name, keys in related.items() if keys or name in wish.changed}

    def write(self, together: Sequence[Wish]) -> None:
        """Save rows, all new or all changed; where the database refuses, each half by itself."""
        rows: list[Any] = [wish.row for wish in together]
        try:
            with transaction.atomic():
                if together[0].is_new:
                    self.model.objects.insert(rows)
                    for name in self.many:
                        self.link(name, together)
                else:
                    self.model.objects.change(rows)
        except DatabaseError:
            for wish in together:
                wish.forget_key()
            if len(together) <= FEW:
                for wish in together:
                    self.save(wish)
            else:
                half = len(together) // 2
                self.write(together[:half])
                self.write(together[half:])

    def link(self, name: str, new: Sequence[Wish]) -> None:
        """Write the relations of new rows to many others."""
        column: Any = self.columns[name]
        here = column.m2m_field_name()
        there = column.m2m_reverse_field_name()
        through = column.remote_field.through
        through._default_manager.bulk_create(
            through(**{f"{here}_id": wish.row.pk, f"{there}_id": other})
            for wish in new
            for other in sorted(wish.values.get(name, ()))
        )

    def save(self, wish: Wish) -> None:
        """Save one row; where that fails, all checks together say why."""
        with wish.refused_by_errors():
            try:
                self.check(wish, ask_the_database=False)
                with transaction.atomic():
                    wish.row.save()
                    for name in set(wish.changed).intersection(self.many):
                        getattr(wish.row, name).set(wish.values[name])
            except (ValidationError, DatabaseError) as error:
                wish.forget_key()
                self.check(wish, ask_the_database=True)
                raise ValidationError(_("The database refused it: %s") % error) from error
