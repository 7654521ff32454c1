"""The staff screens: Django's own admin, with one way to record a response."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from advocacy.admin import (
    actions,
    bodies,
    contact_points,
    decisions,
    drafts,
    events,
    followers,
    issues,
    mailings,
    packs,
    pages,
    people,
    relations,
    reports,
    responses,
    search_words,
    sources,
    state_news,
    statements,
    steps,
    submissions,
    this_record,
    translations,
    treaties,
    withholdings,
)

# The list of models beside every page would take the room that a record needs on a tablet.
admin.site.enable_nav_sidebar = False
admin.site.index_title = _("The record and its content")
