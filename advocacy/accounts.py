"""How staff sign in: accounts are made by an administrator, never on the web."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm, ResetPasswordForm
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.utils.translation import gettext_lazy as _

from advocacy.models import PUBLISH, SignIn


class SignInForm(LoginForm):
    """Staff sign in by name or by e-mail address, for twelve hours."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Username or e-mail")
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
            field.help_text = ""


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
    records = request.session.get("account_authentication_methods", []) if request else []
    methods = [record.get("type") or record.get("method", "") for record in records]
    SignIn.objects.create(user=user, outcome=SignIn.Outcome.IN, method=", ".join(methods)[:100])


def _refused(sender, credentials, **kwargs):
    SignIn.objects.refused(credentials.get("username") or credentials.get("email") or "")
