"""Telling followers of a State how it voted and what it said: once, and only if staff decide so."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advocacy.models.deliveries import Delivery
from advocacy.models.enums import CalledOff, DeliveryState, EditionKind, EditionState, Tell
from advocacy.models.follower_queryset import SubscriberQuerySet
from advocacy.models.followers import Subscriber
from advocacy.models.follows import Follow
from advocacy.models.roles import MAIL, demand
from advocacy.models.text import Line
from advocacy.models.told_of_silence import SilenceQuerySet, called_off

if TYPE_CHECKING:
    from advocacy.models.mailings import Edition

TIME_TO_CANCEL_NEWS = timedelta(minutes=10)
# How a decision calls itself; the other kind of row is a statement.
DECISION = "decision"


class StateNewsQuerySet(models.QuerySet["StateNews"]):
    def with_related(self) -> Self:
        return self.select_related(
            "decision__body", "decision__correction", "statement__correction"
        )

    def to_correct(self) -> Self:
        """News that were told, of what was corrected since, where nobody tells the correction."""
        corrected = models.Q(decision__correction__isnull=False, decision__correction__news=None)
        corrected |= models.Q(statement__correction__isnull=False, statement__correction__news=None)
        return self.filter(corrected).exclude(tell=Tell.NOBODY)

    def of_week(self, week: date) -> list["StateNews"]:
        """What is to be told of the seven days from a Monday on; nothing that was corrected."""
        start = datetime.combine(week, time.min, tzinfo=timezone.get_current_timezone())
        rows = self.filter(decided_at__gte=start, decided_at__lt=start + timedelta(days=7))
        rows = rows.exclude(tell=Tell.NOBODY).exclude(edition__state=EditionState.CANCELLED)
        return [news for news in rows.with_related().order_by("pk") if not news.row.is_corrected]


class StateNews(models.Model):
    """What staff decided about telling followers of a decision or a statement of their State."""

    decision = models.OneToOneField(
        "Decision",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="news",
        verbose_name=_("decision"),
    )
    statement = models.OneToOneField(
        "Statement",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="news",
        verbose_name=_("statement"),
    )
    tell = Line(_("tell followers"), max_length=7, choices=Tell)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("decided by"),
        editable=False,
    )
    decided_at = models.DateTimeField(_("decided at"), default=timezone.now, editable=False)

    objects = StateNewsQuerySet.as_manager()

    class Meta:
        ordering = ["-decided_at", "-pk"]
        verbose_name = _("news of States")
        verbose_name_plural = _("news of States")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decision=None, statement__isnull=False)
                | models.Q(decision__isnull=False, statement=None),
                name="state_news_is_of_one_row",
                violation_error_message=_("Choose a decision or a statement, not both."),
            ),
            models.CheckConstraint(
                condition=models.Q(tell__in=Tell.values), name="state_news_tell_is_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.row)

    @property
    def row(self) -> Any:
        """The decision or the statement that is told."""
        return self.decision or self.statement

    @property
    def chain(self) -> list[Any]:
        """The row, and what it corrects, what that corrected, and so on."""
        rows = [self.row]
        while rows[-1].corrects:
            rows.append(rows[-1].corrects)
        return rows

    def pass_on(self, tell: str) -> "StateNews":
        """News of the correction of this row, to be told so."""
        field = "decision" if self.decision else "statement"
        return StateNews.objects.create(
            tell=tell, decided_by=self.decided_by, **{field: self.row.correction}
        )

    @property
    def states(self) -> set[str]:
        """The codes of the States that voted or spoke, also by what this corrects."""
        return {code for row in self.chain for code in states_of(row)}


def states_of(row: Any) -> set[str]:
    """The codes of the States whose vote, or whose words, a row of the record holds."""
    if row.KIND == DECISION:
        return {ballot.state for ballot in row.ballots.all()}
    return {code for code in [row.state, *(said.state for said in row.joined.all())] if code}


class ToldOfState(NamedTuple):
    """What one follower is told: a piece of news, and which of the States they follow it is of."""

    news: StateNews
    states: tuple[str, ...]


class NewsQuerySet(SilenceQuerySet):
    """Mailings about States."""

    @transaction.atomic
    def tell_of_states(self, row: Any, tell: str, *, by: Any) -> StateNews:
        """Do what a member of staff decided about telling followers of the States of a row.

        Raises PermissionDenied, and ValidationError where nobody could be told of it.
        """
        demand(by, MAIL)
        if not states_of(row):
            refusal = gettext("It holds no vote and no words of a State: nobody could be told.")
            raise ValidationError(refusal)
        if row.is_corrected:
            raise ValidationError(gettext("This is already corrected: correct the newer one."))
        field = "decision" if row.KIND == DECISION else "statement"
        news = StateNews(tell=tell, decided_by=by, **{field: row})
        news.full_clean()
        news.save()
        self._plan_news(news)
        return news

    def _plan_news(self, news: StateNews) -> None:
        if news.tell == Tell.AT_ONCE:
            send_at = timezone.now() + TIME_TO_CANCEL_NEWS
            self.create(
                kind=EditionKind.STATES, news=news, planned_by=news.decided_by, send_at=send_at
            )

    @transaction.atomic
    def follow_corrections(self) -> None:
        """Tell of the correction of what was told or was about to be, in the same way.

        What has not gone out is called off first. That something never took place is told to
        nobody who had not been told that it did.
        """
        for news in StateNews.objects.to_correct().select_for_update(of=("self",)).with_related():
            waiting = self.filter(news=news, state=EditionState.PLANNED)
            is_untold = waiting.update(**called_off(CalledOff.REPLACED)) or (
                not Delivery.objects.reached().filter(edition__in=self._telling(news)).exists()
            )
            newer = news.row.correction
            if newer.took_place or not is_untold:
                self._plan_news(news.pass_on(news.tell))

    def hold_back_news(self) -> None:
        """After a backup was put back: corrections may have been told since it was made."""
        for news in StateNews.objects.to_correct().with_related():
            news.pass_on(Tell.NOBODY)

    def _telling(self, news: StateNews) -> Self:
        """The mailings that may have told a piece of news: its own, and that of its week."""
        day = timezone.localtime(news.decided_at).date()
        week = day - timedelta(days=day.weekday())
        return self.filter(models.Q(news=news) | models.Q(kind=EditionKind.STATES, week=week))

    def plan_states_of(self, week: date) -> "Edition | None":
        """The weekly mailing about States; None where nothing is to be told. Planned once."""
        if not StateNews.objects.of_week(week):
            return None
        edition, _created = self.get_or_create(
            kind=EditionKind.STATES,
            week=week,
            defaults={"send_at": timezone.now() + timedelta(hours=1)},
        )
        return edition


class News(models.Model):
    """Of a mailing about States: the one piece of news that it tells, unless it is of a week."""

    news = models.OneToOneField(
        StateNews,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="edition",
        verbose_name=_("news of States"),
    )

    # What the mailing itself knows.
    week: date | None

    class Meta:
        abstract = True

    def all_news(self) -> list[StateNews]:
        if self.news:
            return [] if self.news.row.is_corrected else [self.news]
        return StateNews.objects.of_week(self.week) if self.week else []

    def followers_of_states(self) -> SubscriberQuerySet:
        """Whom it may concern: followers of a State that voted or spoke."""
        states = {code for news in self.all_news() for code in news.states}
        return Subscriber.objects.of_states(states)

    def news_for(self, followers: Iterable[Subscriber]) -> dict[int, tuple[ToldOfState, ...]]:
        """What it tells each of these followers: {follower key: (news and States, …)}.

        What one was told at once is not told again.
        """
        follows: dict[int, set[str]] = {}
        for follow in Follow.objects.filter(subscriber__in=followers).exclude(state=""):
            follows.setdefault(follow.subscriber_id, set()).add(follow.state)
        rows = [(news, news.states) for news in self.all_news()]
        told = Delivery.objects.filter(
            subscriber__in=followers, edition__news__in=[news.pk for news, _states in rows]
        )
        told = told.exclude(state=DeliveryState.DROPPED).exclude(edition=self.pk)
        told_at_once = set(told.values_list("subscriber", "edition__news"))
        return {
            follower.pk: tuple(
                ToldOfState(news, tuple(sorted(states & follows.get(follower.pk, set()))))
                for news, states in rows
                if states & follows.get(follower.pk, set())
                and (follower.pk, news.pk) not in told_at_once
            )
            for follower in followers
        }
