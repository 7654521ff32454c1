"""Adds the rows of a file to the record, which judges each of them as it does any other."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from advocacy.models import RecommendedAction, StatusUpdate, Submission
from advocacy.models.chain import Chained
from advocacy.models.evidence import LATER_REASON
from advocacy.models.recorded import Noted
from advocacy.models.responses import uuid_of
from advocacy.transfer.columns import blank, is_needed, other_rows
from advocacy.transfer.parts import States
from advocacy.transfer.saving import Saving, Wish

type Said = dict[str, Any]


class Recording(Saving):
    """Writes one by one, in the order of the file; what stands in the record is never changed."""

    def save_all(self, wishes: Sequence[Wish]) -> None:
        for wish, following in pairwise([*wishes, None]):
            assert wish, "Only the last of them is none."
            if wish.error or (wish.is_new and wish.row.pk):
                continue
            self.fill(wish)
            with wish.refused_by_errors():
                if wish.changed:
                    wish.row = self.record(wish, following)

    def record(self, wish: Wish, following: Wish | None) -> Any:
        if not wish.is_new:
            raise ValidationError(
                _("This stands in the record, which is never changed. Correct it by a new row.")
            )
        said = self.said_by(wish)
        if issubclass(self.model, Noted):
            return self.record_by_itself(said)
        ask = RecommendedAction.objects.get(pk=said.pop("action_id"))
        # At the command line nobody is signed in, and whoever reaches it may.
        verb = (BY_STAFF if self.by else BY_ANYBODY)[self.model]
        try:
            return verb(ask, by=self.author, **said)
        except ValidationError as refusal:
            if not (following and gives_reason(refusal, following)):
                raise
            later = self.said_by(following)
            row = verb(ask, by=self.author, **said, **as_later(later))
            following.row = StatusUpdate.objects.get(key=following.key)
            if following.row.corrects_id != later["corrects_id"]:
                raise
        self.fill(following)
        return row

    def record_by_itself(self, said: Said) -> Any:
        """Add a row that is of no ask: its verb takes the rows that it names, not their keys."""
        for name, column in self.columns.items():
            if isinstance(column, States):
                said[name] = column.for_the_verb(said.get(name, []))
            elif column.is_relation and not column.many_to_many and column.attname in said:
                key = said.pop(column.attname)
                said[name] = other_rows(column).filter(pk=key).first()
        rows = self.model._default_manager
        return (rows.record if self.by else rows.enter)(by=self.author, **said)

    def stored(self, row: Any, name: str) -> Any:
        column = self.columns[name]
        return column.said_by(row) if isinstance(column, States) else super().stored(row, name)

    def said_by(self, wish: Wish) -> Said:
        """What a row says, as the verbs of the record take it."""
        needed = [column for column in self.columns.values() if is_needed(column)]
        if missing := {c.name: blank(c) for c in needed if c.name not in wish.values}:
            raise ValidationError(missing)
        said = {
            column.attname: wish.values[name]
            for name, column in self.columns.items()
            if name in wish.values and not column.many_to_many
        }
        for name in self.many:
            rows = other_rows(self.columns[name])
            said[name] = list(rows.filter(pk__in=wish.values.get(name, ())))
        if self.model is StatusUpdate:
            ask = RecommendedAction.objects.get(pk=said["action_id"])
            # A look has no status.
            said.setdefault("status", "")
            # In every database that the file is read into it is the same entry.
            said["uuid"] = uuid_of(ask.slug, wish.key, said["happened_on"])
        return said


def gives_reason(refusal: ValidationError, following: Wish) -> bool:
    """Whether an entry was found late, and the row below it is the correction that this needs."""
    lacks_reason = [*getattr(refusal, "error_dict", ())] == [LATER_REASON]
    is_correction = following.is_new and not following.error and following.values.get("corrects")
    return bool(lacks_reason and is_correction and following.values.get("transition_reason"))


def as_later(said: Said) -> Said:
    """A correction of the entry after one found late, to be written in the same act."""
    details = {name: said[name] for name in said.keys() - {"action_id", "corrects_id"}}
    return {"later_reason": said["transition_reason"], "later_details": details}


type Verbs = dict[type[Chained], Callable[..., Any]]
BY_STAFF: Verbs = {
    Submission: RecommendedAction.submit,
    StatusUpdate: RecommendedAction.record_response,
}
BY_ANYBODY: Verbs = {
    Submission: RecommendedAction.enter_submission,
    StatusUpdate: RecommendedAction.enter,
}
