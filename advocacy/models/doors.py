"""Which office a letter goes to, and what its writer does where nobody checked an address."""

from collections.abc import Collection, Iterable
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
    # It is for others at the body: where the body itself is written to is not where they are.
    on_its_site: bool = False
    # It goes through the reader's State, and nobody has said yet which that is.
    needs_country: bool = False
    to_ministry: bool = False
    to_labour_ministry: bool = False

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
        return ("" if self.on_its_site else self.body.contact_url) or self.body.website

    @property
    def through_mission(self) -> bool:
        """Whether no ministry of the State is held here, so that its mission is asked for it."""
        return (self.to_ministry or self.to_labour_ministry) and not self.offices


class Doors:
    """The offices that the letters of one page are for, fetched once."""

    def __init__(
        self, country: str, bodies: Iterable[TargetBody], steps: Iterable[ChecklistStep] = ()
    ) -> None:
        self.country = country
        self.are_dangerous = bool(country) and Site.current().letters_are_dangerous(country)
        bodies = set(bodies)
        named = {step.office_id for step in steps if step.office_id}
        is_needed = bodies and not self.are_dangerous
        self.rows = list(ContactPoint.objects.around(country, bodies, named)) if is_needed else []

    @classmethod
    def of_steps(cls, country: str, steps: Iterable[ChecklistStep]) -> Self:
        letters = [step for step in steps if step.is_letter]
        return cls(country, {step.action.body for step in letters}, letters)

    def of_step(self, step: ChecklistStep) -> Way:
        """Whom the letter of a step is for; nobody known where its editors did not say."""
        named = [row for row in self.rows if row.pk == step.office_id]
        match step.goes_to:
            case GoesTo.BODY:
                return self._to_body(step.action.body)
            case GoesTo.SITE:
                return Way([], [], step.action.body, on_its_site=True)
            case GoesTo.OFFICE:
                return Way(named, [])
            case GoesTo.LISTED:
                return Way([], named)
            case GoesTo.UNION:
                return self._to_unions()
            case GoesTo.LABOUR:
                directories = self._directories((ContactPlace.GENEVA,))
                country = not self.country
                return Way([], directories, needs_country=country, to_labour_ministry=True)
            case "":
                return Way([], [])
        return self._through_state(PLACES[GoesTo(step.goes_to)])

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
        if to_ministry:
            # The first of its ministries is for letters abroad; where none is held here, its
            # missions can be asked. Of missions a State has one in a place.
            offices, places = offices[:1], () if offices else MISSIONS
        directories = self._directories(places)
        return Way(offices, directories, needs_country=not self.country, to_ministry=to_ministry)

    def _to_unions(self) -> Way:
        unions = [row for row in self.rows if row.kind == ContactKind.UNION and row.takes_letters]
        own = [row for row in unions if row.country and row.country == self.country]
        # Those of no State have unions in many: they are asked which.
        of_all = [row for row in unions if not row.country]
        return Way(own, of_all, needs_country=not self.country)

    def _directories(self, places: Collection[str]) -> list[ContactPoint]:
        return [row for row in self.rows if row.is_directory and row.place in places]
