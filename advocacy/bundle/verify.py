#!/usr/bin/env python3
"""Checks a copy of the record: that nothing in it was changed, put in or taken away.

It needs Python 3.9 or later and nothing else, and asks no network. How the hashes are made stands
in README.txt beside it. Whoever changes the copy may change this program too: take it from another
copy, or from the program's own repository, if you do not trust the one who gave you this.
"""

import argparse
import hashlib
import io
import json
import re
import sqlite3
import sys
import zipfile
from pathlib import Path

CHAIN, SUMS, ABOUT = "chain.jsonl", "SHA256SUMS", "record.json"
HOLDS, BROKEN, UNREADABLE = 0, 1, 2
MOST_NAMED = 20
REWRITTEN = "what led to it was rewritten or taken away, or it is that of another record."
# A head as somebody noted it: with its number, or the hash alone; a citation has its beginning.
NOTED = re.compile(r"(?:(\d+)\s*[-–:,\s]\s*)?([0-9a-f]{64})|(\d+)-([0-9a-f]{12})", re.IGNORECASE)
# Who of the staff wrote something is nobody's business: the hash alone is given.
STAFF = {"recorded_by_id", "approved_by_id", "proposed_by_id", "confirmed_by_id"}
# What the files of data say again of what the chain holds: {file: columns}.
SAID_AGAIN = {
    "entries": """status happened_on happened_precision checked_on summary asserted_by verification
        reference quote speaker missing blocked_reason blocked_by refused_reason votes_for
        votes_against votes_abstained receipt_on transition_reason is_setback points_other_way
        correction_reason""",
    "submissions": """submitted_on channel is_private reference receipt_on took_place
        correction_reason""",
    "decisions": """symbol draft_symbol title decided_on decided_precision outcome yes no abstain
        absent not_voting note took_place correction_reason sponsors ballots""",
    "decision_paragraphs": "number words language is_read",
    "statements": """state forum said_on said_precision office quote quote_language point took_place
        correction_reason joined""",
    "stances": "stance basis sentence",
    "actions": """reference title text state listed_on closed_on closed_because counts_as_done
        counts_as_refused expected_by expected_basis expected_rule paused_on pause_reason legal_note
        """,
    "bodies": "name abbreviation country works_in_confidence",
    "events": "happened_on happened_precision title text by_states about_states",
    "sources": """title summary publisher url published_on published_precision tier is_independent
        language quote quote_translation accessed_on archive_url sha256 is_weak exposes_people""",
}
COMPARED = {file: columns.split() for file, columns in SAID_AGAIN.items()}
# What an entry says of where it was looked stands in a file of its own.
OF_A_LOG = ["searched_on", "places", "terms", "gaps"]
KEYS = {"entries": "key", "sources": "key", "search_logs": "key"}
# Each row of these is a link; others stand in the chain once something needs them.
OF_THE_RECORD = ["entries", "submissions", "decisions", "decision_paragraphs"]
OF_THE_RECORD += ["statements", "stances"]
SINGULAR = {
    "entries": "Entry",
    "actions": "Ask",
    "bodies": "Body",
    "decision_paragraphs": "Paragraph",
}


class Unreadable(Exception):
    """There is nothing here that could be checked."""


def names(files):
    """The path of every file of a copy: of a folder, or of the zip file that is passed on."""
    if isinstance(files, zipfile.Path):
        return {name for name in files.root.namelist() if not name.endswith("/")}
    paths = (path.relative_to(files) for path in files.rglob("*") if not path.is_dir())
    return {path.as_posix() for path in paths if "__pycache__" not in path.parts}


class Shelf:
    """Texts by their names, on the disk: a copy may hold more rows than fit into memory."""

    def __init__(self):
        self.sql = sqlite3.connect("", isolation_level=None).execute
        self.sql("PRAGMA journal_mode = OFF")
        self.sql("CREATE TABLE shelf (name TEXT PRIMARY KEY, text TEXT) WITHOUT ROWID")

    def put(self, name, text):
        self.sql("INSERT OR REPLACE INTO shelf VALUES (?, ?)", (name, text))

    def get(self, name):
        return (*self.sql("SELECT text FROM shelf WHERE name = ?", (name,)), ("",))[0][0]

    def left(self):
        """The names of those that are not empty."""
        return (name for (name,) in self.sql("SELECT name FROM shelf WHERE text != ''"))


def digest(*parts):
    """SHA-256 of a JSON list."""
    return hashlib.sha256(
        json.dumps(parts, ensure_ascii=False).encode(errors="surrogatepass")
    ).hexdigest()


def link_digest(link):
    """The hash that a link has if it holds what stands in its line."""
    hashes = {
        name: given if isinstance(given, str) else digest(name, *given)
        for name, given in link["fields"].items()
    }
    row = digest(sorted(hashes.items()))
    return digest(link["number"], link["kind"], link["key"], link["previous"], row)


def said(link):
    """What a link says, without what is given as a hash alone."""
    return {name: v[0] for name, v in link["fields"].items() if not isinstance(v, str)}


