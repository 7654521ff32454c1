from collections import Counter
from functools import partial
from itertools import chain

from django.db.models import Prefetch, prefetch_related_objects
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from advocacy.models import Decision, Event, Issue, Meeting, StatusUpdate, Submission
from advocacy.models.checklists import first_step
from advocacy.models.sources import whole_sources
from advocacy.public import timeline
from advocacy.public.forms import FollowForm, TimelineForm
from advocacy.public.lists import IssueList, render_list
from advocacy.public.pieces import Pieces
from advocacy.public.share.silence_words import credit, dated
from advocacy.public.silence import silence_of

# More stand in the lists of asks and of entries. As many events are shown as entries.
MOST_ASKS = 60
MOST_UPDATES = 60
# Of the timeline, until the whole is asked for.
MOST_ROWS = 8
# More stand in the lists of packs and of decisions.
MOST_PACKS, MOST_DECISIONS = 8, 3
# What the lines beneath the timeline say, which keep the address as it was asked for.
BESIDE_THE_TIMELINE = ("rows_in_all", "has_more_updates", "looks_left_out")


@require_safe
def issue_list(request):
    return render_list(request, IssueList(request.GET), "issues/list.html")


@require_safe
def issue_detail(request, slug):
    filters = TimelineForm(request.GET)
    day = filters.as_of_day or timezone.localdate()
    pieces = Pieces(request, "issue", slug, filters.as_of_day)
    story = filters.is_whole, filters.has_looks
    lacking = [name for name in ("title", "head", "asks", "steps", "told") if pieces.lacks(name)]
    lacking += [name for name in ("timeline", "more") if pieces.lacks(name, *story)]
    context = {"pieces": pieces, "filters": filters, "as_of": day, "slug": slug}
    if lacking:
        issues = Issue.objects.opened().prefetch_related("topics", "legal_references")
        context |= _issue_page(request, get_object_or_404(issues, slug=slug), filters, day)
        pieces.note("timeline", {name: context[name] for name in BESIDE_THE_TIMELINE})
    else:
        context |= pieces.found["timeline"].beside
    return render(request, "issues/detail.html", context)


def _issue_page(request, issue, filters, day):
    """What the page of an issue shows."""
    actions = asks_of(issue, day)
    address = dated(request.build_absolute_uri(issue.get_absolute_url()), filters.as_of_day)
    shown = actions[:MOST_ASKS]
    meetings = Meeting.objects.filter(body__in={action.body_id for action in actions})
    is_past = day < timezone.localdate()
    paragraphs = list(issue.paragraphs.told(day).prefetch_related(whole_sources()))
    updates, events, story = _story(issue, actions, filters, day)
    decided = Decision.objects.in_force(day).about(issue).newest_first()
    decisions = list(decided.select_related("body")[: MOST_DECISIONS + 1])
    return {
        "issue": issue,
        "decisions": decisions[:MOST_DECISIONS],
        "has_more_decisions": len(decisions) > MOST_DECISIONS,
        "silence": silence_on(actions, day),
        "credit": partial(credit, issue, day, address),
        "proposed": [action for action in shown if action.standing.is_proposed],
        "has_more_asks": len(actions) > MOST_ASKS,
        "phases": Counter(action.standing.counted_as for action in actions),
        # Of a past day nothing is said of what can be done today.
        "steps": [] if is_past else _three_steps(actions),
        "packs": [] if is_past else list(issue.packs.in_short()[:MOST_PACKS]),
        "paragraphs": paragraphs,
        "sources": _cited(updates, events, paragraphs),
        "meetings": list(meetings.chances(day).with_related()[:5]),
        "next_then": list(meetings.next_then(day).with_related()[:5]),
        "follow": FollowForm(subject=f"issue:{issue.slug}"),
        "mails": StatusUpdate.objects.mails_in_last_year(issue=issue),
        **story,
    }


def asks_of(issue, day):
    """All asks of an issue that were public by a day, as its page has them."""
    asks = (
        issue.asks.published(day)
        .with_status(day)
        .with_related()
        .prefetch_related(_put_by(day), "steps")
        .order_by("body__position", "body__name", "reference")
    )
    # What was put to nobody stands apart, after what was.
    return sorted(asks, key=lambda ask: ask.standing.is_proposed)


def silence_on(asks, day):
    """The picture of the page, of the asks that stand on it."""
    beyond = [ask for ask in asks[MOST_ASKS:] if not ask.standing.is_proposed]
    return silence_of(asks[:MOST_ASKS], day, left_out=len(beyond))


def _story(issue, actions, filters, day):
    """(entries, events, what the page shows of them): the timeline, and what it leaves out."""
    # By their keys, which tell a database how many entries there may be.
    entries = StatusUpdate.objects.published(day).filter(action__in=[ask.pk for ask in actions])
    updates = entries if filters.has_looks else entries.responses()
    newest = list(updates.newest_first().with_related()[: MOST_UPDATES + 1])
    updates = newest[MOST_UPDATES - 1 :: -1]
    happened = Event.objects.told_on(issue, updates).happened(day).newest_first()
    # Of each its sources stand at the foot of the page; who did it, on the timeline alone.
    latest = list(happened.prefetch_related(whole_sources())[: MOST_UPDATES + 1])
    events = latest[MOST_UPDATES - 1 :: -1]
    rows = timeline.newest_first(
        timeline.of_events(events, updates),
        timeline.of_submissions(actions[:MOST_ASKS]),
        timeline.of_entries(updates, events),
    )
    shown = rows if filters.is_whole else rows[:MOST_ROWS]
    told = [row.thing for row in shown if isinstance(row.thing, Event)]
    prefetch_related_objects(told, "by_bodies")
    return (
        updates,
        events,
        {
            "timeline": shown,
            "rows_in_all": len(rows) if len(rows) > len(shown) else 0,
            "has_more_updates": max(len(newest), len(latest)) > MOST_UPDATES,
            "looks_left_out": 0 if filters.has_looks else entries.looks().count(),
        },
    )


def _put_by(day):
    """The submissions of each ask in force by a day, as its list `put`."""
    submissions = Submission.objects.in_force(day).oldest_first()
    return Prefetch("submissions", submissions.prefetch_related("organisations"), to_attr="put")


def _cited(*kinds):
    """The sources of entries, events and paragraphs, each once, the newest first."""
    cited = {source.pk: source for row in chain(*kinds) for source in row.sources.all()}
    return sorted(cited.values(), key=lambda source: source.published_on, reverse=True)


def _three_steps(actions):
    """What to do first for each of the three asks that have waited longest."""
    waiting = sorted(
        actions,
        key=lambda action: (
            action.standing.days_waiting is None,
            action.standing.is_proposed,
            action.public_from,
        ),
    )
    first_steps = (
        (action, first_step(action.steps.all(), action.standing.status)) for action in waiting
    )
    return [(action, step) for action, step in first_steps if step][:3]
