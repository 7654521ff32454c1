"""A few hundred of the requests of `make fuzz`, through Django's test client."""

from collections import Counter
from urllib.parse import unquote_to_bytes

import pytest
from django.core.management import call_command
from django.test import Client

from bench.fuzz_requests import Answer, Fuzz, Request, explore, faults
from tests.dossier import few_rows

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]

NUMBER = 300


def ask(request):
    """What a server makes of a request, and the answer of the program to that."""
    named = {name.upper().replace("-", "_"): value for name, value in request.headers.items()}
    environ = {f"HTTP_{name}": value for name, value in named.items() if name != "CONTENT_TYPE"}
    path = unquote_to_bytes(request.path.partition("#")[0]).decode("latin-1")
    response = Client(raise_request_exception=False).generic(
        request.method,
        "/",
        request.body,
        content_type=named.get("CONTENT_TYPE", "application/octet-stream"),
        **{"PATH_INFO": path, "QUERY_STRING": request.query, "HTTP_HOST": "testserver", **environ},
    )
    headers = {name.lower(): value for name, value in response.items()}
    if response.cookies:
        headers["set-cookie"] = response.cookies.output()
    return Answer(response.status_code, headers, b"".join(response))


def red(seed, number=NUMBER):
    """The requests that went wrong, and how often each status was the answer."""
    pages, forms = explore(ask)
    fuzz = Fuzz(pages, forms, seed, "testserver")
    wrong, counts = [], Counter()
    for _number in range(number):
        request = fuzz.request()
        answer = ask(request)
        counts[answer.status] += 1
        wrong += [f"{fault}: {request}" for fault in faults(request, answer)]
    return wrong, counts


@pytest.fixture(autouse=True)
def dossier(tmp_path):
    call_command("load_content", folder=few_rows(tmp_path / "dossier"), verbosity=0)


def test_no_request_breaks_a_page(settings):
    settings.TRUST_PROXY = True

    wrong, counts = red(seed=1)

    assert wrong == []
    # They reach pages and forms, and not only what refuses them.
    assert {200, 400, 403, 404, 422} <= set(counts)


def test_what_is_wrong_with_an_answer_is_named():
    assert [*faults(Request(), Answer(503, {}, b""))] == ["answered 503"]
    assert [*faults(Request(), Answer(200, {"set-cookie": "a"}, b""))] == ["set a cookie"]
    assert [*faults(Request(path="/admin/"), Answer(200, {"set-cookie": "a"}, b""))] == []
    html = {"content-type": "text/html"}
    shown = Answer(200, html, b"<p><fz7 onload='x'>")
    assert [*faults(Request(), shown)] == ["gave markup back as it was sent"]
    assert [*faults(Request(), Answer(200, html, b"<p>&lt;fz7 onload"))] == []
    assert [*faults(Request(), Answer(200, {"x-fz7": "1"}, b""))] == ["let a header be smuggled in"]
