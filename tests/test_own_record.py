"""A record of one's own: begun and run as docs/own-record.md says, and with nothing of another."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from django.core.management import CommandError, call_command

from advocacy.content_folder import languages_of
from advocacy.mailing import letters
from advocacy.management.commands.new_record import STARTER
from advocacy.models import (
    Edition,
    Issue,
    Meeting,
    RecommendedAction,
    StatusUpdate,
    TargetBody,
)
from tests.own_record import OF_ANOTHER, named_in, public_pages
from tests.pages import text_of
from tests.ports import held_port
from tests.running import ROOT, environment
from tests.staff import DESK
from tests.waiting import wait_until

PAGE = (ROOT / "docs" / "own-record.md").read_text(encoding="utf-8")
COMMANDS = [
    line for block in re.findall(r"```\n(.*?)```", PAGE, flags=re.S) for line in block.splitlines()
]


@pytest.fixture
def cotton(tmp_path):
    folder = tmp_path / "cotton"
    call_command("new_record", str(folder), verbosity=0)
    return folder


@pytest.mark.django_db
def test_a_new_record_loads_reads_well_and_names_no_other(client, cotton, capsys):
    call_command("load_content", folder=cotton, verbosity=0)
    assert " 0 changed, 0 same, 0 kept" in capsys.readouterr().out
    call_command("verify_record")

    pages = {}
    for path in public_pages():
        page = client.get(f"/en/{path}")
        assert page.status_code == 200, path
        pages[path] = named_in(page.text)
    assert {path: found for path, found in pages.items() if found} == {}

    for entry in StatusUpdate.objects.responses():
        letter = letters.notice_letter(Edition(kind="notice", entry=entry), "en")
        assert named_in(letter.text + letter.html) == []


def test_no_sentence_of_the_program_belongs_to_one_record():
    catalogue = (ROOT / "advocacy/locale/uk/LC_MESSAGES/django.po").read_text(encoding="utf-8")
    sentences = re.findall(r'^msgid(?:_plural)? "(.+)"$', catalogue, re.M)

    assert len(sentences) > 1000
    assert [sentence for sentence in sentences if OF_ANOTHER.search(sentence)] == []


@pytest.mark.django_db
def test_a_new_record_shows_every_kind_of_thing_once_at_least(client, cotton):
    call_command("load_content", folder=cotton, verbosity=0)

    company, assembly = RecommendedAction.objects.with_status().order_by("reference")
    assert (company.standing.is_proposed, assembly.standing.is_proposed) == (False, True)
    assert company.standing.days_waiting == 120
    assert list(StatusUpdate.objects.order_by("pk").values_list("status", flat=True)) == [
        "",
        "acknowledged",
    ]
    assert Meeting.objects.chances().count() == 1
    for row in [*TargetBody.objects.all(), *Issue.objects.all(), company, assembly]:
        assert "(example)" in str(row)


@pytest.mark.django_db
def test_whoever_types_the_whole_record_begins_without_the_example(client, sign_in, cotton):
    for path in cotton.rglob("*"):
        if path.is_file() and path.name not in ("site.json", "README.md"):
            path.unlink()
    call_command("load_content", folder=cotton, verbosity=0)

    sign_in("Publisher")

    desk = text_of(client.get(DESK))
    assert "Add a body: whoever is asked to act." in desk
    assert "(example)" not in desk.replace("Forced labour in cotton (example)", "")


def test_a_new_record_speaks_the_language_and_has_the_name_that_are_asked_for(tmp_path):
    folder = tmp_path / "My Cötton"
    call_command("new_record", str(folder), name='Who "answers"?', language="fr", verbosity=0)

    site = json.loads((folder / "site.json").read_text(encoding="utf-8"))
    assert (site["record"], site["name"]) == ("my-cotton", 'Who "answers"?')
    assert languages_of(folder) == ([("fr", "Français")], "fr")
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert readme.startswith('# Who "answers"?\n')
    assert "var/records/My-C-tton" in readme
    written = "".join(path.read_text("utf-8") for path in folder.rglob("*") if path.is_file())
    assert not re.search(r"@[A-Z]{2,}", written)


def test_a_new_record_overwrites_nothing(tmp_path):
    (tmp_path / "notes").write_text("mine")

    with pytest.raises(CommandError, match="is not empty"):
        call_command("new_record", str(tmp_path))
    with pytest.raises(CommandError, match="“klingon” is no code of a language"):
        call_command("new_record", str(tmp_path / "new"), language="klingon")

    assert [path.name for path in tmp_path.iterdir()] == ["notes"]


def test_its_readme_names_every_file():
    readme = (STARTER / "README.md").read_text(encoding="utf-8")
    for path in STARTER.glob("*.json"):
        assert f"`{path.name}`" in readme


@pytest.fixture
def checkout(tmp_path):
    """The program as somebody cloned it, in a folder beside which there is room."""
    here = tmp_path / "answerable"
    for folder in ("advocacy", "fixtures", "root", "static", "templates"):
        shutil.copytree(ROOT / folder, here / folder)
    for name in ("manage.py", "Makefile"):
        shutil.copy(ROOT / name, here)
    return here


def in_a_shell(command, checkout, **variables):
    """A command of the page. What it would install is there already, and Python is this one."""
    assert command.startswith("make ")
    bare = f"make --silent -o .venv/installed BIN={Path(sys.executable).parent}"
    return subprocess.Popen(
        command.replace("make", bare, 1),
        shell=True,
        cwd=checkout,
        env=environment(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def done(command, checkout):
    """What a command printed that ran to its end."""
    process = in_a_shell(command, checkout)
    printed, _nothing = process.communicate(timeout=180)
    assert process.returncode == 0, printed
    return printed


@contextmanager
def running(command, checkout):
    """The address of the site that a command serves, until Ctrl-C."""
    port, held = held_port()
    process = in_a_shell(command, checkout, PORT=str(port))

    def answers():
        assert process.poll() is None, process.stdout.read()
        try:
            urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10).close()
        except OSError:
            return False
        return True

    try:
        wait_until(answers)
        yield f"http://127.0.0.1:{port}"
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=60)
        held.close()


@pytest.mark.thorough
@pytest.mark.programs
def test_every_command_of_the_page_does_what_the_page_says(checkout):
    """Beside an earlier plain `make run`, whose record is left as it is."""
    write, run, try_out, load, verify, fill = COMMANDS
    assert "../cotton" in write
    done("make manage DO='migrate --verbosity=0'", checkout)
    done("make manage DO='load_content --verbosity=0'", checkout)

    assert "make run CONTENT=../cotton" in done(write, checkout)
    with running(run, checkout) as site:
        for path in ("/en/", "/en/actions/example-textiles-name-the-gins/", "/en/follow/"):
            with urlopen(f"{site}{path}", timeout=60) as page:
                html = page.read().decode()
            assert named_in(html) == []
            assert 'class="languages"' not in html
            assert '<input type="hidden" name="language" value="en"' in html
    assert (checkout / "var/records/cotton/db.sqlite3").exists()

    bodies = checkout.parent / "cotton" / "bodies.json"
    text = bodies.read_text(encoding="utf-8")
    bodies.write_text(text.replace("Assembly of Examplia (example)", "Our Assembly"), "utf-8")
    changed = "Changed (1):\n  bodies.json: assembly-of-examplia (name)\nNothing was saved"
    assert changed in done(try_out, checkout)
    assert "Content loaded: 0 new, 1 changed" in done(load, checkout)
    assert "The record holds: 2 entries" in done(verify, checkout)
    assert "sentences to translate, 0 translated" in done(fill, checkout)
    assert (checkout.parent / "cotton/locale/fr/LC_MESSAGES/django.po").exists()

    # Without CONTENT it is the other record, and neither gets into the other's database.
    assert "0 new, 0 changed" in done("make manage DO=load_content", checkout)
    mixed = in_a_shell("make manage CONTENT=../cotton VAR_DIR=var DO=load_content", checkout)
    printed, _nothing = mixed.communicate(timeout=180)
    assert mixed.returncode != 0
    assert "This database holds the record “north-korea”" in printed


@pytest.mark.programs
def test_make_names_a_folder_that_is_not_there(checkout):
    refused = in_a_shell("make run CONTENT=../nowhere", checkout)

    assert "CONTENT: there is no folder ../nowhere." in refused.communicate(timeout=60)[0]
    assert refused.returncode != 0
    assert not (checkout / "var").exists()
