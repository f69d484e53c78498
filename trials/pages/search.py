"""Search over what is on display: what was found, why, and where it stands. The only view that reads a query."""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property, partial
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models.fields.json import KT
from django.shortcuts import render
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from .. import dates, words
from ..editions import index
from ..editions.display import OnDisplay, on_display
from ..languages import FORBIDDEN, Text, language_codes
from ..models import SearchEntry, Standing
from . import links
from .translations import translations

KINDS = {
    index.EXHIBIT: _("Exhibit"),
    "person": _("Person"),
    "section": _("Text"),
    "entry": _("Timeline"),
    "charge": _("Charge"),
    "place": _("Place"),
    "dispute": _("Where sources differ"),
    "term": _("Word"),
    "source": _("Source"),
}
LONGEST_QUESTION = 200
PER_PAGE = 20
# More are not counted: nobody reads them, and counting takes time.
MOST = 1000
SNIPPET_LENGTH = 240
# What help looks at where nothing was found: so many words of the question, and names of these kinds.
MOST_WORDS_ALONE = 6
NAMED = ("person", "place", "term")
MOST_NAMES = 2000
MOST_ALIKE = 3
LEAST_ALIKE = 0.7
# What turns the direction of the text after it is not repeated to the visitor.
UNSPEAKABLE = re.compile(f"{FORBIDDEN.pattern}|[\u202a-\u202e\u2066-\u2069]")


@require_safe
def search(request, language):
    """The answer to what a visitor looks for, or help where there is none. It is never kept anywhere."""
    asked = " ".join(UNSPEAKABLE.sub(" ", request.GET.get("q", "")).split())
    too_long = len(asked) > LONGEST_QUESTION
    question = index.Question("" if too_long else asked, language)
    shown = {exhibit.edition: exhibit for exhibit in on_display().values() if not exhibit.notice}
    found = _found(question, shown, language)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    with translation.override(language):
        response = render(
            request,
            "museum/search.html",
            {
                "language": language,
                "translations": translations(language_codes(), language, lambda code: _path_in(code, asked)),
                "museum": settings.MUSEUM_NAME,
                "asked": asked[:LONGEST_QUESTION],
                "question": question,
                "too_long": too_long and LONGEST_QUESTION,
                "page": page,
                "most": page.paginator.count >= MOST and MOST,
                "results": _results(page.object_list, shown, question, language),
                **({} if found else _help(question, shown, language)),
                "before": page.has_previous() and _address(asked, page=page.previous_page_number()),
                "after": page.has_next() and _address(asked, page=page.next_page_number()),
            },
        )
    response["Cache-Control"] = "no-store"
    return response


@dataclass
class Result:
    """One thing that was found, as visitors read it."""

    entry: SearchEntry
    exhibit: OnDisplay
    exhibit_name: Text  # empty where there is only one exhibit
    question: index.Question

    @property
    def kind(self) -> str:
        """What kind of thing it is."""
        return KINDS[self.entry.kind]

    @property
    def address(self) -> str:
        """Where it stands."""
        mount = links.exhibit_path(self.exhibit.slug, self.entry.language)
        if self.entry.kind == index.EXHIBIT:
            return mount
        return mount + links.address_on(self.entry.page, self.entry.kind, self.entry.key)

    @property
    def title(self) -> SafeString:
        """Its title, with the words that were asked for marked."""
        return self._in_its_language(self._title)

    @property
    def standing(self) -> Standing | None:
        """How far it can be relied on, where that must be said."""
        standing = self._title[2]
        return Standing(standing) if standing else None

    @property
    def alleged(self) -> bool:
        """Whether it is an event of the indictment's fiction."""
        return self.entry.kind == "entry" and self.standing in (Standing.ALLEGED, Standing.REFUTED)

    @property
    def date(self) -> SafeString | str:
        """When it happened, in words, with those that were asked for marked."""
        if not self.entry.date:
            return ""
        language = self.entry.language
        return _marked(dates.in_words(self.entry.date, language), partial(self.question.answered_by, language=language))

    @property
    def snippet(self) -> SafeString | str:
        """The words around what was asked for, marked."""
        return self._in_its_language(self._passage, shorten=True) if self._passage else ""

    @property
    def snippet_standing(self) -> Standing | None:
        """How far the snippet can be relied on, where it is not as far as the thing itself."""
        standing = self._passage and self._passage[2]
        return Standing(standing) if standing and standing != self.standing else None

    @property
    def spelling(self) -> SafeString | str:
        """Another spelling of the name that is nearer to the question than the title, marked."""
        return self._in_its_language(self._spelling) if self._spelling else ""

    @cached_property
    def _spelling(self) -> index.Passage | None:
        nearest = max(self._spellings, key=self._nearness, default=self._title)
        return nearest if self._nearness(nearest) > self._nearness(self._title) else None

    @cached_property
    def _passage(self) -> index.Passage | None:
        """The text that tells most about why this was found: the first, where the title tells it all."""
        told = self._answered(self._title) | (self._answered(self._spelling) if self._spelling else set())
        if len(told) == len(self.question.words):
            return next(iter(self._texts), None)
        return max(self._texts, key=lambda passage: len(self._answered(passage)), default=None)

    @property
    def _title(self) -> index.Passage:
        return self.entry.passages[0]

    @property
    def _spellings(self) -> list[index.Passage]:
        return [passage for passage in self.entry.passages[1:] if index.SPELLING in passage[3:]]

    @property
    def _texts(self) -> list[index.Passage]:
        return [passage for passage in self.entry.passages[1:] if index.SPELLING not in passage[3:]]

    def _nearness(self, passage) -> tuple[int, int]:
        """How many words of the question are in a text in any form, and how many as they were written."""
        language, text, *_ = passage
        as_written = {words.forms(word, language)[:1] for word in words.WORD.findall(text)}
        return len(self._answered(passage)), sum(tuple(forms[:1]) in as_written for forms in self.question.words)

    def _answered(self, passage) -> set[int]:
        language, text, *_ = passage
        return set().union(*(self.question.answered_by(word, language) for word in words.WORD.findall(text)))

    def _in_its_language(self, passage, *, shorten=False) -> SafeString:
        language, text, *_ = passage
        wanted = partial(self.question.answered_by, language=language)
        html = _marked(_around(text, wanted) if shorten else text, wanted)
        if language in ("", self.entry.language):
            return html
        return format_html('<span lang="{}">{}</span>', language, html)


