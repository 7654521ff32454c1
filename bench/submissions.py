"""Made-up submissions: how the asks were put to their bodies."""

from datetime import datetime, timedelta

from django.utils import timezone

from advocacy.models import Channel, Submission, Submitter

# Every eighth ask is one that the editors propose; others join a third of the rest later.
PROPOSED, JOINED = 8, 0.33


def submissions(asks, sources, people, content):
    """(submission, its organisations) by ask, the first on the day of the ask."""
    random = content.random
    for n, ask in enumerate(asks):
        if n % PROPOSED == PROPOSED - 1:
            continue
        days = [ask.asked_on]
        if random.random() < JOINED:
            days.append(min(ask.asked_on + timedelta(days=random.randrange(400)), content.today))
        for number, day in enumerate(days):
            is_private = random.random() < 0.1
            yield (
                Submission(
                    slug=f"load-submission-{ask.key}-{number}",
                    action_id=ask.key,
                    submitted_on=day,
                    channel=random.choice(Channel.values),
                    source=None if is_private else sources.near(sources.official, day),
                    is_private=is_private,
                    reference=content.words(4),
                    receipt_on=day if random.random() < 0.1 else None,
                    recorded_at=timezone.make_aware(datetime(day.year, day.month, day.day, 12)),
                    recorded_by=random.choice(people),
                ),
                content.some(content.organisations, 3),
            )


def submitters(submission, organisations):
    return [Submitter(submission=submission, organisation_id=key) for key in organisations]
