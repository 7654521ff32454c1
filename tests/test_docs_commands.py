"""Every command in the documents is one that there is, with options that it takes."""

import argparse
import re
import shlex
from functools import partial
from itertools import takewhile

import pytest
from django.core.management import (
    CommandError,
    call_command,
    get_commands,
    load_command_class,
)

from advocacy.bundle import building
from advocacy.models import Worker
from tests.bundles import make_small_record
from tests.running import ROOT
from tests.test_docs import PAGES

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
# Of the machine, not of this project: that they do what the page says is not ours to test.
OF_THE_MACHINE = {
    *[
        "systemctl",
        "journalctl",
        "timedatectl",
        "df",
        "install",
        "shred",
        "git",
        "curl",
        "age-keygen",
    ],
    *["python3", "nginx", "certbot", "export", "cd", "source"],
}
# What stands for a number, where a word would be refused.
NUMBERS = {"SECONDS": "1", "N": "1"}
# Run as they stand, on a small site.
RUN = [
    ("health",),
    ("health", "--mail"),
    ("mailings",),
    ("make_record_zip",),
    ("purge",),
    ("verify_record",),
]
# Not run here, as they need a file, a person or a server: a test that runs each of them.
RUN_ELSEWHERE = {
    "backup": "test_backups.py",
    "check_mail": "test_check_mail.py",
    "createsuperuser": "",  # Of Django, and asks a person.
    "export_rows": "test_transfer.py",
    "export_translations": "test_translation_catalogues.py",
    "fill_catalogue": "test_fourth_language.py",
    "import_rows": "test_transfer.py",
    "import_translations": "test_translation_catalogues.py",
    "keep_evidence": "test_kept_copies.py",
    "load_content": "test_load_content.py",
    "migrate": "test_tooling.py",
    "makemigrations": "",  # Of Django, and writes into the program.
    "new_record": "test_own_record.py",
    "restore": "test_backups.py",
    "rotate_address_keys": "test_mail_tools.py",
    "start": "test_tooling.py",
    "upgrade": "test_upgrade.py",
    "worker": "test_worker.py",
}


def blocks_of(page):
    """Lines of the fenced blocks of a page; those that a backslash ends go on."""
    text = page.read_text(encoding="utf-8")
    for words in re.findall(r"^```(?:sh|console)?\n(.*?)^```", text, re.M | re.S):
        yield from re.sub(r"\\\n\s*", "", words).splitlines()


def spoken(page):
    """What stands between backticks in the sentences of a page."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    return [" ".join(words.split()) for words in re.findall(r"`([^`]+)`", text)]


def commands_of(page):
    """[(program, words)] of manage.py, bin/answerable and make, in blocks and in sentences."""
    for line in [*blocks_of(page), *spoken(page)]:
        line = line.split(" #")[0].strip()
        if match := re.match(
            r"(?:.*?\s)?(?:\S*/)?(manage\.py|bin/answerable)(?: ([a-z_]+\b.*))?$", line
        ):
            # In a sentence a command may stand for itself.
            if match[2] and not re.search(r"\.\.\.|…", match[2]):
                yield match[1], words_of(match[2])
        elif match := re.match(r"make( [A-Za-z].*)?$", line):
            yield "make", words_of(match[1] or "")


def words_of(text):
    words = shlex.split(text)
    ends = partial(re.fullmatch, r"[|;&>].*|2>.*")
    return [NUMBERS.get(word, word) for word in takewhile(lambda word: not ends(word), words)]


ALL = sorted(
    {
        (str(page.relative_to(ROOT)), program, tuple(words))
        for page in PAGES
        if "decisions" not in page.parts and page.name != "CHANGELOG.md"
        for program, words in commands_of(page)
    }
)


def is_taken(words):
    """The options of a command, if it is one of the project's and takes these; else a sentence."""
    name, *rest = words
    if name not in get_commands():
        return f"there is no command {name}"
    parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
    if not rest:
        return parser  # Named, and not to be run as it stands.
    try:
        parser.parse_args(rest)
    except CommandError as error:
        return f"{name}: {error}"
    except SystemExit:
        return f"{name} {' '.join(rest)}"
    return parser


