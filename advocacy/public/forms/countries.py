"""The choice of a country, named and sorted in the reader's language."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from advocacy.languages import place_in_a_list
from advocacy.models import country_name, known_countries
from advocacy.models.kept import Kept

# By language.
kept = Kept[list[tuple[str, str]]](most=20)


def country_choices():
    """The countries that the record knows, by name in the active language."""
    return kept.get(get_language(), _country_choices)


def _country_choices():
    names = [(code, country_name(code)) for code in known_countries()]
    return sorted(names, key=lambda choice: (place_in_a_list(choice[1]), choice))


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
