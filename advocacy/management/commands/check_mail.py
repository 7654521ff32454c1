"""Sends one mail, and says what to look at when it has arrived."""

from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import mailers
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.utils.html import format_html

from advocacy.mailing import dns_records, letters, sending
from advocacy.models import DeliveryState, Site
from advocacy.models.addresses import canonical

MARKS = {True: "ok", False: "MISSING", None: "-"}
WHAT_TO_LOOK_AT = """
Look at the mail that arrives (with Gmail, Outlook or another large provider, as they are strict):
- Is it in the inbox? In the spam folder, one of the next points is why.
- Show its source. Authentication-Results must say spf=pass, dkim=pass and dmarc=pass.
- Its From must be the address below, and its links must begin with {url}.
Nothing arrives within ten minutes: ask the log of the mail server or of the provider.
"""


class Command(BaseCommand):
    help = (
        "Send one mail to an address, past the queue, and say how the server answered. Look up what"
        " the domain of MAIL_FROM publishes (SPF, DKIM, DMARC), and say what to look at in the"
        " mail."
    )

    def add_arguments(self, parser):
        parser.add_argument("address", metavar="ADDRESS", help="a mailbox that you can read")
        parser.add_argument(
            "--selector", default="", help="the selector of DKIM, to look its key up as well"
        )

    def handle(self, *, address, selector, **options):
        try:
            validate_email(canonical(address))
        except ValidationError:
            raise CommandError(f"“{address}” is no address that mail can go to.") from None
        self.stdout.write(f"Mail leaves {how_it_leaves()}, from {settings.DEFAULT_FROM_EMAIL}.")
        is_taken = self.send(address)
        _name, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
        domain = sender.rpartition("@")[2]
        for found in dns_records.look(domain, selector):
            self.stdout.write(f"{found.name:6}{MARKS[found.is_ok]:8}{found.what}")
        if not is_taken:
            raise SystemExit(1)
        self.stdout.write(WHAT_TO_LOOK_AT.format(url=settings.SITE_URL))

    def send(self, address):
        name = Site.current().name
        words = f"This is a test of the mail of {name}. It reached you: nothing is to be done."
        html = format_html("<p>{}</p><p>{}</p>", words, settings.SITE_URL)
        letter = letters.Letter(
            f"{name}: a test of mail", f"{words}\n\n{settings.SITE_URL}\n", html, "en"
        )
        mail = letters.message(letter, address, headers={})
        try:
            with mailers.default as mail_server:
                answer = sending.hand_over(mail_server, mail)
        except (sending.Later, OSError) as problem:
            self.stderr.write(f"It was not sent: {problem}.")
            return False
        if answer.state != DeliveryState.SENT:
            self.stderr.write(f"It was not taken: {answer.problem or answer.state}.")
            return False
        self.stdout.write("It was taken.")
        return True


def how_it_leaves():
    """Where to, without the name and the password in the setting."""
    if settings.MAIL_URL.startswith("folder:"):
        return f"to no one: it is written to {settings.VAR_DIR / 'mail'}"
    parts = urlsplit(settings.MAIL_URL)
    if parts.scheme == "provider":
        return f"through {parts.path}"
    return f"through {parts.hostname} ({parts.scheme})"
