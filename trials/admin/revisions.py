"""What is kept of the working copy's records, and how it is brought back.

A revision (of django-reversion) holds records as they were after a save: each whole, with everything that
belongs to it. What the last revision does not say, because it was loaded, restored or written by a command,
is kept as it is found just before the next change. So the state before every change is there to return to.

Rows are written back through `Record.save` alone: versions only count up, and a record that somebody else
saved meanwhile is never overwritten.
"""

import json
from dataclasses import dataclass
from functools import cache, cached_property
from graphlib import TopologicalSorter

import reversion
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core import serializers
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ForeignKey, Max, ProtectedError, RestrictedError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from reversion.errors import RevertError
from reversion.models import Revision, Version

from ..editions.build import RECORDS
from ..models import Citation, Conflict, Exhibit
from ..models.base import ExhibitRecord, Part, Record
from ..models.evidence import SUBJECTS

FORMAT = "kept-json"
VANISHED = "vanished"
FOUND = gettext_lazy("As it was found: loaded, restored, or written by a command.")

KEPT_MODELS = [Exhibit, *RECORDS]
# What follows from other columns, and so is no content.
DERIVED = {"version", "earliest", "latest"}

serializers.register_serializer(FORMAT, "trials.admin.kept_json")
for model in KEPT_MODELS:
    reversion.register(model, format=FORMAT)


class Refused(ValueError):
    """What was kept is not brought back, and nothing was written; ``sentences`` say why."""

    def __init__(self, sentences):
        self.sentences = list(sentences)
        super().__init__(" ".join(self.sentences))


@dataclass(frozen=True, eq=False)
class Row:
    """One row: as it was kept (with its ``version``), or as it is now (with its ``instance``)."""

    label: str
    pk: int
    name: str
    fields: dict
    version: Version | None = None
    instance: Record | None = None

    @property
    def key(self):
        return self.label, self.pk

    @cached_property
    def model(self):
        """Its model, or None where there is no such model today."""
        try:
            return apps.get_model(self.label)
        except LookupError:
            return None

    @cached_property
    def content(self) -> dict:
        """What a curator wrote: all but what is worked out from it."""
        derived = {*DERIVED, "exhibit"} if self.model is Citation else DERIVED
        return {name: value for name, value in self.fields.items() if name not in derived}


# A record and all that belongs to it, each after what it belongs to.
State = dict[tuple[str, int], Row]


def same(one: State, other: State) -> bool:
    """Whether two states say the same."""
    return {key: row.content for key, row in one.items()} == {key: row.content for key, row in other.items()}


# What belongs to what


def owner_fields(model) -> tuple[str, ...]:
    """The fields of which one names what a row belongs to; none for a record that stands for itself."""
    if model is Citation:
        return tuple(SUBJECTS)
    return (model.owner_field,) if issubclass(model, Part) else ()


@cache
def parts_of(model) -> list:
    """The relations through which other rows belong to one of ``model``."""
    return [
        relation
        for relation in model._meta.related_objects
        if issubclass(relation.related_model, Record) and relation.field.name in owner_fields(relation.related_model)
    ]


def root_of(record):
    """The record on whose history a change of ``record`` is told: what it belongs to in the end."""
    while owner_fields(type(record)):
        record = record.owner
    return record


def tree(rows, *, lock=False) -> list:
    """``rows`` of one model and all that belongs to them, each after what it belongs to. Queries: one a relation."""
    found, owners = list(rows), {row.pk: row for row in rows}
    _take_links(found)
    for relation in parts_of(type(found[0])) if found else ():
        name, model = relation.field.name, relation.related_model
        below = model._base_manager.filter(**{f"{name}__in": owners}).select_related(*named_by(model))
        if lock:
            below = below.select_for_update(of=("self",))
        parts = list(below.order_by("order", "pk"))
        for part in parts:
            setattr(part, name, owners[getattr(part, f"{name}_id")])
        found += tree(parts, lock=lock)
    return found


