"""record.zip of the dossier that comes along, read by programs that did not write it."""

import shutil

import frictionless
import pytest

from advocacy.bundle.made import folder
from advocacy.transfer import KINDS
from tests.bundles import check, made_in
from tests.test_bundle_pages import broken_links, pages_in
from tests.test_html import checker  # noqa: F401

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.thorough,
    pytest.mark.one_database,
]
MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def whole(content, django_db_blocker, tmp_path_factory):
    """(what is said of the file, where it is unpacked), made once."""
    place = tmp_path_factory.mktemp("whole")
    with django_db_blocker.unblock():
        facts = made_in(place)
    yield facts, place
    shutil.rmtree(folder(), ignore_errors=True)


def test_the_whole_dossier_fits_into_a_mail(whole):
    facts, place = whole

    assert facts.size <= 15 * MEGABYTE
    assert len(pages_in(place)) > facts.pages > 900


def test_every_link_of_every_page_leads_somewhere(whole):
    assert list(broken_links(whole[1])) == []


def test_it_holds(whole):
    code, said, complaints = check(whole[1])

    assert (code, complaints) == (0, "")
    assert "Head: " in said


def test_every_table_is_valid(whole):
    report = frictionless.validate(whole[1] / "datapackage.json")

    assert report.valid, report.flatten(["name", "type", "note"])
    assert len(report.tasks) == len(KINDS)


def test_no_page_has_an_error(whole, checker):  # noqa: F811
    assert checker(whole[1]) == []
