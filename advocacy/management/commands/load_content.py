"""Loads the record of CONTENT_DIR: safe to run at every start and after every upgrade."""

import json
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.core import serializers
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.base import DeserializationError
from django.db import transaction
from django.db.models import Model
from tqdm import tqdm

from advocacy.content_folder import LOCALE, SITE, TRANSLATIONS, catalogues_of, record_key
from advocacy.management import record_rows
from advocacy.management.content_report import (
    CHANGED,
    KEPT,
    NEW,
    SAME,
    Report,
    is_a_record,
    not_read,
)
from advocacy.management.markdown_files import FOLDERS, KINDS, texts_of
from advocacy.management.site_file import SiteFile
from advocacy.models import (
    AskRelation,
    BodyKind,
    ChecklistStep,
    ContactPoint,
    Decision,
    Event,
    Issue,
    LegalReference,
    LoadedRecord,
    Meeting,
    Organisation,
    Paragraph,
    RecommendedAction,
    SearchLog,
    SearchWords,
    Seat,
    Source,
    Statement,
    StatusUpdate,
    Submission,
    TargetBody,
    Topic,
    TreatyStatus,
    Withheld,
    roles,
)
from advocacy.models.chain import Chained
from advocacy.models.content import Content
from advocacy.models.responses import uuid_of
from advocacy.transfer.translating import bring_in

# Rows refer to rows of an earlier file only. The record comes last. Each file may be left out.
FILES = {
    "search_words.json": SearchWords,
    "topics.json": Topic,
    "organisations.json": Organisation,
    "legal_references.json": LegalReference,
    "body_kinds.json": BodyKind,
    "bodies.json": TargetBody,
    "seats.json": Seat,
    "meetings.json": Meeting,
    "contact_points.json": ContactPoint,
    "sources.json": Source,
    "treaties.json": TreatyStatus,
    "issues.json": Issue,
    "paragraphs.json": Paragraph,
    "events.json": Event,
    "actions.json": RecommendedAction,
    "relations.json": AskRelation,
    "submissions.json": Submission,
    "decisions.json": Decision,
    "statements.json": Statement,
    "checklist_steps.json": ChecklistStep,
    "search_logs.json": SearchLog,
    "status_updates.json": StatusUpdate,
}
FILE_OF: dict[type[Model], str] = {model: file for file, model in FILES.items()} | FOLDERS
# All that is read of a folder.
KNOWN = [*FILES, SITE, *FOLDERS.values(), TRANSLATIONS, LOCALE]
MOST_NAMED = 20


