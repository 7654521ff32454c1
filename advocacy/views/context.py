"""What every page may need to know of the settings."""

from django.conf import settings


def switches(request):
    return {"tally_is_on": settings.TALLY}
