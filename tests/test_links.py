"""Addresses of sources are asked if they still answer, and none inside a network of ours."""

import socket
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from advocacy.models import Source
from advocacy.upkeep import links, tasks
from tests.factories import make_action, make_source, record
from tests.pages import text_of

REDIRECTS = {"/moved": "/fine", "/loop": "/loop", "/inside": "http://10.1.2.3/x"}


class Site(BaseHTTPRequestHandler):
    asked = []
    was_left = threading.Event()

    def do_HEAD(self):
        self.answer()

    def do_GET(self):
        self.answer()
        if self.path == "/endless":
            try:
                while True:
                    self.wfile.write(b"x" * 65536)
                    Site.asked.append("chunk")
            except OSError:
                pass

    def answer(self):
        Site.asked.append(f"{self.command} {self.path}")
        if self.path == "/slow":
            Site.was_left.wait(20)
        if location := REDIRECTS.get(self.path):
            self.send_response(302)
            self.send_header("Location", location)
        else:
            plain = {"/gone": 410, "/missing": 404, "/broken": 500, "/closed": 403}
            refused = self.path == "/no-head" and self.command == "HEAD"
            head = self.path == "/endless" and self.command == "HEAD"
            self.send_response(405 if refused or head else plain.get(self.path, 200))
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def site(monkeypatch):
    """A site of this machine that counts as public; everything else keeps its own rule."""
    Site.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    real = links.is_public
    monkeypatch.setattr(links, "is_public", lambda ip: str(ip) == "127.0.0.1" or real(ip))
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "works", "gone", "said"),
    [
        ("/fine", True, False, "200 OK"),
        ("/moved", True, False, "200 OK"),
        ("/no-head", True, False, "200 OK"),
        ("/closed", True, False, "403 Forbidden"),
        ("/missing", False, True, "404 Not Found"),
        ("/gone", False, True, "410 Gone"),
        ("/broken", False, False, "500 Internal Server Error"),
        ("/loop", False, False, "It redirects too often."),
        ("/inside", False, False, "It leads into a private network."),
    ],
)
def test_an_address_works_fails_or_is_gone(site, path, works, gone, said):
    assert links.ask(f"{site}{path}") == links.Answer(said, works, gone)


def test_head_comes_first_and_get_where_it_is_refused(site):
    links.ask(f"{site}/fine")
    links.ask(f"{site}/no-head")

    assert Site.asked == ["HEAD /fine", "HEAD /no-head", "GET /no-head"]


def test_an_endless_answer_is_read_to_a_limit(site):
    assert links.ask(f"{site}/endless").works
    assert Site.asked.count("chunk") < 200


def test_a_slow_answer_is_left(site, monkeypatch):
    monkeypatch.setattr(links, "SECONDS", 0.3)
    answer = links.ask(f"{site}/slow")
    Site.was_left.set()

    assert not answer.works
    assert "timed out" in answer.text


def drip(connection, beginning):
    """One byte at a time, for as long as somebody listens; no byte comes later than a time-out."""
    with connection:
        connection.recv(4096)
        try:
            connection.sendall(beginning)
            while True:
                time.sleep(0.1)
                connection.sendall(b"x")
        except OSError:
            pass


@pytest.fixture
def tarpit(site):
    """A server that answers with this beginning, and then with a byte now and then."""
    servers = []

    def make(beginning):
        server = socket.create_server(("127.0.0.1", 0))
        servers.append(server)

        def serve():
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=drip, args=[connection, beginning], daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        return f"127.0.0.1:{server.getsockname()[1]}"

    yield make
    for server in servers:
        server.close()


# The status line, a header, a body behind a HEAD that is refused; a record of TLS.
@pytest.mark.parametrize(
    ("scheme", "beginning"),
    [
        ("http", b"HTTP/1.1 "),
        ("http", b"HTTP/1.1 200 OK\r\nX-Long: "),
        ("http", b"HTTP/1.1 405 No\r\nContent-Length: 100000\r\n\r\n"),
        ("http", b"HTTP/1.1 405 No\r\n\r\n"),
        ("http", b"HTTP/1.1 405 No\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n"),
        ("https", b"\x16\x03\x03\x40\x00"),
    ],
)
def test_a_check_ends_in_time_however_slowly_the_other_side_talks(
    tarpit, monkeypatch, scheme, beginning
):
    monkeypatch.setattr(links, "SECONDS_IN_ALL", 1)
    address = tarpit(beginning)
    began = time.monotonic()

    answer = links.ask(f"{scheme}://{address}/")

    # The other side talks for ever.
    assert time.monotonic() - began < 30
    assert answer == links.Answer("TimeoutError: no answer in time", works=False)


