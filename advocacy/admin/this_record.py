"""The page of the desk that names the record and says who is behind it."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advocacy.admin.content import ContentForm, VersionedAdmin
from advocacy.languages import is_whole, sentences_in
from advocacy.models import Picture, Site
from advocacy.models.pictures import LOGO, MOST_UPLOADED, SOCIAL, Use


class PictureInput(forms.ClearableFileInput):
    """Offers to take a picture away; the page shows it beside."""

    def is_initial(self, value):
        return bool(value)

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["accept"] = "image/png"
        return context


class PictureUpload(forms.FileField):
    """A file that comes in as a picture, redrawn for its use."""

    widget = PictureInput

    def __init__(self, use: Use, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.use = use

    def clean(self, data, initial=None):
        cleaned = super().clean(data, initial)
        if cleaned is False:
            return None
        if cleaned is initial or cleaned is None:
            return initial
        # One byte more than it may have shows that it has too many.
        return Picture.objects.take(cleaned.read(MOST_UPLOADED + 1), self.use)


def upload(name: str, use: Use) -> PictureUpload:
    field: Any = Site._meta.get_field(name)
    return PictureUpload(use, label=field.verbose_name, help_text=field.help_text)


class SiteForm(ContentForm):
    logo = upload("logo", LOGO)
    social_picture = upload("social_picture", SOCIAL)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # The key of the only row is known before there is one: nobody has seen it yet.
        if self.instance._state.adding and not hasattr(self.instance, "_history"):
            self.fields["seen"].initial = None
        for name in ("logo", "social_picture"):
            if name in self.fields:
                self.initial[name] = getattr(self.instance, name)


@admin.register(Site)
class SiteAdmin(VersionedAdmin):
    """One row: its list leads right to it, or to the form that makes it."""

    form = SiteForm
    fixture = "site.json"
    readonly_fields = ["languages", "logo_shown", "social_picture_shown"]
    fieldsets = [
        (
            _("Whose record it is"),
            {"fields": ["name", "purpose", "organisation", "licence", "languages"]},
        ),
        (
            _("How to reach you"),
            {"fields": ["email", "postal_address", "openpgp_key", "responsible"]},
        ),
        (
            _("How it looks"),
            {
                "fields": [
                    *["accent", "logo_shown", "logo"],
                    *["social_picture_shown", "social_picture"],
                ]
            },
        ),
        (_("Letters"), {"fields": ["no_letters_in"]}),
        (_("Mail and the foot"), {"fields": ["sender_name", "footer_links", "names_program"]}),
    ]

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_or_change_permission(request):
            return super().changelist_view(request, extra_context)
        row = Site.objects.first()
        if row is None and not self.has_add_permission(request):
            return super().changelist_view(request, extra_context)
        name, args = ("change", [row.pk]) if row else ("add", [])
        return HttpResponseRedirect(reverse(f"admin:advocacy_site_{name}", args=args))

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not Site.objects.exists()

    def has_delete_permission(self, request, obj=None):
        return False

    def get_model_perms(self, request):
        """Of the menu, which stands on every page: its list leads to the form, be it new or not."""
        may = {"view": self.has_view_permission, "change": self.has_change_permission}
        return {"add": False, "delete": False} | {verb: has(request) for verb, has in may.items()}

    @admin.display(description=_("languages"))
    def languages(self, _site):
        """Read at the start from `site.json` of the content folder."""
        names = [name for _code, name in settings.LANGUAGES]
        told = [
            gettext("%(language)s: %(told)d of %(there)d sentences of the program.")
            % {"language": name, "told": sentences_in(code)[0], "there": sentences_in(code)[1]}
            for code, name in settings.LANGUAGES
            if not is_whole(code)
        ]
        where = gettext("They are set in site.json of the content folder.")
        return format_html("{}. {} {}", ", ".join(names), where, " ".join(told))

    @admin.display(description=_("logo now"))
    def logo_shown(self, site):
        return shown(site.logo)

    @admin.display(description=_("social picture now"))
    def social_picture_shown(self, site):
        return shown(site.social_picture)


def shown(picture: Picture | None) -> str:
    if picture is None:
        return "–"
    # Half as large, as on the pages.
    return format_html(
        '<img src="{}" width="{}" height="{}" alt=""> {}',
        picture.get_absolute_url(),
        picture.width // 2,
        picture.height // 2,
        picture,
    )
