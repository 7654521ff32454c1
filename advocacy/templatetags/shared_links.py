"""What a link to a page shows elsewhere: its picture, and what the page is for search engines."""

import json

from django import template
from django.template.defaultfilters import truncatechars
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from advocacy.models import in_one_language
from advocacy.templatetags.advocacy import full_url

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
    written = json.dumps(data, ensure_ascii=False).translate(SAFE_IN_HTML)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(written))


def publisher_of(context):
    site = context["site"]
    logo = {"logo": full_url(context, site.logo)} if site.logo_id else {}
    return {"@type": "Organization", "name": site.publisher, **logo}
