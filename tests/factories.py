"""Rows that are valid with no arguments; a test passes only what it is about."""

from datetime import date
from io import BytesIO
from itertools import count

from django.contrib.auth import get_user_model
from PIL import Image

from advocacy.models import (
    AskRelation,
    AskState,
    AssertedBy,
    Audience,
    BodyKind,
    Channel,
    ChecklistStep,
    Confidence,
    ContactKind,
    ContactPlace,
    ContactPoint,
    Draft,
    Event,
    Issue,
    LegalReference,
    Maker,
    Meeting,
    MeetingKind,
    Organisation,
    Pack,
    PackKind,
    Page,
    Paragraph,
    ReachedBy,
    RecommendedAction,
    RelationKind,
    Report,
    ResponseStatus,
    SearchLog,
    SearchWords,
    Seat,
    SeenAs,
    SignUp,
    Site,
    Source,
    StatusUpdate,
    StepKind,
    SubmissionDraft,
    TargetBody,
    Tier,
    Told,
    Topic,
    Translation,
    TranslationState,
    Verification,
    is_step_back,
    translated,
)
from advocacy.transfer.catalogues import texts_to_translate

ASKED_ON = date(2024, 12, 16)
number = count(1)


def make_user(**fields):
    n = next(number)
    password = fields.pop("password", None)
    user = get_user_model()(**{"username": f"editor-{n}", "is_staff": True, **fields})
    user.set_password(password) if password else user.set_unusable_password()
    user.save()
    return user


def make_site(**fields):
    """The row that names the record; the tests' own name unless told."""
    return Site.objects.create(**{"name": "Answerable", **fields})


def png(width=1200, height=630, colour=(20, 60, 120), **saved):
    """A picture of one colour, as the bytes of a PNG."""
    file = BytesIO()
    Image.new("RGB", (width, height), colour).save(file, "PNG", **saved)
    return file.getvalue()


def make_topic(**fields):
    n = next(number)
    return Topic.objects.create(**{"slug": f"topic-{n}", "name": f"Topic {n}", **fields})


def make_issue(*, topics=(), **fields):
    n = next(number)
    issue = Issue.objects.create(
        **{
            "slug": f"issue-{n}",
            "title": f"Issue {n}",
            "question": "Who will answer?",
            "summary": "What is wrong, in a sentence.",
            "opened_on": ASKED_ON,
            "position": n,
            **fields,
        }
    )
    issue.topics.set(topics)
    return issue


def make_kind(slug="un-organ", **fields):
    """The kind of this slug, made if it is not there; of the common kind unless told."""
    values = {"name": "UN organ" if slug == "un-organ" else f"kind {slug}", **fields}
    return BodyKind.objects.get_or_create(slug=slug, defaults=values)[0]


def make_body(**fields):
    n = next(number)
    fields["kind"] = fields.get("kind") or make_kind()
    return TargetBody.objects.create(
        **{
            "slug": f"body-{n}",
            "name": f"Council Number {n}",
            "abbreviation": f"CN{n}",
            "role": "decides",
            "mandate": "Keeps the peace.",
            "reached_by": ReachedBy.MISSIONS,
            "states_sit": True,
            "position": n,
            **fields,
        }
    )


def make_organisation(**fields):
    n = next(number)
    return Organisation.objects.create(
        **{"slug": f"org-{n}", "name": f"Organisation {n}", **fields}
    )


def make_paragraph(*, issue=None, sources=(), **fields):
    n = next(number)
    issue = issue or make_issue()
    paragraph = Paragraph.objects.create(
        **{"issue": issue, "day": ASKED_ON, "text": f"Paragraph {n}.", "position": n, **fields}
    )
    paragraph.sources.set(sources)
    return paragraph


def make_event(*, issues=(), sources=(), **fields):
    n = next(number)
    return Event.objects.add(
        **{
            "slug": f"event-{n}",
            "happened_on": ASKED_ON,
            "title": f"Event {n}",
            "text": "Somebody says that it happened.",
            "issues": issues or [make_issue()],
            "sources": sources or [make_source()],
            **fields,
        }
    )


def make_relation(**fields):
    rows = {"action": make_action, "other": make_action}
    asks = {name: make() for name, make in rows.items() if name not in fields}
    return AskRelation.objects.create(**{"kind": RelationKind.SAME_CALL, **asks, **fields})


def make_action(*, issue=None, body=None, asked_on=ASKED_ON, asked_by=(), also_on=(), **fields):
    """An ask that was put to its body by a public call; one nobody put to it: `asked_on=None`."""
    n = next(number)
    state = fields.get("state", AskState.OPEN)
    if state not in (AskState.DRAFT, AskState.OPEN):
        fields = {"closed_on": ASKED_ON, "closed_because": "It was.", **fields}
    if state == AskState.SUPERSEDED and "superseded_by" not in fields:
        fields["superseded_by"] = make_action()
    if fields.get("expected_by"):
        fields = {"expected_basis": "rule", "expected_rule": "Rule 1.", **fields}
    action = RecommendedAction.objects.create(
        **{
            "slug": f"ask-{n}",
            "reference": f"X-{n:02}",
            "issue": issue or make_issue(),
            "body": body or make_body(),
            "title": f"Ask number {n}",
            "text": "Do the right thing.",
            "listed_on": asked_on or ASKED_ON,
            "counts_as_done": "A decision.",
            "counts_as_refused": "A vote against.",
            **fields,
        }
    )
    action.also_on.set(also_on)
    if asked_on:
        action.enter_submission(
            asked_on,
            Channel.PUBLIC,
            by=make_user(),
            organisations=list(asked_by) or [make_organisation()],
            is_private=True,
        )
    return action


