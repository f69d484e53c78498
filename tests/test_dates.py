"""Dates: what is read, what is refused, and that the words never say more than the date does."""

import contextlib
import datetime
import io
import re
import time as clock

import pytest
from edtf import parse_edtf
from hypothesis import example, given, settings
from hypothesis import strategies as st

from trials.dates import (
    TIMES_OF_DAY,
    DateError,
    datetime_attribute,
    from_words,
    in_words,
    parse,
    parse_time,
    sort_key,
)

# Every date in the facts about the trial of January 1937.
TRIAL_DATES = """
1859-10-20 1876-11-29 1877 1877-12-07 1878-12-18 1879-11-07 1880 1883-12-10 1884-07-07 1885-01-13 1885-10-31
1886-05-13 1886-09-01 1886-10-24 1886? 1887 1887-09-22 1888 1888-05-19 1888-06-11 1888-08-15 1889-07-13 1890
1890-03-06 1890-05 1890-06-11 1890-08-18 1891 1893 1894 1894-04-15 1895 1895-05-01 1896 1896? 1897-01-03
1897-11 1899 1899-03-29 1900 1904-02-16 1905-12-20 1906-02-24 1907 1913-11-07 1923-10-15 1923-12-02 1927-12
1928-01-06 1929/1930 1934-12-01 1935-12 1936-04-17 1936-07-26 1936-07-27 1936-08-05 1936-08-05/1936-08-06
1936-08-06 1936-08-11 1936-08-17 1936-08-19/1936-08-24 1936-08-21 1936-08-22 1936-08-26 1936-08~
1936-09-10/1936-09-11 1936-09-11 1936-09-12 1936-09-16/1936-09-17 1936-09-19 1936-09-22 1936-09-23 1936-09-26
1936-09-29 1936-09-30 1936-09~ 1936-10-04/1936-10-22 1936-10-07/1936-10-08 1936-10-21 1936-10-22
1936-10/1938-11 1936-10~ 1936-11-06 1936-11-16 1936-11-19/1936-11-22 1936-11-27 1936-11~ 1936-12-04
1936-12-04/1936-12-07 1936-12~ 1936~ 1937 1937-01-03 1937-01-05 1937-01-08 1937-01-09 1937-01-14/1937-01-16
1937-01-19 1937-01-23 1937-01-23/1937-01-30 1937-01-23T12:05:00 1937-01-24 1937-01-25 1937-01-26 1937-01-27
1937-01-28 1937-01-29 1937-01-30 1937-01~ 1937-02-01 1937-02-01? 1937-02-09 1937-02-18 1937-02-23/1937-03-05
1937-03-08 1937-04-10/1937-04-17 1937-06-20 1937-09-21 1937-12-13 1937/1938 1938-02-16 1938-03-02/1938-03-13
1938-03-15 1938-08-01 1939-05-19 1939-05-21 1940-02-04 1940-08-21 1941-09-06 1941-09-08 1941-09-11 1950
1951-05-07 1952-06-01 1953-03-05 1953-12-23 1954-11-22 1955-03-28 1956 1956-02-25 1958-05-09 1958-12-21 1959
1959/1963 1961/1963 1963 1965 1970-12-24 1971-09-11 1972-05-23 1980-06-30 1986-12-04 1986? 1987-09-28
1988-06-13 1988-06-13? 1988-07-27 1988? 1989 1989-09 1990-07-26 2005-03-17 2005-10-18 2008-02-15 XXXX
[1959..1988]
""".split()

day = datetime.date.fromisoformat


def bounds(text):
    date = parse(text)
    return date.earliest, date.latest


