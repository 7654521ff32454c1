"""How the hashes of the chain are worked out, from what its rows say and their salts."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from json.encoder import encode_basestring
from typing import Any, NamedTuple

from django.utils.translation import gettext

SALT_BYTES = 16
# What JSON holds as it is.
AS_THEY_ARE = {str, int, bool}
as_json = json.JSONEncoder(ensure_ascii=False).encode


def plain(value: Any) -> Any:
    """A value as JSON can hold it: moments in UTC, days as ISO 8601."""
    if value is None or type(value) in AS_THEY_ARE:
        return value
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        value = value.astimezone(UTC)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _digest(*parts: Any) -> str:
    return sha256(as_json(parts).encode()).hexdigest()


def field_digest(name: str, value: Any, salt: bytes | str) -> str:
    """The hash of the JSON list of name, value and salt; the salt may be given in hexadecimal."""
    # Most values are written without the encoder: a million entries have thirty fields each.
    kind = type(value)
    if kind is str:
        written = encode_basestring(value)
    elif value is None:
        written = "null"
    else:
        written = str(value) if kind is int else as_json(value)
    digits = salt if isinstance(salt, str) else salt.hex()
    return sha256(f'[{encode_basestring(name)}, {written}, "{digits}"]'.encode()).hexdigest()


def row_digest(fields: Mapping[str, str]) -> str:
    """The hash of a row from the hashes of its fields, whatever their order."""
    return _digest(sorted(fields.items()))


def link_digest(number: int, kind: str, key: int, previous: str, row: str) -> str:
    """The hash of a link, 64 hexadecimal digits: its place, what it holds and what led to it."""
    text = ", ".join(map(encode_basestring, [previous, row]))
    return sha256(f"[{number}, {encode_basestring(kind)}, {key}, {text}]".encode()).hexdigest()


class Joint(NamedTuple):
    """What a stored link says of its place in the chain and of its row."""

    number: int
    kind: str
    key: int
    salts: bytes
    withheld: dict[str, str]
    previous: str
    digest: str

    def digest_of(self, values: Mapping[str, Any]) -> str:
        """The hash that the link has if its row holds these values."""
        digits, width = bytes(self.salts).hex(), 2 * SALT_BYTES
        salts = [digits[at : at + width] for at in range(0, len(digits), width)]
        fields = {
            name: field_digest(name, value, salt)
            for (name, value), salt in zip(values.items(), salts, strict=True)
        }
        fields |= {name: kept for name, kept in self.withheld.items() if kept and name in fields}
        return link_digest(self.number, self.kind, self.key, self.previous, row_digest(fields))

    def why_broken(self, values: Mapping[str, Any] | None, number: int, previous: str) -> str:
        """Why the chain does not hold here, where a link of this number should be; or nothing.

        `values` are what its row says, None where there is no row.
        """
        if values is None:
            return gettext("its row was removed")
        if self.number != number or self.previous != previous:
            return gettext("it does not follow the link before it: one was removed or put in")
        if len(self.salts) != SALT_BYTES * len(values):
            return gettext("its salts were changed")
        if self.digest != self.digest_of(values):
            return gettext("what it says, or its evidence, was changed")
        return ""
