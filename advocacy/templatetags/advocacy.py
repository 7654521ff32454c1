"""How the record is shown: dates, days, marks of status and links that keep the day looked at."""

import json
import re
from urllib.parse import quote

import segno
from babel import Locale
from django import template
from django.conf import settings
from django.urls import reverse, translate_url
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from advocacy.models import IN_CONFIDENCE, DatePrecision, Phase, once_key
from advocacy.models.dates import locale, machine_day, written_day, written_days
from advocacy.models.standing import grouped, label_of_code, label_of_group

register = template.Library()

# Windows hands no longer address to a mail program; static/js/compose.js keeps to the same.
LONGEST_MAILTO = 2000
MAILTO_SAFE = "!*'()"
SAFE_IN_HTML = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&"}

# Navigation


@register.simple_tag(takes_context=True)
def main_nav(context):
    """The sections of the site: [{label, url, current}], `current` for aria-current."""
    request = context.get("request")
    name = getattr(getattr(request, "resolver_match", None), "url_name", None) or ""
    sections = [
        (_("Overview"), "overview", ["overview"]),
        (_("Issues"), "issue_list", ["issue_list", "issue_detail"]),
        (_("Bodies"), "body_list", ["body_list", "body_detail"]),
        (_("Actions"), "action_list", ["action_list", "action_detail"]),
        (_("My checklist"), "my_checklist", ["my_checklist"]),
        (_("Your country"), "seat_list", ["seat_list", "seat_country"]),
        (_("Updates"), "update_list", ["update_list", "correction_list"]),
        (_("Calendar"), "meeting_list", ["meeting_list"]),
        (_("About"), "about", ["about", "method", "privacy", "accessibility"]),
    ]
    return [
        {
            "label": label,
            "url": reverse(first),
            "current": ("page" if name == first else "true") if name in names else "",
        }
        for label, first, names in sections
    ]


@register.simple_tag(takes_context=True)
def language_links(context):
    """This page in each language: [{code, name, url, absolute, is_current}].

    A page without an address of its own (not found, failed) leads to the overview; a preview, to
    the public page.
    """
    request = context.get("request")
    links = []
    for code, _name in settings.LANGUAGES:
        here = request.get_full_path() if request else ""
        if preview := context.get("preview"):
            here = preview["address"]
        url = translate_url(here, code)
        if getattr(request, "resolver_match", None) is None:
            url = translate_url(reverse("overview"), code)
        links.append(
            {
                "code": code,
                "name": get_language_info(code)["name_local"],
                "url": url,
                "absolute": request.build_absolute_uri(url) if request else url,
                "is_current": code == get_language(),
            }
        )
    return links


@register.simple_tag(takes_context=True)
def record_url(context, target, **query):
    """The address of a row, or of a named page, that keeps the day the reader looks at."""
    address = reverse(target) if isinstance(target, str) else target.get_absolute_url()
    address, hash_, place = address.partition("#")
    filters = context.get("filters")
    if filters and filters.as_of_day:
        query["as_of"] = filters.as_of_day.isoformat()
    query = {name: value for name, value in query.items() if value}
    return f"{address}{'?' if query else ''}{urlencode(query)}{hash_}{place}"


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


@register.filter
def mailto(text, subject):
    """A `mailto:` address that opens a mail program with this subject and text (RFC 6068).

    Too long a text is left out, as mail programs cut such addresses or refuse them.
    """
    subject = re.sub(r"[\t\n\r ]+", " ", subject).strip(" ")
    lines = re.sub(r"\r\n|\r|\n", "\r\n", text)
    start = f"mailto:?subject={quote(subject, safe=MAILTO_SAFE)}"
    whole = f"{start}&body={quote(lines, safe=MAILTO_SAFE)}"
    return whole if len(whole) <= LONGEST_MAILTO else start


@register.filter
def is_open_for(step, action):
    """Whether a step makes sense at the present status of its ask."""
    return step.is_open(action.standing.status)


@register.simple_tag(takes_context=True)
def share_picture(context, subject, kind):
    """The whole address of the picture of a link, or nothing where no font can draw it."""
    if not context["pictures_can_be_drawn"]():
        return ""
    address = reverse("share_picture", args=[kind, subject.slug])
    return context["request"].build_absolute_uri(address)


