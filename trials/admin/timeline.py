"""When and where."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from ..models import Place, Sitting, TimelineEntry
from .base import CERTAINTY, WHEN, CitationInline, ExhibitRecordAdmin, TableInline


class SittingInline(TableInline):
    model = Sitting
    fields = ["time", "words", "order"]


@admin.register(TimelineEntry)
class TimelineEntryAdmin(ExhibitRecordAdmin):
    list_display = ["__str__", "when", "phase", "standing", "key", "within"]
    list_filter = ["exhibit", "phase", "theme", "standing", "confidence"]
    search_fields = ["key", "title", "words", "note"]
    filter_horizontal = ["people"]
    fieldsets = [
        (None, {"fields": ["exhibit", "key", "phase", "theme", "order"]}),
        WHEN,
        (_("Text"), {"fields": ["title", "words"]}),
        CERTAINTY,
        (_("Where and who"), {"fields": ["place", "people", "image"]}),
    ]
    inlines = [CitationInline, SittingInline]


@admin.register(Place)
class PlaceAdmin(ExhibitRecordAdmin):
    list_display = ["__str__", "precision", "standing", "key", "within"]
    list_filter = ["exhibit", "precision", "standing"]
    search_fields = ["key", "name", "name_then", "words"]
    fieldsets = [
        (None, {"fields": ["exhibit", "key", "name", "name_then", "words", "order"]}),
        (_("On the map"), {"fields": [("latitude", "longitude"), "precision", "coordinates_standing"]}),
        (_("How certain"), {"fields": ["standing", "note"]}),
    ]
    inlines = [CitationInline]
