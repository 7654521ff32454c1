"""One control for a step that somebody did; then what it was, what fits next, and passing it on."""

import re
from datetime import date
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from advocacy.models import Audience, ResponseStatus, StepDone, StepTally
from advocacy.models.dates import written_day
from tests.factories import (
    make_action,
    make_body,
    make_issue,
    make_proposal,
    make_seat,
    make_site,
    make_step,
    record,
    record_look,
    translate,
)
from tests.pages import IN_EVERY_PAGE, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.own_sql("models/tallies.py")]

S = ResponseStatus
SAME = {"sec-fetch-site": "same-origin"}
COUNT_ME = "I did this: count me too (no name, no cookie)"


def address_of(step):
    return reverse("step_done", args=[step.slug])


def next_of(page):
    """The slugs of the steps that are said to fit next, the nearest first."""
    return re.findall(r'data-next="([-\w]+)"', page.text)


# The control


def controls(page):
    """How many boxes there are, and how many of what stands for them without a script."""
    return (
        len(re.findall(r"<input[^>]*data-tick=", page.text)),
        len(re.findall(r"<noscript>\s*<p class=\"done\">", page.text)),
        len(re.findall(r"<form[^>]*data-done hidden", page.text)),
    )


def test_every_page_with_steps_has_one_control_for_each(client):
    ask = make_action()
    steps = [make_step(action=ask, title=title) for title in ("Write", "Read")]
    sheet = reverse("checklist_sheet") + "?" + "&".join(f"step={step.slug}" for step in steps)

    for address, number in [
        (ask.get_absolute_url(), 2),
        (reverse("my_checklist"), 2),
        (sheet, 2),
        # The first step of each of three asks.
        (ask.issue.get_absolute_url(), 1),
    ]:
        page = client.get(address)
        assert controls(page) == (number, number, number), address
        assert text_of(page).count(COUNT_ME) == number, address


def test_where_writing_is_dangerous_nobody_is_asked_to_say_that_they_did(client):
    make_site(no_letters_in="RU")
    body = make_body()
    make_seat(body=body, country="RU")
    ask = make_action(body=body)
    make_step(action=ask)
    reading = make_step(action=ask, kind="read", title="Read on")

    page = client.get(ask.get_absolute_url(), {"country": "RU"})

    assert "Read on" in text_of(page)
    assert 'id="done-' not in page.text
    assert COUNT_ME not in text_of(client.get(address_of(reading), {"country": "RU"}))
    assert "t.me/share" not in page.text


def test_a_step_done_leads_from_its_page_with_the_reader_told_there(client):
    ask = make_action()
    step = make_step(action=ask)

    page = client.get(ask.get_absolute_url(), {"audience": "anyone", "minutes": "5"})

    (form,) = re.findall(r'<form class="done"[^>]*action="([^"]*)"', page.text)
    assert unescape(form) == f"{address_of(step)}?audience=anyone&minutes=5"


# Being counted


def test_without_a_script_a_press_leads_to_what_it_was_and_what_fits_next(client):
    ask = make_action(title="Answer the letter")
    record(ask, S.COMMITTED)
    step, other = (make_step(action=ask, title=title) for title in ("Write", "Thank them"))

    answer = client.post(f"{address_of(step)}?minutes=15", headers=SAME, follow=True)

    assert answer.redirect_chain == [(f"{address_of(step)}?minutes=15&counted=on", 303)]
    assert StepDone.objects.get().step == step
    shown = text_of(answer)
    for words in (
        "What you did: Write",
        "Such presses are added up every few minutes",
        "Answer the letter",
        "Promised",
        "What fits next",
        "Thank them",
        "Pass it on",
    ):
        assert words in shown, words
    assert "count me" not in shown.lower()
    assert f'href="{ask.get_absolute_url()}?minutes=15#step-{other.slug}"' in answer.text
    assert not client.cookies


def test_in_place_the_same_answer_takes_the_place_of_the_form(client):
    step = make_step()

    answer = client.post(address_of(step), headers=SAME | {"hx-request": "true"})

    assert answer.status_code == 200
    assert answer.text.strip().startswith(f'<section class="after-done" id="done-{step.slug}"')
    assert StepDone.objects.count() == 1


def test_looking_at_the_page_counts_nothing_and_offers_to_be_counted(client):
    step = make_step()

    page = client.get(address_of(step))

    assert "Count me too (no name, no cookie)" in text_of(page)
    assert "presses are added up" not in text_of(page)
    assert page["X-Robots-Tag"] == "noindex"
    assert not StepDone.objects.exists()
    assert client.get(reverse("step_done", args=["atlantis"])).status_code == 404


