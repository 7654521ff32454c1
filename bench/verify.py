"""What checking the chain takes against a plain loop over model instances, in CPU of one run.

    python -m bench.verify --entries 20000

It makes up a record of that size in a SQLite database of its own, checks it both ways, and ends
with 1 where the check is not so many times as fast, or finds anything else than the loop.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from hashlib import sha256
from itertools import batched
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FASTER = 3


def digest(*parts):
    return sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def is_whole(link, values, number, previous):
    """Whether a link holds, by the definition in docs/decisions/0010-the-chain.md."""
    salts = [bytes(salt).hex() for salt in batched(bytes(link.salts), 16, strict=True)]
    if values is None or (link.number, link.previous) != (number, previous):
        return False
    fields = {
        name: link.withheld.get(name) or digest(name, value, salt)
        for (name, value), salt in zip(values.items(), salts, strict=True)
    }
    row = digest(sorted(fields.items()))
    return link.digest == digest(link.number, link.kind, link.key, link.previous, row)


def plain_loop():
    """The links that do not hold, found with an object of each link, entry, ask, log and source."""
    from advocacy.models import Link
    from advocacy.models.chain import AT_ONCE, kinds

    broken, previous, number = [], "", 0
    for links in batched(Link.objects.order_by("number").iterator(AT_ONCE), AT_ONCE, strict=False):
        rows = {}
        for kind, model in kinds().items():
            keys = [link.key for link in links if link.kind == kind]
            rows[kind] = model.with_hashed().in_bulk(keys)
        for link in links:
            number += 1
            row = rows[link.kind].get(link.key)
            if not is_whole(link, row and row.hashed_values(), number, previous):
                broken.append(link.number)
            previous, number = link.digest, link.number
    return broken


def check():
    from advocacy.models import Link

    return [link.number for link, why in Link.objects.breaks() if why]


def used(work):
    began = time.process_time()
    return work(), time.process_time() - began


def tamper():
    """Change two rows behind the program's back, so that there is something to find."""
    from django.db import connection

    from advocacy.models import StatusUpdate

    first, last = (StatusUpdate.objects.order_by(way).first().pk for way in ("pk", "-pk"))
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(StatusUpdate._meta.db_table)
        cursor.execute(f"UPDATE {table} SET quote = 'Other' WHERE id IN (%s, %s)", [first, last])


def compare(entries):
    from advocacy.models import Link

    number = Link.objects.count()
    assert check() == plain_loop() == [], "a record that was made up does not hold"
    tamper()
    found, fast = used(check)
    expected, slow = used(plain_loop)
    print(
        f"{number} links of {entries} entries: check {1e6 * fast / number:.0f} µs of CPU each,"
        f" plain loop {1e6 * slow / number:.0f}: {slow / fast:.1f} times as fast (goal {FASTER});"
        f" both found {len(found)} breaks",
        flush=True,
    )
    return slow / fast >= FASTER and found == expected and len(found) == 2


def main(entries):
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{folder}/db.sqlite3"
        os.environ.update(
            ADDRESS_KEYS="bench",
            DATABASE_URL=database,
            DJANGO_SETTINGS_MODULE="advocacy.settings",
            HTTPS="0",
            MAIL_URL="folder:",
            SECRET_KEY="bench",
        )
        sizes = ["--issues", entries // 100, "--bodies", 20, "--actions", entries // 10]
        sizes += ["--updates", entries, "--followers", 0, "--database-url", database]
        command = [sys.executable, "-m", "bench.make_load", *map(str, sizes)]
        subprocess.run(command, cwd=ROOT, check=True, stderr=subprocess.DEVNULL)
        sys.path.insert(0, str(ROOT))
        import django

        django.setup()
        return 0 if compare(entries) else 1


if __name__ == "__main__":
    parser = ArgumentParser(
        prog="python -m bench.verify",
        description=__doc__,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--entries", type=int, default=20000)
    sys.exit(main(parser.parse_args().entries))