# Bounds


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("1937", "1937-01-01", "1937-12-31"),
        ("1936-10", "1936-10-01", "1936-10-31"),
        ("1936-02", "1936-02-01", "1936-02-29"),
        ("1937-01-30", "1937-01-30", "1937-01-30"),
        ("1937-01-23T12:05", "1937-01-23", "1937-01-23"),
        ("193X", "1930-01-01", "1939-12-31"),
        ("19XX", "1900-01-01", "1999-12-31"),
        ("1936-XX", "1936-01-01", "1936-12-31"),
        ("1936-10-XX", "1936-10-01", "1936-10-31"),
        ("1936-XX-XX", "1936-01-01", "1936-12-31"),
        ("1936-10~", "1936-10-01", "1936-10-31"),
        ("1936-21", "1936-03-01", "1936-05-31"),
        ("1936-22", "1936-06-01", "1936-08-31"),
        ("1936-23", "1936-09-01", "1936-11-30"),
        ("1936-24", "1936-12-01", "1937-02-28"),
        ("1935-24", "1935-12-01", "1936-02-29"),
        ("1936-10/1938-11", "1936-10-01", "1938-11-30"),
        ("../1938", None, "1938-12-31"),
        ("/1938", None, "1938-12-31"),
        ("1936/..", "1936-01-01", None),
        ("1936/", "1936-01-01", None),
        ("[1959..1988]", "1959-01-01", "1988-12-31"),
        ("[..1988]", None, "1988-12-31"),
        ("[1959..]", "1959-01-01", None),
        ("[1936,1938]", "1936-01-01", "1938-12-31"),
        ("[1938,1936,1937]", "1936-01-01", "1938-12-31"),
        ("XXXX", None, None),
    ],
)
def test_a_date_knows_its_first_and_last_day(text, earliest, latest):
    assert bounds(text) == (earliest and day(earliest), latest and day(latest))


def test_a_date_keeps_the_text_it_was_read_from():
    assert parse("1937-01-23T12:05:00").text == str(parse("1937-01-23T12:05:00")) == "1937-01-23T12:05:00"


# Words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1937-01-30", "30 January 1937"),
        ("1936-10", "October 1936"),
        ("1936-10-XX", "October 1936"),
        ("1936-XX", "1936"),
        ("1936-XX-XX", "1936"),
        ("1936-10~", "about October 1936"),
        ("1937-02-01?", "probably 1 February 1937"),
        ("1936%", "probably about 1936"),
        ("193X", "the 1930s"),
        ("193X~", "about the 1930s"),
        ("190X", "the first decade of the twentieth century"),
        ("19XX", "the twentieth century"),
        ("20XX", "the twenty-first century"),
        ("99XX", "the hundredth century"),
        ("0033-04-03", "3 April AD 33"),
        ("1936-21", "spring 1936"),
        ("1936-24", "winter 1936–1937"),
        ("1937-01-23T12:05:00", "23 January 1937, 12.05"),
        ("1936-09-16/1936-09-17", "16–17 September 1936"),
        ("1936-11-30/1936-12-02", "30 November – 2 December 1936"),
        ("1936-12-31/1937-01-02", "31 December 1936 – 2 January 1937"),
        ("1936-10/1936-11", "October–November 1936"),
        ("1936-10/1938-11", "October 1936 – November 1938"),
        ("1936/1937-01-05", "1936 – 5 January 1937"),
        ("1936-10-02/1936-11", "2 October 1936 – November 1936"),
        ("1961/1963", "1961–1963"),
        ("1936/1936", "1936"),
        ("1936~/1936~", "about 1936"),
        ("1936-21/1936-23", "spring–autumn 1936"),
        ("1936-21/1936-24", "from spring 1936 to winter 1936–1937"),
        ("1936-10~/1938-11", "from about October 1936 to November 1938"),
        ("1936/1938~", "from 1936 to about 1938"),
        ("../1938", "until 1938"),
        ("../1938~", "until about 1938"),
        ("1936/..", "from 1936"),
        ("[1959..1988]", "between 1959 and 1988"),
        ("[1937-03-01..1937-03-09]", "between 1 and 9 March 1937"),
        ("[..1988]", "1988 at the latest"),
        ("[1959..]", "1959 at the earliest"),
        ("[1936,1938]", "1936 or 1938"),
        ("[1937-01-30,1937-02-01]", "30 January or 1 February 1937"),
        ("[1936,1937,1939]", "1936 or 1937 or 1939"),
        ("XXXX", "date unknown"),
    ],
)
def test_a_date_in_words(text, words):
    assert in_words(text) == in_words(parse(text)) == words


