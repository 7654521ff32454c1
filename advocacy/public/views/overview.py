from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from advocacy.models import (
    PROPOSED,
    Issue,
    Meeting,
    Phase,
    RecommendedAction,
    StatusUpdate,
    TargetBody,
    columns_of,
    in_words,
)
from advocacy.public.forms import AsOfForm, FollowForm
from advocacy.web.pagination import Walk, in_order

MOST_ISSUES = 12
# Wider, nobody finds their way in it.
MOST_BODIES = 24
# In the sentence that opens the page.
MOST_NAMED = 6


@require_safe
def overview(request):
    """The record on one screen: who was asked about what, and how each answered."""
    filters = AsOfForm(request.GET)
    day = filters.as_of_day or timezone.localdate()
    columns = columns_of(day)
    actions = RecommendedAction.objects.with_status(day).with_related()
    # Issues of the dossier come in order; a record of thousands shows its first ones here.
    issues = _first_issues(columns)
    shown = actions.published(day).open(day).asked().about([issue.pk for issue in issues])
    waiting = in_order(_longest_waiting(columns), actions)
    updates = StatusUpdate.objects.published(day)
    context = {
        "filters": filters,
        "as_of": day,
        "lead": _lead(columns),
        "unanswered": columns.unanswered.bit_count(),
        "matrix": _matrix(issues, shown.order_by("asked_on", "pk").prefetch_related("also_on")),
        "waiting": waiting,
        "longest": _longest(columns, waiting),
        "updates": list(updates.responses().newest_first().with_related()[:5]),
        "meetings": list(Meeting.objects.chances(day).with_related()[:5]),
        "next_then": list(Meeting.objects.next_then(day).with_related()[:5]),
        "follow": FollowForm(),
        "mails": StatusUpdate.objects.mails_in_last_year(),
    }
    return render(request, "overview.html", context)


def _longest_waiting(columns):
    """The keys of the asks that have waited longest without an answer."""
    asks = RecommendedAction.standings(columns.day).published(columns.day).asked()
    keys, share = columns.among(columns.unanswered), columns.share(columns.unanswered)
    # Whatever the day, by the column that has an index.
    longest_first = asks.order_by(f"{asks.KEPT}asked_on", "pk")
    return Walk(longest_first, "pk", keys, share=share)[:5] if share else []


def _longest(columns, waiting):
    """The longest wait in days, and every body that has kept an ask waiting so long.

    Where many have, their number: no sentence names one of several.
    """
    if not waiting:
        return {}
    asks = RecommendedAction.standings(columns.day).order_by()
    asks = asks.filter(**{f"{asks.KEPT}asked_on": waiting[0].asked_on})
    keys = columns.among(columns.unanswered)
    tied = {body for pk, body in asks.values_list("pk", "body") if pk in keys}
    bodies = TargetBody.objects.filter(pk__in=tied).order_by("position", "name")
    short = bodies.annotate(short=in_words(TargetBody, "abbreviation")).values_list(
        "short", flat=True
    )
    names = list(dict.fromkeys(short))
    named = ", ".join(names)
    if len(names) > MOST_NAMED:
        number = {"number": len(names)}
        named = ngettext("%(number)s body", "%(number)s bodies", len(names)) % number
    return {"days": waiting[0].standing.days_waiting, "bodies": named}


def _first_issues(columns):
    """The first issues about which anything is asked."""
    asked = set(map(int, columns.issues_of(columns.open & columns.asked)))
    issues = Issue.objects.order_by("position", "title", "pk")
    return in_order(Walk(issues, "pk", asked, share=1)[:MOST_ISSUES], Issue.objects.all())


def _lead(columns):
    """The numbers of the sentence that opens the page; of asks alone, not of what is proposed."""
    asks, phases = columns.open & columns.asked, columns.phases(columns.open)
    return {
        "asks": asks.bit_count(),
        "bodies": len(set(columns.of(columns.bodies, asks))),
        "unchecked": phases[Phase.UNKNOWN],
        "proposed": phases[PROPOSED],
        "phases": phases,
    }


def _matrix(issues, actions):
    """Issues down, bodies across; a cell is the asks of one body on one issue.

    An ask stands in the row of each of its issues. {"bodies": [body], "rows": [(issue, [(body,
    [ask])])], "bodies_left_out": number}, with the bodies that were asked, in order.
    """
    bodies: dict[int, TargetBody] = {}
    cells: dict[tuple[int, int], list[RecommendedAction]] = {}
    for action in actions:
        bodies[action.body_id] = action.body
        for issue in action.issue_ids:
            cells.setdefault((issue, action.body_id), []).append(action)
    columns = sorted(bodies.values(), key=lambda body: (body.position, body.name))
    hidden = len(columns[MOST_BODIES:])
    columns = columns[:MOST_BODIES]
    rows = [
        (issue, [(body, cells.get((issue.pk, body.pk), [])) for body in columns])
        for issue in issues
    ]
    return {"bodies": columns, "rows": rows, "bodies_left_out": hidden}
