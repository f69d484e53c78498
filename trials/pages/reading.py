"""How long a text takes to read."""

import re

from ..prose import CITATION

WORDS_PER_MINUTE = 200


def reading_minutes(texts, language: str) -> int:
    """Whole minutes, at least one, that ``texts`` take to read in ``language`` (or what stands in for it).

    Reckoned at 200 words a minute, whatever the language: somewhat less than the 250 that are usual for plain
    prose (Serrell, Exhibit Labels), for names, dates and notes slow a reader down. Citations are not words; of a
    link the words alone count, for its address holds no space.
    """
    shown = (text[code] for text in texts if (code := text.language(language)))
    words = [word for text in shown for word in CITATION.sub(" ", text).split() if re.search(r"\w", word)]
    return max(1, round(len(words) / WORDS_PER_MINUTE))
