"""record.zip as somebody gets it: made, unpacked, and checked by the program that it brings."""

import json
import subprocess
import sys
from datetime import date, timedelta
from zipfile import ZipFile

from django.utils import timezone

from advocacy.bundle import building
from advocacy.models import AskState, SeenAs
from tests.factories import (
    make_action,
    make_body,
    make_contact_point,
    make_event,
    make_issue,
    make_meeting,
    make_organisation,
    make_pack,
    make_page,
    make_paragraph,
    make_relation,
    make_search_log,
    make_seat,
    make_site,
    make_source,
    make_step,
    make_topic,
    record,
    record_look,
    submit,
    translate,
    write_draft,
)

HIDDEN = "hidden-from-strangers"


def make_small_record():
    """One or two rows of each kind, and beside them what no stranger may read."""
    make_site(organisation="The Council of Cotton", licence="CC BY 4.0", subject="Cotton.")
    issue = make_issue(slug="cotton", title="Бавовна", topics=[make_topic(slug="labour")])
    body = make_body(slug="council", name="강제노동 위원회")
    source = make_source(key="minutes", title="Minutes", quote="=1+1\nand a line")
    action = make_action(slug="stop-it", reference="NK-01", issue=issue, body=body, title="Stop it")
    submit(action, organisations=[make_organisation(slug="we")])
    record_look(action, search_log=make_search_log(key="log", places="The journal"))
    event = make_event(slug="session", issues=[issue], by_bodies=[body], sources=[source])
    said = record(
        action,
        happened_on=date(2025, 3, 1),
        summary="The council met.",
        sources=[source],
        event=event,
    )
    translate(said, summary="Рада зібралася.")
    make_paragraph(issue=issue, sources=[source])
    make_step(action=action)
    # With a seat that lasts, all of its regional group would have pages.
    make_seat(body=body, ends_on=date(2025, 12, 31))
    make_body(slug="folketing", country="DK")
    meeting = make_meeting(body=body, slug="spring")
    make_pack(slug="letter", actions=[action], meetings=[meeting], issues=[issue])
    make_page(slug="team", title="Team")
    make_contact_point(body=body, email="")
    other = make_action(slug="proposed", asked_on=None, issue=issue, body=body)
    make_relation(action=action, other=other)
    make_what_is_hidden(issue, body, action)
    return said


def make_what_is_hidden(issue, body, action):
    tomorrow = timezone.localdate() + timedelta(days=1)
    hidden = make_action(
        slug=HIDDEN, title=HIDDEN, issue=make_issue(slug=f"{HIDDEN}-issue", opened_on=tomorrow)
    )
    record(hidden, summary=HIDDEN, sources=[make_source(title=HIDDEN, key=HIDDEN)])
    make_step(action=hidden, title=HIDDEN)
    type(hidden).objects.filter(pk=hidden.pk).update(state=AskState.DRAFT)
    hidden.refresh_from_db()
    hidden.save()
    make_relation(action=action, other=hidden)
    make_source(title=HIDDEN, key=f"{HIDDEN}-unused")
    write_draft(action, summary=HIDDEN)
    type(body).objects.filter(pk=body.pk).update(note=HIDDEN)
    make_contact_point(body=body, name=HIDDEN, email=f"{HIDDEN}@mission.example")
    make_contact_point(
        body=body,
        email=f"{HIDDEN}@door.example",
        confidence=SeenAs.OFFICIAL,
        takes_letters=False,
    )
    make_seat(body=body, starts_on=date(2023, 1, 1), ends_on=date(2023, 12, 31), note=HIDDEN)
    weak = make_source(key=f"{HIDDEN}-weak", is_weak=True)
    make_event(slug=HIDDEN, title=HIDDEN, issues=[issue], sources=[weak])
    closed = make_action(
        slug="closed",
        issue=issue,
        body=body,
        state=AskState.WITHDRAWN,
        closed_on=date(2025, 6, 1),
        closed_because="It was done.",
    )
    make_step(action=closed)
    make_page(slug="own", text="Nothing of it.")


def made_in(place, *, pages=True, monkeypatch=None):
    """Make the file and unpack it; without pages that takes no time."""
    if not pages:
        monkeypatch.setattr(building, "MOST_PAGES", 0)
    facts = building.make()
    with ZipFile(facts.path) as file:
        file.extractall(place)
    return facts


def check(copy, *arguments, program=None):
    """What the program in the copy says: (how it ended, what it said, what it complained of)."""
    program = program or copy / "verify.py"
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(program), *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def rows_in(copy, kind):
    return json.loads((copy / "json" / f"{kind}.json").read_text(encoding="utf-8"))


def change(file, before, after):
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")
