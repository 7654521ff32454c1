"""What others show of the record on pages of theirs: frames and badges, and the code for them."""

from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import F
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext

from advocacy.models import Issue, Organisation, RecommendedAction, Site, TargetBody
from advocacy.public.share import drawing

# More stand on the page that an embed leads to.
MOST_ROWS = 6
FIELD = {"issues": "title", "bodies": "name", "actions": "title"}
# How high a frame is that shows most of what is in it: it cannot make itself fit without a script.
HEIGHTS = {"issues": 520, "bodies": 520, "actions": 340, "silence": 560}


class Code(NamedTuple):
    """What somebody pastes into a page of theirs, and where it leads."""

    name: str
    # Whether it is a frame, or the picture of a badge.
    is_frame: bool
    # The path here, to show it; its page has the whole address.
    path: str
    height: int
    html: str


def address_of(kind: str, row: Any = None, *, via: Organisation | None = None) -> str:
    """The path of an embed, which names its language; `row` may be missing for the silence."""
    if kind == "silence" and row is None:
        path = reverse("embed_silence")
    elif kind == "silence":
        path = reverse("embed_silence_of", args=[kind_of(row), row.slug])
    else:
        path = reverse("embed", args=[kind, row.slug])
    query = {"lang": get_language() or settings.LANGUAGE_CODE}
    return f"{path}?{urlencode(query | ({'via': via.slug} if via else {}))}"


def kind_of(row: Any) -> str:
    match row:
        case RecommendedAction():
            return "actions"
        case Issue():
            return "issues"
        case TargetBody():
            return "bodies"
    raise TypeError(f"Of {row!r} there is no embed.")


def name_of(row: Any) -> str:
    return row.text_of(FIELD[kind_of(row)]) if row else ""


def frame(kind: str, row: Any = None, *, via: Organisation | None = None) -> Code:
    """The code of a frame. It names no status: what is pasted does not follow the record."""
    labels = {
        "issues": gettext("How the asks on an issue stand"),
        "bodies": gettext("How the asks to a body stand"),
        "actions": gettext("How an ask stands"),
        "silence": gettext("The silence after each ask"),
    }
    path = address_of(kind, row, via=via)
    title = " – ".join(filter(None, [name_of(row) or labels[kind], Site.current().name]))
    html = format_html(
        '<iframe src="{}" title="{}" width="100%" height="{}" loading="lazy"'
        ' referrerpolicy="no-referrer"></iframe>',
        settings.SITE_URL + path,
        title,
        HEIGHTS[kind],
    )
    return Code(labels[kind], True, path, HEIGHTS[kind], html)


def badge(row: Any, form: str = "svg") -> Code:
    """The code of a badge, which leads to the page that it speaks of."""
    kind = kind_of(row)
    path = reverse("embed_badge", args=[kind, row.slug, form])
    path += "?" + urlencode({"lang": get_language() or settings.LANGUAGE_CODE})
    name = row.reference if kind == "actions" else name_of(row)
    html = format_html(
        '<a href="{}"><img src="{}" alt="{}"></a>',
        settings.SITE_URL + row.get_absolute_url(),
        settings.SITE_URL + path,
        gettext("%(name)s: how it stands today, on %(site)s")
        % {"name": name, "site": Site.current().name},
    )
    called = gettext("Badge (SVG)") if form == "svg" else gettext("Badge (PNG)")
    return Code(called, False, path, 0, html)


def codes_of(row: Any = None, *, via: Organisation | None = None) -> list[Code]:
    """All that there is of an issue, a body or an ask; of none of them, the silence of them all."""
    if row is None:
        return [frame("silence", via=via)]
    kind = kind_of(row)
    codes = [frame(kind, row, via=via)]
    if kind != "actions":
        codes.append(frame("silence", row, via=via))
    if kind != "issues":
        forms = ["svg", *(["png"] if drawing.is_possible() else [])]
        codes += [badge(row, form) for form in forms]
    return codes


def asks_of(row: Any, day: Any) -> tuple[list[RecommendedAction], bool]:
    """The first asks of an issue or to a body as its page has them, and whether there are more."""
    asks = row.asks if isinstance(row, Issue) else RecommendedAction.objects.filter(body=row)
    asks = asks.published(day).with_status(day).with_related()
    asks = list(asks.order_by(F("asked_on").asc(nulls_last=True), "reference")[: MOST_ROWS + 1])
    return asks[:MOST_ROWS], len(asks) > MOST_ROWS
