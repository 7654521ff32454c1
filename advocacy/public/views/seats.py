from django.db.models import Exists, OuterRef, Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from advocacy.models import (
    GROUP_OF,
    Doors,
    Meeting,
    Reader,
    RecommendedAction,
    Seat,
    TargetBody,
    has_page,
)
from advocacy.models.positions import Positions
from advocacy.models.subjects import state_words
from advocacy.public.forms import CountryForm, FollowForm
from advocacy.public.safety import letters_or_safety
from advocacy.public.silence import silence_of
from advocacy.public.state_record import record_of_state

# Asks on the page of one State; each comes with a letter.
MOST_ASKS, MOST_OF_A_BODY = 60, 5


@require_safe
def seat_list(request):
    """Choose a country; the choice stands in the address."""
    form = CountryForm(request.GET if "country" in request.GET else None)
    if form.is_bound and form.is_valid():
        return redirect("seat_country", form.cleaned_data["country"].lower())
    return render(request, "seats/list.html", {"form": form, "has_seats": Seat.objects.exists})


@require_safe
def seat_country(request, country):
    """What one country can do: the seats of its State, its own bodies, and the asks of each."""
    code = country.upper()
    if country != code.lower() or not has_page(code):
        raise Http404("This record has nothing to say of such a country.")
    today = timezone.localdate()
    seats = list(Seat.objects.of_country(code).with_related())
    sitting = [seat for seat in seats if seat.is_held(today)]
    coming = [seat for seat in seats if seat.starts_on and seat.starts_on > today]
    reached = {seat.body_id for seat in [*sitting, *coming]}
    bodies = list(TargetBody.objects.within_reach(code, reached))
    own = {body.pk for body in bodies if body.country == code}
    asks = RecommendedAction.objects.published().open().with_status().with_related()
    # Each body has its first one, and a link to all of them.
    number = max(min(MOST_ASKS // max(len(bodies), 1), MOST_OF_A_BODY), 1)
    asks = asks.first_of_each_body(bodies, number=number).by_body()
    shown_asks = [ask for some in asks.values() for ask in some]
    put_to_own = [ask for key in own for ask in asks.get(key, [])]
    bodies = [body for body in bodies if body.pk in asks or body.pk in own]
    held, seated = _with_organs(sitting, bodies), {seat.body_id for seat in sitting}
    seated |= {body.pk for _seat, body in held}
    elsewhere = [(None, body) for body in bodies if body.pk not in seated]
    sections = {
        "held": held,
        "coming": _with_organs(coming, bodies),
        "addressed": [pair for pair in elsewhere if pair[1].pk in own],
        "open_to_all": [pair for pair in elsewhere if pair[1].all_states_sit],
    }
    sections = {name: _with_asks(pairs, asks, code) for name, pairs in sections.items()}
    meetings = Meeting.objects.chances(today).filter(
        Q(body__in=reached | own) | Q(body__parent__in=reached)
    )
    doors = Doors(code, bodies)
    context = {
        **sections,
        **letters_or_safety(doors),
        "did": record_of_state(code, today),
        "positions": Positions("" if doors.are_dangerous else code, shown_asks),
        "country": code,
        "group_name": GROUP_OF[code].label if code in GROUP_OF else "",
        "silence": silence_of(put_to_own, today, by="wait"),
        "form": CountryForm(initial={"country": code}),
        "follow": FollowForm(subject=f"state:{code}"),
        "follow_words": state_words(code),
        "by_mission": any(
            reader == Reader.MISSION
            for rows in sections.values()
            for _seat, _body, some, reader in rows
            if some
        ),
        "direct": _written_to(bodies, asks, doors),
        "group_seats": [] if doors.are_dangerous else _group_seats(code, seated, today),
        # Read before any of its words are, so that all translations are fetched together.
        "meetings": list(meetings.with_related()[:5]),
    }
    return render(request, "seats/detail.html", context | _not_seated(seated, today))


def _written_to(bodies, asks, doors):
    """The bodies to which anyone may write, with their asks; none where writing is dangerous."""
    if doors.are_dangerous:
        return []
    return [(body, asks[body.pk]) for body in bodies if body.is_written_to and not body.country]


def _with_organs(seats, bodies):
    """Each seat with its body, and with those of these bodies in which its members sit as well."""
    return [
        (seat, body)
        for seat in seats
        for body in [seat.body, *(organ for organ in bodies if organ.parent_id == seat.body_id)]
    ]


def _with_asks(pairs, asks, country):
    """Each (seat or None, body) with the asks of the body, and whom a letter about them is for."""
    return [
        (
            seat,
            body,
            asks.get(body.pk, []),
            body.reader_in(country, sits=bool(seat) or body.all_states_sit),
        )
        for seat, body in pairs
    ]


def _not_seated(seated, day):
    """The bodies asked in which a State has no seat, and those of which nobody can say so."""
    bodies = TargetBody.objects.of_some_states().exclude(pk__in=seated)
    asks = RecommendedAction.objects.published().open().filter(body=OuterRef("pk"))
    bodies = bodies.filter(Exists(asks))
    numbers = Seat.objects.held(day).numbers()
    absent: list[TargetBody] = []
    partial: list[TargetBody] = []
    for body in bodies.select_related("parent"):
        (absent if body.lists_all_members(day, numbers) else partial).append(body)
    return {"absent": absent, "partial": partial}


def _group_seats(country, seated, day):
    """Who else of its regional group sits where this State does not: [(body, seats)].

    A State of which something is asked itself is nobody to ask for help.
    """
    elsewhere: dict[TargetBody, list[Seat]] = {}
    seats = Seat.objects.held(day).exclude(body__in=seated).exclude(country=country)
    seats = seats.exclude(country__in=RecommendedAction.objects.published().states())
    for seat in seats.with_related().order_by("body__position", "body__name", "country"):
        if country in GROUP_OF and GROUP_OF.get(seat.country) == GROUP_OF[country]:
            elsewhere.setdefault(seat.body, []).append(seat)
    return list(elsewhere.items())