def _take_links(rows):
    """Give ``rows`` of one model the keys of what they are linked to, in the order in which the links were made."""
    for field in rows[0]._meta.many_to_many if rows else ():
        links = {row.pk: [] for row in rows}
        through, here, there = field.remote_field.through, field.m2m_column_name(), field.m2m_reverse_name()
        found = through._base_manager.filter(**{f"{here}__in": links}).order_by("pk")
        for pk, target in found.values_list(here, there):
            links[pk].append(target)
        for row in rows:
            row.links_at_hand = {**getattr(row, "links_at_hand", {}), field.name: links[row.pk]}


@cache
def named_by(model) -> list[str]:
    """The fields of a part whose records its own name is made of: a citation’s source, whom one is tied to."""
    return [
        field.name
        for field in model._meta.fields
        if isinstance(field, ForeignKey) and field.editable and not field.null and field.name not in owner_fields(model)
    ]


def all_of(exhibit) -> list:
    """The exhibit and its whole working copy."""
    keyed = [model for model in _in_order() if issubclass(model, ExhibitRecord)]
    return [exhibit, *(row for model in keyed for row in tree(list(model.objects.of(exhibit))))]


@cache
def _in_order() -> tuple:
    """The kept models, each after those that it points to."""
    targets = {
        model: {field.related_model for field in model._meta.fields if isinstance(field, ForeignKey)}
        for model in KEPT_MODELS
    }
    return tuple(TopologicalSorter(targets).static_order())


# Keeping


def keep(rows, user, comment) -> Revision:
    """Make a revision of ``rows`` as they are in the database."""
    with reversion.create_revision(manage_manually=True):
        reversion.set_user(user)
        reversion.set_comment(str(comment))
        for row in rows:
            reversion.add_to_revision(row)
    return Version.objects.get_for_object(rows[0]).select_related("revision").first().revision


def keep_found(*roots):
    """Make a revision of those of ``roots``, of one model, with their parts, of which the last one says otherwise.

    A fixed number of queries, but for links of many to many.
    """
    rows, found = tree(roots), {}
    for row in rows:
        found.setdefault(root_of(row), []).append(row)
    lasts = latest_of(roots)
    states = states_at(lasts.values())
    new = [root for root in roots if root not in lasts or not same(states[lasts[root].pk], state_of(found[root]))]
    if new:
        keep([row for root in new for row in found[root]], None, FOUND)


def keep_change(root, user, comment) -> Revision | None:
    """Make a revision of ``root`` with its parts after a change; None where nothing changed."""
    rows = tree([root])
    last = latest(root)
    return None if last and same(state_at(last), state_of(rows)) else keep(rows, user, comment)


def keep_deletion(record, user):
    """Keep all that goes with ``record``, and what links to it, just before it is deleted. Returns the linking rows."""
    linking = [
        row
        for relation in record._meta.related_objects
        if relation.many_to_many and issubclass(relation.related_model, Record)
        for row in relation.related_model.objects.filter(**{relation.field.name: record})
    ]
    for row in linking:
        keep_found(root_of(row))
    gone = all_of(record) if isinstance(record, Exhibit) else tree([record])
    keep([*gone, *(row for one in linking for row in tree([one]))], user, _("Deleted."))
    return linking


# States


def state_of(rows) -> State:
    """``rows`` as they are now."""
    contents = json.loads(serializers.serialize(FORMAT, rows))
    found = [
        Row(content["model"], row.pk, str(row), content["fields"], instance=row)
        for row, content in zip(rows, contents, strict=True)
    ]
    return {row.key: row for row in found}


def present(record, *, lock=False) -> State:
    """``record`` with its parts as they are now, held until the transaction ends where ``lock`` says so."""
    rows = type(record)._base_manager.filter(pk=record.pk)
    return state_of(tree(list(rows.select_for_update() if lock else rows), lock=lock))


def latest(record) -> Version | None:
    """``record`` in the last revision that holds it."""
    return Version.objects.get_for_object(record).select_related("revision__user").first()


