"""The exhibit itself, and the story it tells."""

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import OuterRef, Subquery
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from ..editions.publish import scheduled_displays
from ..models import Display, Exhibit, KeyPoint, Section
from .base import CitationInline, ExhibitRecordAdmin, RecordAdmin, RecordForm, moment
from .packages import PackagesAdmin
from .preview import PreviewAdmin
from .publishing import PublishingAdmin
from .restoring import RestoringAdmin
from .translations import TranslationsAdmin, other_languages


class CodesField(forms.CharField):
    """A list of codes, written with commas: “en, ru”."""

    def prepare_value(self, value):
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value):
        return [code.strip() for code in super().to_python(value).split(",") if code.strip()]

    def has_changed(self, initial, data):
        return initial != self.to_python(data)


class ExhibitForm(RecordForm):
    """Languages as a curator writes them."""

    languages = CodesField(
        label=_("Languages"),
        help_text=_("Codes of the languages in which it is shown, the main language first: “en, ru”."),
    )


@admin.register(Exhibit)
class ExhibitAdmin(PublishingAdmin, PackagesAdmin, PreviewAdmin, RestoringAdmin, TranslationsAdmin, RecordAdmin):
    form = ExhibitForm
    list_display = ["__str__", "slug", "when", "shown", "practice"]
    list_filter = ["practice"]
    search_fields = ["slug", "title", "lede", "notice"]
    ordering = ["order", "pk"]
    readonly_fields = ["shown", "scheduled", "former_addresses"]
    fieldsets = [
        (None, {"fields": ["title", "short_title", "lede", "notice"]}),
        (_("For visitors now"), {"fields": ["shown", "scheduled"]}),
        (_("When and where"), {"fields": ["date", "time", "date_as_written", "where"]}),
        (_("Credits"), {"fields": ["credits", "licence"]}),
        (
            _("Address and languages"),
            {"fields": ["slug", "former_addresses", "languages", "practice", "order"]},
        ),
    ]

    def get_queryset(self, request):
        now = Display.objects.now().filter(exhibit=OuterRef("pk"))
        return (
            super()
            .get_queryset(request)
            .annotate(
                shown_edition=Subquery(now.values("edition")),
                shown_number=Subquery(now.values("edition__number")),
                shown_since=Subquery(now.values("starts")),
            )
        )

    @admin.display(description=_("on display"))
    def shown(self, exhibit):
        """What visitors see now."""
        if not getattr(exhibit, "shown_number", None):
            return pgettext("on display", "Nothing")
        return format_html(
            _('<a href="{address}">Edition {number}</a> since {moment}'),
            address=edition_address(exhibit.shown_edition),
            number=exhibit.shown_number,
            moment=moment(exhibit.shown_since),
        )

    @admin.display(description=_("scheduled"))
    def scheduled(self, exhibit):
        """What visitors will see, soonest first."""
        displays = scheduled_displays(exhibit) if exhibit.pk else []
        sentence = _('<div><a href="{address}">Edition {number}</a> from {moment}</div>')
        rows = [
            {"address": edition_address(row.edition_id), "number": row.edition.number, "moment": moment(row.starts)}
            for row in displays
        ]
        return format_html_join("", sentence, rows) or pgettext("scheduled", "Nothing")

    @admin.display(description=_("former addresses"))
    def former_addresses(self, exhibit):
        """Old slugs, which lead to the present one."""
        return ", ".join(exhibit.former_slugs)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        """With the ways to its translations."""
        names = dict(settings.LANGUAGES)
        context["translations"] = [(code, names[code]) for code in other_languages(obj)] if obj else []
        return super().render_change_form(request, context, add, change, form_url, obj)

    def delete_view(self, request, object_id, extra_context=None):
        """What visitors have cited stays: an exhibit with editions is withdrawn, not deleted."""
        exhibit = self.get_object(request, unquote(object_id))
        if exhibit and self.has_delete_permission(request, exhibit) and exhibit.editions.exists():
            sentence = _(
                "“%(exhibit)s” has been published, and what visitors have cited stays. "
                "Withdraw it instead of deleting it."
            )
            self.message_user(request, sentence % {"exhibit": exhibit}, messages.ERROR)
            return redirect("admin:trials_exhibit_change", exhibit.pk)
        return super().delete_view(request, object_id, extra_context)


def edition_address(pk) -> str:
    """The address of an edition's page."""
    return reverse("admin:trials_edition_change", args=[pk])


@admin.register(Section)
class SectionAdmin(ExhibitRecordAdmin):
    list_display = ["__str__", "page", "order", "key", "within"]
    list_filter = ["exhibit", "page"]
    search_fields = ["key", "heading", "body", "pull_fact"]
    fieldsets = [
        (None, {"fields": ["exhibit", "key", "page", "order"]}),
        (_("Text"), {"fields": ["heading", "body", "pull_fact", "image"]}),
    ]
    inlines = [CitationInline]


@admin.register(KeyPoint)
class KeyPointAdmin(ExhibitRecordAdmin):
    list_display = ["__str__", "order", "key", "within"]
    list_filter = ["exhibit"]
    search_fields = ["key", "words"]
    fieldsets = [(None, {"fields": ["exhibit", "key", "words", "order"]})]
    inlines = [CitationInline]
