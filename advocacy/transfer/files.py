"""Reads the rows of a CSV or JSON file as it comes in, each with the line where it begins."""

import codecs
import csv
import json
from itertools import chain

from django.utils.translation import gettext as _

from advocacy.transfer.columns import KEY, as_text, unescape

MOST_IN_A_ROW = 1_000_000
CHUNK = 65_536
SPACE = " \t\r\n"
# An object comes as a tuple of pairs, so that a name that stands twice is seen.
DECODER = json.JSONDecoder(object_pairs_hook=tuple)

csv.field_size_limit(MOST_IN_A_ROW)


class Broken(Exception):
    """From this line on the file cannot be read."""

    def __init__(self, line, why):
        super().__init__(line, why)
        self.line, self.why = line, why


def shown(text):
    """Enough of a text to find it by, whatever stands in it."""
    return text[:80].encode("utf-8", "replace").decode()


def decoded(read, size):
    """The text of a file in pieces; names the line where it is not UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    line = 1
    while True:
        piece = read(size)
        try:
            text = decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            why = _("The text is not UTF-8: save the file in that encoding.")
            raise Broken(line + error.object.count(b"\n", 0, error.start), why) from error
        if not piece:
            return
        line += piece.count(b"\n")
        yield text


def lines_of(file):
    number, is_whole = 0, True
    for text in decoded(file.readline, MOST_IN_A_ROW):
        if not is_whole:
            raise Broken(number, _("This line is too long."))
        number, is_whole = number + 1, text.endswith("\n")
        yield text


def csv_rows(file, columns):
    """Yield (line, cells, reasons): the cells are texts by column, the reasons what is wrong."""
    lines = lines_of(file)
    first = next(lines, "")
    # Spreadsheets separate by what is usual in their country.
    separator = max(",;\t", key=first.count)
    reader = csv.reader(chain([first], lines), delimiter=separator, strict=True)
    names = None
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            why = _("This is not CSV: perhaps a quotation mark is not closed, or not doubled.")
            raise Broken(line, why) from error
        if cells is None:
            break
        if not any(cells):
            continue
        if names is None:
            names = [name.strip() for name in cells]
            if reasons := wrong_columns(names, columns):
                raise Broken(line, " ".join(reasons))
        elif len(cells) != len(names):
            numbers = {"cells": len(cells), "columns": len(names)}
            yield line, {}, [_("It has %(cells)d cells for %(columns)d columns.") % numbers]
        else:
            yield line, dict(zip(names, map(unescape, cells), strict=True)), []
    if names is None:
        raise Broken(1, _("The file is empty."))


def wrong_columns(names, columns):
    """Say which name is no column, which stands twice, and that the key is missing."""
    reasons = []
    for name in dict.fromkeys(names):
        if name not in columns:
            reasons.append(_("There is no column “%s”.") % shown(name))
        elif names.count(name) > 1:
            reasons.append(_("The column “%s” stands twice.") % name)
    if KEY not in names:
        reasons.append(_("The column “%s” is missing.") % KEY)
    return reasons


class JsonText:
    """JSON that is read on as needed; what was used is forgotten."""

    def __init__(self, file):
        self.pieces = decoded(file.read, CHUNK)
        self.text, self.at, self.line = "", 0, 1

    def read_on(self):
        piece = next(self.pieces, None)
        if piece is not None:
            self.text, self.at = self.text[self.at :] + piece, 0
        return piece is not None

    def pass_by(self, end):
        self.line += self.text.count("\n", self.at, end)
        self.at = end

    def sign(self):
        """The next character that is no space, or "" at the end."""
        while self.at < len(self.text) or self.read_on():
            if self.text[self.at : self.at + 1] not in SPACE:
                return self.text[self.at]
            self.pass_by(min(self.at + 1, len(self.text)))
        return ""

    def take(self, *signs):
        sign = self.sign()
        if sign not in signs:
            raise self.broken()
        self.pass_by(self.at + 1)
        return sign

    def row(self):
        while True:
            try:
                row, end = DECODER.raw_decode(self.text, self.at)
            except (ValueError, RecursionError) as error:
                # Half a row looks like a broken one, until more of it is there.
                if len(self.text) - self.at > MOST_IN_A_ROW or not self.read_on():
                    raise self.broken(getattr(error, "pos", self.at)) from error
            else:
                self.pass_by(end)
                return row

    def broken(self, at=0):
        line = self.line + self.text.count("\n", self.at, max(at, self.at))
        return Broken(line, _("This is not JSON: the file should be a list of rows, [{…}, {…}]."))


def json_rows(file, columns):
    """Yield the same as `csv_rows`, however the list is laid out."""
    source = JsonText(file)
    if not source.sign():
        raise Broken(1, _("The file is empty."))
    source.take("[")
    after = source.take("]") if source.sign() == "]" else ","
    while after == ",":
        if source.sign() != "{":
            raise source.broken()
        line, pairs = source.line, source.row()
        after = source.take(",", "]")
        cells, reasons = {}, wrong_columns([name for name, _value in pairs], columns)
        for name, value in pairs if not reasons else ():
            try:
                if isinstance(value, list) and not columns[name].many_to_many:
                    raise TypeError(value)
                cells[name] = as_text(value)
            except TypeError:
                reasons.append(_("%s: this kind of value does not belong here.") % name)
        yield line, cells, reasons
    if source.sign():
        raise source.broken()


READERS = {"csv": csv_rows, "json": json_rows}
