"""Files of dry runs, kept for a day so that nobody has to choose them again."""

import re
import secrets
import shutil
import time
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

KEEP = 24 * 3600
NAME = re.compile(r"[0-9a-f]{32}")


def folder() -> Path:
    return Path(settings.VAR_DIR) / "imports"


def keep(file: BinaryIO) -> str:
    """Copy a file; returns the name by which it is found again on this machine."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    name = secrets.token_hex(16)
    file.seek(0)
    try:
        with open(folder() / name, "xb") as copy:
            shutil.copyfileobj(file, copy)
    except OSError:
        # Half of it is of no use, and the disk may be full.
        (folder() / name).unlink(missing_ok=True)
        raise
    file.seek(0)
    return name


def kept_file(name: str) -> BinaryIO | None:
    """The copy of that name, open, if it is still there."""
    path = folder() / name
    return path.open("rb") if NAME.fullmatch(name) and path.is_file() else None


def forget_old() -> int:
    """Delete the copies that are older than a day; returns how many."""
    old = [path for path in folder().glob("*") if path.stat().st_mtime < time.time() - KEEP]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
