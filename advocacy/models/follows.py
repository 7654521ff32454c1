"""What followers follow: everything, an issue, a body, one ask or a State."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from advocacy.models.subjects import NO_SUBJECT, Subject, one_subject

if TYPE_CHECKING:
    from advocacy.models.responses import StatusUpdate


class FollowQuerySet(models.QuerySet["Follow"]):
    def with_related(self) -> Self:
        return self.select_related("issue", "body", "action").order_by("pk")


class Follow(Subject):
    """What one follower follows."""

    subscriber = models.ForeignKey(
        "Subscriber", on_delete=models.CASCADE, related_name="follows", verbose_name=_("follower")
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
                condition=models.Q(**NO_SUBJECT),
                name="follow_everything_once",
            ),
            models.UniqueConstraint(fields=["subscriber", "issue"], name="follow_issue_once"),
            models.UniqueConstraint(fields=["subscriber", "body"], name="follow_body_once"),
            models.UniqueConstraint(fields=["subscriber", "action"], name="follow_ask_once"),
            models.UniqueConstraint(
                fields=["subscriber", "state"],
                condition=~models.Q(state=""),
                name="follow_state_once",
            ),
        ]

    def __str__(self):
        return str(self.subject)

    def covers(self, entry: "StatusUpdate") -> bool:
        """Whether an entry is about what is followed here; of a State no entry is."""
        if self.state:
            return False
        action = entry.action
        if self.issue_id:
            return self.issue_id in action.issue_ids
        if self.body_id:
            return self.body_id == action.body_id
        return self.action_id in (None, action.pk)
