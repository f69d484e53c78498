"""Dates in Russian, and the Russian that a curator may type."""

import re

from .edtf import HistoricalDate, Point, Precision, parse
from .language import Reader, after, before, four_digits, is_one_night, mark

# Month, season, year … in four cases: nominative, genitive, accusative, instrumental.
NOMINATIVE, GENITIVE, ACCUSATIVE, INSTRUMENTAL = range(4)
MONTHS = (
    ("январь", "января", "январь", "январём"),
    ("февраль", "февраля", "февраль", "февралём"),
    ("март", "марта", "март", "мартом"),
    ("апрель", "апреля", "апрель", "апрелем"),
    ("май", "мая", "май", "маем"),
    ("июнь", "июня", "июнь", "июнем"),
    ("июль", "июля", "июль", "июлем"),
    ("август", "августа", "август", "августом"),
    ("сентябрь", "сентября", "сентябрь", "сентябрём"),
    ("октябрь", "октября", "октябрь", "октябрём"),
    ("ноябрь", "ноября", "ноябрь", "ноябрём"),
    ("декабрь", "декабря", "декабрь", "декабрём"),
)
SEASONS = {
    3: ("весна", "весны", "весну", "весной"),
    6: ("лето", "лета", "лето", "летом"),
    9: ("осень", "осени", "осень", "осенью"),
    12: ("зима", "зимы", "зиму", "зимой"),
}
YEAR = ("год", "года", "год", "годом")
DECADE = ("{}-е годы", "{}-х годов", "{}-е годы", "{}-ми годами")
CENTURY = ("{} век", "{} века", "{} век", "{} веком")
FIRST_DECADE = (
    "первое десятилетие {} века",
    "первого десятилетия {} века",
    "первое десятилетие {} века",
    "первым десятилетием {} века",
)
TIMES = {"morning": "утром", "afternoon": "днём", "evening": "вечером", "night": "ночью"}
OF_OUR_ERA = " н. э."


