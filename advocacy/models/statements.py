"""What States, organisations and bodies said: dated, sourced, added and never changed."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advocacy.models.chain import Link
from advocacy.models.dates import machine_day
from advocacy.models.enums import DatePrecision
from advocacy.models.page_addresses import page_address
from advocacy.models.recorded import (
    OF_A_STATE,
    Part,
    Recorded,
    RecordedQuerySet,
    insert_all,
    is_a_state,
    rules_of,
    witness,
)
from advocacy.models.sources import whole_sources
from advocacy.models.stances import StatementAsk, check_stances
from advocacy.models.text import Line, Text

SPEAKERS = ("state", "organisation", "body")
IS_OF_A_STATE = models.Q(organisation=None, body=None) & ~models.Q(state="")
IS_OF_AN_ORGANISATION = models.Q(organisation__isnull=False, body=None, state="")
IS_OF_A_BODY = models.Q(organisation=None, body__isnull=False, state="")


class StatementQuerySet(RecordedQuerySet["Statement"]):
    DAY = "said_on"

    def with_related(self) -> Self:
        """Fetch what is shown of a statement wherever it stands."""
        related = ("organisation", "body", "forum_body", "corrects", "correction")
        return self.select_related(*related).prefetch_related(
            whole_sources(),
            "joined",
            models.Prefetch("stances", StatementAsk.objects.with_related()),
        )

    def of_state(self, state: str) -> Self:
        """What a State said alone, or with others in one statement."""
        joined = CoSpeaker.objects.filter(state=state).values("statement")
        return self.filter(models.Q(state=state) | models.Q(pk__in=joined))

    def of_body(self, body: Any) -> Self:
        """What a body said; of a government, what its State said, which is the same."""
        said = models.Q(body=body)
        if body.speaks_for_its_state:
            joined = CoSpeaker.objects.filter(state=body.country).values("statement")
            said |= models.Q(state=body.country) | models.Q(pk__in=joined)
        return self.filter(said)

    def bearing_on(self, asks: Iterable[Any]) -> Self:
        return self.filter(pk__in=StatementAsk.objects.filter(action__in=asks).values("statement"))

    def with_stance(self, stance: str) -> Self:
        """Statements that take a stance on an ask; support counts only where it is explicit."""
        stances = StatementAsk.objects.taking(stance)
        return self.filter(pk__in=stances.values("statement"))

    @transaction.atomic
    def enter(
        self,
        *,
        by: Any,
        said_on: date,
        sources: Iterable[Any],
        asks: Iterable[Mapping[str, Any]] = (),
        joined: Iterable[str] = (),
        **said: Any,
    ) -> "Statement":
        """Add a statement, whoever writes it: for content that comes with the program.

        `asks` are the fields of StatementAsk, `joined` the codes of States that spoke with the
        speaker. Raises ValidationError keyed by field.
        """
        sources, joined = [*dict.fromkeys(sources)], [*dict.fromkeys(joined)]
        statement = self.model(said_on=said_on, recorded_by=by, **said)
        if not statement.slug:
            statement.slug = self.free_slug(statement.speaker_key, said_on)
        stances = statement.make_stances(asks, by=by)
        statement.check_record(
            statement.check_speaker,
            statement.check_double,
            lambda: check_sources(sources),
            lambda: check_joined(statement, joined),
            lambda: check_stances(stances),
        )
        bodies = [body for body in (statement.body, statement.forum_body) if body]
        witness([*bodies, *sources, *(stance.action for stance in stances)])
        insert_all(
            statement,
            {
                StatementSource: [{"source": source} for source in sources],
                CoSpeaker: [{"state": state} for state in joined],
            },
        )
        for stance in stances:
            stance.statement = statement
            stance.save_base(force_insert=True)
        Link.objects.append_all([statement, *stances])
        return statement


class Statement(Recorded):
    """What a State, an organisation or a body said on a day, in its words or in ours.

    Append-only: a wrong one is corrected by a new one that names it.
    """

    TRANSLATED = ("forum", "office", "quote", "point", "correction_reason")

    KIND = "statement"
    HASHED: ClassVar[list[str]] = [
        "slug",
        "state",
        "organisation_id",
        "body_id",
        "forum",
        "forum_body_id",
        "said_on",
        "said_precision",
        "office",
        "quote",
        "quote_language",
        "point",
        "took_place",
        "recorded_at",
        "recorded_by_id",
        "approved_by_id",
        "corrects_id",
        "correction_reason",
        "sources",
        "joined",
    ]
    PARTS: ClassVar[Mapping[str, tuple[str, str]]] = {
        "sources": ("cited", "source_id"),
        "joined": ("joined", "state"),
    }

    state = Line(
        _("State"),
        max_length=2,
        blank=True,
        validators=OF_A_STATE,
        help_text=_("Its two letters (ISO 3166). One of the three is the speaker."),
    )
    organisation = models.ForeignKey(
        "Organisation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="statements",
        verbose_name=_("organisation"),
    )
    body = models.ForeignKey(
        "TargetBody",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="statements",
        verbose_name=_("body"),
    )
    forum = Line(
        _("where it was said"),
        max_length=200,
        blank=True,
        help_text=_("Meeting, debate or page: 9767th meeting, explanation of vote."),
    )
    forum_body = models.ForeignKey(
        "TargetBody",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="statements_heard",
        verbose_name=_("before which body"),
    )
    said_on = models.DateField(_("said on"))
    said_precision = Line(
        _("precision of the date"),
        max_length=5,
        choices=DatePrecision,
        default=DatePrecision.DAY,
    )
    office = Line(
        _("office of the speaker"), max_length=200, blank=True, help_text=_("The office, no name.")
    )
    quote = Text(_("exact words"), blank=True, help_text=_("In the language they were said in."))
    quote_language = Line(_("language of the words"), max_length=16, blank=True)
    point = Text(_("what it said"), blank=True, help_text=_("In our words, and no more than it."))
    sources = models.ManyToManyField(
        "advocacy.Source",
        through="advocacy.StatementSource",
        related_name="statements",
        verbose_name=_("sources"),
    )

    objects = StatementQuerySet.as_manager()

    class Meta:
        ordering = ["-said_on", "-pk"]
        base_manager_name = "objects"
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        constraints = [
            *rules_of("said_on"),
            models.CheckConstraint(
                condition=IS_OF_A_STATE | IS_OF_AN_ORGANISATION | IS_OF_A_BODY,
                name="statement_has_one_speaker",
                violation_error_code="state",
                violation_error_message=_(
                    "Name one speaker: a State, an organisation or a body, and not two of them."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(said_precision__in=DatePrecision.values),
                name="statement_precision_is_known",
                violation_error_code="said_precision",
                violation_error_message=_("Choose how much of the date is known."),
            ),
            models.CheckConstraint(
                condition=~models.Q(forum="") | models.Q(forum_body__isnull=False),
                name="statement_was_made_somewhere",
                violation_error_code="forum",
                violation_error_message=_("Say where it was said: in words, or before which body."),
            ),
            models.CheckConstraint(
                condition=~models.Q(quote="") | ~models.Q(point=""),
                name="statement_says_something",
                violation_error_code="point",
                violation_error_message=_("Without its exact words, say in ours what it said."),
            ),
            models.CheckConstraint(
                condition=models.Q(quote="", quote_language="")
                | (~models.Q(quote="") & ~models.Q(quote_language="")),
                name="statement_quote_has_a_language",
                violation_error_code="quote_language",
                violation_error_message=_(
                    "Exact words are in a language; without them there is none."
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["-said_on", "-id"], name="statement_newest"),
            models.Index(fields=["state", "-said_on"], name="statement_of_state"),
        ]

    @classmethod
    def language_field(cls, field: str) -> str:
        """What is quoted is in the speaker's words; the rest in ours."""
        return "quote_language" if field == "quote" else ""

    def __str__(self) -> str:
        return f"{self.day} {self.speaker_key}"

    def get_absolute_url(self) -> str:
        return page_address("statement_detail", self.slug)

    @property
    def day(self) -> str:
        return machine_day(self.said_on, self.said_precision)

    @property
    def speaker_key(self) -> str:
        """What names the speaker in files: the code of a State, or the slug of who else it was."""
        other = self.organisation or self.body
        return self.state or (other.slug if other else "")

    @property
    def states(self) -> list[str]:
        """The codes of all States that said it."""
        return [*filter(None, [self.state]), *(row.state for row in self.joined.all())]

    def make_stances(self, asks: Iterable[Mapping[str, Any]], *, by: Any) -> list[StatementAsk]:
        """What it says to some asks, not written yet, each named after its ask."""
        rows = [{"recorded_by": by, **said} for said in asks]
        for said in rows:
            said["slug"] = said.get("slug") or f"{self.slug}-on-{said['action'].slug}"
        return [StatementAsk(**said) for said in rows]

    def check_speaker(self) -> None:
        """Refuse a government as a body, whose State is the speaker."""
        if self.body and self.body.speaks_for_its_state:
            refusal = gettext("“%(body)s” speaks for its State: name the State, %(code)s.")
            words = {"body": self.body, "code": self.body.country}
            raise ValidationError({"body": refusal % words})

    def check_double(self) -> None:
        """Refuse what the record has already: the same words of the same speaker on that day."""
        same = {name: getattr(self, name) for name in (*SPEAKERS, "said_on", "quote", "point")}
        others = Statement.objects.in_force().filter(**same)
        if self.corrects_id:
            others = others.exclude(pk=self.corrects_id)
        if others.exists():
            field = "quote" if self.quote else "point"
            refusal = gettext(
                "The record has this statement of that day already. Correct that one."
            )
            raise ValidationError({field: refusal})


