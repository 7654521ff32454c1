"""The options of a filter: few of them, in words, and the rest by a search."""

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from advocacy.models import MOST_OPTIONS

UNKNOWN = _("“%(value)s” is not known here; this filter was not applied.")
LONGEST_SEARCH = 200


def counted(field, lookup):
    """A field whose options show what they would leave: `lookup` leads from an ask to the value."""
    field.counted = lookup
    return field


def choice(label, choices, empty):
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=[("", empty), *choices],
        error_messages={"invalid_choice": UNKNOWN},
    )


def first_of(rows, words=""):
    """The first rows of a list that hold all of the words, and whether there are more."""
    found = list((rows.containing(words) if words else rows)[: MOST_OPTIONS + 1])
    return found[:MOST_OPTIONS], len(found) > MOST_OPTIONS


class SlugField(forms.ModelChoiceField):
    """Cleans a slug to its row, named by one of its columns.

    Only few options are shown. Where there are more, words in a second field find them
    (`templates/includes/_field.html`); they narrow the options and not the list.
    """

    def __init__(self, queryset, *, label, empty, named="name", searched=True):
        super().__init__(
            queryset,
            label=label,
            required=False,
            to_field_name="slug",
            empty_label=empty,
            error_messages={"invalid_choice": UNKNOWN},
        )
        self.named = named
        self.searched = searched
        self.words = ""
        self.has_more = False

    def look_for(self, words):
        if self.searched:
            self.words = words.strip()[:LONGEST_SEARCH]

    @property
    def found(self):
        """The rows that hold the words looked for."""
        return self.queryset.containing(self.words) if self.words else self.queryset

    def names(self, pks):
        """The found ones of these rows, their name as `shown`."""
        return self.found.filter(pk__in=pks).order_by().annotate(shown=models.F(self.named))

    def show_first(self, chosen):
        """Show the first options, without counts, and what is chosen."""
        rows, has_more = first_of(self.queryset.only("slug", self.named), self.words)
        self.show([(row.slug, str(row)) for row in rows], chosen and (chosen.slug, str(chosen)))
        self.has_more = has_more

    def show(self, options, chosen):
        """Show some of these options, and what is chosen even if it is none of them."""
        shown = options[:MOST_OPTIONS]
        if chosen and chosen[0] not in dict(shown):
            shown.append(chosen)
        self.has_more = len(options) > MOST_OPTIONS
        self.widget.choices = [("", self.empty_label), *shown]

    @property
    def is_searched(self):
        """Whether the field for words is of use."""
        return self.searched and bool(self.words or self.has_more)
