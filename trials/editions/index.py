"""The search index: what can be found in an edition, in each of its languages, and how it is found.

It is derived from the document when an edition is made, and can be made anew at any time: the document alone counts.
"""

import logging
import re
import time
from collections.abc import Iterable, Iterator

from django.db import DatabaseError, connection, transaction
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from .. import prose, words
from ..languages import Text, language_codes
from ..models import Edition, SearchEntry, Standing
from .display import document_of
from .document import PART_OF, Document, EditionUnreadable, Item

log = logging.getLogger(__name__)

# What can be found, and the field that is its title, in the order in which it is listed. See also `_records`.
TITLES = {
    "person": "name",
    "section": "heading",
    "entry": "title",
    "charge": "title",
    "place": "name",
    "dispute": "question",
    "term": "term",
    "source": "label",
}
# An exhibit is itself found by its title; so each edition has an entry in each of its languages.
EXHIBIT = "exhibit"
# A heading goes with the paragraph below it.
HEADING = re.compile(r"^#+ +(.*?)\s*$\s*", re.MULTILINE)
PARAGRAPHS = re.compile(r"\n\s*\n")
# How many different words of one record are looked at: what PostgreSQL can hold, whatever the alphabet.
MOST_WORDS = 8_000
# A last word is taken for the beginning of a longer one from this length on.
SHORTEST_BEGINNING = 2
# How long one visitor waits for editions that are not indexed, in seconds.
PATIENCE = 1.0

Passage = list[str]  # [language, words, standing]


def write(edition: Edition, document: Document) -> None:
    """Write the index of an edition. Raises IntegrityError where it is there already."""
    SearchEntry.objects.bulk_create(
        SearchEntry(edition=edition, language=language, **found)
        for language in document.languages
        for found in _entries(document, language)
    )


@transaction.atomic
def write_anew(edition: Edition) -> None:
    """Write the index of an edition in place of what is there. Raises `EditionUnreadable`."""
    document = document_of(edition.pk, edition.digest)
    # Whoever else does so at this moment waits here.
    Edition.objects.select_for_update().get(pk=edition.pk)
    SearchEntry.objects.filter(edition=edition).delete()
    write(edition, document)


def not_indexed(editions: Iterable[int]) -> list[int]:
    """Those of these editions that have no index."""
    editions = list(editions)
    indexed = SearchEntry.objects.filter(kind=EXHIBIT, edition__in=editions).values_list("edition", flat=True)
    return sorted(set(editions) - set(indexed))


def complete(editions: Iterable[int]) -> None:
    """Index those of these editions that are not, as far as a visitor's patience goes; the next one goes on."""
    began = time.monotonic()
    for edition in Edition.objects.filter(pk__in=not_indexed(editions)).defer("content").order_by("pk"):
        try:
            write_anew(edition)
        except (EditionUnreadable, DatabaseError):
            log.exception("%s could not be indexed: search does not find it. Try: manage.py index_editions", edition)
        if time.monotonic() - began > PATIENCE:
            return


class Question:
    """What a visitor looks for: every word of ``text`` in any form, the last also as the beginning of a word."""

    def __init__(self, text: str, language: str):
        languages = list(dict.fromkeys([language, *language_codes()]))
        asked = list(dict.fromkeys(words.WORD.findall(text)))
        groups = [words.forms_asked_for(word, languages) for word in asked]
        self.words = [forms for forms in groups if forms]
        last = groups[-1][0] if groups and groups[-1] else ""
        self._beginning = last if len(last) >= SHORTEST_BEGINNING else ""

    def __bool__(self):
        return bool(self.words)

    def answered_by(self, word: str, language: str) -> set[int]:
        """Which of `words`, by position, a word of a text in ``language`` answers."""
        forms = words.forms(word, language)
        answered = {n for n, asked in enumerate(self.words) if not set(asked).isdisjoint(forms)}
        if self._beginning and any(form.startswith(self._beginning) for form in forms):
            answered.add(len(self.words) - 1)
        return answered

    def entries(self, editions: Iterable[int], language: str) -> QuerySet:
        """The entries that answer every word of it: in their title first, then in the order of the documents."""
        if not self:
            return SearchEntry.objects.none()
        found = SearchEntry.objects.filter(self._condition(), edition__in=list(editions), language=language)
        return found.order_by(self._condition(in_title=True).desc(), "pk")

    def _condition(self, *, in_title: bool = False) -> RawSQL:
        """Whether an entry answers, in the database's own words. What is asked holds letters and digits alone."""
        if connection.vendor == "sqlite":
            query = self._spelled_out('"{}"', '"{}"*', " OR ", " AND ")
            sql = "trials_searchentry.id IN (SELECT rowid FROM trials_search WHERE trials_search MATCH %s)"
            parameter = f"{{title_stems}} : ({query})" if in_title else query
        else:
            sql = f"trials_searchentry.{'title_vector' if in_title else 'vector'} @@ %s::tsquery"
            parameter = self._spelled_out("'{}'", "'{}':*", " | ", " & ")
        return RawSQL(sql, [parameter], BooleanField())  # noqa: S611 (what was asked is a parameter)

    def _spelled_out(self, word: str, beginning: str, either: str, both: str) -> str:
        groups = [[word.format(form) for form in forms] for forms in self.words]
        if self._beginning:
            groups[-1][0] = beginning.format(self._beginning)
        return both.join(f"({either.join(group)})" for group in groups)


