"""Public offices that can be written to, and how far their addresses can be trusted.

An address that nobody saw on the office's own page is never written into a letter; the reader gets
the official directory in its place.
"""

import re
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, validate_email
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from advocacy.models.bodies import TargetBody, is_iso2
from advocacy.models.contact_choices import (
    BESIDE_A_BODY,
    OF_A_STATE,
    ContactKind,
    ContactPlace,
    OpenTo,
    SeenAs,
)
from advocacy.models.dates import language_name
from advocacy.models.linked import Linked, LinkedQuerySet
from advocacy.models.roles import CHECK_CONTACTS, demand
from advocacy.models.text import Line, Slug, Text, Url

# How long the word of an editor who saw an address holds.
CHECK_HOLDS = timedelta(days=180)
# What came back, then what a letter would carry, then the offices in their order.
HAS_NO_ADDRESS = models.Case(models.When(email="", then=1), default=0)
FIRST_TO_CHECK = ("-returned", HAS_NO_ADDRESS.asc(), "place", "country", "slug")
A_PERSON = re.compile(
    r"(?i)(?<!\w)(mr|mrs|ms|miss|dr|prof|h\.\s?e|mme|herr|frau)\.?\s+(?=[^\W\d_])"
    r"|\b(his|her) excellency\b|\bambassador\s+(?-i:[A-Z])"
)
is_an_office = RegexValidator(
    A_PERSON, _("Name the office, never a person."), code="person", inverse_match=True
)
are_languages = RegexValidator(
    r"^[a-z]{2,3}( [a-z]{2,3})*\Z", _("Give codes of languages with spaces between: en fr uk.")
)


class ContactQuerySet(LinkedQuerySet["ContactPoint"]):
    def with_related(self) -> Self:
        return self.select_related("body", "checked_by")

    def offered(self) -> Self:
        """Those that readers are shown."""
        return self.filter(is_offered=True)

    def checked(self, day: date | None = None) -> Self:
        """Those whose address, as it is, an editor saw lately; none came back since."""
        return self.filter(checked_lately(day))

    def addressed(self, day: date | None = None) -> Self:
        """Those whose address may stand in a letter: `ContactPoint.may_be_addressed`."""
        rows = self.offered().filter(trusted(day), takes_letters=True)
        return rows.exclude(email="")

    def to_check(self, day: date | None = None) -> Self:
        """What an editor should look up: all that nobody can trust, what came back first."""
        return self.exclude(trusted(day)).order_by(*FIRST_TO_CHECK)

    def directories(self, place: str = "") -> Self:
        """The official lists of offices, in which the reader finds what nobody checked here."""
        rows = self.offered().filter(kind=ContactKind.DIRECTORY)
        return rows.filter(place=place) if place else rows

    def around(
        self, country: str, bodies: Collection[TargetBody], offices: Collection[int] = ()
    ) -> Self:
        """All that letters to these bodies, from one country, have to do with; see `Doors`.

        `offices` are the keys of those that letters name.
        """
        of_bodies = models.Q(body__in=bodies) & (
            models.Q(country="")
            | ~models.Q(kind__in=OF_A_STATE)
            | models.Q(country=models.F("body__country"))
        )
        of_state = models.Q(country=country) & ~models.Q(country="")
        of_all = models.Q(kind=ContactKind.DIRECTORY) | models.Q(kind=ContactKind.UNION, country="")
        named = models.Q(pk__in=offices)
        rows = self.offered().filter(of_bodies | of_state | of_all | named)
        return rows.order_by(_in_order(), "slug")

    def for_families(self) -> Self:
        """The doors that are there for families."""
        return self.offered().filter(open_to=OpenTo.FAMILIES).order_by(_in_order(), "slug")

    def of_bodies(self, bodies: Iterable[TargetBody]) -> "dict[int, ContactPoint]":
        """The office of each body itself, the best door of it: {key of the body: office}."""
        rows = self.offered().filter(body__in=[body.pk for body in bodies])
        rows = rows.exclude(kind__in=BESIDE_A_BODY)
        doors: dict[int, ContactPoint] = {}
        for door in rows.select_related("body").order_by("-takes_letters", _in_order(), "slug"):
            assert door.body is not None, "Only doors of bodies are asked for."
            of_another = door.country and door.kind in OF_A_STATE and not door.body.country
            if not of_another:
                doors.setdefault(door.body.pk, door)
        return doors

    def own_doors(self, body: TargetBody) -> Self:
        """The offices of a body itself, not those of the States in it and of others beside it."""
        doors = self.filter(body=body).exclude(kind__in=BESIDE_A_BODY)
        return doors if body.country else doors.exclude(~models.Q(country=""), kind__in=OF_A_STATE)

    def for_letter(
        self, country: str = "", place: str = "", *, body: TargetBody | None = None
    ) -> Self:
        """Where a letter can go, the best door first, and the directories of the place last.

        To a State through its own offices, at a place or where a body is; without a State to the
        body itself. A door that takes no letters is not among them.
        """
        places = [place] if place else []
        if body and not place:
            places = list(self.own_doors(body).order_by().values_list("place", flat=True))
        rows = self.offered().filter(takes_letters=True)
        if country:
            doors = rows.filter(country=country, kind__in=OF_A_STATE)
            if places:
                doors = doors.filter(models.Q(place__in=places) | models.Q(body=body or 0))
        else:
            doors = rows.own_doors(body) if body else rows.none()
            doors = doors.filter(place=place) if place else doors
        looked_up = self.directories().filter(place__in=places) if country or place else self.none()
        keys = models.Q(pk__in=doors.values("pk")) | models.Q(pk__in=looked_up.values("pk"))
        return self.filter(keys).order_by(_in_order(), "slug")


