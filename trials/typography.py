"""Quotation marks, dashes and spaces as printers of each language set them.

Only what a typewriter knows is mended: straight quotation marks, hyphens in place of dashes, three dots, and spaces
at which a line must not break. Citations, links, code and marks of Markdown stay as they are. Mending twice is
mending once.
"""

import re
from dataclasses import dataclass

NO_BREAK = "\u00a0"
# Stands for a stretch that is left alone.
KEPT = "\ue000"
PROTECTED = re.compile(
    rf"""{KEPT}
    | \\.                                           # an escaped sign
    | \[@[^\]\n]{{0,200}}\]                         # a citation
    | \]\([^)\n]{{0,600}}\)                         # where a link leads
    | ^[ ]{{0,3}}\[[^\]\n]{{1,600}}\]:.*$
    | <[^>\s]{{1,600}}>
    | (?<!`)(?P<ticks>`++)[^`]++(?P=ticks)(?!`)     # code
    | (?:https?://|mailto:)[^\s)\]]++
    | ^[ ]{{0,3}}(?:(?:-[ \t]*+){{2,}}+|(?:\*[ \t]*+){{2,}}+|(?:_[ \t]*+){{2,}}+|=++)$  # a rule, a heading's line
    | ^(?:[ \t]*+(?:>|[-*+](?=[ \t])|[0-9]{{1,9}}[.)](?=[ \t])))++[ \t]*+  # what begins a list's item or a quotation
    """,
    re.MULTILINE | re.VERBOSE,
)
# Signs that may stand between a quotation mark and the word that it belongs to.
BESIDE = "*_" + KEPT
BEFORE_OPENING = re.compile(r"[\s(\[{/–—-]")
AFTER_OPENING = re.compile(r"[\w\[(«„“‘…§№$€£&@#]")
STRAIGHT = "'\""
CLOSING_SINGLE = re.compile(r"[\w.,!?…*_]'(?!\w)")
# How many signs are passed over beside a mark, and how far on the end of a quotation in single marks is looked for.
NEAR, FAR = 12, 500
DOTS = re.compile(r"(?<!\.)\.{3}(?!\.)")
YEARS = re.compile(r"(?<![\w./–-])([0-9]{4})-(?=[0-9]{4}(?![\w/–-]|\.\w))")
PAGES = re.compile(r"(\b(?:pp?|[сc]|S)\.[ \u00a0]?[0-9]+)-(?=[0-9]+(?![\w/–-]|\.\w))")
SPACES = re.compile(r"(?<=\S) {2,}(?=\S)")
INITIALS = re.compile(r"(?<!\w)(?P<kept>[A-ZА-ЯЁІЇЄҐ]\.) (?=[A-ZА-ЯЁІЇЄҐ])")


def _after(words: str) -> re.Pattern:
    return re.compile(rf"(?<![\w’'-])(?P<kept>(?:{words})) (?=\w)", re.IGNORECASE)


@dataclass(frozen=True)
class Habits:
    """How one language is set: its quotation marks outside and inside, its dash, and where a line does not break."""

    outer: str = ""
    inner: str = ""
    apostrophe: bool = False
    hyphen: re.Pattern = re.compile(r"(?<=\S) --?(?= \S)")
    dash: str = " –"
    together: tuple[re.Pattern, ...] = (INITIALS,)


