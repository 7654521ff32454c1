import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from io import BytesIO
from urllib.parse import urlencode

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import translation
from PIL import Image

from advocacy.models import (
    FEWEST_SHOWN,
    MOST_AN_HOUR,
    ChecklistStep,
    Organisation,
    ResponseStatus,
    StepDone,
    StepTally,
)
from advocacy.public.share import drawing
from advocacy.upkeep import tasks
from tests.factories import (
    make_action,
    make_body,
    make_contact_point,
    make_issue,
    make_meeting,
    make_source,
    make_step,
    record,
    record_look,
)
from tests.pages import IN_EVERY_PAGE, text_of

pytestmark = pytest.mark.django_db

S = ResponseStatus
SAME = {"sec-fetch-site": "same-origin"}


def did(client, step, *, headers=SAME, ip="192.0.2.1"):
    return client.post(reverse("step_done", args=[step.slug]), headers=headers, REMOTE_ADDR=ip)


# Together


def test_steps_are_counted_and_small_numbers_are_not_shown(client):
    step = make_step()
    for number in range(FEWEST_SHOWN - 1):
        assert did(client, step, ip=f"10.0.{number}.1").status_code == 303
    assert StepDone.objects.count() == FEWEST_SHOWN - 1
    tasks.count_steps()
    assert not StepDone.objects.exists()
    assert "people did this" not in text_of(client.get(step.action.get_absolute_url()))

    did(client, step)
    tasks.count_steps()
    for address in (step.action.get_absolute_url(), reverse("my_checklist")):
        assert f"{FEWEST_SHOWN} people did this." in text_of(client.get(address)), address


def test_nothing_is_kept_of_who_did_a_step():
    assert {field.name for field in StepDone._meta.fields} == {"id", "step"}
    assert {field.name for field in StepTally._meta.fields} == {"id", "step", "number"}


def test_a_network_cannot_count_without_end(client, monkeypatch):
    monkeypatch.setitem(MOST_AN_HOUR, "steps", 3)
    step = make_step()
    for _ in range(5):
        assert did(client, step).status_code == 303

    assert StepDone.objects.count() == 3


def test_only_a_page_of_this_site_counts_and_only_open_asks(client):
    step = make_step()
    assert did(client, step, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert did(client, step, headers={}).status_code == 403
    closed = make_step(action=make_action(state="withdrawn"))
    assert did(client, closed).status_code == 404
    assert not StepDone.objects.exists()


def test_counting_can_be_switched_off(client, settings):
    step = make_step()
    assert "count me too (no name, no cookie)" in text_of(client.get(reverse("my_checklist")))

    settings.TALLY = False
    assert "count me too (no name, no cookie)" not in text_of(client.get(reverse("my_checklist")))
    assert did(client, step).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_hundred_at_once_are_two_hundred():
    step = make_step()

    def press(number):
        try:
            answer = did(Client(), step, ip=f"10.{number // 100}.{number % 100}.1")
            if number % 20 == 0:
                tasks.count_steps()
            return answer.status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(press, range(200))) == {303}
    tasks.count_steps()

    assert StepTally.objects.get().number == 200
    assert not StepDone.objects.exists()


def test_counting_steps_and_signing_up_have_limits_of_their_own(client, monkeypatch):
    monkeypatch.setitem(MOST_AN_HOUR, "sign-ups", 0)

    did(client, make_step())

    assert StepDone.objects.count() == 1


# Groups


def test_a_sheet_holds_the_chosen_steps_under_a_title_of_ones_own(client):
    action = make_action(reference="NK-02")
    chosen = [make_step(action=action, title=f"Chosen {n}") for n in (1, 2)]
    make_step(action=action, title="Left out")
    title = "Семінар 워크숍 <b>2026</b>"
    address = reverse("checklist_sheet")
    address += "?" + urlencode({"title": title, "step": [s.slug for s in chosen]}, doseq=True)

    page = client.get(address)

    shown = text_of(page)
    assert title in shown
    assert "&lt;b&gt;2026&lt;/b&gt;" in page.text
    assert "2 steps, chosen by whoever made this sheet." in shown
    assert "Chosen 1" in shown
    assert "Left out" not in shown
    assert page.text.count('aria-label="QR code: the page of NK-02"') == 2


