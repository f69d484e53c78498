"""The page of editions: which records changed, and nothing of what was taken away."""

import pytest

from tests import cases
from tests.html import Page
from tests.test_compare import person
from trials import models
from trials.editions import display
from trials.editions.publish import publish, roll_back
from trials.editions.restore import restore
from trials.pages import changes


@pytest.fixture
def museum(db, client):
    """Publishes forms of the small exhibit, and reads its pages."""
    changes._records.cache_clear()

    class Museum:
        exhibit = cases.load(cases.small_content())

        def publish(self, change, note="Corrected."):
            content = cases.small_content()
            change(content)
            restore(cases.document(content), self.exhibit)
            self.exhibit.refresh_from_db()
            publish(self.exhibit, note)
            display.forget()

        def html(self, path=""):
            return client.get(f"/exhibits/small/{path}editions/").content.decode()

        def page(self, path=""):
            return Page(self.html(path))

    museum = Museum()
    publish(museum.exhibit, "First.")
    return museum


def test_a_first_edition_has_no_changes(museum):
    assert "Since edition" not in museum.html()


def test_an_edition_lists_the_records_that_changed_with_links_to_them(museum):
    def change(content):
        person(content, "radek")["life"]["en"] = "A journalist and wit."
        content["lede"]["en"] = "Other words."
        content["places"].append({"key": "prison", "name": {"en": "Lubyanka"}})
        content["key_points"][0]["words"]["en"] = "Two were **accused**."
        content["sources"].reverse()

    museum.publish(change)
    page = museum.page()
    assert "Since edition 1: 3 changed, 1 added, 1 moved" in page.words
    assert {"../people/radek/", "../places/#place-prison", "../"} <= set(page.links)
    for words in ("People Karl Radek", "Places Lubyanka (added)", "A memoir (moved)", "Two were accused."):
        assert words in page.words
    assert page.faults == [] and "Exhibit A small exhibit" in page.words


def test_the_words_that_a_correction_took_away_are_not_said_again(museum):
    museum.publish(lambda content: content["terms"][0]["term"].update(en="SLANDER, a term"))
    museum.publish(
        lambda content: content["terms"].append({**content["terms"][0], "key": "b", "term": {"en": "LIBEL"}})
    )
    museum.publish(lambda content: None, note="Withdrawn words.")
    html = museum.html()
    assert "SLANDER" not in html and "LIBEL" not in html
    assert html.count("1 not in the edition you are reading") == 2
    assert "Show trial" in html


def test_at_a_permanent_address_titles_are_those_of_that_edition(museum):
    museum.publish(lambda content: content["terms"][0]["term"].update(en="Staged trial"))
    assert "Staged trial" in museum.html() and "Show trial" not in museum.html()
    page = museum.page("editions/1/")
    assert "Show trial" in page.words and "Staged trial" not in page.words
    assert "../glossary/#term-show-trial" in page.links


def test_a_record_of_a_former_key_is_found(museum):
    museum.publish(lambda content: person(content, "radek").update(life={"en": "Other."}))
    museum.publish(lambda content: _rename(content))
    page = museum.page()
    assert page.links.count("../people/karl-radek/") == 2
    assert "Karl Radek (" not in page.words


def _rename(content):
    person(content, "radek").update(key="karl-radek", former_keys=["sobelsohn", "radek"])
    person(content, "ulrikh")["connections"][0]["to"] = "karl-radek"
    content["timeline"][0]["people"][0] = "karl-radek"
    content["sections"][0]["body"]["en"] = "Nothing."


def test_after_a_roll_back_each_edition_still_has_its_changes(museum):
    museum.publish(lambda content: content["terms"].clear())
    roll_back(museum.exhibit, museum.exhibit.editions.get(number=1), "Back again.")
    display.forget()
    assert museum.html().count("Since edition 1") == 1


def test_long_lists_are_folded_and_bounded(museum):
    def change(content):
        for number in range(changes.NAMED + 5):
            content["places"].append({"key": f"place-{number}", "name": {"en": f"Place {number}"}})

    museum.publish(lambda content: content["terms"].clear())
    museum.publish(change)
    page = museum.page()
    assert ["open" in details for details in page.all("details") if details.get("class") == "changes"] == [False, True]
    assert "and 5 more" in page.words and "Place 99" in page.words and "Place 100" not in page.words


def test_an_edition_that_was_tampered_with_leaves_the_page_as_it_is(museum):
    museum.publish(lambda content: content["terms"].clear())
    models.Edition._base_manager.filter(number=1).update(content=b"{}")
    display.forget()
    page = museum.page()
    assert "Edition 1" in page.words and "Since edition" not in page.words


def test_an_edition_that_is_taken_down_is_not_compared(museum):
    museum.publish(lambda content: content["terms"].clear())
    museum.publish(lambda content: None)
    models.Takedown.objects.create(edition=museum.exhibit.editions.get(number=2), reason="A court order.")
    display.forget()
    assert "Since edition" not in museum.html()


def test_what_changed_is_worked_out_once(museum, monkeypatch):
    museum.publish(lambda content: content["terms"].clear())
    first = museum.html()
    monkeypatch.setattr(changes.compare, "compare", None)
    assert museum.html() == first
