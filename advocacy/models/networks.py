"""How much comes from one network, so that nobody signs up or counts without limit."""

import hmac
from datetime import date, datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address, ip_network
from typing import Self

from django.conf import settings
from django.db import connection, models
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from advocacy.models.addresses import derived
from advocacy.models.text import Line

# Stands for the whole site in the column of networks, all of which are hashes.
SITE = "site"
HOUR = timedelta(hours=1)
# From one network, which a school or a workshop may share.
MOST_AN_HOUR = {"sign-ups": 60, "steps": 300, "reports": 20, "data": 3600}
COUNT = """
INSERT INTO advocacy_networkuse (network, hour, number) VALUES (%(network)s, %(hour)s, 1)
ON CONFLICT (network, hour) DO UPDATE SET number = advocacy_networkuse.number + 1
    WHERE advocacy_networkuse.number < %(most)s
RETURNING *
"""


class NetworkUseQuerySet(models.QuerySet["NetworkUse"]):
    def allows(self, use: str, address: str, now: datetime | None = None) -> bool:
        """Count one more use from the network of this address, unless it is over the limit.

        The network (IPv4 /24, IPv6 /56) is kept as a keyed hash; each day and each use has a key
        of its own.
        """
        now = now or timezone.now()
        key = derived(settings.ADDRESS_KEYS[0], f"answerable {use} {now:%Y-%m-%d}".encode())
        network = hmac.new(key, network_of(address).encode(), sha256).hexdigest()
        return self._count(network, hour_of(now), MOST_AN_HOUR[use]) is not None

    def take_turn(self, now: datetime | None = None) -> datetime | None:
        """Take the next free place among the confirmations that the site sends in an hour.

        Returns the hour in which it is, or None where that is this one.
        """
        this_hour = hour = hour_of(now)
        if self._count(SITE, this_hour, settings.CONFIRMATIONS_AN_HOUR):
            return None
        full = self.of_site(this_hour).filter(number__gte=settings.CONFIRMATIONS_AN_HOUR)
        hours = set(full.values_list("hour", flat=True))
        while hour in hours or not self._count(SITE, hour, settings.CONFIRMATIONS_AN_HOUR):
            hour += HOUR
        return None if hour == this_hour else hour

    def _count(self, network: str, hour: datetime, most: int) -> "NetworkUse | None":
        """Count one more of a network in an hour; None where that is full.

        In one statement, so that of many at once none waits for the program of another.
        """
        values = {
            "network": network,
            "hour": connection.ops.adapt_datetimefield_value(hour),
            "most": most,
        }
        return next((row for row in self.raw(COUNT, values) if row.number <= most), None)

    def puts_off(self, now: datetime | None = None) -> bool:
        """Whether confirmations that were asked for in this hour wait for a later one.

        A later hour alone does not say so: a clock that was set forward and back leaves some.
        """
        first = self.of_site(hour_of(now)).order_by("hour").values_list("hour", "number")[:2]
        if len(found := list(first)) < 2:
            return False
        hour, number = found[0]
        return hour == hour_of(now) and number >= settings.CONFIRMATIONS_AN_HOUR

    def of_site(self, hour: datetime) -> Self:
        """The places that confirmations have taken in this hour and in later ones."""
        return self.filter(network=SITE, hour__gte=hour)

    def outdated(self, now: datetime | None = None) -> Self:
        return self.filter(hour__lt=(now or timezone.now()) - timedelta(days=1))


def hour_of(moment: datetime | None) -> datetime:
    return (moment or timezone.now()).replace(minute=0, second=0, microsecond=0)


def form_token(address: str, day: date) -> str:
    """What a form that was shown once more to this network on this day is known by.

    It takes the place of a cookie: another site can fetch one, but not for its visitors' network.
    """
    key = derived(settings.ADDRESS_KEYS[0], f"answerable form {day}".encode())
    return hmac.new(key, network_of(address).encode(), sha256).hexdigest()


def is_form_token(token: str, address: str) -> bool:
    """Whether a form was shown to this network today or yesterday."""
    today = timezone.localdate()
    days = (today, today - timedelta(days=1))
    return any(constant_time_compare(token, form_token(address, day)) for day in days)


def network_of(address: str) -> str:
    """`192.0.2.0/24` or `2001:db8::/56`; an IPv4 address inside IPv6 counts as IPv4.

    Whatever else a proxy sends counts as one network, `unknown`.
    """
    try:
        ip = ip_address(address)
    except ValueError:
        return "unknown"
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return str(ip_network(f"{ip}/{24 if ip.version == 4 else 56}", strict=False))


class NetworkUse(models.Model):
    """How often a network signed up, did a step, told us or asked for data in an hour.

    For the whole site, it is how many confirmations have a place in that hour. Deleted after a
    day.
    """

    network = Line(max_length=64, editable=False)
    hour = models.DateTimeField(editable=False)
    number = models.PositiveIntegerField(default=0, editable=False)

    objects = NetworkUseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["network", "hour"], name="network_use_is_counted_once")
        ]

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H}: {self.number}"
