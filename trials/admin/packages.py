"""An exhibit carried away from the admin, and brought in: one ZIP with its document and images."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

from ..editions.document import DocumentError
from ..editions.package import load, package_file, read
from ..models import Conflict
from .progress import counted, page_of_work


class PackageForm(forms.Form):
    """The file, and whether it may replace what is here."""

    package = forms.FileField(label=_("Package"), help_text=_("A ZIP that this application made."))
    replace = forms.BooleanField(
        label=_("Replace the working copy of an exhibit that is here already"),
        required=False,
        help_text=_("What it is now is kept as a checkpoint. What is on display stays as it is either way."),
    )


class PackagesAdmin(admin.ModelAdmin):
    """The exhibits' pages for packages, each with the permission that it needs."""

    change_list_template = "admin/trials/exhibit/change_list.html"

    def get_urls(self):
        view = self.admin_site.admin_view
        own = [
            path("load/", view(self.load_view), name="trials_exhibit_load"),
            path("<int:pk>/package/", view(self.package_view), name="trials_exhibit_package"),
        ]
        return own + super().get_urls()

    def package_view(self, request, pk):
        """The working copy as a ZIP: for whoever may see every record of it."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        exhibit = request.exhibit = self.get_queryset(request).filter(pk=pk).first()
        if exhibit is None:
            raise Http404("There is no such exhibit.")
        try:
            file = package_file(exhibit)
        except DocumentError as error:
            self.message_user(request, str(error), messages.ERROR)
            return redirect("admin:trials_exhibit_workspace", pk)
        return FileResponse(file, as_attachment=True, filename=f"{exhibit.slug}.zip")

    def load_view(self, request):
        """Bring an exhibit in: whole or not at all, every fault named."""
        if not (self.has_add_permission(request) and request.user.has_perm("trials.publish_exhibit")):
            raise PermissionDenied
        form = PackageForm(request.POST or None, request.FILES or None)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Load a package"),
            "form": form,
        }
        if form.is_valid():
            return page_of_work(request, context, lambda tell: self._load(request, form, tell))
        return TemplateResponse(request, "admin/trials/exhibit/load.html", context)

    def _load(self, request, form, tell) -> str:
        """Load it; returns what to say of it, or the form again with everything that is wrong."""
        file, replace = form.cleaned_data["package"], form.cleaned_data["replace"]
        try:
            package = read(file, counted(tell, _("Pictures checked")))
            tell(_("Writing the working copy"))
            progress = counted(tell, _("Pictures made ready"))
            loaded = load(package, request.user, replace=replace, name=file.name[:80], progress=progress)
        except DocumentError as error:
            for fault in error.faults:
                form.add_error("package", str(fault))
        except Conflict as error:
            form.add_error(None, str(error))
        else:
            self.log_change(request, loaded.exhibit, _("Loaded from %(name)s") % {"name": file.name[:80]})
            context = {"exhibit": loaded.exhibit, "changed": loaded.changed}
            return render_to_string("admin/trials/exhibit/_loaded.html", context, request)
        return render_to_string("admin/trials/exhibit/_load_form.html", {"form": form}, request)
