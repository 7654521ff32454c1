"""Reading a response as a visitor sees it."""

import re
from html import unescape

# What every public page asks the database beside its own, where nothing is kept: whose record it
# is, the pages that its footer leads to, and the countries for the menu.
IN_EVERY_PAGE = 3


def text_of(response):
    """The words of a page: no markup, single spaces."""
    body = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", response.text, flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body))).strip()


def options_of(response, field):
    """The options of one filter: {value: label}."""
    select = re.search(rf'<select[^>]*name="{field}".*?</select>', response.text, flags=re.S)[0]
    found = re.findall(r'<option value="([^"]*)"[^>]*>(.*?)</option>', select, flags=re.S)
    return {value: unescape(label).strip() for value, label in found}
