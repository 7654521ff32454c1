"""How much comes from one network, so that nobody signs up or counts without end."""

import hmac
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address, ip_network
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from advocacy.models.addresses import derived

# From one network; a school or a workshop shares one.
MOST_AN_HOUR = {"sign-ups": 60, "steps": 300}


class NetworkUseQuerySet(models.QuerySet["NetworkUse"]):
    def allows(self, use: str, address: str, now: datetime | None = None) -> bool:
        """Count one more use from the network of an address, and say if that is not too many.

        The network (IPv4 /24, IPv6 /56) is kept as a keyed hash; its key changes every day and
        is another one for each use.
        """
        now = now or timezone.now()
        key = derived(settings.ADDRESS_KEYS[0], f"answerable {use} {now:%Y-%m-%d}".encode())
        network = hmac.new(key, network_of(address).encode(), sha256).hexdigest()
        hour = now.replace(minute=0, second=0, microsecond=0)
        row, _created = self.get_or_create(network=network, hour=hour)
        self.filter(pk=row.pk).update(number=models.F("number") + 1)
        return self.values_list("number", flat=True).get(pk=row.pk) <= MOST_AN_HOUR[use]

    def outdated(self, now: datetime | None = None) -> Self:
        return self.filter(hour__lt=(now or timezone.now()) - timedelta(days=1))


def network_of(address: str) -> str:
    """`192.0.2.0/24` or `2001:db8::/56`; an IPv4 address inside IPv6 counts as IPv4.

    What is no address, as a proxy may send it, counts as one network.
    """
    try:
        ip = ip_address(address)
    except ValueError:
        return "unknown"
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return str(ip_network(f"{ip}/{24 if ip.version == 4 else 56}", strict=False))


class NetworkUse(models.Model):
    """How many sign-ups, or steps done, came from one network in one hour. Deleted after a day."""

    network = models.CharField(max_length=64, editable=False)
    hour = models.DateTimeField(editable=False)
    number = models.PositiveIntegerField(default=0, editable=False)

    objects = NetworkUseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["network", "hour"], name="network_use_is_counted_once")
        ]

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H}: {self.number}"