_NUMBERED = r"(?P<kept>(?<!\w)(?:{})) (?=[0-9])"
_EAST_SLAVIC = {"outer": "«»", "inner": "„“", "hyphen": re.compile(r"(?<=\S)(?: (?:--?|–|—)|\u00a0(?:--?|–))(?= \S)")}
_EAST_SLAVIC["dash"] = f"{NO_BREAK}—"
LANGUAGES = {
    "en": Habits("“”", "‘’", True, together=(INITIALS, re.compile(_NUMBERED.format(r"pp?\.|[Nn]os?\.|[Vv]ol\.|§§?")))),
    "de": Habits("„“", "‚‘", True, together=(INITIALS, re.compile(_NUMBERED.format(r"S\.|Nr\.|Bd\.|§§?|Art\.")))),
    "ru": Habits(
        **_EAST_SLAVIC,
        together=(
            INITIALS,
            _after("в|во|и|к|ко|о|об|с|со|у|а|на|не|ни|но|по|до|за|из|от"),
            re.compile(r"(?P<kept>\w) (?=(?:же|бы|ли)(?!\w))"),
            re.compile(_NUMBERED.format(r"с\.|ст\.|т\.|л\.|№|§")),
            re.compile(
                r"(?P<kept>[0-9]) (?=(?:г\.|гг\.|в\.|вв\.|год|января|февраля|марта|апреля|мая|июня|июля|августа"
                r"|сентября|октября|ноября|декабря))"
            ),
        ),
    ),
    "uk": Habits(**_EAST_SLAVIC, apostrophe=True, together=(INITIALS, _after("в|у|з|із|і|й|та|до|на|не|за|по|від"))),
}
UNKNOWN = Habits()


def mend(words: str, language: str) -> str:
    """``words`` of prose with the quotation marks, dashes and spaces of ``language`` (a code).

    In a language that is not known here, quotation marks stay as they are.
    """
    habits = LANGUAGES.get(language.partition("-")[0].lower(), UNKNOWN)
    kept = []
    words = PROTECTED.sub(lambda match: kept.append(match[0]) or KEPT, words)
    words = SPACES.sub(" ", DOTS.sub("…", words))
    words = "\n\n".join(_quoted(paragraph, habits) for paragraph in words.split("\n\n"))
    words = PAGES.sub(r"\1–", YEARS.sub(r"\1–", words))
    words = habits.hyphen.sub(habits.dash, words)
    for pattern in habits.together:
        words = pattern.sub(rf"\g<kept>{NO_BREAK}", words)
    stretches = iter(kept)
    return re.sub(KEPT, lambda _match: next(stretches), words)


def _quoted(words: str, habits: Habits) -> str:
    """A paragraph with its straight quotation marks and apostrophes set."""
    mended, open_marks = [], []
    for place, sign in enumerate(words):
        if sign in STRAIGHT:
            before = _first(mended[: -NEAR - 1 : -1], BESIDE)
            after = _first(words[place + 1 : place + NEAR], BESIDE + STRAIGHT)
            set_mark = _double if sign == '"' else _single
            sign = set_mark(before, after, words[place + 1 : place + FAR], habits, open_marks)
        else:
            _follow(sign, habits, open_marks)
        mended.append(sign)
    return "".join(mended)


def _first(signs, passed: str) -> str:
    """The first sign that is not passed over; '' if there is none."""
    return next((sign for sign in signs if sign not in passed), "")


def _follow(sign: str, habits: Habits, open_marks: list):
    """Remember which marks are open, as the text already has them."""
    for marks in filter(None, (habits.outer, habits.inner)):
        if open_marks and open_marks[-1] == sign == marks[1]:
            open_marks.pop()
            return
        if sign == marks[0]:
            open_marks.append(marks[1])
            return


def _opens(before: str, after: str, habits: Habits) -> bool:
    starts = not before or BEFORE_OPENING.match(before) or before in (habits.outer[:1], habits.inner[:1])
    return bool(starts and after and AFTER_OPENING.match(after))


def _double(before, after, rest, habits, open_marks) -> str:
    if not habits.outer:
        return '"'
    if _opens(before, after, habits):
        marks = habits.inner if habits.outer[1] in open_marks else habits.outer
        open_marks.append(marks[1])
        return marks[0]
    return open_marks.pop() if open_marks else '"'


def _single(before, after, rest, habits, open_marks) -> str:
    if not habits.apostrophe:
        return "'"
    if before.isalpha() and after.isalpha() and rest[:1] == after:
        return "’"
    if habits.inner != "‘’":
        return "'"
    if _opens(before, after, habits):
        if after.isalpha() and CLOSING_SINGLE.search(rest):
            open_marks.append("’")
            return "‘"
        return "’"
    if open_marks and open_marks[-1] == "’":
        return open_marks.pop()
    return "’" if before.isalpha() or (before.isdigit() and after.isalpha() and rest[:1] == after) else "'"
