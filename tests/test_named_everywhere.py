"""A record of another name: it stands wherever a name stands, and that of the program nowhere."""

import re
from datetime import date, timedelta
from io import BytesIO
from xml.etree import ElementTree

import pytest
import vobject
from django.contrib import admin
from django.core import mail
from django.template.loader import render_to_string
from django.urls import get_resolver, reverse
from django.utils import timezone, translation

from advocacy.mailing import accounts, letters
from advocacy.models import (
    ChecklistStep,
    Edition,
    EditionKind,
    Meeting,
    RecommendedAction,
    SignUp,
    Site,
    StatusUpdate,
)
from advocacy.public.share import drawing
from advocacy.upkeep import health
from tests.decisions import decide, state
from tests.factories import (
    make_action,
    make_body,
    make_follower,
    make_issue,
    make_organisation,
    make_pack,
    make_page,
    make_report,
    make_site,
    make_step,
    make_user,
    png,
    record,
    record_look,
    surround,
)
from tests.staff import PASSWORD, sign_in, with_totp

pytestmark = pytest.mark.django_db

NAME, PUBLISHER = "Cotton Answers", "Fair Cotton Network"
LANGUAGES = ["en", "uk", "ko"]
# What the program says of itself, where nobody has named the record.
PROGRAM = re.compile("answerable", re.I)
# Where a calendar file says what made it.
THE_PROGRAM_OF_THE_FILE = re.compile("^PRODID:.*$", re.M)


@pytest.fixture
def cotton():
    return make_site(
        name=NAME,
        purpose="Which mills were asked, and what they said.",
        organisation=PUBLISHER,
        email="hello@cotton.example",
        postal_address="1 Mill Lane\nLeeds",
        licence="CC BY-SA 4.0",
        names_program=False,
    )


@pytest.fixture
def follower(cotton):
    """A whole record under this name, and somebody who follows it."""
    ask = make_action(slug="ask", issue=make_issue(slug="issue"), body=make_body(slug="body"))
    make_organisation(slug="spinners")
    record_look(ask)
    record(ask, happened_on=date(2025, 1, 5))
    make_step(action=ask)
    surround(
        ask,
        slug="session",
        starts_on=timezone.localdate(),
        ends_on=timezone.localdate() + timedelta(9),
    )
    make_page(slug="team")
    make_pack(slug="pack", actions=[ask], issues=[ask.issue], meetings=[Meeting.objects.get()])
    decide(slug="decision", actions=[ask])
    state(ask, slug="statement")
    return make_follower(action=ask)


# Everything a visitor can open by an address; None: no page with a name, or tested apart.
SLUGS = {
    "issue_detail": ["issue"],
    "issue_brief": ["issue"],
    "body_detail": ["body"],
    "body_brief": ["body"],
    "action_detail": ["ask"],
    "decision_detail": ["decision"],
    "statement_detail": ["statement"],
    "meeting_detail": ["session"],
    "meeting_file": ["session"],
    "pack_detail": ["pack"],
    "pack_text": ["pack"],
    "page_detail": ["team"],
    "seat_country": ["dk"],
    "organisation_detail": ["spinners"],
    "embed": ["actions", "ask"],
    "embed_silence_of": ["bodies", "body"],
    "embed_badge": ["actions", "ask", "svg"],
    "embed_look": ["x"],
    "sitemap_section": ["asks"],
}
OF_A_FOLLOWER = ["follow_token", "follow_leave", "follow_delete", "follow_data"]
TESTED_APART = {
    "share_picture",
    "share_overview",
    "silence_file",
    "issue_silence_file",
    "step_done",
    "look",
    "site_picture",
    "site_key",
    "healthz",
    "readyz",
    "robots",
    "record_zip",
    "security",
}
OTHER_FORMS = {
    f"{name}_{form}"
    for name in ("action", "body", "decision", "issue", "meeting", "statement", "update")
    for form in ("json", "csv", "feed")
}
NO_PAGE = {
    "pack_text",
    "follow_data",
    "meeting_calendar",
    "meeting_file",
    "embed",
    "embed_silence",
    "embed_silence_of",
    "embed_badge",
    "embed_look",
    "sitemap",
    "sitemap_section",
    *OTHER_FORMS,
}


