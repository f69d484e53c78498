"""The shipped exhibit in Russian: whole, saying what the English says, in Russian type."""

import json
import re
from collections import Counter

import pytest

from tests import cases
from trials import prose
from trials.editions.document import dumps, loads, texts_in
from trials.languages import Status, digest_of, split_by_script

CITATION = re.compile(r"\[@[^\]]*\]")
LINK = re.compile(r"\]\(([a-z]+:[^)]+)\)")
# What stays in Latin letters: names of works, forms of a name that are themselves spoken of, Roman numerals.
LATIN = re.compile(r"[A-Za-zÀ-ž][A-Za-zÀ-ž’'.-]*")
ALLOWED = set(
    """
    Trotskyist Trotskyite Not Guilty XV Kynazev Ratanchak Nushin Y D E I Y.D E.E Hrasche Hraše Grashe EBSCO
    """.split()
)
# Names in the description of a source: of works, of those who publish, as a work spells its subject.
NAMED = """
Alexander Iwanowitsch Muralow | Auckland Star | Hall of Death | El Universal | Los Angeles Times |
Kremlin Clears 4 More Stalin Purge Victims | Munzinger | Rosa-Luxemburg-Stiftung | Patenaude, Bertrand M |
Stalin’s Nemesis | Trotsky: Downfall of a Revolutionary | Press | Thirteen Death Sentences | RFE/RL | Russian Life |
Sokolnikov | Socialist Appeal | swbkka | Taranaki Central Press | TIME | Red Square Deal | UPI |
Court cleans record on 33 disgraced Bolsheviks
"""
NAMES = {" ".join(name.split()) for name in NAMED.split("|")}


@pytest.fixture(scope="module")
def texts():
    """Every text of the exhibit."""
    return [text for text in texts_in(cases.shipped_document()) if text]


@pytest.fixture(scope="module")
def own_texts(texts):
    """Every text but the references of sources: a title stays as it is."""
    references = [source.reference for source in cases.shipped_document().sources]
    return [text for text in texts if not any(text is reference for reference in references)]


def words_of(text):
    """The Russian words that a visitor reads."""
    return prose.to_plain(text["ru"])


def test_every_text_is_translated_from_the_english_as_it_is(texts):
    assert len(texts) > 1300
    assert [text["en"][:60] for text in texts if text.status("ru") in (Status.MISSING, Status.STALE)] == []
    assert all(text["ru.of"] == digest_of(text["en"]) for text in texts)


def test_until_somebody_reviews_it_no_translation_says_that_it_is_reviewed(texts):
    assert [text for text in texts if text.status("ru") == Status.REVIEWED] == []


@pytest.mark.parametrize("mark", [CITATION, LINK])
def test_the_same_sources_and_links_stand_in_both_languages(texts, mark):
    differing = [
        text["en"][:80] for text in texts if Counter(mark.findall(text["en"])) != Counter(mark.findall(text["ru"]))
    ]
    assert differing == []


def test_both_languages_have_the_same_paragraphs_and_headings(texts):
    def shape(words):
        return [block[: block.index(" ")] if block.startswith("#") else "" for block in re.split(r"\n\s*\n", words)]

    assert [text["en"][:80] for text in texts if shape(text["en"]) != shape(text["ru"])] == []


def test_it_is_set_in_russian_type(texts):
    texts = [text for text in texts if text["ru"] != text["en"]]
    wrong = re.compile(r"""["“”]|(?<!\w)'|\s-\s| – (?=[а-яё])|\.\.\.|[а-яё]—""")
    inner = re.compile("„[^„“]*“")
    assert [text["ru"][:80] for text in texts if wrong.search(inner.sub("", words_of(text)))] == []
    # No line begins with a dash: the space before it does not break.
    assert [text["ru"][:80] for text in texts if re.search(r"\S[ ]—", text["ru"])] == []
    unbalanced = [text["ru"][:80] for text in texts if text["ru"].count("«") != text["ru"].count("»")]
    assert unbalanced == []


def test_no_english_word_is_left_but_those_that_are_spoken_of(own_texts):
    found = {word.rstrip(".’'-") for text in own_texts for word in LATIN.findall(words_of(text))}
    assert found - ALLOWED == set()


def test_a_source_is_described_in_russian_and_only_a_title_is_left_as_it_is():
    sources = cases.shipped_document().sources
    described = [source.reference["ru"] for source in sources if source.reference["ru"] != source.reference["en"]]
    assert len(described) > 60
    assert {name for words in described for name in split_by_script(words, "ru")[1::2]} == NAMES
    named = [source for source in sources if source.reference_language("ru") != "ru"]
    assert all(source.reference["ru"] == source.reference["en"] for source in named)
    assert {source.reference_language("ru") for source in named} == {"en", "de", "fr"}


def test_numbers_are_the_same(texts):
    """Years of four digits: no date was lost or invented."""
    year = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
    differing = [
        (text["en"][:60], set(year.findall(text["en"])) ^ set(year.findall(text["ru"])))
        for text in texts
        if not set(year.findall(text["en"])) <= set(year.findall(text["ru"]))
    ]
    assert differing == []


def test_the_people_have_their_russian_names():
    document = cases.shipped_document()
    for person in document.people:
        surname = person.sort_name.partition(",")[0]
        assert re.search("[а-яё]", person.name["ru"]), surname
        original = next((name.spelling for name in person.names if name.language == "ru"), None)
        if original:
            assert original.split()[0].rstrip(",") in person.name["ru"].replace("\xa0", " "), person.key


def test_the_document_reads_and_writes_both_languages_byte_for_byte():
    content = cases.SHIPPED.read_bytes()
    assert dumps(loads(content)) == content
    assert json.loads(content)["languages"] == ["en", "ru"]
