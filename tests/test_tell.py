"""What readers tell us: the form, and what is kept of it."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone, translation

from advocacy.models import (
    LONGEST_WORDS,
    MOST_AN_HOUR,
    ContentVersion,
    NetworkUse,
    Report,
    ReportOutcome,
)
from advocacy.models.networks import form_token
from tests.factories import make_action, make_body, make_report, make_user
from tests.pages import IN_EVERY_PAGE, text_of
from tests.staff import Controls
from tests.test_visitors import ELSEWHERE, SILENT, hidden_fields

pytestmark = pytest.mark.django_db

FORM = reverse("tell")
SAME_ORIGIN = {"sec-fetch-site": "same-origin"}
LINK = "https://www.ilo.org/answer-of-march"
WORDS = "The Governing Body answered\non 4 March, in paragraph 12."
REACH = "signal: olena.77"


def tell(client, *, headers=None, ip="192.0.2.1", **typed):
    sent = {"ask": "", "link": LINK, "words": WORDS, "reach": REACH, "homepage": "", **typed}
    headers = headers or SAME_ORIGIN
    return client.post(reverse("tell"), sent, headers=headers, REMOTE_ADDR=ip)


def typed_in(page):
    """What the form of a page holds."""
    return Controls(page.text.partition("<main")[2].partition("</main>")[0]).sent


def test_a_reader_tells_of_an_answer_and_sees_what_happens_with_it(client):
    ask = make_action(slug="answer-it", body=make_body(abbreviation="ILO"), title="Answer it")
    page = client.get(ask.get_absolute_url())
    link = re.search(r'href="([^"]*)">\s*An answer we missed\? Tell us', page.text)[1]
    page = client.get(link)
    assert typed_in(page)["ask"] == "answer-it"
    assert "ILO: Answer it" in text_of(page)

    answer = client.post(link, typed_in(page) | {"link": LINK, "words": WORDS}, headers=SAME_ORIGIN)

    assert answer.status_code == 303
    shown = client.get(answer["Location"])
    assert "Your report is here" in text_of(shown)
    assert "did not say how you can be reached" in text_of(shown)
    assert "no-store" in shown["Cache-Control"]
    assert shown["X-Robots-Tag"] == "noindex"
    assert LINK not in shown.text
    assert "paragraph 12" not in shown.text
    report = Report.objects.get()
    assert (report.action, report.language) == (ask, "en")
    assert (report.link, report.words, report.reach) == (LINK, WORDS, "")
    assert client.cookies == {}


def test_the_form_works_in_every_language_without_a_script_and_is_kept(client):
    for language in ("en", "uk", "ko"):
        with translation.override(language):
            page = client.get(reverse("tell"))
            assert page.status_code == 200
            main = page.text.partition("<main")[2].partition("</main>")[0]
            assert "<script" not in main
            assert "hx-" not in main
            answer = tell(client, words=language)
            again = client.get(reverse("tell"))
        assert Report.objects.get(language=language).words == language
        assert answer["Location"].startswith(f"/{language}/tell/sent/")
        assert page["ETag"] == again["ETag"]


def test_a_page_of_a_body_leads_to_the_form_from_each_ask(client):
    body = make_body()
    asks = [make_action(body=body) for _ in range(2)]

    page = client.get(body.get_absolute_url())

    for ask in asks:
        assert f'href="{FORM}?ask={ask.slug}"' in page.text


def test_whoever_left_a_way_to_be_reached_is_promised_no_answer(client):
    shown = text_of(client.get(tell(client)["Location"]))

    assert "they do not promise an answer" in shown
    assert "olena" not in shown


def test_nobody_is_told_of_a_report_that_is_not_there(client):
    page = tell(client)["Location"]
    Report.objects.all().delete()

    for address in (page, reverse("tell_sent", args=["1.made-up"])):
        answer = client.get(address)
        assert answer.status_code == 404
        assert "Your report is here" not in answer.text


# What is kept


def test_no_table_holds_what_was_typed_or_where_it_came_from(client, queue):
    tell(client, ip="198.51.100.7")

    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = str(cursor.fetchall())
            for word in ("Governing", "ilo.org", "olena.77", "198.51.100"):
                assert word not in rows, table


def test_a_dump_holds_nothing_readable(client, capsys):
    tell(client)

    call_command("dumpdata", "advocacy")

    dump = capsys.readouterr().out
    assert "advocacy.report" in dump
    assert "Governing" not in dump
    assert "olena" not in dump


def test_no_log_holds_what_was_typed(client, caplog):
    tell(client, words=WORDS * 100)
    tell(client, link="nowhere")
    tell(client)

    assert "Governing" not in caplog.text
    assert "olena" not in caplog.text


def test_a_report_changes_no_public_page(client):
    make_action()
    before = ContentVersion.objects.total()

    tell(client)
    Report.objects.get().close(ReportOutcome.SPAM, by=make_user(is_superuser=True))

    assert ContentVersion.objects.total() == before


def test_a_new_key_reads_reports_and_a_rotation_moves_them(client, settings):
    tell(client)
    old = settings.ADDRESS_KEYS
    settings.ADDRESS_KEYS = ["new", *old]
    tell(client)
    assert Report.objects.get().words == WORDS

    call_command("rotate_address_keys", verbosity=0)

    settings.ADDRESS_KEYS = ["new"]
    report = Report.objects.get()
    assert (report.link, report.words, report.reach) == (LINK, WORDS, REACH)
    tell(client)
    assert [report.words for report in Report.objects.all()] == [WORDS] * 2


def test_a_report_that_no_key_reads_stops_a_rotation(client, settings):
    tell(client)
    before = Report.objects.values_list("said", "digest").get()
    settings.ADDRESS_KEYS = ["another"]

    with pytest.raises(CommandError, match="no key in ADDRESS_KEYS reads it"):
        call_command("rotate_address_keys", verbosity=0)

    assert Report.objects.values_list("said", "digest").get() == before


def test_the_database_knows_no_report_half_closed():
    report, staff = make_report(), make_user()
    for values in (
        {"closed_at": timezone.now()},
        {"outcome": ReportOutcome.USED},
        {"closed_at": timezone.now(), "outcome": ReportOutcome.USED},
        {"closed_at": timezone.now(), "closed_by": staff, "outcome": "burnt"},
        {"said": ""},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Report.objects.filter(pk=report.pk).update(**values)


# Doors


@pytest.mark.parametrize("headers", SILENT)
def test_a_browser_that_says_nothing_is_asked_once_more(client, headers):
    ask = make_action()
    page = tell(client, headers={"x": "", **headers}, ask=ask.slug)
    assert page.status_code == 403
    assert "Nothing has been done yet." in text_of(page)
    assert not Report.objects.exists()

    answer = client.post(FORM, hidden_fields(page), headers=headers, REMOTE_ADDR="192.0.2.1")

    assert answer.status_code == 303
    report = Report.objects.get()
    assert (report.action, report.words, report.reach) == (ask, WORDS, REACH)
    assert client.cookies == {}


@pytest.mark.parametrize("headers", ELSEWHERE)
def test_a_form_of_another_site_tells_nothing(client, headers):
    token = form_token("192.0.2.1", timezone.localdate())

    answer = tell(client, headers=headers, form_token=token)

    assert answer.status_code == 403
    assert not Report.objects.exists()


def test_one_network_tells_so_much_an_hour_and_loses_nothing(client):
    for number in range(MOST_AN_HOUR["reports"]):
        assert tell(client, words=f"Number {number}").status_code == 303

    refused = tell(client, words="One\ntoo many", ip="192.0.2.200")

    assert refused.status_code == 429
    assert "This one was not sent" in text_of(refused)
    assert typed_in(refused)["words"] == "One\r\ntoo many"
    assert "no-store" in refused["Cache-Control"]
    assert Report.objects.count() == MOST_AN_HOUR["reports"]
    assert tell(client, ip="198.51.100.1").status_code == 303
    assert "192.0.2" not in str(list(NetworkUse.objects.values()))


def test_what_a_program_fills_in_is_not_sent_and_says_so(client):
    page = tell(client, homepage="https://spam.example")

    assert page.status_code == 422
    assert "it was not sent" in text_of(page)
    assert not Report.objects.exists()
    again = typed_in(page)
    assert (again["homepage"], again["reach"]) == ("", REACH)
    assert client.post(FORM, again, headers=SAME_ORIGIN).status_code == 303
    assert Report.objects.get().words == WORDS


def test_the_same_sent_again_is_one_report(client):
    first, again = tell(client), tell(client)
    assert first["Location"].split(".")[0] == again["Location"].split(".")[0]
    assert Report.objects.count() == 1
    for typed in ({"words": "Other words"}, {"reach": ""}, {"ask": make_action().slug}):
        tell(client, **typed)
    assert Report.objects.count() == 4

    # Once it is closed, nobody would see it: the same counts anew.
    Report.objects.earliest("told_at").close(ReportOutcome.SPAM, by=make_user(is_superuser=True))
    tell(client)
    assert Report.objects.count() == 5


def test_the_database_itself_keeps_a_report_once():
    report = make_report()
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.create(language="en", said="x", digest=report.digest)


# What is refused


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        (
            {"words": "ї" * (LONGEST_WORDS + 345)},
            "words",
            "This has 2345 characters, and at most 2000 are taken.",
        ),
        ({"link": "ftp://ilo.org/a"}, "link", "Give an address that begins with https://"),
        ({"link": "javascript:alert(1)"}, "link", "Give an address that begins with https://"),
        ({"link": "http://un.org@evil.example/"}, "link", "Leave out what stands before the @"),
        ({"link": f"https://ilo.org/{'a' * 1000}"}, "link", "1000"),
        ({"link": "two words"}, "link", "Give an address that begins with https://"),
        ({"words": "a\x07b"}, "words", "Line 1, character 2"),
        ({"reach": "x" * 255}, "reach", "This has 255 characters"),
        ({"words": " \n ", "link": ""}, "words", "Say it in words, or give the address"),
        ({"ask": "atlantis"}, "ask", "This ask is not in the record"),
        ({"ask": "a\x00"}, "ask", "Null characters are not allowed"),
    ],
)
def test_a_refusal_stands_beside_its_field_and_loses_nothing(client, typed, field, says):
    page = tell(client, **typed)

    assert page.status_code == 422
    assert "<title>Error:" in page.text
    error = re.search(rf'id="tell-{field}_error">(.*?)</p>', page.text, re.S)
    assert says in error[1]
    assert not Report.objects.exists()
    kept = typed_in(page)
    wanted = {"link": LINK, "words": WORDS, "reach": REACH} | typed
    for name in ("link", "words", "reach"):
        assert kept[name].replace("\r\n", "\n").strip() == wanted[name].strip(), name
    assert "no-store" in page["Cache-Control"]
    assert NetworkUse.objects.count() == 0


def test_two_thousand_characters_are_taken_however_lines_are_broken(client):
    words = "\r\n".join(["a" * 99] * 20) + "b"
    assert len(words) > LONGEST_WORDS

    assert tell(client, words=words).status_code == 303
    assert len(Report.objects.get().words) == LONGEST_WORDS


def test_no_field_is_cut_by_the_browser(client):
    for name in ("words", "link", "reach"):
        tag = re.search(rf'<(?:textarea|input)[^>]*name="{name}"[^>]*>', client.get(FORM).text)[0]
        assert "maxlength" not in tag


@pytest.mark.parametrize("typed", [{"link": ""}, {"words": ""}])
def test_words_or_a_link_alone_are_enough(client, typed):
    assert tell(client, reach="", **typed).status_code == 303


def test_an_ask_that_is_unknown_is_not_chosen_for_anybody(client):
    for ask in ("atlantis", "a\x00b", ""):
        page = client.get(FORM, {"ask": ask})
        assert page.status_code == 200
        assert typed_in(page).get("ask", "") == ""


def test_an_ask_is_offered_from_the_day_on_which_it_is_public(client, monkeypatch):
    tomorrow = timezone.localdate() + timedelta(days=1)
    ask = make_action(asked_on=None, listed_on=tomorrow, title="From tomorrow on")
    assert ask.title not in client.get(FORM).text

    monkeypatch.setattr(timezone, "localdate", lambda value=None: tomorrow)

    assert ask.title in client.get(FORM).text


def test_a_verb_refuses_what_the_form_refuses():
    for typed in ({"words": "x" * 2001}, {"link": "ftp://a.example/"}, {"words": "", "link": ""}):
        with pytest.raises(ValidationError):
            Report.objects.tell(action=None, language="en", **typed)
    assert not Report.objects.exists()


# Choosing the ask


def test_few_asks_are_offered_and_the_others_found_by_words(client):
    for number in range(61):
        make_action(title=f"Ask {number:02}")
    far = make_action(title="Release the ledger", reference="ZZ")
    page = client.get(FORM)
    assert page.text.count("<option") == 61
    assert "Only the first 60 are listed." in text_of(page)
    assert far.title not in text_of(page)

    sent = typed_in(page) | {"ask_words": "ledger", "find": "1", "words": WORDS}
    found = client.post(FORM, sent, headers=SAME_ORIGIN)

    assert found.status_code == 200
    assert far.title in text_of(found)
    assert not Report.objects.exists()
    # Enter in a field is no report while other words stand there than were looked for.
    again = client.post(FORM, typed_in(found) | {"ask_words": "led"}, headers=SAME_ORIGIN)
    assert again.status_code == 200
    assert not Report.objects.exists()
    told = client.post(FORM, typed_in(again) | {"ask": far.slug}, headers=SAME_ORIGIN)
    assert told.status_code == 303
    assert Report.objects.get().action == far


@pytest.mark.parametrize("number", [1, 3])
def test_the_form_takes_a_constant_number_of_queries(client, django_assert_num_queries, number):
    for _ in range(number):
        ask = make_action()

    # The ask that is chosen, and those that are offered.
    with django_assert_num_queries(2 + IN_EVERY_PAGE):
        client.get(FORM, {"ask": ask.slug})
