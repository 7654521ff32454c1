"""The record: dated, evidenced entries that are added and never changed."""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import TruncWeek
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from advocacy.models.chain import RecordHead, digest_of
from advocacy.models.evidence import (
    CONSTRAINTS,
    IS_A_LOOK,
    NEEDS_APPROVAL,
    check_sources,
    check_transition,
)
from advocacy.models.facets import count_facets
from advocacy.models.sources import Source
from advocacy.models.vocabulary import (
    AssertedBy,
    BlockedReason,
    DatePrecision,
    Phase,
    RefusedReason,
    ResponseStatus,
    Verification,
)

S = ResponseStatus


class Tell(models.TextChoices):
    """How followers are told of an entry; staff decide it as they record the entry."""

    DIGEST = "digest", _("in the weekly digest")
    AT_ONCE = "at_once", _("at once")
    NOBODY = "nobody", _("not at all")


class RecordIsAppendOnly(Exception):
    """Raised when code tries to change, remove or slip in an entry of the record."""


def _refuse(method):
    def refuse(*args, **kwargs):
        raise RecordIsAppendOnly(
            f"{method}() would change the record. Add an entry with"
            " RecommendedAction.record_response; correct one by naming it in `corrects`."
        )

    return refuse


class AppendOnlyQuerySet(models.QuerySet):
    """Reads only: whatever would write through the ORM raises."""

    update = _refuse("update")
    delete = _refuse("delete")
    _raw_delete = _refuse("delete")
    _update = _refuse("update")
    create = _refuse("create")
    bulk_create = _refuse("bulk_create")
    bulk_update = _refuse("bulk_update")
    get_or_create = _refuse("get_or_create")
    update_or_create = _refuse("update_or_create")


class StatusUpdateQuerySet(AppendOnlyQuerySet):
    def in_force(self, at=None):
        """Entries that no correction has replaced and that had happened by a day."""
        return self.filter(correction=None, happened_on__lte=at or timezone.localdate())

    def moving(self):
        """Entries about something the body did, not about us having looked."""
        return self.exclude(IS_A_LOOK)

    def deciding(self):
        """Entries that set a status: all but "looked again, nothing new"."""
        return self.filter(~IS_A_LOOK | models.Q(status=S.NO_RESPONSE))

    def newest_first(self):
        return self.order_by("-happened_on", "-pk")

    def oldest_first(self):
        return self.order_by("happened_on", "pk")

    def current(self, at=None):
        """The entry of one ask that sets its status on a day, or None."""
        return self.in_force(at).deciding().newest_first().first()

    def breaks(self):
        """Where the chain does not hold, entry by entry: (entry, a sentence why or None)."""
        previous = ""
        entries = self.order_by("pk").select_related("action", "search_log")
        for entry in entries.prefetch_related("sources").iterator(chunk_size=2000):
            broken = None
            if entry.previous_digest != previous:
                broken = gettext(
                    "it does not follow the entry before it: one was removed or put in"
                )
            elif entry.digest != digest_of(entry, entry.sources.all(), previous):
                broken = gettext("what it says, or its evidence, was changed")
            yield entry, broken
            previous = entry.digest

    def corrections(self):
        return self.exclude(corrects=None)

    def for_digest(self, week):
        """What followers are told of the seven days from a Monday on, in the words in force.

        An entry that only some were told at once belongs to it: the others read it here.
        """
        start = datetime.combine(week, time.min, tzinfo=timezone.get_current_timezone())
        return (
            self.published()
            .filter(
                recorded_at__gte=start,
                recorded_at__lt=start + timedelta(days=7),
                correction=None,
            )
            .exclude(tell=Tell.NOBODY)
            .exclude(edition__state="cancelled")
        )

    def in_last_year(self, at=None):
        """Entries about what bodies did in the last 365 days."""
        at = at or timezone.localdate()
        return (
            self.published(at)
            .moving()
            .in_force(at)
            .filter(happened_on__gt=at - timedelta(days=365))
        )

    def mails_in_last_year(self, **subject):
        """How many mails the entries of the last year come to: (at once, weekly).

        `subject` narrows to an issue, a body or an ask (`action`).
        """
        lookups = {"issue": "action__issue", "body": "action__body", "action": "action"}
        chosen = {lookups[name]: value for name, value in subject.items() if value}
        numbers = (
            self.in_last_year()
            .filter(**chosen)
            .order_by()
            .aggregate(
                entries=models.Count("pk"),
                weeks=models.Count(TruncWeek("happened_on"), distinct=True),
            )
        )
        return numbers["entries"], numbers["weeks"]

    def published(self, at=None):
        """Entries that the public sees: of published asks, by the day they happened."""
        at = at or timezone.localdate()
        return self.filter(happened_on__lte=at, action__asked_on__lte=at).exclude(
            action__state="draft"
        )

    def of_matching(self, actions, *, status="", **filters):
        """Narrow to a status or phase of the entry, and to the asks that match the filters."""
        updates = self
        if status in Phase.values:
            updates = updates.filter(status__in=Phase(status).statuses)
        elif status:
            updates = updates.filter(status=status)
        if any(filters.values()):
            asks = actions.matching(**filters).order_by().values("pk")
            updates = updates.filter(action__in=asks)
        return updates

    def facets(self, actions, **filters):
        """Count the entries behind each option of each filter; see `count_facets`."""

        def without(name):
            others = {key: value for key, value in filters.items() if key != name}
            return self.of_matching(actions, **others)

        overdue = self.of_matching(actions, **{**filters, "overdue": True})
        return count_facets(
            {
                "total": (self.of_matching(actions, **filters), None, None),
                "issue": (without("issue"), "action__issue__slug", "action__issue__title"),
                "topic": (
                    without("topic"),
                    "action__issue__topics__slug",
                    "action__issue__topics__name",
                ),
                "body": (without("body"), "action__body__slug", "action__body__name"),
                "status": (without("status"), "status", None),
                "audience": (without("audience"), "action__steps__audience", None),
                "overdue": (overdue, None, None),
            },
            repeated=["audience"],
        )

    def with_related(self):
        """Fetch what every card of an entry shows."""
        return self.select_related(
            "action__issue", "action__body", "search_log", "corrects", "undoes", "correction"
        ).prefetch_related("sources")


