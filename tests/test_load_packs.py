"""The packs of a dossier: Markdown files with a head, loaded with the rest of it."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from advocacy.management.commands.load_content import FILES
from advocacy.management.markdown_files import files_of
from advocacy.models import Issue, Pack, RecommendedAction
from tests.dossier import few_rows, rows_of

pytestmark = pytest.mark.django_db

LETTER = """\
---
title: Letter: to a minister
summary: Asks for an answer by a day.
kind: letter
who: Anyone who lives in the country.
minutes: 20
actions: {action}
meetings: {meeting}
issues: {issue}
---

## The letter

Dear [name],

please answer.
"""
STATEMENT = """\
---
title: What to say
summary: A statement for an agenda item.
kind: statement
who: Organisations with status.
minutes: 30
spoken_seconds: 90
language: uk

---
> Пане Голово, ми просимо.
"""
# The line of each name in the letter.
LINES = {"title": 2, "kind": 4, "minutes": 6, "actions": 7, "meetings": 8}


@pytest.fixture
def folder(tmp_path):
    """A few rows of the dossier, with two packs."""
    few_rows(tmp_path)
    packs = tmp_path / "packs"
    packs.mkdir()
    names = {
        name: rows_of(tmp_path, f"{name}s.json")[0]["fields"]["slug"]
        for name in ("action", "meeting", "issue")
    }
    (packs / "letter.md").write_text(LETTER.format(**names), encoding="utf-8")
    (packs / "statement.md").write_text(STATEMENT, encoding="utf-8")
    return tmp_path


def load(folder, capsys, **options):
    call_command("load_content", folder=str(folder), verbosity=0, **options)
    return capsys.readouterr().out


def rewrite(folder, old, new, name="letter.md"):
    file = folder / "packs" / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def refusal(folder):
    with pytest.raises(CommandError) as refused:
        call_command("load_content", folder=str(folder), verbosity=0)
    assert not Pack.objects.exists()
    assert not Issue.objects.exists()
    assert str(refused.value).endswith(" Nothing was saved.")
    return str(refused.value)


def test_a_file_becomes_a_pack_with_all_that_its_head_says(capsys, folder):
    load(folder, capsys)

    letter, statement = Pack.objects.order_by("slug")
    assert (letter.slug, letter.title) == ("letter", "Letter: to a minister")
    assert (letter.kind, letter.minutes, letter.language) == ("letter", 20, "en")
    assert letter.text == "## The letter\n\nDear [name],\n\nplease answer."
    (action,) = letter.actions.all()
    assert action == RecommendedAction.objects.get(
        slug=rows_of(folder, "actions.json")[0]["fields"]["slug"]
    )
    assert (letter.meetings.count(), letter.issues.count()) == (1, 1)
    assert (statement.spoken_seconds, statement.language) == (90, "uk")
    assert statement.in_original().number_spoken == 4
    assert not statement.actions.exists()


def test_new_the_same_and_changed_packs_are_counted(capsys, folder):
    first = load(folder, capsys)
    rows = sum(len(rows_of(folder, file)) for file in FILES) + 1  # and whose record it is
    assert f" {rows + 2} new, 0 changed, 0 same" in first

    assert f" 0 new, 0 changed, {rows + 2} same" in load(folder, capsys)

    rewrite(folder, "please answer", "answer")
    assert " 0 new, 1 changed, " in load(folder, capsys)
    assert Pack.objects.get(slug="letter").history.count() == 2


def test_a_line_that_is_taken_out_takes_its_relations_out(capsys, folder):
    load(folder, capsys)
    text = (folder / "packs" / "letter.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("actions:")]
    (folder / "packs" / "letter.md").write_text("\n".join(lines), encoding="utf-8")

    assert " 1 changed, " in load(folder, capsys)

    assert not Pack.objects.get(slug="letter").actions.exists()


def test_a_dry_run_saves_no_pack(capsys, folder):
    load(folder, capsys)
    Pack.objects.get(slug="letter").delete()

    report = load(folder, capsys, dry_run=True)

    assert report.startswith("New (1):\n  packs: letter\nNothing was saved (--dry-run): 1 new, ")
    assert not Pack.objects.filter(slug="letter").exists()


def test_what_staff_edited_is_kept_and_what_no_file_names_is_reported(capsys, folder):
    load(folder, capsys)
    Pack.objects.filter(slug="letter").update(
        title="As our editor wrote it", edited_by_staff_at=timezone.now()
    )
    rewrite(folder, "please answer", "answer")
    (folder / "packs" / "statement.md").unlink()

    report = load(folder, capsys)

    assert "1 kept as staff edited them" in report
    assert "No file names pack “What to say”; left as it is." in report
    assert Pack.objects.get(slug="letter").title == "As our editor wrote it"


def test_a_dossier_may_have_no_packs(capsys, folder):
    for file in files_of(folder):
        file.unlink()
    (folder / "packs").rmdir()

    assert "Content loaded" in load(folder, capsys)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("minutes: 20", "minutes: 20\nauthor: me", "line 7: “author” is no name of the head"),
        ("minutes: 20", "minutes: 20\nminutes: 30", "line 7: “minutes” stands twice in the head"),
        ("minutes: 20", "minutes 20", "line 6: a line of the head reads “name: value”"),
        ("minutes: 20", "minutes: soon", "line 6: minutes: “soon” value must be an integer."),
        ("minutes: 20", "minutes:", "line 6: minutes: "),
        ("minutes: 20", "minutes: 0", "Say how many minutes it takes: at least 1."),
        ("kind: letter", "kind: song", "line 4: kind: Value 'song' is not a valid choice."),
        ("title: Letter: to a minister", "title:", "line 2: title: This field cannot be blank."),
        ("minutes: 20\n", "", "line 9: the head lacks minutes"),
        ("actions: ", "actions: free-everybody ", "line 7: actions: the dossier has no “free-ev"),
        ("meetings: ", "meetings: hrc-1000 ", "line 8: meetings: the dossier has no “hrc-1000”"),
        ("minutes: 20", "minutes: 20\nspoken_seconds: 9", "Only a statement has seconds to speak"),
        ("## The letter", "# The letter", "line 12: text: Line 1: a heading begins with ##"),
        ("Dear [name]", "Dear \x07", "line 12: text: Line 3, character 6"),
        ("---\n", "", "line 1: a pack begins with the line --- and its head"),
        ("issues: ", "", "line 9: a line of the head reads"),
    ],
)
def test_a_broken_pack_is_refused_with_its_file_and_line(folder, old, new, message):
    rewrite(folder, old, new)

    said = refusal(folder)

    assert said.startswith("packs/letter.md")
    assert message in said


def test_a_head_without_an_end_is_refused(folder):
    file = folder / "packs" / "letter.md"
    head = file.read_text(encoding="utf-8").split("\n---\n")[0]
    file.write_text(head, encoding="utf-8")

    assert refusal(folder).startswith("packs/letter.md, line 9: no line --- ends the head")


def test_a_file_that_is_no_pack_is_not_passed_over(folder):
    (folder / "packs" / "press.txt").write_text("Dear", encoding="utf-8")
    assert refusal(folder) == (
        "packs/press.txt: the name of a pack ends in .md. Nothing was saved."
    )
    (folder / "packs" / "press.txt").unlink()
    (folder / "packs" / ".press.md.swp").write_bytes(b"\xff")
    (folder / "packs" / "My letter.md").write_text(STATEMENT, encoding="utf-8")
    assert refusal(folder).startswith("packs/My letter.md: slug: ")
    (folder / "packs" / "My letter.md").unlink()
    (folder / "packs" / "press.md").write_bytes(b"---\ntitle: \xff\n---\n")
    assert refusal(folder).startswith("packs/press.md: it is not UTF-8")


def test_a_file_of_windows_is_read_alike(capsys, folder):
    load(folder, capsys)
    file = folder / "packs" / "letter.md"
    text = file.read_text(encoding="utf-8").replace("\n", "\r\n")
    file.write_bytes(b"\xef\xbb\xbf" + text.encode())

    assert " 0 new, 0 changed, " in load(folder, capsys)
