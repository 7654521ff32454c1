"""Which record fills this database."""

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from advocacy.models.text import Line


class LoadedRecord(models.Model):
    """The key of the record whose folder was loaded here. One row, from the first load on.

    Two records in one database would be one site that tells of both, and no entry of either could
    be taken out again.
    """

    key = Line(_("key"), max_length=255)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="loaded_record_is_one"),
            models.CheckConstraint(condition=~models.Q(key=""), name="loaded_record_has_a_key"),
        ]

    def __str__(self) -> str:
        return self.key

    @classmethod
    @transaction.atomic
    def claim(cls, key: str) -> str:
        """Take the database for this record, if none has it yet; gives the key of its record."""
        cls.objects.get_or_create(pk=1, defaults={"key": key})
        return cls.objects.select_for_update().get(pk=1).key
