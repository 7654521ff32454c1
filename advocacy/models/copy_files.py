"""Files of `VAR_DIR/evidence` with what was read at the addresses of sources.

A file has the hash of its bytes as its name: the same bytes are one file. Only the owner of the
program reads them, and nothing of them is ever served to the public.
"""

import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from django.conf import settings

NAME = re.compile(r"[0-9a-f]{64}")
# What no row names is deleted after a day: a row is written after its file.
KEEP = 24 * 3600


def folder() -> Path:
    return Path(settings.VAR_DIR) / "evidence"


def path_of(digest: str) -> Path:
    if not NAME.fullmatch(digest):
        raise ValueError("No copy is kept under that name.")
    return folder() / digest


def write(content: bytes) -> str:
    """Keep these bytes, whole or not at all; returns their hash. Raises OSError."""
    digest = sha256(content).hexdigest()
    path = path_of(digest)
    if is_there(digest):
        # It looks as old as any that nobody names by now.
        os.utime(path)
        return digest
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = folder() / f".{digest}.{secrets.token_hex(4)}.partial"
    try:
        number = os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return digest


def read(digest: str) -> bytes:
    """The bytes of that hash. Raises OSError where they are gone, or others stand there."""
    content = path_of(digest).read_bytes()
    if sha256(content).hexdigest() != digest:
        raise OSError(f"The file {digest} is damaged: it does not hold what was read.")
    return content


def is_there(digest: str) -> bool:
    """Whether the bytes of that hash are there, and whole."""
    try:
        read(digest)
    except OSError:
        return False
    return True


def forget(digests: Iterable[str]) -> None:
    for digest in digests:
        path_of(digest).unlink(missing_ok=True)


def there() -> Iterator[Path]:
    """All files, those that were cut off as well."""
    return folder().iterdir() if folder().is_dir() else iter(())


def forget_unnamed(named: set[str]) -> int:
    """Delete what no row names and is older than a day; returns how many files."""
    before = time.time() - KEEP
    old = [p for p in there() if p.name not in named and p.stat().st_mtime < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
