"""The text fields of every model: nothing is saved that one way out could not carry.

Forms, imports, fixtures and the shell meet the same gate here (`advocacy/text.py`).
"""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator, validate_slug
from django.db import models
from django.db.models.expressions import Combinable
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advocacy import markdown
from advocacy.text import check_text, storable, tidy, tidy_line


class TextInput(forms.CharField):
    """A field of a form that tidies what was typed, and names the place of what it refuses."""

    default_validators = [check_text]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # `check_text` refuses it as well, and says where it stands.
        self.validators = [
            validator
            for validator in self.validators
            if not isinstance(validator, ProhibitNullCharactersValidator)
        ]

    def to_python(self, value: Any) -> str | None:
        return super().to_python(tidy(value) if isinstance(value, str) else value)


class LineInput(TextInput):
    def to_python(self, value: Any) -> str | None:
        return super().to_python(tidy_line(value) if isinstance(value, str) else value)


if TYPE_CHECKING:
    _Field = models.Field[str | int | Combinable, str]
    _CharField = models.CharField[str | int | Combinable, str]
    _TextField = models.TextField[str | Combinable, str]
    _SlugField = models.SlugField[str | int | Combinable, str]
    _URLField = models.URLField[str | int | Combinable, str]
else:
    _Field = models.Field
    _CharField, _TextField = models.CharField, models.TextField
    _SlugField, _URLField = models.SlugField, models.URLField


class CarriedText(_Field):
    """What the fields below share.

    Forms, imports and fixtures learn from `clean` what is refused. Whoever saves without it meets
    the same refusal, in `bulk_create` and `update` as well. A lookup is never refused.
    """

    def tidied(self, text: str) -> str:
        return tidy_line(text)

    def kept(self, value: Any) -> Any:
        """The value as it is saved. Raises ValidationError with the name of the field."""
        if not isinstance(value, str):
            return value
        value = self.tidied(value)
        try:
            check_text(value)
        except ValidationError as refusal:
            raise ValidationError({self.name: refusal}) from None
        return value

    @cached_property
    def validators(self) -> list[Any]:
        return [check_text, *super().validators]

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return self.tidied(value) if isinstance(value, str) else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = super().pre_save(model_instance, add)
        kept = self.kept(value)
        if kept != value:
            # The history and the chain read the row after this: they get what was saved.
            setattr(model_instance, self.attname, kept)
        return kept

    def get_prep_value(self, value: Any) -> Any:
        value = models.Field.get_prep_value(self, value)
        return value if value is None else storable(str(value))

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        return super().get_db_prep_save(self.kept(value), connection)

    def deconstruct(self) -> Any:
        """As Django's own field, which it is to the database: no migration knows of ours."""
        name, _path, args, kwargs = super().deconstruct()
        django = next(c for c in type(self).__mro__ if c.__module__.startswith("django."))
        return name, f"django.db.models.{django.__name__}", args, kwargs


class Line(CarriedText, _CharField):
    """One line: a title, a name, a code."""

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": LineInput, **kwargs})


class LanguageCode(Line):
    """The code of a language: of the record's, unless told."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_length": 16, **kwargs})

    def has_default(self) -> bool:
        return True

    def get_default(self) -> str:
        return settings.LANGUAGE_CODE

    def formfield(self, **kwargs: Any) -> Any:
        known = {"initial": self.get_default(), "show_hidden_initial": False}
        return super().formfield(**{**known, **kwargs})


class Text(CarriedText, _TextField):
    """Text of any length, in lines and paragraphs."""

    def tidied(self, text: str) -> str:
        return tidy(text)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": TextInput, **kwargs})


class Slug(CarriedText, _SlugField):
    """A word of an address."""

    def kept(self, value: Any) -> Any:
        value = super().kept(value)
        if value:
            validate_slug(value)
        return value


def check_web_address(url: str) -> None:
    """Refuse what is no plain address of a page: another scheme, or a name before the host.

    A reader takes `http://un.org@evil.example` for an address of un.org.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return  # Django's own check says what is wrong.
    if parts.scheme.lower() not in ("http", "https"):
        raise ValidationError(_("Give an address that begins with https:// or http://."))
    if "@" in parts.netloc:
        raise ValidationError(_("Leave out what stands before the @: no user, no password."))


class Url(CarriedText, _URLField):
    """An address on the web that anybody can open."""

    default_validators = [*_URLField.default_validators, check_web_address]

    def kept(self, value: Any) -> Any:
        value = super().kept(value)
        if value and isinstance(value, str):
            try:
                check_web_address(value)
            except ValidationError as refusal:
                raise ValidationError({self.name: refusal}) from None
        return value


def check_headings(**texts: str) -> None:
    """Refuse Markdown with a heading that no page has room for: each has one of the first level."""
    for name, text in texts.items():
        wrong = [line for level, line in markdown.headings(text) if level not in (2, 3, 4)]
        if wrong:
            refusal = gettext("Line %(line)d: a heading begins with ##, ### or ####.")
            raise ValidationError({name: refusal % {"line": wrong[0]}})
