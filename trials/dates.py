"""Dates of history: read from EDTF, bounded for sorting, said in words that claim no more than is known.

The notation is a part of EDTF, the Extended Date/Time Format (ISO 8601-2:2019; Library of Congress EDTF
specification, https://www.loc.gov/standards/datetime/):

    1937  1936-10  1937-01-30  1937-01-23T12:05       a year, a month, a day, a minute
    193X  19XX  1936-XX  1936-10-XX  XXXX             digits that are not known; a date not known at all
    1936-21                                           a season: 21 spring, 22 summer, 23 autumn, 24 winter
    1937-02-01?  1936-10~  1936%                      uncertain, approximate, both
    1936-10/1938-11  ../1938  1936/..                 an interval: it lasted from one to the other
    [1959..1988]  [..1988]  [1936,1938]               one date out of several: it happened once

Grammar of a language lives in its `Language` class at the end of this file, not in the parser.
"""

import calendar
import datetime
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum

MAX_LENGTH = 64
MAX_WORDS_LENGTH = 1000
TIMES_OF_DAY = ("morning", "afternoon", "evening", "night")
MONTHS = "January February March April May June July August September October November December".split()


class DateError(ValueError):
    """A date that cannot be taken; the message is one sentence for the curator, `why` its second half."""

    def __init__(self, message: str, why: str = "") -> None:
        super().__init__(message)
        self.why = why


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
_USUAL = "write it like 1937-01-30, 1936-10, 1936, 193X or 1936-10~"

# Why a text is not a point, by what it looks like; the first that fits is said.
_POINT_FAULTS = (
    (r".*\s.*", "leave out the spaces"),
    (r".*[?~%].+", "a mark (?, ~ or %) stands once, at the end of the date, as in 1938-03-15~"),
    (r"[0-9]{1,3}[?~%]?", "write the year with four digits"),
    (r"-.*|Y.*|[0-9]{5}|[0-9]{7}|[0-9]{9,}", "the years are 0001 to 9999, with four digits"),
    (
        r"[0-9]{4}-[0-9](-.*)?|[0-9]{4}-[0-9]{2}-[0-9]",
        "write months and days with two digits, as in 1936-08-05",
    ),
    (r".*x.*", "write a capital X for digits that are not known, as in 193X"),
    (r"\{.*", "write [1936,1938] for one of several dates"),
)


def parse(text: str) -> HistoricalDate:
    """Read EDTF text (the part of it described at the top of this file).

    Bounds are days: winter 1936 (`1936-24`) ends with February 1937, `1936-XX` is all of 1936, marks such
    as `~` do not widen them. Raises DateError for everything else, among it an interval that ends before it
    begins, the year 0000, which Python's dates do not have, spaces, and text longer than MAX_LENGTH.
    """
    if not text:
        raise DateError("The date is empty: write XXXX if it is not known.")
    if len(text) > MAX_LENGTH:
        raise _refusal(text, f"it is longer than {MAX_LENGTH} characters; {_USUAL}")
    if text == "XXXX":
        return HistoricalDate(text, Kind.UNKNOWN, (), None, None)
    if text.startswith("["):
        return _parse_one_of_several(text)
    if "/" in text:
        return _parse_interval(text)
    point = _parse_point(text)
    return HistoricalDate(text, Kind.POINT, (point,), point.earliest, point.latest)


def _refusal(text: str, why: str, verdict: str = "is not a date") -> DateError:
    shown = text if len(text) <= 40 else text[:39] + "…"
    shown = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in shown)
    return DateError(f"“{shown}” {verdict}: {why}.", why)


def _parse_point(text: str) -> Point:
    day_text, separator, time_text = text.partition("T")
    match = _POINT.fullmatch(day_text)
    if not match:
        raise _refusal(text, _fault_of_point(text))
    year, month, day, qualifier = match.groups(default="")
    precision, earliest, latest = _bounds(text, year, month, day)
    clock = ""
    if separator:
        if precision is not Precision.DAY or qualifier:
            raise _refusal(text, "a time follows a whole day without marks, as in 1937-01-23T12:05")
        clock = _parse_clock(text, time_text)
    return Point(earliest, latest, precision, qualifier, clock)


