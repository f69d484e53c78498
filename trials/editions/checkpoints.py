"""Checkpoints: a working copy is kept before anything replaces it, so that every replacement can be undone.

What replaces a working copy brings its content. The exhibit's address stays the present one: another exhibit
may have taken the old one meanwhile, and printed labels may point to the present one.
"""

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ..models import Checkpoint, Edition, Exhibit
from . import document as documents
from .build import RECORDS, build
from .restore import restore


class NotKept(documents.DocumentError):
    """The working copy is not whole, so it cannot be kept; nothing was replaced. ``faults`` says what to mend."""


class Refused(ValueError):
    """What was asked for is refused; the message says why and what to do."""


def content_of(exhibit: Exhibit) -> bytes:
    """The bytes of the exhibit's working copy, as a checkpoint keeps them. Raises `NotKept`."""
    try:
        return documents.dumps(build(exhibit))
    except documents.DocumentError as error:
        sentence = _(
            "The working copy is not whole, so it could not be kept, and nothing was replaced. Mend this first."
        )
        raise NotKept([documents.Fault("", sentence), *error.faults]) from error


def keep(exhibit: Exhibit, reason: str, user=None) -> Checkpoint:
    """Keep the working copy as it is; ``reason`` says what replaces it. Raises `NotKept`."""
    content = content_of(exhibit)
    checkpoint = Checkpoint.objects.create(
        exhibit=exhibit,
        content=content,
        digest=documents.digest_of(content),
        reason=reason[: Checkpoint._meta.get_field("reason").max_length],
        created_by=user,
    )
    checkpoint.refresh_from_db()
    return checkpoint


@transaction.atomic
def replace(exhibit: Exhibit, document: documents.Document, reason: str, user=None) -> Checkpoint:
    """Keep the working copy, then make it what ``document`` says. Returns what was kept. Raises `NotKept`."""
    wait_for_writers()
    checkpoint = keep(exhibit, reason, user)
    restore(document, Exhibit.objects.get(pk=exhibit.pk))
    return checkpoint


def load(checkpoint: Checkpoint, user=None) -> Checkpoint:
    """Make the working copy what it was, and return the checkpoint of what it is now: loading that undoes this.

    Raises `NotKept`, and `EditionTampered` where the checkpoint's bytes are not those that were kept.
    """
    moment = timezone.localtime(checkpoint.created)
    reason = _("The working copy of %(moment)s was brought back.") % {"moment": f"{moment:%Y-%m-%d %H:%M}"}
    return _bring_back(checkpoint.exhibit, checkpoint, reason, user)


def restore_edition(exhibit: Exhibit, edition: Edition, user=None) -> Checkpoint:
    """Make the working copy what ``edition`` says, and return the checkpoint of what it is now.

    What visitors see does not change. Raises `NotKept`, `Refused`, and `EditionTampered`.
    """
    if edition.exhibit_id != exhibit.pk:
        raise Refused(_("%(edition)s is an edition of another exhibit.") % {"edition": edition})
    if edition.takedowns.in_force().exists():
        raise Refused(_("%(edition)s was taken down: it cannot be restored.") % {"edition": edition})
    reason = _("Edition %(number)s was restored.") % {"number": edition.number}
    return _bring_back(exhibit, edition, reason, user)


@transaction.atomic
def _bring_back(exhibit, row, reason, user) -> Checkpoint:
    """Replace the working copy by what ``row``, an edition or a checkpoint, holds; at the present address."""
    content = bytes(row.content)
    if documents.digest_of(content) != row.digest:
        sentence = _("The bytes of “%(kept)s” do not have the digest %(digest)s.")
        raise documents.EditionTampered(sentence % {"kept": row, "digest": row.digest})
    wait_for_writers()
    exhibit = Exhibit.objects.get(pk=exhibit.pk)
    address = {"slug": exhibit.slug, "former_slugs": exhibit.former_slugs}
    return replace(exhibit, documents.loads(content).model_copy(update=address), reason, user)


def wait_for_writers():
    """Until this transaction ends, nobody else writes to a working copy: what is kept is what is replaced.

    SQLite has one writer at a time by itself. Owners come before their parts, as forms write them.
    """
    if connection.vendor == "postgresql":
        tables = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in [Exhibit, *RECORDS])
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE")
