"""What a version is: its number, its tables, and its databases that are kept for the tests."""

import re
import tomllib
from hashlib import sha256

import pytest
import yaml

from advocacy.version import VERSION
from tests.factories import make_site
from tests.pages import text_of
from tests.releases import FOLDERS, MIGRATIONS, RELEASES
from tests.releases.full_record import empty_tables, make_record_of_all
from tests.running import ROOT, run


@pytest.mark.thorough
@pytest.mark.django_db
def test_the_next_version_can_be_kept_with_rows_in_every_table():
    make_record_of_all()

    assert empty_tables() == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_tables_of_a_version_change_by_further_migrations_alone(folder):
    """A server that has applied a migration never applies it again, however it reads by then."""
    for line in (folder / MIGRATIONS).read_text().splitlines():
        digest, path = line.split()
        assert sha256((ROOT / path).read_bytes()).hexdigest() == digest, (
            f"{path} belongs to {folder.name}: put it back, and make a migration of the change"
        )


# The number of a version to come, and what the code on the way to it is called.
ON_THE_WAY = re.compile(r"(\d+\.\d+\.\d+(?:(?:a|b|rc)\d+)?)\.dev\d+")


def test_the_version_is_the_same_wherever_it_stands():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = dict(re.findall(r"^## (\S+) — (\S+)$", changes, re.M))
    unreleased = changes.split("\n## ")[1].removeprefix("Unreleased").strip()

    assert project["version"] == VERSION
    assert (cited["version"], str(cited["date-released"])) == next(iter(released.items()))
    assert (RELEASES / cited["version"]).is_dir()
    if unreleased or cited["version"] != VERSION:
        # Code that came after a version never says that it is that version.
        on_the_way = ON_THE_WAY.fullmatch(VERSION)
        assert on_the_way, f"{VERSION} is a version, but the changelog tells of later changes"
        assert on_the_way[1] not in released


@pytest.mark.programs
@pytest.mark.django_db
def test_the_version_is_said_where_one_looks_for_it(client):
    make_site()
    page = text_of(client.get("/en/about/"))
    assert f"This is its version {VERSION}." in page
    assert f"Made with Answerable {VERSION}, free software" in page
    document = client.get("/api/v1/openapi.json").json()["info"]["description"]
    assert document.endswith(f"The program that answers has version {VERSION}.")
    # Without keys or settings as well.
    assert run("manage.py", "--version").stdout == f"Answerable {VERSION}\n"
