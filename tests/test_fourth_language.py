"""French by data alone: one line, two catalogues, and not a word of the program changed."""

import json
import os
import re
import subprocess
import sys
from datetime import date
from html import unescape

import pytest
from django.core.management import CommandError, call_command
from django.template import Context, Template
from django.utils import translation

from advocacy.languages import direction, is_whole, own_name, place_in_a_list, sentences_in
from advocacy.models import Issue
from advocacy.models.dates import written_day
from advocacy.models.site import OWN_PURPOSE
from advocacy.public.forms.countries import country_choices
from tests.dossier import few_rows
from tests.factories import make_body, make_issue, make_source
from tests.pages import text_of
from tests.running import ROOT, environment, started
from tests.staff import DESK

# Ten sentences of the program.
FRAME = {
    "Issues": "Problèmes",
    "Bodies": "Instances",
    "Calendar": "Calendrier",
    "Your country": "Votre pays",
    "Skip to the content": "Aller au contenu",
    "Language": "Langue",
    "Corrections": "Rectifications",
    "Privacy": "Vie privée",
    "About": "À propos",
    ("%(number)d day", "%(number)d days"): ("%(number)d jour", "%(number)d jours"),
}
PURPOSE = "Qui a été appelé à mettre fin au travail forcé, et ce qui a été répondu."
HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Language: {}\\n"\n{}\n'
PLURALS = '"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n'


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


def frame_catalogue(folder, sentences, language="fr"):
    """The catalogue of a record for the program's own sentences."""
    parts = [HEAD.format(language, PLURALS if language == "fr" else "")]
    for said, told in sentences.items():
        if isinstance(said, str):
            parts.append(f"msgid {quoted(said)}\nmsgstr {quoted(told)}\n")
            continue
        one, more = said
        parts.append(f"#, python-format\nmsgid {quoted(one)}\nmsgid_plural {quoted(more)}")
        parts += [f"msgstr[{form}] {quoted(words)}" for form, words in enumerate(told)] + [""]
    path = folder / "locale" / language / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(parts), encoding="utf-8")
    return path


def say_languages(folder, codes, default="en"):
    path = folder / "site.json"
    site = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(site | {"languages": codes, "default_language": default}))
    return folder


def texts_catalogue(folder, texts):
    """That of its own words: {(kind, key, field): (original, translation)}."""
    parts = [HEAD.format("fr", "")]
    for place, (original, told) in texts.items():
        parts.append("#. made by: person")
        parts.append(f"msgctxt {quoted('/'.join(place))}")
        parts.append(f"msgid {quoted(original)}\nmsgstr {quoted(told)}\n")
    path = folder / "translations" / "fr.po"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(parts), encoding="utf-8")


def rows_of(folder, file):
    return [row["fields"] for row in json.loads((folder / file).read_text(encoding="utf-8"))]


def in_french(folder, codes):
    """A record with French beside its languages: ten sentences, ten texts and one issue of it."""
    say_languages(folder, codes)
    frame_catalogue(folder, FRAME)
    issue = rows_of(folder, "issues.json")[0]
    site = json.loads((folder / "site.json").read_text(encoding="utf-8"))
    texts = {("issue", issue["slug"], "title"): (issue["title"], "Le titre en français")}
    if site["purpose"] != OWN_PURPOSE:
        texts["site", "site", "purpose"] = site["purpose"], PURPOSE
    for kind, file, field in (
        ("topic", "topics.json", "name"),
        ("targetbody", "bodies.json", "name"),
        ("bodykind", "body_kinds.json", "name"),
        ("organisation", "organisations.json", "name"),
    ):
        for row in rows_of(folder, file):
            key = row.get("slug") or row.get("key")
            if row.get(field) and len(texts) < 10:
                texts[kind, key, field] = row[field], f"{row[field]} en français"
    texts_catalogue(folder, texts)
    return folder


@pytest.fixture
def cotton(tmp_path):
    folder = tmp_path / "cotton"
    call_command("new_record", str(folder), verbosity=0)
    return in_french(folder, ["en", "fr"])


def page_of(site, path):
    with site.get(path) as page:
        return unescape(page.read().decode())


