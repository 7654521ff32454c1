"""Checks whether an address on the web still answers; never asks one inside our own network."""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

# For one step of the talk, and for a whole check, however the other side spends it.
SECONDS = 10
SECONDS_IN_ALL = 30
MOST_BYTES = 64 * 1024
MOST_REDIRECTS = 5
TOO_SLOW = "no answer in time"
# Wrapped in these, an address inside may look like one outside.
WRAPPERS = [ipaddress.ip_network(net) for net in ("64:ff9b::/96", "2002::/16", "2001::/32")]
# Not there, and not coming back.
GONE = {404, 410}
# There, but not for a program.
NOT_FOR_US = {401, 403, 405, 406, 429}


class Refused(Exception):
    """Why an address is never asked, as a sentence for staff."""


class Answer(NamedTuple):
    """What an address said: in words, whether it works, whether it is gone for good."""

    text: str
    works: bool
    gone: bool = False


def ask(url: str) -> Answer:
    """Ask an address the way a reader's browser would: HEAD first, then GET."""
    end = time.monotonic() + SECONDS_IN_ALL
    try:
        code = _follow("HEAD", url, end)
        if not 200 <= code < 400:
            code = _follow("GET", url, end)
    except Refused as refusal:
        return Answer(str(refusal), works=False)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(f"{type(error).__name__}: {error}", works=False)
    text = f"{code} {http.client.responses.get(code, '')}".strip()
    return Answer(text, works=code < 400 or code in NOT_FOR_US, gone=code in GONE)


def _follow(method: str, url: str, end: float) -> int:
    """The status behind all redirects, each of them checked like the first address."""
    for _hop in range(MOST_REDIRECTS + 1):
        code, location = _once(method, url, end)
        if code not in (301, 302, 303, 307, 308) or not location:
            return code
        url = urljoin(url, location)
    raise Refused("It redirects too often.")


def _once(method: str, url: str, end: float) -> tuple[int, str | None]:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise Refused("Only plain http and https addresses are asked.")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    connection = _Pinned(parts.hostname, port, parts.scheme == "https", end)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        with _hung_up_at(end, connection):
            connection.request(method, path, headers={"User-Agent": "Answerable link check"})
            response = connection.getresponse()
            read = 0
            while method == "GET" and read < MOST_BYTES and (part := response.read1(8192)):
                read += len(part)
            return response.status, response.headers.get("Location")
    finally:
        connection.close()


@contextmanager
def _hung_up_at(end: float, connection: "_Pinned") -> Iterator[None]:
    """Hang up when time is up: where bytes drip in, a time-out for each read never comes."""
    watch = threading.Timer(_seconds_to(end), connection.hang_up)
    watch.daemon = True
    watch.start()
    try:
        yield
    except (OSError, http.client.HTTPException) as error:
        if time.monotonic() >= end:
            raise TimeoutError(TOO_SLOW) from error
        raise
    finally:
        watch.cancel()
    # A text that was cut off looks like one that ended.
    _seconds_to(end)


def _seconds_to(end: float) -> float:
    seconds = end - time.monotonic()
    if seconds <= 0:
        raise TimeoutError(TOO_SLOW)
    return seconds


def public_address(host: str, port: int, seconds: float) -> str:
    """One address of a host, if all of them are on the public internet."""
    addresses = {str(row[4][0]) for row in _look_up(host, port, seconds)}
    for address in addresses:
        ip = ipaddress.ip_address(address.partition("%")[0])
        ip = getattr(ip, "ipv4_mapped", None) or ip
        if not is_public(ip):
            raise Refused("It leads into a private network.")
    return sorted(addresses)[0]


def _look_up(host: str, port: int, seconds: float) -> list[Any]:
    """What `getaddrinfo` says. It knows no time-out, so a slow one is left to itself."""
    found: Future[list[Any]] = Future()

    def look() -> None:
        try:
            found.set_result(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except Exception as error:
            found.set_exception(error)

    threading.Thread(target=look, daemon=True).start()
    return found.result(seconds)


def is_public(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    wrapped = any(ip.version == net.version and ip in net for net in WRAPPERS)
    return ip.is_global and not ip.is_multicast and not wrapped


class _Pinned(http.client.HTTPConnection):
    """Connects to the address that was checked: a second look-up could give another one."""

    def __init__(self, host: str, port: int, is_secure: bool, end: float) -> None:
        super().__init__(host, port, timeout=SECONDS)
        self.is_secure, self.end = is_secure, end

    def connect(self) -> None:
        address = public_address(self.host, self.port, self.seconds)
        self.sock = socket.create_connection((address, self.port), self.seconds)
        self.sock.settimeout(SECONDS)
        if self.is_secure:
            context = ssl.create_default_context()
            # The handshake comes later: the watch has to know the wrapped socket to shut it.
            self.sock = context.wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()

    @property
    def seconds(self) -> float:
        return min(SECONDS, _seconds_to(self.end))

    def hang_up(self) -> None:
        with suppress(OSError):
            if self.sock:
                # Whoever is reading from it sees the end.
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)
