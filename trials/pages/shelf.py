"""What is on display, as pages of the whole site list it: a few at a time, since each document takes time to read."""

from django.conf import settings

from ..editions.display import OnDisplay, on_display, readable
from ..editions.document import EditionUnreadable
from ..editions.index import languages_of

# As many as a visitor looks through, and no more than a process keeps in mind.
PER_PAGE = 12


def offered(language: str) -> list[OnDisplay]:
    """Every exhibit on display that is shown in a language, in order; no document is read for it."""
    shown = [row for row in on_display().values() if not row.notice]
    if language == settings.LANGUAGE_CODE:
        return shown
    indexed = languages_of(row.edition for row in shown)
    return [row for row in shown if language in (indexed[row.edition] or _languages(row))]


def first() -> list[OnDisplay]:
    """The first exhibits on display, for those who are lost."""
    return readable(offered(settings.LANGUAGE_CODE)[:PER_PAGE])


def _languages(shown: OnDisplay) -> list[str]:
    """The languages of an edition that is not indexed yet, as after an update."""
    try:
        return shown.document.languages
    except EditionUnreadable:
        return []
