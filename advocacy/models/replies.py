from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from advocacy.models.content import Content, ContentQuerySet
from advocacy.models.text import LanguageCode, Line, Text, Url
from advocacy.models.withheld import Withheld


class ReplyQuerySet(ContentQuerySet["Reply"]):
    def newest_first(self):
        return self.order_by("-replied_on", "-pk")


class Reply(Content):
    """What a body says about its record, in its own words: shown beside it, and no part of it."""

    TRANSLATED = ("text", "signed")

    # No fixture names a reply.
    NATURAL_KEY = "pk"

    body = models.ForeignKey(
        "TargetBody", on_delete=models.CASCADE, related_name="replies", verbose_name=_("body")
    )
    action = models.ForeignKey(
        "RecommendedAction",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="replies",
        verbose_name=_("ask"),
        help_text=_("Empty: it speaks of the whole record of the body."),
    )
    text = Text(_("its own words"), help_text=_("As it wrote them, whole."))
    language = LanguageCode(_("language"))
    signed = Line(_("signed by"), max_length=200, blank=True)
    replied_on = models.DateField(_("date of the reply"))
    url = Url(_("where it can be read"), max_length=1000)

    history = HistoricalRecords()
    objects = ReplyQuerySet.as_manager()

    class Meta:
        ordering = ["-replied_on", "-pk"]
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(text="") & ~models.Q(url=""),
                name="reply_has_words_and_a_link",
                violation_error_message=_("A reply needs its words and where they can be read."),
            )
        ]

    def __str__(self):
        return f"{self.body}, {self.replied_on}"

    def save(self, *args, **kwargs):
        Withheld.objects.keep(self)
        super().save(*args, **kwargs)

    @classmethod
    def language_field(cls, field):
        """It is in the words of the body."""
        return "language"

    def clean(self):
        super().clean()
        Withheld.objects.keep(self)
        if self.action and self.body_id and self.action.body_id != self.body_id:
            raise ValidationError({"action": gettext("Choose an ask to this body.")})
