"""The picture that stands beside a link where somebody shares it: 1200 × 630 pixels, a page of the court record.

A card is drawn from its words alone, so the same words make the same bytes. Nothing is drawn that the fonts of the
exhibit do not have: a name in another script is left out rather than shown as boxes.
"""

import io
import unicodedata
from bisect import bisect
from dataclasses import astuple
from functools import lru_cache
from itertools import groupby

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

from .sharing import PICTURE_SIZE, Card

WIDTH, HEIGHT = PICTURE_SIZE
MARGIN = 72
ROOM = WIDTH - 2 * MARGIN
# The colours of static/css/base.css.
PAPER, INK, INK_SOFT, RED = "#f6f1e7", "#1d1a16", "#4b443a", "#8c2a1b"
FAMILIES = HEADLINE, TEXT, BOLD = "oswald-500", "pt-serif-400", "pt-serif-700"
FONTS = settings.BASE_DIR / "static" / "fonts"
SCRIPTS = ("latin", "cyrillic")
# Of a longer text, the rest would not fit anyway.
LONGEST = 500
# How many cards a process keeps: about 20 kB each.
KEPT = 64


@lru_cache(maxsize=KEPT)
def draw(card: Card) -> bytes:
    """The card as a PNG; without those of its texts that the fonts cannot write."""
    card = Card(*(text if can_write(text) else "" for text in astuple(card)))
    image = Image.new("RGB", PICTURE_SIZE, PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, WIDTH, 16), INK)
    y = _write(pen, 34, _lines(card.museum, TEXT, 28, 1), TEXT, 28, INK_SOFT)
    y = _write(pen, y - 1, _lines(card.exhibit, HEADLINE, 34, 1), HEADLINE, 34, INK)
    for rule in (y + 10, y + 16):
        pen.rectangle((MARGIN, rule, WIDTH - MARGIN, rule + 2), INK)

    notice = _lines(card.notice, BOLD, 26, 3)
    foot = HEIGHT - (len(notice) * 36 + 44 if notice else 0)
    pen.rectangle((0, foot, WIDTH, HEIGHT), INK)
    _write(pen, foot + 20, notice, BOLD, 26, PAPER)
    _write_story(pen, card, y + 19, foot)

    file = io.BytesIO()
    image.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(file, "PNG")
    return file.getvalue()


def _write_story(pen, card: Card, top: int, foot: int):
    """What the card tells, in the middle between ``top`` and ``foot``."""
    dates = _lines(card.dates, HEADLINE, 36, 1)
    fate = _lines(card.fate, BOLD, 30, 1)
    room = foot - top - len(dates) * 64 - len(fate) * 42 - 54
    (size, headline), (small, words) = _largest(card, room)
    rest = room - len(headline) * round(size * 1.14) - len(words) * round(small * 1.4)

    y = _write(pen, top + 12 + max(0, rest // 2), headline, HEADLINE, size, INK, 1.14)
    y = _write(pen, y + (14 if dates else 0), dates, HEADLINE, 36, INK_SOFT)
    if words or fate:
        pen.rectangle((MARGIN, y + 8, MARGIN + 120, y + 13), RED)
    y = _write(pen, y + 30, words, TEXT, small, INK)
    _write(pen, y, fate, BOLD, 30, INK)


def can_write(text: str) -> bool:
    """Whether the fonts have every letter of ``text``."""
    return all(_script(char) for char in unicodedata.normalize("NFC", text))


def _largest(card: Card, room: int):
    """The largest sizes at which headline and words fit into ``room`` pixels, with their lines; else words are cut."""
    for smalls in ((30, 27, 24), (21,), (18,)):
        for size in (108, 96, 84, 72, 60):
            height = round(size * 1.14)
            headline = _lines(card.headline, HEADLINE, size, 3 if size > 60 else min(3, room // height))
            for small in smalls:
                most = max(0, room - len(headline) * height) // round(small * 1.4)
                words = _lines(card.words, TEXT, small, most + 1)
                if len(words) <= most and (len(headline) <= 2 or size == 60):
                    return (size, headline), (small, words)
    return (size, headline), (small, _lines(card.words, TEXT, small, most))


def _lines(text: str, family: str, size: int, most: int) -> list[str]:
    """``text`` in lines that fit, at most so many; what does not fit ends with an ellipsis."""
    lines, space = [[]], _width(" ", family, size)
    width = -space
    for word in filter(None, unicodedata.normalize("NFC", text[:LONGEST]).split(" ")):
        width += space + _width(word, family, size)
        if width > ROOM and lines[-1]:
            lines.append([])
            width = _width(word, family, size)
        lines[-1].append(word)
    lines = [_cut(" ".join(line), family, size) for line in lines if line]
    if len(lines) > most:
        lines = [*lines[: most - 1], _cut(f"{lines[most - 1]} …", family, size)] if most else []
    return lines


def _cut(line: str, family: str, size: int) -> str:
    """``line``, or as much of it as fits."""
    if _width(line, family, size) <= ROOM:
        return line
    line = line.removesuffix(" …")
    fitting = bisect(range(len(line)), ROOM, key=lambda end: _width(f"{line[:end]} …", family, size))
    line = line[: max(0, fitting - 1)]
    return f"{line.rpartition(' ')[0] or line} …"


def _write(pen, y: int, lines: list[str], family: str, size: int, colour: str, leading: float = 1.4) -> int:
    """Write lines below each other from ``y`` on; where the next one would begin."""
    for line in lines:
        x = float(MARGIN)
        for font, part in _parts(line, family, size):
            # On the baseline: the two scripts of a family stand on the same one.
            pen.text((x, y + size), part, colour, font, "ls")
            x += font.getlength(part)
        y += round(size * leading)
    return y


@lru_cache(maxsize=4096)
def _width(text: str, family: str, size: int) -> float:
    return sum(font.getlength(part) for font, part in _parts(text, family, size))


def _parts(text: str, family: str, size: int):
    """``text`` in parts of one script, each with its font; what no font has is left out."""
    for script, chars in groupby(text, _script):
        if script:
            yield _font(family, script, size), "".join(chars)


@lru_cache(maxsize=4096)
def _script(char: str) -> str | None:
    """The script in which every font has a character, or None."""
    return next((script for script in SCRIPTS if all(_has(family, script, char) for family in FAMILIES)), None)


def _has(family: str, script: str, char: str) -> bool:
    """Whether a font has a character: it draws the same box for all that it has not."""
    font = _font(family, script, 32)
    return char.isspace() or bytes(font.getmask(char)) != bytes(font.getmask("\uffff"))


@lru_cache(maxsize=64)
def _font(family: str, script: str, size: int) -> ImageFont.FreeTypeFont:
    # The plain layout is the same wherever Pillow runs; that of Raqm depends on what else is installed.
    return ImageFont.truetype(FONTS / f"{family}-{script}.woff2", size, layout_engine=ImageFont.Layout.BASIC)
