from collections.abc import Collection, Iterable
from uuid import uuid4

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from advocacy.models.bodies import Seat
from advocacy.models.content import Content, ContentQuerySet
from advocacy.models.enums import AskState, Audience, GoesTo, Phase, ResponseStatus, StepKind
from advocacy.models.meetings import Meeting
from advocacy.models.site import Site
from advocacy.models.text import Line, Slug, Text, Url

# What a letter goes to that only a named office can tell.
NEEDS_OFFICE = (GoesTo.OFFICE, GoesTo.LISTED)
NEEDS_NO_OFFICE = ("", *[goes_to for goes_to in GoesTo if goes_to not in NEEDS_OFFICE])


def codes_in(text):
    return [code.strip() for code in text.split(",") if code.strip()]


def status_or_phase(code):
    return ResponseStatus(code) if code in ResponseStatus.values else Phase(code)


def first_step(steps: "Iterable[ChecklistStep]", status: ResponseStatus) -> "ChecklistStep | None":
    """The first step, in the editors' order, that anyone can take now, else the first of others.

    `steps` are those of one ask, `status` is its status. Families and witnesses meet their steps
    on the ask and on the checklist: none of them is something that visitors or followers do.
    """
    open_now = [step for step in steps if step.is_open(status) and step.audience != Audience.FAMILY]
    return min(open_now, key=lambda step: step.audience != Audience.ANYONE, default=None)


class ChecklistStepQuerySet(ContentQuerySet["ChecklistStep"]):
    def insert(self, rows: "list[ChecklistStep]") -> None:
        super().insert(rows)
        self.keep_audiences({row.action_id for row in rows})

    def change(self, rows: "list[ChecklistStep]") -> None:
        before = self.filter(pk__in=[row.pk for row in rows]).order_by()
        asks = set(before.values_list("action", flat=True))
        super().change(rows)
        self.keep_audiences(asks | {row.action_id for row in rows})

    @transaction.atomic
    def delete(self):
        """Delete, and note with each ask whom its remaining steps are for."""
        asks = set(self.order_by().values_list("action", flat=True))
        deleted = super().delete()
        self.model.objects.keep_audiences(asks)
        return deleted

    def keep_audiences(self, asks: Collection[int]) -> None:
        """Note with these asks whom their steps are for: lists of asks read it there."""
        audiences = self.model.objects.audiences(asks)
        alike: dict[str, list[int]] = {}
        for ask in asks:
            alike.setdefault(audiences.get(ask, ""), []).append(ask)
        standings = apps.get_model("advocacy", "StandingToday").objects
        for words, keys in alike.items():
            standings.filter(pk__in=keys).update(audiences=words)

    def of_open_asks(self, day=None):
        """Steps of asks that are public and still open."""
        day = day or timezone.localdate()
        # Asks that are not public are few: looked up once, not joined to every step.
        asks = apps.get_model("advocacy", "StandingToday").objects.unpublished(day).values("pk")
        return self.filter(action__state=AskState.OPEN).exclude(action__in=asks)

    def with_related(self):
        return self.select_related("tally")

    def with_act_by(self):
        """Annotate until when acting helps at the next meeting of the body, where that is known."""
        chances = Meeting.objects.chances().filter(body=models.OuterRef("action__body"))
        return self.annotate(act_by=models.Subquery(chances.values("act_by")[:1]))

    def for_families_alone(self):
        """Steps written for families and witnesses, and no other: none sends them into public."""
        return self.filter(audience=Audience.FAMILY)

    def audiences(self, actions):
        """Whom the steps of these asks are for: {key of an ask: audiences with commas between}."""
        by_action: dict[int, list[str]] = {}
        pairs = self.filter(action__in=actions).values_list("action", "audience")
        for action, audience in pairs.order_by("action", "audience").distinct():
            by_action.setdefault(action, []).append(audience)
        return {action: ",".join(audiences) for action, audiences in by_action.items()}

    def safe_in(self, country: str) -> "ChecklistStepQuerySet":
        """Where the record says that writing is dangerous, what is read: nobody learns of it."""
        is_dangerous = country and Site.current().letters_are_dangerous(country)
        return self.filter(kind=StepKind.READ) if is_dangerous else self

    def matching(
        self, *, audience="", minutes="", kind="", body=None, issue=None, country="", day=None
    ):
        """Narrow to what an audience can do within some minutes, and to the asks it is about.

        Steps for anyone suit every audience. `country` narrows to the bodies in which that State
        sits or every State does, and to its own.
        """
        steps = self
        if kind:
            steps = steps.filter(kind=kind)
        if body:
            steps = steps.filter(action__body=body)
        if issue:
            steps = steps.filter(action__in=issue.asks.values("pk"))
        if country:
            seats = Seat.objects.held(day).filter(country=country)
            steps = steps.filter(
                models.Q(action__body__in=seats.values("body"))
                | models.Q(action__body__parent__in=seats.values("body"))
                | models.Q(action__body__all_states_sit=True)
                | models.Q(action__body__country=country)
            )
        if audience:
            steps = steps.filter(audience__in={audience, Audience.ANYONE})
        if minutes:
            steps = steps.filter(minutes__lte=minutes)
        return steps


