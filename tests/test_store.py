"""The page store: ready bytes, the same for everybody, gone within a second when something else is on display."""

import gzip
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from types import SimpleNamespace

import brotli
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import OperationalError
from django.http import HttpResponse

from tests import cases
from tests.test_two_publishers import address_of_the_database
from tools import start
from trials import models
from trials.editions import display, publish
from trials.pages import links, store
from trials.pages.keeping import kept
from trials.pages.store import KeptPage, PageStore

STORY = "/exhibits/small/"
PERSON = STORY + "people/pyatakov/"
ROOM = 10_000_000


class Asked:
    """Django’s handler, and what it was asked for."""

    def __init__(self, application=None):
        self.application, self.paths = application or WSGIHandler(), []

    def __call__(self, environ, start_response):
        self.paths.append(environ["PATH_INFO"])
        return self.application(environ, start_response)


class Visitor:
    """Asks a store as a server does."""

    def __init__(self, application=None, most=ROOM):
        self.django = Asked(application)
        self.store = PageStore(self.django, most)
        # A thread of its own would not see the database of a test. It is called where a test is about it.
        self.fillings = []
        self.store._fill = lambda *given: self.fillings.append(given)

    def get(self, path, method="GET", **headers):
        """The answer: its status as a number, its headers by their small names, and its body."""
        path, _mark, query = path.partition("?")
        environ = store.request_of_nobody(path) | {"REQUEST_METHOD": method, "QUERY_STRING": query}
        environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        began = []
        answer = self.store(environ, lambda status, headers, *_more: began.extend((status, headers)))
        body = b"".join(answer)
        getattr(answer, "close", lambda: None)()
        status, found = began
        return SimpleNamespace(status=int(status[:3]), headers={n.lower(): v for n, v in found}, body=body)

    @property
    def asked(self) -> list[str]:
        """What Django was asked for since the last look."""
        paths, self.django.paths = self.django.paths, []
        return paths


pytestmark = pytest.mark.usefixtures("requests_leave_connections")


@pytest.fixture(autouse=True)
def addresses_anew():
    """Which addresses there are hangs on the settings of a test."""
    store._is_worth_keeping.cache_clear()
    store._is_allowed.cache_clear()


@pytest.fixture
def shown(small):
    """The small exhibit, on display."""
    publish.publish(small, "First.")
    display.forget_what_is_on_display()
    return small


@pytest.fixture
def visitor(shown):
    """A visitor of a store with nothing in it."""
    return Visitor()


def a_second_passes():
    """The database is asked again, as it is within a second."""
    display._Memory.until = 0.0


def change(exhibit, words):
    """Publish the exhibit with other words."""
    exhibit.refresh_from_db()
    exhibit.where = {"en": words}
    exhibit.save()
    publish.publish(exhibit, words)
    a_second_passes()


@pytest.mark.parametrize("path", ["/", "/about/", STORY, PERSON, STORY + "document.json", "/sitemap.xml", "/feed.xml"])
def test_a_page_is_asked_for_once_and_is_what_django_says(visitor, client, path, django_assert_num_queries):
    first = visitor.get(path)
    assert first.status == 200 and visitor.asked == [path]
    with django_assert_num_queries(0):
        again = visitor.get(path)
    assert visitor.asked == [] and (again.body, again.headers) == (first.body, first.headers)
    plain = client.get(path)
    assert again.body == plain.content
    assert {n.lower(): v for n, v in plain.items()} == again.headers


@pytest.mark.parametrize("name, decode", [("br", brotli.decompress), ("gzip", gzip.decompress)])
def test_each_encoding_is_kept_with_a_strong_tag_of_its_own(visitor, name, decode):
    plain, packed = visitor.get(STORY), visitor.get(STORY, accept_encoding=f"{name}, deflate")
    assert visitor.asked == [STORY]
    assert decode(packed.body) == plain.body and len(packed.body) < len(plain.body)
    assert packed.headers["content-encoding"] == name and packed.headers["vary"] == "Accept-Encoding"
    assert packed.headers["content-length"] == str(len(packed.body))
    assert packed.headers["etag"] not in (plain.headers["etag"], "") and packed.headers["etag"].startswith('"')


