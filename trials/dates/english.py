"""Dates in English, and the English that a curator may type."""

import re

from .edtf import TIMES_OF_DAY, HistoricalDate, Point, Precision, parse
from .language import Reader, after, before, four_digits, is_one_night

MONTHS = "January February March April May June July August September October November December".split()


def _english_ordinals() -> list[str]:
    """Return first, second … hundredth: EDTF has a hundred centuries."""
    ones = "first second third fourth fifth sixth seventh eighth ninth".split()
    teens = "tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
    tens = "twenty thirty forty fifty sixty seventy eighty ninety".split()
    rest = [word for ten in tens for word in [ten[:-1] + "ieth", *(f"{ten}-{one}" for one in ones)]]
    return [*ones, *teens.split(), *rest, "hundredth"]


class English(Reader):
    """Dates in English, and the English a curator may type."""

    unknown = "date unknown"
    advice = "write it like 30 January 1937, October 1936, about 1936, 1961–1963 or before 1937, or in EDTF"

    SEASONS = {3: "spring", 6: "summer", 9: "autumn", 12: "winter"}
    QUALIFIERS = {"": "", "?": "probably ", "~": "about ", "%": "probably about "}
    ORDINALS = _english_ordinals()

    # Saying

    def point(self, point: Point) -> str:
        return self.QUALIFIERS[point.qualifier] + self._plain(point)

    def _plain(self, point: Point) -> str:
        day, year = point.earliest, self._year(point.earliest.year)
        if point.precision is Precision.DAY:
            return f"{day.day} {MONTHS[day.month - 1]} {year}"
        if point.precision is Precision.MONTH:
            return f"{MONTHS[day.month - 1]} {year}"
        if point.precision is Precision.SEASON:
            # "Winter 1936" may be its beginning or its end, so both years are said.
            last = f"–{self._year(day.year + 1)}" if day.month == 12 else ""
            return f"{self.SEASONS[day.month]} {year}{last}"
        return year if point.precision is Precision.YEAR else self._long_period(point)

    def _long_period(self, point: Point) -> str:
        first = point.earliest.year
        # EDTF counts 19XX from 1900 to 1999, as people do when they say "the twentieth century".
        century = f"the {self.ORDINALS[first // 100]} century"
        if point.precision is Precision.CENTURY:
            return century
        # "The 1900s" may be ten years or a hundred.
        return f"the first decade of {century}" if first % 100 == 0 else f"the {self._year(first)}s"

    def _year(self, year: int) -> str:
        return str(year) if year >= 1000 else f"AD {year}"

    def interval(self, start: Point, end: Point) -> str:
        if start.qualifier or end.qualifier or "–" in self._plain(start) + self._plain(end):
            # After a dash it would not be clear how far "about" reaches.
            return f"from {self.point(start)} to {self.point(end)}"
        first = self._shortened(start, end)
        together = start.precision is end.precision and " " not in first
        return f"{first}{'–' if together else ' – '}{self._plain(end)}"

    def _shortened(self, first: Point, last: Point) -> str:
        """Say a point without the month and year that the next one is about to say."""
        words = self._plain(first)
        if first.precision is not last.precision or first.earliest.year != last.earliest.year or "–" in words:
            return words
        if first.precision is Precision.DAY:
            month_too = first.earliest.month == last.earliest.month
            return str(first.earliest.day) if month_too else words.removesuffix(" " + self._year(first.earliest.year))
        if first.precision in (Precision.MONTH, Precision.SEASON) and "–" not in self._plain(last):
            return words.removesuffix(" " + self._year(first.earliest.year))
        return words

    def since(self, start: Point) -> str:
        return f"from {self.point(start)}"

    def until(self, end: Point) -> str:
        return f"until {self.point(end)}"

    def between(self, first: Point, last: Point) -> str:
        return f"between {self._shortened(first, last)} and {self._plain(last)}"

    def at_earliest(self, first: Point) -> str:
        return f"{self._plain(first)} at the earliest"

    def at_latest(self, last: Point) -> str:
        # Not "by": "by the 1930s" would promise that it was before they began.
        return f"{self._plain(last)} at the latest"

    def one_of(self, points: list[Point]) -> str:
        if len(points) == 2:
            return f"{self._shortened(*points)} or {self._plain(points[1])}"
        return " or ".join(self._plain(point) for point in points)

    def at_time(self, said: str, date: HistoricalDate, time: str) -> str:
        if time == "night" and is_one_night(date):
            return f"night of {said}"
        return f"{said}, {time.replace(':', '.')}"

    # Reading

    OR = " or "
    UNKNOWN = ("unknown", "date unknown", "unknown date")
    MONTH_NUMBERS = {
        **{name.lower(): number for number, name in enumerate(MONTHS, 1)},
        **{name[:3].lower(): number for number, name in enumerate(MONTHS, 1)},
        "sept": 9,
    }
    SEASON_NUMBERS = {"spring": "21", "summer": "22", "autumn": "23", "fall": "23"}

    _ABOUT = r"(?:about|around|approximately|circa|ca?\.?)"
    QUALIFIED = re.compile(rf"(?P<probably>probably )?(?P<about>{_ABOUT} |ca?\.?(?=[0-9]))?(?P<plain>.+)")
    _Y = r"(?P<year>[0-9]{4}|ad [0-9]{1,4})"
    _DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
    _MONTH = r"(?P<month>[a-z]+)\.?"
    DATES = tuple(re.compile(p) for p in (_Y, f"{_MONTH},? {_Y}", f"{_DAY} {_MONTH},? {_Y}", f"{_MONTH} {_DAY},? {_Y}"))
    WINTER = re.compile(rf"winter {_Y}[-–/](?P<next>[0-9]{{2}}|[0-9]{{4}}|ad [0-9]{{1,4}})")
    DECADE = re.compile(r"(?:the )?(?P<tens>[0-9]{3}|ad [0-9]{1,3})0s")
    CENTURY = re.compile(
        r"(?P<part>(?:the )?first decade of )?(?:the )?(?P<ordinal>[a-z-]+|[0-9]{1,3}(?:st|nd|rd|th)) century"
    )
    BOUNDS = {
        "until …": "../…",
        "from …": "…/..",
        "since …": "…/..",
        "… at the latest": "[..…]",
        "… or earlier": "[..…]",
        "… at the earliest": "[…..]",
        "… or later": "[…..]",
    }
    TIME = re.compile(r"(?P<date>.+), (?P<hour>[0-9]{2})[.:](?P<minute>[0-9]{2})")
    SHORT_YEARS = re.compile(r"([0-9]{2})([0-9]{2}) ?[–—] ?([0-9]{2})")
    DASHES = (re.compile(r" [-–—] "), re.compile(r"[-–—]"))  # a dash between spaces divides first

    # Why words were not understood, by what they look like; the first that fits is said.
    FAULTS = (
        (
            r"[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}",
            "figures alone do not say which is the month; write it like 12 January 1937 or 1937-01-12",
        ),
        (r"[0-9]{4}-(2[5-9]|[3-9][0-9])", "write the years in full, as in 1961–1963, and a month as 1936-10"),
        (r"(the )?[0-9]{2}00s", "it may be ten years or a hundred; write 1900–1909 or the twentieth century"),
        (r"(the )?(first|1st) century", "write the years, as in between AD 1 and AD 99"),
        (r"winter [0-9]{4}", "a winter has two years; write winter 1936–1937"),
        (r"by .+(0s|century)", "it may be the beginning or the end of that time; write a year"),
        (
            rf".*\b({'|'.join(TIMES_OF_DAY)})\b.*",
            "write the day alone and give the time of day separately",
        ),
        (
            rf"(probably|{_ABOUT}) [^-–—]*[0-9][^-–—]*[-–—].*[0-9].*",
            "say it of each date, as in from about 1936 to about 1938",
        ),
        (
            rf"(before|after|by|between) (probably|{_ABOUT}) .*",
            "before, after, by and between are followed by a date that is not itself approximate",
        ),
        (r"[a-z., ]*[0-9]{0,2}[a-z., ]*", "it has no year; write it like 30 January 1937, or unknown"),
    )

    def _read_season(self, words: str) -> str | None:
        if match := self.WINTER.fullmatch(words):
            year, following = four_digits(match["year"]), match["next"]
            following = year[:2] + following if len(following) == 2 else four_digits(following)
            return f"{year}-24" if int(following) == int(year) + 1 else None
        name, _, year_words = words.partition(" ")
        if name in self.SEASON_NUMBERS and re.fullmatch(self._Y, year_words):
            return f"{four_digits(year_words)}-{self.SEASON_NUMBERS[name]}"
        return None

    def _read_long_period(self, words: str) -> str | None:
        if match := self.DECADE.fullmatch(words):
            tens = match["tens"].removeprefix("ad ").zfill(3)
            return None if tens.endswith("0") else f"{tens}X"
        match = self.CENTURY.fullmatch(words)
        number = match and self._read_ordinal(match["ordinal"])
        if not match or not number or number == 1:  # the first century would hold a year 0000
            return None
        return f"{number - 1:02}" + ("0X" if match["part"] else "XX")

    def _read_ordinal(self, word: str) -> int | None:
        if word in self.ORDINALS:
            return self.ORDINALS.index(word) + 1
        digits = word.rstrip("stndrh")
        return int(digits) if digits.isdecimal() and 1 <= int(digits) <= 100 else None

    def _read_night(self, words: str) -> str | None:
        if not words.startswith("night of "):
            return None
        edtf = self._read_pair(words.removeprefix("night of "))
        return edtf if edtf and is_one_night(parse(edtf)) else None

    def _read_bound(self, words: str) -> str | None:
        """Read a date open on one side, by the words before or after it."""
        for pattern, edtf in self.BOUNDS.items():
            match = re.fullmatch(pattern.replace("…", "(.+)"), words)
            point = match and self._read_point(match[1])
            if point:
                return edtf.replace("…", point)
        return self._read_beside(words)

    def _read_beside(self, words: str) -> str | None:
        relation, _, rest = words.partition(" ")
        point = self._read_point(rest)
        if not point:
            return None
        if relation == "by" and not point.rstrip("?~%").endswith("X"):
            return f"[..{point}]"
        return {"before": before, "after": after}.get(relation, lambda _: None)(point)

    def _read_pair(self, words: str) -> str | None:
        """Read two dates and what joins them: an interval, or a span after “between”."""
        if words.startswith("between "):
            pair = self._read_two(words.removeprefix("between ").split(" and "))
            return f"[{pair[0]}..{pair[1]}]" if pair else None
        if words.startswith("from "):
            pair = self._read_two(re.split(" to | until ", words.removeprefix("from ")))
            return "/".join(pair) if pair else None
        if match := self.SHORT_YEARS.fullmatch(words):
            century, year, end = match.groups()
            return f"{century}{year}/{century}{end}"
        for dash in (re.compile(" to "), *self.DASHES):
            pair = self._read_two(dash.split(words))
            # With a dash it is not clear how far "about" reaches.
            if pair and not any(edtf.endswith(("?", "~", "%")) for edtf in pair):
                return "/".join(pair)
        return None

    def _read_shortened(self, words: str, next_edtf: str) -> str | None:
        """Read “16” before “17 September 1936”, or “October” before “November 1936”."""
        following = parse(next_edtf).points[0]
        if not following or following.qualifier:
            return None
        year = self._year(following.earliest.year).lower()
        month = MONTHS[following.earliest.month - 1].lower()
        for whole in (f"{words} {year}", f"{words} {month} {year}"):
            edtf = self._read_point(whole)
            point = parse(edtf).points[0] if edtf else None
            if point and point.precision is following.precision and not point.qualifier:
                return edtf
        return None
