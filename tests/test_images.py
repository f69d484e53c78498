"""What becomes of an uploaded picture: honest ones keep their colours, all else is refused."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import struct
import threading
import zlib
from dataclasses import replace

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, InMemoryStorage
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageCms, PngImagePlugin

from trials import images
from trials.images import ImageError, Rewritten, path_of, rewrite, store, verify

if not settings.configured and "DJANGO_SETTINGS_MODULE" not in os.environ:
    settings.configure()

RED, GREEN, BLUE, WHITE = (220, 30, 40), (20, 160, 60), (30, 60, 200), (250, 250, 250)


# Helpers


def quarters(width: int = 64, height: int = 48) -> Image.Image:
    """Return a picture that is different in all four corners."""
    image = Image.new("RGB", (width, height), WHITE)
    x, y = width // 2, height // 2
    image.paste(RED, (0, 0, x, y))
    image.paste(GREEN, (x, 0, width, y))
    image.paste(BLUE, (0, y, x, height))
    return image


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    output = io.BytesIO()
    image.save(output, kind, **options)
    return output.getvalue()


def opened(rewritten: Rewritten) -> Image.Image:
    image = Image.open(io.BytesIO(rewritten.content))
    image.load()
    return image


def assert_alike(one: Image.Image, other: Image.Image, tolerance: int = 12) -> None:
    assert one.size == other.size
    # The middle of each quarter: edges differ by the filter, colours must not.
    width, height = one.size
    for x in (width // 4, 3 * width // 4):
        for y in (height // 4, 3 * height // 4):
            a, b = one.convert("RGBA").getpixel((x, y)), other.convert("RGBA").getpixel((x, y))
            assert max(abs(p - q) for p, q in zip(a, b, strict=True)) <= tolerance, (x, y, a, b)


def png(width: int, height: int, *chunks: bytes, depth: int = 8, colour: int = 0) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(chunks) + chunk(b"IEND", b"")


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def tiff(entries: dict[int, int | tuple[int, bytes]], content: bytes = b"") -> bytes:
    """Return a TIFF of LONG entries; a pair is a count and its data."""
    start = 8 + 2 + 12 * len(entries) + 4
    directory, lists = b"", b""
    for tag, value in entries.items():
        count, value = (value[0], start + len(lists)) if isinstance(value, tuple) else (1, value)
        directory += struct.pack("<HHII", tag, 4, count, value)
        lists += entries[tag][1] if isinstance(entries[tag], tuple) else b""
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + directory + bytes(4) + lists + content


def jpeg_of_many_scans(extra: int, size: tuple[int, int] = (32, 32)) -> bytes:
    """Return a progressive JPEG whose last scan is repeated."""
    data = encoded(Image.new("RGB", size, RED), "JPEG", progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + last * extra + data[-2:]


def assert_refused(data: bytes, sentence: str, name: str = "") -> None:
    with pytest.raises(ImageError) as refusal:
        rewrite(data, name)
    assert sentence in str(refusal.value)
    assert str(refusal.value).endswith(".")


# Honest pictures


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "GIF"])
def test_every_allowed_format_is_accepted(kind: str) -> None:
    rewritten = rewrite(encoded(quarters(), kind))
    assert (rewritten.width, rewritten.height) == (64, 48)
    assert (rewritten.media_type, rewritten.extension) == ("image/jpeg", "jpg")
    assert rewritten.sha256 == hashlib.sha256(rewritten.content).hexdigest()
    assert opened(rewritten).format == "JPEG"
    assert_alike(opened(rewritten), quarters())


def test_a_stream_is_read_from_its_beginning() -> None:
    stream = io.BytesIO(encoded(quarters(), "PNG"))
    stream.read()
    assert rewrite(stream) == rewrite(stream.getvalue())


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "CMYK", "I;16", "LA", "PA", "RGBA"])
def test_the_same_file_always_gives_the_same_bytes(mode: str) -> None:
    image = Image.linear_gradient("L").convert("RGB" if mode in ("P", "CMYK", "RGBA") else "L")
    data = encoded(image.convert(mode) if mode != "PA" else image.convert("P").convert("PA"), "TIFF")
    assert rewrite(data) == rewrite(io.BytesIO(data))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_upright(kind: str, orientation: int) -> None:
    turn = {
        2: [Image.Transpose.FLIP_LEFT_RIGHT],
        3: [Image.Transpose.ROTATE_180],
        4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.TRANSPOSE],
        6: [Image.Transpose.ROTATE_90],  # shown turned by 270 degrees, so lying turned by 90
        7: [Image.Transpose.TRANSVERSE],
        8: [Image.Transpose.ROTATE_270],
    }
    lying = quarters()
    for step in turn.get(orientation, []):
        lying = lying.transpose(step)
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert_alike(opened(rewrite(encoded(lying, kind, exif=exif))), quarters())


def test_a_large_tiff_is_turned_and_scaled() -> None:
    lying = quarters(6600, 3300).transpose(Image.Transpose.ROTATE_90)
    data = encoded(lying, "TIFF", compression="tiff_lzw", tiffinfo={0x0112: 6})
    assert_alike(opened(rewrite(data)), quarters(3000, 1500))


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize("content", [b"nonsense", b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03"])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_broken_exif_does_not_spoil_a_good_picture(kind: str, content: bytes) -> None:
    exif = b"Exif\0\0" + content
    assert_alike(opened(rewrite(encoded(quarters(), kind, exif=exif))), quarters())


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_keeps_its_colours(kind: str) -> None:
    result = opened(rewrite(encoded(quarters().convert("CMYK"), kind)))
    assert result.mode == "RGB"
    assert_alike(result, quarters())


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_of_grey_are_scaled_and_not_clipped(kind: str) -> None:
    ramp = Image.new("I;16", (256, 8))
    ramp.putdata([x * 257 for x in range(256)] * 8)
    result = opened(rewrite(encoded(ramp, kind)))
    assert result.mode == "L"
    assert max(abs(result.getpixel((x, 4)) - x) for x in range(256)) <= 4


def test_sixteen_bits_of_colour_are_scaled() -> None:
    row = b"\0" + struct.pack(">HHH", 0x8000, 0x2000, 0xF000) * 8
    data = png(8, 8, chunk(b"IDAT", zlib.compress(row * 8)), depth=16, colour=2)
    assert_alike(opened(rewrite(data)), Image.new("RGB", (8, 8), (0x80, 0x20, 0xF0)), 4)


def test_white_is_zero_in_sixteen_bits_is_turned_round() -> None:
    entries = {256: 8, 257: 8, 258: 16, 259: 1, 262: 0, 273: 8 + 2 + 12 * 8 + 4, 278: 8, 279: 128}
    result = opened(rewrite(tiff(entries, struct.pack("<H", 0x3FFF) * 64)))
    assert abs(result.getpixel((4, 4)) - 0xC0) <= 2


def test_a_palette_with_transparency_stays_transparent() -> None:
    image = quarters().quantize(4)
    alphas = bytes([0, 85, 170, 255])
    result = rewrite(encoded(image, "PNG", transparency=alphas))
    assert (result.media_type, result.extension) == ("image/png", "png")
    for x, y in [(16, 12), (48, 12), (16, 36), (48, 36)]:
        pixel = opened(result).getpixel((x, y))
        assert pixel[3] == alphas[image.getpixel((x, y))]
        assert max(abs(a - b) for a, b in zip(pixel, image.convert("RGB").getpixel((x, y)), strict=False)) <= 1


@pytest.mark.parametrize(("mode", "key"), [("RGB", WHITE), ("L", 250)])
def test_a_transparent_colour_stays_transparent(mode: str, key: object) -> None:
    result = opened(rewrite(encoded(quarters().convert(mode), "PNG", transparency=key)))
    assert result.mode == "RGBA"
    assert result.getpixel((48, 36))[3] == 0
    assert result.getpixel((16, 12))[3] == 255


def test_a_transparent_gif_and_webp_stay_transparent() -> None:
    image = quarters().convert("RGBA")
    image.putalpha(Image.new("L", image.size, 0))
    image.paste((*RED, 255), (0, 0, 32, 24))
    for kind in ("GIF", "WEBP"):
        result = opened(rewrite(encoded(image, kind)))
        assert (result.getpixel((16, 12))[3], result.getpixel((48, 36))[3]) == (255, 0)


def test_an_opaque_alpha_channel_is_dropped() -> None:
    rewritten = rewrite(encoded(quarters().convert("RGBA"), "PNG"))
    assert rewritten.extension == "jpg"
    assert_alike(opened(rewritten), quarters())


def test_invisible_colours_do_not_bleed_into_a_smaller_picture() -> None:
    image = Image.new("RGBA", (6100, 40), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (3051, 0, 6100, 40))
    result = opened(rewrite(encoded(image, "PNG")))
    assert result.size == (3000, 20)
    assert all(result.getpixel((x, 10))[0] < 20 for x in range(1490, 1510) if result.getpixel((x, 10))[3] > 40)


def swapped_profile() -> bytes:
    """Return sRGB with red and green exchanged, which nobody can overlook."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    tags = {bytes(profile[i : i + 4]): i for i in range(132, 132 + 12 * profile[131], 12)}
    red, green = tags[b"rXYZ"], tags[b"gXYZ"]
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(profile)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_colour_profile_is_converted_to_srgb(kind: str) -> None:
    red, green, blue = quarters().split()
    data = encoded(Image.merge("RGB", (green, red, blue)), kind, icc_profile=swapped_profile())
    result = opened(rewrite(data))
    assert_alike(result, quarters(), 16)
    assert "icc_profile" not in result.info


