"""How mail leaves: over SMTP, or into a folder on a local site."""

import re
import smtplib
from collections.abc import Buffer, Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from django.utils import timezone

LINK = re.compile(r"https?://\S+")


class _WatchedSMTP(smtplib.SMTP):
    """Remembers whether the server was being handed a message when the line went dead."""

    is_handing_over = False

    def data(self, msg: Buffer | str) -> tuple[int, bytes]:
        self.is_handing_over = True
        answer = super().data(msg)
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


class FolderBackend(BaseEmailBackend):
    """Writes each mail to a file and prints its links, so that a newcomer can click through."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = settings.VAR_DIR / "mail"
        folder.mkdir(parents=True, exist_ok=True)
        for mail in email_messages:
            path = folder / f"{timezone.now():%Y%m%d-%H%M%S-%f}.eml"
            path.write_bytes(mail.message().as_bytes())
            print(f"\nMail: {mail.subject}\n  written to {path}")
            for link in dict.fromkeys(LINK.findall(str(mail.body))):
                print(f"  {link}", flush=True)
        return len(email_messages)
