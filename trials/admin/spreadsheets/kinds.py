"""Which records go out and come in as spreadsheets, and how each of them is known again."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from django.db.models import ForeignKey, JSONField, ManyToManyField
from django.db.models.fields.reverse_related import ForeignObjectRel

from ...editions import document
from ...languages import TranslatedField, language_codes
from ...models import Citation, Defendant, Exhibit, Fact, Name, Person, Source, TimelineEntry
from .columns import CitationsColumn, Column, Entry, Keyed, LinkColumn, LinksColumn, NamesColumn, TextColumn

PART_COLUMNS = {Name: NamesColumn, Citation: CitationsColumn}


@dataclass(frozen=True)
class Kind:
    """A kind of record: ``match`` is the field by which a row's record is found, ``ordering`` that of the rows.

    ``first`` and ``last`` are fields that its document does not have by these names.
    """

    model: type
    match: str
    ordering: tuple[str, ...]
    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ("order",)
    # A field in which no two records say the same.
    distinct: str = ""

    @property
    def columns(self) -> list[Column]:
        """All columns, in the order of the document."""
        return _columns_of(self, tuple(language_codes()))

    def columns_for(self, user) -> list[Column]:
        """The columns that a curator may see."""
        return [column for column in self.columns if _may_see(user, column)]

    def entries(self, keyed: Keyed) -> list[Entry]:
        """Every record of the exhibit with its links and parts. A fixed number of queries."""
        rows = self.model.objects.of(keyed.exhibit).order_by(*self.ordering, "pk")
        links = {field.name: _links(field, keyed) for field in self.model._meta.many_to_many}
        parts = {column.name: _parts(column, keyed) for column in self.columns if hasattr(column, "relation")}
        return [
            Entry(
                _with_targets(row, keyed),
                {name: found[row.pk] for name, found in links.items()},
                {name: _owned(found[row.pk], row, self._relation(name)) for name, found in parts.items()},
            )
            for row in rows
        ]

    def new(self, keyed: Keyed) -> Entry:
        """A record that is not there yet."""
        record = self.model()
        if hasattr(self.model, "exhibit_id"):
            record.exhibit = keyed.exhibit
        parts = {column.name: [] for column in self.columns if hasattr(column, "relation")}
        return Entry(record, {field.name: [] for field in self.model._meta.many_to_many}, parts)

    def name_of(self, entry: Entry) -> str:
        """What a row's record is known by."""
        return next(column for column in self.columns if column.name == self.match).read(entry)

    def _relation(self, name):
        return self.model._meta.get_field(name).field.name


@cache
def _columns_of(kind, languages) -> list[Column]:
    shape = getattr(document, kind.model.__name__)
    names = dict.fromkeys([*kind.first, *shape.model_fields, *kind.last])
    return [column for name in names for column in _columns(kind.model._meta.get_field(name), languages)]


def _columns(field, languages) -> list[Column]:
    """The columns of a field; none for what a spreadsheet does not hold."""
    if isinstance(field, TranslatedField):
        return [TextColumn(field, code) for code in languages]
    if isinstance(field, ForeignObjectRel):
        part = PART_COLUMNS.get(field.related_model)
        return [part(field)] if part else []
    if isinstance(field, JSONField):
        return []
    column = LinksColumn if isinstance(field, ManyToManyField) else LinkColumn if _is_link(field) else Column
    return [column(field)]


def _is_link(field) -> bool:
    return isinstance(field, ForeignKey)


def _may_see(user, column) -> bool:
    if not hasattr(column, "relation"):
        return True
    return any(user.has_perm(f"trials.{verb}_{column.model._meta.model_name}") for verb in ("view", "change"))


def _with_targets(row, keyed: Keyed):
    """``row`` with the records at hand that it points to, so that they need not be asked for one by one."""
    for field in row._meta.fields:
        if _is_link(field):
            pk = getattr(row, field.attname)
            setattr(row, field.name, _target(field.related_model, pk, keyed) if pk else None)
    return row


def _target(model, pk, keyed: Keyed):
    return keyed.exhibit if model is Exhibit else keyed.by_pk(model)[pk]


def _links(field, keyed: Keyed) -> dict[int, list]:
    """The records that each row is linked to, in the order in which the links were made."""
    through, here = field.remote_field.through, field.m2m_field_name()
    links = through._base_manager.filter(**{f"{here}__{field.model.exhibit_path()}": keyed.exhibit}).order_by("pk")
    found, targets = defaultdict(list), keyed.by_pk(field.related_model)
    for row, target in links.values_list(f"{here}_id", f"{field.m2m_reverse_field_name()}_id"):
        found[row].append(targets[target])
    return found


def _parts(column, keyed: Keyed) -> dict[int, list]:
    """The parts of each row, in their order."""
    owner, found = column.field.name, defaultdict(list)
    rows = column.model.objects.of(keyed.exhibit).filter(**{f"{owner}__isnull": False}).order_by("order", "pk")
    for part in rows:
        for field in part._meta.fields:
            if _is_link(field) and field.name != owner and getattr(part, field.attname):
                setattr(part, field.name, _target(field.related_model, getattr(part, field.attname), keyed))
        found[getattr(part, f"{owner}_id")].append(part)
    return found


def _owned(parts, row, owner) -> list:
    for part in parts:
        setattr(part, owner, row)
    return parts


KINDS = {
    kind.model: kind
    for kind in (
        Kind(Person, "key", ("order",)),
        Kind(Defendant, "person", ("number",), first=("person",), last=(), distinct="number"),
        Kind(Fact, "id", ("person__order", "person", "order"), first=("id", "person")),
        Kind(TimelineEntry, "key", ("order",)),
        Kind(Source, "key", ("order",)),
    )
}
