"""Translations of the record as catalogues (PO): out, into an editor of catalogues, and back."""

from contextlib import suppress
from io import BytesIO, StringIO
from typing import NamedTuple

import pytest
from babel.messages.pofile import read_po, write_po
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advocacy.models import Maker, Told, Translation, TranslationState, make_groups
from advocacy.models.translated import digest_of
from advocacy.text import NOT_CARRIED
from advocacy.transfer.catalogues import wording_of, write_catalogue
from advocacy.transfer.translating import bring_in
from tests.factories import make_issue, make_source, make_user
from tests.running import ROOT

pytestmark = pytest.mark.django_db

S = TranslationState


def tell(row, field, text, made_by=Maker.PERSON, **told):
    Translation.objects.put([Told(row, field, "uk", text, made_by, **told)], by_staff=False)
    return Translation.objects.get(row=row.pk, field=field, language="uk")


def catalogue_of(*rows, only=None):
    texts = [(row, field) for row in rows for field in row.TRANSLATED if getattr(row, field)]
    return write_catalogue("uk", texts, only=only)


def take(catalogue, **how):
    return bring_in(BytesIO(catalogue), **{"by_staff": True, **how})


def edited(catalogue, edit):
    """What an editor of catalogues writes after somebody changed a message."""
    read = read_po(BytesIO(catalogue))
    for message in read:
        if message.id:
            edit(message)
    stream = BytesIO()
    write_po(stream, read)
    return stream.getvalue()


class Shown(NamedTuple):
    text: str
    language: str
    state: TranslationState | None


def shown(row, field="title"):
    told = type(row).objects.get(pk=row.pk).shown(field, "uk")
    return Shown(told.text, told.language, told.state)


WORDS = st.text(
    st.one_of(
        st.sampled_from([*"\"\\\n\t %{}#~'", "\u2028", "\x85", "😀", "é", "북", "\u00a0"]),
        st.characters(codec="utf-8"),
    ),
    min_size=1,
    max_size=60,
).filter(lambda text: text.strip() and not NOT_CARRIED.search(text))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    original=WORDS,
    text=WORDS,
    other=WORDS,
    made_by=st.sampled_from(Maker),
    name=st.sampled_from(["", "ana", "olena by night", "x" * 150]),
    is_outdated=st.booleans(),
)
def test_out_in_and_out_again_are_the_same_bytes(original, text, other, made_by, name, is_outdated):
    with transaction.atomic():
        issue = make_issue(summary=original)
        issue.refresh_from_db()
        reviewed = {"reviewed_by": name, "reviewed_at": timezone.now()} if name else {}
        made_from = digest_of(other) if is_outdated else ""
        told = tell(issue, "summary", text, made_by, original=made_from, **reviewed)
        before, said = catalogue_of(issue), told.says()
        Translation.objects.all().delete()

        brought = take(before)

        assert brought.fates["new"] == 1
        assert Translation.objects.get().says() == said
        assert catalogue_of(issue) == before
        transaction.set_rollback(True)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_file_it_is_it_is_read_or_refused_in_words(data):
    whole = b'msgid ""\nmsgstr ""\n"Language: uk\\n"\n\n'
    whole += b'msgctxt "issue/a/title"\nmsgid "a"\nmsgstr "b"\n'
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    junk = data.draw(st.binary(max_size=12) | st.sampled_from([b"msgstr[", b'"', b"#,", b"#~ "]))
    with suppress(ValidationError):
        take(whole[:start] + junk + whole[end:])


def test_a_catalogue_begins_with_what_is_known_and_no_more():
    head, _blank, _rest = catalogue_of(make_issue()).decode().partition("\n\n")

    assert head.splitlines()[1:] == [
        'msgid ""',
        'msgstr ""',
        '"Project-Id-Version: Record without a name\\n"',
        '"Language: uk\\n"',
        '"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 &&'
        ' (n%100<10 || n%100>=20) ? 1 : 2);\\n"',
        '"MIME-Version: 1.0\\n"',
        '"Content-Type: text/plain; charset=UTF-8\\n"',
        '"Content-Transfer-Encoding: 8bit\\n"',
    ]