def names_of_pages():
    return {
        name
        for name in get_resolver().reverse_dict
        if isinstance(name, str) and not name.startswith(("account_", "mfa_"))
    }


def public_pages(follower):
    """(name, address) of every public page there is, in the language that is active."""
    for name in sorted(names_of_pages() - TESTED_APART):
        args = [follower.token] if name in OF_A_FOLLOWER else SLUGS.get(name, [])
        if name == "tell_sent":
            args = [make_report().token]
        steps = f"?step={ChecklistStep.objects.first().slug}" if name == "checklist_sheet" else ""
        yield name, reverse(name, args=args) + steps


def title_of(page):
    return re.search(r"<title>\s*(.*?)\s*</title>", page, re.S)[1]


def whole(response):
    """All that an answer says, in its headers too."""
    said = b"".join(response.streaming_content) if response.streaming else response.content
    return said.decode() + "\n".join(f"{name}: {value}" for name, value in response.items())


@pytest.mark.parametrize(
    "language", ["en", *(pytest.param(code, marks=pytest.mark.thorough) for code in LANGUAGES[1:])]
)
def test_every_page_is_of_the_record_that_was_named(client, follower, language):
    walked = set()
    with translation.override(language):
        for name, address in public_pages(follower):
            response = client.get(address)
            assert response.status_code == 200, address
            page = whole(response)
            walked.add(name)
            assert PROGRAM.findall(THE_PROGRAM_OF_THE_FILE.sub("", page)) == [], address
            if name not in NO_PAGE:
                assert title_of(page).endswith(f"· {NAME}"), address
                assert PUBLISHER in page, address
                assert 'href="mailto:hello@cotton.example"' in page, address
                assert "Leeds" in page
                assert "licenses/by-sa/4.0/" in page
    assert walked | TESTED_APART >= names_of_pages()


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_of_failure_are_of_that_record_too(client, follower, language, monkeypatch):
    pages = [client.get(f"/{language}/nothing-here/")]
    pages.append(client.post(f"/{language}/follow/", {}, headers={"Sec-Fetch-Site": "cross-site"}))
    pages.append(client.get(f"/{language}/?" + "&".join(f"n{n}=1" for n in range(1001))))
    with translation.override(language):
        pages.append(client.get(reverse("follow_token", args=["gone"])))

    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("advocacy.public.views.overview._lead", fail)
    client.raise_request_exception = False
    pages.append(client.get(f"/{language}/"))

    assert [page.status_code for page in pages][-1] == 500
    assert {404, 403, 400, 500} <= {page.status_code for page in pages}
    for page in [*(page.text for page in pages), render_to_string("503.html")]:
        assert title_of(page).endswith(f"· {NAME}")
        assert not PROGRAM.search(page)


def test_a_page_of_failure_asks_the_database_for_nothing(cotton, django_assert_num_queries):
    assert Site.current() == cotton

    with django_assert_num_queries(0):
        assert NAME in render_to_string("500.html")


def test_a_page_of_failure_names_nothing_that_was_never_read(django_assert_num_queries):
    with django_assert_num_queries(0):
        page = render_to_string("500.html")

    assert title_of(page) == "Something went wrong"


# The desk


