"""Pages are kept by what they are of: nobody gets another's page, or one that no longer holds."""

import time
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from django.utils import timezone

from advocacy.models import ContentVersion, Issue, ResponseStatus
from advocacy.web import editions, page_cache, places
from advocacy.web.editions import Editions, read_number
from tests.door import Door
from tests.factories import (
    make_action,
    make_follower,
    make_issue,
    make_report,
    record,
    record_look,
)
from tests.pages import text_of

pytestmark = pytest.mark.django_db(transaction=True)

PART = {"hx_request": "true"}


def made(door, *paths, **headers):
    """How many pages it takes to answer these."""
    before = len(door.made)
    for path in paths:
        assert door.get(path, **headers).status_code < 400, path
    return len(door.made) - before


# What tells pages apart


def test_a_page_is_made_once_and_asks_the_database_for_its_number_and_the_last_withholding(
    door, django_assert_num_queries
):
    address = make_issue(title="Forced labour").get_absolute_url()
    first = door.get(address)
    with django_assert_num_queries(2):
        second = door.get(address)

    assert len(door.made) == 1
    assert first.status_code == second.status_code == 200
    assert "Forced labour" in text_of(second)
    assert first.headers == second.headers
    assert first.text == second.text


def test_every_name_scheme_language_and_query_has_a_page_of_its_own(door):
    make_action(slug="x")
    paths = ["/en/actions/x/", "/uk/actions/x/", "/en/actions/x/?a=1&b=2", "/en/actions/x/?b=2&a=1"]
    assert made(door, *paths) == 4
    assert made(door, *paths, host="127.0.0.1") == 4

    for host in ("localhost", "127.0.0.1"):
        assert f"http://{host}/uk/actions/x/" in door.get("/uk/actions/x/", host=host).text


def test_a_name_that_is_not_ours_gets_nothing_that_is_kept(door):
    assert door.get("/en/", host="evil.example").status_code == 400
    assert door.get("/en/").status_code == 200
    assert door.get("/en/", host="evil.example").status_code == 400
    assert len(door.cache.pages) == 1