def test_a_colour_profile_is_converted_beside_transparency() -> None:
    red, green, blue = quarters().split()
    image = Image.merge("RGBA", (green, red, blue, Image.new("L", red.size, 128)))
    expected = quarters()
    expected.putalpha(128)
    assert_alike(opened(rewrite(encoded(image, "PNG", icc_profile=swapped_profile()))), expected)


@pytest.mark.parametrize("profile", [b"nonsense", swapped_profile()[:200]])
def test_an_unusable_profile_is_ignored(profile: bytes) -> None:
    assert_alike(opened(rewrite(encoded(quarters(), "JPEG", icc_profile=profile))), quarters())


def test_a_profile_of_other_colours_is_ignored() -> None:
    data = encoded(quarters().convert("CMYK"), "JPEG", icc_profile=swapped_profile())
    assert_alike(opened(rewrite(data)), quarters())


def test_a_grey_picture_may_have_a_profile_of_colours() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    grey = quarters().convert("L")
    result = opened(rewrite(encoded(grey, "PNG", icc_profile=profile)))
    assert result.mode == "RGB"  # so it went through the profile
    assert_alike(result, grey)


@pytest.mark.parametrize("options", [{"progressive": True}, {"subsampling": 0}, {"restart_marker_blocks": 1}])
def test_every_ordinary_jpeg_is_accepted(options: dict[str, object]) -> None:
    assert_alike(opened(rewrite(encoded(quarters(), "JPEG", **options))), quarters())


