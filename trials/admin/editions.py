"""What was published, and what was on display when: to be read, never to be changed here."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from ..models import Display, Edition
from .base import moment


class ReadOnlyAdmin(admin.ModelAdmin):
    """Pages on which nothing can be changed."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Edition)
class EditionAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "number", "exhibit", "note", "created", "created_by"]
    list_filter = ["exhibit"]
    list_select_related = ["exhibit", "created_by"]
    search_fields = ["slug", "note"]
    # Not the content: it is long, and nobody reads it here.
    fields = ["exhibit", "number", "slug", "note", "taken_down", "digest", "shape", "created", "created_by"]
    readonly_fields = ["taken_down"]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("content")

    @admin.display(description=_("taken down"))
    def taken_down(self, edition):
        """The reason that visitors read in its place, where it is not shown."""
        takedown = edition.takedowns.in_force().first()
        if takedown is None:
            return _("no")
        return format_html(_("Since {moment}: {reason}"), moment=moment(takedown.created), reason=takedown.reason)


@admin.register(Display)
class DisplayAdmin(ReadOnlyAdmin):
    list_display = ["starts", "edition", "exhibit", "note", "created", "created_by"]
    list_filter = ["exhibit"]
    list_select_related = ["exhibit", "edition", "created_by"]
    search_fields = ["note"]
    fields = ["exhibit", "edition", "starts", "note", "created", "created_by", "batch"]
    date_hierarchy = "starts"
