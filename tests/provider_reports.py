"""What mail providers post about a message, each signed in the way of its own."""

import base64
import hashlib
import hmac
import json
import time
from datetime import UTC, datetime

from anymail.signals import tracking
from anymail.webhooks import (
    amazon_ses,
    brevo,
    mailersend,
    mailgun,
    mailjet,
    mailtrap,
    mandrill,
    postal,
    postmark,
    resend,
    sendgrid,
    sparkpost,
    unisender_go,
)
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.test import RequestFactory

SECRET = "user:password"
BASIC = {"authorization": f"Basic {base64.b64encode(SECRET.encode()).decode()}"}
POSTAL_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
POSTAL_PUBLIC = base64.b64encode(
    POSTAL_KEY.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
).decode()
SETTINGS = {
    "WEBHOOK_SECRET": SECRET,
    "MAILERSEND_SIGNING_SECRET": "signing",
    "MAILGUN_API_KEY": "k",
    "MAILGUN_WEBHOOK_SIGNING_KEY": "signing-key",
    "MAILTRAP_TRACKING_SECRET": "signing",
    "MANDRILL_WEBHOOK_KEY": "signing",
    "MANDRILL_WEBHOOK_URL": "http://testserver/",
    "POSTAL_WEBHOOK_KEY": POSTAL_PUBLIC,
    "UNISENDER_GO_API_KEY": "api-key",
    "UNISENDER_GO_API_URL": "http://unisender.example/",
}
VIEWS = {
    "Brevo": brevo.BrevoTrackingWebhookView,
    "MailerSend": mailersend.MailerSendTrackingWebhookView,
    "Mailgun": mailgun.MailgunTrackingWebhookView,
    "Mailjet": mailjet.MailjetTrackingWebhookView,
    "Mailtrap": mailtrap.MailtrapTrackingWebhookView,
    "Mandrill": mandrill.MandrillCombinedWebhookView,
    "Postal": postal.PostalTrackingWebhookView,
    "Postmark": postmark.PostmarkTrackingWebhookView,
    "Resend": resend.ResendTrackingWebhookView,
    "SendGrid": sendgrid.SendGridTrackingWebhookView,
    "SparkPost": sparkpost.SparkPostTrackingWebhookView,
    "Unisender Go": unisender_go.UnisenderGoTrackingWebhookView,
}
# As the providers write them; the page gives them in small letters.
AS_WRITTEN = {
    "permanent": "Permanent",
    "transient": "Transient",
    "undetermined": "Undetermined",
    "noemail": "NoEmail",
    "hardfail": "HardFail",
    "softfail": "SoftFail",
    "messagedeliveryfailed": "MessageDeliveryFailed",
    "bounce": "Bounce",
    "hardbounce": "HardBounce",
    "softbounce": "SoftBounce",
    "dnserror": "DnsError",
    "autoresponder": "AutoResponder",
    "addresschange": "AddressChange",
    "challengeverification": "ChallengeVerification",
    "dmarcpolicy": "DMARCPolicy",
    "blocked": "Blocked",
    "spamnotification": "SpamNotification",
    "bademailaddress": "BadEmailAddress",
    "manuallydeactivated": "ManuallyDeactivated",
    "unknown": "Unknown",
    "spamcomplaint": "SpamComplaint",
    "subscriptionchange": "SubscriptionChange",
    "manualsuppression": "ManualSuppression",
    "delivery": "Delivery",
    "sent": "Sent",
}
WRITES_LARGE = {"Amazon SES", "Postal", "Postmark"}


def filled(**fields):
    """The fields that have a value."""
    return {name: value for name, value in fields.items() if value not in (None, "")}


