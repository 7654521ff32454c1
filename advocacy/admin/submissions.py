"""How asks were put to their bodies: the page that records it, and the list to read."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from advocacy.admin.base import ReadOnlyAdmin
from advocacy.admin.once import once
from advocacy.admin.record import may_record
from advocacy.admin.submission_forms import SubmissionAddress, SubmissionForm
from advocacy.admin.transfer import TransferMixin
from advocacy.models import RecommendedAction, Submission, SubmissionDraft
from advocacy.models.dates import written_day


def ask_url(submission):
    """Where staff read a submission, or its draft: on the page of its ask."""
    page = reverse("admin:advocacy_recommendedaction_change", args=[submission.action_id])
    return f"{page}#{submission.anchor}"


@require_http_methods(["GET", "HEAD", "POST"])
def submit(request):
    """Show the form, or take what was typed: record it, or say what is missing."""
    if not may_record(request.user):
        raise PermissionDenied
    if not request.GET:
        messages.info(request, _("Choose the ask here; its page records how it was put."))
        return redirect("admin:advocacy_recommendedaction_changelist")
    address = SubmissionAddress(request.GET)
    if not address.is_valid():
        raise Http404
    corrects = address.corrected
    if request.method != "POST" and corrects and corrects.is_corrected:
        messages.warning(request, _("This submission is already corrected: correct the newer one."))
        return redirect(ask_url(corrects.correction))
    data = request.POST if request.method == "POST" else None
    form = SubmissionForm(address.asked, by=request.user, corrects=corrects, data=data)
    if data is None:
        return form_page(request, form)
    about = [form.ask.pk, corrects and corrects.pk]
    return once(request, lambda: answer_to(request, form), about=about)


def answer_to(request, form):
    if not form.is_valid():
        return form_page(request, form)
    try:
        row = form.save()
    except ValidationError as refusal:
        form.add_error(None, refusal.messages)
        return form_page(request, form)
    return noted(request, row)


def noted(request, row):
    """Write into the history of the ask who recorded what, say it, and lead there."""
    added = {"name": str(row._meta.verbose_name), "object": str(row)}
    asks_admin().log_change(request, row.action, [{"added": added}])
    messages.success(request, said_of(row))
    return redirect(ask_url(row))


def said_of(row):
    """What became of it: a submission of the record, or a draft."""
    words = {"ask": row.action.reference}
    if isinstance(row, SubmissionDraft):
        return _("Draft for %(ask)s: it waits for a second person.") % words
    return words_for(row) % (words | {"day": written_day(row.submitted_on)})


def words_for(submission):
    if not submission.took_place:
        return _("Corrected: what was recorded for %(ask)s never took place. Both entries stay.")
    if submission.corrects:
        return _("Corrected: %(ask)s was put to its body on %(day)s. Both entries stay.")
    return _("Recorded: %(ask)s was put to its body on %(day)s.")


@require_POST
def publish(request, pk):
    """Add a draft to the record, as its second person."""
    draft = draft_of(request, pk)
    try:
        return noted(request, draft.publish(by=request.user))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect(ask_url(draft))


@require_POST
def withdraw(request, pk):
    """Leave a draft out of the record for good."""
    draft = draft_of(request, pk)
    try:
        draft.withdraw(by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("Withdrawn: the draft joins no record."))
    return redirect(ask_url(draft))


def draft_of(request, pk):
    if not may_record(request.user):
        raise PermissionDenied
    return get_object_or_404(SubmissionDraft.objects.with_related(), pk=pk)


def form_page(request, form):
    title = _("Correct a submission") if form.corrects else _("Record a submission")
    return asks_admin().desk_page(
        request,
        "submission/form.html",
        form=form,
        title=title,
        errors=form.is_bound and not form.is_valid(),
        media=asks_admin().media + form.media,
        back=reverse("admin:advocacy_recommendedaction_change", args=[form.ask.pk]),
    )


def asks_admin():
    return admin.site.get_model_admin(RecommendedAction)


@admin.register(Submission)
class SubmissionAdmin(TransferMixin, ReadOnlyAdmin):
    """All submissions, to read; one is corrected by a new one, on the page of its ask."""

    list_display = ["submitted_on", "ask", "channel", "who", "known_from", "in_force"]
    list_filter = ["channel", "is_private", "submitted_on"]
    search_fields = ["reference", "organisations__name", "organisations__abbreviation"]
    search_help_text = gettext_lazy("Words of what names it, or of an organisation.")

    def get_queryset(self, request):
        return Submission.objects.with_related().select_related("action")

    def get_search_results(self, request, queryset, search_term):
        rows, _may_repeat = super().get_search_results(request, queryset, search_term)
        # One for each organisation that holds a word is one row still.
        return rows.distinct(), False

    @admin.display(description=RecommendedAction._meta.verbose_name)
    def ask(self, submission):
        return submission.action

    @admin.display(description=gettext_lazy("organisations"))
    def who(self, submission):
        return ", ".join(o.abbreviation or o.name for o in submission.organisations.all())

    @admin.display(description=gettext_lazy("known from"))
    def known_from(self, submission):
        return submission.source.title if submission.source else _("kept private")

    @admin.display(description=gettext_lazy("counts"), boolean=True)
    def in_force(self, submission):
        return submission.counts
