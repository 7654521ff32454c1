"""The sitemap: one file while it is short, else one that names the others."""

from django.contrib.sitemaps import views
from django.views.decorators.http import require_safe

from advocacy.public.sitemaps import MOST_ROWS, SECTIONS, number_of_rows


@require_safe
def sitemap(request):
    if number_of_rows() <= MOST_ROWS:
        return views.sitemap(request, SECTIONS)
    return views.index(request, SECTIONS, sitemap_url_name="sitemap_section")


@require_safe
def section(request, section):
    return views.sitemap(request, SECTIONS, section=section)
