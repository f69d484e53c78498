"""Where an address leads nowhere: what stands around it, so that a visitor who is lost finds on."""

import re
from difflib import get_close_matches
from functools import cached_property

from django.http import Http404, HttpResponse
from django.utils import translation

from ..editions.display import on_display
from ..editions.document import EditionUnreadable
from . import errors, links
from .page import Page

LONGEST_KEY = 80
# An address inside an exhibit, behind any prefix that looks like a language.
INSIDE = re.compile(r"(?:/[a-z]{2,3}(?:-[a-z0-9]{2,8})*)?/exhibits/(?P<slug>[a-z0-9-]+)/")


class LostPage(Page):
    """A page of an exhibit at an address that has none. Its links do not depend on where it stands."""

    @cached_property
    def mount(self) -> str:
        """Where the exhibit stands."""
        return links.exhibit_path(self.edition.slug, self.language)

    def link(self, name, **where):
        """The address of a page of the exhibit."""
        return self.mount + links.address(name, **where)

    def record(self, kind, key):
        """The address of a record of the exhibit."""
        return self.mount + links.record_address(self.document, kind, key)


def not_found(request, exception: Http404 | None = None):
    """There is no such page: inside an exhibit on display its contents stay at hand."""
    found = INSIDE.match(request.path_info)
    shown = found and on_display().get(found["slug"])
    language = links.language_of(request.path_info)
    try:
        if shown and language in shown.document.languages:
            return _inside(LostPage(shown, "not_found", "", language), request.path_info)
    except EditionUnreadable:
        pass  # and the log says so
    return errors.not_found(request)


def _inside(page: LostPage, path: str) -> HttpResponse:
    people = page.document.records["people"]
    meant = get_close_matches(path.rstrip("/").rpartition("/")[2][:LONGEST_KEY], people)
    with translation.override(page.language):
        html = page.render(meant=[people[key] for key in meant])
    return HttpResponse(html, status=404, headers={"Cache-Control": "no-cache"})
