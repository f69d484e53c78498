"""An exhibit's translations: what is missing, out of date or not yet reviewed, and who has reviewed it.

Until a named reviewer has looked through a text, visitors are told that its translation is not yet reviewed.
"""

from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..editions.build import RECORDS
from ..languages import NAME_LENGTH, Status, TranslatedField
from ..models import Conflict
from . import revisions

TO_DO = (Status.MISSING, Status.STALE, Status.UNREVIEWED)


class ReviewForm(forms.Form):
    """Who has reviewed, and which records."""

    reviewer = forms.CharField(
        label=gettext_lazy("Reviewed by"),
        max_length=NAME_LENGTH,
        help_text=gettext_lazy("The name of whoever has read these translations against the originals."),
    )
    record = forms.MultipleChoiceField(
        label=gettext_lazy("Records"),
        error_messages={"required": gettext_lazy("Choose the records that were reviewed.")},
    )

    def __init__(self, rows, *args, **options):
        super().__init__(*args, **options)
        self.fields["record"].choices = [(row.name, row.name) for row in rows]


@dataclass(frozen=True)
class Row:
    """A record with translated texts, and how many of them are in each state."""

    record: object
    name: str
    counts: dict[Status, int]

    @property
    def address(self) -> str:
        """The admin's page on which the record is edited: its own, or that of what it belongs to."""
        record = self.record
        while not admin.site.is_registered(type(record)):
            record = record.owner
        return reverse(f"admin:trials_{record._meta.model_name}_change", args=[record.pk])

    @property
    def states(self) -> list[str]:
        """What is still to do, in words: “Missing: 2”."""
        return [
            _("%(state)s: %(count)s") % {"state": status.label, "count": count}
            for status, count in self.counts.items()
            if status in TO_DO
        ]

    @property
    def can_be_reviewed(self) -> bool:
        """Whether there is a translation that nobody has reviewed as it is."""
        return Status.STALE in self.counts or Status.UNREVIEWED in self.counts


def texts_of(record) -> list:
    """The names of the record's translated fields that are not empty."""
    fields = [field.name for field in record._meta.fields if isinstance(field, TranslatedField)]
    return [name for name in fields if getattr(record, name)]


def rows_of(exhibit, language) -> list[Row]:
    """The exhibit and every record of it that has something to translate into ``language``, in the order of kinds."""
    records = [exhibit]
    for model in RECORDS:
        records += model.objects.of(exhibit).select_related(*revisions.named_by(model)).order_by("order", "pk")
    return [Row(record, _name(record), _counts(record, language)) for record in records if texts_of(record)]


def _name(record) -> str:
    return f"{record._meta.model_name}-{record.pk}"


def _counts(record, language) -> dict[Status, int]:
    found = [getattr(record, name).status(language) for name in texts_of(record)]
    return {status: found.count(status) for status in Status if status in found}


class TranslationsAdmin(admin.ModelAdmin):
    """The exhibit's page of translations into one language."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.translations_view)
        own = [path("<int:pk>/translations/<str:language>/", view, name="trials_exhibit_translations")]
        return own + super().get_urls()

    def translations_view(self, request, pk, language):
        """What is to do in a language, record by record; whoever may change them all marks them as reviewed."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        exhibit = request.exhibit = self.get_queryset(request).filter(pk=pk).first()
        if exhibit is None or language not in other_languages(exhibit):
            raise Http404("There is no such exhibit, or it has no such language.")
        rows = rows_of(exhibit, language)
        may_review = self.has_change_permission(request)
        reviewable = [row for row in rows if row.can_be_reviewed]
        form = ReviewForm(reviewable, request.POST or None)
        if request.method == "POST":
            if not may_review:
                raise PermissionDenied
            if form.is_valid() and self._review(request, reviewable, language, form):
                return redirect(request.path)
        to_do = [row for row in rows if row.states]
        chosen = set(request.POST.getlist("record"))
        context = {
            "title": _("Translation of “%(exhibit)s”: %(language)s")
            % {"exhibit": exhibit, "language": dict(settings.LANGUAGES)[language]},
            "exhibit": exhibit,
            "groups": _groups(to_do),
            "done": len(rows) - len(to_do),
            "total": len(rows),
            "chosen": chosen,
            "form": form,
            "may_review": may_review,
        }
        return self._page(request, "translations", context)

    def _review(self, request, rows, language, form) -> bool:
        """Mark the chosen records, all or none; whether it was done."""
        reviewer, chosen = form.cleaned_data["reviewer"], set(form.cleaned_data["record"])
        records = [row.record for row in rows if row.name in chosen]
        try:
            with transaction.atomic():
                for record in records:
                    self._mark(request, record, language, reviewer)
        except Conflict as error:
            form.add_error(None, str(error))
            return False
        sentence = ngettext("%(count)d record is reviewed.", "%(count)d records are reviewed.", len(records))
        messages.success(request, sentence % {"count": len(records)})
        return True

    def _mark(self, request, record, language, reviewer):
        root = revisions.root_of(record)
        revisions.keep_found(root)
        for name in texts_of(record):
            text = getattr(record, name)
            if text.get(language):
                setattr(record, name, text.reviewed(language, reviewer))
        record.save()
        comment = _("Translation (%(language)s) reviewed by %(reviewer)s")
        revisions.keep_change(root, request.user, comment % {"language": language, "reviewer": reviewer})


def other_languages(exhibit) -> list[str]:
    """The languages of the exhibit that are translations, of those that the museum offers."""
    offered = dict(settings.LANGUAGES)
    return [code for code in exhibit.languages if code in offered and code != settings.LANGUAGE_CODE]


def languages_to_translate(exhibit) -> list[tuple[str, str]]:
    """As `other_languages`, each with its name."""
    names = dict(settings.LANGUAGES)
    return [(code, names[code]) for code in other_languages(exhibit)]


def _groups(rows) -> list[tuple[str, list[Row]]]:
    """Rows by the kind of record, each under its name."""
    groups = {}
    for row in rows:
        groups.setdefault(capfirst(row.record._meta.verbose_name_plural), []).append(row)
    return list(groups.items())
