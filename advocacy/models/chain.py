"""The chain of the record: each entry carries the hash of the one before it.

Whoever changes or removes an entry below the program breaks the chain at that place. Whoever
rewrites all that follows changes its head, which the method page shows and anyone may note.
"""

import json
from datetime import UTC
from hashlib import sha256

from django.db import models
from django.utils.translation import gettext_lazy as _

# What of an entry is hashed. A column that is added later starts version 2: it is never slipped in.
VERSION = 1
COLUMNS = [
    "key",
    "action_id",
    "status",
    "happened_on",
    "happened_precision",
    "checked_on",
    "recorded_at",
    "recorded_by_id",
    "summary",
    "summary_uk",
    "summary_ko",
    "asserted_by",
    "verification",
    "reference",
    "quote",
    "speaker",
    "missing",
    "blocked_reason",
    "blocked_by",
    "refused_reason",
    "votes_for",
    "votes_against",
    "votes_abstained",
    "receipt_on",
    "transition_reason",
    "is_setback",
    "undoes_id",
    "approved_by_id",
    "corrects_id",
    "correction_reason",
]
# What of its evidence is hashed with it; it can no longer be changed once an entry cites it.
OF_A_SOURCE = [
    "title",
    "publisher",
    "url",
    "published_on",
    "published_precision",
    "tier",
    "is_independent",
    "is_weak",
]
OF_A_LOG = ["searched_on", "places", "terms", "gaps"]


def digest_of(entry, sources, previous):
    """The hash of an entry with its evidence and the hash before it: 64 hexadecimal digits."""
    said = {
        "version": VERSION,
        "previous": previous,
        "entry": {name: _plain(getattr(entry, name)) for name in COLUMNS},
        "sources": sorted(
            [_plain(getattr(source, name)) for name in OF_A_SOURCE] for source in sources
        ),
    }
    if entry.search_log_id:
        said["search_log"] = [_plain(getattr(entry.search_log, name)) for name in OF_A_LOG]
    return sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _plain(value):
    if hasattr(value, "tzinfo"):
        value = value.astimezone(UTC)
    return value.isoformat() if hasattr(value, "isoformat") else value


class RecordHead(models.Model):
    """The newest hash of the record and how many entries led to it. One row.

    Writers take turns at it, so that the chain cannot fork.
    """

    digest = models.CharField(_("hash"), max_length=64, blank=True)
    number = models.PositiveIntegerField(_("entries"), default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="record_head_is_one"),
        ]

    def __str__(self):
        return f"{self.number}: {self.digest}"

    @classmethod
    def held(cls):
        """The head, locked until the transaction ends."""
        cls.objects.get_or_create(pk=1)
        return cls.objects.select_for_update().get(pk=1)

    @classmethod
    def current(cls):
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    def advance(self, digest, number=1):
        self.digest = digest
        self.number += number
        self.save()
