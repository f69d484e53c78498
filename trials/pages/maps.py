"""Maps: on which map a place lies, which part of the map is shown, and where its markers go.

The land of each map is a file that tools/map.py draws once, in the same projection. A place outside every map,
and one whose position is not known, is told of in the list alone.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from math import cos, hypot, radians, sin, sqrt

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

EARTH_RADIUS = 6371.0
# How many kilometres one unit of a land file is.
KM_PER_UNIT = 4.0
# Width by height of what is shown: wide if the places allow it. static/css/places.css gives the figures the same.
WIDE, SQUARE = 2.0, 1.0
# The least that is shown, in kilometres across: with less there would hardly be a coast to know the place by.
LEAST_WIDTH = 3200.0
# How much room there is around the places, as a part of the width.
MARGIN = 0.12
# Places closer than this part of the width share a marker: on a telephone their dots are one.
TOGETHER = 0.02
# So many markers are tried at most.
MOST_MARKERS = 40

# Widths of the figure in pixels for which markers must not touch, from the smallest telephone to a wide screen,
# and those at which names stand beside them.
WIDTHS = (288, 340, 400, 480, 580, 700, 850, 1240)
WIDTHS_WITH_NAMES = (860, 1000, 1240)
# In pixels: the height of a marker and of a name, the width of a digit, of a Latin letter and of others, the radius
# of a dot, the least gap, and the gap between a marker and its name.
MARKER, NAME, DIGIT, LATIN, LETTER, DOT, GAP, NAME_GAP = 26, 18, 8, 6.2, 7.4, 4, 2, 5
# Where a marker may stand, seen from its place: above it if possible, near it if possible.
OFFSETS = tuple(
    (across * reach, down * reach)
    for reach in (6, 10, 14, 18)
    for across, down in ((0, -4), (3, -3), (-3, -3), (0, 4), (3, 3), (-3, 3), (5, 0), (-5, 0))
)

# Where a name may stand, seen from its marker.
SIDES = {"right": (1, 0), "left": (-1, 0), "above": (0, -1), "below": (0, 1)}

# How many decimals of a position mean something, and how exact it is in words, by the precision of a place.
DECIMALS = {"building": 4, "site": 3, "area": 1}
EXACTNESS = {
    "building": gettext_lazy("exact to the building"),
    "site": gettext_lazy("exact to the site"),
    "city": gettext_lazy("the middle of the town"),
    "area": gettext_lazy("the middle of an area"),
    "unknown": gettext_lazy("how exact is not established"),
}
# From the widest to the narrowest: a marker of several places is called after the widest of them.
PRECISIONS = ("area", "city", "site", "building", "unknown")


@dataclass(frozen=True)
class View:
    """A part of the world in Lambert's azimuthal equal-area projection.

    ``name`` is that of its land file; ``latitude`` and ``longitude`` are its middle in degrees, ``width`` and
    ``height`` its size in kilometres. Its origin is at the upper left, as in SVG.
    """

    name: str
    label: str | Promise
    latitude: int
    longitude: int
    width: int
    height: int

    def project(self, latitude: float, longitude: float) -> tuple[float, float]:
        """A position in degrees as x and y in units of the land file.

        Snyder, Map Projections: A Working Manual (1987), formulas 22-4, 22-5 and 24-2.
        """
        middle, parallel, turn = map(radians, (self.latitude, latitude, longitude - self.longitude))
        closeness = 1 + sin(middle) * sin(parallel) + cos(middle) * cos(parallel) * cos(turn)
        # The point opposite the middle is nowhere; here it is just far away.
        scale = EARTH_RADIUS * sqrt(2 / max(closeness, 1e-9))
        east = scale * cos(parallel) * sin(turn)
        north = scale * (cos(middle) * sin(parallel) - sin(middle) * cos(parallel) * cos(turn))
        return (self.width / 2 + east) / KM_PER_UNIT, (self.height / 2 - north) / KM_PER_UNIT

    def holds(self, place) -> bool:
        """Whether a place lies on this map."""
        x, y = self.project(place.latitude, place.longitude)
        return 0 <= x <= self.width / KM_PER_UNIT and 0 <= y <= self.height / KM_PER_UNIT


# The maps there are, the first preferred. A new one takes a line here and a run of tools/map.py.
VIEWS = (
    View("europe-northern-asia", gettext_lazy("Europe and northern Asia"), 56, 58, 12_000, 6_000),
    View("north-america", gettext_lazy("North and Central America"), 40, -95, 9_000, 9_000),
    View("south-america", gettext_lazy("South America"), -18, -62, 9_000, 9_000),
    View("africa", gettext_lazy("Africa and the Middle East"), 6, 25, 9_600, 9_600),
    View("asia-australia", gettext_lazy("Southern Asia and Australia"), -3, 122, 12_000, 12_000),
)


@dataclass
class Marker:
    """What stands on a map for one place, or for several that are too close to tell apart there.

    ``dots`` are where the places lie, in hundredths of the figure, and ``first`` is the number of the first of them
    in the list. The label stands at ``offset`` from the middle of them, in pixels, and ``name`` at a ``side`` of the
    label, where there is room for it. ``alleged``: it was only said that something happened here.
    """

    places: list
    dots: list[tuple[float, float]]
    first: int = 0
    alleged: bool = False
    offset: tuple[float, float] = (0, 0)
    name: str = ""
    side: str = ""

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of its dots."""
        return sum(x for x, _y in self.dots) / len(self.dots), sum(y for _x, y in self.dots) / len(self.dots)

    @property
    def leads(self) -> list[tuple]:
        """Its places, each with the way from the middle to its dot."""
        x, y = self.middle
        return [(place, dot_x - x, dot_y - y) for place, (dot_x, dot_y) in zip(self.places, self.dots, strict=True)]

    @property
    def last(self) -> int:
        """The number of its last place in the list."""
        return self.first + len(self.places) - 1

    @property
    def label(self) -> str:
        """The numbers of its places in the list."""
        return f"{self.first}–{self.last}" if len(self.places) > 1 else str(self.first)

    @property
    def width(self) -> float:
        """How wide the label is, in pixels."""
        return max(MARKER, DIGIT * len(self.label) + 12)

    @property
    def box(self) -> tuple[float, float]:
        """The upper left corner of the label, in pixels from the middle."""
        return self.offset[0] - self.width / 2, self.offset[1] - MARKER / 2

    @property
    def name_at(self) -> tuple[float, float]:
        """Where the name begins, ends or has its middle, by its side, in pixels from the middle."""
        across, down = SIDES.get(self.side, (0, 0))
        x, y = self.offset
        return x + across * (self.width / 2 + NAME_GAP), y + down * (MARKER / 2 + NAME_GAP + NAME / 2)

    @property
    def names(self) -> list[str]:
        """What it can be called: after the widest of its places, as the city around its buildings; then shorter."""
        widest = min(self.places, key=lambda place: PRECISIONS.index(place.precision)).precision
        first, *others = [str(place.name) for place in self.places if place.precision == widest]
        return [", ".join([first, *others]), re.split(r"[,(]", first)[0].strip() + (" …" if others else "")]


