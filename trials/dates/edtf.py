"""The notation: EDTF text read into points and bounds, its order, and its form for machines."""

import calendar
import datetime
import re
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

MAX_LENGTH = 64
TIMES_OF_DAY = ("morning", "afternoon", "evening", "night")


class DateError(ValueError):
    """A date that cannot be taken; the message is one sentence for the curator, `why` its second half."""

    def __init__(self, message: str, why: str = "") -> None:
        super().__init__(message)
        self.why = str(why)


class Precision(StrEnum):
    """How much of a point in time is known."""

    CENTURY = "century"
    DECADE = "decade"
    YEAR = "year"
    SEASON = "season"
    MONTH = "month"
    DAY = "day"


class Kind(StrEnum):
    """What a date is made of; it decides how `HistoricalDate.points` is read."""

    UNKNOWN = "unknown"  # no points
    POINT = "point"  # one
    INTERVAL = "interval"  # it lasted: start and end, either may be None
    SPAN = "span"  # it happened once between: first and last, either may be None
    CHOICE = "choice"  # it happened once: one of two points or more


@dataclass(frozen=True)
class Point:
    """One date of some precision; year, month and season are those of its earliest day."""

    earliest: datetime.date
    latest: datetime.date
    precision: Precision
    qualifier: str = ""  # "?" uncertain, "~" approximate, "%" both
    clock: str = ""  # "12:05"

    def same_time_as(self, other: "Point") -> bool:
        return (self.earliest, self.latest, self.precision) == (other.earliest, other.latest, other.precision)


@dataclass(frozen=True)
class HistoricalDate:
    """A date as EDTF text, with the first and last day it may mean (None: unbounded or unknown)."""

    text: str
    kind: Kind
    points: tuple[Point | None, ...]
    earliest: datetime.date | None
    latest: datetime.date | None

    def __str__(self) -> str:
        return self.text


# Reading EDTF

_POINT = re.compile(r"([0-9X]{4})(?:-([0-9X]{2})(?:-([0-9X]{2}))?)?([?~%]?)")
_YEAR = re.compile(r"[0-9]{4}|[0-9]{3}X|[0-9]{2}XX")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_SECONDS = re.compile(r":[0-5][0-9]")
_SEASON_STARTS = {"21": 3, "22": 6, "23": 9, "24": 12}  # the first month, as in the northern hemisphere
_USUAL = gettext_lazy("write it like 1937-01-30, 1936-10, 1936, 193X or 1936-10~")

# Why a text is not a point, by what it looks like; the first that fits is said.
_POINT_FAULTS = (
    (r".*\s.*", gettext_lazy("leave out the spaces")),
    (r".*[?~%].+", gettext_lazy("a mark (?, ~ or %) stands once, at the end of the date, as in 1938-03-15~")),
    (r"[0-9]{1,3}[?~%]?", gettext_lazy("write the year with four digits")),
    (r"-.*|Y.*|[0-9]{5}|[0-9]{7}|[0-9]{9,}", gettext_lazy("the years are 0001 to 9999, with four digits")),
    (
        r"[0-9]{4}-[0-9](-.*)?|[0-9]{4}-[0-9]{2}-[0-9]",
        gettext_lazy("write months and days with two digits, as in 1936-08-05"),
    ),
    (r".*x.*", gettext_lazy("write a capital X for digits that are not known, as in 193X")),
    (r"\{.*", gettext_lazy("write [1936,1938] for one of several dates")),
)


def parse(text: str) -> HistoricalDate:
    """Read EDTF text (the part of it described at the top of this file).

    Bounds are days: winter 1936 (`1936-24`) ends with February 1937, `1936-XX` is all of 1936, marks such
    as `~` do not widen them. Raises DateError for everything else, among it an interval that ends before it
    begins, the year 0000, which Python's dates do not have, spaces, and text longer than MAX_LENGTH.
    """
    if not text:
        raise DateError(_("The date is empty: write XXXX if it is not known."))
    if len(text) > MAX_LENGTH:
        why = _("it is longer than %(count)s characters; write it like 1937-01-30, 1936-10, 1936, 193X or 1936-10~")
        raise refusal(text, why % {"count": MAX_LENGTH})
    if text == "XXXX":
        return HistoricalDate(text, Kind.UNKNOWN, (), None, None)
    if text.startswith("["):
        return _parse_one_of_several(text)
    if "/" in text:
        return _parse_interval(text)
    point = _parse_point(text)
    return HistoricalDate(text, Kind.POINT, (point,), point.earliest, point.latest)


