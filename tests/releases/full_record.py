"""A small record that has rows in every table of the program."""

from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache.backends.db import DatabaseCache
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from advocacy.models import (
    AskState,
    Attempt,
    CallAbout,
    Delivery,
    DeliveryState,
    Edition,
    EditionState,
    LoadedRecord,
    MailOutage,
    Maker,
    NetworkUse,
    OnceKey,
    Picture,
    RecordedDraft,
    RefusalKind,
    ResponseStatus,
    Selection,
    SignIn,
    SignUp,
    Site,
    StaffCall,
    StepDone,
    StepTally,
    Tell,
    Told,
    Translation,
    Withholding,
    Worker,
)
from advocacy.models.pictures import LOGO
from tests.decisions import decide_by_vote, make_treaty_status, state
from tests.dossier import few_rows
from tests.factories import (
    make_action,
    make_body,
    make_contact_point,
    make_event,
    make_follower,
    make_issue,
    make_legal_reference,
    make_meeting,
    make_pack,
    make_page,
    make_paragraph,
    make_relation,
    make_report,
    make_search_words,
    make_source,
    make_user,
    png,
    record,
    record_look,
    submit,
    surround,
    translate,
    write_draft,
    write_submission,
)

MONDAY = date(2026, 3, 2)


def empty_tables():
    """The tables of the database that have no row."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)} LIMIT 1")
            if cursor.fetchone() is None:
                found.append(table)
    return found


def make_record_of_all():
    """Write it with the verbs that the program has, in several languages."""
    with TemporaryDirectory() as folder:
        call_command("load_content", folder=few_rows(Path(folder) / "dossier"), verbosity=0)
    LoadedRecord.claim("made-for-the-tests")
    chiefs = [make_user(is_superuser=True, username=f"chief-{n}") for n in (1, 2)]
    action = make_content(chiefs)
    entry = make_record(action, chiefs)
    make_decision(action, chiefs)
    make_mailings(entry, chiefs)
    make_desk(action, chiefs)


def make_decision(action, chiefs):
    """What a body decided and a State said, of which followers of States are told; and a draft."""
    paragraph = {"number": "OP 1", "words": "Decides", "language": "en"}
    votes = {"FR": "yes", "RU": "no"}
    told = {"actions": [action], "sponsors": ["FR"], "paragraphs": [paragraph]}
    decision = decide_by_vote(votes, **told)
    state(action, joined=["JP"])
    make_treaty_status()
    Edition.objects.tell_of_states(decision, Tell.AT_ONCE, by=chiefs[0])
    RecordedDraft.objects.write("decision", {}, by=chiefs[1], title="A text that waits")


def make_content(chiefs):
    """Words of editors, their versions and their translations; gives an ask."""
    site = Site.objects.get()
    site.name, site.organisation = "Запис", "기록 단체"
    site.logo = Picture.objects.take(png(), LOGO)
    site.save()
    action = make_action(title="Ask about “it” — twice", also_on=[make_issue()])
    surround(action)
    action.legal_references.add(make_legal_reference())
    action.issue.legal_references.add(make_legal_reference())
    action.issue.title = "A wrong, worded anew"
    action.issue.save()
    action.text = "Do the right thing, and say so."
    action.save()
    bodies, source = [action.body], make_source()
    event = make_event(
        issues=[action.issue], by_bodies=bodies, about_bodies=bodies, sources=[source]
    )
    make_paragraph(issue=action.issue, sources=[source])
    make_relation(action=action)
    make_pack(actions=[action], meetings=[make_meeting()], issues=[action.issue])
    make_page(in_footer=True)
    make_contact_point()
    make_contact_point(body=make_body(), country="")
    make_search_words()
    translate(action, title="Вимога про «це»", text="Зробіть як належить.")
    translate(action, "ko", title="그것에 대한 요구")
    translate(event, title="Подія")
    told = Told(event, "text", "uk", "Хтось каже, що це сталося.", Maker.PERSON)
    Translation.objects.put([told], by_staff=True)
    return action


def make_record(action, chiefs):
    """Entries, a correction, looks, submissions, closed asks, drafts, and words that are gone."""
    by = chiefs[0]
    submit(action, date(2025, 3, 3), by=by)
    entry = record(
        action,
        ResponseStatus.COMMITTED,
        by=by,
        happened_on=date(2025, 4, 1),
        summary="Відповідь — «так». 국제노동기구\n\nSecond.",
        tell=Tell.AT_ONCE,
    )
    wrong = record(action, ResponseStatus.ACTION_TAKEN, by=by, happened_on=date(2025, 5, 1))
    record(
        action,
        ResponseStatus.PARTIAL_ACTION,
        by=by,
        happened_on=date(2025, 5, 1),
        corrects=wrong,
        correction_reason="It did a part of it.",
    )
    record_look(action, date(2025, 6, 1), by=by)
    record(make_action(), ResponseStatus.BLOCKED, by=by)
    gone = record(make_action(), by=by)
    Withholding.objects.propose(gone, "summary", reason="A court.", by=by).confirm(by=chiefs[1])
    Withholding.objects.propose(entry, "summary", reason="Safety.", by=by)
    make_action(state=AskState.SUPERSEDED, superseded_by=action)
    make_action(asked_on=None)
    write_draft(make_action())
    write_submission()
    return entry


def make_mailings(entry, chiefs):
    """Followers, whoever is about to follow, and mailings in every state that they pass through."""
    ana = make_follower(frequency="at_once")
    ivan = make_follower("іван@приклад.укр", language="uk")
    left = make_follower("left@example.org", language="ko")
    left.leave()
    ana.note_refusal(RefusalKind.GONE, "4.2.2")
    SignUp.objects.ask("new@example.org", language="uk", frequency="weekly")
    notice = Edition.objects.get(entry=entry)
    Edition.objects.filter(pk=notice.pk).update(
        state=EditionState.SENT, sent_entry=entry, finished_at=timezone.now()
    )
    Delivery.objects.create(
        edition=notice, subscriber=ana, state=DeliveryState.SENT, sent_at=timezone.now()
    )
    monday = timezone.make_aware(datetime.combine(MONDAY, datetime.min.time()))
    told = record(
        make_action(),
        happened_on=MONDAY,
        tell=Tell.DIGEST,
        recorded_at=monday + timedelta(days=2),
        checked_on=MONDAY,
    )
    digest = Edition.objects.plan_digest(MONDAY)
    Delivery.objects.create(
        edition=digest, subscriber=ivan, selection=Selection.objects.of(digest, [told])
    )


def make_desk(action, chiefs):
    """Accounts with all that hangs on them, and what the program counts and keeps by itself."""
    chief = chiefs[0]
    chief.groups.set(Group.objects.all())
    chief.user_permissions.set(Permission.objects.all()[:2])
    address = EmailAddress.objects.create(user=chief, email="chief@example.org", primary=True)
    EmailConfirmation.create(address)
    TOTP.activate(chief, generate_totp_secret())
    RecoveryCodes.activate(chief)
    LogEntry.objects.log_actions(chief.pk, [action], CHANGE, "changed", single_object=True)
    SignIn.objects.create(user=chief, outcome="in", method="password, totp")
    session = SessionStore()
    session["said"] = "Добрий день"
    session.save()
    OnceKey.objects.take("A" * 22, by=chief)
    Attempt.objects.make(("password", "account 1"))
    NetworkUse.objects.allows("sign-ups", "192.0.2.1")
    StaffCall.objects.take(chief, about=CallAbout.REPORTS)
    MailOutage.objects.begin()
    step = action.steps.get()
    StepDone.objects.create(step=step)
    StepTally.objects.create(step=step, number=12)
    make_report(action)
    DatabaseCache("advocacy_cache", {}).set("kept", ["слово"], 3600)
    DBTaskResult.objects.create(
        task_path="advocacy.upkeep.tasks.purge",
        args_kwargs={"args": [], "kwargs": {}},
        backend_name="default",
        run_after=timezone.now() + timedelta(days=365),
    )
    Worker.objects.beat("worker of the tests")
