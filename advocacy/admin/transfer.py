"""Export and import of a whole table, from the buttons above its list."""

import logging
import sqlite3
from collections import Counter
from contextlib import suppress

from django import forms
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.signing import BadSignature, Signer
from django.db import OperationalError
from django.http import HttpResponse, StreamingHttpResponse
from django.template.defaultfilters import filesizeformat
from django.urls import path, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from advocacy import transfer
from advocacy.admin.base import DeskModelAdmin

logger = logging.getLogger(__name__)

# The disk is full, or the database is away, locked or on a full disk.
CANNOT_WRITE = (OSError, OperationalError, sqlite3.OperationalError)
NOT_WRITTEN = gettext_lazy(
    "The file could not be imported: the site cannot write now. Look at the list before you choose"
    " the file again."
)
MOST_UPLOADED = 50 * 1024 * 1024
MOST_SHOWN = 500
TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


class ImportForm(forms.Form):
    """A file, or what stands for the one of a dry run: its name, signed for this person and list.

    `cleaned_data["file"]` is the file, open, and `cleaned_data["kept"]` stands for it.
    """

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV or JSON in UTF-8, with a name that ends in .csv or .json."),
        widget=forms.FileInput(attrs={"accept": ".csv,.json"}),
        required=False,
    )
    kept = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, signer, **kwargs):
        super().__init__(*args, **kwargs)
        self.signer = signer

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file is None:
            return None
        if transfer.guess_format(file.name) is None:
            raise ValidationError(_("The name of the file should end in .csv or .json."))
        if file.size > MOST_UPLOADED:
            raise ValidationError(
                _("The file has %(size)s; at most %(most)s fit here. Split it, or use import_rows.")
                % {"size": filesizeformat(file.size), "most": filesizeformat(MOST_UPLOADED)}
            )
        return file

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        if file := cleaned.get("file"):
            # Where the disk is full the file is chosen again, as before.
            with suppress(OSError):
                copy = {"copy": transfer.keep(file), "name": file.name}
                cleaned["kept"] = self.signer.sign_object(copy)
        elif "file" not in self.errors:
            self._open_kept(cleaned)
        return cleaned

    def _open_kept(self, cleaned):
        if not cleaned.get("kept"):
            self.add_error("file", self.fields["file"].error_messages["required"])
            return
        try:
            said = self.signer.unsign_object(cleaned["kept"])
            copy = transfer.kept_file(said["copy"])
            cleaned["file"] = copy and File(copy, name=said["name"])
        except (BadSignature, OSError):
            cleaned["file"] = None
        if cleaned["file"] is None:
            self.add_error("file", _("The file of the dry run is no longer here: choose it again."))


def streamed(name, format, pieces):
    """A file of this name to download, from pieces of its text."""
    response = StreamingHttpResponse(pieces, content_type=TYPES[format])
    response["Content-Disposition"] = f'attachment; filename="{name}.{format}"'
    return response


def columns_page(kind):
    """How a kind of rows is called, and the page of its columns; None of no kind."""
    if not kind:
        return None
    opts = transfer.KINDS[kind]._meta
    address = reverse(f"admin:{opts.app_label}_{opts.model_name}_columns")
    return capfirst(opts.verbose_name_plural), address


