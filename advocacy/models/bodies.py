from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from advocacy.models.content import Content, ContentQuerySet, Searchable, SearchableQuerySet
from advocacy.models.enums import BodyKind, Confidence, DatePrecision, MeetingKind
from advocacy.models.overlap import SeatsDoNotOverlap

is_iso2 = RegexValidator(
    r"^[A-Z]{2}$", _("Give the two capital letters of the country (ISO 3166).")
)


class Organisation(Content):
    """Who asks."""

    slug = models.SlugField(_("slug"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    abbreviation = models.CharField(_("abbreviation"), max_length=30, blank=True)
    url = models.URLField(_("website"), max_length=500, blank=True)
    description = models.TextField(_("description"), blank=True)

    objects = ContentQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self):
        return self.name


class TargetBodyQuerySet(SearchableQuerySet["TargetBody"]):
    def reached_by(self, country, seated):
        """Bodies that a State can speak in or is asked by, and experts whom anyone may write to.

        `seated` are the keys of the bodies in which it has a seat.
        """
        return self.filter(
            models.Q(pk__in=seated)
            | models.Q(all_states_sit=True)
            | models.Q(country=country)
            | models.Q(kind=BodyKind.SPECIAL_PROCEDURE)
        )


class TargetBody(Searchable):
    """Whoever is asked: a council, a court, an expert, a State."""

    SEARCHED = ("name", "abbreviation", "mandate", "role")

    slug = models.SlugField(_("slug"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    abbreviation = models.CharField(_("abbreviation"), max_length=30)
    kind = models.CharField(_("kind"), max_length=24, choices=BodyKind)
    role = models.CharField(_("role in this record"), max_length=60)
    mandate = models.TextField(_("what it does"))
    composition = models.TextField(_("who sits in it"), blank=True)
    website = models.URLField(_("website"), max_length=500, blank=True)
    contact_url = models.URLField(_("official contact page"), max_length=500, blank=True)
    country = models.CharField(
        _("country"), max_length=2, blank=True, validators=[is_iso2], help_text=_("ISO 3166.")
    )
    works_in_confidence = models.BooleanField(
        _("works in confidence"),
        default=False,
        help_text=_("Its silence is then not shown as failure."),
    )
    all_states_sit = models.BooleanField(
        _("every UN member sits in it"),
        default=False,
        help_text=_("Then no seats are listed: any State can speak there."),
    )
    position = models.PositiveSmallIntegerField(
        _("position"), default=100, help_text=_("Lower numbers come first in the matrix.")
    )
    note = models.TextField(_("note for editors"), blank=True)

    history = HistoricalRecords(excluded_fields=["search_text"])
    objects = TargetBodyQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]
        verbose_name = _("body")
        verbose_name_plural = _("bodies")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=BodyKind.values), name="target_body_kind_is_known"
            )
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("body_detail", args=[self.slug])


class SeatQuerySet(ContentQuerySet["Seat"]):
    def held(self, day=None):
        """Seats held on a day. A seat without a start or an end is open on that side."""
        day = day or timezone.localdate()
        return self.filter(
            models.Q(starts_on=None) | models.Q(starts_on__lte=day),
            models.Q(ends_on=None) | models.Q(ends_on__gte=day),
        )

    def upcoming(self, day=None):
        return self.filter(starts_on__gt=day or timezone.localdate())

    def of_country(self, code):
        return self.filter(country=code).order_by("body__position", "starts_on", "pk")

    def with_related(self):
        return self.select_related("body")


