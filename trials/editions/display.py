"""What is on display now, and the documents of editions: all that public pages read from the database.

One query a second tells what is on display and what is taken down; a document is read, checked and parsed
once in a process. While the database is away, what it said last goes on being believed.
"""

import logging
import threading
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache

from django.db import InterfaceError, OperationalError, connection
from django.db.models import CharField, DateTimeField, Exists, IntegerField, OuterRef, Q, Value
from django.utils.translation import gettext as _

from ..models import Display, Edition, PublishedImage, Takedown
from . import document as documents

log = logging.getLogger(__name__)

# How long an answer about what is on display is believed, in seconds: a little less than the one within which all
# processes agree, because asking takes a moment.
BELIEVED = 0.9
# How many documents a process keeps: about 5 MB each at the largest exhibit that is tested.
KEPT = 16


@dataclass(frozen=True)
class Notice:
    """What visitors read in place of what is taken down: the reason, and since when."""

    reason: str
    since: datetime


class EditionTakenDown(documents.EditionUnreadable):
    """Law or decency keeps an edition from being shown; ``notice`` says why and since when."""

    def __init__(self, notice: Notice):
        self.notice = notice
        super().__init__(_("It was taken down: %(reason)s") % {"reason": notice.reason})


@dataclass(frozen=True)
class OnDisplay:
    """An edition that visitors may read: its exhibit, number, address, digest, and since when it is shown."""

    exhibit: int
    edition: int
    number: int
    slug: str
    digest: str
    note: str
    published: datetime
    starts: datetime

    @cached_property
    def notice(self) -> Notice | None:
        """What is said in its place, where it is taken down. The first look decides for all that is made of it."""
        return believed().editions_down.get(self.edition)

    @property
    def document(self) -> documents.Document:
        """The exhibit as it was published. Raises `EditionTakenDown`, or another `EditionUnreadable`."""
        if self.notice:
            raise EditionTakenDown(self.notice)
        return document_of(self.edition, self.digest)


# The columns from which each field of `OnDisplay` is read.
COLUMNS = {
    "exhibit": "exhibit_id",
    "edition": "edition_id",
    "number": "edition__number",
    "slug": "edition__slug",
    "digest": "edition__digest",
    "note": "edition__note",
    "published": "edition__created",
    "starts": "starts",
}
# What a takedown has in each of these columns, so that one query asks for both; its exhibit is always empty.
TAKEDOWN_COLUMNS = (
    Value(None, IntegerField()),
    "edition_id",
    Value(None, IntegerField()),
    Value("", CharField()),
    "sha256",
    "reason",
    Value(None, DateTimeField()),
    "created",
)


@dataclass(frozen=True)
class Answer:
    """What a process believes for a second: the exhibits on display by slug, and what is taken down.

    What has not changed is the same object from one second to the next: the page store compares no more than that.
    """

    exhibits: dict[str, OnDisplay]
    editions_down: dict[int, Notice]
    images_down: dict[str, Notice]

    def after(self, before: "Answer | None") -> "Answer":
        """This answer, with what ``before`` said alike as it was there. A takedown changes everything."""
        if before is None or (self.editions_down, self.images_down) != (before.editions_down, before.images_down):
            return self
        exhibits = {
            slug: before.exhibits[slug] if before.exhibits.get(slug) == shown else shown
            for slug, shown in self.exhibits.items()
        }
        if list(exhibits.items()) == list(before.exhibits.items()):
            return before
        return Answer(exhibits, self.editions_down, self.images_down)


class _Memory:
    """The last answer of the database, and until when it is believed (by `time.monotonic`)."""

    answer: Answer | None = None
    until = 0.0
    lock = threading.Lock()


def on_display() -> dict[str, OnDisplay]:
    """Every exhibit on display now, by its slug, in the order in which they were first published.

    An exhibit whose edition is taken down is among them: `readable` leaves it out.
    """
    return believed().exhibits


def image_notice(sha256: str) -> Notice | None:
    """What is said in place of an image, where it is taken down."""
    return believed().images_down.get(sha256)


def image_is_public(sha256: str) -> bool:
    """Whether an edition that has been on display shows an image; whether it is taken down is another question."""
    try:
        return _published(sha256)
    except PublishedImage.DoesNotExist:
        return False


@lru_cache(maxsize=4096)
def _published(sha256: str) -> bool:
    """Only what is public is remembered, since it stays so; so pictures too are there while the database is away."""
    if PublishedImage.objects.of_editions_shown().filter(sha256=sha256).exists():
        return True
    raise PublishedImage.DoesNotExist


def believed() -> Answer:
    """What is on display, as the database said less than a second ago or, while it is away, when it was last there.

    One thread asks; the others go on with the answer there is. Raises the database's error where there is none yet.
    """
    answer = _Memory.answer
    if time.monotonic() < _Memory.until and answer:
        return answer
    if _Memory.lock.acquire(blocking=answer is None):
        try:
            if time.monotonic() >= _Memory.until or _Memory.answer is None:
                _ask()
            answer = _Memory.answer
        finally:
            _Memory.lock.release()
    return answer


