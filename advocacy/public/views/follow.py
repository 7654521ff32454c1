"""Follow by e-mail: sign up, confirm, change, leave. No page here needs a cookie."""

from functools import wraps

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from advocacy.mailing.tasks import next_digest_on, send_confirmation
from advocacy.models import (
    NetworkUse,
    SignUp,
    StatusUpdate,
    Subscriber,
    is_mail_late,
)
from advocacy.public.forms import FollowForm, FollowingForm
from advocacy.web.htmx import render_part, wants_part
from advocacy.web.visitors import from_this_site, visitor_address


def secret_address(view):
    """Pages whose address is a secret: never kept, never passed on, never found by search.

    The token stands for a cookie, so a form of another site, which cannot know it, can do nothing.
    """

    @csrf_exempt
    @never_cache
    @wraps(view)
    def kept_secret(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response

    return kept_secret


@require_http_methods(["GET", "HEAD", "POST"])
@from_this_site
def follow(request):
    """The sign-up form. Its answer never tells whether an address is known."""
    if request.method != "POST":
        kinds = [kind for kind in ("issue", "body", "action", "state") if kind in request.GET]
        subject = f"{kinds[0]}:{request.GET[kinds[0]]}" if kinds else "everything"
        return show(request, FollowForm(subject=subject, is_chosen_here=True))

    form = FollowForm(request.POST, is_chosen_here=True)
    if not form.is_valid():
        return show(request, form, status=200 if form.is_search else 422)
    if not NetworkUse.objects.allows("sign-ups", visitor_address(request)):
        form.add_error(
            None,
            _("Too many sign-ups came from your network. Nothing was lost: try again in an hour."),
        )
        return show(request, form, status=429)
    turn = SignUp.objects.mail_turn(form.cleaned_data["email"])
    with transaction.atomic():
        sign_up = SignUp.objects.ask(
            form.cleaned_data["email"],
            language=form.cleaned_data["language"],
            frequency=form.cleaned_data["frequency"],
            of_silence=form.cleaned_data["of_silence"],
            **form.cleaned_data["subject"],
        )
        send_confirmation.using(run_after=turn).enqueue(sign_up.pk)
    if request.htmx:
        return render(request, "follow/sent.html#answer", {"mail_is_late": is_mail_late()})
    return HttpResponseRedirect(reverse("follow_sent"), status=303)


def show(request, form, status=200):
    """The page of the form, or the form alone where htmx puts it in its place."""
    form.show_first()
    try:
        chosen = form.fields["subject"].to_python(form["subject"].value()) or {}
    except ValidationError:
        chosen = {}
    # How often a State will vote or speak, its past says too little of.
    mails = None if "state" in chosen else StatusUpdate.objects.mails_in_last_year(**chosen)
    context = {"form": form, "mails": mails}
    page = render_part(request, "follow/form.html", "form", context)
    # htmx puts only what is no error in its place.
    page.status_code = 200 if wants_part(request.META) else status
    return page


@require_safe
@never_cache
def sent(request):
    """The answer to every sign-up, in the same words whatever the address."""
    return render(request, "follow/sent.html", {"mail_is_late": is_mail_late()})


@require_http_methods(["GET", "HEAD", "POST"])
@secret_address
def by_token(request, token):
    """What the link of a mail opens: a sign-up to confirm, or what a follower may change."""
    subscriber = Subscriber.objects.by_token(token)
    if subscriber and subscriber.is_confirmed:
        return manage(request, subscriber)
    sign_up = SignUp.objects.by_token(token)
    if sign_up is None or sign_up.is_expired:
        return gone(request)
    if sign_up.confirmed_at:
        # Its mail, opened again, shows what came of it.
        address = sign_up.plain_address
        if subscriber := Subscriber.objects.confirmed().by_address(address):
            return redirect("follow_token", subscriber.token)
    if request.method == "POST":
        subscriber = sign_up.confirm()
        if subscriber is None:
            return gone(request)
        return redirect(f"{reverse('follow_token', args=[subscriber.token])}?done")
    return render(request, "follow/confirm.html", {"sign_up": sign_up})


def gone(request):
    """The page of a link that opens nothing any more."""
    form = FollowForm(is_chosen_here=True)
    form.show_first()
    return render(request, "follow/gone.html", {"form": form}, status=404)


def manage(request, subscriber):
    """Change what is followed, how often and in which language."""
    form = FollowingForm(request.POST or None, subscriber=subscriber)
    saved = False
    if request.method == "POST" and form.is_valid():
        if not subscriber.change(**form.cleaned_data):
            return gone(request)
        form = FollowingForm(subscriber=subscriber)
        saved = True
    context = {
        "subscriber": subscriber,
        "form": form,
        "saved": saved,
        "is_done": request.method != "POST" and "done" in request.GET,
        "next_digest": next_digest_on(),
    }
    return render(request, "follow/manage.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@secret_address
def leave(request, token):
    """Leave at once. Mail programs post here by themselves (RFC 8058); a GET changes nothing."""
    if request.method == "POST":
        if subscriber := Subscriber.objects.by_token(token):
            subscriber.leave()
        return render(request, "follow/left.html")
    return render(request, "follow/leave.html", {"token": token})


@require_safe
@secret_address
def personal_data(request, token):
    """Everything held about a follower, as a file."""
    subscriber = Subscriber.objects.by_token(token)
    if subscriber is None:
        return gone(request)
    response = JsonResponse(subscriber.personal_data(), json_dumps_params={"indent": 2})
    response["Content-Disposition"] = 'attachment; filename="about-me.json"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@secret_address
def delete(request, token):
    """Delete everything held about a follower."""
    if request.method == "POST":
        if subscriber := Subscriber.objects.by_token(token):
            subscriber.forget()
        return render(request, "follow/left.html", {"forgotten": True})
    return render(request, "follow/delete.html", {"token": token})