class ChecklistStep(Content):
    """One thing a person can do to push one ask, for one audience."""

    TRANSLATED = ("title", "wording", "url_label")

    slug = Slug(
        _("slug"),
        max_length=80,
        unique=True,
        blank=True,
        help_text=_("By this files name it. Empty: made of the ask."),
    )
    action = models.ForeignKey(
        "RecommendedAction", on_delete=models.CASCADE, related_name="steps", verbose_name=_("ask")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    audience = Line(_("audience"), max_length=12, choices=Audience, default=Audience.ANYONE)
    kind = Line(_("kind"), max_length=8, choices=StepKind)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=10)
    title = Line(_("what to do"), max_length=200)
    wording = Text(
        _("wording"), help_text=_("Text to start from, in plain words that can be sent as it is.")
    )
    url = Url(_("official link"), max_length=500, blank=True)
    url_label = Line(_("what the link opens"), max_length=200, blank=True)

    goes_to = Line(
        _("letter to"),
        max_length=10,
        blank=True,
        choices=GoesTo,
        help_text=_(
            "Of a letter or an e-mail: whose address is looked for. Empty: somebody else, whom the"
            " step names."
        ),
    )
    office = models.ForeignKey(
        "ContactPoint",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="steps",
        verbose_name=_("office"),
        help_text=_("Which office the letter is for, or has the addresses of those it is for."),
    )
    when_status = Line(
        _("only while the status is"),
        max_length=120,
        blank=True,
        help_text=_(
            "Codes of statuses or phases, separated by commas (no_answer, blocked): outside them"
            " the step is shown as closed. Empty: always open."
        ),
    )

    history = HistoricalRecords()
    objects = ChecklistStepQuerySet.as_manager()

    class Meta:
        ordering = ["action", "position", "pk"]
        verbose_name = _("checklist step")
        verbose_name_plural = _("checklist steps")
        indexes = [
            # The lists go from bodies to their asks, and from each ask to the steps that suit.
            models.Index(fields=["action", "audience", "minutes"], name="step_for_whom")
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(audience__in=Audience.values)
                & models.Q(kind__in=StepKind.values)
                & models.Q(goes_to__in=["", *GoesTo.values]),
                name="checklist_step_audience_and_kind_are_known",
            ),
            models.CheckConstraint(
                condition=models.Q(office=None, goes_to__in=NEEDS_NO_OFFICE)
                | models.Q(office__isnull=False, goes_to__in=NEEDS_OFFICE),
                name="checklist_step_names_an_office_where_needed",
                violation_error_code="office",
                violation_error_message=_(
                    "Name an office if the letter is for it, or for others whose addresses it has;"
                    " else none."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(minutes__gte=1),
                name="checklist_step_takes_time",
                violation_error_message=_("Say how many minutes the step takes: at least 1."),
            ),
        ]

    def __str__(self):
        return self.title

    @transaction.atomic
    def save(self, *args, **kwargs):
        """Save, and note with the ask whom its steps are for: lists of asks read it there."""
        if not self.slug:
            self.slug = f"{slugify(self.action.reference)[:60]}-{uuid4().hex[:8]}"
        before = ChecklistStep.objects.filter(pk=self.pk).select_related("action").first()
        super().save(*args, **kwargs)
        for action in {self.action, before.action} if before else {self.action}:
            action.keep_audiences()

    @transaction.atomic
    def delete(self, *args, **kwargs):
        deleted = super().delete(*args, **kwargs)
        self.action.keep_audiences()
        return deleted

    def clean(self):
        super().clean()
        unknown = set(codes_in(self.when_status)) - {*ResponseStatus.values, *Phase.values}
        if unknown:
            codes = ", ".join(sorted(unknown))
            raise ValidationError(
                {"when_status": gettext("No status or phase: %(codes)s.") % {"codes": codes}}
            )

    @property
    def open_statuses(self):
        """The statuses and phases in which it makes sense; empty where it always does."""
        return [status_or_phase(code) for code in codes_in(self.when_status)]

    def is_open(self, status):
        """Whether it makes sense while the ask has this status (a ResponseStatus)."""
        open_statuses = self.open_statuses
        return not open_statuses or status in open_statuses or status.phase in open_statuses

    @property
    def is_letter(self):
        """Whether its wording goes to an office, so that it needs an address."""
        return self.kind in {StepKind.EMAIL, StepKind.LETTER}

    @property
    def is_written(self):
        """Whether its wording is a text to send, not a thing to do."""
        return self.kind in {
            StepKind.EMAIL,
            StepKind.LETTER,
            StepKind.POST,
            StepKind.CALL,
            StepKind.SHARE,
        }
