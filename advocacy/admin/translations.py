"""Translations at the desk: how far they are, the table of each row, and catalogues in and out."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.core.signing import Signer
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from advocacy.admin.base import ReadOnlyAdmin
from advocacy.admin.translation_forms import CatalogueForm, TableForm
from advocacy.admin.translation_links import language_head, table_url, tables_of
from advocacy.admin.withholdings import row_url
from advocacy.models import TRANSLATE, Translation, translated
from advocacy.models.to_translate import TO_DO, ToDo, next_unfinished, progress
from advocacy.transfer.catalogues import texts_of_rows, write_catalogue
from advocacy.transfer.translating import bring_in

A_PAGE = 50
# So many contexts of each fate are named; a command names all of them.
MOST_NAMED = 500


def state_of(word):
    """A state as addresses name it."""
    states = {state.value.replace("_", "-"): state for state in TO_DO}
    if word not in states:
        raise Http404
    return states[word]


def catalogue(name, language, texts=None, only=None):
    """A catalogue to download."""
    content = write_catalogue(language, texts, only=only)
    response = HttpResponse(content, content_type="text/x-gettext-translation; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.po"'
    return response


@admin.register(Translation)
class TranslationAdmin(ReadOnlyAdmin):
    """No list of its rows: how far each language is leads to what is left to do."""

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm(TRANSLATE)

    def get_urls(self):
        def named(address, view, name):
            def may(request, *args, **kwargs):
                if not request.user.has_perm(TRANSLATE):
                    raise PermissionDenied
                for language in {kwargs.get("language")} - {None}:
                    if language not in dict(settings.LANGUAGES):
                        raise Http404
                return view(request, *args, **kwargs)

            wrapped = never_cache(self.admin_site.admin_view(may))
            return path(address, wrapped, name=f"advocacy_translation_{name}")

        typed = require_http_methods(["GET", "HEAD", "POST"])
        export_row = require_safe(self.export_row_view)
        return [
            named("import/", typed(self.import_view), "import"),
            named("<slug:language>.po", require_safe(self.export_view), "export"),
            named("in/<slug:language>/<slug:word>/", require_safe(self.list_view), "list"),
            named("of/<slug:of>/<int:pk>/", require_safe(self.first_view), "first"),
            named("of/<slug:of>/<int:pk>/<slug:language>/", typed(self.table_view), "table"),
            named("of/<slug:of>/<int:pk>/<slug:language>.po", export_row, "export_row"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        """How far each language is."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        languages = [
            {
                "name": language_head(told.language),
                "told": told,
                "numbers": [(s, s.value.replace("_", "-"), told.number(s)) for s in TO_DO],
            }
            # The language of the record last: few texts were written in another one.
            for told in sorted(
                progress().values(), key=lambda told: told.language == settings.LANGUAGE_CODE
            )
        ]
        return self.desk_page(
            request, "translation/languages.html", title=_("Translations"), languages=languages
        )

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """A translation stands in the table of its row."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = object_id.isdecimal() and Translation.objects.filter(pk=object_id).first()
        if not found or not found.target:
            raise Http404
        return redirect(table_url(found.target, found.language))

    def list_view(self, request, language, word):
        """The texts in a state, of all kinds or of one."""
        state, of = state_of(word), request.GET.get("kind", "")
        told = progress().get(language)
        if told is None or of not in ("", *translated()):
            raise Http404
        # It can be sliced, which is all that its pages need.
        texts: Any = ToDo(told, state, of)
        paginator = Paginator(texts, A_PAGE)
        kinds = [
            (name, capfirst(model._meta.verbose_name), told.number(state, name))
            for name, model in translated().items()
        ]
        page = paginator.get_page(request.GET.get("page"))
        return self.desk_page(
            request,
            "translation/list.html",
            title=f"{language_head(language)}: {state.label}",
            language=language,
            word=word,
            kinds=[kind for kind in kinds if kind[2]],
            all_of_them=told.number(state),
            of=of,
            page=page,
            rows=list(page.object_list),
        )

    def row(self, of, pk):
        if of not in translated():
            raise Http404
        return get_object_or_404(translated()[of]._base_manager, pk=pk)

    def first_view(self, request, of, pk):
        """The table of a row in the first language that it is not written in."""
        tables = tables_of(self.row(of, pk))
        if not tables:
            raise Http404
        return redirect(tables[0][1])

    @transaction.atomic
    def table_view(self, request, of, pk, language):
        row = self.row(of, pk)
        if request.method == "POST":
            # Whoever saves it takes the row first: nobody changes its words in between.
            row = type(row)._base_manager.select_for_update().get(pk=pk)
        texts = [field for _row, field in texts_of_rows([row], language)]
        there = Translation.objects.filter(language=language).by_place([row])
        form = TableForm(row, language, texts, there, request.POST or None)
        if form.is_valid():
            return self.saved(request, row, language, form)
        return self.desk_page(
            request,
            "translation/table.html",
            status=422 if form.is_bound else None,
            title=_("Translations: %(row)s") % {"row": row},
            form=form,
            row=row,
            row_url=row_url(row) if self.may_open(request, row) else "",
            kind=row._meta.verbose_name,
            language=language,
            language_name=language_head(language),
            tables=tables_of(row),
            here=request.path,
        )

    def may_open(self, request, row):
        name = row.translation_name()
        return request.user.has_perm(f"advocacy.view_{name}")

    def saved(self, request, row, language, form):
        changed, removed, reviewed = form.save(request.user)
        sentences = []
        if changed:
            words = ngettext("%(number)d text was saved.", "%(number)d texts were saved.", changed)
            sentences.append(words % {"number": changed})
        if removed:
            words = ngettext(
                "%(number)d translation was taken back.",
                "%(number)d translations were taken back.",
                removed,
            )
            sentences.append(words % {"number": removed})
        if reviewed:
            words = ngettext(
                "%(number)d text was noted as reviewed.",
                "%(number)d texts were noted as reviewed.",
                reviewed,
            )
            sentences.append(words % {"number": reviewed})
        said = " ".join(sentences) or _("Nothing was changed, so nothing was saved.")
        self.message_user(request, said, messages.SUCCESS if sentences else messages.INFO)
        if "next" not in request.POST:
            return redirect(request.path)
        found = next_unfinished(language, row.translation_name(), row.pk)
        if found is None:
            words = _("Nothing else is missing, outdated or to be reviewed in this language.")
            self.message_user(request, words)
            return redirect("admin:advocacy_translation_changelist")
        return redirect("admin:advocacy_translation_table", *found, language)

    def export_view(self, request, language):
        """The catalogue of a language, or of what is in one state."""
        word = request.GET.get("only", "")
        name = f"{language}-{word}" if word else language
        return catalogue(name, language, only=state_of(word) if word else None)

    def export_row_view(self, request, of, pk, language):
        texts = texts_of_rows([self.row(of, pk)], language)
        return catalogue(f"{of}-{pk}-{language}", language, texts)

    def import_view(self, request):
        """Say what a catalogue would do; of the file of a dry run, with "Import", do it."""
        signer = Signer(salt=f"catalogue {request.user.pk}")
        posted = (request.POST, request.FILES) if request.method == "POST" else ()
        form = CatalogueForm(*posted, signer=signer)
        context = {}
        if form.is_valid():
            dry_run = "import" not in request.POST or not form.is_kept
            context = self.read(form, dry_run)
            if "refusals" not in context:
                initial = {"over_people": form.cleaned_data["over_people"]} if dry_run else {}
                initial["kept"] = form.cleaned_data["kept"] if dry_run else ""
                form = CatalogueForm(signer=signer, initial=initial)
        return self.desk_page(
            request,
            "translation/import.html",
            title=_("Import a catalogue"),
            form=form,
            media=self.media + form.media,
            **context,
        )

    def read(self, form, dry_run):
        over_people = form.cleaned_data["over_people"]
        with form.cleaned_data["file"] as file:
            try:
                brought = bring_in(file, by_staff=True, over_people=over_people, dry_run=dry_run)
            except ValidationError as refusal:
                return {"refusals": refusal.messages, "file_name": file.name}
            name = file.name
        overwritten = (
            _("Would be overwritten, though people made or reviewed them")
            if dry_run
            else _("Overwritten, though people made or reviewed them")
        )
        lists = [
            (overwritten, brought.overwritten),
            (_("Kept, as people made or reviewed them"), brought.kept),
            (_("Name nothing that there is to translate here"), brought.unknown),
            (_("Outdated: the original reads otherwise now"), brought.outdated),
            (_("Changed"), brought.named["changed"]),
            (_("New"), brought.named["new"]),
        ]
        return {
            "file_name": name,
            "dry_run": dry_run,
            "brought": brought,
            "language_name": language_head(brought.language),
            "same": brought.fates["same"],
            "lists": [
                (words, contexts[:MOST_NAMED], len(contexts), max(len(contexts) - MOST_NAMED, 0))
                for words, contexts in lists
                if contexts
            ],
            "reviewers": brought.reviewers.most_common(),
        }
