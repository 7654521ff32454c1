"""The chain of the record: each link carries the hash of the one before it.

Whoever changes or removes a row of the record below the program breaks the chain at that place.
Whoever rewrites all that follows changes its head, which the method page shows and anyone may
note.

A row is hashed field by field, each field with a random salt of its own, and its hash is made of
those of its fields. So a kind of row that is added later changes no earlier digest, and one field
can be withheld (its salt and value gone, its hash kept) without breaking the chain.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from itertools import batched
from typing import Any, ClassVar, NoReturn, Self

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

SALT_BYTES = 16
AT_ONCE = 2000


class RecordIsAppendOnly(Exception):
    """Raised when code tries to change, remove or slip in a row of the record."""


def refuse(method: str) -> Callable[..., NoReturn]:
    def refused(*args: Any, **kwargs: Any) -> NoReturn:
        raise RecordIsAppendOnly(
            f"{method}() would change the record. Add an entry with"
            " RecommendedAction.record_response; correct one by naming it in `corrects`."
        )

    return refused


class AppendOnlyQuerySet[Row: models.Model](models.QuerySet[Row]):
    """Reads only: whatever would write through the ORM raises."""

    update = refuse("update")
    delete = refuse("delete")
    _raw_delete = refuse("delete")
    _update = refuse("update")
    create = refuse("create")
    bulk_create = refuse("bulk_create")
    bulk_update = refuse("bulk_update")
    get_or_create = refuse("get_or_create")
    update_or_create = refuse("update_or_create")


class Chained(models.Model):
    """A row of the record: written once, at the end of the chain, and never changed."""

    # The kind of its links, and the names of what is hashed: `hashed_values` gives each. Both are
    # final; a row that says more is a new kind.
    KIND: ClassVar[str] = ""
    HASHED: ClassVar[list[str]] = []

    class Meta:
        abstract = True

    save = refuse("save")
    delete = refuse("delete")

    @classmethod
    def with_hashed(cls) -> models.QuerySet[Self]:
        """All rows, with what `hashed_values` reads."""
        return cls._default_manager.all()

    def hashed_values(self) -> dict[str, Any]:
        """What the row says, by the names of `HASHED`."""
        return {name: plain(getattr(self, name)) for name in self.HASHED}


def plain(value: Any) -> Any:
    """A value as JSON can hold it: moments in UTC, days as ISO 8601."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        value = value.astimezone(UTC)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _digest(*parts: Any) -> str:
    return sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def field_digest(name: str, value: Any, salt: bytes) -> str:
    return _digest(name, value, salt.hex())


def row_digest(fields: Mapping[str, str]) -> str:
    """The hash of a row from the hashes of its fields, whatever their order."""
    return _digest(sorted(fields.items()))


def link_digest(number: int, kind: str, key: int, previous: str, row: str) -> str:
    """The hash of a link, 64 hexadecimal digits: its place, what it holds and what led to it."""
    return _digest(number, kind, key, previous, row)


class LinkQuerySet(AppendOnlyQuerySet["Link"]):
    def breaks(self) -> Iterator[tuple["Link", Chained | None, str]]:
        """Every link in order, its row and why the chain does not hold there, or nothing."""
        previous, number = "", 0
        for links in batched(self.order_by("number").iterator(AT_ONCE), AT_ONCE, strict=False):
            rows = _rows_of(links)
            for link in links:
                number += 1
                row = rows.get((link.kind, link.key))
                yield link, row, link.why_broken(row, number, previous)
                previous, number = link.digest, link.number

    def append(self, row: Chained) -> "Link":
        """Write a row that was just inserted to the end of the chain."""
        head = RecordHead.locked()
        values = row.hashed_values()
        salts = os.urandom(SALT_BYTES * len(values))
        link = self.model(
            number=head.number + 1,
            kind=row.KIND,
            key=row.pk,
            salts=salts,
            previous=head.digest,
        )
        link.digest = link.digest_of(values)
        link.save_base(force_insert=True)
        RecordHead.objects.filter(pk=1).update(number=link.number, digest=link.digest)
        return link


def kinds() -> dict[str, type[Chained]]:
    """Every kind of row of the record: {kind: model}."""
    return {model.KIND: model for model in Chained.__subclasses__()}


def _rows_of(links: tuple["Link", ...]) -> dict[tuple[str, int], Chained]:
    rows: dict[tuple[str, int], Chained] = {}
    for kind, model in kinds().items():
        keys = [link.key for link in links if link.kind == kind]
        stored = model.with_hashed().in_bulk(keys) if keys else {}
        rows |= {(kind, key): row for key, row in stored.items()}
    return rows


class Link(models.Model):
    """One link of the chain: which row of the record it holds, and the hash of all up to it."""

    number = models.PositiveBigIntegerField(_("number"), primary_key=True)
    kind = models.CharField(_("kind"), max_length=20)
    key = models.BigIntegerField(_("row"))
    # Of each field one, in the order of the model's `HASHED`.
    salts = models.BinaryField()
    # Of fields that had to be withheld: {name: hash}. Their salts are zeros.
    withheld = models.JSONField(default=dict, blank=True)
    previous = models.CharField(_("hash before"), max_length=64, unique=True)
    digest = models.CharField(_("hash"), max_length=64, unique=True)

    objects = LinkQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        base_manager_name = "objects"
        verbose_name = _("link of the chain")
        verbose_name_plural = _("links of the chain")
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="link_holds_a_row_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.kind} {self.key}"

    save = refuse("save")
    delete = refuse("delete")

    def digest_of(self, values: Mapping[str, Any]) -> str:
        """The hash of this link if its row says these values."""
        salts = [bytes(salt) for salt in batched(bytes(self.salts), SALT_BYTES, strict=True)]
        fields = {
            name: self.withheld.get(name) or field_digest(name, value, salt)
            for (name, value), salt in zip(values.items(), salts, strict=True)
        }
        return link_digest(self.number, self.kind, self.key, self.previous, row_digest(fields))

    def why_broken(self, row: Chained | None, number: int, previous: str) -> str:
        """Why the chain does not hold at this link, which should have this number; or nothing."""
        if row is None:
            return gettext("its row was removed")
        if self.number != number or self.previous != previous:
            return gettext("it does not follow the entry before it: one was removed or put in")
        if len(bytes(self.salts)) != SALT_BYTES * len(row.HASHED):
            return gettext("its salts were changed")
        if self.digest != self.digest_of(row.hashed_values()):
            return gettext("what it says, or its evidence, was changed")
        return ""


class RecordHead(models.Model):
    """The newest hash of the record and how many links led to it. One row.

    Writers take turns at it, so that the chain cannot fork.
    """

    digest = models.CharField(_("hash"), max_length=64, blank=True)
    number = models.PositiveBigIntegerField(_("entries"), default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="record_head_is_one"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.digest}"

    @classmethod
    def locked(cls) -> "RecordHead":
        """The head, locked until the transaction ends."""
        cls.objects.get_or_create(pk=1)
        return cls.objects.select_for_update().get(pk=1)

    @classmethod
    def current(cls) -> "RecordHead":
        return cls.objects.filter(pk=1).first() or cls(pk=1)
