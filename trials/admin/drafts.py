"""What is typed and not saved is kept in the browser (static/js/admin/unsaved.js); here is what it is told."""

import re

from django.contrib import admin, messages

DRAFT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class DraftsAdmin(admin.ModelAdmin):
    """Pages on which nothing typed is lost."""

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        """With the account to which unsaved changes belong, and the name of those that this page refuses."""
        context = {**context, "drafts": {"account": request.user.pk, "refused": _draft(request)}}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def message_user(self, request, message, level=messages.INFO, extra_tags="", **options):
        """Tell the browser which unsaved changes are saved now."""
        if level == messages.SUCCESS and _draft(request):
            extra_tags = f"{extra_tags} saved-{_draft(request)}"
        super().message_user(request, message, level, extra_tags=extra_tags, **options)


def _draft(request) -> str:
    """The name of the unsaved changes that a record's form sends, as the browser made it; '' where there are none.

    A button of the form that leads elsewhere, as to taking words from another image, sends it and saves none of them.
    """
    if not request.resolver_match.url_name.endswith(("_change", "_add")):
        return ""
    name = request.POST.get("draft", "")
    return name if DRAFT.fullmatch(name) else ""
