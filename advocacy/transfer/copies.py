"""A copy of a SQLite database, in which an import is tried while others go on writing."""

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections

type Place = Callable[[], AbstractContextManager[None]]


def has_one_writer() -> bool:
    """Whether all others wait while one writes, and a copy helps: not inside a transaction."""
    return connection.vendor == "sqlite" and not connection.in_atomic_block


@contextmanager
def copied() -> Iterator[Place]:
    """Copy the database. Gives what puts the copy in its place, for this thread and for a while.

    What is written to the copy is forgotten with it.
    """
    with tempfile.TemporaryDirectory(prefix="import-", dir=settings.VAR_DIR) as folder:
        path = Path(folder) / "copy.sqlite3"
        connection.ensure_connection()
        with closing(sqlite3.connect(path)) as target:
            # It only reads, so nobody waits for it.
            connection.connection.backup(target)
        copy = connection.copy()
        copy.settings_dict["NAME"] = str(path)

        @contextmanager
        def in_its_place() -> Iterator[None]:
            original = connections[DEFAULT_DB_ALIAS]
            connections[DEFAULT_DB_ALIAS] = copy
            try:
                yield
            finally:
                connections[DEFAULT_DB_ALIAS] = original

        with closing(copy):
            # One transaction that never ends: what is to happen after it does not happen.
            copy.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
            yield in_its_place
