"""What is missing or doubtful in a document before it is published, each with its place.

`RULES`, at the end, is the table of what is looked for, and says which rules block a publication and which only
advise. What can never be published because the document would not be whole (a citation or link that leads
nowhere, a key that stands for two records, no notice) is refused when the document is made; `check` gives those
faults as findings too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from .. import measures, models, prose
from ..dates import HistoricalDate
from ..languages import Status, Text
from ..models import Fact, Standing
from .build import build
from .compare import EXHIBIT, field_label, model_of, part_label, title_of
from .document import PARTS, Document, DocumentError, Fault, Item, Person


class Severity(TextChoices):
    """Whether a finding stands in the way of a publication."""

    BLOCKS = "blocks", gettext_lazy("Blocks")
    ADVISES = "advises", gettext_lazy("Advises")


BLOCKS, ADVISES = Severity.BLOCKS, Severity.ADVISES


@dataclass(frozen=True)
class Finding:
    """Something missing or doubtful: a sentence, and the place in the document that it is about.

    ``part`` and ``key`` name the record (the exhibit itself: `EXHIBIT` and no key), ``field`` the field in it
    as code writes it (``facts[1].date``), ``label`` as people read it (“facts, 2: date”), ``language`` the text.
    """

    sentence: str
    part: str = EXHIBIT
    key: str = ""
    title: str = ""
    field: str = ""
    label: str = ""
    language: str = ""
    rule: str = ""
    severity: Severity = ADVISES

    def __str__(self):
        return f"{self.place}: {self.sentence}" if self.place else self.sentence

    @property
    def place(self) -> str:
        """Where it is, in words: “people, Karl Radek, facts, 2: date (en)”."""
        names = part_label(self.part), self.title, self.label
        return ", ".join(filter(None, names)) + (f" ({self.language})" if self.language else "")


@dataclass(frozen=True)
class Spot:
    """A record of a document or a part of one, and the way to it from the record: names and positions."""

    part: str
    record: Item
    item: Item
    path: tuple[tuple[type[Item], str, int | None], ...] = ()

    def below(self, name: str, item: Item, index: int | None = None) -> "Spot":
        """A part of this one."""
        return replace(self, item=item, path=(*self.path, (type(self.item), name, index)))

    def finding(self, sentence: str, field: str = "", language: str = "") -> Finding:
        """A finding about this place, or about a field of it."""
        path = (*self.path, (type(self.item), field, None)) if field else self.path
        return Finding(
            sentence,
            self.part,
            "" if self.part == EXHIBIT else self.record.key,
            title_of(self.record),
            ".".join(name if index is None else f"{name}[{index}]" for _shape, name, index in path),
            ": ".join(
                field_label(shape, name) + ("" if index is None else f", {index + 1}") for shape, name, index in path
            ),
            language,
        )


def readiness(document: Document) -> list[Finding]:
    """Everything that is missing or doubtful in a document, in the order of `RULES`: what blocks comes first."""
    return [
        replace(finding, rule=rule.__name__, severity=severity)
        for severity, rule in RULES
        for finding in rule(document)
    ]


def check(exhibit: models.Exhibit) -> list[Finding]:
    """As `readiness`, of an exhibit's working copy: one that is not whole has its faults for findings, which block."""
    try:
        return readiness(build(exhibit))
    except DocumentError as error:
        return [_not_whole(fault) for fault in error.faults]


def _not_whole(fault: Fault) -> Finding:
    part = re.match(r"\w*", fault.place)[0]
    part, field = (part, fault.place) if part in PARTS else (EXHIBIT, fault.place)
    return Finding(fault.sentence, part, field=field, label=field, rule="not_whole", severity=BLOCKS)


# Reading a document.


def spots(document: Document) -> Iterator[Spot]:
    """The exhibit itself, every record, and every part of one."""
    yield Spot(EXHIBIT, document, document)
    for part in PARTS:
        for record in getattr(document, part):
            yield from _and_below(Spot(part, record, record))


def _and_below(spot: Spot) -> Iterator[Spot]:
    yield spot
    for name in type(spot.item).model_fields:
        value = getattr(spot.item, name)
        if isinstance(value, Item):
            yield from _and_below(spot.below(name, value))
        elif isinstance(value, list) and value and isinstance(value[0], Item):
            for index, item in enumerate(value):
                yield from _and_below(spot.below(name, item, index))


