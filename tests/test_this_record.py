"""Whose record it is: one row, its page at the desk, its file in a dossier, and how it looks."""

import json
import re
from base64 import b64encode
from datetime import datetime
from io import BytesIO

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image, PngImagePlugin

from advocacy import colours
from advocacy.mailing import letters
from advocacy.models import Picture, Site, make_groups
from advocacy.models.pictures import LOGO, SOCIAL
from tests.dossier import few_rows
from tests.factories import make_action, make_pack, make_site, make_user, png
from tests.pages import text_of
from tests.staff import Controls

pytestmark = pytest.mark.django_db

ADD = reverse("admin:advocacy_site_add")
CHANGE = reverse("admin:advocacy_site_change", args=[1])
LIST = reverse("admin:advocacy_site_changelist")
HISTORY = reverse("admin:advocacy_site_history", args=[1])


def armoured(data, kind="PUBLIC KEY"):
    begin, end = (f"-----{word} PGP {kind} BLOCK-----" for word in ("BEGIN", "END"))
    return f"{begin}\n\n{b64encode(data).decode()}\n=AbCd\n{end}"


# The first byte of a packet says what it is: a public key of the old way, of the new one, a secret.
PUBLIC = armoured(b"\x99\x01\x0d\x04" + bytes(60))
NEW_PUBLIC = armoured(b"\xc6\x33\x04" + bytes(60))
SECRET = armoured(b"\x95\x01\x0d\x04" + bytes(60))


# One row


def test_there_is_one_row_in_the_database(db):
    make_site()
    for key in (1, 2):
        with pytest.raises(IntegrityError), transaction.atomic():
            Site.objects.bulk_create([Site(id=key, name="Another")])
    for wrong in ({"name": ""}, {"accent": "blue"}, {"accent": "#FFFFFF"}, {"accent": "#fff"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Site.objects.update(**wrong)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "cannot be blank"),
        ("name", "x" * 61, "at most 60"),
        ("name", "<b>Cotton</b>", "no < and no >"),
        ("organisation", "<script>", "no < and no >"),
        ("sender_name", "a <b@c.example>", "no < and no >"),
        ("purpose", "x" * 161, "at most 160"),
        ("email", "nobody", "valid email"),
        ("email", "a@b.example\nBcc: c@d.example", "valid email"),
        ("accent", "blue", "“blue” is no colour. Give it as # and six digits"),
        ("accent", "#12345", "is no colour"),
        ("accent", "#12345g", "is no colour"),
        ("openpgp_key", "my key", "no OpenPGP public key"),
        ("openpgp_key", armoured(b"\x89\x01" + bytes(9)), "no OpenPGP public key"),
        ("openpgp_key", SECRET, "This is a private key"),
        ("openpgp_key", armoured(b"\x99", "PRIVATE KEY"), "This is a private key"),
        ("openpgp_key", PUBLIC + "x" * 40_000, "too long"),
        ("footer_links", "https://a.example", "Link 1: write"),
        ("footer_links", "Imprint https://a.example\nNo address", "Link 2: write"),
        ("footer_links", "Imprint https://a.example@evil.example", "Leave out what stands before"),
        ("footer_links", "Imprint javascript:alert(1)", "Link 1: write"),
        ("footer_links", "\n".join(["Imprint https://a.example"] * 9), "At most 8 links"),
    ],
)
def test_what_cannot_stand_is_refused_with_its_reason(field, value, words):
    site = Site(**{"name": "Cotton Answers", "email": "a@b.example", field: value})

    with pytest.raises(ValidationError) as refusal:
        site.full_clean()

    assert list(refusal.value.message_dict) == [field]
    assert words in " ".join(refusal.value.message_dict[field])


