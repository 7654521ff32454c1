"""Whether a row holds any of several words, asked of the database once."""

import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from hashlib import sha256
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
        return f"{FUNCTION}({row}, %s)", [*row_params, asked_last.key_of(self.asked)]

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        """Each word is looked up by itself: a common one would have all texts read for all.

        The index is for what must be held; a pattern judges the few that it finds.
        """
        column = self.lhs.target
        table, key, text = (
            connection.ops.quote_name(name)
            for name in (
                column.model._meta.db_table,
                column.model._meta.pk.column,
                column.column,
            )
        )
        found, params = [], []
        for held, pattern in self.asked:
            besides = f" AND ({text} || '') ~ %s" if pattern else ""
            found.append(f"SELECT {key} FROM {table} WHERE {text} LIKE %s{besides}")
            params.append(f"%{connection.ops.prep_for_like_query(held)}%")
            params += [pattern] if pattern else []
        alias = connection.ops.quote_name(self.lhs.alias)
        return f"{alias}.{key} IN ({' UNION ALL '.join(found)})", params


def held_as(words: AnyOf) -> models.Q:
    """Whether the copy of a row holds one of some words."""
    match words:
        case [str(word)]:
            return held_by(["search_text"], word)
        case _:
            return models.Q(HoldsAny("search_text", words))


class AskedLast:
    """What SQLite was asked for last, each under a short key.

    Given to the function with each text, all patterns would cost more than to look for them.
    """

    MOST = 200

    def __init__(self) -> None:
        self.of: OrderedDict[str, list[tuple[str, Callable[[str], Any] | None]]] = OrderedDict()

    def key_of(self, asked: Sequence[tuple[str, str]]) -> str:
        key = sha256(repr(asked).encode()).hexdigest()[:12]
        if key not in self.of:
            self.of[key] = [
                (held, re.compile(pattern).search if pattern else None) for held, pattern in asked
            ]
        self.of.move_to_end(key)
        if len(self.of) > self.MOST:
            self.of.popitem(last=False)
        return key


asked_last = AskedLast()


def holds_any(text: str | None, key: str) -> bool:
    """What SQLite asks of each text."""
    if text:
        for held, search in asked_last.of[key]:
            if held in text and (search is None or search(text)):
                return True
    return False


def teach(connection: Any, **kwargs: Any) -> None:
    """Give each new connection to SQLite the function."""
    if connection.vendor == "sqlite":
        connection.connection.create_function(FUNCTION, 2, holds_any, deterministic=True)
