"""The chain of the record: each link carries the hash of the one before it.

Whoever changes or removes a row of the record behind the program's back breaks the chain at that
place. Whoever also rewrites everything after it changes the head, which stands in mails and feeds
that left this database long ago.

A row is hashed field by field, each field with a random salt of its own, and the hash of the row is
made from the hashes of its fields. So a kind of row that is added later changes no earlier digest,
and one field can be withheld (its salt and value gone, its hash kept) without breaking the chain.
"""

import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import batched
from typing import Any, ClassVar, NoReturn, Self

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _

from advocacy.models.digests import SALT_BYTES, Joint, field_digest, plain
from advocacy.models.text import Line

AT_ONCE = 2000
# A head as somebody noted it: with its number, or the hash alone. A citation has its number and
# the beginning of the hash.
NOTED = re.compile(r"(?:(\d+)\s*[-–:,\s]\s*)?([0-9a-f]{64})", re.IGNORECASE)
SHORT = 12
CITED = re.compile(rf"(\d+)-([0-9a-f]{{{SHORT}}})", re.IGNORECASE)


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

    def get_by_natural_key(self, key: str) -> Row:
        return self.get(**{self.model.NATURAL_KEY: key})  # type: ignore[attr-defined]

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

    # The kind of its links, and the names of the values that are hashed (see `hashed_values`).
    # Both are final: a row that says more is a new kind.
    KIND: ClassVar[str] = ""
    HASHED: ClassVar[list[str]] = []
    # The field by which files name a row; of rows that no file names, none.
    NATURAL_KEY: ClassVar[str] = ""

    class Meta:
        abstract = True

    save = refuse("save")
    delete = refuse("delete")

    def natural_key(self) -> tuple[str]:
        return (getattr(self, self.NATURAL_KEY),)

    @classmethod
    def with_hashed(cls) -> models.QuerySet[Self]:
        """All rows, with what `hashed_values` reads."""
        return cls._default_manager.all()

    def hashed_values(self) -> dict[str, Any]:
        """What the row says, by the names of `HASHED`."""
        return {name: plain(getattr(self, name)) for name in self.HASHED}

    @classmethod
    def hashed_values_of(cls, keys: Collection[int]) -> dict[int, dict[str, Any]]:
        """The `hashed_values` of many rows, by key, read without making each of them an object."""
        return cls.read_hashed(cls.HASHED, keys)

    @classmethod
    def read_hashed(cls, names: Sequence[str], keys: Collection[int]) -> dict[int, dict[str, Any]]:
        stored: models.QuerySet[Any, Any] = models.QuerySet(cls)
        rows = stored.filter(pk__in=keys).order_by().values_list("pk", *names)
        return {
            row[0]: {
                name: value if value is None or type(value) is str else plain(value)
                for name, value in zip(names, row[1:], strict=True)
            }
            for row in rows.iterator()
        }

    @staticmethod
    def read_keys(
        through: type[models.Model], row: str, other: str, keys: Collection[int]
    ) -> dict[int, list[int]]:
        """Which rows many rows name by a table in between: {key: the keys of the others}."""
        found: dict[int, list[int]] = {key: [] for key in keys}
        pairs = through._default_manager.filter(**{f"{row}__in": keys})
        # By the key: the other table has an order of its own.
        for key, named in pairs.order_by(f"{other}_id").values_list(row, f"{other}_id"):
            found[key].append(named)
        return found


