"""The record: dated, evidenced entries that are added and never changed."""

from datetime import date
from uuid import UUID, uuid4, uuid5

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from advocacy.models.chain import Chained, Link
from advocacy.models.digests import plain
from advocacy.models.entry_words import EntryWords
from advocacy.models.enums import (
    AssertedBy,
    BlockedReason,
    DatePrecision,
    RefusedReason,
    ResponseStatus,
    Tell,
    Verification,
)
from advocacy.models.evidence import (
    CONSTRAINTS,
    all_hold,
    by_field,
    check_look,
    check_references,
    check_sources,
    check_transition,
    needs_reason,
)
from advocacy.models.page_addresses import page_address
from advocacy.models.sources import OF_A_LOG, Citation, made_up_key
from advocacy.models.standing import RECORDED_CHOICES
from advocacy.models.text import Line, Slug, Text
from advocacy.models.translated import Translated
from advocacy.models.update_queryset import INDEXES, StatusUpdateQuerySet
from advocacy.models.vocabulary import RECORDED
from advocacy.text import carried

S = ResponseStatus
# Made up once. With what names an entry it makes the UUID by which feed readers know the entry.
ENTRIES = UUID("a42f8d9a-6c0e-4b51-9d4e-2f6f1c7a35e0")
# Stands for the key of a search log that is saved together with its look.
UNSAVED = -1
# What a correction does not take from the entry that it corrects.
IDENTITY = {"id", "uuid", "key", "recorded_at", "recorded_by_id", "tell"}
NOT_COPIED = IDENTITY | {"search_log_id", "corrects_id", "correction_reason"}


