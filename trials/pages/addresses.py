"""The addresses of all public pages on display."""

from collections.abc import Iterator

from django.core.paginator import Paginator

from ..editions.display import OnDisplay, editions_shown
from ..editions.document import Document, EditionUnreadable
from ..languages import language_codes
from . import exhibit_urls, links, shelf
from .sharing import offered

SITE_PAGES = ("front_door", "about", "accessibility", "privacy", "report")


def inside(document: Document) -> list[str]:
    """The path of each page of an exhibit, below the exhibit's own and without what is for machines."""
    return [path for path in _all_inside(document) if path == "" or path.endswith("/")]


def of_exhibit(shown: OnDisplay) -> Iterator[str]:
    """The path on this site of each page of an exhibit, in each of its languages."""
    for mount in _mounts(shown.slug, shown.document):
        yield from (mount + path for path in inside(shown.document))


def everything(exhibits: list[OnDisplay]) -> Iterator[str]:
    """Every public path but of images and of the search: of the site, of these exhibits, and of all their editions.

    Also what is for machines: documents, feeds, sharing pictures.
    """
    yield from ("/robots.txt", "/sitemap.xml", "/schema/document.json")
    for code in language_codes():
        yield from (links.site_path(name, code) for name in (*SITE_PAGES, "feed"))
        pages = Paginator(shelf.offered(code), shelf.PER_PAGE).num_pages
        yield from (links.site_path("front_door", code, number) for number in range(2, pages + 1))
    for shown in exhibits:
        for mount in _mounts(shown.slug, shown.document):
            yield from (mount + path for path in _all_inside(shown.document))
        for edition in editions_shown(shown.exhibit):
            yield from _of_edition(shown.slug, edition)


def _of_edition(slug, edition):
    try:
        document = edition.document
    except EditionUnreadable:
        return
    for mount in _mounts(slug, document, edition.number):
        yield from (mount + path for path in _all_inside(document))


def _mounts(slug, document, number=None) -> list[str]:
    return [links.exhibit_path(slug, code, number) for code in offered(document)]


def _all_inside(document) -> list[str]:
    pages = [page for page in exhibit_urls.urlpatterns if not page.pattern.converters]
    of_people = [page for page in exhibit_urls.urlpatterns if page.pattern.converters]
    return [
        *(links.address(page.name) for page in pages),
        *(links.address(page.name, key=person.key) for person in document.people for page in of_people),
    ]
