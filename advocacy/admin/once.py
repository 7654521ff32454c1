"""A form that is sent twice does its work once: the desk's side of `OnceKey`."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from advocacy.models import OnceKey, once_key

SENT_BEFORE = _(
    "This form had been sent already, so nothing was done twice. Here is what came of it."
)


def once(request, act):
    """Do what the form of this request asks for; where it was done before, lead to what it made.

    `act` gives the answer. Where that is no redirect, nothing was done: nothing is kept, and the
    form may be sent again.
    """
    with transaction.atomic():
        key, is_first = OnceKey.objects.take(once_key(request.POST.get("once", "")))
        if not is_first:
            messages.info(request, SENT_BEFORE)
            return redirect(key.leads_to)
        answer = act()
        if answer.status_code == 302:
            key.lead_to(answer.url)
        else:
            transaction.set_rollback(True)
    return answer
