"""Asks an address on the web whether it still answers, and never one inside a network of ours."""

import http.client
import ipaddress
import socket
import ssl
import time
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

SECONDS = 10
SECONDS_IN_ALL = 30
MOST_BYTES = 64 * 1024
MOST_REDIRECTS = 5
# Wrapped in these, an address inside may look like one outside.
WRAPPERS = [ipaddress.ip_network(net) for net in ("64:ff9b::/96", "2002::/16", "2001::/32")]
# Not there, and not coming back.
GONE = {404, 410}
# There, but not for a program.
NOT_FOR_US = {401, 403, 405, 406, 429}


class Refused(Exception):
    """An address that is never asked, in a sentence."""


class Answer(NamedTuple):
    """What an address said: in words, whether it works, whether it is gone for good."""

    text: str
    works: bool
    gone: bool = False


def ask(url: str) -> Answer:
    """Ask an address, as a reader's browser would find it: HEAD first, then GET."""
    try:
        code = _follow("HEAD", url)
        if not 200 <= code < 400:
            code = _follow("GET", url)
    except Refused as refusal:
        return Answer(str(refusal), works=False)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(f"{type(error).__name__}: {error}", works=False)
    text = f"{code} {http.client.responses.get(code, '')}".strip()
    return Answer(text, works=code < 400 or code in NOT_FOR_US, gone=code in GONE)


def _follow(method: str, url: str) -> int:
    """The status behind all redirects, each of them checked like the first address."""
    end = time.monotonic() + SECONDS_IN_ALL
    for _hop in range(MOST_REDIRECTS + 1):
        if time.monotonic() > end:
            raise TimeoutError("no answer in time")
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
    connection = _Pinned(parts.hostname, port, parts.scheme == "https")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request(method, path, headers={"User-Agent": "Answerable link check"})
        response = connection.getresponse()
        read = 0
        while method == "GET" and read < MOST_BYTES and time.monotonic() < end:
            if not (part := response.read(8192)):
                break
            read += len(part)
        return response.status, response.headers.get("Location")
    finally:
        connection.close()


def public_address(host: str, port: int) -> str:
    """One address of a host, if all of them are on the public internet."""
    addresses = {str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    for address in addresses:
        ip = ipaddress.ip_address(address.partition("%")[0])
        ip = getattr(ip, "ipv4_mapped", None) or ip
        if not is_public(ip):
            raise Refused("It leads into a private network.")
    return sorted(addresses)[0]


def is_public(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    wrapped = any(ip.version == net.version and ip in net for net in WRAPPERS)
    return ip.is_global and not ip.is_multicast and not wrapped


class _Pinned(http.client.HTTPConnection):
    """Connects to the address that was checked: a second look-up could give another one."""

    def __init__(self, host: str, port: int, is_secure: bool) -> None:
        super().__init__(host, port, timeout=SECONDS)
        self.is_secure = is_secure

    def connect(self) -> None:
        address = public_address(self.host, self.port)
        self.sock = socket.create_connection((address, self.port), SECONDS)
        if self.is_secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)
