"""A picture on a page: which renditions a browser may choose from, how large it is shown, and where it is seen large.

All of it follows from the image's record and the place alone.
"""

from dataclasses import dataclass

from .. import renditions
from ..editions.document import Image


@dataclass(frozen=True)
class Place:
    """Where pictures stand: the widest that one is there, in CSS pixels.

    Without room, it is as wide as the screen but for what is ``beside`` it; or else ``sizes`` says how wide it is.
    Where it is ``cropped``, it fills a frame of that size, and its focal point stays in view.
    """

    widest: int
    beside: int = 0
    sizes: str = ""
    cropped: tuple[int, int] | None = None


PLACES = {
    "section": Place(640, beside=36),
    "entry": Place(640, beside=65),
    "portrait": Place(240, sizes="(min-width: 960px) 240px, 171px"),
    "wall": Place(240, cropped=(150, 188)),
}
# Focal points are rounded to so many per cent: a stylesheet has a class for each, as pages have no styles of their own.
FOCUS_STEP = 10
# A picture that is taller than this would not be seen whole on an ordinary screen.
TALLEST = 720


@dataclass(frozen=True)
class Picture:
    """What a page prints of an image. ``sources`` are pairs of a media type and a srcset, the best first.

    ``width`` and ``height`` are its size on a page with room; ``largest`` is where it is seen large, '' for one
    that is not made larger; ``first`` says that it is the first picture of the page; ``focus`` names the classes that
    keep its focal point in view where it is cropped.
    """

    src: str
    sources: list[tuple[str, str]]
    sizes: str
    width: int
    height: int
    largest: str
    first: bool
    focus: str


def picture_on(page, image: Image, place: str) -> Picture:
    """The image as ``page`` shows it at this place."""
    first = not page.pictures
    found = Picture(
        src=page.image(image),
        sources=[(renditions.MEDIA_TYPES[format], _srcset(page, image, format)) for format in renditions.ENCODERS],
        **_size(image, PLACES[place]),
        largest=page.image(image, renditions.largest(image.width)) if _is_enlarged(page, image, place) else "",
        # One that waits for the visitor's choice is not loaded with the page.
        first=first and not image.content_note,
        focus=_focus(image) if PLACES[place].cropped else "",
    )
    page.pictures.append(found)
    return found


def _srcset(page, image: Image, format: str) -> str:
    widths = renditions.widths(image.width, format)
    return ", ".join(f"{page.image(image, f'{width}.{format}')} {width}w" for width in widths)


def _size(image: Image, place: Place) -> dict:
    """How large it is shown with room, and for the browser's choice of a file, how wide without."""
    width = max(1, min(place.widest, image.width, TALLEST * image.width // image.height))
    height = max(1, round(image.height * width / image.width))
    where = place.sizes or f"(min-width: {width + place.beside}px) {width}px, calc(100vw - {place.beside}px)"
    if place.cropped:
        frame_width, frame_height = place.cropped
        where = f"{max(frame_width, -(-frame_height * image.width // image.height))}px"
    return {"width": width, "height": height, "sizes": where}


def _focus(image: Image) -> str:
    """The classes of an image's focal point; '' for the middle, which is where browsers crop to by themselves."""
    sides = ("left", image.focus_left), ("top", image.focus_top)
    steps = [(side, round(percent / FOCUS_STEP) * FOCUS_STEP) for side, percent in sides]
    return " ".join(f"focus-{side}-{step}" for side, step in steps if step != 50)


def _is_enlarged(page, image: Image, place: str) -> bool:
    """Not where a picture tells nothing from near, or is shown whole everywhere; nor on the wall, beside a link."""
    is_small = max(image.width, image.height) <= renditions.WIDTHS[0]
    return not (image.decorative or is_small or place == "wall")
