"""The public page as it would look: made inside a transaction that is taken back."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import get_language

from advocacy.mailing import letters
from advocacy.models import Edition, EditionKind, RecommendedAction
from advocacy.public.views.actions import action_page


def somebody_else(author):
    """Stands in for the second person, whom the public page does not name."""
    return get_user_model().objects.exclude(pk=author.pk).order_by("pk").first()


def public_page(request, action, enter):
    """What the public would see of an ask, and what its followers would be mailed.

    `enter` writes the entry; nothing of it stays. Raises what `enter` raises. Writers wait until
    the page is rendered: that is short, and what staff see is what the record would really say.
    """
    language = request.GET.get("language", get_language())
    language = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with transaction.atomic(), translation.override(language):
        entry = enter()
        asks = RecommendedAction.objects.with_status().with_sessions_passed().with_related()
        letter = letters.notice_letter(Edition(kind=EditionKind.NOTICE, entry=entry), language)
        preview = {
            "letter": letter,
            "tell": entry.get_tell_display(),
            "address": action.get_absolute_url(),
        }
        context = action_page(asks.get(pk=action.pk), preview=preview)
        page = render(request, "actions/detail.html", context)
        transaction.set_rollback(True)
    page["Cache-Control"] = "no-store"
    return page
