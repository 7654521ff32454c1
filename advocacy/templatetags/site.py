"""Whose record it is, on pages that are made without what other pages know."""

from django import template

from advocacy.models import Site

register = template.Library()


@register.simple_tag
def site_name():
    """The name of the record, on pages of another program, which has a `site` of its own."""
    return Site.current().name


@register.simple_tag
def site_as_known():
    """The record as this process read it last: a page of failure asks the database for nothing."""
    return Site.as_known()
