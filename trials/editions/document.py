"""The document: one exhibit as one typed, validated value in all its languages.

It is what templates see, what editions hold, and what files carry from one museum to another. Each of its
types has the name of a model, and each field the name of the model field that it is built from. A document
that is not whole is refused whole, with every fault and its place.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal

from django.core.exceptions import ValidationError as InvalidValue
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from .. import dates, models, prose
from ..languages import LINE_LENGTH, PROSE_LENGTH, Status, Text, check_plain, check_text, language_codes
from ..models.base import KEY_LENGTH, KEY_PATTERN
from ..models.evidence import REFERENCE_LENGTH
from ..models.exhibit import validate_languages
from .upgrade import SHAPE, UpgradeError, upgrade

LARGEST_FILE = 64 * 1024 * 1024


@dataclass(frozen=True)
class Fault:
    """Something wrong in a document: where, such as ``people[3].facts[0].date``, and a sentence."""

    place: str
    sentence: str

    def __str__(self):
        return f"{self.place}: {self.sentence}" if self.place else self.sentence


class DocumentError(ValueError):
    """The document is refused; ``faults`` lists everything that is wrong with it."""

    def __init__(self, faults: list[Fault]):
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


class EditionUnreadable(Exception):
    """An edition cannot be shown. Nothing is shown in its place."""


class EditionTampered(EditionUnreadable):
    """The bytes of an edition are not those that were published."""


@dataclass(frozen=True)
class To:
    """Marks a field that holds the key of a record in the named part of the document."""

    part: str


def _date(value: str) -> str:
    if value:
        dates.parse(value)
    return value


def _time(value: str) -> str:
    dates.parse_time(value)
    return value


def _line(text: Text) -> Text:
    return check_text(text, lines=False, max_length=LINE_LENGTH)


def _reference(text: Text) -> Text:
    return check_text(text, lines=False, max_length=REFERENCE_LENGTH)


def _prose(text: Text) -> Text:
    return check_text(text, lines=True, max_length=PROSE_LENGTH)


def _is_published(info: ValidationInfo) -> bool:
    return bool(info.context and info.context.get("published"))


def _main_language(text: Text, info: ValidationInfo) -> Text:
    main = language_codes()[0]
    if not text.get(main) and not _is_published(info):
        raise ValueError(_("The text is missing in the main language, “%(code)s”.") % {"code": main})
    return text


def _languages(codes: list[str], info: ValidationInfo) -> list[str]:
    try:
        validate_languages(codes)
    except InvalidValue as error:
        if _is_published(info):
            return codes
        raise ValueError(" ".join(error.messages)) from error
    return codes


def _positive_zero(value: float) -> float:
    """A zero without its sign, which SQLite does not keep."""
    return value + 0.0


def _plain(length: int):
    return Annotated[str, StringConstraints(max_length=length), AfterValidator(check_plain)]


Key = Annotated[str, StringConstraints(pattern=f"^{KEY_PATTERN}$", max_length=KEY_LENGTH)]
Date = Annotated[str, StringConstraints(max_length=dates.MAX_LENGTH), AfterValidator(_date)]
Time = Annotated[str, StringConstraints(max_length=10), AfterValidator(_time)]
Line = Annotated[Text, AfterValidator(_line)]
Prose = Annotated[Text, AfterValidator(_prose)]
Required = AfterValidator(_main_language)
Number = Annotated[int, Field(strict=True, ge=1, le=32_767)]
Percent = Annotated[int, Field(strict=True, ge=0, le=100)]
Flag = Annotated[bool, Field(strict=True)]
Degrees = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-180, le=180), AfterValidator(_positive_zero)]


class Item(BaseModel):
    """Anything in a document. Unknown fields are refused; nothing changes once it is made."""

    model_config = ConfigDict(extra="forbid", frozen=True, ignored_types=(cached_property,))


class Dated(Item):
    """A date as the sources allow it."""

    date: Date = ""
    time: Time = ""
    date_as_written: _plain(120) = ""

    @cached_property
    def when(self) -> dates.HistoricalDate | None:
        """The parsed date, or None where there is none."""
        return dates.parse(self.date) if self.date else None


class Citation(Item):
    """A source for a statement, where in it, and whether it says otherwise."""

    source: Annotated[Key, To("sources")]
    locator: _plain(120) = ""
    contradicts: Flag = False
    note: Prose = Text()


class Image(Dated):
    """A picture and what must be said beside it."""

    key: Key
    sha256: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
    extension: models.Image.Extension
    width: Annotated[int, Field(strict=True, ge=1, le=100_000)]
    height: Annotated[int, Field(strict=True, ge=1, le=100_000)]
    alt: Line = Text()
    decorative: Flag = False
    caption: Prose = Text()
    credit: _plain(300) = ""
    licence: _plain(120) = ""
    content_note: Line = Text()
    focus_left: Percent = 50
    focus_top: Percent = 50


class Source(Item):
    """Something that statements rest on."""

    key: Key
    kind: models.Source.Kind
    consulted: models.Source.Consulted = models.Source.Consulted.PASSAGE
    label: Annotated[Line, Required]
    reference: Annotated[Text, AfterValidator(_reference), Required]
    language: _plain(20) = ""
    url: Annotated[str, StringConstraints(max_length=500, pattern=r"^(https?://[^\s]+)?$")] = ""
    reliability: Prose = Text()

    def reference_language(self, wanted: str) -> str:
        """The language of the reference as it is shown where ``wanted`` is asked for.

        What says the same in every language names a work, in the work's own; anything else is a description.
        """
        names_a_work = len(set(self.reference.words().values())) == 1
        return self.language if names_a_work and self.language else self.reference.language(wanted)


class Place(Item):
    """Somewhere that matters."""

    key: Key
    name: Annotated[Line, Required]
    name_then: _plain(300) = ""
    latitude: Annotated[Degrees, Field(ge=-90, le=90)] | None = None
    longitude: Degrees | None = None
    precision: models.Place.Precision = models.Place.Precision.UNKNOWN
    coordinates_standing: models.Standing = models.Standing.DOCUMENTED
    words: Prose = Text()
    standing: models.Standing = models.Standing.DOCUMENTED
    note: Prose = Text()
    citations: list[Citation] = []

    @model_validator(mode="after")
    def _both_coordinates(self):
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError(_("Give both latitude and longitude, or neither."))
        return self


class Name(Item):
    """One spelling of a person's name."""

    kind: models.Name.Kind = models.Name.Kind.OTHER
    spelling: _plain(200)
    language: _plain(20) = ""


