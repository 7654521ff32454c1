"""`datapackage.json`: what each column of the CSV files means, as programs for data read it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import translation
from django.utils.text import slugify

from advocacy.as_data import KINDS, fields_of
from advocacy.models import RecordHead, Site
from advocacy.transfer import described, key_of, kind_of

PROFILE = "tabular-data-package"


def resource(kind: str, size: int, digest: str) -> dict[str, Any]:
    """One CSV file: what its columns hold, and which rows of other files they name."""
    model: Any = KINDS[kind].model
    with translation.override("en"):
        words = {column.name: column for column in described(kind)}
        title = str(model._meta.verbose_name_plural)
    fields = fields_of(KINDS[kind])
    keys = [
        {
            "fields": [name],
            "reference": {
                "resource": "" if other is model else kind_of(other),
                "fields": [key_of(other)],
            },
        }
        for name, column in fields.items()
        if (other := column.related_model) and not column.many_to_many and kind_of(other)
    ]
    schema: dict[str, Any] = {
        "fields": [
            field(column, words[name].meaning, words[name].hint or words[name].holds)
            for name, column in fields.items()
        ],
        "primaryKey": [key_of(model)],
        "missingValues": [""],
    }
    schema |= {"foreignKeys": keys} if keys else {}
    return csv_file(kind, title, f"csv/{kind}.csv", size, digest, schema)


def of_copies(size: int, digest: str) -> dict[str, Any]:
    """Of which sources the site keeps a copy of what it read."""
    names = [
        ("source", "string", "Key of the source"),
        ("kept_on", "datetime", "When we first read what stood at its address"),
        ("kept_sha256", "string", "SHA-256 of the bytes that stood there"),
    ]
    reference = {"resource": "sources", "fields": [key_of(KINDS["sources"].model)]}
    schema = {
        "fields": [{"name": name, "type": type_, "title": title} for name, type_, title in names],
        "primaryKey": ["source"],
        "foreignKeys": [{"fields": ["source"], "reference": reference}],
    }
    title = "kept copies"
    return csv_file("kept_copies", title, "kept_copies.csv", size, digest, schema)


def csv_file(
    name: str, title: str, path: str, size: int, digest: str, schema: dict[str, Any]
) -> dict[str, Any]:
    return {
        "name": name,
        "title": title,
        "path": path,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": size,
        "hash": f"sha256:{digest}",
        "schema": schema,
    }


def field(column: Any, title: str, description: str) -> dict[str, Any]:
    said: dict[str, Any] = {"name": column.name, "title": title, "description": description}
    match column:
        case _ if column.is_relation:
            return said | {"type": "string"}
        case models.BooleanField():
            return said | {"type": "boolean", "trueValues": ["1"], "falseValues": ["0"]}
        case models.DateField():
            return said | {"type": "date"}
        case models.IntegerField():
            said |= {"type": "integer"}
        case _:
            said |= {"type": "string"}
    values = [value for value, _label in column.flatchoices if value not in ("", None)]
    return said | ({"constraints": {"enum": values}} if values else {})


def package(resources: list[dict[str, Any]], head: RecordHead, made_at: str) -> dict[str, Any]:
    """The whole of `datapackage.json`."""
    site = Site.current()
    licence = site.licence_link
    said: dict[str, Any] = {
        "profile": PROFILE,
        "name": slugify(site.name) or "record",
        "title": site.name,
        "description": site.subject or site.name,
        "homepage": settings.SITE_URL,
        "version": head.cited or "0",
        "created": made_at,
        "contributors": [{"title": site.publisher, "role": "publisher"}],
        "resources": resources,
    }
    if licence.words:
        path = {"path": licence.address} if licence.address else {"name": slugify(licence.words)}
        said["licenses"] = [path | {"title": licence.words}]
    return said