def test_what_can_stand_is_kept_in_one_form():
    site = Site(
        name=" Answers from “Cotton” & Co.\n",
        email="a@b.example",
        accent="#17F",
        openpgp_key=PUBLIC,
        footer_links="Imprint https://a.example/imprint\n\nOur statutes: http://b.example/",
    )
    site.full_clean()
    site.save()

    assert site.accent == "#1177ff"
    assert [link.words for link in site.links] == ["Imprint", "Our statutes:"]
    Site(name="x", email="a@b.example", openpgp_key=NEW_PUBLIC).full_clean(validate_unique=False)


def test_a_key_needs_the_address_that_it_belongs_to():
    with pytest.raises(ValidationError, match="address that the key belongs to"):
        Site(name="x", openpgp_key=PUBLIC).full_clean()


# Kept by each process


@pytest.mark.django_db(transaction=True)
def test_a_process_asks_again_only_once_anything_changed():
    with CaptureQueriesContext(connection) as queries:
        assert str(Site.current().name) == "Record without a name"
        make_site(name="One")
        assert Site.current().name == "One"
    with CaptureQueriesContext(connection) as again:
        assert Site.current().name == "One"
    assert len(again) == 1 < len(queries)
    assert "advocacy_site" not in again[0]["sql"]

    Site.objects.update(name="Two")
    assert Site.current().name == "Two"


@pytest.mark.parametrize("page", ["overview", "about", "privacy"])
def test_a_page_asks_once_who_it_is_of(client, page):
    make_site(email="a@b.example", accent="#c00000")
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse(page))
    assert len([q for q in queries if '"advocacy_site"' in q["sql"]]) == 1


# The foot of the pages, and who to reach


def foot(client, language="en"):
    return client.get(f"/{language}/").text.partition('<footer class="colophon">')[2]


def test_the_foot_says_who_and_how_to_reach_them(client):
    make_site(
        organisation="Fair Cotton Network",
        email="hello+record@cotton.example",
        postal_address="1 Mill Lane\nLeeds",
        openpgp_key=PUBLIC,
        licence="ODbL 1.0",
        footer_links="Imprint https://cotton.example/imprint?a=1&b=2",
    )
    html = foot(client)

    assert "Fair Cotton Network" in html
    assert 'href="mailto:hello%2Brecord@cotton.example">hello+record@cotton.example</a>' in html
    assert "1 Mill Lane<br>Leeds" in html
    assert 'href="/contact/key.asc"' in html
    assert '<a href="https://cotton.example/imprint?a=1&amp;b=2">Imprint</a>' in html
    assert 'rel="license">ODbL 1.0</a>' in html
    key = client.get("/contact/key.asc")
    assert key["Content-Type"] == "text/plain; charset=utf-8"
    assert key.text == PUBLIC + "\n"


@pytest.mark.parametrize(
    ("licence", "words", "address"),
    [
        ("CC BY 4.0", "CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"),
        ("Our terms https://a.example/terms", "Our terms", "https://a.example/terms"),
        ("All rights reserved", "All rights reserved", None),
        ("", "No licence is given: ask before you reuse.", None),
    ],
)
def test_a_licence_is_claimed_only_where_somebody_gave_one(client, licence, words, address):
    make_site(licence=licence)
    make_pack(slug="pack")
    action = make_action()

    for page in ["/en/", reverse("pack_detail", args=["pack"]), action.get_absolute_url()]:
        html = client.get(page).text
        assert words in html
        assert re.findall('href="([^"]+)" rel="license"', html) == [address] * (
            html.count(f'href="{address}" rel="license"') if address else 0
        )
        assert ('"license": ' in html) == bool(address and "packs" not in page)
    brief = client.get(reverse("issue_brief", args=[action.issue.slug])).text
    assert brief.count(words) == 2


def test_the_purpose_of_the_program_is_translated_and_another_is_marked(client, settings):
    own = "Who was called on, what they answered, and what you can do next."
    make_site(purpose=own)
    assert own in text_of(client.get("/en/"))
    assert own not in text_of(client.get("/uk/"))

    Site.objects.update(purpose="Which mills were asked.")
    html = client.get("/uk/").text
    assert '<p class="masthead__motto"><span lang="en">Which mills were asked.</span></p>' in html
    assert 'name="description" content="Which mills were asked."' in html


