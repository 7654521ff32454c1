"""The launch content says what the facts say, and keeps the promises made about it."""

import gzip
import re
from datetime import date
from functools import cache
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.urls import reverse

from advocacy import transfer
from advocacy.management.commands.load_content import FILES
from advocacy.management.markdown_files import files_of
from advocacy.models import (
    BodyKind,
    ChecklistStep,
    Edition,
    Issue,
    LegalReference,
    Meeting,
    RecommendedAction,
    ResponseStatus,
    Seat,
    Source,
    StatusUpdate,
    TargetBody,
    Tell,
)
from tests.dossier import DOSSIER, rows_of
from tests.factories import make_body
from tests.pages import text_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.thorough,
    pytest.mark.usefixtures("content"),
]

S = ResponseStatus
LAUNCH = date(2026, 11, 23)
# As the shipped kinds were called while they were a part of the program.
LABELS = {
    "en": {"un-organ": "UN organ", "court": "Court or prosecutor", "company": "Company"},
    "uk": {"un-organ": "Орган ООН", "court": "Суд або прокурор", "company": "Компанія"},
    "ko": {"un-organ": "유엔 기관", "court": "법원 또는 검찰", "company": "기업"},
}


def test_all_of_the_dossier_is_there():
    assert Issue.objects.count() == 5
    assert TargetBody.objects.count() == 33
    assert Seat.objects.count() == 140
    assert LegalReference.objects.count() == 40
    references = set(RecommendedAction.objects.values_list("reference", flat=True))
    originals = {re.match(r"NK-(\d\d)", reference)[1] for reference in references}
    assert originals == {f"{n:02}" for n in range(1, 28)}
    assert Meeting.objects.upcoming(LAUNCH).exists()


def test_the_sanctions_panel_is_blocked_by_veto():
    veto = StatusUpdate.objects.responses().get(status=S.BLOCKED)

    assert (veto.happened_on, veto.blocked_reason) == (date(2024, 3, 28), "veto")
    assert veto.blockers == ["RU"]
    assert (veto.votes_for, veto.votes_against, veto.votes_abstained) == (13, 1, 1)
    assert veto.action.body.slug == "unsc"


def test_today_shows_what_is_known_today():
    by_body = {}
    for ask in RecommendedAction.objects.published().with_status().with_related():
        by_body.setdefault(ask.body.slug, set()).add(S(ask.status))

    assert by_body["ilo"] == {S.NO_RESPONSE}
    assert by_body["hrc"] == {S.UNDER_DISCUSSION, S.NO_RESPONSE}
    assert S.ACTION_TAKEN in by_body["ua"]
    assert S.ACTION_TAKEN in by_body["kr"]
    assert by_body["icrc"] == {S.NO_RESPONSE}
    assert TargetBody.objects.get(slug="icrc").works_in_confidence


def test_every_entry_is_dated_sourced_and_summed_up():
    for update in StatusUpdate.objects.prefetch_related("sources"):
        assert update.search_log_id or update.summary
        if not update.search_log_id:
            assert any(not source.is_weak for source in update.sources.all()), update.key


def test_every_ask_has_three_to_six_steps_that_can_be_done():
    for ask in RecommendedAction.objects.prefetch_related("steps"):
        assert 3 <= len(ask.steps.all()) <= 6, ask
        assert ask.counts_as_done, ask
        assert ask.counts_as_refused, ask
    for step in ChecklistStep.objects.all():
        assert step.wording
        assert step.url.startswith("https://"), step.slug
        assert 1 <= step.minutes <= 600


def test_relatives_and_witnesses_meet_safety_first(client):
    """The list starts with it, and so does every ask that has a step for them."""
    shown = text_of(client.get(reverse("my_checklist"), {"audience": "family"}))
    others = ChecklistStep.objects.exclude(audience="family")
    assert [step.title for step in others if f" {step.title} " in shown] == []
    safety = shown.index("Families and witnesses: safety first")

    for ask in RecommendedAction.objects.filter(steps__audience="family").distinct():
        first = ask.steps.first()
        assert first.audience == "family", ask
        assert "safety first" in first.title, ask
        assert shown.index(first.title) > safety, ask


def test_confirmed_dates_have_a_source():
    for meeting in Meeting.objects.all():
        assert meeting.who_can_act
        assert meeting.what_can_be_done
    assert set(Meeting.objects.values_list("confidence", flat=True)) == {"confirmed", "expected"}


def all_texts():
    for model in (Issue, RecommendedAction, ChecklistStep, StatusUpdate, Source, TargetBody):
        fields = [
            field.name
            for field in model._meta.concrete_fields
            if field.get_internal_type() in ("TextField", "CharField")
            and field.name != "search_text"
        ]
        for row in model.objects.all():
            for field in fields:
                yield f"{model.__name__} {row.pk}.{field}", getattr(row, field)


