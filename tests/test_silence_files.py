"""The silence as a picture by itself says what its page says, and whose it is."""

import re
from datetime import date
from io import BytesIO
from xml.etree import ElementTree

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from PIL import Image

from advocacy.models import RecommendedAction, ResponseStatus, Site, columns_of
from advocacy.models.dates import written_day
from advocacy.public.share import drawing, silence_layout
from advocacy.public.share.silence_words import told_of
from advocacy.public.silence import silence_of
from advocacy.public.views import issues, overview
from tests.factories import (
    make_action,
    make_body,
    make_issue,
    make_proposal,
    make_site,
    record,
    record_look,
    translate,
)
from tests.pages import text_of

pytestmark = pytest.mark.django_db

S = ResponseStatus
SVG = "{http://www.w3.org/2000/svg}"
ASKED = date(2024, 12, 16)


@pytest.fixture(autouse=True)
def pictures(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return tmp_path / "share"


@pytest.fixture
def site():
    return make_site(name="Answers", subject="They were sent to war.", licence="CC BY 4.0")


@pytest.fixture
def ask(site):
    """An ask with a silence, beside one that was answered and one that nobody put to its body."""
    issue = make_issue(slug="labour", title="Forced labour")
    ask = make_action(issue=issue, title="Take it up <now> & here", body=make_body(name="The ILO"))
    record_look(ask, date(2025, 3, 1))
    answered = make_action(issue=issue, title="Decide")
    record(answered, S.COMMITTED, happened_on=date(2025, 2, 1))
    make_proposal(issue=issue, title="Nobody asked this")
    return ask


def files(form="svg", language="en"):
    with translation.override(language):
        return [
            reverse("silence_file", args=[form]),
            reverse("issue_silence_file", args=["labour", form]),
        ]


def parsed(answer):
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/svg+xml; charset=utf-8"
    return ElementTree.fromstring(answer.content)


def words_in(svg):
    return " ".join(element.text or "" for element in svg.iter(f"{SVG}text"))


def rows_in(svg):
    """What is said of each ask, for whoever points at it or listens."""
    return [title.text for title in svg.findall(f"{SVG}g/{SVG}title")]


def test_an_svg_holds_each_row_in_the_words_of_its_standing(client, ask):
    standings = {a.title: a.standing for a in RecommendedAction.objects.with_status()}

    for address in files():
        svg = parsed(client.get(address))
        rows = rows_in(svg)
        assert set(rows) == {
            f"{title}: {standing.sentence}"
            for title, standing in standings.items()
            if not standing.is_proposed
        }
        for words in ("No public response found", "Promised", "The ILO", "<now> & here"):
            assert words in words_in(svg), (address, words)
        assert "Nobody asked this" not in words_in(svg)


def test_an_svg_stands_by_itself(client, ask):
    for address in files():
        text = client.get(address).text
        assert not re.search(r"style=|<style|<script|<image|@import|url\(", text)
        assert set(re.findall(r'href="([^"]*)"', text)) <= {
            f"#mark-{phase}" for phase in ("no_answer", "in_progress")
        }
        assert set(re.findall(r'font-family="([^"]*)"', text)) == {"sans-serif"}
        assert re.findall(r"https?://[^\s\"<]+", text.replace("http://www.w3.org/2000/svg", ""))


@pytest.mark.parametrize("language", ["en", "uk", "ko"])
def test_numbers_in_it_are_those_of_svg_in_every_language(client, ask, language):
    for address in files(language=language):
        for element in parsed(client.get(address)).iter():
            for name in ("x", "y", "width", "height", "cx", "cy"):
                if name in element.attrib:
                    float(element.attrib[name])


@pytest.mark.parametrize("language", ["en", "uk", "ko"])
def test_a_png_is_drawn_once_for_what_it_shows(client, ask, pictures, language):
    for address in files("png", language) * 2:
        answer = client.get(address)
        image = Image.open(BytesIO(answer.getvalue()))
        assert image.format == "PNG"
        assert image.size[0] == 2 * silence_layout.WIDTH
        assert "max-age" in answer["Cache-Control"]
        assert answer["Content-Disposition"].endswith('.png"')
    assert len(list(pictures.glob("*.png"))) == 2

    record(ask, S.REFUSED, happened_on=date(2025, 4, 1))
    client.get(address).getvalue()
    assert len(list(pictures.glob("*.png"))) == 3


def test_page_and_picture_are_made_of_one_silence(client, ask):
    today = timezone.localdate()
    for address, silence in [
        (reverse("overview"), overview.silence_of_record(columns_of(today), "body")),
        (ask.issue.get_absolute_url(), issues.silence_on(issues.asks_of(ask.issue, today), today)),
    ]:
        assert client.get(address).context["silence"] == silence


def boxes(silence, faint):
    """(left end, right end, thickness) of the bars of one kind, of the only row."""
    told = told_of(None, date(2025, 12, 16), "https://a.example/")
    shapes = silence_layout.whole(silence, told).parts[-2].shapes
    return [
        (box.x, round(box.x + box.width, 1), box.height)
        for box in shapes
        if box.kind == "box" and box.colour == faint
    ]


def drawn_on(day):
    asks = RecommendedAction.objects.with_status(day).with_related()
    return boxes(silence_of(asks, day), silence_layout.faint("no_answer"))


def test_a_bar_ends_at_the_last_look():
    record_look(make_action(asked_on=ASKED), date(2025, 3, 1))

    ((left, right, thick),) = drawn_on(date(2025, 12, 16))

    assert left == silence_layout.FROM
    assert right == round(silence_layout.FROM + silence_layout.LONG * 0.2055, 1)
    assert thick == 10


def test_a_body_in_confidence_and_an_ask_nobody_looked_at_have_no_line(site):
    record_look(make_action(body=make_body(works_in_confidence=True)), date(2025, 3, 1))
    assert drawn_on(date(2025, 12, 16)) == []

    RecommendedAction.objects.update(state="withdrawn", closed_on=ASKED, closed_because="It was.")
    make_action()
    asks = RecommendedAction.objects.open().with_status(date(2025, 12, 16)).with_related()
    silence = silence_of(asks, date(2025, 12, 16))
    assert boxes(silence, silence_layout.faint("no_answer")) == []


def test_it_says_what_it_is_of_which_day_whose_and_under_which_licence(client, ask):
    today = written_day(timezone.localdate())
    for (svg, title), page in zip(
        zip(files(), ("They were sent to war.", "Forced labour"), strict=True),
        (reverse("overview"), ask.issue.get_absolute_url()),
        strict=True,
    ):
        picture = parsed(client.get(svg))
        for words in [
            title,
            f"As the record stood on {today}",
            f"Answers, http://testserver{page}",
            "Text and data: CC BY 4.0",
        ]:
            assert words in words_in(picture), words
            assert words.rstrip(".") in picture.findtext(f"{SVG}desc")
        # The same line stands under the picture of the page, with the files.
        shown = client.get(page)
        assert picture.findtext(f"{SVG}desc") in text_of(shown)
        assert f'href="{svg}" download' in shown.text
        assert f'href="{svg.replace("svg", "png")}" download' in shown.text


def test_where_no_licence_is_given_it_claims_none(client):
    make_site(name="Answers")
    make_action(issue=make_issue(slug="labour"))

    for address in files():
        assert "No licence is given" in words_in(parsed(client.get(address)))


def test_as_of_a_day_it_shows_nothing_later(client, ask):
    for address, page in zip(files(), ("/en/", "/en/issues/labour/"), strict=True):
        svg = parsed(client.get(address, {"as_of": "2025-01-15"}))
        assert "As the record stood on 15 January 2025" in words_in(svg)
        assert "Promised" not in words_in(svg)
        assert "No public response found" not in words_in(svg)
        assert f"{page}?as_of=2025-01-15" in words_in(svg)
        shown = client.get(page, {"as_of": "2025-01-15"}).text
        assert f'href="{address}?as_of=2025-01-15" download' in shown


def test_its_order_is_that_of_the_page(client, ask):
    address = reverse("silence_file", args=["svg"])

    assert "The ILO" in words_in(parsed(client.get(address)))
    assert "The ILO" not in words_in(parsed(client.get(address, {"by": "wait"})))
    assert "Forced labour" in words_in(parsed(client.get(address, {"by": "issue"})))
    assert f"{address}?by=wait" in client.get("/en/", {"by": "wait"}).text


@pytest.mark.parametrize(
    "query", [{"as_of": "yesterday"}, {"as_of": "2020-01-01"}, {"as_of": "2999-01-01"}]
)
def test_a_day_that_is_none_or_had_no_ask_has_no_picture(client, ask, query):
    for address in [*files(), *files("png")]:
        assert client.get(address, query).status_code == 404, address


def test_what_is_not_there_has_no_picture(client, site, monkeypatch):
    assert client.get("/en/share.png").status_code == 404
    assert client.get("/en/silence.svg").status_code == 404
    assert client.get("/en/issues/atlantis/silence.png").status_code == 404
    assert client.get("/en/silence.gif").status_code == 404
    make_action(issue=make_issue(slug="labour"))
    assert client.get("/en/silence.svg", {"by": "colour"}).status_code == 404
    assert client.get("/en/silence.svg").status_code == 200

    monkeypatch.setattr(drawing, "is_possible", lambda: False)
    for address in [*files(), *files("png"), "/en/share.png"]:
        assert client.get(address).status_code == 404
    assert "silence.svg" not in client.get("/en/").text


def test_it_is_in_the_language_of_the_page_or_wholly_in_that_of_the_record(client, ask):
    (address, _of_issue) = files(language="uk")
    assert "As the record stood on" in words_in(parsed(client.get(address)))

    for row in RecommendedAction.objects.with_related():
        translate(row, title="Дайте відповідь")
        translate(row.body, name="Рада", abbreviation="Р")
    translate(ask.issue, title="Праця")
    translate(Site.objects.get(), subject="Їх відправили на війну.")
    svg = parsed(client.get(address))

    assert svg.attrib["{http://www.w3.org/XML/1998/namespace}lang"] == "uk"
    assert "Публічної відповіді не знайдено" in words_in(svg)
    said = re.sub(r"Answers|http\S+|CC BY", "", words_in(svg))
    assert not re.search("[A-Za-z]", said), said


# Shared links


def test_overview_and_issue_have_it_as_the_picture_of_their_link(client, ask):
    for page, picture in [
        ("/en/", "/en/share.png"),
        ("/en/issues/labour/", "/en/issues/labour/share.png"),
    ]:
        assert f'"og:image" content="http://testserver{picture}"' in client.get(page).text
        answer = client.get(picture)
        image = Image.open(BytesIO(answer.getvalue()))
        assert (image.format, image.size) == ("PNG", (1200, 630))
        assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_the_picture_of_a_link_counts_what_it_has_no_room_for():
    make_site()
    for n in range(30):
        record_look(make_action(title=f"Ask with a title of some length, number {n}"))
    day = timezone.localdate()
    asks = RecommendedAction.objects.with_status(day).with_related()

    picture = silence_layout.small(silence_of(asks, day), told_of(None, day, "https://a.example/"))

    rows = [part for part in picture.parts if part.says]
    words = [shape.text for part in picture.parts for shape in part.shapes if shape.kind == "words"]
    assert 4 <= len(rows) < 30
    assert f"{30 - len(rows)} more asks in the record" in words
    assert all(shape.y < 630 for part in picture.parts for shape in part.shapes)
    assert all("No public response" not in text or "…" not in text for text in words)


@pytest.mark.parametrize("number", [1, 3])
def test_a_picture_takes_a_constant_number_of_queries(client, django_assert_num_queries, number):
    issue = make_issue(slug="labour")
    for _ in range(number):
        action = make_action(issue=issue)
        record_look(action)

    # The issue, its asks, their submissions, who put them, their steps, their entries; the site.
    with django_assert_num_queries(7):
        client.get(reverse("issue_silence_file", args=["labour", "svg"]))
