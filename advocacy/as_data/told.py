"""What is asked of rows, and how a source is named in short."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from advocacy.as_data import shapes


@dataclass(frozen=True, slots=True)
class Told:
    """What is asked of rows: the day, the languages, and what was read of all of them at once."""

    day: date
    languages: Collection[str]
    is_past: bool
    of_all: Any = None


def cited(row: Any) -> list[shapes.Cited]:
    return [
        {
            "key": source.key,
            "title": source.title,
            "publisher": source.publisher,
            "published_on": source.published_on.isoformat(),
            "tier": source.tier,
            "url": None if source.is_weak else source.url,
            "exposes_people": source.exposes_people,
        }
        for source in row.sources.all()
    ]