@pytest.mark.parametrize(
    ("text", "time", "words"),
    [
        ("1937-01-23", "morning", "23 January 1937, morning"),
        ("1937-01-25", "12:05", "25 January 1937, 12.05"),
        ("1937-01-25", "", "25 January 1937"),
        ("1937-02-01?", "night", "probably 1 February 1937, night"),
        ("1936-09-16/1936-09-17", "night", "night of 16–17 September 1936"),
        ("1936-08-31/1936-09-01", "night", "night of 31 August – 1 September 1936"),
        ("1936-09-16/1936-09-18", "night", "16–18 September 1936, night"),
        ("1937-01-23T12:05", "morning", "23 January 1937, morning"),
    ],
)
def test_the_time_of_day_follows_the_date(text, time, words):
    assert in_words(text, time=time) == words


@pytest.mark.parametrize("language", ["en", "en-gb", "EN_us"])
def test_a_region_is_answered_in_its_language(language):
    assert in_words("1936-10~", language) == "about October 1936"
    assert from_words("about October 1936", language) == "1936-10~"


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("text", TRIAL_DATES)
def test_every_date_of_the_trial_has_words_that_read_back_as_itself(text, language):
    again = from_words(in_words(text, language), language)
    assert again == text.removesuffix(":00")
    assert bounds(again) == bounds(text)


# Refusals


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "The date is empty: write XXXX if it is not known."),
        ("1937-02-29", "“1937-02-29” is not a date: 1937-02 has 28 days."),
        ("1936-02-30", "1936-02 has 29 days"),
        ("1936-04-00", "1936-04 has 30 days"),
        ("1936-13", "a month is 01 to 12, a season 21 to 24"),
        ("1936-00", "a month is 01 to 12"),
        ("1936-1X", "a month is 01 to 12"),
        ("1936-25", "a month is 01 to 12"),
        ("1936-10-1X", "write both digits of the day"),
        ("1936-XX-05", "a day can follow only a month that is known"),
        ("1936-21-05", "a season has no day"),
        ("193X-10", "a month can follow only a year that is known"),
        ("0000", "there is no year 0000"),
        ("000X", "there is no year 0000"),
        ("00XX", "there is no year 0000"),
        ("9999-24", "this winter ends after the year 9999"),
        ("1XXX", "X stands for the last digit or the last two digits"),
        ("19X7", "X stands for the last digit or the last two digits"),
        ("XXXX?", "X stands for the last digit or the last two digits"),
        ("193x", "write a capital X"),
        ("937", "write the year with four digits"),
        ("-0399", "the years are 0001 to 9999"),
        ("Y12345", "the years are 0001 to 9999"),
        ("1936-8-5", "write months and days with two digits"),
        (" 1936", "leave out the spaces"),
        ("1936\n", "leave out the spaces"),
        ("[1936, 1938]", "leave out the spaces"),
        ("１９３７", "write it with the digits 0 to 9"),
        ("1937-٠١", "write it with the digits 0 to 9"),
        ("1938-03-~15", "a mark (?, ~ or %) stands once, at the end"),
        ("1938?-03", "a mark (?, ~ or %) stands once, at the end"),
        ("1938?~", "a mark (?, ~ or %) stands once, at the end"),
        ("1937-01-30abc", "write it like 1937-01-30"),
        ("1937 и 1938", "leave out the spaces"),
        ("1937-01T12:05", "a time follows a whole day"),
        ("1937-01-23?T12:05", "a time follows a whole day without marks"),
        ("1937-01-23T", "the time is written 12:05"),
        ("1937-01-23T24:00", "the time is written 12:05"),
        ("1937-01-23T12:60", "the time is written 12:05"),
        ("1937-01-23T12:05:60", "the time is written 12:05"),
        ("1937-01-23T12:05Z", "the time is written 12:05"),
        ("1938/1936", "“1938/1936” is not a date: it ends before it begins; write the earlier date first."),
        ("[1938..1936]", "it ends before it begins"),
        ("1936/1937/1938", "an interval has one stroke"),
        ("/", "both ends are open"),
        ("../..", "both ends are open"),
        ("[..]", "both ends are open"),
        ("XXXX/1938", "write .. for the side"),
        ("1937-01-23T12:05/1937-01-30", "without times"),
        ("[1936]", "write a single date without brackets"),
        ("[1936,1936]", "the same date is listed twice"),
        ("[1936,1936-XX]", "the same date is listed twice"),
        ("[1936~,1938]", "dates inside brackets take no marks"),
        ("[1936,XXXX]", "is written XXXX, without brackets"),
        ("[1936,1937..1938]", "write either two ends"),
        ("[1936..1937..1938]", "write either two ends"),
        ("[1936,1938", "one of several dates is written"),
        ("[]", "one of several dates is written"),
        ("{1936,1938}", "write [1936,1938]"),
        ("1936..1938", "write it like 1937-01-30"),
        ("1" * 100_000, "it is longer than 64 characters"),
    ],
)
def test_what_is_not_a_date_is_refused_with_a_sentence(text, why):
    with pytest.raises(DateError, match=re.escape(why)):
        parse(text)


