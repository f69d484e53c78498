"""What a language must be able to say of a date, and what it may read."""

import datetime
import re
from abc import ABC, abstractmethod

from django.utils.translation import gettext, gettext_lazy

from .edtf import DateError, HistoricalDate, Kind, Point, Precision, parse


class Language(ABC):
    """How one language says dates. Another language is one subclass and its line in LANGUAGES."""

    unknown: str  # "date unknown"
    advice = gettext_lazy("write it in EDTF, like 1937-01-30, 1936-10, 1936 or 1936-10~")

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


class Reader(Language):
    """A language that also reads: what is the same in all, over patterns and words of each.

    A subclass reads its seasons, long periods, nights, bounds and pairs, and what stands in short before another date.
    """

    UNKNOWN: tuple[str, ...]
    QUALIFIED: re.Pattern  # groups: probably, about, plain
    DATES: tuple[re.Pattern, ...]  # groups: year, month, day
    MONTH_NUMBERS: dict[str, int]
    TIME: re.Pattern  # groups: date, hour, minute
    FAULTS: tuple[tuple[str, str], ...]
    OR: str

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
        plain = match and self._read_plain(match["plain"])
        return plain and plain + mark(match["probably"], match["about"])

    def _read_plain(self, words: str) -> str | None:
        return self._read_date(words) or self._read_season(words) or self._read_long_period(words)

    def _read_date(self, words: str) -> str | None:
        match = next((match for pattern in self.DATES if (match := pattern.fullmatch(words))), None)
        if not match:
            return None
        found = match.groupdict()
        year = four_digits(found["year"])
        if "month" not in found:
            return year
        month = self.MONTH_NUMBERS.get(found["month"])
        if not month:
            return None
        return f"{year}-{month:02}-{int(found['day']):02}" if "day" in found else f"{year}-{month:02}"

    def _read_time(self, words: str) -> str | None:
        match = self.TIME.fullmatch(words)
        day = match and self._read_point(match["date"])
        return f"{day}T{match['hour']}:{match['minute']}" if match and day else None

    def _read_two(self, sides: list[str]) -> tuple[str, str] | None:
        if len(sides) != 2:
            return None
        last = self._read_point(sides[1])
        first = last and (self._read_point(sides[0]) or self._read_shortened(sides[0], last))
        return (first, last) if first and last else None

    def _read_choice(self, words: str) -> str | None:
        members = words.split(self.OR)
        if len(members) == 2:
            pair = self._read_two(members)
            return f"[{pair[0]},{pair[1]}]" if pair else None
        points = [point for member in members if (point := self._read_point(member))]
        return f"[{','.join(points)}]" if len(points) == len(members) > 2 else None


def mark(probably, about) -> str:
    """The EDTF mark of a date that is said to be probable, or approximate, or both."""
    return ("%" if about else "?") if probably else ("~" if about else "")


def four_digits(year: str) -> str:
    """The year in words such as “AD 45” or “45 год н. э.”, as EDTF writes it."""
    return re.search("[0-9]+", year)[0].zfill(4)


def is_one_night(date: HistoricalDate) -> bool:
    """Tell whether a date is an interval of two days that follow each other."""
    days = all(point and point.precision is Precision.DAY for point in date.points)
    if date.kind is not Kind.INTERVAL or not days or not date.earliest or not date.latest:
        return False
    return (date.latest - date.earliest).days == 1


def before(edtf: str) -> str | None:
    """Return the span that ends the day before a point begins, said no more precisely than the point."""
    point = parse(edtf).points[0]
    return f"[..{_day_beside(point, point.earliest, -1)}]" if point and not point.qualifier else None


def after(edtf: str) -> str | None:
    """Return the span that begins the day after a point ends, said no more precisely than the point."""
    point = parse(edtf).points[0]
    return f"[{_day_beside(point, point.latest, 1)}..]" if point and not point.qualifier else None


def _day_beside(point: Point, day: datetime.date, step: int) -> str:
    try:
        beside = day + datetime.timedelta(days=step)
    except OverflowError as error:
        sentence = gettext("There is no date beyond %(day)s: the years are 0001 to 9999.")
        raise DateError(sentence % {"day": day.isoformat()}, gettext("the years are 0001 to 9999")) from error
    length = {Precision.DAY: 10, Precision.MONTH: 7, Precision.SEASON: 7}.get(point.precision, 4)
    return beside.isoformat()[:length]
