"""How staff sign in: accounts are made by an administrator, never on the web."""

from datetime import timedelta

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm, ResetPasswordForm, default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.core.mail import EmailMessage
from django.tasks import task
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from advocacy.models import PUBLISH, SignIn
from advocacy.models.addresses import decrypt, encrypt


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
    """At a fixed moment, however busy the session is."""
    request.session.set_expiry(timedelta(seconds=settings.SESSION_COOKIE_AGE))


class ResetForm(ResetPasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")


class KeyForm(AddWebAuthnForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")


class StaffAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        return False

    def send_password_reset_mail(self, user, email, context):
        """In a task, so that the answer takes as long where nobody has that address."""
        send_password_reset.enqueue(user.pk, get_language())


class FactorAdapter(DefaultMFAAdapter):
    """Keeps the secrets of second factors as the addresses of followers are kept."""

    def encrypt(self, text):
        return encrypt(text)

    def decrypt(self, encrypted_text):
        return decrypt(encrypted_text)


@task
def send_password_reset(user, language):
    """Mail a link that sets a new password. It is made here, so no queue holds it."""
    user = get_user_model().objects.get(pk=user)
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    with translation.override(language):
        link = settings.SITE_URL + reverse(
            "account_reset_password_from_key", args=key.split("-", 1)
        )
        subject = gettext("Answerable: a new password")
        text = gettext(
            "Somebody asked for a new password for your account. If it was you, open this link"
            " within three days:\n\n%(link)s\n\nIf it was not you, do nothing."
        )
        EmailMessage(subject, text % {"link": link}, to=[user.email]).send()


def lacks_second_factor(user):
    """Whether this person may publish, and a password alone opens the account."""
    if not settings.SECOND_FACTOR or not user.is_authenticated or not user.has_perm(PUBLISH):
        return False
    return not is_mfa_enabled(user)


def connect():
    """Keep a log of who signed in, and of what was refused."""
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
