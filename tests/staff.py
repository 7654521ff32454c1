"""Staff at their desk: who they are, what they type, and what the page answers."""

import re
from html.parser import HTMLParser
from urllib.parse import urlencode

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from advocacy.models import Draft, ResponseStatus, SearchLog, Source, StatusUpdate
from tests.factories import (
    make_action,
    make_body,
    make_organisation,
    make_user,
    record,
    write_draft,
)
from tests.pages import text_of

LOGIN = reverse("account_login")
DESK = reverse("admin:index")
PASSWORD = "correct horse battery"
LIST = reverse("admin:advocacy_recommendedaction_changelist")
NEW_SOURCE = {
    "source-1-title": "Press briefing of 4 March",
    "source-1-publisher": "ILO",
    "source-1-url": "https://example.org/briefing",
    "source-1-published_on": "2025-03-04",
    "source-1-tier": "1",
    "source-1-is_independent": "False",
    "source-1-accessed_on": "2025-03-05",
}
# A whole response, as somebody types it into the page that records.
MET = {
    "entry-status": ResponseStatus.UNDER_DISCUSSION,
    "entry-happened_on": "2025-03-03",
    "entry-summary": "It met.",
    "entry-asserted_by": "body",
    "entry-verification": "documented",
    **NEW_SOURCE,
}
LOOK = {
    "entry-happened_on": "2025-05-05",
    "entry-places": "UN Web TV\nilo.org",
    "entry-terms": "DPRK",
    "entry-gaps": "Closed sittings.",
}


def sign_in(client, name="olena", password=PASSWORD, **extra):
    return client.post(LOGIN, {"login": name, "password": password}, **extra)


def is_in(client):
    return client.get(DESK).status_code == 200


def with_totp(user):
    """Give somebody an app for codes and recovery codes: the secret of the app."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def code_of(secret, later=0):
    """The code that an app shows now, or the one after it: both are right for a while."""
    counter = list(yield_hotp_counters_from_time())[1 + later]
    return f"{hotp_value(secret, counter):06d}"


def sign_in_with_code(client, name, secret):
    """Sign in with the code that the app shows now; the one after it is left."""
    sign_in(client, name)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert is_in(client)


def is_asked_again(answer):
    return answer.get("Location", "").startswith(reverse("mfa_reauthenticate"))


def say_again(client, answer, code):
    """Give the code that is asked for again, and be led on."""
    page = client.get(answer.url)
    sent = Controls(page.text).sent | {"code": code}
    return client.post(reverse("mfa_reauthenticate"), sent)


def staff_who_may(client, *permissions):
    user = make_user()
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)
    return user


def person(role, **fields):
    """Somebody new of the staff in a role."""
    user = make_user(**fields)
    user.groups.set([Group.objects.get(name=role)])
    return user


def make_ask(**fields):
    """An ask that could be saved in the admin as it is: somebody makes it."""
    return make_action(asked_by=[make_organisation()], **fields)


def add_page(model):
    return reverse(f"admin:advocacy_{model._meta.model_name}_add")


def change_page(row):
    return reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_change", args=[row.pk])


def delete_page(row):
    return reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_delete", args=[row.pk])


def record_page(**named):
    """The page that records: for asks or a body, an entry to correct, or a draft."""
    keys = {
        name: [getattr(row, "pk", row) for row in (rows if isinstance(rows, list) else [rows])]
        for name, rows in named.items()
    }
    return f"{reverse('admin:advocacy_record')}?{urlencode(keys, doseq=True)}"


def correct_page(entry):
    return record_page(corrects=entry)


class Controls(HTMLParser):
    """What a browser would send from the forms of a page: {name: value or values}."""

    def __init__(self, html):
        super().__init__()
        self.sent, self.select, self.textarea, self.in_form = {}, None, None, set()
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        name, kind = given.get("name"), given.get("type")
        if tag == "form":
            self.in_form = set()
        elif tag == "textarea":
            self.textarea, self.sent[name] = name, ""
        elif tag == "select":
            self.select = given
            if "multiple" in given:
                self.sent[name] = []
        elif tag == "option" and self.select and "selected" in given:
            if "multiple" in self.select:
                self.sent[self.select["name"]].append(given["value"])
            else:
                self.sent[self.select["name"]] = given["value"]
        elif tag == "input" and name and "disabled" not in given:
            unchecked = kind in ("checkbox", "radio") and "checked" not in given
            if kind != "submit" and not unchecked:
                self.add(name, given.get("value", "on" if kind == "checkbox" else ""))

    def add(self, name, value):
        """Several controls of one form may have the same name: ticked boxes, for example."""
        if name in self.in_form:
            before = self.sent[name]
            self.sent[name] = [*(before if isinstance(before, list) else [before]), value]
        else:
            self.sent[name] = value
        self.in_form.add(name)

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = None
        elif tag == "textarea":
            # A line break right after the tag is not part of the text; the others are sent so.
            text = self.sent[self.textarea].removeprefix("\r").removeprefix("\n")
            self.sent[self.textarea] = text.replace("\n", "\r\n")
            self.textarea = None

    def handle_data(self, data):
        if self.textarea:
            self.sent[self.textarea] += data


def send(client, page, follow=True, **typed):
    """Open a page, type into it and send it: the answer."""
    sent = Controls(client.get(page).text).sent
    return client.post(page, {"_save": "Save", **sent, **typed}, follow=follow)


def add(client, model, query="", **typed):
    """Type into the page that adds such a row: the row."""
    before = set(model.objects.values_list("pk", flat=True))
    answer = send(client, add_page(model) + query, **typed)
    new = model.objects.exclude(pk__in=before)
    assert new, text_of(answer)
    return new.get()


def record_on_page(client, action, **typed):
    """Type a response into the page that records, and send it."""
    return send(client, record_page(ask=action), **typed)


def look_again(client, *actions, **typed):
    return send(client, record_page(ask=list(actions), look=1), **typed)


def act_on_list(client, name, *actions):
    """Tick asks in their list, and choose what to do with them."""
    chosen = {"action": name, "_selected_action": [action.pk for action in actions]}
    return client.post(LIST, chosen, follow=True)


def errors_beside(response, field):
    """The words that stand beside one field of the block."""
    errors = rf'<ul class="errorlist" id="id_{field}_error">(.*?)</ul>'
    found = re.search(errors, response.text, re.S)
    return re.sub(r"<[^>]+>", " ", found[1]).strip() if found else ""


def nothing_recorded():
    return not any(model.objects.exists() for model in (StatusUpdate, Draft, Source, SearchLog))


# The four ways to the page that records.


def one_ask():
    return record_page(ask=make_ask())


def several_asks():
    body = make_body()
    return record_page(ask=[make_ask(body=body), make_ask(body=body)])


def a_correction():
    return record_page(corrects=record(make_ask()))


def a_draft():
    return record_page(draft=write_draft(make_ask()))
