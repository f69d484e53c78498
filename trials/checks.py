"""System checks: what is unwise about this installation, in words."""

from django.conf import settings
from django.core import checks


@checks.register(checks.Tags.security, deploy=True)
def museum_can_be_reached(app_configs, **kwargs):
    """Visitors must be able to report an error in what they read about real people."""
    if settings.MUSEUM_CONTACT:
        return []
    return [
        checks.Warning(
            "MUSEUM_CONTACT is not set: visitors cannot report an error.",
            hint="Set it to an e-mail address or an https address in the environment or in .env.",
            id="trials.W001",
        )
    ]
