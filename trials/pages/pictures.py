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
    """

    widest: int
    beside: int = 0
    sizes: str = ""


PLACES = {
    "section": Place(640, beside=36),
    "entry": Place(640, beside=65),
    "portrait": Place(240, sizes="(min-width: 960px) 240px, 171px"),
}
# A picture that is taller than this would not be seen whole on an ordinary screen.
TALLEST = 720


@dataclass(frozen=True)
class Picture:
    """What a page prints of an image. ``sources`` are pairs of a media type and a srcset, the best first.

    ``width`` and ``height`` are its size on a page with room; ``largest`` is where it is seen large, '' for one
    that is not made larger; ``first`` says that it is the first picture of the page.
    """

    src: str
    sources: list[tuple[str, str]]
    sizes: str
    width: int
    height: int
    largest: str
    first: bool


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
    where = f"(min-width: {width + place.beside}px) {width}px, calc(100vw - {place.beside}px)"
    return {"width": width, "height": height, "sizes": place.sizes or where}


def _is_enlarged(page, image: Image, place: str) -> bool:
    """Not where a picture tells nothing from near, or is shown whole everywhere; nor beside a link to a person's page.

    On that page the portrait is.
    """
    is_small = max(image.width, image.height) <= renditions.WIDTHS[0]
    return not (image.decorative or is_small) and (place != "portrait" or page.name == "person")
