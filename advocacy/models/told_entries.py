"""Which entries a mailing tells, and to whom each of them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from advocacy.models.deliveries import Delivery, corrections_owed, telling
from advocacy.models.enums import DeliveryState, EditionKind
from advocacy.models.follows import Follow
from advocacy.models.responses import StatusUpdate
from advocacy.models.state_mailings import News
from advocacy.models.told_of_silence import Silence
from advocacy.models.update_queryset import StatusUpdateQuerySet

if TYPE_CHECKING:
    from advocacy.models.followers import Subscriber


class TellsEntries(Silence, News):
    """Of a mailing: the entries that it tells, and which of them concern a follower."""

    # What the mailing itself knows.
    kind: str
    week: date | None
    entry: Any
    sent_entry: Any

    class Meta:
        abstract = True

    @property
    def entry_to_tell(self) -> StatusUpdate:
        """What a notice tells: an entry corrected before it went out is told corrected."""
        entry = self.sent_entry or self.entry
        assert entry, "A digest has no entry of its own."
        while not self.sent_entry and entry.is_corrected:
            entry = entry.correction
        return entry

    def entries(self) -> StatusUpdateQuerySet:
        """What an edition tells; the entries of a digest are ordered by issue and day."""
        entries = StatusUpdate.objects.with_related().prefetch_related("action__steps")
        if self.kind == EditionKind.NOTICE:
            return entries.filter(pk=self.entry_to_tell.pk)
        return entries.filter(pk__in=[*self._for_all(), *self._corrections()]).order_by(
            "action__issue__position", "action__issue__title", "happened_on", "pk"
        )

    def told_to(self, followers: "Iterable[Subscriber]") -> Mapping[int, Sequence[Any]]:
        """What it tells each of these followers, if it is no notice: {follower key: […]}."""
        if self.kind == EditionKind.STATES:
            return self.news_for(followers)
        return self.entries_for(followers)

    def _for_all(self) -> set[int]:
        """The keys of what it tells to all whom it concerns."""
        if self.kind == EditionKind.SILENCE:
            return {look.pk for look in self.looks()}
        return set(StatusUpdate.objects.for_digest(self.week).values_list("pk", flat=True))

    def _corrections(self) -> dict[int, list[int]]:
        return corrections_owed(self.week) if self.week else {}

    def entries_for(self, followers: "Iterable[Subscriber]") -> dict[int, list[StatusUpdate]]:
        """What it tells each of these followers, if it is no notice: {follower key: [entry, …]}.

        What concerns them, and the correction of whatever they were told before. What one was
        told at once is not told again.
        """
        entries = list(self.entries())
        owed, for_all = self._owed_to(followers), self._for_all()
        follows: dict[int, list[Follow]] = {}
        for follow in Follow.objects.filter(subscriber__in=followers):
            follows.setdefault(follow.subscriber_id, []).append(follow)
        told_at_once = set(
            Delivery.objects.filter(subscriber__in=followers, edition__sent_entry__in=entries)
            .exclude(state=DeliveryState.DROPPED)
            .values_list("subscriber", "edition__sent_entry")
        )
        return {
            follower.pk: [
                entry
                for entry in entries
                if (follower.pk, entry.pk) not in told_at_once
                and (
                    (follower.pk, entry.pk) in owed
                    or (
                        entry.pk in for_all
                        and any(follow.covers(entry) for follow in follows.get(follower.pk, []))
                    )
                )
            ]
            for follower in followers
        }

    def _owed_to(self, followers: "Iterable[Subscriber]") -> set[tuple[int, int]]:
        """Which of these followers were told of what an entry corrects: {(follower, entry)}."""
        owed = set()
        for correction, corrected in self._corrections().items():
            for told in telling(corrected):
                keys = told.filter(subscriber__in=followers).values_list("subscriber", flat=True)
                owed |= {(key, correction) for key in keys}
        return owed
