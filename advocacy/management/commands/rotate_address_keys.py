"""Moves stored addresses, reports and secrets of second factors to the first of the keys."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import QuerySet
from tqdm import tqdm

from advocacy.models import Report, SignUp, Subscriber
from advocacy.models.addresses import AddressKeyMissing, address_hash, decrypt, encrypt, mailbox
from advocacy.models.lost_keys import SECRETS


class Command(BaseCommand):
    help = (
        "Encrypt the addresses of followers, what readers told and the second factors of staff with"
        " the first key in ADDRESS_KEYS, and look addresses up by it. Put the new key first, run"
        " this, then remove the old key. Links in mails already sent work as long as their key is"
        " in the list."
    )

    def handle(self, *, verbosity, **options):
        rows: list[QuerySet[Subscriber] | QuerySet[SignUp]] = [
            Subscriber.objects.exclude(address=""),
            SignUp.objects.all(),
        ]
        number = sum(queryset.count() for queryset in rows)
        reports = Report.objects.count()
        factors = 0
        row: Any
        try:
            # All or nothing: a row that no key reads leaves everything as it was.
            with (
                transaction.atomic(),
                tqdm(total=number + reports, disable=not verbosity) as progress,
            ):
                for queryset in rows:
                    for row in queryset.select_for_update().iterator(chunk_size=1000):
                        address = row.plain_address
                        row.address, row.address_hash = encrypt(address), address_hash(address)
                        if isinstance(row, SignUp):
                            row.mailbox_hash = address_hash(mailbox(address))
                        row.save()
                        progress.update()
                for row in Report.objects.select_for_update().iterator(chunk_size=1000):
                    row.rotate()
                    progress.update()
                for row in Authenticator.objects.select_for_update():
                    for name in SECRETS & row.data.keys():
                        row.data[name] = encrypt(decrypt(row.data[name]))
                    row.save(update_fields=["data"])
                    factors += bool(SECRETS & row.data.keys())
        except AddressKeyMissing:
            raise CommandError(
                f"Row {row.pk} of {row._meta.verbose_name_plural}: no key in ADDRESS_KEYS reads it."
                " Add the key that wrote it; nothing was changed."
            ) from None
        kept = Subscriber.objects.filter(address="").count()
        self.stdout.write(
            f"{number} addresses now use the first of {len(settings.ADDRESS_KEYS)} keys."
            + (f" So do {reports} reports." if reports else "")
            + (f" So do {factors} second factors." if factors else "")
            + (f" Of {kept} who left, only the old hash is kept, until it expires." if kept else "")
        )
