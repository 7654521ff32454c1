"""Markdown as HTML that may stand in a page, and as plain text. Nothing else makes HTML of a text.

Of Markdown (CommonMark) it takes headings, paragraphs, lists, quotations, emphasis, links and
rules. HTML in a text is shown as it was typed, a picture as a link to it. What stands
`[in brackets]` and is no link is a place to fill in.
"""

import re
from collections.abc import Iterator

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.tree import SyntaxTreeNode

# A few words on one or more lines; `[…]` alone is a gap in a quotation.
PLACE = re.compile(r"\[[^\[\]]*\w[^\[\]]*\]")
# Code has no use in letters, and text that is indented by accident is none. A line that begins
# `[Name]: …` would be taken for a definition and vanish. A picture would come from another host.
NOT_READ = ["code", "fence", "reference", "lheading", "image"]
TAGS = {
    *["h2", "h3", "h4", "p", "br", "hr", "ul", "ol", "li", "blockquote"],
    *["em", "strong", "code", "mark", "a"],
}
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}
WORD = re.compile(r"\S*\w\S*")
SIGN = re.compile(r"\w")


def place(state: StateInline, silent: bool) -> bool:
    """A rule for the parser: a place to fill in is marked as one."""
    match = PLACE.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    if not silent:
        state.push("place_open", "mark", 1)
        state.push("text", "", 0).content = one_spaced(match[0])
        state.push("place_close", "mark", -1)
    state.pos = match.end()
    return True


PARSER = MarkdownIt("commonmark", {"html": False}).disable(NOT_READ)
PARSER.inline.ruler.after("link", "place", place)


def one_spaced(text: str) -> str:
    return " ".join(text.split())


def as_html(text: str) -> str:
    """The text as HTML, in which nothing runs and nothing is fetched."""
    html = PARSER.render(text)
    return nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES)


def as_plain(text: str) -> str:
    """The text without signs of Markdown, as it is pasted into a mail."""
    return "\n\n".join(blocks(SyntaxTreeNode(PARSER.parse(text))))


def has_places(text: str) -> bool:
    """Whether there is anything to fill in."""
    return any(node.type == "place" for node in SyntaxTreeNode(PARSER.parse(text)).walk())


def headings(text: str) -> Iterator[tuple[int, int]]:
    """The level of each heading, and the line on which it stands."""
    for token in PARSER.parse(text):
        if token.type == "heading_open" and token.map:
            yield int(token.tag[1]), token.map[0] + 1


def words_spoken(text: str) -> int:
    """How many words are read aloud: those of the quotations, or all but headings without any."""
    return sum(len(WORD.findall(part)) for part in spoken(text))


def syllables_spoken(text: str) -> int:
    """The same in syllables, of a language that writes each of them as one sign."""
    return sum(len(SIGN.findall(part)) for part in spoken(text))


def spoken(text: str) -> Iterator[str]:
    """The parts of a text that are read aloud."""
    tree = SyntaxTreeNode(PARSER.parse(text))
    quoted = [node for node in tree.children if node.type == "blockquote"]
    for node in quoted or [node for node in tree.children if node.type != "heading"]:
        yield from blocks(node)


def blocks(node: SyntaxTreeNode) -> list[str]:
    """The parts of a text that stand apart from each other."""
    match node.type:
        case "inline":
            return [words(node)]
        case "hr":
            return ["* * *"]
        case "bullet_list" | "ordered_list":
            return [items(node)]
    return [part for child in node.children for part in blocks(child)]


def items(node: SyntaxTreeNode) -> str:
    """A list with the marks of its items, one below the other."""
    first, lines = int(node.attrs.get("start", 1)), []
    for number, item in enumerate(node.children, start=first):
        mark = "– " if node.type == "bullet_list" else f"{number}. "
        inside = "\n".join(blocks(item)).replace("\n", f"\n{' ' * len(mark)}")
        lines.append(f"{mark}{inside}")
    return "\n".join(lines)


def words(node: SyntaxTreeNode) -> str:
    """The words of a paragraph or a part of it, each link with its address."""
    match node.type:
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case "text" | "code_inline":
            return node.content
    inside = "".join(words(child) for child in node.children)
    if node.type == "link":
        address = str(node.attrs["href"]).removeprefix("mailto:")
        return inside if inside == address else f"{inside} <{address}>"
    return inside