def texts(document: Document) -> Iterator[tuple[Spot, str, Text]]:
    """Every text that is not empty, with its place and its field."""
    for spot in spots(document):
        for name in _text_names(type(spot.item)):
            text = getattr(spot.item, name)
            if text:
                yield spot, name, text


def prose_texts(document: Document) -> Iterator[tuple[Spot, str, str, str]]:
    """The prose of every language that is listed: place, field, language, words."""
    for spot, name, text in texts(document):
        if model_of(type(spot.item))._meta.get_field(name).lines:
            for code in document.languages:
                if text.get(code):
                    yield spot, name, code, text[code]


@cache
def _text_names(shape: type[Item]) -> list[str]:
    fields = {field.name: field for field in model_of(shape)._meta.fields}
    return [name for name in shape.model_fields if isinstance(fields.get(name), models.base.TranslatedField)]


def _cites(item: Item) -> bool:
    """Whether a statement names a source, in its list or in its words."""
    if item.citations:
        return True
    own = (words for name in _text_names(type(item)) for words in getattr(item, name).words().values())
    return any(prose.CITATION.search(words) for words in own)


# What blocks.


def practice_exhibit(document):
    """It was made for trying things out."""
    if document.practice:
        sentence = _("This is a practice exhibit: it can never go on display.")
        yield Spot(EXHIBIT, document, document).finding(sentence, "practice")


def image_without_alternative_text(document):
    """Somebody who cannot see it learns nothing of it."""
    for image in document.images:
        if not image.decorative and not image.alt.get(document.languages[0]):
            sentence = _("Say in words what the picture shows, or mark it as decorative.")
            yield Spot("images", image, image).finding(sentence, "alt", document.languages[0])


def impossible_order(document):
    """Two facts of one life that cannot both be true."""
    return (finding for is_certain, finding in _wrong_orders(document) if is_certain)


# What advises.


def doubtful_order(document):
    """Two facts of one life that stand in an order that cannot be, if their dates are as they seem."""
    return (finding for is_certain, finding in _wrong_orders(document) if not is_certain)


def image_without_credit(document):
    """Whoever made it, or keeps it, is named."""
    for image in document.images:
        if not image.credit:
            yield Spot("images", image, image).finding(_("Say whom the picture is from."), "credit")


# What states something, so that a visitor may ask how we know. A sitting rests on its entry's sources, and a
# defendant's texts on those of the facts; a place states something only where it is described.
STATEMENTS = {
    "Section",
    "KeyPoint",
    "Charge",
    "TimelineEntry",
    "Dispute",
    "Term",
    "Fact",
    "Reading",
    "Participant",
    "Connection",
}


def statement_without_source(document):
    """Nobody can tell how we know. It advises, also for facts: to get past a refusal, one would cite anything."""
    for spot in spots(document):
        item = spot.item
        if type(item).__name__ in STATEMENTS and not _cites(item):
            if getattr(item, "standing", None) != Standing.UNVERIFIED:
                yield spot.finding(_("This names no source. Cite one, or mark it as not verified."), "citations")


def text_not_translated(document):
    """A visitor who chose a language reads another one."""
    for spot, name, text in texts(document):
        for code in document.languages:
            if not text.get(code):
                sentence = _("This text is missing in “%(language)s”: visitors will read it in another language.")
                yield spot.finding(sentence % {"language": code}, name, code)


def translation_out_of_date(document):
    """The text was changed after it was translated."""
    for spot, name, text in texts(document):
        for code in document.languages:
            if text.status(code) == Status.STALE:
                sentence = _("The text was changed after it was translated into “%(language)s”. Look through it again.")
                yield spot.finding(sentence % {"language": code}, name, code)


def translation_not_reviewed(document):
    """Visitors are told so, too, until somebody has put a name to it."""
    for code, count in document.unreviewed.items():
        if count:
            sentence = ngettext(
                "%(count)d text in “%(language)s” is not yet reviewed: visitors are told so.",
                "%(count)d texts in “%(language)s” are not yet reviewed: visitors are told so.",
                count,
            )
            yield Spot(EXHIBIT, document, document).finding(sentence % {"count": count, "language": code})


