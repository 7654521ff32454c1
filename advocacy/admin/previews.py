"""The public page as it would look: made inside a transaction that is taken back."""

from copy import copy

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import QueryDict
from django.utils import translation
from django.utils.translation import get_language

from advocacy.mailing import letters
from advocacy.models import Edition, EditionKind
from advocacy.public.views.actions import action_detail


def somebody_else(author):
    """Stands in for the second person, whom the public page does not name."""
    return get_user_model().objects.exclude(pk=author.pk).order_by("pk").first()


def public_page(request, action, enter):
    """What the public would see of an ask, and what its followers would be mailed.

    `enter` writes the entry; nothing of it stays. Raises what `enter` raises.
    """
    language = request.GET.get("language", get_language())
    language = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with transaction.atomic(), translation.override(language):
        entry = enter()
        seen = copy(request)
        seen.method, seen.GET, seen.path = "GET", QueryDict(), action.get_absolute_url()
        seen.LANGUAGE_CODE, seen.htmx = language, False
        letter = letters.notice_letter(Edition(kind=EditionKind.NOTICE, entry=entry), language)
        seen.preview = {"letter": letter, "tell": entry.get_tell_display()}
        page = action_detail(seen, action.slug)
        transaction.set_rollback(True)
    page["Cache-Control"] = "no-store"
    return page


def refused_preview(model_admin, request, response):
    """What is missing before there is anything to look at."""
    return model_admin.desk_page(
        request,
        "no_preview.html",
        status=422,
        title=translation.gettext("There is nothing to look at yet"),
        errors=[form.errors for form in response.forms if form.errors],
    )
