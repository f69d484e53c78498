"""The page store: what a visitor has read once is sent again as ready bytes, before Django's handler is asked.

A page is a function of its address and of what is on display, so it is kept for as long as that stays as it was. The
store lives in one process: a new release, which is a new process, begins with an empty one. Only what a view
has declared `keeping.kept` gets in, rendered from nothing but its address, so no cookie, query or header of the one who
asks first can get into what the next one reads. Where anything is unclear, Django renders.
"""

import logging
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import contextmanager, suppress
from functools import lru_cache
from io import BytesIO
from itertools import chain
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.handlers.wsgi import get_path_info
from django.db import connections
from django.http import HttpResponse
from django.http.request import split_domain_port, validate_host
from django.urls import Resolver404, resolve
from django.utils.cache import has_vary_header
from django.utils.http import parse_etags

from ..editions.display import Answer, believed
from . import addresses
from .compression import BEST_ENCODERS, chosen_encoding, etag_of, is_text

log = logging.getLogger(__name__)

# About how many bytes a page takes beside its own, and each form of it.
OVERHEAD = 2_000
# Headers that tell of the bytes which follow them.
OF_A_BODY = ("Content-Type", "Content-Length", "Content-Encoding")
# Longer than any address of ours: what visitors ask for is remembered, and must not fill the memory.
LONGEST_PATH = 500
# For how many seconds one waits for another who makes the same page, before Django is asked to make it again.
PATIENCE = 30


class Passed(NamedTuple):
    """An answer of Django that is for the one who asked, such as that there is no such page."""

    status: str
    headers: list[tuple[str, str]]
    response: HttpResponse

    def send(self, environ, start_response):
        """Answer with it."""
        start_response(self.status, self.headers)
        if environ["REQUEST_METHOD"] == "GET":
            return self.response
        self.response.close()
        return []


class Form:
    """A page in one encoding, ready to be sent."""

    __slots__ = ("body", "etag", "headers", "headers_if_held")

    def __init__(self, body: bytes, etag: str, headers: list[tuple[str, str]], encoding: str):
        self.body, self.etag = body, etag
        self.headers = [*headers, ("ETag", etag), ("Content-Length", str(len(body)))]
        if encoding:
            self.headers.append(("Content-Encoding", encoding))
        # RFC 9110, 15.4.5: an answer 304 has the headers of the page without those of its body.
        self.headers_if_held = [header for header in self.headers if header[0] not in OF_A_BODY]


class KeptPage:
    """A page as it was rendered while ``state`` was on display, in each encoding that somebody asked for."""

    __slots__ = ("_encoding", "_headers", "forms", "may_be_encoded", "size", "slug", "state")

    def __init__(self, response, slug: str | None, state):
        self.slug, self.state, self.size = slug, state, OVERHEAD
        own = ("etag", "content-length")
        self._headers = [(name, value) for name, value in response.items() if name.lower() not in own]
        self.may_be_encoded = is_text(response)
        self.forms: dict[str, Form] = {}
        self._encoding = threading.Lock()
        self._add("", response.content)

    def form(self, encoding: str) -> Form | None:
        """The page in an encoding, or as it is where it does not gain by it; None while nobody has asked for it."""
        return self.forms.get(encoding if self.may_be_encoded else "")

    def encode(self, encoding: str):
        """Make the page's form in an encoding, once."""
        with self._encoding:
            if encoding not in self.forms:
                self._add(encoding, BEST_ENCODERS[encoding](self.forms[""].body))

    def _add(self, encoding, body):
        etag = etag_of(self.forms[""].body if encoding else body, encoding)
        self.forms[encoding] = Form(body, etag, self._headers, encoding)
        self.size += len(body) + OVERHEAD


