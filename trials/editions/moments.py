"""Moments as a museum writes them: in its own time zone, without an offset."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _


def moment(text: str) -> datetime:
    """The moment that ``text`` (2027-01-23T10:00, or with an offset) names in the museum's time zone.

    Raises ValueError with a sentence for what is no moment, and for one that the clock skips or has twice.
    """
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise ValueError(_("“%(text)s” is not a moment such as 2027-01-23T10:00.") % {"text": text}) from error
    if found.tzinfo:
        return found
    zone = timezone.get_default_timezone()
    early, late = found.replace(tzinfo=zone, fold=0), found.replace(tzinfo=zone, fold=1)
    if early.utcoffset() != late.utcoffset():
        raise ValueError(
            _(
                "“%(text)s” does not name one moment: clocks in %(zone)s are changed then. "
                "Take another time, or add the offset, such as +01:00."
            )
            % {"text": text, "zone": settings.MUSEUM_TIME_ZONE}
        )
    return early
