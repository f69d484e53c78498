"""What changes for visitors from one document to another: records, fields, words."""

import copy
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import cases
from trials.editions import upgrade
from trials.editions.compare import ADDED, REMOVED, SAME, Operation, compare, marked
from trials.editions.document import loads

PICTURE = {"key": "hall", "sha256": "a" * 64, "extension": "jpg", "width": 640, "height": 480, "alt": {"en": "A hall"}}


def content(**changes):
    """The small exhibit with a picture."""
    return cases.small_content(images=[copy.deepcopy(PICTURE)], **changes)


def changed(change, before=None):
    """What ``change``, a function that alters the content in place, changes."""
    after = content()
    change(after)
    return compare(cases.document(before or content()), cases.document(after))


def record(comparison, part, key):
    """The one change of a record."""
    (found,) = [change for change in comparison if (change.part, change.key) == (part, key)]
    return found


def only(comparison):
    """The one field that changed."""
    (change,) = comparison
    (field,) = change.fields
    return field


def person(content, key):
    return next(person for person in content["people"] if person["key"] == key)


def test_the_same_document_has_no_changes():
    comparison = changed(lambda content: None)
    assert not comparison and len(comparison) == 0
    assert comparison.summary() == "nothing changed"


def test_a_first_edition_adds_everything():
    document = cases.document(content())
    comparison = compare(None, document)
    assert {change.operation for change in comparison} == {Operation.ADDED}
    assert len(comparison) == 1 + sum(len(records) for records in document.records.values())
    assert comparison.parts[0][0] == "exhibit"


def test_records_are_added_removed_changed_and_moved():
    def change(content):
        content["terms"] = []
        content["places"].append({"key": "prison", "name": {"en": "Lubyanka"}})
        content["charges"][0]["article"] = "58-8"
        content["sources"].reverse()

    comparison = changed(change)
    assert comparison.summary() == "1 changed, 1 added, 1 removed, 1 moved"
    assert [(c.operation, c.part, c.title) for c in comparison] == [
        ("changed", "charges", "Treason"),
        ("added", "places", "Lubyanka"),
        ("moved", "sources", "A memoir"),
        ("removed", "terms", "Show trial"),
    ]
    assert [label for label, _changes in comparison.parts] == ["charges", "places", "sources", "terms"]


def test_as_few_records_as_can_be_are_said_to_have_moved():
    def change(content):
        content["sources"] = [{**content["sources"][0], "key": f"source-{n}"} for n in order]
        content["key_points"], content["sections"], content["disputes"], content["terms"] = [], [], [], []
        content["people"], content["timeline"] = [], []

    before, order = content(), [0, 1, 2, 3, 4, 5]
    change(before)
    order = [4, 0, 1, 2, 3, 5]
    comparison = changed(change, before)
    assert [(c.operation, c.key) for c in comparison] == [("moved", "source-4")]


def test_a_text_is_marked_word_by_word_in_its_language():
    field = only(changed(lambda content: content["lede"].update(en="Three accused, *one* source.")))
    assert (field.label, field.language) == ("opening", "en")
    assert field.pieces == ((REMOVED, "Two "), (ADDED, "Three "), (SAME, "accused, *one* source."))


def test_a_language_that_is_added_is_a_text_of_its_own():
    field = only(changed(lambda content: content["lede"].update(ru="Двое обвиняемых.")))
    assert (field.language, field.pieces) == ("ru", ((ADDED, "Двое обвиняемых."),))


@pytest.mark.parametrize(
    ("change", "label", "gone", "come"),
    [
        (lambda p: p["facts"][0].update(date="1937-02"), "facts, 1: date", "probably 1 February 1937", "February 1937"),
        (lambda p: p["facts"][0].update(standing="disputed"), "facts, 1: standing", "Documented", "Disputed"),
        (lambda p: p["facts"][0].update(place="house"), "facts, 1: place", None, "House of the Unions"),
        (lambda p: p["facts"][0]["citations"].clear(), "facts, 1: citations", "Court report 1937, p. 1", None),
        (lambda p: p["defendant"].update(plea="none"), "defendant: plea", "Guilty", "None recorded"),
        (lambda p: p["defendant"].update(counsel="ulrikh"), "defendant: counsel", None, "Vasily Ulrikh"),
        (lambda p: p["defendant"].update(charges=[]), "defendant: charges", "Treason", None),
        (lambda p: p["names"][0].update(language=""), "spellings of the name, 1: language", "ru", None),
        (
            lambda p: p["facts"][0]["readings"][0].update(date="1937-01-30?"),
            "facts, 1: other readings, 1: date",
            "30 January 1937",
            "probably 30 January 1937",
        ),
        (
            lambda p: p["facts"][0]["citations"][0].update(contradicts=True, note={"en": "A misprint."}),
            "facts, 1: citations",
            "Court report 1937, p. 1",
            "Court report 1937, p. 1 (contradicts): A misprint.",
        ),
    ],
)
def test_a_value_is_said_as_people_read_it(change, label, gone, come):
    field = only(changed(lambda content: change(person(content, "pyatakov"))))
    assert field.label == label
    pieces = [(operation, words) for operation, words in ((REMOVED, gone), (ADDED, come)) if words]
    assert list(field.pieces) == pieces


