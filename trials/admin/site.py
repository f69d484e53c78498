"""The admin site that curators sign in to."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _


class CuratorsSite(admin.AdminSite):
    """The curators' front door."""

    site_header = _("Exhibits: curators")
    site_title = _("Curators")
    index_title = _("The working copy")