def test_the_pages_of_staff_are_of_that_record(client, follower):
    make_user(username="olena", password=PASSWORD, email="olena@example.org", is_superuser=True)
    door = ["account_login", "account_reset_password"]
    inside = ["account_change_password", "mfa_index", "mfa_activate_totp", "mfa_add_webauthn"]
    pages = [reverse(name) for name in door]
    shown = [client.get(page) for page in pages]
    sign_in(client)
    pages = [reverse(name) for name in [*inside, "admin:index"]]
    for model in admin.site._registry:
        if model._meta.app_label == "advocacy":
            pages.append(reverse(f"admin:advocacy_{model._meta.model_name}_changelist"))
            if row := model._base_manager.order_by("-pk").first():
                place = f"admin:advocacy_{model._meta.model_name}_change"
                pages.append(reverse(place, args=[row.pk]))
    shown += [client.get(page, follow=True) for page in pages]

    for page in shown:
        assert page.status_code == 200
        assert NAME in title_of(page.text), page.request["PATH_INFO"]
        # The form of this very row says what names the program.
        if "/site/" not in page.request["PATH_INFO"]:
            assert not PROGRAM.search(page.text), page.request["PATH_INFO"]


def test_an_app_of_codes_and_a_security_key_are_of_that_record(client, cotton):
    user = make_user(username="olena", password=PASSWORD, email="olena@example.org")
    sign_in(client)

    page = client.get(reverse("mfa_activate_totp"))
    assert "issuer=Cotton%20Answers" in page.context["totp_url"]
    with_totp(user)
    sign_in(client)
    key = client.get(reverse("mfa_add_webauthn"))
    assert f'"name": "{NAME}"' in key.text.replace("&quot;", '"') or NAME in str(
        key.context["js_data"]
    )


# Mail


def mails(follower, language):
    """One of each kind of mail, as bytes."""
    entry = StatusUpdate.objects.with_related().exclude(status="").first()
    notice = letters.notice_letter(Edition(kind=EditionKind.NOTICE, entry=entry), language)
    digest = letters.digest_letter([entry], language)
    for letter in (notice, digest):
        yield letters.made_out(
            letter,
            address="ana@example.org",
            token=follower.token,
            language=language,
            edition=1,
            number="1",
        )
    wish = SignUp.objects.ask("new@example.org", language=language, frequency="weekly")
    yield letters.confirmation(wish)
    edition = Edition.objects.create(kind=EditionKind.NOTICE, entry=entry, send_at=timezone.now())
    yield letters.paused(edition, "olena@example.org")
    yield letters.reports(2, "olena@example.org")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mail_is_of_that_record(follower, language):
    kinds = list(mails(follower, language))
    assert len(kinds) == 5

    for kind in kinds:
        written = kind.message()
        assert str(written["From"]) == f"{NAME} <follow@127.0.0.1>"
        texts = [written.get_body([part]).get_content() for part in ("plain", "html")]
        for said in [*texts, *map(str, written.values())]:
            assert not PROGRAM.search(said)
        assert f'<p class="name">{NAME}</p>' in texts[1]
    notice, digest, confirmation, _paused, reports = kinds
    for mail_to_follower in (notice, digest):
        assert mail_to_follower.message()["List-Id"] == f"{NAME} <updates.127.0.0.1>"
        for text in (mail_to_follower.body, mail_to_follower.alternatives[0].content):
            assert PUBLISHER in text
            assert "hello@cotton.example" in text
            assert NAME in text
    assert NAME in digest.subject
    assert NAME in confirmation.subject
    assert reports.subject.startswith(f"{NAME}: 2 new reports")


def test_every_mail_to_staff_is_of_that_record(client, cotton, mailoutbox):
    olena = make_user(username="olena", email="olena@example.org", is_superuser=True)
    ana = make_user(username="ana", email="ana@example.org", password=PASSWORD)
    accounts.tell(ana, [accounts.AccountChange.ROLES], by=olena)
    client.post(reverse("account_reset_password"), {"email": "ana@example.org"})
    wrong = [health.Check("worker", False, "No worker is at work.", None)]
    health.tell_staff(wrong)

    subjects = {message.subject for message in mailoutbox}
    assert {f"{NAME}: the account ana", f"{NAME}: a new password"} <= subjects
    assert f"{NAME}: something stands still" in subjects
    for message in mail.outbox:
        assert message.from_email == f'"{NAME}" <follow@127.0.0.1>'
        assert not PROGRAM.search(message.message().as_string())


