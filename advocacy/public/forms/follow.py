"""The wish to follow by e-mail, and what a follower may change."""

from contextlib import suppress
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.utils import ErrorDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from email_validator import EmailNotValidError, validate_email

from advocacy.mailing.backends import takes
from advocacy.models import (
    MOST_OPTIONS,
    Follow,
    Frequency,
    Issue,
    RecommendedAction,
    TargetBody,
    has_page,
    told,
)
from advocacy.models.addresses import canonical
from advocacy.models.subjects import state_words
from advocacy.public.forms.options import LONGEST_SEARCH, Label


class MailAddressField(forms.CharField):
    """An address that can exist and is mailed. Cleans to its canonical form.

    Its domain may be international.
    """

    widget = forms.EmailInput

    def clean(self, value):
        value = super().clean(canonical(value or ""))
        if not value:
            return value
        with suppress(EmailNotValidError):
            address = validate_email(value, check_deliverability=False, allow_smtputf8=False)
            if takes(written := canonical(address.normalized)):
                return written
        raise ValidationError(
            _("Give an e-mail address, for example name@example.org."), code="invalid"
        )


class SubjectField(forms.ChoiceField):
    """What to follow: `everything`, `issue:slug`, `body:slug`, `action:slug` or `state:UA`.

    Cleans to the keyword arguments of a subject; everything is an empty dict. Only few options are
    shown; words in a second field find the others (`templates/includes/_field.html`).
    """

    searched = False
    words = ""
    has_more = False

    def show_first(self, words, chosen):
        """Show the first issues and bodies that hold the words, and what is chosen.

        A single ask and a State have the form on their own page: either is an option where one came
        from there.
        """
        self.searched, self.words = True, words
        first = [("everything", _("Everything in this record"))]
        if not self.required:
            first.insert(0, ("", _("Nothing more")))
        room = MOST_OPTIONS - len(first) - 1
        issues = first_of(named(Issue.objects.opened()), words, room)
        bodies = first_of(named(TargetBody.objects.all()), words, room)
        self.has_more = len(issues) + len(bodies) > room
        # Half of them are bodies, or more where the issues leave room.
        bodies = bodies[: max(room // 2, room - len(issues))]
        groups = [
            (_("Issues"), [(f"issue:{i.slug}", label_of(i)) for i in issues[: room - len(bodies)]]),
            (_("Bodies"), [(f"body:{body.slug}", label_of(body)) for body in bodies]),
        ]
        shown = {value for _name, options in groups for value, _label in options}
        self.choices = [
            *first,
            *(group for group in groups if group[1]),
            *([] if chosen in shown else self.option_of(chosen)),
        ]

    def option_of(self, chosen):
        """One subject as an option of its own: [(value, label)]; none where it is none."""
        with suppress(ValidationError):
            return [(chosen, label_of(row)) for row in (self.to_python(chosen) or {}).values()]
        return []

    @property
    def is_searched(self):
        """Whether the field for words is of use."""
        return bool(self.words or self.has_more)

    def to_python(self, value):
        if not value:
            return None
        if value == "everything":
            return {}
        kind, _colon, slug = str(value).partition(":")
        row: Issue | TargetBody | RecommendedAction | None = None
        if kind == "state" and has_page(slug):
            return {"state": slug}
        if kind == "issue":
            row = named(Issue.objects.opened()).filter(slug=slug).first()
        elif kind == "body":
            row = named(TargetBody.objects.all()).filter(slug=slug).first()
        elif kind == "action":
            row = named(RecommendedAction.objects.published()).filter(slug=slug).first()
        if row is None:
            raise ValidationError(_("This is not in the record: choose what to follow."))
        return {kind: row}

    def validate(self, value):
        if value is None and self.required:
            raise ValidationError(self.error_messages["required"], code="required")


def first_of(rows, words, number):
    """The first rows that hold all of the words, and one more where there are more."""
    return list((rows.containing(words) if words else rows)[: number + 1])


def named(rows):
    """Rows with their name or title, also in the page's language."""
    name = "name" if rows.model is TargetBody else "title"
    return rows.annotate(own=models.F(name), told=told(rows.model, name))


def label_of(row):
    return state_words(row) if isinstance(row, str) else Label.of(row.own, row.told)


class SubjectForm(forms.Form):
    """A form in which one chooses what to follow, from few options or by words.

    It is a search, and judges nothing, while the words are not those that the options were found
    by: whatever button was pressed, nobody comes to follow what they had not seen yet.
    """

    fields: dict[str, Any]
    # The name of the field for the subject.
    SUBJECT = "subject"

    @property
    def words(self):
        return self.data.get(f"{self.SUBJECT}_words", "").strip()[:LONGEST_SEARCH]

    @property
    def is_search(self):
        return "find" in self.data or self.words != self.data.get(f"{self.SUBJECT}_found", "")

    def full_clean(self):
        if self.is_search:
            self._errors, self.cleaned_data = ErrorDict(), {}
        else:
            super().full_clean()

    def is_valid(self):
        return super().is_valid() and not self.is_search

    def show_first(self):
        self.fields[self.SUBJECT].show_first(self.words, self[self.SUBJECT].value())


class LanguageField(forms.ChoiceField):
    """One of the languages of the record; where it has but one, nobody is asked."""

    def __init__(self, **kwargs):
        is_asked = len(settings.LANGUAGES) > 1
        widget = forms.Select if is_asked else forms.HiddenInput
        super().__init__(choices=settings.LANGUAGES, widget=widget, **kwargs)


class OfSilenceField(forms.BooleanField):
    """Whether one wants to hear of silence as well."""

    def __init__(self):
        super().__init__(
            label=_("Also when nothing happens"),
            required=False,
            help_text=_(
                "One mail, however often you want the others, when a session that could have acted"
                " has ended or an answer was due, and somebody has looked and found nothing new."
            ),
        )


class FollowForm(SubjectForm):
    """A wish to follow. It is posted without a cookie, so pages that carry it can be cached.

    On a page of the record it is about the subject of that page; on a page of its own one chooses.
    """

    email = MailAddressField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    subject = SubjectField(label=_("What to follow"))
    frequency = forms.ChoiceField(
        label=_("How often"), choices=Frequency, widget=forms.RadioSelect, initial=Frequency.WEEKLY
    )
    of_silence = OfSilenceField()
    language = LanguageField(label=_("Language of the mails"))
    # Programs fill in every field that they find; people do not see this one.
    homepage = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, data=None, *, subject="everything", is_chosen_here=False):
        super().__init__(data, auto_id="follow-%s", use_required_attribute=False)
        self.fields["subject"].initial = subject
        self.fields["language"].initial = get_language()
        if subject.startswith("state:"):
            del self.fields["of_silence"]  # No session is one State's.
        # Whoever shows the form finds its options first: a sign-up that is taken needs none.
        if not is_chosen_here:
            self.fields["subject"].widget = forms.HiddenInput()

    def clean(self):
        super().clean()
        if self.cleaned_data.get("homepage"):
            # Nothing is dropped in silence: whoever is no program presses again.
            raise ValidationError(
                _(
                    "This looked as if a program had filled it in, so no mail was sent. Press"
                    " “Follow” once more."
                )
            )
        return self.cleaned_data


class ShownField(forms.ModelMultipleChoiceField):
    """Rows that a page showed. Those that are gone by now are left out."""

    def clean(self, value):
        keys = set(value or [])
        return [row for row in self.queryset or [] if str(row.pk) in keys]


class FollowingForm(SubjectForm):
    """What a follower may change about following."""

    SUBJECT = "add"

    keep = forms.ModelMultipleChoiceField(
        Follow.objects.none(),
        label=_("You follow"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    # What the page showed: whatever else is followed by now, another page added.
    shown = ShownField(Follow.objects.none(), required=False, widget=forms.MultipleHiddenInput)
    add = SubjectField(label=_("Follow this as well"), required=False)
    frequency = forms.ChoiceField(label=_("How often"), choices=Frequency, widget=forms.RadioSelect)
    of_silence = OfSilenceField()
    language = LanguageField(label=_("Language of the mails"))

    def __init__(self, data=None, *, subscriber):
        follows = subscriber.follows.with_related()
        super().__init__(
            data,
            use_required_attribute=False,
            initial={
                "keep": follows,
                "shown": follows,
                "frequency": subscriber.frequency,
                "of_silence": subscriber.of_silence,
                "language": subscriber.language,
            },
        )
        self.fields["keep"].queryset = self.fields["shown"].queryset = follows
        self.show_first()
