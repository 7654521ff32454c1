"""Requests of which only a part is sent, to the real server: nobody waits for the rest."""

import socket
import time
from contextlib import ExitStack

import pytest

from advocacy.management.serving import HEAD_SECONDS
from advocacy.web.bodies import SECONDS_OF_A_PIECE
from tests.running import started
from tests.waiting import wait_until

pytestmark = pytest.mark.programs

FORM = (
    "POST /en/follow/ HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\n"
)


def sent(site, text):
    connection = socket.create_connection(("127.0.0.1", site.port), timeout=HEAD_SECONDS + 20)
    connection.sendall(text.encode())
    return connection


def status(connection):
    return int(connection.recv(4096).split()[1])


def whole_form(site):
    form = "email=a&subject=everything"
    with sent(site, f"{FORM}Content-Length: {len(form)}\r\n\r\n{form}") as connection:
        return status(connection)


@pytest.mark.parametrize("number", [12, pytest.param(40, marks=pytest.mark.thorough)])
def test_half_a_form_stops_nobody_and_is_given_up_as_half_a_head_is(prepared, number):
    with started(prepared, WORKERS="1") as (site, _printed), ExitStack() as open_ones:
        head = open_ones.enter_context(sent(site, "GET /en/ HTTP/1.1\r\nHost: 127.0"))
        begun = time.monotonic()
        halves = [
            open_ones.enter_context(sent(site, f"{FORM}Content-Length: 5000\r\n\r\nemail="))
            for _number in range(number)
        ]
        for _time in range(4):
            with site.get("/en/about/") as page:
                assert page.status == 200
            assert whole_form(site) == 422
        # All of it in a few seconds, while every form still waits.
        assert time.monotonic() - begun < HEAD_SECONDS
        assert head.recv(100) == b""
        assert [status(half) for half in halves] == [408] * number
        assert [half.recv(100) for half in halves] == [b""] * number
        assert SECONDS_OF_A_PIECE <= time.monotonic() - begun < SECONDS_OF_A_PIECE + 10
        # What was given up leaves nothing behind.
        assert whole_form(site) == 422
        with site.get("/en/about/") as page:
            assert page.status == 200

    assert "Traceback" not in (prepared / "log").read_text()


def test_whoever_goes_away_leaves_nothing_behind_and_no_half_a_form_is_taken(prepared):
    form = "email=a&subject=everything"
    with started(prepared, WORKERS="1") as (site, _printed):
        for _number in range(300):
            sent(site, f"{FORM}Content-Length: 5000\r\n\r\nemail=").close()
        # Long before they would be given up, there is room again.
        wait_until(lambda: whole_form(site) == 422, seconds=SECONDS_OF_A_PIECE / 2)
        with sent(site, f"{FORM}Content-Length: 5000\r\n\r\n{form}") as cut:
            cut.shutdown(socket.SHUT_WR)
            assert status(cut) == 400
        # All of the form is there, but not the end that was promised.
        chunk = f"{len(form):x}\r\n{form}\r\n"
        with sent(site, f"{FORM}Transfer-Encoding: chunked\r\n\r\n{chunk}") as cut:
            cut.shutdown(socket.SHUT_WR)
            assert status(cut) == 400
        assert whole_form(site) == 422

    assert "Traceback" not in (prepared / "log").read_text()


def test_a_body_arrives_whole_however_it_is_sent_and_one_that_is_too_long_is_refused(prepared):
    form = "email=a&subject=everything"
    with started(prepared) as (site, _printed):
        with sent(site, f"{FORM}Content-Length: {len(form)}\r\n\r\n{form[:9]}") as slow:
            time.sleep(0.5)
            slow.sendall(form[9:].encode())
            assert status(slow) == 422
        chunks = f"9\r\n{form[:9]}\r\n{len(form) - 9:x}\r\n{form[9:]}\r\n0\r\n\r\n"
        with sent(site, f"{FORM}Transfer-Encoding: chunked\r\n\r\n{chunks}") as chunked:
            assert status(chunked) == 422
        with sent(site, f"{FORM}Content-Length: 99999999\r\n\r\n") as long:
            assert status(long) == 413