class CoSpeaker(Part):
    """A State that said the same in one statement with the speaker."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="joined")
    state = Line(_("State"), max_length=2)

    class Meta(Part.Meta):
        verbose_name = _("State that joined a statement")
        verbose_name_plural = _("States that joined statements")
        constraints = [
            models.UniqueConstraint(fields=["statement", "state"], name="co_speaker_is_named_once"),
            models.CheckConstraint(condition=~models.Q(state=""), name="co_speaker_is_a_state"),
        ]
        indexes = [models.Index(fields=["state", "statement"], name="co_speaker_of_state")]

    def __str__(self) -> str:
        return f"{self.statement_id}: {self.state}"


class StatementSource(Part):
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="cited")
    source = models.ForeignKey("Source", on_delete=models.PROTECT, related_name="+")

    class Meta(Part.Meta):
        verbose_name = _("source of a statement")
        verbose_name_plural = _("sources of statements")
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "source"], name="statement_source_is_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.statement_id}: {self.source_id}"


def check_sources(sources: Iterable[Any]) -> None:
    """Refuse a statement that nothing supports. Where only copies do, pages say so."""
    if not [*sources]:
        raise ValidationError({"sources": gettext("Name a source that says so.")})


def check_joined(statement: Statement, joined: Iterable[str]) -> None:
    for code in joined:
        try:
            is_a_state(code)
        except ValidationError as error:
            raise ValidationError({"joined": error.messages}) from error
        if code == statement.state:
            refusal = gettext("%(state)s is the speaker already.")
            raise ValidationError({"joined": refusal % {"state": code}})
