"""The first view of the story keeps its budget, measured as a browser gets it from a real server."""

from pathlib import Path

import pytest

from tests import cases
from tools.served import served

FONTS = Path(__file__).parent.parent / "static" / "fonts"
# Without images and fonts.
REQUESTS = 5
# What is sent for our own words and code, in bytes without headers.
SENT = 20_000
# All fonts there are; a page fetches the few that it needs.
WEIGHT_OF_FONTS = 100_000


@pytest.fixture(scope="module")
def address():
    """The address of a real server that shows the shipped exhibit."""
    with served() as address:
        yield address


def first_view(browser, address) -> list[tuple[str, int]]:
    """What a browser fetches that was never here: the kind of each answer, and its size on the way."""
    context = browser.new_context(viewport={"width": 412, "height": 823})
    page = context.new_page()
    answers = []
    page.on("requestfinished", lambda request: answers.append(request.response()))
    page.goto(address, wait_until="networkidle")
    found = [(answer.request.resource_type, answer.request.sizes()["responseBodySize"]) for answer in answers]
    context.close()
    return found


@pytest.mark.browser
def test_the_first_view_of_the_story_is_light(address, browser):
    fetched = first_view(browser, f"{address}/exhibits/{cases.SHIPPED_SLUG}/")
    fonts = [sent for kind, sent in fetched if kind == "font"]
    others = [sent for kind, sent in fetched if kind not in ("font", "image")]
    print(f"{len(others)} requests, {sum(others)} bytes, {len(fonts)} fonts of {sum(fonts)}")
    assert len(others) <= REQUESTS
    assert sum(others) <= SENT
    assert 0 < sum(fonts) <= WEIGHT_OF_FONTS


def test_all_fonts_together_are_light():
    assert 0 < sum(font.stat().st_size for font in FONTS.glob("*.woff2")) <= WEIGHT_OF_FONTS
