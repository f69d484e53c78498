"""Makes static/favicon.ico and static/apple-touch-icon.png, for browsers that do not show static/favicon.svg.

python tools/icons.py    (only a maintainer who changes the icon runs it; the same Pillow makes the same bytes)
"""

from pathlib import Path

from PIL import Image, ImageDraw

STATIC = Path(__file__).resolve().parent.parent / "static"
# As in static/favicon.svg: lines of a record on paper, and one word in red.
PAPER, INK, RED = "#f6f1e7", "#1d1a16", "#8c2a1b"
LINES = [(6, 26, 6, INK), (6, 26, 12, INK), (6, 19, 18, INK), (22, 26, 18, RED), (6, 26, 24, INK)]
UNITS = 32
SIZES_IN_ICO = (16, 32, 48)


def main():
    """Write both files."""
    small, *others = (draw(size) for size in reversed(SIZES_IN_ICO))
    small.save(STATIC / "favicon.ico", sizes=[(size, size) for size in SIZES_IN_ICO], append_images=others)
    draw(180).quantize(32).save(STATIC / "apple-touch-icon.png", optimize=True)


def draw(size: int) -> Image.Image:
    """The icon at so many pixels; its lines lie on whole pixels, so that the smallest is sharp too."""
    icon = Image.new("RGB", (size, size), PAPER)
    pen, unit = ImageDraw.Draw(icon), size / UNITS
    for left, right, top, colour in LINES:
        pen.rectangle((int(left * unit), int(top * unit), int(right * unit) - 1, int((top + 3) * unit) - 1), colour)
    return icon


if __name__ == "__main__":
    main()
