"""What many tests use: a museum with the shipped exhibit, a browser, and a fresh view of what is on display."""

import os
import shutil
from types import SimpleNamespace

import hypothesis
import pytest
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from tests import cases, walk
from trials import renditions
from trials.admin import progress
from trials.editions import display, state
from trials.pages import shelf, store

# Playwright's own event loop runs in the tests' thread; Django must not mistake it for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

# The same inputs in every run: a change is judged by itself. HYPOTHESIS_PROFILE=default looks for others.
hypothesis.settings.register_profile("same", derandomize=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


@pytest.fixture(autouse=True)
def nothing_remembered():
    """Each test sees what is on display in its own database. Parsed documents stay: their digest tells them apart."""
    display.forget_what_is_on_display()
    state.forget()


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    """Uploaded files of a test end with it."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """However busy the machine is, a test waits until a rendition is made: another run may be making one.

    And a failure that one test is about is none of the next one's.
    """
    monkeypatch.setattr(renditions, "PATIENCE", 60)
    monkeypatch.setattr(renditions, "_rest_until", 0.0)


@pytest.fixture(autouse=True)
def work_at_once(request, monkeypatch):
    """What the admin does in a thread is done at once where a test has one transaction, which no thread could see."""
    if "transactional_db" not in request.fixturenames:
        monkeypatch.setattr(progress, "start", lambda work: SimpleNamespace(join=work() or int))


@pytest.fixture
def requests_leave_connections(monkeypatch):
    """The database of a test lives in its connection: requests leave it open, as those of Django's own client do."""
    monkeypatch.setattr(store, "connections", SimpleNamespace(close_all=lambda: None))
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def shipped(db):
    """The edition of the shipped exhibit, on display. Its working copy is empty, which makes this quick."""
    return cases.show(cases.shipped_document(), "First edition.")


@pytest.fixture
def loaded(db):
    """The shipped exhibit in the working copy; not published."""
    call_command("load_exhibit", cases.SHIPPED, verbosity=0)
    return cases.exhibit()


@pytest.fixture
def small(db):
    """A small exhibit in the working copy, with one of everything; not published."""
    return cases.load(cases.small_content())


@pytest.fixture
def museum(db, settings, monkeypatch):
    """A museum in English and Russian with something to see of every kind: see `walk.open_museum`."""
    settings.LANGUAGES = walk.LANGUAGES
    monkeypatch.setattr(shelf, "PER_PAGE", 1)  # so that the front door has a second page
    walk.open_museum()


@pytest.fixture
def stops(live_server, museum):
    """Every kind of page that a visitor can come to, in English and Russian, served at ``live_server.url``."""
    return walk.stops()


@pytest.fixture(scope="session")
def chromium():
    """The path of Chromium, or a skip that says what to install."""
    names = (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, (shutil.which(name) for name in names if name)), None)
    if not path:
        pytest.skip("Chromium was not found. Debian: sudo apt install chromium")
    return path


@pytest.fixture(scope="session")
def browser(chromium):
    """A real browser without a window."""
    from playwright.sync_api import expect, sync_playwright

    # However busy the machine is.
    expect.set_options(timeout=20_000)
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=options)
        yield browser
        browser.close()


@pytest.fixture
def tab(browser):
    """A page of the browser whose complaints (policy, console, errors, foreign requests) are kept in `complaints`."""
    context = browser.new_context()
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("request", lambda request: _local(request.url) or page.complaints.append(f"foreign: {request.url}"))
    yield page
    context.close()


def _local(url):
    return url.startswith(("http://localhost:", "http://127.0.0.1:", "data:", "blob:", "about:"))