def body_of(provider, words, quotes, address, happened):
    """What a provider posts about one address."""
    if provider in WRITES_LARGE:
        words = [AS_WRITTEN.get(word, word) for word in words]
    first, second, third = [*words, None, None][:3]
    moment = happened.timestamp()
    if provider == "Brevo":
        return filled(event=first, email=address, ts_epoch=moment * 1000, reason=quotes)
    if provider == "MailerSend":
        data = {
            "type": first,
            "created_at": happened.isoformat(),
            "email": {"recipient": {"email": address}},
            "morph": filled(object="recipient_bounce", reason=quotes),
        }
        return {"type": f"activity.{first}", "data": data}
    if provider == "Mailgun":
        told = filled(event=first, severity=second, reason=third)
        told |= {"recipient": address, "timestamp": moment, "id": "1"}
        return {"event-data": told | {"delivery-status": filled(message=quotes)}}
    if provider == "Mailjet":
        hard = None if third is None else third == "true"
        told = filled(event=first, error=second, hard_bounce=hard, smtp_reply=quotes)
        return told | {"email": address, "time": moment, "MessageID": 1}
    if provider == "Mailtrap":
        told = filled(event=first, response=quotes)
        return {"events": [told | {"email": address, "timestamp": moment, "message_id": "1"}]}
    if provider == "Mandrill":
        message = filled(email=address, bounce_description=second, diag=quotes)
        return [{"event": first, "ts": moment, "msg": message}]
    if provider == "Postal":
        told = filled(status=second, output=quotes, message={"to": address})
        return {"event": first, "timestamp": moment, "payload": told}
    if provider == "Postmark":
        reason = second if first == "SubscriptionChange" else None
        kind = None if reason else second
        told = filled(RecordType=first, Type=kind, SuppressionReason=reason, Details=quotes)
        return told | {"Email": address, "BouncedAt": happened.isoformat()}
    if provider == "Resend":
        data = {"to": [address], "email_id": "1"}
        if second:
            data["bounce"] = {"type": second, "subType": third, "message": "A bounce message."}
        return {"type": first, "created_at": happened.isoformat(), "data": data}
    if provider == "SendGrid":
        told = filled(event=first, type=second, reason=quotes)
        return [told | {"email": address, "timestamp": moment}]
    if provider == "SparkPost":
        told = filled(type=first, bounce_class=second, raw_reason=quotes)
        told |= {"raw_rcpt_to": address, "timestamp": str(int(moment))}
        return [{"msys": {"message_event": told}}]
    assert provider == "Unisender Go", provider
    told = {
        "event_name": "transactional_email_status",
        "status": first,
        "email": address,
        "event_time": happened.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"),
        "delivery_info": filled(delivery_status=second, destination_response=quotes),
    }
    return told


def signed(provider, body):
    """The request of a provider, with its signature."""
    headers = dict(BASIC)
    text = json.dumps(body)
    if provider == "Mailgun":
        stamp, token = str(int(time.time())), "t" * 50
        signature = hmac.new(b"signing-key", f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
        body["signature"] = {"timestamp": stamp, "token": token, "signature": signature}
        text = json.dumps(body)
    elif provider in ("MailerSend", "Mailtrap"):
        name = {"MailerSend": "signature", "Mailtrap": "mailtrap-signature"}[provider]
        headers[name] = hmac.new(b"signing", text.encode(), hashlib.sha256).hexdigest()
    elif provider == "Mandrill":
        plain = "http://testserver/mandrill_events" + text
        digest = hmac.new(b"signing", plain.encode(), hashlib.sha1).digest()
        headers["x-mandrill-signature"] = base64.b64encode(digest).decode("ascii")
        return RequestFactory().post("/", {"mandrill_events": text}, headers=headers)
    elif provider == "Postal":
        signature = POSTAL_KEY.sign(text.encode(), padding.PKCS1v15(), hashes.SHA1())
        headers["x-postal-signature"] = base64.b64encode(signature).decode()
    elif provider == "Unisender Go":
        text = json.dumps({"auth": "api-key", **body}, separators=(",", ":"))
        hexadecimal = hashlib.md5(text.encode()).hexdigest()
        text = text.replace('"auth":"api-key"', f'"auth":"{hexadecimal}"', 1)
    return RequestFactory().post("/", text, content_type="application/json", headers=headers)


def post(provider, words, quotes="", address="ana@example.org", happened=None):
    """Let a provider report; the words are those of docs/bounces.md."""
    happened = happened or datetime.now(UTC)
    if provider == "Amazon SES":
        return post_amazon(words, quotes, address, happened)
    response = VIEWS[provider].as_view()(
        signed(provider, body_of(provider, words, quotes, address, happened))
    )
    assert response.status_code == 200


def post_amazon(words, quotes, address, happened):
    """As the others, from behind the signature: checking that needs a package of Amazon's."""
    view = object.__new__(amazon_ses.AmazonSESTrackingWebhookView)
    kind, sub_kind = [*(AS_WRITTEN.get(word, word) for word in words), None][:2]
    mail = {"destination": [address], "messageId": "1"}
    if sub_kind:
        recipient = filled(emailAddress=address, diagnosticCode=quotes)
        bounce = {"bounceType": kind, "bounceSubType": sub_kind, "bouncedRecipients": [recipient]}
        told = {"notificationType": "Bounce", "bounce": bounce, "mail": mail}
    else:
        complaint = {
            "complaintFeedbackType": kind,
            "complainedRecipients": [{"emailAddress": address}],
        }
        told = {"notificationType": "Complaint", "complaint": complaint, "mail": mail}
    for event in view.esp_to_anymail_events(told, {"Timestamp": happened.isoformat()}):
        tracking.send(sender=type(view), event=event, esp_name=view.esp_name)
