from django.db import models
from django.utils.translation import gettext_lazy as _

from advocacy.models.content import Content, ContentQuerySet


class Audience(models.TextChoices):
    """Who can take a step."""

    ANYONE = "anyone", _("anyone")
    CAMPAIGNER = "campaigner", _("campaigners")
    NGO = "ngo", _("NGOs")
    UNION = "union", _("trade unions and employers")
    JOURNALIST = "journalist", _("journalists")
    RESEARCHER = "researcher", _("lawyers and researchers")
    FAMILY = "family", _("families and witnesses")


class StepKind(models.TextChoices):
    EMAIL = "email", _("write an e-mail")
    LETTER = "letter", _("send a letter")
    POST = "post", _("post publicly")
    CALL = "call", _("call")
    SUBMIT = "submit", _("submit information")
    MEET = "meet", _("meet")
    READ = "read", _("read and check")
    SHARE = "share", _("share")


class ChecklistStepQuerySet(ContentQuerySet):
    def matching(self, *, audience="", minutes=""):
        """Narrow to what an audience can do within a number of minutes.

        Steps for anyone suit every audience.
        """
        steps = self
        if audience:
            steps = steps.filter(audience__in={audience, Audience.ANYONE})
        if minutes:
            steps = steps.filter(minutes__lte=minutes)
        return steps


class ChecklistStep(Content):
    """One thing a person can do to push one ask, for one audience."""

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    action = models.ForeignKey(
        "RecommendedAction", on_delete=models.CASCADE, related_name="steps", verbose_name=_("ask")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    audience = models.CharField(_("audience"), max_length=12, choices=Audience)
    kind = models.CharField(_("kind"), max_length=8, choices=StepKind)
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    title = models.CharField(_("what to do"), max_length=200)
    wording = models.TextField(
        _("wording"), help_text=_("Text to start from, in plain words that can be sent as it is.")
    )
    url = models.URLField(_("official link"), max_length=500, blank=True)
    url_label = models.CharField(_("what the link opens"), max_length=200, blank=True)

    objects = ChecklistStepQuerySet.as_manager()

    class Meta:
        ordering = ["action", "position", "pk"]
        verbose_name = _("checklist step")
        verbose_name_plural = _("checklist steps")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(audience__in=Audience.values)
                & models.Q(kind__in=StepKind.values),
                name="checklist_step_audience_and_kind_are_known",
            ),
            models.CheckConstraint(
                condition=models.Q(minutes__gte=1),
                name="checklist_step_takes_time",
                violation_error_message=_("Say how many minutes the step takes: at least 1."),
            ),
        ]

    def __str__(self):
        return self.title

    def natural_key(self):
        return (self.slug,)

    @property
    def is_written(self):
        """Whether its wording is a text to send, not a thing to do."""
        return self.kind in {
            StepKind.EMAIL,
            StepKind.LETTER,
            StepKind.POST,
            StepKind.CALL,
            StepKind.SHARE,
        }
