"""Sources pasted in or uploaded as BibTeX or RIS: shown as they will be, then all added, or none."""

import re
from dataclasses import dataclass

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from .. import bibliography
from ..languages import Text, language_codes
from ..models import Exhibit, Source
from .within import exhibit_with, list_address, only_exhibit

# Shorter titles are too much alike to tell that a source is there already.
SHORTEST_TITLE = 12


class BibliographyForm(forms.Form):
    """What to add, and where."""

    exhibit = forms.ModelChoiceField(Exhibit.objects.all(), label=gettext_lazy("Exhibit"))
    text = forms.CharField(
        label=gettext_lazy("BibTeX or RIS"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"class": "vLargeTextField", "rows": 12, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "As reference managers and library catalogues give it. Paste it here, or choose a file."
        ),
    )
    file = forms.FileField(
        label=gettext_lazy("File"), required=False, widget=forms.FileInput({"accept": ".bib,.ris,.txt"})
    )
    consulted = forms.ChoiceField(
        label=capfirst(Source._meta.get_field("consulted").verbose_name),
        choices=Source.Consulted,
        initial=Source.Consulted.EXISTS,
        help_text=gettext_lazy("How far the exhibit’s makers have seen these sources themselves."),
    )

    def clean_file(self):
        """The words of the file."""
        file = self.cleaned_data["file"]
        if not file:
            return ""
        if file.size > 4 * bibliography.MAX_LENGTH:
            raise ValidationError(_("The file is larger than any list of sources. Choose another."))
        try:
            return file.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            sentence = _("The file is not encoded in UTF-8. Save it so, or paste its text.")
            raise ValidationError(sentence) from error

    def clean(self):
        """Read what is pasted or in the file: ``entries``."""
        super().clean()
        if self.errors:
            return
        text = self.cleaned_data["file"] or self.cleaned_data["text"]
        # What was in a file is seen, and sent again, as text.
        self.data = self.data.copy()
        self.data["text"] = text
        try:
            self.entries = bibliography.read(text)
        except ValueError as error:
            raise ValidationError({"text": str(error)}) from error


@dataclass
class Planned:
    """One entry, and what becomes of it: a new source, one that is there already, or faults."""

    entry: bibliography.Entry
    source: Source
    there: Source | None
    faults: list[str]


def plan(exhibit: Exhibit, entries: list[bibliography.Entry], consulted: str) -> list[Planned]:
    """What ``entries`` would add to ``exhibit``. Nothing is written; a fixed number of queries."""
    known = list(Source.objects.filter(exhibit=exhibit))
    taken, planned = {source.key for source in known}, []
    for entry in entries:
        source = _source(exhibit, entry, consulted, taken)
        there = next((other for other in known if _is_the_same(entry, source, other)), None)
        faults = list(entry.faults) or ([] if there else _faults(source))
        if not there and not faults:
            taken.add(source.key)
            known.append(source)
        planned.append(Planned(entry, source, there, faults))
    return planned


def _source(exhibit, entry, consulted, taken) -> Source:
    main = language_codes()[0]
    source = Source(exhibit=exhibit, kind=entry.kind, consulted=consulted, language=entry.language, url=entry.url)
    source.label, source.reference = (Text({main: words} if words else {}) for words in (entry.label, entry.reference))
    source.key = bibliography.key_of(entry.label, taken)
    return source


def _faults(source: Source) -> list[str]:
    """Sentences about what no source may say. Keys are free already, which saves a question for each."""
    try:
        source.clean_fields(exclude=["exhibit", "key"])
    except ValidationError as error:
        labels = {field.name: field.verbose_name for field in Source._meta.fields}
        return [f"{labels[name]}: {' '.join(words)}" for name, words in error.message_dict.items()]
    return []


def _is_the_same(entry, source: Source, other: Source) -> bool:
    if source.url and source.url.rstrip("/") == other.url.rstrip("/"):
        return True
    title, years = _letters(entry.title), _years(entry.label)
    for words in other.reference.words().values():
        said = _letters(words)
        if said and said == _letters(entry.reference):
            return True
        if len(title) >= SHORTEST_TITLE and title in said:
            # Another edition is another source; a year in the title is no year of an edition.
            return (
                not years or not (others := _years(f"{words} {other.label}") - _years(entry.title)) or years <= others
            )
    return False


def _years(words: str) -> set[str]:
    return set(re.findall(r"\b[0-9]{4}\b", words))


def _letters(words: str) -> str:
    return "".join(filter(str.isalnum, words.casefold()))


class BibliographyAdmin(admin.ModelAdmin):
    """The page on which sources are added from a bibliography."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.from_bibliography_view)
        return [path("from-bibliography/", view, name="trials_source_from_bibliography"), *super().get_urls()]

    def from_bibliography_view(self, request):
        """Show what a bibliography would add; by POST with ``add``, add it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        exhibit = exhibit_with(request.GET.get("exhibit")) or only_exhibit()
        form = BibliographyForm(request.POST or None, request.FILES or None, initial={"exhibit": exhibit})
        planned = []
        if request.method == "POST" and form.is_valid():
            exhibit = form.cleaned_data["exhibit"]
            planned = plan(exhibit, form.entries, form.cleaned_data["consulted"])
            new = [one.source for one in planned if not one.there]
            if "add" in request.POST and new and not any(one.faults for one in planned):
                return self._add(request, exhibit, new)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Add sources from BibTeX or RIS"),
            "form": form,
            "exhibit": exhibit,
            "planned": planned,
            "new": sum(not one.there and not one.faults for one in planned),
            "faults": sum(bool(one.faults) for one in planned),
            "there": sum(bool(one.there) for one in planned),
        }
        return TemplateResponse(request, "admin/trials/source/from_bibliography.html", context)

    @transaction.atomic
    def _add(self, request, exhibit, sources):
        for source in sources:
            source.save()
            self.log_addition(request, source, [{"added": {}}])
        # Undoing is offered for one record; these are several.
        vars(request).pop("undo", None)
        sentence = ngettext("%(count)d source was added.", "%(count)d sources were added.", len(sources))
        self.message_user(request, sentence % {"count": len(sources)}, messages.SUCCESS)
        return redirect(list_address(Source, exhibit))
