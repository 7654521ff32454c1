from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from advocacy.models.body_kinds import BodyKind
from advocacy.models.content import Content, ContentQuerySet
from advocacy.models.enums import ReachedBy, Salutation
from advocacy.models.overlap import SeatsDoNotOverlap
from advocacy.models.page_addresses import page_address
from advocacy.models.searchable import Searchable, SearchableQuerySet
from advocacy.models.text import Line, Slug, Text, Url
from advocacy.models.wordings import Witnessed

is_iso2 = RegexValidator(
    r"^[A-Z]{2}$", _("Give the two capital letters of the country (ISO 3166).")
)


class Reader(StrEnum):
    """Whom a letter about an ask to a body is for."""

    BODY = "body"
    GOVERNMENT = "government"
    MISSION = "mission"
    NOBODY = "nobody"
    NOT_SAID = "not-said"


class TargetBodyQuerySet(SearchableQuerySet["TargetBody"]):
    def of_some_states(self):
        """Bodies in which some States sit and others do not."""
        return self.filter(states_sit=True, all_states_sit=False)

    def within_reach(self, country, seated):
        """Bodies in which a State can speak, its own, and those to which anyone may write.

        `seated` are the keys of the bodies in which it has a seat.
        """
        return self.filter(
            models.Q(pk__in=seated)
            | models.Q(parent__in=seated)
            | models.Q(all_states_sit=True)
            | models.Q(country=country)
            | models.Q(reached_by=ReachedBy.DIRECTLY)
        )


class TargetBody(Witnessed, Searchable):
    """Whoever is asked: a council, a court, an expert, a State."""

    TRANSLATED = ("name", "abbreviation", "role", "mandate", "composition", "note")
    SEARCHED = ("name", "abbreviation", "mandate", "role")
    WITNESSED: ClassVar[list[str]] = [
        "name",
        "abbreviation",
        "country",
        "works_in_confidence",
    ]
    # What describes it, and changes nothing about who was asked and how its silence reads.
    NOT_WITNESSED: ClassVar[list[str]] = [
        "id",
        "slug",
        # Its name is: that is what readers see (`witnessed_values`).
        "kind_id",
        "edited_by_staff_at",
        "search_text",
        "role",
        "mandate",
        "composition",
        "website",
        "contact_url",
        "reached_by",
        "salutation",
        "states_sit",
        "all_states_sit",
        "members_complete",
        "number_of_members",
        "parent_id",
        "position",
        "note",
    ]
    STANDS_UNDER: ClassVar[list[str]] = [
        "actions__updates",
        "actions__submissions",
        "decisions",
        "statements",
        "statements_heard",
    ]

    slug = Slug(_("slug"), unique=True)
    name = Line(_("name"), max_length=200)
    abbreviation = Line(_("abbreviation"), max_length=30)
    kind = models.ForeignKey(
        BodyKind,
        on_delete=models.PROTECT,
        related_name="bodies",
        verbose_name=_("kind"),
        help_text=_("What it is called. How it behaves is said by its own fields."),
    )
    role = Line(_("role in this record"), max_length=60, blank=True)
    mandate = Text(_("what it does"))
    composition = Text(_("who sits in it"), blank=True)
    website = Url(_("website"), max_length=500, blank=True)
    contact_url = Url(_("official contact page"), max_length=500, blank=True)
    country = Line(
        _("country"), max_length=2, blank=True, validators=[is_iso2], help_text=_("ISO 3166.")
    )
    works_in_confidence = models.BooleanField(
        _("works in confidence"),
        default=False,
        help_text=_("Its silence is then not shown as failure."),
    )
    reached_by = Line(
        _("how it is reached"),
        max_length=10,
        choices=ReachedBy,
        blank=True,
        help_text=_("Empty: letters are offered to the missions of its members alone."),
    )
    salutation = Line(_("how letters begin"), max_length=16, choices=Salutation, blank=True)
    states_sit = models.BooleanField(
        _("States sit in it"),
        default=False,
        help_text=_("Seats are listed only then, and pages say who sits in it and who does not."),
    )
    all_states_sit = models.BooleanField(
        _("every UN member sits in it"),
        default=False,
        help_text=_("Then no seats are listed: any State can speak there."),
    )
    members_complete = models.BooleanField(
        _("the list of its members is complete"),
        default=False,
        help_text=_("Only then does a page say of a State that it has no seat."),
    )
    number_of_members = models.PositiveSmallIntegerField(
        _("number of its members"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_(
            "By its rules. On a day for which so many seats are on file the list is complete."
        ),
    )
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="organs",
        verbose_name=_("members are those of"),
        help_text=_("The body whose members sit here as well; then no seats are listed."),
    )
    position = models.PositiveSmallIntegerField(
        _("position"), default=100, help_text=_("Lower numbers come first in the matrix.")
    )
    note = Text(_("note for editors"), blank=True)

    history = HistoricalRecords(excluded_fields=["search_text"])
    objects = TargetBodyQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]
        verbose_name = _("body")
        verbose_name_plural = _("bodies")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reached_by__in=["", *ReachedBy.values])
                & models.Q(salutation__in=["", *Salutation.values]),
                name="target_body_reach_and_salutation_are_known",
            ),
            models.CheckConstraint(
                condition=models.Q(states_sit=True)
                | models.Q(
                    all_states_sit=False,
                    members_complete=False,
                    number_of_members=None,
                    parent=None,
                ),
                name="target_body_has_members_only_where_states_sit",
                violation_error_message=_("Only a body in which States sit has such members."),
            ),
        ]

    def __str__(self):
        return self.name

    def clean(self):
        super().clean()
        if self.pk and not self.states_sit and self.seats.exists():
            seated = gettext("Seats are listed here, so States sit in it.")
            raise ValidationError({"states_sit": seated})
        if not self.parent:
            return
        if self.parent_id == self.pk or self.parent.parent_id or (self.pk and self.organs.exists()):
            whole = gettext("Choose a body that has members of its own.")
            raise ValidationError({"parent": whole})
        if self.pk and self.seats.exists():
            both = gettext("Seats are listed here: remove them, or leave this empty.")
            raise ValidationError({"parent": both})

    def begin(self, said: Collection[str]) -> None:
        """What its kind says of new bodies, where nobody said it of this one."""
        if self.kind_id and (missing := set(BodyKind.BEGINS).difference(said)):
            for name in missing:
                setattr(self, name, getattr(self.kind, name))

    def witnessed_values(self) -> dict[str, object]:
        """Its own fields, and the name of its kind as it was typed."""
        return super().witnessed_values() | {"kind": self.kind.name}

    def get_absolute_url(self) -> str:
        return page_address("body_detail", self.slug)

    def reader_in(self, country: str, *, sits: bool) -> Reader:
        """Whom somebody in a country writes to about an ask to this body.

        `sits`: the State has a seat in it. A body of the country itself is written to itself.
        """
        match self.reached_by:
            case ReachedBy.CLOSED:
                return Reader.NOBODY
            case ReachedBy.DIRECTLY:
                return Reader.BODY
        if sits:
            return Reader.MISSION
        if not self.reached_by:
            return Reader.NOT_SAID
        return Reader.GOVERNMENT if self.country == country else Reader.MISSION

    @property
    def is_written_to(self) -> bool:
        """Whether anyone's letter goes to itself, not to a mission."""
        return self.reached_by == ReachedBy.DIRECTLY

    @property
    def speaks_for_its_state(self) -> bool:
        """Whether it is a government: what it says its State says.

        No other body of a country is written to through the missions of that country.
        """
        return bool(self.country) and self.reached_by == ReachedBy.MISSIONS

    @property
    def greeting(self) -> str:
        """How a letter begins, as a line between empty ones; an empty line where nobody said."""
        return f"\n{self.get_salutation_display()}\n" if self.salutation else ""

    @property
    def members(self) -> "SeatQuerySet":
        """The seats of those who sit in it: of a subsidiary organ, those of its parent."""
        return Seat.objects.filter(body=self.parent_id or self.pk)

    def lists_all_members(
        self, day: date | None = None, seated: Mapping[int, int] | None = None
    ) -> bool:
        """Whether it may be said of a State without a recorded seat that it does not sit there.

        On a day; without one, today. `seated`: how many sit in each body then, if that is known
        (`SeatQuerySet.numbers`).
        """
        body = self.parent or self
        if body.members_complete or body.number_of_members is None:
            return body.members_complete
        if seated is None:
            seated = body.members.held(day).numbers()
        return seated.get(body.pk, 0) >= body.number_of_members


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

    def numbers(self) -> dict[int, int]:
        """How many States sit in each body by these seats: {key of the body: number}."""
        rows = self.order_by().values_list("body")
        return dict(rows.annotate(number=models.Count("country", distinct=True)))

    def of_country(self, code):
        return self.filter(country=code).order_by("body__position", "starts_on", "pk")

    def with_related(self):
        return self.select_related("body")


