"""What stands at the address of a source is kept, as far as its site lets anybody keep it."""

import stat
import time
from datetime import timedelta
from hashlib import sha256

import pytest
from django.utils import timezone

from advocacy.models import KeptCopy, Source, copy_files
from advocacy.upkeep import evidence, links
from tests.backups import back_up, empty, key_of_backups, opened, restore  # noqa: F401
from tests.factories import make_source
from tests.fake_web import fake_web, files, keep, page  # noqa: F401

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n" + bytes(range(256))
LARGE = 11_000_000


# What is kept


def test_what_stands_there_is_kept_byte_for_byte_with_hash_day_and_what_the_site_said(web):
    url = web.put("/record", page("They promised."), Last_Modified="yesterday", ETag='"v1"')
    source = make_source(url=url)
    assert list(Source.objects.without_copy()) == [source]

    assert keep(source) == ("kept", "200 OK")

    (copy,) = Source.objects.get().kept_copies
    assert copy.read() == page("They promised.")
    assert (copy.sha256, copy.size) == (sha256(copy.read()).hexdigest(), len(copy.read()))
    said = copy.content_type, copy.last_modified, copy.etag, copy.final_url
    assert said == ("text/html", "yesterday", '"v1"', "")
    assert timezone.now() - copy.asked_at < timedelta(minutes=1)
    assert not Source.objects.without_copy().exists()


def test_the_files_are_for_the_owner_of_the_program_alone(web):
    keep(make_source(url=web.put("/record", page("They promised."))))

    (path,) = copy_files.there()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_pdf_is_kept_also_where_its_site_knows_no_better_name_for_it(web):
    sources = [
        make_source(url=web.put("/a.pdf", PDF, "application/pdf")),
        make_source(url=web.put("/b.pdf", PDF, "application/octet-stream")),
    ]

    assert [keep(source)[0] for source in sources] == ["kept", "kept"]
    # The same bytes are one file.
    assert files() == [sha256(PDF).hexdigest()]


def test_what_a_redirect_leads_to_is_kept_with_that_address(web):
    there = web.put("/новий", page("They promised."))
    web.put("/%D0%BD%D0%BE%D0%B2%D0%B8%D0%B9", page("They promised."))
    source = make_source(
        url=web.put("/old", status=301, Location="/%D0%BD%D0%BE%D0%B2%D0%B8%D0%B9")
    )

    assert keep(source)[0] == "kept"

    assert KeptCopy.objects.get().final_url.endswith("/%D0%BD%D0%BE%D0%B2%D0%B8%D0%B9")
    assert keep(make_source(url=there))[0] == "kept"


def test_an_answer_without_a_length_is_read_to_its_end(web):
    whole = page("They promised. " * 5000)
    source = make_source(url=web.put("/", lambda: iter([whole[:100], whole[100:]])))

    assert keep(source)[0] == "kept"
    assert KeptCopy.objects.get().read() == whole


# What is not kept


@pytest.mark.parametrize(
    ("answer", "outcome", "said"),
    [
        ({"status": 404}, "failed", "404 Not Found"),
        ({"status": 403}, "failed", "403 Forbidden"),
        ({"status": 500}, "failed", "500 Internal Server Error"),
        ({"content": b""}, "failed", "It answers with nothing."),
        ({"content": b"x", "Content_Encoding": "gzip"}, "failed", "It sent compressed what was"),
        ({"content": b"x", "kind": "image/png"}, "other_kind", "image/png"),
        ({"content": b"x", "kind": "application/octet-stream"}, "other_kind", "application/octet"),
        ({"content": b"x", "kind": ""}, "other_kind", "It does not say what it is."),
        ({"content": b"x", "X_Robots_Tag": "NoArchive"}, "forbidden", "X-Robots-Tag: NoArchive"),
        ({"content": b"x", "X_Robots_Tag": "noindex, none"}, "forbidden", "X-Robots-Tag: noindex"),
        ({"content": b"x", "X_Robots_Tag": "answerable: noarchive"}, "forbidden", "X-Robots-Tag"),
        ({"content": b"x", "X_Robots_Tag": "googlebot: noarchive"}, "kept", "200 OK"),
        ({"content": b"x", "X_Robots_Tag": "max-image-preview: none"}, "kept", "200 OK"),
        (
            {"content": page("x", "<META content='noindex,noarchive' name=robots>")},
            "forbidden",
            "<META content='noindex,noarchive' name=robots>",
        ),
        ({"content": page("x", '<meta name="googlebot" content="noarchive">')}, "kept", "200 OK"),
        ({"content": page("x", '<meta name="robots" content="noindex">')}, "kept", "200 OK"),
        ({"status": 302, "Location": "http://10.1.2.3/x"}, "refused", "It leads into a private"),
        ({"status": 302, "Location": "file:///etc/passwd"}, "refused", "Only plain http and https"),
        ({"status": 302, "Location": "/page"}, "refused", "It redirects too often."),
    ],
)
def test_what_came_of_it_is_said_and_only_what_may_be_kept_is(web, answer, outcome, said):
    source = make_source(url=web.put("/page", **answer))

    found = keep(source)

    assert found[0] == outcome
    assert found[1].startswith(said)
    assert len(files()) == (outcome == "kept")
    assert Source.objects.without_copy().exists() == (outcome != "kept")


