"""Takedowns: an image or an edition that law or decency keeps from being shown.

Nothing is deleted. What was taken down can be shown again, by lifting the takedown.
"""

from contextlib import contextmanager

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from ..languages import check_plain
from ..models import Edition, Image, PublishedImage, Takedown


class TakedownError(ValueError):
    """What was asked for is refused; the message says why and what to do."""


def take_down_image(sha256: str, reason: str, user=None) -> Takedown:
    """Show the image nowhere from now on, in no exhibit and no edition. Raises `TakedownError`."""
    reason = _required(reason)
    if not is_known(sha256):
        sentence = _(
            "No exhibit and no edition has an image with the SHA-256 “%(sha256)s”. "
            "It is the long number in the image’s address, /media/…/image.jpg."
        )
        raise TakedownError(sentence % {"sha256": sha256})
    return _take_down(reason, user, sha256=sha256)


def take_down_edition(edition: Edition, reason: str, user=None) -> Takedown:
    """Show no page of the edition from now on, also while it is on display. Raises `TakedownError`."""
    return _take_down(_required(reason), user, edition=edition)


def lift(takedown: Takedown, user=None) -> Takedown:
    """Show again what was taken down. Raises `TakedownError` where it is shown again already."""
    if not Takedown.objects.in_force().filter(pk=takedown.pk).update(lifted=Now(), lifted_by=user):
        raise TakedownError(_("This takedown was lifted already."))
    takedown.refresh_from_db()
    return takedown


def is_known(sha256: str) -> bool:
    """Whether an image of the working copy or of an edition has this hash."""
    return any(model.objects.filter(sha256=sha256).exists() for model in (Image, PublishedImage))


def _take_down(reason, user, **what) -> Takedown:
    with _in_turn():
        present = Takedown.objects.in_force().filter(**what).first()
        if present:
            since = f"{localtime(present.created):%Y-%m-%d}"
            sentence = _("It is down already, since %(since)s: %(reason)s")
            raise TakedownError(sentence % {"since": since, "reason": present.reason})
        takedown = Takedown.objects.create(reason=reason, created_by=user, **what)
        takedown.refresh_from_db()
        return takedown


@contextmanager
def _in_turn():
    """A transaction that begins once everybody else who takes something down at this moment has done."""
    with transaction.atomic():
        if connection.vendor == "postgresql":  # SQLite waits by itself
            with connection.cursor() as cursor:
                cursor.execute(f"LOCK TABLE {Takedown._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")
        yield


def _required(reason: str) -> str:
    reason = reason.replace("\r\n", "\n").strip()  # as browsers send the ends of lines
    if not reason:
        raise TakedownError(_("Write a reason: visitors will read it in place of what is taken down."))
    try:
        return check_plain(reason, lines=True)
    except ValueError as error:
        raise TakedownError(str(error)) from error