class StatusUpdate(EntryWords, Chained, Translated):
    """One dated, evidenced entry in the record of how a body responded to an ask.

    A *response* says what the body did and has a status; a *look* says that we searched on a day
    and found nothing (new): it has a search log, no status of its own, and changes none.
    Append-only: a wrong entry is corrected by a new one that names it. Three dates: when it
    happened, when it was recorded and when somebody last checked it.
    """

    TRANSLATED = (
        "summary",
        "quote",
        "speaker",
        "reference",
        "missing",
        "transition_reason",
        "correction_reason",
    )

    KIND = "update"
    HASHED = [
        "key",
        "action_id",
        "status",
        "happened_on",
        "happened_precision",
        "checked_on",
        "recorded_at",
        "recorded_by_id",
        "summary",
        "asserted_by",
        "verification",
        "reference",
        "quote",
        "speaker",
        "missing",
        "blocked_reason",
        "blocked_by",
        "refused_reason",
        "votes_for",
        "votes_against",
        "votes_abstained",
        "receipt_on",
        "transition_reason",
        "is_setback",
        "points_other_way",
        "undoes_id",
        "approved_by_id",
        "corrects_id",
        "correction_reason",
        "event_id",
        *(f"search_log__{name}" for name in OF_A_LOG),
        "sources",
    ]
    # What says nothing about the world: its name in feeds, who is told of it, and the key of its
    # search log, which is hashed by what it says.
    NOT_HASHED = ["id", "uuid", "tell", "search_log_id"]
    NATURAL_KEY = "key"

    # By this a feed reader knows the entry, whatever the host, the address and the language.
    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    key = Slug(_("key"), max_length=80, blank=True, editable=False)
    action = models.ForeignKey(
        "RecommendedAction",
        on_delete=models.PROTECT,
        related_name="updates",
        verbose_name=_("ask"),
    )
    status = Line(_("status"), max_length=20, choices=RECORDED_CHOICES, blank=True)
    happened_on = models.DateField(_("happened on"))
    happened_precision = Line(
        _("precision of the date"),
        max_length=5,
        choices=DatePrecision,
        default=DatePrecision.DAY,
    )
    checked_on = models.DateField(_("checked on"), default=timezone.localdate)
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("recorded by"),
        editable=False,
    )
    summary = Text(
        _("what happened"),
        blank=True,
        help_text=_("Name the actor and what was done; claims stay claims."),
    )
    asserted_by = Line(_("claimed by"), max_length=14, choices=AssertedBy)
    verification = Line(_("verification"), max_length=10, choices=Verification)
    reference = Line(
        _("symbol, meeting or paragraph"),
        max_length=200,
        blank=True,
        help_text=_("Document symbol, meeting number, paragraph, or the act in a few words."),
    )
    quote = Text(_("exact words"), blank=True)
    speaker = Line(_("who spoke, and in what capacity"), max_length=200, blank=True)
    missing = Text(_("what is still missing"), blank=True)
    blocked_reason = Line(_("how it was blocked"), max_length=16, choices=BlockedReason, blank=True)
    blocked_by = Line(
        _("who blocked it"),
        max_length=200,
        blank=True,
        help_text=_("Country codes separated by commas (FR), or the rule or organ."),
    )
    refused_reason = Line(_("how it was refused"), max_length=20, choices=RefusedReason, blank=True)
    votes_for = models.PositiveSmallIntegerField(_("votes in favour"), null=True, blank=True)
    votes_against = models.PositiveSmallIntegerField(_("votes against"), null=True, blank=True)
    votes_abstained = models.PositiveSmallIntegerField(_("abstentions"), null=True, blank=True)
    receipt_on = models.DateField(
        _("date of our own receipt"),
        null=True,
        blank=True,
        help_text=_("An acknowledgement sent to us, kept privately."),
    )
    transition_reason = Text(
        _("reason for this change"),
        blank=True,
        help_text=_("Needed where the vocabulary asks for it: for example a step back."),
    )
    is_setback = models.BooleanField(
        _("this is a setback"),
        default=False,
        help_text=_("To be ticked where the status goes backwards."),
    )
    points_other_way = models.BooleanField(
        _("points the other way"),
        default=False,
        help_text=_("It says the opposite of what was asked, without being a refusal."),
    )
    undoes = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="undone_by",
        verbose_name=_("entry undone"),
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("approved by a second editor"),
    )
    event = models.ForeignKey(
        "Event",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="updates",
        verbose_name=_("event"),
        help_text=_("Where it is on file: timelines then show it once."),
    )
    search_log = models.ForeignKey(
        "SearchLog",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="updates",
        verbose_name=_("search log"),
    )
    sources = models.ManyToManyField(
        "advocacy.Source",
        # Which entries need one is a matter of their status; see `check_sources`.
        blank=True,
        through="advocacy.Citation",
        related_name="updates",
        verbose_name=_("sources"),
    )
    corrects = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="correction",
        verbose_name=_("corrects"),
    )
    correction_reason = Text(_("why it is corrected"), blank=True)
    tell = Line(
        _("tell followers"),
        max_length=7,
        choices=Tell,
        default=Tell.NOBODY,
        help_text=_("At once: the mail goes out in ten minutes and can be cancelled until then."),
    )

    objects = StatusUpdateQuerySet.as_manager()

    class Meta:
        ordering = ["-happened_on", "-pk"]
        base_manager_name = "objects"
        verbose_name = _("status update")
        verbose_name_plural = _("status updates")
        permissions = [("publish_statusupdate", "Can publish entries of the record")]
        indexes = INDEXES
        constraints = CONSTRAINTS

    def __str__(self):
        return f"{self.happened_on} {self.label}"

    def get_absolute_url(self) -> str:
        return f"{page_address('action_detail', self.action.slug)}#entry-{self.pk}"

    @classmethod
    def with_hashed(cls):
        return cls.objects.select_related("action", "search_log").prefetch_related("sources")

    def hashed_values(self):
        """Its own fields, those of its search log, and which sources it cites (see `Wording`)."""
        return {name: plain(self._hashed_value(name)) for name in self.HASHED}

    @classmethod
    def hashed_values_of(cls, keys):
        own = [name for name in cls.HASHED if name != "sources"]
        found = cls.read_hashed(own, keys)
        cited = cls.read_keys(Citation, "update", "source", keys)
        return {key: values | {"sources": cited[key]} for key, values in found.items()}

    def _hashed_value(self, name):
        if name == "sources":
            return sorted(source.pk for source in self.sources.all())
        of_log = name.removeprefix("search_log__")
        return getattr(self, name) if of_log == name else getattr(self.search_log, of_log, None)

    @property
    def response_status(self):
        """The status that a response sets; None for a look."""
        return S(self.status) if self.status in RECORDED else None

    @property
    def undone(self) -> "StatusUpdate | None":
        """The entry that this one undoes, of the same ask."""
        if self.undoes:
            self.undoes.action = self.action
        return self.undoes

    @cached_property
    def place(self):
        """This entry with what `with_place` annotates, fetched if it is not here yet."""
        if hasattr(self, "answered_before"):
            return self
        if self.pk is None:
            # About to join the record: everything on it is earlier.
            earlier = StatusUpdate.objects.filter(action_id=self.action_id)
            earlier = earlier.filter(happened_on__lte=self.happened_on)
            self.answered_before = earlier.responses().exists()
            self.looked_before, self.missed_on = earlier.looks().exists(), None
            return self
        return StatusUpdate.objects.with_place().get(pk=self.pk)

    @property
    def is_corrected(self):
        return hasattr(self, "correction")

    @property
    def blockers(self):
        return [code.strip() for code in self.blocked_by.split(",") if code.strip()]

    def insert(self, sources):
        """Write the checked entry at the end of the chain. For `RecommendedAction.enter` alone."""
        self.key = self.key or made_up_key()
        self.save_base(force_insert=True)
        for source in dict.fromkeys(sources):
            Citation(update=self, source=source).save_base(force_insert=True)
        Link.objects.append(self)

    def check_record(
        self, sources=(), *, exclude=(), approval_follows=False, has_log=False, later_reason=""
    ):
        """Check all that the record demands: fields, constraints, evidence and transition.

        Raises ValidationError keyed by the field that each error belongs to; `sources`,
        `later_reason` and `__all__` are keys as well. `exclude` names fields whose own errors
        somebody else reports; `approval_follows` is for a draft, which a second person has yet to
        approve; `has_log` for a look whose search log is not saved yet. Returns the response after
        this one if it needs `later_reason`, else None.
        """
        if has_log:
            self.search_log_id = UNSAVED
        before, after = StatusUpdate.objects.around(self)
        errors: dict[str, list[ValidationError]] = {}
        for check in (
            lambda: self.clean_fields(exclude={*exclude, *(["search_log"] if has_log else [])}),
            lambda: self.validate_unique(exclude={"uuid", *exclude}),
            lambda: self.validate_constraints(exclude=exclude),
            lambda: check_sources(self, sources),
            lambda: check_transition(self, before, after, later_reason),
            lambda: check_references(self),
            lambda: None if has_log else check_look(self),
        ):
            try:
                check()
            except ValidationError as error:
                errors = error.update_error_dict(errors)
        errors = by_field(errors, {field.name for field in self._meta.get_fields()})
        if approval_follows:
            errors.pop("approved_by", None)
        if errors:
            raise ValidationError(errors)
        status = self.response_status
        return after if status and after and needs_reason(status, after) else None

    def validate_constraints(self, exclude=None):
        """As Django does, but one by one only where not all of them hold."""
        if exclude or not all_hold(self):
            super().validate_constraints(exclude)

    def corrected_copy(self, **changes):
        """An entry that says the same but for some changes, and corrects this one; not saved."""
        names = {field.attname for field in self._meta.concrete_fields} - NOT_COPIED
        values = {name: getattr(self, name) for name in names}
        # An older entry may hold what is refused today.
        values |= {n: carried(value) for n, value in values.items() if isinstance(value, str)}
        return StatusUpdate(**values | {"corrects": self} | changes)


def uuid_of(action: str, key: str, day: date) -> UUID:
    """The UUID of an entry that a file names: the same in every database that it is read into.

    `action` is the slug of its ask.
    """
    return uuid5(ENTRIES, f"{action} {key} {day}")


def look_details(search_log):
    """The fields of the entry that says we searched and found nothing (new)."""
    return {
        "happened_on": search_log.searched_on,
        "checked_on": search_log.searched_on,
        "search_log": search_log,
        "asserted_by": AssertedBy.US,
        "verification": Verification.DOCUMENTED,
    }
