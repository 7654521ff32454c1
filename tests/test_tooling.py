"""The commands of the Makefile, the start-up and its refusals, the tree itself."""

import gzip
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from django.core.management import CommandError, call_command

from tests.dossier import few_rows, rows_of, write_rows
from tests.ports import held_port
from tests.running import ROOT, environment, run, started
from tests.waiting import wait_until

pytestmark = pytest.mark.programs

# The folders that .gitignore names, for a tree that is no git checkout.
IGNORED = {
    ".git",
    ".tools",
    ".venv",
    "var",
    "__pycache__",
    ".pytest_cache",
    ".ruff_cache",
    ".mypy_cache",
}


def refusal(*arguments, **variables):
    """The one sentence with which a program refuses to start."""
    refused = run(*arguments, **variables)
    assert refused.returncode == 1
    assert refused.stdout == ""
    (sentence,) = refused.stderr.splitlines()
    return sentence


@pytest.fixture
def port():
    number, held = held_port()
    with held:
        yield str(number)


@pytest.fixture
def taken_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield str(server.getsockname()[1])


@pytest.mark.parametrize("program", [("manage.py", "migrate"), ("-c", "import advocacy.wsgi")])
@pytest.mark.parametrize("name", ["SECRET_KEY", "ADDRESS_KEYS"])
def test_without_keys_nothing_starts(program, name, tmp_path):
    keys = {"SECRET_KEY": "x", "ADDRESS_KEYS": "y", name: ""}

    assert refusal(*program, VAR_DIR=str(tmp_path), **keys).startswith(f"{name} is not set: ")


@pytest.mark.parametrize(
    "program", [("manage.py", "start"), ("manage.py", "worker"), ("-c", "import advocacy.wsgi")]
)
def test_a_public_site_does_not_start_before_it_says_how_mail_leaves(program, tmp_path, port):
    sentence = refusal(*program, SECRET_KEY="x", MAIL_URL="", PORT=port, VAR_DIR=str(tmp_path))

    assert sentence.startswith("MAIL_URL is not set: say how mail leaves, for example smtp://")


def test_the_check_of_a_deployment_asks_how_mail_leaves(tmp_path):
    checked = run(
        "manage.py", "check", "--deploy", SECRET_KEY="x", MAIL_URL="", VAR_DIR=str(tmp_path)
    )

    assert "(advocacy.E001) MAIL_URL is not set: " in checked.stderr
    assert checked.returncode == 1


