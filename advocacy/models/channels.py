"""What starts the clocks of an ask, in the words that follow a number of days."""

from datetime import date
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from advocacy.models.dates import written_day
from advocacy.models.enums import Channel


class Start(NamedTuple):
    """A way in which an ask was put to its body, as a clock that starts there names it."""

    since: Promise
    since_day: Promise
    after: Promise


STARTS: dict[str, Start] = {
    Channel.PUBLIC: Start(
        _("since the public call"),
        _("since the public call of %(day)s"),
        _("after the public call"),
    ),
    Channel.LETTER: Start(
        _("since the letter"),
        _("since the letter of %(day)s"),
        _("after the letter"),
    ),
    Channel.PROCEDURE: Start(
        _("since the official submission"),
        _("since the official submission of %(day)s"),
        _("after the official submission"),
    ),
    Channel.ORAL: Start(
        _("since the oral statement"),
        _("since the oral statement of %(day)s"),
        _("after the oral statement"),
    ),
    Channel.MEETING: Start(
        _("since the meeting"),
        _("since the meeting of %(day)s"),
        _("after the meeting"),
    ),
    Channel.PETITION: Start(
        _("since the petition"),
        _("since the petition of %(day)s"),
        _("after the petition"),
    ),
}


def since(channel: str, day: date | None = None) -> str:
    """Since the public call; with a day: since the public call of 16 December 2024."""
    if day is None:
        return str(STARTS[channel].since)
    return str(STARTS[channel].since_day) % {"day": written_day(day)}


def after(channel: str) -> str:
    """After the public call."""
    return str(STARTS[channel].after)
