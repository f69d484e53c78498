"""From a document to the working copy.

Rows are matched by key, and parts of a record by their position, so that a record that does not change
keeps its row and its version, and a curator who has it open loses nothing.
"""

from collections import defaultdict
from itertools import zip_longest

from django.db import transaction
from django.db.models import ForeignKey, ManyToManyField
from django.db.models.fields.reverse_related import ForeignObjectRel

from .. import models
from ..models.base import ExhibitRecord
from . import document as shapes

# Each may point to those before it.
PARTS_IN_ORDER = (
    "images",
    "sources",
    "places",
    "people",
    "charges",
    "timeline",
    "terms",
    "disputes",
    "sections",
    "key_points",
)


@transaction.atomic
def restore(document: shapes.Document, exhibit: models.Exhibit | None = None) -> models.Exhibit:
    """Make the working copy of ``exhibit`` (default: a new one) what ``document`` says. All or nothing.

    Raises `Conflict` where a record was changed by somebody else meanwhile.
    """
    exhibit = exhibit or models.Exhibit()
    keys = {}
    if _assign(exhibit, document, keys) or not exhibit.pk:
        exhibit.save()
    below, gone = [], []
    for part in PARTS_IN_ORDER:
        relation = models.Exhibit._meta.get_field(part)
        rows, left = _write_records(relation, exhibit, getattr(document, part), keys)
        below += rows
        gone.append(relation.related_model.objects.filter(pk__in=[row.pk for row in left]))
    _write_below(below, exhibit, keys)
    for rows in reversed(gone):
        rows.delete()  # all at once, since those that go may point to each other
    return exhibit


def _write_records(relation, exhibit, items, keys):
    """Rows for the keyed ``items`` of one part: pairs of row and item, and the rows that are no longer wanted."""
    model = relation.related_model
    present = {row.key: row for row in model.objects.of(exhibit)}
    pairs = []
    for item in items:
        known = [key for key in (item.key, *getattr(item, "former_keys", ())) if key in present]
        pairs.append((present.pop(known[0]) if known else model(exhibit=exhibit), item))
    _write(pairs, keys)
    keys.update({(model, row.key): row.pk for row, _item in pairs})
    return pairs, list(present.values())


def _write_below(pairs, exhibit, keys):
    """Rows for what belongs to the records in ``pairs``, level by level."""
    while pairs:
        owners = defaultdict(list)
        for row, item in pairs:
            for name in type(item).model_fields:
                field = row._meta.get_field(name)
                if isinstance(field, ForeignObjectRel):
                    value = getattr(item, name)
                    owners[field].append((row, value if isinstance(value, list) else [value] if value else []))
        pairs = [pair for field, group in owners.items() for pair in _write_parts(field, group, exhibit, keys)]


def _write_parts(relation, owners, exhibit, keys):
    """Rows for the parts that stand under ``relation`` of each owner: pairs of row and item."""
    model, name = relation.related_model, relation.field.name
    present = defaultdict(list)
    for row in model.objects.of(exhibit).filter(**{f"{name}__isnull": False}).order_by("order", "pk"):
        present[getattr(row, f"{name}_id")].append(row)
    pairs, gone = [], []
    for owner, items in owners:
        for row, item in zip_longest(present[owner.pk], items):
            if item is None:
                gone.append(row)
            else:
                row = row or model(**{name: owner})
                setattr(row, name, owner)
                pairs.append((row, item))
    for row in gone:
        row.delete()
    _write(pairs, keys)
    return pairs


def _write(pairs, keys):
    """Save what is new or changed among ``pairs`` of row and item, which stand in their order, and their links."""
    position, new = defaultdict(int), []
    for row, item in pairs:
        owner = _owner(row)
        position[owner] += 1
        changed = _assign(row, item, keys)
        if row.order != position[owner]:
            row.order, changed = position[owner], True
        if not row.pk:
            new.append(row)
        elif changed:
            row.save()
    for row in new:
        row.prepare()
    if new:
        type(new[0])._base_manager.bulk_create(new, batch_size=500)
    created = {row.pk for row in new}
    for row in _write_links(pairs, keys):
        if row.pk not in created:
            row.save()  # so that whoever has it open with the old links cannot write over the new ones


def _owner(row):
    return row.exhibit_id if isinstance(row, ExhibitRecord) else row.owner.pk


def _assign(row, item, keys) -> bool:
    """Give ``row`` the plain values and the keys of ``item``; whether anything changed."""
    changed = False
    for name in type(item).model_fields:
        if name == "shape":
            continue
        field = row._meta.get_field(name)
        if isinstance(field, ForeignObjectRel | ManyToManyField):
            continue
        value = getattr(item, name)
        if isinstance(field, ForeignKey):
            name, value = field.attname, value and keys[field.related_model, value]
        if getattr(row, name) != value:
            setattr(row, name, value)
            changed = True
    return changed


def _write_links(pairs, keys):
    """The many-to-many links of ``pairs``, in the order in which the document lists them; the rows that changed."""
    wanted = defaultdict(list)
    for row, item in pairs:
        for field in row._meta.many_to_many:
            wanted[field].append((row, [keys[field.related_model, key] for key in getattr(item, field.name)]))
    return {row for field, links in wanted.items() for row in write_links(field, links)}


def write_links(field, wanted) -> list:
    """The links of one field: pairs of a row and the primary keys it is to be linked to; the rows that changed."""
    through, here, there = field.remote_field.through, field.m2m_column_name(), field.m2m_reverse_name()
    present = defaultdict(list)
    rows = [row.pk for row, _targets in wanted]
    for row, target in through._base_manager.filter(**{f"{here}__in": rows}).order_by("pk").values_list(here, there):
        present[row].append(target)
    changed = [(row, targets) for row, targets in wanted if present[row.pk] != targets]
    through._base_manager.filter(**{f"{here}__in": [row.pk for row, _targets in changed]}).delete()
    through._base_manager.bulk_create(
        through(**{here: row.pk, there: target}) for row, targets in changed for target in targets
    )
    return [row for row, _targets in changed]
