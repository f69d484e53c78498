"""The first view of the story keeps its budget in each language, measured as a browser gets it from a real server."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from exhibit.static_files import StaticFilesStorage
from tests import cases
from tools.served import served
from trials.pages import links

FONTS = Path(__file__).parent.parent / "static" / "fonts"
# Without images and fonts.
REQUESTS = 5
# What is sent for our own words and code, in bytes without headers. The Russian words are more than three thousand
# bytes heavier than the English ones: each Cyrillic letter is two bytes before it is compressed.
SENT = {"en": 20_000, "ru": 24_000}
# All fonts there are; a page fetches the few that it needs.
WEIGHT_OF_FONTS = 100_000


@pytest.fixture(scope="module")
def address():
    """The address of a real server that shows the shipped exhibit."""
    with served() as server:
        yield server.address


def first_view(browser, address) -> list[tuple[str, int]]:
    """What a browser fetches that was never here: the kind of each answer (“text”), and its size on the way."""
    context = browser.new_context(viewport={"width": 412, "height": 823})
    page = context.new_page()
    answers = []
    page.on("requestfinished", lambda request: answers.append(request.response()))
    page.goto(address, wait_until="networkidle")
    found = [
        (answer.headers["content-type"].partition("/")[0], answer.request.sizes()["responseBodySize"])
        for answer in answers
    ]
    context.close()
    return found


@pytest.mark.browser
@pytest.mark.parametrize("language", SENT)
def test_the_first_view_of_the_story_is_light(address, browser, language):
    fetched = first_view(browser, address + links.exhibit_path(cases.SHIPPED_SLUG, language))
    fonts = [sent for kind, sent in fetched if kind == "font"]
    others = [sent for kind, sent in fetched if kind not in ("font", "image")]
    print(f"{len(others)} requests, {sum(others)} bytes, {len(fonts)} fonts of {sum(fonts)}")
    assert len(others) <= REQUESTS and all(others)
    assert sum(others) <= SENT[language]
    assert 0 < sum(fonts) <= WEIGHT_OF_FONTS


def test_all_fonts_together_are_light():
    assert 0 < sum(font.stat().st_size for font in FONTS.glob("*.woff2")) <= WEIGHT_OF_FONTS


def test_comments_of_our_own_files_are_not_sent(tmp_path):
    storage = StaticFilesStorage(location=tmp_path)
    style = b"/* What\nit is */\na { color: red; /* why */ }\n\n  /* there */\nb { top: 0 }\n"
    script = b'// What it owns.\nconst address = "http://x";\n  // Why.\nrun(); // Now.\n'
    for name, content in {"css/page.css": style, "js/page.js": script, "admin/css/page.css": style}.items():
        storage.save(name, ContentFile(content))
    assert (tmp_path / "css/page.css").read_bytes() == b"a { color: red;  }\n\nb { top: 0 }\n"
    assert (tmp_path / "js/page.js").read_bytes() == b'const address = "http://x";\nrun(); // Now.\n'
    assert (tmp_path / "admin/css/page.css").read_bytes() == style
