from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from advocacy.models import Organisation, RecommendedAction, StatusUpdate, Submission, columns_of
from advocacy.public.forms import AsOfForm
from advocacy.web.pagination import page_of

# More entries stand in the list of all.
MOST_UPDATES = 10
PER_PAGE = 50


class Occasion(NamedTuple):
    """What organisations put to bodies on one day in one way, with the asks it was about."""

    first: Submission
    # Whoever did it together with the organisation of the page.
    others: list[Organisation]
    asks: list[RecommendedAction]


@require_safe
def organisation_list(request):
    """Who asks, those first who put an ask to a body by the day."""
    filters = AsOfForm(request.GET)
    day = filters.as_of_day or timezone.localdate()
    rows = Organisation.objects.those_first_who_asked(day)
    page = page_of(rows, request.GET.get("page"), per_page=PER_PAGE)
    numbers = Submission.objects.number_of_asks(day, page.object_list)
    told = [(row, numbers.get(row.pk, 0)) for row in page.object_list]
    context = {
        "filters": filters,
        "as_of": day,
        "page": page,
        "asking": [(row, number) for row, number in told if number],
        "others": [row for row, number in told if not number],
    }
    return render(request, "organisations/list.html", context)


@require_safe
def organisation_detail(request, slug):
    """Who an organisation is, what it asked and when, and what bodies answered after that."""
    filters = AsOfForm(request.GET)
    day = filters.as_of_day or timezone.localdate()
    organisation = get_object_or_404(Organisation, slug=slug)
    columns = columns_of(day)
    occasions = organisation.submissions.public(day).newest_first().with_related()
    page = page_of(occasions, request.GET.get("page"), per_page=PER_PAGE)
    put = list(page.object_list)
    updates = list(_answers(organisation, day).with_related()[: MOST_UPDATES + 1])
    context = {
        "filters": filters,
        "as_of": day,
        "organisation": organisation,
        "phases": columns.phases(columns.put_by(organisation)),
        "page": page,
        "occasions": _occasions(organisation, put, day),
        "updates": updates[:MOST_UPDATES],
        "has_more_updates": len(updates) > MOST_UPDATES,
    }
    return render(request, "organisations/detail.html", context)


def _occasions(who: Organisation, put: list[Submission], day: Any) -> list[Occasion]:
    """The same day, way, words and source are one occasion, however many asks it was about."""
    rows = RecommendedAction.objects.with_status(day).with_related()
    asks = rows.in_bulk({row.action_id for row in put})
    same: dict[Any, list[Submission]] = {}
    for row in put:
        by = tuple(organisation.pk for organisation in row.organisations.all())
        key = row.submitted_on, row.channel, row.reference, row.source_id, row.receipt_on, by
        same.setdefault(key, []).append(row)
    return [
        Occasion(
            rows[0],
            [other for other in rows[0].organisations.all() if other != who],
            [asks[row.action_id] for row in rows],
        )
        for rows in same.values()
    ]


def _answers(organisation: Organisation, day: Any) -> Any:
    """The responses in force that came after the organisation had put the ask to the body."""
    before = organisation.submissions.in_force(day).filter(
        action=OuterRef("action"), submitted_on__lt=OuterRef("happened_on")
    )
    responses = StatusUpdate.objects.published(day).in_force(day).responses()
    return responses.filter(Exists(before)).newest_first()
