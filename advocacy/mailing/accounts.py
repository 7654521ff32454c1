"""Mail about what was done to an account of staff, to its person and to the administrators."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db.models import TextChoices
from django.tasks import task
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from advocacy.mailing import letters, sending
from advocacy.mailing.tasks import BACK_OFF, PERMISSIONS, QUEUE, SOON, again
from advocacy.models import CHANGE_PEOPLE
from advocacy.models.addresses import decrypt, encrypt


class AccountChange(TextChoices):
    """What one person of the staff can do to the account of another, or to their own."""

    MADE = "made", _("The account was made.")
    PASSWORD = "password", _("The password was changed.")
    FACTOR = "factor", _("A second factor, or its recovery codes, were removed.")
    NAMES = "names", _("The name or the mail address was changed.")
    ROLES = "roles", _("What the account may do was changed.")
    CLOSED = "closed", _("The account was closed.")
    OPENED = "opened", _("The account was opened again.")
    DELETED = "deleted", _("The account was deleted.")


def tell(
    person: User, changes: Iterable[AccountChange], *, by: User, former_address: str = ""
) -> None:
    """Queue a mail to this person, at the former address as well, and to other administrators."""
    administrators = get_user_model().objects.with_perm(CHANGE_PEOPLE, backend=PERMISSIONS)
    others = administrators.filter(is_staff=True).exclude(pk__in=[by.pk, person.pk])
    addresses = {person.email, former_address, *others.values_list("email", flat=True)}
    happened = timezone.now().isoformat()
    for address in sorted(addresses - {""}):
        told = [change.value for change in changes]
        send.enqueue(person.username, told, by.username, happened, encrypt(address))


@task(queue_name=QUEUE, priority=SOON)
def send(
    name: str, changes: list[str], by: str, happened: str, address: str, attempt: int = 0
) -> None:
    """Tell one of them. The address is encrypted: a queue holds none in clear."""
    with translation.override(settings.LANGUAGE_CODE):
        letter = letters.letter(
            "account",
            name=name,
            changes=[AccountChange(change).label for change in changes],
            by=by,
            happened=timezone.localtime(datetime.fromisoformat(happened)),
        )
        mail = letters.message(letter, decrypt(address), headers={})
    if not sending.send_one(mail) and attempt < len(BACK_OFF):
        again(send, attempt).enqueue(name, changes, by, happened, address, attempt + 1)
