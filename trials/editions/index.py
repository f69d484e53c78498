"""The search index: what can be found in an edition, in each of its languages, and how it is found.

It is derived from the document when an edition is made, and can be made anew at any time: the document alone counts.
"""

import logging
import re
import time
from collections.abc import Callable, Iterable, Iterator

from django.db import DatabaseError, connection, transaction
from django.db.models import BooleanField, Case, QuerySet, TextField, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.fields.json import KT
from django.utils import translation

from .. import dates, prose, words
from ..languages import Text, language_codes
from ..models import Edition, SearchEntry, Standing
from .display import document_of
from .document import PART_OF, Document, EditionUnreadable, Fact, Item, Participant, Person, Source

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
# Fields that are shown as they are written, and are looked for with the titles.
NOT_PROSE = ("reference",)
# An exhibit is itself found by its title; so each edition has an entry in each of its languages.
EXHIBIT = "exhibit"
# A heading goes with the paragraph below it.
HEADING = re.compile(r"^#+ +(.*?)\s*$\s*", re.MULTILINE)
PARAGRAPHS = re.compile(r"\n\s*\n")
# What stands in quotation marks of any language. An apostrophe is none: it may be part of a name.
PHRASE = re.compile('["“”„«]([^"“”„«»]+)["“”»]')
END_OF_PHRASE = re.compile(r'["“”»]\s*$')
# A day as machines and some visitors write it.
DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b", re.ASCII)
# What the prosecution said is alleged wherever it stands; what the exhibit says of it is its own; what other sources
# say of a fact is disputed by it.
OF_FIELD = {"alleged": Standing.ALLEGED, "known": "", "note": "", "readings": Standing.DISPUTED}
# How many different words of one record are looked at: what PostgreSQL can hold, whatever the alphabet.
MOST_WORDS = 8_000
# A last word is taken for the beginning of a longer one from this length on.
SHORTEST_BEGINNING = 2
# How long one visitor waits for editions that are not indexed, in seconds.
PATIENCE = 1.0

Passage = list[str]  # [language, words, standing], and `SPELLING` where it is another spelling of a name
SPELLING = "spelling"


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


def languages_of(editions: Iterable[int]) -> dict[int, set[str]]:
    """The languages in which each of these editions is indexed."""
    languages = {edition: set() for edition in editions}
    for entry in (
        SearchEntry.objects.filter(kind=EXHIBIT, edition__in=languages).order_by().values("edition", "language")
    ):
        languages[entry["edition"]].add(entry["language"])
    return languages


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
    """What a visitor looks for: every word of ``text`` in any form, the last also as the beginning of a word.

    What stands in quotation marks is looked for as a phrase, and a date in figures as it is said in words.
    """

    def __init__(self, text: str, language: str):
        self._languages = list(dict.fromkeys([language, *language_codes()]))
        text = DAY.sub(lambda day: _in_words(day[0], language), text)
        self.asked = {word: forms for word in words.WORD.findall(text) if (forms := self._forms(word))}
        self.words = list(self.asked.values())
        phrases = [list(filter(None, map(self._forms, words.WORD.findall(phrase)))) for phrase in PHRASE.findall(text)]
        self._phrases = [phrase for phrase in phrases if len(phrase) > 1]
        last = self.words[-1][0] if self.words and not END_OF_PHRASE.search(text) else ""
        self._beginning = last if len(last) >= SHORTEST_BEGINNING else ""

    def __bool__(self):
        return bool(self.words)

    def _forms(self, word: str) -> list[str]:
        return words.forms_asked_for(word, self._languages)

    def answered_by(self, word: str, language: str) -> set[int]:
        """Which of `words`, by position, a word of a text in ``language`` answers."""
        forms = words.forms(word, language)
        answered = {n for n, asked in enumerate(self.words) if not set(asked).isdisjoint(forms)}
        if self._beginning and any(form.startswith(self._beginning) for form in forms):
            answered.add(len(self.words) - 1)
        return answered

    def found(self, editions: Iterable[int], language: str, most: int) -> list[int]:
        """The keys of the first ``most`` entries that answer it, best first.

        What is called exactly so comes before what has the words in its title, and that before all others.
        """
        if not self:
            return []
        entries = self.entries(editions, language)
        rows = entries.values("pk", "kind", "title", *(("date", "passages") if self._phrases else ()))[:most]
        if self._phrases:
            rows = [row for row in rows if self._has_phrases(row["passages"], row["date"], language)]
        rows = sorted(rows, key=lambda row: not self._is_name(row["kind"], row["title"], language))
        return [row["pk"] for row in rows]

    def entries(self, editions: Iterable[int], language: str) -> QuerySet:
        """The entries that have every word of it: in their title first, then in the order of the documents.

        Each has a ``title`` where that has them all.
        """
        if not self:
            return SearchEntry.objects.none()
        in_title = self._condition(in_title=True)
        title = Case(When(in_title, then=KT("passages__0__1")), default=Value(""), output_field=TextField())
        found = SearchEntry.objects.filter(self._condition(), edition__in=list(editions), language=language)
        return found.annotate(title=title).order_by(in_title.desc(), "pk")

    def _is_name(self, kind: str, title: str, language: str) -> bool:
        """Whether a title says what was asked for and nothing else. Sources are named after what they tell of."""
        answered = [self.answered_by(word, language) for word in words.WORD.findall(title)]
        return kind != "source" and bool(answered) and all(answered) and len(answered) == len(self.words)

    def _has_phrases(self, passages: list[Passage], date: str, language: str) -> bool:
        """Whether each phrase stands word by word in one of the passages, or is the date."""
        if date:
            passages = [*passages, [language, dates.in_words(date, language), ""]]
        texts = [[words.forms(word, code) for word in words.WORD.findall(text)] for code, text, *_ in passages]
        return all(any(_stands_in(phrase, text) for text in texts) for phrase in self._phrases)

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