@register.simple_tag(takes_context=True)
def json_ld(context, subject, kind, title, text, picture):
    """What the page is, for search engines (schema.org). Data, not a script: nothing runs it."""
    data = {
        "@context": "https://schema.org",
        "@type": "Organization" if kind == "bodies" else "Article",
        "name": title,
        "description": text,
        "url": full_url(context, subject),
    }
    if kind != "bodies":
        data |= {"headline": title, "inLanguage": get_language()}
        data["license"] = "https://creativecommons.org/licenses/by/4.0/"
        data["publisher"] = {"@type": "Organization", "name": "Answerable"}
    if picture:
        data["image"] = picture
    written = json.dumps(data, ensure_ascii=False).translate(SAFE_IN_HTML)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(written))


@register.simple_tag
def qr(address, label):
    """A QR code of an address, as an image that can be read aloud."""
    svg = segno.make(address, micro=False, error="m").svg_inline(border=2, omitsize=True)
    code = '<span class="qr-code" role="img" aria-label="{}">{}</span>'
    return format_html(code, label, mark_safe(svg))


@register.filter
def first_strong(sources):
    """The first source that is not weak, or None."""
    return next((source for source in sources or [] if not source.is_weak), None)


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


@register.simple_tag(takes_context=True)
def wording(context, step):
    """The text of a step with what is known filled in: its page, and the country chosen.

    The wording is in English, so the country is named in English in it.
    """
    text = step.wording.replace("[link to this page]", full_url(context, step.action))
    if country := context.get("country"):
        name = Locale("en").territories[country]
        text = text.replace("[your country]", name).replace("[Your country]", name)
    return text


# Words


@register.simple_tag
def day(date, precision=DatePrecision.DAY, style="long"):
    """A date written out, as far as it is known: 16 December 2024, December 2024, 2024."""
    if not date:
        return ""
    return format_html(
        '<time datetime="{}">{}</time>',
        machine_day(date, precision),
        written_day(date, precision, style),
    )


@register.simple_tag
def day_text(date, precision=DatePrecision.DAY):
    """The same without markup, for mail."""
    return written_day(date, precision)


@register.filter
def days(number):
    return written_days(number)


@register.filter
def country_name(code):
    """The name of a country in the reader's language; what is not a code stays as it is."""
    return locale().territories.get(code, code)


@register.filter
def lines(text):
    return [line.strip() for line in text.splitlines() if line.strip()]


# Marks


@register.inclusion_tag("includes/_status.html")
def status_mark(shown):
    """The symbol and the words of a standing, of an entry or of a group of asks."""
    return {"mark": shown.mark, "label": shown.label}


@register.inclusion_tag("includes/_status.html")
def phase_mark(phase):
    return {"mark": phase, "label": label_of_group(phase)}


@register.inclusion_tag("includes/_phase_strip.html", takes_context=True)
def phase_strip(context, counts, **query):
    """How many asks stand in each phase, as a strip and in words that lead to those asks.

    `counts` is {Phase or IN_CONFIDENCE: number}; `query` narrows the links (issue=…, body=…).
    """
    groups = [(phase.value, phase, label_of_group(phase)) for phase in Phase]
    groups.append((IN_CONFIDENCE, Phase.UNKNOWN, label_of_group(IN_CONFIDENCE)))
    total = sum(counts.values())
    offset, parts = 0, []
    for group, look, label in groups:
        number = counts.get(group, 0)
        if not number:
            continue
        width = 100 * number / total
        status = Phase.NO_ANSWER.value if group == IN_CONFIDENCE else group
        parts.append(
            {
                "phase": look.value,
                "label": label,
                "number": number,
                "x": f"{offset:.2f}",
                "width": f"{width:.2f}",
                "url": record_url(context, "action_list", status=status, **query),
            }
        )
        offset += width
    return {"parts": parts, "total": total}


@register.filter
def total(counts):
    return sum(counts.values())


@register.filter
def share_of(number, most):
    """The length of a bar, in percent of the longest."""
    return f"{100 * number / most:.1f}" if most else "0"


@register.filter
def by_status(actions):
    """The asks of one cell of the matrix, a group for each status; see `standing.grouped`."""
    return grouped(action.standing for action in actions)


# Forms of the desk


@register.simple_tag(name="once_key", takes_context=True)
def once_key_field(context):
    """The hidden field of a form that does its work once, however often it is sent."""
    # Off: a browser that fills in a form again would bring a key back that is used.
    field = '<input type="hidden" name="once" value="{}" autocomplete="off">'
    return format_html(field, once_key(context["request"].POST.get("once", "")))