def test_legal_labels_are_attributed():
    """A legal label stands only in a text that says whose it is."""
    label = re.compile(r"modern slavery|slaves?\b|violates? the geneva|war criminals?", re.I)
    whose = re.compile(
        r"organisers?|webinar|founding text|NKDB|claim|call|says?|said|report|mandate|Rapporteur"
        r"|Convention|question|whether|speak|told|describe",
        re.I,
    )
    for where, text in all_texts():
        if label.search(text):
            assert whose.search(text), f"{where}: {text[:120]}"


def test_no_paragraph_of_an_unread_resolution_is_quoted():
    for update in StatusUpdate.objects.all():
        if re.search(r"58/17|61/27", update.reference):
            assert not update.quote
            assert "not yet read" in update.reference + update.summary


# The queries are those of English.
TRANSLATED = [pytest.param(code, marks=pytest.mark.one_database) for code in ("uk", "ko")]


@pytest.mark.parametrize("language", ["en", *TRANSLATED])
def test_every_page_of_the_dossier_opens(client, language):
    paths = [
        reverse(name)
        for name in ("overview", "issue_list", "body_list", "action_list", "update_list")
    ] + [
        row.get_absolute_url()
        for model in (Issue, TargetBody, RecommendedAction)
        for row in model.objects.all()
    ]
    for path in paths:
        response = client.get(path.replace("/en/", f"/{language}/", 1))
        assert response.status_code == 200, path


@pytest.mark.parametrize("language", ["en", "uk", "ko"])
def test_the_kinds_of_the_dossier_are_called_as_before(client, content, language):
    for slug, label in LABELS[language].items():
        kind = BodyKind.objects.get(slug=slug)
        body = kind.bodies.first() or make_body(kind=kind)
        page = client.get(f"/{language}/bodies/{body.slug}/")
        assert f"<span>{label}</span>" in page.text


@cache
def compressed(file):
    """The bytes of a static file, as they travel."""
    return len(brotli.compress(Path(file).read_bytes()))


@pytest.mark.one_database
@pytest.mark.parametrize(
    "path", ["", "issues/pow-protection/", "actions/", "updates/", "bodies/unsc/", "calendar/"]
)
def test_a_first_view_of_the_dossier_weighs_at_most_60_kb(client, path):
    response = client.get(f"/en/{path}", headers={"Accept-Encoding": "gzip"})
    html = gzip.decompress(response.content).decode()
    assets = set(re.findall(r'(?:src|href)="/static/([^"]+)"', html))

    weight = len(response.content)
    modules = {f"js/{path.name}" for path in (settings.BASE_DIR / "static/js").glob("*.js")}
    for asset in assets | modules - {"js/admin.js"}:
        weight += compressed(finders.find(asset))

    assert len(assets) == 4
    assert weight <= 60_000


def test_loading_it_again_changes_nothing(capsys):
    call_command("load_content", verbosity=0)

    total = sum(len(rows_of(DOSSIER, file)) for file in FILES)
    total += len(files_of(DOSSIER)) + 1  # and whose record it is
    *catalogues, last = capsys.readouterr().out.splitlines(keepends=True)
    assert all(re.fullmatch(r"translations/\w+\.po: \d+ same\.\n", line) for line in catalogues)
    assert last == (
        f"Content loaded: 0 new, 0 changed, {total} same, 0 kept as staff edited them.\n"
    )


def test_it_is_told_to_nobody():
    assert not StatusUpdate.objects.exclude(tell=Tell.NOBODY).exists()
    assert not Edition.objects.exists()


@pytest.mark.parametrize("format", ["csv", "json"])
def test_what_was_exported_is_imported_as_the_same(tmp_path, capsys, format):
    for kind, model in transfer.KINDS.items():
        file = tmp_path / f"{kind}.{format}"
        call_command("export_rows", kind, output=str(file), verbosity=0)
        capsys.readouterr()
        call_command("import_rows", kind, str(file))

        number = model.objects.count()
        assert number >= 3
        assert capsys.readouterr().out == f"Saved: 0 new, 0 changed, {number} same, 0 refused.\n"
        if not transfer.is_of_the_record(model):
            assert not model.objects.exclude(edited_by_staff_at=None).exists()


def test_every_row_of_it_has_its_picture_and_its_brief(client, settings, tmp_path):
    settings.VAR_DIR = tmp_path

    for kind, rows in [
        ("actions", RecommendedAction.objects.published().open()[:5]),
        ("issues", Issue.objects.all()),
        ("bodies", TargetBody.objects.all()),
    ]:
        for row in rows:
            assert client.get(f"/en/{kind}/{row.slug}/share.png").status_code == 200, row
            if kind != "actions":
                assert client.get(f"/en/{kind}/{row.slug}/brief/").status_code == 200, row
