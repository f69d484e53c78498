"""The charges: what was alleged beside what is known, who was accused, and what the article of the code means."""

import pytest

from tests import cases
from tests.html import Page
from trials.editions import publish

CHARGES = f"/exhibits/{cases.SHIPPED_SLUG}/charges/"


def test_a_charge_says_what_was_alleged_and_what_is_known_and_who_was_accused(shipped, client):
    page = Page(client.get(CHARGES).content.decode())
    charges = cases.shipped_document().charges
    assert [id_ for id_ in page.ids if id_.startswith("charge-")] == [f"charge-{charge.key}" for charge in charges]
    assert page.words.count("What was alleged") == 1 + len(charges) and "all 17 accused" in page.words


def test_those_accused_are_named_where_they_are_not_all(db, client):
    content = cases.small_content()
    content["people"][1]["defendant"]["charges"] = []
    publish.publish(cases.load(content), "First.")
    words = Page(client.get("/exhibits/small/charges/").content.decode()).words
    assert "Accused of it: Georgy Pyatakov" in words and "Karl Radek" not in words


def test_an_article_leads_to_the_word_that_explains_it(shipped, client):
    page = Page(client.get(CHARGES).content.decode())
    assert page.links.count("../glossary/#term-article-58") >= len(cases.shipped_document().charges)
    assert "explained-term-article-58" in page.ids


@pytest.mark.parametrize(("definition", "explains"), [("It is 58-1a.", True), ("It is 58-1ab.", False)])
def test_a_word_explains_an_article_if_it_names_it(db, client, definition, explains):
    content = cases.small_content()
    content["terms"][0]["definition"] = {"en": definition}
    publish.publish(cases.load(content), "First.")
    page = Page(client.get("/exhibits/small/charges/").content.decode())
    assert "Article of the code: 58-1a" in page.words
    assert ("../glossary/#term-show-trial" in page.links) == explains


@pytest.mark.browser
def test_both_sides_stand_side_by_side_where_there_is_room(shipped, live_server, tab):
    for width, beside in ((1280, True), (360, False)):
        tab.set_viewport_size({"width": width, "height": 900})
        tab.goto(live_server.url + CHARGES)
        alleged, known = (tab.locator(f".charge .{side}").first.bounding_box() for side in ("alleged", "known"))
        assert (alleged["y"] == known["y"]) == beside
