"""The translation table of one row: each field beside its original."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from advocacy.admin.transfer import MOST_UPLOADED, ImportForm
from advocacy.models import Maker, Told, Translation, TranslationState
from advocacy.models.text import LineInput, TextInput
from advocacy.models.translated import digest_of
from advocacy.models.translations import longest, refused

S = TranslationState
CHANGED_MEANWHILE = gettext_noop(
    "%(who)s changed this translation while you were editing. It reads now: “%(theirs)s” What you"
    " typed is kept below. Save again to put it in its place."
)
READ_AGAIN = gettext_noop(
    "This text or its original has changed while you were editing: read both again."
)


class Entry:
    """One field of the table: the original, its translation, and what is known of that."""

    def __init__(self, form, row, field, told):
        self.form, self.row, self.field, self.told = form, row, field, told
        self.label = capfirst(row._meta.get_field(field).verbose_name)
        self.original = getattr(row, field)
        self.own_language = row.language_of(field)
        self.state = told.state(self.original) if told else S.MISSING

    @property
    def text(self):
        return self.told.text if self.told else ""

    @property
    def seen(self):
        """What somebody has before them who opens the form now, as hashes."""
        return f"{digest_of(self.text)}{digest_of(self.original)}"

    @property
    def words(self):
        """Its state in words."""
        match self.state:
            case S.MISSING:
                return _("Missing")
            case S.OUTDATED:
                return _("Outdated: the original has changed since.")
            case S.TO_REVIEW:
                return _("Made by a machine, to be reviewed.")
        if self.told.reviewed_at:
            day = date_format(timezone.localtime(self.told.reviewed_at), "DATE_FORMAT")
            words = {"who": self.told.reviewed_by, "day": day}
            return _("Reviewed by %(who)s on %(day)s.") % words
        return _("Made by a person.")

    @property
    def may_be_ticked(self):
        return self.state in (S.OUTDATED, S.TO_REVIEW)

    @property
    def text_field(self):
        return self.form[f"{self.field}-text"]

    @property
    def tick_field(self):
        return self.form[f"{self.field}-read"] if self.may_be_ticked else None

    @property
    def seen_field(self):
        return self.form[f"{self.field}-seen"]

    def who(self):
        """Who changed it last."""
        versions = Translation.history.filter(
            of=self.row.translation_name(),
            row=self.row.pk,
            field=self.field,
            language=self.form.language,
        )
        last = versions.select_related("history_user").order_by("-history_id").first()
        return (last and last.history_user) or _("Somebody")


class TableForm(forms.Form):
    """The texts of a row in one language; refuses to save over what somebody saved meanwhile."""

    data: QueryDict

    def __init__(self, row, language, texts, there, data=None):
        super().__init__(data)
        self.row, self.language = row, language
        self.entries = []
        for field in texts:
            told = there.get((row.translation_name(), row.pk, field, language))
            entry = Entry(self, row, field, told)
            self.entries.append(entry)
            self._add(entry)

    def _add(self, entry):
        model_field = self.row._meta.get_field(entry.field)
        kind, rows = (LineInput, 2) if model_field.max_length else (TextInput, None)
        rows = rows or min(max(len(entry.original) // 60 + entry.original.count("\n"), 4), 24)
        name = entry.field
        described = f"state-{name} original-{name}"
        self.fields[f"{name}-text"] = kind(
            label=entry.label,
            required=False,
            strip=False,
            initial=entry.text,
            max_length=longest(type(self.row), name),
            widget=forms.Textarea(
                {"rows": rows, "lang": self.language, "aria-describedby": described}
            ),
        )
        # A page that cuts off what is pasted would say nothing of it.
        self.fields[f"{name}-text"].widget.attrs.pop("maxlength", None)
        self.fields[f"{name}-seen"] = forms.CharField(
            required=False, initial=entry.seen, widget=forms.HiddenInput
        )
        if entry.may_be_ticked:
            self.fields[f"{name}-read"] = forms.BooleanField(
                required=False, label=_("I have read it beside the original")
            )

    def clean(self):
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for entry in self.entries:
            self._keep_from_conflict(entry, cleaned)
        for one, why in refused(self.told()):
            if f"{one.field}-text" not in self.errors:
                self.add_error(f"{one.field}-text", why)
        return cleaned

    def _keep_from_conflict(self, entry, cleaned):
        """Say what somebody else changed; what was typed stays in the field."""
        name, typed = entry.field, self._typed(entry)
        seen = cleaned.get(f"{name}-seen") or ""
        if seen == entry.seen or typed is None:
            return
        has_typed, has_ticked = self._has_typed(entry), cleaned.get(f"{name}-read")
        if has_typed and typed != entry.text and seen[:64] != digest_of(entry.text):
            words = {"who": entry.who(), "theirs": entry.text or "–"}
            self.add_error(f"{name}-text", _(CHANGED_MEANWHILE) % words)
        elif (has_typed and typed != entry.text) or has_ticked:
            self.add_error(f"{name}-text", _(READ_AGAIN))
        # Whoever has read both may save again: that is a decision, not an accident.
        self.data = self.data.copy()
        self.data[f"{name}-seen"] = entry.seen
        self.data.pop(f"{name}-read", None)
        if not has_typed:
            self.data[f"{name}-text"] = entry.text

    def _has_typed(self, entry):
        """Whether somebody wrote something else than they found."""
        seen = self.cleaned_data.get(f"{entry.field}-seen") or ""
        return digest_of(self._typed(entry)) != seen[:64]

    def _typed(self, entry):
        return self.cleaned_data.get(f"{entry.field}-text")

    def _is_changed(self, entry):
        typed = self._typed(entry)
        return typed is not None and typed != entry.text and self._has_typed(entry)

    def told(self, by=None):
        """What somebody typed, and what of an earlier wording they found to fit the present one."""
        found = []
        for entry in self.entries:
            said = self.row, entry.field, self.language
            if self._is_changed(entry):
                found.append(Told(*said, self._typed(entry), Maker.PERSON))
            elif by and self._is_ticked(entry) and entry.state == S.OUTDATED:
                reviewed = {"reviewed_by": by.get_username(), "reviewed_at": timezone.now()}
                found.append(Told(*said, entry.text, Maker(entry.told.made_by), **reviewed))
        return found

    def _is_ticked(self, entry):
        return entry.told and self.cleaned_data.get(f"{entry.field}-read")

    def save(self, by):
        """Keep what was typed and ticked: how many texts were saved, taken back and reviewed."""
        told = self.told(by)
        confirmed = sum(bool(one.reviewed_by) for one in told)
        fates = Translation.objects.put(told, by_staff=True)
        changed = {one.field for one in told}
        read = [
            entry.told.pk
            for entry in self.entries
            if entry.field not in changed and self._is_ticked(entry)
        ]
        reviewed = Translation.objects.review(read, by=by)
        saved = fates["new"] + fates["changed"] - confirmed
        return saved, fates["removed"], reviewed + confirmed


class CatalogueForm(ImportForm):
    """A catalogue, or what stands for the one of a dry run."""

    over_people = forms.BooleanField(
        label=gettext_lazy("Also overwrite what people have made or reviewed"),
        help_text=gettext_lazy("The dry run names those that would be overwritten."),
        required=False,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = _("A catalogue with a name that ends in .po, in UTF-8.")
        self.fields["file"].widget.attrs["accept"] = ".po"

    def clean_file(self):
        file: UploadedFile | None = self.cleaned_data["file"]
        if file is None:
            return None
        if not (file.name or "").lower().endswith(".po"):
            raise forms.ValidationError(_("The name of the file should end in .po."))
        if (size := file.size or 0) > MOST_UPLOADED:
            words = {
                "size": filesizeformat(size),
                "most": filesizeformat(MOST_UPLOADED),
            }
            raise forms.ValidationError(
                _("The file has %(size)s; at most %(most)s fit here. Use import_translations.")
                % words
            )
        return file

    @property
    def is_kept(self):
        """Whether it is the very file of a dry run, and no other was chosen."""
        return not self.files.get("file")