def test_whoever_holds_a_page_is_told_so_in_the_encoding_he_holds_it_in(visitor):
    held = visitor.get(STORY, accept_encoding="br").headers["etag"]
    for named in (held, f'"other", {held}', f"W/{held}", "*"):
        answer = visitor.get(STORY, accept_encoding="br", if_none_match=named)
        assert (answer.status, answer.body) == (304, b"") and answer.headers["etag"] == held
        assert not {"content-type", "content-length", "content-encoding"} & set(answer.headers)
    assert answer.headers["cache-control"] == "no-cache" and "content-security-policy" in answer.headers
    assert visitor.get(STORY, accept_encoding="gzip", if_none_match=held).status == 200
    assert visitor.get(STORY, accept_encoding="br", if_none_match='"other"').status == 200


def test_head_has_the_headers_of_get_and_no_body(visitor):
    whole, head = visitor.get(STORY), visitor.get(STORY, method="HEAD")
    assert (head.status, head.headers, head.body) == (200, whole.headers, b"")


def test_nothing_of_the_first_visitor_is_in_what_the_next_one_reads(visitor, client):
    own = {"cookie": "sessionid=x; language=ru", "accept_language": "ru", "x_forwarded_host": "elsewhere.example"}
    first = visitor.get(STORY + "?utm_source=poster", if_none_match='"x"', range="bytes=0-5", **own)
    assert first.status == 200 and first.body == client.get(STORY).content
    assert "set-cookie" not in first.headers
    for query in ("?utm_source=mail", "?q=1&page=2", ""):
        assert visitor.get(STORY + query, cookie="other=1").body == first.body
    assert visitor.asked == [STORY]


@pytest.mark.parametrize(
    "path, status",
    [
        ("/search/", 200),
        ("/search/?q=Pyatakov", 200),
        ("/admin/login/", 200),
        ("/healthz", 200),
        (STORY + "people/nobody/", 404),
        ("/exhibits/nothing/", 404),
        ("/nothing/", 404),
        (STORY.rstrip("/"), 301),
        ("/exhibits/sm\u00e4ll/", 404),
        ("//", 404),
    ],
)
def test_what_is_no_page_for_everybody_is_not_kept_and_made_once_for_each(visitor, path, status):
    for _time in range(2):
        assert visitor.get(path).status == status
        assert visitor.asked == [path.partition("?")[0]]
    assert not visitor.store.pages


def test_a_preview_is_never_kept(visitor, admin_client, shown):
    path = links.preview_path(shown.pk, None, "en")
    assert admin_client.get(path).status_code == 200
    visitor.get(path, cookie=f"sessionid={admin_client.cookies['sessionid'].value}")
    assert not visitor.store.pages and not store._is_worth_keeping(path)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
def test_only_reading_is_answered(visitor, method):
    visitor.get(STORY)
    assert visitor.get(STORY, method=method).status in (403, 405)
    assert visitor.asked == [STORY, STORY]


def test_a_foreign_host_is_left_to_django(visitor):
    visitor.get(STORY)
    assert visitor.get(STORY, host="elsewhere.example").status == 400
    assert visitor.get(STORY, host="localhost:8000").status == 200
    assert visitor.asked == [STORY, STORY]


def test_an_insecure_request_is_left_to_django_where_there_is_https(visitor, settings):
    settings.SECURE_SSL_REDIRECT, settings.SECURE_SSL_HOST = True, "exhibits.example.org"
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = "https://exhibits.example.org", ["exhibits.example.org"]
    settings.SECURE_HSTS_SECONDS = 1000
    secure = Visitor()
    assert secure.get(STORY).headers["strict-transport-security"].startswith("max-age=1000")
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert secure.get(STORY, x_forwarded_proto="https").status == 200
    assert secure.asked == [STORY]
    assert secure.get(STORY, x_forwarded_proto="http").headers["location"] == f"https://exhibits.example.org{STORY}"


def test_a_new_edition_is_shown_and_other_exhibits_are_kept(visitor, shown):
    cases.show(cases.document(cases.small_content(slug="other")), "Another.")
    a_second_passes()
    other = "/exhibits/other/"
    for path in (STORY, other, "/"):
        visitor.get(path)
    change(shown, "Elsewhere")
    assert b"Elsewhere" in visitor.get(STORY + "document.json").body
    visitor.asked  # noqa: B018
    assert visitor.get(other).status == 200 and visitor.asked == []
    for path in (STORY, "/"):
        assert visitor.get(path).status == 200 and visitor.asked == [path]


