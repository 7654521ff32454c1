from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advocacy.models.chain import AppendOnlyQuerySet, refuse
from advocacy.models.content import Content, ContentQuerySet
from advocacy.models.enums import DatePrecision, Tier

# What the chain hashes of the evidence of an entry; once one cites it, it can no longer change.
OF_A_SOURCE = [
    "title",
    "publisher",
    "url",
    "published_on",
    "published_precision",
    "tier",
    "is_independent",
    "is_weak",
]
OF_A_LOG = ["searched_on", "places", "terms", "gaps"]
# An address is looked at again after this; one that is gone at once, another after three failures.
CHECK_AGAIN_AFTER = timedelta(days=7)
DEAD_AFTER = 3


class Evidence(Content):
    """What an entry of the record stands on no longer changes: it is hashed with the entry."""

    NATURAL_KEY = "key"
    FIXED: ClassVar[Sequence[str]] = ()

    class Meta:
        abstract = True

    def clean(self):
        super().clean()
        cited = type(self)._base_manager.filter(models.Q(updates__isnull=False))
        before = cited.filter(pk=self.pk).first()
        if before and any(getattr(before, name) != getattr(self, name) for name in self.FIXED):
            raise ValidationError(
                gettext(
                    "An entry of the record stands on this, so it stays as it was read."
                    " Add another, and correct the entry."
                )
            )

    def save(self, *args, **kwargs):
        Evidence.clean(self)
        super().save(*args, **kwargs)


class SourceQuerySet(ContentQuerySet["Source"]):
    def to_check(self, now: datetime | None = None) -> Self:
        """Sources whose address nobody has looked at for a week, longest unseen first."""
        before = (now or timezone.now()) - CHECK_AGAIN_AFTER
        return self.filter(
            models.Q(link_checked_at=None) | models.Q(link_checked_at__lt=before)
        ).order_by(models.F("link_checked_at").asc(nulls_first=True), "pk")

    def at_address(self, url):
        """Sources at the same address, whether written with https, a last slash or a fragment."""
        bare = url.partition("#")[0].partition("://")[2].rstrip("/")
        return self.filter(
            url__in=[f"{scheme}://{bare}{end}" for scheme in ("https", "http") for end in ("", "/")]
        )

    def dead(self):
        return self.exclude(dead_since=None).order_by("dead_since", "pk")


class Source(Evidence):
    """Evidence that anyone can open: of an entry of the record, or of an issue."""

    FIXED = OF_A_SOURCE

    key = models.SlugField(_("key"), max_length=80, blank=True, editable=False)
    title = models.CharField(_("title"), max_length=300)
    summary = models.TextField(
        _("what it says"), blank=True, help_text=_("In our words, naming who claims it.")
    )
    publisher = models.CharField(_("publisher"), max_length=200)
    url = models.URLField(_("address"), max_length=1000)
    published_on = models.DateField(_("published"))
    published_precision = models.CharField(
        _("precision of the date"),
        max_length=5,
        choices=DatePrecision,
        default=DatePrecision.DAY,
    )
    tier = models.PositiveSmallIntegerField(_("tier"), choices=Tier)
    is_independent = models.BooleanField(
        _("independent of the body"),
        default=True,
        help_text=_("Not written, paid for or controlled by the body that was asked."),
    )
    language = models.CharField(_("language"), max_length=16, default="en")
    quote = models.TextField(_("quotation in the original language"), blank=True)
    quote_translation = models.TextField(_("our translation"), blank=True)
    accessed_on = models.DateField(_("read on"), null=True, blank=True)
    archive_url = models.URLField(_("archived copy"), max_length=1000, blank=True)
    sha256 = models.CharField(
        _("SHA-256 of what was read"),
        max_length=64,
        blank=True,
        validators=[RegexValidator(r"^[0-9a-f]{64}$")],
    )
    is_weak = models.BooleanField(
        _("weak"),
        default=False,
        help_text=_("A copy or an aggregator: never the only source of a status, not linked."),
    )

    link_checked_at = models.DateTimeField(_("address tried"), null=True, editable=False)
    link_answer = models.CharField(_("answer"), max_length=200, blank=True, editable=False)
    link_failures = models.PositiveSmallIntegerField(default=0, editable=False)
    dead_since = models.DateTimeField(_("dead since"), null=True, editable=False)

    objects = SourceQuerySet.as_manager()

    class Meta:
        ordering = ["-published_on", "title"]
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=~models.Q(key=""), name="source_key_is_unique"
            ),
            models.CheckConstraint(
                condition=models.Q(tier__in=Tier.values),
                name="source_tier_is_known",
                violation_error_message=_("Choose a tier from T1 to T4."),
            ),
            models.CheckConstraint(
                condition=models.Q(published_precision__in=DatePrecision.values),
                name="source_precision_is_known",
            ),
        ]

    def __str__(self):
        return f"{self.title} ({self.publisher})"

    def note_link(
        self, answer: str, *, works: bool, gone: bool = False, now: datetime | None = None
    ) -> None:
        """Write down what its address answered. One that is gone is dead; others fail thrice."""
        now = now or timezone.now()
        failures = 0 if works else self.link_failures + 1
        is_dead = not works and (gone or failures >= DEAD_AFTER)
        self.link_answer, self.link_failures, self.link_checked_at = answer[:200], failures, now
        self.dead_since = (self.dead_since or now) if is_dead else None
        # Of this address: staff may have put another in its place while it was asked.
        Source.objects.filter(pk=self.pk, url=self.url).update(
            link_answer=self.link_answer,
            link_failures=failures,
            link_checked_at=now,
            dead_since=self.dead_since,
        )


class SearchLog(Evidence):
    """Where we looked for an answer and found nothing: evidence of absence, with its limits."""

    FIXED = OF_A_LOG

    key = models.SlugField(_("key"), max_length=80, blank=True, editable=False)
    searched_on = models.DateField(_("searched on"))
    searched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("searched by"),
    )
    places = models.TextField(_("places searched"), help_text=_("One a line."))
    terms = models.TextField(_("search terms"), help_text=_("One a line."))
    gaps = models.TextField(
        _("known gaps"), help_text=_("What we could not look at, or could not read.")
    )

    objects = ContentQuerySet.as_manager()

    class Meta:
        ordering = ["-searched_on", "-pk"]
        verbose_name = _("search log")
        verbose_name_plural = _("search logs")
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=~models.Q(key=""), name="search_log_key_is_unique"
            ),
            models.CheckConstraint(
                condition=~models.Q(places="") & ~models.Q(terms="") & ~models.Q(gaps=""),
                name="search_log_says_where_how_and_what_is_missing",
                violation_error_message=_(
                    "A search log names the places searched, the terms and the known gaps."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.searched_on}: {'; '.join(self.places.splitlines())}"


class Citation(models.Model):
    """One source of one entry of the record. As permanent as the entry."""

    update = models.ForeignKey("StatusUpdate", on_delete=models.PROTECT, related_name="citations")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="citations")

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        base_manager_name = "objects"
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        constraints = [
            models.UniqueConstraint(fields=["update", "source"], name="citation_is_unique")
        ]

    def __str__(self):
        return f"{self.update_id}: {self.source_id}"

    save = refuse("save")
    delete = refuse("delete")
