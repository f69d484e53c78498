"""Every kind of page by keyboard alone, and by finger: what can be used is reached in order, seen, large enough."""

from pathlib import Path

import pytest

from tests import cases

PROBES = Path(__file__).parent / "keyboard.js"
OPEN = "selector => document.querySelectorAll(selector).forEach((details) => (details.open = true))"
# How many boxes that scroll a page may have: each is one more stop.
BOXES = 5


@pytest.fixture
def page(tab):
    """A page with the probes, as a visitor has it who wants no motion."""
    tab.emulate_media(reduced_motion="reduce")
    tab.add_init_script(path=PROBES)
    return tab


def walk(page) -> list[str]:
    """Press Tab from the top of the page to its end; what went wrong on the way."""
    expected = page.evaluate("startWalk()")
    for _press in range(len(expected) + BOXES):
        page.keyboard.press("Tab")
    steps = page.evaluate("walked.steps")
    faults = [fault for _place, found in steps for fault in found]
    # A box that scrolls is a stop of the browser's own.
    reached = [place for place, _found in steps if place >= 0]
    if reached != list(range(len(expected))):
        missed = [name for place, name in enumerate(expected) if place not in reached]
        faults.append(f"{len(expected)} were to be reached, but {reached} were; missed: {missed}")
    return faults


@pytest.mark.browser
@pytest.mark.parametrize(
    "width, opened, languages", [(360, ".menu", ["en", "ru"]), (1280, "details", ["en"])], ids=["narrow", "wide"]
)
def test_tab_reaches_everything_in_order_and_it_is_seen(stops, live_server, page, width, opened, languages):
    faults = []
    page.set_viewport_size({"width": width, "height": 800})
    for stop in (stop for stop in stops if stop.language in languages):
        page.goto(live_server.url + stop.path)
        page.evaluate(OPEN, opened)
        faults += [f"{stop}: {fault}" for fault in walk(page)]
        page.evaluate(OPEN, "details")
        faults += [f"{stop}: {fault}" for fault in page.evaluate("smallTargets()")]
    assert not faults, "\n".join(faults)


# What may be wrong, and what each does to a page that is right.
PLANTED = {
    "has no ring": "main.querySelector('a').style.outline = 'none'",
    "is hidden": "main.append(Object.assign(document.createElement('p'), { style: 'position: fixed; inset: 0' }))",
    "missed: ['<a> Skip to the text'": "document.querySelector('.site-footer a').tabIndex = 1",
    "were to be reached": "main.addEventListener('keydown', (event) => event.preventDefault())",
    "is 10 by 10": "main.append(...['a', 'b'].map((words) => Object.assign(document.createElement('button'), "
    "{ style: 'width: 10px; height: 10px; padding: 0; border: 0', textContent: words })))",
}


@pytest.mark.browser
@pytest.mark.parametrize("fault", PLANTED)
def test_the_walk_sees_what_is_wrong(shipped, live_server, page, fault):
    page.goto(live_server.url + "/accessibility/")
    page.evaluate(f"const main = document.querySelector('main'); {PLANTED[fault]}")
    assert fault in "\n".join(walk(page) + page.evaluate("smallTargets()"))


def has_focus(element) -> bool:
    return element.evaluate("element => element === document.activeElement")


@pytest.mark.browser
@pytest.mark.parametrize("path", ["/", f"/ru/exhibits/{cases.SHIPPED_SLUG}/", "/search/?q=Radek", "/ru/nowhere/"])
def test_the_skip_link_is_first_and_leads_to_the_text(stops, live_server, page, path):
    page.goto(live_server.url + path)
    page.keyboard.press("Tab")
    link = page.locator(".skip-link")
    assert has_focus(link) and link.bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert has_focus(page.locator("main"))


@pytest.mark.browser
def test_what_opens_opens_and_closes_by_keyboard(stops, live_server, page):
    """Summaries, explanations of words and the dialog of pictures: two of each on every page, one on a translation."""
    page.set_viewport_size({"width": 360, "height": 800})
    seen = set()
    for stop in stops:
        most = 2 if stop.language == "en" else 1
        page.goto(live_server.url + stop.path)
        for summary in page.locator("summary:visible").all()[:most]:
            details = summary.locator("xpath=..")
            was_open = details.evaluate("details => details.open")
            for key in ("Enter", "Space"):
                summary.press(key)
                was_open = not was_open
                assert details.evaluate("details => details.open") == was_open, f"{stop}: {key}"
            seen.add("summary")
        for link in page.locator("a.term:visible").all()[:most]:
            explanation = page.locator(f"id={link.get_attribute('aria-describedby')}")
            link.focus()
            assert explanation.is_visible(), stop
            page.keyboard.press("Escape")
            assert explanation.is_hidden() and has_focus(link), stop
            seen.add("explanation")
        for link in page.locator("a.enlarge:visible").all()[:most]:
            link.press("Enter")
            dialog = page.locator("dialog[open]")
            assert dialog.is_visible(), stop
            for _press in range(8):
                page.keyboard.press("Tab")
                assert page.evaluate("document.activeElement.matches('dialog *, body')"), stop
            page.keyboard.press("Escape")
            assert dialog.count() == 0 and has_focus(link), stop
            seen.add("dialog")
    assert seen == {"summary", "explanation", "dialog"}