def _ask():
    asked = time.monotonic()
    try:
        _Memory.answer = _answer().after(_Memory.answer)
    except (OperationalError, InterfaceError) as error:
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
        if _Memory.answer is None:
            raise
        log.error("The database does not answer; what it said last goes on being shown: %s", error)
    _Memory.until = asked + BELIEVED


def _answer() -> Answer:
    shown = Display.objects.now().filter(edition__isnull=False).order_by().values_list(*COLUMNS.values())
    down = Takedown.objects.in_force().order_by().values_list(*TAKEDOWN_COLUMNS)
    rows = [dict(zip(COLUMNS, values, strict=True)) for values in shown.union(down, all=True)]
    exhibits = sorted((OnDisplay(**row) for row in rows if row["exhibit"]), key=lambda shown: shown.exhibit)
    # Of two takedowns of one thing, the earlier counts.
    down = sorted((row for row in rows if not row["exhibit"]), key=lambda row: row["starts"], reverse=True)
    return Answer(
        exhibits={shown.slug: shown for shown in exhibits},
        editions_down={row["edition"]: Notice(row["note"], row["starts"]) for row in down if row["edition"]},
        images_down={row["digest"]: Notice(row["note"], row["starts"]) for row in down if row["digest"]},
    )


def readable(exhibits: Iterable[OnDisplay] | None = None) -> list[OnDisplay]:
    """Those of these exhibits, or of all on display, whose edition can be shown; the log tells of the others.

    Reads the document of each: ask for as many as are needed.
    """
    return [shown for shown in (on_display().values() if exhibits is None else exhibits) if _is_readable(shown)]


def _is_readable(shown: OnDisplay) -> bool:
    try:
        return bool(shown.document)
    except documents.EditionUnreadable:
        return False


def tampered(exhibits: Collection[int]) -> list[OnDisplay]:
    """The editions on display of these exhibits whose bytes in the database are not those published.

    Reads all of their bytes anew, for the alarm: ask for a few.
    """
    shown = {row.edition: row for row in on_display().values() if row.exhibit in exhibits}
    contents = Edition.objects.filter(pk__in=shown).values_list("pk", "content").iterator(chunk_size=10)
    return [shown[pk] for pk, content in contents if documents.digest_of(bytes(content)) != shown[pk].digest]


def present_slug(slug: str) -> str | None:
    """The slug under which the exhibit that once had ``slug`` is on display now, or None."""
    former = Display.objects.begun().filter(edition__slug=slug).values_list("exhibit_id", flat=True).first()
    return next((row.slug for row in on_display().values() if row.exhibit == former), None)


def was_on_display(slug: str) -> bool:
    """Whether an exhibit of this slug has ever been on display."""
    return Display.objects.begun().filter(edition__slug=slug).exists()


def editions_shown(exhibit: int) -> list[OnDisplay]:
    """The editions of an exhibit that have been on display, newest first, each since it was first shown."""
    rows = _rows(Display.objects.begun().filter(exhibit=exhibit, edition__isnull=False).order_by("-starts", "-pk"))
    first_shown = {row.number: row for row in rows}
    return sorted(first_shown.values(), key=lambda row: -row.number)


def newest_editions(exhibits: Iterable[int], most: int) -> list[OnDisplay]:
    """Of the editions of these exhibits that have been on display the newest, each since it was first shown."""
    same = Display.objects.begun().filter(edition=OuterRef("edition"))
    before = same.filter(Q(starts__lt=OuterRef("starts")) | Q(starts=OuterRef("starts"), pk__lt=OuterRef("pk")))
    shown = Display.objects.begun().filter(exhibit__in=exhibits, edition__isnull=False)
    return _rows(shown.filter(~Exists(before)).order_by("-starts", "-edition")[:most])


def _rows(displays) -> list[OnDisplay]:
    return [OnDisplay(**dict(zip(COLUMNS, row, strict=True))) for row in displays.values_list(*COLUMNS.values())]


@lru_cache(maxsize=KEPT)
def document_of(edition: int, digest: str) -> documents.Document:
    """The document of an edition, read once.

    Raises `EditionTampered` where its bytes are not those published, and `EditionUnreadable` where today's
    rules or settings (another main language) refuse what was published.
    """
    content = bytes(Edition.objects.values_list("content", flat=True).get(pk=edition))
    if documents.digest_of(content) != digest:
        log.critical("Edition %s was changed in the database: its digest is not %s. It is not shown.", edition, digest)
        sentence = _("The bytes of the edition in the database do not have the digest %(digest)s.")
        raise documents.EditionTampered(sentence % {"digest": digest})
    try:
        return documents.recall(content)
    except documents.DocumentError as error:
        log.critical("Edition %s is as it was published, but cannot be read, and is not shown: %s", edition, error)
        raise documents.EditionUnreadable(_("The edition cannot be read: %(reason)s") % {"reason": error}) from error


def forget_what_is_on_display():
    """Ask the database again at the next look, as every process does within a second."""
    _Memory.answer, _Memory.until = None, 0.0
    _published.cache_clear()


def forget():
    """Forget everything that is kept: for tests, and after a restore of the database."""
    forget_what_is_on_display()
    document_of.cache_clear()