class Seat(Content):
    """A State's membership of a body, from a date to a date (both days included)."""

    TRANSLATED = ("capacity", "note")

    slug = Slug(_("slug"), max_length=80, unique=True)
    body = models.ForeignKey(
        TargetBody, on_delete=models.CASCADE, related_name="seats", verbose_name=_("body")
    )
    country = Line(_("country"), max_length=2, validators=[is_iso2])
    capacity = Line(
        _("capacity"),
        max_length=100,
        blank=True,
        help_text=_("As which it sits there: elected, permanent."),
    )
    starts_on = models.DateField(
        _("from"), null=True, blank=True, help_text=_("Empty: the start is not recorded.")
    )
    ends_on = models.DateField(_("to"), null=True, blank=True, help_text=_("Empty: open-ended."))
    source_url = Url(_("source"), max_length=1000, blank=True)
    note = Text(_("note"), blank=True)

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

    def clean(self):
        super().clean()
        if self.body_id and not self.body.states_sit:
            nobody = gettext("No States sit in “%(body)s”: say there that they do, first.")
            raise ValidationError({"body": nobody % {"body": self.body}})
        if self.body_id and self.body.parent_id:
            elsewhere = gettext("Its members are those of “%(body)s”: list the seat there.")
            raise ValidationError({"body": elsewhere % {"body": self.body.parent}})

    def is_held(self, day):
        """Whether the State sits in the body on a day; see `SeatQuerySet.held`."""
        started = self.starts_on is None or self.starts_on <= day
        return started and (self.ends_on is None or self.ends_on >= day)
