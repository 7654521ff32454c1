"""Translations: the words of one field of one row in another language.

Who made a translation, who reviewed it and what it was made from are three facts. That it is
outdated is none: it follows from the third.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from advocacy.models.chain import AppendOnlyQuerySet, Chained, Link
from advocacy.models.enums import Maker, TranslationState
from advocacy.models.searchable import Searchable, SearchableQuerySet
from advocacy.models.text import Line, Text
from advocacy.models.translated import (
    AT_ONCE,
    Translated,
    current_shelf,
    digest_of,
    translated,
)
from advocacy.models.withheld import FIELDS, Withheld, is_notice
from advocacy.text import check_text, tidy, tidy_line

# Of texts that have no limit of their own.
LONGEST = 100_000

# Kind, key, field and language.
type Place = tuple[str, int, str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """A translation as somebody brings it in; an empty text takes back what was there."""

    row: Translated
    field: str
    language: str
    text: str
    made_by: Maker
    # Of the original that it was made from; without it, the original as it is.
    original: str = ""
    reviewed_by: str = ""
    reviewed_at: datetime | None = None

    @property
    def place(self) -> tuple[str, int, str, str]:
        return self.row.translation_name(), self.row.pk, self.field, self.language

    @property
    def tidied(self) -> str:
        """The text as it is kept: on one line where the original has one."""
        of_line = isinstance(self.row._meta.get_field(self.field), Line)
        return tidy_line(self.text) if of_line else tidy(self.text)


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of translations that are brought in."""

    # With "new", "changed", "same" or "removed".
    fates: list[tuple[str, Told]]
    written: "list[Translation]"
    gone: "list[Translation]"

    @property
    def counts(self) -> Counter[str]:
        return Counter(fate for fate, _told in self.fates)