def test_thousands_of_restart_markers_are_accepted() -> None:
    data = encoded(quarters(640, 640), "JPEG", subsampling=0, restart_marker_blocks=1)
    assert data.count(b"\xff\xd0") * 8 > images.MAX_SEGMENTS
    assert_alike(opened(rewrite(data)), quarters(640, 640))


def test_a_photograph_with_a_film_behind_it_is_accepted() -> None:
    data = encoded(quarters(), "JPEG") + b"\0\0\0\x18ftypmp42" + b"\xff\xda\0\x08" * 1000
    assert b"ftyp" not in rewrite(data, "photo.jpg").content


def test_a_photograph_with_a_second_picture_is_accepted_as_jpeg() -> None:
    data = encoded(quarters(), "MPO", save_all=True, append_images=[Image.new("RGB", (64, 48))])
    assert_alike(opened(rewrite(data, "photo.jpg")), quarters())


def test_the_first_page_of_a_tiff_is_taken() -> None:
    data = encoded(quarters(), "TIFF", save_all=True, append_images=[Image.new("RGB", (8, 6))])
    assert_alike(opened(rewrite(data)), quarters())


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("size", [(3001, 2000), (7600, 5300)])
def test_a_large_picture_is_scaled_to_the_longest_side(kind: str, size: tuple[int, int]) -> None:
    rewritten = rewrite(encoded(quarters(*size), kind))
    height = round(size[1] * 3000 / size[0])
    assert (rewritten.width, rewritten.height) == (3000, height)
    assert_alike(opened(rewritten), quarters(3000, height))


