"""Whose record this is: its name, who is behind it and how it looks, in one row."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar, NamedTuple
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, validate_email
from django.db import models
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from advocacy import colours
from advocacy.languages import SOURCE, is_said_in
from advocacy.models.content import Content, ContentQuerySet
from advocacy.models.kept import Kept
from advocacy.models.openpgp import check_public_key
from advocacy.models.pictures import Picture
from advocacy.models.text import Line, Text, check_web_address
from advocacy.models.translated import Words
from advocacy.text import carried, carried_line

# Every row that there is.
ONLY = 1
LICENCES = {
    "CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC BY-SA 4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC BY-NC 4.0": "https://creativecommons.org/licenses/by-nc/4.0/",
    "CC BY-NC-SA 4.0": "https://creativecommons.org/licenses/by-nc-sa/4.0/",
    "CC BY-ND 4.0": "https://creativecommons.org/licenses/by-nd/4.0/",
    "CC BY-NC-ND 4.0": "https://creativecommons.org/licenses/by-nc-nd/4.0/",
    "CC0 1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "ODbL 1.0": "https://opendatacommons.org/licenses/odbl/1-0/",
}
# The sentence of the program. Where a record has no other, it is shown in the reader's language.
OWN_PURPOSE = "Who was called on, what they answered, and what you can do next."
MOST_LINKS = 8
ADDRESS_AT_THE_END = re.compile(r"(?P<words>.*?)\s*(?P<address>https?://\S+)", re.I)
LONGEST_WORDS = 60

without_markup = RegexValidator(
    r"[<>]", _("Plain words only: no < and no >."), code="markup", inverse_match=True
)


class NamedLink(NamedTuple):
    words: str
    address: str


def named_link(line: str) -> NamedLink:
    """A line of words with an address at its end; whatever else it is, it is words alone."""
    if match := ADDRESS_AT_THE_END.fullmatch(line.strip()):
        return NamedLink(match["words"] or urlsplit(match["address"]).netloc, match["address"])
    return NamedLink(line.strip(), "")


def check_links(text: str) -> None:
    """Refuse a line that has no words, or no address that anybody can open."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_LINKS:
        raise ValidationError(gettext("At most %(most)d links.") % {"most": MOST_LINKS})
    for number, line in enumerate(lines, start=1):
        match = ADDRESS_AT_THE_END.fullmatch(line.strip())
        if not match or not match["words"] or len(match["words"]) > LONGEST_WORDS:
            refusal = gettext(
                "Link %(number)d: write at most %(most)d letters and then the address, such as"
                " “Imprint https://example.org/imprint”."
            )
            raise ValidationError(refusal % {"number": number, "most": LONGEST_WORDS})
        check_web_address(match["address"])


@contextmanager
def named_as(field: str) -> Iterator[None]:
    """What is refused inside is said of this field."""
    try:
        yield
    except ValidationError as refusal:
        raise ValidationError({field: refusal}) from None


class SiteQuerySet(ContentQuerySet["Site"]):
    def whole(self) -> "SiteQuerySet":
        """With what is said of its pictures, and without the pictures themselves."""
        rows = self.select_related("logo", "social_picture")
        return rows.defer("logo__png", "social_picture__png")


# Of nothing else is there one row. None where nobody has named the record.
kept = Kept[list["Site"]](1)


