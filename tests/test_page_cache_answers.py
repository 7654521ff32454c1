"""What a kept page is answered with: known, encoded, waited for, out of date, pushed out."""

import threading
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from advocacy.models import Issue
from advocacy.web import editions, kept_pages, page_cache
from advocacy.web.editions import Editions, read_number
from advocacy.web.kept_pages import best_encoding
from tests.browser.pages import PAGES
from tests.door import Door
from tests.factories import make_action, make_issue, make_pack, make_page, record
from tests.test_content_version import OURS, PUBLIC
from tests.test_page_cache import PART
from tests.test_withholding import SECRET, make_row, withhold

pytestmark = pytest.mark.django_db(transaction=True)

FILES = ["updates.atom", "calendar.ics", "bodies/unsc/share.png", "follow/?issue=pow-protection"]


@pytest.mark.thorough
@pytest.mark.one_database
def test_every_page_has_one_etag_and_reads_nothing_that_does_not_count(reads_at_once):
    call_command("load_content", verbosity=0)
    make_pack(slug="sample-statement")
    make_page(slug="sample-page", in_footer=True)
    doors = [Door(), Door()]
    counts = {model._meta.db_table for model in PUBLIC}
    others = {model._meta.db_table for model in OURS} - counts | {"auth_user", "django_session"}
    kept = 0
    for path in [*PAGES.values(), *FILES]:
        for headers in ({}, PART):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                first, second = (door.get(f"/uk/{path}", **headers) for door in doors)
            if first.status_code != 200 or "no-store" in first.headers.get("cache-control", ""):
                assert path in {"nothing-here/", "follow/sent/"} or "share" in path, path
                continue
            kept += 1
            read = {table for table in others for q in queries if f'"{table}"' in q["sql"]}
            assert read - {"advocacy_contentversion"} == set(), path
            assert first.headers["etag"] == second.headers["etag"], path
            before = len(doors[0].made)
            known = doors[0].get(f"/uk/{path}", **headers, if_none_match=first.headers["etag"])
            if "?" not in path:  # Such a one is kept from the second request on.
                assert len(doors[0].made) == before
            assert (known.status_code, known.body) == (304, b"")
            assert known.headers["etag"] == first.headers["etag"]
            assert "content-length" not in known.headers
    assert kept > 2 * len(PAGES) - 6


@pytest.mark.parametrize(
    ("known", "status"),
    [("{}", 304), ('"a", {}', 304), ("*", 304), ("{strong}", 304), ('"a"', 200), ("a", 200)],
)
def test_a_page_that_is_known_is_not_sent_again(door, known, status):
    etag = door.get("/en/").headers["etag"]
    assert etag.startswith('W/"')
    given = known.format(etag, strong=etag[2:])
    assert door.get("/en/", if_none_match=given).status_code == status
    make_action()
    assert door.get("/en/", if_none_match=etag).status_code == 200


def test_a_feed_is_not_sent_again_to_a_reader_who_asks_by_its_date(door):
    record(make_action())
    feed = door.get("/en/updates.atom")
    date = feed.headers["last-modified"]
    assert door.get("/en/updates.atom", if_modified_since=date).status_code == 304
    older = "Mon, 01 Jan 2024 00:00:00 GMT"
    assert door.get("/en/updates.atom", if_modified_since=older).text == feed.text


