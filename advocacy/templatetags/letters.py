"""Texts to work with: letters, sheets and briefs, each in one language from its first word on."""

import re
from collections import Counter
from typing import Any, NamedTuple
from urllib.parse import quote

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, gettext_noop, override

from advocacy.models import (
    ChecklistStep,
    ContactPoint,
    Doors,
    Reader,
    TranslationState,
    Way,
    country_name,
    in_one_language,
)
from advocacy.models.positions import Positions
from advocacy.models.standing import Standing
from advocacy.models.translated import current_shelf
from advocacy.templatetags.advocacy import full_url

register = template.Library()

# Windows hands no longer address to a mail program; static/js/compose.js keeps to the same.
LONGEST_MAILTO = 2000
MAILTO_SAFE = "!*'()"
# The places of a letter that are filled in, as its writers and translators know them.
THE_LINK = gettext_noop("[link to this page]")
THE_COUNTRY = [gettext_noop("[your country]"), gettext_noop("[Your country]")]
THE_NAME = gettext_noop("[your name]")
# What the reader's State said of the ask and how it voted: a paragraph, or nothing.
WHAT_IT_DID = gettext_noop("[what your country did]")
# What a letter can do without: it is taken out where nobody filled it in.
THE_TOWN = gettext_noop("[town]")
ANY_PLACE = re.compile(r"\[[^\[\]]+\]")


class Letter(NamedTuple):
    """A letter as it stands in its field, with what a reader has to know of its language."""

    subject: str
    text: str
    # Where a name belongs in it.
    place: str
    language: str
    states: Counter[TranslationState]
    # How it gets to whom it is for; None of a text that is no letter.
    way: Way | None = None

    @property
    def optional(self) -> str:
        """The places that may stay empty, as its writers or translators know them."""
        with override(self.language):
            return "|".join(dict.fromkeys([THE_TOWN, gettext(THE_TOWN)]))

    @property
    def is_other(self) -> bool:
        """Whether it is in another language than the page."""
        return self.language != get_language()


@register.simple_tag(takes_context=True)
def step_letter(context: Context, step: ChecklistStep) -> Letter:
    """The text of a step with what is known filled in: its page, and the country chosen.

    With it goes the title of its ask, where it is a text to send.
    """

    def make(_states: Any) -> tuple[str, str, str]:
        did = positions.words_on(step.action)
        known = known_places(full_url(context, step.action), context.get("country"), did)
        wording = step.text_of("wording")
        if not did:
            wording = without_paragraph(wording, WHAT_IT_DID)
        # In one pass: what is filled in is never searched for places itself.
        text = ANY_PLACE.sub(lambda place: known.get(place[0], place[0]), wording)
        return step.action.text_of("title") if step.is_written else "", text, gettext(THE_NAME)

    positions = _positions(context)
    # A sheet is made of letters: it gets to know what it has read by them.
    make(None)
    parts, language, states = in_one_language(make)
    doors = _doors(context)
    return Letter(*parts, language, states, doors.of_step(step) if step.is_letter else None)


def without_paragraph(text: str, place: str) -> str:
    """A text without a place that is a paragraph of its own, in the active language or as it is."""
    names = "|".join(map(re.escape, dict.fromkeys([place, gettext(place)])))
    return re.sub(rf"\n*(?:{names})", "", text)


def _positions(context: Context) -> Positions:
    """What the chosen State did; of a page that fetched nothing, nothing is known."""
    return context.get("positions") or Positions()


def _doors(context: Context) -> Doors:
    """The offices of the page; of one that fetched none, none is known."""
    return context.get("doors") or Doors("", [])


def known_places(link: str, country: str | None, did: str = "") -> dict[str, str]:
    """What is filled into a letter in the active language: {place: words}.

    A country is named in that language as well. A translator may have kept a place as it was.
    """
    known = {THE_LINK: link}
    if country:
        known |= dict.fromkeys(THE_COUNTRY, country_name(country))
    if did:
        known[WHAT_IT_DID] = did
    return known | {gettext(place): words for place, words in known.items()}


def template_for(context: Context, name: str) -> template.Template:
    """Another template, to be rendered within the one that is being rendered."""
    assert context.template is not None
    return context.template.engine.get_template(name)


@register.simple_tag(takes_context=True)
def country_letter(context: Context) -> Letter:
    """A letter to a body, or to a mission about it; made by `seats/_letter.txt`."""
    action, body, reader = context["action"], context["body"], context["reader"]
    way = _doors(context).of_letter(body, reader)
    frame = template_for(context, "seats/_letter.txt")
    is_to_state = reader != Reader.BODY or body.speaks_for_its_state
    positions = _positions(context)

    def make(_states: Any) -> tuple[str, str, str]:
        did = positions.words_on(action) if is_to_state else ""
        with context.push(link=full_url(context, action), way=way, what_it_did=did):
            # `strip` makes a text of what a template takes for HTML.
            text = frame.render(context).strip()
        return action.text_of("title"), text, gettext(THE_NAME)

    parts, language, states = in_one_language(make)
    return Letter(*parts, language, states, way)


class OneLanguage(template.Node):
    """What stands inside, in one language; marked and named where that is not the page's."""

    def __init__(self, nodelist: template.NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        shelf = current_shelf()
        shown = Counter(shelf.shown) if shelf else None

        def make(_states: Any) -> SafeString:
            if shelf and shown is not None:
                shelf.shown = Counter(shown)
            with context.push():
                return self.nodelist.render(context)

        html, language, states = in_one_language(make)
        letter = Letter("", "", "", language, states)
        notes = template_for(context, "letters/_notes.html")
        with context.push(letter=letter):
            before = notes.render(context)
        inside = format_html('<div lang="{}">{}</div>', language, html) if letter.is_other else html
        return mark_safe(before + inside)


@register.tag("in_one_language")
def one_language(parser: Any, token: Any) -> OneLanguage:
    """`{% in_one_language %}…{% endin_one_language %}`: something to print or to hand on.

    Where a word of it is missing in the page's language, all of it is in that of the record.
    """
    nodelist = parser.parse(["endin_one_language"])
    parser.delete_first_token()
    return OneLanguage(nodelist)


@register.filter
def status_in_a_letter(standing: Standing) -> str:
    """The words of a status, and that the ask was put to nobody, where that is so."""
    return standing.sentence if standing.is_proposed else standing.label


@register.filter
def followed_by(text: str, more: str) -> str:
    """A text and what is said after it, if anything is."""
    return f"{text} {more}" if more else text


@register.simple_tag
def mail_to(letter: Letter, office: ContactPoint) -> str:
    """The address that opens this letter in a mail program, with the office as its reader.

    Only for an office that `may_be_addressed`: no letter opens with an empty `To`.
    """
    return mailto(letter.text, letter.subject, office.email)


def mailto(text: str, subject: str, to: str) -> str:
    """A `mailto:` address that opens a mail program with this reader, subject and text (RFC 6068).

    Too long a text is left out, as mail programs cut such addresses or refuse them.
    """
    subject = re.sub(r"[\t\n\r ]+", " ", subject).strip(" ")
    lines = re.sub(r"\r\n|\r|\n", "\r\n", text)
    start = f"mailto:{quote(to, safe=f'@{MAILTO_SAFE}')}?subject={quote(subject, safe=MAILTO_SAFE)}"
    whole = f"{start}&body={quote(lines, safe=MAILTO_SAFE)}"
    return whole if len(whole) <= LONGEST_MAILTO else start
