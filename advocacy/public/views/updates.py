from typing import Any

from django.db.models import Q
from django.shortcuts import render
from django.views.decorators.http import require_safe

from advocacy.models import (
    Decision,
    DecisionParagraph,
    RecommendedAction,
    Reply,
    Statement,
    StatementAsk,
    StatusUpdate,
    Submission,
    Withheld,
)
from advocacy.public.lists import render_list
from advocacy.public.update_list import UpdateLines
from advocacy.web.pagination import page_of


@require_safe
def update_list(request):
    """Every entry of the record, newest first."""
    return render_list(request, UpdateLines(request.GET), "updates/list.html")


@require_safe
def correction_list(request):
    """Every correction beside the entry it replaced."""
    corrections = StatusUpdate.objects.published().corrections()
    keys = corrections.order_by("-recorded_at", "-pk").values_list("pk", "corrects")
    page = page_of(keys, request.GET.get("page"))
    entries = StatusUpdate.objects.with_related().in_bulk([pk for pair in page for pk in pair])
    pairs = [(entries[pk], entries[corrected]) for pk, corrected in page]
    return render(request, "updates/corrections.html", {"page": page, "corrections": pairs})


@require_safe
def withheld_list(request):
    """What was withheld, since when and why; never what it said."""
    page = page_of(Withheld.objects.order_by("-pk"), request.GET.get("page"))
    rows = [(gone, place) for gone, place in zip(page, places_of(page), strict=True)]
    return render(request, "updates/withheld.html", {"page": page, "rows": rows})


def places_of(rows):
    """For each, the public row that held the words; None where none is."""

    def keys(of):
        return [gone.row for gone in rows if gone.of == of]

    entries = StatusUpdate.objects.published().filter(
        Q(pk__in=keys("statusupdate"))
        | Q(event__in=keys("event"))
        | Q(search_log__in=keys("searchlog"))
        | Q(sources__in=keys("source"))
    )
    held: dict[tuple[str, int | None], Any] = {}
    for entry in entries.with_related().distinct().order_by("pk"):
        held.setdefault(("statusupdate", entry.pk), entry)
        held.setdefault(("event", entry.event_id), entry)
        held.setdefault(("searchlog", entry.search_log_id), entry)
        for source in entry.sources.all():
            held.setdefault(("source", source.pk), entry)
    replies = Reply.objects.select_related("body").in_bulk(keys("reply"))
    held |= {("reply", pk): reply for pk, reply in replies.items()}
    public = RecommendedAction.standings().published().values("pk")
    put = Submission.objects.filter(action__in=public, pk__in=keys("submission"))
    held |= {("submission", row.pk): row for row in put.select_related("action")}
    decisions = Decision.objects.with_related()
    statements = Statement.objects.with_related()
    held |= {("decision", pk): row for pk, row in decisions.in_bulk(keys("decision")).items()}
    held |= {("statement", pk): row for pk, row in statements.in_bulk(keys("statement")).items()}
    paragraphs = DecisionParagraph.objects.select_related("decision__body")
    found = paragraphs.in_bulk(keys("decisionparagraph"))
    held |= {("decisionparagraph", pk): row.decision for pk, row in found.items()}
    stances = StatementAsk.objects.filter(action__in=public, pk__in=keys("statementask"))
    with_speaker = stances.select_related("statement__organisation", "statement__body")
    held |= {("statementask", row.pk): row.statement for row in with_speaker}
    return [held.get((gone.of, gone.row)) for gone in rows]