def test_steps_done_by_one_letter_are_counted_together_and_no_other_is(client):
    body = make_body()
    first, same = (make_step(action=make_action(body=body), title="Write") for _ in range(2))
    make_step(action=make_action(body=body), title="Another")
    other = make_step(title="Write")
    page = client.get(reverse("my_checklist"))
    assert f"?step={same.slug}" in page.text

    client.post(f"{address_of(first)}?step={same.slug},{other.slug},x", headers=SAME)

    assert set(StepDone.objects.values_list("step", flat=True)) == {first.pk, same.pk}


def test_where_nobody_counts_the_page_is_there_all_the_same(client, settings):
    settings.TALLY = False
    step = make_step()

    page = client.get(reverse("my_checklist"))

    assert "count me" not in text_of(page).lower()
    assert re.search(rf'<noscript>\s*<p class="done">\s*<a href="{address_of(step)}">', page.text)
    assert "Count me" not in text_of(client.get(address_of(step)))
    assert client.post(address_of(step), headers=SAME).status_code == 404


def test_how_many_did_it_stands_beside_the_step_from_ten_on(client):
    step = make_step()
    tally = StepTally.objects.create(step=step, number=9)
    assert "people did this" not in text_of(client.get(step.action.get_absolute_url()))

    tally.number = 10
    tally.save()

    assert "10 people did this." in text_of(client.get(step.action.get_absolute_url()))


# What fits next


def test_the_nearest_step_comes_first(client):
    issue, body = make_issue(), make_body()
    ask = make_action(issue=issue, body=body)
    far = make_step(title="Far", minutes=1)
    of_body = make_step(action=make_action(body=body), title="Body", minutes=2)
    of_issue = make_step(action=make_action(issue=issue), title="Issue", minutes=3)
    of_ask = make_step(action=ask, title="Ask", minutes=4)
    done = make_step(action=ask, title="Done")

    page = client.get(address_of(done))

    assert next_of(page) == [of_ask.slug, of_issue.slug, of_body.slug]
    of_ask.delete()
    of_issue.delete()
    of_body.delete()
    assert next_of(client.get(address_of(done))) == [far.slug]


def test_only_the_first_that_fits_is_shown_without_a_script(client):
    ask = make_action()
    done, *_others = (make_step(action=ask, title=f"Step {n}") for n in range(4))

    page = client.get(address_of(done))

    items = re.findall(r"<li data-next=\"[-\w]+\"( hidden)?>", page.text)
    assert items == ["", " hidden", " hidden"]


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ({}, True),
        ({"minutes": "5"}, False),
        ({"minutes": "30"}, True),
        ({"audience": "union"}, True),
        ({"country": "DK"}, True),
        ({"country": "FR"}, False),
        ({"minutes": "atlantis"}, True),
    ],
)
def test_what_fits_next_fits_the_same_reader(client, query, fits):
    body = make_body()
    make_seat(body=body, country="DK")
    make_seat(body=make_body(), country="FR")
    ask = make_action(body=body)
    done = make_step(action=ask, title="Done")
    longer = make_step(action=ask, title="Longer", minutes=30)

    assert next_of(client.get(address_of(done), query)) == ([longer.slug] if fits else [])


def test_who_says_nothing_of_themselves_is_taken_for_whom_the_step_was_for(client):
    ask = make_action()
    done = make_step(action=ask, audience=Audience.UNION, title="Done")
    mine = make_step(action=ask, audience=Audience.UNION, title="Mine", minutes=9)
    for_all = make_step(action=ask, audience=Audience.ANYONE, title="All", minutes=10)
    make_step(action=ask, audience=Audience.NGO, title="Not mine")

    assert next_of(client.get(address_of(done))) == [mine.slug, for_all.slug]


def test_nothing_that_is_closed_or_done_alike_fits_next(client):
    body = make_body()
    ask = make_action(body=body)
    record(ask, S.COMMITTED)
    done = make_step(action=ask, title="Write")
    make_step(action=make_action(body=body), title="Write")
    make_step(action=ask, title="Only while silent", when_status="no_response")
    make_step(action=make_action(body=body, state="withdrawn"), title="Withdrawn")

    page = client.get(address_of(done))

    assert next_of(page) == []
    assert "No other step fits what you chose." in text_of(page)


def test_families_are_led_to_steps_for_families_and_never_into_public(client):
    ask = make_action()
    done, other = (make_step(action=ask, audience=Audience.FAMILY, title=t) for t in "AB")
    make_step(action=ask, kind="share", title="Post it")

    page = client.get(address_of(done))

    assert next_of(page) == [other.slug]
    assert "Pass it on" not in text_of(page)