class StatusUpdate(models.Model):
    """One dated, evidenced entry in the record of how a body responded to an ask.

    Append-only: a wrong entry is corrected by a new one that names it. Three dates: when it
    happened, when it was recorded and when somebody last checked it.
    """

    key = models.SlugField(_("key"), max_length=80, blank=True, editable=False)
    action = models.ForeignKey(
        "RecommendedAction",
        on_delete=models.PROTECT,
        related_name="updates",
        verbose_name=_("ask"),
    )
    status = models.CharField(
        _("status"), max_length=20, choices=[c for c in S.choices if c[0] != S.NOT_CHECKED]
    )
    happened_on = models.DateField(_("happened on"), default=timezone.localdate)
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
    summary_uk = models.TextField(_("what happened, in Ukrainian"), blank=True)
    summary_ko = models.TextField(_("what happened, in Korean"), blank=True)
    asserted_by = models.CharField(
        _("claimed by"), max_length=14, choices=AssertedBy, default=AssertedBy.BODY
    )
    verification = models.CharField(
        _("verification"), max_length=10, choices=Verification, default=Verification.DOCUMENTED
    )
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
        "Source", through="Citation", related_name="updates", verbose_name=_("sources")
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

    previous_digest = models.CharField(_("hash before"), max_length=64, editable=False)
    digest = models.CharField(_("hash"), max_length=64, editable=False)

    objects = StatusUpdateQuerySet.as_manager()

    class Meta:
        ordering = ["-happened_on", "-pk"]
        base_manager_name = "objects"
        verbose_name = _("status update")
        verbose_name_plural = _("status updates")
        permissions = [("publish_statusupdate", "Can publish entries of the record")]
        indexes = [
            models.Index(fields=["action", "-happened_on", "-id"], name="update_newest_of_action"),
            models.Index(fields=["-happened_on", "-id"], name="update_newest"),
        ]
        constraints = CONSTRAINTS

    def __str__(self):
        return f"{self.happened_on} {self.get_status_display()}"

    def get_absolute_url(self):
        return f"{reverse('action_detail', args=[self.action.slug])}#entry-{self.pk}"

    save = _refuse("save")
    delete = _refuse("delete")

    def natural_key(self):
        return (self.key,)

    @property
    def current_status(self):
        return ResponseStatus(self.status)

    @property
    def phase(self):
        return self.current_status.phase

    @property
    def told(self):
        """What happened, in the reader's language where somebody wrote it so."""
        return getattr(self, f"summary_{get_language()}", "") or self.summary

    @property
    def is_look(self):
        """Whether the entry says that we looked and found nothing (new)."""
        return self.search_log_id is not None

    @property
    def is_recheck(self):
        return self.is_look and self.status != S.NO_RESPONSE

    @property
    def is_corrected(self):
        return hasattr(self, "correction")

    @property
    def blockers(self):
        return [code.strip() for code in self.blocked_by.split(",") if code.strip()]

    def insert(self, sources):
        """Write the checked entry at the end of the chain. For `RecommendedAction.enter` alone."""
        sources = list(dict.fromkeys(sources))
        head = RecordHead.held()
        self.previous_digest = head.digest
        self.digest = digest_of(self, sources, head.digest)
        self.save_base(force_insert=True)
        for source in sources:
            Citation(update=self, source=source).save_base(force_insert=True)
        head.advance(self.digest)

    def check_record(self, sources=(), *, exclude=(), approval_follows=False):
        """Check all that the record demands: fields, constraints, evidence and transition.

        Raises ValidationError keyed by field; `sources` and `__all__` are keys as well.
        `exclude` names fields whose own errors somebody else reports; `approval_follows` is for
        a draft, which a second editor has yet to approve.
        """
        errors = {}
        # The chain is joined last.
        exclude = {*exclude, "previous_digest", "digest"}
        for check in (
            lambda: self.full_clean(exclude=exclude),
            lambda: check_sources(self, sources),
            lambda: check_transition(self, *self.neighbours()),
            self.check_references,
        ):
            try:
                check()
            except ValidationError as error:
                errors = error.update_error_dict(errors)
        if approval_follows and "__all__" in errors:
            errors["__all__"] = [e for e in errors["__all__"] if e.message != NEEDS_APPROVAL]
        if any(errors.values()):
            raise ValidationError(errors)

    def neighbours(self):
        """The entries that stand before and after this one's day, what it corrects left out."""
        if not self.happened_on:
            return None, None
        others = StatusUpdate.objects.filter(action_id=self.action_id, correction=None)
        others = others.exclude(pk=self.corrects_id).deciding()
        return (
            others.filter(happened_on__lte=self.happened_on).newest_first().first(),
            others.filter(happened_on__gt=self.happened_on).oldest_first().first(),
        )

    def previous(self):
        """The entry that set the status before this one, or None."""
        earlier = models.Q(happened_on=self.happened_on, pk__lt=self.pk) | models.Q(
            happened_on__lt=self.happened_on
        )
        others = StatusUpdate.objects.filter(earlier, action_id=self.action_id, correction=None)
        return others.deciding().newest_first().first()

    def check_references(self):
        """Entries named by this one belong to the same ask."""
        errors = {}
        for field in ("corrects", "undoes"):
            other = getattr(self, field)
            if other and other.action_id != self.action_id:
                errors[field] = gettext("Choose an entry of the same ask.")
        if self.corrects_id and StatusUpdate.objects.filter(corrects_id=self.corrects_id).exists():
            errors["corrects"] = gettext("This entry is already corrected: correct the newer one.")
        if errors:
            raise ValidationError(errors)


class Citation(models.Model):
    """One source of one entry of the record. As permanent as the entry."""

    update = models.ForeignKey(StatusUpdate, on_delete=models.PROTECT, related_name="citations")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="citations")

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        base_manager_name = "objects"
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        constraints = [
            models.UniqueConstraint(fields=["update", "source"], name="citation_is_unique")
        ]

    def __str__(self):
        return f"{self.update_id}: {self.source_id}"

    save = _refuse("save")
    delete = _refuse("delete")
