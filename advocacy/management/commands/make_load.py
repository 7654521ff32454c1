"""Fills a database with made-up content, to see how the app behaves at scale."""

from datetime import date, timedelta
from random import Random

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import models, transaction
from tqdm import tqdm

from advocacy.models import (
    Audience,
    BodyKind,
    ChecklistStep,
    Citation,
    Issue,
    Organisation,
    Origin,
    RecommendedAction,
    RecordHead,
    ResponseStatus,
    Source,
    StatusUpdate,
    StepKind,
    TargetBody,
    Tier,
    Topic,
    digest_of,
)

BATCH = 2000
FIRST_DAY = date(2015, 1, 1)
DAYS = 4000
# Whatever follows whatever in this list is a transition that the vocabulary allows.
WAY = [
    ResponseStatus.ACKNOWLEDGED,
    ResponseStatus.UNDER_DISCUSSION,
    ResponseStatus.UNDER_DISCUSSION,
    ResponseStatus.PARTIAL_ACTION,
    ResponseStatus.PARTIAL_ACTION,
    ResponseStatus.ACTION_TAKEN,
]
WORDS = [
    "soldiers",
    "workers",
    "wages",
    "passports",
    "children",
    "archive",
    "prison",
    "border",
    "witness",
    "harbour",
    "forest",
    "солдати",
    "праця",
    "полонені",
    "свобода",
    "кордон",
    "архів",
    "노동",
    "인권",
    "북한",
    "포로",
    "강제노동",
    "국경",
]


