"""Takedowns: what law or decency keeps from being shown, taken down and lifted with a reason; otherwise only read."""

from functools import partial

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

from ..editions.takedown import TakedownError, is_known, lift, take_down_edition, take_down_image
from ..models import Display, Edition, Image, Takedown
from .editions import ReadOnlyAdmin


class ReasonForm(forms.Form):
    """Why something is taken down."""

    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Visitors will read this in its place. Do not repeat here what must not be said."),
    )


class LiftForm(forms.Form):
    """Why something is shown again."""

    note = forms.CharField(
        label=_("Note"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Why it may be shown again. It is kept in the takedown’s history."),
    )


@admin.register(Takedown)
class TakedownAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "created", "created_by", "lifted", "lifted_by"]
    list_filter = [("lifted", admin.EmptyFieldListFilter)]
    list_select_related = ["edition", "created_by", "lifted_by"]
    search_fields = ["reason", "sha256", "edition__slug"]
    fields = ["edition", "sha256", "reason", "created", "created_by", "lifted", "lifted_by"]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("edition__content")

    def get_urls(self):
        view = self.admin_site.admin_view
        own = [
            path("image/<str:sha256>/", view(self.image_view), name="trials_takedown_image"),
            path("edition/<int:pk>/", view(self.edition_view), name="trials_takedown_edition"),
            path("<int:pk>/lift/", view(self.lift_view), name="trials_takedown_lift"),
        ]
        return own + super().get_urls()

    def image_view(self, request, sha256):
        """Take an image down, wherever it is shown."""
        self._require(request, "trials.add_takedown", Image)
        if not is_known(sha256):
            raise Http404("There is no such image.")
        images = list(Image.objects.filter(sha256=sha256).select_related("exhibit"))
        context = {
            "title": _("Take down an image"),
            "sha256": sha256,
            "images": images,
            "picture": images and self.admin_site.get_model_admin(Image).preview(images[0]),
            "editions": Edition.objects.filter(images__sha256=sha256).defer("content"),
        }
        return self._take_down(request, partial(take_down_image, sha256), "image", context)

    def edition_view(self, request, pk):
        """Take an edition down, also while it is on display."""
        self._require(request, "trials.add_takedown", Edition)
        edition = Edition.objects.filter(pk=pk).select_related("exhibit").defer("content").first()
        if edition is None:
            raise Http404("There is no such edition.")
        context = {
            "title": _("Take down “%(edition)s”") % {"edition": edition},
            "edition": edition,
            "shown": Display.objects.now().filter(edition=edition).exists(),
        }
        return self._take_down(request, partial(take_down_edition, edition), "edition", context)

    def _take_down(self, request, take_down, name, context):
        """Ask for the reason, then do it."""
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                takedown = take_down(form.cleaned_data["reason"], user=request.user)
            except TakedownError as error:
                form.add_error("reason", str(error))
            else:
                self.log_addition(request, takedown, takedown.reason)
                messages.success(request, _("It is taken down. Within a second visitors read the reason in its place."))
                return self._done(request, takedown)
        return self._page(request, name, {**context, "form": form})

    def lift_view(self, request, pk):
        """Show again what was taken down."""
        self._require(request, "trials.change_takedown", Takedown)
        takedown = self.get_queryset(request).select_related("edition").filter(pk=pk).first()
        if takedown is None:
            raise Http404("There is no such takedown.")
        form = LiftForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                lift(takedown, user=request.user)
            except TakedownError as error:
                form.add_error(None, str(error))
            else:
                self.log_change(request, takedown, _("Lifted: %(note)s") % form.cleaned_data)
                messages.success(request, _("The takedown is lifted. Within a second it is shown again as before."))
                return self._done(request, takedown)
        return self._page(request, "lift", {"title": _("Lift a takedown"), "takedown": takedown, "form": form})

    def _require(self, request, permission, model):
        """Refuse whoever may not do this, or may not even look at what it is done to."""
        may_look = self.admin_site.get_model_admin(model).has_view_permission(request)
        if not (may_look and request.user.has_perm(permission)):
            raise PermissionDenied

    def _done(self, request, takedown):
        if self.has_view_permission(request):
            return redirect("admin:trials_takedown_change", takedown.pk)
        return redirect("admin:index")

    def _page(self, request, name, context):
        context = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, f"admin/trials/takedown/{name}.html", context)
