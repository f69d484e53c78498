"""Makes the fonts in static/fonts from the fonts' own packages; only a maintainer who changes a font runs it.

    npm pack @fontsource/pt-serif @fontsource/oswald    (5.3.0 of both made the files that are there now)
    unpack each archive, and install fonttools and brotli in an environment of their own
    python tools/fonts.py PT_SERIF_FOLDER OSWALD_FOLDER

Each weight becomes two files, one Latin and one Cyrillic, of which a browser fetches only what a page needs.
Hints are left out: screens of today draw the outlines well without them, and they are half of a file. The
same packages and the same fonttools make the same bytes. Beside the fonts stand their licences.
"""

import io
import shutil
import sys
from pathlib import Path

from fontTools.merge import Merger
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FONTS = Path(__file__).resolve().parent.parent / "static" / "fonts"
LARGEST_TOGETHER = 100_000

# What a file holds: Latin for the languages of Europe, with punctuation; Russian, Ukrainian and Belarusian.
# The same ranges are the unicode-range of each font in static/css/base.css.
CHARACTERS = {
    "latin": [
        *range(0x20, 0x7F),
        *range(0xA0, 0x180),
        0x2010, 0x2011, 0x2013, 0x2014, 0x2018, 0x2019, 0x201A, 0x201C, 0x201D, 0x201E,
        0x2020, 0x2022, 0x2026, 0x2039, 0x203A, 0x20AC, 0x2212,
    ],
    "cyrillic": [0x301, *range(0x400, 0x460), 0x490, 0x491, 0x2116],
}  # fmt: skip
# The files of a package that hold those characters.
PARTS = {"latin": ("latin", "latin-ext"), "cyrillic": ("cyrillic",)}
WEIGHTS = {"pt-serif": ("400-normal", "400-italic", "700-normal"), "oswald": ("500-normal",)}


def main(packages):
    """Make every font from the unpacked packages, in the order of `WEIGHTS`."""
    FONTS.mkdir(exist_ok=True)
    total = 0
    for family, package in zip(WEIGHTS, map(Path, packages), strict=True):
        shutil.copyfile(package / "LICENSE", FONTS / f"{family}-LICENSE.txt")
        for weight in WEIGHTS[family]:
            for script, characters in CHARACTERS.items():
                parts = [package / "files" / f"{family}-{part}-{weight}.woff2" for part in PARTS[script]]
                made = FONTS / f"{family}-{weight.removesuffix('-normal')}-{script}.woff2"
                make(parts, characters, made)
                total += made.stat().st_size
                print(f"{made.stat().st_size:7,} bytes  {made.name}")
    print(f"{total:7,} bytes together")
    if total > LARGEST_TOGETHER:
        sys.exit(f"That is more than {LARGEST_TOGETHER:,}: leave out characters or a weight.")


def make(parts, characters, made):
    """Write to ``made`` one font of the ``characters`` that ``parts`` hold."""
    fonts = [_subset(part, characters) for part in parts]
    font = fonts[0] if len(fonts) == 1 else Merger().merge([_as_file(font) for font in fonts])
    source = TTFont(parts[0])
    font["name"] = source["name"]
    font["name"].names = [name for name in font["name"].names if name.nameID < 25]
    # Merging measures anew what it has; line heights must be the same in both scripts.
    font["hhea"].ascent, font["hhea"].descent, font["hhea"].lineGap = (
        source["hhea"].ascent,
        source["hhea"].descent,
        source["hhea"].lineGap,
    )
    font["OS/2"] = source["OS/2"]
    font["head"].created, font["head"].modified = source["head"].created, source["head"].modified
    font.recalcTimestamp = False
    font.flavor = "woff2"
    font.save(made)


def _subset(part, characters):
    """The font file ``part`` with these characters alone, without hints, alternates and rare features."""
    options = Options()
    options.hinting = False
    options.notdef_outline = True
    options.layout_features = ["kern", "mark", "ccmp"]
    options.drop_tables += ["GSUB", "STAT", "hdmx", "gasp"]
    font = TTFont(part, recalcTimestamp=False)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    return font


def _as_file(font):
    file = io.BytesIO()
    font.flavor = None
    font.save(file)
    file.seek(0)
    return file


if __name__ == "__main__":
    if len(sys.argv) != 1 + len(WEIGHTS):
        sys.exit(__doc__)
    main(sys.argv[1:])
