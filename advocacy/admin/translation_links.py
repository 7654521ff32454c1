"""Where the words of a row are translated, for whoever stands on its page."""

from django.conf import settings
from django.urls import reverse
from django.utils.text import capfirst

from advocacy.models import Translation
from advocacy.models.dates import language_name


def language_head(code):
    """The name of a language as it begins a line."""
    return capfirst(language_name(code))


def table_url(row, language):
    return reverse(
        "admin:advocacy_translation_table", args=[row.translation_name(), row.pk, language]
    )


def tables_of(row):
    """(name, address) of the table of a row in each language that it is not written in."""
    return [
        (language_head(code), table_url(row, code))
        for code, _name in settings.LANGUAGES
        if row.fields_to_translate(code)
    ]


def languages_of(row):
    """The names of the languages into which something of a row is translated."""
    found = Translation.objects.of_row(row).order_by("language")
    codes = found.values_list("language", flat=True).distinct()
    return [language_head(code) for code in codes if code in dict(settings.LANGUAGES)]
