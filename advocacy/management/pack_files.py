"""The packs of a dossier: a folder of Markdown files, each with a head of `name: value` lines."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from advocacy.models import Pack

FOLDER = "packs"
ENDING = ".md"
FENCE = "---"
LINE = re.compile(r"(?P<name>\w+):(?P<value>.*)")
MANY = {field.name: field for field in Pack._meta.many_to_many}
COLUMNS = {
    field.name: field
    for field in Pack._meta.concrete_fields
    if field.editable and not field.primary_key and field.name not in ("slug", "text")
}
NEEDED = {name for name, field in COLUMNS.items() if not field.blank and not field.has_default()}


class PackFile:
    """One file. Whatever is wrong with it is said with its line, and nothing is saved."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = f"{FOLDER}/{path.name}"
        self.slug = path.name.removesuffix(ENDING)
        # {name of a line of the head: (its number, what it says)}
        self.head: dict[str, tuple[int, str]] = {}
        self.text_starts = 1
        if path.name == self.slug:
            raise self.refusal(f"the name of a pack ends in {ENDING}")
        self.read()

    def read(self) -> None:
        try:
            lines = self.path.read_text(encoding="utf-8-sig").split("\n")
        except UnicodeDecodeError as error:
            raise self.refusal(f"it is not UTF-8: {error}") from error
        if lines[0].rstrip() != FENCE:
            raise self.refusal(f"a pack begins with the line {FENCE} and its head", 1)
        for number, line in enumerate(lines[1:], start=2):
            if line.rstrip() == FENCE:
                break
            if line.strip():
                self.read_line(number, line)
        else:
            raise self.refusal(f"no line {FENCE} ends the head", len(lines))
        if missing := sorted(NEEDED - self.head.keys()):
            raise self.refusal(f"the head lacks {', '.join(missing)}", number)
        text = "\n".join(lines[number:])
        self.text_starts = number + 1 + len(text) - len(text.lstrip("\n"))
        self.text = text.strip("\n")

    def read_line(self, number: int, line: str) -> None:
        match = LINE.fullmatch(line.rstrip())
        if not match:
            raise self.refusal("a line of the head reads “name: value”", number)
        name = match["name"]
        if name not in COLUMNS | MANY:
            names = ", ".join([*COLUMNS, *MANY])
            raise self.refusal(f"“{name}” is no name of the head, which are: {names}", number)
        if name in self.head:
            raise self.refusal(f"“{name}” stands twice in the head", number)
        self.head[name] = number, match["value"].strip()

    def row(self) -> dict[str, Any]:
        """The pack as a row of a fixture. The rows that it names are loaded before."""
        fields: dict[str, Any] = {"slug": self.slug, "text": self.text}
        for name, (number, value) in self.head.items():
            if name in MANY:
                fields[name] = [[key] for key in self.known(name, number, value.split())]
                continue
            try:
                nothing = None if COLUMNS[name].null else ""
                fields[name] = COLUMNS[name].clean(value or nothing, None)
            except ValidationError as error:
                raise self.refusal(f"{name}: {' '.join(error.messages)}", number) from error
        # A line that is left out says that there is none.
        empty: dict[str, list[Any]] = {name: [] for name in MANY}
        return {"model": Pack._meta.label_lower, "fields": empty | fields}

    def known(self, name: str, number: int, keys: list[str]) -> list[str]:
        rows = MANY[name].related_model._default_manager.filter(slug__in=keys)
        there = set(rows.values_list("slug", flat=True))
        if missing := [f"“{key}”" for key in keys if key not in there]:
            raise self.refusal(f"{name}: the dossier has no {', '.join(missing)}", number)
        return keys

    def refused(self, error: ValidationError) -> CommandError:
        """What the model refuses, with the line of what it refuses."""
        if not hasattr(error, "error_dict"):
            return self.refusal("; ".join(error.messages))
        name, messages = next(iter(error.message_dict.items()))
        number = self.text_starts if name == "text" else self.head.get(name, (None, ""))[0]
        said = "; ".join(messages)
        return self.refusal(said if name == "__all__" else f"{name}: {said}", number)

    def refusal(self, why: str, number: int | None = None) -> CommandError:
        place = self.name if number is None else f"{self.name}, line {number}"
        return CommandError(f"{place}: {why}. Nothing was saved.")


def files_of(folder: Path) -> list[Path]:
    """The files of a dossier's packs, if it has any."""
    files = (folder / FOLDER).glob("*")
    return sorted(file for file in files if file.is_file() and not file.name.startswith("."))


def packs_of(folder: Path) -> Iterator[PackFile]:
    """The packs of a dossier, read."""
    return map(PackFile, files_of(folder))
