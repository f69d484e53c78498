"""Where what readiness finds is mended: a page of the admin, and the field on it."""

from collections import defaultdict

from django.core.exceptions import FieldDoesNotExist
from django.urls import NoReverseMatch, reverse

from ..editions.document import Document
from ..languages import TranslatedField, language_codes
from ..models import Exhibit


def linked(findings, exhibit) -> list[tuple]:
    """Each finding with its address, or ''. Queries: one a kind of record, however many findings there are."""
    addresses = _Addresses(exhibit)
    return [(finding, addresses.of(finding)) for finding in findings]


class _Addresses:
    """Records of an exhibit by key, and parts by what they belong to; each kind is read once."""

    def __init__(self, exhibit):
        self.exhibit, self.records, self.parts = exhibit, {}, {}

    def of(self, finding) -> str:
        """The page, and the field on it; '' where there is none."""
        record = self._record(finding)
        *steps, field = finding.field.split(".") if finding.field else [""]
        for step in steps:
            record = record and self._part(record, step)
        if record is None:
            return ""
        try:
            address = reverse(f"admin:trials_{record._meta.model_name}_change", args=[record.pk])
        except NoReverseMatch:
            return ""
        return address + _anchor(record, field, finding.language)

    def _record(self, finding):
        if not finding.key or finding.part not in Document.model_fields:
            return self.exhibit
        model = Exhibit._meta.get_field(finding.part).related_model
        if model not in self.records:
            self.records[model] = {row.key: row for row in model.objects.of(self.exhibit).only("key")}
        return self.records[model].get(finding.key)

    def _part(self, record, step):
        """What a step of a finding’s path leads to: “facts[1]” to the second fact, “defendant” to the one there is."""
        name, _bracket, index = step.rstrip("]").partition("[")
        try:
            relation = type(record)._meta.get_field(name)
        except FieldDoesNotExist:
            return None
        position = int(index or 0)
        return next(iter(self._below(relation)[record.pk][position:]), None)

    def _below(self, relation):
        if relation not in self.parts:
            model, owner = relation.related_model, relation.field.attname
            self.parts[relation] = defaultdict(list)
            rows = model.objects.of(self.exhibit).filter(**{f"{owner}__isnull": False}).order_by("order", "pk")
            for row in rows.only("pk", owner):
                self.parts[relation][getattr(row, owner)].append(row)
        return self.parts[relation]


def _anchor(record, field, language):
    """The id of the field’s input on the record’s page."""
    found = next((f for f in record._meta.fields if f.name == field), None)
    if found is None:
        return ""
    code = f"_{language or language_codes()[0]}" if isinstance(found, TranslatedField) else ""
    return f"#id_{field}{code}"
