"""Copies of sources at the desk: what is kept, how a file of it is got, and what changed."""

import re

import pytest
from django.urls import reverse

from advocacy.models import CopyOutcome, ResponseStatus, Source, figures, make_groups
from advocacy.upkeep import tasks
from tests.copies import LATER, PAGE, changed_source, keep, keep_nothing
from tests.factories import make_action, make_source, record
from tests.pages import text_of as words_of
from tests.staff import change_page, correct_page, staff_who_may

pytestmark = pytest.mark.django_db

LIST = reverse("admin:advocacy_source_changelist")
DESK = reverse("admin:index")
S = ResponseStatus


def text_of(page):
    """The words of a page, with no space where the markup of a day ends."""
    return re.sub(r" (?=[.:,])", "", words_of(page))


def of_copy(name, copy):
    return reverse(f"admin:advocacy_source_copy_{name}", args=[copy.pk])


def listed(client, query=""):
    """{title: what the list says is kept of it}"""
    page = client.get(f"{LIST}?{query}")
    row = r"field-title.*?<a[^>]*>(.*?)</a>.*?field-copy_kept\">(.*?)</td>"
    rows = re.findall(row, page.text, re.S)
    return {title: words.replace("\xa0", " ") for title, words in rows}


# The list


def test_the_list_says_in_words_what_is_kept(client, editor):
    keep(make_source(title="A page"), PAGE + b" " * 2048)
    keep(make_source(title="A paper"), b"%PDF-1.7", content_type="application/pdf")
    keep_nothing(make_source(title="Forbidden"), CopyOutcome.FORBIDDEN)
    keep_nothing(make_source(title="Large"), CopyOutcome.TOO_LARGE)
    keep_nothing(make_source(title="Broken"), CopyOutcome.FAILED, "502 Bad Gateway")
    make_source(title="New")

    assert listed(client) == {
        "A page": "kept 2 March 2026, 2.1 KB, HTML",
        "A paper": "kept 2 March 2026, 8 bytes, PDF",
        "Forbidden": "the site forbids copies",
        "Large": "larger than 10 MB",
        "Broken": "nothing came that could be kept: 502 Bad Gateway",
        "New": "not tried yet",
    }


def test_the_list_is_narrowed_by_what_is_kept_and_by_who_opened_it(client, editor):
    keep(make_source(title="Kept"))
    changed_source(title="Changed")
    make_source(title="Unread", accessed_on=None)

    assert set(listed(client, "copy=none")) == {"Unread"}
    assert set(listed(client, "copy=changed")) == {"Changed"}
    assert set(listed(client, "copy=bytes")) == set()
    assert set(listed(client, "opened=nobody")) == {"Unread"}
    assert set(listed(client, "opened=somebody")) == {"Kept", "Changed"}
    shown = text_of(client.get(LIST))
    for words in ("no copy", "changed", "dead", "not opened by anybody"):
        assert words in shown


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_a_constant_number_of_queries(
    client, editor, django_assert_num_queries, number
):
    for _ in range(number):
        changed_source()
        keep(make_source())
    client.get(LIST)

    with django_assert_num_queries(7):
        client.get(LIST)


# The page of a source


def test_the_page_shows_every_reading_with_what_the_site_said_of_it(client, editor):
    source = make_source()
    first = keep(source, last_modified="Mon, 02 Mar 2026 08:00:00 GMT", etag='"abc"')
    second = keep(source, b"<p>Other</p>", now=LATER, final_url="https://example.org/moved")

    shown = text_of(client.get(change_page(source)))

    assert shown.index("3 April 2026: kept") < shown.index("2 March 2026: kept")
    for words in (first.sha256, second.sha256, "Mon, 02 Mar 2026", '"abc"', "200 OK"):
        assert words in shown
    assert "https://example.org/moved" in shown


def test_other_bytes_with_the_same_words_are_named_and_no_change(client, editor):
    copy = keep(make_source(title="Noisy"), last_sha256="b" * 64)
    keep(make_source(title="Quiet"))

    assert set(listed(client, "copy=bytes")) == {"Noisy"}
    shown = text_of(client.get(change_page(copy.source)))
    assert f"other bytes, the same words, SHA-256 {'b' * 64}" in shown
    assert "It changed since we read it" not in shown


def test_a_page_without_a_copy_says_why(client, editor, settings):
    source = make_source()
    settings.KEEP_EVIDENCE = False
    assert "not kept here by themselves" in text_of(client.get(change_page(source)))
    settings.KEEP_EVIDENCE = True
    assert "Its address was not read yet." in text_of(client.get(change_page(source)))

    keep_nothing(source, CopyOutcome.FORBIDDEN, "noarchive")
    shown = text_of(client.get(change_page(source)))

    assert "2 March 2026: the site forbids copies answer noarchive" in shown
    assert "Download" not in shown


