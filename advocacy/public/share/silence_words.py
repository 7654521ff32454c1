"""The words around the silence where it leaves its page: what, when, whose, under which licence."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils.translation import get_language, gettext, ngettext

from advocacy.models import Issue, Site, in_one_language
from advocacy.models.dates import written_day


@dataclass(frozen=True)
class Told:
    language: str
    kicker: str
    title: str
    stood: str
    # The same day in short, at the end of the lines.
    day: str
    source: str
    licence: str

    @property
    def sentence(self) -> str:
        """The line that goes with the picture wherever it is shown."""
        title = f"{self.kicker}: {self.title}" if self.kicker else self.title
        title = title if title.endswith((".", "?", "!")) else f"{title}."
        return f"{title} {self.stood}. {self.source} · {self.licence}"

    def more(self, number: int) -> str:
        words = ngettext(
            "%(number)s more ask in the record", "%(number)s more asks in the record", number
        )
        return words % {"number": number}


def told_of(issue: Issue | None, day: date, url: str, site: Site | None = None) -> Told:
    """The words of the picture of an issue, or without one of the whole record."""
    site = site or Site.current()
    name = gettext("The silence after each ask")
    title = issue.text_of("title") if issue else site.text_of("subject")
    licence = site.licence_link.words
    return Told(
        language=get_language() or settings.LANGUAGE_CODE,
        kicker=name if title else "",
        title=title or name,
        stood=gettext("As the record stood on %(shown_day)s") % {"shown_day": written_day(day)},
        day=written_day(day, style="medium"),
        source=f"{site.name}, {url}",
        licence=gettext("Text and data:") + f" {licence}"
        if licence
        else gettext("No licence is given: ask before you reuse."),
    )


def credit(issue: Issue | None, day: date, url: str, site: Site) -> str:
    """The same as one sentence, in the language of the page or all of it in that of the record."""
    made, _language, _states = in_one_language(lambda _: told_of(issue, day, url, site).sentence)
    return made


def dated(address: str, day: date | None) -> str:
    """The address of a page as it stood on a day that was asked for."""
    return f"{address}?as_of={day.isoformat()}" if day else address
