"""What a table would change in an exhibit, and changing it: all of it or nothing.

Nothing is written to find out. What is written is what was shown: a digest names the table, every record that
it speaks of with its version, and what would become of each.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import CheckConstraint
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ...editions import checkpoints
from ...editions.build import build
from ...editions.document import DocumentError
from ...editions.restore import write_links
from ...models import Checkpoint, Conflict, Defendant, Exhibit, Fact
from ...tables import Table
from .. import revisions
from .columns import Column, Entry, Keyed
from .kinds import Kind

NEW, CHANGED, UNCHANGED, REFUSED = "new", "changed", "unchanged", "refused"


CHANGED_SINCE = gettext_lazy("The working copy was changed since you looked, so nothing was written. Look again.")


class Refused(Exception):
    """Nothing was written; ``sentences`` say why."""

    def __init__(self, *sentences: str):
        self.sentences = list(sentences)
        super().__init__(" ".join(sentences))


@dataclass(frozen=True)
class Fault:
    """Something wrong in a table: the row and the column, where it is in one, and a sentence."""

    row: int | None
    column: str
    sentence: str


@dataclass
class Line:
    """A row of the table, its record, and what the record said and would say, by column.

    ``failed`` are the fields that a cell of the row could not be written to.
    """

    row: int
    entry: Entry
    new: bool
    old: dict[str, str]
    now: dict[str, str]
    failed: set[str]

    @property
    def operation(self) -> str:
        return NEW if self.new else CHANGED if self.now != self.old else UNCHANGED


@dataclass
class Plan:
    """What a table would change."""

    kind: Kind
    exhibit: Exhibit
    columns: list[Column] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    versions: list = field(default_factory=list)

    @property
    def digest(self) -> str:
        """Names what is shown."""
        lines = [(line.row, line.new, line.now) for line in self.lines]
        told = json.dumps([self.exhibit.pk, self.kind.model.__name__, lines, self.versions], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()

    def of(self, operation: str) -> list[Line]:
        """The lines that are new, changed or unchanged; those with a fault are none of them."""
        refused = {fault.row for fault in self.faults}
        return [line for line in self.lines if line.operation == operation and line.row not in refused]

    @property
    def refused(self) -> int:
        """The number of rows with a fault."""
        return len({fault.row for fault in self.faults if fault.row is not None})


def make_plan(
    kind: Kind, exhibit: Exhibit, table: Table, user, progress: Callable | None = None, *, rules=True
) -> Plan:
    """What ``table`` would change. To read the exhibit takes a fixed number of queries, and so does ``rules=False``.

    ``rules`` are those of each record that is new or changed. They need not be asked again of what was seen whole.
    """
    columns = {column.name: column for column in kind.columns_for(user)}
    plan = Plan(kind, exhibit, [columns[name] for name in columns if name in table.header])
    plan.faults += [Fault(None, name, sentence) for name, sentence in _wrong_columns(kind, table, columns)]
    if plan.faults:
        return plan
    keyed = Keyed(exhibit, kind.model, [cells.get("key", "").strip() for _row, cells in table.rows])
    entries = {kind.name_of(entry): entry for entry in kind.entries(keyed)}
    seen = {}
    for row, cells in table.rows:
        name = cells[kind.match].strip()
        if name and name in seen:
            sentence = _("“%(key)s” stands in row %(row)s already.")
            plan.faults.append(Fault(row, kind.match, sentence % {"key": name, "row": seen[name]}))
        else:
            seen[name] = row
            _take(plan, row, cells, entries.get(name) if name else None, keyed)
    if rules:
        _check(plan, progress)
    plan.faults += _said_twice(plan) + _not_allowed(plan, user)
    plan.faults.sort(key=lambda fault: fault.row or 0)
    return plan


def _wrong_columns(kind, table, columns):
    unknown = [name for name in table.header if name not in columns]
    for name in unknown:
        yield name, _("There is no such column. Delete it, or give it the name that an export has.")
    if kind.match not in table.header:
        yield kind.match, _("This column is missing: by it a row’s record is found.")


def _take(plan: Plan, row: int, cells: dict, entry: Entry | None, keyed: Keyed):
    """Add what a row would change to ``plan``, and everything that is wrong with it."""
    kind, is_new = plan.kind, entry is None
    if is_new and kind.match == "id" and cells["id"].strip():
        sentence = _("This exhibit has no such record. Leave the cell empty for a new one.")
        plan.faults.append(Fault(row, "id", sentence))
        return
    entry = entry or kind.new(keyed)
    old = {column.name: column.read(entry) for column in kind.columns}
    if not is_new:
        plan.versions.append([entry.record.pk, entry.record.version, _versions_of_parts(entry)])
    failed = _write_cells(plan, row, cells, old, entry, is_new, keyed)
    now = {column.name: column.read(entry) for column in kind.columns}
    plan.lines.append(Line(row, entry, is_new, old, now, failed))


def _versions_of_parts(entry) -> list:
    return [[part.pk, part.version] for parts in entry.parts.values() for part in parts]


def _write_cells(plan, row, cells, old, entry, is_new, keyed) -> set[str]:
    """Make the record what the cells say that differ from it; the fields for which that failed."""
    failed = set()
    for column in plan.kind.columns:
        cell, sentences = cells.get(column.name), []
        if cell is None:
            sentences = [_("This column is missing, and a new record needs it.")] if is_new and column.required else []
        elif cell != old[column.name] or (is_new and column.required):
            try:
                column.write(entry, cell, keyed)
            except ValidationError as error:
                sentences = error.messages
        plan.faults += [Fault(row, column.name, sentence) for sentence in sentences]
        failed |= {column.field.name} if sentences else set()
    return failed


def _check(plan, progress):
    """Ask the rules of every record that is new or changed."""
    together, asked = [line.entry.record.pk for line in plan.lines], {}
    for count, line in enumerate(plan.lines, 1):
        record = line.entry.record
        if isinstance(record, Defendant):
            record.renumbered = together
        if line.operation != UNCHANGED:
            plan.faults += _broken_rules(plan.kind, line, asked)
        if progress:
            progress(count, len(plan.lines))


def _broken_rules(kind, line, asked) -> list[Fault]:
    """What is wrong with a record as a whole. That its key is free, and its links stay in the exhibit, is known."""
    record = line.entry.record
    exclude = {field.name for field in record._meta.fields if field.is_relation} | line.failed
    errors = {}
    for ask in (lambda: record.full_clean(exclude, validate_constraints=False), lambda: _ask(line, exclude, asked)):
        try:
            ask()
        except ValidationError as error:
            errors = error.update_error_dict(errors)
    return [
        Fault(line.row, _header(kind, name), sentence)
        for name, sentences in (ValidationError(errors).message_dict if errors else {}).items()
        for sentence in sentences
        if name not in line.failed
    ]


def _ask(line, exclude, asked):
    """As a record's `validate_constraints`, but the database is asked once of the same values. Raises the same."""
    record, errors = line.entry.record, []
    for constraint in record._meta.constraints:
        question = constraint.name, line.row
        if isinstance(constraint, CheckConstraint):
            fields = sorted(constraint.condition.referenced_base_fields)
            if exclude.intersection(fields):
                continue
            question = constraint.name, *(getattr(record, name) for name in fields)
        if question not in asked:
            try:
                asked[question] = constraint.validate(type(record), record, exclude)
            except ValidationError as error:
                asked[question] = error
        errors += [asked[question]] if asked[question] else []
    if errors:
        raise ValidationError(errors)


