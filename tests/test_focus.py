"""The focal point of a picture: kept in the document, and in view wherever the picture is cropped."""

import re

import pytest

from tests import cards, cases
from tests.html import Page
from trials.editions import build, display, document, publish
from trials.editions.restore import restore
from trials.pages.pictures import FOCUS_STEP

WALL = "/exhibits/small/defendants/"


def focused(left, top):
    """The small exhibit with one card, a portrait of this focal point."""
    content = cards.content("landscape")
    content["people"][0]["portrait"] = "landscape"
    content["images"][0] |= {"focus_left": left, "focus_top": top}
    return cases.load(content)


def shown(exhibit):
    """The exhibit, on display."""
    publish.publish(exhibit, "First.")
    display.forget_what_is_on_display()
    return exhibit


def test_the_focal_point_travels_with_the_document(db):
    first = build.build(focused(30, 5))
    assert (first.images[0].focus_left, first.images[0].focus_top) == (30, 5)
    copy = restore(document.loads(document.dumps(first.model_copy(update={"slug": "copy"}))))
    image = copy.images.get()
    assert (image.focus_left, image.focus_top) == (30, 5)


def test_a_document_without_focal_points_reads_as_before_and_stays_as_it_was(db):
    data = document.dumps(build.build(cards.exhibit("landscape")))
    assert b"focus" not in data
    image = document.loads(data).images[0]
    assert (image.focus_left, image.focus_top) == (50, 50)


@pytest.mark.parametrize("value", [-1, 101, "30", 30.5])
def test_a_focal_point_outside_of_the_picture_is_refused(value):
    content = cards.content("landscape")
    content["images"][0]["focus_left"] = value
    with pytest.raises(document.DocumentError) as refusal:
        document.make(content)
    assert "images[0].focus_left (landscape)" in str(refusal.value)


def test_on_the_wall_a_portrait_is_cropped_around_its_focal_point(db, client):
    shown(focused(12, 97))
    (image,) = [image for image in Page(client.get(WALL).content.decode()).all("img") if "/media/" in image["src"]]
    assert image["class"] == "focus-left-10 focus-top-100"
    person = Page(client.get("/exhibits/small/people/pyatakov/").content.decode())
    assert "focus-" not in str(person.all("img")), "a portrait is whole on its person's page"


def test_the_stylesheet_has_a_class_for_every_focal_point_but_the_middle():
    css = (cases.BASE / "static" / "css" / "defendants.css").read_text()
    steps = [step for step in range(0, 101, FOCUS_STEP) if step != 50]
    for side in ("left", "top"):
        found = re.findall(rf"\.focus-{side}-(\d+) {{ --{side}: (\d+)%; }}", css)
        assert found == [(str(step), str(step)) for step in steps]


@pytest.mark.browser
def test_a_browser_keeps_the_focal_point_in_view(db, live_server, tab):
    shown(focused(80, 20))
    tab.goto(live_server.url + WALL)
    image = tab.locator(".people-wall .picture img")
    assert image.evaluate("image => getComputedStyle(image).objectPosition") == "80% 20%"
    assert image.evaluate("image => getComputedStyle(image).objectFit") == "cover"
    box = image.bounding_box()
    assert abs(box["width"] / box["height"] - 4 / 5) < 0.02
    assert tab.complaints == []
