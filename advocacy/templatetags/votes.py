"""Votes and stances: their marks, and their words from the one place that has them."""

from functools import lru_cache
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from advocacy.models import GROUP_OF, country_name, known_countries
from advocacy.models.positions import (
    public_stances,
    speaker_name,
    stance_words,
    tally_words,
    treaty_words,
)

register = template.Library()

register.filter(public_stances)
register.filter(speaker_name)
register.filter(tally_words)
register.filter(treaty_words)
register.filter(stance_words)


@register.simple_tag
def vote_mark(vote: str, label: str) -> SafeString:
    """A vote by its mark and its word. The page includes `decisions/_marks.html`."""
    return _mark(str(vote), str(label))


@lru_cache(maxsize=200)
def _mark(vote: str, label: str) -> SafeString:
    symbol = '<svg aria-hidden="true"><use href="#mark-{}"></use></svg>'
    whole = f'<span class="vote" data-vote="{{}}">{symbol} <span>{{}}</span></span>'
    return format_html(whole, vote, vote, label)


@register.simple_tag
def state_link(code: str, *, css: str = "", by_code: bool = False) -> SafeString | str:
    """A State that leads to its page; by its code, where many stand together."""
    name = country_name(code)
    whole = '{}<span class="visually-hidden"> {}</span>' if by_code else "{1}"
    shown = format_html(whole, code, name)
    attributes: Any = format_html(' class="{}"', css) if css else mark_safe("")
    if by_code:
        attributes = format_html('{} title="{}"', attributes, name)
    if code not in GROUP_OF and code not in known_countries():
        return format_html("<span{}>{}</span>", attributes, shown)
    address = reverse("seat_country", args=[code.lower()])
    return format_html('<a href="{}"{}>{}</a>', address, attributes, shown)