def test_only_what_is_in_a_state():
    issue = make_issue(title="A title", question="50% of them?", summary="A summary")
    tell(issue, "title", "Назва", Maker.MACHINE)
    tell(issue, "question", "Питання", original=digest_of("Who?"))

    def contexts(only):
        found = read_po(BytesIO(catalogue_of(issue, only=only)))
        return [message.context.rpartition("/")[2] for message in found if message.id]

    assert contexts(None) == ["title", "question", "summary"]
    assert contexts(S.MISSING) == ["summary"]
    assert contexts(S.OUTDATED) == ["question"]
    assert contexts(S.TO_REVIEW) == ["title"]
    assert b"python-format" not in catalogue_of(issue)


def test_what_somebody_typed_over_a_machine_is_a_persons():
    issue = make_issue(title="A title", question="A question")
    tell(issue, "title", "Машинна", Maker.MACHINE)
    tell(issue, "question", "Машинне", Maker.MACHINE)

    def edit(message):
        if message.context.endswith("/title"):
            message.string = "Назва"

    brought = take(edited(catalogue_of(issue), edit))

    assert (brought.fates["changed"], brought.unchecked) == (1, [])
    assert shown(issue, "title") == ("Назва", "uk", S.REVIEWED)
    assert shown(issue, "question").state == S.TO_REVIEW


@pytest.mark.parametrize("language", ["uk", "ko"])
def test_what_a_machine_made_of_the_dossier_is_a_machines(language):
    """Text that was typed over, and its comments left, would be told as a person's."""
    path = ROOT / "fixtures" / "north-korea" / "translations" / f"{language}.po"
    with path.open("rb") as file:
        messages = [message for message in read_po(file) if message.id and message.string]

    assert len(messages) > 1000
    assert {comment for m in messages for comment in m.auto_comments if "made by" in comment} == {
        "made by: machine"
    }
    typed_over = [
        message.context
        for message in messages
        if f"of the wording: {wording_of(message.string)}" not in message.auto_comments
    ]
    assert typed_over == []


def test_what_is_flagged_as_fuzzy_is_not_taken_as_checked():
    issue = make_issue(title="A title")

    def edit(message):
        if message.context.endswith("/title"):
            message.string = "Здогад"
            message.flags.add("fuzzy")

    brought = take(edited(catalogue_of(issue), edit))

    assert brought.unchecked == [f"issue/{issue.slug}/title"]
    assert shown(issue) == ("Здогад", "uk", S.TO_REVIEW)


def test_an_outdated_text_whose_flag_somebody_took_away_fits_the_original():
    issue = make_issue(title="A title")
    tell(issue, "title", "Назва", original=digest_of("An older title"))
    assert shown(issue).state == S.OUTDATED
    out = catalogue_of(issue)
    take(out)
    assert shown(issue).state == S.OUTDATED

    take(edited(out, lambda message: message.flags.discard("fuzzy")))

    assert shown(issue) == ("Назва", "uk", S.REVIEWED)


def test_what_people_did_stays_unless_one_says_otherwise():
    issue = make_issue(title="A title")
    told = tell(issue, "title", "Назва", Maker.MACHINE)
    machine = catalogue_of(issue)
    Translation.objects.review([told.pk], by=make_user(username="ana"))

    # An older catalogue, which does not know of the review.
    assert take(machine).fates["same"] == 1
    assert Translation.objects.get().reviewed_by == "ana"

    def edit(message):
        message.string = message.string and "Інша назва"

    other = edited(machine, edit)
    assert take(other).kept == [f"issue/{issue.slug}/title"]
    assert shown(issue).text == "Назва"
    assert take(other, over_people=True, dry_run=True).overwritten == [f"issue/{issue.slug}/title"]
    assert shown(issue).text == "Назва"
    take(other, over_people=True)
    assert shown(issue).text == "Інша назва"


