"""What was saved lately, as the admin’s log tells: by each curator, and in each exhibit."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.urls import reverse

from ..editions.build import RECORDS
from ..models import Exhibit
from .revisions import named_by
from .within import change_address

# How far back the log is read.
ENTRIES = 500
# How many records a curator is offered to go on with.
OFFERED = 6


@dataclass(frozen=True)
class Saved:
    """A save that the log tells of: the record as it is called now, in which exhibit, when and by whom."""

    record: object
    exhibit: Exhibit
    when: datetime
    who: object

    @property
    def address(self) -> str:
        """The page on which the record is changed; the workspace of an exhibit."""
        if self.record == self.exhibit:
            return reverse("admin:trials_exhibit_workspace", args=[self.exhibit.pk])
        return change_address(self.record)

    @property
    def kind(self) -> str:
        """What kind of record it is, in words."""
        return self.record._meta.verbose_name


def last_saved() -> dict[int, Saved]:
    """For each exhibit the latest save in the admin, newest first, as far back as is read.

    Queries: one a kind of record.
    """
    found = {}
    for saved in _saves(LogEntry.objects.all()):
        found.setdefault(saved.exhibit.pk, saved)
    return found


def worked_on(saved: dict[int, Saved], most: int) -> QuerySet[Exhibit]:
    """The ``most`` exhibits that were worked on last, as ``saved`` has them; of the others the newest are the next."""
    latest = list(saved)[:most]
    others = Exhibit.objects.exclude(pk__in=latest).order_by("-pk").values_list("pk", flat=True)
    return Exhibit.objects.filter(pk__in=[*latest, *others[: most - len(latest)]])


def records_of(user, may_view) -> list[Saved]:
    """The records that ``user`` saved last and may still look at, each once, newest first."""
    found = {}
    for saved in _saves(LogEntry.objects.filter(user=user)):
        if may_view(type(saved.record)):
            found.setdefault((type(saved.record), saved.record.pk), saved)
    return list(found.values())[:OFFERED]


def _saves(entries):
    """The saves of records that are still there, newest first."""
    kinds = {kind.pk: kind.model_class() for kind in ContentType.objects.get_for_models(Exhibit, *RECORDS).values()}
    entries = entries.filter(content_type__in=kinds).exclude(action_flag=DELETION)
    entries = list(entries.select_related("user").order_by("-pk")[:ENTRIES])
    wanted = defaultdict(set)
    for entry in entries:
        wanted[kinds[entry.content_type_id]].add(entry.object_id)
    there = {model: _there(model, pks) for model, pks in wanted.items()}
    for entry in entries:
        record = there[kinds[entry.content_type_id]].get(entry.object_id)
        if record:
            exhibit = record if isinstance(record, Exhibit) else record.exhibit
            yield Saved(record, exhibit, entry.action_time, entry.user)


def _there(model, pks) -> dict[str, object]:
    """The records that are still there, by the key that the log has, each with what its name and exhibit ask for."""
    records = model.objects.filter(pk__in=pks)
    if model is not Exhibit:
        records = records.select_related(*named_by(model), model.exhibit_path())
    return {str(record.pk): record for record in records}
