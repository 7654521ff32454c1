"""The languages of a record come from its folder, and a mistake is one sentence at the start."""

import json

import pytest
from django.conf import settings
from django.utils import translation

from advocacy.content_folder import languages_of, record_key
from advocacy.public.forms.countries import country_choices
from tests.factories import make_body
from tests.running import run, started


def site(folder, text):
    (folder / "site.json").write_text(text if isinstance(text, str) else json.dumps(text))
    return folder


def test_the_record_that_comes_along_is_in_three_languages():
    assert settings.LANGUAGES == [("en", "English"), ("uk", "Українська"), ("ko", "한국어")]
    assert settings.LANGUAGE_CODE == "en"


def test_a_record_that_says_nothing_is_in_english(tmp_path):
    assert languages_of(tmp_path / "nowhere") == ([("en", "English")], "en")
    assert languages_of(site(tmp_path, {"name": "Cotton"})) == ([("en", "English")], "en")


def test_languages_are_named_in_themselves(tmp_path):
    site(tmp_path, {"languages": ["fr", "ka", "pt-br"], "default_language": "ka"})

    names = [("fr", "Français"), ("ka", "ქართული"), ("pt-br", "Português Brasileiro")]
    assert languages_of(tmp_path) == (names, "ka")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "it is not JSON: "),
        ("[]", "it must be one object"),
        ({"languages": ["en"]}, "default_language is missing."),
        ({"default_language": "en"}, "languages is missing."),
        ({"languages": [], "default_language": "en"}, "languages must be a list of at least one"),
        ({"languages": "en", "default_language": "en"}, "languages must be a list of at least"),
        ({"languages": [1], "default_language": 1}, "languages must be a list of at least one"),
        ({"languages": ["en", "xx"], "default_language": "en"}, "languages: “xx” is no code"),
        ({"languages": ["en", "en"], "default_language": "en"}, "names one of them twice"),
        ({"languages": ["en"], "default_language": "fr"}, "default_language must be one of en."),
    ],
)
def test_a_mistake_is_one_sentence_with_file_and_field(tmp_path, text, sentence):
    with pytest.raises(SystemExit) as refused:
        languages_of(site(tmp_path, text))

    said = str(refused.value)
    assert said.startswith(f"{tmp_path}/site.json: ")
    assert sentence in said
    assert "\n" not in said


def test_nothing_starts_with_a_mistake(tmp_path):
    site(tmp_path, {"languages": ["en", "xx"], "default_language": "en"})

    refused = run("manage.py", "check", SECRET_KEY="x", HTTPS="0", CONTENT_DIR=str(tmp_path))

    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    assert line.startswith(f"{tmp_path}/site.json: languages: “xx”")


def test_a_record_is_known_by_its_key_or_else_by_its_folder(tmp_path):
    assert record_key(tmp_path) == tmp_path.name
    assert record_key(site(tmp_path, {"record": "cotton"})) == "cotton"
    for key in ("Cotton!", 7, ["cotton"]):
        with pytest.raises(SystemExit, match="record must be small letters"):
            record_key(site(tmp_path, {"record": key}))


@pytest.mark.thorough
@pytest.mark.programs
def test_a_record_in_english_and_french_runs(prepared):
    """Nobody has translated the interface yet: it stands in English, days and countries do not."""
    folder = prepared / "french"
    folder.mkdir()
    codes = {"languages": ["fr", "en"], "default_language": "fr", "record": "north-korea"}
    site(folder, codes)

    with started(prepared, CONTENT_DIR=str(folder)) as (server, _printed):
        with server.get("/") as page:
            assert page.url.endswith("/fr/")
            html = page.read().decode()
        with server.get("/fr/seats/") as page:
            seats = page.read().decode()

    assert '<html lang="fr">' in html
    assert "Français" in html
    assert 'hreflang="uk"' not in html
    assert "Allemagne" in seats


@pytest.mark.django_db
def test_a_record_in_one_language_asks_nobody_which(client, settings):
    settings.LANGUAGES = [("en", "English")]
    make_body()

    page = client.get("/en/")

    assert '<html lang="en"' in page.text
    assert 'class="languages"' not in page.text
    assert "hreflang" not in page.text


@pytest.mark.django_db
def test_countries_are_sorted_as_a_reader_of_french_expects():
    make_body(states_sit=True, all_states_sit=True)

    with translation.override("fr"):
        names = [name for _code, name in country_choices()]

    assert names.index("Équateur") < names.index("Espagne") < names.index("États-Unis")
    assert names.index("États-Unis") < names.index("Fidji")
