"""Addresses. Inside an exhibit every link is relative, so that the same bytes serve under every prefix."""

import posixpath

from django.conf import settings
from django.urls import reverse

EXHIBIT_URLS = "trials.pages.exhibit_urls"
# The page on which a record stands, by the word that prose uses for the record.
RECORD_PAGES = {
    "entry": "timeline",
    "charge": "charges",
    "place": "places",
    "term": "glossary",
    "source": "sources",
    "dispute": "disputes",
}


def address(name: str, **where) -> str:
    """The path of a page inside its exhibit: '' for the story, 'people/radek/' for a person."""
    return reverse(name, urlconf=EXHIBIT_URLS, kwargs=where).removeprefix("/")


def relative(here: str, there: str) -> str:
    """The link from the page at ``here`` to ``there``, both paths inside the exhibit."""
    folder = here.rpartition("/")[0]
    link = posixpath.relpath("/" + there, "/" + folder)
    if there == "" or there.endswith("/"):
        link += "/"
    return link


def record_address(document, kind: str, key: str) -> str:
    """The path inside the exhibit at which the record ``kind:key`` stands, with its anchor."""
    if kind == "person":
        return address("person", key=key)
    page = document.records["sections"][key].page if kind == "section" else RECORD_PAGES[kind]
    return f"{address(page)}#{anchor(kind, key)}"


def anchor(kind: str, key: str) -> str:
    """The id of a record on its page."""
    return f"{kind}-{key}"


def exhibit_path(slug: str, language: str, number: int | None = None) -> str:
    """The path under which an exhibit is mounted: on display now, or one edition for good."""
    prefix = "" if language == settings.LANGUAGE_CODE else f"/{language}"
    edition = f"editions/{number}/" if number else ""
    return f"{prefix}/exhibits/{slug}/{edition}"


def site_path(name: str, language: str) -> str:
    """The path of a page of the whole site, such as 'about', in a language."""
    if language == settings.LANGUAGE_CODE:
        return reverse(name)
    return reverse(name, kwargs={"language": language})


def absolute(path: str) -> str:
    """``path`` at the address under which the public knows this site."""
    return settings.PUBLIC_URL + path
