"""Publishing: from the working copy to an edition, and from an edition to what is on display.

Every function appends to the display log and changes nothing that was written before.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..models import Display, Edition, Exhibit, PublishedImage
from . import document as documents
from . import index
from .build import build, one_moment
from .readiness import BLOCKS, readiness

# What is done of an exhibit, in order: sentences for whoever waits.
STEPS = (
    gettext_lazy("“%(exhibit)s”: Reading the working copy"),
    gettext_lazy("“%(exhibit)s”: Checking it"),
    gettext_lazy("“%(exhibit)s”: Writing the edition and its search index"),
)


class PublishError(ValueError):
    """What was asked for is refused; the message says why and what to do."""


@one_moment()
def publish(
    exhibit: Exhibit,
    note: str,
    *,
    user=None,
    starts: datetime | None = None,
    batch=None,
    seen: str | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Display:
    """Make an edition of the working copy and put it on display from ``starts`` (default: now).

    A working copy that is the newest edition, word for word, goes on display as that edition. ``seen`` is the digest
    of what the curator looked at: any other is refused. ``progress`` is told how many of the steps are done. Raises
    `PublishError`, or `DocumentError` where the working copy is not whole.
    """
    note = _required(note)
    if starts and starts < timezone.now():
        raise PublishError(
            _("What visitors saw in the past cannot be changed: give a moment to come, or none for now.")
        )
    exhibit = _for_visitors(exhibit)
    progress(0, len(STEPS))
    document = build(exhibit)
    progress(1, len(STEPS))
    digest = documents.digest_of(documents.dumps(document))
    if seen is not None and seen != digest:
        sentence = _("“%(exhibit)s” changed while you looked. See what will change for visitors now.")
        raise PublishError(sentence % {"exhibit": exhibit})
    newest = exhibit.editions.order_by("-number").first()
    if newest is None or newest.digest != digest:
        _refuse_what_blocks(document)
        progress(2, len(STEPS))
        newest = _new_edition(exhibit, document, note, user)
    elif starts is None and on_display_now(exhibit) == newest:
        sentence = _("Nothing has changed since edition %(number)s, which is on display.")
        raise PublishError(sentence % {"number": newest.number})
    display = _show(exhibit, newest, note, user, starts, batch)
    progress(len(STEPS), len(STEPS))
    return display


@transaction.atomic
def roll_back(exhibit: Exhibit, edition: Edition, note: str, *, user=None) -> Display:
    """Put an earlier edition on display again, from now. Raises `PublishError`."""
    note = _required(note)
    exhibit = _for_visitors(exhibit)
    if edition.exhibit_id != exhibit.pk:
        raise PublishError(_("%(edition)s is an edition of another exhibit.") % {"edition": edition})
    return _show(exhibit, edition, note, user)


@transaction.atomic
def withdraw(exhibit: Exhibit, note: str, *, user=None) -> list[Display]:
    """Take the exhibit off display from now, and cancel what was scheduled.

    Returns the scheduled displays that are cancelled, soonest first. Each is cancelled by a later line for
    the same moment, since the log itself is never changed. Raises `PublishError`.
    """
    note = _required(note)
    exhibit = _in_turn(exhibit)
    scheduled = scheduled_displays(exhibit)
    if on_display_now(exhibit) is None and not scheduled:
        raise PublishError(_("“%(exhibit)s” is not on display, and nothing is scheduled.") % {"exhibit": exhibit})
    _show(exhibit, None, note, user)
    for display in scheduled:
        _show(exhibit, None, note, user, display.starts)
    return scheduled


def on_display_now(exhibit: Exhibit) -> Edition | None:
    """The edition that visitors see now, by the database's clock."""
    display = Display.objects.filter(exhibit=exhibit).now().select_related("edition").first()
    return display and display.edition


def scheduled_displays(exhibit: Exhibit) -> list[Display]:
    """What will go on display, soonest first: of several lines for one moment, the last written counts."""
    lines = Display.objects.filter(exhibit=exhibit).to_come().select_related("edition").order_by("starts", "pk")
    last = {line.starts: line for line in lines}
    return [line for line in last.values() if line.edition]


def _required(note: str) -> str:
    note = note.replace("\r\n", "\n").strip()
    if not note:
        raise PublishError(_("Write a note: visitors will read what changed and why."))
    try:
        return documents.check_plain(note, lines=True)
    except ValueError as error:
        raise PublishError(str(error)) from error


def _refuse_what_blocks(document: documents.Document):
    blocking = [finding for finding in readiness(document) if finding.severity == BLOCKS]
    if blocking:
        raise PublishError("\n".join([_("This must be mended first:"), *map(str, blocking)]))


def _for_visitors(exhibit: Exhibit) -> Exhibit:
    """As `_in_turn`, if visitors may see the exhibit at all."""
    exhibit = _in_turn(exhibit)
    if exhibit.practice:
        sentence = _("“%(exhibit)s” is a practice exhibit: it can never go on display.")
        raise PublishError(sentence % {"exhibit": exhibit})
    return exhibit


def _in_turn(exhibit: Exhibit) -> Exhibit:
    """The exhibit as it is once everybody else who publishes at this moment has done. SQLite waits by itself.

    Not by locking the exhibit's row: the moment that `publish` sees would then lie before the wait, or a
    curator who saves the exhibit meanwhile would make it fail. Waiting for a table comes before that moment.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {Edition._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")
    return Exhibit.objects.get(pk=exhibit.pk)


def _new_edition(exhibit, document: documents.Document, note: str, user) -> Edition:
    taken = Edition.objects.filter(slug=exhibit.slug, displays__isnull=False).exclude(exhibit=exhibit).first()
    if taken:
        sentence = _(
            "The address /exhibits/%(slug)s/ belonged to another exhibit, and printed labels may point there. "
            "Choose another slug."
        )
        raise PublishError(sentence % {"slug": exhibit.slug})
    content = documents.dumps(document)
    edition = Edition.objects.create(
        exhibit=exhibit,
        number=(exhibit.editions.aggregate(last=Max("number"))["last"] or 0) + 1,
        slug=exhibit.slug,
        content=content,
        digest=documents.digest_of(content),
        shape=documents.SHAPE,
        note=note,
        created_by=user,
    )
    hashes = {image.sha256 for image in document.images}
    PublishedImage.objects.bulk_create(PublishedImage(edition=edition, sha256=sha256) for sha256 in sorted(hashes))
    index.write(edition, document)
    return edition


def _show(exhibit, edition, note, user, starts=None, batch=None) -> Display:
    if edition and edition.takedowns.in_force().exists():
        sentence = _(
            "Edition %(number)s was taken down, and visitors would read the reason alone. "
            "Correct the working copy and publish that, or lift the takedown."
        )
        raise PublishError(sentence % {"number": edition.number})
    moment = {"starts": starts} if starts else {}
    display = Display.objects.create(
        exhibit=exhibit, edition=edition, note=note, created_by=user, batch=batch, **moment
    )
    display.refresh_from_db()
    return display