class Seat(Content):
    """A State's membership of a body, from a date to a date (both days included)."""

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    body = models.ForeignKey(
        TargetBody, on_delete=models.CASCADE, related_name="seats", verbose_name=_("body")
    )
    country = models.CharField(_("country"), max_length=2, validators=[is_iso2])
    capacity = models.CharField(_("capacity"), max_length=100)
    starts_on = models.DateField(
        _("from"), null=True, blank=True, help_text=_("Empty: the start is not recorded.")
    )
    ends_on = models.DateField(_("to"), null=True, blank=True, help_text=_("Empty: open-ended."))
    source_url = models.URLField(_("source"), max_length=1000, blank=True)
    note = models.TextField(_("note"), blank=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        ordering = ["body", "country", "starts_on"]
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(starts_on=None)
                | models.Q(ends_on=None)
                | models.Q(ends_on__gt=models.F("starts_on")),
                name="seat_ends_after_it_starts",
                violation_error_message=_("A seat ends after it starts."),
            ),
            SeatsDoNotOverlap(
                name="seats_of_a_state_in_a_body_do_not_overlap",
                violation_error_message=_(
                    "This State already has a seat in this body during part of that time."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.country} in {self.body.abbreviation}, {self.starts_on} to {self.ends_on}"

    def is_held(self, day):
        """Whether the State sits in the body on a day; see `SeatQuerySet.held`."""
        started = self.starts_on is None or self.starts_on <= day
        return started and (self.ends_on is None or self.ends_on >= day)


class MeetingQuerySet(ContentQuerySet["Meeting"]):
    def upcoming(self, day=None):
        """Dated chances to act that have not ended, the nearest first."""
        day = day or timezone.localdate()
        return self.filter(ends_on__gte=day).order_by("starts_on", "ends_on", "pk")

    def standing(self):
        """Chances that are open on any day."""
        return self.filter(kind=MeetingKind.STANDING)

    def sessions(self):
        return self.filter(kind=MeetingKind.SESSION)

    def matching(self, *, body=None, issue=None):
        """Narrow to a body, and to the bodies that are asked about an issue."""
        meetings = self
        if body:
            meetings = meetings.filter(body=body)
        if issue:
            meetings = meetings.filter(body__in=issue.actions.values("body"))
        return meetings

    def with_related(self):
        return self.select_related("body")


class Meeting(Content):
    """A dated session or deadline of a body: the next opportunity to act on its asks."""

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    body = models.ForeignKey(
        TargetBody, on_delete=models.CASCADE, related_name="meetings", verbose_name=_("body")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=MeetingKind)
    title = models.CharField(_("title"), max_length=200)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("to"), null=True, blank=True)
    precision = models.CharField(
        _("precision of the dates"), max_length=5, choices=DatePrecision, default=DatePrecision.DAY
    )
    confidence = models.CharField(_("confidence"), max_length=10, choices=Confidence)
    who_can_act = models.TextField(_("who can act"))
    what_can_be_done = models.TextField(_("what can be done"))
    lead_time_days = models.PositiveSmallIntegerField(
        _("lead time (days)"), default=0, help_text=_("How long before the start to begin.")
    )
    source_url = models.URLField(_("source"), max_length=1000, blank=True)
    # Calendar programs take an event anew only where it says that it changed.
    changed_at = models.DateTimeField(auto_now=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on", "ends_on", "pk"]
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind=MeetingKind.STANDING, starts_on=None, ends_on=None)
                | (
                    ~models.Q(kind=MeetingKind.STANDING)
                    & models.Q(starts_on__isnull=False, ends_on__gte=models.F("starts_on"))
                ),
                name="meeting_is_dated_unless_open_any_day",
                violation_error_message=_(
                    "Give a first day and a last day that is not before it;"
                    " only what is open on any day has no dates."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=MeetingKind.values)
                & models.Q(confidence__in=Confidence.values)
                & models.Q(precision__in=DatePrecision.values),
                name="meeting_kind_confidence_and_precision_are_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(confidence=Confidence.CONFIRMED) | ~models.Q(source_url=""),
                name="meeting_confirmed_needs_source",
                violation_error_message=_("A confirmed date needs its source."),
            ),
        ]

    def __str__(self):
        return f"{self.body.abbreviation}: {self.title}"