def _fault_of_point(text: str) -> str:
    if any(letter.isdigit() and not letter.isascii() for letter in text):
        return "write it with the digits 0 to 9"
    for pattern, why in _POINT_FAULTS:
        if re.fullmatch(pattern, text, re.DOTALL):
            return why
    return _USUAL


def _parse_clock(text: str, time_text: str) -> str:
    """Take `12:05` or `12:05:00`; seconds are checked and then left out."""
    clock, seconds = time_text[:5], time_text[5:]
    if not _CLOCK.fullmatch(clock) or (seconds and not _SECONDS.fullmatch(seconds)):
        raise _refusal(text, "the time is written 12:05 or 12:05:00, from 00:00 to 23:59 and without a zone")
    return clock


def _bounds(text: str, year: str, month: str, day: str) -> tuple[Precision, datetime.date, datetime.date]:
    precision, first_year, last_year = _year_bounds(text, year)
    if month and precision is not Precision.YEAR:
        raise _refusal(text, "a month can follow only a year that is known, as in 1936-10")
    if month == "XX":
        if day not in ("", "XX"):
            raise _refusal(text, "a day can follow only a month that is known, as in 1936-10-15")
        month = day = ""
    if not month:
        return precision, datetime.date(first_year, 1, 1), datetime.date(last_year, 12, 31)
    if month in _SEASON_STARTS:
        return _season_bounds(text, first_year, month, day)
    return _month_bounds(text, first_year, month, day)


def _year_bounds(text: str, year: str) -> tuple[Precision, int, int]:
    if not _YEAR.fullmatch(year):
        raise _refusal(text, "X stands for the last digit or the last two digits of a year, as in 193X or 19XX")
    first, last = int(year.replace("X", "0")), int(year.replace("X", "9"))
    if first == 0:
        raise _refusal(text, "there is no year 0000, and years are taken from 0001 on")
    return (Precision.YEAR, Precision.DECADE, Precision.CENTURY)[year.count("X")], first, last


def _season_bounds(text: str, year: int, season: str, day: str) -> tuple[Precision, datetime.date, datetime.date]:
    if day:
        raise _refusal(text, "a season has no day; write 1936-21 for the spring of 1936")
    start = _SEASON_STARTS[season]
    end_year, end = (year + 1, 2) if season == "24" else (year, start + 2)
    if end_year > datetime.MAXYEAR:
        raise _refusal(text, "this winter ends after the year 9999")
    last = datetime.date(end_year, end, calendar.monthrange(end_year, end)[1])
    return Precision.SEASON, datetime.date(year, start, 1), last


def _month_bounds(text: str, year: int, month: str, day: str) -> tuple[Precision, datetime.date, datetime.date]:
    if "X" in month or not 1 <= int(month) <= 12:
        raise _refusal(text, "a month is 01 to 12, a season 21 to 24, and XX stands for a month not known")
    number = int(month)
    days = calendar.monthrange(year, number)[1]
    if day in ("", "XX"):
        return Precision.MONTH, datetime.date(year, number, 1), datetime.date(year, number, days)
    if "X" in day:
        raise _refusal(text, "write both digits of the day, or XX for a day not known")
    if not 1 <= int(day) <= days:
        raise _refusal(text, f"{MONTHS[number - 1]} {year} has {days} days")
    only = datetime.date(year, number, int(day))
    return Precision.DAY, only, only


def _parse_interval(text: str) -> HistoricalDate:
    sides = text.split("/")
    if len(sides) != 2:
        raise _refusal(text, "an interval has one stroke between two dates, as in 1936-10/1938-11")
    start, end = (None if side in ("", "..") else _parse_side(text, side) for side in sides)
    return _between(text, Kind.INTERVAL, start, end)


