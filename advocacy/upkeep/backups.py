"""Backups in a folder: which of them are kept, and when the last good one was made."""

import json
import re
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from advocacy.transfer import archives

# The newest one of so many days, weeks and months in which one was made.
DAILY, WEEKLY, MONTHLY = 7, 4, 12
NAME = re.compile(r"answerable-(\d{8}T\d{6}Z)\.tar\.gz\.age")
MOMENT = "%Y%m%dT%H%M%SZ"
# What a backup leaves behind that was cut off, and how old it is before it is deleted.
CUT_OFF = re.compile(rf"\.{NAME.pattern}\.[0-9a-f]{{8}}\.partial")
SECONDS_OF_A_DAY = 24 * 3600


class Last(NamedTuple):
    """The last backup that was written whole."""

    made_at: datetime
    file: str


def name_for(moment: datetime) -> str:
    return f"answerable-{moment.astimezone(UTC).strftime(MOMENT)}.tar.gz.age"


def moment_of(path: Path) -> datetime | None:
    """When a backup was made, by its name; None where it is no file of ours."""
    if not (match := NAME.fullmatch(path.name)):
        return None
    try:
        return datetime.strptime(match[1], MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return None


def kept(moments: Iterable[datetime]) -> set[datetime]:
    """Which backups of these moments are kept. The newest always is."""
    newest_first = sorted(moments, reverse=True)
    periods: list[tuple[Callable[[datetime], object], int]] = [
        (lambda moment: moment.date(), DAILY),
        (lambda moment: moment.isocalendar()[:2], WEEKLY),
        (lambda moment: (moment.year, moment.month), MONTHLY),
    ]
    chosen: set[datetime] = set()
    for period_of, most in periods:
        newest: dict[object, datetime] = {}
        for moment in newest_first:
            newest.setdefault(period_of(moment), moment)
        chosen |= set(list(newest.values())[:most])
    return chosen


def rotate(folder: Path) -> list[Path]:
    """Delete the backups in a folder that are kept no longer; gives them.

    No other file is touched, and of ours only those whose name says when they were made.
    """
    ours = {path: moment for path in folder.iterdir() if (moment := moment_of(path))}
    stay = kept(ours.values())
    gone = sorted(path for path, moment in ours.items() if moment not in stay)
    for path in gone:
        path.unlink(missing_ok=True)
        archives.sum_file(path).unlink(missing_ok=True)
    for path in folder.iterdir():
        is_cut_off = CUT_OFF.fullmatch(path.name)
        if is_cut_off and path.stat().st_mtime < time.time() - SECONDS_OF_A_DAY:
            path.unlink(missing_ok=True)
    return gone


def _note() -> Path:
    return Path(settings.VAR_DIR) / "last_backup.json"


def note(made_at: datetime, path: Path) -> None:
    """Remember a backup that was written whole, for `/readyz` and the desk."""
    partial = _note().with_suffix(".partial")
    partial.parent.mkdir(parents=True, exist_ok=True)
    partial.write_text(json.dumps({"made_at": made_at.isoformat(), "file": path.name}))
    partial.replace(_note())


def last() -> Last | None:
    """The last good backup of this machine; None where none was made, or nobody can tell."""
    try:
        said = json.loads(_note().read_text(encoding="utf-8"))
        return Last(datetime.fromisoformat(said["made_at"]), said["file"])
    except (FileNotFoundError, KeyError, TypeError, ValueError):
        return None