class Command(BaseCommand):
    help = (
        "Load the record of CONTENT_DIR in one transaction. Rows that staff have edited in the"
        " admin are left alone; entries of the record are added once and never changed."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--from",
            dest="folder",
            default=settings.CONTENT_DIR,
            help="the folder to read instead of CONTENT_DIR",
        )
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="check everything and name what would be new or changed, but save nothing",
        )

    def handle(self, *, folder, dry_run, **options):
        self.folder = folder = Path(folder)
        demand_a_record(folder)
        self.report = Report()
        rows = [row for file in FILES for row in self.read(folder, file)]
        site = SiteFile(folder)
        texts = list(texts_of(folder))
        with transaction.atomic():
            demand_its_database(folder)
            if fate := site.load():
                self.report.note(fate, SITE, site.name)
            named = self.load(rows, options["verbosity"])
            named |= self.load_texts(texts)
            notes = [note for path in catalogues_of(folder) for note in self.load_catalogue(path)]
            orphans = list(self.not_named(named))
            transaction.set_rollback(dry_run)
        lines = [*not_read(folder, KNOWN), *(self.report.lines() if dry_run else ())]
        lines += [*notes, *(f"No file names {orphan}; left as it is." for orphan in orphans)]
        outcome = "Nothing was saved (--dry-run)" if dry_run else "Content loaded"
        self.stdout.write("\n".join([*lines, f"{outcome}: {self.report.counts}."]))

    def read(self, folder, file):
        """The rows of one file as (file, row)."""
        path = folder / file
        try:
            rows = json.loads(path.read_text(encoding="utf-8-sig"))
        except FileNotFoundError:
            return []
        except ValueError as error:
            raise CommandError(f"{path} is not JSON: {error}. Nothing was saved.") from error
        label = FILES[file]._meta.label_lower
        if not isinstance(rows, list):
            raise CommandError(f"{path} must be a list of rows: […]. Nothing was saved.")
        keys = set()
        for row in rows:
            if not isinstance(row, dict) or row.get("model") != label or "fields" not in row:
                raise self.broken(file, row, f"every row needs “model”: “{label}” and “fields”")
            if (key := key_of(row)) in keys:
                raise self.broken(file, row, "the key stands twice in the file")
            keys.add(key)
        return [(file, row) for row in rows]

    def load(self, rows, verbosity):
        self.author = roles.content_author()
        named: dict[type[Model], set[int]] = {model: set() for model in FILES.values()}
        for file, row in tqdm(rows, desc="Content", unit=" rows", disable=verbosity == 0 or None):
            try:
                loaded = self.load_row(FILES[file], row)
            except (DeserializationError, ObjectDoesNotExist) as error:
                raise self.broken(file, row, f"it names something unknown: {error}") from error
            except ValidationError as error:
                raise self.broken(file, row, "; ".join(sentences(error))) from error
            except (TypeError, ValueError, KeyError, AttributeError, FieldDoesNotExist) as error:
                raise self.broken(file, row, str(error)) from error
            named[FILES[file]].add(loaded.pk)
        return named

    def load_row(self, model, row):
        if model is SearchLog:
            row["fields"]["searched_by"] = [self.author.username]
        if model is StatusUpdate:
            return self.load_update(row["fields"])
        if model is Submission:
            return self.load_submission(row["fields"])
        if model in record_rows.INNER:
            loaded, is_new = record_rows.enter(model, row["fields"], self.author)
            return self.note(NEW if is_new else SAME, loaded)
        (parsed,) = serializers.deserialize("python", [row], use_natural_foreign_keys=True)
        new = parsed.object
        assert isinstance(new, Content), "Only entries of the record are no content."
        new.begin(row["fields"])
        # Locked: what staff save meanwhile is theirs.
        old = model.objects.select_for_update().filter(pk=new.pk).first() if new.pk else None
        if old and old.edited_by_staff_at:
            return self.note(KEPT, old)
        if old and not (differs := differing(old, parsed)):
            return self.note(SAME, old)
        # The row was built from text, so Django cannot know that it may exist already.
        new._state.adding = old is None
        new.full_clean()
        many = parsed.m2m_data or {}
        related = {name: {related_pk(value) for value in values} for name, values in many.items()}
        # A new row that leaves out what it needs has none of it.
        nothing: dict[str, set[int]] = (
            {} if old else {field.name: set() for field in new._meta.many_to_many}
        )
        new.check_many(nothing | related)
        new.save()
        for name, keys in related.items():
            getattr(new, name).set(keys)
        return self.note(CHANGED, new, differs) if old else self.note(NEW, new)

    def note(self, fate, row, fields=()):
        key = getattr(row, "slug", "") or row.key
        self.report.note(fate, FILE_OF[type(row)], key, fields)
        return row

    def load_texts(self, texts):
        named: dict[type[Model], set[int]] = {kind.model: set() for kind in KINDS}
        for text in texts:
            try:
                named[text.model].add(self.load_row(text.model, text.row()).pk)
            except ValidationError as error:
                raise text.refused(error) from error
        return named

    def load_catalogue(self, path):
        """Translations of one language; what became of them, in sentences."""
        name = f"{TRANSLATIONS}/{path.name}"
        try:
            with path.open("rb") as stream:
                brought = bring_in(stream, by_staff=False)
        except ValidationError as error:
            raise CommandError(f"{name}: {'; '.join(error.messages)}. Nothing was saved.") from (
                error
            )
        counts = ", ".join(f"{number} {fate}" for fate, number in brought.fates.items() if number)
        yield f"{name}: {counts or 'nothing to load'}."
        for contexts, what in (
            (brought.unknown, "name nothing that there is to translate"),
            (brought.kept, "were left as staff edited them"),
            (brought.outdated, "are of an original that reads otherwise now"),
        ):
            if contexts:
                some = ", ".join(contexts[:MOST_NAMED])
                more = " and more" if len(contexts) > MOST_NAMED else ""
                yield f"{name}: {len(contexts)} translations {what}: {some}{more}."

    def load_update(self, fields):
        """Record an entry once; an entry that stands already must not have been rewritten."""
        related = {
            "event": Event,
            "search_log": SearchLog,
            "corrects": StatusUpdate,
            "undoes": StatusUpdate,
        }
        action, sources, fields = self.of_the_record(StatusUpdate, fields, "sources", related)
        if old := StatusUpdate.objects.filter(key=fields["key"]).first():
            return self.compared(old, action, fields, "sources", sources)
        fields["uuid"] = uuid_of(action.slug, fields["key"], fields["happened_on"])
        status = fields.pop("status", "")
        return self.note(NEW, action.enter(status, by=self.author, sources=sources, **fields))

    def load_submission(self, fields):
        """Record a submission once, as an entry."""
        related = {"source": Source, "corrects": Submission}
        action, asked_by, fields = self.of_the_record(Submission, fields, "organisations", related)
        if old := Submission.objects.filter(slug=fields["slug"]).first():
            return self.compared(old, action, fields, "organisations", asked_by)
        entered = action.enter_submission(by=self.author, organisations=asked_by, **fields)
        return self.note(NEW, entered)

    def of_the_record(self, model, fields, many, related):
        """A row of the record as (ask, what it has many of, its other fields as they are kept)."""
        fields = dict(fields)
        action = RecommendedAction.objects.get_by_natural_key(*fields.pop("action"))
        others = model._meta.get_field(many).related_model.objects
        rows = [others.get_by_natural_key(*key) for key in fields.pop(many, [])]
        for name, of_row in related.items():
            if fields.get(name):
                fields[name] = of_row._default_manager.get_by_natural_key(*fields[name])
        for field in model._meta.concrete_fields:
            if field.name in fields and not field.is_relation:
                fields[field.name] = field.to_python(fields[field.name])
        if unknown := set(fields) - {field.name for field in model._meta.concrete_fields}:
            raise KeyError(f"there is no field {', '.join(sorted(unknown))}")
        if not (fields.get("key") or fields.get("slug")):
            raise KeyError("a row of the record needs a key")
        return action, rows, fields

    def compared(self, old, action, fields, many, rows):
        """The row that stands already, which says what the fixture says."""
        # A fixture may still hold words that were withheld; they stay out.
        gone = set(Withheld.objects.of_row(old).values_list("field", flat=True))
        told = {name: value for name, value in fields.items() if name not in gone}
        differs = [name for name, value in told.items() if getattr(old, name) != value]
        if old.action != action:
            differs.append("action")
        if set(getattr(old, many).all()) != set(rows):
            differs.append(many)
        if differs:
            raise ValidationError(
                f"the record is append-only, and this entry now differs in {', '.join(differs)}:"
                " restore it and add a new entry that corrects it"
            )
        return self.note(SAME, old)

    def not_named(self, named):
        """Rows that came from a fixture once, or from elsewhere, and that no fixture names."""
        for model, pks in named.items():
            if issubclass(model, Chained):
                rows = model.objects.filter(recorded_by=self.author)
            else:
                rows = model.objects.from_fixtures()
            number = len(rows := rows.exclude(pk__in=pks)[: MOST_NAMED + 1])
            for row in rows[:MOST_NAMED]:
                yield f"{model._meta.verbose_name} “{row}”"
            if number > MOST_NAMED:
                yield f"more {model._meta.verbose_name_plural}"

    def broken(self, file, row, why):
        key = key_of(row)
        where = f" It begins at line {line}." if (line := line_of(self.folder / file, key)) else ""
        return CommandError(f"{file}, {key}: {why.removesuffix('.')}.{where} Nothing was saved.")


