"""What a link to a page shows elsewhere, how it is passed on, and where a step done leads."""

import json
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from django import template
from django.conf import settings
from django.template.defaultfilters import truncatechars
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import iri_to_uri
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from advocacy.models import Confidence, Issue, MeetingKind, RecommendedAction, in_one_language
from advocacy.models.dates import machine_day, written_day
from advocacy.models.groups import counted_words
from advocacy.templatetags.advocacy import cited_url, full_url, in_language
from advocacy.templatetags.letters import mailto

register = template.Library()

SAFE_IN_HTML = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&"}


# What a link shows of a page: its title, and a text that is shortened.
SAID = {
    "actions": ("title", "text"),
    "issues": ("title", "question"),
    "bodies": ("name", "mandate"),
    "organisations": ("name", "description"),
}
PICTURED = {"actions", "issues", "bodies"}
# What somebody is, and not a page that says something.
WHO = {"bodies", "organisations"}
LONGEST_TEXT = 200


@register.simple_tag
def shared_words(subject, kind):
    """What a link says of a page: `title` and `text`, and the `language` that both are in."""
    title, text = SAID[kind]

    def said(_states):
        return {
            "title": subject.text_of(title),
            "text": truncatechars(subject.text_of(text), LONGEST_TEXT),
        }

    made, language, _states = in_one_language(said)
    return made | {"language": language}


@register.simple_tag(takes_context=True)
def share_picture(context, subject, kind):
    """The whole address of the picture of a link, or nothing where no font can draw it."""
    if kind not in PICTURED or not context["pictures_can_be_drawn"]():
        return ""
    address = reverse("share_picture", args=[kind, subject.slug])
    return context["request"].build_absolute_uri(address)


@register.simple_tag(takes_context=True)
def whole_address(context, address):
    """An address of this site, to be asked for from elsewhere."""
    return context["request"].build_absolute_uri(address)


@register.simple_tag(takes_context=True)
def credit_line(context):
    """The line that goes with the picture of the page, made as the page is."""
    return context["credit"](context["site"])


@register.simple_tag(takes_context=True)
def as_shown(context, address):
    """The address of a file of this page, on the day and in the order that the page shows."""
    filters = context["filters"]
    asked = {"as_of": filters.as_of_day, "by": getattr(filters, "by_shown", "")}
    query = {name: str(value) for name, value in asked.items() if value}
    return f"{address}?{urlencode(query)}" if query else address


@register.simple_tag(takes_context=True)
def json_ld(context, subject, kind, said, picture):
    """What the page is, for search engines (schema.org). Data, not a script: nothing runs it.

    `said` is what `shared_words` gives.
    """
    data = {
        "@context": "https://schema.org",
        "@type": "Organization" if kind in WHO else "Article",
        "name": said["title"],
        "url": full_url(context, subject),
    }
    if said["text"]:
        data["description"] = said["text"]
    if kind not in WHO:
        data |= {"headline": said["title"], "inLanguage": said["language"]}
        data |= {"publisher": publisher_of(context)}
        if licence := context["site"].licence_link.address:
            data["license"] = licence
    if picture:
        data["image"] = picture
    return as_block(data)


@register.simple_tag(takes_context=True)
def event_ld(context: Any, meeting: Any) -> SafeString | str:
    """The same of a session whose dates are confirmed; of what is expected nothing is claimed."""
    if meeting.kind != MeetingKind.SESSION or meeting.confidence != Confidence.CONFIRMED:
        return ""

    def said(_states: Any) -> dict[str, str]:
        return {
            "title": meeting.text_of("title"),
            "text": truncatechars(meeting.text_of("what_can_be_done"), LONGEST_TEXT),
            "body": meeting.body.text_of("name"),
        }

    made, language, _states = in_one_language(said)
    body = {"@type": "Organization", "name": made["body"], "url": full_url(context, meeting.body)}
    data = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": f"{made['body']}: {made['title']}",
        "startDate": machine_day(meeting.starts_on, meeting.precision),
        "endDate": machine_day(meeting.ends_on, meeting.precision),
        "organizer": body,
        "url": full_url(context, meeting),
        "inLanguage": language,
    }
    return as_block(data | ({"description": made["text"]} if made["text"] else {}))


