"""The two interfaces to a server: WSGI, which Django speaks, and RSGI, which awaits bodies."""

import sys
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Protocol

type Environ = dict[str, Any]
type Start = Callable[..., Any]
type Application = Callable[[Environ, Start], Iterable[bytes]]
type Headers = list[tuple[str, str]]

# What is the same for every request.
OF_THE_SERVER: Environ = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}


class Scope(Protocol):
    """A request of RSGI, without its body."""

    http_version: str
    server: str
    client: str
    scheme: str
    method: str
    path: str
    query_string: str
    authority: str | None

    @property
    def headers(self) -> Mapping[str, str]: ...


class Connection(Protocol):
    """What RSGI gives beside the request: the way to its body, and back to whoever asks."""

    def __aiter__(self) -> Any: ...
    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None: ...
    def response_file(self, status: int, headers: Headers, file: str) -> None: ...


class Told:
    """A start of WSGI that remembers the status and the headers it is told."""

    status: int
    headers: Headers

    def __call__(self, status: str, headers: Headers, exc_info: Any = None) -> None:
        self.status, self.headers = int(status[:3]), headers


def environ_of(scope: Scope) -> Environ:
    """What an answer that is kept depends on, as WSGI has it."""
    environ = {
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": in_latin_1(scope.path),
        "QUERY_STRING": in_latin_1(scope.query_string),
        "wsgi.url_scheme": scope.scheme,
    }
    for header, value in scope.headers.items():
        name = variable(header)
        if name in environ:
            between = "; " if name == "HTTP_COOKIE" else ","
            environ[name] = f"{environ[name]}{between}{value}"
        elif name:
            environ[name] = value
    # HTTP/2 has no such header.
    if "HTTP_HOST" not in environ and scope.authority:
        environ["HTTP_HOST"] = scope.authority
    return environ


def complete(environ: Environ, scope: Scope) -> None:
    """Add the rest, but for the body: what only a program asks for."""
    server, _, port = scope.server.rpartition(":")
    environ |= OF_THE_SERVER | {
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "SERVER_NAME": server.strip("[]"),
        "SERVER_PORT": port,
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
    }


@lru_cache(maxsize=256)
def variable(header: str) -> str:
    """Its name in WSGI; none where it would be that of another header (`x_forwarded_proto`)."""
    if "_" in header:
        return ""
    name = header.upper().replace("-", "_")
    return name if name in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{name}"


def in_latin_1(text: str) -> str:
    """The bytes of a text as WSGI writes them: a letter for each."""
    return text if text.isascii() else text.encode().decode("latin-1")
