"""Draws the land of each map in static/map/; only a maintainer who changes a map runs it.

    npm pack world-atlas    (2.0.2 made the files that are there now), and unpack the archive
    uv run --no-project --with shapely --with django python tools/map.py PACKAGE_FOLDER

The outlines are those of Natural Earth, in the public domain: land alone, no border of any state, no name. Each
file holds one path, in the projection and the units of `trials.pages.maps`; the same package and the same
shapely make the same bytes.
"""

import json
import sys
from itertools import accumulate, groupby, pairwise
from math import dist, radians, sin
from pathlib import Path

import shapely

BASE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(BASE))

from trials.pages.maps import EARTH_RADIUS, KM_PER_UNIT, VIEWS  # noqa: E402

MAPS = BASE / "static" / "map"
LARGEST = 25_000
# In units: how far off a line may be after it is made simpler, and how large an island or a lake must be to be drawn.
TOLERANCE = 1.5
SMALLEST = 60
# Beyond this many degrees from the middle of a map nothing is looked at: near the point opposite it, outlines tear.
FARTHEST = 110
# Land goes on this far beyond the map, so that its edge is never seen.
BEYOND = 20


def main(package):
    """Draw every map from the unpacked package."""
    polygons = list(land(json.loads((Path(package) / "land-50m.json").read_text())))
    MAPS.mkdir(exist_ok=True)
    for view in VIEWS:
        file = MAPS / f"{view.name}.svg"
        size = f"{view.width / KM_PER_UNIT:.0f} {view.height / KM_PER_UNIT:.0f}"
        file.write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}">\n'
            f'<path id="land" fill-rule="evenodd" vector-effect="non-scaling-stroke" d="{drawn(view, polygons)}"/>\n'
            f'<path id="grid" fill="none" vector-effect="non-scaling-stroke" d="{grid(view)}"/>\n</svg>\n'
        )
        print(f"{file.stat().st_size:7,} bytes  {file.name}")
        if file.stat().st_size > LARGEST:
            sys.exit(f"That is more than {LARGEST:,}: allow for a larger TOLERANCE.")


def land(topology):
    """Polygons of longitudes and latitudes: each a list of rings, the outer one first."""
    (scale_x, scale_y), (move_x, move_y) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        steps = accumulate(arc, lambda before, step: (before[0] + step[0], before[1] + step[1]))
        arcs.append([(x * scale_x + move_x, y * scale_y + move_y) for x, y in steps])

    def ring(numbers):
        points = []
        for number in numbers:
            arc = arcs[number] if number >= 0 else arcs[~number][::-1]
            points += arc[1:] if points else arc
        return points

    for geometry in topology["objects"]["land"]["geometries"]:
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        for polygon in polygons:
            yield [ring(numbers) for numbers in polygon]


def drawn(view, polygons):
    """The land of a view as the steps of an SVG path."""
    box = shapely.box(-BEYOND, -BEYOND, view.width / KM_PER_UNIT + BEYOND, view.height / KM_PER_UNIT + BEYOND)
    shapes = []
    for polygon in polygons:
        outer, *holes = [_projected(view, ring) for ring in polygon]
        if len(outer) > 2:
            holes = [hole for hole in holes if len(hole) > 2]
            shapes.append(shapely.make_valid(shapely.Polygon(outer, holes)).intersection(box))
    whole = shapely.union_all(shapes).simplify(TOLERANCE)
    parts = [part for part in shapely.get_parts(whole) if part.geom_type == "Polygon"]
    rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
    return "".join(_steps(ring.coords) for ring in rings if shapely.Polygon(ring).area >= SMALLEST)


def grid(view):
    """Meridians and parallels, every ten degrees, as the steps of an SVG path."""
    box = shapely.box(0, 0, view.width / KM_PER_UNIT, view.height / KM_PER_UNIT)
    turns = range(view.longitude - 180, view.longitude + 181, 2)
    lines = [[(longitude, latitude) for latitude in range(-80, 81, 2)] for longitude in range(-180, 180, 10)]
    lines += [[(longitude, latitude) for longitude in turns] for latitude in range(-80, 81, 10)]
    drawn = []
    for line in lines:
        for far, points in groupby(line, lambda point: _is_far(view, point)):
            points = [] if far else list(_projected(view, points))
            drawn += [points] if len(points) > 1 else []
    whole = shapely.MultiLineString(drawn).intersection(box).simplify(TOLERANCE)
    return "".join(_steps(line.coords, closed=False) for line in shapely.get_parts(whole))


def _projected(view, points):
    return [view.project(point[1], point[0]) for point in points if not _is_far(view, point)]


def _is_far(view, point):
    middle, seen = view.project(view.latitude, view.longitude), view.project(point[1], point[0])
    return dist(middle, seen) * KM_PER_UNIT > 2 * EARTH_RADIUS * sin(radians(FARTHEST / 2))


def _steps(points, closed=True):
    """A line in whole units, each step from the point before it."""
    points = [(round(x), round(y)) for x, y in points]
    if closed:
        points.pop()
    steps = [(x - before_x, y - before_y) for (before_x, before_y), (x, y) in pairwise(points)]
    numbers = " ".join(f"{x} {y}" for x, y in steps if x or y).replace(" -", "-")
    return f"M{points[0][0]} {points[0][1]}l{numbers}{'z' if closed else ''}"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