def test_dates_that_read_alike_are_told_apart():
    def change(content, date):
        person(content, "pyatakov")["facts"][0]["date"] = date

    before = content()
    change(before, "1937")
    field = only(changed(lambda content: change(content, "1937-XX"), before))
    assert field.pieces == ((REMOVED, "1937"), (ADDED, "1937-XX"))


def test_records_of_one_title_are_told_apart_by_their_keys():
    def change(content, key):
        content["charges"].append({**content["charges"][0], "key": "treason-again"})
        person(content, "radek")["defendant"]["charges"] = [key]

    before = content()
    change(before, "treason")
    field = only(changed(lambda content: change(content, "treason-again"), before))
    assert field.pieces == ((REMOVED, "treason"), (ADDED, "treason-again"))


def test_a_flag_is_yes_or_no():
    field = only(changed(lambda content: content.update(practice=True)))
    assert (field.label, field.pieces) == ("practice exhibit", ((REMOVED, "no"), (ADDED, "yes")))


def test_a_fact_that_is_put_before_others_leaves_them_as_they_were():
    fact = {"kind": "birth", "date": "1890-08-06", "words": {"en": "Born near Kyiv."}}
    change = record(changed(lambda c: person(c, "pyatakov")["facts"].insert(0, fact)), "people", "pyatakov")
    assert {field.label: field.pieces for field in change.fields} == {
        "facts, 1: date": ((ADDED, "6 August 1890"),),
        "facts, 1: kind": ((ADDED, "Birth"),),
        "facts, 1: statement": ((ADDED, "Born near Kyiv."),),
    }


def test_a_fact_that_is_removed_is_said_with_its_place_before():
    change = record(changed(lambda c: person(c, "pyatakov")["facts"].clear()), "people", "pyatakov")
    assert all(field.label.startswith("facts, 1") for field in change.fields)
    assert {operation for field in change.fields for operation, _words in field.pieces} == {REMOVED}
    assert ("facts, 1: statement", ((REMOVED, "Shot in Moscow."),)) in [(f.label, f.pieces) for f in change.fields]


def test_facts_that_change_places_are_moved():
    def two(content):
        facts = person(content, "pyatakov")["facts"]
        facts.insert(0, {"kind": "birth", "date": "1890", "words": {"en": "Born."}})
        return facts

    before = content()
    two(before)
    field = only(changed(lambda content: two(content).reverse(), before))
    assert field.pieces == ((REMOVED, "position 2"), (ADDED, "position 1"))


def test_somebody_who_is_no_longer_accused_is_shown_so():
    change = record(changed(lambda content: person(content, "radek").pop("defendant")), "people", "radek")
    assert ("defendant: years", ((REMOVED, "10"),)) in [(field.label, field.pieces) for field in change.fields]


def test_a_record_of_a_former_key_is_the_same_record():
    def rename(content):
        person(content, "radek").update(key="karl-radek", former_keys=["sobelsohn", "radek"])
        person(content, "ulrikh")["connections"][0]["to"] = "karl-radek"
        content["timeline"][0]["people"][0] = "karl-radek"
        content["sections"][0]["body"]["en"] = content["sections"][0]["body"]["en"].replace(":radek", ":karl-radek")

    comparison = changed(rename)
    assert [(change.operation, change.key) for change in comparison] == [("changed", "karl-radek")]
    assert {field.label for field in comparison.records[0].fields} == {"key", "former keys"}
    back = compare(comparison.after, comparison.before)
    assert [(change.operation, change.key) for change in back] == [("changed", "radek")]


def test_what_changed_beside_a_new_key_is_still_said():
    def rename(content):
        person(content, "radek").update(key="karl-radek", former_keys=["sobelsohn", "radek"])
        person(content, "ulrikh")["connections"] = []
        content["timeline"][0]["people"] = ["pyatakov", "karl-radek"]
        content["sections"][0]["body"]["en"] = "Nothing."
        content["images"][0]["sha256"] = "b" * 64

    comparison = changed(rename)
    assert {change.key for change in comparison} == {"karl-radek", "ulrikh", "first-day", "what", "hall"}