class PageStore:
    """A WSGI application in front of Django's: answers with what it keeps, and asks Django for everything else.

    ``most`` is how many bytes it may take; what was not asked for the longest goes first.
    """

    def __init__(self, django: Callable, most: int):
        self.django, self.most = django, most
        self.pages: OrderedDict[str, KeptPage] = OrderedDict()
        self.size = 0
        self._noticed: Answer | None = None
        self._changing = threading.Lock()
        self._being_made: dict[str, threading.Event] = {}

    def __call__(self, environ, start_response):
        try:
            page = self._page(environ)
            form = self._form(environ, page) if isinstance(page, KeptPage) else None
        except Exception:
            log.exception("The page store failed; Django answers in its place.")
            page = form = None
        if page is None:
            return self.django(environ, start_response)
        if form is None:
            return page.send(environ, start_response)
        held = environ.get("HTTP_IF_NONE_MATCH")
        if held and (held == form.etag or _names(held, form.etag)):
            start_response("304 Not Modified", form.headers_if_held)
            return []
        start_response("200 OK", form.headers)
        return [form.body] if environ["REQUEST_METHOD"] == "GET" else []

    def render(self, path: str) -> KeptPage | None:
        """The page at a path, made now; None where there is none for everybody."""
        page = self._made(path)
        if isinstance(page, KeptPage):
            return page
        if page:
            page.response.close()
        return None

    def _page(self, environ) -> KeptPage | Passed | None:
        """What is answered to a request, or None where the store has nothing to say."""
        path = environ["PATH_INFO"]
        page = self.pages.get(path)
        if page is None and (len(path) > LONGEST_PATH or not _is_worth_keeping(path)):
            return None
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or not _is_ours(environ):
            return None
        answer = believed()
        if answer is not self._noticed:
            self._notice(answer)
        if page and page.state is _state(answer, page.slug):
            self._touch(path)
            return page
        return self._made(path)

    def _touch(self, path):
        with suppress(KeyError):  # another thread may just have let it go
            self.pages.move_to_end(path)

    def _form(self, environ, page) -> Form:
        encoding = chosen_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        return page.form(encoding) or self._encoded(environ["PATH_INFO"], page, encoding)

    def _encoded(self, path, page, encoding) -> Form:
        page.encode(encoding)
        self._keep(path, page)
        return page.form(encoding)

    def _made(self, path) -> KeptPage | Passed | None:
        """Render a page and keep it. Who asks for it meanwhile waits, and gets the same."""
        with self._alone(path) as first:
            if not first:
                return self.pages.get(path)
            # What is on display before it is made: should that change meanwhile, the page is made anew next time.
            answer, sent = believed(), []
            response = self.django(request_of_nobody(path), lambda status, headers: sent.extend((status, headers)))
            state = _is_for_all(response) and _state(answer, response.kept_with)
            if not state:
                return Passed(*sent, response)
            page = KeptPage(response, response.kept_with, state)
            response.close()
            self._keep(path, page)
            return page

    @contextmanager
    def _alone(self, path):
        """Give True to the first who comes, and False to the others once that one is done."""
        mine = threading.Event()
        event = self._being_made.setdefault(path, mine)
        if event is not mine:
            event.wait(timeout=PATIENCE)
            yield False
            return
        try:
            yield True
        finally:
            del self._being_made[path]
            event.set()

    def _keep(self, path, page):
        with self._changing:
            self._let_go(path)
            self.pages[path] = page
            # A list of its own: other threads move what they send to the end meanwhile.
            self.size = sum(page.size for page in list(self.pages.values()))
            while self.size > self.most and self.pages:
                self._let_go(next(iter(self.pages)))

    def _let_go(self, path):
        page = self.pages.pop(path, None)
        self.size -= page.size if page else 0

    def _notice(self, answer):
        """Something else is on display: let go of what no longer holds, and make it anew ahead of visitors."""
        with self._changing:
            before, self._noticed = self._noticed, answer
            stale = [path for path, page in list(self.pages.items()) if page.state is not _state(answer, page.slug)]
            for path in stale:
                self._let_go(path)
        if before and before is not answer:
            new = [shown for slug, shown in answer.exhibits.items() if before.exhibits.get(slug) != shown]
            threading.Thread(target=self._fill, args=(answer, stale[::-1], new), daemon=True).start()

    def _fill(self, answer, paths, new):
        """Make pages that were read before, and all pages of what is new on display: until there is no room left."""
        try:
            for path in chain(paths, *map(addresses.of_exhibit, new)):
                if self._noticed is not answer or self.size > self.most / 2:
                    return
                began = time.monotonic()
                page = None if path in self.pages else self._made(path)
                if isinstance(page, KeptPage):
                    for encoding in BEST_ENCODERS:
                        page.form(encoding) or self._encoded(path, page, encoding)
                # Visitors come first: at most half of the time is taken.
                time.sleep(time.monotonic() - began)
        except Exception:
            log.exception("The page store could not make pages ahead of visitors; each is made when it is asked for.")
        finally:
            connections.close_all()


def _state(answer: Answer, slug: str | None):
    """What a page depends on: the exhibit it is about as it is on display, or else all that is on display."""
    return answer if slug is None else answer.exhibits.get(slug)


def _is_ours(environ) -> bool:
    """Whether a request comes to a host of ours, and securely where it must; Django says so to all others."""
    if settings.SECURE_SSL_REDIRECT and not _is_secure(environ):
        return False
    return not environ.get("SCRIPT_NAME") and _is_allowed(environ.get("HTTP_HOST", ""))


def _is_secure(environ) -> bool:
    header, secure = settings.SECURE_PROXY_SSL_HEADER or (None, None)
    if header in environ:
        return environ[header].partition(",")[0].strip() == secure
    return environ["wsgi.url_scheme"] == "https"


@lru_cache(maxsize=64)
def _is_allowed(host: str) -> bool:
    return validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)


@lru_cache(maxsize=4096)
def _is_worth_keeping(path: str) -> bool:
    """Whether a path leads to a view whose answers may be kept. Those of previews may not."""
    try:
        match = resolve(get_path_info({"PATH_INFO": path}))
    except Resolver404:
        return False
    return getattr(match.func, "may_be_kept", False) and "answer" not in match.kwargs


def _is_for_all(response) -> bool:
    """Whether an answer is a whole page that was declared to be kept, and has nothing of one visitor in it."""
    return (
        response.status_code == 200
        and hasattr(response, "kept_with")
        and not response.streaming
        and not response.cookies
        and not has_vary_header(response, "Cookie")
        and not any(word in response.get("Cache-Control", "") for word in ("no-store", "private"))
    )


def _names(header: str, etag: str) -> bool:
    """Whether a header If-None-Match names an ETag (RFC 9110, 13.1.2)."""
    return any(tag in ("*", etag) or tag == f"W/{etag}" for tag in parse_etags(header))


def request_of_nobody(path: str) -> dict:
    """A WSGI environment that has nothing but an address: no cookie, no query, no language, no encoding."""
    public = urlsplit(settings.PUBLIC_URL)
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": public.hostname,
        "SERVER_PORT": str(public.port or (443 if public.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": public.netloc,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": public.scheme,
        "wsgi.input": BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
