"""What readers tell us: an answer that the record misses, or something in it that is wrong.

Whatever they typed is kept as an address is: encrypted, with the same keys.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature
from django.core.validators import MaxLengthValidator
from django.db import models, transaction
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from advocacy.models.actions import RecommendedAction
from advocacy.models.addresses import decrypt, encrypt, keyed_hashes, signer
from advocacy.models.dates import written_day
from advocacy.models.enums import ReportOutcome
from advocacy.models.roles import CLOSE_REPORTS, demand
from advocacy.models.sources import Source
from advocacy.models.text import Line, Text
from advocacy.text import check_text

LONGEST_WORDS = 2000
LONGEST_REACH = 254
KEEP_CLOSED = timedelta(days=30)
TOO_LONG = _(
    "This has %(show_value)d characters, and at most %(limit_value)d are taken. Shorten it: all of"
    " it is still here."
)
# What a reader types, and what each part has to be. An address has to be one that a source may
# have; the program itself never opens it.
PARTS: dict[str, Any] = {
    "link": Source._meta.get_field("url").run_validators,
    "words": lambda words: check_part(words, LONGEST_WORDS),
    "reach": lambda reach: check_part(reach, LONGEST_REACH),
}


def check_part(text: str, longest: int) -> None:
    check_text(text)
    MaxLengthValidator(longest, TOO_LONG)(text)


def check_told(told: Mapping[str, str]) -> None:
    """Refuse what cannot be kept, by part. A part that is not given is not judged."""
    refusals: dict[str, Any] = {}
    for name, text in told.items():
        try:
            if text:
                PARTS[name](text)
        except ValidationError as refusal:
            refusals[name] = refusal
    if not told.get("words", "?") and not told.get("link", "?"):
        refusals["words"] = gettext("Say it in words, or give the address of a source.")
    if refusals:
        raise ValidationError(refusals)


class ReportQuerySet(models.QuerySet["Report"]):
    def tell(
        self,
        *,
        action: RecommendedAction | None,
        language: str,
        link: str = "",
        words: str = "",
        reach: str = "",
    ) -> "Report":
        """Keep what somebody told us. The same again, while it is open, is no second report."""
        told = {"link": link, "words": words, "reach": reach}
        check_told(told)
        said = json.dumps(told, ensure_ascii=False)
        digests = keyed_hashes(f"{action and action.pk} {said}", b"answerable reports")
        if before := self.open().filter(digest__in=digests).first():
            return before
        report, _created = self.get_or_create(
            digest=digests[0],
            closed_at=None,
            defaults={"action": action, "language": language, "said": encrypt(said)},
        )
        return report

    def open(self) -> Self:
        return self.filter(closed_at=None)

    def by_token(self, token: str) -> "Report | None":
        """The report whose sender was led to a page with this token, or None."""
        try:
            key = signer("report").unsign(token)
        except BadSignature:
            return None
        return self.filter(pk=key).select_related("action").first()

    def outdated(self, now: datetime | None = None) -> Self:
        return self.filter(closed_at__lt=(now or timezone.now()) - KEEP_CLOSED)


class Report(models.Model):
    """What a reader told us, about one ask or something else. Nothing is kept of who sent it.

    It stays until somebody closes it, and for thirty days more.
    """

    action = models.ForeignKey(
        RecommendedAction,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="reports",
        verbose_name=_("ask"),
    )
    language = Line(_("language"), max_length=16)
    told_at = models.DateTimeField(_("told at"), default=timezone.now, editable=False)
    said = Text(editable=False)
    # Recognises a form that was sent twice. Without a key it tells nothing of what it says.
    digest = Line(max_length=64, blank=True, editable=False)
    outcome = Line(_("outcome"), max_length=11, choices=ReportOutcome, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("closed by"),
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        # Open ones first, the oldest of them at the top.
        ordering = [models.F("closed_at").desc(nulls_first=True), "told_at", "pk"]
        verbose_name = pgettext_lazy("told by a reader", "report")
        verbose_name_plural = pgettext_lazy("told by a reader", "reports")
        permissions = [("reveal_report", "Can see how to reach whoever told us something")]
        constraints = [
            models.CheckConstraint(condition=~models.Q(said=""), name="report_says_something"),
            models.CheckConstraint(
                condition=models.Q(closed_at=None, closed_by=None, outcome="")
                | models.Q(
                    closed_at__isnull=False,
                    closed_by__isnull=False,
                    outcome__in=ReportOutcome.values,
                ),
                name="report_is_closed_by_somebody_as_something",
            ),
            models.UniqueConstraint(
                fields=["digest"],
                condition=models.Q(closed_at=None) & ~models.Q(digest=""),
                name="report_is_told_once",
            ),
        ]

    def __str__(self) -> str:
        day = written_day(timezone.localdate(self.told_at))
        if self.action is None:
            return gettext("Report of %(day)s") % {"day": day}
        words = {"day": day, "ask": self.action.reference}
        return gettext("Report of %(day)s on %(ask)s") % words

    @property
    def token(self) -> str:
        return signer("report").sign(str(self.pk))

    @property
    def language_name(self) -> str:
        """That of the page on which it was told."""
        return dict(settings.LANGUAGES).get(self.language, self.language)

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @cached_property
    def told(self) -> dict[str, str]:
        """What was typed, by part."""
        parts: dict[str, str] = json.loads(decrypt(self.said))
        return parts

    @property
    def link(self) -> str:
        return self.told["link"]

    @property
    def words(self) -> str:
        return self.told["words"]

    @property
    def reach(self) -> str:
        return self.told["reach"]

    @property
    def deleted_on(self) -> datetime | None:
        """When it goes, once it is closed."""
        return self.closed_at and self.closed_at + KEEP_CLOSED

    @transaction.atomic
    def close(self, outcome: str, *, by: Any) -> None:
        """Say what became of it. From then on it is kept for thirty days."""
        demand(by, CLOSE_REPORTS)
        if outcome not in ReportOutcome.values:
            raise ValidationError({"outcome": gettext("Choose what became of it.")})
        self.refresh_from_db(from_queryset=Report.objects.select_for_update())
        if not self.is_open:
            raise ValidationError(gettext("It is closed already."))
        self.outcome, self.closed_at, self.closed_by = outcome, timezone.now(), by
        self.save(update_fields=["outcome", "closed_at", "closed_by"])

    def rotate(self) -> None:
        """Encrypt it with the first key. Whoever sends the same once more sends it anew."""
        self.said, self.digest = encrypt(decrypt(self.said)), ""
        self.save(update_fields=["said", "digest"])