def test_each_encoding_is_made_once_and_says_the_same(door, monkeypatch):
    made = []
    counted = {
        name: lambda body, name=name, encode=encode: (made.append(name), encode(body))[1]
        for name, encode in kept_pages.ENCODERS.items()
    }
    monkeypatch.setattr(kept_pages, "ENCODERS", counted)
    pages = [
        door.get("/en/", accept_encoding=accepted)
        for accepted in ("gzip, deflate, br", "gzip", "identity", "gzip;q=1.0, br;q=0")
        for _ in range(3)
    ]

    assert [page.headers.get("content-encoding") for page in pages[::3]] == [
        "br",
        "gzip",
        None,
        "gzip",
    ]
    assert len({page.text for page in pages}) == len({p.headers["etag"] for p in pages}) == 1
    assert sorted(made) == ["br", "gzip"]
    for page in pages:
        assert "accept-encoding" in page.headers["vary"]
        assert int(page.headers["content-length"]) == len(page.body)
    head = door.get("/en/", method="HEAD", accept_encoding="br")
    assert head.body == b""
    assert head.headers == pages[0].headers
    assert len(door.made) == 1


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("", ""),
        ("br", "br"),
        ("GZIP , BR", "br"),
        ("br;q=0,gzip;q=0.001", "gzip"),
        ("br;q=0.0, gzip; q=0", ""),
        ("*", ""),
        ("brotli, x-gzip", ""),
    ],
)
def test_the_best_encoding_that_is_taken(accepted, encoding):
    assert best_encoding(accepted) == encoding


def test_what_depends_on_htmx_says_so_to_caches_between(door):
    for path in ("/en/actions/", "/en/follow/"):
        assert "hx-request" in door.get(path).headers["vary"]


# Many at once


def test_after_a_change_one_makes_the_page_and_the_others_get_the_one_before(door):
    issue = make_issue(title="As it was")
    address = issue.get_absolute_url()
    door.get(address)
    Issue.objects.update(title="As it is")
    door.cache.editions.look()
    begun, may_end = threading.Event(), threading.Event()
    door.before = lambda: (begun.set(), may_end.wait(20))
    maker = threading.Thread(target=door.get, args=[address])
    maker.start()
    assert begun.wait(20)
    others = door.get_at_once(8, address)
    may_end.set()
    maker.join()

    assert len(door.made) == 2
    for page in others:
        assert "As it was" in page.text
        assert int(page.headers["age"]) <= page_cache.STALE
        assert page.headers["warning"] == '110 - "Response is Stale"'
    after = door.get(address)
    assert "As it is" in after.text
    assert "age" not in after.headers
    assert len(door.made) == 2


def test_where_there_is_none_that_may_stand_in_all_wait_for_the_one_page(door, monkeypatch):
    issue = make_issue(title="As it was")
    address = issue.get_absolute_url()
    pages = door.get_at_once(8, address)
    assert len(door.made) == 1
    # Ten seconds after a change.
    monkeypatch.setattr(page_cache, "STALE", -1)
    Issue.objects.update(title="As it is")
    door.cache.editions.look()
    pages += door.get_at_once(8, address)

    assert len(door.made) == 2
    assert [("As it was" in page.text) for page in pages] == [True] * 8 + [False] * 8


def test_who_waits_for_an_answer_that_is_for_one_alone_asks_for_their_own(reads_at_once):
    def program(environ, start):
        page_cache.time.sleep(0.2)
        start("200 OK", [("Content-Length", "1"), ("Cache-Control", "private")])
        return [b"x"]

    door = Door(program)
    assert len(door.get_at_once(4, "/en/")) == 4
    assert len(door.made) == 4


def test_a_program_that_fails_keeps_nobody_waiting(reads_at_once):
    def program(environ, start):
        raise RuntimeError

    door = Door(program)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            door.get("/en/")
    assert door.cache.flights == {}


# A database that is away; that of a real server is in test_scaling.py


class Away:
    """The reading of the number, which fails while the database is away."""

    is_away = False

    def __call__(self):
        if self.is_away:
            raise OperationalError
        return read_number()


def test_where_the_database_is_away_the_last_pages_stay_for_the_day(reads_at_once, monkeypatch):
    away = Away()
    door = Door(editions=Editions(away))
    page = door.get("/en/")
    away.is_away = True
    stale = door.get("/en/")

    assert stale.text == page.text
    assert stale.headers["warning"] == '111 - "Revalidation Failed"'
    assert int(stale.headers["age"]) >= 0
    tomorrow = editions.timezone.now() + timedelta(days=1)
    with monkeypatch.context() as at_midnight:
        at_midnight.setattr(editions.timezone, "now", lambda: tomorrow)
        at_midnight.setattr(editions, "moment", tomorrow.timestamp)
        assert "warning" not in door.get("/en/").headers
    away.is_away = False
    assert "warning" not in door.get("/en/").headers


