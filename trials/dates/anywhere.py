"""Dates in a language that has no grammar here: Django's own words for months, and signs that need no words."""

from django.utils import formats, translation

from .edtf import HistoricalDate, Point, Precision
from .language import Language


class Anywhere(Language):
    """Signs in place of grammar: “≈ Oktober 1936”, “1959 ≤ … ≤ 1988”, “30. Januar 1937 (?)”."""

    MARKS = {"": "{}", "?": "{} (?)", "~": "≈ {}", "%": "≈ {} (?)"}
    FORMATS = {Precision.DAY: "DATE_FORMAT", Precision.MONTH: "YEAR_MONTH_FORMAT"}

    unknown = "?"

    def __init__(self, code: str):
        self.code = code

    def point(self, point: Point) -> str:
        return self.MARKS[point.qualifier].format(self._plain(point))

    def _plain(self, point: Point) -> str:
        first, last = point.earliest, point.latest
        if point.precision in self.FORMATS:
            with translation.override(self.code):
                return formats.date_format(first, self.FORMATS[point.precision])
        if point.precision is Precision.YEAR:
            return str(first.year)
        if point.precision is Precision.SEASON:
            return f"{first.month:02}/{first.year}–{last.month:02}/{last.year}"
        return f"{first.year}–{last.year}"

    def interval(self, start: Point, end: Point) -> str:
        return f"{self.point(start)} – {self.point(end)}"

    def since(self, start: Point) -> str:
        return f"{self.point(start)} –"

    def until(self, end: Point) -> str:
        return f"– {self.point(end)}"

    def between(self, first: Point, last: Point) -> str:
        return f"{self._plain(first)} ≤ … ≤ {self._plain(last)}"

    def at_earliest(self, first: Point) -> str:
        return f"≥ {self._plain(first)}"

    def at_latest(self, last: Point) -> str:
        return f"≤ {self._plain(last)}"

    def one_of(self, points: list[Point]) -> str:
        return " / ".join(self._plain(point) for point in points)

    def at_time(self, said: str, date: HistoricalDate, time: str) -> str:
        hours = {"morning": "06–12", "afternoon": "12–18", "evening": "18–22", "night": "22–06"}
        return f"{said}, {hours.get(time, time)}"