def test_the_privacy_page_says_who_is_responsible(client):
    page = reverse("privacy")
    assert "have not said here who is responsible" in text_of(client.get(page))

    make_site(responsible="Ana Müller\nLeeds", email="a@b.example")
    html = client.get(page).text
    assert "Ana Müller<br>Leeds" in html
    assert "have not said here" not in html


def test_security_txt_names_the_contact_and_ends_in_time(client, settings):
    settings.SITE_URL = "https://record.example"
    assert client.get("/.well-known/security.txt").status_code == 404
    assert client.get("/contact/key.asc").status_code == 404

    make_site(email="a@b.example", openpgp_key=PUBLIC)
    answer = client.get("/.well-known/security.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    said = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert said.pop("Expires") > f"{datetime.now():%Y-%m-%d}"
    assert said == {
        "Contact": "mailto:a@b.example",
        "Encryption": "https://record.example/contact/key.asc",
        "Preferred-Languages": "en, uk, ko",
        "Canonical": "https://record.example/.well-known/security.txt",
    }


# Mail


@pytest.mark.parametrize(
    ("setting", "sender", "shown"),
    [
        ("follow@x.example", "", "Answerable <follow@x.example>"),
        ("follow@x.example", "The desk, Leeds", '"The desk, Leeds" <follow@x.example>'),
        ("follow@x.example", "Мережа", "Мережа <follow@x.example>"),
        ("Ours <us@x.example>", "The desk", "Ours <us@x.example>"),
    ],
)
def test_the_setting_keeps_the_address_and_its_name_wins(settings, setting, sender, shown):
    settings.DEFAULT_FROM_EMAIL = setting
    make_site(sender_name=sender)
    letter = letters.Letter("Subject", "Text", "<p>Text</p>")

    mail = letters.message(letter, "ana@example.org", headers={}).message()

    assert str(mail["From"]) == shown
    assert mail["From"].addresses[0].addr_spec in setting


@pytest.mark.parametrize("name", ["Cotton, Answers", "A\nB", 'x" <evil@x.example>', "Мережа <x>"])
def test_no_name_breaks_a_header(name):
    Site.objects.bulk_create([Site(name="x")])
    with connection.cursor() as cursor:  # As an older database may hold it.
        cursor.execute("UPDATE advocacy_site SET name = %s", [name])

    headers = {"List-Id": letters.named(Site.current().name, "updates.x.example")}
    letter = letters.Letter("Subject", "Text", "<p>Text</p>")
    mail = letters.message(letter, "ana@example.org", headers=headers).message()

    assert [a.addr_spec for a in mail["From"].addresses] == ["follow@127.0.0.1"]
    assert str(mail["List-Id"]).endswith(" <updates.x.example>")
    assert len(str(mail["List-Id"]).splitlines()) == 1


# Colours


@pytest.mark.parametrize(
    "colour", ["#000000", "#ffffff", "#ffff00", "#173f87", "#ff0000", "#00ff7f", "#808080"]
)
def test_any_colour_is_readable_on_light_pages_and_on_dark(colour):
    shades = colours.shades(colour)

    for name in colours.GROUNDS:
        for shade, ground in zip(shades, colours.tokens()[name], strict=True):
            assert colours.contrast(shade, ground) >= 4.5, (name, shade)


def test_a_colour_that_can_be_read_stays_as_it_is():
    assert colours.shades("#173f87").light == "#173f87"
    assert colours.shades("#a9c4ff").dark == "#a9c4ff"
    assert colours.contrast("#000000", "#ffffff") == 21


def test_links_in_mails_have_the_accent_too():
    own = letters.letter("standstill", checks=[]).html
    make_site(accent="#ffcc00")
    html = letters.letter("standstill", checks=[]).html

    assert "a { color: #1d3f86; }" in own
    for shade in colours.shades("#ffcc00"):
        assert f"a {{ color: {shade}; }}" in html
        assert shade not in own


def first_sheet(page):
    return re.findall(r'<link rel="stylesheet" href="([^"]+)"', page.text)


def test_an_accent_takes_no_request_more_and_no_inline_style(client):
    make_site()
    plain = client.get("/en/")
    Site.objects.update(accent="#c00000")
    page = client.get("/en/")

    assert len(first_sheet(page)) == len(first_sheet(plain)) == 2
    address = first_sheet(page)[0]
    assert re.fullmatch(r"/look/[0-9a-f]{32}\.css", address)
    assert not re.search(r"\sstyle\s*=|<style", page.text)
    sheet = client.get(address)
    assert sheet["Content-Type"] == "text/css; charset=utf-8"
    assert sheet["Cache-Control"] == "public, max-age=31536000, immutable"
    light, dark = colours.shades("#c00000")
    assert f"--accent: light-dark({light}, {dark});" in sheet.text
    ours = colours.sheet().replace("light-dark(#173f87, #a9c4ff)", f"light-dark({light}, {dark})")
    assert sheet.text == ours
    # It lies elsewhere than the file: no address in it is a relative one.
    assert "url(" not in ours
    assert "@import" not in ours

    Site.objects.update(accent="#00c000")
    assert first_sheet(client.get("/en/"))[0] != address
    late = client.get(address)
    assert late["Cache-Control"] == "no-cache"
    assert colours.shades("#00c000").light in late.text


# Pictures


def test_of_a_picture_nothing_is_left_but_the_picture():
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", "Ana Secret")
    exif = Image.Exif()
    exif[0x010E] = "Leeds Secret"
    data = png(300, 100, pnginfo=words, exif=exif, icc_profile=b"Secret profile", dpi=(72, 72))
    assert data.count(b"Secret") == 2

    picture = Picture.objects.take(data, LOGO)

    kept = Image.open(BytesIO(picture.png))
    assert (kept.format, kept.size) == ("PNG", (288, 96))
    assert kept.info == {}
    assert b"Secret" not in picture.png
    assert re.findall(rb"[A-Z]{4}|tEXt|iCCP|eXIf|pHYs", picture.png[:60]) == [b"IHDR", b"IDAT"]


def noisy(width, height):
    image = Image.effect_noise((width, height), 200).convert("RGB")
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def jpeg():
    file = BytesIO()
    Image.new("RGB", (300, 300)).save(file, "JPEG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "use", "words"),
    [
        (lambda: b"", LOGO, "no PNG picture"),
        (lambda: b"\x89PNG\r\n\x1a\n" + bytes(200), LOGO, "no PNG picture"),
        (lambda: png()[:-40], LOGO, "no PNG picture"),
        (lambda: b"<svg onload='x'/>", LOGO, "no PNG picture"),
        (jpeg, LOGO, "no PNG picture"),
        (lambda: png(8, 8), LOGO, "at least 16"),
        (lambda: png(599, 400), SOCIAL, "at least 600"),
        (lambda: png(5000, 5000), SOCIAL, "too many points"),
        (lambda: bytes(2_000_001), LOGO, "larger than 2 MB"),
        (lambda: noisy(480, 96), LOGO, "Choose a simpler one"),
    ],
)
def test_a_picture_that_will_not_do_is_refused_with_its_reason(data, use, words):
    with pytest.raises(ValidationError, match=words):
        Picture.objects.take(data(), use)
    assert not Picture.objects.exists()


def test_a_logo_comes_with_the_first_style_sheet(client):
    logo = Picture.objects.take(png(400, 200), LOGO)
    make_site(logo=logo)

    page = client.get("/en/")
    assert '<span class="masthead__logo"></span>' in page.text
    assert "<img" not in page.text
    sheet = client.get(first_sheet(page)[0]).text
    assert b64encode(logo.png).decode() in sheet
    assert "inline-size: 96px; aspect-ratio: 192 / 96" in sheet
    # What a first view weighs (60 KB) leaves room for no more.
    assert len(logo.png) < LOGO.most_bytes <= 12_000


def test_pictures_have_addresses_of_their_own_for_good(client):
    logo, social = (Picture.objects.take(png(1200, 630, c), use) for c, use in PAIRS)
    site = make_site(logo=logo, social_picture=social)
    action = make_action()

    for picture in (logo, social):
        answer = client.get(picture.get_absolute_url())
        assert answer["Content-Type"] == "image/png"
        assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert answer.content == bytes(picture.png)
    assert f'content="http://testserver{social.get_absolute_url()}"' in client.get("/en/").text
    assert f'"logo": "http://testserver{logo.get_absolute_url()}"' in (
        client.get(action.get_absolute_url()).text
    )

    site.social_picture = None
    site.save()
    assert client.get(social.get_absolute_url()).status_code == 404


PAIRS = [((9, 9, 9), LOGO), ((200, 9, 9), SOCIAL)]


# The desk


def send(client, page, **typed):
    sent = {name: value for name, value in Controls(client.get(page).text).sent.items() if value}
    return client.post(page, {**sent, "_save": "Save", **typed}, follow=True)


def file(data, name="logo.png"):
    return SimpleUploadedFile(name, data, "image/png")


def test_staff_name_the_record_and_every_version_is_kept(client, editor):
    assert client.get(LIST).url == ADD
    send(client, ADD, name="Cotton Answers", logo=file(png(300, 100)), accent="#17F")
    site = Site.objects.get()
    assert (site.name, site.accent, site.logo.width) == ("Cotton Answers", "#1177ff", 288)
    assert site.edited_by_staff_at
    assert client.get(LIST).url == CHANGE
    page = client.get(CHANGE)
    assert f'<img src="{site.logo.get_absolute_url()}" width="144" height="48"' in page.text

    send(client, CHANGE, name="Wool Answers")
    assert Site.objects.get().logo == site.logo
    send(client, CHANGE, **{"logo-clear": "on"})
    assert Site.objects.get().logo is None
    names = list(Site.history.order_by("history_id").values_list("name", "logo_id"))
    assert names == [
        ("Cotton Answers", site.logo_id),
        ("Wool Answers", site.logo_id),
        ("Wool Answers", None),
    ]
    assert client.get(HISTORY).status_code == 200

    first = Site.history.order_by("history_id").first()
    send(client, reverse("admin:advocacy_site_simple_history", args=[1, first.pk]))
    site.refresh_from_db()
    assert (site.name, site.logo_id) == ("Cotton Answers", first.logo_id)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": "<b>"}, "no &lt; and no &gt;"),
        ({"accent": "blue"}, "is no colour"),
        ({"logo": file(b"GIF89a")}, "no PNG picture"),
        ({"openpgp_key": SECRET}, "This is a private key"),
    ],
)
def test_the_form_says_what_it_refuses(client, editor, typed, words):
    make_site()
    answer = send(client, CHANGE, **typed)

    assert words in answer.text
    assert Site.objects.get().name == "Answerable"
    assert not Site.history.filter(history_type="~").exists()