class TranslationQuerySet(models.QuerySet["Translation"]):
    def of_row(self, row: Translated) -> "TranslationQuerySet":
        return self.filter(of=row.translation_name(), row=row.pk)

    def to_review(self) -> "TranslationQuerySet":
        """What a machine made and no person has ticked."""
        return self.filter(self.model.TO_REVIEW)

    def checked(self) -> "TranslationQuerySet":
        return self.exclude(self.model.TO_REVIEW)

    def by_place(
        self, rows: Iterable[Translated]
    ) -> dict[tuple[str, int, str, str], "Translation"]:
        """All translations of some rows: {(kind, key, field, language): translation}."""
        keys: defaultdict[str, set[int]] = defaultdict(set)
        for row in rows:
            keys[row.translation_name()].add(row.pk)
        return {
            translation.place: translation
            for of, wanted in keys.items()
            for some in batched(sorted(wanted), AT_ONCE, strict=False)
            for translation in self.filter(of=of, row__in=some)
        }

    @transaction.atomic
    def put(self, told: Iterable[Told], *, by_staff: bool) -> Counter[str]:
        """Keep what was brought in, and count what became of it: new, changed, same, removed.

        The chain keeps those of the record as well. Raises ValidationError, and keeps none, where
        one of them cannot stand. What staff did is theirs: files leave it alone from then on.
        """
        told = list(told)
        plan = self.select_for_update().plan(told)
        for row in plan.written:
            row.edited_by_staff_at = timezone.now() if by_staff else None
        self._write(plan.written, versions=by_staff)
        self.filter(pk__in=[old.pk for old in plan.gone]).delete()
        _keep_in_the_chain(plan.written, plan.gone)
        _keep_found({one.row for one in told})
        if shelf := current_shelf():
            shelf.forget()
        return plan.counts

    def plan(self, told: Iterable[Told]) -> Plan:
        """What `put` would make of these, and nothing done. Raises ValidationError as it does."""
        told = list(told)
        there = self.by_place(one.row for one in told)
        if refusals := refused(told):
            raise ValidationError([why for _one, why in refusals])
        plan = Plan([], [], [])
        for one in told:
            old = there.get(one.place)
            if not one.text.strip():
                plan.fates.append(("removed" if old else "same", one))
                plan.gone.extend([old] if old else [])
                continue
            new = self._made(one, old)
            if old and old.says() == new.says():
                plan.fates.append(("same", one))
                continue
            plan.fates.append(("changed" if old else "new", one))
            plan.written.append(new)
        return plan

    def _made(self, one: Told, old: "Translation | None") -> "Translation":
        return self.model(
            pk=old.pk if old else None,
            of=one.row.translation_name(),
            row=one.row.pk,
            field=one.field,
            language=one.language,
            text=one.tidied,
            made_by=one.made_by,
            original=one.original or digest_of(getattr(one.row, one.field)),
            reviewed_by=one.reviewed_by,
            reviewed_at=one.reviewed_at,
        )

    def _write(self, rows: "list[Translation]", *, versions: bool) -> None:
        new, changed = [r for r in rows if r.pk is None], [r for r in rows if r.pk is not None]
        self.bulk_create(new, batch_size=AT_ONCE)
        if changed:
            names = [f.name for f in self.model._meta.concrete_fields if not f.primary_key]
            self.bulk_update(changed, names, batch_size=AT_ONCE // 4)
        # Those of files have their versions with the file.
        if versions:
            history = self.model.history
            history.bulk_history_create(new, default_change_reason=None)
            history.bulk_history_create(changed, update=True, default_change_reason=None)

    @transaction.atomic
    def review(self, keys: Iterable[int], *, by: Any) -> int:
        """Note that a person has read these beside their originals, and how many are new to it."""
        rows = list(self.select_for_update().filter(pk__in=list(keys), reviewed_at=None))
        now = timezone.now()
        for row in rows:
            row.reviewed_by, row.reviewed_at = by.get_username(), now
            row.edited_by_staff_at = now
        self._write(rows, versions=True)
        if shelf := current_shelf():
            shelf.forget()
        return len(rows)

    def differences(self) -> Iterable[str]:
        """The translations of the record that no longer read as the chain says."""
        newest = {kept.place: kept for kept in KeptTranslation.objects.order_by("pk").iterator()}
        for row in self.filter(of__in=FIELDS).iterator():
            kept = newest.pop(row.place, None)
            if kept is None or kept.says() != row.says_in_the_chain():
                yield str(row)
        yield from (str(k) for k in newest.values() if k.text and not is_notice(k.text))


def refused(told: Iterable[Told]) -> list[tuple[Told, str]]:
    """Those that cannot stand, each with the reason."""
    gone = set(Withheld.objects.values_list("of", "row", "field"))
    found = []
    for one in told:
        if one.text.strip():
            try:
                _refuse_unfit(one, gone)
            except ValidationError as refusal:
                found.append((one, " ".join(refusal.messages)))
    return found


def _refuse_unfit(one: Told, gone: set[tuple[str, int, str]]) -> None:
    languages = {code for code, _name in settings.LANGUAGES}
    if one.field not in one.row.TRANSLATED:
        raise ValidationError(gettext("“%(field)s” is not translated.") % {"field": one.field})
    if one.language not in languages:
        raise ValidationError(
            gettext("The record is not read in the language “%(code)s”.") % {"code": one.language}
        )
    if one.language == one.row.language_of(one.field):
        raise ValidationError(
            gettext("“%(code)s” is the language it was written in.") % {"code": one.language}
        )
    if not getattr(one.row, one.field):
        raise ValidationError(gettext("There is nothing to translate: the original is empty."))
    if one.place[:3] in gone:
        raise ValidationError(gettext("These words were withheld for good."))
    check_text(one.tidied)
    if len(one.tidied) > (most := longest(type(one.row), one.field)):
        refusal = gettext("It has %(number)d characters; at most %(most)d fit here.")
        raise ValidationError(refusal % {"number": len(one.tidied), "most": most})


def longest(model: type[Translated], field: str) -> int:
    """How long a translation may get: other languages need more room than the original."""
    most: int | None = getattr(model._meta.get_field(field), "max_length", None)
    return 2 * most if most else LONGEST


def _keep_in_the_chain(written: "list[Translation]", gone: "list[Translation]") -> None:
    """Add to the chain what the translations of the record say now."""
    said = [row.says_in_the_chain() for row in written if row.of in FIELDS]
    said += [row.says_in_the_chain() | {"text": ""} for row in gone if row.of in FIELDS]
    kept = [KeptTranslation(**values) for values in said]
    kept = models.QuerySet[KeptTranslation](KeptTranslation).bulk_create(kept, batch_size=AT_ONCE)
    Link.objects.append_all(kept)


def _keep_found(rows: Iterable[Translated]) -> None:
    """Have the search find rows by the words of their translations."""
    keys: defaultdict[type[Searchable], set[int]] = defaultdict(set)
    for row in rows:
        if found_by := row.found_with():
            keys[type(found_by)].add(found_by.pk)
    for model, wanted in keys.items():
        found: SearchableQuerySet[Searchable] = SearchableQuerySet(model)
        found.filter(pk__in=wanted).keep_search_texts()


class TranslationText(models.Model):
    """What a translation says, of what and who made it."""

    of = Line(_("kind"), max_length=40)
    row = models.BigIntegerField(_("row"))
    field = Line(_("field"), max_length=40)
    language = Line(_("language"), max_length=16)
    text = Text(_("text"))
    made_by = Line(_("made by"), max_length=7, choices=Maker)
    # SHA-256 of the original.
    original = Line(_("made from"), max_length=64)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.of} {self.row}, {self.field} ({self.language})"

    @property
    def place(self) -> tuple[str, int, str, str]:
        return self.of, self.row, self.field, self.language


