"""The program for another server than ours; it needs a proxy in front that reads bodies first."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from advocacy.mailing.checks import demand_mail_url
from advocacy.web.gateway import Application
from advocacy.web.limits import Unreadable
from advocacy.web.page_cache import PageCache
from advocacy.web.slow_queries import limit_queries
from advocacy.web.static_files import ImmutableFiles

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "advocacy.settings")

demand_mail_url()
program = Unreadable(get_wsgi_application())
pages: Application = PageCache(program) if settings.PAGE_CACHE_MB else program
application = ImmutableFiles(pages)
limit_queries()
