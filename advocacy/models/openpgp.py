"""Whether a text is an OpenPGP public key, and no other kind of key (RFC 9580)."""

import binascii
import re
from base64 import b64decode

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

LONGEST_KEY = 40_000
ARMOUR = re.compile(
    r"-----BEGIN PGP PUBLIC KEY BLOCK-----\n(?:[\w-]+: .*\n)*\s*\n(?P<data>[\w+/=\n]+?)"
    r"(?:\n=[\w+/]{4})?\n-----END PGP PUBLIC KEY BLOCK-----"
)
PUBLIC_KEY = 6
SECRET_KEYS = {5, 7}


def check_public_key(text: str) -> None:
    """Refuse what is no public key; a secret one above all, whatever stands around it."""
    if "PRIVATE KEY" in text:
        raise ValidationError(secret())
    if len(text) > LONGEST_KEY:
        raise ValidationError(gettext("The key is too long: export it without its signatures."))
    match = ARMOUR.fullmatch("\n".join(line.rstrip() for line in text.strip().splitlines()))
    try:
        first = b64decode(match["data"].replace("\n", ""), validate=True)[0] if match else 0
    except (binascii.Error, IndexError):
        first = 0
    # The first byte names what begins here, in the new way or the old.
    kind = first & 0x3F if first & 0x40 else first >> 2 & 0x0F
    if kind in SECRET_KEYS:
        raise ValidationError(secret())
    if first < 0x80 or kind != PUBLIC_KEY:
        raise ValidationError(
            gettext(
                "This is no OpenPGP public key. Paste all of it, from “-----BEGIN PGP PUBLIC KEY"
                " BLOCK-----” to “-----END PGP PUBLIC KEY BLOCK-----”."
            )
        )


def secret() -> str:
    return gettext("This is a private key. Give it to nobody; paste the public one.")
