"""What a `mailto:` address carries, read again by a parser of mail that did not write it."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.templatetags.letters import LONGEST_MAILTO, mailto
from tests.factories import make_action, make_body, make_step

TEXTS = st.text(st.characters(codec="utf-8"), max_size=120)


def parts_of(address):
    """The fields of a `mailto:` address (RFC 6068): `+` stands for itself."""
    pairs = [pair.split("=", 1) for pair in urlsplit(address).query.split("&")]
    return {name: unquote(value, errors="strict") for name, value in pairs}


def lines_of(text):
    return re.sub(r"\r\n|\r", "\n", text)


@given(TEXTS, TEXTS)
def test_whatever_is_written_arrives_as_it_was_written(subject, text):
    address = mailto(text, subject, "office+letters@mission.example")

    start = "mailto:office%2Bletters@mission.example?"
    assert address.startswith(start)
    assert re.fullmatch(r"[A-Za-z0-9%=&_.~!*'()-]*", address.removeprefix(start))
    assert len(address) <= LONGEST_MAILTO
    parts = parts_of(address)
    assert parts["subject"] == re.sub(r"[\t\r\n ]+", " ", subject).strip(" ")
    if "body" not in parts:
        return  # Too long for a link; the page says so and the text is copied.
    assert not re.search(r"\r(?!\n)|(?<!\r)\n", parts["body"])  # Lines end as in mail.
    mail = EmailMessage(policy=policy.SMTP)
    mail.set_content(lines_of(parts["body"]), cte="base64")
    read = message_from_bytes(mail.as_bytes(), policy=policy.default)
    assert lines_of(read.get_content()).removesuffix("\n") == lines_of(text).removesuffix("\n")


@pytest.mark.django_db
def test_the_country_chosen_and_the_page_are_filled_into_the_text(client):
    body = make_body(all_states_sit=True)
    action = make_action(body=body)
    make_step(
        action=action,
        kind="email",
        wording="I write from [your country].\n[link to this page]\n[your name]",
    )

    filled = client.get("/uk/checklist/", {"country": "KR"}).text
    assert (
        "I write from South Korea.\n"
        f"http://testserver/en/actions/{action.slug}/\n[your name]</textarea>" in filled
    )
    assert "I write from [your country]." in client.get("/en/checklist/").text
