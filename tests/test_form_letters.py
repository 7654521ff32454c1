"""Messages whose bytes come from a form are byte for byte those that are built whole."""

import re
from email import message_from_bytes
from email.policy import SMTP, default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.mailing import backends, letters, sending
from advocacy.mailing.form_letters import FormLetter, Writer
from advocacy.mailing.writing import TOKEN
from advocacy.models import Delivery, Edition, Subscriber, Tell
from advocacy.models.addresses import canonical
from tests.factories import make_action, make_follower, record

# A boundary is drawn by lot, and a message carries the moment it was written.
CHANCE = re.compile(rb"={15}\d{19}==|(?<=\r\nDate: )[^\r]+")
LANGUAGES = ["en", "uk", "ko"]
PLAIN = ["ana@example.org", "a.b+tag_c-d@mail.example.org", f"{'x' * 64}@pq.org"]
IDN = ["ana@bücher.example", "ana@пошта.укр", f"{'x' * 20}@{'ü' * 20}.메일.example"]
# Too long for a line, with signs that need quotes, or that look like an encoded word.
ODD = [
    "o'hara@example.org",
    '"a b"@example.org',
    "=?utf-8?q?=41?=@example.org",
    f"{'long.' * 10}name@{'mail.' * 9}example.org",
    f"ana@{'bücher-' * 6}x.{'buch-메일' * 5}.example",
]


def same(content):
    return CHANCE.sub(b"*", content)


@pytest.fixture
def edition(db):
    action = make_action(title="Take it up – “now”", reference="NK-77")
    action.body.abbreviation = "МОП"
    action.body.save()
    record(
        action,
        summary=f"Перше речення. {'둘째 문장입니다. ' * 9}\n\n{'A long sentence. ' * 20}",
        tell=Tell.AT_ONCE,
    )
    return Edition.objects.get()


def message_to(edition, address, language="en", *, number=7):
    follower = Subscriber.objects.by_address(address) or make_follower(address)
    follower.language = language
    letter = letters.notice_letter(edition, language)
    delivery = Delivery(pk=number, edition=edition, subscriber=follower)
    return Writer().message(letter, delivery, follower)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", [*PLAIN, *IDN])
def test_the_bytes_of_a_form_are_those_of_the_message_built_whole(edition, language, address):
    for number in (7, 1234567890123):
        mail = message_to(edition, address, language, number=number)

        assert mail.written is not None
        assert same(mail.written) == same(mail.message(policy=SMTP).as_bytes())


def test_an_address_that_a_header_writes_in_its_own_way_has_its_message_built_whole(edition):
    for address in ODD:
        mail = message_to(edition, address)

        assert mail.written is None
        assert mail.to[0] == canonical(address)


@pytest.mark.django_db
@given(st.from_regex(backends.PLAIN, fullmatch=True).filter(backends.stands_for_itself))
def test_a_plain_address_stands_for_itself_in_the_header_and_on_the_line(address):
    mail = letters.message(letters.Letter("s", "t", "h"), "a@example.org", headers={})
    mail.to = [address]

    assert f"\r\nTo: {address}\r\n".encode() in mail.message(policy=SMTP).as_bytes()
    assert backends.SmtpBackend(host="localhost", alias="default").prep_address(address) == address


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_wherever_a_line_breaks_every_link_is_the_followers_own(language):
    """Text before a link moves it along the line, so it is broken at every place in turn."""
    token = "".join(chr(ord("A") + n % 26) for n in range(58)) + ".z"
    for before in range(80):
        text = f"{'ж' * (before % 7)}{'x' * before}{TOKEN}/ {TOKEN}\n"
        form = FormLetter(letters.Letter("ж" * 60, text, f"<p>{text}</p>"), language, 3, 2)
        mail = message_from_bytes(form.made_out("ana@example.org", token, 42), policy=default)

        for kind in ("plain", "html"):
            assert token in mail.get_body((kind,)).get_content()
        assert str(mail).count("here-goes") == 0
        assert token in mail["List-Unsubscribe"]
        assert mail["Message-ID"].startswith("<delivery-42.3@")


def test_followers_read_what_was_written_for_them_alone(edition, sink, queue):
    for number, language in enumerate(LANGUAGES * 4):
        make_follower(f"f{number}@example.org", frequency="at_once", language=language)
    Edition.objects.update(send_at=edition.planned_by.date_joined)

    queue()

    assert len(sink.messages) == 12
    for mail in sink.messages:
        follower = Subscriber.objects.by_address(mail["To"])
        others = Subscriber.objects.exclude(pk=follower.pk)
        delivery = follower.deliveries.get()
        whole = letters.made_out(
            letters.notice_letter(edition, follower.language),
            address=mail["To"],
            token=follower.token,
            language=follower.language,
            edition=edition.pk,
            number=str(delivery.pk),
        )
        (content,) = [raw for address, raw in sink.raw if address == mail["To"]]
        assert same(content) == same(whole.message(policy=SMTP).as_bytes())
        for other in others:
            assert other.token not in content.decode().replace("=\r\n", "")


def test_a_letter_is_written_once_for_all_who_get_the_same(edition, sink, queue, monkeypatch):
    written = []
    of_django = letters.LetterToFollower.message

    def message(self, **policy):
        written.append(self.to)
        return of_django(self, **policy)

    monkeypatch.setattr(letters.LetterToFollower, "message", message)
    for number in range(30):
        make_follower(f"f{number}@example.org", frequency="at_once")
    Edition.objects.update(send_at=edition.planned_by.date_joined)

    queue()

    assert len(sink.addresses) == 30
    assert 1 <= len(written) <= 2  # by how many digits the numbers of the deliveries have
    assert sending.is_ending.is_set() is False
