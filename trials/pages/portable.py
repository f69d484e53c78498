"""Pages that open from a folder or a stick, without any server: links to files, and nothing that needs a script.

What is left out: scripts, which browsers do not load from a folder, and the search, which needs a server. A link to
what the copy does not hold leads to the public address.
"""

import re
from functools import lru_cache
from html import escape, unescape
from pathlib import Path
from posixpath import relpath
from urllib.parse import urljoin, urlsplit

from django.conf import settings

SCRIPTS = re.compile(r"<script\b[^>]*>.*?</script>\s*", re.DOTALL)
SEARCH_FORMS = re.compile(r'<form class="search-form".*?</form>', re.DOTALL)
PRELOADS = re.compile(r'<link rel="preload"[^>]*>\s*')
# A browser does not take a part of a drawing from another file of a folder: it is put where it is used.
DRAWINGS = re.compile(r'<use((?: class="[^"]*")?) href="([^"#]*)#([\w-]+)"/>')
ADDRESSES = re.compile(r'\b(href|src)="([^"]*)"')
SETS = re.compile(r'\bsrcset="([^"]*)"')


def holds(path: str) -> bool:
    """Whether a portable copy holds what is at a path: pages and documents, nothing that is for a site alone."""
    return path.endswith(("/", ".json"))


def page(body: bytes, path: str, paths: set[str]) -> bytes:
    """The page at ``path`` for a folder that holds the pages at ``paths``."""

    def attribute(match):
        return f'{match[1]}="{escape(_moved(unescape(match[2]), path, paths))}"'

    def choices(match):
        pairs = [choice.strip().partition(" ") for choice in match[1].split(",")]
        return 'srcset="{}"'.format(", ".join(f"{_moved(url, path, paths)} {width}".strip() for url, _, width in pairs))

    html = body.decode()
    for left_out in (SCRIPTS, SEARCH_FORMS, PRELOADS):
        html = left_out.sub("", html)
    html = DRAWINGS.sub(lambda match: _drawing(match[2], match[3], match[1]), html)
    html = ADDRESSES.sub(attribute, html)
    return SETS.sub(choices, html).encode()


def _moved(address: str, path: str, paths: set[str]) -> str:
    """Where an address of the page at ``path`` leads within the folder, or on the public site."""
    if address.startswith("#") or urlsplit(address).scheme:
        return address
    there = urlsplit(urljoin(path, address))
    if there.path not in paths and not there.path.startswith((settings.STATIC_URL, settings.MEDIA_URL)):
        return urljoin(settings.PUBLIC_URL, there.geturl())
    file = there.path + "index.html" if there.path.endswith("/") else there.path
    return relpath(file, path.rpartition("/")[0] or "/") + (there.fragment and f"#{there.fragment}")


def _drawing(address: str, part: str, attributes: str) -> str:
    drawn = re.search(rf'<path id="{part}"([^>]*)/>', _file(address.removeprefix(settings.STATIC_URL)))
    return f"<path{attributes}{drawn[1]}/>" if drawn else ""


@lru_cache(maxsize=16)
def _file(name: str) -> str:
    return Path(settings.STATIC_ROOT, name).read_text(encoding="utf-8")
