"""How the static files are collected for a server, and served."""

import json
import time
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from whitenoise.base import WhiteNoise
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage

from advocacy.web.gateway import Application, Environ, Headers, Start
from advocacy.web.places import place_of

WHITENOISE = "whitenoise.middleware.WhiteNoiseMiddleware"
METHODS = {"GET", "HEAD"}
MANIFEST = "staticfiles.json"
# So long after an upgrade a page of the version before may still ask for its files.
KEEP_OLD = 30 * 24 * 3600
COMPRESSED = {".gz", ".br"}


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Names that change with the contents, in the imports of our scripts as well."""

    support_js_module_import_aggregation = True


def collect() -> None:
    """Collect the files of this version, and keep those of the one before for thirty days more."""
    before = in_use()
    call_command("collectstatic", interactive=False, verbosity=0)
    for path in before - in_use():
        for file in [path, *(path.with_name(path.name + suffix) for suffix in COMPRESSED)]:
            if file.exists():
                file.touch()
    forget_old()


def in_use() -> set[Path]:
    """The files that the pages of this version name; none before anything was collected."""
    root = Path(settings.STATIC_ROOT)
    try:
        paths = json.loads((root / MANIFEST).read_text(encoding="utf-8"))["paths"]
    except (OSError, ValueError, KeyError):
        return set()
    return {root / name for name in [MANIFEST, *paths.keys(), *paths.values()]}


def forget_old() -> int:
    """Delete the files that were replaced thirty days ago; gives how many."""
    current = in_use()
    number = 0
    for path in list(Path(settings.STATIC_ROOT).rglob("*")) if current else []:
        plain = path.with_suffix("") if path.suffix in COMPRESSED else path
        is_old = path.is_file() and path.stat().st_mtime < time.time() - KEEP_OLD
        if is_old and plain not in current:
            path.unlink(missing_ok=True)
            number += 1
    return number


class ImmutableFiles:
    """WSGI: answers with the files whose names change with their contents, without Django.

    The others, and what there is to say of a request without HTTPS, are left to the middleware.
    """

    def __init__(self, application: Application) -> None:
        self.application = application
        table = WhiteNoiseMiddleware()
        self.files = {
            url: file for url, file in table.files.items() if table.immutable_file_test(None, url)
        }
        safe = "https" if settings.SECURE_SSL_REDIRECT else "http"
        self.headers = {scheme: headers_added(scheme) for scheme in {safe, "https"}}

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        served = self.serve(environ, start)
        return self.application(environ, start) if served is None else served

    def serve(self, environ: Environ, start: Start) -> Iterable[bytes] | None:
        """The file that is asked for, if it is one of these."""
        file = self.files.get(environ["PATH_INFO"])
        if file and environ["REQUEST_METHOD"] in METHODS and (place := place_of(environ)):
            added = self.headers.get(place.scheme)
            if added is not None:
                serve: Iterable[bytes] = WhiteNoise.serve(
                    file, environ, lambda status, headers: start(status, [*headers, *added])
                )
                return serve
        return None


def headers_added(scheme: str) -> Headers:
    """What the middleware around WhiteNoise adds to every file."""

    def answer(request: HttpRequest) -> HttpResponse:
        return HttpResponse(content_type="application/octet-stream")

    for name in reversed(settings.MIDDLEWARE[: settings.MIDDLEWARE.index(WHITENOISE)]):
        answer = import_string(name)(answer)
    request = HttpRequest()
    request.method, request.path = "GET", settings.STATIC_URL
    request.path_info = request.path
    request.META = {"wsgi.url_scheme": scheme, "SERVER_NAME": "localhost", "SERVER_PORT": "80"}
    # Only a request of WSGI takes its scheme from there.
    setattr(request, "_get_scheme", lambda: scheme)  # noqa: B010
    if settings.SECURE_PROXY_SSL_HEADER:
        request.META[settings.SECURE_PROXY_SSL_HEADER[0]] = scheme
    names = {"Content-Type", "Content-Length", "ETag"}
    return [item for item in answer(request).headers.items() if item[0] not in names]
