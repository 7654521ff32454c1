"""Adds the rows of a file to the record, which judges each of them as it does any other."""

from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from advocacy.models import RecommendedAction, StatusUpdate, Submission
from advocacy.models.chain import Chained
from advocacy.models.responses import uuid_of
from advocacy.transfer.columns import blank, is_needed, other_rows
from advocacy.transfer.saving import Saving, Wish


class Recording(Saving):
    """Writes one by one, in the order of the file; what stands in the record is never changed."""

    def save_all(self, wishes: Sequence[Wish]) -> None:
        for wish in wishes:
            if not wish.error:
                self.fill(wish)
                with wish.refused_by_errors():
                    if wish.changed:
                        wish.row = self.record(wish)

    def record(self, wish: Wish) -> Chained:
        if not wish.is_new:
            raise ValidationError(
                _("This stands in the record, which is never changed. Correct it by a new row.")
            )
        needed = [column for column in self.columns.values() if is_needed(column)]
        if missing := {c.name: blank(c) for c in needed if c.name not in wish.values}:
            raise ValidationError(missing)
        said = {
            column.attname: wish.values[name]
            for name, column in self.columns.items()
            if name in wish.values and not column.many_to_many
        }
        said |= {
            name: list(other_rows(self.columns[name]).filter(pk__in=wish.values.get(name, ())))
            for name in self.many
        }
        ask = RecommendedAction.objects.get(pk=said.pop("action_id"))
        # At the command line nobody is signed in, and whoever reaches it may.
        verbs = BY_STAFF if self.by else BY_ANYBODY
        return verbs[self.model](ask, by=self.author, **said)


def submit(ask: RecommendedAction, **said: Any) -> Submission:
    return ask.submit(said.pop("submitted_on"), said.pop("channel"), **said)


def enter_submission(ask: RecommendedAction, **said: Any) -> Submission:
    return ask.enter_submission(said.pop("submitted_on"), said.pop("channel"), **said)


def record_entry(ask: RecommendedAction, **said: Any) -> StatusUpdate:
    return ask.record_response(said.pop("status", ""), **identified(ask, said))


def enter(ask: RecommendedAction, **said: Any) -> StatusUpdate:
    return ask.enter(said.pop("status", ""), **identified(ask, said))


def identified(ask: RecommendedAction, said: dict[str, Any]) -> dict[str, Any]:
    """With the UUID that an entry of this key has in every database."""
    return said | {"uuid": uuid_of(ask.slug, said["key"], said["happened_on"])}


type Verbs = dict[type[Chained], Callable[..., Chained]]
BY_STAFF: Verbs = {Submission: submit, StatusUpdate: record_entry}
BY_ANYBODY: Verbs = {Submission: enter_submission, StatusUpdate: enter}
