"""Which countries the record has something to say of, and what they are called."""

from collections.abc import Iterable

from django.db.models import Q, Value
from django.utils import timezone

from advocacy.models.bodies import Seat, TargetBody
from advocacy.models.dates import locale
from advocacy.models.kept import Kept
from advocacy.models.states import GROUP_OF, MEMBERS

kept = Kept[frozenset[str]](most=1)
NEIGHBOURS = {group: codes.split() for group, codes in MEMBERS.items()}

# Where the list of names that comes with every language says what no member of the United Nations
# is called there, or writes it for a map (docs/decisions/0031-names-of-states.md).
NAMES = {
    "en": {
        "AG": "Antigua and Barbuda",
        "BA": "Bosnia and Herzegovina",
        "CD": "Democratic Republic of the Congo",
        "CG": "Congo",
        "CV": "Cabo Verde",
        "KN": "Saint Kitts and Nevis",
        "LC": "Saint Lucia",
        "MM": "Myanmar",
        "PS": "State of Palestine",
        "ST": "Sao Tome and Principe",
        "TT": "Trinidad and Tobago",
        "VA": "Holy See",
        "VC": "Saint Vincent and the Grenadines",
    },
    "uk": {
        "CD": "Демократична Республіка Конго",
        "CG": "Конго",
        "MM": "Мʼянма",
        "PS": "Держава Палестина",
        "VA": "Святий Престол",
    },
    "ko": {
        "CD": "콩고민주공화국",
        "CF": "중앙아프리카공화국",
        "CG": "콩고",
        "PS": "팔레스타인",
        "VA": "교황청",
        "ZA": "남아프리카공화국",
    },
}


def country_name(code: str) -> str:
    """The name of a country in the active language; what is not a code stays as it is."""
    names = locale()
    return NAMES.get(names.language, {}).get(code) or names.territories.get(code, code)


def known_countries() -> frozenset[str]:
    """The codes of the countries of which the record knows a seat, a neighbour's or a body.

    A State has a seat now or to come, or may speak where every State sits; where another of its
    regional group sits, it can ask that one; and a country has bodies of its own.
    """
    return kept.get("countries", lambda: frozenset(_countries()))


def has_page(code: str) -> bool:
    """Whether the record has a page of this country; a State whose seats have ended keeps its."""
    return code in GROUP_OF or code in known_countries()


def _countries() -> Iterable[str]:
    lasting = Q(ends_on=None) | Q(ends_on__gte=timezone.localdate())
    seats = Seat.objects.filter(lasting).order_by()
    bodies = TargetBody.objects.exclude(country="", all_states_sit=False).order_by()
    rows = bodies.values_list("country", "all_states_sit", Value(value=False)).union(
        seats.values_list("country", Value(value=False), Value(value=True))
    )
    for country, all_states_sit, is_seat in rows.order_by():
        yield from [country] if country else ()
        yield from GROUP_OF if all_states_sit else ()
        yield from neighbours_of(country) if is_seat else ()


def neighbours_of(country: str) -> Iterable[str]:
    """The States of its regional group, itself among them."""
    group = GROUP_OF.get(country)
    return NEIGHBOURS[group] if group else ()
