"""A document of every shape that was ever released: it renders, compares, and can be loaded."""

import pytest

from tests import cases
from trials.editions import document as documents
from trials.editions.compare import compare
from trials.editions.restore import restore
from trials.editions.upgrade import SHAPE

SAMPLES = sorted((cases.BASE / "tests" / "shapes").glob("*.json"), key=lambda path: int(path.stem))


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
