"""Uploaded pictures: decoded under limits, rewritten without metadata, stored by their content.

Nothing a stranger sent is ever kept or served. `rewrite` decodes the picture and encodes it anew: upright,
in sRGB, at most LONGEST_SIDE pixels long, with no EXIF, GPS, XMP, IPTC, comment or trailing payload. `store`
puts the result where its own digest says, durably, so that a row in the database never names half a file.

Decisions:

* Opaque pictures become JPEG without colour subsampling (red ink on paper stays sharp), others PNG.
* Animations are refused: the museum shows stills, and a first frame chosen by us would be a guess. Of a TIFF
  with several pages the first is taken, the others being thumbnails or smaller copies as a rule; they are
  not even counted. So the pixels of all frames are always the pixels of one.
* MAX_PIXELS bounds what is decoded and MAX_MEMORY what decoding costs: some formats need far more than the
  picture itself, and are then accepted up to a smaller size (WebP to 22 million pixels).
* A colour profile that cannot be used is ignored, as browsers do; a picture without one is taken as sRGB.

Pillow is imported inside functions, because most processes never need it.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import math
import os
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, BinaryIO

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage, default_storage
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageCms import ImageCmsTransform

# The only formats ever tried, and the endings a file of each may have.
FORMATS = {
    "JPEG": ("jpg", "jpeg", "jpe", "jfif"),
    "PNG": ("png",),
    "WEBP": ("webp",),
    "TIFF": ("tif", "tiff"),
    "GIF": ("gif",),
}
MAX_BYTES = 30 * 1024 * 1024
MAX_PIXELS = 50_000_000
MAX_MEMORY = 360_000_000  # bytes that decoding may take beside the file itself
MAX_SCANS = 100  # of a JPEG; ordinary progressive ones have about ten
MAX_SCANNED_PIXELS = 1_500_000_000  # scans x pixels: every scan walks over the whole picture
MAX_SEGMENTS = 5_000  # of a JPEG or PNG; each costs a step in Python
MAX_PADDING = 1024 * 1024  # bytes between the segments of a JPEG
MAX_TIFF_LIST = 1024 * 1024  # bytes of one list of numbers in a TIFF, such as its strips
MAX_GIF_BYTES = 10 * 1024 * 1024  # Pillow steps through its blocks, which may be of one byte each
LONGEST_SIDE = 3000
JPEG_QUALITY = 88
# What a stored picture may be, by the ending of its name.
MEDIA_TYPES = {"jpg": "image/jpeg", "png": "image/png"}
DIGEST = re.compile("[0-9a-f]{64}")

SAVE_AS = _("Save it as JPEG or PNG and upload that.")
NOT_A_PICTURE = _("This file is not a picture that can be read. Save it as JPEG or PNG and upload that.")
DAMAGED = _("This picture is damaged or incomplete. Save or copy it again from its source and upload that.")
UNUSUAL = _("This %(format)s is built in an unusual way. Save it as an ordinary JPEG or PNG and upload that.")
NOT_REWRITTEN = _(
    "This picture was not made ready by this application: it is too large, or carries more than its pixels, "
    "such as where it was taken. Upload it in the admin."
)
TOO_COSTLY = _("This picture needs too much memory to open. Save it as an ordinary JPEG and upload that.")

# What curators upload by mistake, by the first bytes of the file; `SAVE_AS` follows.
STRANGERS = (
    (re.compile(rb".{4}ftyp(hei|hev|mif1|msf1)", re.S), _("This file is a HEIC photograph.")),
    (re.compile(rb".{4}ftypavi", re.S), _("This file is an AVIF picture.")),
    (re.compile(rb".{4}ftyp", re.S), _("This file is a video.")),
    (re.compile(rb"8BPS"), _("This file is a Photoshop document.")),
    (re.compile(rb"%!PS|\xc5\xd0\xd3\xc6"), _("This file is a PostScript document.")),
    (re.compile(rb"%PDF"), _("This file is a PDF document.")),
    (re.compile(rb"BM"), _("This file is a Windows bitmap.")),
    (re.compile(rb"\0\0\0\x0cjP"), _("This file is a JPEG 2000 picture.")),
    (re.compile(rb"\s*(<\?xml.*)?<svg", re.S | re.I), _("This file is an SVG drawing.")),
    (re.compile(rb"\s*<(!doctype html|html)", re.I), _("This file is a web page.")),
)


class ImageError(ValueError):
    """A picture that is refused. The message tells a curator what is wrong and what to do."""


@dataclass(frozen=True)
class Rewritten:
    """A picture that is safe to publish, and the digest it is stored under."""

    content: bytes
    sha256: str
    width: int
    height: int
    media_type: str
    extension: str


# Rewriting


def rewrite(file: BinaryIO | bytes, name: str = "") -> Rewritten:
    """Return the picture in `file` made safe to publish, or raise ImageError.

    `name` is what the curator called the file; only its ending is looked at. The same bytes give the same
    result.
    """
    data = _read(file)
    try:
        _check_before_opening(data)
        return _encode(_decode(data, name))
    except ImageError:
        raise
    except Exception as error:
        # Pillow has no error of its own for broken files: they raise OSError, SyntaxError, ValueError,
        # TypeError, IndexError, KeyError, AttributeError, EOFError, struct.error, zlib.error, OverflowError,
        # MemoryError, DecompressionBombError and more. A list would be wrong with its next release, and an
        # error missing from it would be a server error that a stranger can cause at will.
        raise ImageError(DAMAGED) from error


def _read(file: BinaryIO | bytes) -> bytes:
    """Read the whole file, but never more than one byte beyond the limit."""
    if not isinstance(file, bytes):
        file = _read_limited(file)
    if not file:
        raise ImageError(gettext("This file is empty. Choose the picture again and upload it."))
    if len(file) > MAX_BYTES:
        sentence = gettext("This file is larger than %(size)s MB. Save it as JPEG and upload that.")
        raise ImageError(sentence % {"size": MAX_BYTES >> 20})
    return file


def _read_limited(file: BinaryIO) -> bytes:
    # A form may have read the file before us.
    with contextlib.suppress(AttributeError, OSError):
        file.seek(0)
    content = io.BytesIO()
    while (missing := MAX_BYTES + 1 - content.tell()) > 0 and (chunk := file.read(min(missing, 1 << 20))):
        content.write(chunk)
    return content.getvalue()


def _decode(data: bytes, name: str) -> Image:
    """Return the picture upright, in its size and colours, as a new image of mode L, RGB or RGBA."""
    from PIL import ImageOps

    with contextlib.closing(_open(data)) as image:
        _check_format(image, name)
        _check_pixels(image.width * image.height)
        pixels = image.width * image.height
        # Lets the JPEG decoder leave out detail that is thrown away below: a quarter of the memory or less.
        scale = min(1, LONGEST_SIDE / max(image.size))
        image.draft(None, (math.ceil(image.width * scale), math.ceil(image.height * scale)))
        _check_cost(image, pixels, data)
        orientation = _take_orientation(image)
        image.load()
        canvas = _canvas(image)
    # The source is closed and its memory free before anything else is allocated.
    canvas = _fitted(canvas)
    if orientation in range(2, 9):
        canvas.getexif()[ORIENTATION] = orientation
        canvas = ImageOps.exif_transpose(canvas)
    return canvas


def _open(data: bytes) -> Image:
    """Let Pillow recognise the file. Nothing is decoded yet."""
    # Unless these are loaded, Image.open loads all of its fifty plugins to find them.
    from PIL import Image, TiffImagePlugin, UnidentifiedImageError, WebPImagePlugin  # noqa: F401

    try:
        return Image.open(io.BytesIO(data), formats=tuple(FORMATS))
    except Image.DecompressionBombError as error:
        raise ImageError(_too_many_pixels()) from error
    except UnidentifiedImageError as error:
        raise ImageError(_name_stranger(data)) from error


def _name_stranger(data: bytes) -> str:
    for signature, kind in STRANGERS:
        if signature.match(data[:1024]):
            return f"{kind} {SAVE_AS}"
    return str(NOT_A_PICTURE)


ORIENTATION = 0x0112


def _take_orientation(image: Image) -> object:
    """Return the orientation and take it from the image.

    Pillow turns a TIFF by itself while loading, which would double the memory of a large one.
    """
    try:
        return image.getexif().pop(ORIENTATION, 1)
    except Exception:
        # Broken EXIF (see rewrite) in a picture that may well be whole: loading will tell.
        return 1


# Limits


def _check_before_opening(data: bytes) -> None:
    """Refuse what is costly for Pillow merely to open."""
    if data.startswith(b"\xff\xd8"):
        _count_scans(data)
    elif data.startswith(b"\x89PNG"):
        _check_png_chunks(data)
    elif data.startswith(b"GIF8") and len(data) > MAX_GIF_BYTES:
        raise ImageError(UNUSUAL % {"format": "GIF"})
    elif data[8:12] == b"WEBP":
        _check_webp_canvas(data)
    elif data[:4] in (b"II*\0", b"II+\0", b"MM\0*", b"MM\0+", b"MM*\0", b"II\0*"):
        _check_tiff_lists(data)


MARKER = re.compile(rb"\xff([^\x00\xff])")
# Within scans D0 to D7 may be very many: they only let the decoder find its place again.
MARKER_IN_SCANS = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])")
BARE_MARKERS = {0x01, *range(0xD0, 0xD9)}  # without a length
START_OF_SCAN, END_OF_IMAGE = 0xDA, 0xD9


def _count_scans(data: bytes) -> int:
    """Count the scans of a JPEG as its decoder will meet them, up to the end of the (first) picture.

    Counting FF DA anywhere would be simpler, and wrong for the films that telephones append to photographs.
    Padding before the first scan is counted as well, because Pillow steps through it byte by byte.
    """
    scans = segments = padding = position = 0
    while found := (MARKER_IN_SCANS if scans else MARKER).search(data, position):
        marker = found[1][0]
        if marker == END_OF_IMAGE:
            break
        padding += 0 if scans else found.start() - position
        position = found.end()
        if marker not in BARE_MARKERS:
            position += max(2, int.from_bytes(data[position : position + 2]))
        segments += 1
        scans += marker == START_OF_SCAN
        if scans > MAX_SCANS or segments > MAX_SEGMENTS or padding > MAX_PADDING:
            raise ImageError(UNUSUAL % {"format": "JPEG"})
    if not scans:
        raise ImageError(_name_stranger(data))
    return scans


def _check_png_chunks(data: bytes) -> None:
    """Refuse a PNG of very many small chunks; pictures have at most one for every few kilobytes."""
    position = chunks = 0
    while position < len(data):
        position = 8 if position == 0 else position + 12 + int.from_bytes(data[position : position + 4])
        chunks += 1
        if chunks > MAX_SEGMENTS + len(data) // 512:
            raise ImageError(UNUSUAL % {"format": "PNG"})


def _check_webp_canvas(data: bytes) -> None:
    """Refuse a large WebP before Pillow opens it, because opening allocates the canvas twice."""
    from PIL import WebPImagePlugin

    width, height = WebPImagePlugin._get_size(data[:30]) or (0, 0)
    _check_pixels(width * height)
    # Two canvases of the decoder, the bytes of the frame and the image itself, of four bytes per pixel each.
    if width * height * 16 > MAX_MEMORY:
        most = MAX_MEMORY // 16_000_000
        sentence = gettext("A WebP may have %(most)s million pixels at most. Save it as JPEG and upload that.")
        raise ImageError(sentence % {"most": most})


def _check_tiff_lists(data: bytes) -> None:
    """Refuse a TIFF whose first page has huge lists of numbers: Pillow makes an object of every one."""
    from PIL import TiffImagePlugin, TiffTags

    file = io.BytesIO(data)
    header = file.read(8)
    tags = TiffImagePlugin.ImageFileDirectory_v2(header + file.read(8 if header[2] == 43 else 0))
    file.seek(tags.next)
    tags.load(file)
    bytes_types = (TiffTags.BYTE, TiffTags.ASCII, TiffTags.UNDEFINED)
    for tag, raw in tags._tagdata.items():
        if len(raw) > MAX_TIFF_LIST and tags.tagtype[tag] not in bytes_types:
            raise ImageError(UNUSUAL % {"format": "TIFF"})


def _check_format(image: Image, name: str) -> None:
    # Photographs of telephones with a second picture behind the first are MPO to Pillow. We take the first.
    kind = "JPEG" if image.format == "MPO" else image.format
    suffix = PurePath(name).suffix.lower().lstrip(".")
    if suffix and suffix not in FORMATS[kind]:
        sentence = gettext("This file is a %(format)s by another name. Rename it to end in .%(ending)s.")
        raise ImageError(sentence % {"format": kind, "ending": FORMATS[kind][0]})
    if kind not in ("JPEG", "TIFF") and getattr(image, "is_animated", False):
        raise ImageError(gettext("This picture is animated. Save the frame you want as JPEG or PNG and upload that."))
    if image.mode in ("I", "F"):
        sentence = gettext("This picture has more than 16 bits per colour. Save it with 8 or 16 and upload that.")
        raise ImageError(sentence)


def _check_pixels(pixels: int) -> None:
    if pixels > MAX_PIXELS:
        raise ImageError(_too_many_pixels())


def _too_many_pixels() -> str:
    most = MAX_PIXELS // 1_000_000
    sentence = gettext("This picture has more than %(most)s million pixels. Make it smaller and upload that.")
    return sentence % {"most": most}


def _check_cost(image: Image, pixels: int, data: bytes) -> None:
    """Refuse what takes too much memory to decode. `pixels` counts the file, not the draft."""
    cost = image.width * image.height * 4 + image.height * 8  # and Pillow keeps the address of every row
    if image.format == "TIFF":
        cost += _tiff_buffer(image)
    if image.format in ("JPEG", "MPO") and (scans := _count_scans(data)) > 1:
        # All coefficients, of two bytes, are kept until the last scan, however little is wanted of them.
        samples = sum(h * v for _, h, v, _ in image.layer) / max(h * v for _, h, v, _ in image.layer)
        cost += pixels * samples * 2
        if scans * pixels > MAX_SCANNED_PIXELS:
            raise ImageError(UNUSUAL % {"format": "JPEG"})
    if cost > MAX_MEMORY:
        raise ImageError(TOO_COSTLY)


def _tiff_buffer(image: Image) -> int:
    """Return the bytes of the largest strip or tile, which is decoded whole before it reaches the image."""
    tags = image.tag_v2
    width = tags.get(322, image.width)
    rows = tags.get(323) or min(tags.get(278, image.height), max(image.size))
    return width * rows * max(4, sum(tags.get(258, (1,))) // 8)


# Pixels


def _canvas(image: Image) -> Image:
    """Copy the picture, in plain colours and less than twice as large as wanted, to an image without a past.

    This goes strip by strip: a second full copy of a large picture is never made, in whichever mode it is.
    """
    from PIL import Image

    # Not image.size, which for a TIFF tells how the picture lies after the turn that we have taken from it.
    width, height = image.im.size
    factor = max(1, max(width, height) // LONGEST_SIDE)
    size = math.ceil(width / factor), math.ceil(height / factor)
    convert = plain_colours(image)
    canvas = None
    for top, bottom in _strips(width, height, factor):
        strip = convert(image.crop((0, top, width, bottom)))
        if strip.mode == "RGBA" and max(width, height) > LONGEST_SIDE:
            # What scaling needs, or invisible colours would show at edges. Pillow would do it to a full copy.
            strip = strip.convert("RGBa")
        if canvas is None:
            canvas = Image.new(strip.mode, size)
        canvas.paste(strip.reduce(factor), (0, top // factor))
    return canvas


def _strips(width: int, height: int, factor: int) -> Iterator[tuple[int, int]]:
    """Cut the height into strips of some two million pixels, whole multiples of the factor."""
    rows = factor * max(1, 2_000_000 // (width * factor))
    for top in range(0, height, rows):
        yield top, min(top + rows, height)


def _fitted(canvas: Image) -> Image:
    """Scale the canvas to LONGEST_SIDE."""
    from PIL import Image

    scale = LONGEST_SIDE / max(canvas.size)
    if scale < 1:
        size = max(1, round(canvas.width * scale)), max(1, round(canvas.height * scale))
        canvas = canvas.resize(size, Image.Resampling.LANCZOS)
    return canvas.convert("RGBA") if canvas.mode == "RGBa" else canvas


def plain_colours(image: Image) -> Callable[[Image], Image]:
    """Return the function that brings a strip of this image to L, RGB or RGBA in sRGB."""
    depth = _depth_table(image) if image.mode.startswith("I;16") else None
    alpha = depth is None and image.has_transparency_data
    native = "L" if depth or image.mode in ("1", "L", "LA", "La") else image.mode
    plain = native if native in ("L", "CMYK") else "RGB"
    profile_mode, transform = _transform_to_srgb(image, plain)

    def convert(strip: Image) -> Image:
        if depth:
            strip = strip.convert("I").point(depth, "L")
        if alpha:
            strip = strip.convert("RGBA")
        if transform:
            colours = transform.apply(strip.convert(profile_mode))
        else:
            colours = strip.convert("L" if plain == "L" and not alpha else "RGB")
        if alpha:
            colours.putalpha(strip.getchannel("A"))
        return colours

    return convert


def _depth_table(image: Image) -> list[int]:
    """Return the table from 16 bits (12 in some TIFF) to 8.

    Pillow's own conversion makes nearly everything white.
    """
    tags = getattr(image, "tag_v2", {})
    most = 2 ** tags.get(258, (16,))[0] - 1
    table = [min(255, round(value * 255 / most)) for value in range(65536)]
    # Pillow turns WhiteIsZero round for 8 bits, not for 16.
    return [255 - value for value in table] if tags.get(262) == 0 else table


def _transform_to_srgb(image: Image, plain: str) -> tuple[str, ImageCmsTransform | None]:
    """Return the mode that the colour profile is for, and its transform. None without a profile that fits."""
    from PIL import ImageCms

    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
        mode = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}[profile.profile.xcolor_space.strip()]
        if mode == plain or (mode, plain) == ("RGB", "L"):
            return mode, ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), mode, "RGB")
    except (KeyError, TypeError, OSError, ImageCms.PyCMSError):
        pass  # none, broken, or of a kind that a picture has no use for
    return plain, None


def _encode(image: Image) -> Rewritten:
    if image.mode == "RGBA" and image.getchannel("A").getextrema()[0] == 255:
        image = image.convert("RGB")
    output = io.BytesIO()
    if image.mode == "RGBA":
        image.save(output, "PNG")
        media_type, extension = "image/png", "png"
    else:
        image.save(output, "JPEG", quality=JPEG_QUALITY, progressive=True, optimize=True, subsampling=0)
        media_type, extension = "image/jpeg", "jpg"
    content = output.getvalue()
    return Rewritten(content, hashlib.sha256(content).hexdigest(), *image.size, media_type, extension)


# Pictures that were rewritten before


def inspect(content: bytes, name: str = "") -> tuple[int, int, str]:
    """The width, height and extension of a picture that another museum rewrote: whole, and bare of all else.

    Such a picture is kept as it is, since its digest is its name. Raises ImageError for one that `rewrite`
    would not have made, as it may say where it was taken or carry a payload.
    """
    data = _read(content)
    try:
        _check_before_opening(data)
        with contextlib.closing(_open(data)) as image:
            _check_format(image, name)
            extension = {"JPEG": "jpg", "PNG": "png"}.get(image.format)
            if not extension or max(image.size) > LONGEST_SIDE or not _is_bare(data):
                raise ImageError(NOT_REWRITTEN)
            _check_cost(image, image.width * image.height, data)
            image.load()
            return *image.size, extension
    except ImageError:
        raise
    except Exception as error:  # as in rewrite
        raise ImageError(DAMAGED) from error


# Tables, frame, scans and the plain header that every JPEG has: no EXIF, profile or comment.
JPEG_SEGMENTS = {0xC0, 0xC1, 0xC2, 0xC4, 0xDB, 0xDD, START_OF_SCAN, 0xE0}
JFIF_LENGTH = 16  # without a thumbnail
PNG_CHUNKS = {b"IHDR", b"IDAT", b"IEND"}


def _is_bare(data: bytes) -> bool:
    """Whether a JPEG or PNG holds its pixels and nothing else, from its first byte to its last."""
    return _is_bare_png(data) if data.startswith(b"\x89PNG") else _is_bare_jpeg(data)


def _is_bare_jpeg(data: bytes) -> bool:
    position, in_scans = 2, False
    while found := (MARKER_IN_SCANS if in_scans else MARKER).search(data, position):
        marker, length = found[1][0], int.from_bytes(data[found.end() : found.end() + 2])
        if marker == END_OF_IMAGE:
            return found.end() == len(data)
        if marker not in JPEG_SEGMENTS or (marker == 0xE0 and length != JFIF_LENGTH):
            return False
        if not in_scans and found.start() != position:
            return False
        position = found.end() + max(2, length)
        in_scans = in_scans or marker == START_OF_SCAN
    return False


def _is_bare_png(data: bytes) -> bool:
    position, chunk = 8, b""
    while position < len(data) and chunk != b"IEND":
        chunk = data[position + 4 : position + 8]
        if chunk not in PNG_CHUNKS:
            return False
        position += 12 + int.from_bytes(data[position : position + 4])
    return position == len(data) and chunk == b"IEND"


# Storing


def path_of(sha256: str, extension: str) -> str:
    """Return the storage name of a rewritten picture."""
    if not DIGEST.fullmatch(sha256):
        raise ValueError("A digest is 64 lower-case hexadecimal characters.")
    if extension not in MEDIA_TYPES:
        raise ValueError("A stored picture is jpg or png.")
    return f"{sha256}/image.{extension}"


def store(rewritten: Rewritten, storage: Storage = default_storage) -> str:
    """Put the picture at its content address, unless it is there whole, and return its name.

    Durable as `put` is. Calling it twice, or from two processes at once, is harmless. Raises OSError if the disk
    is full, and leaves no part of the file behind then.
    """
    name = path_of(rewritten.sha256, rewritten.extension)
    if not verify(rewritten.sha256, rewritten.extension, storage):
        put(name, rewritten.content, storage)
    elif isinstance(storage, FileSystemStorage):
        # Whoever wrote it may not have come this far yet.
        _sync_folders(_make_folders(storage.path(name), storage))
    return name


def put(name: str, content: bytes, storage: Storage = default_storage) -> None:
    """Write a file under this name, in place of what stands there: whole or not at all.

    When this returns, the file survives a power cut (on a disk; other storages keep their own promises). Raises
    OSError if the disk is full.
    """
    if isinstance(storage, FileSystemStorage):
        path = storage.path(name)
        folders = _make_folders(path, storage)
        _write_atomically(path, content, storage.file_permissions_mode)
        _sync_folders(folders)
        return
    storage.delete(name)
    saved = storage.save(name, ContentFile(content))
    if saved != name:  # another process was faster, with the same content
        storage.delete(saved)


def verify(sha256: str, extension: str, storage: Storage = default_storage) -> bool:
    """Tell whether the picture is stored and its digest is right."""
    name = path_of(sha256, extension)
    if not storage.exists(name):
        return False
    digest = hashlib.sha256()
    try:
        with storage.open(name) as file:
            for chunk in file.chunks():
                digest.update(chunk)
    except FileNotFoundError:  # deleted between the two questions
        return False
    return digest.hexdigest() == sha256


def _make_folders(path: str, storage: FileSystemStorage) -> set[str]:
    """Make the folder of a file and return all folders whose entries must reach the disk."""
    folders = [os.path.dirname(path)]
    while not os.path.isdir(folders[-1]):
        folders.append(os.path.dirname(folders[-1]))
    for missing in reversed(folders[:-1]):
        os.makedirs(missing, exist_ok=True)
        if storage.directory_permissions_mode is not None:
            os.chmod(missing, storage.directory_permissions_mode)
    return {*folders, storage.location}


def _write_atomically(path: str, content: bytes, mode: int | None) -> None:
    """Write under a temporary name beside the path, and rename only what has reached the disk."""
    temporary = f"{path}.{secrets.token_hex(8)}.tmp"
    try:
        with open(temporary, "xb") as file:
            file.write(content)
            file.flush()
            if mode is not None:
                os.chmod(temporary, mode)
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.remove(temporary)
        raise


def _sync_folders(folders: set[str]) -> None:
    for folder in folders:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