def make_proposal(**fields):
    """An ask of the editors that nobody put to its body."""
    return make_action(asked_on=None, **fields)


def submit(action, day=ASKED_ON, channel=Channel.PUBLIC, *, by=None, organisations=(), **details):
    """Record that somebody put an ask to its body, with all that this needs."""
    details.setdefault("is_private", "source" not in details)
    return action.submit(
        day,
        channel,
        by=by or make_user(is_superuser=True),
        organisations=list(organisations) or [make_organisation()],
        **details,
    )


def make_report(action=None, **told):
    """What a reader told us; another one says something else."""
    told = told or {"words": f"They answered, number {next(number)}."}
    return Report.objects.tell(action=action, language="en", **told)


def make_legal_reference(**fields):
    n = next(number)
    return LegalReference.objects.create(
        **{"slug": f"law-{n}", "title": f"Convention {n}", "point": "Bans it.", **fields}
    )


def make_search_words(**fields):
    n = next(number)
    return SearchWords.objects.create(
        **{"slug": f"words-{n}", "words": f"word {n}, слово {n}", **fields}
    )


def make_step(*, action=None, **fields):
    n = next(number)
    return ChecklistStep.objects.create(
        **{
            "slug": f"step-{n}",
            "action": action or make_action(),
            "position": n,
            "audience": Audience.ANYONE,
            "kind": StepKind.EMAIL,
            "minutes": 5,
            "title": f"Write letter {n}",
            "wording": "Dear Ambassador, please answer.",
            **fields,
        }
    )


def make_pack(*, actions=(), meetings=(), issues=(), **fields):
    n = next(number)
    pack = Pack.objects.create(
        **{
            "slug": f"pack-{n}",
            "title": f"Pack {n}",
            "summary": "A letter to a minister.",
            "kind": PackKind.LETTER,
            "who": "Anyone who lives in the country.",
            "minutes": 20,
            "text": "## The letter\n\nDear [name], **please** answer.",
            **fields,
        }
    )
    pack.actions.set(actions)
    pack.meetings.set(meetings)
    pack.issues.set(issues)
    return pack


def make_page(**fields):
    n = next(number)
    return Page.objects.create(
        **{
            "slug": f"page-{n}",
            "title": f"Page {n}",
            "standfirst": "Who we are.",
            "text": "## Our work\n\nWe **ask**.",
            **fields,
        }
    )


def translate(row, language="uk", *, made_by=Maker.MACHINE, **texts):
    """Translations of fields of a row, as files bring them in: translate(issue, title="…")."""
    told = [Told(row, field, language, text, made_by) for field, text in texts.items()]
    Translation.objects.put(told, by_staff=False)


# Words in a language, where it matters that there are some.
SOME_WORDS = {"uk": "Слова українською", "ko": "한국어로 된 말"}


def translate_rest(language, *models):
    """Translations of what has none, of rows of these kinds (without one: of all kinds)."""
    told = [
        Told(row, field, language, SOME_WORDS[language], Maker.PERSON)
        for model in models or translated().values()
        for row in model.objects.all()
        for field in row.TRANSLATED
        if row.shown(field, language).state == TranslationState.MISSING
    ]
    Translation.objects.put(told, by_staff=False)


def translate_all(*languages):
    """As if every text had been translated, into the very same words."""
    Translation.objects.put(
        [
            Told(row, field, language, getattr(row, field), Maker.PERSON)
            for language in languages or ["uk", "ko"]
            for row, field in texts_to_translate(language)
        ],
        by_staff=False,
    )


def make_source(**fields):
    n = next(number)
    return Source.objects.create(
        **{
            "title": f"Meeting record {n}",
            "publisher": "United Nations",
            "url": f"https://example.org/{n}",
            "published_on": ASKED_ON,
            "tier": Tier.OFFICIAL_RECORD,
            "is_independent": True,
            "accessed_on": ASKED_ON,
            **fields,
        }
    )


def make_search_log(**fields):
    return SearchLog.objects.create(
        **{
            "searched_on": ASKED_ON,
            "searched_by": fields.pop("searched_by", None) or make_user(),
            "places": "NORMLEX\nilo.org",
            "terms": "North Korea\nforced labour",
            "gaps": "Closed sittings.",
            **fields,
        }
    )


def make_seat(*, body=None, **fields):
    n = next(number)
    return Seat.objects.create(
        **{
            "slug": f"seat-{n}",
            "body": body or make_body(),
            "country": "DK",
            "capacity": "elected",
            "starts_on": date(2025, 1, 1),
            "ends_on": date(2026, 12, 31),
            **fields,
        }
    )


