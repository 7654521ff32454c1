"""The long texts of a dossier: Markdown files, each with a head of `name: value` lines.

Packs lie in `packs/KEY.md`, pages in `pages/KEY.md` or, in another language than that of the site,
in `pages/KEY.LANGUAGE.md`.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.db.models import Field, ManyToManyField, Model

from advocacy.models import Pack, Page
from advocacy.models.content import Content

ENDING = ".md"
FENCE = "---"
LINE = re.compile(r"(?P<name>\w+):(?P<value>.*)")


class MarkdownFile:
    """One file. Whatever is wrong with it is said with its line, and nothing is saved."""

    model: type[Content]
    folder: str
    # What the name of the file says, its parts being separated by dots.
    named_by_file: tuple[str, ...] = ("slug",)
    many: ClassVar[dict[str, ManyToManyField[Any, Any]]]
    columns: ClassVar[dict[str, Field[Any, Any]]]

    def __init_subclass__(cls) -> None:
        cls.many = {field.name: field for field in cls.model._meta.many_to_many}
        cls.columns = {
            field.name: field
            for field in cls.model._meta.concrete_fields
            if field.editable and not field.primary_key
            if field.name not in ("text", *cls.named_by_file)
        }

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = f"{self.folder}/{path.name}"
        self.what = f"a {self.model._meta.model_name}"
        # {name of a line of the head: (its number, what it says)}
        self.head: dict[str, tuple[int, str]] = {}
        self.text_starts = 1
        key = path.name.removesuffix(ENDING)
        if path.name == key:
            raise self.refusal(f"the name of {self.what} ends in {ENDING}")
        parts = key.split(".", len(self.named_by_file) - 1)
        self.key = dict(zip(self.named_by_file, parts, strict=False))
        self.read()

    @classmethod
    def files_of(cls, folder: Path) -> list[Path]:
        """The files of a dossier, if it has any."""
        files = (folder / cls.folder).glob("*")
        return sorted(file for file in files if file.is_file() and not file.name.startswith("."))

    def read(self) -> None:
        try:
            lines = self.path.read_text(encoding="utf-8-sig").split("\n")
        except UnicodeDecodeError as error:
            raise self.refusal(f"it is not UTF-8: {error}") from error
        if lines[0].rstrip() != FENCE:
            raise self.refusal(f"{self.what} begins with the line {FENCE} and its head", 1)
        for number, line in enumerate(lines[1:], start=2):
            if line.rstrip() == FENCE:
                break
            if line.strip():
                self.read_line(number, line)
        else:
            raise self.refusal(f"no line {FENCE} ends the head", len(lines))
        columns = self.columns.items()
        needed = {name for name, field in columns if not field.blank and not field.has_default()}
        if missing := sorted(needed - self.head.keys()):
            raise self.refusal(f"the head lacks {', '.join(missing)}", number)
        text = "\n".join(lines[number:])
        self.text_starts = number + 1 + len(text) - len(text.lstrip("\n"))
        self.text = text.strip("\n")

    def read_line(self, number: int, line: str) -> None:
        match = LINE.fullmatch(line.rstrip())
        if not match:
            raise self.refusal("a line of the head reads “name: value”", number)
        name = match["name"]
        if name not in self.columns | self.many:
            names = ", ".join([*self.columns, *self.many])
            raise self.refusal(f"“{name}” is no name of the head, which are: {names}", number)
        if name in self.head:
            raise self.refusal(f"“{name}” stands twice in the head", number)
        self.head[name] = number, match["value"].strip()

    def row(self) -> dict[str, Any]:
        """The file as a row of a fixture. The rows that it names are loaded before."""
        fields: dict[str, Any] = {**self.key, "text": self.text}
        for name, (number, value) in self.head.items():
            if name in self.many:
                fields[name] = [[key] for key in self.known(name, number, value.split())]
                continue
            try:
                nothing = None if self.columns[name].null else ""
                fields[name] = self.columns[name].clean(value or nothing, None)
            except ValidationError as error:
                raise self.refusal(f"{name}: {' '.join(error.messages)}", number) from error
        # A line that is left out says that there is none.
        empty: dict[str, list[Any]] = {name: [] for name in self.many}
        return {"model": self.model._meta.label_lower, "fields": empty | fields}

    def known(self, name: str, number: int, keys: list[str]) -> list[str]:
        rows = self.many[name].related_model._default_manager.filter(slug__in=keys)
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


class PackFile(MarkdownFile):
    model = Pack
    folder = "packs"


class PageFile(MarkdownFile):
    model = Page
    folder = "pages"
    named_by_file = ("slug", "language")


# In the order in which they are loaded, after the rows that they name.
KINDS: tuple[type[MarkdownFile], ...] = (PackFile, PageFile)
FOLDERS: dict[type[Model], str] = {kind.model: kind.folder for kind in KINDS}


def files_of(folder: Path) -> list[Path]:
    """All these files of a dossier."""
    return [path for kind in KINDS for path in kind.files_of(folder)]


def texts_of(folder: Path) -> Iterator[MarkdownFile]:
    """All of them, read."""
    return (kind(path) for kind in KINDS for path in kind.files_of(folder))
