"""Asks the API what its document lets anyone ask, and what it does not, and judges the answers."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import hypothesis
import schemathesis
from hypothesis import HealthCheck
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

DOCUMENT = "/api/v1/openapi.json"
# No fault of the program, and no answer that the document does not describe.
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# Of what the document allows, and of what it does not.
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]


def of_program(application: Any) -> Any:
    """The document of a WSGI application, which then answers by itself."""
    return schemathesis.openapi.from_wsgi(DOCUMENT, application)


def of_server(address: str) -> Any:
    """The document of a program that serves at an address."""
    return schemathesis.openapi.from_url(f"{address}{DOCUMENT}")


def operations(schema: Any) -> list[Any]:
    return [result.ok() for result in schema.get_all_operations()]


def judge(case: Any, **how: Any) -> Any:
    """Ask, and raise where the answer is wrong."""
    response = case.call(**how)
    case.validate_response(response, checks=CHECKS)
    return response


def ask(operation: Any, number: int, **how: Any) -> Iterator[int]:
    """Ask one operation so often in either way; gives the status of each answer."""
    statuses: list[int] = []

    def walk(case: Any) -> None:
        statuses.append(judge(case, **how).status_code)

    often = hypothesis.settings(
        max_examples=number,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    for mode in MODES:
        cases = operation.as_strategy(generation_mode=mode)
        # Where nothing that it takes can be wrong, there is nothing to ask.
        with suppress(hypothesis.errors.Unsatisfiable):
            often(hypothesis.given(cases)(walk))()
    yield from statuses


def ask_for_all_rows(schema: Any, **how: Any) -> Iterator[tuple[str, int]]:
    """Every list as it is, and the first row of each by its id: (path, status)."""
    by_path = {operation.path: operation for operation in operations(schema)}
    for path, operation in by_path.items():
        if "{" in path or path.endswith("/translations"):
            continue
        response = judge(operation.Case(query={"lang": "all"}), **how)
        yield path, response.status_code
        rows = response.json().get("rows", [])
        alone = by_path.get(f"{path}/{{id}}")
        if rows and alone:
            case = alone.Case(path_parameters={"id": rows[0]["id"]}, query={"lang": "all"})
            yield alone.path, judge(case, **how).status_code
