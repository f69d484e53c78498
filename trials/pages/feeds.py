"""Feeds of editions (Atom): what was published, and what its note says of it."""

import uuid
from datetime import datetime

from django.conf import settings
from django.http import HttpResponse
from django.template.defaultfilters import linebreaks
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from ..editions.display import OnDisplay, editions_shown, newest_editions
from ..editions.document import EditionUnreadable
from ..editions.index import languages_of
from ..languages import FORBIDDEN
from . import links, shelf
from .keeping import kept, may_be_kept
from .page import exhibit_page
from .sharing import exhibit_name

# Readers of feeds ask again and again: the newest are enough.
MOST = 20


@conditional_page
@exhibit_page
def editions_feed(page):
    """The editions of an exhibit that have been on display, newest first."""
    mount = links.exhibit_path(page.edition.slug, page.language)
    name = exhibit_name(page.document)
    shown = [(edition, name) for edition in editions_shown(page.edition.exhibit)]
    here, there = mount + links.address("editions_feed"), mount + links.address("editions")
    return _answer(name, here, there, page.language, f"exhibit {page.edition.exhibit}", shown)


@may_be_kept
@conditional_page
@require_safe
def feed(request, language):
    """The editions of every exhibit on display, newest first."""
    exhibits = {row.exhibit: row for row in shelf.offered(language)}
    newest = newest_editions(exhibits, MOST)
    with translation.override(language):
        names = {pk: _name(exhibits[pk]) for pk in {edition.exhibit for edition in newest}}
        shown = [(edition, names[edition.exhibit]) for edition in newest if names[edition.exhibit]]
        here, there = links.site_path("feed", language), links.site_path("front_door", language)
        return kept(_answer(settings.MUSEUM_NAME, here, there, language, "museum", shown))


def _name(shown: OnDisplay) -> str:
    """What an exhibit on display is called; empty where it cannot be shown."""
    try:
        return exhibit_name(shown.document)
    except EditionUnreadable:
        return ""


def _answer(name: str, here: str, there: str, language: str, what: str, shown: list[tuple[OnDisplay, str]]):
    """A feed at ``here`` of the page ``there``: of pairs of an edition and the name of its exhibit."""
    shown = sorted(shown, key=lambda pair: (pair[0].starts, pair[0].edition), reverse=True)[:MOST]
    languages = languages_of(edition.edition for edition, _name in shown)
    feed = Atom1Feed(
        title=_("%(name)s: editions") % {"name": name},
        link=links.absolute(there),
        feed_url=links.absolute(here),
        # The address of a feed may change with the name of its exhibit; what it is called by may not.
        feed_guid=uuid.uuid5(uuid.NAMESPACE_URL, f"{settings.PUBLIC_URL} {what} {language}").urn,
        description=None,
        language=language,
        author_name=settings.MUSEUM_NAME,
    )
    for edition, exhibit in shown:
        # One may be from before the exhibit was translated.
        spoken = language if language in languages[edition.edition] else settings.LANGUAGE_CODE
        _add(feed, edition, exhibit, links.absolute(links.exhibit_path(edition.slug, spoken, edition.number)))
    response = HttpResponse(feed.writeString("utf-8"), content_type=Atom1Feed.content_type)
    response["Cache-Control"] = "no-cache"
    return response


def _add(feed: Atom1Feed, edition: OnDisplay, exhibit: str, address: str):
    notice = edition.notice
    words = _("Taken down: %(reason)s") % {"reason": notice.reason} if notice else edition.note
    updated: datetime = notice.since if notice else edition.starts
    feed.add_item(
        title=_("%(exhibit)s, edition %(number)s") % {"exhibit": exhibit, "number": edition.number},
        link=address,
        description=linebreaks(FORBIDDEN.sub("", words), autoescape=True),
        pubdate=edition.starts,
        updateddate=updated,
    )
