"""Django's admin with a site of our own."""

from django.contrib.admin.apps import AdminConfig


class CuratorsAdminConfig(AdminConfig):
    """Use `CuratorsSite`, and find our registrations, which are several modules in this package."""

    default_site = "trials.admin.site.CuratorsSite"

    def ready(self):
        super().ready()
        # In the order in which the index lists them.
        from . import exhibit, people, timeline, evidence, images, editions, takedowns  # noqa: F401, I001
