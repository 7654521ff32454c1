"""The filters of the list of asks: those of the public list, and what only the desk asks for."""

from copy import deepcopy
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from advocacy.models import Organisation
from advocacy.public.forms import ActionFilterForm
from advocacy.public.forms.options import SlugField


class AskFilter(admin.SimpleListFilter):
    """A filter of the public list over every ask: its options, and the rule that narrows by it."""

    # The name of the field and of the argument of `matching`.
    parameter_name: str

    def __init__(self, request, params, model, model_admin):
        self.field: Any = deepcopy(ActionFilterForm.base_fields[self.parameter_name])
        self.title = self.field.label
        if isinstance(self.field, SlugField):
            self.field.queryset = self.offered(model)
        super().__init__(request, params, model, model_admin)

    def offered(self, model):
        """The rows that some ask is about, or that asked."""
        if self.parameter_name == "organisation":
            return Organisation.objects.that_asked()
        asked = model.objects.order_by().values(self.field.counted)
        return self.field.queryset.filter(pk__in=asked)

    def is_offered(self):
        """Whether it makes sense in this record; see `ActionFilterForm.not_offered`."""
        if self.parameter_name != "overdue" or self.value():
            return True
        return self.parameter_name not in ActionFilterForm.not_offered({})

    @property
    def chosen(self):
        """What the address names, or None where that is not known."""
        try:
            return self.field.clean(self.value()) or None
        except ValidationError:
            return None

    def lookups(self, request, model_admin):
        if not hasattr(self.field, "choices"):
            return [("on", self.field.label)] if self.is_offered() else []
        if isinstance(self.field, SlugField):
            # The search of the page finds the others.
            self.field.show_first(self.chosen)
        return [option for option in flat(self.field.widget.choices) if option[0]]

    def queryset(self, request, queryset):
        chosen = self.chosen
        return queryset.matching(**{self.parameter_name: chosen}) if chosen else queryset


def flat(choices):
    """The options of a select in one list, those of a group below its first."""
    for value, label in choices:
        if isinstance(label, list | tuple):
            first, *others = label
            yield first
            yield from ((code, f"– {words}") for code, words in others)
        else:
            yield value, label


ASK_FILTERS = [
    type(f"{name.title()}Filter", (AskFilter,), {"parameter_name": name})
    for name in (
        "overdue",
        "proposed",
        "status",
        "body",
        "issue",
        "topic",
        "audience",
        "organisation",
        "stance",
    )
]


class StaleFilter(admin.SimpleListFilter):
    title = _("last check")
    parameter_name = "checked"

    def lookups(self, request, model_admin):
        return [("stale", _("Not checked for 90 days"))]

    def queryset(self, request, queryset):
        return queryset.stale() if self.value() == "stale" else queryset
