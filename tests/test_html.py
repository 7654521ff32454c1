"""The public pages, read by the Nu HTML checker: one of each kind, and all in `make proof`."""

import json
import os
import shutil
import subprocess

import pytest
from django.conf import settings
from django.test import Client

from tests.browser.pages import EMBEDS, PAGES
from tests.crawl import pages_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("content"),
    pytest.mark.programs,
    pytest.mark.one_database,
]

CHECKER = settings.BASE_DIR / ".tools/checker/node_modules/vnu-jar/build/dist/vnu.jar"
QUERIES = ("?q=labour", "?q=nothing-like-this", "?as_of=2024-12-16", "?status=what", "?page=2")
# With filters in the address, and what no page leads to.
MORE = [f"{path}{query}" for path in ("actions/", "issues/", "updates/") for query in QUERIES[:4]]
MORE += ["", "?view=table", "?by=wait", "checklist/?audience=family", "tell/", "nowhere/"]


def check(folder):
    """What the checker says of all files of a folder: [(file, line, message)]."""
    command = ["java", "-Xss8m", "-jar", str(CHECKER), "--format", "json", "--errors-only"]
    done = subprocess.run(
        [*command, "--skip-non-html", str(folder)], capture_output=True, text=True, check=False
    )
    said = json.loads(done.stderr)["messages"]
    return [(m["url"].rpartition("/")[2], m.get("lastLine"), m["message"]) for m in said]


@pytest.fixture(scope="module")
def checker():
    if CHECKER.exists() and shutil.which("java"):
        return check
    reason = "the HTML checker is not installed: `make test` installs it where npm and Java are"
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def errors(checker, folder, pages):
    """What the checker says of pages, {address: response}, once they are files of a folder."""
    for number, (address, page) in enumerate(pages.items()):
        name = f"{number}-{address.strip('/').replace('/', '_').replace('?', '_')[-60:]}.html"
        (folder / name).write_text(page.text, encoding="utf-8")
    return checker(folder)


def test_no_kind_of_page_has_an_error(checker, tmp_path):
    client = Client()
    pages = {path: client.get(f"/en/{path}") for path in {*PAGES.values(), *MORE}}
    pages |= {path: client.get(f"/{path}?via=nkdb") for path in EMBEDS}

    assert errors(checker, tmp_path, pages) == []


@pytest.mark.thorough
@pytest.mark.parametrize("language", ["en", "uk", "ko"])
def test_no_page_has_an_error(checker, tmp_path, language):
    client = Client()
    pages = pages_of(client, language)
    pages |= {path: client.get(f"/{language}/{path}") for path in MORE}
    pages |= {path: client.get(f"/{path}?lang={language}&via=nkdb") for path in EMBEDS}
    assert len(pages) > 150

    assert errors(checker, tmp_path, pages) == []


def test_the_checker_finds_what_is_wrong(checker, tmp_path):
    (tmp_path / "wrong.html").write_text(
        '<!doctype html><html lang="en"><title>x</title><form hx-get="/"></form></html>'
    )

    ((file, _line, message),) = checker(tmp_path)

    assert file == "wrong.html"
    assert "hx-get" in message
