"""What every page may need to know of the settings and of this machine."""

from django.conf import settings

from advocacy.models import Page
from advocacy.public.share import drawing


def switches(request):
    return {
        "tally_is_on": settings.TALLY,
        "pictures_can_be_drawn": drawing.is_possible,
        "pages_in_footer": Page.objects.in_footer,
    }
