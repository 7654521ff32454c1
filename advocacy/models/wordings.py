"""How the rows read that the record stands on: its asks, the bodies asked and its sources.

They are no entries, and some of them may be edited. So the chain holds a copy of what each said
when the first entry came to stand on it, and another after every change since.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import batched, pairwise
from typing import Any, ClassVar, NamedTuple

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from advocacy.models.chain import AppendOnlyQuerySet, Chained, Link
from advocacy.models.dates import written_day
from advocacy.models.digests import plain
from advocacy.models.text import Line

AT_ONCE = 2000


class Change(NamedTuple):
    """What was changed of a row that the record stands on: (field, before, after) in words."""

    made_at: datetime
    fields: list[tuple[str, str, str]]


class WordingQuerySet(AppendOnlyQuerySet["Wording"]):
    def of_row(self, row: "Witnessed") -> "WordingQuerySet":
        return self.filter(of=row.witness_name(), row=row.pk).order_by("pk")

    def take(self, rows: "Iterable[Witnessed]") -> None:
        """Add to the chain how these rows read, where it does not say so yet.

        The caller holds a lock on the rows, so that nobody edits them meanwhile.
        """
        for row in rows:
            newest = self.of_row(row).last()
            if newest is None or newest.said != row.witnessed_values():
                wording = self.model(of=row.witness_name(), row=row.pk, said=row.witnessed_values())
                wording.save_base(force_insert=True)
                Link.objects.append(wording)

    def take_changed(self, model: "type[Witnessed]", keys: list[int]) -> None:
        """The same for rows that were just changed, those alone on which an entry stands."""
        known = self.filter(of=model.witness_name(), row__in=keys).values("row")
        self.take(model._base_manager.filter(pk__in=keys).filter(pk__in=known).order_by("pk"))

    def changes_of(self, row: "Witnessed", names: Iterable[str]) -> list[Change]:
        """How these fields of a row were changed since the first entry on it, the last first."""
        changes = []
        for before, after in pairwise(self.of_row(row)):
            fields = [
                in_words(row, name, before.said.get(name), after.said.get(name))
                for name in names
                if before.said.get(name) != after.said.get(name)
            ]
            if fields:
                changes.append(Change(after.taken_at, fields))
        return changes[::-1]

    def differences(self) -> Iterator[tuple[str, int, list[str]]]:
        """The rows that no longer read as the chain says: (kind, key, fields; none if removed)."""
        for name, model in witnessed().items():
            taken = self.filter(of=name)
            keys = taken.order_by("row").values_list("row", flat=True).distinct()
            for some in batched(keys.iterator(AT_ONCE), AT_ONCE, strict=False):
                newest = {wording.row: wording for wording in taken.filter(row__in=some)}
                rows = model._base_manager.in_bulk(some)
                for key, wording in newest.items():
                    if wording.differs_from(rows.get(key)):
                        yield name, key, wording.fields_unlike(rows.get(key))

    def missing(self) -> Iterator[tuple[str, int]]:
        """The rows that an entry stands on and of which the chain says nothing: (kind, key)."""
        for name, model in witnessed().items():
            taken = models.Exists(self.filter(of=name, row=models.OuterRef("pk")))
            rows = stood_on(model).exclude(taken).order_by("pk")
            for key in rows.values_list("pk", flat=True):
                yield name, key


def in_words(row: "Witnessed", name: str, *values: Any) -> Any:
    """The words for a field and for values of it."""
    field = row._meta.get_field(name)
    read = [field.to_python(value) for value in values]  # type: ignore[union-attr]
    days = isinstance(field, models.DateField)
    label = field.verbose_name  # type: ignore[union-attr]
    return (label, *[written_day(value) if days and value else value for value in read])


class Wording(Chained):
    """How a row that the record stands on read from a moment on. As permanent as an entry."""

    KIND = "wording"
    HASHED: ClassVar[list[str]] = ["of", "row", "taken_at"]

    of = Line(_("kind"), max_length=40)
    row = models.BigIntegerField(_("row"))
    taken_at = models.DateTimeField(_("read so from"), default=timezone.now)
    said = models.JSONField(_("what it said"))

    objects = WordingQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        base_manager_name = "objects"
        verbose_name = _("kept wording")
        verbose_name_plural = _("kept wordings")
        indexes = [models.Index(fields=["of", "row", "id"], name="wording_of_row")]

    def __str__(self) -> str:
        return f"{self.of} {self.row}, {self.taken_at.date()}"

    def hashed_values(self) -> dict[str, Any]:
        """A database may keep JSON in any order, so the fields of the row come by their names."""
        return super().hashed_values() | dict(sorted(self.said.items()))

    @classmethod
    def hashed_values_of(cls, keys: Collection[int]) -> dict[int, dict[str, Any]]:
        found = cls.read_hashed([*cls.HASHED, "said"], keys)
        return {key: row | dict(sorted(row.pop("said").items())) for key, row in found.items()}

    def fields_unlike(self, row: "Witnessed | None") -> list[str]:
        """The fields that read otherwise now."""
        now = row.witnessed_values() if row else {}
        return sorted(name for name in now if now[name] != self.said.get(name))

    def differs_from(self, row: "Witnessed | None") -> bool:
        return row is None or bool(self.fields_unlike(row))


class Witnessed(models.Model):
    """A row that entries stand on: the chain keeps how it read, and how it was changed since."""

    # What readers see of it and the chain covers, and what not.
    WITNESSED: ClassVar[list[str]] = []
    NOT_WITNESSED: ClassVar[list[str]] = []
    # What leads to that of the record which may stand on it.
    STANDS_UNDER: ClassVar[list[str]] = ["updates"]

    class Meta:
        abstract = True

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save it; if an entry stands on it, the chain keeps the change."""
        was_new = self._state.adding
        super().save(*args, **kwargs)
        # Asked after it is saved: an entry that comes to stand on it now waits for this change.
        if not was_new:
            Wording.objects.take_changed(type(self), [self.pk])

    @classmethod
    def witness_name(cls) -> str:
        return cls._meta.model_name or ""

    def witnessed_values(self) -> dict[str, Any]:
        return {name: plain(getattr(self, name)) for name in self.WITNESSED}


def stood_on(model: Any) -> models.QuerySet[Any, Any]:
    """The rows of a model that something of the record stands on (`STANDS_UNDER`)."""
    # Asked row by row: one row is asked about at each save of it.
    row = model._base_manager.filter(pk=models.OuterRef("pk")).order_by()
    ways = [models.Exists(row.filter(**{f"{way}__isnull": False})) for way in model.STANDS_UNDER]
    return model._base_manager.filter(models.Q(*ways, _connector=models.Q.OR))


def witnessed() -> dict[str, type[Witnessed]]:
    """Every kind of row that entries stand on: {name: model}."""
    return {model.witness_name(): model for model in Witnessed.__subclasses__()}
