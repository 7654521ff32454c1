"""Who follows the record by e-mail, and how each of them came and went."""

from datetime import date, datetime, timedelta
from typing import Any, Self

from django.core.signing import BadSignature
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from advocacy.models.addresses import (
    address_hash,
    address_hashes,
    canonical,
    decrypt,
    encrypt,
    mailbox,
    masked,
    new_public_id,
    signer,
)
from advocacy.models.enums import Frequency, RefusalKind, SubscriberState
from advocacy.models.follower_queryset import SubscriberQuerySet
from advocacy.models.networks import NetworkUse
from advocacy.models.refusals import Refusal
from advocacy.models.subjects import NO_SUBJECT, Subject, one_subject
from advocacy.models.text import Line, Text

CONFIRM_WITHIN = timedelta(days=7)
CONFIRMATIONS_A_DAY = 3


class SignUpQuerySet(models.QuerySet["SignUp"]):
    def ask(self, address, *, language, frequency, of_silence=False, **subject):
        """Note that somebody typed this address. Nothing of it counts until it is confirmed."""
        return self.create(
            public_id=new_public_id(),
            address=encrypt(canonical(address)),
            address_hash=address_hash(address),
            mailbox_hash=address_hash(mailbox(address)),
            language=language,
            frequency=frequency,
            of_silence=of_silence,
            **subject,
        )

    def mail_turn(self, address: str) -> datetime | None:
        """When the next confirmation to this address may go by the ceiling of the whole site.

        None means at once. It is taken before the sign-up is written: whoever comes at the same
        moment waits for one statement, not for all that belongs to a sign-up.
        """
        today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        asked = self.filter(mailbox_hash=address_hash(mailbox(address)), created_at__gte=today)
        # A mailbox that gets none today takes nobody's turn.
        too_many = asked.count() >= CONFIRMATIONS_A_DAY
        return None if too_many else NetworkUse.objects.take_turn()

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

    public_id = Line(max_length=16, unique=True, editable=False)
    address_hash = Line(max_length=64, db_index=True, editable=False)
    mailbox_hash = Line(max_length=64, db_index=True, editable=False)
    address = Text(editable=False)
    # The forms offer those of LANGUAGES: as choices here, a change of them would be a migration.
    language = Line(_("language"), max_length=16)
    frequency = Line(_("how often"), max_length=7, choices=Frequency)
    of_silence = models.BooleanField(_("also when nothing happens"), default=False)
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
            # The database counts: whatever the source, a mailbox gets so many mails a day.
            models.UniqueConstraint(
                fields=["mailbox_hash", "mailed_on", "mail_number"],
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
        """Whether a confirmation may go to the mailbox today; if so it is counted."""
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

        An address that was ended by refusals gets its mail, so it follows again what it did before.
        None where the sign-up was deleted meanwhile: its address left.
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
            # Nobody who wanted to hear of silence loses that by following something more.
            subscriber.of_silence = subscriber.of_silence or self.of_silence
            subscriber.state = SubscriberState.CONFIRMED
            subscriber.confirmed_at = subscriber.confirmed_at or timezone.now()
            subscriber.ended_at = None
            subscriber.save(force_update=True)
            subscriber.refusals.all().delete()
            subscriber.follows.get_or_create(**{name: getattr(self, name) for name in NO_SUBJECT})
            self.confirmed_at = timezone.now()
            self.save(update_fields=["confirmed_at"])
        return subscriber


WHOLE = ~models.Q(address="") & ~models.Q(language="") & ~models.Q(frequency="")
HASH = models.Q(confirmed_at=None, address="", language="", frequency="", of_silence=False)


class Subscriber(models.Model):
    """A confirmed e-mail address; once its owner left, nothing but its keyed hash.

    Where refusals ended it, everything is kept for thirty days, so that staff can take it back.
    """

    public_id = Line(max_length=16, unique=True, editable=False)
    address_hash = Line(max_length=64, unique=True, editable=False)
    address = Text(blank=True, editable=False)
    language = Line(_("language"), max_length=16, blank=True)
    frequency = Line(_("how often"), max_length=7, choices=Frequency, blank=True)
    of_silence = models.BooleanField(_("also when nothing happens"), default=False)
    state = Line(
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
            ("take_back_subscriber", "Can take back followers whose mail was refused"),
        ]
        indexes = [models.Index(fields=["state", "frequency", "id"], name="follower_to_mail")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state=SubscriberState.CONFIRMED, ended_at=None) & WHOLE
                | models.Q(state=SubscriberState.BOUNCED, ended_at__isnull=False) & WHOLE
                | ~models.Q(state=SubscriberState.CONFIRMED)
                & models.Q(ended_at__isnull=False)
                & HASH,
                name="follower_who_left_is_a_hash",
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
    def is_confirmed(self) -> bool:
        return self.state == SubscriberState.CONFIRMED

    @property
    def can_be_taken_back(self) -> bool:
        return self.state == SubscriberState.BOUNCED and bool(self.address)

    @property
    def masked_address(self) -> str:
        return masked(self.plain_address) if self.address else "•••"

    @transaction.atomic
    def change(self, *, shown=(), keep=(), add=None, **how):
        """Change how this follower hears of the record. False where they left meanwhile.

        `how` are fields: `language`, `frequency`, `of_silence`. Of the follows `shown`, those to
        `keep` stay; `add` is one more subject, as keywords.
        """
        if not self._update(**how):
            return False
        self.follows.filter(pk__in={row.pk for row in shown} - {row.pk for row in keep}).delete()
        if add is not None:
            self.follows.get_or_create(**NO_SUBJECT | add)
        return True

    @transaction.atomic
    def leave(self) -> None:
        """Keep the keyed hash and nothing else, at once; old links stop working."""
        self._sign_ups().delete()
        self._strip(Subscriber.objects.with_address(), SubscriberState.LEFT)

    @transaction.atomic
    def note_refusal(self, kind: RefusalKind, code: str, day: date | None = None) -> bool:
        """Count a refused mail. Returns whether it was one too many, which ends the follower."""
        follower = Subscriber.objects.confirmed().select_for_update().filter(pk=self.pk).first()
        if follower is None:
            return False
        day = day or timezone.localdate()
        Refusal.objects.note(follower, kind, code, day)
        if kind != RefusalKind.GONE or not follower.refusals.is_enough_to_end(day):
            return False
        return self.bounce()

    def bounce(self) -> bool:
        """Send no more mail to a mailbox that does not exist. This can be undone for a while."""
        return self._update(state=SubscriberState.BOUNCED, ended_at=timezone.now())

    @transaction.atomic
    def reduce(self) -> bool:
        """Keep only the keyed hash once it is too late to undo an ending by refusals."""
        rows = Subscriber.objects.bounced_for_good()
        return self._strip(rows, SubscriberState.BOUNCED, self.ended_at)

    def _strip(
        self, among: SubscriberQuerySet, state: SubscriberState, ended_at: datetime | None = None
    ) -> bool:
        """Erase all but the hash of this follower. False where they are not among these rows."""
        stripped = among.filter(pk=self.pk).update(
            public_id=new_public_id(),
            address="",
            language="",
            frequency="",
            of_silence=False,
            state=state,
            confirmed_at=None,
            ended_at=ended_at or timezone.now(),
        )
        if stripped:
            self.follows.all().delete()
            self.refusals.all().delete()
            self.deliveries.update(subscriber=None)
        return stripped == 1

    @transaction.atomic
    def forget(self) -> None:
        """Delete everything, the hash as well."""
        self._sign_ups().delete()
        # Taken first, as by all who write to a follower, so that none waits for another in turn.
        if row := Subscriber.objects.select_for_update().filter(pk=self.pk).first():
            row.delete()

    def _update(self, **values: Any) -> bool:
        """Write only these columns. False where the follower left since this row was read."""
        for name, value in values.items():
            setattr(self, name, value)
        return Subscriber.objects.confirmed().filter(pk=self.pk).update(**values) == 1

    def _sign_ups(self) -> SignUpQuerySet:
        """What the address asked for, under whichever key its hash was made."""
        hashes = address_hashes(self.plain_address) if self.address else []
        return SignUp.objects.filter(address_hash__in=[self.address_hash, *hashes])

    def personal_data(self) -> dict[str, Any]:
        """Everything the site holds about this follower, for them to read."""
        return {
            "address": self.plain_address,
            "language": self.language,
            "frequency": self.frequency,
            "also_when_nothing_happens": self.of_silence,
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
            "refused_mails": [
                {"day": refusal.day.isoformat(), "code": refusal.code, "times": refusal.times}
                for refusal in self.refusals.all()
            ],
        }