def _in_order() -> models.Case:
    kinds = enumerate(ContactKind)
    return models.Case(*[models.When(kind=kind, then=place) for place, kind in kinds], default=99)


def checked_lately(day: date | None = None) -> models.Q:
    """That an editor saw the address on the office's own page, the one that stands there now."""
    since = (day or timezone.localdate()) - CHECK_HOLDS
    return models.Q(checked_on__gte=since, checked_email=models.F("email"), returned=0)


def trusted(day: date | None = None) -> models.Q:
    """That an editor saw it, or that its address was found on the office's own page."""
    seen = models.Q(confidence=SeenAs.OFFICIAL, weak_source=False, returned=0) & ~models.Q(email="")
    return checked_lately(day) | seen


class ContactPoint(Linked):
    """A public office that a letter can be sent to, or a door that takes no letters."""

    TRANSLATED = ("name", "rules")
    ADDRESSES: ClassVar[tuple[str, ...]] = ("web", "form_url")

    slug = Slug(_("slug"), max_length=80, unique=True)
    country = Line(
        _("country"),
        max_length=2,
        blank=True,
        validators=[is_iso2],
        help_text=_("Of a State’s office: whose it is. ISO 3166."),
    )
    body = models.ForeignKey(
        TargetBody,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="contact_points",
        verbose_name=_("body"),
        help_text=_("Whose office it is; of a mission, the body to which it is sent."),
    )
    place = Line(_("place"), max_length=12, choices=ContactPlace)
    kind = Line(_("kind"), max_length=14, choices=ContactKind)
    name = Line(
        _("name"),
        max_length=200,
        validators=[is_an_office],
        help_text=_("Of the office, never of a person."),
    )
    name_local = Line(
        _("name in its own language"), max_length=200, blank=True, validators=[is_an_office]
    )
    email = Line(
        _("e-mail address"),
        max_length=254,
        blank=True,
        validators=[validate_email],
        help_text=_(
            "As it was read somewhere, letter by letter: never made up from others. An office’s"
            " own, never a person’s."
        ),
    )
    form_url = Url(_("form"), max_length=1000, blank=True)
    web = Url(
        _("official page"),
        max_length=1000,
        blank=True,
        help_text=_("The office’s own page, or the official directory that has it."),
    )
    phone = Line(_("telephone"), max_length=120, blank=True)
    postal = Text(_("postal address"), blank=True)
    languages = Line(_("languages it reads"), max_length=60, blank=True, validators=[are_languages])
    rules = Text(
        _("rules of the door"),
        blank=True,
        help_text=_("What it takes, from whom, and what must not be sent there."),
    )
    open_to = Line(_("who it is for"), max_length=14, choices=OpenTo, default=OpenTo.ANYONE)
    takes_letters = models.BooleanField(
        _("takes letters"),
        default=True,
        help_text=_("If not, pages show the door and its rules, and no letter leads to it."),
    )
    is_offered = models.BooleanField(
        _("shown to readers"),
        default=True,
        help_text=_("If not, it is known here alone: an office that nobody should write to."),
    )
    source_url = Url(
        _("source"), max_length=1000, blank=True, help_text=_("The page on which it was read.")
    )
    seen = Text(_("how it was seen"), blank=True, help_text=_("For editors; no page shows it."))
    confidence = Line(_("where it was seen"), max_length=22, choices=SeenAs)
    weak_source = models.BooleanField(
        _("weak source"),
        default=False,
        help_text=_("A list that a program filled, or one with errors in it."),
    )
    note = Text(_("note for editors"), blank=True)

    # Somebody's word, given on the desk alone: no form and no file has it.
    checked_on = models.DateField(_("checked"), null=True, editable=False)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("checked by"),
    )
    # The address that was seen then: another one is not checked.
    checked_email = Line(max_length=254, blank=True, editable=False)
    returned = models.PositiveSmallIntegerField(_("came back"), default=0, editable=False)
    returned_on = models.DateField(_("came back last"), null=True, editable=False)

    history = HistoricalRecords(
        excluded_fields=["link_checked_at", "link_answer", "link_failures", "dead_since"]
    )
    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["place", "country", "slug"]
        verbose_name = _("address of an office")
        verbose_name_plural = _("addresses of offices")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=ContactKind.values)
                & models.Q(place__in=ContactPlace.values)
                & models.Q(confidence__in=SeenAs.values)
                & models.Q(open_to__in=OpenTo.values),
                name="contact_point_choices_are_known",
            ),
            models.CheckConstraint(
                condition=models.Q(email="") | ~models.Q(source_url=""),
                name="contact_point_email_needs_source",
                violation_error_code="source_url",
                violation_error_message=_("Say on which page the e-mail address was read."),
            ),
            models.CheckConstraint(
                condition=models.Q(email="") | ~models.Q(confidence=SeenAs.PATTERN),
                name="contact_point_pattern_has_no_email",
                violation_error_code="email",
                violation_error_message=_(
                    "What was seen nowhere has no e-mail address: say where this one was seen."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(checked_on=None, checked_by=None)
                | models.Q(checked_on__isnull=False, checked_by__isnull=False),
                name="contact_point_check_has_day_and_person",
            ),
            models.CheckConstraint(
                condition=models.Q(returned=0, returned_on=None)
                | models.Q(returned__gt=0, returned_on__isnull=False),
                name="contact_point_returns_have_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_checked(self, day: date | None = None) -> bool:
        """Whether an editor saw this very address lately; see `ContactQuerySet.checked`."""
        since = (day or timezone.localdate()) - CHECK_HOLDS
        is_recent = self.checked_on is not None and self.checked_on >= since
        return is_recent and self.checked_email == self.email and not self.returned

    def may_be_addressed(self, day: date | None = None) -> bool:
        """Whether a letter may carry its address; see `ContactQuerySet.addressed`.

        An editor saw it within half a year, or it was read on the office's own page; and nothing
        that was sent there came back since.
        """
        if not (self.email and self.takes_letters and self.is_offered):
            return False
        was_seen = self.confidence == SeenAs.OFFICIAL and not self.weak_source
        return self.is_checked(day) or (was_seen and not self.returned)

    @property
    def is_directory(self) -> bool:
        return self.kind == ContactKind.DIRECTORY

    @property
    def official_page(self) -> str:
        """Where it can be looked up."""
        return self.web or self.form_url

    @property
    def language_names(self) -> list[str]:
        """The languages it reads, in that of the page."""
        return [language_name(code) for code in self.languages.split()]

    def confirm(self, *, by: User, on: date | None = None) -> None:
        """Note that an editor saw these details on the office's own page."""
        demand(by, CHECK_CONTACTS)
        on = on or timezone.localdate()
        if on > timezone.localdate():
            raise ValidationError(gettext("Nobody can have seen it on a day to come."))
        if not self.official_page:
            raise ValidationError(gettext("Say first which is the office’s own page."))
        self.checked_on, self.checked_by, self.checked_email = on, by, self.email
        self.returned, self.returned_on = 0, None
        self._save_by_staff("checked_on", "checked_by", "checked_email", "returned", "returned_on")

    @transaction.atomic
    def came_back(self, *, by: User | AnonymousUser, on: date | None = None) -> None:
        """Count a letter that could not be delivered there: no other gets this address.

        Until somebody confirms it anew, or a new one.
        """
        demand(by, CHECK_CONTACTS)
        if not self.email:
            raise ValidationError(gettext("There is no e-mail address from which it came back."))
        stored = type(self)._base_manager.select_for_update().get(pk=self.pk)
        self.returned, self.returned_on = stored.returned + 1, on or timezone.localdate()
        self._save_by_staff("returned", "returned_on")

    def _save_by_staff(self, *fields: str) -> None:
        """What staff said of it stands: `load_content` leaves the row alone from then on."""
        self.edited_by_staff_at = timezone.now()
        self.save(update_fields=[*fields, "edited_by_staff_at"])
