"""Checks that nothing of the record was changed, put in or taken away below the program."""

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Exists, OuterRef
from django.utils.timezone import localtime
from tqdm import tqdm

from advocacy.models import (
    Event,
    KeptTranslation,
    Link,
    RecommendedAction,
    RecordHead,
    StandingToday,
    StatusUpdate,
    Submission,
    Translation,
    Withheld,
    Wording,
)
from advocacy.models.chain import SHORT, kinds, read_head
from advocacy.models.recorded import Noted
from advocacy.models.wordings import witnessed

MOST_NAMED = 20


class Command(BaseCommand):
    help = (
        "Check the chain of the record: each link carries the hash of the one before it, every row"
        " has its link, and asks, bodies, events and sources read as the chain says. Also that how"
        " each ask stands today is what its entries say, and that no event is without a source."
        " With --head, that the record still contains all it held when that head was noted from a"
        " mail, a feed or the method page."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--head",
            metavar="HEAD",
            help="a head noted earlier or cited: 57-1f60…, or its hash alone",
        )

    def handle(self, *, head, verbosity, **options):
        quiet = verbosity == 0 or None
        try:
            noted = read_head(head) if head else None
        except ValueError as error:
            raise CommandError(
                f"“{head}” is no head of the record. Copy it whole from a mail, the feed or the"
                " method page: a number, a hyphen and 64 letters and digits."
            ) from error
        number, broken = self.check_chain(quiet)
        broken += self.check_wordings()
        broken += Withheld.objects.breaks()
        broken += [
            f"The translation {place} does not read as the chain says."
            for place in Translation.objects.differences()
        ]
        broken += self.check_head(*noted, number) if noted else []
        broken += self.check_standing(quiet)
        broken += [
            f"Event {event.pk} ({event}) has no source." for event in Event.objects.without_source()
        ]
        for sentence in broken[:MOST_NAMED]:
            self.stderr.write(sentence)
        if broken:
            raise CommandError(f"The record does not hold: {len(broken)} breaks.")
        entries = Link.objects.filter(kind="update").count()
        now = RecordHead.current().noted or "none"
        self.stdout.write(f"The record holds: {entries} entries, {number} links, head {now}.")
        if head:
            self.stdout.write("It contains all that it held when the head you named was noted.")

    def check_chain(self, quiet):
        last, number = None, 0
        broken: list[str] = []
        links = tqdm(
            Link.objects.breaks(),
            total=Link.objects.count(),
            desc="Record",
            unit=" links",
            disable=quiet,
        )
        for link, why in links:
            last, number = link, number + 1
            if why:
                where = described(link) if len(broken) < MOST_NAMED else f"Link {link.number}"
                broken.append(f"{where}: {why}.")
        stored = RecordHead.current()
        if (stored.number, stored.digest) != (number, last.digest if last else ""):
            broken.append(
                f"The record ends after {number} links, and {stored.number} were written:"
                " entries at its end were taken away, or put in past the program."
            )
        for kind, model in kinds().items():
            # Not `exclude(pk__in=…)`: PostgreSQL would look through all keys again for each row.
            linked = Exists(Link.objects.filter(kind=kind, key=OuterRef("pk")))
            for row in model._default_manager.exclude(linked).order_by("pk")[:MOST_NAMED]:
                broken.append(f"{model._meta.verbose_name} {row.pk} was put in past the program.")
        return number, broken

    def check_wordings(self):
        """Whether asks, bodies and sources read as when the chain last took them up."""
        broken = []
        for name, key, fields in Wording.objects.differences():
            what = f"was changed past the program ({', '.join(fields)})" if fields else "is gone"
            broken.append(f"{named(name, key)} {what}: an entry stands on it.")
        for name, key in Wording.objects.missing():
            broken.append(f"{named(name, key)}: an entry stands on it, and no link holds it.")
        return broken

    def check_head(self, number, digest, last):
        """Whether the chain still contains a head that somebody noted."""
        links = Link.objects.filter(digest=digest)
        if len(digest) == SHORT:
            links = Link.objects.filter(number=number, digest__startswith=digest)
        link = links.first()
        if link and number in (None, link.number):
            return []
        if link:
            return [f"The hash {digest} is that of link {link.number}, not of link {number}."]
        if number and number > last:
            return [
                f"Link {number} was noted, and the record ends after {last} links:"
                " what stood at its end was taken away."
            ]
        return [f"The hash {digest} is in no link: what led to it was rewritten or taken away."]

    def check_standing(self, quiet):
        asks = RecommendedAction.objects.all()
        progress = tqdm(total=asks.count(), desc="Asks", unit=" asks", disable=quiet)
        broken = []
        with progress:
            for number, wrong in StandingToday.objects.differences(asks):
                progress.update(number)
                broken += [
                    f"How ask {pk} stands today is kept wrong ({what}): run rebuild_standing."
                    for pk, what in wrong
                ]
        return broken


def described(link):
    """Entry 12 (NK-02, recorded 2025-01-05), others alike, or where it was, if it is gone."""
    model = kinds().get(link.kind)
    row = model and model.with_hashed().filter(pk=link.key).first()
    if row is None:
        return f"Link {link.number} ({link.kind} {link.key})"
    if isinstance(row, Wording):
        return f"Link {link.number} (how {named(row.of, row.row)} read)"
    if isinstance(row, KeptTranslation):
        return f"Link {link.number} (the translation {row})"
    if isinstance(row, Withheld):
        return f"Link {link.number} (that {row} was withheld)"
    assert isinstance(row, StatusUpdate | Submission | Noted)
    day = localtime(row.recorded_at).date()
    what = "Entry" if isinstance(row, StatusUpdate) else str(row._meta.verbose_name).capitalize()
    name = row.natural_key()[0] if isinstance(row, Noted) else row.action.reference
    return f"{what} {row.pk} ({name}, recorded {day})"


def named(name, key):
    """A row that the record stands on: Source 12 “Meeting record”."""
    model = witnessed()[name]
    row = model._base_manager.filter(pk=key).first()
    label = str(model._meta.verbose_name).capitalize()
    return f"{label} {key} “{row}”" if row else f"{label} {key}"
