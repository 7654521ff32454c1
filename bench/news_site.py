"""The program's own settings, for `bench/news.py`: with a trivial view, and pages that are counted.

`manage.py start` with DJANGO_SETTINGS_MODULE=bench.news_site is the whole program with all its
middleware. Each page that Django makes adds a line to the file that COUNTED_IN names.
"""

import os

from advocacy.settings import *  # noqa: F403

ROOT_URLCONF = "bench.news_urls"
MIDDLEWARE = ["bench.news_site.count", *MIDDLEWARE]  # noqa: F405


def count(get_response):
    """Note which process makes which page."""

    def counted(request):
        if request.path != "/trivial/":
            with open(os.environ["COUNTED_IN"], "a") as file:
                file.write(f"{os.getpid()} {request.path}\n")
        return get_response(request)

    return counted
