"""What every page may need to know of the record, of the settings and of this machine."""

from typing import Any

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from advocacy.models import Page, Site
from advocacy.public import look
from advocacy.public.share import drawing
from advocacy.version import VERSION


def switches(request):
    # Asked for once a page, by the first part that names the record.
    site: Any = SimpleLazyObject(Site.current)
    return {
        "site": site,
        "first_sheet": SimpleLazyObject(lambda: look.address(site)),
        "tally_is_on": settings.TALLY,
        "pictures_can_be_drawn": drawing.is_possible,
        "pages_in_footer": Page.objects.in_footer,
        "version": VERSION,
    }
