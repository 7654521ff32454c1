"""What was added to the record since a moment or a head of its chain: a feed to sync from."""

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db.models import Min
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import is_naive, make_aware

from advocacy.as_data import KINDS, Asked, data_by_key, envelope, kind_of
from advocacy.as_data.kinds import key_name
from advocacy.as_data.rows import fields_of
from advocacy.models import (
    Decision,
    DecisionParagraph,
    KeptTranslation,
    Link,
    Statement,
    StatementAsk,
    StatusUpdate,
    Submission,
    Withheld,
    Wording,
)
from advocacy.models.chain import read_head
from advocacy.public.api.parameters import LANG, Parameter
from advocacy.public.renderings import PER_PAGE, as_json, languages_in
from advocacy.web.problems import Problem, wrong

PARAMETERS = [
    Parameter(
        "since",
        {"type": "string"},
        "A head of the chain as an answer or a mail named it (number and hash), or a moment"
        " (ISO 8601). Without it, from the first link on.",
    ),
    LANG,
]
# How the kinds of links are called here, their rows, and when these were written.
KIND_OF = {
    "update": "entry",
    DecisionParagraph.KIND: "decision_paragraph",
    StatementAsk.KIND: "stance",
}
MADE_AT: dict[str, tuple[Any, str]] = {
    StatusUpdate.KIND: (StatusUpdate, "recorded_at"),
    Submission.KIND: (Submission, "recorded_at"),
    Decision.KIND: (Decision, "recorded_at"),
    DecisionParagraph.KIND: (DecisionParagraph, "recorded_at"),
    Statement.KIND: (Statement, "recorded_at"),
    StatementAsk.KIND: (StatementAsk, "recorded_at"),
    Wording.KIND: (Wording, "taken_at"),
    KeptTranslation.KIND: (KeptTranslation, "kept_at"),
    Withheld.KIND: (Withheld, "withheld_at"),
}
# Rows that are there as rows of the API.
AS_ROWS = {
    StatusUpdate.KIND: "entries",
    Submission.KIND: "submissions",
    Decision.KIND: "decisions",
    DecisionParagraph.KIND: "decision_paragraphs",
    Statement.KIND: "statements",
    StatementAsk.KIND: "stances",
    Withheld.KIND: "withheld",
}
MOST_LINKS = 2**62


def view(request: HttpRequest) -> HttpResponse:
    """In the order of the chain. What is not public is a link with its hashes and no more."""
    asked = Asked.today(*languages_in(request.GET))
    said = envelope(asked)
    since = request.GET.get("since", "")
    links = list(Link.objects.filter(number__gt=after(since)).order_by("number")[: PER_PAGE + 1])
    shown, more = links[:PER_PAGE], links[PER_PAGE:]
    up_to = f"{shown[-1].number}-{shown[-1].digest}" if shown else said["head"]
    return as_json(
        {
            **said,
            "since": since,
            "up_to": up_to,
            "next": next_of(request, up_to) if more else None,
            "rows": said_of(shown, asked),
        }
    )


def next_of(request: HttpRequest, up_to: str) -> str:
    query = request.GET.copy()
    query["since"] = up_to
    return f"{settings.SITE_URL}{request.path}?{query.urlencode()}"


def after(since: str) -> int:
    """The number of the link after which the changes begin."""
    if not since:
        return 0
    if moment := moment_in(since):
        return first_at(moment) - 1
    try:
        number, digest = read_head(since)
    except ValueError:
        raise Problem(
            "Give a head of the chain, or a moment.",
            errors=[wrong("since", since)],
        ) from None
    if number is None:
        links = Link.objects.filter(digest=digest)
    else:
        links = Link.objects.filter(number=min(number, MOST_LINKS), digest__startswith=digest)
    found = links.values_list("number", flat=True).first()
    if found is None:
        raise Http404
    return found


def moment_in(text: str) -> datetime | None:
    """A moment, or the beginning of a day; None where a text is neither."""
    # In an address a plus is a space.
    text = text.strip().replace(" ", "+") if "T" in text else text.strip()
    try:
        moment = parse_datetime(text)
        day = None if moment else parse_date(text)
        if day:
            moment = datetime(day.year, day.month, day.day)
        if moment is None:
            return None
        return (make_aware(moment) if is_naive(moment) else moment).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def first_at(moment: datetime) -> int:
    """The first link of a row that was written at a moment or later."""
    numbers = [MOST_LINKS]
    for kind, (model, made_at) in MADE_AT.items():
        key = model.objects.filter(**{f"{made_at}__gte": moment}).aggregate(key=Min("pk"))["key"]
        if key is not None:
            numbers += Link.objects.filter(kind=kind, key=key).values_list("number", flat=True)
    return min(numbers)


def said_of(links: list[Link], asked: Asked) -> list[dict[str, Any]]:
    keys: defaultdict[str, list[int]] = defaultdict(list)
    for link in links:
        keys[link.kind].append(link.key)
    rows: dict[str, dict[int, Any]] = {
        kind: model.objects.in_bulk(keys[kind]) for kind, (model, _at) in MADE_AT.items()
    }
    data = {
        kind: data_by_key(
            KINDS[name], KINDS[name].public(asked.day).filter(pk__in=keys[kind]), asked
        )
        for kind, name in AS_ROWS.items()
    }
    witnesses = [*rows[Wording.KIND].values(), *rows[KeptTranslation.KIND].values()]
    names = names_of(witnesses, asked)
    return [change(link, rows[link.kind].get(link.key), data, names) for link in links]


def change(link: Link, row: Any, data: Any, names: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"of": None, "row": None, "said": None}
    if link.kind in AS_ROWS:
        if said := data[link.kind].get(link.key):
            told = {"of": AS_ROWS[link.kind], "row": said["id"], "said": said}
    elif row and (named := names.get((row.of, row.row))):
        kind, name = named
        told = {"of": kind, "row": name, "said": words_in(row, kind)}
    made_at = getattr(row, MADE_AT[link.kind][1]).isoformat() if row else None
    return {
        "number": link.number,
        "hash": link.digest,
        "previous": link.previous,
        "kind": KIND_OF.get(link.kind, link.kind),
        "made_at": made_at,
        **told,
    }


def names_of(rows: list[Any], asked: Asked) -> dict[tuple[str, int], tuple[str, str]]:
    """The public rows that wordings and translations are of: {(model, key): (kind, id)}."""
    keys: defaultdict[str, set[int]] = defaultdict(set)
    for row in rows:
        keys[row.of].add(row.row)
    found: dict[tuple[str, int], tuple[str, str]] = {}
    for of, wanted in keys.items():
        if kind := kind_of(of):
            public = kind.public(asked.day).filter(pk__in=wanted)
            key = key_name(kind.model)
            found |= {
                (of, pk): (kind.name, str(name)) for pk, name in public.values_list("pk", key)
            }
    return found


def words_in(row: Any, name: str) -> dict[str, Any] | None:
    """What a wording or a translation says of columns that readers may see."""
    columns = fields_of(KINDS[name])
    if isinstance(row, KeptTranslation):
        if row.field not in columns:
            return None
        return {
            "field": row.field,
            "language": row.language,
            "text": row.text,
            "made_by": row.made_by,
        }
    is_weak = row.said.get("is_weak")
    return {
        field: value
        for field, value in row.said.items()
        if field in columns
        and not columns[field].is_relation
        and not (is_weak and field in ("url", "archive_url"))
    }
