"""Made-up staff, what they have in hand, and followers with their mailings."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone

from advocacy.models import (
    Delivery,
    DeliveryState,
    Draft,
    DraftState,
    Edition,
    EditionKind,
    EditionState,
    Follow,
    Frequency,
    SignIn,
    StatusUpdate,
    Subscriber,
    Tell,
)
from advocacy.models.addresses import address_hash, encrypt
from advocacy.models.drafts import NOT_WRITTEN
from advocacy.models.followers import new_public_id

STAFF = 6
MOST_NOTICES, DIGESTS, DIGESTS_WITH_DELIVERIES = 300, 100, 5


def make_staff():
    """Accounts that write the record and that nobody can sign in to."""
    people = get_user_model().objects
    return [
        people.get_or_create(username=f"load-editor-{n}", defaults={"is_active": False})[0]
        for n in range(STAFF)
    ]


class Desk:
    def __init__(self, content, staff):
        self.content, self.staff = content, staff
        self.insertion, self.random = content.insertion, content.random
        self.now = timezone.now()

    def make_drafts(self, number):
        """Drafts in every state; each says again how its ask stands."""
        fields = [f for f in StatusUpdate._meta.concrete_fields if f.name not in NOT_WRITTEN]
        standing = StatusUpdate.objects.not_corrected().responses().filter(corrects=None)
        answered = sorted(set(standing.order_by().values_list("action", flat=True)))
        chosen = self.random.sample(answered, min(number, len(answered)))
        entries = standing.filter(action__in=chosen).newest_first()
        newest = {entry.action_id: entry for entry in reversed(entries)}
        drafts = []
        for n, entry in enumerate(newest.values()):
            state = DraftState.values[n % len(DraftState)]
            is_open = state in (DraftState.WAITING, DraftState.RETURNED)
            second = next(one.pk for one in self.staff if one.pk != entry.recorded_by_id)
            drafts.append(
                Draft(
                    action_id=entry.action_id,
                    entry={field.attname: field.value_from_object(entry) for field in fields},
                    written_by_id=entry.recorded_by_id,
                    written_at=self.now - timedelta(hours=n),
                    state=state,
                    decided_by_id=None if is_open else second,
                    decided_at=None if is_open else self.now,
                    update=entry if state == DraftState.PUBLISHED else None,
                )
            )
        self.insertion.insert(Draft, drafts, len(drafts))

    def make_sign_ins(self, number):
        rows = [
            SignIn(
                user=self.random.choice(self.staff),
                tried_at=self.now - timedelta(hours=8 * n),
                outcome=self.random.choice(SignIn.Outcome.values),
                method="password",
            )
            for n in range(number)
        ]
        self.insertion.insert(SignIn, rows, number)

    def make_followers(self, number, asks):
        """Followers, each of one or two things, and the mailings that went to them."""
        languages = [code for code, _name in settings.LANGUAGES]
        rows = (
            Subscriber(
                public_id=new_public_id(),
                address=encrypt(f"follower-{n}@example.org"),
                address_hash=address_hash(f"follower-{n}@example.org"),
                language=self.random.choice(languages),
                frequency=self.random.choice(Frequency.values),
            )
            for n in range(number)
        )
        followers = self.insertion.insert(Subscriber, rows, number)
        self.insertion.insert(Follow, self.follows(followers, asks), None)
        self.make_mailings(followers)

    def follows(self, followers, asks):
        for follower in followers:
            subjects = [
                {},
                {"issue_id": self.content.skewed(self.content.issues, 2)[0]},
                {"body_id": self.content.skewed(self.content.bodies, 2)},
                {"action_id": self.random.choice(asks).key},
            ]
            for subject in self.random.sample(subjects, self.random.choice([1, 1, 2])):
                yield Follow(subscriber_id=follower, **subject)

    def make_mailings(self, followers):
        told = StatusUpdate.objects.filter(tell=Tell.AT_ONCE).newest_first()[:MOST_NOTICES]
        done = {"state": EditionState.SENT, "planned_by": self.staff[0]}
        notices = [
            Edition(
                kind=EditionKind.NOTICE,
                entry=entry,
                sent_entry=entry,
                send_at=entry.recorded_at,
                **done,
            )
            for entry in told
        ]
        self.insertion.insert(Edition, notices, len(notices))
        monday = self.content.today - timedelta(days=self.content.today.weekday())
        digests = [
            Edition(
                kind=EditionKind.DIGEST,
                week=monday - timedelta(weeks=n),
                send_at=self.now - timedelta(weeks=n - 1),
                **done,
            )
            for n in range(1, DIGESTS + 1)
        ]
        keys = self.insertion.insert(Edition, digests, len(digests))
        deliveries = (
            Delivery(
                edition_id=key,
                subscriber_id=follower,
                state=DeliveryState.SENT,
                attempts=1,
                sent_at=self.now,
            )
            for key in keys[:DIGESTS_WITH_DELIVERIES]
            for follower in followers
        )
        self.insertion.insert(Delivery, deliveries, DIGESTS_WITH_DELIVERIES * len(followers))