def test_the_page_to_add_a_source_speaks_of_no_copies(client, editor):
    assert "Copies of what was read" not in client.get(reverse("admin:advocacy_source_add")).text


# The file


def test_a_copy_is_sent_as_a_file_and_never_as_a_page(client, editor):
    copy = keep(make_source(key="minutes"), b"<script>alert(1)</script>")

    answer = client.get(of_copy("download", copy))

    assert answer.content == b"<script>alert(1)</script>"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == 'attachment; filename="minutes-2026-03-02.html"'
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]


def test_what_a_server_calls_its_page_is_in_no_name_of_a_file(client, editor):
    copy = keep(make_source(key="odd"), b"x", content_type='application/x"; filename="a.exe')

    answer = client.get(of_copy("download", copy))

    assert answer["Content-Disposition"] == 'attachment; filename="odd-2026-03-02.bin"'


def test_a_file_that_is_gone_or_damaged_is_not_sent_and_the_page_says_which(client, editor):
    gone, damaged = keep(make_source(), b"one"), keep(make_source(), b"two")
    gone.path.unlink()
    damaged.path.write_bytes(b"three")

    answers = [client.get(of_copy("download", copy)) for copy in (gone, damaged)]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert "is not there any more" in text_of(answers[0])
    assert "is damaged" in text_of(answers[1])
    assert b"three" not in answers[1].content
    assert damaged.sha256 in answers[1].text


def test_of_what_was_not_kept_there_is_no_file(client, editor):
    copy = keep_nothing(make_source(), CopyOutcome.FORBIDDEN)

    assert client.get(of_copy("download", copy)).status_code == 404


@pytest.mark.parametrize("role", ["Editor", "Publisher", "Administrator", "Translator"])
def test_whoever_sees_sources_gets_their_copies(client, sign_in, role):
    make_groups()
    copy = keep(make_source())
    sign_in(role)

    assert client.get(of_copy("download", copy)).status_code == 200


def test_nobody_else_gets_a_copy(client):
    copy = keep(make_source())
    assert client.get(of_copy("download", copy)).status_code == 302

    staff_who_may(client, "view_issue")

    assert client.get(of_copy("download", copy)).status_code == 403
    assert client.get(of_copy("compare", copy)).status_code == 403
    assert client.post(of_copy("looked", copy)).status_code == 403


def test_whoever_may_not_change_sources_is_offered_no_word_on_what_changed(client):
    source = changed_source()
    staff_who_may(client, "view_source")

    page = client.get(change_page(source))

    assert "It changed since we read it" in page.text
    assert "I compared them" not in page.text
    assert client.post(of_copy("looked", source.kept_copies[0])).status_code == 403
    assert Source.objects.changed().exists()


# What changed


def test_a_changed_source_stands_on_the_desk_until_somebody_compared_it(client, editor):
    source = changed_source(title="Minutes of March")
    keep(make_source(title="As it was"))

    desk = client.get(DESK)
    shown = text_of(desk)
    assert "1 source changed since we read it Minutes of March" in shown
    assert f'href="{LIST}?copy=changed"' in desk.text
    assert "As it was" not in shown[shown.index("changed since we read it") :][:100]

    page = client.get(change_page(source))
    assert "On 3 April 2026 the address gave other bytes than on 2 March 2026." in text_of(page)
    answer = client.post(of_copy("looked", source.kept_copies[0]), follow=True)

    assert "nothing changed that matters" in text_of(answer)
    assert f"{editor}: nothing changed that matters" in text_of(client.get(change_page(source)))
    assert "changed since we read" not in text_of(client.get(DESK))
    assert listed(client, "copy=changed") == {}


def test_what_comes_after_a_look_is_on_the_desk_again(client, editor):
    source = changed_source()
    client.post(of_copy("looked", source.kept_copies[0]))
    keep(source, b"<p>A third</p>", now=LATER.replace(day=20))

    assert "1 source changed since we read it" in text_of(client.get(DESK))


def test_somebody_who_comes_second_hears_that_it_was_said(client, editor):
    source = changed_source()
    copy = source.kept_copies[0]
    client.post(of_copy("looked", copy))
    copy.refresh_from_db()
    before = copy.looked_at

    answer = client.post(of_copy("looked", copy), follow=True)

    copy.refresh_from_db()
    assert "Somebody has said so already." in text_of(answer)
    assert copy.looked_at == before


def test_a_look_is_never_a_link(client, editor):
    source = changed_source()

    assert client.get(of_copy("looked", source.kept_copies[0])).status_code == 405
    assert Source.objects.changed().exists()


