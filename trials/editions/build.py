"""From the working copy to a document."""

from collections import defaultdict
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.models import ForeignKey, ManyToManyField
from django.db.models.fields.reverse_related import ForeignObjectRel, OneToOneRel

from .. import models
from ..models.base import ExhibitRecord, Part
from . import document as shapes

EXHIBIT_RECORDS = [
    model for model in vars(models).values() if isinstance(model, type) and issubclass(model, ExhibitRecord)
]
PARTS = [model for model in vars(models).values() if isinstance(model, type) and issubclass(model, Part)]
RECORDS = [*EXHIBIT_RECORDS, *PARTS, models.Citation]


def build(exhibit: models.Exhibit) -> shapes.Document:
    """The exhibit's working copy as a document. A fixed number of queries, whatever its size.

    Raises `DocumentError` where the working copy is not whole.
    """
    with one_moment():
        exhibit = models.Exhibit.objects.get(pk=exhibit.pk)
        return shapes.make(_content(exhibit, shapes.Document, _Rows(exhibit)))


@contextmanager
def one_moment():
    """A transaction in which every query sees the database as it was at one moment, never half of a save.

    SQLite does so by itself. Inside another transaction, PostgreSQL goes on as that one began.
    """
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


class _Rows:
    """Every row of an exhibit, read once: rows by what they belong to, keys by row, links by field and row."""

    def __init__(self, exhibit):
        self.children = defaultdict(list)
        self.keys = {}
        self.links = defaultdict(list)
        for model in RECORDS:
            for row in model.objects.of(exhibit).order_by("order", "pk"):
                self._take(model, row)
            for field in model._meta.many_to_many:
                self._take_links(field, exhibit)

    def _take(self, model, row):
        for field in model._meta.fields:
            if isinstance(field, ForeignKey):
                self.children[field.remote_field, getattr(row, field.attname)].append(row)
        if isinstance(row, ExhibitRecord):
            self.keys[model, row.pk] = row.key

    def _take_links(self, field, exhibit):
        """Links in the order in which they were made: the order in which a curator or a file gave them."""
        path = f"{field.m2m_field_name()}__{field.model.exhibit_path()}"
        through = field.remote_field.through._base_manager.filter(**{path: exhibit}).order_by("pk")
        ends = f"{field.m2m_field_name()}_id", f"{field.m2m_reverse_field_name()}_id"
        for row, target in through.values_list(*ends):
            self.links[field, row].append(target)


def _content(row, shape, rows: _Rows) -> dict:
    return {name: _value(row, name, rows) for name in shape.model_fields if name != "shape"}


def _value(row, name: str, rows: _Rows):
    field = row._meta.get_field(name)
    if isinstance(field, ManyToManyField):
        return [rows.keys[field.related_model, target] for target in rows.links[field, row.pk]]
    if isinstance(field, ForeignKey):
        target = getattr(row, field.attname)
        return target and rows.keys[field.related_model, target]
    if isinstance(field, ForeignObjectRel):
        shape = getattr(shapes, field.related_model.__name__)
        below = [_content(child, shape, rows) for child in rows.children[field, row.pk]]
        return (below[0] if below else None) if isinstance(field, OneToOneRel) else below
    return getattr(row, name)
