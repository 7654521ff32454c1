"""`{% part "name" %}…{% endpart %}`: a part of a page that may be kept (`public/parts.py`)."""

from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from advocacy.models import reading
from advocacy.models.translated import current_shelf

register = template.Library()


class PartNode(template.Node):
    def __init__(self, name: Any, nodelist: template.NodeList) -> None:
        self.name = name
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        parts = context.get("parts")
        if parts is None:
            return self.nodelist.render(context)
        shelf = current_shelf()
        if shelf is None:
            with reading():
                return self.render(context)
        name = self.name.resolve(context)
        if (part := parts.found.get(name)) is None:
            # What is shown in it counts for the notes of the page, each time that it is shown.
            outside, shelf.shown = shelf.shown, type(shelf.shown)()
            try:
                part = parts.made(name, self.nodelist.render(context), shelf.shown)
            finally:
                shelf.shown = outside
        shelf.shown.update(part.shown)
        return part.html


@register.tag("part")
def part_tag(parser: Any, token: Any) -> PartNode:
    _tag, name = token.split_contents()
    nodelist = parser.parse(["endpart"])
    parser.delete_first_token()
    return PartNode(parser.compile_filter(name), nodelist)