def test_there_is_no_second_row_and_nobody_deletes_it(client, editor):
    make_site()

    assert client.get(ADD).status_code == 403
    page = reverse("admin:advocacy_site_delete", args=[1])
    assert client.post(page, {"post": "yes"}).status_code == 403
    assert client.get(LIST).url == CHANGE


@pytest.mark.parametrize(
    ("role", "sees", "names"),
    [
        ("Editor", True, False),
        ("Publisher", True, True),
        ("Administrator", True, True),
        ("nobody", False, False),
    ],
)
def test_who_names_the_record(client, role, sees, names):
    make_groups()
    make_site()
    user = make_user()
    user.groups.set(Group.objects.filter(name=role))
    client.force_login(user)

    assert (client.get(LIST).status_code == 302) == sees
    assert (client.get(CHANGE).status_code == 200) == sees
    client.post(CHANGE, {"name": "Another"})
    assert (Site.objects.get().name == "Another") == names


def test_the_form_says_which_languages_the_record_has(client, editor):
    make_site()

    assert "Languages: English, Українська, 한국어." in text_of(client.get(CHANGE))


def test_help_says_where_each_thing_appears(client, editor):
    page = text_of(client.get(ADD))
    for field in ("name", "purpose", "organisation", "email", "licence", "accent", "logo"):
        assert str(Site._meta.get_field(field).help_text) in page