def test_what_is_withdrawn_or_taken_down_is_gone_and_let_go_of(visitor, shown):
    visitor.get(STORY)
    publish.withdraw(shown, "An error.")
    a_second_passes()
    assert visitor.get(STORY).status == 404 and STORY not in visitor.store.pages
    publish.roll_back(shown, shown.editions.get(), "It was none.")
    a_second_passes()
    assert visitor.get(STORY).status == 200
    models.Takedown.objects.create(edition=shown.editions.get(), reason="A court’s order.")
    a_second_passes()
    assert visitor.get(STORY).status == 451 and STORY not in visitor.store.pages


def test_a_page_made_while_something_else_came_on_display_is_made_anew(shown, monkeypatch):
    def slowly(environ, start_response):
        response = handler(environ, start_response)
        if not changed:
            changed.append(True)
            change(shown, "Elsewhere")
        return response

    handler, changed = WSGIHandler(), []
    visitor = Visitor(slowly)
    path = STORY + "document.json"
    assert b"Elsewhere" not in visitor.get(path).body
    assert b"Elsewhere" in visitor.get(path).body


def test_a_page_of_what_was_not_on_display_when_it_was_begun_is_not_kept(shown, monkeypatch):
    nothing = display.Answer({}, {}, {})
    visitor = Visitor()
    monkeypatch.setattr(store, "believed", lambda: nothing)
    assert visitor.get(STORY).status == 200 and not visitor.store.pages


def test_what_was_read_is_made_anew_ahead_of_visitors(visitor, shown):
    for path in ("/", PERSON, STORY):
        visitor.get(path)
    visitor.asked  # noqa: B018
    change(shown, "Elsewhere")
    visitor.get("/about/")
    wait_for(lambda: visitor.fillings)
    PageStore._fill(visitor.store, *visitor.fillings[0])
    made = visitor.asked
    assert made[:4] == ["/about/", STORY, PERSON, "/"]
    assert STORY + "timeline/" in made and len(made) == len(set(made))
    for path in made:
        assert visitor.get(path, accept_encoding="br").status == 200
    assert visitor.asked == []


