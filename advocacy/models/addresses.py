"""E-mail addresses at rest: encrypted, and looked up by a keyed hash.

The keys come from `ADDRESS_KEYS`; the first one writes, all of them read. Without a key neither
the database nor a backup gives an address away, or tells whether a known address is in it.
"""

import base64
import hmac
import secrets
import unicodedata
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256

import idna
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.signing import Signer


class AddressKeyMissing(Exception):
    """Raised where none of the keys in `ADDRESS_KEYS` reads a stored address."""


@lru_cache(maxsize=64)
def derived(key: str, purpose: bytes) -> bytes:
    """A 32-byte key for one purpose, from the text of one key."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(key.encode())


def _ciphers() -> MultiFernet:
    keys = [derived(key, b"answerable address encryption") for key in settings.ADDRESS_KEYS]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])


def encrypt(address: str) -> str:
    """Authenticated encryption (Fernet: AES-128-CBC, HMAC-SHA256), different every time."""
    return _ciphers().encrypt(address.encode()).decode()


def decrypt(text: str) -> str:
    try:
        return _ciphers().decrypt(text.encode()).decode()
    except InvalidToken:
        raise AddressKeyMissing("No key in ADDRESS_KEYS reads this address.") from None


def canonical(address: str) -> str:
    """The one form in which an address is kept, mailed and looked up.

    Its domain is in lower-case ASCII (IDNA 2008). Spaces and signs that nobody sees, which come
    along when an address is pasted, are gone from its ends.
    """
    start, end = 0, len(address)
    while start < end and _is_unseen(address[start]):
        start += 1
    while end > start and _is_unseen(address[end - 1]):
        end -= 1
    name, at, domain = address[start:end].rpartition("@")
    return f"{name}{at}{_ascii(domain)}"


def _ascii(domain: str) -> str:
    if not domain.isascii():
        # Where it is no domain of this kind, it can still be looked up.
        with suppress(UnicodeError):
            return idna.encode(domain, uts46=True).decode()
    return domain.lower()


def _is_unseen(letter: str) -> bool:
    return letter.isspace() or unicodedata.category(letter) in {"Cc", "Cf"}


def mailbox(address: str) -> str:
    """The address of the mailbox that a sub-address (`name+tag@…`) leads to."""
    name, at, domain = canonical(address).rpartition("@")
    own, _plus, _tag = name.partition("+")
    return f"{own or name}{at}{domain}"


def address_hashes(address: str) -> list[str]:
    """The keyed hash of an address under every key, that of the key that writes first.

    Case does not tell two mailboxes apart.
    """
    return keyed_hashes(canonical(address).casefold(), b"answerable address lookup")


def keyed_hashes(text: str, purpose: bytes) -> list[str]:
    """The hash of a text for one purpose, under every key, that of the key that writes first."""
    return [
        hmac.new(derived(key, purpose), text.encode(), sha256).hexdigest()
        for key in settings.ADDRESS_KEYS
    ]


def address_hash(address: str) -> str:
    return address_hashes(address)[0]


def masked(address: str) -> str:
    """Enough for its owner to recognise it: `a•••@e•••.org`."""
    name, _at, domain = address.rpartition("@")
    with suppress(UnicodeError):
        domain = idna.decode(domain)
    label, dot, rest = domain.rpartition(".")
    return f"{name[:1]}•••@{label[:1]}•••{dot}{rest}"


def new_public_id() -> str:
    """What the links in the mails to one address know it by."""
    return secrets.token_urlsafe(12)


def signer(purpose: str) -> Signer:
    """What signs the tokens in the links of mails, with the same keys: no token is stored."""
    keys: list[bytes | str] = [
        base64.b64encode(derived(key, b"answerable links")).decode()
        for key in settings.ADDRESS_KEYS
    ]
    return Signer(key=keys[0], fallback_keys=keys[1:], sep=".", salt=f"advocacy.{purpose}")
