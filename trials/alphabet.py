"""The order in which readers of a language look for words. In Python, so that every database gives the same.

Upper and lower case are alike, and so are a letter and the same with an accent: é stands with e, ä with a, ё with е.
Words in another script come last: Latin ones after Cyrillic ones in Russian, before them in English. Languages that
count accented letters as letters of their own, as Swedish does, would need a line here.
"""

import re
import unicodedata

from .languages import Text, is_cyrillic

WORD = re.compile(r"\w+")
# What could be taken apart and is a letter of its own; what readers take apart and Unicode does not.
WHOLE = "йў"
PARTS = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


def sort_key(words: str, language: str) -> tuple:
    """What to sort ``words`` by for readers of a language: word by word, by letters and digits; then as written."""
    cyrillic = is_cyrillic(language)
    letters = [[(cyrillic and "a" <= letter <= "z", letter) for letter in _letters(w)] for w in WORD.findall(words)]
    return letters, words


def text_key(text: Text, language: str) -> tuple:
    """`sort_key` of a text as it is shown on a page in a language."""
    return sort_key(text.get(text.language(language), ""), language)


def name_key(name: Text, sort_name: str, language: str) -> tuple:
    """`sort_key` of a person's name as it is shown on a page in a language, the surname first.

    ``sort_name`` tells which words those are: “La Follette, Suzanne” that a surname of two words ends the name.
    """
    surname, comma, _rest = sort_name.partition(",")
    shown = re.sub(r"\s*\([^)]*\)", "", name.get(name.language(language), "")).split()
    first = len(shown) - len(surname.split()) if comma else 0
    return sort_key(" ".join([*shown[first:], *shown[:first]]), language)


def _letters(word: str) -> str:
    folded = word.casefold().translate(PARTS)
    return "".join(letter if letter in WHOLE else unicodedata.normalize("NFD", letter)[0] for letter in folded)