def wait_for(what, seconds=10):
    """Look until ``what()`` is so."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_hundred_who_ask_at_once_get_one_page(monkeypatch):
    def slowly(environ, start_response):
        start_response("200 OK", [])
        begun.set()
        finish.wait(10)
        return kept(HttpResponse("A page. " * 200))

    begun, finish = threading.Event(), threading.Event()
    answer = display.Answer({}, {}, {})
    monkeypatch.setattr(store, "believed", lambda: answer)
    visitor = Visitor(slowly)
    answers = []

    def ask():
        answers.append(visitor.get("/", accept_encoding="br").body)

    threads = [threading.Thread(target=ask) for _visitor in range(100)]
    for thread in threads:
        thread.start()
    begun.wait(10)
    finish.set()
    for thread in threads:
        thread.join(10)
    assert len(answers) == 100 and len(set(answers)) == 1
    assert visitor.asked == ["/"]


def test_memory_is_bounded_and_what_was_not_read_the_longest_goes_first(monkeypatch):
    answer = display.Answer({}, {}, {})
    monkeypatch.setattr(store, "believed", lambda: answer)
    monkeypatch.setattr(store, "_is_worth_keeping", lambda path: True)

    def page(environ, start_response):
        start_response("200 OK", [])
        return kept(HttpResponse(os.urandom(20_000), content_type="image/png"))

    visitor = Visitor(page, most=100_000)
    for name in "abcd":
        visitor.get(f"/{name}")
    visitor.get("/a")
    visitor.get("/e")
    assert list(visitor.store.pages) == ["/c", "/d", "/a", "/e"]
    assert visitor.store.size <= 100_000
    visitor.store.most = 10_000
    assert visitor.get("/f").status == 200 and not visitor.store.pages


def test_what_is_sent_while_another_page_is_kept_does_not_disturb_the_counting(monkeypatch):
    answer = display.Answer({}, {}, {})
    monkeypatch.setattr(store, "believed", lambda: answer)
    keeper = PageStore(None, most=ROOM)

    class Large:
        """Sent by another thread at the very moment at which its size is asked for."""

        slug, state = None, answer

        @property
        def size(self):
            keeper._touch("/a")
            return 1

    for path in ("/a", "/b", "/c"):
        keeper._keep(path, Large())
    assert keeper.size == 3 and len(keeper.pages) == 3


def test_an_endless_address_is_left_to_django_and_not_remembered(visitor):
    assert visitor.get("/" + "a" * 10_000).status == 404
    assert store._is_worth_keeping.cache_info().currsize == 0


@pytest.mark.parametrize("spoil", ["cookie", "vary", "private", "no-store", "status", "undeclared", "streaming"])
def test_an_answer_that_has_something_of_one_visitor_is_refused(monkeypatch, spoil):
    answer = display.Answer({}, {}, {})
    monkeypatch.setattr(store, "believed", lambda: answer)
    response = kept(HttpResponse("A page. " * 200))
    if spoil == "cookie":
        response.set_cookie("a", "b")
    if spoil == "vary":
        response["Vary"] = "Accept-Encoding, Cookie"
    if spoil in ("private", "no-store"):
        response["Cache-Control"] = spoil
    if spoil == "status":
        response.status_code = 203
    if spoil == "undeclared":
        del response.kept_with
    if spoil == "streaming":
        response.streaming = True
    visitor = Visitor(lambda environ, start_response: start_response("200 OK", list(response.items())) or response)
    visitor.get("/")
    assert not visitor.store.pages


def test_where_the_store_fails_django_answers(visitor, monkeypatch):
    monkeypatch.setattr(store, "believed", lambda: 1 / 0)
    assert visitor.get(STORY).status == 200 and visitor.asked == [STORY]


def test_while_the_database_is_away_what_was_read_goes_on_being_read(visitor, shown, monkeypatch):
    before = visitor.get(STORY, accept_encoding="br")

    def away():
        raise OperationalError("The server is gone.")

    with monkeypatch.context() as gone:
        gone.setattr(display, "_answer", away)
        a_second_passes()
        assert visitor.get(STORY, accept_encoding="br").body == before.body
        assert display._Memory.until > time.monotonic()
    change(shown, "Elsewhere")
    assert b"Elsewhere" in visitor.get(STORY + "document.json").body


def test_what_cannot_be_made_without_the_database_may_be_asked_for_again(visitor, client, monkeypatch):
    def away():
        raise OperationalError("The server is gone.")

    display.forget()
    monkeypatch.setattr(display, "_answer", away)
    client.raise_request_exception = False
    response = client.get(STORY)
    assert (response.status_code, response["Retry-After"]) == (503, "30")
    monkeypatch.setattr(display, "_answer", lambda: 1 / 0)
    assert client.get(STORY).status_code == 500


def test_before_anything_is_known_a_missing_database_is_an_error(db, monkeypatch):
    def away():
        raise OperationalError("The server is gone.")

    monkeypatch.setattr(display, "_answer", away)
    with pytest.raises(OperationalError):
        display.believed()


def test_what_has_not_changed_is_the_same_object_from_one_second_to_the_next(shown):
    first = display.believed()
    a_second_passes()
    assert display.believed() is first
    cases.show(cases.document(cases.small_content(slug="other")), "Another.")
    a_second_passes()
    second = display.believed()
    assert second is not first and second.exhibits["small"] is first.exhibits["small"]
    models.Takedown.objects.create(sha256="a" * 64, reason="A court’s order.")
    a_second_passes()
    assert display.believed().exhibits["small"] is not first.exhibits["small"]


def test_a_page_that_nobody_asked_for_compressed_is_compressed_when_somebody_does():
    page = KeptPage(HttpResponse("A page. " * 200), None, object())
    small = KeptPage(HttpResponse("A page."), None, object())
    assert page.form("") and page.form("br") is None
    assert small.form("br") is small.form("")


@pytest.mark.django_db(transaction=True)
def test_every_process_of_a_real_server_shows_a_new_edition_within_a_second():
    exhibit = cases.load(cases.small_content())
    publish.publish(exhibit, "First.")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    environment = os.environ | {"DATABASE_URL": address_of_the_database(), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, "-m", *start.SERVERS["granian"]("127.0.0.1", port, "2"), "exhibit.wsgi:application"]
    process = subprocess.Popen(command, cwd=cases.BASE, env=environment, start_new_session=True)
    address = f"http://localhost:{port}{STORY}document.json"

    def answers(number=12):
        return [urllib.request.urlopen(address, timeout=10).read() for _time in range(number)]

    def answered():
        try:
            return answers(1)
        except OSError:
            return False

    try:
        wait_for(answered, 30)
        assert not any(b"Elsewhere" in body for body in answers())
        change(exhibit, "Elsewhere")
        time.sleep(1)
        assert all(b"Elsewhere" in body for body in answers())
        publish.withdraw(exhibit, "An error.")
        time.sleep(1)
        with pytest.raises(urllib.error.HTTPError, match="404"):
            answers()
    finally:
        process.terminate()
        process.wait(20)
