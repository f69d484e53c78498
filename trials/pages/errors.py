"""Pages for what went wrong: each says what happened and where to go on."""

import logging
import sys

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import translation

from ..editions.display import Notice
from . import links, shelf

log = logging.getLogger(__name__)

# By their names, because not every installation has a storage whose library knows the last two.
AWAY = {"OperationalError", "InterfaceError", "BotoCoreError", "ClientError"}


def bad_request(request, exception=None):
    """The request could not be understood."""
    return _page(request, "400", 400)


def forbidden(request, exception=None):
    """The visitor may not see this."""
    return _page(request, "403", 403)


def csrf_failure(request, reason=""):
    """A form was sent without its token."""
    return _page(request, "403_csrf", 403)


def not_found(request, exception=None):
    """There is no such page."""
    return _page(request, "404", 404, exhibits=shelf.first())


def off_display(request):
    """The exhibit has been shown, and is withdrawn at the moment."""
    return _page(request, "off_display", 404, exhibits=shelf.first())


def taken_down(request, notice: Notice):
    """What stood at this address was taken down: why and since when, and nothing else of it."""
    response = _page(request, "451", 451, notice=notice, exhibits=shelf.first())
    response["Link"] = blocked_by()
    return response


def blocked_by() -> str:
    """The header Link of an answer 451: who keeps it from being shown (RFC 7725)."""
    return f'<{links.absolute("/")}>; rel="blocked-by"'


def server_error(request):
    """Something failed on our side; if this page too, a sentence is left that needs nothing.

    What failed because the database or the storage is away may be asked for again in a moment.
    """
    away = {kind.__name__ for kind in type(sys.exc_info()[1]).__mro__} & AWAY
    try:
        response = _page(request, "500", 503 if away else 500)
        if away:
            response["Retry-After"] = "30"
        return response
    except Exception:
        log.exception("The page that says so could not be made either.")
        return HttpResponse("Something went wrong on our side.\n", status=500, content_type="text/plain; charset=utf-8")


def unavailable(request):
    """The edition on display cannot be shown as it was published, and nothing is shown in its place."""
    response = _page(request, "503", 503)
    response["Retry-After"] = "600"
    return response


def _page(request, name, status, **context):
    """A page that nobody keeps: what is missing now may be there in a minute. In the language of its address."""
    language = links.language_of(request.path_info)
    with translation.override(language):
        response = render(request, f"errors/{name}.html", {"language": language, **context}, status=status)
    response["Cache-Control"] = "no-cache"
    return response