@pytest.fixture
def checkout(tmp_path):
    """A copy of the program for which `make` has made the keys, as before `make run`."""
    for folder in ("advocacy", "deploy", "static", "templates"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    for name in ("manage.py", "Makefile"):
        shutil.copy(ROOT / name, tmp_path)
    subprocess.run(
        ["make", "--silent", "var/secret_key", "var/address_keys"],
        cwd=tmp_path,
        env=environment(),
        check=True,
    )
    return tmp_path


@pytest.mark.thorough
def test_manage_works_bare_once_make_has_made_the_keys(checkout):
    def manage(*arguments):
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=checkout,
            env={},
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    program = "from django.conf import settings as s; print(s.SECRET_KEY, *s.ADDRESS_KEYS)"
    keys = [
        (checkout / "var" / name).read_text().strip() for name in ("secret_key", "address_keys")
    ]

    assert manage("shell", "--verbosity=0", "-c", program).stdout.split() == keys
    assert manage("migrate", "--verbosity=0").stderr == ""
    assert manage("check").stdout.startswith("System check identified no issues")
    assert "MAIL_URL is not set" in manage("start").stderr


def test_a_key_file_that_is_not_there_is_named():
    sentence = refusal("manage.py", "check", SECRET_KEY_FILE="nowhere/key")

    assert "SECRET_KEY_FILE cannot be used: No such file or directory: nowhere/key" in sentence


def test_a_value_that_cannot_be_used_is_named_and_a_password_is_not_shown():
    sentence = refusal("manage.py", "check", SECRET_KEY="x", DEBUG="perhaps")
    assert sentence == "The environment variable DEBUG cannot be used: say 1 or 0."

    sentence = refusal("manage.py", "check", SECRET_KEY="x", DATABASE_URL="sesame:opensesame@host")
    assert "DATABASE_URL" in sentence
    assert "opensesame" not in sentence

    sentence = refusal("manage.py", "check", SECRET_KEY="x", MAIL_URL="pop://u:opensesame@host")
    assert "MAIL_URL cannot be used: give folder:, smtp://" in sentence
    assert "opensesame" not in sentence


def test_production_settings_are_the_default():
    program = """
import json
from advocacy import settings as s
print(json.dumps([s.DEBUG, s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE]))
"""
    assert json.loads(run("-c", program, SECRET_KEY="x").stdout) == [False, True, True, True]


def test_a_taken_port_is_one_sentence_and_nothing_is_prepared(taken_port, tmp_path):
    sentence = f"Port {taken_port} of 127.0.0.1 is already taken: stop the program that uses it,"

    started = refusal(
        "manage.py", "start", SECRET_KEY="x", PORT=taken_port, VAR_DIR=str(tmp_path / "var")
    )
    asked_first = refusal("advocacy/management/port.py", "127.0.0.1", taken_port)

    assert started == asked_first
    assert started.startswith(sentence)
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize(
    ("host", "port", "sentence"),
    [
        ("127.0.0.1", "80a", "PORT must be a number from 1 to 65535, not “80a”."),
        ("127.0.0.1", "65536", "PORT must be a number from 1 to 65535, not “65536”."),
        ("192.0.2.1", "8000", "HOST must be an address of this machine, not “192.0.2.1”."),
    ],
)
def test_an_address_that_cannot_be_used_is_one_sentence(host, port, sentence):
    assert refusal("advocacy/management/port.py", host, port) == sentence


def test_a_start_prepares_and_serves_and_the_next_one_only_serves(tmp_path):
    with started(tmp_path) as (site, printed):
        with site.get("/en/") as page:
            html = page.read().decode()
            assert page.headers["Set-Cookie"] is None
        styles = re.findall(r'<link[^>]* href="(/static/[^"]+\.css)"', html)
        (script,) = re.findall(r'<script[^>]* src="(/static/js/[^"]+)"', html)
        with site.get(script) as file:
            modules = re.findall(r'import\("\./([^"]+)"\)', file.read().decode())
        assert len(styles) == 2
        # Each part of the script that a page fetches when it has use for it.
        parts = {path.stem for path in (ROOT / "static" / "js").glob("*.js")} - {"app", "admin"}
        assert {module.split(".")[0] for module in modules} == parts
        for asset in [*styles, script, *(f"/static/js/{module}" for module in modules)]:
            with site.get(asset) as file:
                assert "immutable" in file.headers["Cache-Control"]

    assert "Content loaded: " in printed
    assert f"Answerable is at http://127.0.0.1:{site.port}/\n" in printed
    assert re.search(r"name: +staff\n +password: \S{16} ", printed)
    assert site.process.returncode == 0
    with pytest.raises(ProcessLookupError):
        os.killpg(site.process.pid, 0)

    with started(tmp_path) as (site, printed):
        assert "Content loaded" not in printed
        assert "Collecting" not in printed
        assert "password" not in printed


@pytest.mark.thorough
def test_another_database_at_the_same_address_is_filled_again(prepared):
    for file in (prepared / "var").glob("db.sqlite3*"):
        file.unlink()

    with started(prepared) as (_site, printed):
        assert "Content loaded: " in printed
        assert "Content loaded: 0 new" not in printed
        assert "password" in printed


@pytest.mark.thorough
def test_a_start_loads_the_dossier_that_content_dir_names(prepared, port):
    dossier = few_rows(prepared / "another")
    issues = rows_of(dossier, "issues.json")
    issues[0]["fields"]["title"] = "A wrong of another country"
    write_rows(dossier, "issues.json", issues)

    with started(prepared, CONTENT_DIR=str(dossier)) as (site, _), site.get("/en/issues/") as page:
        assert "A wrong of another country" in page.read().decode()

    refused = run(
        "manage.py",
        "start",
        SECRET_KEY="x",
        HTTPS="0",
        PORT=port,
        VAR_DIR=str(prepared / "var"),
        CONTENT_DIR=str(prepared / "nowhere"),
    )
    assert "nowhere is no folder. A record is a folder with some of these: " in refused.stderr
    assert "topics.json, organisations.json, legal_references.json" in refused.stderr


def test_a_newcomer_clicks_through_the_mail_of_a_started_site(prepared):
    with started(prepared) as (site, printed):
        assert f"Mail is written to {prepared}/var/mail and its links are printed here" in printed
        form = {
            "email": "ana@example.org",
            "subject": "everything",
            "frequency": "weekly",
            "language": "en",
        }
        here = f"http://127.0.0.1:{site.port}"
        request = Request(f"{here}/en/follow/", urlencode(form).encode(), {"Origin": here})
        with urlopen(request, timeout=60) as answer:
            assert answer.url == f"{here}/en/follow/sent/"

        link = re.compile(rf"{here}/en/follow/\S+")
        wait_until(lambda: link.search(site.log.read_text()))
        found = link.search(site.log.read_text())[0]
        with urlopen(Request(found, b""), timeout=60) as page:
            assert "a•••@e•••.org" in page.read().decode()
        (mail,) = (prepared / "var/mail").glob("*.eml")
        assert "To: ana@example.org" in mail.read_text()


def test_help_names_every_target_a_person_uses():
    listed = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout

    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, flags=re.M)[1].split()
    named = dict(re.findall(r"^make ([a-z-]+) +(.+)$", listed, flags=re.M))
    assert set(named) == set(phony) - {"port"}
    assert {"run", "dev", "test", "test-postgres", "check", "help"} <= set(named)


