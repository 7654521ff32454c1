"""The words of a page in its language are fetched for all of its rows at once."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from advocacy.models import reading

type GetResponse = Callable[[HttpRequest], HttpResponseBase]


def fetch_words_at_once(get_response: GetResponse) -> GetResponse:
    def answer(request: HttpRequest) -> HttpResponseBase:
        with reading():
            return get_response(request)

    return answer
