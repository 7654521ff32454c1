"""All pages with an address of their own, for search engines, each in every language."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import override

from advocacy.models import (
    EVERY_RECORD_HAS,
    AskState,
    Decision,
    Issue,
    Meeting,
    Organisation,
    Pack,
    Page,
    RecommendedAction,
    Statement,
    StatusUpdate,
    Submission,
    TargetBody,
    known_countries,
)

# Rows in a file; in each language a row has an address.
MOST_ROWS = 500
# Pages that change with every entry.
OF_THE_RECORD = [
    "overview",
    "issue_list",
    "body_list",
    "action_list",
    "organisation_list",
    "decision_list",
    "statement_list",
    "update_list",
    "correction_list",
]
OTHERS = [
    "my_checklist",
    "pack_list",
    "meeting_list",
    "withheld_list",
    "follow",
    "tell",
    "data",
    *EVERY_RECORD_HAS,
]


class RecordSitemap(Sitemap[Any]):
    """Rows with pages: one file holds some of them, with the day of their last change if known."""

    limit = MOST_ROWS
    # What leads from an entry or a submission to a row, where those change its page.
    of_entries = ""

    def changes(self, rows: Iterable[Any]) -> dict[Any, datetime]:
        """When the record last said anything new on the page of each of these rows."""
        return newest(self.of_entries, rows) if self.of_entries else {}

    def key(self, row: Any) -> Any:
        return row.pk

    def get_latest_lastmod(self) -> datetime | None:
        return newest_of_all() if self.of_entries else None

    def get_urls(self, page: Any = 1, site: Any = None, protocol: Any = None) -> list[Any]:
        rows = list(self.paginator.page(page).object_list)
        changes = self.changes(rows)
        return [url for row in rows for url in self.in_each_language(row, changes)]

    def in_each_language(self, row: Any, changes: dict[Any, datetime]) -> Iterator[Any]:
        alternates = []
        for code, _name in settings.LANGUAGES:
            with override(code):
                alternates.append(
                    {"lang_code": code, "location": settings.SITE_URL + self.location(row)}
                )
        for one in alternates:
            yield {
                "item": row,
                "location": one["location"],
                "lastmod": changes.get(self.key(row)),
                "alternates": alternates if len(alternates) > 1 else [],
            }


class NamedPages(RecordSitemap):
    """Lists, and pages about the record itself."""

    def items(self) -> list[str]:
        return [*OF_THE_RECORD, *OTHERS]

    def location(self, item: str) -> str:
        return reverse(item)

    def key(self, row: str) -> str:
        return row

    def get_latest_lastmod(self) -> datetime | None:
        return newest_of_all()

    def changes(self, rows: Iterable[Any]) -> dict[Any, datetime]:
        at = newest_of_all()
        return dict.fromkeys(OF_THE_RECORD, at) if at else {}


class Issues(RecordSitemap):
    of_entries = "action__issue"

    def items(self) -> Any:
        return Issue.objects.opened().only("slug").order_by("pk")


class Bodies(RecordSitemap):
    of_entries = "action__body"

    def items(self) -> Any:
        return TargetBody.objects.only("slug").order_by("pk")


class Asks(RecordSitemap):
    of_entries = "action"

    def items(self) -> Any:
        return RecommendedAction.objects.published().only("slug").order_by("pk")


class Organisations(RecordSitemap):
    def items(self) -> Any:
        return Organisation.objects.only("slug").order_by("pk")


class Meetings(RecordSitemap):
    def items(self) -> Any:
        return Meeting.objects.only("slug", "changed_at").order_by("pk")

    def changes(self, rows: Iterable[Any]) -> dict[Any, datetime]:
        return {row.pk: row.changed_at for row in rows}


class Decisions(RecordSitemap):
    model: Any = Decision

    def items(self) -> Any:
        return self.model.objects.only("slug", "recorded_at").order_by("pk")

    def changes(self, rows: Iterable[Any]) -> dict[Any, datetime]:
        return {row.pk: row.recorded_at for row in rows}


class Statements(Decisions):
    model = Statement


class Packs(RecordSitemap):
    def items(self) -> Any:
        return Pack.objects.only("slug").order_by("pk")


class Countries(RecordSitemap):
    def items(self) -> list[str]:
        countries = known_countries()
        return ["", *sorted(countries)] if countries else []

    def key(self, row: str) -> str:
        return row

    def location(self, item: str) -> str:
        return reverse("seat_country", args=[item.lower()]) if item else reverse("seat_list")


class OwnPages(RecordSitemap):
    """Pages of the organisation's own."""

    def items(self) -> list[str]:
        pages = Page.objects.of_the_organisation().order_by("slug")
        return list(pages.values_list("slug", flat=True).distinct())

    def key(self, row: str) -> str:
        return row

    def location(self, item: str) -> str:
        return reverse("page_detail", args=[item])


SECTIONS: dict[str, Any] = {
    "pages": NamedPages,
    "issues": Issues,
    "bodies": Bodies,
    "asks": Asks,
    "organisations": Organisations,
    "meetings": Meetings,
    "decisions": Decisions,
    "statements": Statements,
    "packs": Packs,
    "countries": Countries,
    "own": OwnPages,
}


def number_of_rows() -> int:
    return sum(section().paginator.count for section in SECTIONS.values())


def newest(lookup: str, rows: Iterable[Any]) -> dict[Any, datetime]:
    """When the last entry or submission of each of some rows was recorded: {key: moment}."""
    found: dict[Any, datetime] = {}
    for model in (StatusUpdate, Submission):
        recorded = _seen(model).filter(**{f"{lookup}__in": rows}).order_by()
        for key, at in recorded.values_list(lookup).annotate(at=Max("recorded_at")):
            found[key] = max(at, found.get(key, at))
    return found


def newest_of_all() -> datetime | None:
    moments = [
        _seen(model).aggregate(at=Max("recorded_at"))["at"] for model in (StatusUpdate, Submission)
    ]
    return max((at for at in moments if at), default=None)


def _seen(model: type[StatusUpdate | Submission]) -> Any:
    """The rows of asks that everybody may see."""
    return model.objects.exclude(action__state=AskState.DRAFT)
