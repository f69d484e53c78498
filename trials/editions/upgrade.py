"""Documents of older shapes, brought to today's in memory: an edition made once renders for ever.

`SHAPE` is today's. `STEPS` holds, for each older shape, the small function that turns a document of that
shape into one of the next. A step works on plain JSON and is never changed once it has been released.
"""

SHAPE = 1
STEPS = {}


class UpgradeError(ValueError):
    """The document has no shape that this application can read; the message says which and what to do."""


def upgrade(content: dict) -> dict:
    """``content`` in today's shape. Raises `UpgradeError`."""
    shape = content.get("shape")
    if not isinstance(shape, int) or isinstance(shape, bool):
        raise UpgradeError("The document does not say which shape it has: “shape” must be a number.")
    if shape > SHAPE:
        raise UpgradeError(
            f"The document has shape {shape}, but this application reads shapes up to {SHAPE}. "
            "Update the application, then try again."
        )
    while shape < SHAPE:
        if shape not in STEPS:
            raise UpgradeError(f"Documents of shape {shape} cannot be read.")
        content = {**STEPS[shape](content), "shape": shape + 1}
        shape += 1
    return content