class Command(BaseCommand):
    help = (
        "Add made-up issues, bodies, asks and status updates by bulk inserts. For a throw-away"
        " database only: nothing of it is true, and the record cannot be deleted again."
    )

    def add_arguments(self, parser):
        for name, number in [("issues", 100), ("bodies", 20), ("actions", 1000), ("updates", 5000)]:
            parser.add_argument(f"--{name}", type=int, default=number, help=f"default {number}")
        parser.add_argument("--seed", type=int, default=1, help="the same seed, the same content")

    def handle(self, *, issues, bodies, actions, updates, seed, verbosity, **options):
        if min(issues, bodies, actions, updates) < 0 or (actions and not (issues and bodies)):
            raise CommandError("Numbers are not negative, and asks need an issue and a body.")
        if updates and not actions:
            raise CommandError("Status updates need asks.")
        if Issue.objects.filter(slug__startswith="load-").exists():
            raise CommandError("This database holds made-up content already: use a fresh one.")
        self.random = Random(seed)
        self.quiet = verbosity == 0
        with transaction.atomic():
            self.author, _created = get_user_model().objects.get_or_create(
                username="make-load", defaults={"is_active": False}
            )
            self.make_bodies(bodies)
            self.make_issues(issues)
            self.make_actions(actions)
            self.make_updates(updates)
        self.stdout.write(
            f"Added {issues} issues, {bodies} bodies, {actions} asks, {updates} updates."
        )

    def insert(self, model, rows, total):
        """Bulk-insert an iterable of rows, a batch at a time, with flat memory."""
        batch = []
        # A plain QuerySet, because the record's own one refuses to write in bulk.
        save = models.QuerySet(model).bulk_create
        for row in tqdm(
            rows, total=total, desc=str(model._meta.verbose_name_plural), disable=self.quiet or None
        ):
            if hasattr(row, "folded_text"):
                row.search_text = row.folded_text()
            batch.append(row)
            if len(batch) == BATCH:
                save(batch)
                batch = []
        save(batch)

    def words(self, number):
        return " ".join(self.random.choices(WORDS, k=number))

    def make_bodies(self, number):
        self.insert(
            TargetBody,
            (
                TargetBody(
                    slug=f"load-body-{n}",
                    name=f"Body {n} {self.words(2)}",
                    abbreviation=f"B{n}",
                    kind=self.random.choice(BodyKind.values),
                    role="made up",
                    mandate=self.words(12),
                    position=200,
                )
                for n in range(number)
            ),
            number,
        )
        self.bodies = list(
            TargetBody.objects.filter(slug__startswith="load-").values_list("pk", flat=True)
        )

    def make_issues(self, number):
        topics = [
            Topic.objects.get_or_create(slug=f"load-topic-{n}", defaults={"name": f"Topic {n}"})[0]
            for n in range(4 if number else 0)
        ]
        self.insert(
            Issue,
            (
                Issue(
                    slug=f"load-issue-{n}",
                    title=f"Issue {n} {self.words(4)}",
                    question=self.words(8),
                    summary=self.words(30),
                    narrative=self.words(80),
                    opened_on=FIRST_DAY,
                    position=1000,
                )
                for n in range(number)
            ),
            number,
        )
        self.issues = list(
            Issue.objects.filter(slug__startswith="load-").values_list("pk", flat=True)
        )
        link = Issue.topics.through
        self.insert(
            link,
            (link(issue_id=pk, topic=self.random.choice(topics)) for pk in self.issues),
            number,
        )

    def make_actions(self, number):
        self.insert(
            RecommendedAction,
            (
                RecommendedAction(
                    slug=f"load-ask-{n}",
                    reference=f"L{n}",
                    issue_id=self.random.choice(self.issues),
                    body_id=self.random.choice(self.bodies),
                    title=f"Ask {n} {self.words(5)}",
                    text=self.words(25),
                    origin=Origin.ADDED,
                    asked_on=FIRST_DAY + timedelta(days=self.random.randrange(DAYS // 2)),
                    counts_as_done="Made up.",
                    counts_as_refused="Made up.",
                )
                for n in range(number)
            ),
            number,
        )
        asks = RecommendedAction.objects.filter(slug__startswith="load-").order_by("pk")
        self.asks = list(asks.values_list("pk", flat=True))
        self.insert(
            ChecklistStep,
            (
                ChecklistStep(
                    slug=f"load-step-{pk}",
                    action_id=pk,
                    audience=self.random.choice(Audience.values),
                    kind=self.random.choice(StepKind.values),
                    minutes=self.random.choice([2, 5, 10, 30]),
                    title=self.words(4),
                    wording=self.words(30),
                )
                for pk in self.asks
            ),
            number,
        )
        organisation, _created = Organisation.objects.get_or_create(
            slug="load-organisation", defaults={"name": "Made-up organisation"}
        )
        link = RecommendedAction.asked_by.through
        self.insert(
            link,
            (link(recommendedaction_id=pk, organisation_id=organisation.pk) for pk in self.asks),
            number,
        )

    def make_updates(self, number):
        """Spread the updates over the asks: each walks the same allowed way as far as it gets."""
        source, _created = Source.objects.get_or_create(
            key="load-source",
            defaults={
                "title": "Made-up meeting record",
                "publisher": "Nobody",
                "url": "https://example.org/made-up",
                "published_on": FIRST_DAY,
                "tier": Tier.OFFICIAL_RECORD,
            },
        )
        last_day = dict.fromkeys(self.asks, FIRST_DAY)
        head = RecordHead.held()

        def rows():
            for n in range(number):
                turn, place = divmod(n, len(self.asks))
                pk = self.asks[place]
                room = (FIRST_DAY + timedelta(days=DAYS) - last_day[pk]).days
                last_day[pk] += timedelta(days=self.random.randrange(max(room // 4, 1)))
                entry = StatusUpdate(
                    action_id=pk,
                    status=WAY[min(turn + place % 3, len(WAY) - 1)],
                    happened_on=last_day[pk],
                    recorded_by=self.author,
                    summary=self.words(20),
                    reference="Made up",
                    missing="Made up",
                    previous_digest=head.digest,
                )
                head.digest = entry.digest = digest_of(entry, [source], head.digest)
                yield entry

        self.insert(StatusUpdate, rows(), number)
        head.advance(head.digest, number)
        made = StatusUpdate.objects.filter(recorded_by=self.author).values_list("pk", flat=True)
        self.insert(
            Citation,
            (Citation(update_id=pk, source=source) for pk in made.order_by("pk").iterator()),
            number,
        )