def test_no_page_of_before_shows_again_what_was_withheld(reads_at_once):
    away = Away()
    door = Door(editions=Editions(away))
    entry = make_row("statusupdate", "summary")
    address = entry.action.get_absolute_url()
    assert SECRET in door.get(address).text
    withhold(entry, "summary")
    door.get("/en/")  # It is seen that the number has changed.
    away.is_away = True

    assert SECRET not in door.get(address).text


def test_a_page_that_is_being_made_while_words_are_withheld_is_not_kept(reads_at_once):
    door = Door()
    entry = make_row("statusupdate", "summary")
    address = entry.action.get_absolute_url()
    door.get("/en/")

    def withhold_once():
        door.after = lambda: None
        withhold(entry, "summary")
        door.get("/en/")

    door.after = withhold_once
    assert SECRET in door.get(address).text

    assert all(SECRET not in page.bodies[""].decode() for page in door.cache.pages.values())


def test_a_page_that_fails_with_the_database_there_is_not_hidden(reads_at_once, monkeypatch):
    door = Door()
    door.get("/en/")
    Issue.objects.create(slug="new", title="New", opened_on="2025-01-01", position=1)
    real, door.program = door.program, lambda environ, start: fail(start)
    for _ in range(2):
        stale = door.get("/en/")
        assert stale.status_code == 200
        assert stale.headers["warning"] == '110 - "Response is Stale"'
    monkeypatch.setattr(page_cache, "STALE", -1)
    assert door.get("/en/").status_code == 503
    door.program = real
    assert "warning" not in door.get("/en/").headers


def fail(start):
    start("503 Service Unavailable", [("Content-Length", "0")])
    return []


# Room


@pytest.mark.one_database
def test_the_pages_that_are_kept_fill_no_more_than_they_may(settings, reads_at_once):
    settings.PAGE_CACHE_MB = 1
    door = Door()
    make_action()
    for number in range(80):
        for _ in range(2):
            door.get(f"/en/actions/?sort=newest&page=1&body=b{number}")
        door.get("/en/")
        assert door.cache.pages.currsize <= 1024 * 1024

    # Only now: whoever looks at a page uses it.
    assert door.cache.pages.currsize == sum(page.size for page in door.cache.pages.values())
    made = [environ["QUERY_STRING"] for environ in door.made]
    assert made.count("") == 1, "what is asked for stays"
    before = len(door.made)
    door.get("/en/actions/?sort=newest&page=1&body=b0")
    assert len(door.made) == before + 1, "what was left longest is gone"


def test_an_address_with_a_query_is_kept_from_its_second_request(door):
    paths = [f"/en/actions/?utm_source={number}" for number in range(5)]
    for path in paths:
        door.get(path)
    assert not door.cache.pages
    for _ in range(3):
        door.get(paths[0])
    assert len(door.made) == len(paths) + 1
    assert len(door.cache.pages) == 1
    assert door.get(f"/en/actions/?{'a' * 3000}").status_code == 200
    assert len(door.cache.pages) == 1


def test_a_search_is_kept_for_a_short_time(door, monkeypatch):
    for path in ("/en/actions/?q=work", "/en/actions/?body=x&q=work", "/en/actions/?q="):
        for _ in range(3):
            door.get(path)
    assert len(door.made) == 6
    now = page_cache.time.monotonic() + page_cache.SECONDS_OF_A_SEARCH
    for page in door.cache.pages.values():
        assert page.until < now + 1 or page.until == page_cache.math.inf
        page.until = min(page.until, page.until - page_cache.SECONDS_OF_A_SEARCH)
    for path in ("/en/actions/?q=work", "/en/actions/?body=x&q=work", "/en/actions/?q="):
        door.get(path)
    assert len(door.made) == 8


def test_without_room_nothing_is_kept(settings, reads_at_once):
    settings.PAGE_CACHE_MB = 0
    door = Door()
    for _ in range(2):
        assert door.get("/en/").status_code == 200
    assert len(door.made) == 2