# The file of a dossier


@pytest.fixture
def folder(tmp_path):
    return few_rows(tmp_path, 1)


def write(folder, said):
    text = said if isinstance(said, str) else json.dumps(said)
    (folder / "site.json").write_text(text, encoding="utf-8")


def load(folder):
    call_command("load_content", folder=folder, verbosity=0)
    return Site.objects.first()


def test_the_dossier_that_comes_with_the_program_is_called_as_before(folder):
    site = load(folder)

    assert (site.name, site.licence, site.organisation, site.email) == (
        *("Answerable", "CC BY 4.0"),
        *("", ""),
    )
    assert not site.has_own_purpose
    assert site.names_program


def test_a_dossier_names_its_record(folder, capsys):
    (folder / "logo.png").write_bytes(png(300, 100))
    said = {
        "name": "Cotton Answers",
        "email": "a@b.example",
        "accent": "#17F",
        "logo": "logo.png",
        "openpgp_key": PUBLIC.splitlines(),
        "footer_links": ["Imprint https://a.example/"],
        "names_program": False,
        "languages": ["en"],
        "default_language": "en",
    }
    write(folder, said)
    site = load(folder)
    assert (site.accent, site.logo.width, site.names_program) == ("#1177ff", 288, False)
    assert site.edited_by_staff_at is None
    capsys.readouterr()

    assert load(folder).history.count() == 1
    assert " 0 new, 0 changed, " in capsys.readouterr().out
    write(folder, {"name": "Wool Answers"})
    site = load(folder)
    assert (site.name, site.email, site.logo, site.names_program) == (
        "Wool Answers",
        "",
        None,
        True,
    )
    assert site.history.count() == 2
    (folder / "site.json").unlink()
    assert load(folder).name == "Wool Answers"