def make_contact_point(**fields):
    n = next(number)
    return ContactPoint.objects.create(
        **{
            "slug": f"office-{n}",
            "country": "DK",
            "place": ContactPlace.NEW_YORK,
            "kind": ContactKind.MISSION,
            "name": f"Mission {n}",
            "email": f"office-{n}@mission.example",
            "web": f"https://mission.example/{n}",
            "source_url": "https://list.example/",
            "confidence": SeenAs.COPY,
            **fields,
        }
    )


def make_meeting(*, body=None, **fields):
    n = next(number)
    return Meeting.objects.create(
        **{
            "slug": f"meeting-{n}",
            "act_by": fields.get("ends_on", date(2027, 3, 31)),
            "body": body or make_body(),
            "kind": MeetingKind.SESSION,
            "title": f"Session {n}",
            "starts_on": date(2027, 3, 1),
            "ends_on": date(2027, 3, 31),
            "confidence": Confidence.EXPECTED,
            "who_can_act": "States",
            "what_can_be_done": "Ask for a debate.",
            **fields,
        }
    )


def record(action, status=ResponseStatus.UNDER_DISCUSSION, *, by=None, sources=None, **details):
    """Record an entry with all the evidence its status demands; arguments override it."""
    details = {"happened_on": ASKED_ON, "summary": "The body met on it."} | details
    status = ResponseStatus(status)
    if sources is None:
        sources = [make_source()]
        if status == ResponseStatus.IMPLEMENTED:
            sources.append(make_source(tier=Tier.INDEPENDENT))
    by = by or make_user(is_superuser=True)
    if "is_setback" not in details:
        entry = StatusUpdate(
            action=action, happened_on=details["happened_on"], corrects=details.get("corrects")
        )
        before, _after = StatusUpdate.objects.around(entry)
        details["is_setback"] = (before and is_step_back(before.status, status)) or False
    return action.record_response(status, by=by, sources=sources, **evidence(status) | details)


def record_look(action, day=ASKED_ON, *, by=None, search_log=None, **details):
    """Record that somebody searched on a day and found nothing (new)."""
    log = search_log or make_search_log(searched_on=day)
    return action.record_look(log, by=by or make_user(is_superuser=True), **details)


def write_draft(action, status=ResponseStatus.UNDER_DISCUSSION, *, by=None, **details):
    """Write down a response, with all the evidence its status demands, for somebody to publish."""
    details = {"happened_on": ASKED_ON, "summary": "It met."} | evidence(status) | details
    details.pop("approved_by", None)
    by = by or make_user(is_superuser=True)
    sources = details.pop("sources", None) or [make_source()]
    return Draft.objects.write(action, status, by=by, sources=sources, **details)


def write_submission(*, by=None):
    """Write down that an ask was put to its body, for somebody to publish."""
    return SubmissionDraft.objects.write(
        make_action(asked_on=None),
        by=by or make_user(is_superuser=True),
        organisations=[make_organisation()],
        submitted_on=date(2026, 3, 3),
        channel=Channel.LETTER,
        is_private=True,
    )


def surround(action, status=ResponseStatus.UNDER_DISCUSSION, *, by=None, **meeting):
    """Put one row of each kind around an ask, up to a draft of its next response."""
    action.issue.topics.add(make_topic())
    action.legal_references.add(make_legal_reference())
    make_step(action=action)
    make_seat(body=action.body)
    make_meeting(body=action.body, **meeting)
    action.body.replies.create(text="No.", url="https://example.org/r", replied_on=ASKED_ON)
    return write_draft(action, status, by=by)


def evidence(status):
    """The fields that a status demands beside its sources."""
    demanded = {
        ResponseStatus.COMMITTED: {"quote": "We will do it.", "speaker": "The president"},
        ResponseStatus.PARTIAL_ACTION: {"reference": "A/1, para. 2", "missing": "The inquiry."},
        ResponseStatus.ACTION_TAKEN: {"reference": "A/RES/1"},
        ResponseStatus.REFUSED: {"refused_reason": "stated_position", "quote": "We will not."},
        ResponseStatus.BLOCKED: {
            "blocked_reason": "veto",
            "blocked_by": "RU",
            "votes_for": 13,
            "votes_against": 1,
            "votes_abstained": 1,
        },
        ResponseStatus.OVERTAKEN: {"transition_reason": "The war is over."},
    }.get(status, {})
    if status == ResponseStatus.IMPLEMENTED:
        demanded = {"approved_by": make_user(is_superuser=True)}
    return {
        "asserted_by": AssertedBy.BODY,
        "verification": Verification.DOCUMENTED,
        **demanded,
    }


def make_follower(address="ana@example.org", *, language="en", frequency="weekly", **subject):
    """A confirmed follower of a subject, or of everything."""
    wish = SignUp.objects.ask(address, language=language, frequency=frequency, **subject)
    follower = wish.confirm()
    wish.delete()
    return follower
