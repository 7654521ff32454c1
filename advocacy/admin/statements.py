"""What was said: the list to read, and the way to the page that records."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from advocacy.admin.recorded import record_statement
from advocacy.admin.recorded_forms import names_of
from advocacy.admin.recorded_rows import PartAdmin, RecordedAdmin, lines
from advocacy.models import Statement, StatementAsk, country_name


@admin.register(Statement)
class StatementAdmin(RecordedAdmin):
    recording = staticmethod(record_statement)
    record_words = gettext_lazy("Record a statement")
    list_display = ["said_on", "speaker", "where", "point", "counts"]
    list_display_links = ["said_on", "speaker"]
    list_filter = [
        "stances__stance",
        ("forum_body", admin.RelatedOnlyFieldListFilter),
        "said_on",
    ]
    search_fields = ["state", "forum", "quote", "point"]
    search_help_text = gettext_lazy("Words of what was said or where, or the letters of a State.")
    parts = ["spoke_with_it", "said_to_asks", "known_from"]

    def get_queryset(self, request):
        return Statement.objects.with_related()

    @admin.display(description=gettext_lazy("speaker"))
    def speaker(self, statement):
        if statement.state:
            return country_name(statement.state)
        return str(statement.organisation or statement.body)

    @admin.display(description=gettext_lazy("where"))
    def where(self, statement):
        return statement.forum or str(statement.forum_body)

    @admin.display(description=gettext_lazy("States that spoke with it"))
    def spoke_with_it(self, statement):
        return ", ".join(names_of(row.state for row in statement.joined.all())) or "—"

    @admin.display(description=gettext_lazy("what it says to asks"))
    def said_to_asks(self, statement):
        return lines(
            f"{row.action}: {row.get_stance_display()} ({row.get_basis_display()}). {row.sentence}"
            for row in statement.stances.all()
        )


@admin.register(StatementAsk)
class StatementAskAdmin(PartAdmin):
    list_display = ["statement", "action", "stance", "basis", "sentence"]
    list_filter = ["stance", "basis"]
    search_fields = ["sentence", "action__reference", "action__title"]
    search_help_text = gettext_lazy("Words of the sentence or of the ask.")
    list_select_related = ["statement", "action"]
