"""Made-up sources, and logs of searches that found nothing."""

from datetime import timedelta

from django.utils import timezone

from advocacy.models import Citation, SearchLog, Source, Tier

# Of ten sources in a row.
TIERS = [*[Tier.OFFICIAL_RECORD] * 7, Tier.OFFICIAL_STATEMENT, Tier.INDEPENDENT, Tier.CAMPAIGN]
ASKS_A_LOG = 4


class Sources:
    """Sources in the order of their days, for responses of the same time."""

    def __init__(self, content, number):
        self.content, self.random = content, content.random
        number = max(number, 2 * len(TIERS))
        rows = [self.a_source(n, number) for n in range(number)]
        content.insertion.insert(Source, rows, number)
        self.official = [row for row in rows if row.tier == Tier.OFFICIAL_RECORD]
        self.independent = [row for row in rows if row.tier == Tier.INDEPENDENT]

    def a_source(self, n, number):
        days = (self.content.today - self.content.first_day).days
        tier = TIERS[n % len(TIERS)]
        is_dead = self.random.random() < 0.02
        published_on = self.content.first_day + timedelta(days=days * n // number)
        return Source(
            key=f"made-up-{n}",
            title=self.content.words(7),
            summary=self.content.words(16),
            publisher=self.content.words(2),
            url=f"https://example.org/made-up/{n}",
            published_on=published_on,
            accessed_on=published_on,
            tier=tier,
            is_independent=tier in (Tier.INDEPENDENT, Tier.CAMPAIGN),
            link_failures=3 if is_dead else 0,
            dead_since=timezone.now() if is_dead else None,
        )

    def near(self, sources, day):
        """One of these sources of about that day."""
        days = (self.content.today - self.content.first_day).days
        place = len(sources) * (day - self.content.first_day).days // days
        return sources[max(0, min(place - self.random.randrange(7), len(sources) - 1))]

    def of(self, day, *, needs_independent=False):
        """What a response of that day stands on."""
        found = [self.near(self.official, day)]
        if needs_independent or self.random.random() < 0.2:
            found.append(self.near(self.independent, day))
        return found


class Logs:
    """Search logs; one serves several asks that were looked at on the same day."""

    def __init__(self, content, keys):
        self.content, self.keys = content, keys
        self.log, self.fresh = None, []

    def of(self, day, by):
        searched_before = self.log and self.log.searched_on == day
        if not searched_before or self.content.random.randrange(ASKS_A_LOG) == 0:
            self.log = SearchLog(
                pk=(pk := next(self.keys)),
                key=f"made-up-{pk}",
                searched_on=day,
                searched_by=by,
                places="\n".join(self.content.words(8) for _ in range(5)),
                terms=self.content.words(15),
                gaps=self.content.words(45),
            )
            self.fresh.append(self.log)
        return self.log


def cited(update, sources):
    return [Citation(update=update, source=source) for source in sources]
