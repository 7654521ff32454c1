"""What the picture of a shared link says: the title, and how the asks stand.

`stands` are the groups that are shown with their mark: (name of the mark, words).
"""

from collections import Counter

from django.utils.translation import gettext, ngettext

from advocacy.models import PROPOSED, Issue, Phase, RecommendedAction, Site
from advocacy.models.dates import wait_words
from advocacy.models.groups import more_words
from advocacy.models.standing import label_of_group, mark_of_group


def words_of(row, asks):
    """All words of the picture of an issue, a body or an ask, in the active language."""
    if isinstance(row, RecommendedAction):
        words = {
            "title": row.text_of("title"),
            "kicker": row.body.text_of("name"),
            **words_of_ask(row),
        }
    elif isinstance(row, Issue):
        words = {"title": row.text_of("title"), "kicker": gettext("Issue"), **words_of_asks(asks)}
    else:
        words = {"title": row.text_of("name"), "kicker": gettext("Body"), **words_of_asks(asks)}
    # Words of the interface come as lazy ones.
    words["stands"] = [(mark, str(said)) for mark, said in words["stands"]]
    lines = {name: str(words[name]) for name in ("title", "kicker", "wait")}
    return {"site": Site.current().name, **lines, "stands": words["stands"]}


def words_of_ask(ask):
    standing = ask.standing
    is_marked = standing.is_proposed and standing.is_found
    wait = standing.clock_words if is_marked else standing.named_wait
    return {"stands": [(standing.mark, standing.label)], "wait": wait}


def words_of_asks(asks):
    """How several asks stand, and how long the longest has been without an answer.

    What was put to nobody is counted apart; it is all that is said where nothing was asked.
    """
    standings = [ask.standing for ask in asks]
    groups = Counter(standing.counted_as for standing in standings)
    waits = [s.days_waiting for s in standings if s.days_waiting is not None]
    proposed = groups.pop(PROPOSED, 0)
    number_asked = groups.total()
    if proposed and not number_asked:
        groups, proposed = Counter({PROPOSED: proposed}), 0
    asked = ngettext("%(number)s ask", "%(number)s asks", number_asked)
    wait = [
        asked % {"number": number_asked} if number_asked or not standings else "",
        wait_words(max(waits, default=None)),
        more_words(proposed) if proposed else "",
    ]
    counted = gettext("%(status)s: %(number)s")
    stands = [
        (mark_of_group(group), counted % {"status": label_of_group(group), "number": number})
        for group, number in groups.most_common() or [(Phase.UNKNOWN, 0)]
    ]
    return {"stands": stands, "wait": " · ".join(filter(None, wait))}