def _header(kind, name) -> str:
    """The column of a field, the first where it has several."""
    return next((column.name for column in kind.columns if column.field.name == name and name != NON_FIELD_ERRORS), "")


def _said_twice(plan) -> list[Fault]:
    """Faults for rows that say the same where no two records may."""
    faults, said = [], {}
    for line in plan.lines if plan.kind.distinct else ():
        value = line.now[plan.kind.distinct]
        if value in said:
            sentence = _("“%(key)s” stands in row %(row)s already.") % {"key": value, "row": said[value]}
            faults.append(Fault(line.row, plan.kind.distinct, sentence))
        said.setdefault(value, line.row)
    return faults


def _not_allowed(plan, user) -> list[Fault]:
    """Faults for parts that this curator may not add, change or delete. Of the records, the page has asked."""
    needed = set()
    for line in plan.lines:
        needed |= {("change" if part.pk else "add", type(part)) for part in line.entry.touched}
        needed |= {("delete", type(part)) for part in line.entry.gone}
    return [Fault(None, "", sentence) for sentence in revisions.not_allowed(needed, user)]


# Writing


@transaction.atomic
def write(plan: Plan, table: Table, user, file: str) -> Checkpoint | None:
    """Write ``plan``, and return the checkpoint of before; None where there was nothing to write.

    Raises `Refused` where it has a fault, or would no longer change what it says.
    """
    checkpoints.wait_for_writers()
    now = make_plan(plan.kind, plan.exhibit, table, user, rules=False)
    if plan.faults or now.faults or now.digest != plan.digest:
        raise Refused(CHANGED_SINCE)
    lines = [line for line in now.lines if line.operation != UNCHANGED]
    if not lines:
        return None
    reason = _("Imported from “%(file)s”.") % {"file": file}
    try:
        checkpoint = checkpoints.keep(plan.exhibit, reason, user)
        before = _roots(lines)
        revisions.keep_found(*before)
        _save(lines)
        build(plan.exhibit)
        revisions.keep(revisions.tree(_again({*before, *_roots(lines)})), user, reason)
    except DocumentError as error:
        raise Refused(*map(str, error.faults)) from error
    except (Conflict, IntegrityError) as error:
        raise Refused(CHANGED_SINCE) from error
    _log(lines, user, reason)
    return checkpoint


