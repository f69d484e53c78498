"""Lists and pages of records that keep to one exhibit: ``request.exhibit`` is the one at hand.

A list is narrowed to it by its filter, a page by its record; the way back, the record that is added next and the
names in the sidebar follow from it.
"""

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from ..models import Exhibit
from ..models.base import Part
from .first_steps import FIRST_STEPS
from .neighbours import neighbours_of

# The parameter in which Django’s admin carries the list from which a page was opened.
FILTERS = "_changelist_filters"

# Says in an address that a page was opened from the exhibit's workspace, and leads back there.
FROM_WORKSPACE = {"from": "workspace"}


def exhibit_with(pk) -> Exhibit | None:
    """The exhibit with this primary key, as an address gives it."""
    text = str(pk or "")
    return Exhibit.objects.filter(pk=text).first() if text.isdecimal() and len(text) < 18 else None


def only_exhibit() -> Exhibit | None:
    """The exhibit of a museum that has just one."""
    exhibits = list(Exhibit.objects.all()[:2])
    return exhibits[0] if len(exhibits) == 1 else None


def filter_name(model) -> str:
    """The parameter that narrows the list of ``model`` to one exhibit."""
    return f"{model.exhibit_path()}__id__exact"


def list_address(model, exhibit) -> str:
    """The list of the records of ``model`` in one exhibit."""
    address = reverse(f"admin:trials_{model._meta.model_name}_changelist")
    return f"{address}?{filter_name(model)}={exhibit.pk}" if exhibit else address


def add_address(model, exhibit, **more) -> str:
    """The page on which a record of ``model`` is added to an exhibit."""
    query = urlencode({"exhibit": exhibit.pk, **more})
    return f"{reverse(f'admin:trials_{model._meta.model_name}_add')}?{query}"


def change_address(record, **query) -> str:
    """The page on which ``record`` is changed."""
    address = reverse(f"admin:trials_{record._meta.model_name}_change", args=[record.pk])
    return f"{address}?{urlencode(query)}" if query else address