def test_a_name_that_nobody_answers_for_is_left_in_time(monkeypatch):
    released = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: released.wait(60))
    monkeypatch.setattr(links, "SECONDS_IN_ALL", 0.3)
    began = time.monotonic()

    answer = links.ask("http://slow-name.example/")
    released.set()

    assert time.monotonic() - began < 30
    assert not answer.works


@pytest.mark.django_db
def test_slow_sites_are_asked_for_a_minute_and_the_rest_in_a_task_of_its_own(
    tarpit, queue, settings, monkeypatch
):
    settings.LINK_CHECKS = True
    monkeypatch.setattr(links, "SECONDS_IN_ALL", 1.5)
    monkeypatch.setattr(tasks, "SECONDS_OF_LINKS", 2.8)
    for number in range(4):
        make_source(url=f"http://{tarpit(b'HTTP/1.1 ')}/{number}")

    queue()

    assert not Source.objects.links_to_try().exists()
    checks = DBTaskResult.objects.filter(task_path__endswith="check_links")
    assert checks.count() == 2
    for check in checks:
        assert (check.finished_at - check.started_at).total_seconds() < 30


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://[::1]/",
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "http://172.16.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fe80::1]/",
        "http://[fd00::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://0.0.0.0/",
        "http://100.64.0.1/",
        "http://224.0.0.1/",
        "http://2130706433/",
        "http://0x7f.1/",
    ],
)
def test_an_address_inside_is_never_asked(url, monkeypatch):
    def connect(*args, **kwargs):
        raise AssertionError("asked")

    monkeypatch.setattr(socket, "create_connection", connect)

    answer = links.ask(url)
    assert (answer.works, answer.gone) == (False, False)


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://example.org/", "gopher://x/", "http:///x", "https://u:p@x.org/"],
)
def test_only_plain_web_addresses_are_asked(url):
    assert links.ask(url).text == "Only plain http and https addresses are asked."


def test_a_name_that_leads_inside_is_refused_and_not_looked_up_twice(monkeypatch):
    asked, connected = [], []

    def look_up(host, port, **kwargs):
        asked.append(host)
        address = "93.184.216.34" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    def connect(address, timeout):
        connected.append(address)
        raise OSError("no network in this test")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", connect)
    links.ask("http://rebinding.example/")
    assert connected == [("93.184.216.34", 80)]
    assert links.ask("http://rebinding.example/").text == "It leads into a private network."
    assert len(connected) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wanted", "said"), [(True, "It leads into a private network."), (False, "")]
)
def test_the_worker_asks_the_addresses_where_that_is_wanted(queue, settings, wanted, said):
    settings.LINK_CHECKS = wanted
    source = make_source(url="http://10.1.2.3/x")

    queue()

    source.refresh_from_db()
    assert source.link_answer == said


@pytest.mark.django_db
def test_the_answer_of_an_old_address_is_not_said_of_the_new_one(site):
    source = make_source(url=f"{site}/gone")
    answer = links.ask(source.url)
    Source.objects.update(url=f"{site}/fine")
    source.note_link(answer.text, works=answer.works, gone=answer.gone)

    assert Source.objects.get().dead_since is None


@pytest.mark.django_db
def test_dead_addresses_are_marked_and_living_ones_again_alive(client, site):
    gone, broken, fine = (make_source(url=f"{site}{path}") for path in ("/gone", "/broken", "/x"))
    checked_lately = make_source(url=f"{site}/gone", link_checked_at=timezone.now())

    record(make_action(slug="ask"), sources=[gone])
    tasks.check_links.call()
    assert "address gone since" in text_of(client.get("/en/actions/ask/"))
    states = {s.pk: s for s in Source.objects.all()}
    assert states[gone.pk].dead_since
    assert states[gone.pk].link_answer == "410 Gone"
    assert not states[broken.pk].dead_since
    assert not states[fine.pk].dead_since
    assert not states[checked_lately.pk].dead_since
    assert not Source.objects.links_to_try().exists()

    for _ in range(2):
        Source.objects.update(link_checked_at=timezone.now() - timedelta(days=8))
        tasks.check_links.call()
    broken.refresh_from_db()
    assert broken.dead_since
    assert broken.link_failures == 3
    Source.objects.filter(pk=broken.pk).update(url=f"{site}/fine", link_checked_at=None)
    tasks.check_links.call()
    broken.refresh_from_db()
    assert (broken.dead_since, broken.link_failures) == (None, 0)
