"""A form that is sent twice does its work once: the desk's side of `OnceKey`."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from advocacy.models import OnceKey, content_digest, once_key

# What a browser sends beside what somebody typed; so does every button, as `_save`.
NOT_TYPED = {"csrfmiddlewaretoken", "once", "confirm"}


def once(request, act, *, about=None, stands=lambda key: True):
    """Do what the form of this request asks for; where it was done before, lead to what it made.

    `act` gives the answer. Where that is no redirect, or `act` raises, nothing was done: nothing
    is kept, and the form may be sent again. An answer may say in `leads_to` where that is seen
    which it made, if it leads elsewhere itself.

    `about` is what the form is about beside what it says. With it, another form of the same person
    that says the same on the same day counts as the same one, unless `stands` knows that what came
    of that is gone. Without it, another form is another act, whatever it says.
    """
    given = once_key(request.POST.get("once", ""))
    content = "" if about is None else content_digest([request.path, *about], typed(request.POST))
    with transaction.atomic():
        key, is_first = OnceKey.objects.take(given, by=request.user, content=content)
        if not is_first and key.key != given and not stands(key):
            OnceKey.objects.filter(pk=key.pk).forget_content()
            key, is_first = OnceKey.objects.take(given, by=request.user, content=content)
        if not is_first:
            messages.info(request, sent_before(key))
            return redirect(key.leads_to)
        answer = act()
        if answer.status_code == 302:
            key.lead_to(getattr(answer, "leads_to", answer.url))
        else:
            transaction.set_rollback(True)
    return answer


def typed(data):
    return [
        (name, values)
        for name, values in data.lists()
        if name not in NOT_TYPED and not name.startswith("_")
    ]


def sent_before(key):
    moment = date_format(timezone.localtime(key.taken_at), "DATETIME_FORMAT")
    return _(
        "This was sent already (%(moment)s), so nothing was done twice. Here is what came of it."
    ) % {"moment": moment}
