"""The documents tell the truth about the code."""

import ast
import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from django.apps import apps

from advocacy.settings import IN_FILES
from advocacy.upkeep import health
from bench import proof

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "deploy").glob("*.md")),
]


def settings_read():
    tree = ast.parse((ROOT / "advocacy" / "settings.py").read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = [call.args[0] for call in calls if getattr(call.func, "id", "") == "env"]
    read = {name.value for name in names if isinstance(name, ast.Constant)}
    return read | {f"{name}_FILE" for name in IN_FILES}


def test_every_setting_is_in_the_readme_and_no_other():
    table = README.split("## Settings")[1].split("\n## ")[0]
    named = {
        name
        for row in re.findall(r"^\| (`.*?) \|", table, flags=re.M)
        for name in re.findall(r"`(\w+)`", row)
    }

    assert named == settings_read()


def test_every_model_is_in_the_glossary():
    glossary = (
        (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").split("## Glossary")[1]
    )
    words = set(re.findall(r"^\| (\w+) \|", glossary, flags=re.M))

    models = {model.__name__ for model in apps.get_app_config("advocacy").get_models()}
    assert {name for name in models if not name.startswith("Historical")} <= words


def test_every_path_of_the_readme_exists():
    tree = re.search(r"## Where things are\n\n```\n(.*?)```", README, flags=re.S)[1]
    first, *folders = tree.splitlines()
    paths = first.split() + [line.split()[0] for line in folders]

    assert len(paths) > 10
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_and_path_of_a_document_exists(page):
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", text)
    paths = re.findall(
        r"`((?:advocacy|docs|tests|templates|static|deploy|fixtures|bench)/[^`*…: ]*)`", text
    )

    missing = [link for link in links if not (page.parent / link).exists()]
    # What somebody is told to write is not in the tree.
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    missing += [path for path in paths if f"/{path}" not in ignored and not (ROOT / path).exists()]

    assert missing == []


def anchors_of(page):
    """The addresses of the headings of a page, as a forge makes them."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    headings = re.findall(r"^#+ (.*)$", text, flags=re.M)
    return {
        re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_heading_finds_it(page):
    links = re.findall(r"\]\((?!https?:)([^)#]*)#([^)]+)\)", page.read_text(encoding="utf-8"))

    wrong = [
        f"{name}#{anchor}"
        for name, anchor in links
        if anchor not in anchors_of(page.parent / name if name else page)
    ]
    assert wrong == []


def test_every_check_of_the_site_has_its_row_of_alarms():
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    table = page.split("## Alarms")[1].split("\n## ")[0]

    assert set(re.findall(r"^\| `(\w+)` \|", table, flags=re.M)) == set(health.CHECKS)


def test_every_fault_that_was_tried_names_parts_of_the_proof():
    page = (ROOT / "docs" / "bad-days.md").read_text(encoding="utf-8")
    table = page.split("## Faults that were tried")[1]
    named = re.findall(r"\| ([^|]+) \|$", table, flags=re.M)[2:]

    parts = {part.__name__ for part in proof.PARTS}
    assert len(named) > 5
    assert {name for row in named for name in re.findall(r"`(\w+)`", row)} <= parts
    assert all("`" in row for row in named)


def test_every_dependency_has_its_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    reasons = (ROOT / "docs" / "decisions" / "0007-dependencies.md").read_text(encoding="utf-8")

    names = {re.match(r"[\w-]+", requirement)[0] for requirement in wanted}
    assert names == set(re.findall(r"^\| ([\w-]+) \|", reasons, flags=re.M)) - {"package", "---"}


def stated_licence(package):
    """None where a package is not installed, "" where it states nothing."""
    try:
        told = metadata.metadata(package)
    except metadata.PackageNotFoundError:
        return None  # Of another system: the lock is for all.
    kinds = [kind for kind in told.get_all("Classifier", []) if kind.startswith("License ::")]
    stated = "; ".join(kind.split(" :: ")[-1] for kind in kinds) or told.get("License") or ""
    return told.get("License-Expression") or stated.split("\n")[0]


def test_every_installed_package_is_listed_with_its_licence():
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| ([a-z0-9][\w.-]*) \| (.+?) \| .+ \|$", page, flags=re.M))
    del rows["package"]
    lock = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8")

    assert set(rows) == set(re.findall(r"^([a-z0-9][\w.-]*)==", lock, flags=re.M))
    for package, licence in rows.items():
        assert (stated_licence(package) or licence) == licence, package
        assert "AGPL" not in licence, package


def test_every_make_target_of_the_readme_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    for target in re.findall(r"`make ([\w-]+)", README):
        assert re.search(rf"^{target}:", makefile, flags=re.M), target


def test_decisions_are_numbered_without_a_gap():
    numbers = [int(path.name[:4]) for path in sorted((ROOT / "docs" / "decisions").glob("*.md"))]

    assert numbers == list(range(1, len(numbers) + 1))


def test_every_promise_of_the_security_page_names_a_test_that_is_there():
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([\w/]+\.py)::(test_\w+)`", page))
    there = {
        (str(path.relative_to(ROOT / "tests")), node.name)
        for path in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    }

    assert len(named) > 50
    assert named - there == set()
    # A promise is a row of a table, and none is without its test.
    rows = re.findall(r"^\| (?!promised|---)(.+?) \| (.+) \|$", page, flags=re.M)
    assert [promise for promise, tests in rows if "::test_" not in tests] == []
