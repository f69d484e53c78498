"""People: each with names, parts, ties, and the facts of a life."""

from django.contrib import admin
from django.db.models import Prefetch
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from .. import prose
from ..models import Charge, Citation, Connection, Defendant, Fact, Name, Participant, Person, Reading
from .base import (
    CERTAINTY,
    WHEN,
    CitationInline,
    ExhibitRecordAdmin,
    HiddenPartAdmin,
    PartAdmin,
    RecordInline,
    TableInline,
    in_words,
)
from .spreadsheets.pages import SpreadsheetsAdmin


class NameInline(TableInline):
    model = Name
    fields = ["spelling", "kind", "language", "order"]


class ParticipantInline(TableInline):
    model = Participant
    fields = ["role", "words", "order"]
    show_change_link = True


class ConnectionInline(TableInline):
    model = Connection
    fk_name = "person"
    fields = ["to", "words", "reverse", "order"]
    show_change_link = True


class AccusedFilter(admin.EmptyFieldListFilter):
    """Those who were accused, or those who were not."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.title = _("part as accused")


@admin.register(Person)
class PersonAdmin(SpreadsheetsAdmin, ExhibitRecordAdmin):
    ordered_among = ["exhibit_id"]
    list_display = ["__str__", "sort_name", "key", "within"]
    list_filter = ["exhibit", ("defendant", AccusedFilter), "parts__role"]
    search_fields = ["key", "sort_name", "name", "summary", "names__spelling"]
    readonly_fields = ["accused", "facts_known", "former_addresses"]
    fieldsets = [
        (None, {"fields": ["exhibit", "key", "name", "sort_name", "summary", "portrait", "order"]}),
        (_("Life"), {"fields": ["life", "not_to_confuse"]}),
        (_("On pages of their own"), {"fields": ["accused"]}),
        (_("Facts, and how we know them"), {"fields": ["facts_known"]}),
        (_("Identity and former addresses"), {"fields": ["identity", "former_addresses"]}),
    ]
    inlines = [NameInline, ParticipantInline, ConnectionInline]

    @admin.display(description=_("part as accused"))
    def accused(self, person):
        """A link to the person's page as a defendant, or to making one."""
        if not person.pk:
            return _("Save the person first.")
        if hasattr(person, "defendant"):
            return change_link(
                person.defendant, _("Number %(number)s in the indictment") % {"number": person.defendant.number}
            )
        return add_link(Defendant, person, _("Add: the person was accused"))

    @admin.display(description=_("facts"))
    def facts_known(self, person):
        """The facts of a life as they are known: standing, sources and other readings, each a link to its page."""
        if not person.pk:
            return _("Save the person first.")
        cited = Prefetch("citations", Citation.objects.select_related("source"))
        readings = Prefetch("readings", Reading.objects.prefetch_related(cited))
        facts = list(person.facts.select_related("place").prefetch_related(cited, readings))
        for fact in facts:
            fact.note_in_plain = prose.to_plain(str(fact.note))
            fact.read_otherwise = fact.readings.all()
            for statement in (fact, *fact.read_otherwise):
                statement.said, statement.in_plain = in_words(statement), prose.to_plain(str(statement.words))
        return render_to_string("admin/trials/person/_facts.html", {"person": person, "facts": facts})

    @admin.display(description=_("former addresses"))
    def former_addresses(self, person):
        """Old keys, which lead to the present one."""
        return ", ".join(person.former_keys)


def change_link(record, words):
    """A link to the page on which ``record`` is changed."""
    address = reverse(f"admin:trials_{record._meta.model_name}_change", args=[record.pk])
    return format_html('<a href="{}">{}</a>', address, words)


def add_link(model, owner, words):
    """A link to the page on which a part of ``owner`` is added."""
    address = reverse(f"admin:trials_{model._meta.model_name}_add")
    return format_html('<a href="{}?{}={}">{}</a>', address, model.owner_field, owner.pk, words)


