"""The options of a filter: few of them, in words, and the rest by a search."""

from functools import lru_cache
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.utils import flatatt
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from advocacy.models import MOST_OPTIONS, told

UNKNOWN = _("“%(value)s” is not known here; this filter was not applied.")
LONGEST_SEARCH = 200


class Label(str):
    """The words of an option, with their language where that is not the page's."""

    __slots__ = ("language",)

    language: str

    def __new__(cls, words, language=""):
        label = super().__new__(cls, words)
        label.language = language
        return label

    @classmethod
    def of(cls, own, words):
        """The words that the database found in the page's language, or else a row's own."""
        return cls(words) if words else cls(own, foreign_language())

    def with_number(self, number):
        return type(self)(f"{self} ({number})", self.language)

    def __html__(self):
        words = conditional_escape(str(self))
        return (
            format_html('<span lang="{}">{}</span>', self.language, words)
            if self.language
            else words
        )


def foreign_language():
    """The language of the record, where it is not the page's."""
    own = settings.LANGUAGE_CODE
    return "" if get_language() == own else own


def counted(field, lookup):
    """A field whose options show what they would leave: `lookup` leads from an ask to the value."""
    field.counted = lookup
    return field


class Select(forms.Select):
    """Written without a template for each option, which takes most of the time of a filter form."""

    def optgroups(self, name, value, attrs=None):
        """Nothing: the options are written from the choices themselves."""
        return []

    def _render(self, template_name, context, renderer=None):
        widget = context["widget"]
        options = mark_safe("\n".join(self.written(set(widget["value"]))))
        attributes = flatatt(widget["attrs"])
        return format_html('<select name="{}"{}>{}</select>', widget["name"], attributes, options)

    def written(self, chosen):
        """Each option as HTML, or each group of them; one value is chosen at most."""
        for value, label in self.choices:
            if isinstance(label, list | tuple):
                options = mark_safe("\n".join(self.rows(label, chosen)))
                yield format_html('<optgroup label="{}">{}</optgroup>', value, options)
            else:
                yield from self.rows([(value, label)], chosen)

    def rows(self, choices, chosen):
        for value, label in choices:
            value = "" if value is None else str(value)
            is_chosen = value in chosen
            # Of the same value twice, the first.
            chosen.discard(value)
            yield option(value, str(label), getattr(label, "language", ""), is_chosen)


@lru_cache(maxsize=10_000)
def option(value, label, language, is_chosen):
    """The same options stand on many pages: the names of two hundred countries."""
    attributes = {"selected": is_chosen} | ({"lang": language} if language else {})
    return format_html('<option value="{}"{}>{}</option>', value, flatatt(attributes), label)


def choice(label, choices, empty):
    return forms.ChoiceField(
        widget=Select,
        label=label,
        required=False,
        choices=[("", empty), *choices],
        error_messages={"invalid_choice": UNKNOWN},
    )


class Switch(forms.BooleanField):
    """A filter that is on or off: its name stands in the address with `on`, or not at all."""

    def __init__(self, label):
        widget = CheckboxInput(check_test=lambda value: value in (True, "on"))
        super().__init__(label=label, required=False, widget=widget)

    def to_python(self, value):
        if value in (None, "", "on"):
            return value == "on"
        raise ValidationError(UNKNOWN, params={"value": value})


class CheckboxInput(forms.CheckboxInput):
    """Leaves it to the field what a value means: Django's takes any value for on.

    Its name is what `_field.html` and the style know a box by.
    """

    def value_from_datadict(self, data, files, name):
        return data.get(name)

    def format_value(self, value):
        """None: whatever the address said, a box that is ticked says `on`."""


def first_of(rows, words=""):
    """The first rows of a list that hold all of the words, and whether there are more."""
    found = list((rows.containing(words) if words else rows)[: MOST_OPTIONS + 1])
    return found[:MOST_OPTIONS], len(found) > MOST_OPTIONS


class SlugField(forms.ModelChoiceField):
    """Cleans a slug to its row, named by one of its columns.

    Only few options are shown. Where there are more, words in a second field find them
    (`templates/includes/_field.html`); they narrow the options and not the list.
    """

    widget = Select
    # Rows that can be searched by words (`containing`).
    queryset: Any
    # The lookup by which its options are counted, if they are; see `counted`.
    counted: str

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
    def matches(self):
        """The rows that hold the words looked for."""
        return self.queryset.containing(self.words) if self.words else self.queryset

    def in_words(self, rows):
        """Rows with their name as `own`, and in the page's language as `told`."""
        return rows.annotate(own=models.F(self.named), told=told(rows.model, self.named))

    def to_python(self, value):
        """The row, with its name in words: no page asks for that of one row by itself."""
        if value in self.empty_values:
            return None
        self.validate_no_null_characters(value)
        try:
            return self.in_words(self.queryset).get(slug=value)
        except (ValueError, TypeError, self.queryset.model.DoesNotExist) as error:
            raise ValidationError(
                self.error_messages["invalid_choice"],
                code="invalid_choice",
                params={"value": value},
            ) from error

    def label_of(self, row):
        """The words of a row that this field found."""
        return Label.of(row.own, row.told)

    def names(self, pks=None):
        """Those of these rows that match, or all that do, their name in words."""
        rows = self.matches if pks is None else self.matches.filter(pk__in=pks)
        return self.in_words(rows.order_by())

    def show_first(self, chosen):
        """Show the first options, without counts, and what is chosen."""
        rows, has_more = first_of(self.in_words(self.queryset.only("slug")), self.words)
        options = [(row.slug, self.label_of(row)) for row in rows]
        self.show(options, chosen and (chosen.slug, self.label_of(chosen)))
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