def latest_of(records) -> dict:
    """Each of ``records``, of one model, in the last revision that holds it. Two queries."""
    by_pk = {str(record.pk): record for record in records}
    if not by_pk:
        return {}
    versions = Version.objects.get_for_model(type(records[0])).filter(object_id__in=by_pk).order_by()
    lasts = versions.values("object_id").annotate(last=Max("pk")).values("last")
    return {by_pk[version.object_id]: version for version in Version.objects.filter(pk__in=lasts)}


def state_at(version: Version, *, whole_exhibit=False) -> State:
    """The record of ``version`` with its parts as they were then."""
    return states_at([version], whole_exhibit=whole_exhibit)[version.pk]


def states_at(versions, *, whole_exhibit=False) -> dict[int, State]:
    """For each of ``versions`` (by primary key) its record with its parts as they were then. One query."""
    kept = {}
    revisions = {version.revision_id for version in versions}
    for version in Version.objects.filter(revision__in=revisions).order_by("pk"):
        kept.setdefault(version.revision_id, []).append(_row_of(version))
    by_owner = {revision: _by_owner(rows, whole_exhibit) for revision, rows in kept.items()}
    return {version.pk: _below(_row_of(version), by_owner[version.revision_id]) for version in versions}


def _row_of(version: Version) -> Row:
    kind = ContentType.objects.get_for_id(version.content_type_id)
    try:
        (content,) = json.loads(version.serialized_data)
        fields = dict(content["fields"])
    except (ValueError, KeyError, TypeError):
        fields = {}  # cannot be read; `misfits` says so
    return Row(f"{kind.app_label}.{kind.model}", int(version.object_id), version.object_repr, fields, version=version)


def _by_owner(rows, whole_exhibit) -> dict:
    """Rows by what they belong to, each with its place. Where a row of a vanished kind belonged is no longer known."""
    found = {}
    for place, row in enumerate(rows):
        owner = _owner(row, whole_exhibit) if row.model else VANISHED
        found.setdefault(owner, []).append((place, row))
    return found


def _below(root: Row, by_owner) -> State:
    """``root`` and what belongs to it, each after what it belongs to; a row of a vanished kind counts as a part."""
    found, waiting, reached = [*by_owner.get(VANISHED, ())], [root.key], {root.key}
    while waiting:
        for place, row in by_owner.get(waiting.pop(), ()):
            if row.key not in reached:
                reached.add(row.key)
                waiting.append(row.key)
                found.append((place, row))
    rows = [row for _place, row in sorted(found, key=lambda pair: pair[0])]
    return {row.key: row for row in [root, *(row for row in rows if row.key != root.key)]}


def _owner(row: Row, whole_exhibit):
    names = owner_fields(row.model)
    if whole_exhibit and issubclass(row.model, ExhibitRecord):
        names = ("exhibit",)
    for name in names:
        if row.fields.get(name):
            return row.model._meta.get_field(name).related_model._meta.label_lower, row.fields[name]
    return None


def orders_in(revision: Revision, model) -> dict[int, tuple[int, int]]:
    """The positions that rows of ``model`` had before a revision and in it, by primary key, of those that moved."""
    found = {}
    for version in Version.objects.get_for_model(model).filter(revision=revision):
        same_row = Version.objects.get_for_object_reference(model, version.object_id)
        before = same_row.filter(pk__lt=version.pk).first()
        orders = [_row_of(kept).fields.get("order") for kept in (before, version) if kept]
        if len(orders) == 2 and None not in orders and orders[0] != orders[1]:
            found[int(version.object_id)] = tuple(orders)
    return found


# Bringing back


def misfits(state: State) -> list[str]:
    """Why ``state`` cannot be brought back: a sentence for each row that does not fit today's records."""
    sentences = [sentence for row in state.values() for sentence in _misfits(row)]
    return sentences or _missing(state)


