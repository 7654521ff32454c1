from django.apps import apps
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path, re_path

from advocacy.public.calendar_file import meeting_calendar
from advocacy.public.feeds import UpdateFeed
from advocacy.public.views import (
    actions,
    bodies,
    briefs,
    checklist,
    follow,
    issues,
    meetings,
    operations,
    overview,
    packs,
    pages,
    seats,
    share,
    updates,
)

urlpatterns = [
    *([path("anymail/", include("anymail.urls"))] if apps.is_installed("anymail") else []),
    path("admin/account/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("healthz", operations.healthz, name="healthz"),
    path("readyz", operations.readyz, name="readyz"),
    path("robots.txt", operations.robots, name="robots"),
    *i18n_patterns(
        path("", overview.overview, name="overview"),
        path("issues/", issues.issue_list, name="issue_list"),
        path("issues/<slug:slug>/", issues.issue_detail, name="issue_detail"),
        path("bodies/", bodies.body_list, name="body_list"),
        path("issues/<slug:slug>/brief/", briefs.issue_brief, name="issue_brief"),
        path("bodies/<slug:slug>/brief/", briefs.body_brief, name="body_brief"),
        re_path(
            r"^(?P<kind>issues|bodies|actions)/(?P<slug>[-\w]+)/share\.png$",
            share.picture,
            name="share_picture",
        ),
        path("bodies/<slug:slug>/", bodies.body_detail, name="body_detail"),
        path("actions/", actions.action_list, name="action_list"),
        path("actions/<slug:slug>/", actions.action_detail, name="action_detail"),
        path("updates/", updates.update_list, name="update_list"),
        path("updates.atom", UpdateFeed(), name="update_feed"),
        path("updates/corrections/", updates.correction_list, name="correction_list"),
        path("updates/withheld/", updates.withheld_list, name="withheld_list"),
        path("checklist/", checklist.my_checklist, name="my_checklist"),
        path("checklist/sheet/", checklist.sheet, name="checklist_sheet"),
        path("checklist/<slug:slug>/done/", checklist.step_done, name="step_done"),
        path("packs/", packs.pack_list, name="pack_list"),
        path("packs/<slug:slug>/", packs.pack_detail, name="pack_detail"),
        path("packs/<slug:slug>.txt", packs.pack_text, name="pack_text"),
        path("seats/", seats.seat_list, name="seat_list"),
        path("seats/<str:country>/", seats.seat_country, name="seat_country"),
        path("calendar/", meetings.meeting_list, name="meeting_list"),
        path("follow/", follow.follow, name="follow"),
        path("follow/sent/", follow.sent, name="follow_sent"),
        path("follow/<str:token>/", follow.by_token, name="follow_token"),
        path("follow/<str:token>/leave/", follow.leave, name="follow_leave"),
        path("follow/<str:token>/data.json", follow.personal_data, name="follow_data"),
        path("follow/<str:token>/delete/", follow.delete, name="follow_delete"),
        path("calendar.ics", meeting_calendar, name="meeting_calendar"),
        path("about/", pages.about, name="about"),
        path("about/method/", pages.method, name="method"),
        path("about/privacy/", pages.privacy, name="privacy"),
        path("about/accessibility/", pages.accessibility, name="accessibility"),
        path("about/<slug:slug>/", pages.page_detail, name="page_detail"),
    ),
]