def _parse_side(text: str, side: str) -> Point:
    if side == "XXXX":
        raise _refusal(text, "write .. for the side of an interval that is open or not known, as in ../1938")
    point = _parse_point(side)
    if point.clock:
        raise _refusal(text, "an interval runs from day to day, without times, as in 1937-01-23/1937-01-30")
    return point


def _parse_one_of_several(text: str) -> HistoricalDate:
    inside = text[1:-1]
    if not text.endswith("]") or not inside:
        raise _refusal(text, "one of several dates is written [1936,1938] or [1959..1988]")
    if ".." not in inside:
        return _parse_choice(text, inside.split(","))
    ends = inside.split("..")
    if len(ends) != 2 or "," in inside:
        raise _refusal(text, "write either two ends, as in [1959..1988], or a list, as in [1936,1938]")
    first, last = (_parse_member(text, end) if end else None for end in ends)
    return _between(text, Kind.SPAN, first, last)


def _parse_choice(text: str, members: list[str]) -> HistoricalDate:
    points = [_parse_member(text, member) for member in members]
    if len(points) < 2:
        raise _refusal(text, "write a single date without brackets")
    if any(a.same_time_as(b) for index, a in enumerate(points) for b in points[:index]):
        raise _refusal(text, "the same date is listed twice; write it once")
    earliest, latest = min(point.earliest for point in points), max(point.latest for point in points)
    return HistoricalDate(text, Kind.CHOICE, tuple(points), earliest, latest)


def _parse_member(text: str, member: str) -> Point:
    if member == "XXXX":
        raise _refusal(text, "a date not known at all is written XXXX, without brackets")
    point = _parse_point(member)
    if point.qualifier or point.clock:
        raise _refusal(text, "dates inside brackets take no marks (?, ~, %) and no times")
    return point


def _between(text: str, kind: Kind, start: Point | None, end: Point | None) -> HistoricalDate:
    if start is None and end is None:
        raise _refusal(text, "both ends are open; write XXXX for a date not known")
    if start and end and start.earliest > end.latest:
        raise _refusal(text, "it ends before it begins; write the earlier date first")
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
    why = f"write hours and minutes, as in 09:30, or one of {', '.join(TIMES_OF_DAY)}"
    raise _refusal(text, why, "is not a time of day")


def sort_key(date: HistoricalDate | str, time: str = "") -> tuple[int, int, int, int]:
    """Return a key for chronological order: earliest day, latest day, time of day.

    Of two dates that begin together the narrower comes first. A date without a beginning (`../1938`) stands
    where it ends, one without an end (`1936/..`) after all that begin with it, an unknown one last of all.
    Raises DateError for a text that is not a date or not a time of day.
    """
    date = _as_date(date)
    unbounded = datetime.date.max.toordinal() + 1
    latest = date.latest.toordinal() if date.latest else unbounded
    earliest = date.earliest.toordinal() if date.earliest else latest
    return (earliest, latest, *parse_time(time or _clock_of(date)))


def datetime_attribute(date: HistoricalDate | str) -> str:
    """Return the value for HTML's `<time datetime="…">`, or "" where HTML has no honest one.

    Only a single year, month, day or minute without marks has a value (HTML standard, the `time` element).
    Raises DateError for a text that is not a date.
    """
    date = _as_date(date)
    point = date.points[0] if date.kind is Kind.POINT else None
    length = {Precision.YEAR: 4, Precision.MONTH: 7, Precision.DAY: 10}
    if point is None or point.qualifier or point.precision not in length:
        return ""
    day = point.earliest.isoformat()[: length[point.precision]]
    return f"{day}T{point.clock}" if point.clock else day


def _as_date(date: HistoricalDate | str) -> HistoricalDate:
    return parse(date) if isinstance(date, str) else date


def _clock_of(date: HistoricalDate) -> str:
    return next((point.clock for point in date.points if point), "")


# Words


