"""The figure of fates: a line for each of the accused, from arrest through the trial to death and rehabilitation.

Positions are percentages of the figure's width, so that it fits any width and no mark or word is distorted.
"""

import datetime
from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor

from django.utils.translation import ngettext_lazy

from .. import dates
from ..editions.document import Document, Person
from ..models import Defendant, Fact, Standing

Kind = Fact.Kind
DRAWN = (Kind.ARREST, Kind.CONFESSION, Kind.DEATH, Kind.REHABILITATION)
COERCED = (Kind.CONFESSION, Kind.PLEA)
# What the prosecution invented has no place on the scale of what happened.
NOT_REAL = (Standing.ALLEGED, Standing.REFUTED)

# Of the width, in percent: where the months end and the years begin if the axis has a break.
MONTHS_END, YEARS_BEGIN = 60, 64
# What is narrower than this is drawn as a mark: the mark would hide it.
MARK_WIDTH = 1
# The room that the name of a tick takes on a phone; the last one may reach into the figure's margin.
TICK_WIDTH, FIGURE_END = 9, 103
# How far apart ticks may stand, in months.
TICK_STEPS = (1, 3, 6, *(12 * years for years in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000)))
# That all were dead is worth saying where it is not a matter of age: years after the trial.
SOON = 10

HEADINGS = {
    Defendant.Sentence.DEATH: ngettext_lazy("%d condemned to be shot", "%d condemned to be shot"),
    Defendant.Sentence.PRISON: ngettext_lazy("%d sentenced to prison", "%d sentenced to prison"),
    Defendant.Verdict.ACQUITTED: ngettext_lazy("%d acquitted", "%d acquitted"),
    Defendant.Sentence.NONE: ngettext_lazy("%d with no sentence recorded", "%d with no sentence recorded"),
}


@dataclass(frozen=True)
class Extent:
    """A stretch of time, in months since the year 0."""

    start: float
    end: float

    @classmethod
    def of(cls, when: dates.HistoricalDate | None) -> "Extent | None":
        """The days that a date may mean. None without a date, or where one of its ends is open: nothing is guessed."""
        if not when or not when.earliest or not when.latest:
            return None
        return cls(_months(when.earliest), _months(when.latest) + 1 / 31)


@dataclass(frozen=True)
class Tick:
    """A named moment of the axis: a month, or a year where ``month`` is None."""

    x: str
    year: int
    month: datetime.date | None


class Axis:
    """From time to percentages of the width.

    One scale, unless more time passed after the trial than before. Then there is a break at the end of the month
    after the trial's last: months up to there, years from there on.
    """

    def __init__(self, extents: list[Extent], trial: Extent | None):
        self.start = floor(min(extent.start for extent in extents))
        self.end = ceil(max(extent.end for extent in extents))
        self.turn = floor(trial.end) + 2 if trial else self.end
        self.has_break = self.end - self.turn > self.turn - self.start
        if self.has_break:
            self.end = ceil(self.end / 12) * 12

    @property
    def break_at(self) -> str:
        """Where the break stands; empty without one."""
        return _percent((MONTHS_END + YEARS_BEGIN) / 2) if self.has_break else ""

    def at(self, month: float) -> float:
        """Where a moment stands, in percent."""
        if not self.has_break:
            return (month - self.start) / (self.end - self.start) * 100
        if month <= self.turn:
            return (month - self.start) / (self.turn - self.start) * MONTHS_END
        return YEARS_BEGIN + (month - self.turn) / (self.end - self.turn) * (100 - YEARS_BEGIN)

    def ticks(self) -> list[Tick]:
        """The moments that are named, few enough for a phone."""
        if not self.has_break:
            return self._ticks(self.start, self.end, 8, FIGURE_END)
        return self._ticks(self.start, self.turn, 5, YEARS_BEGIN) + self._ticks(self.turn, self.end, 3, FIGURE_END)

    def _ticks(self, start, end, most, room) -> list[Tick]:
        step = next(step for step in TICK_STEPS if (end - start) / step <= most)
        months = [month for month in range(ceil(start / step) * step, end, step) if self.at(month) + TICK_WIDTH <= room]
        return [self._tick(month, names_year=month == months[0] or month % 12 == 0) for month in months]

    def _tick(self, month, names_year) -> Tick:
        year, number = divmod(month, 12)
        return Tick(_percent(self.at(month)), year, None if names_year else datetime.date(year, number + 1, 1))