def test_what_staff_named_stays(folder, client, editor):
    load(folder)
    send(client, CHANGE, name="Wool Answers")
    write(folder, {"record": "north-korea", "name": "Cotton Answers"})

    assert load(folder).name == "Wool Answers"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"nam": "x"}, "site.json: “nam” is no field of it, which are: name,"),
        ({"licence": "CC0 1.0"}, "site.json: name: This field cannot be blank"),
        ({"name": 3}, "site.json: name: this has to be a text"),
        ({"name": None}, "site.json: name: this has to be a text"),
        ({"name": "x", "accent": "blue"}, "site.json: accent: “blue” is no colour"),
        ({"name": "x", "names_program": "no"}, "site.json: names_program: say true or false"),
        ({"name": "x", "logo": "none.png"}, "site.json: logo: none.png: No such file"),
        ({"name": "x", "logo": "../x.png"}, "site.json: logo: give the name of a file beside"),
        ({"name": "x", "logo": "topics.json"}, "site.json: logo: topics.json: This is no PNG"),
    ],
)
def test_what_is_wrong_with_the_file_is_said_with_its_field(folder, said, words):
    write(folder, said)

    with pytest.raises(CommandError) as refusal:
        load(folder)

    assert str(refusal.value).startswith(words)
    assert str(refusal.value).endswith(". Nothing was saved.")
    assert not Site.objects.exists()
    assert not Picture.objects.exists()
