"""A document of every shape that was ever released: it renders, compares, and can be loaded."""

import json

import pytest

from tests import cases
from trials.editions import document as documents
from trials.editions.compare import compare
from trials.editions.restore import restore
from trials.editions.upgrade import SHAPE, upgrade

SAMPLES = sorted((cases.BASE / "tests" / "shapes").glob("*.json"), key=lambda path: int(path.stem))


def test_what_sources_said_in_the_first_shape_is_their_text_in_the_main_language():
    first = json.loads((cases.BASE / "tests" / "shapes" / "1.json").read_bytes())
    record, memoir = documents.make(upgrade(first)).sources
    assert (record.label, record.reference) == ({"en": "Court report 1937"}, {"en": "Report of Court Proceedings."})
    assert (memoir.reference_language("en"), record.reference_language("en")) == ("ru", "en")
    for label in ("", " "):
        memoir_without_name = {**first, "sources": [first["sources"][0], {**first["sources"][1], "label": label}]}
        assert documents.recall(cases.as_bytes(memoir_without_name)).sources[1].label == {}
        with pytest.raises(documents.DocumentError, match="missing in the main language"):
            documents.loads(cases.as_bytes(memoir_without_name))


@pytest.mark.parametrize("sources", [None, 1, "x", [1, None], [{"label": 2}], {"label": "x"}])
@pytest.mark.parametrize("languages", [None, [], [1], "en", ["en"]])
def test_nonsense_of_the_first_shape_is_refused_with_its_faults(sources, languages):
    content = cases.small_content(shape=1, sources=sources, languages=languages)
    with pytest.raises(documents.DocumentError):
        documents.loads(cases.as_bytes(content))


def test_there_is_a_sample_of_every_shape():
    assert [path.stem for path in SAMPLES] == [str(shape) for shape in range(1, SHAPE + 1)]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"shape {path.stem}")
def test_a_document_of_this_shape_renders_compares_and_can_be_loaded(db, client, path):
    document = documents.loads(path.read_bytes())
    cases.show(document, "First.")
    for page in ("", "people/pyatakov/", "timeline/", "disputes/", "editions/"):
        assert client.get(f"/exhibits/small/{page}").status_code == 200
    assert not compare(document, documents.recall(path.read_bytes()))
    document = document.model_copy(update={"slug": "again"})
    assert restore(document).people.count() == len(document.people)
