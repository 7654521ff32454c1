from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import uuid4

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
from advocacy.models.kept_copies import Copied, CopiedQuerySet, KeptCopy
from advocacy.models.linked import Linked
from advocacy.models.standing import FROM_DIGESTS
from advocacy.models.text import LanguageCode, Line, Slug, Text, Url
from advocacy.models.withheld import Withheld, anchor_of
from advocacy.models.wordings import Witnessed, stood_on

# What the chain hashes of a search log with the entry that stands on it.
OF_A_LOG = ["searched_on", "places", "terms", "gaps"]


def made_up_key() -> str:
    """A key for a row that nobody named, with none of its words: they may have to be withheld."""
    return f"{timezone.localdate()}-{uuid4().hex[:8]}"


class Evidence(Content):
    """Evidence stays as it is once an entry stands on it: it is hashed with the entry."""

    NATURAL_KEY = "key"
    FIXED: ClassVar[Sequence[str]] = ()
    # What may still be filled in where it is empty.
    FILLED_LATER: ClassVar[Sequence[str]] = ()
    # What leads to that of the record which may stand on it.
    STANDS_UNDER: ClassVar[list[str]] = ["updates"]

    class Meta:
        abstract = True

    @classmethod
    def cited(cls):
        """Rows that something of the record stands on."""
        return stood_on(cls)

    @property
    def is_cited(self):
        """Whether something of the record stands on it."""
        return self.pk is not None and type(self).cited().filter(pk=self.pk).exists()

    def clean(self):
        super().clean()
        Withheld.objects.keep(self)
        if self.pk is None:
            return
        before = type(self)._base_manager.filter(pk=self.pk).first()
        is_other = before and any(getattr(before, n) != getattr(self, n) for n in before.fixed)
        if before and is_other and before.is_cited:
            raise ValidationError(
                gettext(
                    "An entry of the record stands on this, so it stays as it was read."
                    " Add another, and correct the entry."
                )
            )

    @property
    def fixed(self) -> list[str]:
        """The fields that stay as they are once an entry stands on it."""
        return [name for name in self.FIXED if name not in self.FILLED_LATER or getattr(self, name)]

    def save(self, *args, **kwargs):
        if not getattr(self, self.NATURAL_KEY):
            setattr(self, self.NATURAL_KEY, made_up_key())
        Evidence.clean(self)
        super().save(*args, **kwargs)


class SourceQuerySet(CopiedQuerySet["Source"]):
    def links_to_try(self, now: datetime | None = None) -> Self:
        """Where an address was withheld, there is none to try."""
        withheld = Withheld.objects.filter(of="source", field="url").values("row")
        return super().links_to_try(now).exclude(pk__in=withheld)

    def with_kept(self) -> Self:
        """Annotate `kept_at` and `kept_sha256`: what stood at the address when it was first read.

        What came later may say something else than what was cited, so it is for staff.
        """
        first = KeptCopy.objects.kept().of_address().order_by("asked_at", "pk")
        return self.annotate(
            kept_at=models.Subquery(first.values("asked_at")[:1]),
            kept_sha256=models.Subquery(first.values("sha256")[:1]),
        )

    def at_address(self, url):
        """Sources at this address, with or without https, a final slash or a fragment."""
        bare = url.partition("#")[0].partition("://")[2].rstrip("/")
        return self.filter(
            url__in=[f"{scheme}://{bare}{end}" for scheme in ("https", "http") for end in ("", "/")]
        )


def whole_sources(path: str = "sources") -> models.Prefetch[Any]:
    """The sources of rows, with all that pages say of a source which they show whole."""
    return models.Prefetch(path, Source.objects.with_kept())


