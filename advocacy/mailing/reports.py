"""What the report of a mail provider means, by the provider's own word for it.

docs/bounces.md is the table of it, and a test holds the two together. django-anymail calls a full
mailbox and a dead one "bounced" alike, so its word does not do.
"""

import re
from enum import Enum
from functools import reduce
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType

from advocacy.mailing.refusals import NO_SUCH_MAILBOX, REPLIES
from advocacy.models import RefusalKind


class Wish(Enum):
    """What the owner of an address asked the provider for."""

    LEAVE = "leave"


# The fields of what each provider posts that together say what happened.
OWN_WORDS = {
    "Amazon SES": ["bounce.bounceType", "bounce.bounceSubType", "complaint.complaintFeedbackType"],
    "Brevo": ["event"],
    "MailerSend": ["data.type"],
    "Mailgun": ["event-data.event", "event-data.severity", "event-data.reason"],
    "Mailjet": ["event", "error", "hard_bounce"],
    "Mailtrap": ["event"],
    "Mandrill": ["event", "msg.bounce_description"],
    "Postal": ["event", "payload.status"],
    "Postmark": ["RecordType", "Type", "SuppressionReason"],
    "Resend": ["type", "data.bounce.type", "data.bounce.subType"],
    "SendGrid": ["event", "type"],
    "SparkPost": ["type", "bounce_class"],
    "Unisender Go": ["status", "delivery_info.delivery_status"],
}
# In these words a provider says itself that the mailbox, or its domain, does not exist. Where it
# quotes a server that says something else, the server is right.
SAYS_GONE = {
    ("Amazon SES", "permanent / noemail"),
    ("Mailjet", "bounce / user unknown / true"),
    ("Mailjet", "bounce / invalid domain / true"),
    ("Mandrill", "hard_bounce / bad_mailbox"),
    ("Mandrill", "hard_bounce / invalid_domain"),
    ("Resend", "email.bounced / permanent / noemail"),
    ("SparkPost", "bounce / 10"),
    ("SparkPost", "out_of_band / 10"),
    ("Unisender Go", "hard_bounced / err_user_unknown"),
}
# In these it says that a server refused for good; why, only the code says that it quotes.
QUOTES = {
    ("Amazon SES", "permanent / general"),
    ("Brevo", "hard_bounce"),
    ("MailerSend", "hard_bounced"),
    ("Mailgun", "failed / permanent"),
    ("Mailgun", "failed / permanent / bounce"),
    ("Mailgun", "failed / permanent / generic"),
    ("Mailtrap", "bounce"),
    ("Mandrill", "hard_bounce"),
    ("Mandrill", "hard_bounce / general"),
    ("Postal", "messagedeliveryfailed / hardfail"),
    ("Postmark", "bounce / hardbounce"),
    ("SendGrid", "bounce / bounce"),
    ("SparkPost", "bounce / 40"),
    ("SparkPost", "out_of_band / 40"),
}
# Called complaints, but no wish of the owner: a filter's doing, or the very opposite.
NO_COMPLAINT = {
    ("Amazon SES", "auth-failure"),
    ("Amazon SES", "not-spam"),
    ("Amazon SES", "virus"),
    ("Postmark", "bounce / spamnotification"),
}
COUNTED = {
    EventType.AUTORESPONDED,
    EventType.BOUNCED,
    EventType.DEFERRED,
    EventType.FAILED,
    EventType.REJECTED,
}
UNWANTED = {EventType.COMPLAINED, EventType.UNSUBSCRIBED}
# How a provider quotes a server: "smtp; 550 5.1.1 …", "550-5.1.1 …", "5.1.1 …".
QUOTED = re.compile(r"\s*(?:smtp;)?\s*(?:(\d{3})[ -])?([245]\.\d{1,3}\.\d{1,3})(?!\S)", re.I)


def own_words(provider: str, posted: Any) -> str:
    """What a provider itself calls what it reports: "failed / permanent"."""
    if provider == "SparkPost":
        posted = next(iter(posted.get("msys", {}).values()), {})
    words = [
        reduce(lambda part, name: part.get(name) if hasattr(part, "get") else None, names, posted)
        for names in (path.split(".") for path in OWN_WORDS.get(provider, []))
    ]
    return " / ".join(str(word).lower() for word in words if word not in (None, ""))


def read_report(provider: str, event: AnymailTrackingEvent) -> RefusalKind | Wish | None:
    """What is to be done about a report; None where it is of no concern here."""
    words = provider, own_words(provider, event.esp_event)
    if event.event_type in UNWANTED and words not in NO_COMPLAINT:
        return Wish.LEAVE
    if event.event_type not in COUNTED | UNWANTED:
        return None
    quoted = QUOTED.match(event.mta_response or event.description or "")
    if quoted:
        is_gone = quoted[2] in NO_SUCH_MAILBOX and int(quoted[1] or 550) in REPLIES
        return RefusalKind.GONE if is_gone and words in SAYS_GONE | QUOTES else RefusalKind.OTHER
    return RefusalKind.GONE if words in SAYS_GONE else RefusalKind.OTHER
