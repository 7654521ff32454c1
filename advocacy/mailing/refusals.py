"""What the reply of a mail server means: is the mailbox gone, or is it about us?

docs/bounces.md is the table of it, and a test holds the two together. What is not named here never
ends a follower: it is counted.
"""

import re
import smtplib
from typing import NamedTuple

from advocacy.models import DeliveryState, RefusalKind

# Enhanced status codes (RFC 3463, RFC 7505) by which a mailbox, or the domain it is in, does not
# exist. None else: a full or locked mailbox (5.2.x) and whatever is about us (5.7.x) may pass.
NO_SUCH_MAILBOX = {"5.1.1", "5.1.2", "5.1.6", "5.1.10"}
# The replies with which such a code may come (RFC 5321; 556 is RFC 7504's for domains).
REPLIES = {550, 551, 553, 556}
# A reply begins with it (RFC 2034); further on it may be part of an address.
ENHANCED = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})(?!\S)")


class Answer(NamedTuple):
    """How a delivery stands once it was handed over; a refusal also says of which kind it is."""

    state: DeliveryState
    problem: str = ""
    kind: RefusalKind | None = None


def read_reply(where: str, code: int, text: bytes | str) -> Answer:
    """What the reply of a mail server to one message means. `where` is the command it answers."""
    words = text.decode(errors="replace") if isinstance(text, bytes) else text
    enhanced = match[1] if (match := ENHANCED.match(words)) else ""
    problem = f"{where} {code} {enhanced}".strip()
    if code < 500:
        return Answer(DeliveryState.WAITING, problem)
    is_gone = code in REPLIES and enhanced in NO_SUCH_MAILBOX
    kind = RefusalKind.GONE if is_gone else RefusalKind.OTHER
    return Answer(DeliveryState.FAILED, problem, kind)


def read_door(error: smtplib.SMTPException | OSError) -> tuple[str, bool]:
    """Why a mail server took no message at all: (in a few words, whether it says "for good")."""
    if not isinstance(error, smtplib.SMTPResponseException):
        return type(error).__name__, False
    doors: dict[type[smtplib.SMTPResponseException], str] = {
        smtplib.SMTPConnectError: "greeting",
        smtplib.SMTPHeloError: "EHLO",
        smtplib.SMTPAuthenticationError: "AUTH",
        smtplib.SMTPSenderRefused: "MAIL",
    }
    answer = read_reply(doors.get(type(error), "SMTP"), error.smtp_code, error.smtp_error)
    return answer.problem, answer.state == DeliveryState.FAILED
