"""The rooms of `docs/architecture.md`: who imports whom, and how long a piece may get."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ADVOCACY = ROOT / "advocacy"
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
LONGEST_TEMPLATE_LINE = 160
FILES = sorted(
    path for path in ADVOCACY.rglob("*.py") if "migrations" not in path.parts and path.read_text()
)
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))


def rooms():
    """{room: the rooms it may import}, from the table of the document."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = page.split("## Who may import whom")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \|[^|]*\|([^|]*)\|$", table, flags=re.M)
    return {room: {word for word in re.split(r"[,\s]+", allowed) if word} for room, allowed in rows}


def room_of(path):
    return path.relative_to(ADVOCACY).parts[0].removesuffix(".py")


def imported_rooms(path):
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.ImportFrom(module="advocacy", names=names):
                yield from (name.name for name in names)
            case ast.ImportFrom(module=str(module)) if module.startswith("advocacy."):
                yield module.split(".")[1]
            case ast.Import(names=names):
                for name in names:
                    if name.name.startswith("advocacy."):
                        yield name.name.split(".")[1]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ADVOCACY)))
def test_a_room_imports_only_what_the_document_allows(path):
    room = room_of(path)

    assert room in rooms(), f"add {room} to the table in docs/architecture.md"
    assert set(imported_rooms(path)) - rooms()[room] - {room} == set()


def test_the_document_names_every_room_and_no_other():
    assert {room_of(path) for path in FILES} == set(rooms())


def test_models_never_see_a_request():
    for path in (ADVOCACY / "models").glob("*.py"):
        arguments = {
            node.arg for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.arg)
        }
        assert "request" not in arguments, path.name


def test_no_migration_runs_code_of_the_models():
    """It would do something else once they change; a kind of constraint is no model."""
    for path in (ADVOCACY / "migrations").glob("0*.py"):
        imported = re.findall(r"^(?:import|from) (advocacy\.\S+)", path.read_text(), flags=re.M)
        assert set(imported) <= {"advocacy.models.overlap"}, path.name


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_line_is_too_long_to_read(path):
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)

    assert [number for number, line in lines if len(line) > LONGEST_TEMPLATE_LINE] == []


# Words of a status that are not taken from `models/standing.py`, in code and in templates.
OTHER_WORDS = re.compile(
    r"get_status_display|get_phase_display|ResponseStatus\.choices|Phase\.choices"
    r"|\b(?:status|phase|Phase|ResponseStatus|S|code|before|after)(?:\([^)]*\)|\[[^\]]*\])?\.label\b"
)


@pytest.mark.parametrize("path", [*FILES, *TEMPLATES], ids=lambda path: str(path.relative_to(ROOT)))
def test_words_of_a_status_come_from_the_standing_alone(path):
    if path == ADVOCACY / "models" / "standing.py":
        return
    assert OTHER_WORDS.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ADVOCACY)))
def test_no_file_and_no_function_is_too_long_to_read(path):
    text = path.read_text(encoding="utf-8")
    functions = {
        node.name: node.end_lineno - node.lineno + 1
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }

    assert len(text.splitlines()) <= LONGEST_FILE
    assert {name: length for name, length in functions.items() if length > LONGEST_FUNCTION} == {}