@dataclass(frozen=True)
class Line:
    """Part of a person's line: the life from the arrest on, or how long the judgment stood after the death."""

    kind: str
    start: str
    end: str


@dataclass(frozen=True)
class Mark:
    """A fact: at ``x`` where it is known to a mark's width, else from ``x`` on, ``width`` wide."""

    kind: str
    x: str
    width: str = ""
    is_sure: bool = True


# The piece of line and the place on it at which the key shows each kind of mark.
KEY = {
    Kind.ARREST: (Line("life", "10%", "100%"), "10%"),
    Kind.CONFESSION: (Line("life", "0%", "100%"), "50%"),
    Kind.DEATH: (Line("life", "0%", "90%"), "90%"),
    Kind.REHABILITATION: (Line("judgment", "0%", "90%"), "90%"),
}


@dataclass(frozen=True)
class Entry:
    """A fact in the table. Its date in words is empty where there is none."""

    words: str
    standing: Standing
    is_drawn: bool


@dataclass(frozen=True)
class Fate:
    """One of the accused: what is drawn, and the entries of each cell of the table."""

    person: Person
    lines: list[Line]
    marks: list[Mark]
    cells: list[list[Entry]]


@dataclass(frozen=True)
class Group:
    """Those of whom the court decided the same, in the order of their arrests."""

    heading: str
    fates: list[Fate]


