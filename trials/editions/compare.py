"""What changes for visitors from one document to another: a pure function of the two.

Records are matched by key, also by a former one, so that what was only renamed is the same record. That a
record changed is known at once; which of its fields did, and how, is worked out when it is asked for.
`Comparison` is empty exactly where the two documents are the same.
"""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import Match, SequenceMatcher
from enum import StrEnum
from functools import cache, cached_property
from itertools import accumulate, pairwise

from django.db.models import Choices
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from .. import dates, models, prose
from ..languages import REVIEWED_BY, Text
from . import document as documents
from .document import PART_OF, PARTS, Citation, Document, Image, Item

# The part of a comparison that is the exhibit itself: its title, its opening, its dates.
EXHIBIT = "exhibit"
KIND_OF = {part: kind for kind, part in PART_OF.items()}
# The field by which people know a record.
TITLES = {
    "Document": "title",
    "KeyPoint": "words",
    "Section": "heading",
    "Person": "name",
    "Charge": "title",
    "TimelineEntry": "title",
    "Place": "name",
    "Image": "alt",
    "Source": "label",
    "Dispute": "question",
    "Term": "term",
}
# What is said otherwise: the parts of a document record by record, and an image's file as a picture.
NOT_FIELDS = defaultdict(tuple, {Document: ("shape", *PARTS), Image: ("sha256", "extension", "width", "height")})
# How parts without a key are found again, after those that are equal: by the first of these that agrees.
FOUND_BY = {
    "Fact": (("kind", "date"), ("words",), ("kind",)),
    "Reading": (("date",), ()),
    "Name": (("spelling",), ("kind", "language")),
    "Participant": (("role",), ("words",)),
    "Connection": (("to",), ("words",)),
    "Sitting": (("time",), ("words",)),
}
# How many words may be looked at in comparing two texts. What is left then counts as rewritten.
LARGEST_EFFORT = 1_000_000
# A word with the space after it: single spaces would be found to agree everywhere.
WORDS = re.compile(r"\S+\s*|\s+")


class Operation(StrEnum):
    """What happened to a record, or to words."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"
    SAME = "same"


SAME, ADDED, REMOVED = Operation.SAME, Operation.ADDED, Operation.REMOVED
Pieces = tuple[tuple[Operation, str], ...]


@dataclass(frozen=True)
class FieldChange:
    """One field that differs: the path to it in words (“facts, 2: date”), and what was and is there.

    ``pieces`` are words with `SAME`, `ADDED` or `REMOVED`: of a text in ``language`` all its words, of any other
    value only what went and what came. ``images`` are the pictures before and after, where it is one.
    """

    label: str
    pieces: Pieces
    language: str = ""
    images: tuple[Image | None, Image | None] | None = None


@dataclass(frozen=True)
class ChangedRecord:
    """Which record, and what happened to it: nothing of its words. Its part of the document and its key."""

    operation: Operation
    part: str
    key: str


@dataclass(frozen=True)
class RecordChange:
    """What happened to one record. ``before`` is None where it was added, ``after`` where it was removed."""

    operation: Operation
    part: str
    before: Item | None
    after: Item | None
    _sides: "_Sides" = field(repr=False, compare=False)
    has_moved: bool = False

    @property
    def record(self) -> Item:
        """The record as it is now; where it was removed, as it was."""
        return self.after or self.before

    @property
    def key(self) -> str:
        """Its key now; empty for the exhibit itself."""
        return "" if self.part == EXHIBIT else self.record.key

    @property
    def title(self) -> str:
        """The record's title in the active language."""
        return title_of(self.record)

    @property
    def kind(self) -> str:
        """What kind of record it is, in a word: “timeline entry”."""
        return str(model_of(type(self.record))._meta.verbose_name)

    @cached_property
    def fields(self) -> list[FieldChange]:
        """Every field that differs, in the order of the document, said in the active language."""
        return list(_fields(self.before, self.after, self._sides))