class LinkQuerySet(AppendOnlyQuerySet["Link"]):
    def breaks(self) -> Iterator[tuple["Joint", str]]:
        """Every link in order, and why the chain does not hold there, or nothing."""
        previous, number = "", 0
        rows = self.order_by("number").values_list(*Joint._fields)
        for some in batched(rows.iterator(AT_ONCE), AT_ONCE, strict=False):
            joints = [Joint._make(row) for row in some]
            said = _said_by_rows_of(joints)
            for joint in joints:
                number += 1
                values = said[joint.kind].get(joint.key) if joint.kind in said else None
                yield joint, joint.why_broken(values, number, previous)
                previous, number = joint.digest, joint.number

    def append(self, row: Chained) -> "Link":
        """Add the link of a row that was just inserted to the end of the chain."""
        return self.append_all([row])[0]

    def append_all(self, rows: Sequence[Chained]) -> "list[Link]":
        """The same for many rows at once, in their order."""
        if not rows:
            return []
        head = RecordHead.locked()
        number, digest = head.number, head.digest
        links = []
        for row in rows:
            values = row.hashed_values()
            number += 1
            salts = os.urandom(SALT_BYTES * len(values))
            link = self.model(
                number=number, kind=row.KIND, key=row.pk, salts=salts, previous=digest
            )
            digest = link.digest = link.digest_of(values)
            links.append(link)
        models.QuerySet[Link](Link).bulk_create(links, batch_size=AT_ONCE)
        RecordHead.objects.filter(pk=1).update(number=number, digest=digest)
        return links


def kinds() -> dict[str, type[Chained]]:
    """Every kind of row of the record: {kind: model}."""
    models_of_ours = apps.get_app_config("advocacy").get_models()
    return {model.KIND: model for model in models_of_ours if issubclass(model, Chained)}


def _said_by_rows_of(joints: "list[Joint]") -> dict[str, dict[int, dict[str, Any]]]:
    """What the rows of these links say: {kind: {key: hashed values}}."""
    keys: dict[str, list[int]] = {kind: [] for kind in kinds()}
    for joint in joints:
        keys.get(joint.kind, []).append(joint.key)
    return {kind: kinds()[kind].hashed_values_of(some) for kind, some in keys.items() if some}


class Link(models.Model):
    """One link of the chain: which row of the record it holds, and the hash of all up to it."""

    number = models.PositiveBigIntegerField(_("number"), primary_key=True)
    kind = Line(_("kind"), max_length=20)
    key = models.BigIntegerField(_("row"))
    # One for each field, in the order of the row's `hashed_values`.
    salts = models.BinaryField()
    # The fields that had to be withheld: {name: hash}. Their salts are zeros.
    withheld = models.JSONField(default=dict, blank=True)
    previous = Line(_("hash before"), max_length=64, unique=True)
    digest = Line(_("hash"), max_length=64, unique=True)

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

    @property
    def joint(self) -> Joint:
        return Joint(*(getattr(self, name) for name in Joint._fields))

    def digest_of(self, values: Mapping[str, Any]) -> str:
        """The hash that this link has if its row holds these values."""
        return self.joint.digest_of(values)

    def without_salt_of(self, name: str, values: Mapping[str, Any]) -> tuple[bytes, dict[str, str]]:
        """(salts, withheld) as they are once the words of a field are gone and its hash is kept."""
        salts, place = bytearray(self.salts), list(values).index(name) * SALT_BYTES
        own = slice(place, place + SALT_BYTES)
        kept = self.withheld.get(name) or field_digest(name, values[name], bytes(salts[own]))
        salts[own] = bytes(SALT_BYTES)
        return bytes(salts), {**self.withheld, name: kept}


def read_head(noted: str) -> tuple[int | None, str]:
    """The number, if it is named, and the hash of a head that somebody noted (`noted`, `cited`).

    Raises ValueError for anything else.
    """
    match = NOTED.fullmatch(noted.strip()) or CITED.fullmatch(noted.strip())
    if not match:
        raise ValueError(noted)
    number, digest = match.groups()
    return (int(number) if number else None), digest.lower()


class RecordHead(models.Model):
    """The newest hash of the record and how many links led to it. One row.

    Writers take turns at it, so that the chain cannot fork.
    """

    digest = Line(_("hash"), max_length=64, blank=True)
    number = models.PositiveBigIntegerField(_("links"), default=0)

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

    @property
    def noted(self) -> str:
        """The head as readers get it and may keep it: its number and its hash. Empty at first."""
        return f"{self.number}-{self.digest}" if self.number else ""

    @property
    def cited(self) -> str:
        """The same in short, as a citation carries it: which state of the record was read."""
        return f"{self.number}-{self.digest[:SHORT]}" if self.number else ""

    @classmethod
    def current(cls) -> "RecordHead":
        return cls.objects.filter(pk=1).first() or cls(pk=1)
