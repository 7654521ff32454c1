"""A made-up record: what a million checked entries would be, with a chain that holds."""

import os
from datetime import datetime, time, timedelta
from heapq import heapify, heappop, heappush
from itertools import batched, count

from django.core.management.color import no_style
from django.db import connection, models
from django.utils import timezone

from advocacy.models import (
    TRANSITIONS,
    AssertedBy,
    BlockedReason,
    Citation,
    DatePrecision,
    Link,
    RecommendedAction,
    RecordHead,
    RefusedReason,
    ResponseStatus,
    SearchLog,
    StandingToday,
    StatusUpdate,
    Submission,
    Submitter,
    Tell,
    Verification,
    Wording,
    is_step_back,
)
from advocacy.models.digests import SALT_BYTES
from advocacy.models.vocabulary import REASON
from advocacy.models.wordings import witnessed
from bench.evidence import Logs, Sources, cited
from bench.inserting import BATCH
from bench.submissions import submissions, submitters

S = ResponseStatus
# How readily a body moves to a status; a body that stays where it is does so more often than not.
LIKELY = {
    S.ACKNOWLEDGED: 40,
    S.UNDER_DISCUSSION: 22,
    S.COMMITTED: 7,
    S.PARTIAL_ACTION: 6,
    S.ACTION_TAKEN: 5,
    S.IMPLEMENTED: 3,
    S.REFUSED: 5,
    S.BLOCKED: 4,
    S.REVERSED: 4,
    S.OVERTAKEN: 3,
}
STAYS = 5
# Nobody looked after every fourteenth ask; of every fourth, searches found nothing.
NEVER_LOOKED, SILENT = 14, 4
FEWER_IF_SILENT = 0.25
LOOKS, LOOKS_FIRST = 0.25, 0.5
CORRECTED = 0.016
ENTRIES_A_SOURCE = 10
NOON = time(12, tzinfo=timezone.get_default_timezone())


class Walk:
    """How far one ask has got on its way through the record."""

    def __init__(self, ask, *, is_silent):
        self.ask, self.is_silent = ask, is_silent
        self.left = 0
        self.status, self.last_key = S.NOT_CHECKED, None
        # The entry that the next one corrects.
        self.wrong = None