def test_where_writing_is_dangerous_reading_alone_fits_next(client):
    make_site(no_letters_in="RU")
    body = make_body()
    make_seat(body=body, country="RU")
    ask = make_action(body=body)
    done = make_step(action=ask, kind="read", title="Read")
    make_step(action=ask, title="Write")
    reading = make_step(action=ask, kind="read", title="Read on")

    page = client.get(address_of(done), {"country": "RU"})

    assert next_of(page) == [reading.slug]
    assert "Pass it on" not in text_of(page)


@pytest.mark.parametrize("number", [1, 3])
def test_it_takes_a_constant_number_of_queries(client, django_assert_num_queries, number):
    ask = make_action()
    record(ask)
    done = make_step(action=ask)
    for n in range(number):
        make_step(action=make_action(issue=ask.issue), title=f"Step {n}")

    # The step, its ask; the countries of the reader; the steps near it, their asks.
    with django_assert_num_queries(5 + IN_EVERY_PAGE):
        client.get(address_of(done))


# Passing it on


def links_of(page):
    """{host or scheme: address} of the links that pass a page on, of which all carry alike."""
    found = re.findall(r'<a href="([^"]*)" rel="noopener noreferrer nofollow"([^>]*)>', page.text)
    assert all('referrerpolicy="no-referrer"' in rest for _address, rest in found)
    addresses = [urlsplit(unescape(address)) for address, _rest in found]
    return {address.netloc or address.scheme: address for address in addresses}


def said_in(address):
    return {name: values[0] for name, values in parse_qs(address.query).items()}


def passed_on(page):
    """(text, address) of what each of the links says; all of them say the same."""
    links = links_of(page)
    assert set(links) == {"t.me", "forward", "wa.me", "mailto"}
    telegram = said_in(links["t.me"])
    both = f"{telegram['text']} {telegram['url']}"
    assert said_in(links["forward"])["text"] == said_in(links["wa.me"])["text"] == both
    body = said_in(links["mailto"])["body"].replace("\r\n", " ")
    assert body == both
    words = re.search(r'id="pass-on-[-\w]+" lang="(\w+)">(.*?)</p>', page.text, re.S)
    assert unescape(words[2]).replace("\n", " ") == both
    return telegram["text"], telegram["url"], words[1]


def test_an_ask_is_passed_on_in_the_words_of_its_standing_with_their_day(client):
    ask = make_action(title="Answer the letter", body=make_body(name="The Council"))
    record_look(ask)
    today = written_day(timezone.localdate())

    text, url, language = passed_on(client.get(ask.get_absolute_url()))

    page = text_of(client.get(ask.get_absolute_url()))
    sentence = text.partition(f"As of {today}: ")[2].rstrip(".")
    assert text.startswith(f"Answer the letter (The Council). As of {today}: No public response")
    assert sentence == type(ask).objects.with_status().get(pk=ask.pk).standing.sentence
    assert "No public response found" in page
    assert url == f"http://testserver{ask.get_absolute_url()}"
    assert language == "en"


def test_what_nobody_asked_is_passed_on_as_proposed(client):
    text, _url, _language = passed_on(client.get(make_proposal().get_absolute_url()))

    assert text.endswith("Proposed by the editors; not put to this body.")


def test_of_an_earlier_day_its_words_and_its_address_are_passed_on(client):
    ask = make_action()
    record(ask, S.COMMITTED, happened_on=date(2025, 2, 19))

    text, url, _language = passed_on(client.get(ask.get_absolute_url(), {"as_of": "2024-12-16"}))

    assert "As of 16 December 2024" in text
    assert "Promised" not in text
    assert url.endswith("?as_of=2024-12-16")


def test_issue_body_and_overview_are_passed_on_with_their_counts(client):
    make_site(subject="They were sent to war.")
    ask = make_action()
    record(ask, S.COMMITTED)
    make_proposal(issue=ask.issue, body=ask.body)

    for address, title in [
        (ask.issue.get_absolute_url(), ask.issue.title),
        (ask.body.get_absolute_url(), ask.body.name),
        (reverse("overview"), "They were sent to war"),
    ]:
        text, url, _language = passed_on(client.get(address))
        assert text.startswith(f"{title}. As of ")
        assert text.endswith(": 1 ask · In progress: 1 · 1 more proposed.")
        assert url == f"http://testserver{address}"


def test_a_page_is_passed_on_in_its_language_or_wholly_in_that_of_the_record(client):
    ask = make_action(title="Answer", body=make_body(name="The Council"))
    record_look(ask)
    address = ask.get_absolute_url().replace("/en/", "/uk/")
    assert passed_on(client.get(address))[2] == "en"

    translate(ask, title="Дайте відповідь")
    translate(ask.body, name="Рада")

    text, url, language = passed_on(client.get(address))
    assert language == "uk"
    assert text.startswith("Дайте відповідь (Рада). ")
    assert not re.search("[A-Za-z]", text)
    assert "/uk/" in url
