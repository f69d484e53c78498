"""What all pages of the working copy share: versions, pickers within one exhibit, search, the reminder."""

from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import get_fields_from_path, unquote
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .. import bibliography, dates
from ..languages import LanguagesFormField, Text, TranslatedField, language_codes
from ..models import Citation, Conflict, Exhibit
from ..models.base import EDTFField, ExhibitRecord, Part
from .dated import DateInput
from .drafts import DraftsAdmin
from .duplicating import DuplicatingAdmin
from .history import HistoryAdmin, moment
from .looking import readable_fieldsets, shown_fields
from .ordering import OrderingAdmin
from .picking import PickField, offered_sources
from .within import WithinAdmin, change_address

# Fieldsets of more than one kind of record.
WHEN = (_("When"), {"fields": ["date", "time", "date_as_written"]})
CERTAINTY = (_("How certain"), {"fields": ["standing", "confidence", "note"]})

# How many words of a name make a key.
KEY_WORDS = 6

REMINDER = _("Saved in the working copy. Visitors see it after the next publication.")


def conflict_message(record) -> str:
    """Why a save of ``record`` is refused, who saved it last as far as the admin knows, and where to look."""
    entries = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(record), object_id=record.pk)
    entry = entries.select_related("user").order_by("-action_time").first()
    saved = entry and format_html(
        _("It was last saved here by {name} on {moment}."),
        name=entry.user.get_full_name() or entry.user.get_username(),
        moment=moment(entry.action_time),
    )
    link = admin.site.is_registered(type(record)) and format_html(
        _('<a href="{address}" target="_blank" rel="noopener">Open the record as it is now in a new tab</a>.'),
        address=reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk]),
    )
    sentences = (
        _("This record was changed after you opened it, so nothing has been saved."),
        saved,
        _("What you typed is still below: carry it over to the record as it is now, and save there."),
        link,
    )
    return format_html_join(" ", "{}", ((sentence,) for sentence in sentences if sentence))


class RecordForm(forms.ModelForm):
    """A form that knows which version of the record was seen when it was opened."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput, label="")

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        if self.instance.pk:
            self.initial["seen"] = self.instance.version
            if "exhibit" in self.fields:
                # Not read-only: the rule that a key is unique within its exhibit needs the field in the form.
                self.fields["exhibit"].disabled = True
        else:
            self.initial["order"] = None

    def clean_order(self):
        """An empty position means the one that the record has, or the last one."""
        order = self.cleaned_data["order"]
        return self.instance.order if order is None else order

    def clean(self):
        """Refuse to write over a version that was not seen. One that was opened before is always changed."""
        super().clean()
        if self.instance.pk and self.has_changed() and self.cleaned_data.get("seen") != self._locked_version():
            self._show_what_is_there_now()
            raise ValidationError(conflict_message(self.instance), code="conflict")

    def _show_what_is_there_now(self):
        """Beside each field that somebody else left different from what is typed here: what it says now."""
        there = type(self.instance)._base_manager.filter(pk=self.instance.pk).first()
        for field in self.instance._meta.concrete_fields if there else ():
            if field.name not in self.cleaned_data or field.name in ("id", "order", "exhibit"):
                continue
            now = getattr(there, field.name)
            if isinstance(now, Text):
                now = Text((code, words) for code, words in now.words().items() if code in language_codes())
            if now == self.cleaned_data[field.name]:
                continue
            words = " / ".join(now.values()) if isinstance(now, Text) else str(now if now is not None else "")
            sentence = _("It now says: %(words)s") if words else _("It is empty now.")
            self.add_error(field.name, sentence % {"words": words})

    def _locked_version(self):
        """The version in the database, held until the transaction ends so that nobody saves in between."""
        rows = type(self.instance)._base_manager.select_for_update().filter(pk=self.instance.pk)
        return rows.values_list("version", flat=True).first()


class KeyedForm(RecordForm):
    """A key is made of the first words where none is given: curators think of names, not of addresses."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        if "key" in self.fields:
            self.fields["key"].required = False
            self.fields["key"].help_text += " " + _("Empty: one is made for you.")

    def clean_key(self):
        """The key that is typed; an empty one is that of before, or waits for the first words."""
        return self.cleaned_data["key"] or self.instance.key

    def clean(self):
        super().clean()
        exhibit, key = self.cleaned_data.get("exhibit"), self.cleaned_data.get("key")
        if key == "" and exhibit:
            texts = (value for value in self.cleaned_data.values() if isinstance(value, Text))
            words = str(next(texts, "")).split()[:KEY_WORDS]
            taken = set(type(self.instance).objects.of(exhibit).values_list("key", flat=True))
            self.cleaned_data["key"] = bibliography.key_of(" ".join(words), taken, self.instance._meta.model_name)
        return self.cleaned_data


