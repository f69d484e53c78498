"""Places: maps with markers that lie where the places are, and a list with everything."""

import math
import re
from functools import cache
from itertools import combinations, product
from types import SimpleNamespace

import pytest
from django.utils import translation
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests import cases
from tests.html import Page
from trials.editions import publish
from trials.pages import maps
from trials.pages.whereabouts import whereabouts

PLACES = f"/exhibits/{cases.SHIPPED_SLUG}/places/"
FILES = cases.BASE / "static" / "map"
BOX = "(e) => { const r = e.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom] }"
MOSCOW, NOVOSIBIRSK = (55.7558, 37.6173), (55.0302, 82.9204)
ON_LAND = [
    MOSCOW,
    NOVOSIBIRSK,
    (52.52, 13.4),
    (40.4, -3.7),
    (19.4, -99.1),
    (-15.8, -47.9),
    (0.3, 32.6),
    (-25, 133),
    (39.9, 116.4),
]
AT_SEA = [(43.3, 34), (58, 20), (42, 51), (25, -90), (59, -85), (-40, -50), (-20, 41), (15, 87), (-12, 100), (37, -40)]


def place(key, latitude, longitude, precision="city"):
    return SimpleNamespace(key=key, name=key, latitude=latitude, longitude=longitude, precision=precision)


def by_azimuth(view, latitude, longitude):
    """A position on a view by another way: how far it is from the middle, and in which direction."""
    (a, b), (c, d) = (map(math.radians, point) for point in ((view.latitude, view.longitude), (latitude, longitude)))
    half = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    azimuth = math.atan2(
        math.sin(d - b) * math.cos(c), math.cos(a) * math.sin(c) - math.sin(a) * math.cos(c) * math.cos(d - b)
    )
    far = 2 * maps.EARTH_RADIUS * math.sqrt(half)
    return (
        (view.width / 2 + far * math.sin(azimuth)) / maps.KM_PER_UNIT,
        (view.height / 2 - far * math.cos(azimuth)) / maps.KM_PER_UNIT,
    )


@cache
def rings(name):
    """The outlines in a land file."""
    path = re.search('id="land".* d="(.*?)"', (FILES / f"{name}.svg").read_text())[1]
    found = []
    for ring in path.split("z")[:-1]:
        start, steps = ring.removeprefix("M").split("l")
        x, y = map(int, start.split())
        points, numbers = [(x, y)], list(map(int, re.findall(r"-?\d+", steps)))
        for across, down in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + across, y + down
            points.append((x, y))
        found.append(points)
    return found


def is_land(view, latitude, longitude):
    x, y = by_azimuth(view, latitude, longitude)
    crossings = 0
    for ring in rings(view.name):
        for (left, top), (right, bottom) in zip(ring, ring[1:] + ring[:1], strict=True):
            if (top > y) != (bottom > y) and x < left + (y - top) * (right - left) / (bottom - top):
                crossings += 1
    return crossings % 2 == 1


