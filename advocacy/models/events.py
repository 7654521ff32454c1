"""What happened: dated, attributed to somebody, and never without a source."""

from collections.abc import Collection, Mapping
from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from advocacy.models.content import ContentQuerySet
from advocacy.models.dates import machine_day
from advocacy.models.enums import DatePrecision
from advocacy.models.issues import Issue
from advocacy.models.sources import Evidence, Source
from advocacy.models.text import Line, Slug, Text
from advocacy.models.wordings import Witnessed

are_iso2 = RegexValidator(
    r"^[A-Z]{2}(, ?[A-Z]{2})*$",
    _("Give the two capital letters of each country (ISO 3166), with commas between: FR, KE."),
)


class EventQuerySet(ContentQuerySet["Event"]):
    def happened(self, day=None) -> Self:
        """Events that had happened by a day and may be told: copies alone carry none."""
        told = EventSource.objects.filter(source__is_weak=False).order_by().values("event")
        return self.filter(happened_on__lte=day or timezone.localdate(), pk__in=told)

    def told_on(self, issue, updates) -> Self:
        """Events of an issue, and those that entries about it rest on."""
        resting = {update.event_id for update in updates if update.event_id}
        return self.filter(
            models.Q(pk__in=issue.events.order_by().values("pk")) | models.Q(pk__in=resting)
        )

    def newest_first(self) -> Self:
        return self.order_by("-happened_on", "-pk")

    def with_related(self) -> Self:
        """Fetch what is shown of an event wherever it stands."""
        return self.prefetch_related("sources", "by_bodies")

    def without_source(self) -> Self:
        """Events that nothing supports: there are none, unless somebody wrote past the program."""
        return self.filter(sources=None)

    @transaction.atomic
    def add(self, *, sources, issues, by_bodies=(), about_bodies=(), **fields) -> "Event":
        """Write down what happened, with the sources that say so; without one it is refused."""
        many = {
            "sources": sources,
            "issues": issues,
            "by_bodies": by_bodies,
            "about_bodies": about_bodies,
        }
        event = self.model(**fields)
        event.full_clean()
        event.check_many({name: {row.pk for row in rows} for name, rows in many.items()})
        event.save()
        for name, rows in many.items():
            getattr(event, name).set(rows)
        return event


class Event(Witnessed, Evidence):
    """Something that happened, dated, by or about bodies and States, with at least one source.

    Once an entry of the record points to it, what it says and its sources stay as they are.
    """

    TRANSLATED = ("title", "text")

    NATURAL_KEY = "slug"
    FIXED: ClassVar = ["title", "text", "happened_on", "happened_precision"]
    WITNESSED: ClassVar[list[str]] = [*FIXED, "by_states", "about_states"]
    # Its name in fixtures, and whose it is.
    NOT_WITNESSED: ClassVar[list[str]] = ["id", "slug", "edited_by_staff_at"]

    slug = Slug(_("slug"), max_length=80, unique=True)
    happened_on = models.DateField(_("happened on"))
    happened_precision = Line(
        _("precision of the date"),
        max_length=5,
        choices=DatePrecision,
        default=DatePrecision.DAY,
    )
    title = Line(_("title"), max_length=300)
    text = Text(_("what happened"), blank=True, help_text=_("In our words: say who claims what."))
    issues = models.ManyToManyField(Issue, related_name="events", verbose_name=_("issues"))
    by_bodies = models.ManyToManyField(
        "advocacy.TargetBody",
        blank=True,
        related_name="events",
        verbose_name=_("by bodies"),
        help_text=_("Who did it: it stands on their pages."),
    )
    about_bodies = models.ManyToManyField(
        "advocacy.TargetBody",
        blank=True,
        related_name="events_about",
        verbose_name=_("about bodies"),
    )
    by_states = Line(
        _("by States"),
        max_length=100,
        blank=True,
        validators=[are_iso2],
        help_text=_("Country codes with commas between: FR, KE."),
    )
    about_states = Line(_("about States"), max_length=100, blank=True, validators=[are_iso2])
    sources = models.ManyToManyField(
        Source, through="EventSource", related_name="events", verbose_name=_("sources")
    )

    history = HistoricalRecords()
    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["happened_on", "pk"]
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(happened_precision__in=DatePrecision.values),
                name="event_precision_is_known",
            ),
        ]
        indexes = [models.Index(fields=["-happened_on", "-id"], name="event_newest")]

    def __str__(self):
        return f"{machine_day(self.happened_on, self.happened_precision)} {self.title}"

    def witnessed_values(self) -> dict[str, object]:
        """Its own fields, and which sources it has: they stay as well."""
        cited = sorted(source.pk for source in self.sources.all())
        return super().witnessed_values() | {"sources": cited}

    @property
    def states(self) -> list[str]:
        """The codes of the States that did it."""
        return [code.strip() for code in self.by_states.split(",") if code.strip()]

    def check_many(self, values: Mapping[str, Collection[int]]) -> None:
        super().check_many(values)
        if not self.pk or "sources" not in values:
            return
        stored = set(self.sources.values_list("pk", flat=True))
        if set(values["sources"]) != stored and self.is_cited:
            refusal = gettext("An entry of the record stands on this event: its sources stay.")
            raise ValidationError({"sources": refusal})


class EventSource(models.Model):
    """One source of one event. A source goes only after its events."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("source of an event")
        verbose_name_plural = _("sources of events")
        constraints = [
            models.UniqueConstraint(fields=["event", "source"], name="event_source_is_unique")
        ]

    def __str__(self):
        return f"{self.event_id}: {self.source_id}"
