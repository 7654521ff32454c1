"""The pages of record.zip: files that open from a folder, without a site, a script or a network."""

import os
import shutil
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import pytest
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from advocacy.bundle.inside import Inside, NoSuchPage
from advocacy.bundle.made import folder
from advocacy.bundle.rewriting import Rewriter, Target, Words
from advocacy.models.kept import forget
from tests.bundles import HIDDEN, check, made_in, make_small_record
from tests.factories import make_action, make_issue
from tests.pages import text_of

WORDS = Words("<p>copy</p>", "<p>on the site</p>", " ↗")


class Page(HTMLParser):
    """What leads out of a page, and what it would need a script or a server for."""

    def __init__(self, text):
        super().__init__()
        self.addresses, self.ids, self.live, self.tags = [], set(), [], set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.add(tag)
        self.ids.add(given.get("id"))
        if given.get("rel") == "external":
            self.live.append(given["href"])
        elif given.get("rel") != "canonical":
            self.addresses += filter(None, (given.get(name) for name in ("href", "src")))


def pages_in(copy):
    return {path: Page(path.read_text(encoding="utf-8")) for path in copy.rglob("*.html")}


def broken_links(copy):
    """Every link that leads to no file of the copy, or to no place on it."""
    pages = pages_in(copy)
    for path, page in pages.items():
        for address in page.addresses:
            url = urlsplit(address)
            file = path
            if url.scheme:
                continue
            if url.path:
                file = type(path)(os.path.normpath(path.parent / unquote(url.path)))
            is_place = file not in pages or unquote(url.fragment) in pages[file].ids
            if not file.is_file() or (url.fragment and not is_place):
                yield path, address


@pytest.fixture(scope="module")
def copy(django_db_setup, django_db_blocker, tmp_path_factory):
    """The whole of a small record in three languages, made once."""
    place = tmp_path_factory.mktemp("copy")
    with django_db_blocker.unblock(), transaction.atomic():
        make_small_record()
        made_in(place)
        transaction.set_rollback(True)
    shutil.rmtree(folder(), ignore_errors=True)
    forget()
    return place


def test_every_public_page_is_there_in_every_language(copy):
    for language in ("en", "uk", "ko"):
        for name in (
            *["index.html", "issues/index.html", "issues/cotton/index.html"],
            *["issues/cotton/brief/index.html", "bodies/council/index.html"],
            *["bodies/council/brief/index.html", "actions/stop-it/index.html"],
            *["actions/proposed/index.html", "packs/letter/index.html", "packs/letter.txt"],
            *["calendar/spring/index.html", "calendar/spring.ics", "calendar.ics"],
            *["seats/dk/index.html", "checklist/index.html", "about/method/index.html"],
            *["about/team/index.html", "updates/index.html", "updates/corrections/index.html"],
        ):
            assert (copy / language / name).is_file(), f"{language}/{name}"


def test_every_link_of_it_leads_somewhere(copy):
    assert list(broken_links(copy)) == []


def test_what_leads_to_the_site_is_marked_so(copy):
    for path, page in pages_in(copy).items():
        unmarked = [link for link in page.addresses if link.startswith(settings.SITE_URL)]
        assert unmarked == [], path


def test_nothing_of_it_needs_a_script_or_a_server(copy):
    needing = {"script", "form", "button", "input", "select", "iframe", "template"}

    for path, page in pages_in(copy).items():
        assert page.tags & needing == set(), path
        assert "hx-" not in path.read_text(encoding="utf-8")


def test_each_page_says_of_which_day_it_is_and_where_the_site_is(copy):
    page = (copy / "en/actions/stop-it/index.html").read_text(encoding="utf-8")
    live = f"{settings.SITE_URL}/en/actions/stop-it/"

    assert "This is a copy of" in page
    assert f'<a href="{live}" rel="external">{live}</a>' in page
    assert f'<link rel="canonical" href="{live}">' in page
    assert "This part works on the site alone" in page
    assert "Це копія" in (copy / "uk/index.html").read_text(encoding="utf-8")


