"""Answers 304 to who has a page already, whatever moment stands in its sign-up form."""

import re

from django.http import HttpResponse
from django.middleware import http
from django.utils.cache import set_response_etag

SHOWN_AT = re.compile(rb'(name="shown_at" value=")[^"]*')


class ConditionalGetMiddleware(http.ConditionalGetMiddleware):
    """Leaves the moment at which a form was made out of the ETag: a page is the same without it."""

    def process_response(self, request, response):
        if b'name="shown_at"' in getattr(response, "content", b"") and self.needs_etag(response):
            same = HttpResponse(SHOWN_AT.sub(rb"\1", response.content))
            set_response_etag(same)
            response["ETag"] = same["ETag"]
        return super().process_response(request, response)