def _in_words(day: str, language: str) -> str:
    """A day in figures as the index has it; what is no day as it is."""
    try:
        return dates.in_words(day, language)
    except dates.DateError:
        return day


def _stands_in(phrase: list[list[str]], text: list[tuple[str, ...]]) -> bool:
    """Whether the words of ``phrase``, each in any of its forms, follow each other in ``text``."""
    starts = range(len(text) - len(phrase) + 1)
    return any(
        all(not set(asked).isdisjoint(forms) for asked, forms in zip(phrase, text[start:], strict=False))
        for start in starts
    )


def _entries(document: Document, language: str) -> Iterator[dict]:
    """What can be found in a document, as the columns of `SearchEntry`."""
    titles = [_line(title, language) for title in (document.title, document.short_title) if title]
    points = [point.words for point in document.key_points]
    body = _passages([document.lede, document.where, document.notice, points], language)
    yield _entry(EXHIBIT, document.slug, titles, [*body])
    for kind, title in TITLES.items():
        for record in _records(document, kind):
            named_here = _line(getattr(record, title), language, getattr(record, "standing", ""))
            titles = [named_here, *_other_titles(record, language)]
            named = [document.records["people"][key].name for key in getattr(record, "people", ())]
            body = [
                *_passages(record, language, without=(title, *NOT_PROSE)),
                *(_line(name, language) for name in named),
            ]
            columns = {name: getattr(record, name) for name in ("page", "date") if hasattr(record, name)}
            yield _entry(kind, record.key, titles, body, _seen_beside(record, language)) | columns


def _records(document, kind) -> list:
    """The records of a kind in the order in which they are listed: the accused first, the timeline by date."""
    if kind == "person":
        return [*document.defendants, *(person for person in document.people if not person.defendant)]
    return document.events if kind == "entry" else getattr(document, PART_OF[kind])


def _other_titles(record, language: str) -> list[Passage]:
    """What else a record goes by, also in the other languages: whoever knows a name by one finds it by that."""
    names = [[name.language, name.spelling, "", SPELLING] for name in getattr(record, "names", ())]
    if isinstance(record, Person | Source):
        named = record.name if isinstance(record, Person) else record.label
        names += [[code, name, "", SPELLING] for code, name in named.words().items() if code != language]
    if isinstance(record, Person):
        names.append(["", record.sort_name, "", SPELLING])
    if isinstance(record, Source):
        names.append([record.reference_language(language), _line(record.reference, language)[1], ""])
    original = [getattr(record, "original_language", ""), getattr(record, "original", ""), ""]
    others = [original, *(["", getattr(record, name, ""), ""] for name in ("name_then", "article"))]
    return [*names, *(other for other in others if other[1])]


def _seen_beside(record, language: str) -> list[Passage]:
    """What stands beside a title and is looked for like it: when something happened, which part somebody had."""
    said = [_label(part.role, language) for part in getattr(record, "parts", ())]
    if getattr(record, "date", ""):
        said.append(dates.in_words(record.when, language, record.time))
    return [[language, said_of_it, ""] for said_of_it in said]


def _entry(kind: str, key: str, titles: list[Passage], body: list[Passage], beside: Iterable[Passage] = ()) -> dict:
    in_title = list(dict.fromkeys(_forms([*titles, *beside])))[:MOST_WORDS]
    in_body = [*dict.fromkeys(_forms([*titles, *beside, *body]))][len(in_title) : MOST_WORDS]
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


def _passages(value, language: str, standing: str = "", without: tuple[str, ...] = ()) -> Iterator[Passage]:
    """Every text in ``value`` that a page in ``language`` shows, in the order of the fields, but for some fields."""
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
        before = _said_before(value)
        for name in type(value).model_fields:
            if name not in without:
                for code, text, how_far in _passages(getattr(value, name), language, OF_FIELD.get(name, standing)):
                    yield [code, f"{before(code)}: {text}" if before else text, how_far]
                    before = None
        if before:
            yield [language, before(language), ""]


def _said_before(item: Item) -> Callable[[str], str] | None:
    """What an item's first text must be read with, in a language: the date of a fact, the part that somebody had."""
    if isinstance(item, Fact) and item.date:
        return lambda language: dates.in_words(item.when, language, item.time)
    if isinstance(item, Participant):
        return lambda language: _label(item.role, language)
    return None


def _label(choice, language: str) -> str:
    with translation.override(language):
        return str(choice.label)


def _forms(passages: list[Passage]) -> Iterator[str]:
    """What the words of these texts are found by."""
    for language, text, *_ in passages:
        for word in words.WORD.findall(text):
            yield from words.forms(word, language)