class WithinAdmin(admin.ModelAdmin):
    """The list and the pages of a record that belongs to an exhibit, through ``owner_field``."""

    # The field that says where a record belongs, and so which exhibit is at hand; an exhibit has none.
    owner_field = None

    # Which exhibit

    def changelist_view(self, request, extra_context=None):
        context = {}
        if self.owner_field:
            request.exhibit = exhibit_with(request.GET.get(filter_name(self.model))) or only_exhibit()
            if request.exhibit:
                words = {"kind": capfirst(self.opts.verbose_name_plural), "exhibit": request.exhibit.called}
                context = {"exhibit": request.exhibit, "title": _("%(kind)s: %(exhibit)s") % words}
        response = super().changelist_view(request, {**context, **(extra_context or {})})
        context = getattr(response, "context_data", None) or {}
        if "cl" in context and not context["cl"].result_count and set(request.GET) <= {filter_name(self.model)}:
            context["first_steps"] = FIRST_STEPS.get(self.model)
            context["add_here"] = self._add_here(request)
        return response

    def _add_here(self, request) -> str:
        """The page that adds a record to the list, where this curator may."""
        exhibit = getattr(request, "exhibit", None)
        if not self.has_add_permission(request):
            return ""
        return add_address(self.model, exhibit) if exhibit else reverse(f"admin:trials_{self.opts.model_name}_add")

    def get_list_display(self, request):
        """Without the exhibit’s name where it would stand in every line."""
        names = super().get_list_display(request)
        return [name for name in names if name != "within" or not getattr(request, "exhibit", None)]

    def exhibit_at_hand(self, request, object_id):
        """The exhibit of the record that is changed, or the one in which a record is added."""
        if object_id:
            return getattr(self.get_object(request, unquote(object_id)), "exhibit", None)
        if self.owner_field is None:
            return None
        owner = self.owner_at_hand(request)
        if owner:
            return owner if isinstance(owner, Exhibit) else owner.exhibit
        listed = QueryDict(request.GET.get(FILTERS, "")).get(filter_name(self.model))
        return exhibit_with(request.GET.get("exhibit")) or exhibit_with(listed) or only_exhibit()

    def owner_at_hand(self, request):
        """What the record that is added shall belong to, where it is known yet."""
        chosen = (request.POST or request.GET).get(self.owner_field)
        try:
            return self.model._meta.get_field(self.owner_field).formfield().clean(chosen)
        except ValidationError:
            return None

    def get_changeform_initial_data(self, request):
        """A record that is added belongs to the exhibit at hand."""
        initial = super().get_changeform_initial_data(request)
        return {"exhibit": request.exhibit and request.exhibit.pk, **initial}

    # The way back

    def list_query(self, request) -> str:
        """The query of the list to which a page leads back: as it was when the page was opened, else its exhibit’s."""
        exhibit = getattr(request, "exhibit", None)
        return request.GET.get(FILTERS) or (urlencode({filter_name(self.model): exhibit.pk}) if exhibit else "")

    def get_preserved_filters(self, request):
        """Keep to the exhibit, also where no list was opened before. A part leads back to what it belongs to."""
        kept = super().get_preserved_filters(request)
        is_part_alone = issubclass(self.model, Part) and request.resolver_match.url_name.endswith(("_change", "_add"))
        if kept or not self.owner_field or not getattr(request, "exhibit", None) or is_part_alone:
            return kept
        return urlencode({FILTERS: self.list_query(request)})

    def way_back(self, request, record) -> list[tuple[str, str]]:
        """From the exhibit down to what is above ``record``: pairs of address and words."""
        exhibit = getattr(request, "exhibit", None)
        if not exhibit:
            return [(self._listed(request), capfirst(self.opts.verbose_name_plural))]
        top = (reverse("admin:trials_exhibit_workspace", args=[exhibit.pk]), exhibit.called)
        owner = self._owner_before(request, record)
        if owner is None:
            return [top, (self._listed(request), capfirst(self.opts.verbose_name_plural))]
        kind = type(owner)
        words = capfirst(kind._meta.verbose_name_plural)
        return [top, (list_address(kind, exhibit), words), (change_address(owner), str(owner))]

    def _owner_before(self, request, record):
        """The record on whose page this one was opened; None where it was opened from a list."""
        if request.GET.get(FILTERS) or not issubclass(self.model, Part):
            return None
        return record.owner if record and record.pk else self.owner_at_hand(request)

    def _listed(self, request) -> str:
        query = self.list_query(request)
        address = reverse(f"admin:trials_{self.opts.model_name}_changelist")
        return f"{address}?{query}" if query else address

    def _came_from_workspace(self, request) -> bool:
        return bool(getattr(request, "exhibit", None)) and request.GET.get("from") == "workspace"

    def response_post_save_add(self, request, obj):
        """Back to where it was opened."""
        return self._back(request, obj)

    def response_post_save_change(self, request, obj):
        """To the next record where that was asked for; else back to where this one was opened."""
        next_one = getattr(request, "next_record", None)
        return redirect(self._beside(request, next_one)) if next_one else self._back(request, obj)

    def _back(self, request, record):
        may_look = self.has_view_or_change_permission(request)
        return redirect(self._back_address(request, record) if may_look else "admin:index")

    def _back_address(self, request, record) -> str:
        way = self.way_back(request, record)
        return way[0][0] if self._came_from_workspace(request) else way[-1][0]

    # Neighbours

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if "_next" in request.POST and object_id and self.owner_field:
            # Asked before the save: what is saved may leave the list, or change its place in it.
            record = self.get_object(request, unquote(object_id))
            found = record and neighbours_of(self, request, record)
            request.next_record = found.next if found else None
        return super().changeform_view(request, object_id, form_url, extra_context)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        """With the way back, and the records before and after this one."""
        if self.owner_field:
            found = neighbours_of(self, request, obj) if obj and obj.pk else None
            beside = {name: getattr(found, name, None) for name in ("previous", "next")}
            context = {
                **context,
                "way_back": self.way_back(request, obj),
                "neighbours": found,
                "beside": {name: (self._beside(request, row), row) for name, row in beside.items() if row},
                "from_workspace": self._came_from_workspace(request),
                "back": self._back_address(request, obj),
            }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _beside(self, request, record) -> str:
        """The page of a neighbour, which leads back to the same place."""
        query = {name: request.GET[name] for name in (FILTERS, "from") if name in request.GET}
        return change_address(record, **query)