def _misfits(row: Row) -> list[str]:
    if row.model is None:
        return [_("“%(name)s” is of a kind that the exhibit no longer has.") % {"name": row.name}]
    try:
        row.version._object_version  # noqa: B018  (read, so that it is tried)
    except (RevertError, LookupError, TypeError, ValueError, AttributeError):
        return [_("What was kept of “%(name)s” cannot be read as a record of today.") % {"name": row.name}]
    known = {field.name for field in (*row.model._meta.fields, *row.model._meta.many_to_many)}
    unknown = ", ".join(sorted(set(row.fields) - known))
    if not unknown:
        return []
    sentence = _("“%(name)s” holds what has no place in a record of today: %(fields)s.")
    return [sentence % {"name": row.name, "fields": unknown}]


def targets_of(row: Row):
    """The rows that ``row`` points to: pairs of model and primary key."""
    for field in (*row.model._meta.fields, *row.model._meta.many_to_many):
        value = row.content.get(field.name)
        if field.is_relation and value:
            for pk in value if field.many_to_many else [value]:
                yield field.related_model, pk


def _missing(state: State) -> list[str]:
    """A sentence for each record that ``state`` points to and that is gone."""
    wanted = {}
    for row in state.values():
        for model, pk in targets_of(row):
            if (model._meta.label_lower, pk) not in state:
                wanted.setdefault(model, set()).add(pk)
    sentences = []
    for model, pks in wanted.items():
        gone = pks - set(model._base_manager.filter(pk__in=pks).values_list("pk", flat=True))
        names = names_of_deleted(model, gone)
        sentences += [
            _("The %(kind)s “%(name)s” that belongs to it was deleted: recover that first.")
            % {"kind": model._meta.verbose_name, "name": names.get(pk, pk)}
            for pk in sorted(gone)
        ]
    return sentences


def names_of_deleted(model, pks) -> dict[int, str]:
    """How deleted records were called when they were last kept, by primary key."""
    if not pks:
        return {}
    versions = Version.objects.get_for_model(model).filter(object_id__in=[str(pk) for pk in pks]).order_by("pk")
    return {int(pk): name for pk, name in versions.values_list("object_id", "object_repr")}


def bring_back(wanted: State, now: State, user):
    """Make the rows of ``now``, which are locked, what ``wanted`` says. All or nothing; raises `Refused`.

    ``user`` needs the permission for every kind of row that is added, changed or deleted.
    """
    sentences = misfits(wanted) or _not_allowed(wanted, now, user) or _elsewhere(wanted, now)
    if sentences:
        raise Refused(sentences)
    try:
        with transaction.atomic():
            _write(wanted, now)
    except Conflict as error:
        raise Refused([str(error)]) from error
    except (IntegrityError, ProtectedError, RestrictedError) as error:
        raise Refused([_("Other records have changed so much since that it does not fit between them.")]) from error


def _changes(wanted: State, now: State):
    """The keys of the rows to be added, changed and deleted."""
    return (
        [key for key in wanted if key not in now],
        [key for key in wanted if key in now and wanted[key].content != now[key].content],
        [key for key in now if key not in wanted],
    )


def _not_allowed(wanted, now, user) -> list[str]:
    rows = {**now, **wanted}
    needed = {
        (verb, rows[key].model)
        for verb, keys in zip(("add", "change", "delete"), _changes(wanted, now), strict=True)
        for key in keys
    }
    return not_allowed(needed, user)


def not_allowed(needed, user) -> list[str]:
    """A sentence for each of ``needed`` (pairs of “add”, “change” or “delete” and a model) that ``user`` may not do."""
    sentences = {
        "add": _("You would need the permission “add %(kind)s” for it."),
        "change": _("You would need the permission “change %(kind)s” for it."),
        "delete": _("You would need the permission “delete %(kind)s” for it."),
    }
    return [
        sentences[verb] % {"kind": model._meta.verbose_name}
        for verb, model in sorted(needed, key=str)
        if not user.has_perm(f"{model._meta.app_label}.{verb}_{model._meta.model_name}")
    ]


def _elsewhere(wanted, now) -> list[str]:
    """A sentence for each row that would be added and is there already: it belongs to another record now."""
    sentences = []
    for model in KEPT_MODELS:
        pks = [key[1] for key in wanted if key not in now and key[0] == model._meta.label_lower]
        for row in model._base_manager.filter(pk__in=pks) if pks else ():
            sentences.append(_("“%(name)s” belongs to another record now.") % {"name": row})
    return sentences


