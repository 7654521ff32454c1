"""The words of the record, in the reader's language or marked as what they are."""

import re
from collections.abc import Sequence
from typing import Any

from django import template
from django.conf import settings
from django.template.defaultfilters import (
    capfirst,
    linebreaksbr,
)
from django.urls import translate_url
from django.utils.html import conditional_escape, format_html, linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, override

from advocacy.languages import SOURCE, direction, is_whole, own_name
from advocacy.markdown import as_html
from advocacy.models import TranslationState, reading
from advocacy.models.dates import language_name
from advocacy.models.translated import Words, current_shelf
from advocacy.models.withheld import is_notice

register = template.Library()

S = TranslationState
# What readers are told: of a translation that somebody reviewed, nothing.
TO_BE_TOLD = [S.MISSING, S.OUTDATED, S.TO_REVIEW]
OF_A_PAGE, OF_A_BLOCK = "includes/_translation_page.html", "includes/_translation.html"

# How a field with paragraphs is laid out, and whether that makes blocks.
LAYOUTS: dict[str, tuple[Any, bool]] = {
    "": (conditional_escape, False),
    "capfirst": (lambda text: conditional_escape(capfirst(text)), False),
    "linebreaks": (lambda text: mark_safe(linebreaks(text, autoescape=True)), True),
    "linebreaksbr": (lambda text: mark_safe(linebreaksbr(text, autoescape=True)), False),
    "markdown": (lambda text: mark_safe(as_html(text)), True),
}


@register.simple_tag
def words(row: Any, field: str, layout: str = "", first: int = 0) -> SafeString | str:
    """A field of a row in the page's language; else in its own, inside `lang`.

    `layout` is one of `LAYOUTS`; `first` shortens it, see `begun`.
    """
    if not row:
        return ""
    told = noted(row.shown(field))
    text = begun(told.text, first) if first else told.text
    return in_its_language(text, told.language, layout)