def refusal(text: str, why: str, sentence: str = "") -> DateError:
    """The error that says of ``text`` why it is refused, in the ``sentence`` (default: that it is not a date)."""
    sentence = sentence or _("“%(text)s” is not a date: %(why)s.")
    shown = text if len(text) <= 40 else text[:39] + "…"
    shown = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in shown)
    return DateError(sentence % {"text": shown, "why": why}, why)


def _parse_point(text: str) -> Point:
    day_text, separator, time_text = text.partition("T")
    match = _POINT.fullmatch(day_text)
    if not match:
        raise refusal(text, _fault_of_point(text))
    year, month, day, qualifier = match.groups(default="")
    precision, earliest, latest = _bounds(text, year, month, day)
    clock = ""
    if separator:
        if precision is not Precision.DAY or qualifier:
            raise refusal(text, _("a time follows a whole day without marks, as in 1937-01-23T12:05"))
        clock = _parse_clock(text, time_text)
    return Point(earliest, latest, precision, qualifier, clock)


def _fault_of_point(text: str) -> str:
    if any(letter.isdigit() and not letter.isascii() for letter in text):
        return _("write it with the digits 0 to 9")
    for pattern, why in _POINT_FAULTS:
        if re.fullmatch(pattern, text, re.DOTALL):
            return why
    return _USUAL


def _parse_clock(text: str, time_text: str) -> str:
    """Take `12:05` or `12:05:00`; seconds are checked and then left out."""
    clock, seconds = time_text[:5], time_text[5:]
    if not _CLOCK.fullmatch(clock) or (seconds and not _SECONDS.fullmatch(seconds)):
        raise refusal(text, _("the time is written 12:05 or 12:05:00, from 00:00 to 23:59 and without a zone"))
    return clock


def _bounds(text: str, year: str, month: str, day: str) -> tuple[Precision, datetime.date, datetime.date]:
    precision, first_year, last_year = _year_bounds(text, year)
    if month and precision is not Precision.YEAR:
        raise refusal(text, _("a month can follow only a year that is known, as in 1936-10"))
    if month == "XX":
        if day not in ("", "XX"):
            raise refusal(text, _("a day can follow only a month that is known, as in 1936-10-15"))
        month = day = ""
    if not month:
        return precision, datetime.date(first_year, 1, 1), datetime.date(last_year, 12, 31)
    if month in _SEASON_STARTS:
        return _season_bounds(text, first_year, month, day)
    return _month_bounds(text, first_year, month, day)


def _year_bounds(text: str, year: str) -> tuple[Precision, int, int]:
    if not _YEAR.fullmatch(year):
        raise refusal(text, _("X stands for the last digit or the last two digits of a year, as in 193X or 19XX"))
    first, last = int(year.replace("X", "0")), int(year.replace("X", "9"))
    if first == 0:
        raise refusal(text, _("there is no year 0000, and years are taken from 0001 on"))
    return (Precision.YEAR, Precision.DECADE, Precision.CENTURY)[year.count("X")], first, last


def _season_bounds(text: str, year: int, season: str, day: str) -> tuple[Precision, datetime.date, datetime.date]:
    if day:
        raise refusal(text, _("a season has no day; write 1936-21 for the spring of 1936"))
    start = _SEASON_STARTS[season]
    end_year, end = (year + 1, 2) if season == "24" else (year, start + 2)
    if end_year > datetime.MAXYEAR:
        raise refusal(text, _("this winter ends after the year 9999"))
    last = datetime.date(end_year, end, calendar.monthrange(end_year, end)[1])
    return Precision.SEASON, datetime.date(year, start, 1), last


def _month_bounds(text: str, year: int, month: str, day: str) -> tuple[Precision, datetime.date, datetime.date]:
    if "X" in month or not 1 <= int(month) <= 12:
        raise refusal(text, _("a month is 01 to 12, a season 21 to 24, and XX stands for a month not known"))
    number = int(month)
    days = calendar.monthrange(year, number)[1]
    if day in ("", "XX"):
        return Precision.MONTH, datetime.date(year, number, 1), datetime.date(year, number, days)
    if "X" in day:
        raise refusal(text, _("write both digits of the day, or XX for a day not known"))
    if not 1 <= int(day) <= days:
        why = ngettext("%(month)s has %(count)d day", "%(month)s has %(count)d days", days)
        raise refusal(text, why % {"month": f"{year}-{month}", "count": days})
    only = datetime.date(year, number, int(day))
    return Precision.DAY, only, only


def _parse_interval(text: str) -> HistoricalDate:
    sides = text.split("/")
    if len(sides) != 2:
        raise refusal(text, _("an interval has one stroke between two dates, as in 1936-10/1938-11"))
    start, end = (None if side in ("", "..") else _parse_side(text, side) for side in sides)
    return _between(text, Kind.INTERVAL, start, end)


