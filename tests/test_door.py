"""The door of our server, with the real server and a small program behind it."""

import asyncio
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from http.client import HTTPConnection

import pytest

from advocacy.management.serving import FIRST_STEPS
from advocacy.web import bodies
from advocacy.web.door import WORKING
from tests.ports import held_port
from tests.running import ROOT, environment
from tests.small_site import PIECE, PIECES, SECONDS
from tests.waiting import wait_until

pytestmark = pytest.mark.programs
# A thread has to make it.
NEVER_KEPT = "/admin/said"


class SmallSite:
    def __init__(self, folder, **variables):
        self.folder = folder
        self.port, self.held = held_port()
        self.log = folder / "log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.small_site"],
                cwd=ROOT,
                env=environment(
                    SECRET_KEY="x",
                    HTTPS="0",
                    PORT=str(self.port),
                    WORKERS="1",
                    VAR_DIR=str(folder),
                    DJANGO_SETTINGS_MODULE="advocacy.settings",
                    **variables,
                ),
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def connect(self):
        return HTTPConnection("127.0.0.1", self.port, timeout=30)

    def send(self, text):
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        connection.sendall(text.encode())
        return connection

    def get(self, path, method="GET"):
        connection = self.connect()
        connection.request(method, path)
        answer = connection.getresponse()
        answer.body = answer.read()
        connection.close()
        return answer

    def get_at_once(self, number, path):
        """The bodies that so many get who ask at the same time."""
        found = []
        threads = [
            threading.Thread(target=lambda: found.append(self.get(path).body))
            for _number in range(number)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return found

    def answers(self):
        assert self.process.poll() is None, self.log.read_text()
        with suppress(OSError):
            return self.get("/said").status == 200
        return False

    @property
    def told(self):
        with suppress(FileNotFoundError):
            return (self.folder / "told").read_text().split()
        return []


def run(awaited):
    """In a thread of its own: browsers that other tests drive keep a loop in this one."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, awaited).result()


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    site = SmallSite(tmp_path_factory.mktemp("small"))
    try:
        wait_until(site.answers)
        yield site
    finally:
        site.process.send_signal(signal.SIGTERM)
        site.process.wait(timeout=30)
        site.held.close()


@pytest.fixture(autouse=True)
def nothing_told(site):
    (site.folder / "told").unlink(missing_ok=True)


def test_the_program_is_told_what_was_asked(site):
    request = (
        "POST /s%C3%A4/%ff?q=%C3%A4 HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Proto: https\r\n"
        "X_Forwarded_Proto: other\r\nAccept-Language: uk\r\nAccept-Language: ko\r\n"
        "Cookie: a=1\r\nCookie: b=2\r\nContent-Type: text/x\r\nContent-Length: 3\r\n"
        "Expect: 100-continue\r\n\r\n"
    )
    with site.send(request) as connection:
        assert connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"abc")
        head, _, body = connection.recv(10_000).partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    said = json.loads(body)
    expected = {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/sä/�".encode().decode("latin-1"),
        "QUERY_STRING": "q=%C3%A4",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": str(site.port),
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": "text/x",
        "CONTENT_LENGTH": "3",
        "HTTP_HOST": "localhost",
        "HTTP_X_FORWARDED_PROTO": "https",
        "HTTP_ACCEPT_LANGUAGE": "uk,ko",
        "HTTP_COOKIE": "a=1; b=2",
        "HTTP_EXPECT": "100-continue",
        "wsgi.url_scheme": "http",
        "received": 3,
    }
    assert said == expected


def test_a_name_that_is_a_part_of_the_address_counts_where_there_is_no_other(site):
    with site.send("GET http://localhost/said HTTP/1.1\r\nConnection: close\r\n\r\n") as one:
        said = json.loads(one.recv(10_000).partition(b"\r\n\r\n")[2])

    assert (said["HTTP_HOST"], said["PATH_INFO"]) == ("localhost", "/said")


def test_a_request_with_an_empty_name_comes_to_the_program_as_it_is(site):
    with site.send("GET /said HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n") as one:
        head, _, body = one.recv(10_000).partition(b"\r\n\r\n")

    assert b"200" in head.splitlines()[0]
    assert json.loads(body)["HTTP_HOST"] == ""


def test_many_requests_of_one_connection_and_a_head_without_its_body(site):
    connection = site.connect()
    for _time in range(3):
        connection.request("POST", "/said", body=b"x" * 70_000)
        assert json.loads(connection.getresponse().read())["received"] == 70_000
        connection.request("HEAD", "/said")
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, b"")
        assert int(answer.headers["Content-Length"]) > 100


def test_what_staff_bring_in_arrives_whole(site):
    connection = site.connect()
    connection.request("POST", "/admin/said", body=b"x" * bodies.MOST_OF_STAFF)

    assert json.loads(connection.getresponse().read())["received"] == bodies.MOST_OF_STAFF


def test_whoever_reads_a_long_answer_slowly_holds_no_thread(site):
    with ExitStack() as readers:
        slow = [
            readers.enter_context(site.send("GET /long HTTP/1.0\r\nHost: localhost\r\n\r\n"))
            for _number in range(3 * WORKING)
        ]
        wait_until(lambda: site.told == ["closed"] * len(slow))
        assert site.get(NEVER_KEPT).status == 200
        received = b""
        while piece := slow[-1].recv(1_000_000):
            received += piece

    head, _, body = received.partition(b"\r\n\r\n")
    assert f"content-length: {len(PIECE) * PIECES}".encode() in head
    assert body == PIECE * PIECES


def test_an_answer_that_breaks_off_is_an_error_and_the_next_is_not(site):
    assert site.get("/broken").status == 500
    assert site.get("/said").status == 200
    # The server writes down what broke after the answer to whoever asked.
    wait_until(lambda: "ValueError: it is broken" in site.log.read_text())


def test_whoever_waits_for_a_page_that_is_being_made_holds_no_thread(site):
    waiting = threading.Thread(target=site.get_at_once, args=[30, "/slow"])
    waiting.start()
    wait_until(lambda: site.told)
    begun = time.monotonic()
    assert site.get(NEVER_KEPT).status == 200
    took = time.monotonic() - begun
    waiting.join()

    assert site.told == ["made"]
    assert took < SECONDS / 2


def test_the_server_takes_first_steps_several_at_a_time(site):
    begun = time.monotonic()
    answers = site.get_at_once(FIRST_STEPS, "/first")

    assert answers == [b"a thread"] * FIRST_STEPS
    assert time.monotonic() - begun < 2 * SECONDS


def test_where_the_number_of_the_content_cannot_be_read_no_kept_page_waits_for_it(site):
    page = site.get("/slow").body
    (site.folder / "hangs").touch()
    try:
        wait_until(lambda: site.get("/slow").body == page and "reading" in site.told)
        begun, marks = time.monotonic(), set()
        while time.monotonic() - begun < 6:
            answer = site.get("/slow")
            assert answer.body == page
            marks.add(answer.headers["Warning"])
    finally:
        (site.folder / "hangs").unlink()

    # No thread but one waits for it, and that one once.
    assert site.told.count("reading") == 1
    assert '111 - "Revalidation Failed"' in marks


class Sender:
    """Somebody who sends a piece of a body again and again, for ever."""

    def __init__(self, piece, seconds):
        self.piece, self.seconds = piece, seconds

    async def __aiter__(self):
        while True:
            await asyncio.sleep(self.seconds)
            yield self.piece


@pytest.mark.parametrize(
    ("sender", "status", "most"),
    [
        (Sender(b"x", 0.01), 408, 10_000),
        (Sender(b"x", 60), 408, 10_000),
        (Sender(b"x" * 6000, 0), 413, 10_000),
    ],
    ids=["drop by drop", "nothing more", "too much"],
)
def test_a_body_that_does_not_end_is_refused(monkeypatch, sender, status, most):
    monkeypatch.setattr(bodies, "SECONDS_OF_A_BODY", 0.5)
    monkeypatch.setattr(bodies, "SECONDS_OF_A_PIECE", 0.2)
    begun = time.monotonic()
    with pytest.raises(bodies.Refused) as refused:
        run(bodies.whole(sender, most))

    assert refused.value.status == status
    assert time.monotonic() - begun < 30


def test_a_long_body_over_a_slow_line_has_its_time(monkeypatch):
    monkeypatch.setattr(bodies, "SECONDS_OF_A_BODY", 0.2)

    async def ten_pieces():
        for _number in range(10):
            await asyncio.sleep(0.1)
            yield b"x" * bodies.BYTES_A_SECOND

    body = run(bodies.whole(ten_pieces(), bodies.MOST_OF_STAFF))

    assert body.tell() == 10 * bodies.BYTES_A_SECOND


def test_no_more_bodies_are_awaited_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr(bodies, "AWAITED", 1)
    monkeypatch.setattr(bodies, "SECONDS_OF_A_PIECE", 0.2)
    room = bodies.Bodies()

    async def read():
        environ = {"PATH_INFO": "/", "CONTENT_LENGTH": "5"}
        return await room.read(environ, Sender(b"x", 60))

    async def read_two():
        return await asyncio.gather(read(), read(), return_exceptions=True)

    first = run(read_two())
    assert [refusal.status for refusal in first] == [408, 503]
    assert room.awaited == 0
