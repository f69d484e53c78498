"""How we know."""

from django.contrib import admin
from django.contrib.admin.options import IS_POPUP_VAR
from django.utils.translation import gettext_lazy as _

from ..models import Dispute, Source, Term
from .base import CitationInline, ExhibitRecordAdmin
from .bibliography import BibliographyAdmin
from .spreadsheets.pages import SpreadsheetsAdmin


@admin.register(Source)
class SourceAdmin(SpreadsheetsAdmin, BibliographyAdmin, ExhibitRecordAdmin):
    change_list_template = "admin/trials/source/change_list.html"
    list_display = ["__str__", "kind", "printed", "key", "within"]
    list_filter = ["exhibit", "kind", "consulted"]
    search_fields = ["key", "label", "reference", "reliability"]
    fieldsets = [
        (None, {"fields": ["exhibit", "label", "reference", "kind", "consulted", "key"]}),
        (_("More for the bibliography"), {"fields": ["language", "url", "reliability", "order"]}),
    ]

    def get_fieldsets(self, request, obj=None):
        """In a pop-up, which somebody opened to go on writing, only what a source needs stands open."""
        first, (name, options), *others = super().get_fieldsets(request, obj)
        if IS_POPUP_VAR in request.GET or IS_POPUP_VAR in request.POST:
            options = {**options, "classes": ["collapse"]}
        return [first, (name, options), *others]

    @admin.display(description=_("full reference"))
    def printed(self, source):
        """The reference, in the curator's language."""
        return str(source.reference)


@admin.register(Dispute)
class DisputeAdmin(ExhibitRecordAdmin):
    ordered_among = ["exhibit_id"]
    list_display = ["__str__", "key", "within"]
    list_filter = ["exhibit"]
    search_fields = ["key", "question", "words", "answer"]
    filter_horizontal = ["people", "entries"]
    fieldsets = [
        (None, {"fields": ["exhibit", "key", "order"]}),
        (_("Text"), {"fields": ["question", "words", "answer"]}),
        (_("Whom and what it concerns"), {"fields": ["people", "entries"]}),
    ]
    inlines = [CitationInline]


@admin.register(Term)
class TermAdmin(ExhibitRecordAdmin):
    list_display = ["__str__", "original", "standing", "key", "within"]
    list_filter = ["exhibit", "standing"]
    search_fields = ["key", "term", "original", "definition"]
    fieldsets = [
        (None, {"fields": ["exhibit", "key", "term", ("original", "original_language"), "order"]}),
        (_("Explanation"), {"fields": ["definition", "standing"]}),
    ]
    inlines = [CitationInline]
