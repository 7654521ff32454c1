"""Follow by e-mail: sign up, confirm, change, leave. No page here needs a cookie."""

from contextlib import suppress
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

from advocacy.mailing.tasks import send_confirmation
from advocacy.models import EVERYTHING, NetworkUse, SignUp, StatusUpdate, Subscriber
from advocacy.public.forms import FollowForm, FollowingForm, subject_choices
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
        kinds = [kind for kind in ("issue", "body", "action") if kind in request.GET]
        subject = f"{kinds[0]}:{request.GET[kinds[0]]}" if kinds else "everything"
        return show(request, page_form(subject=subject))

    form = page_form(request.POST)
    if not form.is_valid():
        return show(request, form, status=422)
    if not NetworkUse.objects.allows("sign-ups", visitor_address(request)):
        form.add_error(
            None,
            _("Too many sign-ups came from your network. Nothing was lost: try again in an hour."),
        )
        return show(request, form, status=429)
    if not form.looks_automatic:
        with transaction.atomic():
            sign_up = SignUp.objects.ask(
                form.cleaned_data["email"],
                language=form.cleaned_data["language"],
                frequency=form.cleaned_data["frequency"],
                **form.cleaned_data["subject"],
            )
            send_confirmation.enqueue(sign_up.pk)
    if request.htmx:
        return render(request, "follow/sent.html#answer")
    return HttpResponseRedirect(reverse("follow_sent"), status=303)


def show(request, form, status=200):
    """The page of the form, or the form alone where htmx puts it in its place."""
    try:
        chosen = form.fields["subject"].to_python(form["subject"].value())
    except ValidationError:
        chosen = {}
    context = {"form": form, "mails": StatusUpdate.objects.mails_in_last_year(**chosen)}
    if request.htmx:
        return render(request, "follow/form.html#form", context)
    return render(request, "follow/form.html", context, status=status)


def page_form(data=None, *, subject="everything"):
    """The form of the page of its own, where one chooses what to follow."""
    choices = subject_choices()
    chosen = data.get("subject", "") if data else subject
    form = FollowForm(data, subject=subject, choices=choices)
    if chosen.startswith("action:"):
        with suppress(ValidationError):
            action = form.fields["subject"].to_python(chosen)["action"]
            form.fields["subject"].choices = [*choices, (chosen, action.title)]
    return form


@require_safe
def sent(request):
    return render(request, "follow/sent.html")


@require_http_methods(["GET", "HEAD", "POST"])
@secret_address
def by_token(request, token):
    """What the link of a mail opens: a sign-up to confirm, or what a follower may change."""
    if subscriber := Subscriber.objects.by_token(token):
        return manage(request, subscriber)
    sign_up = SignUp.objects.by_token(token)
    if sign_up is None or sign_up.is_expired:
        return gone(request)
    if request.method == "POST":
        subscriber = sign_up.confirm()
        return redirect("follow_token", subscriber.token) if subscriber else gone(request)
    return render(request, "follow/confirm.html", {"sign_up": sign_up})


def gone(request):
    """The page of a link that opens nothing any more."""
    return render(request, "follow/gone.html", {"form": page_form()}, status=404)


def manage(request, subscriber):
    """Change what is followed, how often and in which language."""
    form = FollowingForm(request.POST or None, subscriber=subscriber)
    saved = False
    if request.method == "POST" and form.is_valid():
        if not subscriber.change(**form.cleaned_data):
            return gone(request)
        form = FollowingForm(subscriber=subscriber)
        saved = True
    context = {"subscriber": subscriber, "form": form, "saved": saved, "everything": EVERYTHING}
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
def held_data(request, token):
    """Everything held about a follower, as a file."""
    subscriber = Subscriber.objects.by_token(token)
    if subscriber is None:
        return gone(request)
    response = JsonResponse(subscriber.held_data(), json_dumps_params={"indent": 2})
    response["Content-Disposition"] = 'attachment; filename="answerable-about-me.json"'
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