def text_over_its_budget(document):
    """Visitors stop reading."""
    for spot, name, code, words in prose_texts(document):
        if len(words.split()) <= measures.SENTENCE:
            continue
        whole = measures.WHOLE.get((model_of(type(spot.item))._meta.model_name, name))
        for stretch in filter(lambda stretch: stretch.is_too_long, measures.stretches(words, whole)):
            yield spot.finding(stretch.sentence, name, code)


HEADING = re.compile(r"^ {0,3}(#{1,6})(?:\s|$)", re.MULTILINE)


def heading_out_of_order(document):
    """Prose stands below a heading of the page, so it has ### and, below that, ####."""
    for spot, name, code, words in prose_texts(document):
        levels = [len(marks) for marks in HEADING.findall(words)]
        if not {*levels} <= {3, 4}:
            yield spot.finding(_("A heading in a text begins with ### or ####."), name, code)
        elif levels[:1] == [4]:
            yield spot.finding(_("A heading with #### needs one with ### above it."), name, code)


def nothing_to_tell(document):
    """An exhibit without its people or without its story."""
    spot = Spot(EXHIBIT, document, document)
    if not document.defendants:
        yield spot.finding(_("The exhibit has no defendants."), "people")
    if not document.sections:
        yield spot.finding(_("The exhibit has no sections: nothing tells its story."), "sections")


def title_twice(document):
    """Two records that visitors cannot tell apart."""
    for part in PARTS:
        seen = {}
        for record in getattr(document, part):
            title = title_of(record).casefold()
            if title in seen:
                sentence = _("“%(key)s” has the same title: visitors cannot tell them apart.") % {"key": seen[title]}
                yield Spot(part, record, record).finding(sentence)
            seen.setdefault(title, record.key)


def source_never_cited(document):
    """A bibliography lists what the exhibit rests on."""
    cited = {spot.item.source for spot in spots(document) if type(spot.item).__name__ == "Citation"}
    for _spot, _name, text in texts(document):
        for words in text.words().values():
            if "[" in words:
                cited.update(found.key for found in prose.references(words) if found.kind == "source")
    for source in document.sources:
        if source.key not in cited:
            yield Spot("sources", source, source).finding(_("Nothing cites this source."))


def person_without_content(document):
    """A page with a name and nothing else."""
    for person in document.people:
        told = (person.summary, person.life, person.defendant, person.facts, person.connections)
        if not any(told) and not any(part.words for part in person.parts):
            yield Spot("people", person, person).finding(_("This person’s page says nothing but a name."))


# Orders in a life, and of a life and the trial, by the bounds of the dates. A date with a mark of doubt, or a fact
# that is disputed or not verified, never makes an order impossible; what is alleged or refuted is left out.

BEFORE, AFTER = "before", "after"
IMPOSSIBLE = (
    *((kind, BEFORE, Fact.Kind.BIRTH) for kind in (Fact.Kind.OFFICE, Fact.Kind.ARREST, Fact.Kind.CONFESSION)),
    *((kind, BEFORE, Fact.Kind.BIRTH) for kind in (Fact.Kind.PLEA, Fact.Kind.SENTENCE, Fact.Kind.DEATH)),
    *((kind, AFTER, Fact.Kind.DEATH) for kind in (Fact.Kind.ARREST, Fact.Kind.CONFESSION, Fact.Kind.PLEA)),
    (Fact.Kind.BURIAL, BEFORE, Fact.Kind.DEATH),
)
# The dead have been sentenced, and an earlier case may have been closed before a later sentence.
UNLIKELY = (
    (Fact.Kind.SENTENCE, AFTER, Fact.Kind.DEATH),
    (Fact.Kind.REHABILITATION, BEFORE, Fact.Kind.SENTENCE),
)


def _wrong_orders(document) -> Iterator[tuple[bool, Finding]]:
    """Pairs of whether it is certain and what is wrong."""
    for person in document.people:
        for order in (*IMPOSSIBLE, *UNLIKELY):
            for is_certain, finding in _wrong_order(person, *order):
                yield is_certain and order in IMPOSSIBLE, finding
        if person.defendant and document.when:
            yield from _before_the_trial(person, document.when)


