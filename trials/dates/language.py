"""What a language must be able to say of a date, and what it may read."""

import datetime
from abc import ABC, abstractmethod

from .edtf import DateError, HistoricalDate, Kind, Point, Precision, parse


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
        why = "the years are 0001 to 9999"
        raise DateError(f"There is no date beyond {day.isoformat()}: {why}.", why) from error
    length = {Precision.DAY: 10, Precision.MONTH: 7, Precision.SEASON: 7}.get(point.precision, 4)
    return beside.isoformat()[:length]
