"""A page of the site as a file that opens from a folder, without a script, a form or a network."""

import re
from collections.abc import Callable
from html import escape
from html.parser import HTMLParser
from typing import NamedTuple

type Attributes = list[tuple[str, str | None]]

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
# What does nothing without a script or a server. Where a form stood, a sentence says so.
DROPPED = {"script", "template", "form", "button", "input", "select", "datalist", "progress"}
NEEDS_SCRIPT = "data-needs-script"
# Forms that only work beside others: nobody misses them.
SILENT = {"ticks", "basket"}
SILENT_CLASSES = {"ticks", "tally"}
# What is for programs that find the page on the site.
DROPPED_META = re.compile(r"htmx-config|twitter:.*|og:.*")
KEPT_LINKS = {"stylesheet", "icon"}
TEXT_FIELD = re.compile(r'<textarea\b[^>]*?\bid="([^"]+)"')
IDS = re.compile(r'\bid="([^"]+)"')
# They name other elements by their ids, some of which are gone.
NAMING = re.compile(r' (?:aria-(?:controls|describedby|labelledby|owns|details))="([^"]*)"')


class Target(NamedTuple):
    """Where a link of a copy leads, and whether that is the site."""

    href: str
    is_live: bool


class Words(NamedTuple):
    """What a copy says of itself, as HTML in the language of the page."""

    banner: str
    instead_of_a_form: str
    on_the_site: str


class Rewriter(HTMLParser):
    """Writes a page again, tag by tag; whatever it does not know stays as it is."""

    def __init__(self, find: Callable[[str], Target], words: Words, canonical: str) -> None:
        super().__init__(convert_charrefs=False)
        self.find, self.words, self.canonical = find, words, canonical
        self.pieces: list[str] = []
        # The element that is left out at the moment, and how many of its name are open in it.
        self.dropped, self.depth = "", 0
        self.pictures = 0
        self.text_fields: set[str] = set()
        self.live_links: list[bool] = []

    def rewrite(self, page: str) -> str:
        self.text_fields = set(TEXT_FIELD.findall(page))
        self.feed(page)
        self.close()
        text = "".join(self.pieces)
        ids = set(IDS.findall(text))

        def without_the_gone(match: re.Match[str]) -> str:
            there = [name for name in match[1].split() if name in ids]
            return match[0].replace(match[1], " ".join(there)) if there else ""

        return NAMING.sub(without_the_gone, text)

    def write(self, text: str) -> None:
        if not self.dropped:
            self.pieces.append(text)

    def handle_decl(self, decl: str) -> None:
        self.write(f"<!{decl}>\n")

    def handle_data(self, data: str) -> None:
        self.write(data)

    def handle_entityref(self, name: str) -> None:
        self.write(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.write(f"&#{name};")

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        if not self.dropped:
            self.start(tag, attrs, closed=True)

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        if self.dropped:
            self.depth += tag == self.dropped
            return
        self.start(tag, attrs, closed=False)

    def start(self, tag: str, attrs: Attributes, *, closed: bool) -> None:
        given = dict(attrs)
        if self.is_left_out(tag, given):
            if tag == "form" and not self.is_silent(given):
                self.write(self.words.instead_of_a_form)
            if tag not in VOID and not closed:
                self.dropped, self.depth = tag, 1
            return
        changed = self.changed(tag, dict(given))
        self.write((self.get_starttag_text() or "") if changed == given else written(tag, changed))
        self.pictures += tag == "svg" and not closed
        if tag == "main":
            self.write(self.words.banner)

    def is_left_out(self, tag: str, given: dict[str, str | None]) -> bool:
        if tag in DROPPED or NEEDS_SCRIPT in given:
            return True
        if tag == "meta":
            name = given.get("name") or given.get("property") or ""
            return bool(DROPPED_META.fullmatch(name))
        return tag == "link" and given.get("rel") not in KEPT_LINKS

    def is_silent(self, given: dict[str, str | None]) -> bool:
        classes = set((given.get("class") or "").split())
        return given.get("id") in SILENT or bool(classes & SILENT_CLASSES)

    def changed(self, tag: str, given: dict[str, str | None]) -> dict[str, str | None]:
        """The attributes as they are in the copy."""
        for name in list(given):
            if name.startswith(("hx-", "data-hx-")) or name == "form":
                del given[name]
        if tag == "label" and given.get("for") not in self.text_fields:
            given.pop("for", None)
        href = given.get("href")
        if tag == "a" and href is not None and not href.startswith("#"):
            target = self.find(href)
            given["href"] = target.href
            self.live_links.append(target.is_live)
            if target.is_live:
                given["rel"] = "external"
        elif tag == "a":
            self.live_links.append(False)
        elif tag == "link" and href and not href.startswith("data:"):
            given["href"] = self.find(href).href
        if tag == "img" and (src := given.get("src")) and not src.startswith("data:"):
            given["src"] = self.find(src).href
        return given

    def handle_endtag(self, tag: str) -> None:
        if self.dropped:
            self.depth -= tag == self.dropped
            if not self.depth:
                self.dropped = ""
            return
        if tag == "a" and self.live_links and self.live_links.pop() and not self.pictures:
            self.write(self.words.on_the_site)
        if tag == "head":
            self.write(f'<link rel="canonical" href="{escape(self.canonical)}">\n')
        self.pictures -= tag == "svg"
        self.write(f"</{tag}>")


def written(tag: str, given: dict[str, str | None]) -> str:
    parts = [tag]
    parts += [
        name if value is None else f'{name}="{escape(value)}"' for name, value in given.items()
    ]
    return f"<{' '.join(parts)}>"