def test_a_refusal_is_one_short_printable_sentence():
    for text in ("1" * 100_000, "19\x0037", "19\ud80037", "1937\n1938"):
        with pytest.raises(DateError) as refusal:
            parse(text)
        sentence = str(refusal.value)
        assert sentence.isprintable() and sentence.endswith(".") and len(sentence) < 200


@pytest.mark.parametrize("time", ["noon", "Morning", "9:30", "24:00", "12:60", "12.05", " ", "12:05:00", "１２:05"])
def test_a_time_of_day_that_is_neither_hours_and_minutes_nor_a_known_word_is_refused(time):
    for use in (parse_time, lambda text: in_words("1937", time=text), lambda text: sort_key("1937", text)):
        with pytest.raises(DateError, match="is not a time of day: write hours and minutes, as in 09:30, or one of"):
            use(time)


# What curators type


@pytest.mark.parametrize(
    ("typed", "edtf"),
    [
        ("1937-01-30", "1937-01-30"),
        (" 1936-10~ ", "1936-10~"),
        ("[..1988]", "[..1988]"),
        ("1909-12", "1909-12"),
        ("30 January 1937", "1937-01-30"),
        ("30th January 1937", "1937-01-30"),
        ("30  JANUARY,  1937", "1937-01-30"),
        ("January 30, 1937", "1937-01-30"),
        ("Jan. 30 1937", "1937-01-30"),
        ("Oct 1936", "1936-10"),
        ("Sept. 1936", "1936-09"),
        ("May 1936", "1936-05"),
        ("about October 1936", "1936-10~"),
        ("c. 1890", "1890~"),
        ("c.1890", "1890~"),
        ("c1890", "1890~"),
        ("ca 1890", "1890~"),
        ("ca. 1890", "1890~"),
        ("Circa 1890", "1890~"),
        ("probably 1 February 1937", "1937-02-01?"),
        ("probably about 1936", "1936%"),
        ("before March 1937", "[..1937-02]"),
        ("before 1 March 1936", "[..1936-02-29]"),
        ("before 1937", "[..1936]"),
        ("before the 1930s", "[..1929]"),
        ("before spring 1936", "[..1936-02]"),
        ("after 1936", "[1937..]"),
        ("after October 1936", "[1936-11..]"),
        ("after 31 December 1936", "[1937-01-01..]"),
        ("after winter 1936–1937", "[1937-03..]"),
        ("by 1988", "[..1988]"),
        ("1988 or earlier", "[..1988]"),
        ("1959 or later", "[1959..]"),
        ("until 1938", "../1938"),
        ("from 1936", "1936/.."),
        ("since about 1936", "1936~/.."),
        ("from 1936 to 1938", "1936/1938"),
        ("from about 1936 until 1938", "1936~/1938"),
        ("1936 to 1938", "1936/1938"),
        ("1930s", "193X"),
        ("20th century", "19XX"),
        ("spring 1936", "1936-21"),
        ("fall 1936", "1936-23"),
        ("winter 1936-37", "1936-24"),
        ("winter 1936/1937", "1936-24"),
        ("16-17 September 1936", "1936-09-16/1936-09-17"),
        ("30 November - 2 December 1936", "1936-11-30/1936-12-02"),
        ("31 December 1936 — 2 January 1937", "1936-12-31/1937-01-02"),
        ("October-November 1936", "1936-10/1936-11"),
        ("1961-1963", "1961/1963"),
        ("1961–63", "1961/1963"),
        ("between 1959 and 1988", "[1959..1988]"),
        ("1936 or 1938", "[1936,1938]"),
        ("night of 16-17 September 1936", "1936-09-16/1936-09-17"),
        ("23 January 1937, 12.05", "1937-01-23T12:05"),
        ("23 January 1937, 12:05", "1937-01-23T12:05"),
        ("unknown", "XXXX"),
        ("Date unknown", "XXXX"),
    ],
)
def test_plain_words_are_read_as_edtf(typed, edtf):
    assert from_words(typed) == edtf