class Reading(Dated):
    """What another source says instead of a fact."""

    words: Prose = Text()
    citations: list[Citation] = []


class Fact(Dated):
    """One dated statement about a person."""

    kind: models.Fact.Kind
    words: Annotated[Prose, Required]
    place: Annotated[Key, To("places")] | None = None
    standing: models.Standing = models.Standing.DOCUMENTED
    confidence: models.Confidence = models.Confidence.HIGH
    note: Prose = Text()
    readings: list[Reading] = []
    citations: list[Citation] = []


class Defendant(Item):
    """A person's part as accused, and what the court decided."""

    number: Number
    trade: Line = Text()
    office: Line = Text()
    charges: list[Annotated[Key, To("charges")]] = []
    alleged: Annotated[Prose, Required]
    known: Annotated[Prose, Required]
    held_out: Line = Text()
    plea: models.Defendant.Plea = models.Defendant.Plea.NONE
    plea_note: Prose = Text()
    counsel: Annotated[Key, To("people")] | None = None
    counsel_note: Line = Text()
    verdict: models.Defendant.Verdict = models.Defendant.Verdict.NONE
    verdict_note: Line = Text()
    sentence: models.Defendant.Sentence = models.Defendant.Sentence.NONE
    sentence_years: Number | None = None
    sentence_note: Prose = Text()
    fate: Line = Text()
    citations: list[Citation] = []

    @model_validator(mode="after")
    def _years_of_prison(self):
        if (self.sentence == models.Defendant.Sentence.PRISON) != (self.sentence_years is not None):
            raise ValueError(_("Give the years of a prison sentence, and of no other."))
        return self


class Participant(Item):
    """Any other part that a person had."""

    role: models.Participant.Role
    words: Prose = Text()
    citations: list[Citation] = []


class Connection(Item):
    """How a person is tied to another."""

    to: Annotated[Key, To("people")]
    words: Annotated[Line, Required]
    reverse: Line = Text()
    citations: list[Citation] = []


