"""How a working copy stands: whether visitors see all of it, and what stands in the way of a publication.

To find out, a document is built and looked through, which takes a moment. So the answer is remembered for as long as
nothing is saved, which the versions of the records tell.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import CharField, Count, DecimalField, F, Max, Sum, Value

from ..models import Edition, Exhibit
from . import document as documents
from .build import RECORDS, build
from .display import document_of
from .readiness import BLOCKS, readiness


@dataclass(frozen=True)
class State:
    """A working copy as it was looked at: the digest of its document ('' where it is not whole), and findings."""

    digest: str
    blocks: int
    advises: int


# For each exhibit the mark of what was looked at, and what was found.
_remembered: dict[int, tuple[str, State]] = {}


def marks(exhibits: Iterable[Exhibit]) -> dict[int, str]:
    """For each of ``exhibits`` what changes whenever one of its records is saved, added or deleted. One query."""
    pks, rows = [exhibit.pk for exhibit in exhibits], {}
    records = (_marks_of(model, model.exhibit_path(), pks) for model in RECORDS)
    for exhibit, *mark in _marks_of(Exhibit, "pk", pks).union(*records, all=True):
        rows.setdefault(exhibit, []).append(":".join(map(str, mark)))
    return {exhibit: " ".join(sorted(found)) for exhibit, found in rows.items()}


def _marks_of(model, path, exhibits):
    """For each of ``exhibits``: the model, how many rows it has, the newest, and how often they were saved."""
    label = Value(model._meta.model_name, CharField())
    rows = model.objects.filter(**{f"{path}__in": exhibits}).order_by().values_list(path, label)
    saves = Sum(F("pk") * F("version"), output_field=DecimalField())
    return rows.annotate(rows=Count("pk"), newest=Max("pk"), versions=Sum("version"), saves=saves)


def remembered(exhibit: int, mark: str) -> State | None:
    """The state of an exhibit, if it was looked at since the last change."""
    kept = _remembered.get(exhibit)
    return kept[1] if kept and kept[0] == mark else None


def state_of(exhibit: Exhibit, mark: str) -> State:
    """The state of an exhibit’s working copy, which ``mark`` is of."""
    state = remembered(exhibit.pk, mark)
    if state is None:
        state = _look_at(exhibit)
        _remembered[exhibit.pk] = mark, state
    return state


def _look_at(exhibit) -> State:
    try:
        document = build(exhibit)
    except documents.DocumentError as error:
        return State("", len(error.faults), 0)
    findings = readiness(document)
    advises = sum(finding.severity != BLOCKS for finding in findings)
    # That it is for practice is nothing to mend.
    blocks = len(findings) - advises - document.practice
    return State(documents.digest_of(documents.dumps(document)), blocks, advises)


def is_same(state: State, edition: Edition) -> bool:
    """Whether the working copy says what ``edition`` does, also where that was written in an older shape."""
    if state.digest == edition.digest or edition.shape == documents.SHAPE:
        return state.digest == edition.digest
    try:
        return state.digest == _digest_today(edition.pk, edition.digest)
    except documents.EditionUnreadable:
        return False


@lru_cache(maxsize=64)
def _digest_today(edition: int, digest: str) -> str:
    """The digest that an edition’s document would have in today’s shape. Raises `EditionUnreadable`."""
    return documents.digest_of(documents.dumps(document_of(edition, digest)))


def forget():
    """Look again at the next question: for tests."""
    _remembered.clear()
