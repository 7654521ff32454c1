"""The dossier that comes with the program, and a few rows of it that load in no time."""

import json
import shutil

from django.conf import settings

from advocacy.content_folder import SITE
from advocacy.management.commands.load_content import FILES
from advocacy.models import RecommendedAction

DOSSIER = settings.CONTENT_DIR


def rows_of(folder, file):
    return json.loads((folder / file).read_text(encoding="utf-8"))


def write_rows(folder, file, rows):
    (folder / file).write_text(json.dumps(rows), encoding="utf-8")


def few_rows(folder, number=2):
    """Fill a folder with the first rows of each file of the dossier, and all that they name."""
    folder.mkdir(exist_ok=True)
    rows = {model: rows_of(DOSSIER, file) for file, model in FILES.items()}
    kept = {model: [] for model in rows}
    wanted = [(model, row) for model in rows for row in rows[model][:number]]
    while wanted:
        model, row = wanted.pop()
        if row not in kept[model]:
            kept[model].append(row)
            wanted += named_by(model, row, rows)
    for file, model in FILES.items():
        write_rows(folder, file, [row for row in rows[model] if row in kept[model]])
    shutil.copy(DOSSIER / SITE, folder)
    return folder


def named_by(model, row, rows):
    """The rows of other files, or of the same, whose keys stand in a row."""
    for field in model._meta.get_fields():
        keys = row["fields"].get(field.name)
        if not keys or field.related_model not in rows:
            continue
        for (key,) in keys if field.many_to_many else [keys]:
            (named,) = (r for r in rows[field.related_model] if key_of(r) == key)
            yield field.related_model, named
    for said in row["fields"].get("asks", []):
        (ask,) = (r for r in rows[RecommendedAction] if key_of(r) == said["action"][0])
        yield RecommendedAction, ask


def key_of(row):
    return row["fields"].get("slug") or row["fields"].get("key")
