"""The door of a server: what waits is awaited, and holds no thread of those that work."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from http import HTTPStatus
from tempfile import SpooledTemporaryFile
from typing import Any

from advocacy.web.bodies import Bodies, Refused
from advocacy.web.editions import PATIENCE, Edition
from advocacy.web.gateway import Application, Connection, Environ, Scope, Told, complete, environ_of
from advocacy.web.page_cache import PageCache, key_of, whole
from advocacy.web.static_files import ImmutableFiles

# So many requests are worked on at a time in one process. Each thread keeps a connection to the
# database, and the one that reads the number of the content keeps another.
WORKING = 4
# An answer that is longer is sent from a file.
IN_MEMORY = 1024 * 1024
# Within which the server has opened that file.
SECONDS_TO_OPEN = 60


class Door:
    """RSGI: answers with what is kept, and lets the WSGI application make the rest in threads."""

    def __init__(
        self, application: Application, files: ImmutableFiles, cache: PageCache | None
    ) -> None:
        self.application, self.files, self.cache = application, files, cache
        self.bodies = Bodies()
        # No thread is started before there is something to do: the server forks before that.
        self.workers = ThreadPoolExecutor(WORKING, "working")
        self.reader = ThreadPoolExecutor(1, "edition")
        self.reading: Future[None] = Future()
        self.reading.set_result(None)

    async def __rsgi__(self, scope: Scope, connection: Connection) -> None:
        environ = environ_of(scope)
        # Without that header its name depends on the address that was asked.
        if "HTTP_HOST" in environ and self.answer_at_once(environ, connection):
            return
        # The first step may be taken by a thread of the server (`management/serving.py`); from
        # here on it is the event loop.
        await asyncio.sleep(0)
        complete(environ, scope)
        try:
            await self.bodies.read(environ, connection)
        except Refused as refusal:
            refuse(refusal.status, connection)
            return
        await self.answer(environ, connection)

    def answer_at_once(self, environ: Environ, connection: Connection) -> bool:
        """Whether there was an answer for which nothing needs to be waited for."""
        told = Told()
        pieces = self.files.serve(environ, told)
        if pieces is None and self.cache:
            pieces = self.cache.answer_at_once(environ, told)
        if pieces is None:
            return False
        connection.response_bytes(told.status, told.headers, whole(pieces))
        return True

    async def answer(self, environ: Environ, connection: Connection) -> None:
        """As `PageCache` does, but what it waits for is awaited."""
        application, loop = self.application, asyncio.get_running_loop()
        key = key_of(environ) if self.cache else None
        edition = await self.edition(self.cache) if self.cache and key else None
        if self.cache and key and edition:
            found = self.cache.find(key, edition)
            page, mark = found.page, found.mark
            if found.is_first:
                application = partial(self.cache.make, key, edition, page)
                page = None
            elif found.flight:
                page, mark = await asyncio.wrap_future(found.flight)
            if page:
                send(partial(page.answer, more=mark), environ, connection, loop)
                return
        await loop.run_in_executor(self.workers, send, application, environ, connection, loop)

    async def edition(self, cache: PageCache) -> Edition | None:
        """What pages are filed under from now on, read by a thread that does nothing else."""
        editions = cache.editions
        if editions.is_due():
            is_mine = self.reading.done()
            if is_mine:
                self.reading = self.reader.submit(editions.look)
            if is_mine or not editions.is_sure:
                reading = asyncio.wrap_future(self.reading)
                _done, late = await asyncio.wait([reading], timeout=PATIENCE)
                if late:
                    # The database hangs: nobody waits for it during the next second.
                    editions.tried_at = time.monotonic()
        return editions.known()


def send(
    application: Callable[..., Any],
    environ: Environ,
    connection: Connection,
    loop: asyncio.AbstractEventLoop,
) -> None:
    """Have the answer made, all of it: whoever reads it slowly holds no thread."""
    told = Told()
    pieces = application(environ, told)
    if isinstance(pieces, list):
        connection.response_bytes(told.status, told.headers, b"".join(pieces))
        return
    file = SpooledTemporaryFile[bytes](max_size=IN_MEMORY)
    try:
        file.writelines(pieces)
    finally:
        if hasattr(pieces, "close"):
            pieces.close()
    length = file.tell()
    file.seek(0)
    if length <= IN_MEMORY:
        connection.response_bytes(told.status, told.headers, file.read())
        return
    headers = [item for item in told.headers if item[0].lower() != "content-length"]
    headers.append(("Content-Length", str(length)))
    # The file has no name, so nothing of it is left whatever happens.
    connection.response_file(told.status, headers, f"/dev/fd/{file.fileno()}")
    loop.call_soon_threadsafe(loop.call_later, SECONDS_TO_OPEN, file.close)


def refuse(status: HTTPStatus, connection: Connection) -> None:
    """Say why and hang up, as the rest of the body is not read."""
    headers = [("Content-Type", "text/plain"), ("Connection", "close")]
    connection.response_bytes(status, headers, f"{status.value} {status.phrase}\n".encode())
