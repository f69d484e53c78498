"""Smaller copies of stored pictures, in formats that travel light.

A rendition lies beside its original as ``<sha256>/<width>.<format>``. What it is called and how large it is follows
from the original's size alone, so a page can name it without asking anything. It can be made anew at any time from
the original: packages, documents and checksums know nothing of renditions. They are made when a picture is stored,
and one that is missing is made when it is first asked for.

Decisions:

* The steps are what pages ask for most: a portrait, a column on one dot a pixel and on two, and all that is there.
* Beyond LARGEST_AVIF, AVIF takes a second and saves nothing: the largest is for looking closely, and WebP alone.
* One is made at a time on a machine, whatever asks: that bounds memory, and leaves a core to visitors.

Pillow is imported inside functions, because most processes never need it.
"""

from __future__ import annotations

import contextlib
import fcntl
import io
import logging
import os
import re
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.core.files.storage import Storage, default_storage

from . import images

if TYPE_CHECKING:
    from PIL.Image import Image

log = logging.getLogger(__name__)

WIDTHS = (360, 720, 1280, 2400)
LARGEST_AVIF = 1280
ENCODERS = {
    "avif": {"format": "AVIF", "quality": 50, "speed": 6, "subsampling": "4:4:4", "max_threads": 1},
    "webp": {"format": "WEBP", "quality": 76, "method": 5},
}
FORMATS = ("JPEG", "PNG")  # of originals
MEDIA_TYPES = {"avif": "image/avif", "webp": "image/webp"}
NAME = re.compile(r"([1-9][0-9]{0,3})\.(avif|webp)")
# How many seconds a visitor waits while another rendition is being made, before the original is shown instead.
PATIENCE = 2.0
# After a failure, such as a full disk, nothing is tried again for so many seconds: each try costs the encoding.
REST = 60.0


class NotMade(Exception):
    """A rendition could not be made, or not now: show the original."""


def widths(width: int, format: str) -> list[int]:
    """The widths of the renditions of a picture that is ``width`` pixels wide, smallest first, none wider than it."""
    steps = sorted({min(width, step) for step in WIDTHS})
    return [step for step in steps if format != "avif" or step <= LARGEST_AVIF]


def names(width: int) -> list[str]:
    """What the renditions of a picture of this width are called: “360.avif” and so on."""
    return [f"{step}.{format}" for format in ENCODERS for step in widths(width, format)]


def largest(width: int) -> str:
    """What the rendition for looking closely is called."""
    return f"{widths(width, 'webp')[-1]}.webp"


def path_of(sha256: str, name: str) -> str:
    """The storage name of a rendition. Raises ValueError for what can be none."""
    if not images.DIGEST.fullmatch(sha256) or not NAME.fullmatch(name):
        raise ValueError("A rendition is called by a digest, a width and a format.")
    return f"{sha256}/{name}"


def original_of(sha256: str, storage: Storage = default_storage) -> str | None:
    """The storage name of the original, or None."""
    originals = (images.path_of(sha256, extension) for extension in images.MEDIA_TYPES)
    return next(filter(storage.exists, originals), None)


def make(sha256: str, name: str, storage: Storage = default_storage) -> bool:
    """See to it that a rendition is there; whether the picture can have one of this name at all.

    Of many who ask at once, one makes it. Raises `NotMade`.
    """
    original = original_of(sha256, storage)
    if original is None or name not in names(_width_of(original, storage)):
        return False
    if time.monotonic() < _rest_until:
        raise NotMade("Making one failed a moment ago.")
    with _alone(PATIENCE):
        if not storage.exists(path_of(sha256, name)):
            _make(original, sha256, name, storage)
    return True


def make_missing(sha256: str, storage: Storage = default_storage, *, anew: bool = False) -> int:
    """Make the renditions of a stored picture that are missing, or all of them ``anew``; how many were made.

    Raises `NotMade`.
    """
    original = original_of(sha256, storage)
    if original is None:
        raise NotMade("The picture’s file is not there.")
    missing = [
        name for name in names(_width_of(original, storage)) if anew or not storage.exists(path_of(sha256, name))
    ]
    for name in missing:
        with _alone(PATIENCE * 30):
            _make(original, sha256, name, storage)
    return len(missing)


def prepare(sha256: str, storage: Storage = default_storage) -> None:
    """As `make_missing`, for a picture that was just stored: it is none the worse where that fails, in any way."""
    try:
        make_missing(sha256, storage)
    except Exception as error:
        log.warning("Renditions of %s were not made: %s", sha256, error)


_rest_until = 0.0


def _make(original: str, sha256: str, name: str, storage: Storage) -> None:
    global _rest_until
    try:
        images.put(path_of(sha256, name), _encoded(original, name, storage), storage)
    except Exception as error:  # as in images.rewrite; or the disk is full
        _rest_until = time.monotonic() + REST
        log.warning("%s of %s could not be made, and the original is shown: %s", name, original, error)
        raise NotMade(str(error)) from error


def _width_of(original: str, storage: Storage) -> int:
    from PIL import Image

    try:
        with storage.open(original) as file, Image.open(file, formats=FORMATS) as image:
            return image.width
    except Exception as error:  # as in images.rewrite
        raise NotMade(str(error)) from error


def _encoded(original: str, name: str, storage: Storage) -> bytes:
    from PIL import Image

    step, format = NAME.fullmatch(name).groups()
    with storage.open(original) as file, Image.open(file, formats=FORMATS) as image:
        size = int(step), max(1, round(image.height * int(step) / image.width))
        image.draft(None, size)
        output = io.BytesIO()
        _scaled(images.plain_colours(image)(image), size).save(output, **ENCODERS[format])
    return output.getvalue()


def _scaled(image: Image, size: tuple[int, int]) -> Image:
    from PIL import Image

    return image if image.size == size else image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3)


@contextlib.contextmanager
def _alone(patience: float) -> Iterator[None]:
    """While nobody else on this machine makes a rendition. Raises `NotMade` where it is not one's turn in time.

    This very file is what everybody locks: it is there in every installation, and a lock dies with its process.
    """
    deadline = time.monotonic() + patience
    descriptor = os.open(__file__, os.O_RDONLY)
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise NotMade("Others are being made.") from None
                time.sleep(0.02)
        yield
    finally:
        os.close(descriptor)
