"""What a public office is, where it is, for whom it is there, and how its address was seen."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ContactKind(models.TextChoices):
    """What an office is; in the order in which a letter is offered to them."""

    MINISTRY = "ministry", _("ministry")
    PARLIAMENT = "parliament", _("parliament")
    MISSION = "mission", _("mission to an international body")
    EMBASSY = "embassy", _("embassy")
    SECRETARIAT = "secretariat", _("secretariat or office")
    COMMITTEE = "committee", _("committee")
    PROCEDURE = "procedure", _("procedure for information or complaints")
    OMBUDSMAN = "ombudsman", _("ombudsman or human rights institution")
    ORGANISATION = "organisation", _("organisation")
    UNION = "union", _("trade union")
    PRESS = "press", _("press office")
    DIRECTORY = "directory", _("official directory of offices")


# Through these a State is written to.
OF_A_STATE = (
    ContactKind.MINISTRY,
    ContactKind.PARLIAMENT,
    ContactKind.MISSION,
    ContactKind.EMBASSY,
)
# These belong to a body's work, and speak for themselves alone.
BESIDE_A_BODY = (ContactKind.UNION, ContactKind.PRESS, ContactKind.DIRECTORY)


class ContactPlace(models.TextChoices):
    CAPITAL = "capital", _("the capital")
    NEW_YORK = "new-york", _("New York")
    GENEVA = "geneva", _("Geneva")
    VIENNA = "vienna", _("Vienna")
    THE_HAGUE = "the-hague", _("The Hague")
    BRUSSELS = "brussels", _("Brussels")
    STRASBOURG = "strasbourg", _("Strasbourg")
    ELSEWHERE = "elsewhere", _("elsewhere")


class OpenTo(models.TextChoices):
    """For whom a door is there."""

    ANYONE = "anyone", _("for anyone")
    FAMILIES = "families", _("for families")
    VICTIMS = "victims", _("for victims and those who act for them")
    LAWYERS = "lawyers", _("for lawyers")
    REFUGEES = "refugees", _("for refugees and asylum-seekers")
    UNIONS = "unions", _("for trade unions and employers’ organisations")
    ORGANISATIONS = "organisations", _("for organisations")
    PRESS = "press", _("for the press")


class SeenAs(models.TextChoices):
    """Where the details of an office were read."""

    OFFICIAL = "seen_on_official_page", _("on the office’s own page")
    COPY = "seen_on_copy", _("on a copy, or on somebody else’s page")
    PATTERN = "pattern_only", _("not seen: only where they can be looked up is known")
