"""The body of a request is read whole, and in time, before the program gets to work on it.

Otherwise a few forms of which only the beginning is sent would hold every thread. Here a body is
awaited by the event loop, which holds none.
"""

import asyncio
import time
from http import HTTPStatus
from io import BytesIO
from tempfile import SpooledTemporaryFile

from django.conf import settings

from advocacy.web.gateway import Connection, Environ

# So many bodies are awaited at a time in one process.
AWAITED = 256
# Of each body so many bytes are in memory, the rest is in a file.
IN_MEMORY = 65_536
# So long something must have come.
SECONDS_OF_A_PIECE = 10
# So long all of a body may take, and a second more for as many bytes as a slow line carries.
SECONDS_OF_A_BODY = 30
BYTES_A_SECOND = 50_000
# What staff bring in; everywhere else a body is a form.
MOST_OF_STAFF = 50 * 1024 * 1024

type Body = SpooledTemporaryFile[bytes]


class Refused(Exception):
    """The body cannot be had, and why."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status)
        self.status = status


class Bodies:
    """Those that one process awaits."""

    def __init__(self) -> None:
        self.awaited = 0

    async def read(self, environ: Environ, connection: Connection) -> None:
        """Put the whole body, if there is one, where WSGI looks for it."""
        length = environ.get("CONTENT_LENGTH", "")
        if length == "0" or not (length or "HTTP_TRANSFER_ENCODING" in environ):
            environ["wsgi.input"] = BytesIO()
            return
        announced = int(length) if length.isdecimal() else None
        most = MOST_OF_STAFF
        if not environ["PATH_INFO"].startswith("/admin/"):
            most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if announced is not None and announced > most:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if self.awaited >= AWAITED:
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE)
        self.awaited += 1
        try:
            body = await whole(connection, most)
        finally:
            self.awaited -= 1
        received = body.tell()
        if announced not in (None, received):
            raise Refused(HTTPStatus.BAD_REQUEST)
        body.seek(0)
        environ["wsgi.input"], environ["CONTENT_LENGTH"] = body, str(received)


async def whole(connection: Connection, most: int) -> Body:
    body = SpooledTemporaryFile[bytes](max_size=IN_MEMORY)
    begun, received, is_over = time.monotonic(), 0, False
    pieces = aiter(connection)
    while True:
        left = begun + SECONDS_OF_A_BODY + received / BYTES_A_SECOND - time.monotonic()
        try:
            async with asyncio.timeout(min(SECONDS_OF_A_PIECE, left)):
                piece = await anext(pieces)
        except StopAsyncIteration:
            return body
        except TimeoutError:
            raise Refused(HTTPStatus.REQUEST_TIMEOUT) from None
        # The server ends a body with an empty piece; with another one before, it was broken off.
        if is_over:
            raise Refused(HTTPStatus.BAD_REQUEST)
        is_over = not piece
        received += body.write(piece)
        if received > most:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
