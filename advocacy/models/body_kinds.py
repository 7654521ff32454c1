from collections.abc import Collection
from typing import Any, ClassVar

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.utils.translation import get_language, gettext, gettext_noop, override
from django.utils.translation import gettext_lazy as _

from advocacy.models.content import Content, ContentQuerySet
from advocacy.models.enums import ReachedBy, Salutation
from advocacy.models.text import Line, Slug
from advocacy.models.translated import Words
from advocacy.models.wordings import Wording

# The names that the program itself has in every language of its interface. Any other name is
# shown as it was typed.
COMMON_NAMES = frozenset(
    {
        gettext_noop("UN organ"),
        gettext_noop("UN agency"),
        gettext_noop("UN office"),
        gettext_noop("UN subsidiary body"),
        gettext_noop("UN special procedure"),
        gettext_noop("commission of inquiry"),
        gettext_noop("court or prosecutor"),
        gettext_noop("tribunal"),
        gettext_noop("government"),
        gettext_noop("ministry"),
        gettext_noop("parliament"),
        gettext_noop("local authority"),
        gettext_noop("regional organisation"),
        gettext_noop("group of States"),
        gettext_noop("national human-rights institution"),
        gettext_noop("humanitarian organisation"),
        gettext_noop("company"),
        gettext_noop("bank"),
        gettext_noop("association"),
    }
)


class BodyKindQuerySet(ContentQuerySet["BodyKind"]):
    @transaction.atomic
    def change(self, rows: list["BodyKind"]) -> None:
        super().change(rows)
        _keep_how_bodies_read([row.pk for row in rows])


def _keep_how_bodies_read(kinds: Collection[int]) -> None:
    """A body reads otherwise once its kind has another name: the chain keeps that."""
    bodies: Any = apps.get_model("advocacy", "TargetBody")
    # Locked: an entry that comes to stand on one of them now waits for the new name.
    locked = bodies.objects.select_for_update(no_key=True).filter(kind__in=kinds).order_by("pk")
    Wording.objects.take_changed(bodies, [body.pk for body in locked])


class BodyKind(Content):
    """What a body is called: a court, a parliament, a company.

    A new body begins with what its kind says of it, and may say otherwise. Nothing that the program
    does depends on a kind.
    """

    TRANSLATED = ("name",)

    # The fields of a body that a kind fills in.
    BEGINS: ClassVar[list[str]] = ["reached_by", "salutation", "states_sit"]

    slug = Slug(_("slug"), unique=True)
    name = Line(
        _("name"),
        max_length=60,
        unique=True,
        help_text=_("In small letters, unless it is a name."),
    )
    reached_by = Line(
        _("how it is reached"),
        max_length=10,
        choices=ReachedBy,
        blank=True,
        help_text=_("What a new body of this kind begins with. Bodies on file stay as they are."),
    )
    salutation = Line(
        _("how letters begin"),
        max_length=16,
        choices=Salutation,
        blank=True,
        help_text=_("What a new body of this kind begins with, as above."),
    )
    states_sit = models.BooleanField(
        _("States sit in it"),
        default=False,
        help_text=_("What a new body of this kind begins with, as above."),
    )
    position = models.PositiveSmallIntegerField(
        _("position"), default=100, help_text=_("Lower numbers come first where one is chosen.")
    )

    objects = BodyKindQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]
        verbose_name = _("kind of body")
        verbose_name_plural = _("kinds of bodies")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reached_by__in=["", *ReachedBy.values])
                & models.Q(salutation__in=["", *Salutation.values]),
                name="body_kind_reach_and_salutation_are_known",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        was_new = self._state.adding
        super().save(*args, **kwargs)
        if not was_new:
            _keep_how_bodies_read([self.pk])

    @property
    def label(self) -> str:
        """Its name in the reader's language, where the record or the program knows it."""
        return self.text_of("name")

    def shown(self, field: str, language: str = "") -> Words:
        """The program has the common names in every language of its own."""
        wanted = language or get_language() or settings.LANGUAGE_CODE
        if field == "name" and self.name in COMMON_NAMES:
            with override(wanted):
                return Words(gettext(self.name), wanted, None)
        return super().shown(field, language)

    @property
    def begins_with(self) -> dict[str, Any]:
        """What a new body of this kind begins with, by field."""
        return {name: getattr(self, name) for name in self.BEGINS}