@dataclass(frozen=True)
class Comparison:
    """What changes from ``before`` (None: nothing was shown) to ``after``. Empty where they are the same."""

    before: Document | None
    after: Document
    records: tuple[RecordChange, ...]

    def __bool__(self):
        return bool(self.records)

    def __iter__(self):
        return iter(self.records)

    def __len__(self):
        return len(self.records)

    @property
    def parts(self) -> list[tuple[str, list[RecordChange]]]:
        """What changed by part of the document, with the part's name in words."""
        parts = dict.fromkeys(change.part for change in self.records)
        return [(part_label(part), [change for change in self.records if change.part == part]) for part in parts]

    def summary(self) -> str:
        """How many records changed: “3 changed, 1 added, 1 removed”."""
        return summary(self.records)

    def changed_records(self) -> tuple[ChangedRecord, ...]:
        """Which records changed, without a word of theirs: for a page that anyone may read."""
        return tuple(ChangedRecord(change.operation, change.part, change.key) for change in self.records)


def compare(before: Document | None, after: Document) -> Comparison:
    """What changes for visitors when ``after`` is shown in place of ``before``, in the order of the document."""
    sides = _Sides(before, after)
    changes = list(_exhibit(before, after, sides))
    for part in PARTS:
        changes += _records(part, sides)
    return Comparison(before, after, tuple(changes))


def summary(changes: Iterable[RecordChange | ChangedRecord]) -> str:
    """How many records changed: “3 changed, 1 added, 1 removed”."""
    counts = Counter(change.operation for change in changes)
    words = {
        Operation.CHANGED: _("%(number)s changed"),
        Operation.ADDED: _("%(number)s added"),
        Operation.REMOVED: _("%(number)s removed"),
        Operation.MOVED: _("%(number)s moved"),
    }
    found = [sentence % {"number": counts[operation]} for operation, sentence in words.items() if counts[operation]]
    return ", ".join(found) or _("nothing changed")


# How records and fields are called.


@cache
def model_of(shape: type[Item]):
    """The model whose rows a type of the document is built from."""
    return models.Exhibit if shape is Document else getattr(models, shape.__name__)


def field_label(shape: type[Item], name: str) -> str:
    """What curators call a field: the name that its form has."""
    found = model_of(shape)._meta.get_field(name)
    if isinstance(found, ForeignObjectRel):
        meta = found.related_model._meta
        return str(meta.verbose_name if found.one_to_one else meta.verbose_name_plural)
    return str(found.verbose_name)


def part_label(part: str) -> str:
    """What curators call a part of the document: “timeline entries”."""
    return str(models.Exhibit._meta.verbose_name) if part == EXHIBIT else field_label(Document, part)


def title_of(record: Item) -> str:
    """A record's title in the active language, without marks; its key where it has none."""
    return str(title_text(record, get_language() or "en"))


def title_text(record: Item, language: str) -> Text:
    """A record's title in its languages, without marks. What has none of its own is said to be in ``language``."""
    title = getattr(record, TITLES[type(record).__name__])
    if isinstance(title, Text) and title:
        return Text((code, prose.to_plain(words)) for code, words in title.words().items())
    return Text({language: title or record.key})


@cache
def target_of(shape: type[Item], name: str) -> str | None:
    """The part of the document that a field's keys point into, or None."""
    return documents._target(shape.model_fields[name])


# Records.


class _Sides:
    """The two documents, which record of one is which of the other, and how their values are said."""

    def __init__(self, before: Document | None, after: Document):
        self.before, self.after = before, after
        self.pairs = {part: _pairs(part, before, after) if before else {} for part in PARTS}
        renamed = {part: {old: new for new, old in pairs.items() if old != new} for part, pairs in self.pairs.items()}
        self.renamed = {part: keys for part, keys in renamed.items() if keys}

    def in_todays_keys(self, value, part: str | None):
        """A value of the document before, with the keys that the same records have now."""
        if not self.renamed:
            return value
        if isinstance(value, Text):
            words = {code: prose.RECORD_LINK.sub(self._link, words) for code, words in value.words().items()}
            return Text({**value, **words})
        keys = self.renamed.get(part, {})
        if isinstance(value, list):
            return [keys.get(entry, entry) if isinstance(entry, str) else entry for entry in value]
        return keys.get(value, value) if part else value

    def _link(self, match) -> str:
        kind, key = match.groups()
        return f"{kind}:{self.renamed.get(PART_OF[kind], {}).get(key, key)}"


