"""Search over what is on display: what was found, why, and where it stands. The only view that reads a query."""

import re
from dataclasses import dataclass
from functools import cached_property, partial
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from .. import dates, words
from ..editions import index
from ..editions.display import OnDisplay, on_display
from ..languages import FORBIDDEN
from ..models import SearchEntry, Standing
from . import links

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
# Not after an initial.
SENTENCE_END = re.compile(r"(?<=\w\w[.!?…])[”’»)\"]*\s+")
# What turns the direction of the text after it is not repeated to the visitor.
UNSPEAKABLE = re.compile(f"{FORBIDDEN.pattern}|[\u202a-\u202e\u2066-\u2069]")


@require_safe
def search(request, language):
    """The answer to what a visitor looks for, or help where there is none. It is never kept anywhere."""
    asked = " ".join(UNSPEAKABLE.sub(" ", request.GET.get("q", "")).split())
    too_long = len(asked) > LONGEST_QUESTION
    question = index.Question("" if too_long else asked, language)
    shown = {exhibit.edition: exhibit for exhibit in on_display().values() if not exhibit.notice}
    page = Paginator(_found(question, shown, language), PER_PAGE).get_page(request.GET.get("page"))
    with translation.override(language):
        response = render(
            request,
            "museum/search.html",
            {
                "language": language,
                "museum": settings.MUSEUM_NAME,
                "asked": asked[:LONGEST_QUESTION],
                "question": question,
                "too_long": too_long and LONGEST_QUESTION,
                "page": page,
                "most": page.paginator.count >= MOST and MOST,
                "results": _results(page.object_list, shown, question, language),
                "before": page.has_previous() and _address_of_page(asked, page.previous_page_number()),
                "after": page.has_next() and _address_of_page(asked, page.next_page_number()),
            },
        )
    response["Cache-Control"] = "no-store"
    return response


@dataclass
class Result:
    """One thing that was found, as visitors read it."""

    entry: SearchEntry
    exhibit: OnDisplay
    exhibit_name: str  # empty where there is only one exhibit
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
        return self._in_its_language(self.entry.passages[0])

    @property
    def standing(self) -> Standing | None:
        """How far it can be relied on, where that must be said."""
        standing = self.entry.passages[0][2]
        return Standing(standing) if standing else None

    @property
    def alleged(self) -> bool:
        """Whether it is an event of the indictment's fiction."""
        return self.entry.kind == "entry" and self.standing in (Standing.ALLEGED, Standing.REFUTED)

    @property
    def date(self) -> str:
        """When it happened, in words."""
        return dates.in_words(self.entry.date, self.entry.language) if self.entry.date else ""

    @property
    def snippet(self) -> SafeString | str:
        """The words around what was asked for, marked."""
        return self._in_its_language(self._passage, shorten=True) if self._passage else ""

    @property
    def snippet_standing(self) -> Standing | None:
        """How far the snippet can be relied on, where it is not as far as the thing itself."""
        standing = self._passage and self._passage[2]
        return Standing(standing) if standing and standing != self.standing else None

    @cached_property
    def _passage(self) -> index.Passage | None:
        """The text that tells most about why this was found: the first, where the title tells it all."""
        title, *others = self.entry.passages
        if self._answered(title) == set(range(len(self.question.words))):
            return others[0] if others else None
        return max(others, key=lambda passage: len(self._answered(passage)), default=None)

    def _answered(self, passage) -> set[int]:
        language, text, _standing = passage
        return set().union(*(self.question.answered_by(word, language) for word in words.WORD.findall(text)))

    def _in_its_language(self, passage, *, shorten=False) -> SafeString:
        language, text, _standing = passage
        wanted = partial(self.question.answered_by, language=language)
        html = _marked(_around(text, wanted) if shorten else text, wanted)
        if language in ("", self.entry.language):
            return html
        return format_html('<span lang="{}">{}</span>', language, html)


def _found(question, shown, language) -> list[int]:
    """The entries that answer the question, in their order."""
    if not question:
        return []
    index.complete(shown)
    return list(question.entries(shown, language).values_list("pk", flat=True)[:MOST])


def _results(found, shown, question, language) -> list[Result]:
    by_pk = SearchEntry.objects.in_bulk(found)
    # One may be gone since, where an index is made anew.
    entries = [by_pk[pk] for pk in found if pk in by_pk]
    names = _titles({entry.edition_id for entry in entries}, language) if len(shown) > 1 else {}
    return [Result(entry, shown[entry.edition_id], names.get(entry.edition_id, ""), question) for entry in entries]


def _titles(editions, language) -> dict[int, str]:
    """The title of each edition's exhibit."""
    titles = SearchEntry.objects.filter(kind=index.EXHIBIT, language=language, edition__in=editions)
    return {title.edition_id: str(title) for title in titles}


def _address_of_page(asked, number) -> str:
    return "?" + urlencode({"q": asked, "page": number})


def _around(text: str, wanted) -> str:
    """The part of ``text`` with the first word for which ``wanted(word)``, about as long as a snippet.

    It begins with a sentence: half of one may say what was only alleged as if it were known.
    """
    first = next((found.start() for found in words.WORD.finditer(text) if wanted(found[0])), 0)
    start = 0
    if first > SNIPPET_LENGTH // 2:
        start = max((end.end() for end in SENTENCE_END.finditer(text, 0, first)), default=0)
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