@pytest.mark.parametrize("query", ["", "?title=x", "?step=atlantis", "?step="])
def test_a_sheet_without_steps_is_not_found_and_shows_a_way_on(client, query):
    page = client.get(reverse("checklist_sheet") + query)

    assert page.status_code == 404
    assert "Choose steps on the checklist" in text_of(page)


def test_a_sheet_whose_steps_are_closed_in_part_says_so(client):
    step, closed = make_step(), make_step(action=make_action(state="withdrawn"))

    page = client.get(reverse("checklist_sheet"), {"step": [step.slug, closed.slug, "atlantis"]})

    assert page.status_code == 200
    assert page["X-Robots-Tag"] == "noindex"
    shown = text_of(page)
    assert step.title in shown
    assert "2 steps of this link are not open any more, or never were." in shown


# Briefs


def test_a_brief_holds_open_asks_with_status_wait_and_source(client):
    issue = make_issue(title="Forced labour")
    action = make_action(issue=issue, reference="NK-02", title="Take it up")
    record(action, S.UNDER_DISCUSSION, sources=[make_source(publisher="ILO press")])
    make_action(issue=issue, title="Withdrawn", state="withdrawn")

    for address in [
        reverse("issue_brief", args=[issue.slug]),
        reverse("body_brief", args=[action.body.slug]),
    ]:
        page = client.get(address)
        shown = text_of(page)
        for words in ["Take it up NK-02", "Under discussion", "It stood so before", "ILO press"]:
            assert words in shown, (address, words)
        assert "Withdrawn" not in shown
        assert 'aria-label="QR code: the live page"' in page.text


def test_a_brief_has_what_a_meeting_needs_of_each_ask(client):
    body = make_body(abbreviation="HRC")
    nkdb = Organisation.objects.create(slug="nkdb", name="NKDB")
    action = make_action(body=body, text="Speak of them.", asked_by=[nkdb])
    make_action(body=body, asked_on=None, issue=action.issue, title="Only proposed")
    days = {"starts_on": date(2099, 2, 1), "ends_on": date(2099, 4, 1)}
    make_meeting(body=body, title="Spring session", act_by=date(2099, 1, 9), **days)
    office = {"body": body, "country": "", "kind": "secretariat", "email": "hrc@un.example"}
    make_contact_point(name="Secretariat", confidence="seen_on_official_page", **office)
    make_contact_point(name="Press", **office | {"kind": "press"})

    for row, name in ((action.issue, "issue_brief"), (body, "body_brief")):
        page = client.get(reverse(name, args=[row.slug]))
        shown = text_of(page)
        for words in [
            "Speak of them.",
            "Counts as done: A decision.",
            "Asked by: NKDB (public call, 16 December 2024",
            "Spring session: act by 9 January 2099",
            "Contact: Secretariat, hrc@un.example",
        ]:
            assert words in shown, (name, words)
        assert "Press" not in shown
        assert shown.count("Asked by:") == 1


def test_a_long_brief_says_how_much_it_leaves_out(client):
    issue = make_issue()
    for _ in range(10):
        make_action(issue=issue)

    shown = text_of(client.get(reverse("issue_brief", args=[issue.slug])))
    assert "And 5 more asks on the live page." in shown


@pytest.mark.parametrize("number", [1, 3])
def test_briefs_and_sheets_take_a_constant_number_of_queries(
    client, django_assert_num_queries, number
):
    issue = make_issue()
    for _ in range(number):
        action = make_action(issue=issue)
        record(action)
        make_step(action=action)
    sheet = reverse("checklist_sheet")
    sheet += "?" + "&".join(f"step={step.slug}" for step in ChecklistStep.objects.all())

    with django_assert_num_queries(
        9 + IN_EVERY_PAGE
    ):  # The issue, asks, entries, sources, who asked (2), meetings, offices, the asks' number.
        client.get(reverse("issue_brief", args=[issue.slug]))
    # The steps, the asks, the offices.
    with django_assert_num_queries(3 + IN_EVERY_PAGE):
        client.get(sheet)


