"""Test cards in place of photographs: letters and geometry, drawn anew each time. No face, no place, no document."""

import io
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from tests import cases
from trials import images

PAPER, INK, RED = "#f6f1e7", "#1d1a16", "#8c2a1b"

# The size of each card, its format as a curator would upload it, and the mode of its colours.
CARDS = {
    "landscape": ((2600, 1700), "JPEG", "RGB"),
    "upright": ((600, 800), "JPEG", "RGB"),
    "tall": ((400, 2000), "JPEG", "RGB"),
    "ornament": ((900, 120), "PNG", "RGB"),
    "noted": ((800, 600), "JPEG", "RGB"),
    "transparent": ((660, 440), "PNG", "RGBA"),
    "four-colours": ((700, 525), "JPEG", "CMYK"),
    "tiny": ((40, 30), "PNG", "RGB"),
    "other-portrait": ((400, 400), "JPEG", "RGB"),
    "new": ((48, 36), "PNG", "RGB"),
}
# All but the last, which an exhibit has only once it is changed.
SHOWN = tuple(name for name in CARDS if name != "new")
WORDS = {
    "landscape": {
        "caption": {"en": "A wide card, as the report shows it [@record, p. 9]."},
        "credit": "Drawn for the tests",
        "licence": "CC0",
    },
    "upright": {"caption": {"en": "An upright card."}, "credit": "Drawn for the tests", "licence": "CC0"},
    "ornament": {"decorative": True, "alt": {}},
    "noted": {
        "content_note": {"en": "This card stands for a picture that is hard to look at."},
        "caption": {"en": "What the picture is, said in words."},
        "credit": "Drawn for the tests",
    },
    "tiny": {"licence": "CC0"},
}


def drawn(name: str) -> bytes:
    """The file of a card as a curator would upload it."""
    (width, height), kind, mode = CARDS[name]
    ground = (0, 0, 0, 0) if mode == "RGBA" else PAPER
    image = Image.new("RGBA" if mode == "RGBA" else "RGB", (width, height), ground)
    draw = ImageDraw.Draw(image)
    edge = max(1, min(width, height) // 40)
    draw.rectangle((edge, edge, width - 1 - edge, height - 1 - edge), outline=INK, width=edge)
    for step in range(4 * edge, width, 8 * edge):
        draw.line((step, 0, width - step, height), fill="#bdb29f", width=max(1, edge // 6))
    across = min(width, height) // 4
    middle = (width // 2, height // 2)
    draw.ellipse((middle[0] - across, middle[1] - across, middle[0] + across, middle[1] + across), fill=RED)
    font = ImageFont.load_default(max(8, min(width // len(name), across)))
    draw.text(middle, name.upper(), fill=PAPER, font=font, anchor="mm", stroke_width=max(1, edge // 3), stroke_fill=INK)
    file = io.BytesIO()
    image.convert(mode).save(file, kind)
    return file.getvalue()


@cache
def rewritten(name: str) -> images.Rewritten:
    """A card as the application keeps it."""
    return images.rewrite(drawn(name))


def record(name: str, **changes) -> dict:
    """A card's record in a document; its file is stored."""
    card = rewritten(name)
    images.store(card)
    fields = {field: getattr(card, field) for field in ("sha256", "extension", "width", "height")}
    said = {"alt": {"en": f"A test card: {name}."}, **WORDS.get(name, {})}
    return {"key": name, **fields, **said, **changes}


def content(*names: str, **changes) -> dict:
    """The small exhibit with cards (those of `SHOWN`, unless named) in sections, on entries and as portraits."""
    names = names or SHOWN
    made = cases.small_content(images=[record(name) for name in names])
    placed = iter(name for name in names if name not in ("upright", "other-portrait"))
    section, entry = made["sections"][0], made["timeline"][0]
    made["sections"] = [
        {**section, "key": f"card-{name}", "heading": {"en": f"A card, {name}"}, "image": name} for name in placed
    ]
    made["timeline"] += [{**entry, "key": f"entry-{name}", "image": name} for name in names]
    for person, name in zip(made["people"], ("upright", "noted", "other-portrait"), strict=True):
        person["portrait"] = name if name in names else None
    return {**made, **changes}


def exhibit(*names: str, **changes):
    """The exhibit of `content`, in the working copy."""
    return cases.load(content(*names, **changes))