@pytest.mark.parametrize("size", [(1, 40_000), (40_000, 1), (1, 1), (3000, 3000)])
def test_the_oddest_sizes_are_accepted(size: tuple[int, int]) -> None:
    rewritten = rewrite(encoded(Image.new("L", size, 90), "PNG"))
    assert max(rewritten.width, rewritten.height) == min(3000, max(size))
    assert min(rewritten.width, rewritten.height) == (1 if 1 in size else 3000)


@pytest.mark.parametrize("size", [(5900, 1180), (6200, 1240)])
def test_scaling_by_strips_shows_no_seams(size: tuple[int, int]) -> None:
    ramp = Image.linear_gradient("L").resize(size)
    result = opened(rewrite(encoded(ramp, "PNG")))
    expected = ramp.resize((3000, 600), Image.Resampling.LANCZOS)
    assert max(ImageChops.difference(result, expected).getextrema()) <= 6


# What must not survive


def test_no_metadata_survives() -> None:
    exif = Image.Exif()
    exif[0x010F] = "CameraMaker"
    exif[0x013B] = "ArtistName"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 29: "1999:12:31"})
    exif.get_ifd(0x8769)[0xA431] = "SerialNumber123"
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0c\x1c\x02\x50\0\x07BylineX"
    data = encoded(
        quarters(),
        "JPEG",
        exif=exif,
        xmp=b"<x:xmpmeta>PersonShown</x:xmpmeta>",
        comment=b"SecretComment",
        icc_profile=swapped_profile(),
    )
    data = data[:2] + b"\xff\xed" + struct.pack(">H", len(iptc) + 2) + iptc + data[2:] + b"<?php echo 1;"
    words = (
        b"CameraMaker",
        b"ArtistName",
        b"1999:12:31",
        b"SerialNumber123",
        b"BylineX",
        b"PersonShown",
        b"SecretComment",
        b"<?php",
        b"Exif",
        b"8BIM",
        b"ICC_PROFILE",
    )
    assert all(word in data for word in words)
    content = rewrite(data).content
    assert not [word for word in words if word in content]
    result = Image.open(io.BytesIO(content))
    assert not result.getexif()
    assert set(result.info) <= {
        "jfif",
        "jfif_version",
        "jfif_unit",
        "jfif_density",
        "progressive",
        "progression",
    }


def test_no_text_survives_in_a_png() -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", "ArtistName")
    text.add_itxt("XML:com.adobe.xmp", "PersonShown")
    exif = Image.Exif()
    exif[0x010F] = "CameraMaker"
    image = quarters().convert("RGBA")
    image.putalpha(100)
    data = encoded(image, "PNG", pnginfo=text, exif=exif, icc_profile=swapped_profile(), dpi=(301, 301))
    assert b"ArtistName" in data
    content = rewrite(data).content
    kinds, position = [], 8
    while position < len(content):
        kinds.append(content[position + 4 : position + 8])
        position += 12 + int.from_bytes(content[position : position + 4])
    assert set(kinds) == {b"IHDR", b"IDAT", b"IEND"}


# Refusals


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "This file is empty."),
        (b"plain words", "not a picture that can be read"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "a PostScript document"),
        (b"8BPS\0\x01" + bytes(40), "a Photoshop document"),
        (b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "a web page"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"\0\0\0\x18ftypheic" + bytes(40), "a HEIC photograph"),
        (b"\0\0\0\x18ftypavif" + bytes(40), "an AVIF picture"),
        (encoded(quarters(), "BMP"), "a Windows bitmap"),
        (encoded(quarters(), "PPM"), "not a picture that can be read"),
        (b"\x89PNG\r\n\x1a\n<html><script>alert(1)</script></html>", "not a picture that can be read"),
        (b"\xff\xd8\xff<html><script>alert(1)</script></html>", "not a picture that can be read"),
        (b"GIF89a<html><script>alert(1)</script></html>", "not a picture that can be read"),
    ],
)
def test_what_is_not_a_picture_is_refused_by_its_name(data: bytes, sentence: str) -> None:
    assert_refused(data, sentence, "photo.jpg")


