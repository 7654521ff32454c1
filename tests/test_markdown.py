"""Markdown: what is typed becomes a page in which nothing runs, and a text to paste."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.markdown import as_html, as_plain, has_places, headings, words_spoken

LETTER = """\
## The letter

Dear [title and
name],

we ask for **one** thing, as [the Council](https://un.org/a?b=1&c=2) did:

- an answer
- by the day
  that was named

2. twice
3. in writing

> Mr President,
> we thank you.

[Name]: for [organisation], <press@example.org>
"""
# What a page may not hold, wherever in a text it stands.
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<iframe src='https://evil.example'></iframe>",
    "<style>body{display:none}</style>",
    "<a href='javascript:alert(1)' onclick='alert(1)'>go</a>",
    "[go](javascript:alert(1))",
    "[go](JaVaScRiPt&colon;alert(1))",
    "[go](&#x6A;avascript:alert(1))",
    "[go](data:text/html;base64,PHNjcmlwdD4=)",
    "[go](vbscript:x)",
    "[go](//evil.example/x)",
    "<javascript:alert(1)>",
    "![seen](https://evil.example/pixel.png)",
    '[go](https://x.example/"onmouseover="alert(1))',
    "[go]: javascript:alert(1)\n\n[go]",
    "<!-- hidden -->",
    "<svg/onload=alert(1)>",
    "<math><mtext><style><img src onerror=alert(1)>",
]
MAY_STAND = {
    *["h2", "h3", "h4", "p", "br", "hr", "ul", "ol", "li", "blockquote"],
    *["em", "strong", "code", "mark", "a"],
}


class Elements(HTMLParser):
    """Every element of a page with its attributes, and the words."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.words = [], ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.words += data


def check_harmless(html):
    for tag, attributes in Elements(html).elements:
        assert tag in MAY_STAND, tag
        assert attributes.keys() <= {"href", "rel", "start"}
        if "href" in attributes:
            # Any other scheme, or the scheme of the page: `//host` is that of nobody else.
            assert re.match(r"(https?:|mailto:)|(?![\w.+-]+:)", attributes["href"])


def one_spaced(words):
    return " ".join(words.split())


def test_a_letter_is_shown_with_its_lists_quotations_and_places():
    shown = Elements(as_html(LETTER))

    tags = [tag for tag, _attributes in shown.elements]
    assert [tag for tag in MAY_STAND if tag not in tags] == [
        tag for tag in MAY_STAND if tag in {"h3", "h4", "br", "hr", "em", "code"}
    ]
    assert as_html(LETTER).count("<mark>") == 3
    assert "<mark>[title and name]</mark>" in as_html(LETTER)
    assert '<a href="https://un.org/a?b=1&amp;c=2"' in as_html(LETTER)
    assert '<ol start="2">' in as_html(LETTER)


def test_a_letter_can_be_pasted_into_a_mail():
    assert as_plain(LETTER) == (
        "The letter\n\nDear [title and name],\n\n"
        "we ask for one thing, as the Council <https://un.org/a?b=1&c=2> did:\n\n"
        "– an answer\n– by the day that was named\n\n"
        "2. twice\n3. in writing\n\n"
        "Mr President, we thank you.\n\n"
        "[Name]: for [organisation], press@example.org"
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_is_typed_runs_or_is_fetched(text):
    for typed in (text, f"**{text}**", f"> {text}", f"- {text}", f"## {text}", f"[{text}]"):
        check_harmless(as_html(typed))


@pytest.mark.parametrize("text", [text for text in HOSTILE if text.startswith("<")])
def test_html_is_shown_as_it_was_typed(text):
    assert one_spaced(Elements(as_html(text)).words) == one_spaced(text)
    assert one_spaced(as_plain(text)) == one_spaced(text)


@given(text=st.text(max_size=80) | st.text("<>[]()!:/#*->`&;ax \n", max_size=40))
def test_any_text_is_harmless(text):
    check_harmless(as_html(text))


def test_no_line_is_lost_as_a_definition_or_as_code():
    text = "[Name]: the minister\n\n    four spaces in front\n\nA line\n---\nanother"

    assert as_plain(text) == (
        "[Name]: the minister\n\nfour spaces in front\n\nA line\n\n* * *\n\nanother"
    )
    assert "the minister" in as_html(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Dear [name]", True),
        ("> - in [town]", True),
        ("a [link](https://x.org)", False),
        (r"\[sic\]", False),
        ("it said […] that", False),
        ("nothing", False),
    ],
)
def test_places_to_fill_in_are_told_from_links_and_gaps(text, found):
    assert has_places(text) is found
    assert ("<mark>" in as_html(text)) is found


def test_headings_are_found_with_their_lines():
    assert list(headings("# One\n\ntext\n\n### Three")) == [(1, 1), (3, 5)]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (
            "## Before\n\nRead it twice.\n\n> Mr President,\n> we thank you – so.\n\n> Thank you.",
            8,
        ),
        ("## The statement\n\nMr President, [name of State] asks.\n\n- One. \n- Two.", 8),
        ("", 0),
    ],
)
def test_the_words_of_a_statement_are_those_of_its_quotations_or_all(text, number):
    assert words_spoken(text) == number