class Person(Item):
    """Anyone whom the exhibit names."""

    key: Key
    former_keys: list[Key] = []
    identity: _plain(300) = ""
    name: Annotated[Line, Required]
    sort_name: _plain(200)
    summary: Line = Text()
    life: Prose = Text()
    not_to_confuse: Prose = Text()
    portrait: Annotated[Key, To("images")] | None = None
    names: list[Name] = []
    defendant: Defendant | None = None
    parts: list[Participant] = []
    connections: list[Connection] = []
    facts: list[Fact] = []

    @model_validator(mode="after")
    def _not_connected_to_oneself(self):
        if any(connection.to == self.key for connection in self.connections):
            raise ValueError(_("A person cannot be connected with himself or herself."))
        return self

    def fact(self, kind: str) -> Fact | None:
        """The first fact of the kind, or None."""
        return next((fact for fact in self.facts if fact.kind == kind), None)


class Charge(Item):
    """What was alleged, and what is known."""

    key: Key
    title: Annotated[Line, Required]
    article: _plain(60) = ""
    alleged: Annotated[Prose, Required]
    known: Annotated[Prose, Required]
    citations: list[Citation] = []


class Sitting(Item):
    """One sitting of the court."""

    time: Annotated[Time, StringConstraints(min_length=1)]
    words: Annotated[Prose, Required]
    citations: list[Citation] = []


class TimelineEntry(Dated):
    """Something that happened, or that was alleged."""

    key: Key
    date: Annotated[Date, StringConstraints(min_length=1)]
    phase: models.TimelineEntry.Phase
    theme: models.TimelineEntry.Theme | Literal[""] = ""
    title: Annotated[Line, Required]
    words: Annotated[Prose, Required]
    standing: models.Standing = models.Standing.DOCUMENTED
    confidence: models.Confidence = models.Confidence.HIGH
    note: Prose = Text()
    place: Annotated[Key, To("places")] | None = None
    people: list[Annotated[Key, To("people")]] = []
    image: Annotated[Key, To("images")] | None = None
    sittings: list[Sitting] = []
    citations: list[Citation] = []

    @property
    def alleged(self) -> bool:
        """Whether this is an event of the indictment's fiction: never on the scale of real ones."""
        return self.standing in (models.Standing.ALLEGED, models.Standing.REFUTED)


class Term(Item):
    """A word that a visitor may not know."""

    key: Key
    term: Annotated[Line, Required]
    original: _plain(200) = ""
    original_language: _plain(20) = ""
    definition: Annotated[Prose, Required]
    standing: models.Standing = models.Standing.DOCUMENTED
    citations: list[Citation] = []


class Dispute(Item):
    """A question on which sources differ."""

    key: Key
    question: Annotated[Line, Required]
    words: Annotated[Prose, Required]
    answer: Annotated[Prose, Required]
    people: list[Annotated[Key, To("people")]] = []
    entries: list[Annotated[Key, To("timeline")]] = []
    citations: list[Citation] = []


class Section(Item):
    """A part of the text under a heading."""

    key: Key
    page: models.Section.Page = models.Section.Page.STORY
    heading: Annotated[Line, Required]
    body: Annotated[Prose, Required]
    pull_fact: Line = Text()
    image: Annotated[Key, To("images")] | None = None
    citations: list[Citation] = []


class KeyPoint(Item):
    """A fact that a visitor in a hurry takes away."""

    key: Key
    words: Annotated[Prose, Required]
    citations: list[Citation] = []


class Document(Dated):
    """One exhibit, whole."""

    shape: int = SHAPE
    slug: Key
    former_slugs: list[Key] = []
    languages: Annotated[list[str], AfterValidator(_languages)]
    practice: Flag = False
    title: Annotated[Line, Required]
    short_title: Line = Text()
    lede: Annotated[Prose, Required]
    notice: Annotated[Prose, Required]
    where: Line = Text()
    credits: Prose = Text()
    licence: _plain(80) = "CC BY 4.0"
    key_points: list[KeyPoint] = []
    sections: list[Section] = []
    people: list[Person] = []
    charges: list[Charge] = []
    timeline: list[TimelineEntry] = []
    places: list[Place] = []
    images: list[Image] = []
    sources: list[Source] = []
    disputes: list[Dispute] = []
    terms: list[Term] = []

    @cached_property
    def records(self) -> dict[str, dict[str, Item]]:
        """Every record by the part of the document that it stands in, then by key."""
        return {part: {record.key: record for record in getattr(self, part)} for part in PARTS}

    @cached_property
    def defendants(self) -> list[Person]:
        """The accused, in the order of the indictment."""
        accused = [person for person in self.people if person.defendant]
        return sorted(accused, key=lambda person: person.defendant.number)

    @cached_property
    def events(self) -> list[TimelineEntry]:
        """The timeline in the order of time; what was alleged stands where it was said to have happened."""
        return sorted(self.timeline, key=lambda entry: dates.sort_key(entry.when, entry.time))

    @cached_property
    def unreviewed(self) -> dict[str, int]:
        """How many texts nobody has reviewed as they are, by language: of every listed one but the main one."""
        unsure, texts = (Status.STALE, Status.UNREVIEWED), [*texts_in(self)]
        codes = [code for code in self.languages if code != language_codes()[0]]
        return {code: sum(text.status(code) in unsure for text in texts) for code in codes}

    def has_record(self, kind: str, key: str) -> bool:
        """Whether there is the record that prose calls ``kind:key``."""
        return key in self.records[PART_OF[kind]]


