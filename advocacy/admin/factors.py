"""Second factors of staff: who needs one, setting one up, and being asked for it again."""

from datetime import UTC, datetime, timedelta

from allauth.account.authentication import get_authentication_records
from allauth.account.decorators import reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from advocacy.admin.attempts import attempt
from advocacy.models import Attempt, Site, needs_second_factor
from advocacy.models.addresses import decrypt, encrypt

# Recovery codes alone are none: allauth does not ask for them at the door.
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
# How long after signing in somebody sets up the first one without the password again.
SET_UP_WITHIN = timedelta(minutes=30)
# Is not kept while somebody is asked again: it would lie in the session in clear.
SECRETS = ("password1", "password2")


class FactorAdapter(DefaultMFAAdapter):
    """Encrypts the secrets of second factors with the keys used for followers' addresses."""

    def encrypt(self, text):
        return encrypt(text)

    def decrypt(self, encrypted_text):
        return decrypt(encrypted_text)

    def get_totp_issuer(self):
        """The name under which an app of codes lists the account."""
        return Site.current().name

    def get_public_key_credential_rp_entity(self):
        """What a browser shows as it makes a security key."""
        return {**super().get_public_key_credential_rp_entity(), "name": Site.current().name}


class KeyForm(AddWebAuthnForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")


class SetUpForm(ActivateTOTPForm):
    def clean_code(self):
        with attempt("code", str(self.user.pk)):
            return super().clean_code()


class CountedCode(BaseAuthenticateForm):
    """A code of an app or a recovery code: both are counted, and each is taken once."""

    def clean_code(self):
        user = str(self.user.pk)
        with attempt("code", user):
            code = super().clean_code()
            if self.authenticator.type == Authenticator.Type.TOTP:
                digits = "".join(letter for letter in code if letter.isdecimal())
                if not Attempt.objects.make(("code taken", f"{user} {digits}")):
                    raise FactorAdapter().validation_error("incorrect_code")
            return code


class CodeForm(CountedCode, AuthenticateForm):
    """The code after the password."""


class CodeAgainForm(CountedCode, ReauthenticateForm):
    """The code that is asked for again before something that reaches far."""


def has_second_factor(user):
    return is_mfa_enabled(user, FACTORS)


def lacks_second_factor(user):
    """Whether somebody's permissions demand a second factor, and there is none yet."""
    if not settings.SECOND_FACTOR or not user.is_authenticated:
        return False
    return needs_second_factor(user) and not has_second_factor(user)


def is_first_set_up(request):
    """Whether somebody signed in by password just now, to an account with no second factor."""
    signed_in = [
        record["at"]
        for record in get_authentication_records(request, request.user)
        if record["method"] in ("password", "password_reset") and not record.get("reauthenticated")
    ]
    if not signed_in:
        return False
    moment = datetime.fromtimestamp(signed_in[-1], UTC)
    older = Authenticator.objects.filter(user=request.user, type__in=FACTORS, created_at__lt=moment)
    return timezone.now() - moment < SET_UP_WITHIN and not older.exists()


def ask_again(request):
    """Ask for one's own second factor again, or, where there is none, for the password.

    Not where it was given within the last five minutes.
    What was sent is kept, without passwords, and done afterwards: allauth leads back here.
    """
    try:
        reauthentication_required(app="advocacy")(lambda request: None)(request)
    except ReauthenticationRequired:
        if request.method == "POST":
            request.POST = request.POST.copy()
            for name in SECRETS:
                request.POST.pop(name, None)
            # It goes on where the whole address is the path; the query is kept beside it.
            request.META["QUERY_STRING"] = ""
        raise
