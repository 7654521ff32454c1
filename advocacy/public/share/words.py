"""What the picture of a shared link says: the title, and how the asks stand."""

from collections import Counter

from django.utils.translation import gettext, ngettext

from advocacy.models import IN_CONFIDENCE, Phase
from advocacy.models.standing import label_of_group, wait_words


def words_of_ask(ask):
    return {"phase": ask.standing.mark, "status": ask.standing.label, "wait": ask.standing.wait}


def words_of_asks(asks):
    """How most of several asks stand, and how long the longest has been without an answer."""
    standings = [ask.standing for ask in asks]
    groups = Counter(standing.counted_as for standing in standings)
    waits = [s.days_waiting for s in standings if s.days_waiting is not None]
    group, number = groups.most_common(1)[0] if groups else (Phase.UNKNOWN, 0)
    asked = ngettext("%(number)s ask", "%(number)s asks", len(standings))
    wait = [asked % {"number": len(standings)}, wait_words(max(waits, default=None))]
    return {
        "phase": Phase.UNKNOWN.value if group == IN_CONFIDENCE else Phase(group).value,
        "status": gettext("%(status)s: %(number)s")
        % {"status": label_of_group(group), "number": number},
        "wait": " · ".join(filter(None, wait)),
    }