def in_words(date: HistoricalDate | str, language: str = "en", time: str = "") -> str:
    """Say a date for a visitor: "about October 1936", "16–17 September 1936, morning".

    `time` is a time of day kept in its own column; where it is given it is said instead of the date's own.
    A language without a formatter is said in English; `en-gb` is `en`. Raises DateError for a text that is
    not a date or not a time of day.
    """
    date = _as_date(date)
    parse_time(time)
    return _language(language).words(date, time or _clock_of(date))


def from_words(text: str, language: str = "en") -> str:
    """Turn what a curator types into EDTF: EDTF as it is, or words such as "about October 1936".

    Everything typed must be understood; otherwise DateError says what to write. "before March 1937" becomes
    `[..1937-02]` and "after 1936" `[1937..]`: it happened once, and not in the month or year named.
    "until 1938" and "from 1936" are states that lasted: `../1938`, `1936/..`. A month written `1909-12` is
    EDTF for December 1909; years are shortened with a dash only (1909–12). In "night of 16–17 September
    1936" the night is the two days; the word itself belongs in the time of day.
    """
    text = text.strip()
    try:
        return parse(text).text
    except DateError as error:
        not_edtf = error
    if not text or len(text) > MAX_WORDS_LENGTH:
        raise not_edtf
    return _read_words(text, _language(language), not_edtf)


def _read_words(text: str, language: "Language", not_edtf: DateError) -> str:
    try:
        edtf = language.read(text)
        if edtf is not None:
            return parse(edtf).text
    except DateError as error:  # understood, but there is no such date
        raise _refusal(text, error.why) from error
    why = language.fault(text)
    if why is None and not re.search(r"[^\W\d_X]{2}|\s", text):  # no words in it: it was meant as EDTF
        raise not_edtf
    raise _refusal(text, why or language.advice, "is not understood")


class Language(ABC):
    """How one language says dates. Another language is one subclass and its line in LANGUAGES."""

    unknown: str  # "date unknown"
    advice = "write it in EDTF, like 1937-01-30, 1936-10, 1936 or 1936-10~"

    def words(self, date: HistoricalDate, time: str) -> str:
        said = self._date(date)
        return self.at_time(said, date, time) if time else said

    def _date(self, date: HistoricalDate) -> str:
        if date.kind is Kind.UNKNOWN:
            return self.unknown
        if date.kind is Kind.CHOICE:
            return self.one_of([point for point in date.points if point])
        first, last = date.points[0], date.points[-1]
        if first and last:
            if first == last:
                return self.point(first)
            return self.interval(first, last) if date.kind is Kind.INTERVAL else self.between(first, last)
        lasted = date.kind is Kind.INTERVAL
        if first:
            return self.since(first) if lasted else self.at_earliest(first)
        if last:
            return self.until(last) if lasted else self.at_latest(last)
        return self.unknown

    @abstractmethod
    def point(self, point: Point) -> str:
        """Say one point with its qualifier; its clock is left to `at_time`."""

    @abstractmethod
    def interval(self, start: Point, end: Point) -> str:
        """Say that it lasted from one point to another; both may have qualifiers."""

    @abstractmethod
    def since(self, start: Point) -> str:
        """Say that it lasted from here on: the end is open."""

    @abstractmethod
    def until(self, end: Point) -> str:
        """Say that it lasted until then: the beginning is open."""

    @abstractmethod
    def between(self, first: Point, last: Point) -> str:
        """Say that it happened once, the ends included."""

    @abstractmethod
    def at_earliest(self, first: Point) -> str:
        """Say that it happened once, then or later."""

    @abstractmethod
    def at_latest(self, last: Point) -> str:
        """Say that it happened once, then or before."""

    @abstractmethod
    def one_of(self, points: list[Point]) -> str:
        """Say that it happened once, on one of these."""

    @abstractmethod
    def at_time(self, said: str, date: HistoricalDate, time: str) -> str:
        """Add a time of day ('HH:MM' or one of TIMES_OF_DAY) to a date that has been said."""

    def read(self, text: str) -> str | None:
        """Return EDTF for words understood to the last letter, else None. A language may read nothing."""
        return None

    def fault(self, text: str) -> str | None:
        """Return what is wrong with words that were not understood, where that can be told."""
        return None


