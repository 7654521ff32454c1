"""How the record is shown: dates, days, marks of status and links that keep the day looked at."""

import re
from functools import lru_cache
from typing import Any

import segno
from django import template
from django.conf import settings
from django.urls import translate_url
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from advocacy.markdown import as_html
from advocacy.models import (
    IN_CONFIDENCE,
    PROPOSED,
    DatePrecision,
    Phase,
    country_name,
    known_countries,
    once_key,
)
from advocacy.models.dates import (
    machine_day,
    short_time,
    written_day,
    written_days,
    written_time,
)
from advocacy.models.page_addresses import page_address
from advocacy.models.standing import label_of_code, label_of_group, mark_of_group
from advocacy.models.withheld import is_notice
from advocacy.templatetags.words import language_name, words

register = template.Library()

register.filter("is_withheld", is_notice)
register.filter("country_name", country_name)
register.filter("time_words", written_time)
register.filter(short_time)

# Navigation

OF_COUNTRIES = ["seat_list", "seat_country"]
OF_ASKS = ["action_list", "action_detail", "organisation_list", "organisation_detail"]
OF_DECISIONS = ["decision_list", "decision_detail", "statement_list", "statement_detail"]
OF_BODIES = ["body_list", "body_detail", *OF_DECISIONS]
OF_THE_RECORD = ["about", "method", "privacy", "accessibility", "page_detail", "data"]


@register.simple_tag(takes_context=True)
def main_nav(context):
    """The sections of the site: [{label, url, current}], `current` for aria-current.

    A record that knows of no country has no section of countries.
    """
    request = context.get("request")
    name = getattr(getattr(request, "resolver_match", None), "url_name", None) or ""
    sections = [
        (_("Overview"), "overview", ["overview"]),
        (_("Issues"), "issue_list", ["issue_list", "issue_detail"]),
        (_("Bodies"), "body_list", OF_BODIES),
        (_("Asks"), "action_list", OF_ASKS),
        (_("My checklist"), "my_checklist", ["my_checklist", "pack_list", "pack_detail"]),
        *([(_("Your country"), "seat_list", OF_COUNTRIES)] if known_countries() else []),
        (_("Updates"), "update_list", ["update_list", "correction_list", "withheld_list"]),
        (_("Calendar"), "meeting_list", ["meeting_list", "meeting_detail"]),
        (_("About"), "about", OF_THE_RECORD),
    ]
    return [
        {
            "label": label,
            "url": page_address(first),
            "current": ("page" if name == first else "true") if name in names else "",
        }
        for label, first, names in sections
    ]


@register.simple_tag(takes_context=True)
def language_links(context):
    """This page in each language: [{code, name, url, absolute, is_current}].

    None where the record has but one. A page without an address of its own in each (not found,
    failed, the document of the API) leads to the overview; a preview, to the public page.
    """
    request = context.get("request")
    links: list[dict[str, Any]] = []
    if len(settings.LANGUAGES) == 1:
        return links
    for code, name in settings.LANGUAGES:
        here = request.get_full_path() if request else ""
        if preview := context.get("preview"):
            here = preview["address"]
        if getattr(request, "resolver_match", None) is None or is_in_no_language(here):
            here = page_address("overview")
        path, mark, query = here.partition("?")
        url = f"{in_language(path, code)}{mark if query else ''}{query}"
        links.append(
            {
                "code": code,
                "name": name,
                "url": url,
                "absolute": request.build_absolute_uri(url) if request else url,
                "is_current": code == get_language(),
            }
        )
    return links


def is_in_no_language(url):
    """Whether an address is the same in every language."""
    return url.split("/")[1] not in {code for code, _name in settings.LANGUAGES}


def in_language(path, code):
    """The path of a page in another language: the same pages are looked for all the time."""
    return _in_language(path, code, get_language())


@lru_cache(maxsize=2000)
def _in_language(path, code, _active):
    # Django finds a page only by its address in the language that is active.
    return translate_url(path, code)


