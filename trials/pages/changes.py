"""Which records changed from one edition to the next, for the page of editions.

Which ones is worked out once; their titles and addresses are those of the edition that is read, so that nothing
that a correction took away is said here again.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

from ..editions import compare
from ..editions.compare import EXHIBIT, KIND_OF, ChangedRecord, Operation, part_label
from ..editions.display import OnDisplay, document_of
from ..editions.document import EditionUnreadable, Item
from ..languages import Text
from .page import Page

# A list of more records than this is folded; of one part no more than this are named, the others counted.
SHORT, NAMED = 12, 100


@dataclass(frozen=True)
class Named:
    """A record that changed: its title, its link (empty where it has no place of its own), what happened to it."""

    title: Text
    link: str
    operation: Operation


@dataclass(frozen=True)
class Part:
    """What changed in one part of the exhibit: records by name, and how many more there are, here or not here."""

    label: str
    named: list[Named]
    more: int
    gone: int


@dataclass(frozen=True)
class Changes:
    """What changed since the edition before, told on ``page``."""

    page: Page
    since: OnDisplay
    records: tuple[ChangedRecord, ...]

    @property
    def summary(self) -> str:
        """How many records changed: “3 changed, 1 added”."""
        return compare.summary(self.records)

    @property
    def is_short(self) -> bool:
        """Whether it can be read at a glance."""
        return len(self.records) <= SHORT

    @property
    def parts(self) -> list[Part]:
        """The records that changed, by part."""
        parts = defaultdict(list)
        for change in self.records:
            parts[change.part].append(change)
        return [self._part(part, changes) for part, changes in parts.items()]

    def _part(self, part: str, changes: list[ChangedRecord]) -> Part:
        present = _present_records(self.page, part)
        here = [change for change in changes if change.key in present]
        named = [self._named(change, present[change.key]) for change in here[:NAMED]]
        return Part(part_label(part), named, len(here) - len(named), len(changes) - len(here))

    def _named(self, change: ChangedRecord, record: Item) -> Named:
        if change.part in KIND_OF:
            link = self.page.record(KIND_OF[change.part], record.key)
        else:
            link = "" if change.part == "images" else self.page.link("story")
        return Named(compare.title_text(record, self.page.language), link, change.operation)


def changes(page: Page, before: OnDisplay | None, after: OnDisplay) -> Changes | None:
    """What changed from one edition to the next; None where there is nothing to compare, or it may not be shown."""
    if before is None or before.notice or after.notice:
        return None
    try:
        return Changes(page, before, _records(before.edition, before.digest, after.edition, after.digest))
    except EditionUnreadable:
        return None


@lru_cache(maxsize=1024)
def _records(before: int, digest_before: str, after: int, digest_after: str) -> tuple[ChangedRecord, ...]:
    comparison = compare.compare(document_of(before, digest_before), document_of(after, digest_after))
    return comparison.changed_records()


def _present_records(page: Page, part: str) -> dict[str, Item]:
    """The records of a part in the edition that is read, by every key that they have had."""
    if part == EXHIBIT:
        return {"": page.document}
    records = page.document.records[part]
    former = {key: record for record in records.values() for key in getattr(record, "former_keys", ())}
    return {**former, **records}
