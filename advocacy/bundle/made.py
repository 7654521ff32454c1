"""The file as it was made last: where it lies, what it is, and whether another is due."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings

from advocacy.models import ContentVersion, Withheld

NAME = "record.zip"
FACTS = "made.json"
LOCK = "lock"
# Empty files, whose time says it: they can be written where the disk is full.
BEHIND, FAILED = "behind", "failed"
EVERY = 3600


@dataclass(frozen=True, slots=True)
class Made:
    """One file: its checksum, and which state of the record it holds."""

    sha256: str
    size: int
    made_at: str
    head: str
    # How many pages it holds; none where the record has too many.
    pages: int
    # The numbers of the content and of the last withholding of words that it was made of.
    number: int
    withheld: int

    @property
    def path(self) -> Path:
        return folder() / f"{self.sha256[:32]}.zip"

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.made_at)


def folder() -> Path:
    """Whoever withholds words empties it (`models/erasure.py`)."""
    return Path(settings.VAR_DIR) / "record"


def made() -> Made | None:
    """The file that may be given out: none before the first, nor one with words withheld since."""
    last = last_made()
    return last if last and last.withheld == Withheld.objects.newest() else None


def last_made() -> Made | None:
    try:
        last = Made(**json.loads((folder() / FACTS).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):  # None yet, or that of another version.
        return None
    return last if last.path.exists() else None


def is_due() -> bool:
    """Whether anything public changed since the file was made, and nobody tried for an hour."""
    return abs(time.time() - tried_at()) >= EVERY and is_behind()


def is_behind() -> bool:
    last = made()
    return last is None or last.number != ContentVersion.objects.total()


def tried_at() -> float:
    """When somebody last began to make it, in seconds of the clock."""
    return _time_of(LOCK) or 0


def _time_of(name: str) -> float | None:
    try:
        return (folder() / name).stat().st_mtime
    except OSError:
        return None


def note_behind() -> None:
    """Remember since when the file does not say what the record says."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        (folder() / BEHIND).touch(exist_ok=False)


def note_failed() -> None:
    """Remember that the last try to make it failed."""
    with suppress(OSError):
        (folder() / FAILED).touch()


def behind_since() -> datetime | None:
    """Since when a newer one is wanted and was not made, as far as anybody noticed."""
    moment = _time_of(BEHIND)
    return None if moment is None else datetime.fromtimestamp(moment, UTC)


def has_failed() -> bool:
    """Whether the last try to make it failed."""
    return _time_of(FAILED) is not None


@contextmanager
def only_one() -> Iterator[bool]:
    """Gives whether this process alone makes the file now; another may be at it."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder() / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        os.utime(lock.fileno())
        yield True


def publish(draft: Path, facts: Made) -> None:
    """Put the file in the place of the one before: whoever reads that one reads it to its end."""
    draft.replace(facts.path)
    with NamedTemporaryFile("w", dir=folder(), suffix=".draft", delete=False) as file:
        json.dump(asdict(facts), file)
    Path(file.name).replace(folder() / FACTS)
    for path in [folder() / BEHIND, folder() / FAILED, *folder().glob("*.zip")]:
        if path != facts.path:
            path.unlink(missing_ok=True)


def forget_drafts() -> None:
    """Delete what a process left that was killed."""
    for path in folder().glob("*.draft"):
        path.unlink(missing_ok=True)