def _parse_side(text: str, side: str) -> Point:
    if side == "XXXX":
        raise refusal(text, _("write .. for the side of an interval that is open or not known, as in ../1938"))
    point = _parse_point(side)
    if point.clock:
        raise refusal(text, _("an interval runs from day to day, without times, as in 1937-01-23/1937-01-30"))
    return point


def _parse_one_of_several(text: str) -> HistoricalDate:
    inside = text[1:-1]
    if not text.endswith("]") or not inside:
        raise refusal(text, _("one of several dates is written [1936,1938] or [1959..1988]"))
    if ".." not in inside:
        return _parse_choice(text, inside.split(","))
    ends = inside.split("..")
    if len(ends) != 2 or "," in inside:
        raise refusal(text, _("write either two ends, as in [1959..1988], or a list, as in [1936,1938]"))
    first, last = (_parse_member(text, end) if end else None for end in ends)
    return _between(text, Kind.SPAN, first, last)


def _parse_choice(text: str, members: list[str]) -> HistoricalDate:
    points = [_parse_member(text, member) for member in members]
    if len(points) < 2:
        raise refusal(text, _("write a single date without brackets"))
    if any(a.same_time_as(b) for index, a in enumerate(points) for b in points[:index]):
        raise refusal(text, _("the same date is listed twice; write it once"))
    earliest, latest = min(point.earliest for point in points), max(point.latest for point in points)
    return HistoricalDate(text, Kind.CHOICE, tuple(points), earliest, latest)


def _parse_member(text: str, member: str) -> Point:
    if member == "XXXX":
        raise refusal(text, _("a date not known at all is written XXXX, without brackets"))
    point = _parse_point(member)
    if point.qualifier or point.clock:
        raise refusal(text, _("dates inside brackets take no marks (?, ~, %) and no times"))
    return point


def _between(text: str, kind: Kind, start: Point | None, end: Point | None) -> HistoricalDate:
    if start is None and end is None:
        raise refusal(text, _("both ends are open; write XXXX for a date not known"))
    if start and end and start.earliest > end.latest:
        raise refusal(text, _("it ends before it begins; write the earlier date first"))
    return HistoricalDate(text, kind, (start, end), start and start.earliest, end and end.latest)


# Time of day, order, and the machine's form


def parse_time(text: str) -> tuple[int, int]:
    """Check a time of day kept beside a date ('', 'HH:MM' or one of TIMES_OF_DAY); return its sort key.

    No time comes before all times, so that an entry about the whole day leads it; a named time comes at its
    beginning (06:00, 12:00, 18:00, 22:00), just before that minute. Raises DateError for anything else.
    """
    if text == "":
        return (-1, 0)
    if text in TIMES_OF_DAY:
        return ((6, 12, 18, 22)[TIMES_OF_DAY.index(text)] * 60, 0)
    if _CLOCK.fullmatch(text):
        return (int(text[:2]) * 60 + int(text[3:]), 1)
    why = _("write hours and minutes, as in 09:30, or one of %(words)s") % {"words": ", ".join(TIMES_OF_DAY)}
    raise refusal(text, why, _("“%(text)s” is not a time of day: %(why)s."))


def sort_key(date: HistoricalDate | str, time: str = "") -> tuple[int, int, int, int]:
    """Return a key for chronological order: earliest day, latest day, time of day.

    Of two dates that begin together the narrower comes first. A date without a beginning (`../1938`) stands
    where it ends, one without an end (`1936/..`) after all that begin with it, an unknown one last of all.
    Raises DateError for a text that is not a date or not a time of day.
    """
    date = as_date(date)
    unbounded = datetime.date.max.toordinal() + 1
    latest = date.latest.toordinal() if date.latest else unbounded
    earliest = date.earliest.toordinal() if date.earliest else latest
    return (earliest, latest, *parse_time(time or clock_of(date)))


def datetime_attribute(date: HistoricalDate | str) -> str:
    """Return the value for HTML's `<time datetime="…">`, or "" where HTML has no honest one.

    Only a single year, month, day or minute without marks has a value (HTML standard, the `time` element).
    Raises DateError for a text that is not a date.
    """
    date = as_date(date)
    point = date.points[0] if date.kind is Kind.POINT else None
    length = {Precision.YEAR: 4, Precision.MONTH: 7, Precision.DAY: 10}
    if point is None or point.qualifier or point.precision not in length:
        return ""
    day = point.earliest.isoformat()[: length[point.precision]]
    return f"{day}T{point.clock}" if point.clock else day


def as_date(date: HistoricalDate | str) -> HistoricalDate:
    return parse(date) if isinstance(date, str) else date


def clock_of(date: HistoricalDate) -> str:
    return next((point.clock for point in date.points if point), "")
