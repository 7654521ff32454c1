"""The desk: the first page of staff, with what to do next."""

from functools import update_wrapper
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from advocacy.admin.factors import lacks_second_factor
from advocacy.admin.first_steps import first_steps
from advocacy.models import (
    OPERATE,
    READ_REPORTS,
    TRANSLATE,
    WITHHOLD,
    ContactPoint,
    Draft,
    RecordedDraft,
    Report,
    Site,
    Source,
    SubmissionDraft,
    Withholding,
    figures,
)
from advocacy.upkeep import health


class DeskSite(AdminSite):
    index_template = "admin/advocacy/desk.html"

    def login(self, request, extra_context=None):
        """Use allauth's login: the admin's own would bypass the second factor."""
        return secure_admin_login(lambda request: redirect("admin:index"))(request)

    def admin_view(self, view, cacheable=False):
        """Send whoever needs a second factor and has none to set one up first."""
        checked = super().admin_view(view, cacheable)

        def with_second_factor(request, *args, **kwargs):
            leaves = request.resolver_match.url_name in ("logout", "jsi18n")
            if not leaves and lacks_second_factor(request.user):
                messages.warning(request, _("Set up a second factor first: your role needs one."))
                return redirect("mfa_activate_totp")
            return checked(request, *args, **kwargs)

        return update_wrapper(with_second_factor, checked)

    def each_context(self, request):
        site = Site.current()
        return {
            **super().each_context(request),
            "site": site,
            "site_header": site.name,
            "site_title": site.name,
            "content_folder": settings.CONTENT_DIR.name,
        }

    def index(self, request, extra_context=None):
        context = {"desk": desk_for(request.user), **(extra_context or {})}
        return super().index(request, context)


def desk_for(user):
    """The lists on the first page, limited to those that the user's role may open."""
    desk: dict[str, Any] = {}
    if user.has_perm(OPERATE):
        checks = list(health.look())
        desk["standstill"] = health.failing(checks)
        desk["cautions"] = health.cautions(checks)
    if user.has_perm("advocacy.view_recommendedaction"):
        desk["first_steps"] = first_steps(user)
        desk |= figures.record_figures() | {"meetings": figures.next_meetings()}
    if user.has_perm("advocacy.view_draft"):
        drafts = Draft.objects.waiting().with_related()
        desk["drafts"] = {"number": drafts.count(), "rows": drafts[: figures.SHOWN]}
        put = SubmissionDraft.objects.waiting().with_related()
        typed = RecordedDraft.objects.waiting().select_related("written_by")
        desk["recorded_drafts"] = {"number": typed.count(), "rows": typed[: figures.SHOWN]}
        desk["submission_drafts"] = {"number": put.count(), "rows": put[: figures.SHOWN]}
    if user.has_perm(READ_REPORTS):
        told = Report.objects.open().select_related("action")
        desk["reports"] = {"number": told.count(), "rows": told[: figures.SHOWN]}
    if user.has_perm(WITHHOLD):
        desk["withholdings"] = Withholding.objects.open()
    if user.has_perm(TRANSLATE):
        desk["translates"] = len(settings.LANGUAGES) > 1
    if user.has_perm("advocacy.view_edition"):
        desk["mailings"] = figures.mailings()
        desk["paused"] = [edition for edition in desk["mailings"] if edition.is_paused]
    if user.has_perm("advocacy.view_contactpoint"):
        due = ContactPoint.objects.to_check()
        desk["contacts"] = {"number": due.count(), "rows": due[: figures.SHOWN]}
    if user.has_perm("advocacy.view_source"):
        dead = Source.objects.dead()
        desk["dead"] = {
            "number": dead.count(),
            "rows": dead[: figures.SHOWN],
            "tried": Source.objects.filter(link_checked_at__isnull=False).exists(),
            "are_tried": settings.LINK_CHECKS,
        }
    return desk