@pytest.mark.parametrize("name", ["photo.png", "photo.JPG.png", "photo.html", "photo.php", "photo.tiff", "a.b"])
def test_a_name_that_does_not_fit_the_content_is_refused(name: str) -> None:
    assert_refused(encoded(quarters(), "JPEG"), "JPEG by another name. Rename it to end in .jpg.", name)


@pytest.mark.parametrize("name", ["", "photo", "photo.jpg", "PHOTO.JPEG", "a/b/photo.x.Jpg"])
def test_a_fitting_name_or_none_is_accepted(name: str) -> None:
    assert rewrite(encoded(quarters(), "JPEG"), name).extension == "jpg"


class Endless(io.RawIOBase):
    """A stream without an end, which counts what was taken from it."""

    taken = 0

    def read(self, size: int = -1) -> bytes:
        assert size > 0, "read without a limit"
        self.taken += size
        return bytes(size)


def test_a_stream_is_never_read_beyond_the_limit() -> None:
    stream = Endless()
    with pytest.raises(ImageError, match="larger than 30 MB"):
        rewrite(stream)
    assert stream.taken == images.MAX_BYTES + 1
    assert_refused(bytes(images.MAX_BYTES + 1), "larger than 30 MB")


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(
    "data",
    [
        png(10_000, 5_001, chunk(b"IDAT", zlib.compress(b""))),
        png(30_000, 30_000, chunk(b"IDAT", zlib.compress(b""))),
        b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f" + struct.pack("<I", 12_999 | 12_999 << 14) + bytes(9),
        b"GIF89a" + struct.pack("<HH", 60_000, 2_000) + b"\0\0\0,\0\0\0\0\1\0\1\0\0\2\2\x44\1\0;",
        tiff({256: 10_000, 257: 6_000, 258: 8, 259: 1, 262: 1, 273: 8, 279: 8}),
    ],
)
def test_more_than_fifty_million_pixels_are_refused_before_decoding(
    data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda self: pytest.fail("it was decoded"))
    assert_refused(data, "more than 50 million pixels")


def test_a_webp_that_costs_too_much_memory_is_refused() -> None:
    data = b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f" + struct.pack("<I", 5_999 | 5_999 << 14) + bytes(9)
    assert_refused(data, "A WebP may have 22 million pixels at most.")


def test_a_tiff_with_enormous_tiles_is_refused() -> None:
    tiles = zlib.compress(bytes(1000))
    entries = {256: 9, 257: 9, 258: 8, 259: 8, 262: 1, 322: 20_000, 323: 20_000, 324: 130, 325: len(tiles)}
    assert_refused(tiff(entries, tiles), "too much memory")


def test_a_picture_of_millions_of_rows_is_refused() -> None:
    assert_refused(png(1, 49_000_000, chunk(b"IDAT", zlib.compress(b""))), "too much memory")


def test_a_tiff_with_millions_of_strips_is_refused() -> None:
    strips = 300_000
    entries = {256: 1, 257: 100, 258: 8, 259: 1, 262: 1, 273: (strips, bytes(4 * strips)), 278: 1}
    assert_refused(tiff(entries), "This TIFF is built in an unusual way.")


def test_a_jpeg_of_hundreds_of_scans_is_refused_before_decoding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("PIL.Image.open", lambda *a, **k: pytest.fail("it was opened"))
    assert_refused(jpeg_of_many_scans(400), "This JPEG is built in an unusual way.")


