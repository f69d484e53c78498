"""What was published, and what was on display when: to be read, never to be changed here."""

from django.contrib import admin

from ..models import Display, Edition


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
    fields = ["exhibit", "number", "slug", "note", "digest", "shape", "created", "created_by"]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("content")


@admin.register(Display)
class DisplayAdmin(ReadOnlyAdmin):
    list_display = ["starts", "edition", "exhibit", "note", "created", "created_by"]
    list_filter = ["exhibit"]
    list_select_related = ["exhibit", "edition", "created_by"]
    search_fields = ["note"]
    fields = ["exhibit", "edition", "starts", "note", "created", "created_by", "batch"]
    date_hierarchy = "starts"
