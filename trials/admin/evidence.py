"""How we know."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from ..models import Dispute, Source, Term
from .base import CitationInline, ExhibitRecordAdmin
from .spreadsheets.pages import SpreadsheetsAdmin


@admin.register(Source)
class SourceAdmin(SpreadsheetsAdmin, ExhibitRecordAdmin):
    list_display = ["__str__", "kind", "printed", "key", "within"]
    list_filter = ["exhibit", "kind", "consulted"]
    search_fields = ["key", "label", "reference", "reliability"]
    fieldsets = [
        (None, {"fields": ["exhibit", "key", "kind", "consulted", "label", "order"]}),
        (_("In the bibliography"), {"fields": ["reference", "language", "url", "reliability"]}),
    ]

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
