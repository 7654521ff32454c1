"""`{% piece "name" %}…{% endpiece %}`: a piece of a page that may be kept (`public/pieces.py`)."""

from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from advocacy.models import reading
from advocacy.models.translated import current_shelf

register = template.Library()


class PieceNode(template.Node):
    def __init__(self, name: Any, nodelist: template.NodeList) -> None:
        self.name = name
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        pieces = context.get("pieces")
        if pieces is None:
            return self.nodelist.render(context)
        shelf = current_shelf()
        if shelf is None:
            with reading():
                return self.render(context)
        name = self.name.resolve(context)
        if (piece := pieces.found.get(name)) is None:
            # What is shown in it counts for the notes of the page, each time that it is shown.
            outside, shelf.shown = shelf.shown, type(shelf.shown)()
            try:
                piece = pieces.made(name, self.nodelist.render(context), shelf.shown)
            finally:
                shelf.shown = outside
        shelf.shown.update(piece.shown)
        return piece.html


@register.tag("piece")
def piece_tag(parser: Any, token: Any) -> PieceNode:
    _tag, name = token.split_contents()
    nodelist = parser.parse(["endpiece"])
    parser.delete_first_token()
    return PieceNode(parser.compile_filter(name), nodelist)