class Check:
    """One look at all of a copy."""

    def __init__(self, files):
        self.files = files
        self.faults = []
        self.kinds = {}
        self.heads = {}
        self.number, self.head = 0, ""
        self.hidden_rows = 0
        # The hash of what the chain says of each row of a file of data.
        self.rows = Shelf()
        self.closed, self.withheld = [], set()

    def fault(self, sentence):
        self.faults.append(sentence)

    def chain(self, noted):
        """Work every hash out anew. `noted` is a number and the beginning of a hash."""
        with (self.files / CHAIN).open("rb") as file:
            for place, line in enumerate(file, start=1):
                try:
                    link = json.loads(line.decode())
                    worked_out = link_digest(link)
                    self.take(link, worked_out, noted)
                except (ValueError, KeyError, TypeError, AttributeError):
                    self.fault(f"{CHAIN}, line {place}: this is no link any more: it was changed.")
                    self.number += 1
                    self.head = ""
        for what, link in self.closed:
            if what not in self.withheld:
                self.fault(
                    f"{named(link)}: “{what[2]}” is given as a hash alone, and nothing in the"
                    " record says that it was withheld."
                )

    def take(self, link, worked_out, noted):
        self.number += 1
        # After a line that cannot be read nobody knows what this one should follow.
        follows = self.head in ("", link["previous"]) if self.number > 1 else not link["previous"]
        if link["number"] != self.number or not follows:
            self.fault(f"{named(link)}: it does not follow the link before it.")
        if link["digest"] != worked_out:
            self.fault(f"{named(link)}: what it says was changed.")
        self.number, self.head = link["number"], link["digest"]
        self.kinds[link["kind"]] = self.kinds.get(link["kind"], 0) + 1
        if noted and link["digest"].startswith(noted[1]) and noted[0] in (None, link["number"]):
            self.heads[noted] = link["number"]
        values = said(link)
        if not values:
            self.hidden_rows += 1
            return
        file, _, _name = link.get("row", "").partition("/")
        if link["kind"] not in ("translation", "withheld") and file in COMPARED:
            # Of wordings the last holds.
            self.rows.put(link["row"], self.compared(file, values))
        if link["kind"] == "withheld":
            self.withheld.add((values["of"], values["row"], values["field"]))
            # No link says which search log is that of an entry.
            self.withheld.add((values["of"], None, values["field"]))
        for name, given in link["fields"].items():
            if isinstance(given, str) and name not in STAFF:
                self.closed.append((whose(link, values, name), link))

    def compared(self, file, values):
        """The hash of what a file of data and the chain both say of a row."""
        columns = [values.get(column) for column in COMPARED[file]]
        return digest(*columns, *[values.get(f"search_log__{column}") for column in OF_A_LOG])

    def rows_of(self, file):
        """The rows of a file of data, which has a line for each."""
        path = f"json/{file}.json"
        try:
            stream = (self.files / path).open("rb")
        except FileNotFoundError:
            self.fault(f"{path} is missing.")
            return
        with stream:
            for place, line in enumerate(stream, start=1):
                text = line.strip().rstrip(b",")
                if text in (b"[", b"]", b"[]", b""):
                    continue
                try:
                    row = json.loads(text.decode())
                    key = str(row[KEYS.get(file, "slug")]).encode().decode()
                    yield key, row
                except (ValueError, KeyError, TypeError):
                    self.fault(f"{path}, line {place}: this is no row any more: it was changed.")

    def data(self):
        """Whether the files of data say what the chain says."""
        logs = Shelf()
        for key, row in self.rows_of("search_logs"):
            looked = {f"search_log__{column}": row.get(column) for column in OF_A_LOG}
            logs.put(key, json.dumps(looked))
        for file in COMPARED:
            for key, row in self.rows_of(file):
                row.update(json.loads(logs.get(str(row.get("search_log"))) or "{}"))
                self.compare(file, f"{file}/{key}", self.compared(file, row))
        for name in self.rows.left():
            file = name.partition("/")[0]
            self.fault(f"{label(name)} is in the chain, and not in json/{file}.json.")

    def compare(self, file, name, now):
        there = self.rows.get(name)
        self.rows.put(name, "")
        if not there:
            if file in OF_THE_RECORD:
                self.fault(f"{label(name)} is in json/{file}.json, and not in the chain.")
        elif there != now and not self.is_withheld(name):
            self.fault(f"{label(name)}: json/{file}.json says something else than the chain.")

    def is_withheld(self, name):
        """Whether words of a row are gone: a notice stands in their place, which has no hash."""
        return any(link.get("row") == name for _what, link in self.closed)

    def sums(self):
        """Whether every file is as it was when the copy was made."""
        with (self.files / SUMS).open("rb") as file:
            lines = [line.rstrip("\n").split("  ", 1) for line in file.read().decode().splitlines()]
        expected = {name: total for total, name in lines}
        for name, total in expected.items():
            try:
                with (self.files / name).open("rb") as file:
                    found = hashlib.sha256()
                    while piece := file.read(1 << 16):
                        found.update(piece)
            except FileNotFoundError:
                self.fault(f"{name} is missing.")
                continue
            if found.hexdigest() != total:
                self.fault(f"{name} is not the file that was put into this copy.")
        for name in sorted(names(self.files) - set(expected) - {SUMS}):
            self.fault(f"{name} was no part of this copy.")