def test_a_hash_that_somebody_noted_tells_a_page_that_was_changed_before_we_kept_it(client, editor):
    source = make_source(sha256="a" * 64)
    keep(source)

    assert "has another SHA-256 than was noted" in text_of(client.get(change_page(source)))


def test_where_it_matters_the_page_leads_to_the_entry_to_correct(client, editor):
    source = changed_source()
    entry = record(make_action(reference="UN-1"), S.COMMITTED, sources=[source])

    page = client.get(change_page(source))

    assert correct_page(entry).replace("&", "&amp;") in page.text
    entry.refresh_from_db()
    assert not entry.is_corrected


def test_a_desk_without_changes_says_nothing_of_them(client, editor):
    keep(make_source())

    assert "changed since we read" not in text_of(client.get(DESK))


def test_a_large_record_counts_them_ahead(client, editor, monkeypatch):
    monkeypatch.setattr(figures, "COUNTED_AT_ONCE", 0)
    make_action()
    client.get(DESK)
    changed_source()

    assert "changed since we read" not in text_of(client.get(DESK))
    tasks.refresh_desk()
    assert "1 source changed since we read it" in text_of(client.get(DESK))


# What differs


def compared(client, before, after, **fields):
    source = make_source()
    keep(source, before, **fields)
    copy = keep(source, after, now=LATER, **fields)
    return client.get(of_copy("compare", copy))


def test_the_lines_that_differ_are_shown_and_no_others(client, editor):
    page = compared(client, PAGE, PAGE.replace(b"It met", b"Nobody met &lt;b&gt;"))

    assert "<del>It met on 4 March.</del>" in page.text
    assert "<ins>Nobody met &lt;b&gt; on 4 March.</ins>" in page.text
    assert "<del>Minutes</del>" not in page.text


def test_nothing_of_a_copy_runs_in_the_comparison(client, editor):
    odd = b"<p>new<img src=x onerror=alert(1)><script>evil()</script>"
    page = compared(client, PAGE, PAGE + odd)

    assert "<ins>new</ins>" in page.text
    assert "onerror" not in page.text
    assert "evil()" not in page.text


def test_a_change_that_no_reader_sees_is_called_so(client, editor):
    page = compared(client, PAGE, PAGE + b"<script>counter = 2</script>")

    words = "No line that a reader sees differs between 2 March 2026 and 3 April 2026."
    assert words in text_of(page)


@pytest.mark.parametrize(
    ("begins", "content_type"),
    [
        (b"", "text/html; charset=windows-1251"),
        (b"<meta charset='windows-1251'>", "text/html"),
    ],
)
def test_words_are_read_in_the_charset_of_their_page(client, editor, begins, content_type):
    old, new = (begins + f"<p>{word}</p>".encode("cp1251") for word in ("Мир", "Війна"))

    page = compared(client, old, new, content_type=content_type)

    assert "<del>Мир</del>" in page.text
    assert "<ins>Війна</ins>" in page.text


def test_a_charset_that_nobody_knows_hides_nothing(client, editor):
    odd = "text/html; charset=klingon"

    assert "<ins>b</ins>" in compared(client, b"<p>a", b"<p>b", content_type=odd).text


def test_what_is_too_large_is_not_compared_here(client, editor, monkeypatch):
    monkeypatch.setattr("advocacy.admin.copy_lines.MOST_LINES", 2)
    assert "too large to be compared here" in text_of(compared(client, PAGE, PAGE + b"<p>1<p>2"))

    monkeypatch.setattr("advocacy.admin.copy_lines.MOST_BYTES", 10)
    assert "too large to be compared here" in text_of(compared(client, PAGE, PAGE + b"2"))


def test_many_changes_are_cut_and_the_page_says_so(client, editor, monkeypatch):
    monkeypatch.setattr("advocacy.admin.copy_lines.MOST_CHANGES", 1)
    page = compared(client, b"<p>a<p>b<p>c", b"<p>A<p>b<p>C")

    assert "The first 1 of 2 places." in text_of(page)
    assert "<del>c</del>" not in page.text


def test_a_paper_or_a_first_copy_has_nothing_to_be_compared_with(client, editor):
    source = make_source()
    first = keep(source)
    paper = keep(source, b"%PDF", now=LATER, content_type="application/pdf")

    assert client.get(of_copy("compare", first)).status_code == 404
    assert client.get(of_copy("compare", paper)).status_code == 404
    assert "What differs from the copy before" not in client.get(change_page(source)).text


def test_a_damaged_copy_is_not_compared(client, editor):
    source = changed_source()
    source.kept_copies[1].path.write_bytes(b"other")

    answer = client.get(of_copy("compare", source.kept_copies[0]))

    assert answer.status_code == 404
    assert "is damaged" in text_of(answer)
