"""Words: in alphabetical order, each with where it is used; and explained where it stands on every other page."""

import json

import pytest

from tests import cases
from tests.html import Page
from tests.test_sources import Lists, cited
from trials.editions import publish

MOUNT = f"/exhibits/{cases.SHIPPED_SLUG}/"
GLOSSARY = MOUNT + "glossary/"
OPEN = ".explained:popover-open"


def with_a_term(**term):
    """The small exhibit, whose life of Radek leads to a word."""
    content = cases.small_content()
    content["people"][1]["life"]["en"] = "He stood at a [show trial](term:show-trial)."
    content["terms"][0].update(term)
    return content


def test_words_stand_in_alphabetical_order_with_the_original_in_its_language(shipped, client):
    page = Page(client.get(GLOSSARY).content.decode())
    listed = [id_.removeprefix("term-") for id_ in page.ids if id_.startswith("term-")]
    terms = cases.shipped_document().records["terms"]
    assert listed == sorted(terms, key=lambda key: str(terms[key].term).casefold())
    originals = [span for span in page.all("span") if span.get("class") == "original-name"]
    assert len(originals) == len(terms) and all(span["lang"] == "ru" for span in originals)


def test_every_use_of_a_word_is_listed_under_it_and_none_is_invented(shipped, client):
    expected = cited(json.loads(cases.SHIPPED.read_bytes()), "term")
    assert len(expected) > 50
    assert Lists(client.get(GLOSSARY).content.decode(), GLOSSARY).links == expected


def test_a_word_is_not_used_in_its_own_explanation(db, client):
    words = "A staged trial: a [show trial](term:show-trial)."
    publish.publish(cases.load(with_a_term(definition={"en": words})), "First.")
    words = Page(client.get("/exhibits/small/glossary/").content.decode()).words
    assert "Used in 1 place People Karl Radek" in words


def test_a_page_explains_the_words_that_it_leads_to_and_no_others(db, client):
    publish.publish(cases.load(with_a_term()), "First.")
    page = Page(client.get("/exhibits/small/people/radek/").content.decode())
    assert "explained-term-show-trial" in page.ids and "A staged trial." in page.words and "Not verified" in page.words
    for path in ("people/pyatakov/", "glossary/", "places/"):
        html = client.get(f"/exhibits/small/{path}").content.decode()
        assert "explained-" not in html and "terms.js" not in html, path


def test_an_explanation_is_words_alone(db, client):
    """What is shown for a moment cites nothing and leads nowhere."""
    words = "A [staged](person:pyatakov) trial. [@record, p. 9]"
    publish.publish(cases.load(with_a_term(definition={"en": words})), "First.")
    html = client.get("/exhibits/small/people/radek/").content.decode()
    explanation = html[html.index('id="explained-') : html.index("</p>", html.index('id="explained-'))]
    assert "A staged trial." in explanation and "<a " not in explanation and "p. 9" not in html


def test_an_explanation_in_another_language_says_which(db, client, settings):
    settings.LANGUAGES = [("en", "English"), ("ru", "Русский")]
    publish.publish(cases.load(with_a_term() | {"languages": ["en", "ru"]}), "First.")
    assert '<span lang="en">A staged trial.</span>' in client.get("/ru/exhibits/small/people/radek/").content.decode()


@pytest.mark.browser
def test_a_word_is_explained_on_focus_and_escape_closes_it(shipped, live_server, tab):
    tab.goto(live_server.url + MOUNT + "charges/")
    link = tab.locator("a.term").first
    described = "(e) => document.getElementById(e.getAttribute('aria-describedby')).textContent"
    assert "criminal code" in link.evaluate(described)
    tab.locator("main a").first.focus()
    for _press in range(30):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.matches('a.term')"):
            break
    assert tab.locator(OPEN).count() == 1 and "criminal code" in tab.locator(OPEN).inner_text()
    tab.keyboard.press("Escape")
    assert tab.locator(OPEN).count() == 0 and tab.evaluate("document.activeElement.matches('a.term')")
    tab.keyboard.press("Shift+Tab")
    tab.keyboard.press("Tab")
    assert tab.locator(OPEN).count() == 1
    tab.keyboard.press("Tab")
    assert tab.locator(OPEN).count() == 0 and tab.evaluate("!document.activeElement.closest('.explained')")
    tab.keyboard.press("Shift+Tab")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/glossary/#term-article-58")
    assert tab.complaints == []


@pytest.mark.browser
def test_an_explanation_stays_while_the_pointer_is_on_it_and_goes_when_it_leaves(shipped, live_server, tab):
    tab.goto(live_server.url + MOUNT + "charges/")
    tab.locator("a.term").first.hover()
    tab.locator(OPEN).wait_for()
    tab.locator(OPEN).hover()
    tab.wait_for_timeout(600)
    assert tab.locator(OPEN).count() == 1
    tab.locator("h1").hover()
    tab.wait_for_timeout(600)
    assert tab.locator(OPEN).count() == 0


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
def test_an_explanation_is_inside_the_window_and_leaves_its_word_in_sight(shipped, live_server, tab, width):
    tab.set_viewport_size({"width": width, "height": 700})
    tab.goto(live_server.url + MOUNT + "charges/")
    for link in tab.locator("a.term").all():
        link.focus()
        tab.keyboard.press("Shift+Tab")
        tab.keyboard.press("Tab")
        box, word = tab.locator(OPEN).bounding_box(), link.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
        assert box["y"] >= 0 and box["y"] + box["height"] <= 700
        assert box["y"] + box["height"] <= word["y"] + 4 or box["y"] >= word["y"] + word["height"] - 4


@pytest.mark.browser
def test_a_first_touch_explains_and_a_second_leads_to_the_list(shipped, live_server, browser):
    context = browser.new_context(has_touch=True, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(live_server.url + MOUNT + "charges/")
    link = page.locator("a.term").first
    link.tap()
    page.locator(OPEN).wait_for()
    assert page.url.endswith("/charges/")
    link.tap()
    page.wait_for_url("**/glossary/#term-article-58")
    page.go_back()
    link.tap()
    page.locator("h1").tap()
    assert page.locator(OPEN).count() == 0
    context.close()


@pytest.mark.browser
def test_without_a_script_a_word_leads_to_the_list_and_nothing_lies_about(shipped, live_server, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url + MOUNT + "charges/")
    assert page.locator(".explained").count() > 0 and not page.locator(".explained").first.is_visible()
    page.locator('main a[href$="#term-article-58"]').first.click()
    page.wait_for_url("**/glossary/#term-article-58")
    context.close()


@pytest.mark.browser
def test_on_paper_a_word_is_a_word(shipped, live_server, tab):
    tab.goto(live_server.url + MOUNT + "charges/")
    tab.emulate_media(media="print")
    assert all(not box.is_visible() for box in tab.locator(".explained").all())