def begun(text: str, number: int) -> str:
    """The first sentences, of so many words or a few more; no sentence is cut that need not be.

    What stands in the last words may turn its meaning round.
    """
    parts = re.split(r"([ \n]+)", text)
    if len(parts) <= 2 * (number + number // 3):
        return text
    start = "".join(parts[: 2 * number]).rstrip()
    ends = [match.end() for match in re.finditer(r"[.!?][”»’)\"]*(?=\s|$)", start)]
    if ends and ends[-1] > len(start) // 3:
        return f"{start[: ends[-1]]} …"
    return f"{start.rstrip(' ,;:—–')}…"


def noted(told: Words) -> Words:
    """Count what is shown, for the notes on how it was translated."""
    if told.state and (shelf := current_shelf()):
        shelf.shown[told.state] += 1
    return told


@register.simple_tag
def note_language(code: str) -> str:
    """Count a text that has a row for each language and is shown in another than the page's."""
    noted(Words("", code, S.MISSING if code != get_language() else None))
    return ""


def in_its_language(text: str, language: str, layout: str = "") -> SafeString | str:
    """A text as HTML, inside `lang` where the page is in another language."""
    lay_out, makes_blocks = LAYOUTS[layout]
    html = lay_out(text)
    if not text or language == get_language():
        return html
    element = "div" if makes_blocks else "span"
    marks = in_language(language)
    return format_html("<{0} {1}>{2}</{0}>", mark_safe(element), marks, html)


@register.simple_tag
def in_language(code: str) -> SafeString:
    """What an element says of its language: `lang`, and `dir` where the page is read otherwise."""
    way = direction(code)
    if way == direction(get_language() or settings.LANGUAGE_CODE):
        return format_html('lang="{}"', code)
    return format_html('lang="{}" dir="{}"', code, way)


@register.simple_tag
def page_language() -> SafeString:
    """The same of a whole page: from left to right need not be said."""
    code = get_language() or settings.LANGUAGE_CODE
    way = direction(code)
    return format_html('lang="{}" dir="{}"' if way == "rtl" else 'lang="{}"', code, way)


@register.inclusion_tag("includes/_frame_language.html")
def frame_language() -> dict[str, Any]:
    """That sentences of the program stand in another language than the page's, if some do.

    What a language lacks stands in that of the record, and what that lacks, in English.
    """
    code = get_language() or settings.LANGUAGE_CODE
    if is_whole(code):
        return {}
    other = settings.LANGUAGE_CODE if is_whole(settings.LANGUAGE_CODE) else SOURCE
    with override(other):
        note = gettext(
            "The menus and explanations of this site are only partly translated into"
            " %(language)s. What is missing is in %(other)s."
        )
    return {"code": other, "note": note % {"language": own_name(code), "other": own_name(other)}}


@register.filter
def as_written(text: str, layout: str = "") -> SafeString | str:
    """A text that stands as it was written, in the language of the record."""
    return in_its_language(text, settings.LANGUAGE_CODE, layout)


@register.filter
def lang_of(row: Any, field: str) -> SafeString | str:
    """The attribute `lang` of an element with a field of a row, where it needs one."""
    return lang_if_other(noted(row.shown(field)).language)


@register.filter
def lang_if_other(code: str) -> SafeString | str:
    """The attribute `lang` of an element in a language, where that is not the page's."""
    return format_html(" {}", in_language(code)) if code != get_language() else ""


@register.inclusion_tag("includes/_quotation.html")
def quotation(row: Any, field: str = "quote", cite: str = "") -> dict[str, Any]:
    """What was said, in the page's language where it was translated; then the original as well."""
    told, original = row.shown(field), getattr(row, field)
    own = settings.LANGUAGE_CODE if is_notice(original) else row.language_of(field)
    is_translated = told.language != own and told.text != original
    language = told.language if is_translated else own
    # In a third language it stands as it was said on every page: nothing is missing. Translated
    # into that of the record, it says so beside it, and nothing else of the page is a translation.
    is_of_record = own == settings.LANGUAGE_CODE
    if get_language() != settings.LANGUAGE_CODE and (is_translated or is_of_record):
        noted(told)
    return {
        "text": told.text,
        "language": "" if language == get_language() else language,
        "state": told.state if is_translated else None,
        "original": original if is_translated else "",
        "original_language": own,
        "original_name": language_name(own),
        "ours": "" if is_translated else getattr(row, "quote_translation", ""),
        "cite": cite,
    }


register.simple_tag(language_name)
register.filter("language_name", language_name)


@register.filter
def plain(row: Any, field: str) -> str:
    """The same as text alone, for titles, attributes and mails, which cannot say its language."""
    return row.text_of(field) if row else ""


class Block(template.Node):
    """What stands inside; and once after it, what a reader has to know of its translations."""

    def __init__(self, nodelist: template.NodeList, note: str, told: Sequence[S]) -> None:
        self.nodelist = nodelist
        self.note = note
        # The states of which it says anything.
        self.told = told

    def render(self, context: Any) -> SafeString:
        shelf = current_shelf()
        if shelf is None:
            with reading():
                return self.render(context)
        outside = shelf.shown
        shelf.shown = type(outside)()
        try:
            html = self.nodelist.render(context)
            shown = shelf.shown
        finally:
            shelf.shown = outside
        outside.update(shown)
        states = {state: shown[state] for state in self.told if shown[state]}
        if not states:
            return html
        note = context.template.engine.get_template(self.note)
        with context.push(states=states, record_language=settings.LANGUAGE_CODE):
            written = note.render(context)
        if self.note != OF_A_PAGE:
            return mark_safe(html + written)
        # Every page has one heading of the first level: the line stands under it, and under what
        # belongs to it.
        before, heading, after = html.partition("</hgroup>" if "</hgroup>" in html else "</h1>")
        return mark_safe(before + heading + written + after if heading else written + html)


@register.tag
def translated(parser: Any, token: Any) -> Block:
    """`{% translated %}…{% endtranslated %}`: a block that says once how its words were made.

    For what is read, quoted or sent without the rest of its page.
    """
    return _block(parser, token, OF_A_BLOCK, TO_BE_TOLD)


@register.tag
def translated_part(parser: Any, token: Any) -> Block:
    """The same of a part of a page, which says only what the line under the heading cannot.

    That is where the page stands in the original, and where it tells of an earlier wording.
    """
    return _block(parser, token, OF_A_BLOCK, [S.MISSING, S.OUTDATED])


@register.tag
def translated_page(parser: Any, token: Any) -> Block:
    """The same of a whole page, which says it under its heading."""
    return _block(parser, token, OF_A_PAGE, TO_BE_TOLD)


def _block(parser: Any, token: Any, note: str, told: Sequence[S]) -> Block:
    name = token.contents
    nodelist = parser.parse([f"end{name}"])
    parser.delete_first_token()
    return Block(nodelist, note, told)


@register.simple_tag(takes_context=True)
def original_page(context: Any, language: str) -> str:
    """The address of this page in the language that the record is written in."""
    request = context.get("request")
    return translate_url(request.get_full_path(), language) if request else ""
