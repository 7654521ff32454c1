"""What a row says beside its columns: the names and types that the document of the API lists."""

from typing import TypedDict


class Translation(TypedDict):
    """One field in another language. Without a translation there is no text."""

    text: str | None
    # reviewed, to_review (a machine made it), outdated, missing
    state: str


class StandingWords(TypedDict):
    label: str
    sentence: str


class Standing(TypedDict):
    """What the record says of an ask on a day."""

    day: str
    # Null where no status may be said: nobody put the ask to the body, or it works in confidence.
    status: str | None
    # The phase it counts under, or `proposed`, or `in_confidence`.
    group: str
    is_proposed: bool
    asked_on: str | None
    asked_how: str | None
    status_on: str | None
    status_precision: str | None
    acknowledged_on: str | None
    answered_on: str | None
    last_moved_on: str | None
    last_checked_on: str | None
    days_waiting: int | None
    is_overdue: bool
    points_other_way: bool
    from_digests: bool
    # In each language.
    words: dict[str, StandingWords]


class OfAction(TypedDict):
    standing: Standing


class OfAsked(TypedDict):
    """Of an issue or a body: how its asks stand, counted by group."""

    asks: dict[str, int]


class Cited(TypedDict):
    """A source in short. The address of a weak one is not given."""

    key: str
    title: str
    publisher: str
    published_on: str
    tier: int
    url: str | None


class OfEntry(TypedDict):
    uuid: str
    recorded_at: str
    is_look: bool
    # What the entry says in short, in each language.
    label: dict[str, str]
    cited: list[Cited]
    corrected_by: str | None


class OfSubmission(TypedDict):
    recorded_at: str
    corrected_by: str | None


class OfEvent(TypedDict):
    cited: list[Cited]


class OfWithheld(TypedDict):
    kind: str
    # Null where the row is not public.
    row: str | None
