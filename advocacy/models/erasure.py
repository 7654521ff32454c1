"""Deletes the words of one field wherever the program keeps them."""

import shutil
from contextlib import suppress
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import OperationalError, connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext

from advocacy.models.chain import Chained, Link
from advocacy.models.enums import CopyOutcome
from advocacy.models.kept_copies import Copied
from advocacy.models.once import OnceKey
from advocacy.models.translations import KeptTranslation, Translation
from advocacy.models.withheld import Withheld
from advocacy.models.wordings import Witnessed, Wording

# Files of `VAR_DIR` that are made again when they are wanted, or that somebody sent to be tried.
# Copies of sources go with their rows.
FOLDERS = ["share", "imports", "record"]


def erase(row: Any, gone: Withheld) -> None:
    """Put the notice in the place of the words: here, in the chain, in versions and drafts.

    Call it in a transaction. Raises ValidationError where the chain does not hold there already.
    """
    overwrite_deleted()
    words = getattr(row, gone.field).strip()
    for chained, name in chained_places(row, gone.field):
        forget_salt(chained, name)
    # Past the refusals of the record: this is the one verb that may.
    stored: models.QuerySet[Any] = models.QuerySet(type(row)).filter(pk=row.pk)
    stored.update(**{gone.field: gone.notice})
    if hasattr(row, "edited_by_staff_at"):
        # A fixture that still holds the words must not bring them back.
        stored.update(edited_by_staff_at=timezone.now())
    if isinstance(row, Copied):
        row.keep_no_copy(CopyOutcome.WITHHELD)
    if isinstance(row, Witnessed):
        for wording in Wording.objects.filter(of=gone.of, row=row.pk):
            said = wording.said | {gone.field: gone.notice}
            models.QuerySet(Wording).filter(pk=wording.pk).update(said=said)
    translations = KeptTranslation.objects.of_row(gone.of, row.pk, gone.field)
    models.QuerySet(KeptTranslation).filter(pk__in=translations.values("pk")).update(
        text=gone.notice
    )
    Translation.objects.filter(of=gone.of, row=row.pk, field=gone.field).delete()
    Translation.history.filter(of=gone.of, row=row.pk, field=gone.field).delete()
    if history := getattr(type(row), "history", None):
        history.filter(**{row._meta.pk.name: row.pk}).update(**{gone.field: gone.notice})
    setattr(row, gone.field, gone.notice)
    erase_from_drafts(row, gone, words)
    erase_from_log(row, gone, words)
    OnceKey.objects.forget_content()
    cache.clear()
    transaction.on_commit(erase_files)


def chained_places(row: Any, field: str) -> list[tuple[Chained, str]]:
    """The rows of the chain that hold a field, and under which name."""
    entries = apps.get_model("advocacy", "StatusUpdate").with_hashed()
    kind = row._meta.model_name
    told = KeptTranslation.objects.of_row(kind, row.pk, field)
    places: list[tuple[Chained, str]] = [(kept, "text") for kept in told]
    match kind:
        case "statusupdate":
            places += [(entry, field) for entry in entries.filter(pk=row.pk)]
        case "searchlog":
            places += [(entry, f"search_log__{field}") for entry in entries.filter(search_log=row)]
        case "submission" | "decision" | "decisionparagraph" | "statement" | "statementask":
            places += [(row, field)]
        case "source" | "event":
            places += [(wording, field) for wording in Wording.objects.of_row(row)]
    return places


def forget_salt(chained: Chained, name: str) -> None:
    """Keep the hash of a field in its link, and nothing from which its words could be guessed."""
    link = Link.objects.get(kind=chained.KIND, key=chained.pk)
    values = chained.hashed_values()
    if link.digest != link.digest_of(values):
        raise ValidationError(
            gettext("The chain does not hold here: run verify_record before anything is withheld.")
        )
    salts, withheld = link.without_salt_of(name, values)
    models.QuerySet(Link).filter(pk=link.pk).update(salts=salts, withheld=withheld)


def erase_from_drafts(row: Any, gone: Withheld, words: str) -> None:
    """The drafts that an entry was made from, or that correct it; and the same words in others."""
    if gone.of == "submission":
        for draft in row.action.submission_drafts.all():
            for name, value in draft.said.items():
                if isinstance(value, str) and value.strip() == words:
                    draft.said[name] = gone.notice
            draft.save(update_fields=["said"])
    if gone.of != "statusupdate":
        return
    drafts = apps.get_model("advocacy", "Draft").objects
    made_from = set(drafts.made_from(row).values_list("pk", flat=True))
    for draft in drafts.filter(action=row.action_id):
        for name, value in draft.entry.items():
            if (isinstance(value, str) and value.strip() == words) or (
                draft.pk in made_from and name == gone.field
            ):
                draft.entry[name] = gone.notice
        draft.later_reason = draft.later_reason.replace(words, gone.notice)
        draft.remark = draft.remark.replace(words, gone.notice)
        draft.save(update_fields=["entry", "later_reason", "remark"])


def erase_from_log(row: Any, gone: Withheld, words: str) -> None:
    """What staff did to the row stays in the log, under its name without the words."""
    kind = ContentType.objects.get_for_model(row)
    for done in LogEntry.objects.filter(content_type=kind, object_id=str(row.pk)):
        done.object_repr = str(row)[:200]
        done.change_message = done.change_message.replace(words, gone.notice)
        done.save(update_fields=["object_repr", "change_message"])


def overwrite_deleted() -> None:
    """Have SQLite write zeros over what it deletes; on PostgreSQL that is done by VACUUM."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")


def erase_files() -> None:
    for folder in FOLDERS:
        shutil.rmtree(settings.VAR_DIR / folder, ignore_errors=True)
    if connection.vendor == "sqlite":
        # What was written lately lies beside the database until then. Where somebody reads just
        # now, a restart does it (docs/operations.md).
        with suppress(OperationalError), connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
