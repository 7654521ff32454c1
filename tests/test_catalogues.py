"""makemessages and compile_messages, on a small project of their own; and our own catalogues."""

import ast
import gettext
import os
import shutil

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

CODE = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext_lazy

LABEL = _("Refused")
MONTH = pgettext_lazy("month", "May")


def waiting(days):
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}


def greet(name):
    return _("Dear {name}").format(name=name)
"""
TEMPLATE = """{% load i18n %}
        <p>
    <p title="{% translate "Who answered?" %}">\N{NO-BREAK SPACE}{{ who|default:_("nobody") }} # 북
  {% blocktranslate trimmed with body=body.name count asks=asks|length %}
      {{ asks }} ask to
      {{ body }}
    {% plural %}
      {{ asks }} asks to
      {{ body }}
    {% endblocktranslate %}
    {% blocktranslate context "of a vote" %}100% against{% endblocktranslate %}
"""
UKRAINIAN = {
    "Refused": "Відмовлено",
    "May": "травень",
    "%(days)d day": ("%(days)d день", "%(days)d дні", "%(days)d днів"),
    "Dear {name}": "Вітаємо, {name}",
    "Who answered?": "Хто відповів?",
    "nobody": "ніхто",
    "%(asks)s ask to %(body)s": tuple(f"%(asks)s {word} до %(body)s" for word in "абв"),
    "100%% against": "100%% проти",
}
KOREAN = {
    **{text: f"한국어 {text}" for text in UKRAINIAN},
    "%(days)d day": ("%(days)d일",),
    "%(asks)s ask to %(body)s": ("%(body)s에 %(asks)s건",),
}


@pytest.fixture
def project(tmp_path, settings, monkeypatch):
    if not shutil.which("msgmerge"):
        missing = "gettext is not installed: `make test` installs it where apt-get can be used"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)
    monkeypatch.chdir(tmp_path)
    settings.BASE_DIR = tmp_path
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    (tmp_path / "advocacy").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "advocacy/code.py").write_text(CODE)
    (tmp_path / "templates/page.html").write_text(TEMPLATE)
    call_command("makemessages", verbosity=0)
    return tmp_path


def catalogue(project, language):
    return project / f"locale/{language}/LC_MESSAGES/django.po"


def translate(path, translations):
    """Do what a translator does: fill in each msgstr."""
    blocks = path.read_text().split("\n\n")
    for number, block in enumerate(blocks):
        for text, translation in translations.items():
            if f'msgid "{text}"\n' in block:
                head = block[: block.index("msgstr")]
                if isinstance(translation, str):
                    tail = f'msgstr "{translation}"\n'
                else:
                    tail = "".join(
                        f'msgstr[{form}] "{words}"\n' for form, words in enumerate(translation)
                    )
                blocks[number] = head + tail.rstrip()
    path.write_text("\n\n".join(blocks).rstrip() + "\n")


def refusal(command, **options):
    with pytest.raises(CommandError) as refused:
        call_command(command, **options)
    return str(refused.value)


def test_every_kind_of_string_is_found_translated_and_compiled(project):
    translate(catalogue(project, "uk"), UKRAINIAN)
    translate(catalogue(project, "ko"), KOREAN)

    call_command("makemessages", check=True)
    call_command("compile_messages")

    with catalogue(project, "uk").with_suffix(".mo").open("rb") as compiled:
        uk = gettext.GNUTranslations(compiled)
    assert uk.gettext("Refused") == "Відмовлено"
    assert uk.pgettext("month", "May") == "травень"
    assert uk.ngettext("%(days)d day", "%(days)d days", 22) == "%(days)d дні"
    assert uk.gettext("Dear {name}") == "Вітаємо, {name}"
    assert uk.gettext("Who answered?") == "Хто відповів?"
    assert uk.gettext("nobody") == "ніхто"
    plural = ("%(asks)s ask to %(body)s", "%(asks)s asks to %(body)s", 5)
    assert uk.ngettext(*plural) == "%(asks)s в до %(body)s"
    assert uk.pgettext("of a vote", "100%% against") == "100%% проти"


def test_an_update_keeps_translations_and_changes_nothing_else(project):
    translate(catalogue(project, "uk"), UKRAINIAN)
    before = catalogue(project, "uk").read_text()

    call_command("makemessages", verbosity=0)

    assert catalogue(project, "uk").read_text() == before


def test_an_update_drops_what_is_gone_and_guesses_nothing(project):
    translate(catalogue(project, "uk"), UKRAINIAN)
    code = CODE.replace('"Refused"', '"Refused it"')
    (project / "advocacy/code.py").write_text(code)

    call_command("makemessages", verbosity=0)

    text = catalogue(project, "uk").read_text()
    assert 'msgid "Refused it"\nmsgstr ""\n' in text
    assert "Відмовлено" not in text
    assert "fuzzy" not in text


def test_a_catalogue_does_not_change_with_the_day_or_the_lines_of_the_code(project):
    before = catalogue(project, "uk").read_text()
    (project / "advocacy/code.py").write_text("\n\n\n" + CODE)

    call_command("makemessages", verbosity=0)

    assert catalogue(project, "uk").read_text() == before
    assert before.startswith(
        'msgid ""\nmsgstr ""\n"Language: uk\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        '"Plural-Forms: nplurals=3;'
    )
    assert '#: advocacy/code.py\nmsgid "Refused"\nmsgstr ""\n' in before


def test_the_check_names_every_untranslated_string(project):
    translate(catalogue(project, "ko"), KOREAN)
    translate(catalogue(project, "uk"), {**UKRAINIAN, "Refused": "", "%(days)d day": ("день",)})

    assert refusal("makemessages", check=True).splitlines()[1:] == [
        "uk: advocacy/code.py: Refused",
        "uk: advocacy/code.py: %(days)d day",
    ]


def test_the_check_finds_a_string_that_no_catalogue_holds_and_writes_nothing(project):
    translate(catalogue(project, "uk"), UKRAINIAN)
    translate(catalogue(project, "ko"), KOREAN)
    before = catalogue(project, "uk").read_text()
    (project / "templates/new.html").write_text('{% load i18n %}{% translate "Brand new" %}')

    found = refusal("makemessages", check=True)

    assert "uk: templates/new.html: Brand new" in found
    assert "ko: templates/new.html: Brand new" in found
    assert catalogue(project, "uk").read_text() == before


@pytest.mark.parametrize(
    ("text", "translation", "sentence"),
    [
        ("Dear {name}", "Вітаємо", "the placeholder name is missing."),
        ("Dear {name}", "Вітаємо, {імʼя}", "the placeholder імʼя does not stand in the original."),
        ("Dear {name}", "Вітаємо, {name", "its braces are not balanced"),
        ("%(days)d day", ("%(days)d", "%(days)d", "днів"), "the placeholder days is missing."),
        ("%(days)d day", ("%(days)s", "%(days)d", "%(days)d"), "incompatible format"),
    ],
)
def test_a_broken_placeholder_is_named_and_nothing_is_compiled(
    project, text, translation, sentence
):
    path = catalogue(project, "uk")
    translate(path, {text: translation})
    lines = path.read_text().splitlines()
    line = lines.index(f'msgid "{text}"') + 1

    found = refusal("compile_messages")

    assert f"locale/uk/LC_MESSAGES/django.po:{line}: " in found
    assert sentence in found
    assert not path.with_suffix(".mo").exists()


def test_a_fuzzy_translation_is_refused(project):
    path = catalogue(project, "uk")
    translate(path, UKRAINIAN)
    path.write_text(path.read_text().replace('msgid "Refused"', '#, fuzzy\nmsgid "Refused"'))

    assert "it is marked fuzzy" in refusal("compile_messages")


def test_a_catalogue_that_cannot_be_read_is_named_with_its_line(project):
    path = catalogue(project, "uk")
    path.write_text(path.read_text() + "\nthis is no catalogue\n")
    line = len(path.read_text().splitlines())

    assert refusal("compile_messages").startswith(f"locale/uk/LC_MESSAGES/django.po:{line}: ")


def test_no_string_hides_in_another():
    """gettext does not look into f-strings, so what is marked there would stay English."""
    marks = {"_", "gettext", "ngettext", "pgettext", "gettext_lazy", "ngettext_lazy"}
    hidden = [
        f"{path.name}:{node.lineno}"
        for path in (settings.BASE_DIR / "advocacy").rglob("*.py")
        for string in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(string, ast.JoinedStr)
        for node in ast.walk(string)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in marks
    ]

    assert hidden == []


def test_an_unchanged_catalogue_is_not_compiled_again(project, capsys):
    call_command("compile_messages")
    capsys.readouterr()

    call_command("compile_messages")

    assert capsys.readouterr().out == ""