HOW_TO_WRITE = "is not understood: write it like 30 January 1937, October 1936"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "The date is empty"),
        ("   ", "The date is empty"),
        ("2 марта 1938", HOW_TO_WRITE),
        ("2. März 1938", HOW_TO_WRITE),
        ("not later than 1938", HOW_TO_WRITE),
        ("early 1936", HOW_TO_WRITE),
        ("possibly 1936", HOW_TO_WRITE),
        ("1936 BC", HOW_TO_WRITE),
        ("30 January 1937 in Moscow", HOW_TO_WRITE),
        ("in Moscow, 30 January 1937", HOW_TO_WRITE),
        ("30 January 37", "is not understood"),
        ("1936 and 1937", HOW_TO_WRITE),
        ("1936, 1938", HOW_TO_WRITE),
        ("about about 1936", HOW_TO_WRITE),
        ("about probably 1936", HOW_TO_WRITE),
        ("2 March - 1937", HOW_TO_WRITE),
        ("2 - April 1937", HOW_TO_WRITE),
        ("winter 1936–1938", HOW_TO_WRITE),
        ("101st century", HOW_TO_WRITE),
        ("30 February 1937", "“30 February 1937” is not a date: 1937-02 has 28 days."),
        ("31-32 January 1937", "1937-01 has 31 days"),
        ("1938-1936", "“1938-1936” is not a date: it ends before it begins"),
        ("23 January 1937, 12.65", "the time is written 12:05"),
        ("about 23 January 1937, 12.05", "a time follows a whole day without marks"),
        ("Feb 30", "it has no year"),
        ("spring", "it has no year"),
        ("12/01/1937", "figures alone do not say which is the month"),
        ("12.01.1937", "figures alone do not say which is the month"),
        ("1961-63", "write the years in full, as in 1961–1963"),
        ("1900s", "it may be ten years or a hundred"),
        ("the first century", "write the years, as in between AD 1 and AD 99"),
        ("the lovely twenty-first century", HOW_TO_WRITE.split(":")[0]),
        ("winter 1936", "a winter has two years; write winter 1936–1937"),
        ("by the 1930s", "it may be the beginning or the end of that time"),
        ("by the twentieth century", "it may be the beginning or the end of that time"),
        ("about 1936–1938", "say it of each date"),
        ("c. 16-17 September 1936", "say it of each date"),
        ("before about 1936", "is not itself approximate"),
        ("by about 1936", "dates inside brackets take no marks"),
        ("after 9999", "the years are 0001 to 9999"),
        ("before 0001", "the years are 0001 to 9999"),
        ("23 January 1937, morning", "give the time of day separately"),
        ("night of 16 September 1936", "give the time of day separately"),
        ("night of 16-18 September 1936", "give the time of day separately"),
        ("193x", "write a capital X"),
        ("1936-13", "a month is 01 to 12"),
        ("１９３７", "write it with the digits 0 to 9"),
        ("1936 " * 10_000, "it is longer than 64 characters"),
    ],
)
def test_words_that_are_not_wholly_understood_are_refused_with_a_sentence(typed, why):
    with pytest.raises(DateError, match=re.escape(why)):
        from_words(typed)


