"""What the page that records is opened with, and the sources that are typed on it."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advocacy.admin.content import DayInput
from advocacy.models import Draft, RecommendedAction, Source, StatusUpdate, TargetBody


class PageAddress(forms.Form):
    """What the address of the page names: asks or their body, an entry to correct, or a draft."""

    ask = forms.ModelMultipleChoiceField(RecommendedAction.objects.all(), required=False)
    body = forms.ModelChoiceField(TargetBody.objects.all(), required=False)
    corrects = forms.ModelChoiceField(
        StatusUpdate.objects.with_related().select_related("recorded_by", "approved_by"),
        required=False,
    )
    draft = forms.ModelChoiceField(Draft.objects.with_related(), required=False)
    look = forms.ChoiceField(choices=[("1", "look"), ("0", "response")], required=False)

    def clean(self):
        named = super().clean()
        if not any(named.get(name) for name in ("ask", "body", "corrects", "draft")):
            raise ValidationError("nothing is named")
        if not self.is_one_bodys and named.get("look") != "1":
            raise ValidationError("a response is one body's")

    @property
    def is_one_bodys(self):
        return len({ask.body_id for ask in self.cleaned_data.get("ask") or []}) < 2

    @property
    def draft_to_change(self):
        return self.cleaned_data["draft"]

    @property
    def entry_to_correct(self):
        """The entry that is corrected, here or by the draft; or None."""
        draft = self.draft_to_change
        return draft.as_update().corrects if draft else self.cleaned_data["corrects"]

    @property
    def start(self):
        """What the form starts from: the draft as an entry, or the entry to correct; or None."""
        draft = self.draft_to_change
        return draft.as_update() if draft else self.cleaned_data["corrects"]

    @property
    def is_look(self):
        if self.cleaned_data["look"]:
            return self.cleaned_data["look"] == "1"
        return bool(self.start and self.start.is_look)

    @property
    def chosen(self):
        """The keys of the asks that are chosen before anybody has chosen."""
        if self.start:
            return [self.start.action_id]
        return [ask.pk for ask in self.cleaned_data["ask"]]

    @property
    def candidates(self):
        """The asks that can be chosen: a response is one body's, a look is ours at any."""
        asks = RecommendedAction.objects.with_status().with_related().order_by("reference")
        chosen, body = asks.filter(pk__in=self.chosen), self.cleaned_data["body"]
        if self.start or (self.is_look and not body):
            return chosen
        bodies = [body] if body else {ask.body_id for ask in self.cleaned_data["ask"]}
        return chosen | asks.filter(body__in=bodies).open()


class NewSourceForm(forms.ModelForm):
    required_css_class = "required"

    class Meta:
        model = Source
        fields = ["title", "publisher", "url", "published_on", "tier", "is_independent"]
        widgets = {"published_on": DayInput}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, empty_permitted=True, use_required_attribute=False, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = _("A new source needs this.")

    def clean_url(self):
        url = self.cleaned_data["url"]
        if on_file := Source.objects.at_address(url).first():
            raise ValidationError(
                gettext("This address is on file: choose “%(title)s” under “Sources on file”.")
                % {"title": on_file.title}
            )
        return url