def test_a_jpeg_of_some_dozens_of_scans_is_refused_only_if_it_is_large() -> None:
    assert rewrite(jpeg_of_many_scans(60)).width == 32
    assert_refused(jpeg_of_many_scans(60, (7000, 6000)), "This JPEG is built in an unusual way.")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"\xff\xd8" + b"\xff\xfe\0\2" * 1_000_000, "This JPEG is built in an unusual way."),
        (b"\xff\xd8" + b"\xff\xd0" * 1_000_000, "This JPEG is built in an unusual way."),
        (b"\xff\xd8" + b"\xff" * 10_000_000, "not a picture that can be read"),
        (b"\xff\xd8\xff\xe0\0\2" + bytes(10_000_000), "not a picture that can be read"),
        (b"\xff\xd8" + bytes(2_000_000) + b"\xff\xda", "This JPEG is built in an unusual way."),
        (png(1, 1, chunk(b"IDAT", b"") * 1_000_000), "This PNG is built in an unusual way."),
        (b"GIF89a" + bytes(7) + b"!\xfe" + b"\1a" * 6_000_000, "This GIF is built in an unusual way."),
    ],
)
def test_files_made_to_keep_us_busy_are_refused(data: bytes, sentence: str) -> None:
    assert_refused(data, sentence)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_animations_are_refused(kind: str) -> None:
    data = encoded(quarters(), kind, save_all=True, append_images=[Image.new("RGB", (64, 48))])
    assert_refused(data, "This picture is animated.")


@pytest.mark.parametrize("mode", ["I", "F"])
def test_more_than_sixteen_bits_are_refused(mode: str) -> None:
    assert_refused(encoded(Image.new(mode, (8, 8)), "TIFF"), "more than 16 bits per colour")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("part", [0.5, 0.9])
def test_half_a_picture_is_refused(kind: str, part: float) -> None:
    data = encoded(Image.effect_noise((200, 200), 50), kind)
    with pytest.raises(ImageError):
        rewrite(data[: int(len(data) * part)])


def test_running_out_of_memory_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(self: object) -> None:
        raise MemoryError

    monkeypatch.setattr("PIL.JpegImagePlugin.JpegImageFile.load", load)
    assert_refused(encoded(quarters(), "JPEG"), "damaged or incomplete")


VALID = [
    encoded(quarters(), "JPEG", icc_profile=swapped_profile()),
    encoded(quarters(), "JPEG", progressive=True),
    encoded(quarters(), "PNG"),
    encoded(quarters().quantize(8), "PNG", transparency=b"\0\x80"),
    encoded(quarters(), "WEBP"),
    encoded(quarters().convert("RGBA"), "WEBP", lossless=True),
    encoded(quarters(), "TIFF"),
    encoded(quarters(), "TIFF", compression="tiff_lzw", tiffinfo={0x0112: 6}),
    encoded(quarters().convert("CMYK"), "TIFF", compression="jpeg"),
    encoded(quarters(), "GIF"),
]


@pytest.mark.filterwarnings("ignore")
@hypothesis_settings(max_examples=600, deadline=None)
@given(
    data=st.sampled_from(VALID),
    changes=st.lists(st.tuples(st.integers(0, 4000), st.binary(min_size=1, max_size=4)), max_size=6),
    end=st.none() | st.integers(0, 4000),
)
def test_broken_files_give_a_picture_or_a_refusal_and_nothing_else(
    data: bytes, changes: list[tuple[int, bytes]], end: int | None
) -> None:
    broken = bytearray(data)
    for position, content in changes:
        position %= len(broken)
        broken[position : position + len(content)] = content
    try:
        rewritten = rewrite(bytes(broken[:end]))
    except ImageError:
        return
    assert opened(rewritten).size == (rewritten.width, rewritten.height)


# Pictures that were rewritten before

REWRITTEN = [rewrite(encoded(quarters(*size), "PNG")) for size in ((64, 48), (1, 1), (3000, 40))]
REWRITTEN += [rewrite(encoded(quarters().convert(mode), "PNG")) for mode in ("L", "RGBA")]
SEE_THROUGH = rewrite(encoded(Image.new("RGBA", (64, 48), (*RED, 128)), "PNG"))


@pytest.mark.parametrize("picture", [*REWRITTEN, SEE_THROUGH], ids=lambda picture: picture.sha256[:8])
def test_what_was_rewritten_is_taken_as_it_is(picture: Rewritten) -> None:
    assert images.inspect(picture.content) == (picture.width, picture.height, picture.extension)