# The machine's form and the order


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1937-01-30", "1937-01-30"),
        ("1936-10", "1936-10"),
        ("1936-10-XX", "1936-10"),
        ("1937", "1937"),
        ("0033", "0033"),
        ("1937-01-23T12:05:00", "1937-01-23T12:05"),
        ("1937-01-30?", ""),
        ("1936-10~", ""),
        ("193X", ""),
        ("19XX", ""),
        ("1936-21", ""),
        ("1936/1938", ""),
        ("../1938", ""),
        ("[1936,1938]", ""),
        ("XXXX", ""),
    ],
)
def test_html_gets_a_value_only_for_one_certain_point(text, value):
    assert datetime_attribute(text) == datetime_attribute(parse(text)) == value


def test_dates_sort_by_beginning_then_end_then_time_of_day_and_unknown_comes_last():
    in_order = [
        ("193X", ""),
        ("../1935", ""),
        ("1936-01-01", ""),
        ("1936-01", ""),
        ("1936", ""),
        ("1936/..", ""),
        ("1937-01-23", ""),
        ("1937-01-23", "00:00"),
        ("1937-01-23", "morning"),
        ("1937-01-23", "06:00"),
        ("1937-01-23T12:05", ""),
        ("1937-01-23", "13:00"),
        ("1937-01-23", "evening"),
        ("1937-01-23", "night"),
        ("1937-01-23", "23:30"),
        ("1937-01-23/1937-01-30", ""),
        ("XXXX", ""),
    ]
    backwards = list(reversed(in_order))
    assert sorted(backwards, key=lambda entry: sort_key(*entry)) == in_order


def test_the_times_of_day_are_listed_in_the_order_they_sort():
    assert sorted(TIMES_OF_DAY, key=parse_time) == list(TIMES_OF_DAY)


# Properties

years = st.integers(1, 9998).map("{:04}".format) | st.integers(1850, 2010).map(str)
months = st.tuples(years, st.integers(1, 12)).map("{0[0]}-{0[1]:02}".format)
days = st.dates().map(str) | st.dates(datetime.date(1936, 9, 1), datetime.date(1937, 3, 1)).map(str)
seasons = st.tuples(years, st.integers(21, 24)).map("{0[0]}-{0[1]}".format)
decades = st.integers(1, 999).map("{:03}X".format)
centuries = st.integers(1, 99).map("{:02}XX".format)
unspecified = st.one_of(years.map("{}-XX".format), years.map("{}-XX-XX".format), months.map("{}-XX".format))
plain = st.one_of(years, months, days, seasons, decades, centuries, unspecified)
marked = st.tuples(plain, st.sampled_from(["", "", "?", "~", "%"])).map("".join)
times = st.tuples(days, st.integers(0, 23), st.integers(0, 59)).map("{0[0]}T{0[1]:02}:{0[2]:02}".format)
intervals = st.tuples(marked | st.just(".."), marked | st.just("..")).map("/".join)
spans = st.tuples(plain | st.just(""), plain | st.just("")).map("[{0[0]}..{0[1]}]".format)
choices = st.lists(plain, min_size=2, max_size=6).map(lambda members: f"[{','.join(members)}]")
any_edtf = st.one_of(marked, times, intervals, spans, choices, st.just("XXXX"))
SCRAPS = """
1936 1938 30 16 17 january october sept winter spring about probably c. ca. before after by until from to or
and between , - – / .. [ ] X XX XXXX T 12.05 12:05 unknown the 1930s century first decade of night at latest
ad ? ~ %
""".split()
scraps = st.sampled_from(SCRAPS)
near_dates = st.lists(scraps, max_size=8).flatmap(
    lambda words: st.sampled_from(["", " "]).map(lambda gap: gap.join(words))
)
any_text = st.one_of(st.text(max_size=80), st.text("0123456789X-/.[],?~%T:", max_size=30), near_dates)


def taken(text):
    """Return the date, or None where the random text is rightly refused: reversed, listed twice, all open."""
    try:
        return parse(text)
    except DateError:
        return None


def oracle(text):
    """Return the bounds the edtf package gives, or None where it fails; it prints while it does."""
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            date = parse_edtf(text)
            return tuple(datetime.date(*side()[:3]) for side in (date.lower_strict, date.upper_strict))
        except Exception:
            return None