def _english_ordinals() -> list[str]:
    """Return first, second … hundredth: EDTF has a hundred centuries."""
    ones = "first second third fourth fifth sixth seventh eighth ninth".split()
    teens = "tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
    tens = "twenty thirty forty fifty sixty seventy eighty ninety".split()
    rest = [word for ten in tens for word in [ten[:-1] + "ieth", *(f"{ten}-{one}" for one in ones)]]
    return [*ones, *teens.split(), *rest, "hundredth"]


class English(Language):
    """Dates in English, and the English a curator may type."""

    unknown = "date unknown"
    advice = "write it like 30 January 1937, October 1936, about 1936, 1961–1963 or before 1937, or in EDTF"

    SEASONS = {3: "spring", 6: "summer", 9: "autumn", 12: "winter"}
    QUALIFIERS = {"": "", "?": "probably ", "~": "about ", "%": "probably about "}
    ORDINALS = _english_ordinals()

    # Saying

    def point(self, point: Point) -> str:
        return self.QUALIFIERS[point.qualifier] + self._plain(point)

    def _plain(self, point: Point) -> str:
        day, year = point.earliest, self._year(point.earliest.year)
        if point.precision is Precision.DAY:
            return f"{day.day} {MONTHS[day.month - 1]} {year}"
        if point.precision is Precision.MONTH:
            return f"{MONTHS[day.month - 1]} {year}"
        if point.precision is Precision.SEASON:
            # "Winter 1936" may be its beginning or its end, so both years are said.
            last = f"–{self._year(day.year + 1)}" if day.month == 12 else ""
            return f"{self.SEASONS[day.month]} {year}{last}"
        return year if point.precision is Precision.YEAR else self._long_period(point)

    def _long_period(self, point: Point) -> str:
        first = point.earliest.year
        # EDTF counts 19XX from 1900 to 1999, as people do when they say "the twentieth century".
        century = f"the {self.ORDINALS[first // 100]} century"
        if point.precision is Precision.CENTURY:
            return century
        # "The 1900s" may be ten years or a hundred.
        return f"the first decade of {century}" if first % 100 == 0 else f"the {self._year(first)}s"

    def _year(self, year: int) -> str:
        return str(year) if year >= 1000 else f"AD {year}"

    def interval(self, start: Point, end: Point) -> str:
        if start.qualifier or end.qualifier or "–" in self._plain(start) + self._plain(end):
            # After a dash it would not be clear how far "about" reaches.
            return f"from {self.point(start)} to {self.point(end)}"
        first = self._shortened(start, end)
        together = start.precision is end.precision and " " not in first
        return f"{first}{'–' if together else ' – '}{self._plain(end)}"

    def _shortened(self, first: Point, last: Point) -> str:
        """Say a point without the month and year that the next one is about to say."""
        words = self._plain(first)
        if first.precision is not last.precision or first.earliest.year != last.earliest.year or "–" in words:
            return words
        if first.precision is Precision.DAY:
            month_too = first.earliest.month == last.earliest.month
            return str(first.earliest.day) if month_too else words.removesuffix(" " + self._year(first.earliest.year))
        if first.precision in (Precision.MONTH, Precision.SEASON) and "–" not in self._plain(last):
            return words.removesuffix(" " + self._year(first.earliest.year))
        return words

    def since(self, start: Point) -> str:
        return f"from {self.point(start)}"

    def until(self, end: Point) -> str:
        return f"until {self.point(end)}"

    def between(self, first: Point, last: Point) -> str:
        return f"between {self._shortened(first, last)} and {self._plain(last)}"

    def at_earliest(self, first: Point) -> str:
        return f"{self._plain(first)} at the earliest"

    def at_latest(self, last: Point) -> str:
        # Not "by": "by the 1930s" would promise that it was before they began.
        return f"{self._plain(last)} at the latest"

    def one_of(self, points: list[Point]) -> str:
        if len(points) == 2:
            return f"{self._shortened(*points)} or {self._plain(points[1])}"
        return " or ".join(self._plain(point) for point in points)

    def at_time(self, said: str, date: HistoricalDate, time: str) -> str:
        if time == "night" and _is_one_night(date):
            return f"night of {said}"
        return f"{said}, {time.replace(':', '.')}"

    # Reading

    UNKNOWN = ("unknown", "date unknown", "unknown date")
    MONTH_NUMBERS = {
        **{name.lower(): number for number, name in enumerate(MONTHS, 1)},
        **{name[:3].lower(): number for number, name in enumerate(MONTHS, 1)},
        "sept": 9,
    }
    SEASON_NUMBERS = {"spring": "21", "summer": "22", "autumn": "23", "fall": "23"}

    _ABOUT = r"(?:about|around|approximately|circa|ca?\.?)"
    QUALIFIED = re.compile(rf"(?P<probably>probably )?(?P<about>{_ABOUT} |ca?\.?(?=[0-9]))?(?P<plain>.+)")
    _Y = r"(?P<year>[0-9]{4}|ad [0-9]{1,4})"
    _DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
    _MONTH = r"(?P<month>[a-z]+)\.?"
    DATES = tuple(re.compile(p) for p in (_Y, f"{_MONTH},? {_Y}", f"{_DAY} {_MONTH},? {_Y}", f"{_MONTH} {_DAY},? {_Y}"))
    WINTER = re.compile(rf"winter {_Y}[-–/](?P<next>[0-9]{{2}}|[0-9]{{4}}|ad [0-9]{{1,4}})")
    DECADE = re.compile(r"(?:the )?(?P<tens>[0-9]{3}|ad [0-9]{1,3})0s")
    CENTURY = re.compile(
        r"(?P<part>(?:the )?first decade of )?(?:the )?(?P<ordinal>[a-z-]+|[0-9]{1,3}(?:st|nd|rd|th)) century"
    )
    BOUNDS = {
        "until …": "../…",
        "from …": "…/..",
        "since …": "…/..",
        "… at the latest": "[..…]",
        "… or earlier": "[..…]",
        "… at the earliest": "[…..]",
        "… or later": "[…..]",
    }
    TIME = re.compile(r"(?P<date>.+), (?P<hour>[0-9]{2})[.:](?P<minute>[0-9]{2})")
    SHORT_YEARS = re.compile(r"([0-9]{2})([0-9]{2}) ?[–—] ?([0-9]{2})")
    DASHES = (re.compile(r" [-–—] "), re.compile(r"[-–—]"))  # a dash between spaces divides first

    # Why words were not understood, by what they look like; the first that fits is said.
    FAULTS = (
        (
            r"[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}",
            "figures alone do not say which is the month; write it like 12 January 1937 or 1937-01-12",
        ),
        (r"[0-9]{4}-(2[5-9]|[3-9][0-9])", "write the years in full, as in 1961–1963, and a month as 1936-10"),
        (r"(the )?[0-9]{2}00s", "it may be ten years or a hundred; write 1900–1909 or the twentieth century"),
        (r"(the )?(first|1st) century", "write the years, as in between AD 1 and AD 99"),
        (r"winter [0-9]{4}", "a winter has two years; write winter 1936–1937"),
        (r"by .+(0s|century)", "it may be the beginning or the end of that time; write a year"),
        (
            rf".*\b({'|'.join(TIMES_OF_DAY)})\b.*",
            "write the day alone and give the time of day separately",
        ),
        (
            rf"(probably|{_ABOUT}) [^-–—]*[0-9][^-–—]*[-–—].*[0-9].*",
            "say it of each date, as in from about 1936 to about 1938",
        ),
        (
            rf"(before|after|by|between) (probably|{_ABOUT}) .*",
            "before, after, by and between are followed by a date that is not itself approximate",
        ),
        (r"[a-z., ]*[0-9]{0,2}[a-z., ]*", "it has no year; write it like 30 January 1937, or unknown"),
    )

    def read(self, text: str) -> str | None:
        words = " ".join(text.lower().split())
        if words in self.UNKNOWN:
            return "XXXX"
        readers = (
            self._read_point,
            self._read_time,
            self._read_night,
            self._read_bound,
            self._read_choice,
            self._read_pair,  # last, since a hyphen may be part of a word
        )
        return next((edtf for reader in readers if (edtf := reader(words))), None)

    def fault(self, text: str) -> str | None:
        words = " ".join(text.lower().split())
        return next((why for pattern, why in self.FAULTS if re.fullmatch(pattern, words)), None)

    def _read_point(self, words: str) -> str | None:
        match = self.QUALIFIED.fullmatch(words)
        if not match:
            return None
        plain = self._read_plain(match["plain"])
        mark = ("%" if match["about"] else "?") if match["probably"] else ("~" if match["about"] else "")
        return plain and plain + mark

    def _read_plain(self, words: str) -> str | None:
        return self._read_date(words) or self._read_season(words) or self._read_long_period(words)

    def _read_date(self, words: str) -> str | None:
        match = next((match for pattern in self.DATES if (match := pattern.fullmatch(words))), None)
        if not match:
            return None
        found = match.groupdict()
        year = _four_digits(found["year"])
        if "month" not in found:
            return year
        month = self.MONTH_NUMBERS.get(found["month"])
        if not month:
            return None
        return f"{year}-{month:02}-{int(found['day']):02}" if "day" in found else f"{year}-{month:02}"

    def _read_season(self, words: str) -> str | None:
        if match := self.WINTER.fullmatch(words):
            year, following = _four_digits(match["year"]), match["next"]
            following = year[:2] + following if len(following) == 2 else _four_digits(following)
            return f"{year}-24" if int(following) == int(year) + 1 else None
        name, _, year_words = words.partition(" ")
        if name in self.SEASON_NUMBERS and re.fullmatch(self._Y, year_words):
            return f"{_four_digits(year_words)}-{self.SEASON_NUMBERS[name]}"
        return None

    def _read_long_period(self, words: str) -> str | None:
        if match := self.DECADE.fullmatch(words):
            tens = match["tens"].removeprefix("ad ").zfill(3)
            return None if tens.endswith("0") else f"{tens}X"
        match = self.CENTURY.fullmatch(words)
        number = match and self._read_ordinal(match["ordinal"])
        if not match or not number or number == 1:  # the first century would hold a year 0000
            return None
        return f"{number - 1:02}" + ("0X" if match["part"] else "XX")

    def _read_ordinal(self, word: str) -> int | None:
        if word in self.ORDINALS:
            return self.ORDINALS.index(word) + 1
        digits = word.rstrip("stndrh")
        return int(digits) if digits.isdecimal() and 1 <= int(digits) <= 100 else None

    def _read_time(self, words: str) -> str | None:
        match = self.TIME.fullmatch(words)
        day = match and self._read_point(match["date"])
        return f"{day}T{match['hour']}:{match['minute']}" if match and day else None

    def _read_night(self, words: str) -> str | None:
        if not words.startswith("night of "):
            return None
        edtf = self._read_pair(words.removeprefix("night of "))
        return edtf if edtf and _is_one_night(parse(edtf)) else None

    def _read_bound(self, words: str) -> str | None:
        """Read a date open on one side, by the words before or after it."""
        for pattern, edtf in self.BOUNDS.items():
            match = re.fullmatch(pattern.replace("…", "(.+)"), words)
            point = match and self._read_point(match[1])
            if point:
                return edtf.replace("…", point)
        return self._read_beside(words)

    def _read_beside(self, words: str) -> str | None:
        relation, _, rest = words.partition(" ")
        point = self._read_point(rest)
        if not point:
            return None
        if relation == "by" and not point.rstrip("?~%").endswith("X"):
            return f"[..{point}]"
        return {"before": _before, "after": _after}.get(relation, lambda _: None)(point)

    def _read_pair(self, words: str) -> str | None:
        """Read two dates and what joins them: an interval, or a span after “between”."""
        if words.startswith("between "):
            pair = self._read_two(words.removeprefix("between ").split(" and "))
            return f"[{pair[0]}..{pair[1]}]" if pair else None
        if words.startswith("from "):
            pair = self._read_two(re.split(" to | until ", words.removeprefix("from ")))
            return "/".join(pair) if pair else None
        if match := self.SHORT_YEARS.fullmatch(words):
            century, year, end = match.groups()
            return f"{century}{year}/{century}{end}"
        for dash in (re.compile(" to "), *self.DASHES):
            pair = self._read_two(dash.split(words))
            # With a dash it is not clear how far "about" reaches.
            if pair and not any(edtf.endswith(("?", "~", "%")) for edtf in pair):
                return "/".join(pair)
        return None

    def _read_two(self, sides: list[str]) -> tuple[str, str] | None:
        if len(sides) != 2:
            return None
        last = self._read_point(sides[1])
        first = last and (self._read_point(sides[0]) or self._read_shortened(sides[0], last))
        return (first, last) if first and last else None

    def _read_shortened(self, words: str, next_edtf: str) -> str | None:
        """Read “16” before “17 September 1936”, or “October” before “November 1936”."""
        following = parse(next_edtf).points[0]
        if not following or following.qualifier:
            return None
        year = self._year(following.earliest.year).lower()
        month = MONTHS[following.earliest.month - 1].lower()
        for whole in (f"{words} {year}", f"{words} {month} {year}"):
            edtf = self._read_point(whole)
            point = parse(edtf).points[0] if edtf else None
            if point and point.precision is following.precision and not point.qualifier:
                return edtf
        return None

    def _read_choice(self, words: str) -> str | None:
        members = words.split(" or ")
        if len(members) == 2:
            pair = self._read_two(members)
            return f"[{pair[0]},{pair[1]}]" if pair else None
        points = [point for member in members if (point := self._read_point(member))]
        return f"[{','.join(points)}]" if len(points) == len(members) > 2 else None