def test_every_variable_is_read_by_one_helper():
    settings = (ROOT / "advocacy/settings.py").read_text(encoding="utf-8")
    readers = [
        path.name
        for path in (ROOT / "advocacy").rglob("*.py")
        if re.search(r"os\.(environ\b(?!\.setdefault)|getenv)", path.read_text(encoding="utf-8"))
    ]

    assert readers == ["settings.py"]
    assert settings.count("os.environ") == 1


def files_of_the_tree():
    """What git keeps or would keep; everything but the ignored folders where git is not there."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0:
        return [ROOT / name for name in listed.stdout.split("\0") if name]
    return [
        path
        for path in ROOT.rglob("*")
        if path.is_file() and not IGNORED & set(path.relative_to(ROOT).parts)
    ]


# In pieces, as this file is searched as well.
HOSTS = ["pypi" + r"\.org", "python" + "hosted", r"registry\.npm" + "js", "deb" + r"\.debian"]
NOT_IN_THE_TREE = {
    "a package registry": re.compile("|".join(HOSTS)),
    "a download address": re.compile(
        r"""https?://[^\s"']+/(simple/|packages/[0-9a-f]{2}/|-/[^\s"']+\.tgz)"""
    ),
    "a folder of one machine": re.compile(r"(?<![.\w])/(?:work|root|farm|home/\w+)/"),
}


def test_the_tree_names_no_registry_and_no_folder_of_one_machine():
    found = []
    for path in files_of_the_tree():
        if path.suffix in {".png", ".mo", ".ico"} or not path.is_file():
            continue
        held = path.read_bytes()
        if path.suffix == ".gz":  # A database of an earlier version.
            text = gzip.decompress(held).decode("utf-8", "replace")
        else:
            text = held.decode("utf-8")
        found += [
            f"{path.relative_to(ROOT)}: {what}: {match[0]}"
            for what, pattern in NOT_IN_THE_TREE.items()
            if (match := pattern.search(text))
        ]

    assert found == []


def test_a_template_that_does_not_compile_is_named(settings, tmp_path, capsys):
    (tmp_path / "good.html").write_text("{% load i18n %}{% translate 'Fine' %}")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    call_command("check_templates")
    assert capsys.readouterr().out == "1 templates compile.\n"

    (tmp_path / "broken.html").write_text("{% if %}")
    with pytest.raises(CommandError) as refused:
        call_command("check_templates")

    assert "broken.html: " in str(refused.value)
    assert "good.html" not in str(refused.value)


@pytest.mark.parametrize(
    ("variables", "outcome"),
    [
        pytest.param({}, "skipped", marks=pytest.mark.thorough),
        ({"CI": "true"}, "error"),
    ],
)
def test_a_missing_browser_is_reported_and_fails_the_gate(tmp_path, variables, outcome):
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "tests/browser", "--color=no"],
        cwd=ROOT,
        env=environment(**variables) | {"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    *_, closing_line = ran.stdout.splitlines()
    # A browser that does not come is asked for a second time.
    assert re.fullmatch(rf"=+ \d+ {outcome}s?(, \d+ rerun)? in .*=", closing_line)
    for name in ("Chromium", "Firefox", "WebKit"):
        assert f"{name} is not installed" in ran.stdout
    assert ran.returncode == (1 if variables else 0)