def _write(wanted, now):
    added, changed, deleted = _changes(wanted, now)
    for key in reversed(deleted):
        now[key].instance.delete()
    order = {model._meta.label_lower: position for position, model in enumerate(_in_order())}
    versions = _last_versions(wanted[key] for key in added)
    rows = {key: row.instance for key, row in now.items()}
    written = sorted([*added, *changed], key=lambda key: order[key[0]])
    for key in written:
        kept = wanted[key].version._object_version.object
        if key in now:
            _with_content(rows[key], kept, wanted[key]).save()
        else:
            rows[key] = _pointing_to(kept, rows)
            rows[key].version = versions[key] + 1
            rows[key].save(force_insert=True)
    for key in written:
        for field in rows[key]._meta.many_to_many:
            set_links(rows[key], field, wanted[key].content.get(field.name, []))
    for key in written:
        _check(rows[key])


def _pointing_to(row, rows):
    """``row`` with those of ``rows`` at hand that it points to, so that they need not be asked for one by one."""
    for field in row._meta.fields:
        target = field.is_relation and rows.get((field.related_model._meta.label_lower, getattr(row, field.attname)))
        if target:
            setattr(row, field.name, target)
    return row


def _check(row):
    """Raise `Refused` where ``row`` breaks a rule of today. Done last: what it cites may have come back with it.

    Keys that are taken, and links to what is gone, were refused before.
    """
    try:
        row.clean_fields(exclude=[field.name for field in row._meta.fields if field.is_relation])
        row.clean()
    except ValidationError as error:
        labels = {field.name: capfirst(field.verbose_name) for field in row._meta.fields}
        raise Refused(
            f"{row}: {labels.get(name, '')}: {sentence}".replace(": : ", ": ")
            for name, sentences in ValidationError(error.update_error_dict({})).message_dict.items()
            for sentence in sentences
        ) from error


def _with_content(row, kept, wanted: Row):
    for field in row._meta.concrete_fields:
        if field.name in wanted.content:
            setattr(row, field.attname, getattr(kept, field.attname))
    return row


def _last_versions(rows) -> dict:
    """The version that each deleted row had in the end, by key: whoever still has it open has seen no later one."""
    numbers = {}
    for row in rows:
        same_row = Version.objects.filter(
            content_type_id=row.version.content_type_id, db=row.version.db, object_id=row.version.object_id
        )
        numbers[row.key] = _row_of(same_row.latest("pk")).fields.get("version", 0)
    return numbers


def set_links(row, field, targets):
    """Link ``row`` to ``targets`` (primary keys) and to no others, in this order."""
    through, here, there = field.remote_field.through, field.m2m_column_name(), field.m2m_reverse_name()
    links = through._base_manager.filter(**{here: row.pk})
    if list(links.order_by("pk").values_list(there, flat=True)) != targets:
        links.delete()
        through._base_manager.bulk_create(through(**{here: row.pk, there: target}) for target in targets)


def relink(version: Version, record) -> list:
    """Give ``record``, which came back from ``version``, the links that others had to it; returns those others."""
    linked = []
    for kept in Version.objects.filter(revision=version.revision_id).order_by("pk"):
        row = _row_of(kept)
        for field in row.model._meta.many_to_many if row.model else ():
            if field.related_model is type(record) and record.pk in row.fields.get(field.name, ()):
                linked += [
                    other
                    for other in row.model.objects.filter(pk=row.pk)
                    if _link_again(other, field, record, row.fields[field.name])
                ]
    return linked


def _link_again(other, field, record, former) -> bool:
    """Link ``other`` to ``record`` where it stood among the ``former`` links; whether it was not linked."""
    now = list(getattr(other, field.name).values_list("pk", flat=True))
    if record.pk in now:
        return False
    wanted = [pk for pk in former if pk in now or pk == record.pk]
    other.save()
    set_links(other, field, [*wanted, *(pk for pk in now if pk not in wanted)])
    return True