@register.simple_tag(takes_context=True)
def record_url(context, target, **query):
    """The address of a row, or of a named page, that keeps the day the reader looks at."""
    address = page_address(target) if isinstance(target, str) else target.get_absolute_url()
    filters = context.get("filters")
    if filters and filters.as_of_day:
        query["as_of"] = filters.as_of_day.isoformat()
    query = {name: value for name, value in query.items() if value}
    if not query:
        return address
    address, hash_, place = address.partition("#")
    return f"{address}?{urlencode(query)}{hash_}{place}"


@register.simple_tag(takes_context=True)
def url_without(context, *names):
    """This page with some of its filters removed, from its first page on."""
    request = context["request"]
    query = request.GET.copy()
    for name in (*names, "page"):
        query.pop(name, None)
    return f"?{query.urlencode()}" if query else request.path


@register.simple_tag(takes_context=True)
def full_url(context, target):
    """The whole address of a row's page, to be sent to others."""
    return context["request"].build_absolute_uri(target.get_absolute_url())


@register.simple_tag(takes_context=True)
def cited_url(context, target):
    """The whole address of a row's page as of the day that is shown, for a citation."""
    address, hash_, place = full_url(context, target).partition("#")
    return f"{address}?as_of={context['as_of'].isoformat()}{hash_}{place}"


@register.filter
def markdown(text):
    """A text in Markdown as HTML (`advocacy/markdown.py`)."""
    return mark_safe(as_html(text))


@register.filter
def is_open_for(step, action):
    """Whether a step makes sense at the present status of its ask."""
    return step.is_open(action.standing.status)


@register.simple_tag
def qr(address, label):
    """A QR code of an address, as an image that can be read aloud."""
    svg = segno.make(address, micro=False, error="m").svg_inline(border=2, omitsize=True)
    code = '<span class="qr-code" role="img" aria-label="{}">{}</span>'
    return format_html(code, label, mark_safe(svg))


@register.simple_tag
def source_link(source, *, new_tab=False, by_publisher=False):
    """The title of a source as its link; a copy, and what has no address any more, is only named.

    Wherever a source is linked it is linked by this; in short by its publisher. Its title says in
    which language it can be read, if that is not the page's.
    """
    name = words(source, "publisher" if by_publisher else "title")
    note = ""
    if not by_publisher and source.language and source.language != get_language():
        language = _("in %(language)s") % {"language": language_name(source.language)}
        note = format_html(' <span class="in-language">({})</span>', language)
    if source.is_weak or source.is_address_withheld:
        return format_html("{}{}", name, note)
    tab = mark_safe(' target="_blank" rel="noopener noreferrer"') if new_tab else ""
    warning = f" ({source.warning})" if source.warning else ""
    link = '<a href="{}" hreflang="{}"{}>{}{}</a>{}'
    return format_html(link, source.url, source.language, tab, name, warning, note)


@register.filter
def caveats(source):
    """What has to be said beside a source, to follow its name in a line."""
    return "".join(f"; {caveat}" for caveat in source.caveats)


@register.filter
def first_strong(sources):
    """The first source that somebody opened, else the first that is no copy, or None."""
    strong = [source for source in sources or [] if not source.is_weak]
    return next((source for source in strong if source.was_read), strong[0] if strong else None)


@register.filter
def at_key(mapping, key):
    return mapping.get(key, []) if mapping else []


@register.filter
def times(number, factor):
    return number * factor


@register.filter
def from_top(height, ground):
    """Where a bar of this height starts that stands on the ground."""
    return ground - height


@register.filter
def labels(statuses):
    """The words of statuses and phases, separated by commas."""
    return ", ".join(label_of_code(code) for code in statuses)


# Words


@register.simple_tag
def day(date, precision=DatePrecision.DAY, style="long"):
    """A date written out, as far as it is known: 16 December 2024, December 2024, 2024."""
    if not date:
        return ""
    return _time(machine_day(date, precision), written_day(date, precision, style))


