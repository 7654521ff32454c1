from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from advocacy.models import RecommendedAction, RecordHead, Statement
from advocacy.public.forms import AsOfForm
from advocacy.public.lists import render_list
from advocacy.public.statement_list import StatementList


@require_safe
def statement_list(request):
    """What States, organisations and bodies said, the newest first."""
    return render_list(request, StatementList(request.GET), "statements/list.html")


@require_safe
def statement_detail(request, slug):
    """One statement: who said what, in which words, and what it says to each ask."""
    filters = AsOfForm(request.GET)
    day = filters.as_of_day or timezone.localdate()
    statement = get_object_or_404(Statement.objects.with_related(), slug=slug)
    stances = list(statement.stances.all())
    public = RecommendedAction.objects.published(day)
    asks = public.with_status(day).with_related().in_bulk({one.action_id for one in stances})
    context = {
        "filters": filters,
        "as_of": day,
        "statement": statement,
        "is_said": statement.said_on <= day,
        "stances": [(one, asks[one.action_id]) for one in stances if one.action_id in asks],
        "head": RecordHead.current(),
    }
    return render(request, "statements/detail.html", context)
