"""Which office a letter goes to, and what its writer does where nobody checked an address."""

from collections.abc import Iterable
from typing import NamedTuple, Self

from advocacy.models.bodies import Reader, TargetBody
from advocacy.models.checklists import ChecklistStep
from advocacy.models.contact_choices import BESIDE_A_BODY, OF_A_STATE, ContactKind, ContactPlace
from advocacy.models.contact_points import ContactPoint
from advocacy.models.enums import GoesTo
from advocacy.models.site import Site

MISSIONS = (ContactPlace.NEW_YORK, ContactPlace.GENEVA)
# Where each of them goes that goes through the reader's own State.
PLACES = {
    GoesTo.NEW_YORK: (ContactPlace.NEW_YORK,),
    GoesTo.GENEVA: (ContactPlace.GENEVA,),
    GoesTo.MISSIONS: MISSIONS,
    GoesTo.MINISTRY: (ContactPlace.CAPITAL,),
}


class Way(NamedTuple):
    """How a letter gets to whom it is for."""

    offices: list[ContactPoint]
    directories: list[ContactPoint]
    # Whose own page has the address, where this record holds no office of it.
    body: TargetBody | None = None
    # It goes through the reader's State, and nobody has said yet which that is.
    needs_country: bool = False
    to_ministry: bool = False

    @property
    def addressed(self) -> list[ContactPoint]:
        """Those whose address stands in the letter."""
        return [office for office in self.offices if office.may_be_addressed()]

    @property
    def to_find(self) -> list[ContactPoint]:
        """Where the other addresses can be looked up: pages of offices, then directories."""
        rows = [office for office in self.offices if not office.may_be_addressed()]
        pages: dict[str, ContactPoint] = {}
        for row in [*rows, *([] if self.addressed else self.directories)]:
            if row.official_page:
                pages.setdefault(row.official_page, row)
        return list(pages.values())

    @property
    def page(self) -> str:
        """The page of the body, where nothing else is held."""
        if self.addressed or self.to_find or not self.body:
            return ""
        return self.body.contact_url or self.body.website


class Doors:
    """The offices that the letters of one page are for, fetched once."""

    def __init__(self, country: str, bodies: Iterable[TargetBody]) -> None:
        self.country = country
        self.are_dangerous = bool(country) and Site.current().letters_are_dangerous(country)
        bodies = set(bodies)
        is_needed = bodies and not self.are_dangerous
        self.rows = list(ContactPoint.objects.around(country, bodies)) if is_needed else []

    @classmethod
    def of_steps(cls, country: str, steps: Iterable[ChecklistStep]) -> Self:
        return cls(country, {step.action.body for step in steps if step.is_letter})

    def of_step(self, step: ChecklistStep) -> Way:
        """Whom the letter of a step is for; nobody known where its editors did not say."""
        if step.goes_to == GoesTo.BODY:
            return self._to_body(step.action.body)
        if step.goes_to:
            return self._through_state(PLACES[GoesTo(step.goes_to)])
        # The official link of such a step may be the very directory.
        named = [row for row in self.rows if step.url and row.official_page == step.url]
        return Way([], named[:1])

    def of_letter(self, body: TargetBody, reader: Reader) -> Way:
        """Whom a letter from the page of a country is for, about an ask to a body."""
        if reader == Reader.BODY:
            return self._to_body(body)
        if reader == Reader.GOVERNMENT:
            return self._through_state((ContactPlace.CAPITAL,))._replace(body=body)
        doors = [row for row in self.of_body(body) if row.kind not in OF_A_STATE]
        places = tuple({row.place: None for row in doors})
        if not places and body.all_states_sit:
            places = MISSIONS
        return self._through_state(places)._replace(body=body)

    def of_body(self, body: TargetBody) -> list[ContactPoint]:
        """The doors of a body itself, those that take no letters among them."""
        rows = [row for row in self.rows if row.body_id == body.pk]
        rows = [row for row in rows if row.kind not in BESIDE_A_BODY]
        if body.country:
            return rows
        return [row for row in rows if not (row.country and row.kind in OF_A_STATE)]

    def with_rules(self, body: TargetBody) -> list[ContactPoint]:
        """Those doors of a body through which no State speaks, with rules of their own."""
        return [row for row in self.of_body(body) if row.kind not in OF_A_STATE]

    @property
    def without_letters(self) -> list[ContactPoint]:
        """The doors in the reader's country that are there for some, and take no letters."""
        rows = [row for row in self.rows if row.country and row.country == self.country]
        return [row for row in rows if not row.takes_letters]

    def _to_body(self, body: TargetBody) -> Way:
        doors = [row for row in self.of_body(body) if row.takes_letters]
        return Way(doors[:1], [], body)

    def _through_state(self, places: tuple[str, ...]) -> Way:
        to_ministry = places == (ContactPlace.CAPITAL,)
        kind = ContactKind.MINISTRY if to_ministry else ContactKind.MISSION
        offices = [
            row
            for row in self.rows
            if self.country and row.country == self.country
            if row.kind == kind and row.place in places and row.takes_letters
        ]
        directories = [row for row in self.rows if row.is_directory and row.place in places]
        # A State has one mission in a place; of its ministries the first is for letters abroad.
        offices = offices[:1] if to_ministry else offices
        return Way(offices, directories, needs_country=not self.country, to_ministry=to_ministry)