def _pairs(part: str, before: Document, after: Document) -> dict[str, str]:
    """For each record that both documents have, its key now and its key then."""
    old, new = before.records[part], after.records[part]
    pairs = {key: key for key in new if key in old}
    taken = set(pairs)
    for record in new.values():
        for key in getattr(record, "former_keys", ()):
            if record.key not in pairs and key in old and key not in taken:
                pairs[record.key] = key
                taken.add(key)
    for record in old.values():  # the other way round: an older edition is shown again
        for key in getattr(record, "former_keys", ()):
            if record.key not in taken and key in new and key not in pairs:
                pairs[key] = record.key
                taken.add(record.key)
    return pairs


def _exhibit(before, after, sides) -> Iterator[RecordChange]:
    if before is None:
        yield RecordChange(Operation.ADDED, EXHIBIT, None, after, sides)
    elif any(getattr(before, name) != getattr(after, name) for name in type(after).model_fields if name not in PARTS):
        change = RecordChange(Operation.CHANGED, EXHIBIT, before, after, sides)
        if change.fields:
            yield change


def _records(part: str, sides: _Sides) -> Iterator[RecordChange]:
    """What happened to the records of one part: those of today in their order, then those that are gone."""
    old, new = sides.before.records[part] if sides.before else {}, sides.after.records[part]
    pairs = sides.pairs[part]
    positions = {key: position for position, key in enumerate(old)}
    moved = _moved([key for key in new if key in pairs], [positions[pairs[key]] for key in new if key in pairs])
    for key, record in new.items():
        if key not in pairs:
            yield RecordChange(Operation.ADDED, part, None, record, sides)
            continue
        before = old[pairs[key]]
        change = RecordChange(Operation.CHANGED, part, before, record, sides, key in moved)
        # Where a record was renamed, others may differ in its key alone, which is no change.
        if before != record and (not sides.renamed or change.fields):
            yield change
        elif key in moved:
            yield RecordChange(Operation.MOVED, part, before, record, sides, True)
    kept = set(pairs.values())
    for key, record in old.items():
        if key not in kept:
            yield RecordChange(Operation.REMOVED, part, record, None, sides)


def _moved(names: list, positions: list[int]) -> set:
    """Which of ``names`` left their order: as few as can be, given where each stood before."""
    if all(a < b for a, b in pairwise(positions)):
        return set()
    ends, last, previous = [], [], {}  # the longest run that kept its order, by patience sorting
    for index, position in enumerate(positions):
        length = bisect_left(ends, position)
        ends[length : length + 1], last[length : length + 1] = [position], [index]
        previous[index] = last[length - 1] if length else None
    stayed, index = set(), last[-1]
    while index is not None:
        stayed.add(index)
        index = previous[index]
    return {name for index, name in enumerate(names) if index not in stayed}


# Fields.


def _fields(before: Item | None, after: Item | None, sides: _Sides, path: str = "") -> Iterator[FieldChange]:
    """The fields that differ between two forms of a record or a part of one; None is a record without content."""
    shape = type(after or before)
    if shape is Image and _file(before) != _file(after):
        pieces = ((REMOVED, _file(before)), (ADDED, _file(after)))
        pieces = tuple((operation, words[-1]) for operation, words in pieces if words)
        yield FieldChange(_("picture"), pieces, images=(before, after))
    for name in shape.model_fields:
        if name in NOT_FIELDS[shape]:
            continue
        old, new = _value(before, shape, name), _value(after, shape, name)
        if _differ(sides.in_todays_keys(old, target_of(shape, name)), new):
            # What was not there had no value either, not even the usual one.
            old, new = old if before else None, new if after else None
            yield from _field(shape, name, old, new, sides, path)


