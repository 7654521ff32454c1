"""Adds the submissions of a file to the record, which judges each of them as it does any other."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from advocacy.models import Organisation, RecommendedAction, Submission, roles
from advocacy.transfer.columns import Column, Row, blank
from advocacy.transfer.saving import Saving, Wish


class Recording(Saving):
    """Writes one by one, in the order of the file; what stands in the record is never changed."""

    def __init__(
        self, model: type[Row], columns: Mapping[str, Column], now: datetime, by: User | None
    ) -> None:
        super().__init__(model, columns, now)
        self.by = by

    def save_all(self, wishes: Sequence[Wish]) -> None:
        for wish in wishes:
            if not wish.error:
                self.fill(wish)
                with wish.refused_by_errors():
                    if wish.changed:
                        wish.row = self.record(wish)

    def record(self, wish: Wish) -> Submission:
        if not wish.is_new:
            raise ValidationError(
                _("This stands in the record, which is never changed. Correct it by a new row.")
            )
        own = wish.values.keys() - set(self.many)
        said = {self.columns[name].attname: wish.values[name] for name in own}
        ask = RecommendedAction.objects.filter(pk=said.pop("action_id", None)).first()
        if ask is None:
            raise ValidationError({"action": blank(self.columns["action"])})
        put_by = Organisation.objects.filter(pk__in=wish.values["organisations"])
        write: Callable[..., Submission] = ask.submit if self.by else ask.enter_submission
        return write(
            said.pop("submitted_on", None),
            said.pop("channel", ""),
            by=self.by or roles.content_author(),
            organisations=list(put_by),
            **said,
        )
