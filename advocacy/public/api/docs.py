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
            operation(path, told["get"]) for path, told in schema["paths"].items() if "get" in told
        ],
        "schemas": [
            {"name": name, "words": part.get("description", ""), "fields": fields(part)}
            for name, part in sorted(parts.items())
            if part.get("properties")
        ],
    }


def operation(path: str, told: dict[str, Any]) -> dict[str, Any]:
    answers = told["responses"]
    (content,) = answers[200]["content"].values()
    schema = content["schema"]
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
        "schema": schema.get("title") or written(schema),
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