# Left out of the comparison: winter, which the package ends on 31 December.
@settings(max_examples=150, deadline=None)
@given(marked.filter(lambda text: "-24" not in text[4:7]) | times)
def test_points_have_the_bounds_that_the_edtf_package_gives(text):
    assert oracle(text) in (None, bounds(text))


@settings(max_examples=80, deadline=None)
@given(st.tuples(st.one_of(years, months, days), st.one_of(years, months, days)).map(sorted).map("/".join))
def test_plain_intervals_have_the_bounds_that_the_edtf_package_gives(text):
    if date := taken(text):
        assert oracle(text) in (None, (date.earliest, date.latest))


def test_the_comparison_with_the_edtf_package_compares_something():
    assert oracle("1936-10~") == bounds("1936-10~")
    assert oracle("1936-10/1938-11") == bounds("1936-10/1938-11")


@given(any_edtf)
def test_no_date_ends_before_it_begins(text):
    date = taken(text)
    if date and date.earliest and date.latest:
        assert date.earliest <= date.latest


# Nothing is left out, but texts may differ: 1936-XX is said, and so read back, as 1936, and an interval from
# 1936 to 1936 as the point 1936.
@pytest.mark.parametrize("language", ["en", "ru"])
@settings(max_examples=400)
@given(text=any_edtf)
@example(text="0999-24/1000")
@example(text="[..190X]")
@example(text="18XX/20XX")
@example(text="[0001,50XX]")
@example(text="1936-21%/1936-24?")
def test_words_read_back_with_the_same_bounds(text, language):
    date = taken(text)
    if date:
        again = parse(from_words(in_words(date, language), language))
        assert (again.earliest, again.latest) == (date.earliest, date.latest)
        assert again.kind is date.kind or in_words(date, language) == in_words(again, language)


# Other languages

RUSSIAN = [
    ("1937", "1937 год"),
    ("1936-10~", "около октября 1936 года"),
    ("1936~", "около 1936 года"),
    ("1937-02-01?", "вероятно, 1 февраля 1937 года"),
    ("1936-10%", "вероятно, около октября 1936 года"),
    ("1936-XX", "1936 год"),
    ("193X", "1930-е годы"),
    ("190X", "первое десятилетие XX века"),
    ("18XX", "XIX век"),
    ("1936-23", "осень 1936 года"),
    ("1936-24~", "около зимы 1936–1937 годов"),
    ("1936-09-16/1936-09-17", "16–17 сентября 1936 года"),
    ("1936-07-30/1936-08-02", "30 июля – 2 августа 1936 года"),
    ("1920-04-05/1921-03-08", "с 5 апреля 1920 года по 8 марта 1921 года"),
    ("1937-03-02/1938-03-13", "со 2 марта 1937 года по 13 марта 1938 года"),
    ("1936-10/1938-11", "с октября 1936 года по ноябрь 1938 года"),
    ("1936-10~/1938-11?", "примерно с октября 1936 года вероятно, по ноябрь 1938 года"),
    ("1936-10/1936-11", "октябрь – ноябрь 1936 года"),
    ("1959/1963", "1959–1963 годы"),
    ("1936/..", "с 1936 года"),
    ("../1938-11", "по ноябрь 1938 года"),
    ("[1959..1988]", "между 1959 и 1988 годами"),
    ("[1936-10..1937-03]", "между октябрём 1936 года и мартом 1937 года"),
    ("[1936-05..1936-08]", "между маем и августом 1936 года"),
    ("[..1990-07-26]", "не позднее 26 июля 1990 года"),
    ("[1936-21..]", "не ранее весны 1936 года"),
    ("[1936,1938]", "1936 или 1938 год"),
    ("[1937-01-30,1937-02-01]", "30 января или 1 февраля 1937 года"),
    ("XXXX", "дата неизвестна"),
    ("0045", "45 год н. э."),
]


@pytest.mark.parametrize(("text", "words"), RUSSIAN)
def test_a_date_in_russian(text, words):
    assert in_words(text, "ru") == words


def test_the_time_of_day_in_russian():
    assert in_words("1936-09-16/1936-09-17", "ru", "night") == "в ночь на 17 сентября 1936 года"
    assert in_words("1937-01-23", "ru", "12:05") == "23 января 1937 года, 12:05"
    assert in_words("1937-01-23", "ru", "morning") == "23 января 1937 года, утром"


