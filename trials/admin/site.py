"""The admin site that curators sign in to."""

from functools import update_wrapper

from django.contrib import admin
from django.core.exceptions import BadRequest
from django.db import DataError
from django.utils.translation import gettext_lazy as _

from ..editions.display import tampered


class CuratorsSite(admin.AdminSite):
    """The curators' front door."""

    site_header = _("Exhibits: curators")
    site_title = _("Curators")
    index_title = _("The working copy")

    def admin_view(self, view, cacheable=False):
        """Numbers that no database holds, in an address or a form, are a bad request and not our failure."""

        def bounded(request, *args, **kwargs):
            try:
                return view(request, *args, **kwargs)
            except (OverflowError, DataError) as error:
                raise BadRequest("A number of the request is larger than any record’s.") from error

        return super().admin_view(update_wrapper(bounded, view), cacheable)

    def index(self, request, extra_context=None):
        """The front page, with an alarm where an edition is not what was published."""
        return super().index(request, {"tampered": tampered(), **(extra_context or {})})

    def get_app_list(self, request, app_label=None):
        """Exhibits before accounts, and records in the order in which they are registered: by meaning."""
        apps = super().get_app_list(request, app_label)
        order = {model: position for position, model in enumerate(self._registry)}
        for app in apps:
            app["models"].sort(key=lambda entry: order[entry["model"]])
        return sorted(apps, key=lambda app: app["app_label"] != "trials")