def _four_digits(year: str) -> str:
    return year.removeprefix("ad ").zfill(4)


def _is_one_night(date: HistoricalDate) -> bool:
    """Tell whether a date is an interval of two days that follow each other."""
    days = all(point and point.precision is Precision.DAY for point in date.points)
    if date.kind is not Kind.INTERVAL or not days or not date.earliest or not date.latest:
        return False
    return (date.latest - date.earliest).days == 1


def _before(edtf: str) -> str | None:
    """Return the span that ends the day before a point begins, said no more precisely than the point."""
    point = parse(edtf).points[0]
    return f"[..{_day_beside(point, point.earliest, -1)}]" if point and not point.qualifier else None


def _after(edtf: str) -> str | None:
    """Return the span that begins the day after a point ends, said no more precisely than the point."""
    point = parse(edtf).points[0]
    return f"[{_day_beside(point, point.latest, 1)}..]" if point and not point.qualifier else None


def _day_beside(point: Point, day: datetime.date, step: int) -> str:
    try:
        beside = day + datetime.timedelta(days=step)
    except OverflowError as error:
        why = "the years are 0001 to 9999"
        raise DateError(f"There is no date beyond {day.isoformat()}: {why}.", why) from error
    length = {Precision.DAY: 10, Precision.MONTH: 7, Precision.SEASON: 7}.get(point.precision, 4)
    return beside.isoformat()[:length]


LANGUAGES: dict[str, Language] = {"en": English()}


def _language(code: str) -> Language:
    base = re.split("[-_]", code.lower(), maxsplit=1)[0]
    return LANGUAGES.get(code.lower()) or LANGUAGES.get(base) or LANGUAGES["en"]
