"""Reading a page as somebody who speaks its language alone."""

import re
from html.parser import HTMLParser
from typing import NamedTuple

VOID = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "track",
    "wbr",
}
UNSEEN = {"script", "style", "template"}
# Attributes that are read out or shown.
READ = ("alt", "aria-label", "title", "placeholder", "content")
# Addresses on the web and of mail, codes with digits, symbols of documents, names of files.
ADDRESS = re.compile(
    r"https?://\S+|\S+@\S+|\b[\w./-]+\.(?:org|int|com|social|net|info|ua|kr|ru|md|ics|pdf|html)\b\S*"
    r"|\S*\d\S*|\b[A-Z]+(?:/[A-Z0-9.]+)+\b"
)
# A name begins with a capital: NKDB, Reuters, UpRights. Small words between two are of the name.
NAME = re.compile(r"\bi?[A-Z][\w’'-]*(?:\s+(?:of|the|for|and|on|in|de|du)(?=\s+[A-Z]))*")
ENGLISH = {
    "the",
    "of",
    "and",
    "to",
    "in",
    "is",
    "are",
    "was",
    "were",
    "that",
    "this",
    "it",
    "its",
    "by",
    "for",
    "with",
    "on",
    "from",
    "not",
    "no",
    "has",
    "have",
    "had",
    "be",
    "been",
    "as",
    "at",
    "an",
    "or",
    "who",
    "what",
    "which",
    "their",
    "they",
    "will",
    "would",
    "can",
    "may",
    "about",
    "against",
}
SCRIPTS = {"uk": r"\u0400-\u04FF", "ko": r"\uAC00-\uD7A3\u1100-\u11FF\u3130-\u318F", "en": "A-Za-z"}


class Told(NamedTuple):
    """A piece of text and the language it is said to be in."""

    text: str
    language: str


# What stands as it was typed or said, whatever the language of the page.
AS_IT_WAS = {"as-typed", "original", "statuses__like"}


class Reader(HTMLParser):
    """The text of a page in pieces, each with its `lang`; but for what stands as it was."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, str, bool]] = []
        self.told: list[Told] = []
        self.feed(page)

    @property
    def language(self) -> str:
        return self.open[-1][1] if self.open else ""

    @property
    def stands_as_it_was(self) -> bool:
        return bool(self.open) and self.open[-1][2]

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        language = given.get("lang") or self.language
        for name in READ:
            is_prose = name != "content" or given.get("name") == "description"
            if given.get(name) and is_prose:
                self.told.append(Told(given[name], language))
        if tag not in VOID:
            marks = set((given.get("class") or "").split())
            # The menu names each language in itself; code is of no language.
            as_it_was = bool(AS_IT_WAS & marks) or "data-language" in given or tag == "code"
            self.open.append((tag, language, self.stands_as_it_was or as_it_was))

    def handle_endtag(self, tag):
        while self.open:
            name, *_rest = self.open.pop()
            if name == tag:
                break

    def handle_data(self, data):
        unseen = UNSEEN & {tag for tag, *_rest in self.open}
        if data.strip() and not unseen and not self.stands_as_it_was:
            self.told.append(Told(" ".join(data.split()), self.language))


def letters(text: str, language: str) -> tuple[int, int]:
    """(letters in the script of the language, in any other), names and addresses aside."""
    bare = NAME.sub(" ", ADDRESS.sub(" ", text))
    own = len(re.findall(f"[{SCRIPTS[language]}]", bare))
    return own, sum(sign.isalpha() for sign in bare) - own


def english_words(told: list[Told], language: str) -> list[tuple[str, str]]:
    """The words in small Latin letters that are said to be of another language: (word, text)."""
    return [
        (word, text[:80])
        for text, its in told
        if its == language
        for word in re.findall(r"\b[a-z]{3,}\b", NAME.sub(" ", ADDRESS.sub(" ", text)))
    ]


def is_english(text: str) -> bool:
    """Whether it holds some words of English in a row, as no name does."""
    for run in re.findall(r"[A-Za-z][A-Za-z’' ,-]{12,}", ADDRESS.sub(" ", text)):
        words = re.findall(r"[A-Za-z’'-]+", run)
        small = [word for word in words if word[0].islower()]
        if len(words) >= 4 and len(small) >= 2 and ENGLISH & set(small):
            return True
    return False


class Shares(NamedTuple):
    """How much of a text is in the reader's script, in another unmarked, and marked as another."""

    own: int
    other: int
    marked: int

    @property
    def unmarked_share(self) -> float:
        return self.other / max(self.own + self.other, 1)

    @property
    def marked_share(self) -> float:
        return self.marked / max(self.own + self.other + self.marked, 1)


def shares_of(told: list[Told], language: str) -> Shares:
    own = other = marked = 0
    for text, its in told:
        if its == language:
            mine, foreign = letters(text, language)
            own, other = own + mine, other + foreign
        else:
            marked += sum(sign.isalpha() for sign in ADDRESS.sub(" ", text))
    return Shares(own, other, marked)


def unmarked_english(told: list[Told], language: str) -> list[str]:
    return [text for text, its in told if its == language and is_english(text)]
