"""The exhibit itself, and the story it tells."""

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Subquery
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from ..editions.publish import scheduled_displays
from ..languages import language_codes
from ..models import Display, Exhibit, KeyPoint, Section
from ..models.base import KEY_LENGTH, free_name
from .base import CitationInline, ExhibitRecordAdmin, RecordAdmin, RecordForm, moment
from .packages import PackagesAdmin
from .practice import PracticeAdmin
from .preview import PreviewAdmin
from .publishing import PublishingAdmin
from .restoring import RestoringAdmin
from .translations import TranslationsAdmin
from .workspace import WorkspaceAdmin
from .writing import WritingAdmin


class LanguagesField(forms.MultipleChoiceField):
    """The languages of an exhibit, to be ticked: the museum’s main one always, and first."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value):
        main = language_codes()[0]
        ticked = {*super().clean([main, *value])}
        return [main, *(code for code, _name in self.choices if code in ticked - {main})]


class ExhibitForm(RecordForm):
    """Languages to be ticked, and an address proposed from the title."""

    languages = LanguagesField(label=_("Languages"))

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        if "languages" in self.fields:
            self.fields["languages"].help_text = Exhibit._meta.get_field("languages").help_text
            names = dict(settings.LANGUAGES)
            stored = [code for code in self.instance.languages if code not in names]
            self.fields["languages"].choices = [*names.items(), *((code, code) for code in stored)]
            self.fields["languages"].initial = self.instance.languages
        if "practice" in self.fields and (self.instance.practice or self.instance.editions.exists()):
            # What is for practice stays so, and what visitors have seen is no practice.
            self.fields["practice"].disabled = True
        if not self.instance.pk and "slug" in self.fields:
            # Not asked for in the browser: clean_slug() proposes one from the title.
            self.fields["slug"].required = False
            self.fields["slug"].help_text += " " + _("Empty: one is made from the title.")

    def clean_slug(self):
        """The slug that was typed, or one from the title."""
        typed = self.cleaned_data["slug"]
        if typed or self.instance.pk:
            return typed
        title = self.cleaned_data.get("title") or {}
        slug = slugify(title.get(language_codes()[0], ""))[:KEY_LENGTH].strip("-")
        if not slug:
            raise ValidationError(_("Give it a name in small letters of a to z: none could be made from the title."))
        taken = set(Exhibit.objects.values_list("slug", flat=True))
        return free_name(slug, taken) if slug in taken else slug


class ExhibitList(ChangeList):
    """The list of exhibits, which leads to their workspaces."""

    def url_for_result(self, result):
        return reverse("admin:trials_exhibit_workspace", args=[result.pk])


@admin.register(Exhibit)
class ExhibitAdmin(
    WorkspaceAdmin,
    PublishingAdmin,
    PackagesAdmin,
    PracticeAdmin,
    PreviewAdmin,
    RestoringAdmin,
    TranslationsAdmin,
    WritingAdmin,
    RecordAdmin,
):
    form = ExhibitForm
    can_be_duplicated = False  # a practice copy is made instead
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

    # What a new exhibit needs to have a page; the rest follows in its workspace.
    first_fieldsets = [
        (_("What visitors read first"), {"fields": ["title", "lede", "notice"]}),
        (_("When it was"), {"fields": ["date"]}),
        (_("Address and languages"), {"fields": ["slug", "languages"]}),
    ]

    def get_fieldsets(self, request, obj=None):
        """A new exhibit begins with a few questions."""
        return super().get_fieldsets(request, obj) if obj else self.first_fieldsets

    def get_readonly_fields(self, request, obj=None):
        return super().get_readonly_fields(request, obj) if obj else ()

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

    def get_changelist(self, request, **options):
        return ExhibitList

    def exhibit_at_hand(self, request, object_id):
        """The exhibit itself."""
        return self.get_object(request, unquote(object_id)) if object_id else None

    def way_back(self, request, record):
        """To its workspace."""
        return [(reverse("admin:trials_exhibit_workspace", args=[record.pk]), record.called)]

    def response_post_save_change(self, request, obj):
        """Back to its workspace."""
        return redirect("admin:trials_exhibit_workspace", obj.pk)

    response_post_save_add = response_post_save_change

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
        """With what else can be done with it."""
        if obj:
            context = {**context, **self.tools(request, obj)}
        else:
            back = (reverse("admin:trials_exhibit_changelist"), capfirst(self.opts.verbose_name_plural))
            beginning = {"title": _("Begin a new exhibit"), "way_back": [back], "save_words": _("Begin")}
            only_one = {"show_save_and_add_another": False, "show_save_and_continue": False}
            context = {**context, **beginning, **only_one}
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
            return redirect("admin:trials_exhibit_workspace", exhibit.pk)
        return super().delete_view(request, object_id, extra_context)


def edition_address(pk) -> str:
    """The address of an edition's page."""
    return reverse("admin:trials_edition_change", args=[pk])


@admin.register(Section)
class SectionAdmin(ExhibitRecordAdmin):
    ordered_among = ["exhibit_id", "page"]
    ordering = ["exhibit", "page", "order", "pk"]
    list_display = ["__str__", "page", "key", "within"]
    list_filter = ["exhibit", "page"]
    search_fields = ["key", "heading", "body", "pull_fact"]
    fieldsets = [
        (None, {"fields": ["exhibit", "key", "page", "order"]}),
        (_("Text"), {"fields": ["heading", "body", "pull_fact", "image"]}),
    ]
    inlines = [CitationInline]


@admin.register(KeyPoint)
class KeyPointAdmin(ExhibitRecordAdmin):
    ordered_among = ["exhibit_id"]
    list_display = ["__str__", "key", "within"]
    list_filter = ["exhibit"]
    search_fields = ["key", "words"]
    fieldsets = [(None, {"fields": ["exhibit", "key", "words", "order"]})]
    inlines = [CitationInline]
