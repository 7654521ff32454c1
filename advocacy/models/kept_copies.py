"""Copies of what stood at the address of a source, read by the program, and why there is none.

The bytes are files (`models/copy_files.py`) for staff alone; the public gets hash and day. Nothing
of it is an entry of the record, and no entry changes because an address says something else.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, Self

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from advocacy.models import copy_files
from advocacy.models.enums import CopyOutcome
from advocacy.models.linked import Linked, LinkedQuerySet
from advocacy.models.roles import CHANGE_SOURCES, demand
from advocacy.models.text import Line, Url
from advocacy.models.withheld import Withheld
from advocacy.text import carried_line

MOST_BYTES = 10_000_000
# How long until an address is read again: one that failed, after each of its failures in a row.
READ_AGAIN_AFTER = timedelta(days=28)
TRY_AGAIN_AFTER = [timedelta(days=1), timedelta(days=7)]
# Of these nothing is ever read.
NOT_READ = [CopyOutcome.WITHHELD, CopyOutcome.AT_RISK]


class Reading(NamedTuple):
    """What came of reading an address once; with a hash where its bytes are kept."""

    outcome: CopyOutcome
    answer: str
    sha256: str = ""
    size: int | None = None
    content_type: str = ""
    last_modified: str = ""
    etag: str = ""
    final_url: str = ""
    # Of the bytes that came, where they are other ones than are kept and say the same words.
    last_sha256: str = ""


class KeptCopyQuerySet(models.QuerySet["KeptCopy"]):
    def kept(self) -> Self:
        """Those of which there are bytes."""
        return self.filter(outcome=CopyOutcome.KEPT)

    def of_address(self, source: Any = None) -> Self:
        """Readings of the address that the source has now, in a query of sources or of one."""
        row = source or models.OuterRef("pk")
        url = source.url if source else models.OuterRef("url")
        return self.filter(source=row, url=url)

    def waiting(self, now: datetime) -> Self:
        """Readings after which it is not yet time to read the address again."""
        failed = models.Q(outcome=CopyOutcome.FAILED)
        waits = ~failed & models.Q(last_asked_at__gt=now - READ_AGAIN_AFTER)
        for tries, wait in enumerate([*TRY_AGAIN_AFTER, READ_AGAIN_AFTER], start=1):
            after_so_many = (
                models.Q(tries=tries)
                if tries <= len(TRY_AGAIN_AFTER)
                else models.Q(tries__gte=tries)
            )
            waits |= failed & after_so_many & models.Q(last_asked_at__gt=now - wait)
        return self.filter(waits)

    def named(self) -> set[str]:
        """The hashes of all bytes that are kept."""
        return set(self.kept().values_list("sha256", flat=True))


class KeptCopy(models.Model):
    """What came of reading the address of a source: what was kept first, or why nothing was.

    There is a row for whatever new came, and one for each reason why nothing did. Where the same
    comes again, `last_asked_at` moves: no public page shows it, so that pages stay kept. Where
    other bytes come with the same words, `last_sha256` says which.
    """

    source = models.ForeignKey(
        "advocacy.Source",
        on_delete=models.CASCADE,
        related_name="copies",
        verbose_name=_("source"),
    )
    url = Url(_("address"), max_length=1000)
    asked_at = models.DateTimeField(_("read first"), default=timezone.now)
    last_asked_at = models.DateTimeField(_("read last"), default=timezone.now)
    tries = models.PositiveSmallIntegerField(_("times in a row"), default=1)
    outcome = Line(_("outcome"), max_length=10, choices=CopyOutcome)
    answer = Line(_("answer"), max_length=200, blank=True)
    sha256 = Line(_("SHA-256"), max_length=64, blank=True, db_index=True)
    last_sha256 = Line(_("SHA-256 of what was read last"), max_length=64, blank=True)
    size = models.PositiveIntegerField(_("bytes"), null=True, blank=True)
    content_type = Line(_("kind of content"), max_length=200, blank=True)
    last_modified = Line(_("last changed, as the site says"), max_length=200, blank=True)
    etag = Line(_("version, as the site says"), max_length=200, blank=True)
    final_url = Line(_("address it led to"), max_length=1000, blank=True)
    looked_at = models.DateTimeField(_("looked at"), null=True, blank=True)
    looked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("looked at by"),
    )

    objects = KeptCopyQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-last_asked_at", "-pk"]
        verbose_name = _("kept copy")
        verbose_name_plural = _("kept copies")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["source", "outcome"],
                condition=~models.Q(outcome=CopyOutcome.KEPT),
                name="kept_copy_has_one_row_for_each_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome__in=CopyOutcome.values),
                name="kept_copy_outcome_is_known",
                violation_error_code="outcome",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    outcome=CopyOutcome.KEPT,
                    sha256__regex=r"^[0-9a-f]{64}$",
                    size__isnull=False,
                    size__gte=1,
                    size__lte=MOST_BYTES,
                )
                | (~models.Q(outcome=CopyOutcome.KEPT) & models.Q(sha256="", size=None)),
                name="kept_copy_has_hash_and_size_where_kept",
                violation_error_code="sha256",
            ),
            models.CheckConstraint(
                condition=models.Q(last_sha256="")
                | models.Q(outcome=CopyOutcome.KEPT, last_sha256__regex=r"^[0-9a-f]{64}$"),
                name="kept_copy_last_hash_is_of_what_came",
                violation_error_code="last_sha256",
            ),
            models.CheckConstraint(
                condition=models.Q(last_asked_at__gte=models.F("asked_at")),
                name="kept_copy_was_read_first_before_last",
                violation_error_code="last_asked_at",
            ),
            models.CheckConstraint(
                condition=models.Q(looked_at=None, looked_by=None)
                | models.Q(looked_at__isnull=False, looked_by__isnull=False),
                name="kept_copy_was_looked_at_by_somebody",
                violation_error_code="looked_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}: {self.sha256[:12] or self.answer}"

    @property
    def is_kept(self) -> bool:
        return self.outcome == CopyOutcome.KEPT

    @property
    def path(self) -> Path:
        """The file with its bytes; only a copy that is kept has one."""
        return copy_files.path_of(self.sha256)

    def read(self) -> bytes:
        """Its bytes. Raises OSError where the file is gone or holds others than were read."""
        return copy_files.read(self.sha256)

    def note_looked(self, *, by: Any) -> None:
        """Somebody of the staff has looked at what changed: it leaves the list of changes."""
        demand(by, CHANGE_SOURCES)
        self.looked_at, self.looked_by = timezone.now(), by
        self.save(update_fields=["looked_at", "looked_by"])


class CopiedQuerySet[Row: Linked](LinkedQuerySet[Row]):
    """Sources by what the program keeps of their addresses."""

    def may_be_copied(self) -> Self:
        """All but those of which words were withheld: nothing of them is read again."""
        withheld = Withheld.objects.filter(of="source").values("row")
        gone = KeptCopy.objects.filter(source=models.OuterRef("pk"), outcome=CopyOutcome.WITHHELD)
        return self.exclude(pk__in=withheld).exclude(models.Exists(gone.order_by()))

    def without_copy(self) -> Self:
        """Those of whose address no bytes are kept; their newest reading says why."""
        kept = KeptCopy.objects.kept().of_address().order_by()
        return self.may_be_copied().exclude(models.Exists(kept))

    def _with_newest(self) -> Self:
        newest = KeptCopy.objects.kept().of_address().order_by("-asked_at", "-pk")
        return self.annotate(
            newest_copy=models.Subquery(newest.values("pk")[:1]),
            newest_sha256=models.Subquery(newest.values("sha256")[:1]),
            newest_last_sha256=models.Subquery(newest.values("last_sha256")[:1]),
            newest_looked_at=models.Subquery(newest.values("looked_at")[:1]),
        )

    def with_other_bytes(self) -> Self:
        """Those of whose address other bytes came last than are kept, with the same words."""
        return self._with_newest().exclude(newest_last_sha256="").filter(newest_copy__isnull=False)

    def changed(self) -> Self:
        """Those whose address gave other words than before, or other bytes of a PDF, or than the
        person had who gave a hash, and nobody has looked at it since.
        """
        copies = KeptCopy.objects.kept().of_address()
        rows = self._with_newest()
        # Two copies that follow each other differ: else there would be one.
        before = copies.exclude(pk=models.OuterRef("newest_copy")).order_by()
        other_hash = ~models.Q(sha256="") & ~models.Q(sha256=models.F("newest_sha256"))
        return rows.filter(
            models.Exists(before) | other_hash,
            newest_copy__isnull=False,
            newest_looked_at=None,
        )

    def copies_to_try(self, now: datetime | None = None) -> Self:
        """Those whose address is to be read now, those left longest first.

        With them come those that have come to show people at risk, of which the bytes are to go.
        """
        readings = KeptCopy.objects.of_address()
        last = readings.order_by("-last_asked_at").values("last_asked_at")[:1]
        waiting = readings.exclude(outcome__in=NOT_READ).waiting(now or timezone.now()).order_by()
        settled = readings.filter(outcome=CopyOutcome.AT_RISK).order_by()
        to_read = models.Q(exposes_people=False) & ~models.Exists(waiting)
        to_settle = models.Q(exposes_people=True) & ~models.Exists(settled)
        rows = self.may_be_copied().filter(to_read | to_settle)
        rows = rows.annotate(last_read_at=models.Subquery(last))
        return rows.order_by(models.F("last_read_at").asc(nulls_first=True), "pk")


class Copied(models.Model):
    """A row with an address of whose page the program keeps copies."""

    class Meta:
        abstract = True

    @property
    def readings(self) -> list[KeptCopy]:
        """What came of reading its present address, what was read last first."""
        rows: Any = self
        return [row for row in rows.copies.all() if row.url == rows.url]

    @property
    def kept_copies(self) -> list[KeptCopy]:
        """The copies of its present address, newest first."""
        kept = [row for row in self.readings if row.is_kept]
        return sorted(kept, key=lambda row: (row.asked_at, row.pk), reverse=True)

    @transaction.atomic
    def note_reading(
        self, reading: Reading, *, url: str, now: datetime | None = None
    ) -> KeptCopy | None:
        """Write down what came of reading an address. None where it no longer counts: the source
        has another address by now, shows people at risk, or words of it were withheld.
        """
        row = self._locked()
        if row is None or row.url != url or row.exposes_people:
            return None
        if not type(row).objects.may_be_copied().filter(pk=row.pk).exists():
            return None
        now = now or timezone.now()
        rows = KeptCopy.objects.filter(source=row)
        rows.filter(outcome=CopyOutcome.AT_RISK).delete()
        copy = KeptCopy(source=row, url=url, asked_at=now)
        if reading.outcome == CopyOutcome.KEPT:
            before = rows.kept().filter(url=url).order_by("-asked_at", "-pk").first()
            if before and before.sha256 == reading.sha256:
                copy = before
        elif before := rows.filter(outcome=reading.outcome).first():
            if before == rows.filter(url=url).first():
                copy, before.tries = before, before.tries + 1
            else:
                copy.pk = before.pk
        for name, value in reading._asdict().items():
            limit = getattr(KeptCopy._meta.get_field(name), "max_length", None)
            setattr(copy, name, carried_line(value)[:limit] if isinstance(value, str) else value)
        copy.last_asked_at = max(now, copy.asked_at)
        copy.save()
        return copy

    @transaction.atomic
    def keep_no_copy(self, why: CopyOutcome) -> None:
        """Delete all copies, and write down in their place why there is none.

        Where words are withheld, other sources that keep the very same bytes lose these as well,
        and are not read again: they say the same words. Their other copies stay.
        """
        if (row := self._locked()) is None:
            return
        rows = KeptCopy.objects.filter(source=row)
        gone = rows.named()
        rows.delete()
        sources = {row.pk: row}
        if why == CopyOutcome.WITHHELD:
            twins = KeptCopy.objects.kept().filter(sha256__in=gone)
            sources |= {copy.source_id: copy.source for copy in twins.select_related("source")}
            twins.delete()
        KeptCopy.objects.bulk_create(
            KeptCopy(source=source, url=source.url, outcome=why) for source in sources.values()
        )
        transaction.on_commit(lambda: copy_files.forget(gone - KeptCopy.objects.named()))

    def _locked(self) -> Any:
        return type(self)._base_manager.select_for_update(of=("self",)).filter(pk=self.pk).first()


def forget_files() -> int:
    """Delete the files that no row names, a day after they were written; returns how many.

    Where no row names any, this may be another database than the one they belong to.
    """
    named = KeptCopy.objects.named()
    return copy_files.forget_unnamed(named) if named else 0
