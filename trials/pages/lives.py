"""A life at a glance: its years, its stations on one line, and what became of an accused, in words.

Nothing here is more exact than its sources: what is doubtful is said to be so, or is left out.
"""

from dataclasses import dataclass
from functools import cmp_to_key

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .. import dates
from ..editions.document import Fact, Person
from ..models import Confidence, Defendant, Standing
from ..models import Fact as FactModel

Kind = FactModel.Kind
# What a line of life shows, as the stations of a life follow each other. Of the offices it shows the last one alone.
STATIONS = (
    Kind.BIRTH,
    Kind.OFFICE,
    Kind.ARREST,
    Kind.CONFESSION,
    Kind.PLEA,
    Kind.SENTENCE,
    Kind.DEATH,
    Kind.REHABILITATION,
)
FEWEST_STATIONS = 3
# Neither is an event, so neither is a point of a life.
UNREAL = (Standing.ALLEGED, Standing.REFUTED)


@dataclass(frozen=True)
class Station:
    """A point of a line of life: the fact, its number on the page, whether it is doubtful, and a few words to it."""

    number: int
    fact: Fact
    doubtful: bool
    words: str


def years(person: Person, language: str) -> str:
    """The years of a life in words: “1890–1937”, “probably 1896 – 1937”, “died 1951”; '' where neither is known."""
    birth, death = (_year(person.fact(kind)) for kind in (Kind.BIRTH, Kind.DEATH))
    with translation.override(language):
        if birth.isdigit() and death.isdigit() and birth < death:
            return dates.in_words(f"{birth}/{death}", language)
        born, died = (dates.in_words(year, language) if year else "" for year in (birth, death))
        if birth and death:
            return _("%(born)s – %(died)s") % {"born": born, "died": died}
        if birth:
            return _("born %(year)s") % {"year": born}
        return _("died %(year)s") % {"year": died} if death else ""


def stations(person: Person, language: str) -> list[Station]:
    """The dated facts of a life that make its line, in the order of time; empty where they are too few for one."""
    found = [
        (number, fact)
        for number, fact in enumerate(person.facts, 1)
        if fact.kind in STATIONS and _is_dated(fact) and fact.standing not in UNREAL
    ]
    offices = [pair for pair in found if pair[1].kind == Kind.OFFICE]
    found = [pair for pair in found if pair not in offices[:-1]]
    if len(found) < FEWEST_STATIONS:
        return []
    found.sort(key=cmp_to_key(lambda one, other: _order(one[1], other[1])))
    with translation.override(language):
        return [Station(number, fact, _is_doubtful(fact), _words(person, fact)) for number, fact in found]


def outcome(person: Person, language: str) -> str:
    """What became of an accused, in words that several may share, from the sentence and the dates of the facts."""
    part = person.defendant
    with translation.override(language):
        if part.sentence == Defendant.Sentence.DEATH:
            return _("Condemned to death")
        if part.sentence == Defendant.Sentence.PRISON:
            if _died_within_the_term(person):
                return _("Imprisoned, dead before the term was over")
            return _("Imprisoned")
        return part.verdict.label if part.verdict == Defendant.Verdict.ACQUITTED else _("No sentence recorded")


def _is_dated(fact) -> bool:
    return bool(fact and fact.when and fact.when.kind != dates.Kind.UNKNOWN)


def _year(fact) -> str:
    """The year of a fact as EDTF; '' where there is none.

    A doubtful day leaves its year in no doubt, as long as no other source names another year.
    """
    if not _is_dated(fact):
        return ""
    when = fact.when
    if when.kind != dates.Kind.POINT or when.earliest.year != when.latest.year:
        return when.text
    year = f"{when.earliest.year:04}"
    (point,) = when.points
    if point.precision == dates.Precision.YEAR and point.qualifier:
        return year + point.qualifier
    return year if _agree_on_the_year(fact) else year + "?"


def _agree_on_the_year(fact) -> bool:
    """Whether no reading of a fact places it in another year."""
    dated = [reading.when for reading in fact.readings if reading.when and reading.when.earliest]
    return all(when.earliest.year == fact.when.earliest.year for when in dated)


def _order(one, other) -> int:
    """Compare two stations: by their dates where these decide, else as the stations of a life follow each other."""
    if one.when.latest and other.when.earliest and one.when.latest < other.when.earliest:
        return -1
    if other.when.latest and one.when.earliest and other.when.latest < one.when.earliest:
        return 1
    return STATIONS.index(one.kind) - STATIONS.index(other.kind)


def _is_doubtful(fact) -> bool:
    """Whether a station is drawn open: its date is marked, is one of several, or the fact itself is not sure."""
    several = fact.when.kind in (dates.Kind.SPAN, dates.Kind.CHOICE)
    marked = any(point.qualifier for point in fact.when.points if point)
    unsure = fact.standing in (Standing.UNVERIFIED, Standing.DISPUTED) or fact.confidence == Confidence.LOW
    return several or marked or unsure


def _words(person, fact) -> str:
    """What a station says beside its date: where one served, how long one withstood, the sentence, how many years."""
    part = person.defendant
    if part and fact.kind == Kind.OFFICE:
        return str(part.office)
    if part and part.held_out and fact.kind == Kind.CONFESSION:
        return _("held out: %(time)s") % {"time": part.held_out}
    if part and fact is person.fact(Kind.SENTENCE):
        return _sentence(part)
    if fact.kind == Kind.DEATH:
        return _age(person.fact(Kind.BIRTH), fact)
    if fact.kind == Kind.REHABILITATION:
        return _time_after(person.fact(Kind.DEATH), fact)
    return ""


def _sentence(part) -> str:
    if not part.sentence_years:
        return str(part.sentence.label)
    years = ngettext("%(years)s year", "%(years)s years", part.sentence_years) % {"years": part.sentence_years}
    return _("%(sentence)s, %(years)s") % {"sentence": part.sentence.label, "years": years}


def _age(birth, death) -> str:
    least, most = _years_between(birth, death)
    if most is None:
        return ""
    if least == most:
        return _("aged %(years)s") % {"years": most}
    return _("aged %(least)s or %(most)s") % {"least": least, "most": most} if least + 1 == most else ""


def _time_after(death, fact) -> str:
    least, most = _years_between(death, fact)
    if not most:
        return ""
    if least == most:
        return ngettext("%(years)s year after death", "%(years)s years after death", most) % {"years": most}
    words = ngettext("%(least)s to %(most)s year after death", "%(least)s to %(most)s years after death", most)
    return words % {"least": least, "most": most}


def _years_between(first, last) -> tuple[int | None, int | None]:
    """Whole years from one fact to another, least and most; None where a year is in doubt or a bound is open."""
    if not (_is_dated(first) and _is_dated(last)) or {"?", "~", "%"} & {*_year(first), *_year(last)}:
        return None, None
    bounds = (first.when.latest, last.when.earliest, first.when.earliest, last.when.latest)
    if not all(bounds) or bounds[0] > bounds[1]:
        return None, None
    return _anniversaries(*bounds[:2]), _anniversaries(*bounds[2:])


def _anniversaries(first, last) -> int:
    """How many anniversaries of a day have passed on another."""
    return last.year - first.year - ((last.month, last.day) < (first.month, first.day))


def _died_within_the_term(person) -> bool:
    sentence, death = person.fact(Kind.SENTENCE), person.fact(Kind.DEATH)
    if not (_is_dated(sentence) and _is_dated(death) and sentence.when.earliest and death.when.latest):
        return False
    return _anniversaries(sentence.when.earliest, death.when.latest) < person.defendant.sentence_years