def _entries(document: Document, language: str) -> Iterator[dict]:
    """What can be found in a document, as the columns of `SearchEntry`."""
    titles = [_line(title, language) for title in (document.title, document.short_title) if title]
    points = [point.words for point in document.key_points]
    body = _passages([document.lede, document.where, document.notice, points], language)
    yield _entry(EXHIBIT, document.slug, titles, [*body])
    for kind, title in TITLES.items():
        for record in _records(document, kind):
            titles = [_line(getattr(record, title), language, getattr(record, "standing", "")), *_other_titles(record)]
            named = [document.records["people"][key].name for key in getattr(record, "people", ())]
            body = [*_passages(record, language, without=title), *(_line(name, language) for name in named)]
            columns = {name: getattr(record, name) for name in ("page", "date") if hasattr(record, name)}
            yield _entry(kind, record.key, titles, body) | columns


def _records(document, kind) -> list:
    """The records of a kind in the order in which they are listed: the accused first, the timeline by date."""
    if kind == "person":
        return [*document.defendants, *(person for person in document.people if not person.defendant)]
    return document.events if kind == "entry" else getattr(document, PART_OF[kind])


def _other_titles(record) -> list[Passage]:
    """What else a record goes by."""
    names = [[name.language, name.spelling, ""] for name in getattr(record, "names", ())]
    original = [getattr(record, "original_language", ""), getattr(record, "original", ""), ""]
    others = [original, *(["", getattr(record, name, ""), ""] for name in ("name_then", "article", "reference"))]
    return [*names, *(other for other in others if other[1])]


def _entry(kind: str, key: str, titles: list[Passage], body: list[Passage]) -> dict:
    in_title = list(dict.fromkeys(_forms(titles)))[:MOST_WORDS]
    in_body = [*dict.fromkeys(_forms(titles + body))][len(in_title) : MOST_WORDS]
    return {
        "kind": kind,
        "key": key,
        # Other titles last: a text tells more about why a record was found than one more spelling.
        "passages": [*titles[:1], *body, *titles[1:]],
        "title_stems": " ".join(in_title),
        "body_stems": " ".join(in_body),
    }


def _line(text: Text | str, language: str, standing: str = "") -> Passage:
    """A text of one line, which is shown as it is written."""
    shown = text.language(language) if isinstance(text, Text) else ""
    return [shown, text[shown] if shown else str(text), _to_be_said(standing)]


def _to_be_said(standing: str) -> str:
    return "" if standing == Standing.DOCUMENTED else standing


def _passages(value, language: str, standing: str = "", without: str = "") -> Iterator[Passage]:
    """Every text in ``value`` that a page in ``language`` shows, in the order of the fields, but for one field."""
    if isinstance(value, Text) and value:
        shown = value.language(language)
        paragraphs = PARAGRAPHS.split(HEADING.sub(r"\1: ", value[shown]))
        for words_of_it in filter(None, map(prose.to_plain, paragraphs)):
            yield [shown, words_of_it, _to_be_said(standing)]
    elif isinstance(value, list):
        for part in value:
            yield from _passages(part, language, standing)
    elif isinstance(value, Item):
        standing = getattr(value, "standing", standing)
        for name in type(value).model_fields:
            if name != without:
                # What the prosecution said is alleged wherever it stands; what the exhibit says of it is its own.
                of_field = {"alleged": Standing.ALLEGED, "known": "", "note": ""}.get(name, standing)
                yield from _passages(getattr(value, name), language, of_field)


def _forms(passages: list[Passage]) -> Iterator[str]:
    """What the words of these texts are found by."""
    for language, text, _standing in passages:
        for word in words.WORD.findall(text):
            yield from words.forms(word, language)