def overlap(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@pytest.mark.parametrize("view", maps.VIEWS, ids=lambda view: view.name)
@pytest.mark.parametrize("position", [MOSCOW, NOVOSIBIRSK, (19.355, -99.1626), (-33.9, 18.4), (35.7, 139.7)])
def test_a_position_lies_where_distance_and_direction_say(view, position):
    assert view.project(*position) == pytest.approx(by_azimuth(view, *position), abs=1e-6)


@pytest.mark.parametrize("view", maps.VIEWS, ids=lambda view: view.name)
def test_the_land_file_has_the_same_projection(view):
    held = [position for position in ON_LAND + AT_SEA if view.holds(place("", *position))]
    assert len(held) >= 3
    assert [position for position in held if is_land(view, *position) != (position in ON_LAND)] == []


def test_a_land_file_is_small_and_holds_outlines_alone():
    assert {file.name for file in FILES.iterdir()} == {f"{view.name}.svg" for view in maps.VIEWS} | {"README.md"}
    for view in maps.VIEWS:
        content = (FILES / f"{view.name}.svg").read_bytes()
        assert len(content) <= 25_000
        assert re.findall(rb"<(\w+)|id=\"(\w+)\"", content) == [
            (b"svg", b""),
            (b"path", b""),
            (b"", b"land"),
            (b"path", b""),
            (b"", b"grid"),
        ]


def test_every_place_with_a_position_has_one_marker_and_one_number():
    places = cases.shipped_document().places
    drawn, elsewhere = maps.maps_of(places)
    numbered = [pair for map in drawn for pair in map.numbered]
    assert [number for number, _place in numbered] == list(range(1, len(numbered) + 1))
    assert sorted(found.key for _number, found in numbered) == sorted(p.key for p in places if p.latitude is not None)
    assert [found.key for found in elsewhere] == [p.key for p in places if p.latitude is None]
    assert [map.view.name for map in drawn] == ["europe-northern-asia", "north-america"]


def test_places_that_are_too_close_share_a_marker_that_is_called_after_the_widest():
    drawn, _elsewhere = maps.maps_of(cases.shipped_document().places)
    moscow = drawn[0].markers[0]
    assert (moscow.label, moscow.name, len(moscow.places)) == ("1–6", "Moscow", 6)


def test_a_place_outside_every_map_is_elsewhere():
    drawn, elsewhere = maps.maps_of([place("moscow", *MOSCOW), place("pole", -89, 0), place("unknown", None, None)])
    assert [found.key for found in elsewhere] == ["pole", "unknown"]
    assert [marker.label for map in drawn for marker in map.markers] == ["1"]
    assert maps.maps_of([]) == ([], [])


positions = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
near = st.tuples(st.floats(54, 57), st.floats(36, 40))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(positions, near), max_size=40))
@example([(9.0, 4.0), (59.0, 0.0)])
def test_wherever_the_places_are_no_marker_covers_another_and_all_are_in_the_figure(found):
    places = [place(f"p{n}", *position) for n, position in enumerate(found)]
    drawn, elsewhere = maps.maps_of(places)
    assert len(elsewhere) + sum(len(map.numbered) for map in drawn) == len(places)
    for map in drawn:
        x, y, width, height = map.frame
        assert x >= 0 and y >= 0 and (x + width) * maps.KM_PER_UNIT <= map.view.width + 1e-6
        assert (y + height) * maps.KM_PER_UNIT <= map.view.height + 1e-6
        assert all(0 <= part <= 100 for marker in map.markers for dot in marker.dots for part in dot)
        if len(map.markers) > 1:
            for width in maps.WIDTHS:
                room = maps._Room(width, map.frame[2] / map.frame[3], map.markers)
                boxes = [room.label(marker) for marker in map.markers]
                assert not any(overlap(one, other) for one, other in combinations(boxes, 2))
                assert all(
                    box[0] >= 0 and box[1] >= 0 and box[2] <= room.width and box[3] <= room.height for box in boxes
                )
        for width in maps.WIDTHS_WITH_NAMES:
            room = maps._Room(width, map.frame[2] / map.frame[3], map.markers)
            labels = [room.label(marker) for marker in map.markers]
            names = [room.name(marker) for marker in map.markers if marker.name]
            assert not any(overlap(name, other) for name in names for other in labels + room.dots)
            assert not any(overlap(one, other) for one, other in combinations(names, 2))


def test_no_marker_of_the_shipped_exhibit_covers_another_at_any_width():
    for map, width in product(maps.maps_of(cases.shipped_document().places)[0], range(288, 1241, 8)):
        room = maps._Room(width, map.frame[2] / map.frame[3], map.markers)
        boxes = [room.label(marker) for marker in map.markers]
        assert not any(overlap(one, other) for one, other in combinations(boxes, 2))
        assert not any(overlap(box, dot) for box in boxes for dot in room.dots)


def test_many_places_have_fewer_markers_but_not_one_for_all():
    places = [place(f"p{n}", 42 + n * 7 % 22, 8 + n * 11 % 79) for n in range(100)]
    (drawn,), _elsewhere = maps.maps_of(places)
    assert 6 <= len(drawn.markers) <= maps.MOST_MARKERS


@pytest.mark.parametrize(
    ("precision", "words"),
    [("building", "55.7558° N, 37.6173° E"), ("city", "55.76° N, 37.62° E"), ("area", "55.8° N, 37.6° E")],
)
def test_a_position_says_no_more_than_is_known(precision, words):
    with translation.override("en"):
        assert maps.position_in_words(place("", *MOSCOW, precision)) == words


def test_a_position_is_said_in_the_language_of_the_page(db, client, settings):
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]
    publish.publish(cases.load(cases.small_content(languages=["en", "de"])), "First.")
    assert "55.76° N" in client.get("/exhibits/small/places/").content.decode()
    german = client.get("/de/exhibits/small/places/").content.decode()
    assert '<html lang="de">' in german and "55,76°" in german


def test_the_page_lists_every_place_and_each_marker_leads_to_its_first(shipped, client):
    page = Page(client.get(PLACES).content.decode())
    document = cases.shipped_document()
    listed = [id_.removeprefix("place-") for id_ in page.ids if id_.startswith("place-")]
    assert sorted(listed) == sorted(found.key for found in document.places)
    markers = [link for link in page.all("a") if link.get("class", "").startswith("marker")]
    drawn, _elsewhere = maps.maps_of(document.places)
    assert [m["href"] for m in markers] == [f"#place-{m.places[0].key}" for map in drawn for m in map.markers]
    for found in document.places:
        assert str(found.name) in page.words
    assert [m["href"] for m in markers if "alleged" in m["class"]] == ["#place-kjeller"]
    for words in ("exact to the building", "the middle of the town", "the middle of an area", "no borders are drawn"):
        assert words in page.words


def test_a_place_says_what_happened_there_and_in_whose_life(shipped, client):
    html = client.get(PLACES).content.decode()
    forest = html[html.index('id="place-medvedev-forest"') : html.index('id="place-nikolina-gora"')]
    assert "Ivan Hrasche" not in forest and "Valentin Arnold" in forest and "Mikhail Stroilov" in forest
    assert "Position:" not in forest
    house = html[html.index('id="place-house-of-the-unions"') : html.index('id="place-lubyanka"')]
    assert re.search(r"Sentence: <a [^>]*>all the accused</a>", house)