@pytest.mark.thorough
@pytest.mark.programs
@pytest.mark.parametrize("codes", [["en", "fr"], ["en", "uk", "ko", "fr"]], ids=["own", "dossier"])
def test_a_record_in_french_runs_without_a_change_of_the_program(cotton, tmp_path, codes):
    if "uk" in codes:
        cotton = in_french(few_rows(tmp_path / "few"), codes)
    slug = rows_of(cotton, "issues.json")[0]["slug"]

    with started(tmp_path, CONTENT_DIR=str(cotton)) as (site, printed):
        overview, issue = page_of(site, "/fr/"), page_of(site, f"/fr/issues/{slug}/")
        asks, home = page_of(site, "/fr/actions/"), page_of(site, "/en/")

    assert "locale/fr/LC_MESSAGES/django.po" in printed
    assert not list(cotton.rglob("*.mo"))
    for page in (overview, issue, asks):
        assert '<html lang="fr">' in page
        assert re.search(r'<link rel="alternate" hreflang="fr" href="[^"]+/fr/', page)
    for words in ("Problèmes", "Calendrier", "Aller au contenu", "À propos"):
        assert words in overview
    # Of the words of the record, what is translated; what the program says of itself is not.
    motto = overview.partition('<p class="masthead__motto">')[2].partition("</p>")[0]
    assert motto == (PURPOSE if "uk" not in codes else f'<span lang="en">{OWN_PURPOSE}</span>')
    # What nobody translated stands in English, and says so: the frame once, each text by itself.
    note = (
        '<p class="translation-note" lang="en">The menus and explanations of this site are only'
        " partly translated into Français. What is missing is in English.</p>"
    )
    assert overview.count(note) == 1
    # A day is written as French writes it.
    months = r"janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
    assert re.search(rf">\d\d? (?:{months}) \d{{4}}</time>", issue)
    # The first rows of the dossier have none that waits.
    assert "uk" in codes or "jours" in asks
    assert "Problèmes" not in home
    assert "translation-note" not in home


def french_names():
    with translation.override("fr"):
        return [name for _code, name in country_choices()]


@pytest.mark.django_db
def test_what_nobody_translated_is_marked_and_said_once(settings):
    settings.LANGUAGES = [("en", "English"), ("fr", "Français")]
    make_issue(title="Cotton")
    page = Template(
        "{% load words %}{% translated_page %}"
        '<h1>{% words issue "title" %}</h1>{% endtranslated_page %}'
    )

    with translation.override("fr"):
        shown = page.render(Context({"issue": Issue.objects.get()}))

    assert shown.startswith('<h1><span lang="en">Cotton</span></h1><p class="translation-note">')
    assert shown.count("Parts of this page are not translated yet") == 1


def test_days_are_written_as_the_language_writes_them():
    written = {}
    for code in ("fr", "ko", "ba", "fa"):
        with translation.override(code):
            written[code] = written_day(date(2024, 12, 16))

    assert written["fr"] == "16 décembre 2024"
    assert written["ko"] == "2024년 12월 16일"
    assert "2024" in written["ba"]


@pytest.mark.django_db
def test_countries_stand_in_the_order_of_the_alphabet():
    make_body(states_sit=True, all_states_sit=True)
    names = french_names()

    order = ["Égypte", "Équateur", "Érythrée", "Espagne", "Estonie", "États-Unis", "Éthiopie"]
    assert [name for name in names if name in order] == order
    assert names.index("Éthiopie") < names.index("Finlande")
    with translation.override("ko"):
        korean = [name for _code, name in country_choices()]
    assert korean.index("가나") < korean.index("대한민국") < korean.index("프랑스")


@pytest.mark.parametrize(
    "names",
    [
        ["Гана", "Ґотланд", "Данія", "Еквадор", "Ефіопія", "Єгипет", "Ємен", "Замбія"],
        ["Зімбабве", "Ірак", "Їмен", "Йорданія", "Молдова", "М’янма", "Намібія", "Щ", "Ь", "Я"],
        ["Египет", "Ёлкино", "Индия", "Йемен", "Эквадор", "Южная Корея", "Япония"],
        ["Данска", "Ђорђија", "Естонија", "Либија", "Љубљана", "Мали", "Њујорк", "Оман"],
        ["Côte d’Ivoire", "Croatie", "Îles Cook", "Inde", "Œland", "Oman", "Zambie"],
        ["가나", "나미비아", "대한민국", "몽골", "베트남"],
    ],
)
def test_letters_find_their_place(names):
    shuffled = [*names[1::2], *names[::2]]

    assert sorted(shuffled, key=place_in_a_list) == names


IN_THIS_RECORD = """
import django
django.setup()
from django.core.management import call_command
call_command("check", fail_level="WARNING")
from django.test import Client
from django.conf import settings
from django.utils.translation import get_language_info, gettext, override
call_command("migrate", verbosity=0)
call_command("compile_messages")
for code, name in settings.LANGUAGES:
    page = Client(headers={"host": "localhost"}).get(f"/{code}/about/").content.decode()
    print(code, name, page[page.index("<html"):].partition(">")[0], get_language_info(code)["name"])
    with override(code):
        print(code, gettext("Issues"), gettext("Corrections"))
"""


