"""What every answer and every file says of the record that its rows are of."""

from typing import TypedDict

from django.conf import settings

from advocacy.as_data.rows import Asked
from advocacy.models import RecordHead, Site


class Licence(TypedDict):
    name: str
    address: str


class OfRecord(TypedDict):
    name: str
    publisher: str
    address: str
    # The language that it is written in, and those that it is read in.
    language: str
    languages: list[str]
    # Null where none is given: ask before you reuse.
    licence: Licence | None


class Envelope(TypedDict):
    record: OfRecord
    # Of the chain, as the rows were read: number and hash. `since` of the changes takes it.
    head: str
    as_of: str
    # Beside that of the record.
    languages: list[str]


def record_data() -> OfRecord:
    site = Site.current()
    licence = site.licence_link
    return {
        "name": site.name,
        "publisher": site.publisher,
        "address": settings.SITE_URL,
        "language": settings.LANGUAGE_CODE,
        "languages": [code for code, _name in settings.LANGUAGES],
        "licence": {"name": licence.words, "address": licence.address} if licence.words else None,
    }


def envelope(asked: Asked) -> Envelope:
    """Read before the rows are: what is written meanwhile comes after this head."""
    return {
        "record": record_data(),
        "head": RecordHead.current().noted,
        "as_of": asked.day.isoformat(),
        "languages": list(asked.languages),
    }
