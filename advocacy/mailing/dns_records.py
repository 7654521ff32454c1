"""What the domain of our mails says of who may send for it: SPF, DKIM and DMARC."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import dns.exception
import dns.resolver

SECONDS = 5


class Found(NamedTuple):
    """What one look-up found: `is_ok` is None where it could not be made."""

    name: str
    is_ok: bool | None
    what: str


class NotAsked(Exception):
    """No name server answers."""


def texts(name: str) -> list[str]:
    """The TXT records of a name; none where there is no such name."""
    try:
        answer = dns.resolver.resolve(name, "TXT", lifetime=SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError) as error:
        raise NotAsked from error
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]


def look(domain: str, selector: str = "") -> Iterator[Found]:
    """Look these records up, each apart: one that cannot be asked keeps none from being asked."""
    looks: list[tuple[str, Callable[[], Found]]] = [
        ("SPF", lambda: spf(domain)),
        ("DKIM", lambda: dkim(domain, selector)),
        ("DMARC", lambda: dmarc(domain)),
    ]
    for name, look_up in looks:
        try:
            yield look_up()
        except NotAsked:
            yield Found(name, None, "could not be checked: no name server answers from here.")


def spf(domain: str) -> Found:
    policies = [text for text in texts(domain) if text.lower().split(" ")[0] == "v=spf1"]
    if not policies:
        return Found(
            "SPF", False, f"{domain} has no record that begins with v=spf1: publish one that names"
            " the server or the provider of MAIL_URL."
        )  # fmt: skip
    if len(policies) > 1:
        return Found("SPF", False, f"{domain} has {len(policies)} of them, which counts as none.")
    if policies[0].rstrip().endswith("+all"):
        return Found("SPF", False, f"“{policies[0]}” lets everybody send for {domain}.")
    return Found("SPF", True, f"“{policies[0]}”: it has to name the server that sends.")


def dkim(domain: str, selector: str) -> Found:
    if not selector:
        return Found(
            "DKIM", None, "could not be checked without its selector: it stands behind s= in the"
            " DKIM-Signature of the mail that arrived; give it with --selector."
        )  # fmt: skip
    name = f"{selector}._domainkey.{domain}"
    keys = [text for text in texts(name) if "p=" in text.replace(" ", "")]
    if not keys:
        return Found("DKIM", False, f"there is no key at {name}.")
    if any(text.replace(" ", "").rstrip(";").endswith("p=") for text in keys):
        return Found("DKIM", False, f"the key at {name} was withdrawn: p= is empty.")
    return Found("DKIM", True, f"there is a key at {name}.")


def dmarc(domain: str) -> Found:
    """The policy of the domain, or else of the one that it is a part of."""
    labels = domain.split(".")
    for at in range(len(labels) - 1):
        name = "_dmarc." + ".".join(labels[at:])
        policies = [text for text in texts(name) if text.replace(" ", "").startswith("v=DMARC1")]
        if len(policies) > 1:
            return Found("DMARC", False, f"{name} has {len(policies)} of them: none counts.")
        if policies:
            return Found("DMARC", True, f"“{policies[0]}” at {name}.")
    return Found(
        "DMARC", False, f"there is no policy at _dmarc.{domain}: large providers refuse mail to"
        " many without one. “v=DMARC1; p=none” is the least."
    )  # fmt: skip
