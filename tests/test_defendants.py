"""The wall of the accused: everyone is there without a script, and can be picked out with one."""

import json
from collections import Counter
from html import unescape

import pytest

from tests import cases
from tests.html import Page
from trials.editions import publish
from trials.pages import lives

MOUNT = f"/exhibits/{cases.SHIPPED_SLUG}/defendants/"
LABELS = {"fate": "Fate", "trade": "Trade", "office": "Branch"}


def accused() -> list[dict]:
    """The accused of the shipped file, in the order of the indictment, as plain JSON."""
    people = [person for person in json.loads(cases.SHIPPED.read_bytes())["people"] if "defendant" in person]
    return sorted(people, key=lambda person: person["defendant"]["number"])


def words_of(person) -> dict[str, str]:
    """What one of the accused of the file can be picked out by."""
    part = person["defendant"]
    fates = {"death": "Condemned to death", "prison": "Imprisoned, dead before the term was over"}
    return {"fate": fates[part["sentence"]], "trade": part["trade"]["en"], "office": part["office"]["en"]}


def counts() -> dict[str, Counter]:
    """How many of the accused of the file share each word."""
    return {name: Counter(words_of(person)[name] for person in accused()) for name in LABELS}


@pytest.fixture
def html(shipped, client):
    return client.get(MOUNT).content.decode()


@pytest.fixture
def wall(shipped, live_server, tab):
    """The wall in a browser, which must not complain."""
    tab.goto(live_server.url + MOUNT)
    yield tab
    assert tab.complaints == []


def shown(tab) -> list[str]:
    """The names that stand on the wall."""
    cards = tab.locator(".people-wall > li").filter(visible=True)
    return cards.locator("h2").all_inner_texts()


def names_of(people) -> list[str]:
    return [person["name"]["en"] for person in people]


def test_all_seventeen_stand_in_the_order_of_the_indictment_with_years_trade_and_fate(html):
    cards = html.split('<ul class="people-wall">')[1].split("</article>")[:-1]
    assert len(cards) == 17
    for person, card in zip(accused(), cards, strict=True):
        words = Page(card).words
        assert person["name"]["en"] in words
        assert person["defendant"]["trade"]["en"] in words
        assert person["defendant"]["fate"]["en"] in words
        assert lives.years(cases.shipped_document().records["people"][person["key"]], "en") in words


def test_where_no_portrait_is_held_initials_stand_in(html):
    assert html.count('<span class="initials" aria-hidden="true">') == 17
    assert ">GP</span>" in html and "<img" not in html


def test_nobody_is_called_what_the_court_called_them(html):
    words = Page(html.split('<ul class="people-wall">')[1]).words.casefold()
    assert [word for word in ("spy", "traitor", "terrorist", "wrecker", "saboteur") if word in words] == []


def test_each_choice_says_how_many_it_picks_out(html):
    form = html.split('<form class="picks"')[1].split("</form>")[0]
    for name, label in LABELS.items():
        select = form.split(f'<select name="{name}">')[1].split("</select>")[0]
        assert label in form.split(f'<select name="{name}">')[0].split("<label>")[-1]
        options = [option.split("</option>")[0] for option in select.split("<option ")[2:]]
        found = {unescape(option.split(">")[1]): unescape(option.split('"')[1]) for option in options}
        assert found == {f"{words} ({count})": words for words, count in counts()[name].items()}


def test_the_words_to_pick_by_are_few(html):
    assert {name: len(found) for name, found in counts().items()} == {"fate": 2, "trade": 6, "office": 8}
    assert counts()["fate"] == {"Condemned to death": 13, "Imprisoned, dead before the term was over": 4}


def test_an_exhibit_is_not_asked_to_be_sorted_by_what_it_does_not_say(small, client):
    publish.publish(small, "First.")
    page = Page(client.get("/exhibits/small/defendants/").content.decode())
    assert [select["name"] for select in page.all("select")] == ["fate"]
    assert "Georgy Pyatakov" in page.words and page.faults == []


def test_an_exhibit_with_one_defendant_or_none_has_nothing_to_pick(client, db):
    content = cases.small_content(slug="none", people=[], timeline=[], sections=[], disputes=[])
    publish.publish(cases.load(content), "First.")
    page = Page(client.get("/exhibits/none/defendants/").content.decode())
    assert "No defendant is described yet." in page.words and page.all("form", "select") == page.all("form")[:1]
    assert not page.all("select")


@pytest.mark.browser
def test_each_choice_shows_whom_it_promises_and_the_number_is_announced(wall):
    assert wall.locator(".picks [role=status]").inner_text() == "Shown: 17 of 17"
    for name, label in LABELS.items():
        for words, count in counts()[name].items():
            wall.get_by_label(label).select_option(words)
            picked = [person for person in accused() if words_of(person)[name] == words]
            assert len(picked) == count
            assert shown(wall) == names_of(picked), words
            assert wall.get_by_role("status").inner_text() == f"Shown: {count} of 17"
        wall.get_by_label(label).select_option("")


@pytest.mark.browser
def test_choices_add_up_and_show_all_takes_them_back(wall):
    wall.get_by_label("Fate").select_option("Condemned to death")
    wall.get_by_label("Branch").select_option("Mining")
    assert shown(wall) == ["Aleksei Shestov"]
    wall.get_by_label("Trade").select_option("Journalist")
    assert shown(wall) == []
    assert wall.get_by_role("status").inner_text() == "Shown: 0 of 17"
    wall.get_by_role("button", name="Show all").click()
    assert shown(wall) == names_of(accused())
    assert wall.get_by_role("status").inner_text() == "Shown: 17 of 17"


@pytest.mark.browser
def test_whoever_comes_back_from_a_person_finds_the_wall_as_it_was_chosen(wall):
    wall.get_by_label("Trade").select_option("Journalist")
    wall.get_by_role("link", name="Karl Radek").click()
    wall.wait_for_url("**/people/radek/")
    wall.go_back()
    wall.wait_for_url("**/defendants/")
    assert wall.get_by_label("Trade").input_value() == "Journalist"
    assert shown(wall) == ["Karl Radek"]


@pytest.mark.browser
def test_without_a_script_all_are_there_and_nothing_waits_for_one(shipped, live_server, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url + MOUNT)
    assert shown(page) == names_of(accused())
    assert page.locator(".picks").count() == 1 and not page.locator(".picks").is_visible()
    context.close()
