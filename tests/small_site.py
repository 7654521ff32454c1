"""A small program behind the real door, and our own server: `python -m tests.small_site`."""

import json
import os
import threading
import time
from pathlib import Path

import django

django.setup()

from advocacy.management import serving  # noqa: E402
from advocacy.web.door import Door  # noqa: E402
from advocacy.web.editions import Editions, Read  # noqa: E402
from advocacy.web.page_cache import PageCache  # noqa: E402
from advocacy.web.static_files import ImmutableFiles  # noqa: E402

FOLDER = Path(os.environ["VAR_DIR"])
PIECE = b"0123456789abcdef" * 4096
PIECES = 100
SECONDS = 4


def tell(word):
    with (FOLDER / "told").open("a") as file:
        file.write(f"{word}\n")


def read_number():
    if (FOLDER / "hangs").exists():
        tell("reading")
        time.sleep(60)
    return Read(1, 0)


def pieces():
    try:
        for _number in range(PIECES):
            yield PIECE
    finally:
        tell("closed")


def program(environ, start):
    path = environ["PATH_INFO"]
    if path == "/long":
        start("200 OK", [("Content-Type", "text/plain")])
        return pieces()
    if path == "/broken":
        raise ValueError("it is broken")
    if path == "/slow":
        tell("made")
        time.sleep(SECONDS)
        answer = b"slow"
    else:
        body = environ["wsgi.input"].read()
        said = {name: value for name, value in environ.items() if isinstance(value, str)}
        answer = json.dumps(said | {"received": len(body)}).encode()
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(answer)))])
    return [answer]


class WatchedDoor(Door):
    """Says as well which thread takes the first step of a request."""

    def answer_at_once(self, environ, connection):
        if environ["PATH_INFO"] != "/first":
            return super().answer_at_once(environ, connection)
        time.sleep(SECONDS)
        is_of_the_loop = threading.current_thread() is threading.main_thread()
        connection.response_bytes(200, [], b"the loop" if is_of_the_loop else b"a thread")
        return True


cache = PageCache(program, Editions(read_number))
application = WatchedDoor(program, ImmutableFiles(cache), cache)

if __name__ == "__main__":
    serving.APPLICATION = "tests.small_site.application"
    serving.serve()