@pytest.fixture
def behind_a_proxy(settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    places._place_of.cache_clear()
    yield
    places._place_of.cache_clear()


def test_behind_a_proxy_a_page_is_of_its_scheme(behind_a_proxy, reads_at_once):
    # What is passed on of a page with an ask leads to it by its whole address.
    make_action()
    door = Door()
    for _ in range(2):
        assert "http://localhost/" in door.get("/en/").text
        assert "https://localhost/" in door.get("/en/", x_forwarded_proto="https").text
    assert len(door.made) == 2


def test_a_part_for_htmx_is_no_page_and_the_other_way_round(door):
    make_action(title="Look into it")
    for _ in range(2):
        assert "<html" in door.get("/en/actions/").text
        assert "<html" not in door.get("/en/actions/", **PART).text
        restored = door.get("/en/actions/", **PART, hx_history_restore_request="true")
        assert "<html" in restored.text
    assert len(door.made) == 2


@pytest.mark.parametrize("path", ["/en/follow/", "/en/actions/", "/en/"])
def test_no_header_of_one_visitor_reaches_the_page_of_another(door, path):
    door.get(
        path,
        **PART,
        hx_history_restore_request="true",
        accept_language="ko",
        x_forwarded_for="192.0.2.9",
        x_forwarded_host="evil.example",
        cookie="csrftoken=x; theme=dark",
        user_agent="one",
        range="bytes=0-3",
    )
    page = door.get(path)

    assert len(door.made) == 1
    assert page.text == Door().get(path).text
    headers = {name for name in door.made[0] if name.startswith("HTTP_")}
    assert headers <= page_cache.SHOWN_HEADERS


def test_an_address_without_a_language_is_kept_for_each_language(door):
    for _ in range(2):
        assert door.get("/robots.txt", accept_language="uk,en;q=0.5").status_code == 200
        assert door.get("/robots.txt", accept_language="ko").status_code == 200
        assert door.get("/", accept_language="uk").headers["location"] == "/uk/"
        assert door.get("/", accept_language="ko").headers["location"] == "/ko/"
    assert [e["PATH_INFO"] for e in door.made].count("/robots.txt") == 2


# The day


def test_a_page_is_of_its_day_until_local_midnight(door, settings, monkeypatch):
    settings.TIME_ZONE = "Asia/Seoul"
    action = make_action()
    record_look(action)
    address = action.get_absolute_url()
    words = {}
    # Midnight in Seoul is 15:00 in UTC.
    for hour, minute in [(14, 58), (14, 59), (15, 0), (15, 1)]:
        now = datetime(2026, 3, 3, hour, minute, tzinfo=UTC)
        monkeypatch.setattr(timezone, "now", lambda now=now: now)
        monkeypatch.setattr(editions, "moment", now.timestamp)
        words[minute] = text_of(door.get(address))

    assert words[58] == words[59] != words[0] == words[1]
    assert "442 days" in words[59]
    assert "443 days" in words[0]
    assert len(door.made) == 2


# The number of the content


def test_a_change_shows_at_once_where_the_number_is_read(door):
    action = make_action()
    address = action.get_absolute_url()
    assert "Promised" not in text_of(door.get(address))
    record(action, ResponseStatus.COMMITTED)

    assert "Promised" in text_of(door.get(address))
    assert made(door, address, address) == 0


def test_a_change_shows_within_two_seconds_and_the_number_is_read_once_a_second():
    reads = []

    def read():
        reads.append(time.monotonic())
        return read_number()

    door = Door(editions=Editions(read))
    issue = make_issue(title="As it was")
    address = issue.get_absolute_url()
    door.get(address)
    Issue.objects.update(title="As it is")
    changed = time.monotonic()
    while "As it is" not in door.get(address).text:
        assert time.monotonic() < changed + 2
        time.sleep(0.02)
    while time.monotonic() < changed + 3:
        door.get(address)
        time.sleep(0.02)

    gaps = [after - before for before, after in pairwise(reads)]
    assert min(gaps) >= editions.READ_EVERY


def test_the_number_is_read_before_the_page_is_made(door):
    issue = make_issue(title="As it was")
    door.after = lambda: Issue.objects.update(title="As it is")
    assert "As it was" in door.get(issue.get_absolute_url()).text
    door.after = lambda: None

    assert "As it is" in door.get(issue.get_absolute_url()).text


def test_a_number_that_fell_is_of_another_database(door):
    issue = make_issue(title="As it was")
    door.get("/en/"), door.get("/en/issues/")
    number = ContentVersion.objects.current()
    ContentVersion.objects.all().delete()
    door.get("/en/")
    Issue.objects.update(title="As it is")
    ContentVersion.objects.all().delete()
    ContentVersion.objects.create(number=number)

    assert "As it is" in door.get("/en/issues/").text
    assert "As it is" in door.get(issue.get_absolute_url()).text


# What is never kept


def test_whoever_carries_a_session_gets_the_page_fresh(door, editor, client):
    cookie = f"a=b; sessionid={client.cookies['sessionid'].value}"
    for given in ({"cookie": cookie}, {"cookie": "messages=x"}, {"authorization": "Basic eA=="}):
        assert made(door, "/en/", "/en/", **given) == 2, given
    assert not door.cache.pages
    assert made(door, "/en/", "/en/", cookie="csrftoken=x; mysessionid=y") == 1


def test_secrets_and_the_desk_and_health_are_never_kept(door):
    token = make_follower().token
    paths = [
        f"/en/follow/{token}/",
        f"/en/follow/{token}/leave/",
        f"/en/follow/{token}/data.json",
        f"/en/follow/{token}/delete/",
        "/en/follow/sent/",
        f"/en/tell/sent/{make_report().token}/",
        "/admin/",
        "/admin/account/login/",
        "/healthz",
        "/readyz",
        "/",
        "/en/nothing/",
        "/en/actions/?page=99",
        "/en/EN/",
    ]
    for path in paths:
        door.get(path)
        door.get(path)
    assert len(door.made) == 2 * len(paths)
    assert not door.cache.pages
    assert door.get("/en/follow/", method="POST").status_code == 403
    assert not door.cache.pages


@pytest.mark.parametrize(
    ("status", "header"),
    [
        ("200 OK", ("Set-Cookie", "a=b")),
        ("200 OK", ("Cache-Control", "max-age=60, private")),
        ("200 OK", ("Cache-Control", "no-store")),
        ("200 OK", ("Vary", "Accept-Encoding, Cookie")),
        ("200 OK", ("Vary", "*")),
        ("200 OK", ("Content-Encoding", "br")),
        ("203 Non-Authoritative Information", ("X-Any", "x")),
    ],
)
def test_an_answer_for_one_visitor_is_not_kept(reads_at_once, status, header):
    numbers = iter(range(10))

    def program(environ, start):
        body = b"%d" % next(numbers)
        start(status, [("Content-Length", "1"), header])
        return [body]

    door = Door(program)
    assert [door.get("/en/").body for _ in range(2)] == [b"0", b"1"]
    assert not door.cache.pages


def test_an_answer_without_end_is_handed_on_piece_by_piece_and_closed(reads_at_once):
    class Pieces:
        closed = 0

        def __iter__(self):
            yield from (b"a", b"b")

        def close(self):
            Pieces.closed += 1

    def program(environ, start):
        start("200 OK", [("Content-Type", "text/csv")])
        return Pieces()

    door = Door(program)
    assert door.get("/en/").body == b"ab"
    assert door.get("/en/", method="HEAD").body == b""
    assert Pieces.closed == 2
    assert not door.cache.pages
