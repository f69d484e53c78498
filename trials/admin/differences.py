"""What differs between two states of a record, in words: row by row, field by field, word by word."""

import json
from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..editions.compare import Pieces, marked
from ..languages import REVIEWED_BY, Text, TranslatedField
from .revisions import Row, State, names_of_deleted, owner_fields, targets_of

KINDS = {"added": gettext_lazy("Added"), "removed": gettext_lazy("Removed"), "changed": gettext_lazy("Changed")}


@dataclass(frozen=True)
class Field:
    """One field of a row, in one language where it has several: its words, marked as the same, added or removed."""

    label: str
    language: str
    pieces: Pieces


@dataclass(frozen=True)
class Difference:
    """What became of one row: “added”, “removed” or “changed”; '' where it is only shown."""

    kind: str
    of: str
    name: str
    fields: list[Field]

    @property
    def kind_in_words(self):
        return KINDS.get(self.kind, "")


def differences(old: State, new: State) -> list[Difference]:
    """What was done to ``old`` to make it ``new``, in the order of the page. A fixed number of queries."""
    rows = {**old, **new}
    names, found = _names([*old.values(), *new.values()]), []
    for key in rows:
        before, after = old.get(key), new.get(key)
        if before and after and before.content == after.content:
            continue
        kind = "changed" if before and after else "added" if after else "removed"
        found.append(_difference(kind, rows[key], _in_words(before, rows, names), _in_words(after, rows, names)))
    return found


def contents(state: State) -> list[Difference]:
    """All that ``state`` says."""
    names = _names(state.values())
    says = {key: _in_words(row, state, names) for key, row in state.items()}
    return [_difference("", row, says[key], says[key]) for key, row in state.items()]


def _difference(kind, row: Row, old: dict, new: dict) -> Difference:
    fields = [
        Field(*label, marked(old.get(label, ""), new.get(label, "")))
        for label in {**old, **new}
        if old.get(label) != new.get(label) or not kind
    ]
    return Difference(kind, capfirst(row.model._meta.verbose_name if row.model else row.label), row.name, fields)


def _in_words(row: Row | None, within: State, names) -> dict[tuple[str, str], str]:
    """What ``row`` says, by label and language. What is empty, or says that it belongs to another row, is left out."""
    words = {}
    for name, value in row.content.items() if row else ():
        field = _field(row.model, name)
        if field is None:
            words[name, ""] = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        elif isinstance(field, TranslatedField) and isinstance(value, dict):
            text, label = Text(value), capfirst(field.verbose_name)
            words.update({(label, code): str(said) for code, said in text.words().items()})
            reviewed = _("%(field)s, translation reviewed by") % {"field": label}
            words.update({(reviewed, code): text.get(code + REVIEWED_BY, "") for code in text.words()})
        elif name not in owner_fields(row.model) or (field.related_model._meta.label_lower, value) not in within:
            words[capfirst(field.verbose_name), ""] = _value_in_words(field, value, names)
    return {label: text for label, text in words.items() if text}


def _field(model, name):
    """The field of today that is called ``name``, or None."""
    fields = (*model._meta.fields, *model._meta.many_to_many) if model else ()
    return next((field for field in fields if field.name == name), None)


def _value_in_words(field, value, names) -> str:
    if field.is_relation:
        targets = value if isinstance(value, list) else [value] if value else []
        return ", ".join(names.get((field.related_model, pk), f"({pk})") for pk in targets)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _names(rows) -> dict:
    """How the records that ``rows`` point to are called, also those that are deleted: by model and primary key."""
    names = {(row.model, row.pk): row.name for row in rows}
    wanted = {}
    for row in rows:
        for model, pk in targets_of(row) if row.model else ():
            if (model, pk) not in names:
                wanted.setdefault(model, set()).add(pk)
    for model, pks in wanted.items():
        there = {row.pk: str(row) for row in model._base_manager.filter(pk__in=pks)}
        gone = names_of_deleted(model, pks - set(there))
        names.update({(model, pk): name for pk, name in {**gone, **there}.items()})
    return names
