"""Whether a row holds any of several words, asked of the database once."""

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import models
from django.db.models.lookups import Lookup

from advocacy.models.folded import held_by, needle
from advocacy.models.word_forms import Form

# A part of a search as it was typed, or what else is taken for it.
type AnyOf = tuple[str | Form, ...]
FUNCTION = "holds_any"


class HoldsAny(Lookup[Any]):
    """Rows whose copy (`searched_copy`) holds one of some words, as typed or in another form.

    SQLite has no index for it and reads each text anyway, so it reads it once for all words.
    """

    prepare_rhs = False

    def __init__(self, field: str, words: AnyOf) -> None:
        super().__init__(models.F(field), words)

    def get_db_prep_lookup(self, value: Any, connection: Any) -> Any:
        return "%s", [value]

    @property
    def asked(self) -> list[tuple[str, str]]:
        """What a text must hold, and what must match besides."""
        return [
            (word.needle, word.pattern) if isinstance(word, Form) else (needle(word), "")
            for word in self.rhs
        ]

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        row, row_params = self.process_lhs(compiler, connection)
        return f"{FUNCTION}({row}, %s)", [*row_params, json.dumps(self.asked)]

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        row, row_params = self.process_lhs(compiler, connection)
        conditions, params = [], []
        for held, pattern in self.asked:
            conditions.append(f"{row} LIKE %s" + (f" AND {row} ~ %s" if pattern else ""))
            params += [*row_params, f"%{connection.ops.prep_for_like_query(held)}%"]
            params += [*row_params, pattern] if pattern else []
        return f"({' OR '.join(conditions) or 'FALSE'})", params


def held_as(words: AnyOf) -> models.Q:
    """Whether the copy of a row holds one of some words."""
    match words:
        case [str(word)]:
            return held_by(["search_text"], word)
        case _:
            return models.Q(HoldsAny("search_text", words))


def holds_any(text: str | None, asked: str) -> bool:
    """What SQLite asks of each text."""
    return any(
        held in (text or "") and (pattern is None or pattern.search(text or "") is not None)
        for held, pattern in _read(asked)
    )


@lru_cache(maxsize=50)
def _read(asked: str) -> Sequence[tuple[str, re.Pattern[str] | None]]:
    return [(held, re.compile(pattern) if pattern else None) for held, pattern in json.loads(asked)]


def teach(connection: Any, **kwargs: Any) -> None:
    """Give each new connection to SQLite the function."""
    if connection.vendor == "sqlite":
        connection.connection.create_function(FUNCTION, 2, holds_any, deterministic=True)
