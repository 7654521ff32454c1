"""Reads the rows of a CSV or JSON file as it comes in, each with the line where it begins."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from itertools import chain
from typing import Any, BinaryIO

import ijson
from django.utils.translation import gettext as _

from advocacy.text import carried_line
from advocacy.transfer.columns import Column, as_text, key_column, unescape
from advocacy.transfer.parts import States

# The line where a row begins, its cells by column, and what is wrong with it.
type Given = tuple[int, dict[str, str], list[str]]

MOST_IN_A_ROW = 1_000_000
# The line by which a spreadsheet is told what separates the cells: sep=;
SEPARATOR = re.compile(r'"?sep=([,;\t])"?[,;\t ]*$', re.IGNORECASE)
LINE_END = re.compile(rb"\r\n?|\n")
CHUNK = 65_536
# The faster ones of ijson put a question mark in place of half a character (\ud800).
PARSER = ijson.get_backend("python")

csv.field_size_limit(MOST_IN_A_ROW)


class Broken(Exception):
    """From this line on the file cannot be read."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(line, why)
        self.line, self.why = line, why


def shown(text: str) -> str:
    """The beginning of a text, enough to find it by."""
    return carried_line(text[:80])


def decoded(read: Callable[[int], bytes], size: int) -> Iterator[str]:
    """The text of a file in pieces; names the line where it is not UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    line = 1
    while True:
        piece = read(size)
        try:
            text = decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            why = _("The text is not UTF-8: save the file in that encoding.")
            before = len(LINE_END.findall(error.object[: error.start]))
            raise Broken(line + before, why) from error
        if not piece:
            return
        line += len(LINE_END.findall(piece))
        yield text


def lines_of(file: BinaryIO) -> Iterator[str]:
    """The lines of a file, whichever sign ends them: LF, CRLF or CR alone."""
    newlines = io.IncrementalNewlineDecoder(None, translate=True)
    number, rest = 1, ""
    for text in chain(decoded(file.readline, MOST_IN_A_ROW), [None]):
        rest += newlines.decode(text or "", final=text is None)
        *lines, rest = rest.split("\n")
        for line in lines:
            yield f"{line}\n"
        number += len(lines)
        if len(rest) > MOST_IN_A_ROW:
            raise Broken(number, _("This line is too long."))
    if rest:
        yield rest


def csv_rows(file: BinaryIO, columns: Mapping[str, Column]) -> Iterator[Given]:
    """Yield the rows of a CSV file."""
    lines = lines_of(file)
    first, above = next(lines, ""), 0
    # A spreadsheet separates by what is usual in its country, or by what the first line says.
    if said := SEPARATOR.match(first):
        separator, first, above = said[1], next(lines, ""), 1
    else:
        separator = max(",;\t", key=first.count)
    reader = csv.reader(chain([first], lines), delimiter=separator, strict=True)
    names = None
    while True:
        line = reader.line_num + 1 + above
        try:
            cells = next(reader, None)
        except csv.Error as error:
            why = _("This is not CSV: perhaps a quotation mark is not closed, or not doubled.")
            raise Broken(line, why) from error
        if cells is None:
            break
        if not any(map(str.strip, cells)):
            continue
        if names is None:
            names = named(cells)
            if reasons := wrong_columns(names, columns):
                raise Broken(line, " ".join(reasons))
        elif len(cells) < len(names) or any(map(str.strip, cells[len(names) :])):
            numbers = {"cells": len(cells), "columns": len(names)}
            yield line, {}, [_("It has %(cells)d cells for %(columns)d columns.") % numbers]
        else:
            yield line, dict(zip(names, map(unescape, cells), strict=False)), []
    if names is None:
        raise Broken(1, _("The file is empty."))


def named(cells: list[str]) -> list[str]:
    """The names in a header, without the empty columns that a spreadsheet leaves at its end."""
    names = [cell.strip().lower() for cell in cells]
    while names and not names[-1]:
        names.pop()
    return names


def wrong_columns(names: list[str], columns: Mapping[str, Column]) -> list[str]:
    """Why these columns cannot be read: one is unknown, one is there twice, the key is missing."""
    reasons = []
    for name in dict.fromkeys(names):
        if not name:
            reasons.append(_("A column between others has no name: give it one, or delete it."))
        elif name not in columns:
            reasons.append(_("There is no column “%s”.") % shown(name))
        elif names.count(name) > 1:
            reasons.append(_("The column “%s” stands twice.") % name)
    if (key := key_column(columns)) not in names:
        reasons.append(_("The column “%s” is missing.") % key)
    return reasons


def json_rows(file: BinaryIO, columns: Mapping[str, Column]) -> Iterator[Given]:
    """Yield the rows of a JSON file, however the list is laid out."""
    depth = size = begins = 0
    row = ijson.ObjectBuilder(map_type=Pairs)
    for line, length, events in parsed(file):
        for event, value in events:
            depth -= event in ("end_map", "end_array")
            if depth == 0 and event not in ("start_array", "end_array"):
                raise not_json(line)
            if depth == 1 and event not in ("start_map", "end_map"):
                raise not_json(line)
            if depth == 1 and event == "start_map":
                begins, size, row = line, 0, ijson.ObjectBuilder(map_type=Pairs)
            if depth > 0:
                row.event(event, value)
            if depth == 1 and event == "end_map":
                yield begins, *cells_of(row.value.pairs, columns)
            depth += event in ("start_map", "start_array")
        size += length
        if size > MOST_IN_A_ROW:
            raise not_json(line)


class Pairs:
    """A JSON object as its pairs, so that a name that is there twice is noticed."""

    def __init__(self) -> None:
        self.pairs: list[tuple[str, object]] = []

    def __setitem__(self, name: str, value: object) -> None:
        self.pairs.append((name, value))


def holds_several(column: Column) -> bool:
    return bool(column.many_to_many) or isinstance(column, States)


def cells_of(
    pairs: list[tuple[str, object]], columns: Mapping[str, Column]
) -> tuple[dict[str, str], list[str]]:
    cells: dict[str, str] = {}
    pairs = [(name.strip().lower(), value) for name, value in pairs]
    reasons = wrong_columns([name for name, _value in pairs], columns)
    for name, value in pairs if not reasons else ():
        try:
            if isinstance(value, list) and not holds_several(columns[name]):
                raise TypeError(value)
            if isinstance(value, list) and any(isinstance(part, list) for part in value):
                raise TypeError(value)
            cells[name] = as_text(value)
        except TypeError:
            reasons.append(_("%s: this kind of value does not belong here.") % name)
    return cells, reasons


def parsed(file: BinaryIO) -> Iterator[tuple[int, int, list[tuple[str, Any]]]]:
    """Yield (line, length, events) for each piece of a JSON file; a piece is a line at most."""
    events = ijson.sendable_list()
    parser = PARSER.basic_parse_coro(events)
    line, is_empty, is_line = 1, True, True
    try:
        for text in filter(None, decoded(file.readline, CHUNK)):
            refusal = None
            try:
                parser.send(text.encode())
            except (ijson.JSONError, ValueError) as error:
                refusal = error
            # Rows that end before the broken place are good.
            yield line, len(text), events
            if refusal or (is_line and is_open(text)):
                raise not_json(line) from refusal
            events.clear()
            is_line = text.endswith("\n")
            line += is_line
            is_empty = is_empty and text.isspace()
        if is_empty:
            raise Broken(1, _("The file is empty."))
        try:
            parser.close()
        except ijson.JSONError as error:
            raise not_json(line) from error
    finally:
        # Whoever stops reading early needs no complaint about the rest.
        with suppress(ijson.JSONError):
            parser.close()
    yield line, 0, events


def is_open(text: str) -> bool:
    """Whether a line ends inside a string; the parser would blame a later line for it."""
    return text.endswith("\n") and re.sub(r"\\.", "", text).count('"') % 2 == 1


def not_json(line: int) -> Broken:
    return Broken(line, _("This is not JSON: the file should be a list of rows, [{…}, {…}]."))


READERS = {"csv": csv_rows, "json": json_rows}
