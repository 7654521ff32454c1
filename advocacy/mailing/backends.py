"""How mail leaves: over SMTP, or into a folder on a local site."""

import email.policy
import re
import smtplib
from collections.abc import Buffer, Sequence
from functools import cached_property

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from django.utils import timezone

# A longer line is folded.
MOST_OF_A_LINE = email.policy.SMTP.max_line_length or 78
PLAIN = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
LINK = re.compile(r"https?://\S+")


class _WatchedSMTP(smtplib.SMTP):
    """Remembers whether the server was being handed a message when the line went dead."""

    is_handing_over = False

    def data(self, msg: Buffer | str) -> tuple[int, bytes]:
        self.is_handing_over = True
        try:
            answer = super().data(msg)
        except smtplib.SMTPDataError:
            # It answered, and asked for no message: the line is alive.
            self.is_handing_over = False
            raise
        self.is_handing_over = False
        return answer


class _WatchedSMTPS(_WatchedSMTP, smtplib.SMTP_SSL):
    pass


class SmtpBackend(EmailBackend):
    """Django's own, which can also say at which point a connection broke."""

    @property
    def connection_class(self) -> type[_WatchedSMTP]:
        return _WatchedSMTPS if self.use_ssl else _WatchedSMTP

    @property
    def is_handing_over(self) -> bool:
        return isinstance(self.connection, _WatchedSMTP) and self.connection.is_handing_over

    def _send(self, email_message: EmailMessage) -> bool:
        written = getattr(email_message, "written", None)
        if written is None:
            return bool(super()._send(email_message))  # type: ignore[misc]
        # Such are letters to followers, whose addresses stand for themselves.
        assert self.connection
        self.connection.sendmail(self.sender, email_message.to, written)
        return True

    @cached_property
    def sender(self) -> str:
        return str(self.prep_address(settings.DEFAULT_FROM_EMAIL))


def stands_for_itself(address: str) -> bool:
    """Whether a header and the talk with a mail server hold an address just as it is.

    All others are quoted, or folded as their line grows too long.
    """
    line = f"To: {address}"
    return len(line) <= MOST_OF_A_LINE and bool(PLAIN.fullmatch(address))


def takes(address: str) -> bool:
    """Whether mail would go to this very address, asked of what writes and sends it."""
    if stands_for_itself(address):
        return True
    header = str(EmailMessage(to=[address]).message()["To"])
    try:
        return (
            SmtpBackend(host="localhost", alias="default").prep_address(address)
            == header
            == address
        )
    except ValueError:
        return False


class FolderBackend(BaseEmailBackend):
    """Writes each mail to a file and prints its links, so that a newcomer can click through."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = settings.VAR_DIR / "mail"
        folder.mkdir(parents=True, exist_ok=True)
        for mail in email_messages:
            path = folder / f"{timezone.now():%Y%m%d-%H%M%S-%f}.eml"
            draft = path.with_suffix(".part")
            try:
                draft.write_bytes(mail.message().as_bytes())
            except OSError:
                # A full disk took a part of it; the mail is tried again later, under another name.
                draft.unlink(missing_ok=True)
                raise
            draft.rename(path)
            print(f"\nMail: {mail.subject}\n  written to {path}")
            for link in dict.fromkeys(LINK.findall(str(mail.body))):
                print(f"  {link}", flush=True)
        return len(email_messages)
