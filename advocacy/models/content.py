"""What all editorial content shares: who owns a row."""

from collections.abc import Collection, Mapping

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from advocacy.models.translated import Translated
from advocacy.models.wordings import Witnessed, Wording


class ContentQuerySet[Row: "Content"](models.QuerySet[Row]):
    def get_by_natural_key(self, key):
        return self.get(**{self.model.NATURAL_KEY: key})

    def from_fixtures(self):
        """Rows that `load_content` may still overwrite: no member of staff has edited them."""
        return self.filter(edited_by_staff_at=None)

    def insert(self, rows: list[Row]) -> None:
        """Add new rows at once, with all that `save` does for each of them."""
        self.bulk_create(rows)
        if history := getattr(self.model, "history", None):
            history.bulk_history_create(rows, default_change_reason=None)

    def change(self, rows: list[Row]) -> None:
        """Write rows that were changed and are locked, with all that `save` does for each."""
        fields = [field.name for field in self.model._meta.concrete_fields if not field.primary_key]
        self.bulk_create(rows, update_conflicts=True, unique_fields=["pk"], update_fields=fields)
        if history := getattr(self.model, "history", None):
            history.bulk_history_create(rows, update=True, default_change_reason=None)
        if issubclass(self.model, Witnessed):
            Wording.objects.take_changed(self.model, [row.pk for row in rows])


class Content(Translated):
    """A row that belongs to its fixture until staff edit it in the admin."""

    # The field by which a fixture names a row.
    NATURAL_KEY = "slug"
    # Whether `clean` reads other rows of its table, so that several are checked one after another.
    IS_CHECKED_AGAINST_OTHERS = False

    edited_by_staff_at = models.DateTimeField(
        _("edited by staff"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Set at the first edit here; from then on load_content leaves the row alone."),
    )

    class Meta:
        abstract = True

    def natural_key(self) -> tuple[str, ...]:
        return (getattr(self, self.NATURAL_KEY),)

    def begin(self, said: Collection[str]) -> None:
        """Fill in a new row what others say of it, but for the fields of which it was said.

        Fixtures and imports call it before they check the row; forms fill in what was left empty.
        """

    def made_by(self, person: User) -> None:
        """Note who brings in a new row; most rows keep nobody's name."""

    def check_many(self, values: Mapping[str, Collection[int]]) -> None:
        """Refuse what this row may not be related to, and no row where one is needed.

        `values` are keys of rows by the name of the field. Every way in calls it before it saves
        them: forms, imports, fixtures, verbs. No constraint of the database can say it.
        """
        missing = {
            field.name: str(field.error_messages["blank"])
            for field in self._meta.many_to_many
            if not field.blank and field.name in values and not values[field.name]
        }
        if missing:
            raise ValidationError(missing)
