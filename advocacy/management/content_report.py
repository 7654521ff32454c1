"""What loading a folder does, or would do, row by row."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

from advocacy.content_folder import site_of

NEW, CHANGED, SAME, KEPT = "new", "changed", "same", "kept as staff edited them"
# Of each fate; the rest is counted.
MOST_NAMED = 50
# Files for people, which nothing reads.
FOR_PEOPLE = ("readme", "licence", "license", "changelog")


class Row(NamedTuple):
    file: str
    key: str
    # Those that differ, of a row that is there.
    fields: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.file}: {self.key}" + (f" ({', '.join(self.fields)})" if self.fields else "")


class Report:
    """The fate of each row, counted and named."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {fate: [] for fate in (NEW, CHANGED, SAME, KEPT)}

    def note(self, fate: str, file: str, key: str, fields: Iterable[str] = ()) -> None:
        self.rows[fate].append(Row(file, key, tuple(fields)))

    @property
    def counts(self) -> str:
        return ", ".join(f"{len(rows)} {fate}" for fate, rows in self.rows.items())

    def lines(self) -> Iterator[str]:
        """The rows of each fate but those that stay the same, for whoever reads a dry run."""
        for fate, rows in self.rows.items():
            if not rows or fate == SAME:
                continue
            yield f"{fate.capitalize()} ({len(rows)}):"
            yield from (f"  {row}" for row in rows[:MOST_NAMED])
            if len(rows) > MOST_NAMED:
                yield f"  … and {len(rows) - MOST_NAMED} more"


def not_read(folder: Path, known: Iterable[str]) -> Iterator[str]:
    """A sentence on each file of the folder that nothing reads: its name may be misspelt."""
    known = list(known)
    named = words_of(site_of(folder))
    for path in sorted(folder.iterdir()):
        name = path.name
        if name in known or name in named or name.startswith("."):
            continue
        if name.lower().startswith(FOR_PEOPLE):
            continue
        alike = get_close_matches(name, known, n=1)
        question = f"; did you mean {alike[0]}?" if alike else "."
        yield f"{name} is not read{question}"


def words_of(value: Any) -> set[str]:
    """Every text in what site.json says: it may name files, such as a logo."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return set().union(*map(words_of, value))
    return {value} if isinstance(value, str) else set()


def is_a_record(folder: Path, known: Iterable[str]) -> bool:
    """Whether the folder holds anything that is read."""
    return folder.is_dir() and any((folder / name).exists() for name in known)
