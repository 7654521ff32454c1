"""`site.json` of a dossier: whose record it is, as one JSON object."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.db import models

from advocacy.content_folder import SITE, site_of
from advocacy.management.content_report import CHANGED, KEPT, NEW, SAME
from advocacy.models import Picture, Site
from advocacy.models.pictures import LOGO, SOCIAL

PICTURES = {"logo": LOGO, "social_picture": SOCIAL}
# Which record it is and which languages its pages have: read before there is a row.
OF_SETTINGS = {"record", "languages", "default_language"}
# Texts of several lines may be given as a list of them.
IN_LINES = {"postal_address", "openpgp_key", "responsible", "footer_links"}
FIELDS = {
    field.name: field
    for field in Site._meta.concrete_fields
    if field.editable and not field.primary_key
}


class SiteFile:
    """The file of a dossier, if there is one. What is wrong with it is said with its field."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said = self.read()

    def read(self) -> dict[str, Any] | None:
        if not (said := site_of(self.folder)):
            return None
        if unknown := sorted(said.keys() - FIELDS.keys() - OF_SETTINGS):
            names = ", ".join([*FIELDS, *sorted(OF_SETTINGS)])
            raise self.refusal(f"“{unknown[0]}” is no field of it, which are: {names}")
        # A folder that says its languages alone names nothing.
        return {name: value for name, value in said.items() if name in FIELDS} or None

    def load(self) -> str | None:
        """Make or change the row unless staff edited it; says what became of it."""
        if self.said is None:
            return None
        old = Site.objects.select_for_update().first()
        if old and old.edited_by_staff_at:
            return KEPT
        # What the file leaves out is not given.
        site = Site(**{name: self.value(name) for name in self.said})
        site._state.adding = old is None
        try:
            site.full_clean()
        except ValidationError as error:
            raise self.refused(error) from error
        names = [field.attname for field in FIELDS.values()]
        if old and all(getattr(old, name) == getattr(site, name) for name in names):
            return SAME
        site.save()
        return CHANGED if old else NEW

    @property
    def name(self) -> str:
        return str((self.said or {}).get("name", ""))

    def value(self, name: str) -> Any:
        value = self.said[name] if self.said else None
        if name in PICTURES:
            return self.picture(name, value) if value else None
        if isinstance(FIELDS[name], models.BooleanField):
            if not isinstance(value, bool):
                raise self.refusal(f"{name}: say true or false")
            return value
        if name in IN_LINES and isinstance(value, list):
            value = "\n".join(line if isinstance(line, str) else "" for line in value)
        if not isinstance(value, str):
            raise self.refusal(f"{name}: this has to be a text, in quotation marks")
        return FIELDS[name].to_python(value)

    def picture(self, name: str, file: Any) -> Picture:
        if not isinstance(file, str) or Path(file).name != file:
            raise self.refusal(f"{name}: give the name of a file beside {SITE}")
        try:
            return Picture.objects.take((self.folder / file).read_bytes(), PICTURES[name])
        except OSError as error:
            raise self.refusal(f"{name}: {file}: {error.strerror}") from error
        except ValidationError as error:
            raise self.refusal(f"{name}: {file}: {' '.join(error.messages)}") from error

    def refused(self, error: ValidationError) -> CommandError:
        name, messages = next(iter(error.message_dict.items()))
        said = " ".join(messages)
        return self.refusal(said if name == "__all__" else f"{name}: {said}")

    def refusal(self, why: str) -> CommandError:
        return CommandError(f"{SITE}: {why.removesuffix('.')}. Nothing was saved.")
