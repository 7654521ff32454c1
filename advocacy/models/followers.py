"""Who follows the record by e-mail, and what each of them asked to hear of."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Self

from django.core.signing import BadSignature
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from advocacy.models.addresses import (
    address_hash,
    address_hashes,
    decrypt,
    encrypt,
    masked,
    signer,
)
from advocacy.models.enums import Frequency, SubscriberState
from advocacy.models.responses import StatusUpdate
from advocacy.models.subjects import Subject, one_subject

CONFIRM_WITHIN = timedelta(days=7)
KEEP_HASH = timedelta(days=365)
CONFIRMATIONS_A_DAY = 3
PUBLIC_ID_BYTES = 12


def new_public_id() -> str:
    return secrets.token_urlsafe(PUBLIC_ID_BYTES)


class SignUpQuerySet(models.QuerySet["SignUp"]):
    def ask(self, address, *, issue=None, body=None, action=None, language, frequency):
        """Note that somebody typed this address. Nothing of it counts until it is confirmed."""
        return self.create(
            public_id=new_public_id(),
            address=encrypt(address),
            address_hash=address_hash(address),
            issue=issue,
            body=body,
            action=action,
            language=language,
            frequency=frequency,
        )

    def by_token(self, token: str) -> "SignUp | None":
        """The sign-up a link was made for, or None."""
        try:
            public_id = signer("sign-up").unsign(token)
        except BadSignature:
            return None
        return self.filter(public_id=public_id).select_related("issue", "body", "action").first()

    def outdated(self, now: datetime | None = None) -> Self:
        return self.filter(created_at__lt=(now or timezone.now()) - CONFIRM_WITHIN)


class SignUp(Subject):
    """A wish to follow that its address has not confirmed yet. Deleted after seven days."""

    public_id = models.CharField(max_length=16, unique=True, editable=False)
    address_hash = models.CharField(max_length=64, db_index=True, editable=False)
    address = models.TextField(editable=False)
    # The forms offer those of LANGUAGES: as choices here, a change of them would be a migration.
    language = models.CharField(_("language"), max_length=16)
    frequency = models.CharField(_("how often"), max_length=7, choices=Frequency)
    created_at = models.DateTimeField(_("asked for on"), default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(null=True, editable=False)
    mailed_on = models.DateField(null=True, editable=False)
    mail_number = models.PositiveSmallIntegerField(null=True, editable=False)

    objects = SignUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-up")
        verbose_name_plural = _("sign-ups")
        constraints = [
            one_subject("sign_up_has_one_subject"),
            models.CheckConstraint(
                condition=models.Q(mail_number=None)
                | models.Q(mail_number__range=(1, CONFIRMATIONS_A_DAY)),
                name="sign_up_mails_few_a_day",
            ),
            # The database counts: whatever the source, an address gets so many mails a day.
            models.UniqueConstraint(
                fields=["address_hash", "mailed_on", "mail_number"],
                name="sign_up_mail_is_counted_once",
            ),
        ]

    def __str__(self):
        return f"{self.subject}"

    @property
    def token(self) -> str:
        return signer("sign-up").sign(self.public_id)

    @property
    def is_expired(self) -> bool:
        return self.created_at < timezone.now() - CONFIRM_WITHIN

    @property
    def plain_address(self) -> str:
        return decrypt(self.address)

    def take_mail_slot(self) -> bool:
        """Whether a confirmation may go to the address today; if so it is counted."""
        if self.mailed_on:
            return True
        self.mailed_on = timezone.localdate()
        row = SignUp.objects.filter(pk=self.pk)
        for number in range(1, CONFIRMATIONS_A_DAY + 1):
            try:
                with transaction.atomic():
                    return row.update(mailed_on=self.mailed_on, mail_number=number) == 1
            except IntegrityError:
                continue
        return False

    @transaction.atomic
    def confirm(self) -> "Subscriber | None":
        """Follow what was asked for. A repeat changes nothing.

        None where it was deleted meanwhile: its address left.
        """
        # One at a time: the same link may be confirmed twice at once.
        try:
            self.refresh_from_db(from_queryset=SignUp.objects.select_for_update())
        except SignUp.DoesNotExist:
            return None
        address = self.plain_address
        subscriber = Subscriber.objects.select_for_update().by_address(address)
        if subscriber is None:
            subscriber, _created = Subscriber.objects.select_for_update().get_or_create(
                address_hash=address_hash(address),
                defaults={
                    "public_id": new_public_id(),
                    "address": encrypt(address),
                    "language": self.language,
                    "frequency": self.frequency,
                },
            )
        if self.confirmed_at is None:
            subscriber.address = encrypt(address)
            subscriber.language = self.language
            subscriber.frequency = self.frequency
            subscriber.state = SubscriberState.CONFIRMED
            subscriber.confirmed_at = subscriber.confirmed_at or timezone.now()
            subscriber.ended_at = None
            subscriber.save(force_update=True)
            subscriber.follows.get_or_create(issue=self.issue, body=self.body, action=self.action)
            self.confirmed_at = timezone.now()
            self.save(update_fields=["confirmed_at"])
        return subscriber


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
        return self.confirmed().filter(public_id=public_id).first()

    def confirmed(self) -> Self:
        return self.filter(state=SubscriberState.CONFIRMED)

    def following(self, entries: Iterable[StatusUpdate]) -> Self:
        """Followers of the issue, body or ask of any of these entries, or of everything."""
        actions = [entry.action for entry in entries]
        follows = Follow.objects.filter(subscriber=models.OuterRef("pk")).filter(
            models.Q(issue=None, body=None, action=None)
            | models.Q(issue__in={action.issue_id for action in actions})
            | models.Q(body__in={action.body_id for action in actions})
            | models.Q(action__in={action.pk for action in actions})
        )
        return self.confirmed().filter(models.Exists(follows))

    def outdated(self, now: datetime | None = None) -> Self:
        """Rows of which only the hash is left, and that for twelve months."""
        return self.filter(ended_at__lt=(now or timezone.now()) - KEEP_HASH)


class Subscriber(models.Model):
    """A confirmed e-mail address; once it left or bounced, nothing but its keyed hash."""

    public_id = models.CharField(max_length=16, unique=True, editable=False)
    address_hash = models.CharField(max_length=64, unique=True, editable=False)
    address = models.TextField(blank=True, editable=False)
    language = models.CharField(_("language"), max_length=16, blank=True)
    frequency = models.CharField(_("how often"), max_length=7, choices=Frequency, blank=True)
    state = models.CharField(
        _("state"), max_length=9, choices=SubscriberState, default=SubscriberState.CONFIRMED
    )
    confirmed_at = models.DateTimeField(
        _("confirmed on"), null=True, default=timezone.now, editable=False
    )
    ended_at = models.DateTimeField(_("ended on"), null=True, editable=False)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("follower")
        verbose_name_plural = _("followers")
        permissions = [
            ("reveal_subscriber", "Can see the full address of a follower"),
            ("export_subscriber", "Can export the addresses of followers"),
        ]
        indexes = [models.Index(fields=["state", "frequency", "id"], name="follower_to_mail")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state=SubscriberState.CONFIRMED, ended_at=None)
                & ~models.Q(address="")
                & ~models.Q(language="")
                & ~models.Q(frequency="")
                | ~models.Q(state=SubscriberState.CONFIRMED)
                & models.Q(
                    ended_at__isnull=False,
                    confirmed_at=None,
                    address="",
                    language="",
                    frequency="",
                ),
                name="follower_who_ended_is_a_hash",
            ),
        ]

    def __str__(self):
        return self.masked_address

    @property
    def token(self) -> str:
        return signer("follower").sign(self.public_id)

    @property
    def plain_address(self) -> str:
        return decrypt(self.address)

    @property
    def masked_address(self) -> str:
        return masked(self.plain_address) if self.address else "•••"

    @transaction.atomic
    def change(self, *, language, frequency, keep=None, add=None):
        """Change how this follower hears of the record. False where they left meanwhile.

        `keep` are the follows that stay; `add` is one more subject, as keyword arguments.
        """
        if not self._update(language=language, frequency=frequency):
            return False
        if keep is not None:
            self.follows.exclude(pk__in=[follow.pk for follow in keep]).delete()
        if add is not None:
            self.follows.get_or_create(**{"issue": None, "body": None, "action": None, **add})
        return True

    def leave(self) -> None:
        self._end(SubscriberState.LEFT)

    def bounce(self) -> None:
        self._end(SubscriberState.BOUNCED)

    @transaction.atomic
    def _end(self, state: str) -> None:
        """Keep the keyed hash and nothing else; old links stop working."""
        self._sign_ups().delete()
        ended = self._update(
            public_id=new_public_id(),
            address="",
            language="",
            frequency="",
            state=state,
            confirmed_at=None,
            ended_at=timezone.now(),
        )
        if ended:
            self.follows.all().delete()
            self.deliveries.update(subscriber=None)

    @transaction.atomic
    def forget(self) -> None:
        """Delete everything, the hash as well."""
        self._sign_ups().delete()
        # Taken first, as by all who write to a follower, so that none waits for another in turn.
        if row := Subscriber.objects.select_for_update().filter(pk=self.pk).first():
            row.delete()

    def _update(self, **values: Any) -> bool:
        """Write these columns alone. False where the follower ended since this row was read."""
        for name, value in values.items():
            setattr(self, name, value)
        return Subscriber.objects.confirmed().filter(pk=self.pk).update(**values) == 1

    def _sign_ups(self) -> SignUpQuerySet:
        """What the address asked for, under whichever key its hash was made."""
        hashes = address_hashes(self.plain_address) if self.address else []
        return SignUp.objects.filter(address_hash__in=[self.address_hash, *hashes])

    def held_data(self) -> dict[str, Any]:
        """Everything the site holds about this follower, for them to read."""
        return {
            "address": self.plain_address,
            "language": self.language,
            "frequency": self.frequency,
            "confirmed_at": self.confirmed_at and self.confirmed_at.isoformat(),
            "follows": [
                {"what": str(follow.subject), "since": follow.created_at.isoformat()}
                for follow in self.follows.with_related()
            ],
            "messages": [
                {
                    "edition": str(delivery.edition),
                    "state": delivery.state,
                    "sent_at": delivery.sent_at and delivery.sent_at.isoformat(),
                }
                for delivery in self.deliveries.select_related("edition").order_by("pk")
            ],
        }


class FollowQuerySet(models.QuerySet["Follow"]):
    def with_related(self) -> Self:
        return self.select_related("issue", "body", "action").order_by("pk")


class Follow(Subject):
    """What one follower follows."""

    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.CASCADE, related_name="follows", verbose_name=_("follower")
    )
    created_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    objects = FollowQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow")
        verbose_name_plural = _("follows")
        constraints = [
            one_subject("follow_has_one_subject"),
            models.UniqueConstraint(
                fields=["subscriber"],
                condition=models.Q(issue=None, body=None, action=None),
                name="follow_everything_once",
            ),
            models.UniqueConstraint(fields=["subscriber", "issue"], name="follow_issue_once"),
            models.UniqueConstraint(fields=["subscriber", "body"], name="follow_body_once"),
            models.UniqueConstraint(fields=["subscriber", "action"], name="follow_ask_once"),
        ]

    def __str__(self):
        return str(self.subject)
