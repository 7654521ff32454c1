"""When something can be done: dated sessions and deadlines, and what is open on any day."""

from datetime import date

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from advocacy.models.bodies import TargetBody
from advocacy.models.content import Content, ContentQuerySet
from advocacy.models.enums import Confidence, DatePrecision, MeetingKind
from advocacy.models.page_addresses import page_address
from advocacy.models.standing import STALE_AFTER
from advocacy.models.text import Line, Slug, Text, Url


class MeetingQuerySet(ContentQuerySet["Meeting"]):
    def upcoming(self, day=None):
        """What is dated and has not ended, the nearest first."""
        day = day or timezone.localdate()
        return self.filter(ends_on__gte=day).order_by("starts_on", "ends_on", "pk")

    def chances(self, day: date | None = None) -> "MeetingQuerySet":
        """What something can still be done for, the most pressing first; of a past day, nothing."""
        today = timezone.localdate()
        if day and day < today:
            return self.none()
        return self.upcoming(today).filter(act_by__gte=today).order_by("act_by", "starts_on", "pk")

    def next_of(self, bodies):
        """The first of these meetings for each body: {key of the body: meeting}."""
        first: dict[int, Meeting] = {}
        for meeting in self.filter(body__in=[body.pk for body in bodies]):
            first.setdefault(meeting.body_id, meeting)
        return first

    def next_then(self, day):
        """The confirmed sessions that came next after a past day, the nearest first; of today none.

        What is only expected may never have been held.
        """
        if day >= timezone.localdate():
            return self.none()
        held = self.sessions().filter(confidence=Confidence.CONFIRMED, starts_on__gt=day)
        return held.order_by("starts_on", "pk")

    def standing(self):
        """Chances that are open on any day."""
        return self.filter(kind=MeetingKind.STANDING)

    def sessions(self):
        return self.filter(kind=MeetingKind.SESSION)

    def ended_lately(self, day=None):
        """Sessions that were surely held and ended in the last ninety days, the newest first."""
        day = day or timezone.localdate()
        held = self.sessions().filter(confidence=Confidence.CONFIRMED)
        return held.filter(ends_on__lt=day, ends_on__gte=day - STALE_AFTER).order_by(
            "-ends_on", "-starts_on", "-pk"
        )

    def matching(self, *, body=None, issue=None):
        """Narrow to one body, and to the bodies that are asked about one issue."""
        meetings = self
        if body:
            meetings = meetings.filter(body=body)
        if issue:
            meetings = meetings.filter(body__in=issue.asks.values("body"))
        return meetings

    def with_related(self) -> "MeetingQuerySet":
        return self.select_related("body")


class Meeting(Content):
    """A dated session or deadline of a body: the next opportunity to act on its asks."""

    TRANSLATED = ("title", "who_can_act", "what_can_be_done")

    # Of those that `sessions_to_look_after` finds.
    to_look: int

    slug = Slug(_("slug"), max_length=80, unique=True)
    body = models.ForeignKey(
        TargetBody, on_delete=models.CASCADE, related_name="meetings", verbose_name=_("body")
    )
    kind = Line(_("kind"), max_length=12, choices=MeetingKind)
    title = Line(_("title"), max_length=200)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("to"), null=True, blank=True)
    precision = Line(
        _("precision of the dates"), max_length=5, choices=DatePrecision, default=DatePrecision.DAY
    )
    confidence = Line(_("confidence"), max_length=10, choices=Confidence)
    who_can_act = Text(_("who can act"), blank=True)
    what_can_be_done = Text(_("what can be done"), blank=True)
    act_by = models.DateField(
        _("act by"),
        null=True,
        blank=True,
        help_text=_(
            "The last day on which something done outside still helps, as the editors judge it."
            " Empty: nothing can be done for it, so it is no chance to act."
        ),
    )
    source_url = Url(_("source"), max_length=1000, blank=True)
    # Calendar programs update an event only if it says that it has changed.
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
            models.CheckConstraint(
                condition=models.Q(act_by=None) | models.Q(act_by__lte=models.F("ends_on")),
                name="meeting_is_acted_on_before_it_ends",
                violation_error_code="act_by",
                violation_error_message=_(
                    "What is over helps nobody: act by its last day or before."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.body.abbreviation}: {self.title}"

    def get_absolute_url(self):
        return page_address("meeting_detail", self.slug)

    @property
    def is_chance(self):
        """Whether something done outside still helps; see `MeetingQuerySet.chances`."""
        return self.act_by is not None and self.act_by >= timezone.localdate()

    @property
    def is_open(self):
        """Whether what can be done for it can be done still: now, or on any day."""
        return self.is_chance or self.kind == MeetingKind.STANDING

    @property
    def is_over(self):
        """Whether it has ended by today: what its words say of acting is then no longer true."""
        return self.ends_on is not None and self.ends_on < timezone.localdate()