class Site(Content):
    """One record has one name, and every page, mail, feed and picture of it says it."""

    TRANSLATED = ("subject", "purpose")
    IN_EVERY_LANGUAGE: ClassVar[dict[str, list[str]]] = {"purpose": [OWN_PURPOSE]}

    NATURAL_KEY = "name"

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY, editable=False)
    name = Line(
        _("name"),
        max_length=60,
        validators=[without_markup],
        help_text=_(
            "The name of this record: in the head and the title of every page, in mails, the feed,"
            " the calendar, pictures of shared links, and on the desk."
        ),
    )
    subject = Line(
        _("subject"),
        max_length=160,
        blank=True,
        validators=[without_markup],
        help_text=_(
            "In one sentence, what happened that the record is about. It is the first thing that a"
            " stranger reads: at the head of the overview, and where its address is shared."
        ),
    )
    purpose = Line(
        _("purpose"),
        max_length=160,
        blank=True,
        validators=[without_markup],
        help_text=_(
            "In one line, what the record is for. It stands beside the name, in the feed and in"
            " what search engines show. Left empty, or left as the program words it, it is shown"
            " in the language of the page."
        ),
    )
    organisation = Line(
        _("organisation"),
        max_length=120,
        blank=True,
        validators=[without_markup],
        help_text=_("Who publishes the record: at the foot of every page and mail."),
    )
    email = Line(
        _("e-mail address"),
        max_length=254,
        blank=True,
        validators=[validate_email],
        help_text=_(
            "Where anybody can write to. It stands at the foot of every page, and in"
            " /.well-known/security.txt for whoever finds a weakness."
        ),
    )
    postal_address = Text(
        _("postal address"),
        blank=True,
        help_text=_("In lines, at the foot of every page and of mails to followers."),
    )
    openpgp_key = Text(
        _("OpenPGP public key"),
        blank=True,
        help_text=_(
            "The public key of that e-mail address, as text, from BEGIN to END. The foot of every"
            " page links to it."
        ),
    )
    responsible = Text(
        _("responsible for data"),
        blank=True,
        help_text=_(
            "Who answers for what is kept of followers and staff, and how to reach them. It stands"
            " on the privacy page."
        ),
    )
    licence = Line(
        _("licence of content"),
        max_length=200,
        blank=True,
        validators=[without_markup],
        help_text=_(
            "Under which licence others may use texts and data, such as CC BY 4.0; one that the"
            " program does not know is followed by its address. At the foot of pages, of briefs and"
            " of packs. Left empty, the foot says that no licence is given."
        ),
    )
    accent = Line(
        _("accent colour"),
        max_length=7,
        blank=True,
        help_text=_(
            "As # and six digits, such as #173f87: the colour of links and buttons. It is darkened"
            " for light pages and lightened for dark ones until it can be read."
        ),
    )
    logo = models.ForeignKey(
        Picture,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("logo"),
        help_text=_("A PNG. It stands beside the name on every page, 48 points high at most."),
    )
    social_picture = models.ForeignKey(
        Picture,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("social picture"),
        help_text=_(
            "A PNG of 1200 × 630 points. Other sites show it beside a link to a page that has no"
            " picture of its own."
        ),
    )
    sender_name = Line(
        _("sender of mails"),
        max_length=60,
        blank=True,
        validators=[without_markup],
        help_text=_(
            "The name that mails come from; left empty, that of the record. The address, and a name"
            " that is set with it, come from the setting MAIL_FROM."
        ),
    )
    footer_links = Text(
        _("links of the foot"),
        blank=True,
        help_text=_(
            "A line each, words and then the address: Imprint https://example.org/imprint. They"
            " stand at the foot of every page."
        ),
    )
    no_letters_in = Line(
        _("countries where writing is dangerous"),
        max_length=200,
        blank=True,
        validators=[
            RegexValidator(
                r"^[A-Z]{2}( [A-Z]{2})*\Z",
                _("Give the two capital letters of each country (ISO 3166), with spaces between."),
            )
        ],
        help_text=_(
            "Two capital letters each, with spaces between: RU BY. Readers there are offered what"
            " they can read and how to stay safe, and no letters."
        ),
    )
    names_program = models.BooleanField(
        _("names the program"),
        default=True,
        help_text=_("The foot of every page says “Made with Answerable”. Nothing else does."),
    )

    history = HistoricalRecords()
    objects = SiteQuerySet.as_manager()

    class Meta:
        verbose_name = _("this record")
        verbose_name_plural = _("this record")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(id=ONLY),
                name="site_is_one_row",
                violation_error_message=_("There is one such row already."),
            ),
            models.CheckConstraint(
                condition=~models.Q(name=""),
                name="site_has_a_name",
                violation_error_message=_("A record needs a name."),
            ),
            models.CheckConstraint(
                condition=models.Q(accent__regex=r"^(#[0-9a-f]{6})?$"),
                name="site_accent_is_a_colour",
                violation_error_message=_("The accent is no colour."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> "Site":
        """The row, or what is said where nobody has named the record: nothing that may be wrong.

        Kept by each process until anything public changes. Whoever gets it changes nothing of it.
        """
        rows = kept.get("only", lambda: list(cls.objects.whole()))
        if not rows:
            return cls(name=gettext("Record without a name"))
        rows[0].notice_read()
        return rows[0]

    @classmethod
    def as_known(cls) -> "Site | None":
        """The row as this process read it last, for a page that cannot ask the database."""
        rows = kept.last
        return rows[0] if rows else None

    def clean(self) -> None:
        super().clean()
        if self.accent:
            with named_as("accent"):
                self.accent = colours.tidy_colour(self.accent)
        if self.openpgp_key:
            with named_as("openpgp_key"):
                check_public_key(self.openpgp_key)
        with named_as("footer_links"):
            check_links(self.footer_links)
        if self.openpgp_key and not self.email:
            sentence = gettext("Give the e-mail address that the key belongs to.")
            raise ValidationError({"email": sentence})

    @property
    def has_own_purpose(self) -> bool:
        """Whether it says what it is for in words of its own."""
        return self.purpose not in ("", OWN_PURPOSE)

    def shown(self, field: str, language: str = "") -> Words:
        """The purpose of the program is there in the languages of its catalogues."""
        if field == "purpose" and not self.has_own_purpose:
            language = language or get_language() or settings.LANGUAGE_CODE
            is_said = is_said_in(language, OWN_PURPOSE)
            with override(language if is_said else SOURCE):
                own = gettext("Who was called on, what they answered, and what you can do next.")
            return Words(own, language if is_said else SOURCE, None)
        return super().shown(field, language)

    def fields_to_translate(self, language: str) -> list[str]:
        fields = super().fields_to_translate(language)
        return [field for field in fields if field != "purpose" or self.has_own_purpose]

    def letters_are_dangerous(self, country: str) -> bool:
        """Whether nobody in this country should be asked to write."""
        return country in self.no_letters_in.split()

    @property
    def publisher(self) -> str:
        return self.organisation or self.name

    @property
    def sender(self) -> str:
        """The name that its mails come from, as a header can hold it."""
        return carried_line(self.sender_name or self.name)

    @property
    def mailto(self) -> str:
        return f"mailto:{quote(carried_line(self.email), safe='@')}" if self.email else ""

    @property
    def key_text(self) -> str:
        return carried(self.openpgp_key).strip() + "\n"

    @property
    def licence_link(self) -> NamedLink:
        """The words of its licence, and where that can be read if anybody said."""
        link = named_link(self.licence)
        return link if link.address else NamedLink(link.words, LICENCES.get(link.words, ""))

    @property
    def links(self) -> list[NamedLink]:
        """The links of the foot."""
        lines = (line for line in carried(self.footer_links).splitlines() if line.strip())
        return [link for link in map(named_link, lines) if link.address]

    @property
    def shades(self) -> colours.Shades | None:
        """Its accent as it can be read on light pages and on dark ones; None: as everywhere."""
        return colours.shades(self.accent) if self.accent else None