def test_an_image_is_shown_on_both_sides():
    field = only(changed(lambda content: content["images"][0].update(sha256="b" * 64, width=800)))
    assert [image.sha256[0] for image in field.images] == ["a", "b"]
    assert (field.label, field.pieces[0]) == ("picture", (REMOVED, "640 × 480 pixels, JPEG"))


def test_another_image_in_a_place_is_shown_on_both_sides():
    def change(content):
        content["images"].append({**PICTURE, "key": "gate", "sha256": "c" * 64})
        content["sections"][0]["image"] = "gate"

    before = content()
    before["sections"][0]["image"] = "hall"
    (field,) = record(changed(change, before), "sections", "what").fields
    assert [image.key for image in field.images] == ["hall", "gate"]
    assert field.pieces == ((REMOVED, "hall"), (ADDED, "gate"))  # their titles are the same


def test_the_public_list_holds_no_words():
    comparison = changed(lambda content: content["terms"].clear())
    (change,) = comparison.changed_records()
    assert (change.operation, change.part, change.key) == ("removed", "terms", "show-trial")
    assert "Show trial" not in repr(change) and "staged" not in repr(change)


def test_documents_of_two_shapes_are_compared_in_the_shape_of_today(monkeypatch):
    older = content()
    older["shape"], older["heading"] = upgrade.SHAPE - 1, older.pop("title")
    step = lambda old: {**{k: v for k, v in old.items() if k != "heading"}, "title": old["heading"]}  # noqa: E731
    monkeypatch.setitem(upgrade.STEPS, upgrade.SHAPE - 1, step)
    before, after = loads(cases.as_bytes(older)), loads(cases.as_bytes(content(title={"en": "A new title"})))
    assert only(compare(before, after)).label == "title"


def _every_place(value, place=()):
    """The ways to every value in plain JSON."""
    yield place
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, below in entries:
        yield from _every_place(below, (*place, name))


def _without(value, place):
    here = copy.deepcopy(value)
    owner = here
    for step in place[:-1]:
        owner = owner[step]
    del owner[place[-1]]
    return here


def test_nothing_that_differs_is_overlooked():
    """Whatever is taken away from a document, if what is left is one, the comparison and its fields say so."""
    before, tried = cases.document(content()), 0
    for place in _every_place(content()):
        if place and place != ("shape",):
            try:
                after = cases.document(_without(content(), place))
            except ValueError:
                continue
            if after == before:  # it was the default
                continue
            tried += 1
            for comparison in (compare(before, after), compare(after, before)):
                assert comparison, place
                for change in comparison:
                    assert change.operation == "moved" or change.fields, place
                    assert all(field.label and field.pieces for field in change.fields), place
    assert tried > 80


words = st.lists(st.sampled_from(["one", "two", "Москва", ".", " ", "\n\n", "  "]), max_size=30).map("".join)


@given(words, words)
def test_marked_words_are_both_texts_again(before, after):
    pieces = marked(before, after)
    assert "".join(text for operation, text in pieces if operation != ADDED) == before
    assert "".join(text for operation, text in pieces if operation != REMOVED) == after
    assert all(text for _operation, text in pieces)
    assert before != after or {operation for operation, _text in pieces} <= {SAME}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([chr(0x4E00 + n) for n in range(10_000)], [chr(0x4E00 + n + n % 2 * 10_000) for n in range(10_000)]),
        (["a b"] * 5000, ["b a"] * 5000),
        ([f"w{n % 97}" for n in range(6000)], [f"w{n * 7 % 97}" for n in range(6000)]),
    ],
    ids=["every second word", "two words for ever", "a hundred words, shuffled"],
)
def test_the_longest_texts_are_compared_in_a_moment(before, after):
    before, after = " ".join(before)[:20_000], " ".join(after)[:20_000]
    began = time.process_time()
    pieces = marked(before, after)
    assert time.process_time() - began < 1.5
    assert "".join(text for operation, text in pieces if operation != ADDED) == before


def test_the_largest_exhibit_is_compared_in_well_under_a_second():
    large = cases.large_content(300, 3000)
    before = cases.document(large)
    large["timeline"][1500]["words"] = {"en": "Changed."}
    large["timeline"].insert(0, large["timeline"].pop(2000))
    after = cases.document(large)
    began = time.process_time()
    comparison = compare(before, after)
    assert time.process_time() - began < 0.5
    assert comparison.summary() == "1 changed, 1 moved"


def test_the_shipped_exhibit_is_told_whole():
    document = loads(cases.SHIPPED.read_bytes())
    fields = [field for change in compare(None, document) for field in change.fields]
    assert all(field.label and field.pieces for field in fields)
