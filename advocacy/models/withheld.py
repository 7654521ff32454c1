"""What was withheld: words that had to go, of which since when and why is public for good.

They are gone wherever the program kept them; in their place stands a notice. The hash of each field
stays in its link, so the chain holds. Two people decide it together (`Withholding`).
"""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Self

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advocacy.models.chain import AppendOnlyQuerySet, Chained, Link, kinds
from advocacy.models.dates import written_day
from advocacy.models.text import Line, Url
from advocacy.models.wordings import Wording

# What can be withheld: {model: its fields with words}.
FIELDS = {
    "statusupdate": [
        "summary",
        "quote",
        "speaker",
        "reference",
        "missing",
        "blocked_by",
        "transition_reason",
        "correction_reason",
    ],
    "submission": ["reference", "correction_reason"],
    "decision": ["title", "note", "correction_reason"],
    "decisionparagraph": ["words"],
    "statement": ["forum", "office", "quote", "point", "correction_reason"],
    "statementask": ["sentence"],
    "event": ["title", "text"],
    "searchlog": ["places", "terms", "gaps"],
    "source": [
        "title",
        "publisher",
        "summary",
        "quote",
        "quote_translation",
        "url",
        "archive_url",
    ],
    "reply": ["text", "signed", "url"],
}
KINDS = {
    "statusupdate": _("entry"),
    "submission": _("submission"),
    "decision": _("decision"),
    "decisionparagraph": _("paragraph of a decision"),
    "statement": _("statement"),
    "statementask": _("stance on an ask"),
    "event": _("event"),
    "searchlog": _("search log"),
    "source": _("source"),
    "reply": _("reply"),
}


def notice_words() -> str:
    """The notice in the language of the record: it is kept in the row itself."""
    with translation.override(settings.LANGUAGE_CODE):
        return gettext("[Withheld on %(day)s: %(reason)s]")


def is_notice(text: str) -> bool:
    """Whether a text is the notice that stands where words were withheld."""
    return text.startswith(notice_words().partition("%(day)s")[0])


def model_of(kind: str) -> Any:
    return apps.get_model("advocacy", kind)


def kind_of(row: models.Model | type[models.Model]) -> str:
    return row._meta.model_name or ""


def words_of(row: models.Model) -> dict[str, str]:
    """The words of a row that could be withheld, by field; not what is withheld already."""
    gone = Withheld.objects.of_row(row).values_list("field", flat=True)
    names = [name for name in FIELDS[kind_of(row)] if name not in gone]
    return {name: words for name in names if (words := getattr(row, name))}


def anchor_of(of: str, row: int, field: str) -> str:
    """Where the page of what was withheld speaks of a field."""
    return f"withheld-{of}-{row}-{field}"


def notice_of(gone: "Withheld", row: models.Model) -> str:
    """What comes to stand in the place of the words."""
    with translation.override(settings.LANGUAGE_CODE):
        if isinstance(row._meta.get_field(gone.field), Url):
            return f"{settings.SITE_URL}{reverse('withheld_list')}#{gone.anchor}"
        day = written_day(timezone.localdate(gone.withheld_at))
        return notice_words() % {"day": day, "reason": gone.reason}


def same_words(words: str, row: models.Model) -> list[Any]:
    """Other rows in which exactly these words stand, entries first."""
    held = []
    for of, names in FIELDS.items():
        same = models.Q(*[(name, words) for name in names], _connector=models.Q.OR)
        rows = model_of(of)._base_manager.filter(same)
        held += [other for other in rows.order_by("pk") if other != row]
    return held