# Files


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_feed_and_the_calendar_are_of_that_record(client, follower, language):
    with translation.override(language):
        feed = client.get(reverse("update_feed"), {"looks": "1"})
        calendar = client.get(reverse("meeting_calendar"))

    atom = "{http://www.w3.org/2005/Atom}"
    parsed = ElementTree.fromstring(feed.content)
    assert NAME in parsed.findtext(f"{atom}title")
    assert parsed.findtext(f"{atom}author/{atom}name") == PUBLISHER
    assert "Which mills were asked" in parsed.findtext(f"{atom}subtitle")
    assert not PROGRAM.search(feed.text)
    file = vobject.readOne(calendar.text)
    assert NAME in file.contents["x-wr-calname"][0].value
    # The program that made the file says so where such files say it, and nowhere else.
    assert PROGRAM.findall(calendar.text) == ["Answerable"]
    assert file.contents["prodid"][0].value == "-//Answerable//Calendar//EN"
    assert not PROGRAM.search(str(calendar.headers))


def test_the_pictures_of_links_say_that_name(client, follower, monkeypatch):
    monkeypatch.setattr(drawing, "is_possible", lambda: True)
    said = []
    monkeypatch.setattr(drawing, "draw", lambda *words: said.append(words) or drawn())

    for kind, slug in (("actions", "ask"), ("bodies", "body")):
        address = reverse("share_picture", args=[kind, slug])
        assert client.get(address).status_code == 200
    Site.objects.update(name="Another name")
    client.get(address)

    assert [words[0] for words in said] == [NAME, NAME, "Another name"]
    assert not PROGRAM.search(str(said))


def test_the_pictures_of_the_silence_say_that_name(client, follower, monkeypatch):
    monkeypatch.setattr(drawing, "is_possible", lambda: True)

    for address in (
        reverse("silence_file", args=["svg"]),
        reverse("issue_silence_file", args=["issue", "svg"]),
    ):
        said = client.get(address).text
        assert f"{NAME}, http" in said
        assert not PROGRAM.search(said)


def drawn():
    from PIL import Image

    return Image.open(BytesIO(png()))


def test_search_engines_and_other_sites_are_told_that_name(client, follower):
    page = client.get(RecommendedAction.objects.get(slug="ask").get_absolute_url()).text

    assert f'<meta property="og:site_name" content="{NAME}">' in page
    assert f'"publisher": {{"@type": "Organization", "name": "{PUBLISHER}"}}' in page
    assert '"license": "https://creativecommons.org/licenses/by-sa/4.0/"' in page


# Where nobody has named it, or names the program


@pytest.mark.parametrize(
    ("language", "name"),
    [("en", "Record without a name"), ("uk", "Реєстр без назви"), ("ko", "이름 없는 기록")],
)
def test_a_record_without_a_name_claims_nothing(client, language, name):
    page = client.get(f"/{language}/").text

    assert title_of(page).endswith(f"· {name}")
    assert 'rel="license"' not in page
    assert "mailto:" not in page
    assert client.get("/.well-known/security.txt").status_code == 404
    if language == "en":
        assert "No licence is given: ask before you reuse." in page


def test_the_foot_alone_names_the_program(client, cotton):
    Site.objects.update(names_program=True)

    page = client.get("/en/").text

    assert PROGRAM.findall(page) == ["Answerable"]
    assert "Made with Answerable" in page.partition('<footer class="colophon">')[2]


def test_no_template_takes_the_record_for_an_address():
    """`site` is the record; what addresses in mails begin with is `site_url`."""
    from tests.test_architecture import TEMPLATES

    for path in TEMPLATES:
        assert "{{ site }}" not in path.read_text(encoding="utf-8"), path
