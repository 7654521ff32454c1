"""The document of the API as a page: no script, nothing from another host, and it prints."""

from functools import cache
from typing import Any

from django.shortcuts import render
from django.views.decorators.http import require_safe

REF = "#/components/schemas/"


@require_safe
def page(request):
    return render(request, "api/docs.html", document())


@cache
def document() -> dict[str, Any]:
    from advocacy.public.api import api

    schema = api.get_openapi_schema()
    parts = schema["components"]["schemas"]
    return {
        "info": schema["info"],
        "operations": [
            operation(path, told["get"], parts)
            for path, told in schema["paths"].items()
            if "get" in told
        ],
        "schemas": [
            {"name": name, "words": part.get("description", ""), "fields": fields(part)}
            for name, part in sorted(parts.items())
            if part.get("properties") and not rows_in(part)
        ],
        # What stands around the rows, whatever rows they are.
        "around": [field for field in fields(parts["TranslationPage"]) if field["name"] != "rows"],
    }


def rows_in(part: dict[str, Any]) -> str:
    """What an answer gives beside what stands around it; empty of what is no answer."""
    told = part["properties"] if "record" in part.get("properties", {}) else {}
    if "rows" in told:
        return f"rows: {written(told['rows'])}"
    return f"row: {written(told['row'])}" if "row" in told else ""


def operation(path: str, told: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any]:
    answers = told["responses"]
    (content,) = answers[200]["content"].values()
    schema = content["schema"]
    name = written(schema)
    return {
        "id": told["operationId"],
        "path": path,
        "summary": told["summary"],
        "description": told.get("description", ""),
        "parameters": [
            {
                "name": one["name"],
                "needed": one["required"],
                "where": one["in"],
                "type": written(one["schema"]),
                "words": one.get("description", ""),
            }
            for one in told["parameters"]
        ],
        "answers": [(status, answer["description"]) for status, answer in answers.items()],
        "schema": rows_in(parts.get(name, {})) or name,
    }


def fields(part: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"name": name, "type": written(told), "words": told.get("description", "")}
        for name, told in part.get("properties", {}).items()
    ]


def written(told: dict[str, Any]) -> str:
    """A type in words: `string or null`, `list of Action`."""
    if "$ref" in told:
        return told["$ref"].removeprefix(REF)
    if "anyOf" in told:
        return " or ".join(written(one) for one in told["anyOf"])
    if "enum" in told:
        return "one of " + ", ".join(str(value) or "(empty)" for value in told["enum"])
    if "const" in told:
        return str(told["const"])
    if told.get("type") == "array":
        return f"list of {written(told['items'])}"
    if isinstance(told.get("additionalProperties"), dict):
        return f"by key: {written(told['additionalProperties'])}"
    form = f" ({told['format']})" if "format" in told else ""
    return f"{told.get('type', 'any')}{form}"
