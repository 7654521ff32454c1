"""The page of 16 December 2024 shows the picture of the founding text, and nothing later."""

import calendar
import re
from datetime import date

import pytest
from django.urls import reverse

from advocacy.models import Issue, StatusUpdate, TargetBody
from tests.dossier import DOSSIER, rows_of
from tests.pages import text_of

pytestmark = [
    pytest.mark.one_database,
    pytest.mark.django_db,
    pytest.mark.thorough,
    pytest.mark.usefixtures("content"),
]

FOUNDING = date(2024, 12, 16)
ISSUES = [row["fields"]["slug"] for row in rows_of(DOSSIER, "issues.json")]
BODIES = [row["fields"]["slug"] for row in rows_of(DOSSIER, "bodies.json")]
MONTHS = list(calendar.month_name)[1:]

# What the founding text claims, in the words in which the issue that it concerns attributes it.
CLAIMS = {
    "deployment-security": ["a significant contingent", "a series of Council meetings"],
    "soldier-exploitation": [
        "exploited much as North Korean workers abroad are",
        "the State confiscates most of their pay",
        "victims of modern slavery",
        "strict surveillance, torture and executions for attempted desertion",
    ],
    "legal-accountability": [
        "violates the rules on resort to force and the Geneva Conventions",
        "makes North Korea a party to the armed conflict",
        "State responsibility and of leaders’ responsibility for war crimes",
    ],
    "institutional-silence": [
        "the Security Council had held several meetings",
        "the International Labour Organization (ILO) and the Human Rights Council, had yet to",
        "too little attention had gone to the deployment as a human-rights violation",
        "a wider response that joins security, labour law and humanitarian law",
    ],
    "pow-protection": [
        "considering an exchange of captured North Korean soldiers for its own people",
        "could face torture and repression",
        "seen the outside world",
        "the principle of non-refoulement critical",
        "settle elsewhere, in countries such as South Korea",
    ],
}
# Who had answered by then: of each issue, the words of each body that had been asked.
DISCUSSED, SILENT = "Under discussion", "No public response found"
CONTRARY = "Under discussion (points the other way)"
PICTURE = {
    "deployment-security": {"unsc": {DISCUSSED}},
    "soldier-exploitation": {"ilo": {SILENT}, "hrc": {SILENT}},
    "legal-accountability": {},
    "institutional-silence": {"unsc": {DISCUSSED}, "ilo": {SILENT}, "hrc": {SILENT}},
    "pow-protection": {"ua": {CONTRARY}},
}


def on_the_day(client, path):
    return client.get(path, {"as_of": FOUNDING.isoformat()})


def labels(pairs):
    """{body: labels of the asks} of a row of the matrix, or of a list of asks."""
    found = {}
    for body, asks in pairs:
        for ask in asks:
            found.setdefault(body.slug, set()).add(ask.standing.label)
    return found


def days_in(html):
    """Every day that a page names, in words or for programs: its first one."""
    html = re.sub(r"<head>.*?</head>|<(script|style)\b.*?</\1>", " ", html, flags=re.S)
    for year, month, day in re.findall(r'datetime="(\d{4})(?:-(\d\d))?(?:-(\d\d))?', html):
        yield date(int(year), int(month or 1), int(day or 1))
    words = re.sub(r"<[^>]+>", " ", html)
    # The number of the record in a citation is no year.
    words = re.sub(r"\b\d+-[0-9a-f]{12}\b", " ", words)
    for day, month, year in re.findall(rf"(?:(\d{{1,2}}) )?({'|'.join(MONTHS)}) (\d{{4}})", words):
        yield date(int(year), MONTHS.index(month) + 1, int(day or 1))
    for year in re.findall(r"(?<![\d/.])(20\d\d)(?![\d/])", words):
        yield date(int(year), 1, 1)


def test_the_overview_is_the_picture_of_the_founding_text(client):
    page = on_the_day(client, reverse("overview"))

    asks = [row.ask for group in page.context["silence"].groups for row in group.rows]
    keys = dict(Issue.objects.values_list("slug", "pk"))
    rows = {
        slug: labels((ask.body, [ask]) for ask in asks if keys[slug] in ask.issue_ids)
        for slug in PICTURE
    }
    assert rows == PICTURE
    assert page.context["lead"]["proposed"] == 0
    assert page.context["lead"]["unchecked"] == 0


@pytest.mark.parametrize("slug", ISSUES)
def test_an_issue_shows_who_had_answered_and_what_was_claimed(client, slug):
    page = on_the_day(client, reverse("issue_detail", args=[slug]))

    asks = [row.ask for group in page.context["silence"].groups for row in group.rows]
    assert labels((ask.body, [ask]) for ask in asks) == PICTURE[slug]
    assert page.context["proposed"] == []
    told = [paragraph.text for paragraph in page.context["paragraphs"]]
    for claim in CLAIMS[slug]:
        (says_it,) = (text for text in told if claim in text)
        assert "organisers of the webinar of 16 December 2024" in says_it, claim
        assert claim in text_of(page)
    assert Issue.objects.get(slug=slug).summary not in text_of(page)
    assert any(row.kind == "event" for row in page.context["timeline"])


@pytest.mark.parametrize("slug", BODIES)
def test_a_body_shows_how_it_stood(client, slug):
    page = on_the_day(client, reverse("body_detail", args=[slug]))

    expected = set().union(*(bodies.get(slug, set()) for bodies in PICTURE.values()))
    shown = labels((ask.body, [ask]) for ask in page.context["actions"])
    assert shown == ({slug: expected} if expected else {})
    # The list of entries has no look that nobody had made, and no answer of later.
    for update in page.context["updates"]:
        assert update.happened_on <= FOUNDING


@pytest.mark.parametrize(
    "path",
    [
        reverse("overview"),
        *(reverse("issue_detail", args=[slug]) for slug in ISSUES),
        *(reverse("body_detail", args=[slug]) for slug in BODIES),
    ],
)
def test_nothing_on_a_page_of_that_day_is_later(client, path):
    page = on_the_day(client, path)

    assert page.status_code == 200
    assert FOUNDING in set(days_in(page.text))
    assert [day for day in days_in(page.text) if day > FOUNDING] == []
    assert "Next chances to act" not in text_of(page)


@pytest.mark.parametrize("name", ["overview", "action_list"])
def test_no_wait_is_of_no_days(client, name):
    shown = text_of(on_the_day(client, reverse(name)))

    assert "No public response found so far (last looked 16 December 2024)" in shown
    assert not re.search(r"\b0 days", shown)


def test_a_page_of_that_day_names_what_came_next(client):
    for path in (reverse("overview"), reverse("body_detail", args=["hrc"])):
        shown = text_of(on_the_day(client, path))
        assert "Sessions that came next" in shown
        assert "Human Rights Council, 58th session" in shown
        assert "Sessions that came next" not in text_of(client.get(path))


def test_the_silence_of_that_day_has_its_search_log():
    looks = StatusUpdate.objects.in_force(FOUNDING).looks()

    assert {look.action.body.slug for look in looks} == {"ilo", "hrc"}
    for look in looks:
        assert look.search_log.searched_on == FOUNDING
        assert "webinar of 16 December 2024" in look.search_log.places


def test_a_page_of_today_says_what_that_day_leaves_out(client):
    """What the search above would find if a page of that day told it."""
    for path in (
        reverse("overview"),
        reverse("issue_detail", args=["pow-protection"]),
        TargetBody.objects.get(slug="hrc").get_absolute_url(),
    ):
        assert any(day > FOUNDING for day in days_in(client.get(path).text)), path