def whose(link, values, name):
    """What a field holds the words of: (kind, key, field)."""
    if link["kind"] == "wording":
        return values["of"], values["row"], name
    if link["kind"] == "translation":
        return values["of"], values["row"], values["field"]
    if name.startswith("search_log__"):
        return "searchlog", None, name.replace("search_log__", "")
    return {"update": "statusupdate"}.get(link["kind"], link["kind"]), link["key"], name


def label(name):
    file, _, key = name.partition("/")
    return f"{SINGULAR.get(file, file[:-1].capitalize())} {key}"


def named(link):
    where = f"link {link['number']}"
    name = link.get("row")
    if not name:
        return where.capitalize()
    how = {
        "wording": "how it read, ",
        "translation": "a translation, ",
        "withheld": "what was withheld, ",
    }
    return f"{label(name)} ({how.get(link['kind'], '')}{where})"


def read_head(text):
    match = NOTED.fullmatch(text.strip())
    if not match:
        raise Unreadable(
            f"“{text}” is no head of a record: a number, a hyphen and 64 letters and digits, as in"
            " mails, in the feed and on the page of the site about how statuses are decided."
        )
    number, whole, cited_number, cited = match.groups()
    number = number or cited_number
    return (int(number) if number else None), (whole or cited).lower()


def find(path):
    """What lies at a path, if it is a copy of a record."""
    path = Path(path)
    if not path.exists():
        raise Unreadable(f"There is no {path}.")
    if not path.is_dir() and not zipfile.is_zipfile(path):
        raise Unreadable(f"{path} is neither a folder nor a zip file that can be read.")
    files = path if path.is_dir() else zipfile.Path(path)
    for name in (CHAIN, SUMS, ABOUT):
        if not (files / name).exists():
            raise Unreadable(f"This is no copy of a record: {name} is missing.")
    return files


def stated_head(files):
    try:
        with (files / ABOUT).open("rb") as file:
            return json.loads(file.read().decode())["head"]
    except (ValueError, KeyError, TypeError):
        raise Unreadable(f"{ABOUT} cannot be read: it was changed.") from None


def verify(path, head):
    files = find(path)
    noted = read_head(head) if head else None
    stated = stated_head(files)
    check = Check(files)
    check.chain(noted)
    check.data()
    check.sums()
    reached = f"{check.number}-{check.head}" if check.number else ""
    if stated != reached:
        check.faults.append(
            f"{ABOUT} names another head than the chain ends with: {stated or 'none'}."
        )
    if noted and noted not in check.heads:
        later = noted[0] and noted[0] > check.number
        check.faults.append(
            f"The head {head} is not in this chain: "
            + (f"it ends earlier, after {check.number} links." if later else REWRITTEN)
        )
    entries = check.kinds.get("update", 0)
    print(f"{check.number} links, of them {entries} entries. Head: {reached or 'none'}")
    if check.hidden_rows:
        print(f"{check.hidden_rows} links hold rows that are not public: of them the hash alone.")
    if check.withheld:
        print(f"Words of {len(check.closed)} fields were withheld; the record says since when.")
    for sentence in check.faults[:MOST_NAMED]:
        print(sentence, file=sys.stderr)
    if check.faults:
        more = len(check.faults) - MOST_NAMED
        print(
            "This copy does not hold: " + (f"{more} further faults." if more > 0 else "see above."),
            file=sys.stderr,
        )
        return BROKEN
    print("This copy holds: nothing in it was changed, put in or taken away since it was made.")
    if noted:
        print("It contains all that the record held when the head that you named was noted.")
    else:
        print(
            "Whether it is the record of the site: compare the head with one from a mail, the feed"
            " or the site, or name one that you kept: verify.py --head HEAD"
        )
    return HOLDS


def main(arguments=None):
    parser = argparse.ArgumentParser(
        prog="verify.py",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Ends with 0 if the copy holds, with 1 if it does not, with 2 if it cannot be read.",
    )
    parser.add_argument(
        "copy",
        nargs="?",
        default=Path(__file__).resolve().parent,
        help="the folder, or record.zip itself; left out, the folder of this program",
    )
    parser.add_argument("--head", metavar="HEAD", help="a head that you noted: 57-1f60…")
    options = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        return verify(options.copy, options.head)
    except Unreadable as error:
        print(error, file=sys.stderr)
    except (OSError, zipfile.BadZipFile, UnicodeDecodeError) as error:
        print(f"This copy cannot be read: {error}", file=sys.stderr)
    except sqlite3.Error as error:
        print(f"There is no room here to check this copy: {error}.", file=sys.stderr)
    return UNREADABLE


if __name__ == "__main__":
    sys.exit(main())
