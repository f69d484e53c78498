"""The application that tells the story of a trial."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _


class TrialsConfig(AppConfig):
    """Political trials: working copy, editions, pages."""

    name = "trials"
    verbose_name = _("Exhibits")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from . import (
            checks,  # noqa: F401  (registers the system checks)
            sqlite,
        )

        connection_created.connect(sqlite.on_connection)
