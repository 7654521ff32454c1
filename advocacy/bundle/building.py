"""Makes the file: data, chain, pages and the program that checks them, without holding them."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from hashlib import file_digest, sha256
from itertools import chain, islice
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any, Self
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from advocacy.bundle import verify
from advocacy.bundle.addresses import pages
from advocacy.bundle.chain_lines import chain_lines
from advocacy.bundle.describing import of_copies, package, resource
from advocacy.bundle.made import (
    Made,
    folder,
    forget_drafts,
    note_behind,
    note_failed,
    only_one,
    publish,
)
from advocacy.bundle.pages import Copies
from advocacy.bundle.tables import kept_copies, table
from advocacy.models import ContentVersion, RecordHead, Site, Withheld
from advocacy.transfer import KINDS
from advocacy.version import VERSION

# Above that a copy holds the data alone, and says so.
MOST_PAGES = 2000

# Wraps what takes long, with what it is and how many there are: for a progress bar.
type Watch = Callable[[Iterable[Any], str, int], Iterable[Any]]


class AnotherIsAtIt(Exception):
    """Another process makes the file now."""


class WordsWereWithheld(Exception):
    """Words were withheld meanwhile, so this file may hold them: it is thrown away."""


class Parcel:
    """A zip file that is written from its beginning to its end, and the checksum of each file."""

    def __init__(self, file: IO[bytes], moment: datetime) -> None:
        self.zip = ZipFile(file, "w", ZIP_DEFLATED)
        self.date_time = moment.timetuple()[:6]
        self.sums: list[str] = []

    def add(self, name: str, pieces: Iterable[str | bytes]) -> tuple[int, str]:
        """Returns the size of the file and its checksum."""
        info = ZipInfo(name, self.date_time)
        info.compress_type, info.external_attr = ZIP_DEFLATED, 0o644 << 16
        size, digest = 0, sha256()
        with self.zip.open(info, "w", force_zip64=True) as file:
            for piece in pieces:
                data = piece.encode() if isinstance(piece, str) else piece
                file.write(data)
                digest.update(data)
                size += len(data)
        self.sums.append(f"{digest.hexdigest()}  {name}\n")
        return size, digest.hexdigest()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.zip.close()

    def add_sums(self) -> None:
        self.add(verify.SUMS, list(self.sums))


def make(watch: Watch = lambda items, _what, _number: items) -> Made:
    """Make the file anew, and put it in the place of the one before."""
    with only_one() as is_ours:
        if not is_ours:
            raise AnotherIsAtIt
        note_behind()
        forget_drafts()
        try:
            facts = draft(watch)
        except (WordsWereWithheld, OperationalError, InterfaceError):
            raise  # The file is none the worse, and a database that is away is said elsewhere.
        except Exception:
            note_failed()
            raise
        # Pages that are kept show the file of before.
        ContentVersion.objects.count_one()
        return facts


def draft(watch: Watch) -> Made:
    """Write it beside the one before, and publish it if nothing was withheld meanwhile."""
    moment = timezone.now()
    number, withheld = ContentVersion.objects.total(), Withheld.objects.newest()
    with NamedTemporaryFile(dir=folder(), suffix=".draft", delete=False) as file:
        path = Path(file.name)
        try:
            head, copied = fill(file, moment, watch)
            file.flush()
            if Withheld.objects.newest() != withheld:
                raise WordsWereWithheld
            file.seek(0)
            total = file_digest(file, "sha256").hexdigest()
            facts = Made(
                sha256=total,
                size=path.stat().st_size,
                made_at=moment.isoformat(),
                head=head.noted,
                pages=copied,
                number=number + 1,  # With the change that it is itself.
                withheld=withheld,
            )
            publish(path, facts)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    return facts


def fill(file: IO[bytes], moment: datetime, watch: Watch) -> tuple[RecordHead, int]:
    """Write all of it. Returns the head of the record, and how many pages there are."""
    day = timezone.localdate(moment)
    languages = [code for code, _name in settings.LANGUAGES]
    with Parcel(file, moment) as parcel:
        with one_moment():
            head = RecordHead.current()
            add_data(parcel, day, head, moment, watch)
        every = chain.from_iterable(pages(language, day) for language in languages)
        paths = list(islice(every, MOST_PAGES + 1))
        copied = len(paths) if len(paths) <= MOST_PAGES else 0
        if copied:
            for name, body in watch(Copies(paths).files(), "pages", copied):
                parcel.add(name, [body])
        about = {
            "site": Site.current(),
            "address": settings.SITE_URL,
            "made_at": moment,
            "head": head.noted,
            "pages": copied,
            "most": MOST_PAGES,
        }
        add_words(parcel, about)
        parcel.add_sums()
    return head, copied


def add_data(parcel: Parcel, day: date, head: RecordHead, moment: datetime, watch: Watch) -> None:
    resources = []
    for kind in watch(KINDS, "data", len(KINDS)):
        parcel.add(f"json/{kind}.json", table(kind, "json", day))
        written = parcel.add(f"csv/{kind}.csv", table(kind, "csv", day))
        resources.append(resource(kind, *written))
    resources.append(of_copies(*parcel.add("kept_copies.csv", kept_copies(day))))
    made_at = moment.isoformat(timespec="seconds")
    described = package(resources, head, made_at)
    parcel.add("datapackage.json", [json.dumps(described, ensure_ascii=False, indent=1)])
    lines = watch(chain_lines(day, head.number), "chain", head.number)
    parcel.add(verify.CHAIN, (f"{line}\n" for line in lines))
    site = Site.current()
    about = {
        "name": site.name,
        "publisher": site.publisher,
        "address": settings.SITE_URL,
        "licence": site.licence,
        "languages": [code for code, _name in settings.LANGUAGES],
        "made_at": made_at,
        "program_version": VERSION,
        "head": head.noted,
    }
    parcel.add(verify.ABOUT, [json.dumps(about, ensure_ascii=False, indent=1)])


def add_words(parcel: Parcel, about: dict[str, Any]) -> None:
    """What explains the rest, for whoever got the file from somebody."""
    with translation.override("en"):
        parcel.add("README.txt", [render_to_string("bundle/README.txt", about)])
        licence = (settings.BASE_DIR / "LICENSE").read_text(encoding="utf-8")
        parcel.add("LICENCE.txt", [render_to_string("bundle/LICENCE.txt", about), licence])
    with translation.override(settings.LANGUAGE_CODE):
        starts = [(code, name) for code, name in settings.LANGUAGES] if about["pages"] else []
        start = render_to_string("bundle/index.html", about | {"starts": starts})
        parcel.add("index.html", [start])
    parcel.add("verify.py", [Path(verify.__file__).read_bytes()])


@contextmanager
def one_moment() -> Iterator[None]:
    """All that is read inside is of one state of the database, whoever writes meanwhile.

    Nobody waits for it: on SQLite a transaction of ours would begin by locking out others.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
