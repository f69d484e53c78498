"""What a curator is told of an exhibit at a glance: on display, scheduled, written since, and last saved by whom."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max
from django.utils.translation import gettext as _

from ..editions.state import State, is_same, marks, remembered, state_of
from ..models import Display, Edition, Exhibit, Takedown
from .history import moment
from .recent import Saved


@dataclass(frozen=True)
class Card:
    """An exhibit at a glance. ``state`` is None where its working copy was not looked at since the last change."""

    exhibit: Exhibit
    shown: Display | None
    notice: Takedown | None
    scheduled: list[Display]
    newest: Edition | None
    state: State | None
    saved: Saved | None

    @property
    def is_whole(self) -> bool:
        """Whether a document can be made of the working copy at all."""
        return bool(self.state and self.state.digest)

    @property
    def is_ahead(self) -> bool:
        """Whether the working copy says what no edition on display or to come does."""
        return self.is_whole and not self.exhibit.practice and not self._as_shown() and not self._as_scheduled()

    @property
    def written(self) -> str:
        """How the working copy stands to what visitors see, in words."""
        if not self.is_whole:
            return _("The working copy is not whole.") if self.state else ""
        if self.exhibit.practice:
            return ""
        scheduled = self._as_scheduled()
        if self._as_shown():
            return _("Visitors see all that is written.")
        if scheduled:
            return _("All that is written goes on display on %(moment)s.") % {"moment": moment(scheduled.starts)}
        if self.shown and self.shown.edition:
            return _("There are changes that visitors do not see yet.")
        if not self.newest:
            return _("Never published.")
        words = {"number": self.newest.number}
        if is_same(self.state, self.newest):
            return _("Nothing was changed since edition %(number)s.") % words
        return _("Changed since edition %(number)s, and not published.") % words

    def _as_shown(self) -> bool:
        return bool(self.shown and self.shown.edition and is_same(self.state, self.shown.edition))

    def _as_scheduled(self) -> Display | None:
        return next((display for display in self.scheduled if is_same(self.state, display.edition)), None)


def cards_of(exhibits, saved: dict[int, Saved], *, look=False) -> list[Card]:
    """A card for each of ``exhibits``, with what `last_saved` says of it.

    A fixed number of queries, unless ``look`` says to look at what has changed.
    """
    found = marks(exhibits)
    shown = {display.exhibit_id: display for display in _displays(Display.objects.now(), exhibits)}
    editions = [display.edition_id for display in shown.values()]
    notices = {row.edition_id: row for row in Takedown.objects.in_force().filter(edition__in=editions)}
    scheduled, newest = _scheduled(exhibits), _newest(exhibits)
    cards = []
    for exhibit in exhibits:
        mark, display = found.get(exhibit.pk, ""), shown.get(exhibit.pk)
        cards.append(
            Card(
                exhibit=exhibit,
                shown=display if display and display.edition else None,
                notice=notices.get(display.edition_id) if display else None,
                scheduled=scheduled.get(exhibit.pk, []),
                newest=newest.get(exhibit.pk),
                state=state_of(exhibit, mark) if look else remembered(exhibit.pk, mark),
                saved=saved.get(exhibit.pk),
            )
        )
    return cards


def _displays(displays, exhibits):
    return displays.filter(exhibit__in=exhibits).select_related("edition").defer("edition__content")


def _scheduled(exhibits) -> dict[int, list[Display]]:
    """What will go on display, by exhibit, soonest first: of several lines for one moment, the last counts."""
    last: dict[tuple[int, datetime], Display] = {}
    for display in _displays(Display.objects.to_come(), exhibits).order_by("starts", "pk"):
        last[display.exhibit_id, display.starts] = display
    found: dict[int, list[Display]] = {}
    for (exhibit, _starts), display in last.items():
        if display.edition:
            found.setdefault(exhibit, []).append(display)
    return found


def _newest(exhibits) -> dict[int, Edition]:
    editions = Edition.objects.filter(exhibit__in=exhibits).order_by()
    newest = editions.values("exhibit").annotate(last=Max("pk")).values("last")
    return {edition.exhibit_id: edition for edition in Edition.objects.filter(pk__in=newest).defer("content")}