def _found(question, shown, language) -> list[int]:
    """The entries that answer the question, in their order."""
    if question:
        index.complete(shown)
    return question.found(shown, language, MOST)


def _help(question, shown, language) -> dict:
    """Ways on where nothing was found: words that are known alone, names that look alike, the exhibits."""
    asked = list(question.asked)[:MOST_WORDS_ALONE]
    numbers = {word: index.Question(word, language).entries(shown, language).count() for word in asked}
    unknown = [word for word, number in numbers.items() if not number]
    return {
        "alone": [(word, number, _address(word)) for word, number in numbers.items() if number],
        "alike": [(word, _address(word)) for word in _alike(unknown, shown, language)],
        "exhibits": [(shown[edition].slug, title) for edition, title in _titles(shown, language).items()],
    }


def _alike(asked, shown, language) -> list[str]:
    """The words of names that look most like those that were asked for."""
    if not asked:
        return []
    named = SearchEntry.objects.filter(kind__in=NAMED, language=language, edition__in=list(shown))
    titles = named.order_by("pk").values_list(KT("passages__0__1"), flat=True)[:MOST_NAMES]
    known = {word.casefold(): word for title in titles for word in words.WORD.findall(title)}
    alike = [match for word in asked for match in get_close_matches(word.casefold(), known, MOST_ALIKE, LEAST_ALIKE)]
    return [known[word] for word in dict.fromkeys(alike)]


def _results(found, shown, question, language) -> list[Result]:
    by_pk = SearchEntry.objects.in_bulk(found)
    # One may be gone since, where an index is made anew.
    entries = [by_pk[pk] for pk in found if pk in by_pk]
    names = _titles({entry.edition_id for entry in entries}, language) if len(shown) > 1 else {}
    return [Result(entry, shown[entry.edition_id], names.get(entry.edition_id, Text()), question) for entry in entries]


def _titles(editions, language) -> dict[int, Text]:
    """The title of each edition's exhibit, in ``language`` or what stands in for it."""
    found = SearchEntry.objects.filter(kind=index.EXHIBIT, language=language, edition__in=list(editions))
    return {entry.edition_id: Text([entry.passages[0][:2]]) for entry in found.order_by("pk")}


def _path_in(language, asked) -> str:
    """The same question on the search page of another language."""
    return links.site_path("search", language) + (_address(asked) if asked else "")


def _address(asked, **parameters) -> str:
    return "?" + urlencode({"q": asked, **parameters})


def _around(text: str, wanted) -> str:
    """The part of ``text`` with the first word for which ``wanted(word)``, about as long as a snippet.

    It begins with a sentence: half of one may say what was only alleged as if it were known.
    """
    first = next((found.start() for found in words.WORD.finditer(text) if wanted(found[0])), 0)
    start = 0
    if first > SNIPPET_LENGTH // 2:
        start = max((end.end() for end in words.SENTENCE_END.finditer(text, 0, first)), default=0)
    stop = max(start + SNIPPET_LENGTH, first + SNIPPET_LENGTH // 4)
    part = text[start:stop]
    if stop < len(text):
        part = f"{part.rpartition(' ')[0] or part} …"
    return f"… {part}" if start else part


def _marked(text: str, wanted) -> SafeString:
    """``text`` as HTML, with each word for which ``wanted(word)`` marked."""
    pieces, end = [], 0
    for found in words.WORD.finditer(text):
        if wanted(found[0]):
            pieces += [(text[end : found.start()],), (format_html("<mark>{}</mark>", found[0]),)]
            end = found.end()
    return format_html_join("", "{}", [*pieces, (text[end:],)])
