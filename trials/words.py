"""What the words of a text are found by: the word itself, its stem, and how a name sounds in any spelling.

Texts and questions go through the same functions, and what comes out is only small letters and digits, so
that every database finds the same, and nothing that a visitor types is ever read as a command.
"""

import re
import threading
import unicodedata
from functools import lru_cache

# How long a word is looked at, in characters.
LONGEST = 30
# Inside a word: accents set apart (as in Pi͡atakov), apostrophes and primes (P'iatakov, Sokolʹnikov), soft hyphens.
MARKS = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u00ad\u200b-\u200d\u2060"
APOSTROPHES = "'`´ʹʺʻʼʾʿ‘’′"
WORD = re.compile(rf"[^\W_](?:[^\W_]|[{MARKS}{APOSTROPHES}])*")
# Where a sentence ends; not after an initial.
SENTENCE_END = re.compile(r"(?<=\w\w[.!?…])[”’»)\"]*\s+")
# Letters that are not taken apart into a letter and its accent.
PLAIN_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})

STEMMERS = {
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "hy": "armenian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "nl": "dutch",
    "nn": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "tr": "turkish",
    "yi": "yiddish",
}

CYRILLIC = re.compile("[\u0400-\u04ff]")
LATIN_FOR_CYRILLIC = str.maketrans(
    dict(
        zip(
            "абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґў",
            "a b v g d e zh z i i k l m n o p r s t u f kh ts ch sh shch _ y _ e iu ia i i e g u".split(),
            strict=True,
        )
    )
    | dict.fromkeys("ъь", "")
)
# What English, German, Polish and library spellings of one sound become, in this order. Not what it is called,
# only that it is the same: Pyatakov and Pjatakow, Vyshinsky and Wyschinski, Yezhov and Jeschow, Trotsky and Trotzki.
SOUNDS = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("schtsch|shch|szcz", "s"),
        ("tsch|tch|ch|cz|kh", "h"),
        ("sch|sh|zh|sz|tz|ts|z|c(?=[eiyk]|$)", "s"),
        ("c|q", "k"),
        ("x", "ks"),
        ("[jy]", "i"),
        ("i+", "i"),
        ("i[eo]", "e"),
        (r"(.)\1+", r"\1"),
        # Khrushchev is said with an o; Joseph, whose end would become the same, is not.
        ("(?<=[hs])e[fvw]$", "ov"),
        ("ph|f|w", "v"),
    )
]
# Shorter ones are too much alike: fall and Wall.
SHORTEST_SOUND = 4
# No word of a text begins like this and goes on in letters.
SOUND_MARK = "0"


@lru_cache(maxsize=20_000)
def forms(word: str, language: str) -> tuple[str, ...]:
    """What ``word`` of a text in ``language`` is found by. How it sounds only where it may be a name."""
    plain = _plain(word)
    found = [_folded(plain), _folded(stem(plain, language))]
    if word[0].isupper():
        found.append(sound(plain))
    return tuple(dict.fromkeys(filter(None, found)))


def forms_asked_for(word: str, languages: list[str]) -> list[str]:
    """What ``word`` of a question looks for in texts of these languages: itself first, then the others."""
    plain = _plain(word)
    if CYRILLIC.search(plain):
        # Names are spelled in Russian on pages of every language.
        languages = [*languages, "ru"]
    found = [_folded(plain), *(_folded(stem(plain, language)) for language in languages), sound(plain)]
    return list(dict.fromkeys(filter(None, found)))


def stem(word: str, language: str) -> str:
    """The stem of a word in small letters; the word itself in a language that no stemmer knows."""
    stemmer = _stemmers.of(STEMMERS.get(language.partition("-")[0])) if "latn" not in language else None
    return stemmer.stemWord(word) if stemmer else word


def sound(word: str) -> str:
    """How a word in small letters sounds, the same for every usual spelling of a Russian name; '' if too short."""
    word = _folded(word.translate(LATIN_FOR_CYRILLIC))
    if not (word.isascii() and word.isalpha()):
        return ""
    for pattern, replacement in SOUNDS:
        word = pattern.sub(replacement, word)
    return SOUND_MARK + word if len(word) >= SHORTEST_SOUND else ""


def _plain(word: str) -> str:
    """In small letters, with accents only where they are part of a letter, and one kind of apostrophe."""
    word = re.sub(f"[{APOSTROPHES}]", "'", word)
    word = unicodedata.normalize("NFKC", word).casefold().replace("ё", "е")
    if any(char.isdigit() for char in word):
        # An article of the code: 58-1а and 58-1a look the same.
        word = word.translate(LATIN_FOR_CYRILLIC)
    return re.sub(f"[{MARKS}]", "", unicodedata.normalize("NFC", word)).strip("'")


def _folded(word: str) -> str:
    """Letters and digits alone, without any accent."""
    bare = "".join(char for char in unicodedata.normalize("NFD", word.translate(PLAIN_LETTERS)) if char.isalnum())
    return bare[:LONGEST]


class _Stemmers(threading.local):
    """A stemmer keeps the word that it works on, so each thread has its own."""

    def __init__(self):
        self._made = {}

    def of(self, name: str | None):
        """The stemmer of this name, or None."""
        if name and name not in self._made:
            # Imported here: few processes ever need it.
            import snowballstemmer

            self._made[name] = snowballstemmer.stemmer(name)
        return self._made.get(name)


_stemmers = _Stemmers()