class WithheldQuerySet(AppendOnlyQuerySet["Withheld"]):
    def of_row(self, row: models.Model) -> Self:
        return self.filter(of=kind_of(row), row=row.pk)

    def newest(self) -> int:
        """The key of the last withholding: it changes whenever words are withheld."""
        # Asked before each message of a mailing, where building the query would cost the most.
        table = connection.ops.quote_name(self.model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT MAX(id) FROM {table}")
            return cursor.fetchone()[0] or 0

    def keep(self, row: models.Model) -> None:
        """Refuse to put other words where some were withheld."""
        if row.pk is None:
            return
        changed = [
            gone.field for gone in self.of_row(row) if getattr(row, gone.field) != gone.notice
        ]
        if changed:
            why = gettext("These words were withheld for good, so nothing else can stand here.")
            raise ValidationError(dict.fromkeys(changed, why))

    def mark(self, entries: Iterable[Any]) -> None:
        """Note at each entry when words of it or of its evidence were last withheld."""
        on: dict[Any, set[tuple[str, int | None]]] = {}
        for entry in entries:
            entry.withheld_at = None
            sources = [("source", source.pk) for source in entry.sources.all()]
            own = ("statusupdate", entry.pk), ("searchlog", entry.search_log_id)
            on[entry] = {*own, ("event", entry.event_id), *sources}
        keys = {row for rows in on.values() for _kind, row in rows if row}
        gone = self.filter(row__in=keys).order_by("pk") if keys else self.none()
        for withheld in gone:
            for entry, places in on.items():
                if (withheld.of, withheld.row) in places:
                    entry.withheld_at = withheld.withheld_at

    def breaks(self) -> Iterator[str]:
        """Where something else stands than what was withheld with two people's word, and why."""
        known = {(gone.of, gone.row, gone.field) for gone in self.all()}
        for gone in self.order_by("pk"):
            row = gone.target()
            if row is None or getattr(row, gone.field) != gone.notice:
                yield f"{gone}: something else stands there than that it was withheld."
        for link in Link.objects.exclude(withheld={}).order_by("number"):
            for place in _places_of(link):
                if place not in known:
                    of, row, field = place
                    yield f"{of} {row}, {field}: withheld past the program."


class Withheld(Chained):
    """A field whose words are gone, since when and why. Public, and as permanent as an entry."""

    KIND = "withheld"
    HASHED: ClassVar[list[str]] = [
        "of",
        "row",
        "field",
        "reason",
        "notice",
        "withheld_at",
        "proposed_by_id",
        "confirmed_by_id",
    ]

    of = Line(_("kind"), max_length=40)
    row = models.BigIntegerField(_("row"))
    field = Line(_("field"), max_length=40)
    reason = Line(_("reason"), max_length=120)
    # What stands in the place of the words; of an address, that of the page that says why.
    notice = Line(_("notice"), max_length=1000)
    withheld_at = models.DateTimeField(_("withheld at"), default=timezone.now)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = WithheldQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        base_manager_name = "objects"
        verbose_name = _("withheld field")
        verbose_name_plural = _("withheld fields")
        constraints = [
            models.UniqueConstraint(fields=["of", "row", "field"], name="withheld_once"),
            models.CheckConstraint(
                condition=~models.Q(proposed_by=models.F("confirmed_by")),
                name="withheld_by_two_people",
            ),
        ]

    def __str__(self) -> str:
        return place_name(self.of, self.row, self.field)

    def target(self) -> Any:
        return model_of(self.of)._base_manager.filter(pk=self.row).first()

    @property
    def label(self) -> str:
        """The words for the field."""
        return field_label(self.of, self.field)

    @property
    def kind(self) -> str:
        return str(KINDS[self.of])

    @property
    def anchor(self) -> str:
        return anchor_of(self.of, self.row, self.field)


def field_label(of: str, field: str) -> str:
    return str(model_of(of)._meta.get_field(field).verbose_name)


def place_name(of: str, row: int, field: str) -> str:
    """Source 12, title: without any word of it."""
    return f"{str(KINDS[of]).capitalize()} {row}, {field_label(of, field)}"


def _places_of(link: Link) -> Iterator[tuple[str, int, str]]:
    """What the withheld fields of a link are the words of: (kind, key, field)."""
    if link.kind == Wording.KIND:
        wording = Wording.objects.get(pk=link.key)
        yield from ((wording.of, wording.row, name) for name in link.withheld)
        return
    if link.kind == "translation":
        kept = model_of("kepttranslation")._base_manager.get(pk=link.key)
        yield kept.of, kept.row, kept.field
        return
    for name in link.withheld:
        field = name.removeprefix("search_log__")
        if field == name:
            yield kind_of(kinds()[link.kind]), link.key, name
        else:
            entry = model_of("statusupdate")._base_manager.get(pk=link.key)
            yield "searchlog", entry.search_log_id, field
