"""What a line of the log says: when, in which request, and nothing of who made it."""

import json
import logging
import re

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from advocacy.web.logs import JsonLine, Line, WithoutSecrets, number_requests

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (?P<level>\w+) (?P<id>\S+) advocacy: ")


def written(formatter, log):
    """The lines that a piece of code logs."""
    lines = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(formatter.format(record))
    handler.addFilter(WithoutSecrets())
    logger = logging.getLogger("advocacy")
    logger.addHandler(handler)
    try:
        log(logger)
    finally:
        logger.removeHandler(handler)
    return lines


def answered(logger, times=2):
    def view(request):
        logger.error("One")
        logger.error("Two of %s", "ana@example.org")
        return HttpResponse()

    for _ in range(times):
        number_requests(view)(RequestFactory().get("/", REMOTE_ADDR="192.0.2.77"))


def test_lines_of_one_request_share_an_id_that_no_other_request_has():
    lines = written(Line(), answered)

    ids = [LINE.match(line)["id"] for line in lines]
    assert len(ids) == 4
    assert ids[0] == ids[1] != ids[2] == ids[3]
    assert re.fullmatch("[0-9a-f]{8}", ids[0])
    assert lines[1].endswith(" advocacy: Two of [address]")
    assert not any("192.0.2.77" in line for line in lines)


def test_a_line_outside_of_a_request_has_none():
    (line,) = written(Line(), lambda logger: logger.error("Alone"))

    assert LINE.match(line)["id"] == "-"


def test_a_line_of_json_holds_the_same_and_the_traceback():
    def fail(logger):
        try:
            raise ValueError("of <ana@example.org>")
        except ValueError:
            logger.exception("Failed\nfor %s", "ana@example.org")

    (line,) = written(JsonLine(), fail)

    assert "\n" not in line
    said = json.loads(line)
    assert list(said) == ["time", "level", "request", "logger", "message", "traceback"]
    assert said["message"] == "Failed for [address]"
    assert said["traceback"].endswith("ValueError: of <[address]>")


@pytest.mark.parametrize(("value", "formatter"), [("", "line"), ("1", "json")])
def test_a_setting_chooses_between_the_two(value, formatter):
    from tests.running import run

    program = "from advocacy import settings as s; print(s.LOGGING['handlers']['stderr'])"

    said = run("-c", program, SECRET_KEY="x", LOG_JSON=value).stdout

    assert f"'formatter': '{formatter}'" in said
