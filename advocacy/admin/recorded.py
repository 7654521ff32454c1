"""The pages that record a decision or a statement: typed, looked at, recorded once, corrected."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from advocacy.admin.decision_forms import DecisionAddress, DecisionForm
from advocacy.admin.once import once
from advocacy.admin.record import may_record
from advocacy.admin.statement_forms import StatementAddress, StatementForm
from advocacy.models import Decision, RecordedDraft, RecordedKind, Statement

FORMS: dict[str, Any] = {
    RecordedKind.DECISION: DecisionForm,
    RecordedKind.STATEMENT: StatementForm,
}
# What is never kept of what was typed: how the form was sent.
BUTTONS = {"csrfmiddlewaretoken", "once", "confirm", "back", "members", "publish", "withdraw"}


def row_url(row: Any) -> str:
    return reverse(f"admin:advocacy_{row._meta.model_name}_change", args=[row.pk])


def draft_page(draft: RecordedDraft) -> str:
    return reverse("admin:advocacy_recordeddraft", args=[draft.pk])


@require_http_methods(["GET", "HEAD", "POST"])
def record_decision(request: HttpRequest) -> HttpResponse:
    address = address_of(request, DecisionAddress)
    start = {"body": address["body"], "decided_on": address["day"]}
    form = DecisionForm(
        by=request.user,
        corrects=address["corrects"],
        start={name: value for name, value in start.items() if value},
        members=request.method != "POST" or "members" in request.POST,
        data=request.POST if request.method == "POST" else None,
    )
    return answer(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
def record_statement(request: HttpRequest) -> HttpResponse:
    address = address_of(request, StatementAddress)
    form = StatementForm(
        by=request.user,
        corrects=address["corrects"],
        ask=address["ask"],
        data=request.POST if request.method == "POST" else None,
    )
    return answer(request, form)


def address_of(request: HttpRequest, kind: Any) -> dict[str, Any]:
    if not may_record(request.user):
        raise PermissionDenied
    address = kind(request.GET)
    if not address.is_valid():
        raise Http404
    return address.cleaned_data


def answer(request: HttpRequest, form: Any) -> HttpResponse:
    """The form, a last look at what it says, or what became of it."""
    if form.corrects and form.corrects.is_corrected:
        messages.warning(request, _("This is already corrected: correct the newer one."))
        return redirect(row_url(form.corrects.correction))
    if request.method != "POST":
        return form_page(request, form)
    if "members" in request.POST or "back" in request.POST:
        return form_page(request, form, is_read=False)
    if "confirm" not in request.POST:
        return look(request, form) if form.is_valid() else form_page(request, form)
    about = [form.KIND, form.corrects and form.corrects.pk]
    return once(request, lambda: done(request, form), about=about)


def done(request: HttpRequest, form: Any) -> HttpResponse:
    if not form.is_valid():
        return form_page(request, form)
    row = form.save(kept(request.POST, form))
    if isinstance(row, RecordedDraft):
        messages.success(request, _("Draft: it waits for a second person."))
        return redirect(draft_page(row))
    return noted(request, row)


def kept(data: QueryDict, form: Any) -> dict[str, list[str]]:
    """What a draft keeps of what was typed, and what it corrects."""
    said = {name: values for name, values in data.lists() if name not in BUTTONS}
    return said | {"corrects": [str(form.corrects.pk)] if form.corrects else []}


def noted(request: HttpRequest, row: Any) -> HttpResponse:
    """Write into its history who recorded it, say so, and lead there."""
    own = admin.site.get_model_admin(type(row))
    own.log_addition(request, row, [{"added": {}}])
    if row.corrects_id:
        words = _("Corrected: both stay in the record.")
    else:
        words = _("Recorded: %(row)s.") % {"row": row}
    messages.success(request, words)
    return redirect(row_url(row))


def form_page(request: HttpRequest, form: Any, *, is_read: bool = True) -> HttpResponse:
    """The form, empty or with what was typed; with what is missing, unless nobody recorded yet."""
    own = admin.site.get_model_admin(form.MODEL)
    errors = is_read and form.is_bound and not form.is_valid()
    return own.desk_page(
        request,
        f"{form.KIND}/form.html",
        form=form,
        title=title_of(form),
        errors=errors,
        media=own.media + form.media,
        back=back_from(form),
    )


def look(request: HttpRequest, form: Any) -> HttpResponse:
    """What the form says, with its sums, before anything is saved."""
    own = admin.site.get_model_admin(form.MODEL)
    sent = [(name, value) for name, values in request.POST.lists() for value in values]
    return own.desk_page(
        request,
        f"{form.KIND}/look.html",
        form=form,
        title=_("Is this right?"),
        sent=[(name, value) for name, value in sent if name not in BUTTONS - {"once"}],
        back=back_from(form),
    )


def title_of(form: Any) -> str:
    if form.KIND == RecordedKind.DECISION:
        return _("Correct a decision") if form.corrects else _("Record a decision")
    return _("Correct a statement") if form.corrects else _("Record a statement")


def back_from(form: Any) -> str:
    if form.corrects:
        return row_url(form.corrects)
    return reverse(f"admin:advocacy_{form.KIND}_changelist")


@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """What waits for a second person, as it would be recorded; who may, publishes it there."""
    if not may_record(request.user):
        raise PermissionDenied
    row = get_object_or_404(RecordedDraft.objects.select_related("written_by"), pk=pk)
    form = form_of(row)
    own = admin.site.get_model_admin(form.MODEL)
    if request.method == "POST":
        return decide(request, row, form)
    return own.desk_page(
        request,
        f"{form.KIND}/look.html",
        form=form,
        draft=row,
        title=str(row),
        errors=not form.is_valid(),
        back=reverse("admin:index"),
    )


def form_of(row: RecordedDraft) -> Any:
    """What was typed, as a form of its author."""
    data = QueryDict(mutable=True)
    for name, values in row.typed.items():
        data.setlist(name, values)
    kind = FORMS[row.kind]
    rows: Any = Decision if row.kind == RecordedKind.DECISION else Statement
    key = data.get("corrects")
    corrects = rows.objects.with_related().filter(pk=key).first() if key else None
    return kind(by=row.written_by, corrects=corrects, data=data)


def decide(request: HttpRequest, row: RecordedDraft, form: Any) -> HttpResponse:
    try:
        if "withdraw" in request.POST:
            row.withdraw(by=request.user)
            messages.success(request, _("Withdrawn: the draft joins no record."))
            return redirect("admin:index")
        if form.is_valid():
            return noted(request, row.publish(form.record, by=request.user))
        messages.error(request, _("It cannot be recorded as it is: see below."))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect(draft_page(row))
