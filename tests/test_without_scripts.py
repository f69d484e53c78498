"""Without JavaScript every page has all its words, links and pictures, and can be used."""

from collections import Counter

import pytest

from tests import cases

# What scripts add or show: controls, which pick from words that are there anyway.
CONTROLS = ".picks, .steps, .reading"
READ = """(main, controls) => {
    for (const control of main.querySelectorAll(controls)) control.hidden = true;
    const shown = (selector) => [...main.querySelectorAll(selector)].filter((element) => element.checkVisibility());
    return {
        words: main.innerText.split(/\\s+/),
        links: shown("a").map((link) => link.getAttribute("href")),
        pictures: shown("img, svg").map((picture) => picture.getAttribute("src") ?? "drawn"),
        navigation: [...document.querySelectorAll("nav a")].map((link) => link.getAttribute("href")),
    };
}"""


@pytest.fixture
def without(browser):
    """A page of a browser that runs no scripts."""
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def read(page, address) -> dict[str, Counter]:
    """What the page at ``address`` says, leads to and shows."""
    page.goto(address)
    found = page.locator("main").evaluate(READ, CONTROLS)
    return {kind: Counter(values) for kind, values in found.items()}


@pytest.mark.browser
def test_without_scripts_every_page_has_what_it_has_with_them(stops, live_server, tab, without):
    missing = []
    for stop in stops:
        here, there = (read(page, live_server.url + stop.path) for page in (tab, without))
        missing += [f"{stop}: {kind} {set(here[kind] - there[kind])}" for kind in here if here[kind] - there[kind]]
    assert not missing, "\n".join(missing)


@pytest.mark.browser
def test_what_only_a_script_would_tell_is_noticed(shipped, live_server, tab, without):
    address = live_server.url + "/about/"
    tab.add_init_script("addEventListener('load', () => document.querySelector('main').append('Told by a script.'))")
    here, there = read(tab, address), read(without, address)
    assert here["words"] - there["words"] == Counter(["Told", "by", "a", "script."])


@pytest.mark.browser
def test_the_menu_and_the_search_work_without_scripts(shipped, live_server, without):
    without.set_viewport_size({"width": 360, "height": 800})
    without.goto(f"{live_server.url}/exhibits/{cases.SHIPPED_SLUG}/")
    timeline = without.locator(".menu").get_by_role("link", name="Timeline")
    assert timeline.is_hidden()
    without.locator(".menu > summary").click()
    timeline.click()
    assert without.locator("h1").inner_text() == "Timeline"
    without.get_by_role("searchbox").fill("Пятаков")
    without.get_by_role("button", name="Search").click()
    assert without.locator(".results li").count() > 1
