"""The record: dated, evidenced entries that are added and never changed."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advocacy.models.chain import Chained, Link, plain
from advocacy.models.dates import written_day
from advocacy.models.enums import (
    AssertedBy,
    BlockedReason,
    DatePrecision,
    Phase,
    RefusedReason,
    ResponseStatus,
    Tell,
    Verification,
)
from advocacy.models.evidence import (
    CONSTRAINTS,
    by_field,
    check_sources,
    check_transition,
    needs_reason,
)
from advocacy.models.sources import OF_A_LOG, OF_A_SOURCE, Citation
from advocacy.models.standing import RECORDED_CHOICES, label_of, look_label, mark_of
from advocacy.models.update_queryset import StatusUpdateQuerySet
from advocacy.models.vocabulary import RECORDED

S = ResponseStatus
# Stands for the key of a search log that is saved together with its look.
UNSAVED = -1
# What a correction does not take from the entry that it corrects.
NOT_COPIED = {
    "id",
    "key",
    "recorded_at",
    "recorded_by_id",
    "search_log_id",
    "corrects_id",
    "correction_reason",
    "tell",
}


class StatusUpdate(Chained):
    """One dated, evidenced entry in the record of how a body responded to an ask.

    A *response* says what the body did and has a status; a *look* says that we searched on a day
    and found nothing (new): it has a search log, no status of its own, and changes none.
    Append-only: a wrong entry is corrected by a new one that names it. Three dates: when it
    happened, when it was recorded and when somebody last checked it.
    """

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
        "undoes_id",
        "approved_by_id",
        "corrects_id",
        "correction_reason",
        "search_log",
        "sources",
    ]
    # What of the entry says nothing of the world: who was told, and which evidence row it names.
    NOT_HASHED = ["id", "tell", "search_log_id"]

    key = models.SlugField(_("key"), max_length=80, blank=True, editable=False)
    action = models.ForeignKey(
        "RecommendedAction",
        on_delete=models.PROTECT,
        related_name="updates",
        verbose_name=_("ask"),
    )
    status = models.CharField(_("status"), max_length=20, choices=RECORDED_CHOICES, blank=True)
    happened_on = models.DateField(_("happened on"))
    happened_precision = models.CharField(
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
    summary = models.TextField(
        _("what happened"),
        blank=True,
        help_text=_("Name the actor and what was done; claims stay claims."),
    )
    asserted_by = models.CharField(_("claimed by"), max_length=14, choices=AssertedBy)
    verification = models.CharField(_("verification"), max_length=10, choices=Verification)
    reference = models.CharField(
        _("symbol, meeting or paragraph"),
        max_length=200,
        blank=True,
        help_text=_("Document symbol, meeting number, paragraph, or the act in a few words."),
    )
    quote = models.TextField(_("exact words"), blank=True)
    speaker = models.CharField(_("who spoke, and in what capacity"), max_length=200, blank=True)
    missing = models.TextField(_("what is still missing"), blank=True)
    blocked_reason = models.CharField(
        _("how it was blocked"), max_length=16, choices=BlockedReason, blank=True
    )
    blocked_by = models.CharField(
        _("who blocked it"),
        max_length=100,
        blank=True,
        help_text=_("Country codes separated by commas (RU), or the rule or organ."),
    )
    refused_reason = models.CharField(
        _("how it was refused"), max_length=20, choices=RefusedReason, blank=True
    )
    votes_for = models.PositiveSmallIntegerField(_("votes in favour"), null=True, blank=True)
    votes_against = models.PositiveSmallIntegerField(_("votes against"), null=True, blank=True)
    votes_abstained = models.PositiveSmallIntegerField(_("abstentions"), null=True, blank=True)
    receipt_on = models.DateField(
        _("date of our own receipt"),
        null=True,
        blank=True,
        help_text=_("An acknowledgement sent to us, kept privately."),
    )
    transition_reason = models.TextField(
        _("reason for this change"),
        blank=True,
        help_text=_("Needed where the vocabulary asks for it: for example a step back."),
    )
    is_setback = models.BooleanField(
        _("this is a setback"),
        default=False,
        help_text=_("To be ticked where the status goes backwards."),
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
    correction_reason = models.TextField(_("why it is corrected"), blank=True)
    tell = models.CharField(
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
        indexes = [
            models.Index(
                fields=["action", "-happened_on", "-id"],
                include=["status", "search_log", "checked_on", "happened_precision"],
                name="update_newest_of_action",
            ),
            models.Index(fields=["-happened_on", "-id"], name="update_newest"),
        ]
        constraints = CONSTRAINTS

    def __str__(self):
        return f"{self.happened_on} {self.label}"

    def get_absolute_url(self) -> str:
        return f"{reverse('action_detail', args=[self.action.slug])}#entry-{self.pk}"

    def natural_key(self):
        return (self.key,)

    @classmethod
    def with_hashed(cls):
        return cls.objects.select_related("action", "search_log").prefetch_related("sources")

    def hashed_values(self):
        values = {name: getattr(self, name) for name in self.HASHED[:-2]}
        log = self.search_log
        values["search_log"] = [getattr(log, name) for name in OF_A_LOG] if log else []
        values["sources"] = sorted(
            plain([getattr(source, name) for name in OF_A_SOURCE]) for source in self.sources.all()
        )
        return {name: plain(value) for name, value in values.items()}

    @property
    def is_look(self):
        """Whether the entry says that we searched and found nothing (new)."""
        return self.search_log_id is not None

    @property
    def response_status(self):
        """The status that a response sets; None for a look."""
        return S(self.status) if self.status in RECORDED else None

    @property
    def label(self):
        """The words of the entry: of its status, or that we looked and found nothing."""
        in_confidence = self.action.body.works_in_confidence
        if not self.is_look:
            return label_of(self.status, in_confidence)
        place = self.place
        return look_label(
            in_confidence=in_confidence,
            answered_before=place.answered_before,
            looked_before=place.looked_before,
        )

    @property
    def mark(self):
        """The symbol beside the words; a look has that of what it found, if it is a failure."""
        if not self.is_look:
            return mark_of(self.status, self.action.body.works_in_confidence)
        silent = not self.place.answered_before and not self.action.body.works_in_confidence
        return Phase.NO_ANSWER.value if silent else ""

    @property
    def account(self):
        """What happened in a sentence or more; of a look without words, what we did."""
        if self.summary or not self.is_look:
            return self.summary
        if self.place.answered_before:
            return gettext("We looked again and found nothing new. The status stays what it was.")
        return gettext("We searched and found no public response.")

    @property
    def missed_words(self):
        """Of a look that missed what had happened by then: that we did, in a sentence."""
        missed_on = self.is_look and self.place.missed_on
        if not missed_on or self.place.answered_before:
            return ""
        return gettext("We had missed it: a response of %(day)s was found later.") % {
            "day": written_day(missed_on)
        }

    @property
    def earlier_label(self):
        """The words of the status that this response moved on from; nothing where none moved."""
        if self.is_look:
            return ""
        if earlier := StatusUpdate.objects.before(self):
            return earlier.label if earlier.status != self.status else ""
        if self.place.looked_before:
            return label_of(S.NO_RESPONSE, self.action.body.works_in_confidence)
        return ""

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
            earlier = StatusUpdate.objects.filter(
                action_id=self.action_id, happened_on__lte=self.happened_on
            )
            self.answered_before = earlier.responses().exists()
            self.looked_before = earlier.looks().exists()
            self.missed_on = None
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
            lambda: self.validate_unique(exclude=exclude),
            lambda: self.validate_constraints(exclude=exclude),
            lambda: check_sources(self, sources),
            lambda: check_transition(self, before, after, later_reason),
            self.check_references,
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
        is_asked = self.response_status and after and needs_reason(self.response_status, after)
        return after if is_asked else None

    def corrected_copy(self, **changes):
        """An entry that says the same but for some changes, and corrects this one; not saved."""
        names = {field.attname for field in self._meta.concrete_fields} - NOT_COPIED
        values = {name: getattr(self, name) for name in names}
        return StatusUpdate(**values | {"corrects": self} | changes)

    def check_references(self):
        """Entries named by this one belong to the same ask."""
        errors: dict[str, str] = {}
        for field in ("corrects", "undoes"):
            other = getattr(self, field)
            if other and other.action_id != self.action_id:
                errors[field] = gettext("Choose an entry of the same ask.")
        if self.corrects_id and StatusUpdate.objects.filter(corrects_id=self.corrects_id).exists():
            errors["corrects"] = gettext("This entry is already corrected: correct the newer one.")
        if errors:
            raise ValidationError(errors)
