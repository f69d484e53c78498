"""Addresses. Inside an exhibit every link is relative, so that the same bytes serve under every prefix."""

import posixpath
from functools import lru_cache

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


@lru_cache(maxsize=4096)  # a page of one long exhibit asks for hundreds of them
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
    return address_on(document.records["sections"][key].page if kind == "section" else "", kind, key)


def address_on(page: str, kind: str, key: str) -> str:
    """As `record_address`, without the document: ``page`` is where a section stands."""
    if kind == "person":
        return address("person", key=key)
    return f"{address(page or RECORD_PAGES[kind])}#{anchor(kind, key)}"


def anchor(kind: str, key: str) -> str:
    """The id of a record on its page."""
    return f"{kind}-{key}"


def exhibit_path(slug: str, language: str, number: int | None = None) -> str:
    """The path under which an exhibit is mounted: on display now, or one edition for good."""
    prefix = "" if language == settings.LANGUAGE_CODE else f"/{language}"
    edition = f"editions/{number}/" if number else ""
    return f"{prefix}/exhibits/{slug}/{edition}"


def site_path(name: str, language: str, number: int = 1) -> str:
    """The path of a page of the whole site, such as 'about', in a language.

    ``number`` is that of a page of a list that is long.
    """
    where = {} if language == settings.LANGUAGE_CODE else {"language": language}
    if number > 1:
        return reverse(f"{name}_page", kwargs={**where, "number": number})
    return reverse(name, kwargs=where)


def image_name(image, rendition: str = "") -> str:
    """The path below the media's address of an image's file, or of a rendition of it such as “640.avif”."""
    return f"{image.sha256}/{rendition or f'image.{image.extension}'}"


def language_of(path: str) -> str:
    """The language of the page at a path of the site: the main one where the path names none that is offered."""
    first = path.lstrip("/").partition("/")[0]
    return first if first in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def image_path(image, rendition: str = "") -> str:
    """The path of a public image's file, or of a rendition of it."""
    sha256, name = image_name(image, rendition).split("/")
    return reverse("image", kwargs={"sha256": sha256, "name": name})


def preview_path(exhibit: int, number: int | None, language: str) -> str:
    """The path under which curators preview an exhibit: its working copy, or the edition of this number."""
    edition = f"editions/{number}/" if number else ""
    prefix = "" if language == settings.LANGUAGE_CODE else f"{language}/"
    return f"/preview/exhibits/{exhibit}/{edition}{prefix}"


def preview_link_path(token: str, language: str) -> str:
    """The path under which whoever holds ``token`` sees a preview without an account."""
    prefix = "" if language == settings.LANGUAGE_CODE else f"{language}/"
    return f"/preview/{token}/{prefix}"


def absolute(path: str) -> str:
    """``path`` at the address under which the public knows this site."""
    return settings.PUBLIC_URL + path
