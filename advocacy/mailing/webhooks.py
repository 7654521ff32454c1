"""What a mail provider reports of its own accord: bounces and complaints.

django-anymail checks the signature of every report; its address is /anymail/….
"""

from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, tracking

from advocacy.models import Subscriber

FOR_GOOD = {EventType.BOUNCED, EventType.REJECTED}
UNWANTED = {EventType.COMPLAINED, EventType.UNSUBSCRIBED}


def take_report(sender: object, event: AnymailTrackingEvent, **kwargs: Any) -> None:
    """End the mail to an address that bounced, or whose owner complained."""
    if event.event_type not in FOR_GOOD | UNWANTED or not event.recipient:
        return
    follower = Subscriber.objects.confirmed().by_address(event.recipient)
    if follower and event.event_type in FOR_GOOD:
        follower.bounce()
    elif follower:
        follower.leave()


def connect() -> None:
    tracking.connect(take_report, dispatch_uid="advocacy")
