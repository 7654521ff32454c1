from collections import defaultdict
from functools import partial
from typing import Any

from django.db.models import Min
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from advocacy.models import (
    PROPOSED,
    Issue,
    Meeting,
    Organisation,
    Phase,
    RecommendedAction,
    StatusUpdate,
    Submission,
    TargetBody,
    columns_of,
)
from advocacy.models.groups import grouped
from advocacy.public.forms import FollowForm, OverviewForm
from advocacy.public.pieces import Pieces
from advocacy.public.share.silence_words import credit, dated
from advocacy.public.silence import MOST_ROWS, silence_of
from advocacy.public.views.data import downloads
from advocacy.web.pagination import Walk, in_order

# Of the table: wider or longer, nobody finds their way in it.
MOST_ISSUES = 6
MOST_ASKS = 400
SHOWN = 5


@require_safe
def overview(request):
    """The record on one screen: what it is about, who was asked, and how long each is silent."""
    filters = OverviewForm(request.GET)
    day = filters.as_of_day or timezone.localdate()
    pieces = Pieces(request, "overview", filters.as_of_day)
    context = {"pieces": pieces, "filters": filters, "as_of": day}
    # With the form beneath them, which shows the day as it was written, and what is wrong with it.
    shown = filters.is_table, filters.by_shown, filters["as_of"].value()
    lacks_asks = bool(filters.errors) or pieces.lacks("asks", *shown)
    lacks_head, lacks_news = pieces.lacks("head"), pieces.lacks("news")
    if lacks_asks or lacks_head or lacks_news:
        columns = columns_of(day)
        # The picture of a shared link and what is passed on tell of it as well.
        context["lead"] = _lead(columns)
        if lacks_asks:
            context |= _asked(request, columns, filters)
    if lacks_head:
        context["downloads"] = downloads()
    if lacks_news:
        context |= _news(day)
    return render(request, "overview.html", context)


def _asked(request, columns, filters):
    """How long each body is silent: as a table, or as a picture with the line that goes with it."""
    if filters.is_table:
        table = _table(columns)
        return {"table": table, "longest": table["longest"]}
    silence = silence_of_record(columns, filters.by_shown or "body", MOST_ROWS)
    address = dated(request.build_absolute_uri(reverse("overview")), filters.as_of_day)
    return {
        "silence": silence,
        "longest": silence.longest,
        "credit": partial(credit, None, columns.day, address),
    }


def _news(day):
    """What was answered, what comes next, and how to be told."""
    responses = StatusUpdate.objects.published(day).responses()
    return {
        "updates": list(responses.newest_first().in_short()[:SHOWN]),
        "meetings": list(Meeting.objects.chances(day).with_related()[:SHOWN]),
        "next_then": list(Meeting.objects.next_then(day).with_related()[:SHOWN]),
        "follow": FollowForm(),
        "mails": StatusUpdate.objects.mails_in_last_year(),
    }


def _asks(columns):
    """The asks that were put to their body and are open: of no other is a silence told."""
    return columns.open & columns.asked


def _lead(columns):
    """The numbers of the sentences that open the page; of asks alone, not of what is proposed."""
    asks, phases = _asks(columns), columns.phases(columns.open)
    put = Submission.objects.public(columns.day).aggregate(first=Min("submitted_on"))
    return {
        **put,
        "organisations": Organisation.objects.that_asked(columns.day).count(),
        "asks": asks.bit_count(),
        "bodies": len(set(columns.of(columns.bodies, asks))),
        "unanswered": columns.unanswered.bit_count(),
        "unchecked": phases[Phase.UNKNOWN],
        "proposed": phases[PROPOSED],
        "phases": phases,
    }


def silence_of_record(columns, by, most=MOST_ROWS):
    """The picture: every ask that was put to its body, or those with the longest silence."""
    number = _asks(columns).bit_count()
    rows = RecommendedAction.objects.with_status(columns.day).with_related()
    keys = _first_keys(columns, most) if number > most else columns.keys(_asks(columns))
    return silence_of(
        in_order(list(keys), rows), columns.day, by=by, left_out=max(number - most, 0)
    )


def _first_keys(columns, number):
    """The keys of the asks that have waited longest without an answer; then of any others."""
    asks = RecommendedAction.standings(columns.day).published(columns.day).asked()
    longest_first = asks.order_by(f"{asks.KEPT}asked_on", "pk")
    found: list[int] = []
    for some in (columns.unanswered, _asks(columns) & ~columns.unanswered):
        if share := columns.share(some):
            walk = Walk(longest_first, "pk", columns.among(some), share=share)
            found += walk[: number - len(found)]
        if len(found) == number:
            break
    return found


def _table(columns):
    """Bodies down, issues across: {"issues": […], "rows": [(body, [groups], wait, days)], …}.

    An ask stands under each of its issues. The body that has waited longest comes first.
    """
    keys = _first_keys(columns, MOST_ASKS)
    rows = RecommendedAction.objects.with_status(columns.day).with_related()
    cells: defaultdict[Any, defaultdict[int, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for ask in in_order(keys, rows.prefetch_related("also_on")):
        for issue in ask.issue_ids:
            cells[ask.body][issue].append(ask.standing)
    used = {issue for of_issue in cells.values() for issue in of_issue}
    issues = list(Issue.objects.filter(pk__in=used).order_by("position", "title")[:MOST_ISSUES])
    table = [_row(body, of_issue, issues) for body, of_issue in cells.items()]
    table.sort(key=lambda row: (-row["days"], row["body"].position, row["body"].name))
    return {
        "issues": issues,
        "rows": table,
        "longest": max((row["days"] for row in table), default=0),
        "is_part": len(used) > MOST_ISSUES or len(keys) == MOST_ASKS,
    }


def _row(body: TargetBody, of_issue, issues):
    waits = [s.days_waiting or 0 for some in of_issue.values() for s in some]
    return {
        "body": body,
        "cells": [(issue, grouped(of_issue.get(issue.pk, []))) for issue in issues],
        "days": max(waits, default=0),
    }
