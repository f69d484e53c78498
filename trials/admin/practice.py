"""Practice copies in the admin: made on a page that shows the work, marked on every page, thrown away whole."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _

from ..editions.document import DocumentError
from ..editions.practice import practice_copy
from ..models import Exhibit
from .progress import page_of_work


class PracticeAdmin(admin.ModelAdmin):
    """The exhibit’s pages for making a practice copy, and for throwing it away."""

    def get_urls(self):
        view, name = self.admin_site.admin_view, "trials_exhibit"
        own = [
            path("<int:pk>/practise/", view(self.practise_view), name=f"{name}_practise"),
            path("<int:pk>/throw-away/", view(self.throw_away_view), name=f"{name}_throw_away"),
        ]
        return own + super().get_urls()

    def practise_view(self, request, pk):
        """What a practice copy is; by POST, make one."""
        if not (self.has_add_permission(request) and self.has_change_permission(request)):
            raise PermissionDenied
        exhibit = self._exhibit_for_practice(request, pk)
        context = self._practice_context(request, exhibit, _("Make a practice copy"))
        if request.method == "POST":
            return page_of_work(request, context, lambda tell: self._practise(request, exhibit, tell))
        return TemplateResponse(request, "admin/trials/exhibit/practise.html", context)

    def _practise(self, request, exhibit, tell) -> str:
        tell(_("Copying the working copy"))
        try:
            with transaction.atomic():
                made = practice_copy(exhibit)
                self.log_addition(request, made, _("A practice copy of “%(exhibit)s”.") % {"exhibit": exhibit})
        except DocumentError as error:
            outcome = {"exhibit": exhibit, "faults": error.faults}
        else:
            outcome = {"made": made}
        return render_to_string("admin/trials/exhibit/_practised.html", outcome)

    def throw_away_view(self, request, pk):
        """What goes with a practice copy; by POST, throw it away."""
        if not self.has_delete_permission(request):
            raise PermissionDenied
        exhibit = self._exhibit_for_practice(request, pk)
        if not exhibit.practice or exhibit.editions.exists():
            messages.error(request, _("“%(exhibit)s” is no practice copy, so it stays.") % {"exhibit": exhibit})
            return redirect("admin:trials_exhibit_workspace", pk)
        if request.method == "POST":
            name = str(exhibit)
            with transaction.atomic():
                self.log_deletions(request, [exhibit])
                self.delete_model(request, exhibit)
            self.message_user(request, _("“%(exhibit)s” is thrown away.") % {"exhibit": name}, messages.SUCCESS)
            return redirect("admin:index")
        context = self._practice_context(request, exhibit, _("Throw away “%(exhibit)s”") % {"exhibit": exhibit})
        return TemplateResponse(request, "admin/trials/exhibit/throw_away.html", context)

    def _exhibit_for_practice(self, request, pk) -> Exhibit:
        exhibit = request.exhibit = Exhibit.objects.filter(pk=pk).first()
        if exhibit is None:
            raise Http404(_("There is no such exhibit."))
        return exhibit

    def _practice_context(self, request, exhibit, title):
        return {**self.admin_site.each_context(request), "opts": self.opts, "exhibit": exhibit, "title": title}
