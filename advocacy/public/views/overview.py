from collections import Counter

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from advocacy.models import Issue, Meeting, RecommendedAction, StatusUpdate, TargetBody
from advocacy.public.forms import AsOfForm, FollowForm

MOST_ISSUES = 12


@require_safe
def overview(request):
    """The record on one screen: who was asked about what, and how each answered."""
    filters = AsOfForm(request.GET)
    day = filters.as_of_day or timezone.localdate()
    actions = RecommendedAction.objects.published(day).open().with_status(day)
    # Issues of the dossier come in order; a record of thousands shows its first ones here.
    shown = actions.filter(issue__in=_first_issues(actions)).with_related()
    unanswered = actions.without_answer()
    waiting = list(unanswered.with_related()[:5])
    context = {
        "filters": filters,
        "as_of": day,
        "lead": _lead(actions),
        "unanswered": unanswered.count(),
        "matrix": _matrix(shown.order_by("issue__position", "issue__title", "asked_on", "pk")),
        "waiting": waiting,
        "longest": _longest(unanswered, waiting),
        "updates": StatusUpdate.objects.published(day)
        .responses()
        .newest_first()
        .with_related()[:5],
        "meetings": Meeting.objects.upcoming(day).with_related()[:5],
        "follow": FollowForm(),
        "mails": StatusUpdate.objects.mails_in_last_year(),
    }
    return render(request, "overview.html", context)


def _longest(unanswered, waiting):
    """The longest wait in days, and every body that has kept an ask waiting so long."""
    if not waiting:
        return {}
    tied = unanswered.filter(asked_on=waiting[0].asked_on).order_by("body__position", "body__name")
    names = dict.fromkeys(tied.values_list("body__abbreviation", flat=True))
    return {"days": waiting[0].standing.days_waiting, "bodies": ", ".join(names)}


def _first_issues(actions):
    issues = actions.order_by("issue__position", "issue__title", "issue").values_list("issue")
    return [issue for (issue,) in issues.distinct()[:MOST_ISSUES]]


def _lead(actions):
    """The numbers of the sentence that opens the page."""
    bodies = actions.phase_counts("body")
    phases: Counter[str] = sum(bodies.values(), Counter())
    return {"asks": phases.total(), "bodies": len(bodies), "phases": phases}


def _matrix(actions):
    """Issues down, bodies across; a cell is the asks of one body on one issue.

    {"bodies": [body], "rows": [(issue, [(body, [ask])])]}, bodies that were asked only, in order.
    """
    issues: dict[int, Issue] = {}
    bodies: dict[int, TargetBody] = {}
    cells: dict[tuple[int, int], list[RecommendedAction]] = {}
    for action in actions:
        issues[action.issue_id] = action.issue
        bodies[action.body_id] = action.body
        cells.setdefault((action.issue_id, action.body_id), []).append(action)
    columns = sorted(bodies.values(), key=lambda body: (body.position, body.name))
    rows = [
        (issue, [(body, cells.get((issue.pk, body.pk), [])) for body in columns])
        for issue in issues.values()
    ]
    return {"bodies": columns, "rows": rows}