def _roots(lines) -> list:
    """The records on whose histories the changes are told, as they are in the database."""
    return _again(revisions.root_of(line.entry.record) for line in lines)


def _again(records) -> list:
    """``records``, of one model, that are in the database, read anew."""
    pks = {record.pk: type(record) for record in records if record.pk}
    return list(next(iter(pks.values()))._base_manager.filter(pk__in=pks).order_by("pk")) if pks else []


def _save(lines):
    """Write records, then their links and parts: what is there through `Record.save`, what is new all at once."""
    for line in lines:
        if not line.new:
            line.entry.record.save()
    records = [line.entry.record for line in lines if line.new]
    _give_positions(records)
    _create(records)
    for link in lines[0].entry.record._meta.many_to_many:
        wanted = [(line.entry.record, [target.pk for target in line.entry.links[link.name]]) for line in lines]
        write_links(link, wanted)
    _save_parts([line.entry for line in lines])


def _save_parts(entries):
    new = {}
    for entry in entries:
        for part in entry.gone:
            part.delete()
        for part in entry.touched:
            if part.pk:
                part.save()
            else:
                new.setdefault(type(part), []).append(part)
    for parts in new.values():
        _create(parts)


def _create(records):
    for record in records:
        record.prepare()
    if records:
        type(records[0])._base_manager.bulk_create(records, batch_size=500)


def _give_positions(records):
    """Put new records without a position after those that are there, in the order of the rows."""
    last = {}
    for record in records:
        if not record.order:
            among = record.person if isinstance(record, Fact) else record.exhibit
            last[among] = record.order = last[among] + 1 if among in last else record.next_order()


def _log(lines, user, reason):
    """Tell it in the admin's log, in two queries."""
    for action, is_new in ((ADDITION, True), (CHANGE, False)):
        records = [line.entry.record for line in lines if line.new == is_new]
        if records:
            LogEntry.objects.log_actions(user.pk, records, action, change_message=reason)