def demand_a_record(folder):
    """Say what a folder of a record is, before anything is read of one that is none."""
    if not is_a_record(folder, KNOWN):
        fault = "holds no file of a record" if folder.is_dir() else "is no folder"
        raise CommandError(
            f"{folder} {fault}. A record is a folder with some of these: {', '.join(KNOWN)}."
            f" Begin one with: manage.py new_record {folder}"
        )


def demand_its_database(folder):
    """Refuse to load a record beside another one, which nobody could part again."""
    key = record_key(folder)
    if (there := LoadedRecord.claim(key)) != key:
        raise CommandError(
            f"This database holds the record “{there}”, and {folder} is the record “{key}”. Two do"
            " not fit into one: give this one a database of its own, with another VAR_DIR or"
            " DATABASE_URL (`make run CONTENT=…` does so). If it is the same record, write"
            f' "record": "{there}" into {SITE}. Nothing was saved.'
        )


def line_of(path, key):
    """The line of a file on which a key first stands; None where it cannot be found."""
    written = json.dumps(key, ensure_ascii=False)
    with suppress(OSError, UnicodeDecodeError), path.open(encoding="utf-8-sig") as lines:
        return next((number for number, line in enumerate(lines, 1) if written in line), None)


def key_of(row):
    """The natural key of a row, for messages and to find doubles."""
    fields = row.get("fields") if isinstance(row, dict) else None
    if not isinstance(fields, dict):
        return str(row)[:80]
    return str(fields.get("slug") or fields.get("key") or row)[:80]


def differing(old, parsed):
    """The fields in which a stored row says something else than the file."""
    given = parsed.object
    fields = [field for field in old._meta.concrete_fields if field.name not in NOT_GIVEN]
    differs = [f.name for f in fields if getattr(old, f.attname) != getattr(given, f.attname)]
    for field, values in parsed.m2m_data.items():
        pks = set(getattr(old, field).values_list("pk", flat=True))
        if pks != {related_pk(value) for value in values}:
            differs.append(field)
    return differs


NOT_GIVEN = {
    "search_text",
    "edited_by_staff_at",
    "changed_at",
    "link_checked_at",
    "link_answer",
    "link_failures",
    "dead_since",
    # The word of an editor.
    "checked_on",
    "checked_by",
    "checked_email",
    "returned",
    "returned_on",
}


def related_pk(value):
    return getattr(value, "pk", value)


def sentences(error):
    if hasattr(error, "error_dict"):
        for field, messages in error.message_dict.items():
            for message in messages:
                yield message if field == "__all__" else f"{field}: {message}"
    else:
        yield from error.messages