@pytest.mark.parametrize(
    ("typed", "edtf"),
    [
        ("Около октября 1936", "1936-10~"),
        ("ок. 1936 г.", "1936~"),
        ("до марта 1937", "[..1937-02]"),
        ("после 1936 года", "[1937..]"),
        ("к 1938 году", "[..1938]"),
        ("30\xa0января 1937\xa0г.", "1937-01-30"),
        ("январь 1937", "1937-01"),
        ("1961–63", "1961/1963"),
        ("1961–1963 гг.", "1961/1963"),
        ("в ночь на 1 января 1937 года", "1936-12-31/1937-01-01"),
        ("в ночь на 30 января 1937", "1937-01-29/1937-01-30"),
        ("осенью 1936", "1936-23"),
        ("неизвестно", "XXXX"),
        ("1936-10~", "1936-10~"),
    ],
)
def test_plain_russian_is_read_as_edtf(typed, edtf):
    assert from_words(typed, "ru") == edtf


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("30.01.1937", "не видно, где месяц"),
        ("зима 1936 года", "у зимы два года"),
        ("30 января", "нет года"),
        ("30 января 1937 утром", "время суток укажите отдельно"),
        ("когда-то в 1936 и потом", "напишите, например"),
        ("30 февраля 1937", "1937-02 has 28 days"),
    ],
)
def test_russian_that_is_not_wholly_understood_is_refused_in_russian(typed, why):
    with pytest.raises(DateError, match=re.escape(why)):
        from_words(typed, "ru")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1937-01-30", "30. Januar 1937"),
        ("1936-10~", "≈ Oktober 1936"),
        ("1937-02-01?", "1. Februar 1937 (?)"),
        ("1936-09-16/1936-09-17", "16. September 1936 – 17. September 1936"),
        ("[1959..1988]", "1959 ≤ … ≤ 1988"),
        ("[..1990-07-26]", "≤ 26. Juli 1990"),
        ("[1936,1938]", "1936 / 1938"),
        ("1936-24", "12/1936–02/1937"),
        ("193X", "1930–1939"),
        ("XXXX", "?"),
    ],
)
def test_a_language_without_grammar_has_its_names_of_months_and_signs(text, words):
    assert in_words(text, "de") == words


@given(any_edtf)
def test_every_date_can_be_said_in_a_language_without_grammar(text):
    date = taken(text)
    if date:
        assert in_words(date, "de") and in_words(date, "tlh")


@given(any_edtf, st.sampled_from(["", "09:30", *TIMES_OF_DAY]))
def test_every_date_can_be_sorted_among_the_others(text, time):
    date = taken(text)
    if date:
        assert sort_key("0001-01-01") <= sort_key(date, time) and sort_key(date) <= sort_key("XXXX")


@settings(max_examples=300)
@given(any_text)
def test_any_text_is_either_a_date_or_refused_with_a_sentence(text):
    for read in (parse, from_words):
        try:
            read(text)
        except DateError as refusal:
            assert str(refusal).endswith(".") and str(refusal).isprintable()


@settings(max_examples=300)
@given(any_text)
def test_whatever_is_read_from_words_uses_every_number_typed(text):
    try:
        edtf = from_words(text)
    except DateError:
        return
    if edtf == text.strip() or re.search(r"before|after|by|decade|century|winter", text.lower()):
        return  # these name a neighbouring date, or one named by two numbers
    for number in re.findall("[0-9]+", text):
        assert number.lstrip("0") in edtf or number[:3] + "X" in edtf


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize(
    "text",
    [
        "-" * 999,
        "с " + " по " * 240,
        "1 или " * 160 + "1",
        "a " * 499,
        "c. " + "1-" * 498,
        "1 or " * 199 + "1",
        "from " + " to " * 240,
        "9" * 999,
        "–1" * 499,
    ],
)
def test_hostile_text_is_refused_quickly(text, language):
    started = clock.perf_counter()
    with pytest.raises(DateError):
        from_words(text, language)
    assert clock.perf_counter() - started < 0.5