@register.simple_tag(takes_context=True)
def dataset_ld(context: Any, downloads: Any = ()) -> SafeString:
    """The record as data, for search engines of data sets.

    `downloads` are further forms in which it can be had, beside the feed: (path, media type).
    """
    site = context["site"]
    said = ". ".join(
        text.rstrip(".") for text in (site.text_of("subject"), site.text_of("purpose")) if text
    )
    forms = [(reverse("update_feed"), "application/atom+xml"), *downloads]
    data = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": site.name,
        "description": f"{said}.",
        "url": settings.SITE_URL + reverse("overview"),
        "inLanguage": [code for code, _name in settings.LANGUAGES],
        "isAccessibleForFree": True,
        "creator": publisher_of(context),
        "distribution": [
            {
                "@type": "DataDownload",
                "contentUrl": settings.SITE_URL + path,
                "encodingFormat": kind,
            }
            for path, kind in forms
        ],
    }
    if licence := site.licence_link.address:
        data["license"] = licence
    return as_block(data)


def as_block(data: Any) -> SafeString:
    written = json.dumps(data, ensure_ascii=False).translate(SAFE_IN_HTML)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(written))


class Canonical(NamedTuple):
    """The one address of a page, and that of the same page in each language of the record."""

    address: str
    languages: list[tuple[str, str]]


@register.simple_tag(takes_context=True)
def canonical_links(context: Any) -> Canonical | None:
    """Without filters, order or day; a page of a list keeps its number. No page found: none."""
    request = context.get("request")
    if getattr(request, "resolver_match", None) is None or context.get("preview"):
        return None
    here = iri_to_uri(request.path)
    query = f"?{request.GET.urlencode()}" if request.GET.keys() == {"page"} else ""
    codes = [code for code, _name in settings.LANGUAGES]
    languages = [(code, settings.SITE_URL + in_language(here, code) + query) for code in codes]
    return Canonical(settings.SITE_URL + here + query, languages if len(codes) > 1 else [])


def publisher_of(context):
    site = context["site"]
    logo = {"logo": full_url(context, site.logo)} if site.logo_id else {}
    return {"@type": "Organization", "name": site.publisher, **logo}


class PassingOn(NamedTuple):
    """What is passed on of a page: its words with the day they hold on, and its address."""

    title: str
    text: str
    url: str
    language: str

    @property
    def whole(self):
        return f"{self.text}\n{self.url}"

    @property
    def links(self):
        """[(name, address)]: ordinary links, which say nothing to anybody until one is opened."""
        said, both = quote(self.text, safe=""), quote(f"{self.text} {self.url}", safe="")
        return [
            ("Telegram", f"https://t.me/share/url?url={quote(self.url, safe='')}&text={said}"),
            ("Viber", f"viber://forward?text={both}"),
            ("WhatsApp", f"https://wa.me/?text={both}"),
            (gettext("E-mail"), mailto(self.whole, self.title, "")),
        ]


@register.simple_tag(takes_context=True)
def passing_on(context, subject=None):
    """What is passed on of the page of an issue, a body or an ask, or of the overview.

    It says what the page says on the day that the page shows, in its language or, where a word of
    it is missing there, all of it in that of the record. The link leads to the reader's page.
    """
    filters = context.get("filters")
    day = filters.as_of_day if filters else None
    if not subject:
        url = context["request"].build_absolute_uri(reverse("overview"))
        url += f"?as_of={day.isoformat()}" if day else ""
    else:
        url = cited_url(context, subject) if day else full_url(context, subject)
    shown = day or timezone.localdate()
    (title, text), language, _states = in_one_language(lambda _: _said(context, subject, shown))
    return PassingOn(title, text, url, language)


def _said(context, subject, day):
    if isinstance(subject, RecommendedAction):
        title = f"{subject.text_of('title')} ({subject.body.text_of('name')})"
        said = subject.standing.sentence
    elif not subject:
        title = context["site"].text_of("subject") or gettext("Who was asked, and who answered")
        said = counted_words(context["lead"]["phases"])
    else:
        title = subject.text_of("title" if isinstance(subject, Issue) else "name")
        said = counted_words(context["phases"])
    words = {"title": title.rstrip("."), "day": written_day(day), "said": said.rstrip(".")}
    return title, gettext("%(title)s. As of %(day)s: %(said)s.") % words


READER = ("audience", "minutes", "country")


@register.simple_tag(takes_context=True)
def done_address(context, step, others=()):
    """Where somebody goes who did a step: it knows the reader whom the page's filters tell of.

    `others` are the slugs of steps that are done by the same letter or deed.
    """
    form = context.get("step_filters") or context.get("filters")
    told = getattr(form, "filters", {})
    query = {name: told[name] for name in READER if told.get(name)}
    if others:
        query["step"] = ",".join(others)
    address = reverse("step_done", args=[step.slug])
    return f"{address}?{urlencode(query)}" if query else address