def exif_of_a_place() -> bytes:
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (55.0, 45.0, 21.0)}
    return exif.tobytes()


@pytest.mark.parametrize(
    "data",
    [
        encoded(quarters(), "JPEG", exif=exif_of_a_place()),
        encoded(quarters(), "JPEG", icc_profile=swapped_profile()),
        encoded(quarters(), "JPEG", comment=b"taken at home"),
        encoded(quarters(3001, 20), "JPEG"),
        encoded(quarters(), "PNG", exif=exif_of_a_place()),
        encoded(quarters(), "WEBP"),
        encoded(quarters(), "TIFF"),
        REWRITTEN[0].content + b"payload",
        REWRITTEN[0].content + REWRITTEN[0].content,
        REWRITTEN[0].content[:-2] + b"\xff\xfe\0\x08secret\xff\xd9",
        REWRITTEN[0].content[:20] + b"payload" + REWRITTEN[0].content[20:],
        SEE_THROUGH.content + b"payload",
        SEE_THROUGH.content[:33] + chunk(b"tEXt", b"Comment\0taken at home") + SEE_THROUGH.content[33:],
    ],
)
def test_a_picture_that_carries_more_than_its_pixels_is_not_taken_as_it_is(data: bytes) -> None:
    with pytest.raises(ImageError, match="was not made ready by this application"):
        images.inspect(data)


def test_a_picture_whose_pixels_are_missing_is_not_taken_as_it_is() -> None:
    with pytest.raises(ImageError, match="damaged or incomplete"):
        images.inspect(png(9, 9, chunk(b"IDAT", zlib.compress(b""))))


@pytest.mark.parametrize("picture", [REWRITTEN[0], SEE_THROUGH])
def test_half_a_rewritten_picture_is_refused(picture: Rewritten) -> None:
    for end in range(0, len(picture.content), 7):
        with pytest.raises(ImageError):
            images.inspect(picture.content[:end])


@pytest.mark.filterwarnings("ignore")
@hypothesis_settings(max_examples=300, deadline=None)
@given(
    data=st.sampled_from([REWRITTEN[0].content, SEE_THROUGH.content]),
    changes=st.lists(st.tuples(st.integers(0, 4000), st.binary(min_size=1, max_size=4)), max_size=4),
)
def test_a_broken_rewritten_picture_is_a_picture_or_a_refusal(data: bytes, changes: list[tuple[int, bytes]]) -> None:
    broken = bytearray(data)
    for position, content in changes:
        position %= len(broken)
        broken[position : position + len(content)] = content
    try:
        width, height, extension = images.inspect(bytes(broken))
    except ImageError:
        return
    assert 0 < width <= 3000 and 0 < height <= 3000 and extension in ("jpg", "png")


# Storing


@pytest.fixture
def storage(tmp_path) -> FileSystemStorage:
    return FileSystemStorage(tmp_path / "media", file_permissions_mode=0o640, directory_permissions_mode=0o750)


@pytest.fixture(scope="module")
def rewritten() -> Rewritten:
    return rewrite(encoded(quarters(), "PNG"))


def files_in(storage: FileSystemStorage) -> list[str]:
    return sorted(os.path.join(d, f) for d, _, names in os.walk(storage.location) for f in names)


def test_a_picture_is_stored_under_its_digest(storage, rewritten) -> None:
    name = store(rewritten, storage)
    assert name == path_of(rewritten.sha256, "jpg") == f"{rewritten.sha256}/image.jpg"
    assert files_in(storage) == [storage.path(name)]
    assert storage.open(name).read() == rewritten.content
    assert os.stat(storage.path(name)).st_mode & 0o777 == 0o640
    assert os.stat(os.path.dirname(storage.path(name))).st_mode & 0o777 == 0o750
    assert verify(rewritten.sha256, "jpg", storage)


@pytest.mark.parametrize("sha256", ["", "../etc", "A" * 64, "a" * 63, "a" * 65, "a" * 64 + "\n", "g" * 64])
def test_only_a_digest_makes_a_path(sha256: str) -> None:
    with pytest.raises(ValueError, match="64 lower-case"):
        path_of(sha256, "jpg")


