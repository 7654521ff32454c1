"""Dates, numbers of days and names of languages, written out in the reader's language."""

from calendar import monthrange
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.dates import format_date, format_skeleton
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext

from advocacy.models.enums import DatePrecision

# English dates as an international reader writes them: 16 December 2024.
REGION = {"en": "en-GB"}
# An abbreviated year would end a sentence with two full stops: it is written out in a long date.
SPELT_OUT = {"uk": ("р.", "року")}
FOR_PROGRAMS: dict[str, str] = {DatePrecision.YEAR: "%Y", DatePrecision.MONTH: "%Y-%m"}


def locale() -> Locale:
    """The locale of the active language."""
    return locale_of(get_language() or settings.LANGUAGE_CODE)


@lru_cache(maxsize=64)
def locale_of(code: str) -> Locale:
    return Locale.parse(REGION.get(code, code), sep="-")


def language_name(code: str) -> str:
    """A language by its name in the reader's: англійська. Of a variant unknown, the language."""
    names: Any = locale().languages
    return str(names.get(code.replace("-", "_")) or names.get(code.partition("-")[0], code))


def written_day(day: date, precision: str = DatePrecision.DAY, style: str = "long") -> str:
    """A date as far as it is known: 16 December 2024, December 2024, 2024."""
    # Of a moment its day alone: moments are equal in every zone, and their days are not.
    day = day.date() if isinstance(day, datetime) else day
    return _written(day, str(precision), style, get_language() or settings.LANGUAGE_CODE)


@lru_cache(maxsize=10_000)
def _written(day: date, precision: str, style: str, language: str) -> str:
    """A page has hundreds of dates, and all pages together a few thousand."""
    names = locale_of(language)
    if precision == DatePrecision.YEAR:
        return format_skeleton("y", day, locale=names)
    if precision == DatePrecision.MONTH:
        return _spelt_out(format_skeleton("yMMMM", day, locale=names), names)
    written = format_date(day, style, locale=names)
    return _spelt_out(written, names) if style == "long" else written


def _spelt_out(written: str, names: Locale) -> str:
    short, long = SPELT_OUT.get(names.language, ("", ""))
    return f"{written.removesuffix(short)}{long}" if short and written.endswith(short) else written


def written_month(day: date) -> str:
    """The month of a day in short, for an axis of time: Dec 2024."""
    return format_skeleton("yMMM", day, locale=locale())


def written_moment(moment: datetime) -> str:
    """A moment in the zone of the site: 16 December 2024, 14:02 UTC."""
    local = timezone.localtime(moment)
    return f"{written_day(local.date())}, {local:%H:%M %Z}"


def machine_day(day: date, precision: str = DatePrecision.DAY) -> str:
    """The same for programs: 2024-12-16, 2024-12, 2024."""
    return format(day, FOR_PROGRAMS.get(precision, "%Y-%m-%d"))


def last_day(day: date, precision: str = DatePrecision.DAY) -> date:
    """The last day that a date may mean: of December 2024 the 31st."""
    if precision == DatePrecision.YEAR:
        return date(day.year, 12, 31)
    if precision == DatePrecision.MONTH:
        return day.replace(day=monthrange(day.year, day.month)[1])
    return day


def written_days(number: int) -> str:
    return ngettext("%(number)d day", "%(number)d days", number) % {"number": number}


# Nobody reads 600 minutes as a time.
FROM_ON_IN_HOURS = 120


def written_time(minutes: int) -> str:
    """How long something takes: 45 minutes; 10 hours."""
    if minutes < FROM_ON_IN_HOURS:
        return ngettext("%(number)d minute", "%(number)d minutes", minutes) % {"number": minutes}
    hours = round(minutes / 60)
    return ngettext("%(number)d hour", "%(number)d hours", hours) % {"number": hours}


def short_time(minutes: int) -> str:
    """The same in a few letters."""
    if minutes < FROM_ON_IN_HOURS:
        return gettext("%(number)d min") % {"number": minutes}
    return gettext("%(number)d h") % {"number": round(minutes / 60)}


def wait_words(days: int | None) -> str:
    """710 days without an answer; nothing where that may not be said, nor on the first day."""
    return gettext("%(days)s without an answer") % {"days": written_days(days)} if days else ""


def written_ago(number: int) -> str:
    if number == 0:
        return gettext("today")
    return gettext("%(days)s ago") % {"days": written_days(number)}
