"""How asks point to each other."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from advocacy.models.content import Content, ContentQuerySet
from advocacy.models.enums import RelationKind
from advocacy.models.text import Line, Slug

# The words of each kind as the page of the other ask has them.
SEEN_FROM_THE_OTHER = {
    RelationKind.SPLIT_INTO: _("split from"),
    RelationKind.SAME_CALL: RelationKind.SAME_CALL.label,
    RelationKind.DEPENDS_ON: _("needed by"),
}


class AskRelationQuerySet(ContentQuerySet["AskRelation"]):
    def of(self, action):
        """The relations of an ask, from either side."""
        return self.filter(models.Q(action=action) | models.Q(other=action))

    def seen_from(self, action, asks):
        """What the page of an ask says: [(words, other ask)]; `asks` are those to be shown."""
        relations = list(self.of(action))
        others = asks.in_bulk({relation.seen_from(action)[1] for relation in relations})
        seen = [relation.seen_from(action) for relation in relations]
        return [(words, others[pk]) for words, pk in seen if pk in others]


class AskRelation(Content):
    """One ask points to another: split into it, the same call to another body, depends on it."""

    IS_CHECKED_AGAINST_OTHERS = True

    slug = Slug(_("slug"), max_length=80, unique=True, blank=True)
    action = models.ForeignKey(
        "RecommendedAction",
        on_delete=models.CASCADE,
        related_name="relations",
        verbose_name=_("ask"),
    )
    kind = Line(_("kind"), max_length=12, choices=RelationKind)
    other = models.ForeignKey(
        "RecommendedAction",
        on_delete=models.CASCADE,
        related_name="related_from",
        verbose_name=_("other ask"),
    )

    history = HistoricalRecords()
    objects = AskRelationQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "action", "other"]
        verbose_name = _("relation of asks")
        verbose_name_plural = _("relations of asks")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=RelationKind.values), name="ask_relation_kind_is_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(action=models.F("other")),
                name="ask_relation_is_between_two",
                violation_error_message=_("An ask does not point to itself."),
            ),
            models.UniqueConstraint(
                fields=["action", "kind", "other"],
                name="ask_relation_is_unique",
                violation_error_message=_("These two asks already point to each other so."),
            ),
        ]

    def __str__(self):
        return self.slug

    def clean(self):
        super().clean()
        back = AskRelation.objects.filter(
            action=self.other_id, kind=self.kind, other=self.action_id
        ).exclude(pk=self.pk)
        if self.action_id and self.other_id and back.exists():
            raise ValidationError(gettext("These two asks already point to each other so."))

    def save(self, *args, **kwargs):
        if not self.slug:
            words = [self.action.reference, self.kind.replace("_", " "), self.other.reference]
            self.slug = slugify(" ".join(words))
        super().save(*args, **kwargs)

    def seen_from(self, action):
        """The words of it on the page of one of its two asks, and the key of the other."""
        if action.pk == self.action_id:
            return self.get_kind_display(), self.other_id
        return SEEN_FROM_THE_OTHER[RelationKind(self.kind)], self.action_id
