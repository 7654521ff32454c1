"""What bodies decided: the list to read, and the way to the page that records."""

from django.contrib import admin
from django.urls import path
from django.utils.translation import gettext_lazy

from advocacy.admin.recorded import draft, record_decision, row_url
from advocacy.admin.recorded_forms import names_of
from advocacy.admin.recorded_rows import PartAdmin, RecordedAdmin, lines, links
from advocacy.models import Decision, DecisionParagraph


@admin.register(Decision)
class DecisionAdmin(RecordedAdmin):
    recording = staticmethod(record_decision)
    record_words = gettext_lazy("Record a decision")
    list_display = ["decided_on", "body", "symbol", "title", "outcome", "tally_in_short", "counts"]
    list_display_links = ["decided_on", "symbol", "title"]
    list_filter = ["outcome", ("body", admin.RelatedOnlyFieldListFilter), "decided_on"]
    search_fields = ["symbol", "draft_symbol", "title", "note"]
    search_help_text = gettext_lazy("Words of the title or the note, or a symbol.")
    parts = ["votes", "put_forward_by", "what_it_says", "asks", "on_issues", "known_from"]

    def get_queryset(self, request):
        return Decision.objects.with_related()

    def get_urls(self):
        page = self.admin_site.admin_view(draft)
        return [path("draft/<int:pk>/", page, name="advocacy_recordeddraft"), *super().get_urls()]

    @admin.display(description=gettext_lazy("tally"))
    def tally_in_short(self, decision):
        return "–".join(map(str, decision.tally.values()))

    @admin.display(description=gettext_lazy("votes"))
    def votes(self, decision):
        by_vote = decision.by_vote().items()
        return lines(f"{vote.label}: {', '.join(names_of(codes))}" for vote, codes in by_vote)

    @admin.display(description=gettext_lazy("sponsors"))
    def put_forward_by(self, decision):
        return ", ".join(names_of(sponsor.state for sponsor in decision.sponsors.all())) or "—"

    @admin.display(description=gettext_lazy("paragraphs"))
    def what_it_says(self, decision):
        return lines(f"{p.number}: {p.words}" for p in decision.paragraphs.all())

    @admin.display(description=gettext_lazy("asks"))
    def asks(self, decision):
        return links((row_url(ask), ask) for ask in decision.actions.select_related("body"))

    @admin.display(description=gettext_lazy("issues"))
    def on_issues(self, decision):
        return links((row_url(issue), issue) for issue in decision.issues.all())


@admin.register(DecisionParagraph)
class DecisionParagraphAdmin(PartAdmin):
    list_display = ["decision", "number", "words", "is_read"]
    list_filter = ["is_read"]
    search_fields = ["number", "words", "decision__symbol", "decision__title"]
    search_help_text = gettext_lazy("Words of the paragraph, or of the title of its decision.")
    list_select_related = ["decision"]
