"""What a reader tells us: an answer that we missed, or something that is wrong."""

from contextlib import suppress

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Concat
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advocacy.models import LONGEST_WORDS, RecommendedAction, TargetBody, in_words, told
from advocacy.models.reports import check_told
from advocacy.models.text import LineInput, TextInput
from advocacy.public.forms.follow import SubjectForm
from advocacy.public.forms.options import SlugField


class AskField(SlugField):
    """Which ask it is about, if one. Few are offered, words find the others."""

    def __init__(self):
        super().__init__(
            # By an index: the order of asks elsewhere would sort them all.
            RecommendedAction.objects.published().order_by("reference"),
            label=_("What it is about"),
            empty=_("Something else, or I cannot say"),
        )
        self.error_messages["invalid_choice"] = _("This ask is not in the record: choose another.")

    def in_words(self, rows):
        """Asks by their body and their title."""
        between = models.Value(": ")
        body = in_words(TargetBody, "abbreviation", key="body", column="body__abbreviation")
        return rows.annotate(
            title_told=told(RecommendedAction, "title"),
            own=Concat("body__abbreviation", between, "title", output_field=models.TextField()),
            told=models.Case(
                models.When(title_told="", then=models.Value("")),
                default=Concat(body, between, "title_told", output_field=models.TextField()),
                output_field=models.TextField(),
            ),
        )


class TellForm(SubjectForm):
    """It is posted without a cookie, so the page that holds it can be kept.

    No length stands on a field: a browser would cut what is pasted, and nobody would notice.
    """

    SUBJECT = "ask"

    link = LineInput(
        label=_("Address of the source"),
        required=False,
        help_text=_("Where the answer, or what is wrong here, can be read by anyone."),
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://"}),
    )
    words = TextInput(
        label=_("In your words"),
        required=False,
        help_text=format_lazy(
            _("In any language. At most {number} characters."), number=LONGEST_WORDS
        ),
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    reach = LineInput(
        label=_("How we can reach you"),
        required=False,
        help_text=_("Only if you want us to ask back: without an address we cannot."),
    )
    # Programs fill in every field that they find; people do not see this one.
    homepage = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, data=None, *, ask=""):
        super().__init__(data, auto_id="tell-%s", use_required_attribute=False)
        # Made here: which asks are public is asked of the day.
        self.fields["ask"] = AskField()
        self.fields["ask"].initial = ask

    def clean(self):
        super().clean()
        told = self.cleaned_data
        check_told({name: told[name] for name in ("link", "words", "reach") if name in told})
        if told.get("homepage"):
            # Nothing is dropped in silence: whoever is no program sends it again.
            raise ValidationError(
                gettext(
                    "This looked as if a program had filled it in, so it was not sent. Look through"
                    " it once more, and send it again."
                )
            )
        return told

    def show_first(self):
        field, chosen = self.fields["ask"], None
        with suppress(ValidationError):
            chosen = field.to_python(self["ask"].value())
        field.look_for(self.words)
        field.show_first(chosen)

    @property
    def told(self):
        """What `Report.objects.tell` is given."""
        names = {"action": "ask", "link": "link", "words": "words", "reach": "reach"}
        return {name: self.cleaned_data[field] for name, field in names.items()}
