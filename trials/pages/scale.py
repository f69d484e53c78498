"""The scale of the timeline: one strip for each phase, on an axis of its own.

An axis is made of cells. Each cell is a day, a month, a year, a decade or a century: the finest unit of which the
strip needs few cells. A cell is wider the more happened in it, and a long time in which nothing did is left out and
says so. So eight days in January are as readable as fifty years. Positions are percentages, so that the figure fits
every width. Marks that would cover each other hang in lanes, of which a narrow screen needs more than a wide one; the
stylesheet knows both.
"""

import datetime
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from django.utils.formats import date_format
from django.utils.translation import ngettext_lazy

from .. import dates
from ..editions.document import TimelineEntry

# How wide a strip is at least, in ems: on a screen of 320 pixels, and where the stylesheet takes the screen for wide.
NARROW, WIDE = 15, 35
# A mark with its clearance, in ems; a finger or a mouse wants 24 pixels.
MARK = 1.4
# What is shorter, in percent of a strip, is a dot.
SHORTEST_BAR = 2
# As many lanes as the stylesheet has. Where they do not suffice, marks cover each other.
LANES = 12
# Cells beside each other on a strip, where a break is as wide as three and stands among four or more. A stretch that
# is not longer than five is not left out.
MOST_CELLS = 16
BREAK_WIDTH = 3
CELLS_PER_BREAK = 4
SHORTEST_BREAK = 5
# The room that words take above the axis, in ems: those of a cell, and those of the month or year that it opens.
LABEL = 1.7
PERIOD = {"day": 5.5, "month": 2, "year": 0, "decade": 0, "century": 0}

UNITS = ("day", "month", "year", "decade", "century")
YEARS = {"year": 1, "decade": 10, "century": 100}
DIGITS = {"day": 10, "month": 7, "year": 4, "decade": 3, "century": 2}
LEFT_OUT = {
    "day": ngettext_lazy("%d day", "%d days"),
    "month": ngettext_lazy("%d month", "%d months"),
    "year": ngettext_lazy("%d year", "%d years"),
    "decade": ngettext_lazy("%d decade", "%d decades"),
    "century": ngettext_lazy("%d century", "%d centuries"),
}


@dataclass(frozen=True)
class Cell:
    """A stretch of an axis: where it lies, what stands above it, and the period (month or year) that it opens.

    ``tight`` says that on a narrow screen there is no room for the label, ``at_the_end`` that the period, which
    would reach beyond the strip, must end with it. ``left_out``: a break, in which time is not drawn.
    """

    x: str
    middle: str
    label: str
    period: str
    at_the_end: bool
    tight: bool
    left_out: bool


@dataclass(frozen=True)
class Mark:
    """An entry on an axis. It has a ``width`` where it lasted, or is uncertain, for so long that one can see it.

    ``words`` is its name for whoever does not see where it stands; ``narrow`` and ``wide`` are its lanes.
    """

    entry: TimelineEntry
    words: str
    x: str
    width: str
    narrow: int
    wide: int
    uncertain: bool


@dataclass(frozen=True)
class Strip:
    """A phase on its axis; ``dates`` says in words from when to when, ``narrow`` and ``wide`` are the last lanes."""

    phase: object
    dates: str
    cells: list[Cell]
    marks: list[Mark]
    narrow: int
    wide: int


@dataclass(frozen=True)
class _Stretch:
    """What a cell stands for: units ``first`` to ``last`` (one, unless left out), drawn from ``x`` in percent."""

    first: int
    last: int
    left_out: bool
    x: float
    width: float


def strip(phase, entries: list[TimelineEntry], language: str) -> Strip | None:
    """The strip of a phase. What was only alleged is never on it; None where nothing is left."""
    found = [entry for entry in entries if not entry.alleged]
    if not found:
        return None
    ends = [(entry.when.earliest, entry.when.latest) for entry in found]
    known = sorted(day for pair in ends for day in pair if day)
    unit, stretches = _stretches(ends, known) if known else ("day", [])
    spans = [_span(pair, unit, stretches) for pair in ends]
    narrow, wide = _lanes(spans, NARROW), _lanes(spans, WIDE)
    marks = [
        Mark(
            entry=entry,
            words=f"{dates.in_words(entry.when, language, entry.time)}: {entry.title}",
            x=_percent(begin if end - begin > SHORTEST_BAR else (begin + end) / 2),
            width=_percent(end - begin) if end - begin > SHORTEST_BAR else "",
            narrow=narrow[index],
            wide=wide[index],
            uncertain=is_uncertain(entry),
        )
        for index, (entry, (begin, end)) in enumerate(zip(found, spans, strict=True))
    ]
    return Strip(phase, _dates(known, unit, language), _cells(unit, stretches, language), marks, max(narrow), max(wide))


def is_uncertain(entry: TimelineEntry) -> bool:
    """Whether the entry's day, or one of the days from which to which it lasted, is not known for sure."""
    when = entry.when
    exact = all(point and point.precision is dates.Precision.DAY and not point.qualifier for point in when.points)
    lasted = when.kind in (dates.Kind.POINT, dates.Kind.INTERVAL)
    return not (exact and lasted)


def _percent(x: float) -> str:
    return f"{x:.2f}%"


# Units: each is numbered from the beginning of our era on.


def _unit_of(day: datetime.date, unit: str) -> int:
    if unit == "day":
        return day.toordinal()
    return day.year * 12 + day.month - 1 if unit == "month" else day.year // YEARS[unit]