def test_a_dry_run_says_what_it_would_do_and_does_nothing():
    issue = make_issue(title="A title")
    tell(issue, "title", "Назва", Maker.MACHINE)
    out = catalogue_of(issue)
    Translation.objects.all().delete()

    brought = take(out, dry_run=True)

    assert brought.fates == {"new": 1, "changed": 0, "same": 0, "removed": 0}
    assert brought.unchecked == [f"issue/{issue.slug}/title"]
    assert not Translation.objects.exists()


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (lambda t: t.replace("Language: uk", "Language: de"), "is not read in the language “de”"),
        (lambda t: t.replace('"Language: uk\\n"\n', ""), "does not say its language"),
        (lambda t: t + "nonsense\n", "Line 17: "),
        (lambda t: t + t[t.index("msgctxt") :].replace('d "A t', 'd "My t'), "twice: issue/one/"),
        (lambda t: t.replace("Назва", "Н" * 401), "issue/one/title: It has 401 characters"),
    ],
)
def test_a_refusal_says_where_and_why_and_nothing_is_saved(broken, words):
    issue = make_issue(slug="one", title="A title")
    tell(issue, "title", "Назва")
    out = write_catalogue("uk", [(issue, "title")]).decode()
    Translation.objects.all().delete()

    with pytest.raises(ValidationError) as refused:
        take(broken(out).encode())

    assert words in " ".join(refused.value.messages)
    assert not Translation.objects.exists()


def test_obsolete_messages_are_left_out_and_unknown_ones_named():
    issue = make_issue(slug="one", title="A title")
    tell(issue, "title", "Назва")
    out = catalogue_of(issue).decode().replace("issue/one/question", "issue/gone/question")
    out = out.replace('msgid "Who will answer?"\nmsgstr ""', 'msgid "Who?"\nmsgstr "Хто?"')
    out += '\n#~ msgctxt "issue/one/summary"\n#~ msgid "What?"\n#~ msgstr "Що?"\n'

    brought = take(b"\xef\xbb\xbf" + out.encode())

    assert brought.unknown == ["issue/gone/question"]
    assert Translation.objects.count() == 1


def test_a_text_in_another_language_than_the_record_goes_out_into_the_others():
    source = make_source(title="A decree", language="uk", quote="Наказую.")

    assert b"source/" + source.key.encode() + b"/quote" in write_catalogue("en")
    assert b"/quote" not in write_catalogue("uk", only=None)
    assert b"/title" in write_catalogue("uk")


def test_the_commands(tmp_path):
    issue = make_issue(slug="one", title="A title")
    tell(issue, "title", "Назва", Maker.MACHINE)
    file = tmp_path / "uk.po"
    call_command("export_translations", "uk", output=file, verbosity=0)
    Translation.objects.all().delete()

    def run(**options):
        out = StringIO()
        call_command("import_translations", file, stdout=out, **options)
        return out.getvalue()

    said = run(dry_run=True)
    assert "issue/one/title: new\n" in said
    assert "1 texts no person has made or reviewed: they would be published at once" in said
    assert said.endswith(
        "Nothing was saved (--dry-run):"
        " 1 new, 0 changed, 0 same, 0 removed, 0 kept, 0 unknown, 0 outdated.\n"
    )
    assert not Translation.objects.exists()
    assert "Saved (uk): 1 new" in run()
    assert Translation.objects.get().edited_by_staff_at

    for words, arguments in {
        "The record is not read in xx: choose one of en, uk, ko.": ["export_translations", "xx"],
        "cannot be read: No such file": ["import_translations", tmp_path / "none.po"],
    }.items():
        with pytest.raises(CommandError, match=words):
            call_command(*arguments)
    file.write_text("nonsense")
    with pytest.raises(CommandError, match="Nothing was saved"):
        call_command("import_translations", file)


def test_a_translator_may_translate_and_nothing_else():
    make_groups()
    user = make_user()
    user.groups.add(*user.groups.model.objects.filter(name="Translator"))

    may = {name for name in user.get_all_permissions() if ".view_" not in name}
    assert may == {"advocacy.change_translation"}
