"""The address of a page in the language that is active, remembered."""

from functools import lru_cache

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.translation import get_language


def page_address(name: str, *args: str) -> str:
    """What Django's `reverse` says, which is asked hundreds of times a page for the same."""
    urls = get_urlconf() or settings.ROOT_URLCONF
    return _address(name, args, get_language(), get_script_prefix(), urls)


@lru_cache(maxsize=10_000)
def _address(
    name: str, args: tuple[str, ...], _language: str | None, _prefix: str, _urls: str
) -> str:
    return reverse(name, args=args)
