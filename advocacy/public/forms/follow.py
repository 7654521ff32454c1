"""The wish to follow by e-mail, and what a follower may change."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from email_validator import EmailNotValidError, validate_email

from advocacy.models import Follow, Frequency, Issue, RecommendedAction, TargetBody


class MailAddressField(forms.CharField):
    """An address that can exist; domains may be international. Cleans to its normal form."""

    widget = forms.EmailInput

    def clean(self, value):
        value = super().clean(value)
        if not value:
            return value
        try:
            address = validate_email(value, check_deliverability=False, allow_smtputf8=False)
        except EmailNotValidError:
            raise ValidationError(
                _("Give an e-mail address, for example name@example.org."), code="invalid"
            ) from None
        return address.normalized


class SubjectField(forms.ChoiceField):
    """What to follow: `everything`, `issue:slug`, `body:slug` or `action:slug`.

    Cleans to the keyword arguments of a subject; everything is an empty dict.
    """

    def to_python(self, value):
        if not value:
            return None
        if value == "everything":
            return {}
        kind, _colon, slug = str(value).partition(":")
        row: Issue | TargetBody | RecommendedAction | None = None
        if kind == "issue":
            row = Issue.objects.filter(slug=slug).first()
        elif kind == "body":
            row = TargetBody.objects.filter(slug=slug).first()
        elif kind == "action":
            row = RecommendedAction.objects.published().filter(slug=slug).first()
        if row is None:
            raise ValidationError(_("This is not in the record: choose what to follow."))
        return {kind: row}

    def validate(self, value):
        if value is None and self.required:
            raise ValidationError(self.error_messages["required"], code="required")


class FollowForm(forms.Form):
    """A wish to follow. It is posted without a cookie, so pages that carry it can be cached."""

    fields: dict[str, Any]

    email = MailAddressField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    subject = SubjectField(label=_("What to follow"))
    frequency = forms.ChoiceField(
        label=_("How often"), choices=Frequency, widget=forms.RadioSelect, initial=Frequency.WEEKLY
    )
    language = forms.ChoiceField(label=_("Language of the mails"), choices=settings.LANGUAGES)
    # Programs fill in every field that they find; people do not see this one.
    homepage = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, data=None, *, subject="everything", choices=()):
        super().__init__(data, auto_id="follow-%s", use_required_attribute=False)
        self.fields["subject"].initial = subject
        self.fields["language"].initial = get_language()
        if choices:
            self.fields["subject"].choices = choices
        else:
            self.fields["subject"].widget = forms.HiddenInput()

    @property
    def looks_automatic(self):
        """Whether a program filled it in: the field that people do not see holds text."""
        return bool(self.cleaned_data["homepage"])


def subject_choices():
    """All that can be followed but single asks, which have the form on their own page."""
    return [
        ("everything", _("Everything in this record")),
        (_("Issues"), [(f"issue:{issue.slug}", issue.title) for issue in Issue.objects.all()]),
        (_("Bodies"), [(f"body:{body.slug}", body.name) for body in TargetBody.objects.all()]),
    ]


class FollowingForm(forms.Form):
    """What a follower may change about following."""

    fields: dict[str, Any]

    keep = forms.ModelMultipleChoiceField(
        Follow.objects.none(),
        label=_("You follow"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    add = SubjectField(label=_("Follow this as well"), required=False)
    frequency = forms.ChoiceField(label=_("How often"), choices=Frequency, widget=forms.RadioSelect)
    language = forms.ChoiceField(label=_("Language of the mails"), choices=settings.LANGUAGES)

    def __init__(self, data=None, *, subscriber):
        follows = subscriber.follows.with_related()
        super().__init__(
            data,
            use_required_attribute=False,
            initial={
                "keep": follows,
                "frequency": subscriber.frequency,
                "language": subscriber.language,
            },
        )
        self.fields["keep"].queryset = follows
        self.fields["add"].choices = [("", _("Nothing more")), *subject_choices()]
