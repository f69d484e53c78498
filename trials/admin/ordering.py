"""The order in which visitors find records of one kind: seen in lists, changed by buttons, keys and drag.

A list offers it wherever it shows all records that are ordered among each other, in their own order. One address
takes the whole new order, with the version of every record that was seen.
"""

from dataclasses import dataclass
from itertools import groupby, pairwise

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.views.main import ALL_VAR
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from reversion.models import Revision

from ..models import Conflict
from . import revisions
from .revisions import Refused
from .within import list_address

# More records than any list has; databases refuse a question about too many.
MOST = 10_000


@dataclass(frozen=True)
class Ordering:
    """Records of one kind, all that are ordered among each other, as they stand now."""

    records: list

    @property
    def name(self) -> str:
        """What its form is called on the page."""
        return f"ordering-{self.records[0]._meta.model_name}-{self.records[0].pk}"

    @property
    def address(self) -> str:
        """Where a new order is sent to."""
        return reverse(f"admin:trials_{self.records[0]._meta.model_name}_order")

    @property
    def seen(self) -> str:
        """The records in their order with their versions: “12.3,15.1”."""
        return ",".join(f"{record.pk}.{record.version}" for record in self.records)

    @property
    def lines(self) -> list[dict]:
        """What the controls of each record show."""
        last = len(self.records) - 1
        return [
            {
                "record": record,
                "ordering": self,
                "name": place_name(record),
                "address": reverse(f"admin:trials_{record._meta.model_name}_change", args=[record.pk]),
                "is_first": index == 0,
                "is_last": index == last,
            }
            for index, record in enumerate(self.records)
        ]


