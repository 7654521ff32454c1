"""Finding followers by address, by link and by what they follow; taking back those refused."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.core.signing import BadSignature
from django.db import models, transaction
from django.utils import timezone

from advocacy.models.addresses import address_hashes, signer
from advocacy.models.enums import SubscriberState
from advocacy.models.follows import Follow
from advocacy.models.refusals import Refusal
from advocacy.models.responses import StatusUpdate
from advocacy.models.roles import TAKE_BACK, demand
from advocacy.models.subjects import NO_SUBJECT

if TYPE_CHECKING:
    from advocacy.models.followers import Subscriber

KEEP_HASH = timedelta(days=365)
# How long an ending by refusals can be undone.
KEEP_BOUNCED = timedelta(days=30)
ROWS_AT_ONCE = 1000


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def by_address(self, address: str) -> "Subscriber | None":
        """The one row of an address, whatever its state, or None."""
        return self.filter(address_hash__in=address_hashes(address)).first()

    def by_token(self, token: str) -> "Subscriber | None":
        """The follower a link was made for, or None."""
        try:
            public_id = signer("follower").unsign(token)
        except BadSignature:
            return None
        return self.with_address().filter(public_id=public_id).first()

    def confirmed(self) -> Self:
        return self.filter(state=SubscriberState.CONFIRMED)

    def with_address(self) -> Self:
        """Those whose address we hold: confirmed, or ended by refusals in the last thirty days."""
        return self.exclude(address="")

    def bounced(self) -> Self:
        """Those ended by refusals whose ending can still be undone."""
        return self.with_address().filter(state=SubscriberState.BOUNCED)

    def bounced_for_good(self, now: datetime | None = None) -> Self:
        """Those ended by refusals so long ago that the address goes."""
        return self.bounced().filter(ended_at__lt=(now or timezone.now()) - KEEP_BOUNCED)

    def reduce(self) -> int:
        """Keep only the keyed hash of these followers; returns how many there were."""
        return sum(follower.reduce() for follower in list(self))

    @transaction.atomic
    def take_back(self, *, by) -> list["Subscriber"]:
        """Undo the ending of these by refusals; returns those who follow again."""
        demand(by, TAKE_BACK)
        back = list(self.bounced().select_for_update(of=("self",)).order_by("pk"))
        for start in range(0, len(back), ROWS_AT_ONCE):
            keys = [follower.pk for follower in back[start : start + ROWS_AT_ONCE]]
            # The days counted so far would end them again at the next refusal.
            Refusal.objects.filter(subscriber__in=keys).delete()
            self.model.objects.filter(pk__in=keys).update(
                state=SubscriberState.CONFIRMED, ended_at=None
            )
        return back

    def following(self, entries: Iterable[StatusUpdate]) -> Self:
        """Followers of the issue, body or ask of any of these entries, or of everything."""
        actions = [entry.action for entry in entries]
        follows = Follow.objects.filter(subscriber=models.OuterRef("pk")).filter(
            models.Q(**NO_SUBJECT)
            | models.Q(issue__in={pk for action in actions for pk in action.issue_ids})
            | models.Q(body__in={action.body_id for action in actions})
            | models.Q(action__in={action.pk for action in actions})
        )
        return self.confirmed().filter(models.Exists(follows))

    def of_states(self, states: Iterable[str]) -> Self:
        """Followers of any of these States."""
        follows = Follow.objects.filter(subscriber=models.OuterRef("pk"), state__in=set(states))
        return self.confirmed().filter(models.Exists(follows))

    def outdated(self, now: datetime | None = None) -> Self:
        """Rows of which only the hash is left, and that for twelve months."""
        return self.filter(ended_at__lt=(now or timezone.now()) - KEEP_HASH)
