"""A web of this machine that counts as public: sites that give what a test says."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from advocacy.models import Source, copy_files
from advocacy.upkeep import evidence, links

HTML = "text/html; charset=utf-8"


def page(words, head=""):
    return f"<html><head>{head}</head><body><p>{words}</p></body></html>".encode()


def keep(source):
    """Read the address of a source as the worker does: (outcome, answer)."""
    copy = evidence.Keeper().keep(Source.objects.get(pk=source.pk))
    return copy and (copy.outcome, copy.answer)


def files():
    """The names of all files of copies."""
    return sorted(path.name for path in copy_files.there())


class Web:
    """What stands at which path, and what was asked for."""

    def __init__(self, address):
        self.address = address
        self.asked = []
        self.answers = {}
        self.is_over = threading.Event()

    def put(self, path, content=b"", kind=HTML, status=200, **headers):
        """Let this stand at a path; returns its address. `content` may be pieces, as they come."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if kind:
            given["Content-Type"] = kind
        if isinstance(content, bytes):
            given = {"Content-Length": str(len(content))} | given
        self.answers[path] = status, given, content
        return self.address + path

    def slowly(self, seconds, *pieces):
        for piece in pieces:
            if self.is_over.wait(seconds):
                return
            yield piece


def handler_of(web):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            web.asked.append(self.path)
            status, headers, content = web.answers.get(self.path, (404, {}, b""))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                for piece in [content] if isinstance(content, bytes) else content():
                    self.wfile.write(piece)
                    self.wfile.flush()
            except OSError:
                pass  # Whoever asked has seen enough.

        def log_message(self, *args):
            pass

    return Handler


@pytest.fixture(name="web")
def fake_web(monkeypatch, settings, tmp_path):
    """That web; copies go into a folder of the test, and nobody waits between two requests."""
    settings.VAR_DIR = tmp_path
    settings.LEAST_FREE_DISK = 0
    monkeypatch.setattr(evidence, "SECONDS_BETWEEN", 0)
    server = ThreadingHTTPServer(("127.0.0.1", 0), None)
    web = Web(f"http://127.0.0.1:{server.server_port}")
    server.RequestHandlerClass = handler_of(web)
    threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
    real = links.is_public
    monkeypatch.setattr(links, "is_public", lambda ip: str(ip) == "127.0.0.1" or real(ip))
    yield web
    web.is_over.set()
    server.shutdown()
    server.server_close()