def problem(program, words):
    """Why what is written cannot be run, or ""."""
    if program == "make":
        return problem_of_make(words)
    if program == "bin/answerable" and words[0] == "upgrade":
        text = (ROOT / "bin/answerable").read_text(encoding="utf-8")
        unknown = [word for word in words[1:] if word.startswith("-") and word not in text]
        return f"upgrade does not know {unknown}" if unknown else ""
    taken = is_taken(words)
    return "" if isinstance(taken, argparse.ArgumentParser) else taken


def problem_of_make(words):
    targets = [word for word in words if "=" not in word]
    if missing := [name for name in targets if not re.search(rf"^{name}:", MAKEFILE, re.M)]:
        return f"make knows no {missing}"
    given = dict(word.split("=", 1) for word in words if "=" in word)
    if unknown := [name for name in given if not re.search(rf"\b{name}\b", MAKEFILE)]:
        return f"the Makefile reads no {unknown}"
    if do := given.get("DO"):
        return problem("manage.py", words_of(do))
    return ""


def test_the_commands_are_found():
    assert len(ALL) > 60
    assert ("docs/bad-days.md", "bin/answerable", ("backup", "--keep")) in ALL
    assert problem("manage.py", ["backups"]) == "there is no command backups"
    assert "unrecognized arguments" in problem("manage.py", ["health", "--mails"])
    assert problem("make", ["run", "CONTENTS=x"]) == "the Makefile reads no ['CONTENTS']"
    assert problem("make", ["manage", "DO=healthy"]) == "there is no command healthy"
    assert problem("bin/answerable", ["upgrade", "--force"]) != ""


@pytest.mark.parametrize(("page", "program", "words"), ALL, ids=lambda value: str(value))
def test_a_command_of_a_document_is_there_and_takes_its_options(page, program, words):
    assert problem(program, list(words)) == ""


def test_every_line_of_a_block_for_operators_is_ours_or_of_the_machine():
    lines = [
        (page.name, line)
        for page in PAGES
        if page.name in {"operations.md", "bad-days.md", "containers.md"}
        for line in blocks_of(page)
        if line.strip()
    ]
    assert len(lines) > 20

    unknown = []
    for name, line in lines:
        first = line.split()[0]
        is_setting = re.match(r"[A-Z_]+=\S", line)
        of_nginx = re.match(r"\s*(server|location|listen|proxy|server_name|\})", line)
        ours = first in {"bin/answerable", "docker"} or (
            first in {"sh", "cp"} and (ROOT / line.split()[1]).exists()
        )
        if not (is_setting or of_nginx or ours or first in OF_THE_MACHINE):
            unknown.append((name, line))
    assert unknown == []


def test_docker_is_told_of_files_and_services_that_are_there():
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    page = ROOT / "docs/containers.md"
    lines = [line for line in [*blocks_of(page), *spoken(page)] if line.startswith("docker")]
    assert len(lines) > 5

    for line in lines:
        words = shlex.split(line)
        assert words[1:3] == ["compose", "--file"]
        services = yaml.safe_load((ROOT / words[3]).read_text(encoding="utf-8"))["services"]
        if words[4] == "exec":
            assert words[5] in services
            assert words[6:8] == ["python", "manage.py"]
            assert words[8] == "COMMAND" or problem("manage.py", words[8:]) == ""
        else:
            assert words[4] in {"up", "cp"}


def test_every_command_of_the_documents_is_run_by_a_test():
    named = {words[0] for _page, program, words in ALL if program != "make"}
    named |= {
        words_of(dict(word.split("=", 1) for word in words if "=" in word)["DO"])[0]
        for _page, program, words in ALL
        if program == "make" and any(word.startswith("DO=") for word in words)
    }
    run = {words[0] for words in RUN}

    assert named == run | set(RUN_ELSEWHERE)
    for name, file in RUN_ELSEWHERE.items():
        if file:
            assert name in (ROOT / "tests" / file).read_text(encoding="utf-8"), name


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("words", RUN, ids=" ".join)
def test_a_harmless_command_of_a_document_does_what_it_says(words, capsys, monkeypatch):
    assert words in {words for _page, _program, words in ALL}
    monkeypatch.setattr(building, "MOST_PAGES", 0)
    make_small_record()
    Worker.objects.beat("one")

    call_command(*words)

    said = capsys.readouterr()
    assert said.out.strip()
    assert "Traceback" not in said.err