def _file(image: Image | None) -> tuple:
    """An image's file, and in words what can be said of it."""
    return (image.sha256, size_of(image)) if image else ()


def size_of(image: Image) -> str:
    """What can be said of an image's file: “3000 × 2000 pixels, JPEG”."""
    words = _("%(width)s × %(height)s pixels, %(format)s")
    return words % {"width": image.width, "height": image.height, "format": image.extension.label}


def _differ(old, new) -> bool:
    return old != new and not (old in (None, "") and new in (None, ""))


def _value(item: Item | None, shape: type[Item], name: str):
    if item is not None:
        return getattr(item, name)
    default = shape.model_fields[name].get_default(call_default_factory=True)
    return None if shape.model_fields[name].is_required() else default


def _field(shape, name, old, new, sides, path) -> Iterator[FieldChange]:
    label = path + field_label(shape, name)
    some = next((value for value in (new, old) if value), None)
    if isinstance(some, Text):
        yield from _texts(label, sides.in_todays_keys(old or Text(), None), new or Text())
    elif isinstance(some, Item):
        yield from _part(label, old, new, sides)
    elif isinstance(some, list) and isinstance(some[0], Item) and not isinstance(some[0], Citation):
        yield from _parts(label, old or [], new or [], sides)
    elif isinstance(some, list):
        yield _list(label, old or [], new or [], target_of(shape, name), sides)
    else:
        yield _plain(label, name, old, new, target_of(shape, name), sides)


def _texts(label, old: Text, new: Text) -> Iterator[FieldChange]:
    for code in sorted({*old.words(), *new.words()}):
        if old.get(code) != new.get(code):
            yield FieldChange(label, marked(old.get(code, ""), new.get(code, "")), code)
        old_name, new_name = (text.get(code + REVIEWED_BY, "") for text in (old, new))
        if old_name != new_name:
            reviewed = _("%(field)s, translation reviewed by") % {"field": label}
            yield FieldChange(reviewed, marked(old_name, new_name), code)


def _part(label, old: Item | None, new: Item | None, sides) -> Iterator[FieldChange]:
    """A part of a record that is changed, added or removed; one without content is said by its name."""
    fields = list(_fields(old, new, sides, f"{label}: "))
    if fields or (old and new):
        yield from fields
    else:
        yield FieldChange(label, ((ADDED if new else REMOVED, str(model_of(type(new or old))._meta.verbose_name)),))


def _parts(label, old: list[Item], new: list[Item], sides) -> Iterator[FieldChange]:
    """Parts of a record that stand in a list, each called by its number in it."""
    found = _found_again(old, new)
    moved = _moved(list(found), list(found.values()))
    for number, item in enumerate(new):
        here = f"{label}, {number + 1}"
        before = found.get(number)
        yield from _part(here, None if before is None else old[before], item, sides)
        if number in moved:
            words = _("position %(number)s")
            yield FieldChange(
                here, ((REMOVED, words % {"number": before + 1}), (ADDED, words % {"number": number + 1}))
            )
    for number in sorted(set(range(len(old))) - set(found.values())):
        yield from _part(f"{label}, {number + 1}", old[number], None, sides)


def _found_again(old: list[Item], new: list[Item]) -> dict[int, int]:
    """Which of the ``old`` parts each of the ``new`` ones was: positions by position, in the order of ``new``."""
    pairs = {}
    for names in (None, *FOUND_BY[type((new or old)[0]).__name__]):
        waiting = {}
        for index, item in enumerate(old):
            if index not in pairs.values():
                waiting.setdefault(_sign(item, names), []).append(index)
        for index, item in enumerate(new):
            if index not in pairs and waiting.get(_sign(item, names)):
                pairs[index] = waiting[_sign(item, names)].pop(0)
    return dict(sorted(pairs.items()))