def _roman(number: int) -> str:
    values = ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
    said = ""
    for value, letters in values:
        said += letters * (number // value)
        number %= value
    return said


CENTURIES = {_roman(number).lower(): number for number in range(1, 101)}


class Russian(Reader):
    """“около октября 1936 года”, “в ночь на 17 сентября 1936 года”, “не позднее 1990 года”."""

    unknown = "дата неизвестна"
    advice = "напишите, например, 30 января 1937, октябрь 1936, около 1936, 1961–1963 или до 1937, либо в EDTF"

    # Saying

    def point(self, point: Point) -> str:
        about = point.qualifier in ("~", "%")
        said = f"около {self._plain(point, GENITIVE)}" if about else self._plain(point)
        return f"вероятно, {said}" if point.qualifier in ("?", "%") else said

    def _plain(self, point: Point, case: int = NOMINATIVE) -> str:
        first = point.earliest
        if point.precision is Precision.DAY:
            return f"{first.day} {MONTHS[first.month - 1][GENITIVE]} {self._year(first.year, GENITIVE)}"
        if point.precision is Precision.MONTH:
            return f"{MONTHS[first.month - 1][case]} {self._year(first.year, GENITIVE)}"
        if point.precision is Precision.SEASON:
            name = SEASONS[first.month][case]
            # A winter has two years, so both are said.
            return f"{name} {self._years(first.year)}" if first.month == 12 else f"{name} {self._year(first.year, 1)}"
        return self._year(first.year, case) if point.precision is Precision.YEAR else self._long_period(point, case)

    def _year(self, year: int, case: int) -> str:
        return f"{year} {YEAR[case]}" + (OF_OUR_ERA if year < 1000 else "")

    def _years(self, first: int, case: int = GENITIVE) -> str:
        noun = ("годы", "годов", "годы", "годами")[case]
        return f"{first}–{first + 1} {noun}" + (OF_OUR_ERA if first < 1000 else "")

    def _long_period(self, point: Point, case: int) -> str:
        first = point.earliest.year
        if point.precision is Precision.CENTURY:
            return CENTURY[case].format(_roman(first // 100 + 1))
        if first % 100 == 0:
            return FIRST_DECADE[case].format(_roman(first // 100 + 1))
        return DECADE[case].format(first) + (OF_OUR_ERA if first < 1000 else "")

    def interval(self, start: Point, end: Point) -> str:
        same_year = start.earliest.year == end.earliest.year
        plain = not start.qualifier and not end.qualifier and start.precision is end.precision
        if plain and start.precision is Precision.YEAR and start.earliest.year >= 1000:
            return f"{start.earliest.year}–{end.earliest.year} годы"
        if plain and same_year and start.precision in (Precision.DAY, Precision.MONTH):
            first = self._shortened(start, end)
            return f"{first}{'–' if first.isdecimal() else ' – '}{self._plain(end)}"
        return f"{self._from(start)} {self._to(end)}"

    def _from(self, start: Point) -> str:
        return f"{self._sureness(start)}{'со' if self._is_second(start) else 'с'} {self._plain(start, GENITIVE)}"

    def _to(self, end: Point) -> str:
        return f"{self._sureness(end)}по {self._plain(end, ACCUSATIVE)}"

    @staticmethod
    def _is_second(point: Point) -> bool:
        """“со 2 марта”, which is read “со второго”."""
        return point.precision is Precision.DAY and point.earliest.day == 2

    @staticmethod
    def _sureness(point: Point) -> str:
        return {"": "", "?": "вероятно, ", "~": "примерно ", "%": "вероятно, примерно "}[point.qualifier]

    def _shortened(self, first: Point, last: Point, case: int = NOMINATIVE) -> str:
        """Say a point without the month and year that the next one is about to say."""
        if first.precision is Precision.DAY and first.earliest.month == last.earliest.month:
            return str(first.earliest.day)
        return self._plain(first, case).removesuffix(" " + self._year(first.earliest.year, GENITIVE))

    def _pair(self, first: Point, last: Point, joint: str, case: int) -> str:
        same = first.precision is last.precision
        if same and first.precision is Precision.YEAR and min(first.earliest, last.earliest).year >= 1000:
            return f"{first.earliest.year} {joint} {last.earliest.year} {('год', '', '', 'годами')[case]}"
        same_year = first.earliest.year == last.earliest.year
        if same and same_year and first.precision in (Precision.DAY, Precision.MONTH):
            return f"{self._shortened(first, last, case)} {joint} {self._plain(last, case)}"
        return f"{self._plain(first, case)} {joint} {self._plain(last, case)}"

    def since(self, start: Point) -> str:
        return self._from(start)

    def until(self, end: Point) -> str:
        return self._to(end)

    def between(self, first: Point, last: Point) -> str:
        return f"между {self._pair(first, last, 'и', INSTRUMENTAL)}"

    def at_earliest(self, first: Point) -> str:
        return f"не ранее {self._plain(first, GENITIVE)}"

    def at_latest(self, last: Point) -> str:
        return f"не позднее {self._plain(last, GENITIVE)}"

    def one_of(self, points: list[Point]) -> str:
        if len(points) == 2:
            return self._pair(*points, "или", NOMINATIVE)
        return " или ".join(self._plain(point) for point in points)

    def at_time(self, said: str, date: HistoricalDate, time: str) -> str:
        if time == "night" and is_one_night(date):
            return f"в ночь на {self._plain(date.points[1])}"
        return f"{said}, {TIMES.get(time, time)}"

    # Reading

    OR = " или "
    UNKNOWN = ("неизвестно", "неизвестна", "дата неизвестна")
    MONTH_NUMBERS = {form: number for number, forms in enumerate(MONTHS, 1) for form in (*forms, forms[0][:3])} | {
        "мая": 5,
        "сент": 9,
    }
    SEASON_NUMBERS = {
        form: number for number, month in zip("21 22 23 24".split(), SEASONS, strict=True) for form in SEASONS[month]
    }
    ABOUT = r"(?:около|ок\.?|примерно|приблизительно)"
    QUALIFIED = re.compile(rf"(?P<probably>вероятно,? |возможно,? )?(?P<about>{ABOUT} )?(?P<plain>.+)")
    _NOUN = r"(?: ?(?:годами|годов|годом|году|года|годы|год|гг\.?|г\.?))?"
    _Y = rf"(?P<year>[0-9]{{4}}{_NOUN}|[0-9]{{1,3}}{_NOUN} н\. ?э\.)"
    _MONTH = r"(?P<month>[а-яё]+)\.?"
    DATES = tuple(re.compile(p) for p in (_Y, rf"{_MONTH} {_Y}", rf"(?P<day>[0-9]{{1,2}}) {_MONTH} {_Y}"))
    WINTER = re.compile(rf"зим[аыуо]й? (?P<first>[0-9]{{1,4}})[-–/](?P<next>[0-9]{{1,4}}){_NOUN}(?: н\. ?э\.)?")
    DECADE = re.compile(rf"(?P<tens>[0-9]{{1,3}})0-?(?:е|х|ми){_NOUN}(?: н\. ?э\.)?")
    CENTURY = re.compile(r"(?P<part>перв(?:ое|ого|ым) десятилети(?:е|я|ем) )?(?P<roman>[ivxlcхс]+)(?: век[а-я]*| в\.)")
    BOUNDS = (
        (r"не (?:позднее|позже) (.+)", "[..…]"),
        (r"не (?:ранее|раньше) (.+)", "[…..]"),
        (r"к (.+)", "[..…]"),
    )
    SHORT_YEARS = re.compile(rf"([0-9]{{2}})([0-9]{{2}}) ?[-–—] ?([0-9]{{2}}){_NOUN}")
    TIME = re.compile(r"(?P<date>.+), (?P<hour>[0-9]{2})[.:](?P<minute>[0-9]{2})")
    FROM_TO = re.compile(
        rf"(?P<q1>вероятно,? )?(?P<a1>{ABOUT} )?со? (?P<first>.+?) (?P<q2>вероятно,? )?(?P<a2>{ABOUT} )?по (?P<last>.+)"
    )
    FROM = re.compile(rf"(?P<q>вероятно,? )?(?P<a>{ABOUT} )?(?P<which>со?|по) (?P<point>.+)")
    FAULTS = (
        (
            r"[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}",
            "по одним цифрам не видно, где месяц; напишите 12 января 1937 или 1937-01-12",
        ),
        (r"зима [0-9]{4}.*", "у зимы два года; напишите зима 1936–1937"),
        (rf".*\b({'|'.join(TIMES.values())})\b.*", "напишите только день, а время суток укажите отдельно"),
        (r"[а-яё., ]*[0-9]{0,2}[а-яё., ]*", "нет года; напишите 30 января 1937 или неизвестно"),
    )

    def _read_season(self, words: str) -> str | None:
        if match := self.WINTER.fullmatch(words):
            first, following = match["first"], match["next"]
            following = first[: -len(following)] + following
            return f"{four_digits(first)}-24" if int(following) == int(first) + 1 else None
        name, _, year = words.partition(" ")
        number = self.SEASON_NUMBERS.get(name)
        return f"{four_digits(year)}-{number}" if number and number != "24" and re.fullmatch(self._Y, year) else None

    def _read_long_period(self, words: str) -> str | None:
        if match := self.DECADE.fullmatch(words):
            tens = match["tens"].zfill(3)
            return None if tens.endswith("0") else f"{tens}X"
        match = self.CENTURY.fullmatch(words)
        # The letters of both alphabets look the same.
        number = match and CENTURIES.get(match["roman"].replace("х", "x").replace("с", "c"))
        if not match or not number or number == 1:
            return None
        return f"{number - 1:02}" + ("0X" if match["part"] else "XX")

    def _read_night(self, words: str) -> str | None:
        """“в ночь на 17 сентября 1936”: from the day before to that day."""
        match = re.fullmatch(r"(?:в )?ночь на (.+)", words)
        day = match and self._read_date(match[1])
        evening = before(day) if day and len(day) == 10 else None
        return f"{evening.strip('[.]')}/{day}" if evening else None

    def _read_bound(self, words: str) -> str | None:
        for pattern, edtf in self.BOUNDS:
            match = re.fullmatch(pattern, words)
            point = match and self._read_point(match[1])
            if point and not (pattern.startswith("к ") and point.rstrip("?~%").endswith("X")):
                return edtf.replace("…", point)
        if (match := self.FROM.fullmatch(words)) and (plain := self._read_plain(match["point"])):
            point = plain + mark(match["q"], match["a"])
            return f"../{point}" if match["which"] == "по" else f"{point}/.."
        relation, _, rest = words.partition(" ")
        beside = {"до": before, "после": after}.get(relation)
        point = beside and self._read_point(rest)
        return beside(point) if point else None

    def _read_pair(self, words: str) -> str | None:
        """Two dates and what joins them: an interval, or a span after “между”."""
        if words.startswith("между "):
            pair = self._read_two(words.removeprefix("между ").split(" и "))
            return f"[{pair[0]}..{pair[1]}]" if pair else None
        if match := self.FROM_TO.fullmatch(words):
            pair = self._read_two([match["first"], match["last"]])
            marks = mark(match["q1"], match["a1"]), mark(match["q2"], match["a2"])
            return f"{pair[0]}{marks[0]}/{pair[1]}{marks[1]}" if pair else None
        if match := self.SHORT_YEARS.fullmatch(words):
            century, year, end = match.groups()
            return f"{century}{year}/{century}{end}"
        for dash in (re.compile(" [-–—] "), re.compile("[-–—]")):
            pair = self._read_two(dash.split(words))
            # With a dash it is not clear how far “около” reaches.
            if pair and not any(edtf.endswith(("?", "~", "%")) for edtf in pair):
                return "/".join(pair)
        return None

    def _read_shortened(self, words: str, next_edtf: str) -> str | None:
        """“16” before “17 сентября 1936”, or “октябрь” before “ноябрь 1936”."""
        following = parse(next_edtf).points[0]
        if not following or following.qualifier:
            return None
        year = self._year(following.earliest.year, GENITIVE)
        month = MONTHS[following.earliest.month - 1][GENITIVE]
        for whole in (f"{words} {year}", f"{words} {month} {year}"):
            edtf = self._read_point(whole)
            point = parse(edtf).points[0] if edtf else None
            if point and point.precision is following.precision and not point.qualifier:
                return edtf
        return None