def in_this_record(folder, var):
    """What a process prints that runs with this folder."""
    var.mkdir(exist_ok=True)
    variables = {"DJANGO_SETTINGS_MODULE": "advocacy.settings", "HTTPS": "0", "SECRET_KEY": "x"}
    ran = subprocess.run(
        [sys.executable, "-c", IN_THIS_RECORD],
        cwd=ROOT,
        env=environment(CONTENT_DIR=str(folder), VAR_DIR=str(var), DEBUG="1", **variables),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.mark.thorough
@pytest.mark.programs
def test_a_language_that_django_has_no_words_in_is_read_as_any(tmp_path):
    """Bashkir and Pashto come from Babel alone; the second is read from right to left."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "site.json").write_text("{}")
    say_languages(folder, ["ps", "en", "ar", "ba"], "ba")

    printed = in_this_record(folder, tmp_path / "var")

    assert 'ba Башҡорт теле <html lang="ba" Bashkir' in printed
    assert 'ps پښتو <html lang="ps" dir="rtl" Pashto' in printed
    assert '<html lang="ar" dir="rtl" Arabic' in printed
    assert 'en English <html lang="en" English' in printed


@pytest.mark.thorough
@pytest.mark.programs
def test_the_catalogue_of_a_record_says_a_sentence_in_other_words(cotton, tmp_path):
    say_languages(cotton, ["en", "uk"])
    path = frame_catalogue(cotton, {"Issues": "Наші теми"}, "uk")
    var = tmp_path / "var"

    assert "uk Наші теми Виправлення" in in_this_record(cotton, var)

    # One that was copied with the time it had is read all the same.
    frame_catalogue(cotton, {"Issues": "Справи"}, "uk")
    os.utime(path, (1, 1))
    assert "uk Справи Виправлення" in in_this_record(cotton, var)
    # And what is taken out is gone.
    path.unlink()
    assert "Справи" not in in_this_record(cotton, var)


@pytest.fixture
def own(cotton, settings, tmp_path):
    """The record in this process, with what it compiles apart."""
    settings.CONTENT_DIR = cotton
    settings.LANGUAGES = [("en", "English"), ("fr", "Français")]
    settings.LOCALE_PATHS = [tmp_path / "compiled", *settings.LOCALE_PATHS[1:]]
    return cotton


@pytest.mark.django_db
def test_this_record_says_how_much_of_the_program_a_language_has(own, client, sign_in):
    call_command("compile_messages", verbosity=0)
    sign_in("Publisher")
    told, there = sentences_in("fr")

    assert (told, is_whole("fr"), is_whole("uk"), is_whole("en")) == (10, False, True, True)
    assert there > 1800
    page = text_of(client.get(f"{DESK}advocacy/site/add/"))
    assert f"Français: 10 of {there} sentences of the program." in page


def test_the_sentences_to_translate_are_written_into_the_folder(own, capsys):
    path = own / "locale/fr/LC_MESSAGES/django.po"
    path.write_text(path.read_text() + '\nmsgid "Said no more"\nmsgstr "Plus dit"\n')

    call_command("fill_catalogue", "fr")

    printed = capsys.readouterr().out
    assert "10 translated, 1 that the program no longer says" in printed
    text = path.read_text(encoding="utf-8")
    assert 'msgid "Issues"\nmsgstr "Problèmes"\n' in text
    assert 'msgid "Follow by e-mail"\nmsgstr ""\n' in text
    assert '#~ msgstr "Plus dit"' in text
    # As often as one likes.
    call_command("fill_catalogue", "fr")
    assert path.read_text(encoding="utf-8") == text
    call_command("compile_messages", verbosity=0)
    assert sentences_in("fr")[0] == 10
    for code in ("en", "klingon"):
        with pytest.raises(CommandError, match="no language to translate the program into"):
            call_command("fill_catalogue", code)


def test_a_catalogue_that_cannot_be_shown_is_named_with_its_line(own):
    plural = ("%(number)d day", "%(number)d days")
    frame_catalogue(own, {plural: ("%(number)d jour", "%(nombre)d jours")})

    with pytest.raises(CommandError, match=r"cotton/locale/fr/LC_MESSAGES/django.po:\d+: "):
        call_command("compile_messages")


@pytest.mark.django_db
def test_words_that_are_read_the_other_way_say_so(settings):
    settings.LANGUAGE_CODE = "ar"
    issue = make_issue(title="القطن")
    heading = Template('{% load words %}<h1>{% words issue "title" %}</h1>')

    def shown(language):
        with translation.override(language):
            return heading.render(Context({"issue": issue}))

    assert shown("en") == '<h1><span lang="ar" dir="rtl">القطن</span></h1>'
    assert shown("fa") == '<h1><span lang="ar">القطن</span></h1>'
    assert shown("ar") == "<h1>القطن</h1>"
    settings.LANGUAGE_CODE = "en"
    assert shown("fa") == '<h1><span lang="en" dir="ltr">القطن</span></h1>'
    assert direction("he") == direction("ur") == "rtl"
    assert direction("fr") == direction("nobody’s") == "ltr"


@pytest.mark.django_db
def test_a_row_that_says_no_language_is_in_that_of_the_record(settings):
    settings.LANGUAGE_CODE = "fr"

    assert make_source().language == "fr"
    assert own_name("fr") == "Français"
