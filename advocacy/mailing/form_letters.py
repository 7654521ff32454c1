"""Form letters: the bytes of a letter, written once and made out to one follower after another."""

import email.policy
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import NamedTuple

from advocacy.mailing import letters
from advocacy.mailing.backends import stands_for_itself
from advocacy.mailing.letters import MOST_LETTERS
from advocacy.mailing.writing import TOKEN, Letter, Message
from advocacy.models import Delivery, Subscriber
from advocacy.models.addresses import canonical

# Stands in a form letter until it is made out.
ADDRESS = "follower@form-letter.invalid"

# Quoted-printable may break a line within the token, at a place that its length alone decides.
BREAK = b"=\r\n"
IN_TEXT = f"(?:{BREAK.decode()})?".join(re.escape(letter) for letter in TOKEN).encode()
IN_HEAD = re.compile(
    rb"(?P<address>(?<=\r\nTo: )%s(?=\r\n))|(?P<date>(?<=\r\nDate: )[^\r\n]+)"
    rb"|(?P<number>(?<=<delivery-)9+(?=\.))|(?P<token>%s)" % (re.escape(ADDRESS).encode(), IN_TEXT)
)
IN_BODY = re.compile(rb"(?P<token>%s)" % IN_TEXT)


class Blank(NamedTuple):
    """A place to fill in: with what, and after how many bytes of it the line is broken."""

    name: str
    break_after: int

    def filled(self, values: Mapping[str, bytes]) -> bytes:
        value, after = values[self.name], self.break_after
        return value if after < 0 else value[:after] + BREAK + value[after:]


class FormLetter:
    """A letter to followers whose keys of deliveries have so many digits."""

    def __init__(self, letter: Letter, language: str, edition: int, digits: int) -> None:
        mail = letters.made_out(
            letter,
            address=ADDRESS,
            token=TOKEN,
            language=language,
            edition=edition,
            number="9" * digits,
        )
        head, gap, body = mail.message(policy=email.policy.SMTP).as_bytes().partition(b"\r\n\r\n")
        self.pieces = [*pieces(IN_HEAD, head), gap, *pieces(IN_BODY, body)]
        blanks = [piece.name for piece in self.pieces if isinstance(piece, Blank)]
        in_letter = letter.text.count(TOKEN) + letter.html.count(TOKEN)
        # A link that was not found would lead nowhere.
        assert sorted(blanks) == ["address", "date", "number", *["token"] * (in_letter + 1)], blanks

    def made_out(self, address: str, token: str, number: int) -> bytes:
        values = {
            "address": address.encode(),
            "date": format_datetime(datetime.now(UTC)).encode(),
            "number": str(number).encode(),
            "token": token.encode(),
        }
        return b"".join(
            piece.filled(values) if isinstance(piece, Blank) else piece for piece in self.pieces
        )


def pieces(blank: re.Pattern[bytes], text: bytes) -> list[bytes | Blank]:
    """The text cut into what is the same for all and what is to be filled in."""
    found: list[bytes | Blank] = []
    end = 0
    for match in blank.finditer(text):
        name = match.lastgroup or ""
        found += [text[end : match.start()], Blank(name, match[0].find(BREAK))]
        end = match.end()
    return [*found, text[end:]]


class Writer:
    """Writes the messages of one mailing."""

    def __init__(self) -> None:
        self.form_of = lru_cache(MOST_LETTERS)(FormLetter)

    def message(self, letter: Letter, delivery: Delivery, follower: Subscriber) -> Message:
        """The message of an edition to one follower; its bytes come from a form where they can."""
        address, token = canonical(follower.plain_address), follower.token
        language = letters.read_in(follower.language)
        mail = letters.made_out(
            letter,
            address=address,
            token=token,
            language=language,
            edition=delivery.edition_id,
            number=str(delivery.pk),
        )
        if stands_for_itself(address) and len(token) == len(TOKEN):
            digits = len(str(delivery.pk))
            form = self.form_of(letter, language, delivery.edition_id, digits)
            mail.written = form.made_out(address, token, delivery.pk)
        return mail
