"""The way of each person whom the site is for, with what it may cost them, in three engines."""

from urllib.parse import unquote

import pytest
from django.utils import translation
from django.utils.translation import gettext

from advocacy.models import ContactPoint, make_groups
from tests.browser.layout import OPEN_FOLDS, sheets, spills
from tests.browser.pages import PAGES
from tests.browser.test_engines_browser import labelled, named
from tests.factories import make_user
from tests.reading import Reader, english_words

pytestmark = [pytest.mark.browser, pytest.mark.one_engine]

PHONE = {"width": 360, "height": 740}
LANGUAGES = ["en", "uk", "ko"]


class Walk:
    """Goes from page to page as somebody with a finger does, and counts how often they press."""

    def __init__(self, engine, site, language="en"):
        self.engine, self.language, self.site = engine, language, f"{site}/{language}/"
        self.presses = 0

    def open(self, path):
        self.engine.open(self.site + path)

    def press(self, xpath):
        self.presses += 1
        self.engine.click(xpath)

    def follow(self, path, inside="main"):
        """Press the first link to a page, and wait until it is there."""
        self.press(f"(//{inside}//a[contains(@href, '/{self.language}/{path}')])[1]")
        self.engine.waits(path, "location.pathname.includes(arguments[0])", path.partition("?")[0])

    def says(self, message):
        with translation.override(self.language):
            return gettext(message)


# The student: a link in a chat leads to one ask.

FIRST_SCREEN = """
const bottom = (part) => document.querySelector(part).getBoundingClientRect().bottom;
const bar = document.querySelector(".act-bar a").getBoundingClientRect();
return {status: bottom(".chip"), bar: bar.top, end: bar.bottom};
"""


@pytest.fixture
def office(dossier):
    """A mission in Geneva of which nobody confirmed the address so far."""
    addressed = ContactPoint.objects.addressed().values("pk")
    missions = ContactPoint.objects.filter(place="geneva", kind="mission").exclude(email="")
    return missions.exclude(pk__in=addressed).first()


def confirm_on_the_desk(engine, url, office):
    make_groups()
    name = f"olena-{office.slug}"
    make_user(username=name, password="a long password", is_superuser=True)
    engine.open(f"{url}/admin/")
    engine.type("//input[@name = 'login']", name)
    engine.type("//input[@name = 'password']", "a long password")
    engine.click(named("Log in", "button"))
    engine.sees("Addresses to be checked")
    engine.open(f"{url}/admin/advocacy/contactpoint/?trust=due&q={office.email}")
    engine.click("//button[@name = 'address']")
    engine.sees("Checked on the office’s own page")
    engine.click(named("Log out", "button"))
    engine.waits("the way out", "!document.querySelector('#user-tools')")


def test_a_student_acts_with_two_taps_and_the_mail_has_a_reader(dossier, engine, office):
    ask = f"{PAGES['to-a-mission']}?country={office.country}"
    walk = Walk(engine, dossier.url)
    walk.open(ask)
    assert office.email not in engine.run("return document.body.innerHTML")
    confirm_on_the_desk(engine, dossier.url, office)
    engine.forget()
    engine.resize(**PHONE)
    for language in LANGUAGES:
        Walk(engine, dossier.url, language).open(ask)
        seen = engine.run(FIRST_SCREEN)
        assert seen["status"] <= seen["bar"] < seen["end"] <= PHONE["height"], language

    walk.open(ask)
    walk.press("//nav[@class = 'act-bar']//a[@class = 'button']")
    engine.waits("the letter", "document.querySelector('details.compose').open")
    top = "return document.querySelector('details[open] :target').getBoundingClientRect().top"
    assert 0 < engine.run(top) < PHONE["height"]
    engine.run("addEventListener('click', (event) => event.preventDefault())")
    walk.press("//details[@open]//a[@data-compose-mail]")

    assert walk.presses == 2
    link = engine.run("return document.querySelector('details[open] [data-compose-mail]').href")
    assert unquote(link).startswith(f"mailto:{office.email}?subject=")
    engine.sees(f"To: {office.email}")
    assert engine.complaints() == []


# The campaigner: a session comes near.


def test_a_campaigner_goes_from_the_calendar_to_a_printed_pack(dossier, engine):
    walk = Walk(engine, dossier.url)
    walk.open("")
    walk.follow("calendar/", inside="nav")
    walk.follow(PAGES["meeting"])
    engine.run("window.print = () => document.body.dataset.printed = 'yes'")
    walk.press("//button[@data-print]")

    assert engine.run("return document.body.dataset.printed") == "yes"
    assert walk.presses <= 4
    for language in LANGUAGES:
        Walk(engine, dossier.url, language).open(PAGES["meeting"])
        if printed := engine.printed():
            assert sheets(printed) == 2, language
    assert engine.complaints() == []


# A reader of one language.


# A file of browsers, and the French name of a right.
TERMS = {"cookie", "non", "refoulement"}


def unread(engine, language):
    """The words of English on the open page as it is now, whatever scripts have put there."""
    engine.waits("the page", "document.readyState === 'complete'")
    told = Reader(engine.run("return document.documentElement.outerHTML")).told
    where = engine.run("return location.pathname")
    return [(where, *word) for word in english_words(told, language) if word[0] not in TERMS]