# Links in other places


def ld_of(page):
    return json.loads(
        re.search(r'<script type="application/ld\+json">(.*?)</script>', page.text)[1]
    )


def test_a_shared_link_says_what_it_leads_to(client):
    action = make_action(title="Take </script> & “it” up", text="Do it now.")
    pages = {
        "actions": (action, action.title, "Article"),
        "issues": (action.issue, action.issue.title, "Article"),
        "bodies": (action.body, action.body.name, "Organization"),
    }
    for kind, (row, title, is_a) in pages.items():
        page = client.get(row.get_absolute_url())
        said = ld_of(page)
        assert (said["@type"], said["name"]) == (is_a, title)
        assert said["url"] == f"http://testserver{row.get_absolute_url()}"
        picture = f"http://testserver/en/{kind}/{row.slug}/share.png"
        assert said["image"] == picture
        assert f'<meta property="og:image" content="{picture}">' in page.text
        assert '<meta property="og:title"' in page.text


@pytest.mark.parametrize("language", ["en", "uk", "ko"])
def test_a_link_has_a_picture_in_each_language_made_once(client, settings, tmp_path, language):
    settings.VAR_DIR = tmp_path
    action = make_action(title="Take up the exploitation of soldiers and workers " * 4)
    record_look(action)
    with translation.override(language):
        addresses = [
            reverse("share_picture", args=[kind, row.slug])
            for kind, row in [
                ("actions", action),
                ("issues", action.issue),
                ("bodies", action.body),
            ]
        ]

    for address in addresses * 2:
        response = client.get(address)
        image = Image.open(BytesIO(response.getvalue()))
        assert (image.format, image.size) == ("PNG", (1200, 630))
        assert "max-age" in response["Cache-Control"]
    assert len(list(tmp_path.glob("share/*.png"))) == 3

    record(action, S.UNDER_DISCUSSION)
    client.get(addresses[0]).getvalue()
    assert len(list(tmp_path.glob("share/*.png"))) == 4

    assert drawing.forget_old() == 0
    for path in tmp_path.glob("share/*"):
        os.utime(path, (0, 0))
    assert tasks.purge()["pictures of shared links"] == 4
    assert not list(tmp_path.glob("share/*"))


def test_each_letter_is_in_the_face_that_draws_it():
    for letter in "Aé“”…·ҐґЄєІіЇїЩ강제노동漢":
        ((piece, letters),) = drawing.runs(letter, "Bold", 40)
        nothing = letters.getmask("\U0010fffd")
        mask = letters.getmask(piece)
        assert (mask.getbbox(), bytes(mask)) != (nothing.getbbox(), bytes(nothing)), letter


def test_a_long_title_ends_in_an_ellipsis_and_stays_in_the_picture():
    for title in ("Пам’ятайте про солдатів 강제노동 " * 12, "강제노동" * 40):
        lines = drawing.fitting(title, "Bold", 46, 1056, 3)
        assert lines[-1].endswith("…")
        assert len(lines) <= 3
        assert all(drawing.length(line, "Bold", 46) <= 1056 for line in lines)


def test_without_its_font_a_link_has_no_picture_and_that_is_said_once(client, settings, caplog):
    action = make_action()
    settings.FONT_FOLDERS = ["/nowhere"]
    drawing.face.cache_clear()
    try:
        for _ in range(2):
            page = client.get(action.get_absolute_url())
            assert "og:image" not in page.text
            assert "image" not in ld_of(page)
            address = reverse("share_picture", args=["actions", action.slug])
            assert client.get(address).status_code == 404
        said = [line for line in caplog.messages if "is missing" in line]
        assert len(said) == len(set(said)) > 0
    finally:
        drawing.face.cache_clear()
