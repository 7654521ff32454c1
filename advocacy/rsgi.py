"""What our server runs: `manage.py start`."""

from advocacy import wsgi
from advocacy.web.door import Door
from advocacy.web.page_cache import PageCache

cache = wsgi.pages if isinstance(wsgi.pages, PageCache) else None
application = Door(wsgi.program, wsgi.application, cache)