@pytest.mark.parametrize("language", ["uk", "ko"])
def test_a_reader_of_one_language_meets_no_other_on_the_way(dossier, engine, language):
    walk, found = Walk(engine, dossier.url, language), []
    walk.open("")
    found += unread(engine, language)
    walk.follow("issues/", inside="nav")
    found += unread(engine, language)
    walk.follow(PAGES["issue"])
    found += unread(engine, language)
    walk.follow("actions/kr-receive-the-captured-soldiers/")
    walk.press("(//details[@data-compose]/summary)[1]")
    engine.waits("the script", "document.querySelector('[data-compose-left]:not([hidden])')")
    engine.waits("the ticks", "!document.querySelector('[data-progress]').hidden")
    engine.type("//input[@type = 'email']", "ana@nowhere")
    walk.press("//section[@id = 'follow']//button[@type = 'submit']")
    engine.waits("the error", "document.querySelector('.field__error')")
    found += unread(engine, language)
    walk.follow("bodies/kr/")
    found += unread(engine, language)
    walk.follow("checklist/", inside="nav")
    engine.choose("//select[@name = 'minutes']", walk.says("half an hour"))
    engine.waits("the filter", "location.search.includes('minutes=30')")
    found += unread(engine, language)
    walk.follow("calendar/", inside="nav")
    walk.follow("calendar/")
    found += unread(engine, language)

    assert found == []
    assert engine.complaints() == []


# A relative.


def test_a_relative_meets_safety_first(dossier, engine):
    walk = Walk(engine, dossier.url, "uk")
    walk.open("checklist/")
    engine.choose(labelled(walk.says("I am")), walk.says("families and witnesses"))
    engine.sees(walk.says("Families and witnesses: safety first"))
    engine.resize(**PHONE)
    walk.open(engine.address.partition("/uk/")[2])
    safety, doors, way, step = engine.run(
        "return ['.families h2', '.families li', '.ways', '.step'].map((part) =>"
        " document.querySelector(part).getBoundingClientRect().top + scrollY)"
    )

    assert safety < doors < way < step
    assert safety < PHONE["height"]
    # None of the steps is a thing said in public.
    kinds = set(
        engine.run("return [...document.querySelectorAll('.step')].map((s) => s.innerText)")
    )
    assert kinds
    for public in ("Share", "Post publicly"):
        words = walk.says(public.lower())
        assert not any(words.lower() in text.lower() for text in kinds), words
    assert engine.complaints() == []


# A reader in Russia.

TO_SEND = """
const ways = "a[href^='mailto:'], textarea, [data-compose], form[method=post], .act-bar";
return [...document.querySelectorAll(`main :is(${ways})`)].map((e) => e.outerHTML.slice(0, 90));
"""


def test_a_reader_in_russia_is_asked_to_send_nothing(dossier, engine):
    walk = Walk(engine, dossier.url)
    walk.open("seats/")
    engine.choose(labelled("Your country"), "Russia")
    walk.press(named("Show what it can do", "button"))
    engine.sees("Your safety comes first")
    assert engine.run(TO_SEND) == []

    for path in (PAGES["to-a-mission"], PAGES["action"], "checklist/"):
        walk.open(f"{path}?country=RU")
        engine.sees("Your safety comes first")
        assert engine.run(TO_SEND) == [], path
        # What is left is to read.
        steps = engine.run("return [...document.querySelectorAll('.step')].map((s) => s.innerText)")
        assert all("Read" in step for step in steps), path
    assert steps
    assert engine.complaints() == []


# Tor Browser at its safest level.

STATUSES = """
return [...document.querySelectorAll(".status")].filter((s) => s.checkVisibility()).map((s) => {
  const svg = s.querySelector("svg"), word = s.querySelector("span").getBoundingClientRect();
  return {
    words: s.innerText.trim(),
    fits: word.width > 0 && word.left >= 0 && word.right <= innerWidth,
    // A status of no phase has words alone.
    sign: svg ? getComputedStyle(svg, "::before").content : "words alone",
    sign_fits: !svg || svg.getBoundingClientRect().right <= word.left,
  };
});
"""
WITH_STATUSES = [
    *("overview", "issues", "issue", "bodies", "body", "actions", "action", "silence", "updates"),
    *("checklist", "seats", "meeting", "brief-issue", "brief-body"),
]


@pytest.mark.parametrize("engine", ["TorBrowser"], indirect=True)
def test_without_scripts_and_pictures_every_status_can_be_read(dossier, engine):
    found = []
    for name in WITH_STATUSES:
        engine.open(f"{dossier.url}/en/{PAGES[name]}")
        assert not engine.run("return document.querySelector('svg') instanceof SVGElement")
        assert engine.run("return document.querySelector('[data-needs-script]')?.hidden ?? true")
        engine.run(OPEN_FOLDS)
        statuses = engine.run(STATUSES)
        assert statuses, name
        for status in statuses:
            is_read = status["words"] and status["fits"] and status["sign_fits"]
            if not is_read or status["sign"] in ('""', "none", "normal"):
                found.append((name, status))
        found += spills(engine, name, [360, 1280])

    assert found == []
