"""Several web servers on one database: docs/scaling.md, with real ones."""

import re
import subprocess
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.postgres import Cluster, programs
from tests.running import environment, started
from tests.waiting import wait_until

ROOT = Path(__file__).parent.parent
NAMED = {"SECRET_KEY": "x", "DJANGO_SETTINGS_MODULE": "advocacy.settings"}
RECORD = """
import django; django.setup()
from advocacy.models import RecommendedAction
from tests.factories import record
record(RecommendedAction.objects.get(slug="{slug}"), "committed")
print("recorded", flush=True)
"""

pytestmark = [
    pytest.mark.programs,
    pytest.mark.thorough,
    pytest.mark.skipif(not programs(), reason="PostgreSQL's server is not installed"),
]


@pytest.fixture
def cluster():
    cluster = Cluster()
    yield cluster
    cluster.remove()


def ask(site, path, **headers):
    """The answer of one of its processes, by the one name that both servers have."""
    given = {"Host": "localhost", **{n.replace("_", "-"): v for n, v in headers.items()}}
    try:
        return urlopen(Request(f"http://127.0.0.1:{site.port}{path}", headers=given), timeout=60)
    except HTTPError as answer:
        return answer


def is_marked(page):
    return "Warning" in page.headers


def says(site, path, words):
    page = ask(site, path)
    return page.status == 200 and words in page.read().decode()


def test_two_servers_show_a_change_and_survive_their_database(cluster, tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    # Each of one process: each process learns of the database alone, and which answers is chance.
    variables = {"DATABASE_URL": cluster.url, "ADDRESS_KEYS": "y", "WORKERS": "1"}
    # As for all servers of a site, for the one address of each page.
    variables["SITE_URL"] = "http://localhost"
    with (
        started(tmp_path / "one", "--no-worker", **variables) as (one, _printed),
        started(tmp_path / "two", "--no-worker", **variables) as (two, _printed),
    ):
        listed = ask(one, "/en/actions/").read().decode()
        slug = re.search(r'href="/en/actions/([\w-]+)/"', listed)[1]
        path = f"/en/actions/{slug}/"
        pages = [ask(site, path) for site in (one, two)]
        assert {page.status for page in pages} == {200}
        (etag,) = {page.headers["ETag"] for page in pages}
        assert {ask(site, path, If_None_Match=etag).status for site in (one, two)} == {304}

        recording = subprocess.Popen(
            [sys.executable, "-c", RECORD.format(slug=slug)],
            cwd=ROOT,
            env=environment(
                SECRET_KEY="x", DJANGO_SETTINGS_MODULE="advocacy.settings", **variables
            ),
            stdout=subprocess.PIPE,
            text=True,
        )
        assert recording.stdout.readline() == "recorded\n"
        wait_until(lambda: all(says(site, path, "Promised") for site in (one, two)))
        recording.communicate(timeout=60)

        cluster.stop()
        for site in (one, two):
            # Each finds out for itself, when the second for which it trusts its number is over.
            wait_until(lambda site=site: is_marked(ask(site, path)))
            page = ask(site, path)
            assert page.status == 200
            assert "Promised" in page.read().decode()
            assert page.headers["Warning"] == '111 - "Revalidation Failed"'
            assert 0 < int(page.headers["Age"]) < 60
            assert ask(site, "/readyz").status == 503
            assert ask(site, "/en/decisions-that-nobody-asked-for/").status in (404, 500)
        cluster.start()
        for site in (one, two):
            wait_until(lambda site=site: not is_marked(ask(site, path)))
            assert says(site, path, "Promised")
