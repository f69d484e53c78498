"""Dates of history: read from EDTF, bounded for sorting, said in words that claim no more than is known.

The notation is a part of EDTF, the Extended Date/Time Format (ISO 8601-2:2019; Library of Congress EDTF
specification, https://www.loc.gov/standards/datetime/):

    1937  1936-10  1937-01-30  1937-01-23T12:05       a year, a month, a day, a minute
    193X  19XX  1936-XX  1936-10-XX  XXXX             digits that are not known; a date not known at all
    1936-21                                           a season: 21 spring, 22 summer, 23 autumn, 24 winter
    1937-02-01?  1936-10~  1936%                      uncertain, approximate, both
    1936-10/1938-11  ../1938  1936/..                 an interval: it lasted from one to the other
    [1959..1988]  [..1988]  [1936,1938]               one date out of several: it happened once

The notation is in `edtf`; the grammar of each language in a module of its own, never in the parser.
"""

import re

from django.utils.translation import gettext

from .anywhere import Anywhere
from .edtf import (
    MAX_LENGTH,
    TIMES_OF_DAY,
    DateError,
    HistoricalDate,
    Kind,
    Point,
    Precision,
    as_date,
    clock_of,
    datetime_attribute,
    parse,
    parse_time,
    refusal,
    sort_key,
)
from .english import English
from .language import Language
from .russian import Russian

__all__ = [
    "MAX_LENGTH",
    "TIMES_OF_DAY",
    "DateError",
    "HistoricalDate",
    "Kind",
    "Point",
    "Precision",
    "datetime_attribute",
    "from_words",
    "in_words",
    "parse",
    "parse_time",
    "sort_key",
]

MAX_WORDS_LENGTH = 1000

LANGUAGES: dict[str, Language] = {"en": English(), "ru": Russian()}


def in_words(date: HistoricalDate | str, language: str = "en", time: str = "") -> str:
    """Say a date for a visitor: "about October 1936", "16–17 September 1936, morning".

    `time` is a time of day kept in its own column; where it is given it is said instead of the date's own.
    A language without a grammar of its own is said in signs and Django's names of months; `en-gb` is `en`.
    Raises DateError for a text that is not a date or not a time of day.
    """
    date = as_date(date)
    parse_time(time)
    return _language(language).words(date, time or clock_of(date))


def from_words(text: str, language: str = "en") -> str:
    """Turn what a curator types into EDTF: EDTF as it is, or words such as "about October 1936".

    Everything typed must be understood; otherwise DateError says what to write. "before March 1937" becomes
    `[..1937-02]` and "after 1936" `[1937..]`: it happened once, and not in the month or year named.
    "until 1938" and "from 1936" are states that lasted: `../1938`, `1936/..`. A month written `1909-12` is
    EDTF for December 1909; years are shortened with a dash only (1909–12). In "night of 16–17 September
    1936" the night is the two days; the word itself belongs in the time of day.
    """
    text = text.strip()
    try:
        return parse(text).text
    except DateError as error:
        not_edtf = error
    if not text or len(text) > MAX_WORDS_LENGTH:
        raise not_edtf
    return _read_words(text, _language(language), not_edtf)


def _read_words(text: str, language: "Language", not_edtf: DateError) -> str:
    try:
        edtf = language.read(text)
        if edtf is not None:
            return parse(edtf).text
    except DateError as error:  # understood, but there is no such date
        raise refusal(text, error.why) from error
    if re.fullmatch(r"[0-9X]{4}-[0-9X]{2}-[0-9X]{2}", text):
        raise not_edtf
    why = language.fault(text)
    if why is None and not re.search(r"[^\W\d_X]{2}|\s", text):  # no words in it: it was meant as EDTF
        raise not_edtf
    raise refusal(text, why or language.advice, gettext("“%(text)s” is not understood: %(why)s."))


def _language(code: str) -> Language:
    base = re.split("[-_]", code.lower(), maxsplit=1)[0]
    return LANGUAGES.get(code.lower()) or LANGUAGES.get(base) or Anywhere(code)