def texts_in(value) -> Iterator[Text]:
    """Every text of an item and of what is below it, in the order of the fields."""
    if isinstance(value, Text):
        yield value
    elif isinstance(value, Item):
        for name in type(value).model_fields:
            yield from texts_in(getattr(value, name))
    elif isinstance(value, list):
        for part in value:
            yield from texts_in(part)


PARTS = (
    "key_points",
    "sections",
    "people",
    "charges",
    "timeline",
    "places",
    "images",
    "sources",
    "disputes",
    "terms",
)
# The part of the document in which prose finds what it calls person:, entry:, …
PART_OF = {
    "person": "people",
    "entry": "timeline",
    "charge": "charges",
    "place": "places",
    "term": "terms",
    "source": "sources",
    "dispute": "disputes",
    "section": "sections",
}


def make(content: dict) -> Document:
    """``content`` (plain JSON of today's shape) as a document. Raises `DocumentError` with every fault."""
    try:
        document = Document.model_validate(content)
    except ValidationError as error:
        raise DocumentError([_fault(detail, content) for detail in error.errors(include_url=False)]) from error
    except UnicodeEncodeError as error:  # in the name of a language; elsewhere it is a fault with a place
        sentence = _("The file holds half a character (a lone surrogate). Remove it.")
        raise DocumentError([Fault("", sentence)]) from error
    faults = [*_repeated_keys(document), *_dead_references(document, document, "")]
    if faults:
        raise DocumentError(faults)
    return document