@lru_cache(maxsize=10_000)
def _time(machine, written):
    return format_html('<time datetime="{}">{}</time>', machine, written)


@register.simple_tag
def day_text(date, precision=DatePrecision.DAY, style="long"):
    """The same without markup, for mail and pictures."""
    return written_day(date, precision, style)


@register.filter
def days(number):
    return written_days(number)


@register.filter
def lines(text):
    return [line.strip() for line in text.splitlines() if line.strip()]


# Marks


@register.simple_tag
def reference(ask):
    """The number of an ask, which says what it is."""
    abbreviation = '<abbr class="reference" title="{}">{}</abbr>'
    return format_html(abbreviation, _("the number of this ask in the record"), ask.reference)


@register.filter
def by_number(rows):
    """Rows by their titles, numbers in them as numbers: article 7 stands before article 12."""

    def parts(row):
        return [int(p) if p.isdigit() else p for p in re.split(r"([0-9]+)", row.title)]

    return sorted(rows, key=parts)


@register.simple_tag
def status_mark(shown):
    """The symbol and the words of a standing, of an entry or of a group of asks."""
    return _mark(str(shown.mark), shown.label)


@register.simple_tag
def phase_mark(phase):
    return _mark(str(phase), label_of_group(phase))


@lru_cache(maxsize=2000)
def _mark(mark, label):
    """Without a template: every page has dozens, and all of them few different ones."""
    if not mark:
        return format_html('<span class="status"><span>{}</span></span>', label)
    symbol = '<svg aria-hidden="true"><use href="#mark-{}"></use></svg>'
    whole = f'<span class="status" data-phase="{{}}">{symbol} <span>{{}}</span></span>'
    return format_html(whole, mark, mark, label)


@register.inclusion_tag("includes/_phase_strip.html", takes_context=True)
def phase_strip(context, counts, **query):
    """How many asks stand in each phase, as a strip and in words that lead to those asks.

    `counts` is {what `counted_as` says: number}; `query` narrows the links (issue=…, body=…). What
    nobody was asked has no part in the strip, and stands beside it.
    """
    total = number_asked(counts)
    offset, parts = 0.0, []
    for group in [*Phase.values, IN_CONFIDENCE]:
        number = counts.get(group, 0)
        if not number:
            continue
        width = 100 * number / total
        status = Phase.NO_ANSWER.value if group == IN_CONFIDENCE else group
        parts.append(
            {
                "phase": mark_of_group(group),
                "label": label_of_group(group),
                "number": number,
                "x": f"{offset:.2f}",
                "width": f"{width:.2f}",
                "url": record_url(context, "action_list", status=status, **query),
            }
        )
        offset += width
    proposed = {
        "phase": mark_of_group(PROPOSED),
        "label": label_of_group(PROPOSED),
        "number": number_proposed(counts),
        "url": record_url(context, "action_list", proposed="on", **query),
    }
    return {"parts": parts, "total": total, "proposed": proposed}


@register.filter
def number_asked(counts):
    """How many asks these counts hold, without what the editors alone propose."""
    return sum(counts.values()) - number_proposed(counts)


@register.filter
def number_proposed(counts):
    return counts.get(PROPOSED, 0)


@register.filter
def share_of(number, most):
    """The length of a bar, in percent of the longest."""
    return f"{100 * number / most:.1f}" if most else "0"


@register.simple_tag(takes_context=True)
def not_put(context, action):
    """A paragraph that says, where it is so, that nobody had put the ask to its body by the day."""
    filters = context.get("filters")
    words = action.not_put_words(filters.as_of_day if filters else None)
    return format_html('<p class="flag">{}</p>', words) if words else ""


# Forms of the desk


@register.simple_tag(name="once_key", takes_context=True)
def once_key_field(context):
    """The hidden field of a form that does its work once, however often it is sent."""
    # Off: a browser that fills in a form again would bring a key back that is used.
    field = '<input type="hidden" name="once" value="{}" autocomplete="off">'
    return format_html(field, once_key(context["request"].POST.get("once", "")))
