"""The records before and after one, in the order of the list from which it was opened."""

import copy
from dataclasses import dataclass

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import SuspiciousOperation
from django.http import QueryDict


@dataclass(frozen=True)
class Neighbours:
    """Where a record stands among others; ``previous`` and ``next`` are records or None."""

    position: int
    count: int
    previous: object
    next: object


def neighbours_of(model_admin, request, record) -> Neighbours | None:
    """The neighbours of ``record`` in the list that the page leads back to; None where it is not in it."""
    listed = _listed(model_admin, request)
    keys = list(dict.fromkeys(listed.values_list("pk", flat=True))) if listed is not None else []
    if record.pk not in keys:
        return None
    index = keys.index(record.pk)
    before, after = keys[:index][-1:], keys[index + 1 :][:1]
    found = {row.pk: row for row in listed.filter(pk__in=[*before, *after])}
    return Neighbours(index + 1, len(keys), *(found.get(key[0]) if key else None for key in (before, after)))


def _listed(model_admin, request):
    """The records of that list in its order, searched and filtered; None where the address makes no sense."""
    asked = copy.copy(request)
    asked.GET = QueryDict(model_admin.list_query(request))
    try:
        return model_admin.get_changelist_instance(asked).queryset
    except (IncorrectLookupParameters, SuspiciousOperation):
        return None
