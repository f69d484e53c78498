"""How we know."""

from django.contrib import admin
from django.contrib.admin.options import IS_POPUP_VAR
from django.utils.translation import gettext_lazy as _

from .. import bibliography
from ..models import Dispute, Source, Term
from .base import CitationInline, ExhibitRecordAdmin, RecordForm
from .bibliography import BibliographyAdmin
from .spreadsheets.pages import SpreadsheetsAdmin


class SourceForm(RecordForm):
    """A key is made of the label where none is given: a source is often added in the middle of a sentence."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        if "key" in self.fields:
            self.fields["key"].required = False
            self.fields["key"].help_text = _("Its short name in citations. Left empty, it is made of the label.")

    def clean_key(self):
        """The key that is typed; an empty one is that of before, or waits for the label."""
        return self.cleaned_data["key"] or self.instance.key

    def clean(self):
        super().clean()
        exhibit, label = self.cleaned_data.get("exhibit"), self.cleaned_data.get("label")
        if "key" in self.fields and not self.cleaned_data.get("key") and exhibit and label and "key" not in self.errors:
            taken = set(Source.objects.filter(exhibit=exhibit).values_list("key", flat=True))
            self.cleaned_data["key"] = bibliography.key_of(str(label), taken)
        return self.cleaned_data


@admin.register(Source)
class SourceAdmin(SpreadsheetsAdmin, BibliographyAdmin, ExhibitRecordAdmin):
    form = SourceForm
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
