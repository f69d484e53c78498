"""The sitemap: every public page on display, in every language it is shown in, for search engines."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from ..editions.display import on_display, readable
from ..languages import language_codes
from . import addresses, links, shelf
from .keeping import kept, may_be_kept
from .sharing import offered

# How many exhibits a file lists: no more than a process keeps in mind. The protocol allows 50,000 addresses.
PER_FILE = shelf.PER_PAGE


@dataclass(frozen=True)
class Entry:
    """One page in one language: since when it reads so, and where it stands in each language."""

    address: str
    changed: datetime | None
    languages: list[tuple[str, str]]


@may_be_kept
@require_safe
def sitemap(request):
    """All pages or, where there are many exhibits, the files that list them."""
    files = _shelf().num_pages
    if files == 1:
        return _answer(request, entries=_entries(1))
    numbers = range(1, files + 1)
    return _answer(request, files=[links.absolute(reverse("sitemap_part", args=[number])) for number in numbers])


@may_be_kept
@require_safe
def sitemap_part(request, number):
    """One file of a large sitemap."""
    if not 1 <= number <= _shelf().num_pages:
        raise Http404("The sitemap has no such part.")
    return _answer(request, entries=_entries(number))


def _shelf() -> Paginator:
    return Paginator(shelf.offered(settings.LANGUAGE_CODE), PER_FILE)


def _answer(request, **context):
    response = render(request, "sitemap.xml", context, content_type="application/xml")
    response["Cache-Control"] = "no-cache"
    return kept(response)


def _entries(number: int) -> Iterator[Entry]:
    """What one file lists: exhibits and, in the first, the pages of the whole site."""
    if number == 1:
        newest = max((shown.starts for shown in on_display().values()), default=None)
        for name in addresses.SITE_PAGES:
            paths = {code: links.site_path(name, code) for code in language_codes()}
            yield from _in_each_language(paths, newest if name == "front_door" else None)
    exhibits = readable(_shelf().page(number).object_list)
    for shown in exhibits:
        mounts = {code: links.exhibit_path(shown.slug, code) for code in offered(shown.document)}
        for path in addresses.inside(shown.document):
            yield from _in_each_language({code: mount + path for code, mount in mounts.items()}, shown.starts)


def _in_each_language(paths: dict[str, str], changed: datetime | None) -> Iterator[Entry]:
    addresses = {code: links.absolute(path) for code, path in paths.items()}
    languages = [*addresses.items()] if len(addresses) > 1 else []
    if languages and settings.LANGUAGE_CODE in addresses:
        languages.append(("x-default", addresses[settings.LANGUAGE_CODE]))
    for address in addresses.values():
        yield Entry(address, changed, languages)
