"""The choice of a country, named and sorted in the reader's language."""

from typing import Any
from unicodedata import normalize

from babel import Locale
from django import forms
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext_lazy as _

from advocacy.models import known_countries

# Babel names countries and does not sort; these letters stand elsewhere than their numbers say.
UKRAINIAN = {letter: n for n, letter in enumerate("абвгґдеєжзиіїйклмнопрстуфхцчшщьюя")}


def country_choices():
    """The countries that the record knows, by name in the active language."""
    territories = Locale.parse(to_locale(get_language())).territories
    names = [(code, territories.get(code, code)) for code in known_countries()]
    return sorted(names, key=in_order)


def in_order(choice):
    code, name = choice
    return [place_of(letter) for letter in name.casefold()], code


def place_of(letter):
    """Where a letter stands in its alphabet; É stands with E."""
    plain = normalize("NFD", letter)[0]
    return UKRAINIAN.get(letter, ord(plain if plain.isascii() else letter))


class CountryForm(forms.Form):
    """Which State; nothing is guessed from where a visitor is."""

    fields: dict[str, Any]

    country = forms.ChoiceField(
        label=_("Your country"),
        error_messages={
            "invalid_choice": _("This record has nothing to say of “%(value)s”."),
            "required": _("Choose a country."),
        },
    )

    def __init__(self, data=None, **kwargs):
        super().__init__(data, auto_id="seats-%s", use_required_attribute=False, **kwargs)
        self.fields["country"].choices = [("", _("Choose a country")), *country_choices()]
