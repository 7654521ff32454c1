"""How staff sign in. Accounts are created by an administrator; there is no public sign-up."""

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
    """Expire twelve hours after sign-in, regardless of activity."""
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
        """Send it from a task: response times must not reveal which addresses exist."""
        send_password_reset.enqueue(user.pk, get_language())


class FactorAdapter(DefaultMFAAdapter):
    """Encrypts the secrets of second factors with the keys used for followers' addresses."""

    def encrypt(self, text):
        return encrypt(text)

    def decrypt(self, encrypted_text):
        return decrypt(encrypted_text)


@task
def send_password_reset(user, language):
    """Mail a password-reset link, made here so that it is never stored in the queue."""
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
    """Whether a publisher still has no second factor."""
    if not settings.SECOND_FACTOR or not user.is_authenticated or not user.has_perm(PUBLISH):
        return False
    return not is_mfa_enabled(user)


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
