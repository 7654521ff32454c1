from django import forms
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.contrib import admin
from django.db import transaction
from django.utils import translation
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from advocacy.admin.content import VersionedAdmin
from advocacy.models import Page
from advocacy.public.views.pages import page_of


@admin.register(Page)
class PageAdmin(VersionedAdmin):
    fixture = "pages/"
    list_display = ["title", "slug", "language", "in_footer", "position"]
    list_filter = ["language", "in_footer", *VersionedAdmin.list_filter]
    search_fields = ["title", "standfirst", "text"]
    fields = ["slug", "language", "title", "standfirst", "text", "in_footer", "position"]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "language":
            kwargs["widget"] = forms.Select(choices=languages())
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def response_add(self, request, obj, post_url_continue=None):
        return look_at(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request, obj):
        return look_at(request, obj) or super().response_change(request, obj)


def languages():
    """The languages of the site and those in which there are pages; nothing is the site's own."""
    own = settings.LANGUAGE_CODE
    codes = [code for code, _name in settings.LANGUAGES if code != own]
    others = Page.objects.order_by().values_list("language", flat=True).distinct()
    codes += sorted({*others} - {"", *codes})
    name = get_language_info(own)["name_translated"]
    return [("", _("%(language)s, the language of the site") % {"language": name})] + [
        (code, get_language_info(code)["name_translated"] if code in LANG_INFO else code)
        for code in codes
    ]


def look_at(request, page):
    """The public page as it would look with what stands in the form, if that is what was asked."""
    if "preview" not in request.POST:
        return None
    language = page.lang if page.lang in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with translation.override(language):
        preview = {"address": page.get_absolute_url()}
        answer = page_of(request, page.slug, page, preview=preview)
    # Nothing of it stays.
    transaction.set_rollback(True)
    answer["Cache-Control"] = "no-store"
    return answer