class PartsFormSet(forms.BaseInlineFormSet):
    """The parts of a record on its page."""

    def add_fields(self, form, index):
        """In a table, whose headings say what a column is, each input says it to those who hear the page."""
        super().add_fields(form, index)
        for field in form.fields.values():
            if not isinstance(field, LanguagesFormField):
                # A copy of a picker has the attributes of what it was copied from; its input has its own.
                getattr(field.widget, "widget", field.widget).attrs.setdefault("aria-label", str(field.label or ""))

    def _should_delete_form(self, form):
        """What was changed after it was seen is not deleted: the form’s refusal counts."""
        return super()._should_delete_form(form) and not form.has_error(NON_FIELD_ERRORS, "conflict")


class PickerWrapper(RelatedFieldWidgetWrapper):
    """A picker beside whose “+” a record is added to the exhibit at hand."""

    exhibit = None

    @classmethod
    def around(cls, wrapper, exhibit):
        """The same picker as ``wrapper``, for ``exhibit``."""
        can = ("can_add_related", "can_change_related", "can_delete_related", "can_view_related")
        options = {name: getattr(wrapper, name) for name in can}
        picker = cls(wrapper.widget, wrapper.rel, wrapper.admin_site, **options)
        picker.exhibit = exhibit
        return picker

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        if self.exhibit:
            context["url_params"] += f"&exhibit={self.exhibit.pk}"
        return context


class RecordOptions:
    """What pages of records and the inlines on them share. ``request.exhibit`` is the one at hand."""

    form = RecordForm
    formfield_overrides = {EDTFField: {"widget": DateInput}}

    def get_fieldsets(self, request, obj=None):
        """Carry the version that is seen in every form that may change a record; else say what it says in words."""
        fieldsets = super().get_fieldsets(request, obj)
        if self._only_shows(request, obj):
            return readable_fieldsets(self.model, fieldsets)
        if obj is None or not self.has_change_permission(request, obj):
            return fieldsets
        *others, (name, options) = fieldsets
        return [*others, (name, {**options, "fields": [*options["fields"], "seen"]})]

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return [*fields, *shown_fields(self.model)] if self._only_shows(request, obj) else fields

    def _only_shows(self, request, obj) -> bool:
        """Whether nothing can be written here: not even, as in an inline, something new."""
        may_add = isinstance(self, admin.options.InlineModelAdmin) and self.has_add_permission(request, obj)
        return obj is not None and not may_add and not self.has_change_permission(request, obj)

    def get_field_queryset(self, db, db_field, request):
        """Offer records of the exhibit at hand; of all exhibits where none has been chosen yet."""
        model = db_field.related_model
        records = super().get_field_queryset(db, db_field, request)
        if not issubclass(model, ExhibitRecord | Part):
            return records
        records = model._default_manager.all() if records is None else records
        if issubclass(model, Part):
            records = records.select_related(model.owner_field)
        exhibit = getattr(request, "exhibit", None)
        return records.of(exhibit) if exhibit else records

    def formfield_for_dbfield(self, db_field, request, **options):
        if db_field.is_relation and issubclass(db_field.related_model, ExhibitRecord | Part):
            options["error_messages"] = {"invalid_choice": _("Choose only what belongs to the same exhibit.")}
        field = super().formfield_for_dbfield(db_field, request, **options)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            # Deleting is never a by-product of choosing; the page for changing is one for viewing too.
            field.widget.can_delete_related = field.widget.can_view_related = False
            if db_field.related_model is Exhibit:
                field.widget.can_add_related = field.widget.can_change_related = False
            if isinstance(field, PickField):  # Django's script would look for the record under its words
                field.widget.can_change_related = False
            field.widget = PickerWrapper.around(field.widget, getattr(request, "exhibit", None))
        return field


