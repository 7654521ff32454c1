"""What every list and page of the desk shares."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db import models
from django.db.models import QuerySet
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from advocacy.admin.translation_links import languages_of, tables_of
from advocacy.models import TRANSLATE, Among, Translated
from advocacy.models.facets import keys_of
from advocacy.models.folded import held_by, wanted
from advocacy.models.withheld import kind_of
from advocacy.web.pagination import in_order

# The order of long lists whose own order would join and sort all rows.
NEWEST_FIRST = ("-pk",)
# A search lists so many rows: to count a hundred thousand takes longer than to add a word.
MOST_FOUND = 1000


class FirstFound(ChangeList):
    """A list that a search narrows to the first rows of its order, and says where there are more.

    What is done to all rows of the list is done to those alone.
    """

    def get_queryset(self, request, exclude_parameters=None):
        rows = super().get_queryset(request, exclude_parameters)
        if exclude_parameters is not None or not self.query:
            return rows
        keys = list(rows.values_list("pk", flat=True)[: MOST_FOUND + 1])
        if len(keys) > MOST_FOUND:
            self.search_help_text = _(
                "More than %(number)d rows match. These are the first of them: add a word or"
                " choose a filter to find the others."
            ) % {"number": MOST_FOUND}
        found = self.root_queryset.filter(Among("pk", keys[:MOST_FOUND]))
        return self.apply_select_related(found).order_by(*rows.query.order_by)

    def get_results(self, request):
        super().get_results(request)
        # Django reads a single page whole, by all that it is narrowed by.
        if not self.result_count:
            self.result_list = []
        elif not self.multi_page:
            self.result_list = self.paginator.page(1).object_list


class KeysFirst(Paginator):
    """Sorts the narrowest rows there are, and reads whole only those that a page shows."""

    object_list: QuerySet[Any, Any]
    # All rows with what is shown of them, to be found by their keys alone.
    whole: QuerySet[Any, Any]

    def page(self, number):
        page = super().page(number)
        start = page.start_index() - 1
        keys = self.object_list.values_list("pk", flat=True)[max(start, 0) : page.end_index()]
        page.object_list = in_order(keys, self.whole)
        return page


class DeskModelAdmin(admin.ModelAdmin):
    list_per_page = 50
    # Counting a large table for every search takes longer than the search.
    show_full_result_count = False
    paginator = KeysFirst

    class Media:
        css = {"all": ["css/admin.css"]}

    def get_changelist(self, request, **kwargs):
        return FirstFound

    def get_paginator(self, request, queryset, *args, **kwargs):
        if queryset.model is not self.model:
            # The history of a row: lines of the log, which are no rows of this list.
            return Paginator(queryset, *args, **kwargs)
        paginator: Any = super().get_paginator(request, queryset, *args, **kwargs)
        paginator.whole = self.get_queryset(request)
        paginator.whole.query.select_related = queryset.query.select_related
        return paginator

    def get_search_results(self, request, queryset, search_term):
        """The rows where each word or phrase stands in one of the fields, as on the pages."""
        for word in wanted(search_term):
            queryset = queryset.filter(self.holding(word))
        return queryset, False

    def holding(self, word):
        """The rows where one of the parts of a search stands in one of the fields.

        Another table is searched by itself, so that the indexes of both are of use.
        """
        own = [field for field in self.search_fields if "__" not in field]
        found = held_by(own, word)
        for field in [field for field in self.search_fields if field not in own]:
            path, name = field.split("__")
            others: Any = self.opts.get_field(path).related_model
            keys = keys_of(others._default_manager.filter(held_by([name], word)))
            found |= models.Q(Among(path, map(int, keys)))
        return found

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        """Whoever edits words reads there which of their translations become outdated."""
        if obj and obj.pk and isinstance(obj, Translated):
            context["translated_into"] = languages_of(obj)
            if request.user.has_perm(TRANSLATE):
                context["translation_tables"] = tables_of(obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def desk_page(self, request, template, *, status=None, **context):
        """A page of our own beside those that Django's admin has for a model."""
        request.current_app = self.admin_site.name
        shared = {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media}
        template = f"admin/advocacy/{template}"
        return TemplateResponse(request, template, shared | context, status=status)


def propose_url(row):
    """The page that proposes to withhold words of a row."""
    return reverse("admin:advocacy_withholding_propose", args=[kind_of(row), row.pk])


class ReadOnlyAdmin(DeskModelAdmin):
    """Rows that nobody adds, changes or deletes here."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
