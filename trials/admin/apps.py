"""Django's admin with a site of our own."""

from django.contrib.admin.apps import AdminConfig


class CuratorsAdminConfig(AdminConfig):
    """Use `CuratorsSite`, and find our registrations in this package."""

    default_site = "trials.admin.site.CuratorsSite"
