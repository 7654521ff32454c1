"""Files with names that change with their contents: served without Django, with its headers."""

import json
import os
import shutil
import time

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.test import RequestFactory

from advocacy.web.static_files import ImmutableFiles, collect, forget_old, in_use

STORAGE = {"staticfiles": {"BACKEND": "advocacy.web.static_files.StaticFiles"}}
WANTED = [
    {},
    {"HTTP_ACCEPT_ENCODING": "gzip"},
    {"HTTP_ACCEPT_ENCODING": "gzip, br"},
    {"HTTP_RANGE": "bytes=0-9"},
    {"REQUEST_METHOD": "HEAD"},
    {"REQUEST_METHOD": "POST"},
]
# A request closes what is left of connections that tests before this one have used.
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def static_root(tmp_path_factory):
    return tmp_path_factory.mktemp("static")


@pytest.fixture
def collected(settings, static_root):
    settings.STORAGES = settings.STORAGES | STORAGE
    settings.STATIC_ROOT = static_root
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = False
    if not (static_root / "staticfiles.json").exists():
        call_command("collectstatic", interactive=False, verbosity=0)


def ask(application, path, **given):
    told = []
    environ = RequestFactory().get(path).environ | given
    pieces = application(environ, lambda *said: told.append(said))
    body = b"".join(pieces)
    if hasattr(pieces, "close"):
        pieces.close()
    status, headers = told[0][:2]
    return status, {name.lower(): value for name, value in headers}, body


def asked_beside(application):
    """The wall of files, and what got past it."""
    passed = []

    def program(environ, start):
        passed.append(environ["PATH_INFO"])
        return application(environ, start)

    return ImmutableFiles(program), passed


@pytest.mark.parametrize("given", WANTED)
def test_an_immutable_file_needs_no_django_and_is_the_same_as_with_it(collected, given):
    django = WSGIHandler()
    files, passed = asked_beside(django)
    paths = [path for path in files.files if path.endswith((".css", ".js", ".svg"))]
    assert len(paths) > 20
    for path in paths:
        with_django = ask(django, path, **given)
        assert ask(files, path, **given) == with_django, path
    assert passed == (paths if given.get("REQUEST_METHOD") == "POST" else [])
    path = paths[0]
    etag = ask(files, path)[1]["etag"]
    assert ask(files, path, HTTP_IF_NONE_MATCH=etag)[0] == "304 Not Modified"


def test_no_file_names_an_address_in_tor(collected, settings):
    settings.ONION_LOCATION = "http://example.onion"
    files, _passed = asked_beside(WSGIHandler())
    path = next(path for path in files.files if path.endswith(".css"))

    _status, headers, _body = ask(files, path)

    assert headers == ask(WSGIHandler(), path)[1]
    assert "onion-location" not in headers


def test_what_may_change_under_its_name_and_http_under_https_are_left_to_django(
    collected, settings
):
    files, passed = asked_beside(WSGIHandler())
    paths = ["/favicon.ico", "/static/css/site.css", "/static/css/nothing.0123456789ab.css"]
    for path in paths:
        ask(files, path)
    assert passed == paths

    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 60
    files, passed = asked_beside(WSGIHandler())
    path = next(iter(files.files))
    assert ask(files, path)[0] == "301 Moved Permanently"
    assert passed == [path]
    status, headers, _body = ask(files, path, **{"wsgi.url_scheme": "https"})
    assert (status, headers["strict-transport-security"]) == ("200 OK", "max-age=60")
    assert passed == [path]


def test_files_of_older_versions_go_after_thirty_days(collected, static_root):
    age = time.time() - 31 * 24 * 3600
    for path in static_root.rglob("*"):
        if path.is_file():
            os.utime(path, (age, age))
    current = {path for path in static_root.rglob("*") if path.is_file()}
    old = static_root / "css" / "site.0123456789ab.css"
    recent = static_root / "css" / "site.ba9876543210.css"
    for path in [old, old.with_name(f"{old.name}.br"), recent]:
        path.write_text("")
    os.utime(old, (age, age))
    os.utime(old.with_name(f"{old.name}.br"), (age, age))

    gone = forget_old()

    left = {path for path in static_root.rglob("*") if path.is_file()}
    assert gone >= 2
    assert not any(path.name.startswith(old.name) for path in left)
    assert recent in left
    assert len(current - left) == gone - 2
    for url in ImmutableFiles(lambda *_: []).files:
        assert (static_root / url.removeprefix("/static/")).exists()


def test_the_files_of_the_version_before_stay_for_thirty_days_after_an_upgrade(
    collected, static_root, settings, tmp_path
):
    settings.STATIC_ROOT = tmp_path / "static"
    shutil.copytree(static_root, settings.STATIC_ROOT)
    manifest = settings.STATIC_ROOT / "staticfiles.json"
    said = json.loads(manifest.read_text(encoding="utf-8"))
    old = settings.STATIC_ROOT / "css" / "site.0123456789ab.css"
    said["paths"]["css/site.css"] = f"css/{old.name}"
    manifest.write_text(json.dumps(said), encoding="utf-8")
    for path in [old, old.with_name(f"{old.name}.br")]:
        path.write_text("")
        age = time.time() - 400 * 24 * 3600
        os.utime(path, (age, age))

    collect()

    assert old not in in_use()
    assert forget_old() == 0
    assert old.exists()
    assert old.with_name(f"{old.name}.br").exists()

    age = time.time() - 31 * 24 * 3600
    for path in settings.STATIC_ROOT.rglob("*"):
        os.utime(path, (age, age))
    collect()

    assert not old.exists()
    assert not old.with_name(f"{old.name}.br").exists()
    assert all(path.exists() for path in in_use())
