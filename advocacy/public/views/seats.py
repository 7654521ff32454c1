from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from advocacy.models import GROUP_OF, BodyKind, Meeting, RecommendedAction, Seat, TargetBody
from advocacy.public.forms import CountryForm


@require_safe
def seat_list(request):
    """Choose a country; the choice stands in the address."""
    form = CountryForm(request.GET if "country" in request.GET else None)
    if form.is_bound and form.is_valid():
        return redirect("seat_country", form.cleaned_data["country"].lower())
    return render(request, "seats/list.html", {"form": form})


@require_safe
def seat_country(request, country):
    """What one State can do in the bodies of this record: its seats, and the asks of each."""
    code = country.upper()
    if country != code.lower() or code not in GROUP_OF:
        raise Http404("This is no member State of the United Nations.")
    today = timezone.localdate()
    seats = list(Seat.objects.of_country(code).with_related())
    sitting = [seat for seat in seats if seat.is_held(today)]
    coming = [seat for seat in seats if seat.starts_on and seat.starts_on > today]
    reached = {seat.body_id for seat in [*sitting, *coming]}
    bodies = list(TargetBody.objects.reached_by(code, reached))
    asks = RecommendedAction.objects.published().open().with_status().with_related()
    asks = asks.first_of_each_body(bodies).by_body()
    bodies = [body for body in bodies if body.pk in asks]
    seated = {seat.body_id for seat in sitting}
    open_to_all = [b for b in bodies if b.all_states_sit and b.pk not in seated]
    context = {
        "country": code,
        "group_name": GROUP_OF[code].label,
        "form": CountryForm(initial={"country": code}),
        "held": [(seat, asks.get(seat.body_id, [])) for seat in sitting],
        "coming": [(seat, asks.get(seat.body_id, [])) for seat in coming],
        "addressed": [(b, asks[b.pk]) for b in bodies if b.country == code],
        "open_to_all": [(b, asks[b.pk]) for b in open_to_all],
        "procedures": [(b, asks[b.pk]) for b in bodies if b.kind == BodyKind.SPECIAL_PROCEDURE],
        "group_seats": _group_seats(code, seated, today),
        "meetings": Meeting.objects.upcoming(today).filter(body__in=reached).with_related()[:5],
    }
    return render(request, "seats/detail.html", context)


def _group_seats(country, seated, day):
    """Who else of its regional group sits where this State does not: [(body, seats)]."""
    elsewhere: dict[TargetBody, list[Seat]] = {}
    seats = Seat.objects.held(day).exclude(body__in=seated).exclude(country=country)
    for seat in seats.with_related().order_by("body__position", "body__name", "country"):
        if GROUP_OF.get(seat.country) == GROUP_OF[country]:
            elsewhere.setdefault(seat.body, []).append(seat)
    return list(elsewhere.items())
