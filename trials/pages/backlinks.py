"""Backlinks: what cites a source, or names a word or a place. Found by walking all of the document."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from .. import prose
from ..editions.compare import EXHIBIT, KIND_OF, field_label, part_label, title_text
from ..editions.document import PARTS, Citation, Document
from ..editions.readiness import Spot, prose_texts, spots
from ..languages import Text
from ..prose import Reference
from .page import Page


@dataclass(frozen=True)
class Mention:
    """Where in a record, in a word (“Arrest”; empty where the record is one text); its link; where in the source."""

    label: str
    link: str
    locator: str


@dataclass
class Use:
    """A record that cites or names another, and where in it; a source may also contradict what the record says.

    ``link`` is empty where the record has no place of its own.
    """

    part: str
    title: Text
    link: str
    contradicts: bool = False
    mentions: list[Mention] = field(default_factory=list)


@dataclass(frozen=True)
class Backlinks:
    """The uses of one record, in the order of the document."""

    uses: tuple[Use, ...] = ()

    @property
    def count(self) -> int:
        """How many statements rest on it."""
        return sum(len(use.mentions) for use in self.uses if not use.contradicts)

    @property
    def supported(self) -> list[tuple[str, list[Use]]]:
        """What rests on it, by the part of the exhibit in words."""
        return _by_part(use for use in self.uses if not use.contradicts)

    @property
    def contradicted(self) -> list[tuple[str, list[Use]]]:
        """What it contradicts, by the part of the exhibit in words."""
        return _by_part(use for use in self.uses if use.contradicts)


def backlinks(page: Page) -> dict[tuple[str, str], Backlinks]:
    """The backlinks of everything that ``page``'s document cites or names, by kind (as in prose) and key.

    What counts is the text that the page's language shows.
    """
    found = {}
    for spot, name, reference, contradicts in _references(page.document, page.language):
        key = getattr(spot.record, "key", "")
        if (KIND_OF.get(spot.part), key) == (reference.kind, reference.key):
            continue
        uses = found.setdefault((reference.kind, reference.key), {})
        record = spot.part, key, contradicts
        if record not in uses:
            uses[record] = _use(page, spot, contradicts)
        use = uses[record]
        mention = Mention(*_where(spot, name, use.link), reference.locator)
        if mention not in use.mentions:
            use.mentions.append(mention)
    order = (EXHIBIT, *PARTS)
    return {
        target: Backlinks(tuple(sorted(uses.values(), key=lambda use: order.index(use.part))))
        for target, uses in found.items()
    }


def _references(document: Document, language: str) -> Iterator[tuple[Spot, str, Reference, bool]]:
    """Everything that is cited or named: where, in which text of it, what, and whether that contradicts it."""
    for spot in spots(document):
        if isinstance(spot.item, Citation):
            yield spot, "", Reference("source", spot.item.source, spot.item.locator, cited=True), spot.item.contradicts
    for spot, name, code, words in prose_texts(document):
        if "[" in words and code == getattr(spot.item, name).language(language):
            for reference in prose.references(words):
                yield spot, name, reference, False


def _use(page: Page, spot: Spot, contradicts: bool) -> Use:
    if spot.part in KIND_OF:
        link = page.record(KIND_OF[spot.part], spot.record.key)
    else:
        link = "" if spot.part == "images" else page.link("story")
    return Use(spot.part, title_text(spot.record, page.language), link, contradicts)


def _where(spot: Spot, name: str, link: str) -> tuple[str, str]:
    """In a person, which part of the page it is, and its link: the other records are told in one place."""
    if spot.part != "people":
        return "", link
    if not spot.path:
        return capfirst(field_label(type(spot.record), name)), link
    _shape, part, index = spot.path[0]
    if part == "facts":
        return str(spot.record.facts[index].kind.label), f"{link}#fact-{index + 1}"
    if part == "parts":
        return str(spot.record.parts[index].role.label), link
    return (_("At the trial") if part == "defendant" else _("Connected with")), link


def _by_part(uses) -> list[tuple[str, list[Use]]]:
    return [(capfirst(part_label(part)), list(found)) for part, found in groupby(uses, lambda use: use.part)]
