"""What a message to a follower says, and in which language."""

from datetime import date

import pytest

from tests.factories import (
    make_follower,
    make_site,
    make_source,
    make_step,
    record_look,
    translate_rest,
)
from tests.test_mailings import make_followed, make_notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def action():
    return make_followed()


def test_a_notice_says_what_changed_on_which_evidence_and_what_to_do(action, sink, queue):
    record_look(action)
    make_step(action=action, title="Write to your delegate", minutes=5)
    make_follower(frequency="at_once")
    source = make_source(title="Minutes of the session", url="https://ilo.example/minutes")
    make_notice(
        action,
        happened_on=date(2025, 3, 3),
        summary="The committee debated it.",
        sources=[source],
        transition_reason="It was put on the agenda.",
    )

    queue()

    (message,) = sink.messages
    for part in ("plain", "html"):
        text = " ".join(message.get_body((part,)).get_content().split())
        assert (
            "Labour Organization, “Take it up”: now “Under discussion” (3 March 2025), before"
            " that “No public response found”." in text
        ), part
        for words in [
            "The committee debated it.",
            "Minutes of the session",
            "https://ilo.example/minutes",
            "Write to your delegate",
            f"http://127.0.0.1:8000{action.get_absolute_url()}#what-you-can-do",
        ]:
            assert words in text, (part, words)
    assert message["Subject"] == "ILO: Under discussion – Take it up"


def test_a_notice_offers_a_step_that_is_open_and_never_one_for_families(action, sink, queue):
    make_step(action=action, title="Relatives, safety first", audience="family", minutes=1)
    make_step(action=action, title="Thank them", when_status="delivered", minutes=2)
    make_step(action=action, title="Write to your delegate", minutes=10)
    make_follower(frequency="at_once")
    make_notice(action)

    queue()

    text = sink.messages[0].get_body(("plain",)).get_content()
    assert "Write to your delegate" in text
    assert "safety first" not in text
    assert "Thank them" not in text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["What you can do now", "Leave with one click"]),
        ("uk", ["Що ви можете зробити зараз", "Обговорюється"]),
        ("ko", ["지금 할 수 있는 일", "논의 중"]),
    ],
)
def test_a_follower_is_written_to_in_their_language(action, sink, queue, language, words):
    make_step(action=action)
    make_follower(frequency="at_once", language=language)
    make_notice(action)
    if language != "en":
        translate_rest(language)

    queue()

    text = sink.messages[0].get_body(("plain",)).get_content()
    assert f"http://127.0.0.1:8000/{language}/follow/" in text
    for word in words:
        assert word in text


def test_where_the_record_has_a_language_no_longer_mail_comes_in_its_first(
    action, sink, queue, settings
):
    follower = make_follower(frequency="at_once", language="uk")
    make_notice(action)
    settings.LANGUAGES = [("en", "English")]

    queue()

    (message,) = sink.messages
    text = message.get_body(("plain",)).get_content()
    assert f"http://127.0.0.1:8000/en/follow/{follower.token}/" in text
    assert "/uk/" not in text
    assert "/en/follow/" in message["List-Unsubscribe"]


def test_the_headers_are_those_of_a_list_that_can_be_left(action, sink, queue):
    make_site()
    follower = make_follower(frequency="at_once")
    make_notice(action)

    queue()

    (message,) = sink.messages
    (content,) = [content for _address, content in sink.raw]
    leave = f"http://127.0.0.1:8000/en/follow/{follower.token}/leave/"
    assert f"\r\nList-Unsubscribe: <{leave}>\r\n".encode() in content
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Id"] == "Answerable <updates.127.0.0.1>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Precedence"] == "bulk"
    assert message["Message-ID"].startswith("<delivery-")
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_nothing_visitors_typed_stands_in_a_confirmation(client, sink):
    from tests.test_follow import sign_up

    sign_up(client, "Free.Money.example@example.org")

    (message,) = sink.messages
    del message["To"]
    assert "free.money" not in message.as_string().casefold()
