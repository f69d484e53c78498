"""The sitemap: every public page on display, in every language it is shown in, for search engines."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from ..editions.display import readable
from ..languages import language_codes
from . import addresses, links
from .keeping import kept, may_be_kept
from .sharing import offered

# Of 50,000 that the protocol allows, because each address may have an alternative in many languages.
PER_FILE = 10_000


@dataclass(frozen=True)
class Entry:
    """One page in one language: since when it reads so, and where it stands in each language."""

    address: str
    changed: datetime | None
    languages: list[tuple[str, str]]


@may_be_kept
@require_safe
def sitemap(request):
    """All pages or, where they are too many for one file, the files that list them."""
    entries = list(_entries())
    if len(entries) <= PER_FILE:
        return _answer(request, entries=entries)
    numbers = range(1, -(-len(entries) // PER_FILE) + 1)
    return _answer(request, files=[links.absolute(reverse("sitemap_part", args=[number])) for number in numbers])


@may_be_kept
@require_safe
def sitemap_part(request, number):
    """One file of a large sitemap."""
    entries = list(_entries())[(number - 1) * PER_FILE : number * PER_FILE] if number else []
    if not entries:
        raise Http404("The sitemap has no such part.")
    return _answer(request, entries=entries)


def _answer(request, **context):
    response = render(request, "sitemap.xml", context, content_type="application/xml")
    response["Cache-Control"] = "no-cache"
    return kept(response)


def _entries() -> Iterator[Entry]:
    exhibits = readable()
    newest = max((shown.starts for shown in exhibits), default=None)
    for name in addresses.SITE_PAGES:
        paths = {code: links.site_path(name, code) for code in language_codes()}
        yield from _in_each_language(paths, newest if name == "front_door" else None)
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
