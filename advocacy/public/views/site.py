"""What belongs to the record as a whole: its look, its pictures, how to reach who is behind it."""

from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from advocacy.models import Picture, Site
from advocacy.public.look import digest_of, style_sheet

A_YEAR = 365 * 24 * 3600
# RFC 9116 asks for less than a year.
GOOD_FOR = timedelta(days=180)


@require_safe
def look(request, digest):
    """The first style sheet of the pages of a record with a look of its own."""
    site = Site.current()
    response = HttpResponse(style_sheet(site), content_type="text/css; charset=utf-8")
    if digest == digest_of(site):
        response["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    else:  # A page that was made before the last change gets the look of now.
        response["Cache-Control"] = "no-cache"
    return response


@require_safe
@cache_control(public=True, max_age=A_YEAR, immutable=True)
def picture(request, digest):
    """The logo or the social picture; one that was replaced is gone."""
    site = Site.current()
    if digest not in (site.logo_id, site.social_picture_id):
        raise Http404
    response = HttpResponse(get_object_or_404(Picture, digest=digest).png, content_type="image/png")
    # Made for pages of others, which show it beside a link.
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_safe
def key(request):
    """The OpenPGP key of the contact, as text."""
    site = Site.current()
    if not site.openpgp_key:
        raise Http404
    return HttpResponse(site.key_text, content_type="text/plain; charset=utf-8")


@require_safe
def security(request):
    """Whom to tell of a weakness (RFC 9116)."""
    site = Site.current()
    if not site.email:
        raise Http404
    expires = datetime.combine(timezone.localdate() + GOOD_FOR, time(), UTC)
    lines = [f"Contact: {site.mailto}", f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}"]
    if site.openpgp_key:
        lines.append(f"Encryption: {settings.SITE_URL}{reverse('site_key')}")
    lines += [
        f"Preferred-Languages: {', '.join(code for code, _name in settings.LANGUAGES)}",
        f"Canonical: {settings.SITE_URL}{reverse('security')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
