"""The addresses of all public pages on display."""

from collections.abc import Iterator

from ..editions.display import OnDisplay
from ..editions.document import Document
from ..languages import language_codes
from . import exhibit_urls, links
from .sharing import offered

SITE_PAGES = ("front_door", "about", "accessibility", "privacy", "report")


def inside(document: Document) -> list[str]:
    """The path of each page of an exhibit, below the exhibit's own and without what is for machines."""
    pages = [links.address(page.name) for page in exhibit_urls.urlpatterns if not page.pattern.converters]
    people = [links.address("person", key=person.key) for person in document.people]
    return [path for path in pages if path == "" or path.endswith("/")] + people


def of_exhibit(shown: OnDisplay) -> Iterator[str]:
    """The path on this site of each page of an exhibit, in each of its languages; none where it cannot be shown."""
    for code in offered(shown.document):
        mount = links.exhibit_path(shown.slug, code)
        yield from (mount + path for path in inside(shown.document))


def of_site() -> Iterator[str]:
    """The path of each page of the whole site, in each language of the museum."""
    for code in language_codes():
        yield from (links.site_path(name, code) for name in SITE_PAGES)
