"""Words in short: excerpts, times, and the order of articles."""

import pytest
from django.utils import translation

from advocacy.models import LegalReference
from advocacy.models.dates import short_time, written_time
from advocacy.models.groups import number_words
from advocacy.templatetags.advocacy import by_number
from advocacy.templatetags.words import begun


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("One two. Three.", "One two. Three."),
        # A few words more than asked for are shown.
        ("One two three four five six. Seven.", "One two three four five six. Seven."),
        ("One two three four. Five six seven eight nine.", "One two three four. …"),
        ("It said: “Never.” Then five six seven eight nine.", "It said: “Never.” …"),
        # One sentence, of which some has to go.
        ("One two three four five, six seven eight nine.", "One two three four five, six…"),
        # A number stays with what it counts, and no point within a number ends a sentence.
        ("Pay of 1\u00a0000 or 2.5 three four five six seven.", "Pay of 1\u00a0000 or 2.5 three…"),
        (
            "First line\n\nsecond line of more words than that.",
            "First line\n\nsecond line of more…",
        ),
    ],
)
def test_an_excerpt_ends_with_a_sentence_where_it_can(text, shown):
    assert begun(text, 6) == shown


@pytest.mark.parametrize(
    ("minutes", "long", "short"),
    [
        (1, "1 minute", "1 min"),
        (45, "45 minutes", "45 min"),
        (119, "119 minutes", "119 min"),
        (120, "2 hours", "2 h"),
        (600, "10 hours", "10 h"),
    ],
)
def test_long_times_are_in_hours(minutes, long, short):
    assert (written_time(minutes), short_time(minutes)) == (long, short)
    with translation.override("ko"):
        assert written_time(600) == "10시간"


def test_articles_stand_in_the_order_of_their_numbers():
    titles = [
        "Convention, art. 118",
        "Convention, art. 12",
        "Another, art. 3",
        "Convention, art. 7",
    ]

    rows = by_number(LegalReference(title=title) for title in titles)

    assert [row.title for row in rows] == [titles[2], titles[3], titles[1], titles[0]]


def test_what_was_put_to_nobody_is_counted_apart():
    assert number_words(2, 0) == "2 asks"
    assert number_words(1, 3) == "1 ask · 3 more proposed"
    assert number_words(0, 1) == "1 ask proposed by the editors"