def _first_day(number: int, unit: str) -> int:
    """The ordinal of the first day of a unit; also of the one that would follow the last year there is."""
    if unit == "day":
        return number
    year, month = divmod(number, 12) if unit == "month" else (number * YEARS[unit], 0)
    if year > datetime.MAXYEAR:
        return datetime.date.max.toordinal() + 1
    return datetime.date(max(year, datetime.MINYEAR), month + 1, 1).toordinal()


def _stretches(ends, known) -> tuple[str, list[_Stretch]]:
    """The finest unit that needs few cells, and its cells on the way from 0 to 100 percent."""
    for unit in UNITS:
        taken = sorted({_unit_of(day, unit) for day in known})
        parts = _parts(taken)
        if _fits(parts):
            break
    begun = Counter(_unit_of(earliest or latest, unit) for earliest, latest in ends if earliest or latest)
    widths = [BREAK_WIDTH if left_out else max(1, begun[first] / 2) for first, _last, left_out in parts]
    scale = 100 / sum(widths)
    return unit, [
        _Stretch(*part, x=sum(widths[:index]) * scale, width=widths[index] * scale) for index, part in enumerate(parts)
    ]


def _fits(parts) -> bool:
    breaks = sum(left_out for _first, _last, left_out in parts)
    drawn = len(parts) - breaks
    return drawn + BREAK_WIDTH * breaks <= MOST_CELLS and drawn >= CELLS_PER_BREAK * breaks


def _parts(taken: list[int]) -> list[tuple[int, int, bool]]:
    """Every unit from the first taken to the last, but long times between them in one: (first, last, left out)."""
    parts = [(taken[0], taken[0], False)]
    for before, after in pairwise(taken):
        if after - before > SHORTEST_BREAK:
            parts.append((before + 1, after - 1, True))
        else:
            parts += [(number, number, False) for number in range(before + 1, after)]
        parts.append((after, after, False))
    return parts


def _span(ends, unit, stretches) -> tuple[float, float]:
    """From where to where an entry reaches; an end that is open, to the end of the strip."""
    earliest, latest = ends
    return (
        _position(earliest, unit, stretches) if earliest else 0,
        _position(latest, unit, stretches) if latest else 100,
    )


def _position(day: datetime.date, unit: str, stretches: list[_Stretch]) -> float:
    """Where the middle of a day lies, in percent."""
    stretch = stretches[bisect_right(stretches, _unit_of(day, unit), key=lambda stretch: stretch.first) - 1]
    begin, end = _first_day(stretch.first, unit), _first_day(stretch.last + 1, unit)
    return stretch.x + stretch.width * (day.toordinal() + 0.5 - begin) / (end - begin)


def _lanes(spans, width: float) -> list[int]:
    """The lowest lane for each mark in which it covers none before it, on a strip that is so many ems wide."""
    free_from: list[float] = []
    lanes = [0] * len(spans)
    for index in sorted(range(len(spans)), key=lambda index: spans[index][0]):
        begin, end = (x * width / 100 for x in spans[index])
        lane = next((number for number, free in enumerate(free_from) if free <= begin), len(free_from))
        free_from[lane : lane + 1] = [end + MARK]
        lanes[index] = lane % LANES
    return lanes


# Words


def _edtf(day: datetime.date, unit: str) -> str:
    text = day.isoformat()[: DIGITS[unit]].ljust(4, "X")
    return day.isoformat()[:4] if text in ("00XX", "000X") else text  # there is no year 0000


def _dates(known, unit, language) -> str:
    first, last = (_edtf(day, unit) for day in (known[0], known[-1])) if known else ("XXXX", "XXXX")
    return dates.in_words(first if first == last else f"{first}/{last}", language)


def _cells(unit, stretches, language) -> list[Cell]:
    cells, label_ends, period_ends, said = [], 0.0, 0.0, ""
    for stretch in stretches:
        begin, end = (x * NARROW / 100 for x in (stretch.x, stretch.x + stretch.width))
        day = datetime.date.fromordinal(_first_day(stretch.first, unit))
        tight = not stretch.left_out and begin < label_ends
        if not tight:
            label_ends = end if stretch.left_out else begin + LABEL
        period = "" if stretch.left_out else _period(day, unit, language)
        new = bool(period) and period != said and begin >= period_ends
        if new:
            said, period_ends = period, begin + PERIOD[unit]
        cells.append(
            Cell(
                x=_percent(stretch.x),
                middle=_percent(stretch.x + stretch.width / 2),
                label=_left_out(stretch, unit) if stretch.left_out else _label(day, unit),
                period=period if new else "",
                at_the_end=begin + PERIOD[unit] > NARROW,
                tight=tight,
                left_out=stretch.left_out,
            )
        )
    return cells


def _left_out(stretch: _Stretch, unit: str) -> str:
    return str(LEFT_OUT[unit] % (stretch.last - stretch.first + 1))


def _label(day: datetime.date, unit: str) -> str:
    if unit == "day":
        return str(day.day)
    return date_format(day, "M") if unit == "month" else str(day.year)


def _period(day: datetime.date, unit: str, language: str) -> str:
    """The month that a day is part of, or the year of a month; a year says it itself."""
    above = {"day": "month", "month": "year"}.get(unit)
    return dates.in_words(_edtf(day, above), language) if above else ""