@dataclass(frozen=True)
class Map:
    """A part of a view with its markers. ``frame`` is that part in units of the land file: x, y, width, height."""

    view: View
    frame: tuple[float, float, float, float]
    markers: list[Marker]

    @property
    def numbered(self) -> list[tuple]:
        """Every place with its number in the list."""
        places = [place for marker in self.markers for place in marker.places]
        return list(enumerate(places, self.markers[0].first))

    @property
    def has_alleged(self) -> bool:
        """Whether a marker of it is marked as alleged."""
        return any(marker.alleged for marker in self.markers)

    @property
    def shape(self) -> str:
        """Its shape in a word."""
        return "wide" if self.frame[2] / self.frame[3] == WIDE else "square"

    @property
    def view_box(self) -> str:
        """The part of the land file that is shown, as SVG writes it."""
        return " ".join(f"{value:.1f}" for value in self.frame)

    @property
    def scale(self) -> tuple[int, float]:
        """A round number of kilometres, and how long that is in hundredths of the figure's width."""
        across = self.frame[2] * KM_PER_UNIT
        kilometres = max(step for step in (500, 1000, 2000) if step <= across / 5)
        return kilometres, 100 * kilometres / across


def maps_of(places: Iterable, alleged: Iterable[str] = ()) -> tuple[list[Map], list]:
    """The maps on which places lie, that with most of them first, and the places that are on none.

    ``alleged`` are the keys of places known for what only was said to happen there. Numbers go on from map to map.
    """
    maps, number = [], 1
    found = [place for place in places if place.latitude is not None]
    nowhere = [place for place in places if place.latitude is None]
    while found:
        view = max(VIEWS, key=lambda view: sum(map(view.holds, found)))
        held = [place for place in found if view.holds(place)]
        if not held:
            break
        maps.append(_map(view, held, number, alleged))
        number += len(held)
        found = [place for place in found if not view.holds(place)]
    return maps, found + nowhere


def position_in_words(place) -> str:
    """A position with as many decimals as mean something: “55.76° N, 37.62° E”."""
    decimals = DECIMALS.get(place.precision, 2)
    latitude, longitude = (
        number_format(round(abs(degrees), decimals), decimals) for degrees in (place.latitude, place.longitude)
    )
    north = _("%(degrees)s° N") if place.latitude >= 0 else _("%(degrees)s° S")
    east = _("%(degrees)s° E") if place.longitude >= 0 else _("%(degrees)s° W")
    return f"{north % {'degrees': latitude}}, {east % {'degrees': longitude}}"


def _map(view, places, number, alleged) -> Map:
    points = [view.project(place.latitude, place.longitude) for place in places]
    frame = left, top, width, height = _frame(view, points)
    dots = [(100 * (x - left) / width, 100 * (y - top) / height) for x, y in points]
    markers = _markers(places, dots, width / height, number)
    for marker in markers:
        marker.alleged = all(place.key in alleged for place in marker.places)
    return Map(view, frame, markers)


