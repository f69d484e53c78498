"""The order of words as readers of each language look for them."""

import pytest
from django.utils import translation

from tests import cases
from tests.html import Page
from trials import alphabet
from trials.editions import publish
from trials.languages import Text
from trials.pages import links

SORTED = {
    "ru": ["1937", "58-1а", "«Ёж»", "ёжик", "Ежов", "ель 2", "зал", "и", "Й", "йод", "Яков", "Łódź", "Radek"],
    "en": ["8", "“Élan”", "elm", "Eve", "La Follette", "Lafayette", "lodge", "Łódź", "Zola", "zone", "Ежов"],
    "de": ["Aal", "ahnen", "Ähre", "Öl", "Öse", "Ost", "Strasse", "Straße", "Strauß", "Zoll"],
}


@pytest.mark.parametrize("language", SORTED)
def test_words_stand_where_readers_look_for_them(language):
    by_code_point = sorted(SORTED[language])
    assert by_code_point != SORTED[language]
    assert sorted(by_code_point, key=lambda words: alphabet.sort_key(words, language)) == SORTED[language]


def test_people_are_sorted_by_surname_in_every_language():
    la_follette = Text(en="Suzanne La Follette", ru="Сюзанна Ла Фоллет")
    hrasche = Text(en="Ivan Hrasche", ru="Иван Иосифович Граше (Hrasche)")
    stein = Text(en="Stein", ru="Штейн")
    for name, sort_name, language, surname_first in (
        (la_follette, "La Follette, Suzanne", "en", "La Follette Suzanne"),
        (la_follette, "La Follette, Suzanne", "ru", "Ла Фоллет Сюзанна"),
        (hrasche, "Hrasche, Ivan", "ru", "Граше Иван Иосифович"),
        (stein, "Stein", "ru", "Штейн"),
        (Text(en="Karl Radek"), "Radek, Karl", "ru", "Radek Karl"),
        (Text(en="Radek"), "Radek, Karl Bernhard von, the Elder", "en", "Radek"),
    ):
        assert alphabet.name_key(name, sort_name, language) == alphabet.sort_key(surname_first, language)


@pytest.fixture
def both(settings, db):
    """A museum in English and Russian, with names and words that stand elsewhere in each."""
    settings.LANGUAGES = [("en", "English"), ("ru", "Russian")]
    content = cases.small_content(languages=["en", "ru"])
    words = {"Alps": "ящик", "Ball": "Ёлка", "Crow": "еда"}
    content["terms"] = [
        {"key": en.lower(), "term": {"en": en, "ru": ru}, "definition": {"en": "A word."}} for en, ru in words.items()
    ]
    for person, name in zip(content["people"], ("Георгий Юров", "Карл Ёлкин", "Василий Ульрих"), strict=True):
        person["name"]["ru"] = name
    content["timeline"][0]["people"] = ["pyatakov", "radek", "ulrikh"]
    for source, label in zip(content["sources"], ("Ящик", "Ёлка"), strict=True):
        source["kind"] = "testimony"
        source["label"]["ru"] = label
    publish.publish(cases.load(content), "First.")


@pytest.mark.parametrize(
    "name, records, order",
    [
        ("glossary", ["term-alps", "term-ball", "term-crow"], {"en": [0, 1, 2], "ru": [2, 1, 0]}),
        ("sources", ["source-record", "source-memoir"], {"en": [1, 0], "ru": [1, 0]}),
        ("timeline", ["pyatakov", "radek", "ulrikh"], {"en": [0, 1, 2], "ru": [1, 2, 0]}),
    ],
)
def test_pages_are_sorted_by_the_words_that_stand_there(both, client, name, records, order):
    for language, places in order.items():
        with translation.override(language):
            page = Page(client.get(links.exhibit_path("small", language) + f"{name}/").content.decode())
        values = page.ids + [option["value"] for option in page.all("option")]
        assert [value for value in values if value in records] == [records[place] for place in places]
