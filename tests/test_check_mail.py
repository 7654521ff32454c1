"""`manage.py check_mail`: one mail, what the domain publishes, what to look at."""

import dns.resolver
import pytest
from django.core.management import CommandError, call_command

from advocacy.mailing import dns_records

pytestmark = pytest.mark.django_db

GOOD = {
    "answerable.example": ["v=spf1 include:mail.example -all", "another=1"],
    "one._domainkey.answerable.example": ["v=DKIM1; k=rsa; p=MIGf"],
    "_dmarc.answerable.example": ["v=DMARC1; p=reject"],
}


@pytest.fixture
def published(monkeypatch, settings):
    """{name: its TXT records}, to be changed by a test."""
    settings.DEFAULT_FROM_EMAIL = "Ours <us@answerable.example>"
    records = dict(GOOD)
    monkeypatch.setattr(dns_records, "texts", lambda name: records.get(name, []))
    return records


def found(domain="answerable.example", selector="one"):
    return {look.name: look.is_ok for look in dns_records.look(domain, selector)}


def test_one_mail_is_sent_and_what_to_look_at_is_said(sink, settings, published, capsys):
    settings.MAIL_URL = "smtp+plain://user:opensesame@mail.example"

    call_command("check_mail", "ana@example.org", selector="one")

    assert sink.addresses == ["ana@example.org"]
    said = capsys.readouterr().out
    assert "Mail leaves through mail.example (smtp+plain), from Ours <us@answerable" in said
    assert "opensesame" not in said
    assert "It was taken." in said
    assert [line.split()[:2] for line in said.splitlines()[2:5]] == [
        ["SPF", "ok"],
        ["DKIM", "ok"],
        ["DMARC", "ok"],
    ]
    assert "Authentication-Results must say spf=pass, dkim=pass and dmarc=pass." in said


def test_a_refusal_is_said_and_fails(sink, published, capsys):
    sink.refuse["ana@example.org"] = "550 5.1.1 no such mailbox"
    with pytest.raises(SystemExit):
        call_command("check_mail", "ana@example.org")
    assert "It was not taken: RCPT 550" in capsys.readouterr().err

    sink.stop()
    with pytest.raises(SystemExit):
        call_command("check_mail", "ana@example.org")
    said = capsys.readouterr()
    assert "It was not sent: " in said.err
    assert "It was taken" not in said.out

    with pytest.raises(CommandError, match="“nobody” is no address that mail can go to"):
        call_command("check_mail", "nobody")


@pytest.mark.parametrize(
    ("name", "texts", "wrong"),
    [
        ("answerable.example", [], "SPF"),
        ("answerable.example", ["v=spf1 -all", "v=spf1 mx -all"], "SPF"),
        ("answerable.example", ["v=spf1 +all"], "SPF"),
        ("answerable.example", ["v=spf10 -all"], "SPF"),
        ("one._domainkey.answerable.example", [], "DKIM"),
        ("one._domainkey.answerable.example", ["v=DKIM1; p="], "DKIM"),
        ("_dmarc.answerable.example", [], "DMARC"),
        ("_dmarc.answerable.example", ["v=DMARC1; p=none"] * 2, "DMARC"),
    ],
)
def test_what_is_missing_or_wrong_is_told_from_what_is_there(published, name, texts, wrong):
    assert found() == {"SPF": True, "DKIM": True, "DMARC": True}

    published[name] = texts

    assert [name for name, is_ok in found().items() if is_ok is False] == [wrong]


def test_a_subdomain_has_the_policy_of_its_domain(published):
    published["mail.answerable.example"] = ["v=spf1 mx -all"]

    assert found("mail.answerable.example", "") == {"SPF": True, "DKIM": None, "DMARC": True}


def test_without_a_name_server_nothing_is_called_missing(monkeypatch):
    def nobody_answers(*arguments, **options):
        raise dns.resolver.LifetimeTimeout(timeout=5, errors=[])

    monkeypatch.setattr(dns.resolver, "resolve", nobody_answers)

    looks = list(dns_records.look("answerable.example", "one"))

    assert [look.is_ok for look in looks] == [None, None, None]
    assert {look.what for look in looks} == {
        "could not be checked: no name server answers from here."
    }


def test_a_name_that_is_not_there_has_no_record(monkeypatch):
    def unknown(*arguments, **options):
        raise dns.resolver.NXDOMAIN

    monkeypatch.setattr(dns.resolver, "resolve", unknown)

    assert dns_records.texts("nowhere.example") == []
