"""The words of the record, in the reader's language or marked as what they are."""

from typing import Any

from django import template
from django.conf import settings
from django.template.defaultfilters import linebreaksbr, truncatechars
from django.urls import translate_url
from django.utils.html import conditional_escape, format_html, linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from advocacy.markdown import as_html
from advocacy.models import TranslationState, reading
from advocacy.models.translated import current_shelf

register = template.Library()

# How a field with paragraphs is laid out, and whether that makes blocks.
LAYOUTS: dict[str, tuple[Any, bool]] = {
    "": (conditional_escape, False),
    "linebreaks": (lambda text: mark_safe(linebreaks(text, autoescape=True)), True),
    "linebreaksbr": (lambda text: mark_safe(linebreaksbr(text, autoescape=True)), False),
    "markdown": (lambda text: mark_safe(as_html(text)), True),
}


@register.simple_tag
def words(row: Any, field: str, layout: str = "", chars: int = 0) -> SafeString | str:
    """A field of a row in the page's language; else in its own, inside `lang`.

    `layout` is one of `LAYOUTS`; `chars` shortens the text.
    """
    if not row:
        return ""
    told = row.shown(field)
    if told.state and (shelf := current_shelf()):
        shelf.shown[told.state] += 1
    lay_out, makes_blocks = LAYOUTS[layout]
    html = lay_out(truncatechars(told.text, chars) if chars else told.text)
    if not told.text or told.language == get_language():
        return html
    element = "div" if makes_blocks else "span"
    return format_html('<{0} lang="{1}">{2}</{0}>', mark_safe(element), told.language, html)


@register.filter
def plain(row: Any, field: str) -> str:
    """The same as text alone, for titles, attributes and mails, which cannot say its language."""
    return row.words(field) if row else ""


class Block(template.Node):
    """What stands inside; and once after it, what a reader has to know of its translations."""

    def __init__(self, nodelist: template.NodeList, *, is_page: bool) -> None:
        self.nodelist = nodelist
        self.is_page = is_page

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
        states = {state.value: shown[state] for state in TranslationState if shown[state]}
        if not states.keys() - {TranslationState.REVIEWED}:
            return html
        name = "includes/_translation_page.html" if self.is_page else "includes/_translation.html"
        note = context.template.engine.get_template(name)
        with context.push(states=states, record_language=settings.LANGUAGE_CODE):
            written = note.render(context)
        if not self.is_page:
            return mark_safe(html + written)
        # Every page has one heading of the first level: the line stands under it.
        before, heading, after = html.partition("</h1>")
        return mark_safe(before + heading + written + after if heading else written + html)


@register.tag
def translated(parser: Any, token: Any) -> Block:
    """`{% translated %}…{% endtranslated %}`: a block that says once how its words were made."""
    return _block(parser, token, is_page=False)


@register.tag
def translated_page(parser: Any, token: Any) -> Block:
    """The same of a whole page, which says it under its heading."""
    return _block(parser, token, is_page=True)


def _block(parser: Any, token: Any, *, is_page: bool) -> Block:
    name = token.contents
    nodelist = parser.parse([f"end{name}"])
    parser.delete_first_token()
    return Block(nodelist, is_page=is_page)


@register.simple_tag(takes_context=True)
def original_page(context: Any, language: str) -> str:
    """The address of this page in the language that the record is written in."""
    request = context.get("request")
    return translate_url(request.get_full_path(), language) if request else ""
