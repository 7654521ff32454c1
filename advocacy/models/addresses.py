"""E-mail addresses at rest: encrypted, and looked up by a keyed hash.

The keys come from `ADDRESS_KEYS`; the first one writes, all of them read. Without a key neither
the database nor a backup gives an address away, or tells whether a known address is in it.
"""

import base64
import hmac
from functools import lru_cache
from hashlib import sha256

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
    """Authenticated encryption (Fernet: AES-128-CBC with HMAC-SHA256); never twice the same."""
    return _ciphers().encrypt(address.encode()).decode()


def decrypt(text: str) -> str:
    try:
        return _ciphers().decrypt(text.encode()).decode()
    except InvalidToken:
        raise AddressKeyMissing("No key in ADDRESS_KEYS reads this address.") from None


def address_hashes(address: str) -> list[str]:
    """The keyed hash of an address under every key, the writing one first.

    Case does not tell two mailboxes apart.
    """
    text = address.casefold().encode()
    return [
        hmac.new(derived(key, b"answerable address lookup"), text, sha256).hexdigest()
        for key in settings.ADDRESS_KEYS
    ]


def address_hash(address: str) -> str:
    return address_hashes(address)[0]


def masked(address: str) -> str:
    """Enough for its owner to know it again: `a•••@e•••.org`."""
    name, _at, domain = address.rpartition("@")
    label, dot, rest = domain.rpartition(".")
    return f"{name[:1]}•••@{label[:1]}•••{dot}{rest}"


def signer(purpose: str) -> Signer:
    """Signs what stands in the links of mails, with the same keys: a token is never stored."""
    keys: list[bytes | str] = [
        base64.b64encode(derived(key, b"answerable links")).decode()
        for key in settings.ADDRESS_KEYS
    ]
    return Signer(key=keys[0], fallback_keys=keys[1:], sep=".", salt=f"advocacy.{purpose}")