def _wrong_order(person: Person, kind, where: str, other) -> Iterator[tuple[bool, Finding]]:
    """Facts of a kind that are on the wrong side of all facts of the other kind."""
    others = [fact for _index, fact in _facts(person, other)]
    for index, fact in _facts(person, kind) if others else ():
        pairs = [(fact.when, o.when) if where == AFTER else (o.when, fact.when) for o in others]
        is_certain = _are_apart(pairs, [fact, *others])
        if is_certain is not None:
            words = ORDER_WORDS()[where, is_certain] % {"fact": kind.label, "other": other.label}
            yield is_certain, _fact_finding(person, fact, index, words)


def _before_the_trial(person: Person, trial: HistoricalDate) -> Iterator[tuple[bool, Finding]]:
    """A verdict of this trial that came before it. An earlier sentence beside this one is no fault."""
    for kind in (Fact.Kind.PLEA, Fact.Kind.SENTENCE):
        found = _facts(person, kind)
        is_certain = _are_apart([(trial, fact.when) for _index, fact in found], [fact for _index, fact in found])
        if is_certain is not None:
            words = _("“%(fact)s” is before the trial. If it belongs to another one, give it the kind “%(life)s”.")
            index, fact = found[0]
            words %= {"fact": kind.label, "life": Fact.Kind.OTHER.label}
            yield is_certain, _fact_finding(person, fact, index, words)


def ORDER_WORDS() -> dict:
    """What is said of two facts, by where the first stands and whether that is certain."""
    return {
        (BEFORE, True): _("“%(fact)s” is before “%(other)s”. One of the dates is wrong."),
        (AFTER, True): _("“%(fact)s” is after “%(other)s”. One of the dates is wrong."),
        (BEFORE, False): _("“%(fact)s” stands before “%(other)s”, as far as the dates tell."),
        (AFTER, False): _("“%(fact)s” stands after “%(other)s”, as far as the dates tell."),
    }


def _are_apart(pairs: list[tuple[HistoricalDate, HistoricalDate]], facts: list) -> bool | None:
    """Whether the first of each pair is later than the second: True if it must be, False if it seems so, else None."""
    if pairs and all(_is_after(late, early) for late, early in pairs):
        return all(map(_is_firm, facts))
    return False if pairs and all(_seems_after(late, early) for late, early in pairs) else None


def _is_after(late: HistoricalDate, early: HistoricalDate) -> bool:
    return bool(late.earliest and early.latest and late.earliest > early.latest)


def _seems_after(late: HistoricalDate, early: HistoricalDate) -> bool:
    """Whether a page, which puts dates in order by their first day, shows it so."""
    return bool(late.earliest and early.earliest and late.earliest > early.earliest)


def _facts(person: Person, kind) -> list:
    """The dated facts of a kind that are not a fiction of the prosecution, each with its position."""
    fiction = (Standing.ALLEGED, Standing.REFUTED)
    return [(i, f) for i, f in enumerate(person.facts) if f.kind == kind and f.when and f.standing not in fiction]


def _is_firm(fact) -> bool:
    uncertain = any(point and point.qualifier for point in fact.when.points)
    return not uncertain and fact.standing not in (Standing.DISPUTED, Standing.UNVERIFIED)


def _fact_finding(person: Person, fact, index: int, sentence: str) -> Finding:
    return Spot("people", person, person).below("facts", fact, index).finding(sentence, "date")


RULES = (
    (BLOCKS, practice_exhibit),
    (BLOCKS, image_without_alternative_text),
    (BLOCKS, impossible_order),
    (ADVISES, doubtful_order),
    (ADVISES, nothing_to_tell),
    (ADVISES, person_without_content),
    (ADVISES, title_twice),
    (ADVISES, statement_without_source),
    (ADVISES, source_never_cited),
    (ADVISES, image_without_credit),
    (ADVISES, text_not_translated),
    (ADVISES, translation_out_of_date),
    (ADVISES, translation_not_reviewed),
    (ADVISES, text_over_its_budget),
    (ADVISES, heading_out_of_order),
)
