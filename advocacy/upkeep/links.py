"""Asks addresses on the web whether they answer, or for what stands there; none inside our
network.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from email.message import Message
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from django.utils.encoding import iri_to_uri

# For one step of the talk, and for a whole check, however the other side spends it.
SECONDS = 10
SECONDS_IN_ALL = 30
# For a whole text, which may be long and its server slow.
SECONDS_TO_FETCH = 90
LINK_CHECK = "Answerable link check"
MOST_BYTES = 64 * 1024
READ_AT_ONCE = 64 * 1024
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


class TooLarge(Exception):
    """There is more than is wanted of it."""


class Fetched(NamedTuple):
    """What an address gave: its bytes, whole or to a limit, and the address it led to."""

    status: int
    headers: Message
    content: bytes
    url: str

    @property
    def words(self) -> str:
        """The status, as staff read it."""
        return f"{self.status} {http.client.responses.get(self.status, '')}".strip()


class Call(NamedTuple):
    """How an address is asked: until when, for how many bytes, and who asks.

    `whole` refuses a text that is longer, or was cut off on the way. `before` is told each address
    before it is asked, that of each redirect as well, and may raise.
    """

    end: float
    most: int = MOST_BYTES
    whole: bool = False
    agent: str = LINK_CHECK
    before: Callable[[str], None] = lambda _url: None


class Answer(NamedTuple):
    """What an address said: in words, whether it works, whether it is gone for good."""

    text: str
    works: bool
    gone: bool = False


def ask(url: str) -> Answer:
    """Ask an address the way a reader's browser would: HEAD first, then GET."""
    call = Call(time.monotonic() + SECONDS_IN_ALL)
    try:
        found = _follow("HEAD", url, call)
        if not 200 <= found.status < 400:
            found = _follow("GET", url, call)
    except Refused as refusal:
        return Answer(str(refusal), works=False)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(reason(error), works=False)
    code = found.status
    return Answer(found.words, works=code < 400 or code in NOT_FOR_US, gone=code in GONE)


def fetch(
    url: str,
    *,
    most: int,
    agent: str,
    whole: bool = True,
    before: Callable[[str], None] = lambda _url: None,
) -> Fetched:
    """Read what stands at an address, once and with GET; see `Call`.

    Raises Refused, TooLarge, OSError, HTTPException or ValueError where it cannot be had.
    """
    end = time.monotonic() + SECONDS_TO_FETCH
    return _follow("GET", url, Call(end, most, whole, agent, before))


def reason(error: Exception) -> str:
    """What a failure says, for staff."""
    return f"{type(error).__name__}: {error}"


def _follow(method: str, url: str, call: Call) -> Fetched:
    """What is behind all redirects, each of them checked like the first address."""
    for _hop in range(MOST_REDIRECTS + 1):
        call.before(url)
        found = _once(method, url, call)
        location = found.headers.get("Location")
        if found.status not in (301, 302, 303, 307, 308) or not location:
            return found
        # Some servers send letters that belong into no header.
        sent = location.encode("latin-1", "replace")
        url = urljoin(url, sent.decode("utf-8", "replace"))
    raise Refused("It redirects too often.")


def _once(method: str, url: str, call: Call) -> Fetched:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise Refused("Only plain http and https addresses are asked.")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    connection = _Pinned(parts.hostname, port, parts.scheme == "https", call.end)
    path = iri_to_uri(parts.path or "/") + (f"?{iri_to_uri(parts.query)}" if parts.query else "")
    try:
        with _hung_up_at(call.end, connection):
            connection.request(method, path, headers={"User-Agent": call.agent})
            response = connection.getresponse()
            content = _body(response, call) if method == "GET" else b""
            return Fetched(response.status, response.headers, content, url)
    finally:
        connection.close()


def _body(response: http.client.HTTPResponse, call: Call) -> bytes:
    is_whole = call.whole and response.status == 200
    most = call.most if response.status == 200 else MOST_BYTES
    if is_whole and (response.length or 0) > most:
        raise TooLarge
    parts: list[bytes] = []
    read = 0
    while (is_whole or read < most) and (part := response.read1(READ_AT_ONCE)):
        parts.append(part)
        read += len(part)
        if is_whole and read > most:
            raise TooLarge
    if is_whole and response.length:
        raise http.client.IncompleteRead(b"", response.length)
    return b"".join(parts)


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
        # `sock` is taken away once a server says that it ends with its answer, which goes on.
        self.talk: socket.socket | None = None

    def connect(self) -> None:
        address = public_address(self.host, self.port, self.seconds)
        self.sock = socket.create_connection((address, self.port), self.seconds)
        self.sock.settimeout(SECONDS)
        self.talk = self.sock
        if self.is_secure:
            context = ssl.create_default_context()
            # The handshake comes later: the watch has to know the wrapped socket to shut it.
            self.sock = context.wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.talk = self.sock
            self.sock.do_handshake()

    @property
    def seconds(self) -> float:
        return min(SECONDS, _seconds_to(self.end))

    def hang_up(self) -> None:
        with suppress(OSError):
            if self.talk:
                # Whoever is reading from it sees the end.
                socket.socket.shutdown(self.talk, socket.SHUT_RDWR)
