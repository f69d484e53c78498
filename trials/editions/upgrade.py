"""Documents of older shapes, brought to today's in memory: an edition made once renders for ever.

`SHAPE` is today's. `STEPS` holds, for each older shape, the small function that turns a document of that
shape into one of the next. A step works on plain JSON and is never changed once it has been released.
"""

from django.utils.translation import gettext as _

SHAPE = 2


class UpgradeError(ValueError):
    """The document has no shape that this application can read; the message says which and what to do."""


def upgrade(content: dict) -> dict:
    """``content`` in today's shape. Raises `UpgradeError`."""
    shape = content.get("shape")
    if not isinstance(shape, int) or isinstance(shape, bool):
        raise UpgradeError(_("The document does not say which shape it has: “shape” must be a number."))
    if shape > SHAPE:
        sentence = _(
            "The document has shape %(shape)s, but this application reads shapes up to %(newest)s. "
            "Update the application, then try again."
        )
        raise UpgradeError(sentence % {"shape": shape, "newest": SHAPE})
    while shape < SHAPE:
        if shape not in STEPS:
            raise UpgradeError(_("Documents of shape %(shape)s cannot be read.") % {"shape": shape})
        content = {**STEPS[shape](content), "shape": shape + 1}
        shape += 1
    return content


def _sources_in_languages(content: dict) -> dict:
    """The label and the reference of a source become texts; what they said is their text in the main language."""
    languages, sources = content.get("languages"), content.get("sources")
    if not (isinstance(languages, list) and languages and isinstance(sources, list)):
        return content
    main = str(languages[0])

    def text(words):
        return {main: words} if words.strip() else {}

    def upgraded(source):
        texts = {name: source.get(name) for name in ("label", "reference")}
        return source | {name: text(words) for name, words in texts.items() if isinstance(words, str)}

    return content | {"sources": [upgraded(one) if isinstance(one, dict) else one for one in sources]}


STEPS = {1: _sources_in_languages}
