"""The codes of the record with their words: those of the statuses first."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from django.conf import settings
from django.utils.translation import override

from advocacy.as_data import KINDS, fields_of
from advocacy.models import (
    ANALOGUES,
    DEFINITIONS,
    EVIDENCE,
    IN_CONFIDENCE,
    PROPOSED,
    TRANSITIONS,
    Phase,
    ResponseStatus,
    Vote,
)
from advocacy.models.decision_words import DEFINITIONS as DEFINITIONS_OF_CODES
from advocacy.models.standing import label_of, label_of_group
from advocacy.models.vocabulary import RECORDED

# Of these columns the statuses tell more.
STATUSES = {"entries.status", "steps.when_status"}


def said(languages: Iterable[str]) -> dict[str, Any]:
    languages = list(dict.fromkeys([settings.LANGUAGE_CODE, *languages]))

    def in_each(words: Callable[[], Any]) -> dict[str, str]:
        told = {}
        for language in languages:
            with override(language):
                told[language] = str(words())
        return told

    return {
        "languages": languages,
        "statuses": [status_data(status, in_each) for status in ResponseStatus],
        "groups": [
            {"code": str(group), "label": in_each(partial(label_of_group, group))}
            for group in [*Phase.values, IN_CONFIDENCE, PROPOSED]
        ],
        "codes": {
            column: [
                code_data(column, value, words, in_each) for value, words in choices if value != ""
            ]
            for column, choices in columns_with_codes()
        },
    }


def columns_with_codes() -> Iterator[tuple[str, Iterable[tuple[Any, Any]]]]:
    """Every column of codes but those of statuses; ballots are a column of pairs."""
    for kind in KINDS.values():
        for name, field in fields_of(kind).items():
            column = f"{kind.name}.{name}"
            if column not in STATUSES and getattr(field, "flatchoices", None):
                yield column, field.flatchoices
    yield "ballots.vote", Vote.choices


def code_data(column: str, value: Any, words: Any, in_each: Callable[..., Any]) -> dict[str, Any]:
    definition = DEFINITIONS_OF_CODES.get(column, {}).get(value)
    return {
        "code": str(value),
        "label": in_each(partial(str, words)),
        "definition": in_each(partial(str, definition)) if definition else None,
    }


def status_data(status: ResponseStatus, in_each: Callable[..., Any]) -> dict[str, Any]:
    return {
        "code": status.value,
        "label": in_each(lambda: label_of(status)),
        "phase": status.phase.value,
        "is_derived": status not in RECORDED,
        "definition": in_each(lambda: DEFINITIONS[status]),
        "evidence": in_each(lambda: EVIDENCE[status]),
        "analogues": ANALOGUES[status],
        "next": {after.value: rule for after, rule in TRANSITIONS.get(status, {}).items()},
    }
