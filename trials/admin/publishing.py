"""Publishing from the admin: what will change for visitors, a note, and a moment; withdrawing; rolling back."""

import uuid
from itertools import zip_longest

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..editions.build import build, one_moment
from ..editions.compare import compare
from ..editions.display import document_of
from ..editions.document import DocumentError, EditionUnreadable, digest_of, dumps
from ..editions.moments import moment
from ..editions.publish import STEPS, PublishError, on_display_now, publish, roll_back, scheduled_displays, withdraw
from ..editions.readiness import BLOCKS, readiness
from ..models import Exhibit
from .progress import page_of_work

PERMISSION = "trials.publish_exhibit"


class NoteForm(forms.Form):
    """Why something changes for visitors."""

    note = forms.CharField(
        label=_("Note"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What changed and why. Visitors will read this."),
    )


class PublishForm(NoteForm):
    """A note, the moment, and the digests of what was looked at."""

    starts = forms.CharField(
        label=pgettext_lazy("a moment", "From"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["starts"].help_text = _("Empty: now. Otherwise by the museum’s clock (%(zone)s).") % {
            "zone": settings.MUSEUM_TIME_ZONE
        }

    def clean_starts(self):
        """The moment, or None for now."""
        text = self.cleaned_data["starts"]
        try:
            return moment(text) if text else None
        except ValueError as error:
            raise ValidationError(str(error)) from error


class RollBackForm(NoteForm):
    """A note, and the edition to show again."""

    edition = forms.ModelChoiceField(label=_("Edition"), queryset=None, empty_label=None)

    def __init__(self, exhibit, *args, **options):
        super().__init__(*args, **options)
        shown = on_display_now(exhibit)
        earlier = exhibit.editions.filter(displays__isnull=False).distinct().defer("content")
        self.fields["edition"].queryset = earlier.exclude(pk=shown.pk) if shown else earlier


class Candidate:
    """An exhibit that is to be published: its document, what changes, and what stands in the way."""

    def __init__(self, exhibit: Exhibit):
        self.exhibit = exhibit
        self.faults, self.findings, self.comparison, self.digest = [], [], None, ""
        try:
            self.document = build(exhibit)
        except DocumentError as error:
            self.faults = error.faults
            return
        self.digest = digest_of(dumps(self.document))
        self.findings = readiness(self.document)
        self.shown = on_display_now(exhibit)
        self.comparison = compare(self._document_shown(), self.document)

    def _document_shown(self):
        try:
            return self.shown and document_of(self.shown.pk, self.shown.digest)
        except EditionUnreadable:
            return None

    @property
    def is_blocked(self) -> bool:
        """Whether it cannot be published as it is."""
        return bool(self.faults) or any(finding.severity == BLOCKS for finding in self.findings)


def _looked_at(exhibits, form) -> dict:
    """What a curator sees before publishing; the form takes along that it was this."""
    candidates = [Candidate(exhibit) for exhibit in exhibits]
    seen = " ".join(candidate.digest for candidate in candidates)
    form.initial["seen"] = seen
    if form.is_bound:
        form.data = {**form.data.dict(), "seen": seen}
    blocked = any(candidate.is_blocked for candidate in candidates)
    return {"candidates": candidates, "blocked": blocked, "form": form}


def _steps(tell, exhibit):
    """The progress of publishing one exhibit, as sentences."""

    def progress(done: int, total: int):
        if done < total:
            tell(STEPS[done] % {"exhibit": exhibit})

    return progress


class PublishingAdmin(admin.ModelAdmin):
    """The exhibit's pages for publishing, each with the permission that publishing needs."""

    actions = ["publish_selected"]

    def get_urls(self):
        view = self.admin_site.admin_view
        own = [
            path("publish/", view(self.publish_view), name="trials_exhibit_publish"),
            path("<int:pk>/withdraw/", view(self.withdraw_view), name="trials_exhibit_withdraw"),
            path("<int:pk>/roll-back/", view(self.roll_back_view), name="trials_exhibit_roll_back"),
        ]
        return own + super().get_urls()

    def has_publish_permission(self, request):
        """Whether this curator may change what visitors see."""
        return request.user.has_perm(PERMISSION) and self.has_view_permission(request)

    @admin.action(description=_("Publish selected exhibits together"), permissions=["publish"])
    def publish_selected(self, request, queryset):
        """Go to the page that shows what will change."""
        chosen = "&".join(f"exhibit={pk}" for pk in queryset.values_list("pk", flat=True))
        return redirect(f"{reverse('admin:trials_exhibit_publish')}?{chosen}")

    def publish_view(self, request):
        """What will change for visitors, then publication: of one exhibit, or of several in one batch."""
        self._require_permission(request)
        exhibits = self._chosen(request)
        context = {"title": _("Publish"), "exhibits": exhibits}
        if request.method == "POST":
            form = PublishForm(request.POST)
            if form.is_valid():
                return page_of_work(
                    request, self._context(request, context), lambda tell: self._publish(request, exhibits, form, tell)
                )
        else:
            form = PublishForm()
        return self._page(request, "publish", {**context, **_looked_at(exhibits, form)})

    def _publish(self, request, exhibits, form, tell) -> str:
        """Publish all or none; returns what to say of it, or the form again with what stands in the way."""
        data = form.cleaned_data
        batch = uuid.uuid4() if len(exhibits) > 1 else None
        try:
            with one_moment():
                displays = [
                    publish(
                        exhibit,
                        data["note"],
                        user=request.user,
                        starts=data["starts"],
                        batch=batch,
                        seen=digest,
                        progress=_steps(tell, exhibit),
                    )
                    for exhibit, digest in zip_longest(exhibits, data["seen"].split()[: len(exhibits)], fillvalue="")
                ]
        except (PublishError, DocumentError) as error:
            form.add_error(None, str(error))
            return render_to_string("admin/trials/exhibit/_candidates.html", _looked_at(exhibits, form), request)
        for display in displays:
            words = {"number": display.edition.number, "note": data["note"]}
            self.log_change(request, display.exhibit, _("Edition %(number)s: %(note)s") % words)
        context = {"displays": displays, "zone": settings.MUSEUM_TIME_ZONE}
        return render_to_string("admin/trials/exhibit/_published.html", context, request)

    def withdraw_view(self, request, pk):
        """Take the exhibit off display, and cancel what is scheduled, naming it first."""
        exhibit = self._exhibit(request, pk)
        form = NoteForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                withdraw(exhibit, form.cleaned_data["note"], user=request.user)
            except PublishError as error:
                form.add_error(None, str(error))
            else:
                self.log_change(request, exhibit, _("Withdrawn: %(note)s") % form.cleaned_data)
                messages.success(request, _("“%(exhibit)s” is off display.") % {"exhibit": exhibit})
                return redirect("admin:trials_exhibit_workspace", pk)
        context = {
            "title": _("Withdraw “%(exhibit)s”") % {"exhibit": exhibit},
            "exhibit": exhibit,
            "shown": on_display_now(exhibit),
            "scheduled": scheduled_displays(exhibit),
            "form": form,
        }
        return self._page(request, "withdraw", context)

    def roll_back_view(self, request, pk):
        """Show an earlier edition again."""
        exhibit = self._exhibit(request, pk)
        form = RollBackForm(exhibit, request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                display = roll_back(exhibit, form.cleaned_data["edition"], form.cleaned_data["note"], user=request.user)
            except PublishError as error:
                form.add_error(None, str(error))
            else:
                self.log_change(request, exhibit, _("Rolled back: %(note)s") % form.cleaned_data)
                words = {"number": display.edition.number, "exhibit": exhibit}
                messages.success(request, _("Edition %(number)s of “%(exhibit)s” is on display again.") % words)
                return redirect("admin:trials_exhibit_workspace", pk)
        context = {
            "title": _("Show an earlier edition of “%(exhibit)s”") % {"exhibit": exhibit},
            "exhibit": exhibit,
            "shown": on_display_now(exhibit),
            "form": form,
        }
        return self._page(request, "roll_back", context)

    def _require_permission(self, request):
        if not self.has_publish_permission(request):
            raise PermissionDenied

    def _exhibit(self, request, pk) -> Exhibit:
        self._require_permission(request)
        exhibit = request.exhibit = self.get_queryset(request).filter(pk=pk).first()
        if exhibit is None:
            raise Http404("There is no such exhibit.")
        return exhibit

    def _chosen(self, request) -> list[Exhibit]:
        chosen = [pk for pk in request.GET.getlist("exhibit") if pk.isdecimal() and len(pk) < 18]
        exhibits = list(self.get_queryset(request).filter(pk__in=chosen))
        if not exhibits:
            raise Http404("No exhibit was chosen.")
        return exhibits

    def _context(self, request, context):
        return {**self.admin_site.each_context(request), "opts": self.opts, **context}

    def _page(self, request, name, context):
        return TemplateResponse(request, f"admin/trials/exhibit/{name}.html", self._context(request, context))