def test_a_place_is_marked_as_alleged_only_if_nothing_of_a_life_happened_there():
    content = cases.small_content()
    content["timeline"][1]["place"] = "house"
    assert whereabouts(cases.document(content))["house"].is_alleged
    content["people"][0]["facts"][0]["place"] = "house"
    assert not whereabouts(cases.document(content))["house"].is_alleged


def test_an_exhibit_without_positions_has_no_map(db, client):
    content = cases.small_content()
    for found in content["places"]:
        del found["latitude"], found["longitude"]
    publish.publish(cases.load(content), "First.")
    page = Page(client.get("/exhibits/small/places/").content.decode())
    assert not page.all("svg", "figure") and "place-house" in page.ids and "Position:" not in page.words


def test_an_exhibit_without_places_says_so(db, client):
    content = cases.small_content(places=[])
    del content["timeline"][0]["place"]
    publish.publish(cases.load(content), "First.")
    assert "No place is described yet." in Page(client.get("/exhibits/small/places/").content.decode()).words


def test_a_map_can_be_anywhere(db, client):
    content = cases.small_content(
        places=[{"key": "house", "name": {"en": "Salem"}, "latitude": 42.5195, "longitude": -70.8967}]
    )
    publish.publish(cases.load(content), "First.")
    html = client.get("/exhibits/small/places/").content.decode()
    assert "north-america.svg#land" in html and "North and Central America" in html


@pytest.mark.browser
@pytest.mark.parametrize("width", [960, 1280])
def test_names_in_another_script_do_not_cover_anything_either(shipped, live_server, tab, width, settings):
    settings.LANGUAGES = [("en", "English"), ("ru", "Русский")]
    tab.set_viewport_size({"width": width, "height": 900})
    tab.goto(live_server.url + "/ru" + PLACES)
    figures = tab.locator(".map > svg").all()
    assert len(figures) == 2 and "Москва" in figures[0].text_content()
    for figure in figures:
        frame = figure.evaluate(BOX)
        labels = [rect.evaluate(BOX) for rect in figure.locator(".marker rect").all()]
        names = [text.evaluate(BOX) for text in figure.locator(".name").all()]
        assert len(names) > len(labels) / 2
        assert not any(overlap(name, other) for name in names for other in labels)
        assert not any(overlap(one, other) for one, other in combinations(names, 2))
        assert all(frame[0] <= name[0] and name[2] <= frame[2] for name in names)


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 768, 1280])
def test_markers_stand_on_the_map_where_their_places_are(shipped, live_server, tab, width):
    tab.set_viewport_size({"width": width, "height": 900})
    tab.goto(live_server.url + PLACES)
    drawn, _elsewhere = maps.maps_of(cases.shipped_document().places)
    for map, figure in zip(drawn, tab.locator(".map > svg").all(), strict=True):
        frame = figure.evaluate(BOX)
        assert figure.locator("use").first.evaluate("(e) => e.getBoundingClientRect().width") > 100
        labels = [rect.evaluate(BOX) for rect in figure.locator(".marker rect").all()]
        assert not any(overlap(one, other) for one, other in combinations(labels, 2))
        for label in labels:
            assert label[2] - label[0] >= 24 and label[3] - label[1] >= 24
            assert frame[0] <= label[0] and label[2] <= frame[2] and frame[1] <= label[1] and label[3] <= frame[3]
        names = [text.evaluate(BOX) for text in figure.locator(".name").all() if width == 1280]
        assert not any(overlap(name, other) for name in names for other in labels)
        assert not any(overlap(one, other) for one, other in combinations(names, 2))
        assert all(frame[0] <= name[0] and name[2] <= frame[2] for name in names)
        assert len(names) == (len(labels) if width == 1280 else 0)
        dots = [dot.evaluate(BOX) for dot in figure.locator(".marker circle").all()]
        for dot, (_number, found) in zip(dots, map.numbered, strict=True):
            x, y = by_azimuth(map.view, found.latitude, found.longitude)
            x, y = (x - map.frame[0]) / map.frame[2], (y - map.frame[1]) / map.frame[3]
            assert (dot[0] + dot[2]) / 2 == pytest.approx(frame[0] + x * (frame[2] - frame[0]), abs=2)
            assert (dot[1] + dot[3]) / 2 == pytest.approx(frame[1] + y * (frame[3] - frame[1]), abs=2)


@pytest.mark.browser
def test_a_marker_is_reached_by_keyboard_and_leads_to_its_place_without_a_script(shipped, live_server, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url + PLACES)
    marker = page.locator(".marker").nth(1)
    before = marker.screenshot()
    page.locator(".marker").first.focus()
    page.keyboard.press("Tab")
    assert marker.screenshot() != before
    page.keyboard.press("Enter")
    assert page.url.endswith("#place-novosibirsk")
    assert page.locator("#place-novosibirsk").bounding_box()["y"] < 600
    context.close()
