"""The import directions of `docs/architecture.md`, checked in the source."""

import ast
from pathlib import Path

import pytest

ADVOCACY = Path(__file__).parent.parent / "advocacy"
MAY_IMPORT = {
    "models": {"models"},
    "forms": {"models"},
    "feeds": {"forms", "models"},
    "templatetags": {"models", "share"},
    "mail": {"logs", "models"},
    "tasks": {"desk", "links", "mail", "models", "share"},
    "admin": {"admin", "forms", "mail", "models", "tasks", "transfer", "views"},
    "management": {"management", "models", "tasks", "transfer", "wsgi"},
    "views": {"forms", "models", "share", "tasks", "views"},
    "urls": {"feeds", "views"},
    "webhooks": {"models"},
    "transfer": {"models", "transfer"},
    "apps": {"accounts", "webhooks"},
    "etags": set(),
    "accounts": {"models"},
    "desk": {"accounts", "models"},
    "links": set(),
    "share": set(),
    "logs": set(),
    "settings": set(),
    "wsgi": set(),
}
FILES = sorted(
    path for path in ADVOCACY.rglob("*.py") if "migrations" not in path.parts and path.read_text()
)


def layer_of(path):
    return path.relative_to(ADVOCACY).parts[0].removesuffix(".py")


def imported_layers(path):
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
def test_layers_import_only_downwards(path):
    layer = layer_of(path)

    assert layer in MAY_IMPORT, f"add {layer} to the diagram in docs/architecture.md and here"
    assert set(imported_layers(path)) - MAY_IMPORT[layer] == set()


def test_the_layers_named_here_exist():
    assert {layer_of(path) for path in FILES} == set(MAY_IMPORT)


def test_models_never_see_a_request():
    for path in (ADVOCACY / "models").glob("*.py"):
        arguments = {
            node.arg for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.arg)
        }
        assert "request" not in arguments, path.name
