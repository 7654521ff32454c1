"""What a row says beside its columns: the names and types that the document of the API lists."""

from typing import TypedDict


class Translation(TypedDict):
    """One field in another language. `state`: reviewed, to_review (a machine made it), outdated, or
    missing; then there is no text."""

    text: str | None
    state: str


class StandingWords(TypedDict):
    label: str
    sentence: str


class Standing(TypedDict):
    """What the record says of an ask on a day. `group` is the phase that it counts under, or
    `proposed` (nobody put it to the body), or `in_confidence` (the silence of such a body is no
    failure). `status` is null where none may be said; `words` are in each language."""

    day: str
    status: str | None
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
    words: dict[str, StandingWords]


class OfAction(TypedDict):
    standing: Standing


class OfAsked(TypedDict):
    """Of an issue or a body: how its asks stand, counted by group."""

    asks: dict[str, int]


class OfSource(TypedDict):
    """Of the copy that we keep of what stood at its address when a program of ours first read it:
    when that was, and the SHA-256 of the bytes. Null where we keep none. We give it to nobody."""

    kept_on: str | None
    kept_sha256: str | None


class Cited(TypedDict):
    """A source in short. The address of a weak one is not given; where one exposes people, whoever
    links it has to say so."""

    key: str
    title: str
    publisher: str
    published_on: str
    tier: int
    url: str | None
    exposes_people: bool


class OfEntry(TypedDict):
    uuid: str
    recorded_at: str
    is_look: bool
    # What the entry says in short, in each language.
    label: dict[str, str]
    # That nobody had put its ask to the body by the day; null where somebody had.
    not_put: dict[str, str] | None
    cited: list[Cited]
    corrected_by: str | None


class OfSubmission(TypedDict):
    recorded_at: str
    corrected_by: str | None


class OfDecision(TypedDict):
    """`votes` is the ballot of each State, empty where not all of them are known. Where it rests
    on reports no source is the official record. Where seats are not checked the record does not
    know all members of the body."""

    recorded_at: str
    corrected_by: str | None
    # What became of it, in each language.
    label: dict[str, str]
    votes: dict[str, str]
    rests_on_reports: bool
    are_seats_checked: bool
    cited: list[Cited]


class OfDecisionParagraph(TypedDict):
    """`is_in_force`: no correction replaced its decision or took it back."""

    recorded_at: str
    is_in_force: bool


class OfStatement(TypedDict):
    recorded_at: str
    corrected_by: str | None
    rests_on_copies: bool
    cited: list[Cited]


class OfStance(TypedDict):
    """`is_support` only where the speaker spoke of the step itself: whoever condemned the conduct
    has not asked for the step. `is_in_force`: no correction replaced the statement."""

    recorded_at: str
    is_support: bool
    is_in_force: bool


class OfEvent(TypedDict):
    cited: list[Cited]


class OfWithheld(TypedDict):
    kind: str
    # Null where the row is not public.
    row: str | None