@admin.register(Defendant)
class DefendantAdmin(SpreadsheetsAdmin, PartAdmin):
    can_be_duplicated = False  # a person is accused once
    list_display = ["__str__", "number", "plea", "verdict", "sentence", "sentence_years", "within"]
    list_filter = ["person__exhibit", "plea", "verdict", "sentence"]
    list_select_related = ["person__exhibit"]
    search_fields = ["person__key", "person__name", "person__sort_name", "alleged", "known", "fate"]
    ordering = ["person__exhibit", "number", "pk"]
    filter_horizontal = ["charges"]
    fieldsets = [
        (None, {"fields": ["person", "number", "trade", "office", "fate"]}),
        (_("Alleged against known"), {"fields": ["charges", "alleged", "known"]}),
        (
            _("Before the court"),
            {"fields": ["held_out", "plea", "plea_note", "counsel", "counsel_note"]},
        ),
        (
            _("Verdict and sentence"),
            {"fields": ["verdict", "verdict_note", "sentence", "sentence_years", "sentence_note"]},
        ),
    ]
    inlines = [CitationInline]


class ReadingInline(RecordInline):
    model = Reading
    fields = ["date", "time", "date_as_written", "words", "order"]
    show_change_link = True


@admin.register(Fact)
class FactAdmin(SpreadsheetsAdmin, PartAdmin):
    ordered_among = ["person_id"]
    list_display = ["__str__", "when", "standing", "confidence", "place", "within"]
    list_filter = ["person__exhibit", "kind", "standing", "confidence"]
    list_select_related = ["person__exhibit", "place"]
    search_fields = ["person__key", "person__name", "person__sort_name", "words", "note"]
    ordering = ["person__exhibit", "person__order", "person", "order", "pk"]
    fieldsets = [
        (None, {"fields": ["person", "kind", "words", "place", "order"]}),
        WHEN,
        CERTAINTY,
    ]
    inlines = [CitationInline, ReadingInline]


@admin.register(Charge)
class ChargeAdmin(ExhibitRecordAdmin):
    ordered_among = ["exhibit_id"]
    list_display = ["__str__", "article", "key", "within"]
    list_filter = ["exhibit"]
    search_fields = ["key", "article", "title", "alleged", "known"]
    fieldsets = [
        (None, {"fields": ["exhibit", "key", "title", "article", "order"]}),
        (_("Alleged against known"), {"fields": ["alleged", "known"]}),
    ]
    inlines = [CitationInline]


@admin.register(Participant)
class ParticipantAdmin(HiddenPartAdmin):
    list_display = ["__str__", "role", "within"]
    list_filter = ["person__exhibit", "role"]
    list_select_related = ["person__exhibit"]
    search_fields = ["person__name", "person__sort_name", "words"]
    ordering = ["person__exhibit", "person__order", "person", "order", "pk"]
    fieldsets = [(None, {"fields": ["person", "role", "words", "order"]})]
    inlines = [CitationInline]


@admin.register(Connection)
class ConnectionAdmin(HiddenPartAdmin):
    list_display = ["__str__", "within"]
    list_filter = ["person__exhibit"]
    list_select_related = ["person__exhibit", "to"]
    search_fields = ["person__name", "to__name", "words"]
    ordering = ["person__exhibit", "person__order", "person", "order", "pk"]
    fieldsets = [(None, {"fields": ["person", "to", "words", "reverse", "order"]})]
    inlines = [CitationInline]


@admin.register(Reading)
class ReadingAdmin(HiddenPartAdmin):
    list_display = ["__str__", "fact", "when", "within"]
    list_filter = ["fact__person__exhibit"]
    list_select_related = ["fact__person__exhibit"]
    search_fields = ["fact__person__name", "words"]
    ordering = ["fact__person__exhibit", "fact__person__order", "fact__person", "fact__order", "order", "pk"]
    fieldsets = [(None, {"fields": ["fact", "words", "order"]}), WHEN]
    inlines = [CitationInline]
