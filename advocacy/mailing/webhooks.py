"""What a mail provider reports of its own accord: bounces and complaints.

django-anymail checks the signature of every report; its address is /anymail/….
"""

from typing import Any

from anymail.signals import AnymailTrackingEvent, tracking
from django.utils import timezone

from advocacy.mailing.reports import Wish, own_words, read_report
from advocacy.models import Subscriber


def take_report(sender: object, event: AnymailTrackingEvent, esp_name: str, **kwargs: Any) -> None:
    """Count a refusal, or end the mail to an address whose owner complained.

    A provider posts a report again for hours if we do not answer: it counts for the day on which
    the thing happened.
    """
    meaning = read_report(esp_name, event)
    if meaning is None or not event.recipient:
        return
    follower = Subscriber.objects.with_address().by_address(event.recipient)
    if follower is None:
        return
    if meaning == Wish.LEAVE:
        follower.leave()
        return
    happened = event.timestamp if event.timestamp and event.timestamp.tzinfo else timezone.now()
    day = timezone.localdate(min(happened, timezone.now()))
    code = f"{esp_name}: {own_words(esp_name, event.esp_event)}"
    follower.note_refusal(meaning, code[:40], day)


def connect() -> None:
    tracking.connect(take_report, dispatch_uid="advocacy")
