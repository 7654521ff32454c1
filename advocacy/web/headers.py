"""What the headers of every answer say, those of static files, redirects and failures as well."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import add_never_cache_headers

# None of these is ever asked for: a script that got in could not ask for them either.
FEATURES = [
    "accelerometer",
    "browsing-topics",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "screen-wake-lock",
    "usb",
]
POLICY = ", ".join(f"{feature}=()" for feature in FEATURES)
# Pages that show secrets of second factors, or set a password.
ACCOUNT = "/admin/account/"

type Answer = Callable[[HttpRequest], HttpResponseBase]


def add_headers(get_response: Answer) -> Answer:
    """Middleware, the outermost: whatever answers inside, the answer carries these headers."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", POLICY)
        # Pictures of links and of the silence alone are made for others to show, and say so.
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        # So a view keeps what is compressed from being compressed again; it is no encoding.
        if response.headers.get("Content-Encoding") == "identity":
            del response.headers["Content-Encoding"]
        if settings.ONION_LOCATION and is_page(response):
            onion = f"{settings.ONION_LOCATION}{request.get_full_path()}"
            response.headers.setdefault("Onion-Location", onion)
        if request.path_info.startswith(ACCOUNT):
            add_never_cache_headers(response)
        return response

    return middleware


def is_page(response: HttpResponseBase) -> bool:
    return response.headers.get("Content-Type", "").startswith("text/html")
