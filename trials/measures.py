"""How long texts may be for people who read them standing up: words, paragraphs and sentences, counted."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from . import prose

# In words.
LEDE, KEY_POINT, PARAGRAPH, SENTENCE = 60, 40, 100, 25
# The texts that have a budget as a whole, by the kind of record, as code calls it, and its field.
WHOLE = {("exhibit", "lede"): LEDE, ("keypoint", "words"): KEY_POINT}
# Where a sentence ends: not after initials or “p.”
END = re.compile(r"(?<=[.?!…])(?<!\b[A-ZА-ЯЁ]\.)(?<!\bp\.)(?<!\bpp\.)(?<!\bс\.)\s+|(?<=[.?!…][”»])\s+")
BLOCK = re.compile(r"\n[ \t]*\n|\n(?=[-*>#] )")


@dataclass(frozen=True)
class Stretch:
    """A whole text, a paragraph or a sentence: its plain words, and how many are enough."""

    kind: str
    words: str
    budget: int

    @property
    def length(self) -> int:
        """The number of words that have a letter or a digit."""
        return sum(any(map(str.isalnum, word)) for word in self.words.split())

    @property
    def begin(self) -> str:
        """The first words, by which it is found."""
        return " ".join(self.words.split()[:5]) + " …"

    @property
    def sentence(self) -> str:
        """What to tell a curator of one that is too long."""
        said = {
            "whole": _("“%(begin)s” has %(length)s words; %(budget)s are enough."),
            "paragraph": _("“%(begin)s” is a paragraph of %(length)s words; %(budget)s are enough."),
            "sentence": _("“%(begin)s” is a sentence of %(length)s words; %(budget)s are enough."),
        }
        return said[self.kind] % {"begin": self.begin, "length": self.length, "budget": self.budget}

    @property
    def is_too_long(self) -> bool:
        return self.length > self.budget


def stretches(words: str, whole: int | None = None) -> list[Stretch]:
    """Everything in prose that has a budget, in order; the text as a whole first where it has one."""
    found = [Stretch("whole", prose.to_plain(words), whole)] if whole else []
    for block in map(prose.to_plain, BLOCK.split(words)):
        found.append(Stretch("paragraph", block, PARAGRAPH))
        found += [Stretch("sentence", sentence, SENTENCE) for sentence in END.split(block)]
    return found
