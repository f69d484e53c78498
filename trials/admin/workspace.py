"""An exhibit’s workspace: how it stands, its story in order, everything that belongs to it, and what can be done."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Value
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from .. import prose
from ..editions.readiness import check
from ..models import (
    Charge,
    Defendant,
    Dispute,
    Exhibit,
    Fact,
    Image,
    KeyPoint,
    Person,
    Place,
    Section,
    Source,
    Term,
    TimelineEntry,
)
from .cards import cards_of
from .first_steps import FIRST_STEPS
from .ordering import Ordering
from .recent import last_saved
from .translations import languages_to_translate
from .within import add_address, list_address

# Besides the story, which stands in the workspace itself, in the order in which an exhibit is written.
KINDS = (Person, Defendant, Fact, TimelineEntry, Charge, Place, Source, Dispute, Term, Image)


@dataclass(frozen=True)
class Kind:
    """The records of one kind in an exhibit: how many, where they are listed, and where one is added ('': not here)."""

    name: str
    count: int
    list_address: str
    add_address: str
    first_steps: str


@dataclass(frozen=True)
class Page:
    """The sections of one page of an exhibit."""

    name: str
    label: str
    sections: list[Section]
    ordering: Ordering | None
    add_address: str


class WorkspaceAdmin(admin.ModelAdmin):
    """The exhibit’s pages on which work begins."""

    def get_urls(self):
        view, name = self.admin_site.admin_view, "trials_exhibit"
        own = [
            path("<int:pk>/workspace/", view(self.workspace_view), name=f"{name}_workspace"),
            path("<int:pk>/state/", view(self.state_view), name=f"{name}_state"),
            path("<int:pk>/readiness/", view(self.readiness_view), name=f"{name}_readiness"),
        ]
        return own + super().get_urls()

    def workspace_view(self, request, pk):
        """Everything of an exhibit, a click away."""
        exhibit = self._exhibit_at_work(request, pk)
        (card,) = cards_of([exhibit], last_saved())
        pages = self._pages(request, exhibit)
        context = {
            "title": exhibit,
            "card": card,
            "lede": prose.to_plain(str(exhibit.lede)),
            "zone": settings.MUSEUM_TIME_ZONE,
            "key_points": self._key_points(request, exhibit),
            "pages": [page for page in pages if page.sections or page.name == Section.Page.STORY],
            "blank_pages": [page for page in pages if not page.sections and page.name != Section.Page.STORY],
            "first_section": FIRST_STEPS[Section],
            "kinds": self._kinds(request, exhibit),
            **self.tools(request, exhibit),
        }
        return self._workspace_page(request, "workspace", exhibit, context)

    def state_view(self, request, pk):
        """How the working copy stands: what other pages ask for once they are there, since looking takes a moment."""
        exhibit = self._exhibit_at_work(request, pk)
        (card,) = cards_of([exhibit], last_saved(), look=True)
        context = {"card": card, **self.tools(request, exhibit)}
        return TemplateResponse(request, "admin/trials/exhibit/_state.html", context)

    def readiness_view(self, request, pk):
        """What is missing or doubtful, each with a link to where it is mended."""
        exhibit = self._exhibit_at_work(request, pk)
        if not self.has_change_permission(request):
            raise PermissionDenied
        context = {"title": _("What is missing or doubtful"), "findings": check(exhibit)}
        return self._workspace_page(request, "readiness", exhibit, context)

    def tools(self, request, exhibit) -> dict:
        """What this curator can do with the exhibit, for the templates that show the tools."""
        return {
            "exhibit": exhibit,
            "translations": languages_to_translate(exhibit),
            "may_change": self.has_change_permission(request, exhibit),
            "may_delete": self.has_delete_permission(request, exhibit),
            "may_copy": self.has_add_permission(request),
        }

    def _key_points(self, request, exhibit) -> dict | None:
        """The key points, and where one is added; None for whoever may not look at them."""
        if not self._may_view(request, KeyPoint):
            return None
        add = self._adding_to(KeyPoint, exhibit) if self._may_add(request, KeyPoint) else ""
        records = list(KeyPoint.objects.of(exhibit).order_by("order", "pk"))
        ordering = self._ordering(request, KeyPoint, records)
        return {"records": records, "ordering": ordering, "add_address": add, "first_steps": FIRST_STEPS[KeyPoint]}

    def _pages(self, request, exhibit) -> list[Page]:
        """The sections, page by page."""
        if not self._may_view(request, Section):
            return []
        found = {page: [] for page in Section.Page.values}
        for section in Section.objects.of(exhibit).order_by("order", "pk"):
            found[section.page].append(section)
        may_add = self._may_add(request, Section)
        return [
            Page(
                page.value,
                page.label,
                found[page.value],
                self._ordering(request, Section, found[page.value]),
                self._adding_to(Section, exhibit, page.value) if may_add else "",
            )
            for page in Section.Page
        ]

    def _kinds(self, request, exhibit) -> list[Kind]:
        kinds = [model for model in KINDS if self._may_view(request, model)]
        counts = _counts(exhibit, kinds)
        return [
            Kind(
                capfirst(model._meta.verbose_name_plural),
                counts.get(model._meta.model_name, 0),
                list_address(model, exhibit),
                add_address(model, exhibit) if self._may_add(request, model) else "",
                FIRST_STEPS[model],
            )
            for model in kinds
        ]

    def _ordering(self, request, model, records) -> Ordering | None:
        """What puts ``records`` in order; None where there is nothing to order, or who may."""
        may_order = self.admin_site.get_model_admin(model).has_change_permission(request)
        return Ordering(records) if may_order and len(records) > 1 else None

    def _adding_to(self, model, exhibit, page="") -> str:
        more = {"from": "workspace"}
        return add_address(model, exhibit, **({"page": page, **more} if page else more))

    def _may_view(self, request, model) -> bool:
        return self.admin_site.get_model_admin(model).has_view_or_change_permission(request)

    def _may_add(self, request, model) -> bool:
        return self.admin_site.get_model_admin(model).has_add_permission(request)

    def _exhibit_at_work(self, request, pk) -> Exhibit:
        """The exhibit, if this curator may look at it. Raises PermissionDenied, then Http404."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        exhibit = request.exhibit = Exhibit.objects.filter(pk=pk).first()
        if exhibit is None:
            raise Http404(_("There is no such exhibit."))
        return exhibit

    def _workspace_page(self, request, name, exhibit, context):
        request.current_app = self.admin_site.name
        context = {**self.admin_site.each_context(request), "opts": self.opts, "exhibit": exhibit, **context}
        return TemplateResponse(request, f"admin/trials/exhibit/{name}.html", context)


def _counts(exhibit, models) -> dict[str, int]:
    """How many records of each of ``models`` an exhibit has, by the model’s name. One query."""
    counted = [
        model.objects.of(exhibit).order_by().values_list(Value(model._meta.model_name)).annotate(rows=Count("pk"))
        for model in models
    ]
    return dict(counted[0].union(*counted[1:], all=True)) if counted else {}