class Figure:
    """What the template prints. A figure of a document without a date to draw is empty, and false."""

    def __init__(self, document: Document, language: str):
        self.language = language
        self.accused = document.defendants
        self.facts = {person.key: _facts(person) for person in self.accused}
        self.kinds = [kind for kind in DRAWN if any(facts[kind] for facts in self.facts.values())]
        self.trial_extent = Extent.of(document.when)
        drawn = [extent for facts in self.facts.values() for kind in DRAWN for extent in _extents(facts[kind])]
        around = [self.trial_extent] if self.trial_extent else []
        self.axis = Axis([*drawn, *around], self.trial_extent) if drawn else None

    def __bool__(self):
        return self.axis is not None

    def key(self) -> list[tuple]:
        """Each kind of mark, on a piece of the line that it stands on."""
        return [(kind, *KEY[kind]) for kind in self.kinds]

    def has_unsure(self) -> bool:
        """Whether a mark stands where something only probably happened."""
        return any(not mark.is_sure for mark in self._marks())

    def has_ranges(self) -> bool:
        """Whether something may have happened at any time of a range."""
        return any(mark.width for mark in self._marks())

    def _marks(self):
        return (mark for group in self.groups for fate in group.fates for mark in fate.marks)

    def confessed(self) -> int:
        """How many made a statement or a plea under coercion."""
        return sum(any(facts[kind] for kind in COERCED) for facts in self.facts.values())

    def nobody_alive(self) -> int | None:
        """The year at whose end none of the accused was alive; None unless certain, and soon after the trial."""
        deaths = [facts[Kind.DEATH][0].when if facts[Kind.DEATH] else None for facts in self.facts.values()]
        if not self.trial_extent or not all(death and death.latest for death in deaths):
            return None
        last = max(death.latest for death in deaths)
        return last.year if _months(last) < self.trial_extent.end + SOON * 12 else None

    def trial(self) -> Mark | None:
        """The days of the trial, which run through all the lines."""
        if not self.trial_extent:
            return None
        start, end = self.axis.at(self.trial_extent.start), self.axis.at(self.trial_extent.end)
        return Mark("trial", _percent(start), _percent(end - start))

    @cached_property
    def groups(self) -> list[Group]:
        """The accused by what the court decided."""
        found = {outcome: [] for outcome in HEADINGS}
        for person in sorted(self.accused, key=self._arrested):
            found[_outcome(person.defendant)].append(self._fate(person))
        return [Group(HEADINGS[outcome] % len(fates), fates) for outcome, fates in found.items() if fates]

    def _arrested(self, person) -> float:
        """The month by whose end a person was under arrest, as far as is known."""
        arrests = _extents(self.facts[person.key][Kind.ARREST])
        return arrests[0].end if arrests else self.axis.end

    def _fate(self, person) -> Fate:
        facts = self.facts[person.key]
        marks = [self._mark(fact) for kind in self.kinds for fact in facts[kind] if Extent.of(fact.when)]
        cells = [[self._entry(fact) for fact in facts[kind]] for kind in self.kinds]
        return Fate(person, self._lines(facts), marks, cells)

    def _entry(self, fact) -> Entry:
        words = dates.in_words(fact.when, self.language, fact.time) if fact.when else ""
        return Entry(words, fact.standing, Extent.of(fact.when) is not None)

    def _lines(self, facts) -> list[Line]:
        """The lines of a person, as far as is known when they began and ended."""
        spans = {kind: [self._span(extent) for extent in _extents(facts[kind])] for kind in DRAWN}
        arrests, deaths, annulments = (spans[kind] for kind in (Kind.ARREST, Kind.DEATH, Kind.REHABILITATION))
        known = [*arrests, *spans[Kind.CONFESSION], *deaths]
        if self.trial_extent:
            known.append((self.axis.at(self.trial_extent.start), self.axis.at(self.trial_extent.end)))
        lines = []
        if known:
            start = arrests[0][1] if arrests else min(start for start, _end in known)
            lines.append(("life", start, deaths[0][0] if deaths else max(end for _start, end in known)))
        if deaths and annulments:
            lines.append(("judgment", deaths[0][1], annulments[0][0]))
        return [Line(kind, _percent(start), _percent(end)) for kind, start, end in lines if start < end]

    def _mark(self, fact) -> Mark:
        start, end = self._span(Extent.of(fact.when))
        if start < end:
            return Mark(fact.kind, _percent(start), _percent(end - start))
        is_sure = fact.standing == Standing.DOCUMENTED and not any(point.qualifier for point in fact.when.points)
        return Mark(fact.kind, _percent(start), is_sure=is_sure)

    def _span(self, extent) -> tuple[float, float]:
        """Where a date begins and ends; twice its middle where a mark is as wide."""
        start, end = self.axis.at(extent.start), self.axis.at(extent.end)
        return (start, end) if end - start >= MARK_WIDTH else ((start + end) / 2,) * 2


def _facts(person: Person) -> dict[str, list]:
    """The facts of a person by kind, without what was only alleged."""
    real = [fact for fact in person.facts if fact.standing not in NOT_REAL]
    return {kind: [fact for fact in real if fact.kind == kind] for kind in Kind}


def _extents(facts) -> list[Extent]:
    return [extent for fact in facts if (extent := Extent.of(fact.when))]


def _outcome(defendant):
    """What the court decided, as far as the headings tell it apart."""
    acquitted = defendant.verdict == Defendant.Verdict.ACQUITTED
    no_sentence = defendant.sentence == Defendant.Sentence.NONE
    return Defendant.Verdict.ACQUITTED if acquitted and no_sentence else defendant.sentence


def _months(day: datetime.date) -> float:
    return day.year * 12 + day.month - 1 + (day.day - 1) / 31


def _percent(number: float) -> str:
    """For an SVG attribute, which knows only the decimal point whatever the language."""
    return f"{round(number, 1):g}%"