def _frame(view, points) -> tuple[float, float, float, float]:
    """The part of a view that is shown: around the points, of one of two shapes, and never beyond the view."""
    across, down = view.width / KM_PER_UNIT, view.height / KM_PER_UNIT
    (left, right), (top, bottom) = ((min(values), max(values)) for values in zip(*points, strict=True))
    needed, tall = (extent / (1 - 2 * MARGIN) for extent in (right - left, bottom - top))
    # A wide view has no room for a square that is as wide as its places may need.
    aspect = SQUARE if tall * WIDE > across <= down else WIDE
    width = min(max(needed, tall * aspect, LEAST_WIDTH / KM_PER_UNIT), across)
    height = width / aspect
    x = min(max((left + right - width) / 2, 0), across - width)
    y = min(max((top + bottom - height) / 2, 0), down - height)
    return x, y, width, height


def _markers(places, dots, aspect, number) -> list[Marker]:
    """Markers of which none covers another, however narrow the figure: the fewer, the less room there is."""
    together = TOGETHER
    while len(markers := _grouped(places, dots, aspect, together)) > MOST_MARKERS:
        together *= 1.2
    while cramped := _first_without_room(markers, aspect, number):
        markers.remove(cramped)
        nearest = min(markers, key=lambda marker: _distance(marker.middle, cramped.middle, aspect))
        nearest.places += cramped.places
        nearest.dots += cramped.dots
    _find_room_for_names(markers, aspect)
    return markers


def _grouped(places, dots, aspect, together) -> list[Marker]:
    markers = []
    for place, dot in zip(places, dots, strict=True):
        for marker in markers:
            if _distance(marker.dots[0], dot, aspect) < 100 * together:
                break
        else:
            marker = Marker([], [])
            markers.append(marker)
        marker.places.append(place)
        marker.dots.append(dot)
    return markers


def _distance(dot, other, aspect) -> float:
    """How far apart two positions are, in hundredths of the figure's width."""
    return hypot(dot[0] - other[0], (dot[1] - other[1]) / aspect)


class _Room:
    """A figure of some width, and what is taken of it: boxes of left, top, right and bottom in pixels."""

    def __init__(self, width: float, aspect: float, markers: list[Marker]):
        self.width, self.height = width, width / aspect
        points = [self._in_pixels(dot) for marker in markers for dot in marker.dots]
        self.dots = [(x - DOT, y - DOT, x + DOT, y + DOT) for x, y in points]
        self.taken = []

    def _in_pixels(self, dot):
        return dot[0] * self.width / 100, dot[1] * self.height / 100

    def label(self, marker: Marker):
        """The box of a marker's label."""
        x, y = (a + b for a, b in zip(self._in_pixels(marker.middle), marker.offset, strict=True))
        return x - marker.width / 2, y - MARKER / 2, x + marker.width / 2, y + MARKER / 2

    def name(self, marker: Marker):
        """The box of the name beside the label."""
        x, y = (a + b for a, b in zip(self._in_pixels(marker.middle), marker.name_at, strict=True))
        length = sum(LATIN if char < "\u0250" else LETTER for char in marker.name)
        left = x - length * {"right": 0, "left": 1}.get(marker.side, 0.5)
        return left, y - NAME / 2, left + length, y + NAME / 2

    def has_room_for(self, box, may_cover_dots=False) -> bool:
        """Whether the box is inside and apart from what is taken."""
        left, top, right, bottom = box
        inside = left >= GAP and top >= GAP and right <= self.width - GAP and bottom <= self.height - GAP
        return inside and not any(
            left < other[2] + GAP and other[0] < right + GAP and top < other[3] + GAP and other[1] < bottom + GAP
            for other in (self.taken if may_cover_dots else self.taken + self.dots)
        )


def _first_without_room(markers, aspect, number) -> Marker | None:
    """Number the markers, and give every label an offset at which it covers nothing in a figure of any width.

    Returns the first for which there is none, unless it stands alone. Where there are very many dots, a label may
    cover some.
    """
    rooms = [_Room(width, aspect, markers) for width in WIDTHS]
    may_cover_dots = len(rooms[0].dots) > MOST_MARKERS
    for marker in markers:
        marker.first, number = number, number + len(marker.places)
        for marker.offset in OFFSETS:
            boxes = [room.label(marker) for room in rooms]
            if all(room.has_room_for(box, may_cover_dots) for room, box in zip(rooms, boxes, strict=True)):
                break
        else:
            if len(markers) > 1:
                return marker
        for room, box in zip(rooms, boxes, strict=True):
            room.taken.append(box)
    return None


def _find_room_for_names(markers, aspect):
    """Set names beside their labels where they cover nothing in a wide figure."""
    rooms = [_Room(width, aspect, markers) for width in WIDTHS_WITH_NAMES]
    for room in rooms:
        room.taken += map(room.label, markers)
    for marker in markers:
        for name, side in product(marker.names, SIDES):
            marker.name, marker.side = name, side
            boxes = [room.name(marker) for room in rooms]
            if all(room.has_room_for(box) for room, box in zip(rooms, boxes, strict=True)):
                for room, box in zip(rooms, boxes, strict=True):
                    room.taken.append(box)
                break
        else:
            marker.name = marker.side = ""
