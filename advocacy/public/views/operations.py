"""What machines ask: is it alive, does it work, and what may be crawled."""

import json

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from advocacy.upkeep import health


@require_safe
@never_cache
def healthz(request):
    """Whether the process answers. Whether the site works as well is `readyz`."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request):
    """Whether the site works: JSON with one line a check, and 503 where one fails."""
    checks = health.look_in_time()
    lines = [f"{json.dumps(check.name)}: {json.dumps(as_json(check))}" for check in checks]
    return HttpResponse(
        "{\n" + ",\n".join(lines) + "\n}\n",
        content_type="application/json",
        status=503 if health.failing(checks) else 200,
    )


def as_json(check):
    since = {"since": check.since.isoformat(timespec="seconds")} if check.since else {}
    return {"ok": check.is_ok, "what": check.what, **since}


@require_safe
def robots(request):
    sitemap = settings.SITE_URL + reverse("sitemap")
    lines = f"User-agent: *\nDisallow: /admin/\n\nSitemap: {sitemap}\n"
    return HttpResponse(lines, content_type="text/plain")
