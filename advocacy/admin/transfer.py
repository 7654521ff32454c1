"""Export and import of a whole table, from the buttons above its list."""

from collections import Counter

from django import forms
from django.core.exceptions import ValidationError
from django.http import StreamingHttpResponse
from django.template.defaultfilters import filesizeformat
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from advocacy import transfer
from advocacy.admin.base import DeskModelAdmin

MOST_UPLOADED = 50 * 1024 * 1024
MOST_SHOWN = 500
TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


class ImportForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV or JSON in UTF-8, with a name that ends in .csv or .json."),
        widget=forms.FileInput(attrs={"accept": ".csv,.json"}),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if transfer.guess_format(file.name) is None:
            raise ValidationError(_("The name of the file should end in .csv or .json."))
        if file.size > MOST_UPLOADED:
            raise ValidationError(
                _("The file has %(size)s; at most %(most)s fit here. Split it, or use import_rows.")
                % {"size": filesizeformat(file.size), "most": filesizeformat(MOST_UPLOADED)}
            )
        return file


class TransferMixin(DeskModelAdmin):
    """Adds the buttons and their addresses to the screen of a model that `transfer` knows."""

    @property
    def transfer_kind(self):
        return next(kind for kind, model in transfer.KINDS.items() if model is self.model)

    def get_urls(self):
        def named(address, view, name, **arguments):
            wrapped = never_cache(self.admin_site.admin_view(view))
            name = f"{self.opts.app_label}_{self.opts.model_name}_{name}"
            return path(address, wrapped, arguments, name=name)

        export, read = require_safe(self.export_view), require_http_methods(["GET", "HEAD", "POST"])
        return [
            named("export.csv", export, "export_csv", format="csv"),
            named("export.json", export, "export_json", format="json"),
            named("import/", read(self.import_view), "import"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        def may(*verbs):
            names = [f"{self.opts.app_label}.{v}_{self.opts.model_name}" for v in verbs]
            return request.user.has_perms(names)

        name = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        context = {"may_import": may("add", "change"), "may_export": may("view"), "transfer": name}
        return super().changelist_view(request, context | (extra_context or {}))

    def export_view(self, request, format):
        pieces = transfer.export_rows(self.transfer_kind, format, by=request.user)
        response = StreamingHttpResponse(pieces, content_type=TYPES[format])
        name = f"{self.transfer_kind}-{timezone.localdate()}.{format}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def import_view(self, request):
        """Say what a file would do; with the button "Import" do it, if no row is refused."""
        transfer.demand(request.user, self.model, "add", "change")
        form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
        context = {
            "title": _("Import %(rows)s") % {"rows": self.opts.verbose_name_plural},
            "media": self.media + form.media,
            "list_address": f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist",
            "form": form,
            "columns": [
                (name, field.verbose_name, transfer.is_needed(field))
                for name, field in transfer.columns_of(self.model).items()
            ],
        }
        if form.is_valid():
            context |= self.read(request, form.cleaned_data["file"], "import" not in request.POST)
        return self.desk_page(request, "import.html", **context)

    def read(self, request, file, dry_run):
        """The outcome of a file for the page: how many of what, and the first that are not same."""
        counts: Counter[transfer.What] = Counter()
        shown: list[transfer.Fate] = []
        format = transfer.guess_format(file.name)
        assert format, "The form has looked at the name."
        kind, by = self.transfer_kind, request.user
        for fate in transfer.import_rows(kind, file, format, by=by, dry_run=dry_run):
            counts[fate.what] += 1
            if fate.what != transfer.What.SAME and len(shown) < MOST_SHOWN:
                shown.append(fate)
        return {
            "file_name": file.name,
            "counts": [(what, counts[what]) for what in transfer.What],
            "refused": counts[transfer.What.REFUSED],
            "dry_run": dry_run,
            "fates": shown,
            "more": counts.total() - counts[transfer.What.SAME] - len(shown),
        }