class TransferMixin(DeskModelAdmin):
    """Adds the buttons and their addresses to the screen of a model that `transfer` knows."""

    @property
    def transfer_kind(self):
        kind = transfer.kind_of(self.model)
        assert kind, "A list with these buttons is of a kind that files have."
        return kind

    def get_urls(self):
        def named(address, view, name, **arguments):
            wrapped = never_cache(self.admin_site.admin_view(view))
            name = f"{self.opts.app_label}_{self.opts.model_name}_{name}"
            return path(address, wrapped, arguments, name=name)

        export, read = require_safe(self.export_view), require_http_methods(["GET", "HEAD", "POST"])
        template = require_safe(self.template_view)
        return [
            named("export.csv", export, "export_csv", format="csv"),
            named("export.json", export, "export_json", format="json"),
            named("import/", read(self.import_view), "import"),
            named("columns/", require_safe(self.columns_view), "columns"),
            named("template.csv", template, "template_csv", format="csv"),
            named("template.json", template, "template_json", format="json"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        def may(*verbs):
            return request.user.has_perms(transfer.permissions(self.model, *verbs))

        context = {
            "may_import": may("add", "change"),
            "may_export": may("view"),
            "transfer": self.named("").removesuffix("_"),
        }
        return super().changelist_view(request, context | (extra_context or {}))

    def export_view(self, request, format):
        pieces = transfer.export_rows(self.transfer_kind, format, by=request.user)
        return streamed(f"{self.transfer_kind}-{timezone.localdate()}", format, pieces)

    def template_view(self, request, format):
        """A file to begin with."""
        pieces = transfer.template(self.transfer_kind, format, by=request.user)
        return streamed(f"{self.transfer_kind}-template", format, pieces)

    def columns_view(self, request):
        """What each column means and may hold, and in which order kinds of rows are imported."""
        row = transfer.example(self.transfer_kind, by=request.user)
        columns = transfer.described(self.transfer_kind)
        return self.desk_page(
            request,
            "columns.html",
            title=_("The columns of %(rows)s") % {"rows": self.opts.verbose_name_plural},
            list_address=self.named("changelist"),
            template_csv=self.named("template_csv"),
            template_json=self.named("template_json"),
            columns=[
                (column, transfer.as_text(row[column.name]), columns_page(column.names))
                for column in columns
            ],
            kinds=[(kind, *columns_page(kind)) for kind in transfer.KINDS],
            kind=self.transfer_kind,
            of_the_record=transfer.is_of_the_record(self.model),
        )

    def named(self, name):
        """The name of an address of this list."""
        return f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}"

    def import_view(self, request):
        """Say what a file would do; with the button "Import" do it, if no row is refused."""
        transfer.demand(request.user, self.model, "add", "change")
        signer = Signer(salt=f"import {self.transfer_kind} {request.user.pk}")
        posted = (request.POST, request.FILES) if request.method == "POST" else ()
        form = ImportForm(*posted, signer=signer)
        context = {
            "title": _("Import %(rows)s") % {"rows": self.opts.verbose_name_plural},
            "media": self.media + form.media,
            "list_address": self.named("changelist"),
            "columns_address": self.named("columns"),
            "form": form,
            "rows_before": [
                columns_page(kind) for kind in transfer.rows_before(self.transfer_kind)
            ],
            "of_the_record": transfer.is_of_the_record(self.model),
        }
        if form.is_valid():
            with form.cleaned_data["file"] as file:
                if "refused" in request.POST:
                    return self.refusals(request, file)
                try:
                    context |= self.read(request, file, "import" not in request.POST)
                except CANNOT_WRITE:
                    logger.exception("A file could not be imported")
                    form.add_error(None, NOT_WRITTEN)
            if "left" in context:
                context["form"] = ImportForm(
                    signer=signer,
                    initial={"kept": form.cleaned_data.get("kept")} if context["left"] else {},
                )
        return self.desk_page(request, "import.html", **context)

    def fates(self, request, file, dry_run):
        format = transfer.guess_format(file.name)
        assert format, "The form has looked at the name."
        kind, by = self.transfer_kind, request.user
        return transfer.import_rows(kind, file, format, by=by, dry_run=dry_run)

    def refusals(self, request, file):
        """Every refused row of a file, to be mended one by one."""
        text = "".join(
            transfer.refusals_csv(self.transfer_kind, self.fates(request, file, dry_run=True))
        )
        response = HttpResponse(text, content_type=TYPES["csv"])
        name = f"{self.transfer_kind}-refused-{timezone.localdate()}.csv"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def read(self, request, file, dry_run):
        """The outcome of a file for the page: how many of what, and the first that are not same.

        Those that are refused come first.
        """
        counts: Counter[transfer.What] = Counter()
        refused: list[transfer.Fate] = []
        others: list[transfer.Fate] = []
        for fate in self.fates(request, file, dry_run):
            counts[fate.what] += 1
            shown = refused if fate.what == transfer.What.REFUSED else others
            if fate.what != transfer.What.SAME and len(shown) < MOST_SHOWN:
                shown.append(fate)
        fates = [*refused, *others][:MOST_SHOWN]
        return {
            "file_name": file.name,
            "counts": [(what, counts[what]) for what in transfer.What],
            "refused": counts[transfer.What.REFUSED],
            "dry_run": dry_run,
            # Whether there is something left to do with the file.
            "left": dry_run or counts[transfer.What.REFUSED],
            "fates": fates,
            "more": counts.total() - counts[transfer.What.SAME] - len(fates),
        }