def test_what_is_not_in_it_leads_to_the_site_and_says_so(copy):
    page = (copy / "en/bodies/council/index.html").read_text(encoding="utf-8")

    assert f'href="{settings.SITE_URL}/en/follow/"' in page
    assert '<span class="visually-hidden"> (on the site)</span></a>' in page
    for path, other in pages_in(copy).items():
        assert [a for a in other.live if not a.startswith("http")] == [], path


def test_what_a_page_shows_of_more_is_in_it_too(copy):
    assert (copy / "en/issues/cotton/index.timeline-all.html").is_file() or "timeline=all" not in (
        copy / "en/issues/cotton/index.html"
    ).read_text(encoding="utf-8")
    assert (copy / "en/index.view-table.html").is_file()


def test_no_page_holds_what_a_stranger_may_not_read(copy):
    assert [path for path in copy.rglob("*") if HIDDEN in str(path)] == []
    for path in copy.rglob("*.html"):
        assert HIDDEN not in path.read_text(encoding="utf-8"), path


def test_it_begins_with_a_page_that_leads_to_each_language(copy):
    page = Page((copy / "index.html").read_text(encoding="utf-8"))

    assert {"en/index.html", "uk/index.html", "ko/index.html"} <= set(page.addresses)
    assert check(copy)[0] == 0


@pytest.mark.django_db
def test_a_page_that_the_site_does_not_give_is_named():
    with pytest.raises(NoSuchPage, match="/en/nowhere/ cannot be copied: the site answers 404"):
        Inside().get("/en/nowhere/")


@pytest.mark.django_db
def test_a_page_is_asked_for_as_a_stranger_would(client, settings):
    action = make_action(slug="x")
    settings.SITE_URL = "http://testserver"

    answer = Inside().get(action.get_absolute_url())

    assert answer.content_type.startswith("text/html")
    assert (
        text_of(client.get(action.get_absolute_url())).split()
        == text_of(type("Page", (), {"text": answer.body.decode()})).split()
    )


@pytest.mark.django_db
def test_a_site_that_answers_https_alone_is_copied_as_well(settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SITE_URL = "https://localhost"
    make_issue(slug="x")

    assert Inside().get(reverse("issue_detail", args=["x"])).body


@pytest.mark.parametrize(
    ("given", "copied"),
    [
        ("<p>a &amp; &#8217;b&#8217; <b>c</b><br></p>", None),
        ("<textarea id='x'>&lt;a&gt; \n b</textarea>", None),
        ('<svg><use href="#m"/></svg>', None),
        ('<p class="a" title="&quot;x&quot;">b</p>', None),
        ("<p><!-- for us -->a</p>", "<p>a</p>"),
        ("a<script>if (1 < 2) b()</script>c", "ac"),
        ('<form method="get"><p>x</p><form></form></form>y', "<p>on the site</p>y"),
        ('<form class="tally"><b>x</b></form>y', "y"),
        ('<p data-needs-script hidden>a <b>b</b></p><p data-x="">c</p>', '<p data-x="">c</p>'),
        ('<a data-hx-get="/x" href="#y">z</a>', '<a href="#y">z</a>'),
        ('<label for="gone">a</label>', "<label>a</label>"),
        (
            '<p id="a"></p><p aria-describedby="a b">c</p>',
            '<p id="a"></p><p aria-describedby="a">c</p>',
        ),
        ('<p aria-describedby="b">c</p>', "<p>c</p>"),
        ('<a href="/there">x</a>', '<a href="there.html">x</a>'),
        ('<a href="/live?a=1&amp;b=2">x</a>', '<a href="L?a=1&amp;b=2" rel="external">x ↗</a>'),
        ('<svg><a href="/live">x</a></svg>', '<svg><a href="L" rel="external">x</a></svg>'),
        ('<main id="m">x</main>', '<main id="m"><p>copy</p>x</main>'),
    ],
)
def test_a_page_is_written_again_tag_by_tag(given, copied):
    def find(href):
        if href.startswith("/live"):
            return Target(href.replace("/live", "L"), is_live=True)
        return Target(f"{href.lstrip('/')}.html", is_live=False)

    assert Rewriter(find, WORDS, "https://x").rewrite(given) == (copied or given)
