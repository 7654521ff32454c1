"""Django's own tags of this name, with the sentences of a template remembered in each language."""

from typing import Any

from django.template import Context, Library
from django.templatetags import i18n
from django.templatetags.i18n import TranslateNode
from django.utils.translation import get_language

register = Library()
register.filters = i18n.register.filters
register.tags = dict(i18n.register.tags)


class Sentence(TranslateNode):
    """One that is always the same in a language: it is looked up and escaped once."""

    def __init__(self, node: Any) -> None:
        super().__init__(node.filter_expression, noop=False)
        self.said: dict[tuple[str | None, bool], str] = {}

    def render(self, context: Context) -> str:
        key = get_language(), context.autoescape
        if (said := self.said.get(key)) is None:
            said = self.said[key] = super().render(context)
        return said


@register.tag("trans")
@register.tag("translate")
def translate(parser: Any, token: Any) -> Any:
    node: Any = i18n.do_translate(parser, token)
    text = node.filter_expression
    is_fixed = getattr(text.var, "literal", None) is not None and not text.filters
    if is_fixed and not (node.asvar or node.message_context or node.noop):
        return Sentence(node)
    return node