def _sign(item: Item, names: tuple[str, ...] | None):
    """What a part is known by: all of it, or the named fields that it has."""
    return item.model_dump_json() if names is None else tuple(repr(getattr(item, name)) for name in names)


def _list(label, old, new, part, sides) -> FieldChange:
    """A list of plain values, keys or citations: those that went, and those that came."""
    before = [_said("", entry, part, sides.before) for entry in old]
    after = [_said("", entry, part, sides.after) for entry in new]
    pieces = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            pieces += [(REMOVED, words) for words in before[a:b]] + [(ADDED, words) for words in after[c:d]]
    if not pieces:  # different records of one title
        pieces = [(REMOVED, _raw(entry)) for entry in old] + [(ADDED, _raw(entry)) for entry in new]
    return FieldChange(label, tuple(pieces))


def _plain(label, name, old, new, part, sides) -> FieldChange:
    before, after = _said(name, old, part, sides.before), _said(name, new, part, sides.after)
    if before == after:  # “1937” and “1937-XX”, or two pictures of one title
        before, after = _raw(old), _raw(new)
    pieces = tuple((operation, words) for operation, words in ((REMOVED, before), (ADDED, after)) if words)
    images = (_record(sides.before, part, old), _record(sides.after, part, new)) if part == "images" else None
    return FieldChange(label, pieces, images=images)


# Values in words.


def _said(name: str, value, part: str | None, document: Document | None) -> str:
    """A value as people read it: dates in words, choices by their label, keys by the record's title."""
    if value is None or value == "":
        return ""
    if part:
        return title_of(_record(document, part, value))
    if isinstance(value, Citation):
        return _citation(value, document)
    if isinstance(value, Choices):
        return str(value.label)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return dates.in_words(value, get_language() or "en") if name == "date" else str(value)


def _citation(citation: Citation, document: Document) -> str:
    """A citation in one line: “Conquest 1990, p. 46 (contradicts): only of the first day”."""
    words = ", ".join(filter(None, (str(document.records["sources"][citation.source].label), citation.locator)))
    if citation.contradicts:
        words += f" ({field_label(Citation, 'contradicts')})"
    return f"{words}: {citation.note}" if citation.note else words


def _raw(value) -> str:
    return value.model_dump_json() if isinstance(value, Item) else str(value)


def _record(document: Document | None, part: str, key: str | None) -> Item | None:
    return document.records[part][key] if document and key else None


# Words.


class _Matcher(SequenceMatcher):
    """Finds what two texts share, with an effort that has a limit: what is not looked at counts as different."""

    def __init__(self, before: list[str], after: list[str]):
        super().__init__(None, before, after)
        costs = (1 + len(self.b2j.get(word, ())) for word in before)
        self._effort = [0, *accumulate(costs)]
        self._left = LARGEST_EFFORT

    def find_longest_match(self, alo=0, ahi=None, blo=0, bhi=None):
        """As inherited, until the effort is used up."""
        self._left -= self._effort[ahi] - self._effort[alo]
        if self._left < 0:
            return Match(alo, blo, 0)
        return super().find_longest_match(alo, ahi, blo, bhi)


def marked(before: str, after: str) -> Pieces:
    """Two texts as one, word by word: what stayed, what went, what came. Joined, each is whole again."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    start = _shared(old, new)
    end = _shared(old[start:][::-1], new[start:][::-1])
    pieces = [(SAME, old[:start])]
    old, new, tail = old[start : len(old) - end], new[start : len(new) - end], old[len(old) - end :]
    for tag, a, b, c, d in _Matcher(old, new).get_opcodes():
        pieces += [(SAME, old[a:b])] if tag == "equal" else [(REMOVED, old[a:b]), (ADDED, new[c:d])]
    pieces.append((SAME, tail))
    return tuple((operation, "".join(words)) for operation, words in pieces if words)


def _shared(old: list[str], new: list[str]) -> int:
    """How many words two texts begin with in common."""
    return next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