class Translation(TranslationText):
    """The words of one field of one row in another language."""

    TO_REVIEW: ClassVar[models.Q] = models.Q(made_by=Maker.MACHINE, reviewed_at=None)

    reviewed_by = Line(_("reviewed by"), max_length=150, blank=True, default="")
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True, blank=True)
    edited_by_staff_at = models.DateTimeField(_("edited by staff"), null=True, editable=False)

    history = HistoricalRecords()
    objects = TranslationQuerySet.as_manager()

    class Meta:
        ordering = ["of", "row", "field", "language"]
        verbose_name = _("translation")
        verbose_name_plural = _("translations")
        constraints = [
            models.UniqueConstraint(
                fields=["of", "row", "field", "language"], name="translation_stands_once"
            ),
            models.CheckConstraint(
                condition=models.Q(made_by__in=Maker.values), name="translation_maker_is_known"
            ),
            models.CheckConstraint(condition=~models.Q(text=""), name="translation_says_something"),
            models.CheckConstraint(
                condition=models.Q(reviewed_at=None, reviewed_by="")
                | models.Q(models.Q(reviewed_at__isnull=False), ~models.Q(reviewed_by="")),
                name="translation_is_reviewed_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["language", "made_by"], name="translation_of_language")]

    @property
    def target(self) -> Translated | None:
        return translated()[self.of]._base_manager.filter(pk=self.row).first()

    def state(self, original: str) -> TranslationState:
        """What a reader has to know of it, beside the original as it reads now."""
        if self.original != digest_of(original):
            return TranslationState.OUTDATED
        if self.made_by == Maker.MACHINE and not self.reviewed_at:
            return TranslationState.TO_REVIEW
        return TranslationState.REVIEWED

    def says(self) -> tuple[Any, ...]:
        return self.text, self.made_by, self.original, self.reviewed_by, self.reviewed_at

    def says_in_the_chain(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in KeptTranslation.SAID}


class KeptTranslationQuerySet(AppendOnlyQuerySet["KeptTranslation"]):
    def of_row(self, of: str, row: int, field: str) -> "KeptTranslationQuerySet":
        return self.filter(of=of, row=row, field=field).order_by("pk")


class KeptTranslation(TranslationText, Chained):
    """How a translation of words of the record read from a moment on. As permanent as an entry.

    A better one supersedes it; both stay. Its review is no part of it.
    """

    KIND = "translation"
    SAID: ClassVar[list[str]] = [
        "of",
        "row",
        "field",
        "language",
        "text",
        "made_by",
        "original",
    ]
    HASHED: ClassVar[list[str]] = [*SAID, "kept_at"]

    # Empty where the translation was taken back.
    text = Text(_("text"), blank=True)
    kept_at = models.DateTimeField(_("read so from"), default=timezone.now)

    objects = KeptTranslationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        base_manager_name = "objects"
        verbose_name = _("kept translation")
        verbose_name_plural = _("kept translations")
        indexes = [
            models.Index(fields=["of", "row", "field"], name="kept_translation_of_row"),
        ]

    def says(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.SAID}