class Record:
    def __init__(self, content, people):
        self.content, self.people = content, people
        self.insertion, self.random = content.insertion, content.random
        # No entry is of today, so that none is of a day to come anywhere in the world.
        self.last_day = content.today - timedelta(days=2)

    def make(self, asks, number):
        sources = Sources(self.content, number // ENTRIES_A_SOURCE)
        keys = [row.pk for row in sources.official]
        self.content.make_events(keys)
        self.sources = sources
        self.wording_keys = keys_after(Wording)
        self.worded = {of: set() for of in witnessed()}
        self.submit(asks)
        self.logs = Logs(self.content, keys_after(SearchLog))
        self.keys = keys_after(StatusUpdate)
        self.write(self.walks(asks, number), number)

    def walks(self, asks, number):
        """The way of every ask that has entries, each with its share of their number."""
        walks, weights = [], []
        for n, ask in enumerate(asks):
            if n % NEVER_LOOKED == NEVER_LOOKED - 1 or ask.is_draft:
                continue
            walk = Walk(ask, is_silent=n % SILENT == SILENT - 2)
            weight = self.random.lognormvariate(0, 0.6)
            walks.append(walk)
            weights.append(weight * FEWER_IF_SILENT if walk.is_silent else weight)
        each = self.random.sample(walks, min(number, len(walks)))
        for walk in [*each, *self.random.choices(walks, weights, k=number - len(each))]:
            walk.left += 1
        return [walk for walk in walks if walk.left]

    def entries(self, walks):
        """Entries by the day they were recorded, all asks together, with their sources."""
        days = [(self.next_day(walk, walk.ask.asked_on), n) for n, walk in enumerate(walks)]
        heapify(days)
        while days:
            day, n = heappop(days)
            walk = walks[n]
            yield self.entry(walk, day)
            walk.left -= 1
            if walk.left:
                heappush(days, (self.next_day(walk, day), n))

    def next_day(self, walk, day):
        room = 2 * (self.last_day - day).days / (walk.left + 1)
        return min(day + timedelta(days=int(self.random.random() * room)), self.last_day)

    def entry(self, walk, day):
        """The next entry of an ask and its sources."""
        if walk.wrong:
            return self.correction(walk, day)
        is_first = walk.status == S.NOT_CHECKED
        looks = LOOKS_FIRST if is_first else LOOKS
        if walk.is_silent or self.random.random() < looks:
            return self.look(walk, day), []
        return self.response(walk, day)

    def common(self, walk, day):
        recorded_at = datetime.combine(day, NOON) + timedelta(seconds=self.random.randrange(40_000))
        pk = next(self.keys)
        return {
            "pk": pk,
            "key": f"made-up-{pk}",
            "action_id": walk.ask.key,
            "recorded_at": recorded_at,
            "recorded_by": self.random.choice(self.people),
            "checked_on": day,
        }

    def look(self, walk, day):
        common = self.common(walk, day)
        return StatusUpdate(
            **common,
            happened_on=day,
            search_log=self.logs.of(day, common["recorded_by"]),
            asserted_by=AssertedBy.US,
            verification=Verification.DOCUMENTED,
        )

    def response(self, walk, day):
        before, status = walk.status, self.next_status(walk.status)
        common = self.common(walk, day)
        sources = self.sources.of(day, needs_independent=status == S.IMPLEMENTED)
        entry = StatusUpdate(
            **common,
            status=status,
            happened_on=day,
            happened_precision=DatePrecision.MONTH if day.day == 1 else DatePrecision.DAY,
            summary=self.content.words(25),
            asserted_by=self.random.choice([AssertedBy.BODY, AssertedBy.BODY, AssertedBy.STATE]),
            verification=Verification.VERIFIED if len(sources) > 1 else Verification.DOCUMENTED,
            transition_reason=self.content.words(8)
            if TRANSITIONS[before][status] == REASON or status == S.OVERTAKEN
            else "",
            is_setback=is_step_back(before, status),
            tell=self.random.choices([Tell.DIGEST, Tell.AT_ONCE, Tell.NOBODY], [90, 1, 9])[0],
            **self.details(status, common["recorded_by"], walk.last_key),
        )
        walk.status, walk.last_key = status, entry.pk
        if walk.left > 1 and self.random.random() < CORRECTED:
            walk.wrong = entry, sources
        return entry, sources

    def next_status(self, before):
        options = TRANSITIONS[before]
        weights = [LIKELY[status] * (STAYS if status == before else 1) for status in options]
        return self.random.choices(list(options), weights)[0]

    def details(self, status, by, last_key):
        """What an entry of this status has to say."""
        words = self.content.words
        match status:
            case S.COMMITTED:
                return {"quote": words(30), "speaker": words(5)}
            case S.PARTIAL_ACTION:
                return {"missing": words(12), "reference": words(3)}
            case S.ACTION_TAKEN:
                return {"reference": words(3)}
            case S.IMPLEMENTED:
                return {"approved_by": next(one for one in self.people if one != by)}
            case S.REFUSED:
                return {"refused_reason": RefusedReason.STATED_POSITION, "quote": words(20)}
            case S.BLOCKED:
                return {
                    "blocked_reason": BlockedReason.VETO,
                    "blocked_by": "RU",
                    "votes_for": 13,
                    "votes_against": 1,
                    "votes_abstained": 1,
                }
            case S.REVERSED:
                return {"undoes_id": last_key}
        return {}

    def correction(self, walk, day):
        wrong, sources = walk.wrong
        walk.wrong = None
        # By whoever wrote it, so that somebody else still approves it where that is needed.
        entry = wrong.corrected_copy(
            **self.common(walk, day) | {"recorded_by": wrong.recorded_by},
            summary=self.content.words(25),
            correction_reason=self.content.words(9),
        )
        walk.last_key = entry.pk
        return entry, sources

    def submit(self, asks):
        """Put the asks to their bodies; the record begins with that."""
        head, keys = RecordHead.locked(), keys_after(Submission)
        made = submissions(asks, self.sources, self.people, self.content)
        with self.insertion.bar("submissions", len(asks)) as bar:
            for rows in batched(made, BATCH, strict=False):
                put = [submission for submission, _by in rows]
                asks_put = {submission.action_id for submission in put}
                known_from = {submission.source_id for submission in put} - {None}
                links = self.word(head, asks_put, known_from, put[0].recorded_at)
                joined = []
                for submission, organisations in rows:
                    submission.pk = next(keys)
                    joined += (own := submitters(submission, organisations))
                    links.append(linked(head, submission, submitters=own))
                self.insertion.write(Submission, put)
                self.insertion.write(Submitter, joined)
                self.insertion.write(Link, links)
                bar.update(len(rows))
        head.save()

    def write(self, walks, number):
        """Insert the entries with what belongs to them, at the end of the chain."""
        head = RecordHead.locked()
        with self.insertion.bar("record", number) as bar:
            for entries in batched(self.entries(walks), BATCH, strict=False):
                self.insertion.write(SearchLog, self.logs.fresh)
                self.logs.fresh.clear()
                self.insertion.write(StatusUpdate, [entry for entry, _sources in entries])
                citations = [row for entry, sources in entries for row in cited(entry, sources)]
                self.insertion.write(Citation, citations)
                asks = {entry.action_id for entry, _sources in entries}
                keys = {source.pk for _entry, sources in entries for source in sources}
                links = self.word(head, asks, keys, entries[0][0].recorded_at)
                links += [linked(head, e, sources=own) for e, own in entries]
                self.insertion.write(Link, links)
                bar.update(len(entries))
        head.save()
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(
                no_style(), [Submission, StatusUpdate, SearchLog, Wording]
            ):
                cursor.execute(statement)

    def word(self, head, asks, sources, taken_at):
        """Write how these asks, their bodies and these sources read; returns the links of that."""
        bodies = RecommendedAction.objects.filter(pk__in=asks).values_list("body", flat=True)
        stood_on = {"recommendedaction": asks, "targetbody": set(bodies), "source": sources}
        wordings = []
        for of, keys in stood_on.items():
            fresh = keys - self.worded[of]
            self.worded[of] |= fresh
            wordings += [
                Wording(
                    pk=next(self.wording_keys),
                    of=of,
                    row=row.pk,
                    taken_at=taken_at,
                    said=row.witnessed_values(),
                )
                for row in witnessed()[of]._default_manager.in_bulk(fresh).values()
            ]
        self.insertion.write(Wording, wordings)
        return [linked(head, wording) for wording in wordings]

    def derive(self):
        """Keep how each ask stands today."""
        # Without statistics the planner looks every correction up anew for every entry.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        asks = RecommendedAction.objects.all()
        with self.insertion.bar("standing", asks.count()) as bar:
            for number in StandingToday.objects.rebuild(asks):
                bar.update(number)


def linked(head, row, **fetched):
    """The link of a row after the head of the chain, which moves on to it."""
    row._prefetched_objects_cache = fetched
    values = row.hashed_values()
    link = Link(
        number=head.number + 1,
        kind=row.KIND,
        key=row.pk,
        salts=os.urandom(SALT_BYTES * len(values)),
        previous=head.digest,
    )
    link.digest = link.digest_of(values)
    head.number, head.digest = link.number, link.digest
    return link


def keys_after(model):
    """Keys of our own, as entries name one another before they are written."""
    return count((model.objects.aggregate(last=models.Max("pk"))["last"] or 0) + 1)