def loads(data: bytes) -> Document:
    """The bytes of a document of any shape. Raises `DocumentError` with every fault and its place."""
    if len(data) > LARGEST_FILE:
        sentence = _("The file is larger than %(size)s MB.") % {"size": LARGEST_FILE // 1024**2}
        raise DocumentError([Fault("", sentence)])
    try:
        content = json.loads(data.decode(), object_pairs_hook=_once, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        sentence = _("The file is not UTF-8 text (byte %(number)s).") % {"number": error.start}
        raise DocumentError([Fault("", sentence)]) from error
    except json.JSONDecodeError as error:
        place = _("line %(line)s, column %(column)s") % {"line": error.lineno, "column": error.colno}
        raise DocumentError([Fault(place, _("The file is not JSON: it is not written as it must be here."))]) from error
    except (ValueError, RecursionError) as error:
        raise DocumentError([Fault("", str(error))]) from error
    if not isinstance(content, dict):
        raise DocumentError([Fault("", _("The file holds no document: it must begin with “{”."))])
    try:
        return make(upgrade(content))
    except UpgradeError as error:
        raise DocumentError([Fault("shape", str(error))]) from error


def recall(data: bytes) -> Document:
    """A document that was published: it is shown for ever, whatever has become of the museum’s settings since.

    Only its shape is asked for, which `upgrade` sees to. Raises `DocumentError`.
    """
    try:
        return Document.model_validate(upgrade(json.loads(data)), context={"published": True})
    except ValidationError as error:
        raise DocumentError([Fault("", str(error))]) from error
    except ValueError as error:
        raise DocumentError([Fault("", str(error))]) from error


def dumps(document: Document) -> bytes:
    """The document's bytes: readable JSON, the same for the same content always. What is empty is left out."""
    content = {"shape": document.shape, **document.model_dump(mode="json", exclude_defaults=True)}
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def digest_of(data: bytes) -> str:
    """The SHA-256 of ``data`` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _once(pairs):
    content = dict(pairs)
    if len(content) < len(pairs):
        twice = next(name for name, _value in pairs if [n for n, _v in pairs].count(name) > 1)
        sentence = _("The file is ambiguous: the field “%(name)s” stands twice in one object.")
        raise ValueError(sentence % {"name": twice})
    return content


def _no_constant(name):
    raise ValueError(_("The file is not JSON: %(name)s is no number.") % {"name": name})


# What is said of each type of fault that pydantic finds.
SENTENCES = {
    "missing": gettext_lazy("This field is missing."),
    "extra_forbidden": gettext_lazy("This field is not known here. Remove it, or correct its name."),
    "too_short": gettext_lazy("This must not be empty."),
    "string_too_short": gettext_lazy("This must not be empty."),
    "string_too_long": gettext_lazy("This must have at most %(max_length)s characters."),
    "string_pattern_mismatch": gettext_lazy("This is not written as it must be: “%(input)s”."),
    "string_type": gettext_lazy("This must be a text."),
    "int_type": gettext_lazy("This must be a whole number."),
    "float_type": gettext_lazy("This must be a number."),
    "finite_number": gettext_lazy("This must be a number."),
    "bool_type": gettext_lazy("This must be true or false."),
    "list_type": gettext_lazy("This must be a list."),
    "dict_type": gettext_lazy("This must be an object: fields in braces."),
    "model_type": gettext_lazy("This must be an object: fields in braces."),
    "enum": gettext_lazy("“%(input)s” is not possible here. Possible are: %(expected)s."),
    "literal_error": gettext_lazy("“%(input)s” is not possible here. Possible are: %(expected)s."),
    "greater_than_equal": gettext_lazy("This must be at least %(ge)s."),
    "less_than_equal": gettext_lazy("This must be at most %(le)s."),
}


def _fault(detail: dict, content: dict) -> Fault:
    place, key, here = "", "", content
    for step in detail["loc"]:
        place += f"[{step}]" if isinstance(step, int) else f".{step}" if place else str(step)
        try:
            here = here[step]
        except (KeyError, IndexError, TypeError):
            here = None
        if isinstance(here, dict) and isinstance(here.get("key"), str):
            key = f" ({here['key']})"
    if detail["type"] not in SENTENCES:
        return Fault(place + key, detail["msg"].removeprefix("Value error, "))
    words = {"input": str(detail["input"])[:80], **detail.get("ctx", {})}
    if "expected" in words:  # “'jpg' or 'png'”
        words["expected"] = words["expected"].replace(" or ", ", ")
    return Fault(place + key, SENTENCES[detail["type"]] % words)


def _repeated_keys(document: Document) -> list[Fault]:
    faults = []
    for part in PARTS:
        seen = set()
        for index, record in enumerate(getattr(document, part)):
            for key in (record.key, *getattr(record, "former_keys", ())):
                if key in seen:
                    sentence = _("The key “%(key)s” stands for two records.") % {"key": key}
                    faults.append(Fault(f"{part}[{index}].key", sentence))
                seen.add(key)
    numbers = [person.defendant.number for person in document.defendants]
    for number in sorted({number for number in numbers if numbers.count(number) > 1}):
        faults.append(Fault("people", _("Two defendants have the number %(number)s.") % {"number": number}))
    return faults


def _dead_references(item: Item, document: Document, place: str) -> list[Fault]:
    """Faults for every key and every link in prose, below ``item``, that leads to no record of the document."""
    faults = []
    for name, field in type(item).model_fields.items():
        value, here = getattr(item, name), f"{place}.{name}".lstrip(".")
        if isinstance(value, Text):
            for code, words in value.words().items():
                for sentence in prose.faults(words, document.has_record):
                    faults.append(Fault(f"{here}.{code}", sentence))
        elif isinstance(value, Item):
            faults += _dead_references(value, document, here)
        elif isinstance(value, list):
            for index, entry in enumerate(value):
                if isinstance(entry, Item):
                    faults += _dead_references(entry, document, f"{here}[{index}]")
                else:
                    faults += _dead_key(entry, _target(field), document, f"{here}[{index}]")
                    if entry in value[:index]:
                        sentence = _("“%(key)s” stands twice in this list.") % {"key": entry}
                        faults.append(Fault(f"{here}[{index}]", sentence))
        elif value is not None:
            faults += _dead_key(value, _target(field), document, here)
    return faults


def _dead_key(key, part, document, place) -> list[Fault]:
    if part is None or key in document.records[part]:
        return []
    return [Fault(place, _("There is no record “%(key)s” in “%(part)s”.") % {"key": key, "part": part})]


def _target(field) -> str | None:
    """The part of the document that a field's keys point into, found in its annotation."""
    marks = [*field.metadata, *re.findall(r"To\(part='(\w+)'\)", repr(field.annotation))]
    return next((mark.part if isinstance(mark, To) else mark for mark in marks if isinstance(mark, (To, str))), None)