class Source(Witnessed, Copied, Linked, Evidence):
    """Evidence that anyone can open: of an entry of the record, an event or a paragraph."""

    TRANSLATED = ("title", "summary", "publisher", "quote")

    WITNESSED: ClassVar[list[str]] = [
        "title",
        "summary",
        "publisher",
        "url",
        "published_on",
        "published_precision",
        "tier",
        "is_independent",
        "language",
        "quote",
        "quote_translation",
        "accessed_on",
        "archive_url",
        "sha256",
        "is_weak",
        "exposes_people",
    ]
    # Its name in fixtures, whose it is, and what its address answers from week to week.
    NOT_WITNESSED: ClassVar[list[str]] = [
        "id",
        "key",
        "edited_by_staff_at",
        "link_checked_at",
        "link_answer",
        "link_failures",
        "dead_since",
    ]
    # A page may be archived after it was cited, or be found to show people: the chain keeps when.
    FIXED = [name for name in WITNESSED if name not in ("archive_url", "exposes_people")]
    # What was known from digests may be read later: the chain keeps since when.
    FILLED_LATER = ("accessed_on",)
    STANDS_UNDER: ClassVar[list[str]] = [
        "updates",
        "submissions",
        "events__updates",
        "decisions",
        "statements",
    ]

    key = Slug(_("key"), max_length=80, blank=True, editable=False)
    title = Line(_("title"), max_length=300)
    summary = Text(
        _("what it says"), blank=True, help_text=_("In our words, naming who claims it.")
    )
    publisher = Line(_("publisher"), max_length=200)
    url = Url(_("address"), max_length=1000)
    published_on = models.DateField(_("published"))
    published_precision = Line(
        _("precision of the date"),
        max_length=5,
        choices=DatePrecision,
        default=DatePrecision.DAY,
    )
    tier = models.PositiveSmallIntegerField(_("tier"), choices=Tier)
    is_independent = models.BooleanField(
        _("independent of the body"),
        # Without a default: whoever adds a source says which.
        choices=[(True, _("yes, somebody else’s")), (False, _("no, the body’s own"))],
        help_text=_("Not written, paid for or controlled by the body that was asked."),
    )
    language = LanguageCode(_("language"))
    quote = Text(_("quotation in the original language"), blank=True)
    quote_translation = Text(_("our translation"), blank=True)
    accessed_on = models.DateField(
        _("read on"),
        null=True,
        blank=True,
        help_text=_("Empty: nobody here opened it, and whatever rests on it says so."),
    )
    archive_url = Url(_("archived copy"), max_length=1000, blank=True)
    sha256 = Line(
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
    exposes_people = models.BooleanField(
        _("may show people at risk"),
        default=False,
        help_text=_("Faces, names or whereabouts of people at risk: links warn."),
    )

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

    @classmethod
    def language_field(cls, field: str) -> str:
        """What is quoted of it is in its own words; the rest, as it is listed here, in ours."""
        return "language" if field == "quote" else ""

    def __str__(self):
        return f"{self.title} ({self.publisher})"

    @property
    def was_read(self) -> bool:
        """Whether somebody opened the page itself, not a copy of it or what others say of it."""
        return self.accessed_on is not None and not self.is_weak

    @property
    def caveats(self) -> list[str]:
        """What has to be said beside it wherever it stands."""
        copy = [gettext("a copy: named, not linked")] if self.is_weak else []
        return copy if self.accessed_on else [*copy, str(FROM_DIGESTS)]

    @property
    def warning(self) -> str:
        """What its link says where the page may show people whom that puts at risk."""
        if not self.exposes_people:
            return ""
        return gettext("may show people at risk: you need not open it")

    @property
    def is_address_withheld(self) -> bool:
        """Whether its address leads to the page that says why there is none any more."""
        return self.url.endswith(f"#{anchor_of('source', self.pk, 'url')}")


class SearchLog(Evidence):
    """Where we looked for an answer and found nothing: evidence of absence, with its limits."""

    # What was looked for stands as it was typed.
    TRANSLATED = ("places", "gaps")

    FIXED = OF_A_LOG

    key = Slug(_("key"), max_length=80, blank=True, editable=False)
    searched_on = models.DateField(_("searched on"))
    searched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("searched by"),
    )
    places = Text(_("places searched"), help_text=_("One per line."))
    terms = Text(_("search terms"), help_text=_("One per line."))
    gaps = Text(_("known gaps"), help_text=_("What we could not look at, or could not read."))

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

    def made_by(self, person):
        self.searched_by = person


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
