"""When and where."""

from django.contrib import admin
from django.db.models import Case, CharField, F, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from .. import dates
from ..models import Place, Sitting, TimelineEntry
from .base import CERTAINTY, WHEN, CitationInline, ExhibitRecordAdmin, TableInline
from .spreadsheets.pages import SpreadsheetsAdmin

# The list stands as visitors read it: as `dates.sort_key` does, but for times that are part of a date.
BEGINNING = Coalesce("earliest", "latest").asc(nulls_last=True)
NAMED_HOURS = zip(dates.TIMES_OF_DAY, ("06:00", "12:00", "18:00", "22:00"), strict=True)
HOUR = Case(
    *(When(time=name, then=Value(hour)) for name, hour in NAMED_HOURS), default="time", output_field=CharField()
)


class SittingInline(TableInline):
    model = Sitting
    fields = ["time", "words", "order"]


@admin.register(TimelineEntry)
class TimelineEntryAdmin(SpreadsheetsAdmin, ExhibitRecordAdmin):
    # Visitors read it by date: the position decides between entries of the same date and time.
    ordered_among = ["exhibit_id", "earliest", "latest"]
    ordering = ["exhibit", BEGINNING, F("latest").asc(nulls_last=True), HOUR.asc(), "order", "pk"]
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

    def place_of(self, record):
        return record.exhibit_id, dates.sort_key(record.date, record.time)


@admin.register(Place)
class PlaceAdmin(ExhibitRecordAdmin):
    ordered_among = ["exhibit_id"]
    list_display = ["__str__", "precision", "standing", "key", "within"]
    list_filter = ["exhibit", "precision", "standing"]
    search_fields = ["key", "name", "name_then", "words"]
    fieldsets = [
        (None, {"fields": ["exhibit", "key", "name", "name_then", "words", "order"]}),
        (_("On the map"), {"fields": [("latitude", "longitude"), "precision", "coordinates_standing"]}),
        (_("How certain"), {"fields": ["standing", "note"]}),
    ]
    inlines = [CitationInline]