class OrderingAdmin(admin.ModelAdmin):
    """Ordering in the list of one kind of record, and the addresses that write it."""

    # The columns in which records that are ordered among each other are alike; none where visitors find the records
    # in another order than that of their positions.
    ordered_among = ()
    list_max_show_all = 1000

    def get_urls(self):
        if not self.ordered_among:
            return super().get_urls()
        view, name = self.admin_site.admin_view, f"trials_{self.opts.model_name}"
        own = [
            path("order/", view(self.order_view), name=f"{name}_order"),
            path("order/<int:revision_id>/undo/", view(self.undo_order_view), name=f"{name}_undo_order"),
        ]
        return own + super().get_urls()

    def place_of(self, record):
        """What records have in common that are ordered among each other."""
        return tuple(getattr(record, name) for name in self.ordered_among)

    def in_order(self, records) -> dict:
        """All that ``records`` are ordered among, in their order, by their place. One query."""
        alike = Q()
        for name in self.ordered_among:
            values = {getattr(record, name) for record in records}
            alike &= Q(**{f"{name}__in": values - {None}}) | (Q(**{f"{name}__isnull": True}) if None in values else Q())
        found = {}
        for record in self.model._base_manager.filter(alike).order_by("order", "pk") if records else ():
            found.setdefault(self.place_of(record), []).append(record)
        return found

    # In the list

    def changelist_view(self, request, extra_context=None):
        response = super().changelist_view(request, extra_context)
        changelist = getattr(response, "context_data", None) and response.context_data.get("cl")
        if changelist and self.ordered_among and not changelist.is_popup and self.has_change_permission(request):
            response.context_data |= self._offered(request, changelist)
        return response

    def _offered(self, request, changelist) -> dict:
        """What can be put in order where the list stands now, and the way to what cannot; controls get a column."""
        changelist.result_list = list(changelist.result_list)
        everybody = self.in_order(changelist.result_list)
        orderings, elsewhere = [], False
        for place, run in groupby(changelist.result_list, self.place_of):
            shown = list(run)
            if len(shown) > 1 and shown == everybody.get(place):
                orderings.append(Ordering(shown))
                for line in orderings[-1].lines:
                    line["record"].line = line
            elif len(everybody.get(place, ())) > 1:
                elsewhere = True
        if orderings:
            changelist.list_display = [*changelist.list_display, "controls"]
        return {"orderings": orderings, "order_is_elsewhere": elsewhere and self._way_to_order(request)}

    def _way_to_order(self, request):
        """How to get to a list in which everything can be put in order."""
        address = list_address(self.model, getattr(request, "exhibit", None))
        address += ("&" if "?" in address else "?") + ALL_VAR
        sentence = _('What is shown whole can be put in order: <a href="{address}">show all in order</a>.')
        return format_html(sentence, address=address)

    @admin.display(description=gettext_lazy("order"), empty_value="")
    def controls(self, record):
        """The handle and the buttons with which a record is moved; none where it is alone."""
        return render_to_string("admin/trials/_ordering_controls.html", record.line) if hasattr(record, "line") else ""

    # Writing

    def order_view(self, request):
        """Put records in the order that is sent, or move one up or down. Only by POST."""
        return self._ordered(request, self._new_order)

    def undo_order_view(self, request, revision_id):
        """Put records back in the order of before ``revision_id``, where nobody ordered them again since."""
        return self._ordered(request, lambda request: self._former_order(revision_id))

    def _ordered(self, request, wanted):
        """Write the positions that ``wanted`` finds, and say what happened: as JSON to a script, else on the page."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request):
            raise PermissionDenied
        try:
            with transaction.atomic():
                moved, records, positions, comment = wanted(request)
                revision = self._write_order(request, records, positions, comment)
        except (Refused, Conflict) as refusal:
            sentence = _("The order stays as it is. %(why)s") % {"why": refusal}
            if request.accepts("text/html"):
                messages.error(request, sentence)
                return self._back_to_list(request)
            return JsonResponse({"refused": sentence}, status=409)
        undo = revision and reverse(f"admin:trials_{self.opts.model_name}_undo_order", args=[revision.pk])
        if not request.accepts("text/html"):
            return JsonResponse({"seen": Ordering(records).seen, "undo": undo})
        if undo:
            request.undo = undo
        done = _("“%(record)s”: %(comment)s") % {"record": moved, "comment": comment} if moved else comment
        self.message_user(request, done, messages.SUCCESS if undo else messages.INFO)
        return self._back_to_list(request, moved)

    def _new_order(self, request):
        """The record that was moved, all in their new order, their positions, and what is kept in the history."""
        seen, moved = _pairs(request.POST.get("order", "")), _number(_first(request.POST, ("up", "down", "moved")))
        keys = [pk for pk, _version in seen]
        rows = {row.pk: row for row in self.model._base_manager.select_for_update().filter(pk__in=keys)}
        records = [rows[pk] for pk in keys if pk in rows]
        places = {self.place_of(record) for record in records}
        everybody = self.in_order(records).get(next(iter(places)), ()) if len(places) == 1 else ()
        if len(keys) != len(set(keys)) or {record.pk for record in everybody} != set(keys) or moved not in keys:
            raise Refused([_("Records were added or deleted, or belong elsewhere now: open the list again.")])
        for pk, version in seen:
            if rows[pk].version != version:
                raise Refused([str(Conflict(rows[pk]))])
        index = keys.index(moved)
        if "up" in request.POST or "down" in request.POST:
            target = index + (1 if "down" in request.POST else -1)
            index = min(max(target, 0), len(records) - 1)
            records.remove(rows[moved])
            records.insert(index, rows[moved])
        words = {"position": index + 1, "count": len(records)}
        comment = _("Moved to position %(position)s of %(count)s.") % words
        return rows[moved], records, _positions(records), comment

    def _former_order(self, revision_id):
        """As `_new_order`, for the order of before a revision."""
        revision = Revision.objects.filter(pk=revision_id).first() if revision_id < 2**31 else None
        kept = revisions.orders_in(revision, self.model) if revision else {}
        if not kept:
            raise Http404(_("There is no such version."))
        records = list(self.model._base_manager.select_for_update().filter(pk__in=kept).order_by("order", "pk"))
        if {record.pk: record.order for record in records} != {pk: after for pk, (_before, after) in kept.items()}:
            raise Refused([_("It was changed again since, and undoing would overwrite that.")])
        positions = [kept[record.pk][0] for record in records]
        return None, records, positions, _("Undone: %(comment)s") % {"comment": revision.get_comment()}

    def _write_order(self, request, records, positions, comment) -> Revision | None:
        """Give ``records`` their ``positions``; the revision of those that changed, or None where none did."""
        changed = [(record, order) for record, order in zip(records, positions, strict=True) if record.order != order]
        if not changed:
            return None
        roots = list({revisions.root_of(record): None for record, _order in changed})
        revisions.keep_found(*roots)
        for record, order in changed:
            record.order = order
            record.save()
        LogEntry.objects.log_actions(request.user.pk, [record for record, _order in changed], CHANGE, comment)
        return revisions.keep(revisions.tree(roots), request.user, comment)

    def _back_to_list(self, request, moved=None):
        """To the page from which the order was sent, at the record that was moved; never to another site."""
        back = request.POST.get("next", "")
        if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
            back = reverse(f"admin:trials_{self.opts.model_name}_changelist")
        return HttpResponseRedirect(f"{back.partition('#')[0]}#{place_name(moved)}" if moved else back)


def place_name(record) -> str:
    """What the line of a record is called on a page on which it is ordered."""
    return f"place-{record._meta.model_name}-{record.pk}"


def _pairs(text) -> list[tuple[int, int]]:
    """The primary keys and versions of “12.3,15.1”. Raises `Refused` for anything else."""
    pairs = [pair.split(".") for pair in text.split(",", MOST)]
    if len(pairs) > MOST or any(len(pair) != 2 for pair in pairs):
        pairs = [["", ""]]
    return [(_number(pk), _number(version)) for pk, version in pairs]


def _number(text) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 18):
        raise Refused([_("What was sent is no order: open the list again.")])
    return int(text)


def _first(data, names) -> str:
    return next((data[name] for name in names if name in data), "")


def _positions(records) -> list[int]:
    """Positions for ``records`` in their order: those that they have among them, so that as few as can be change."""
    positions = sorted(record.order for record in records)
    apart = positions[0] > 0 and all(one < other for one, other in pairwise(positions))
    return positions if apart else list(range(1, len(records) + 1))