class RecordAdmin(RecordOptions, WithinAdmin, DuplicatingAdmin, OrderingAdmin, DraftsAdmin, HistoryAdmin):
    """The pages of one kind of record."""

    save_on_top = True
    list_per_page = 50

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        request.exhibit = self.exhibit_at_hand(request, object_id)
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (Conflict, IntegrityError):
            # Somebody saved between our look and our writing, and all of ours was rolled back. The second
            # look finds what they wrote, and says so in the form.
            return super().changeform_view(request, object_id, form_url, extra_context)

    def delete_view(self, request, object_id, extra_context=None):
        record = self.get_object(request, unquote(object_id))
        request.exhibit = self.exhibit_at_hand(request, object_id)
        way = [*self.way_back(request, record), (change_address(record), str(record))] if record else []
        return super().delete_view(request, object_id, {"way_back": way, **(extra_context or {})})

    def get_deleted_objects(self, objs, request):
        """Without the rows that only link two records: what they are called says nothing to anybody."""
        to_delete, counts, *others = super().get_deleted_objects(objs, request)
        links = [model._meta for model in apps.get_models(include_auto_created=True) if model._meta.auto_created]
        names = {meta.verbose_name_plural for meta in links}
        counts = {name: count for name, count in counts.items() if name not in names}
        return _without(to_delete, tuple(f"{capfirst(meta.verbose_name)}: " for meta in links)), counts, *others

    def get_search_fields(self, request):
        """Texts are searched language by language: in the whole column, “en” would match every record."""
        return [lookup for name in self.search_fields for lookup in self._search_lookups(name)]

    def _search_lookups(self, name):
        if isinstance(get_fields_from_path(self.model, name)[-1], TranslatedField):
            return [f"{name}__{code}__icontains" for code in language_codes()]
        return [name]

    def message_user(self, request, message, level=messages.INFO, **options):
        """What was written is not yet what visitors see, and of a practice copy never will be."""
        if level == messages.SUCCESS and not getattr(getattr(request, "exhibit", None), "practice", False):
            message = format_html("{} {}", message, REMINDER)
        super().message_user(request, message, level, **options)

    @admin.display(description=_("exhibit"))
    def within(self, record):
        """The exhibit, as shortly as it is called."""
        return record.exhibit.called

    @admin.display(description=_("date"), ordering="earliest")
    def when(self, record):
        """The date in words."""
        return in_words(record)


class ExhibitRecordAdmin(RecordAdmin):
    """The pages of a record with a key of its own."""

    form = KeyedForm
    owner_field = "exhibit"
    list_select_related = ["exhibit"]
    ordering = ["exhibit", "order", "pk"]


class PartAdmin(RecordAdmin):
    """The pages of a record that belongs to another one."""

    @property
    def owner_field(self):
        return self.model.owner_field


class HiddenPartAdmin(PartAdmin):
    """The pages of a part that is reached from its owner's page, not from the index."""

    def has_module_permission(self, request):
        return False


class RecordInline(RecordOptions, admin.StackedInline):
    """Parts of a record, edited on its page."""

    formset = PartsFormSet
    extra = 0


class TableInline(RecordOptions, admin.TabularInline):
    """Parts of a record that fit into a line."""

    formset = PartsFormSet
    extra = 0


class CitationInline(TableInline):
    """The sources of one statement."""

    model = Citation
    fields = ["source", "locator", "contradicts", "note", "order"]

    def get_queryset(self, request):
        """With the sources, whose names stand in each row."""
        return super().get_queryset(request).select_related("source")

    def formfield_for_foreignkey(self, db_field, request, **options):
        """A source is chosen by a few letters: lists of hundreds would stand in each row."""
        if db_field.name == "source":
            offered = offered_sources(request, self.get_field_queryset(None, db_field, request))
            options.update(form_class=PickField, offered=offered)
        return super().formfield_for_foreignkey(db_field, request, **options)


def _without(tree: list, beginnings: tuple[str, ...]) -> list:
    """``tree``, lists within lists, without the words that have one of these beginnings."""
    return [
        _without(branch, beginnings) if isinstance(branch, list) else branch
        for branch in tree
        if isinstance(branch, list) or not branch.startswith(beginnings)
    ]


def in_words(record) -> str:
    """The date of ``record`` in the curator's language; '' where it has none."""
    return dates.in_words(record.date, get_language() or "en", record.time) if record.date else ""