@pytest.mark.parametrize("with_length", [True, False])
def test_eleven_megabytes_are_left_and_not_read_to_the_end(web, with_length):
    sent = []

    def pieces():
        for _ in range(LARGE // 100_000):
            sent.append(1)
            yield b"x" * 100_000
        web.is_over.wait(20)

    length = {"Content_Length": str(LARGE)} if with_length else {}
    source = make_source(url=web.put("/large", pieces, **length))

    assert keep(source) == ("too_large", "More than 10 MB.")
    assert files() == []


def test_ten_megabytes_are_kept(web):
    source = make_source(url=web.put("/", PDF[:5] + b"x" * 9_999_995, "application/pdf"))

    assert keep(source)[0] == "kept"
    assert KeptCopy.objects.get().size == 10_000_000


def test_slow_bytes_are_left_in_time(web, monkeypatch):
    monkeypatch.setattr(links, "SECONDS_TO_FETCH", 0.6)
    drops = [b"x"] * 1000
    source = make_source(url=web.put("/slow", lambda: web.slowly(0.05, *drops)))
    began = time.monotonic()

    assert keep(source) == ("failed", "TimeoutError: no answer in time")
    assert time.monotonic() - began < 20
    assert files() == []


@pytest.mark.parametrize("headers", [{"Content_Length": "100"}, {"Transfer_Encoding": "chunked"}])
def test_what_was_cut_off_on_the_way_is_not_kept(web, headers):
    cut = [b"32\r\n<p>They promised"] if "Transfer_Encoding" in headers else [b"<p>They promised"]
    source = make_source(url=web.put("/cut", lambda: iter(cut), **headers))

    assert keep(source)[0] == "failed"
    assert "IncompleteRead" in KeptCopy.objects.get().answer
    assert files() == []


def test_what_robots_txt_forbids_is_not_asked_for(web):
    ours = b"User-agent: answerable\nDisallow: /copies\nDisallow: /*.pdf$\n"
    rules = b"User-agent: *\nDisallow: /\n\n" + ours
    web.put("/robots.txt", rules, "text/plain")
    sources = {
        path: make_source(url=web.put(path, page("They promised.")))
        for path in ("/copies/1", "/a.pdf", "/open")
    }
    led = make_source(url=web.put("/moved", status=302, Location="/copies/1"))

    assert keep(sources["/copies/1"]) == ("forbidden", "Its robots.txt forbids it.")
    assert keep(sources["/a.pdf"])[0] == "forbidden"
    assert keep(sources["/open"])[0] == "kept"
    assert keep(led)[0] == "forbidden"
    assert "/copies/1" not in web.asked


@pytest.mark.parametrize(("status", "outcome"), [(404, "kept"), (403, "kept"), (503, "failed")])
def test_without_rules_it_is_kept_and_where_they_cannot_be_read_it_is_not(web, status, outcome):
    web.put("/robots.txt", status=status)
    source = make_source(url=web.put("/page", page("They promised.")))

    assert keep(source)[0] == outcome


def test_a_site_is_asked_once_for_its_rules_and_never_twice_within_a_second(web, monkeypatch):
    monkeypatch.setattr(evidence, "SECONDS_BETWEEN", 0.2)
    for number in range(2):
        make_source(url=web.put(f"/{number}", page(f"Page {number}.")))
    began = time.monotonic()

    evidence.keep_evidence.call()

    assert sorted(web.asked) == ["/0", "/1", "/robots.txt"]
    assert time.monotonic() - began >= 0.4


def test_an_address_inside_is_never_asked(monkeypatch, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr("socket.create_connection", lambda *args: pytest.fail("asked"))

    for url in ("http://127.0.0.1/", "http://169.254.169.254/latest/", "http://[::1]:8000/"):
        # Of a site that cannot be asked nobody knows what it forbids.
        assert keep(make_source(url=url))[0] in ("failed", "refused")
