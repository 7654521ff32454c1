"""What a page reads once for all of it: the words of its language, the number of the content."""

from collections.abc import Callable
from contextlib import nullcontext

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from advocacy.models import reading
from advocacy.models.content_version import one_version

type GetResponse = Callable[[HttpRequest], HttpResponseBase]

SAFE = {"GET", "HEAD"}


def fetch_words_at_once(get_response: GetResponse) -> GetResponse:
    def answer(request: HttpRequest) -> HttpResponseBase:
        # Whoever writes has to see what was written.
        is_safe = request.method in SAFE
        with reading(), one_version() if is_safe else nullcontext():
            return get_response(request)

    return answer
