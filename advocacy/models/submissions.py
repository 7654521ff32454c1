"""How asks were put to their bodies: dated occasions that are added and never changed."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advocacy.models.chain import AppendOnlyQuerySet, Chained, Link, refuse
from advocacy.models.digests import plain
from advocacy.models.enums import AskState, Channel
from advocacy.models.evidence import WEAK_ALONE, by_field, can_stand
from advocacy.models.page_addresses import page_address
from advocacy.models.text import Line, Slug, Text
from advocacy.models.translated import Translated


class SubmissionQuerySet(AppendOnlyQuerySet["Submission"]):
    def in_force(self, day=None):
        """Occasions that took place by a day, and that no correction has replaced."""
        corrected = self.model.objects.exclude(corrects=None).values("corrects")
        occasions = self.filter(took_place=True).exclude(pk__in=corrected)
        return occasions.filter(submitted_on__lte=day) if day else occasions

    def public(self, day):
        """The occasions in force by a day of asks that everybody may see."""
        return self.in_force(day).exclude(action__state=AskState.DRAFT)

    def number_of_asks(self, day, organisations):
        """How many asks each of some organisations had put to bodies by a day: {key: number}."""
        occasions = self.public(day).filter(organisations__in=organisations).order_by()
        numbers = occasions.values_list("organisations")
        return dict(numbers.annotate(asks=models.Count("action", distinct=True)))

    def by(self, day):
        """All that the record holds of the days up to this one, corrected ones included."""
        return self.filter(submitted_on__lte=day)

    def free_slug(self, action, day):
        """A slug that is not taken: nk-02-2024-12-16, nk-02-2024-12-16-2."""
        base = f"{slugify(action.reference) or action.pk}-{day}"
        taken = set(self.filter(slug__startswith=base).values_list("slug", flat=True))
        names = (base, *(f"{base}-{number}" for number in range(2, len(taken) + 3)))
        return next(name for name in names if name not in taken)

    def oldest_first(self):
        return self.order_by("submitted_on", "pk")

    def first_of(self, actions):
        """The occasion on which each of these asks was first put to its body: {ask: occasion}."""
        occasions = self.in_force(timezone.localdate()).filter(action__in=actions)
        first: dict[int, Submission] = {}
        for occasion in occasions.oldest_first().prefetch_related("organisations"):
            first.setdefault(occasion.action_id, occasion)
        return first

    def newest_first(self):
        return self.order_by("-submitted_on", "channel", "reference", "action__reference", "pk")

    def with_related(self):
        """Fetch what is shown of a submission."""
        return self.select_related("source", "corrects", "correction").prefetch_related(
            "organisations"
        )


class Submission(Chained, Translated):
    """One occasion on which organisations put an ask to its body.

    It is known from a source that anyone can open, or kept private. The clocks of the ask start at
    the first one in force; an organisation that joins later has a submission of its own.
    Append-only: a wrong one is corrected by a new one that names it, which may also say that the
    occasion never took place.
    """

    TRANSLATED = ("reference", "correction_reason")

    KIND = "submission"
    HASHED = [
        "slug",
        "action_id",
        "submitted_on",
        "channel",
        "is_private",
        "reference",
        "receipt_on",
        "took_place",
        "recorded_at",
        "recorded_by_id",
        "approved_by_id",
        "corrects_id",
        "correction_reason",
        "source_id",
        "organisations",
    ]
    NOT_HASHED = ["id"]
    NATURAL_KEY = "slug"

    slug = Slug(
        _("slug"),
        max_length=100,
        unique=True,
        help_text=_("By this files name it. Empty: made of the ask and the day."),
    )
    action = models.ForeignKey(
        "RecommendedAction",
        on_delete=models.PROTECT,
        related_name="submissions",
        verbose_name=_("ask"),
    )
    submitted_on = models.DateField(_("put to the body on"))
    channel = Line(_("how"), max_length=10, choices=Channel)
    organisations = models.ManyToManyField(
        "advocacy.Organisation",
        through="advocacy.Submitter",
        related_name="submissions",
        verbose_name=_("organisations"),
    )
    source = models.ForeignKey(
        "advocacy.Source",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="submissions",
        verbose_name=_("source"),
        help_text=_("Where anyone can read that it took place."),
    )
    is_private = models.BooleanField(
        _("kept private"),
        default=False,
        help_text=_("The proof is with the organisations, and the page says so."),
    )
    reference = Line(
        _("what names it"),
        max_length=200,
        blank=True,
        help_text=_("Title, symbol or number, or in whose words it is known."),
    )
    receipt_on = models.DateField(
        _("receipt acknowledged on"),
        null=True,
        blank=True,
        help_text=_("The day on which the body acknowledged that it had received this."),
    )
    took_place = models.BooleanField(
        _("it took place"),
        default=True,
        help_text=_("Unticked in a correction: what was recorded never took place."),
    )
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("recorded by"),
        editable=False,
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("approved by a second editor"),
        editable=False,
    )
    corrects = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="correction",
        verbose_name=_("corrects"),
    )
    correction_reason = Text(_("why it is corrected"), blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        ordering = ["submitted_on", "pk"]
        base_manager_name = "objects"
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        indexes = [
            models.Index(
                fields=["action", "submitted_on", "id"],
                include=["channel"],
                name="submission_first_of_action",
            ),
        ]
        # Each has as its code the field that its error belongs to.
        constraints = [
            models.CheckConstraint(
                condition=models.Q(channel__in=Channel.values),
                name="submission_channel_is_known",
                violation_error_code="channel",
                violation_error_message=_("Choose how it was put to the body."),
            ),
            models.CheckConstraint(
                condition=models.Q(source__isnull=False, is_private=False)
                | models.Q(source__isnull=True, is_private=True),
                name="submission_has_a_source_or_is_private",
                violation_error_code="source",
                violation_error_message=_(
                    "Say where it is known from: a source, or that the proof is kept private."
                    " One of them, not both."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(submitted_on__lte=models.F("recorded_at")),
                name="submission_is_not_in_the_future",
                violation_error_code="submitted_on",
                violation_error_message=_("The record holds no dates in the future."),
            ),
            models.CheckConstraint(
                condition=models.Q(receipt_on=None)
                | models.Q(
                    receipt_on__gte=models.F("submitted_on"),
                    receipt_on__lte=models.F("recorded_at"),
                ),
                name="submission_receipt_follows_it",
                violation_error_code="receipt_on",
                violation_error_message=_(
                    "A receipt is of the day it was put to the body or of a later one,"
                    " and not in the future."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(took_place=True) | models.Q(corrects__isnull=False),
                name="submission_is_taken_back_by_a_correction",
                violation_error_code="took_place",
                violation_error_message=_("Only a correction says that it never took place."),
            ),
            models.CheckConstraint(
                condition=models.Q(corrects=None, correction_reason="")
                | (models.Q(corrects__isnull=False) & ~models.Q(correction_reason="")),
                name="submission_correction_needs_reason",
                violation_error_code="correction_reason",
                violation_error_message=_("A correction names what it corrects and why."),
            ),
        ]

    def __str__(self):
        return f"{self.submitted_on} {self.get_channel_display()}"

    def get_absolute_url(self) -> str:
        return f"{page_address('action_detail', self.action.slug)}#{self.anchor}"

    @property
    def anchor(self):
        """Where it stands on the page of its ask, in public and in the desk."""
        return f"submission-{self.pk}"

    @classmethod
    def with_hashed(cls):
        return cls.objects.select_related("action").prefetch_related("submitters")

    def hashed_values(self):
        """Its own fields, and which organisations put it to the body."""
        values = {name: plain(getattr(self, name)) for name in self.HASHED[:-1]}
        return values | {
            "organisations": sorted(row.organisation_id for row in self.submitters.all())
        }

    @classmethod
    def hashed_values_of(cls, keys):
        found = cls.read_hashed(cls.HASHED[:-1], keys)
        put_by = cls.read_keys(Submitter, "submission", "organisation", keys)
        return {key: values | {"organisations": put_by[key]} for key, values in found.items()}

    @property
    def label(self):
        """How it was put to the body, in words."""
        return self.get_channel_display()

    @property
    def is_corrected(self):
        return hasattr(self, "correction")

    @property
    def counts(self):
        """Whether it is in force: no correction replaced it, or said that it never was."""
        return self.took_place and not self.is_corrected

    def insert(self, organisations):
        """Write the checked row at the end of the chain. For the verb of the ask alone."""
        self.save_base(force_insert=True)
        for organisation in dict.fromkeys(organisations):
            Submitter(submission=self, organisation=organisation).save_base(force_insert=True)
        Link.objects.append(self)

    def check_record(self, organisations=(), *, exclude=()):
        """Check all that the record demands; raises ValidationError keyed by field.

        `organisations` and `__all__` are keys as well. `exclude` names fields whose own errors
        somebody else reports.
        """
        errors: dict[str, list[ValidationError]] = {}
        for check in (
            lambda: self.clean_fields(exclude={*exclude}),
            lambda: self.validate_unique(exclude={*exclude}),
            lambda: self.validate_constraints(exclude={*exclude}),
            lambda: self.check_references(organisations),
        ):
            try:
                check()
            except ValidationError as error:
                errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(by_field(errors, {f.name for f in self._meta.get_fields()}))

    def check_references(self, organisations):
        """Refuse a submission by nobody, on a weak source, or that corrects what it may not."""
        errors: dict[str, str] = {}
        if not organisations:
            errors["organisations"] = gettext("Say who put it to the body.")
        if self.source and not can_stand([self.source]):
            errors["source"] = str(WEAK_ALONE)
        if self.corrects and self.corrects.action_id != self.action_id:
            errors["corrects"] = gettext("Choose a submission of the same ask.")
        if self.corrects_id and Submission.objects.filter(corrects_id=self.corrects_id).exists():
            errors["corrects"] = gettext(
                "This submission is already corrected: correct the newer one."
            )
        if errors:
            raise ValidationError(errors)


class Submitter(models.Model):
    """One organisation of one submission. As permanent as the submission."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="submitters")
    organisation = models.ForeignKey(
        "advocacy.Organisation", on_delete=models.PROTECT, related_name="submitters"
    )

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        base_manager_name = "objects"
        verbose_name = _("submitting organisation")
        verbose_name_plural = _("submitting organisations")
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "organisation"], name="submitter_is_unique"
            )
        ]

    def __str__(self):
        return f"{self.submission_id}: {self.organisation_id}"

    save = refuse("save")
    delete = refuse("delete")