@pytest.mark.parametrize("extension", ["", "html", "jpg/../..", "svg"])
def test_only_our_own_extensions_make_a_path(extension: str) -> None:
    with pytest.raises(ValueError, match="jpg or png"):
        path_of("a" * 64, extension)


def test_storing_twice_writes_once(storage, rewritten) -> None:
    path = storage.path(store(rewritten, storage))
    before = os.stat(path)
    store(rewritten, storage)
    assert os.stat(path).st_ino == before.st_ino
    assert files_in(storage) == [path]


@pytest.mark.parametrize("damage", [lambda c: c[:-1], lambda c: b"", lambda c: c[:50] + b"?" + c[51:]])
def test_a_damaged_file_is_written_anew(storage, rewritten, damage) -> None:
    path = storage.path(store(rewritten, storage))
    with open(path, "wb") as file:
        file.write(damage(rewritten.content))
    assert not verify(rewritten.sha256, "jpg", storage)
    store(rewritten, storage)
    assert verify(rewritten.sha256, "jpg", storage)


def test_a_missing_file_is_not_verified(storage, rewritten) -> None:
    assert not verify(rewritten.sha256, "jpg", storage)


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_nothing_behind(storage, rewritten, monkeypatch, call) -> None:
    def fail(*args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, call, fail)
        with pytest.raises(OSError, match="No space left"):
            store(rewritten, storage)
    assert files_in(storage) == []
    store(rewritten, storage)
    assert verify(rewritten.sha256, "jpg", storage)


def test_a_crash_never_leaves_half_a_file_under_the_final_name(storage, rewritten, monkeypatch) -> None:
    class PowerCut(BaseException):
        pass

    def cut(*args: object) -> None:
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", cut)
        patch.setattr(os, "remove", cut)  # nobody cleans up after a power cut
        with pytest.raises(PowerCut):
            store(rewritten, storage)
    assert not storage.exists(path_of(rewritten.sha256, "jpg"))


def test_file_and_folders_reach_the_disk_in_order(storage, rewritten, monkeypatch) -> None:
    events = []
    fsync, rename = os.fsync, os.replace

    def name(descriptor: int) -> str:
        return os.path.basename(os.readlink(f"/proc/self/fd/{descriptor}"))

    monkeypatch.setattr(os, "fsync", lambda fd: (events.append(name(fd)), fsync(fd)))
    monkeypatch.setattr(os, "replace", lambda a, b: (events.append("rename"), rename(a, b)))
    store(rewritten, storage)
    assert events[0].startswith("image.jpg.")
    assert events[1] == "rename"
    assert {rewritten.sha256, "media"} <= set(events[2:])
    events.clear()
    store(rewritten, storage)
    assert {rewritten.sha256, "media"} <= set(events)


def test_many_may_store_the_same_picture_at_once(storage, rewritten) -> None:
    errors = []

    def work() -> None:
        try:
            store(rewritten, storage)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert files_in(storage) == [storage.path(path_of(rewritten.sha256, "jpg"))]
    assert verify(rewritten.sha256, "jpg", storage)


def test_another_process_may_make_the_folder_first(storage, rewritten, monkeypatch) -> None:
    makedirs = os.makedirs

    def make_twice(path: str, **options: object) -> None:
        makedirs(path)
        makedirs(path, **options)

    monkeypatch.setattr(os, "makedirs", make_twice)
    store(rewritten, storage)
    assert verify(rewritten.sha256, "jpg", storage)


def test_other_storages_are_used_by_their_own_means(rewritten) -> None:
    storage = InMemoryStorage(file_permissions_mode=0o644, directory_permissions_mode=0o755)
    name = store(rewritten, storage)
    assert store(rewritten, storage) == name
    storage.delete(name)
    storage.save(name, ContentFile(b"something else"))
    assert store(rewritten, storage) == name
    assert verify(rewritten.sha256, "jpg", storage)
    assert storage.listdir(rewritten.sha256) == ([], ["image.jpg"])


def test_a_digest_that_is_not_one_is_never_stored(storage, rewritten) -> None:
    with pytest.raises(ValueError, match="64 lower-case"):
        store(replace(rewritten, sha256="../../etc/passwd"), storage)
