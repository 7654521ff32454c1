"""What all editorial content shares: who owns a row, and how it is searched."""

import unicodedata
from collections.abc import Sequence
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


def fold(text):
    """Casefold for search: the same answer on every database, in every script."""
    return unicodedata.normalize("NFKC", text).casefold()


class ContentQuerySet[Row: "Content"](models.QuerySet[Row]):
    def get_by_natural_key(self, key):
        return self.get(**{self.model.NATURAL_KEY: key})

    def from_fixtures(self):
        """Rows that `load_content` may still write: no member of staff has edited them."""
        return self.filter(edited_by_staff_at=None)


class Content(models.Model):
    """A row that a fixture may own until staff edit it in the admin."""

    # The field by which a fixture names a row.
    NATURAL_KEY = "slug"

    edited_by_staff_at = models.DateTimeField(
        _("edited by staff"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Set at the first edit here; from then on load_content leaves the row alone."),
    )

    class Meta:
        abstract = True

    def natural_key(self) -> tuple[str]:
        return (getattr(self, self.NATURAL_KEY),)


class SearchableQuerySet[Row: "Searchable"](ContentQuerySet[Row]):
    def containing(self, text):
        """Narrow to the rows whose own text holds every word of `text`, in any script."""
        rows = self
        for word in fold(text).split():
            rows = rows.filter(search_text__contains=word)
        return rows


class Searchable(Content):
    """Content with a casefolded copy of its searched fields (`SEARCHED`), kept by `save`."""

    SEARCHED: ClassVar[Sequence[str]] = ()

    search_text = models.TextField(editable=False, default="")

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        self.search_text = self.folded_text()
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "search_text"}
        super().save(*args, **kwargs)

    def folded_text(self):
        return fold("\n".join(getattr(self, field) for field in self.SEARCHED))
