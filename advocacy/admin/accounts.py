"""How staff sign in. Accounts are created by an administrator; there is no public sign-up."""

from datetime import timedelta

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ResetPasswordForm,
    default_token_generator,
)
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.core.mail import EmailMessage
from django.tasks import task
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from advocacy.admin.attempts import account, accounts_of, attempt, counted
from advocacy.admin.factors import has_second_factor, is_first_set_up
from advocacy.mailing.tasks import QUEUE, SOON
from advocacy.mailing.writing import sender
from advocacy.models import Attempt, SignIn, Site


class SignInForm(LoginForm):
    """Staff sign in by name or by e-mail address, for twelve hours."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Username or e-mail")
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
            field.help_text = ""

    def login(self, request, redirect_url=None):
        response = super().login(request, redirect_url)
        _end_in_time(request)
        return response


def _end_in_time(request):
    """Expire twelve hours after sign-in, regardless of activity."""
    request.session.set_expiry(timedelta(seconds=settings.SESSION_COOKIE_AGE))


class ResetForm(ResetPasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")


class NewPasswordForm(ChangePasswordForm):
    """Whoever found somebody's desk open does not try old passwords without end."""

    def clean_oldpassword(self):
        with attempt("password", account(self.user.pk)):
            return super().clean_oldpassword()


class StaffAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        return False

    def authenticate(self, request, **credentials):
        """Count passwords in the database, where allauth counts in a cache that forgets."""
        names = credentials.get("username"), credentials.get("email")
        made = counted("password", *accounts_of(*names))
        user = super().authenticate(request, **credentials)
        if user:
            made.delete()
        return user

    def set_password(self, user, password):
        """With a new password of one's own one is let in, whoever tried the old one how often."""
        super().set_password(user, password)
        Attempt.objects.forget("password", account(user.pk))

    def get_reauthentication_methods(self, user):
        """Whoever has a second factor is asked for that, and not for the password."""
        methods = super().get_reauthentication_methods(user)
        if not has_second_factor(user):
            return methods
        return [method for method in methods if method["id"] != "reauthenticate"]

    def is_reauthentication_required(self, *, app, **kwargs):
        """The password is not asked for twice where somebody signs in to set up a second factor."""
        return not (app == "allauth.mfa" and is_first_set_up(self.request))

    def send_password_reset_mail(self, user, email, context):
        """Send it from a task: response times must not reveal which addresses exist."""
        if Attempt.objects.make(("reset mail", account(user.pk))):
            send_password_reset.enqueue(user.pk, get_language())


@task(queue_name=QUEUE, priority=SOON)
def send_password_reset(user, language):
    """Mail a password-reset link, made here so that it is never stored in the queue."""
    user = get_user_model().objects.get(pk=user)
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    with translation.override(language):
        link = settings.SITE_URL + reverse(
            "account_reset_password_from_key", args=key.split("-", 1)
        )
        subject = gettext("%(name)s: a new password") % {"name": Site.current().name}
        text = gettext(
            "Somebody asked for a new password for your account. If it was you, open this link"
            " within three days:\n\n%(link)s\n\nIf it was not you, do nothing."
        )
        EmailMessage(subject, text % {"link": link}, sender(), [user.email]).send()


def connect():
    """Log every sign-in and every refused attempt."""
    user_logged_in.connect(_signed_in, dispatch_uid="signed in")
    user_login_failed.connect(_refused, dispatch_uid="sign-in refused")


def _signed_in(sender, request, user, **kwargs):
    if request:
        _end_in_time(request)
    records = request.session.get("account_authentication_methods", []) if request else []
    methods = [record.get("type") or record.get("method", "") for record in records]
    SignIn.objects.create(user=user, outcome=SignIn.Outcome.IN, method=", ".join(methods)[:100])


def _refused(sender, credentials, **kwargs):
    SignIn.objects.refused(credentials.get("username") or credentials.get("email") or "")
