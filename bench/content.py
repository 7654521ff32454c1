"""Made-up bodies, issues and asks, and what belongs to them."""

from datetime import date, timedelta
from typing import NamedTuple

from django.utils import timezone

from advocacy.models import (
    GROUP_OF,
    AskState,
    Audience,
    BodyKind,
    ChecklistStep,
    Confidence,
    Event,
    ExpectedBasis,
    Issue,
    LegalReference,
    Meeting,
    MeetingKind,
    Organisation,
    Paragraph,
    Phase,
    ReachedBy,
    RecommendedAction,
    Reply,
    Salutation,
    Seat,
    StepKind,
    TargetBody,
    Topic,
)
from advocacy.models.tallies import StepTally
from bench.words import a_script, text

DAYS = 3650
TOPICS, REFERENCES, ORGANISATIONS, KINDS = 6, 40, 30, 15
# How far the first of a list stand out: some issues and bodies get far more asks than others.
SKEW_OF_ISSUES, SKEW_OF_BODIES = 1.25, 1.5
YEAR = timedelta(days=365)
URL = "https://example.org/made-up"


class Ask(NamedTuple):
    key: int
    asked_on: date
    is_draft: bool


class Content:
    def __init__(self, insertion, random):
        self.insertion, self.random = insertion, random
        self.today = timezone.localdate()
        self.first_day = self.today - timedelta(days=DAYS)

    def make(self, *, issues, bodies, actions):
        """Write it all; returns the asks."""
        self.make_frame()
        self.make_bodies(bodies)
        self.make_issues(issues)
        self.make_paragraphs()
        asks = self.make_asks(actions)
        self.make_steps([ask.key for ask in asks])
        return asks

    def words(self, number, script="latin"):
        return text(self.random, script, number)

    def skewed(self, rows, skew):
        return rows[int(len(rows) * self.random.random() ** skew)]

    def some(self, rows, most):
        return self.random.sample(rows, min(self.random.randint(1, most), len(rows)))

    def connect(self, link, pairs):
        """Insert the rows of a many-to-many relation from (one key, [other key, …])."""
        one, other = [field.attname for field in link._meta.fields if field.is_relation]
        rows = [link(**{one: key, other: related}) for key, keys in pairs for related in keys]
        self.insertion.insert(link, rows, len(rows))

    def make_frame(self):
        insert = self.insertion.insert
        self.topics = insert(
            Topic,
            [
                Topic(slug=f"load-topic-{n}", name=self.words(2), position=100 + n)
                for n in range(TOPICS)
            ],
            TOPICS,
        )
        self.references = insert(
            LegalReference,
            [
                LegalReference(slug=f"load-reference-{n}", title=self.words(4), point=self.words(9))
                for n in range(REFERENCES)
            ],
            REFERENCES,
        )
        self.organisations = insert(
            Organisation,
            [
                Organisation(slug=f"load-organisation-{n}", name=self.words(3))
                for n in range(ORGANISATIONS)
            ],
            ORGANISATIONS,
        )

    def make_bodies(self, number):
        countries = sorted(GROUP_OF)
        kinds = [BodyKind(slug=f"load-kind-{n}", name=f"made-up kind {n}") for n in range(KINDS)]
        kinds = self.insertion.insert(BodyKind, kinds, KINDS)
        rows = []
        for n in range(number):
            kind = self.random.choice(kinds)
            is_state = self.random.random() < 2 / KINDS
            rows.append(
                TargetBody(
                    slug=f"load-body-{n}",
                    name=f"Body {n} {self.words(3, a_script(self.random))}",
                    abbreviation=f"B{n}",
                    kind_id=kind,
                    role="made up",
                    mandate=self.words(14),
                    country=self.random.choice(countries) if is_state else "",
                    works_in_confidence=n % 10 == 9,
                    reached_by=self.random.choice(ReachedBy.values),
                    salutation=self.random.choice(Salutation.values),
                    states_sit=True,
                    all_states_sit=n % 15 == 14,
                    members_complete=n % 3 == 0,
                    number_of_members=None if n % 3 else 40,
                    position=200 + n % 1000,
                )
            )
        self.bodies = self.insertion.insert(TargetBody, rows, number)
        self.insertion.insert(Meeting, self.meetings(), None)
        self.insertion.insert(Seat, self.seats(countries), None)
        self.insertion.insert(
            Reply,
            [
                Reply(
                    body_id=body,
                    text=self.words(60),
                    replied_on=self.today - timedelta(days=self.random.randrange(DAYS)),
                    url=URL,
                )
                for body in self.bodies[::2]
            ],
            None,
        )

    def meetings(self):
        """Of each body two sessions a year, past and to come, some deadlines and a standing way."""
        for body in self.bodies:
            for n in range(25):
                starts_on = self.first_day + timedelta(days=180 * n + self.random.randrange(90))
                kind = MeetingKind.SESSION if n % 5 else self.random.choice(MeetingKind.values)
                is_dated = kind != MeetingKind.STANDING
                length = timedelta(days=self.random.choice([0, 2, 4, 18]))
                is_sure = self.random.random() < 0.7
                yield Meeting(
                    slug=f"load-meeting-{body}-{n}",
                    body_id=body,
                    kind=kind,
                    title=self.words(5),
                    starts_on=starts_on if is_dated else None,
                    ends_on=starts_on + length if is_dated else None,
                    act_by=starts_on if is_dated else None,
                    confidence=Confidence.CONFIRMED if is_sure else Confidence.EXPECTED,
                    who_can_act=self.words(7),
                    what_can_be_done=self.words(12),
                    source_url=URL if is_sure else "",
                )

    def seats(self, countries):
        """In every other body thirty States, for one term and often for the next."""
        for body in self.bodies[::2]:
            for country in self.random.sample(countries, 30):
                starts_on = self.today - timedelta(days=self.random.randrange(-200, DAYS // 2))
                for n in range(self.random.choice([1, 1, 2])):
                    yield Seat(
                        slug=f"load-seat-{body}-{country.lower()}-{n}",
                        body_id=body,
                        country=country,
                        capacity="member",
                        starts_on=starts_on + 3 * n * YEAR,
                        ends_on=starts_on + 3 * (n + 1) * YEAR - timedelta(days=1),
                    )

    def make_issues(self, number):
        def rows():
            for n in range(number):
                script = a_script(self.random)
                yield Issue(
                    slug=f"load-issue-{n}",
                    title=f"Issue {n} {self.words(5, script)}",
                    question=self.words(9, script),
                    summary=self.words(45, script),
                    opened_on=self.opened_on(n, number),
                    position=min(1000 + n, 32000),
                )

        keys = self.insertion.insert(Issue, rows(), number)
        self.issues = [(key, self.opened_on(n, number)) for n, key in enumerate(keys)]
        self.connect(Issue.topics.through, [(key, self.some(self.topics, 3)) for key in keys])
        self.connect(
            Issue.legal_references.through, [(key, self.some(self.references, 4)) for key in keys]
        )

    def make_paragraphs(self):
        """What every issue tells, which it is found by as well."""

        def rows():
            for issue, opened_on in self.issues:
                script = a_script(self.random)
                for n in range(6):
                    yield Paragraph(
                        slug=f"load-paragraph-{issue}-{n}",
                        issue_id=issue,
                        day=opened_on + timedelta(days=30 * n),
                        text=self.words(50, script),
                        position=n,
                    )

        self.insertion.insert(Paragraph, rows(), 6 * len(self.issues))
        told = Issue.objects.prefetch_related("paragraphs").in_bulk([key for key, _ in self.issues])
        for issue in told.values():
            issue.search_text = issue.folded_text()
        Issue.objects.bulk_update(told.values(), ["search_text"], batch_size=200)

    def make_events(self, sources):
        """Give every issue events, each by a body or two and with a source of its own."""

        def rows():
            for issue, opened_on in self.issues:
                for n in range(self.random.randint(1, 8)):
                    yield Event(
                        slug=f"load-event-{issue}-{n}",
                        happened_on=opened_on + timedelta(days=self.random.randrange(700)),
                        title=self.words(7),
                        text=self.words(16),
                    )
                    issues.append(issue)

        issues: list[int] = []
        events = self.insertion.insert(Event, rows(), None)
        of_issues = [(event, [issue]) for event, issue in zip(events, issues, strict=True)]
        self.connect(Event.issues.through, of_issues)
        self.connect(Event.by_bodies.through, [(key, self.some(self.bodies, 2)) for key in events])
        self.connect(Event.sources.through, [(key, self.some(sources, 2)) for key in events])

    def opened_on(self, n, number):
        return self.first_day + timedelta(days=int(DAYS * 0.8 * n / number))

    def make_asks(self, number):
        made, first_issues = [], []

        def rows():
            for n in range(number):
                issue, opened_on = self.skewed(self.issues, SKEW_OF_ISSUES)
                days = (self.today - opened_on).days - 30
                ask = self.an_ask(n, opened_on + timedelta(days=self.random.randrange(days)))
                ask.issue_id, ask.body_id = issue, self.skewed(self.bodies, SKEW_OF_BODIES)
                made.append((ask.listed_on, ask.state == AskState.DRAFT))
                first_issues.append(issue)
                yield ask

        keys = self.insertion.insert(RecommendedAction, rows(), number)
        references = [(key, self.some(self.references, 2)) for key in keys]
        self.connect(RecommendedAction.legal_references.through, references)
        # Of a hundred asks three stand on a further issue.
        further = [(key, [self.skewed(self.issues, SKEW_OF_ISSUES)[0]]) for key in keys[::33]]
        first = dict(zip(keys, first_issues, strict=True))
        further = [(key, issues) for key, issues in further if issues != [first[key]]]
        self.connect(RecommendedAction.also_on.through, further)
        return [Ask(key, *rest) for key, rest in zip(keys, made, strict=True)]

    def an_ask(self, n, asked_on):
        """The first is open; of a hundred others some are in another state, due or paused."""
        script = a_script(self.random)
        states = {50: AskState.DRAFT, 20: AskState.WITHDRAWN, 40: AskState.SPLIT}
        state = states.get(n % 60, AskState.OPEN)
        is_open = state in (AskState.DRAFT, AskState.OPEN)
        is_due = self.random.random() < 0.3
        is_paused = self.random.random() < 0.03
        return RecommendedAction(
            slug=f"load-ask-{n}",
            reference=f"L{n}",
            title=f"Ask {n} {self.words(8, script)}",
            text=self.words(28, script),
            state=state,
            listed_on=asked_on,
            closed_on=None if is_open else asked_on + timedelta(days=30),
            closed_because="" if is_open else self.words(6),
            counts_as_done=self.words(15),
            counts_as_refused=self.words(13),
            expected_by=asked_on + timedelta(days=self.random.randrange(60, 1500))
            if is_due
            else None,
            expected_basis=self.random.choice(ExpectedBasis.values) if is_due else "",
            expected_rule=self.words(5) if is_due else "",
            paused_on=min(asked_on + YEAR, self.today) if is_paused else None,
            pause_reason=self.words(8) if is_paused else "",
        )

    def make_steps(self, asks):
        def rows():
            for ask in asks:
                for n in range(self.random.choice([1, 2, 2, 3])):
                    yield ChecklistStep(
                        slug=f"load-step-{ask}-{n}",
                        action_id=ask,
                        position=n,
                        audience=self.random.choice(Audience.values),
                        kind=self.random.choice(StepKind.values),
                        minutes=self.random.choice([2, 5, 10, 30, 60]),
                        title=self.words(5),
                        wording=self.words(60),
                        when_status=Phase.NO_ANSWER if self.random.random() < 0.15 else "",
                    )

        keys = self.insertion.insert(ChecklistStep, rows(), 2 * len(asks))
        tallies = [StepTally(step_id=key, number=self.random.randrange(40)) for key in keys[::20]]
        self.insertion.insert(StepTally, tallies, len(tallies))
