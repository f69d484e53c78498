"""The words of the shipped exhibit, held against the facts that they rest on, and against its own rules.

Each check takes a document and returns what is wrong with it, a line for each fault that names the record.
Each is tried twice: on the exhibit, where it must find nothing, and on the exhibit with something broken.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from inspect import isfunction
from pathlib import Path
from typing import get_args
from urllib.parse import unquote

import pytest

from tests import cases
from trials import prose
from trials.editions.document import Document, Item, loads
from trials.languages import Text
from trials.models import Confidence, Standing

HERE = Path(__file__).parent / "facts"
FACTS = json.loads((HERE / "second-moscow-trial.json").read_bytes())
FRAGMENTS = set(json.loads((HERE / "never-on-the-wall.json").read_bytes())["fragments"])
LENGTHS = {len(fragment.split()) for fragment in FRAGMENTS}
# Its words in the main language; tests/test_russian.py compares the translation with them.
CONTENT = cases.in_english(cases.SHIPPED.read_bytes())

# The dates that must be all there, and apart.
KINDS = ("birth", "arrest", "confession", "plea", "sentence", "death", "rehabilitation")
RANK = {Confidence.LOW: 0, Confidence.MEDIUM: 1, Confidence.HIGH: 2}
STORY = [
    "What happened?",
    "Why does it matter?",
    "How the confessions were made",
    "What was alleged, what is known",
    "The outcome decided beforehand",
    "The world watching",
    "Afterwards",
]
MONTHS = ("January February March April May June July August September October November December").split()


# Reading a document.


def texts(document, kind=Text) -> list[tuple[str, str]]:
    """Every text (or plain string, where ``kind`` is str) of a document, with the place where it stands."""
    found = []

    def look(value, place):
        if isinstance(value, kind):
            found.extend((place, text) for text in (value.values() if kind is Text else [str(value)]))
        elif isinstance(value, Item):
            for name in type(value).model_fields:
                if field := value.__dict__[name]:
                    # The title of somebody else's work is none of the exhibit's own words.
                    look(str(field) if name == "reference" else field, f"{place}.{name}" if place else name)
        elif isinstance(value, list):
            for index, entry in enumerate(value):
                fields = getattr(entry, "__dict__", {})
                look(entry, f"{place}[{fields.get('key') or fields.get('kind') or index}]")

    look(document, "")
    return found


plain = cache(prose.to_plain)


@cache
def paragraphs(source: str) -> list[str]:
    """The paragraphs, headings and list items of a text, without marks and citations."""
    blocks = re.split(r"\n[ \t]*\n|\n(?=[-*>#] )", source)
    return [block for block in map(plain, blocks) if block]


@cache
def sentences(source: str) -> list[str]:
    """The sentences of a text, without marks and citations; initials and page numbers end none."""
    end = r"(?<=[.?!])(?<!\b[A-ZА-Я]\.)(?<!\bp\.)(?<!\bpp\.)\s+|(?<=[.?!]”)\s+"
    return [sentence for block in paragraphs(source) for sentence in re.split(end, block) if sentence]


@cache
def references(source: str) -> list[prose.Reference]:
    """What a text cites and links to."""
    return prose.references(source)


def every_sentence(document) -> Iterator[tuple[str, str]]:
    """Each sentence of the exhibit with the place where it stands."""
    return ((place, sentence) for place, text in texts(document) for sentence in sentences(text))


def own_texts(item) -> list[str]:
    """The texts of a record itself, not of its parts."""
    fields = (getattr(item, name) for name in type(item).model_fields)
    return [value for field in fields if isinstance(field, Text) for value in field.values()]


def statements(document) -> Iterator[tuple[str, Item]]:
    """Everything that states something and can be cited, with its place."""
    for part in ("key_points", "sections", "charges", "timeline", "places", "disputes", "terms"):
        yield from ((f"{part}[{record.key}]", record) for record in getattr(document, part))
    for entry in document.timeline:
        yield from ((f"timeline[{entry.key}].sittings[{s.time}]", s) for s in entry.sittings)
    for person in document.people:
        place = f"people[{person.key}]"
        if person.defendant:
            yield f"{place}.defendant", person.defendant
        for name in ("parts", "connections", "facts"):
            for index, record in enumerate(getattr(person, name)):
                here = f"{place}.{name}[{index}]"
                yield here, record
                yield from ((f"{here}.readings", reading) for reading in getattr(record, "readings", ()))


def is_cited(item) -> bool:
    """Whether a record cites a source, in its list or in its words."""
    cited = any(reference.cited for text in own_texts(item) for reference in references(text))
    return bool(item.citations) or cited


def people(document) -> list[tuple[str, dict, Item]]:
    """Each person with what the facts say: key, facts, record (or None)."""
    known = FACTS["defendants"] | FACTS["people"]
    return [(key, facts, document.records["people"].get(key)) for key, facts in known.items()]


def accused(document) -> list[tuple[str, dict, Item]]:
    """As `people`, of the defendants only, in their order."""
    rows = [(key, facts, person) for key, facts, person in people(document) if key in FACTS["defendants"]]
    return [row for row in rows if row[2] and row[2].defendant]


def core(facts) -> list:
    """The facts of the kinds that must be complete, as the data file writes them, in one order."""
    return sorted(facts, key=lambda fact: (KINDS.index(fact[0]), fact[1]))


def folded(words: str) -> str:
    """A spelling without the kind of its apostrophes."""
    return re.sub("[’ʼ]", "'", words)


# What is checked.


def names(document):
    """Everyone has the name and every spelling that the facts list; nobody else is there."""
    faults = []
    known = FACTS["defendants"] | FACTS["people"]
    if set(document.records["people"]) != set(known):
        faults.append(f"people: {sorted(set(document.records['people']) ^ set(known))}")
    for key, facts, person in people(document):
        if not person:
            continue
        spelled = {folded(name.spelling) for name in person.names} | {folded(str(person.name))}
        by_kind = {(name.kind, name.language, folded(name.spelling)) for name in person.names}
        wanted = [*facts.get("names", [facts.get("name")]), *facts.get("spellings", ())]
        faults += [f"{key}: {spelling}" for spelling in wanted if folded(spelling) not in spelled]
        if ("original", "ru", folded(facts["original"])) not in by_kind:
            faults.append(f"{key}: original {facts['original']}")
        for language, spelling in facts.get("court_report", {}).items():
            if ("court-report", language, folded(spelling)) not in by_kind:
                faults.append(f"{key}: court report ({language}) {spelling}")
        library = {spelling for kind, _language, spelling in by_kind if kind == "library"}
        faults += [f"{key}: library {form}" for form in facts.get("library", ()) if folded(form) not in library]
    return faults


def order(document):
    """Seventeen defendants, numbered as in the indictment."""
    found = [(person.defendant.number, person.key) for person in document.defendants]
    return [] if found == [(f["number"], key) for key, f in FACTS["defendants"].items()] else [str(found)]


def verdicts(document):
    """Everyone is found guilty, and sentenced to what the facts say; the annulment is said beside it."""
    faults = []
    for key, facts, person in accused(document):
        part, kind = person.defendant, facts["sentence"]
        wanted = ("prison", kind[1]) if isinstance(kind, list) else (kind, None)
        if (part.sentence, part.sentence_years) != wanted:
            faults.append(f"{key}: sentence {part.sentence} {part.sentence_years}")
        if part.verdict != "guilty" or "nnulled" not in str(part.verdict_note):
            faults.append(f"{key}: verdict {part.verdict}, “{part.verdict_note}”")
    return faults


def pleas(document):
    """Everyone pleaded guilty under coercion, and a fact of its own says so."""
    faults = []
    for key, _facts, person in accused(document):
        plea, statement = person.fact("plea"), person.fact("confession")
        if person.defendant.plea != "guilty" or not plea or plea.standing != Standing.COERCED:
            faults.append(f"{key}: plea {person.defendant.plea}, {plea and plea.standing}")
        said = [str(person.defendant.plea_note), str(plea and plea.words), str(statement and statement.words)]
        faults += [f"{key}: {words}" for words in said if "coerc" not in words]
    return faults


def counsel(document):
    """Only three had counsel, each his own; of the others it is said that they had none."""
    faults = []
    for key, facts, person in accused(document):
        part = person.defendant
        if part.counsel != facts["counsel"] or not (part.counsel or "None" in str(part.counsel_note)):
            faults.append(f"{key}: counsel {part.counsel}, “{part.counsel_note}”")
    return faults


def fates(document):
    """The line about each one's end gives the day of the death, with its doubt where there is one."""
    faults = []
    for key, facts, person in accused(document):
        date = next(fact[1] for fact in facts["facts"] if fact[0] == "death")
        year, month, day = re.match(r"(\d+)-(\d+)-(\d+)", date).groups()
        words, spoken = str(person.defendant.fate), f"{int(day)} {MONTHS[int(month) - 1]} {year}"
        if spoken not in words or ("probably" in words) != ("?" in date):
            faults.append(f"{key}: “{words}”, but {date}")
        deed = "hot" if year in ("1937", "1941") else r"illed in prison|urdered in prison"
        if not re.search(deed, words):
            faults.append(f"{key}: “{words}”")
    return faults


def endurance(document):
    """How long someone held out is said as the review of 1989 counted it."""
    rows = [(key, facts["held_out"], str(person.defendant.held_out)) for key, facts, person in accused(document)]
    return [f"{key}: “{said}”" for key, held, said in rows if held and not said.replace(" and ", " ").startswith(held)]


def dates_of_people(document):
    """Birth, arrest, first statement, plea, sentence, death and annulment: all, no others, on their dates."""
    faults = []
    for key, facts, person in people(document):
        if not person:
            continue
        wanted = core([[kind, date, sorted(other)] for kind, date, other, *_rest in facts["facts"]])
        found = core(
            [fact.kind.value, fact.date, sorted(reading.date for reading in fact.readings if reading.date)]
            for fact in person.facts
            if fact.kind in KINDS
        )
        if found != wanted:
            less = [fact for fact in wanted if fact not in found]
            more = [fact for fact in found if fact not in wanted]
            faults.append(f"{key}: missing {less}, instead {more}")
    return faults


def other_dates(document):
    """What else is dated in a life stands among the facts with that date; a party's decision never is."""
    faults = []
    for key, facts, person in people(document):
        known = {(kind, date) for kind, date, *_rest in facts["more"]}
        for fact in person.facts if person else ():
            if fact.kind not in KINDS and fact.date and (fact.kind, fact.date) not in known:
                faults.append(f"{key}: {fact.kind} {fact.date}")
    return faults


def events(document):
    """The timeline has the events of the facts, on their dates."""
    found = {entry.key: entry.date for entry in document.timeline}
    wanted = {key: date for key, (date, *_rest) in FACTS["events"].items()}
    return [
        f"{key}: {found.get(key)} instead of {wanted.get(key)}"
        for key in sorted(found.keys() | wanted.keys())
        if found.get(key) != wanted.get(key)
    ]


def sittings(document):
    """The sittings of each day, with the pages of the court report on which their parts begin."""
    faults = []
    found = {entry.date: entry for entry in document.timeline if entry.sittings}
    for date, wanted in FACTS["timetable"].items():
        pages = {}
        for sitting in found[date].sittings if date in found else ():
            cited = [reference for text in own_texts(sitting) for reference in references(text)]
            marks = [(c.key, c.locator) for c in cited] + [(c.source, c.locator) for c in sitting.citations]
            pages[sitting.time] = [int(place[3:]) for key, place in marks if key == "court-en"]
        if pages != wanted:
            faults.append(f"{date}: {pages} instead of {wanted}")
    return faults


def four_dates(document):
    """Arrest, sentence, death and annulment are facts of their own for each; two men have two of some."""
    faults = []
    for key, _facts, person in accused(document):
        number = Counter(fact.kind.value for fact in person.facts)
        twice = 2 if key in ("arnold", "stroilov") else 1
        wanted = {"arrest": 1, "sentence": twice, "death": 1, "rehabilitation": twice}
        found = {kind: number[kind] for kind in wanted}
        if found != wanted:
            faults.append(f"{key}: {found}")
        faults += [
            f"{key}: party {fact.date}" for fact in person.facts if fact.kind == "party" and fact.date[:1] not in "X"
        ]
    return faults


# Sections that say how to read a page, and state nothing about the past that their page does not cite.
WITHOUT_SOURCES = {f"sections[about-the-{page}]" for page in ("timeline", "sources", "words")}
NOT_READ = re.compile(r"not (?:been )?verified|not (?:been )?read|have not read|not among our sources", re.I)


def citations(document):
    """Every statement cites a source, or is marked as not verified."""
    return [
        f"{place}: no source"
        for place, record in statements(document)
        if not is_cited(record)
        and getattr(record, "standing", None) != Standing.UNVERIFIED
        and place not in WITHOUT_SOURCES
        and not (place.endswith(".readings") and NOT_READ.search(str(record.words)))
    ]


def cited_paragraphs(document):
    """Each paragraph of a life or of a section cites a source, or leads to the record that does."""
    bodies = [(f"people[{person.key}].life", person.life) for person in document.people]
    bodies += [
        (f"sections[{section.key}]", section.body)
        for section in document.sections
        if f"sections[{section.key}]" not in WITHOUT_SOURCES
    ]
    return [
        f"{place}: {prose.to_plain(block)}"
        for place, body in bodies
        for text in body.values()
        for block in re.split(r"\n[ \t]*\n", text)
        if not block.startswith(("#", "- ")) and not any(r.kind != "outside" for r in references(block))
    ]


def bold(item, basis, confidence, standing="standing") -> str:
    """What ``item`` claims beyond its basis and confidence, or nothing."""
    standing = getattr(item, standing)
    if basis in ("unverified", "coerced", "disputed") and standing != basis:
        return f"{standing}, but {basis}"
    said = getattr(item, "note", None) or any(
        NOT_READ.search(str(reading.words)) for reading in getattr(item, "readings", ())
    )
    if basis == "partly" and standing == Standing.DOCUMENTED and not said:
        return "documented without a note, but only partly verified"
    if confidence and RANK[item.confidence] > RANK[confidence]:
        return f"confidence {item.confidence}, but {confidence}"
    return ""


# Moscow as the capital was looked up nowhere; as the seat of the trial, which is what is said, it is documented.
WORDED_OTHERWISE = {"moscow"}


def standings(document):
    """Nothing claims to be better established than it is."""
    claims = []
    for key, facts, person in people(document):
        known = {(kind, date): (basis, sure) for kind, date, _other, basis, sure in facts["facts"]}
        known |= {(kind, date): (basis, sure) for kind, date, basis, sure in facts["more"]}
        for fact in person.facts if person else ():
            basis, sure = known.get((fact.kind.value, fact.date), ("verified", "high"))
            claims.append((f"{key}: {fact.kind} {fact.date}", bold(fact, basis, sure)))
    for entry in document.timeline:
        _date, basis, sure = FACTS["events"].get(entry.key, ("", "verified", "high"))
        claims.append((f"timeline[{entry.key}]", bold(entry, basis, sure)))
    for place in document.places:
        latitude, longitude, precision, mark, basis = FACTS["places"].get(place.key, [None] * 5)
        if (place.latitude, place.longitude, place.precision) != (latitude, longitude, precision):
            claims.append((f"places[{place.key}]", f"at {place.latitude}, {place.longitude}, {place.precision}"))
        if place.key not in WORDED_OTHERWISE:
            claims.append((f"places[{place.key}]", bold(place, basis, None)))
        claims.append((f"places[{place.key}] position", bold(place, mark, None, "coordinates_standing")))
    claims += [(f"terms[{t.key}]", bold(t, FACTS["terms"].get(t.key), None)) for t in document.terms]
    claims += [
        (f"disputes[{d.key}]", "" if NOT_READ.search(f"{d.words} {d.answer}") else "does not say: not verified")
        for d in document.disputes
        if FACTS["disputes"].get(d.key) == "unverified"
    ]
    return [f"{place}: {fault}" for place, fault in claims if fault]


def completeness(document):
    """The places, words and disputed questions of the facts are there, and no others."""
    return [
        f"{part}: {sorted(document.records[part].keys() ^ FACTS[part].keys())}"
        for part in ("places", "terms", "disputes")
        if document.records[part].keys() != FACTS[part].keys()
    ]


def cited_sources(document):
    """Every source is cited, and every citation finds its source."""
    cited = {text for place, text in texts(document, str) if place.endswith(".source")}
    cited |= {r.key for _place, text in texts(document) for r in references(text) if r.cited}
    return [f"{key}: cited nowhere, or not there" for key in sorted(cited ^ document.records["sources"].keys())]


def links(document):
    """An address is given only where it may be linked; no source is said to be better known than it is."""
    faults = []
    seen = ["not-seen", "exists", "passage"]
    for source in document.sources:
        how, allowed = FACTS["sources"].get(source.key, ["not-seen", []])
        if source.url and unquote(source.url) not in map(unquote, allowed):
            faults.append(f"{source.key}: {source.url}")
        if seen.index(source.consulted) > seen.index(how):
            faults.append(f"{source.key}: {source.consulted}, but {how}")
    outside = [(p, r.key) for p, text in texts(document) for r in references(text) if r.kind == "outside"]
    return faults + [f"{place}: {address}" for place, address in outside]


CONFESSING = re.compile(r"\b(?:confess|admit|plead)", re.I)
COERCION = re.compile(r"\b(?:coerc|forced|tortur)", re.I)
# Reviewed: the heading of the section that tells of the coercion.
CONFESSING_AS_IT_IS = {"How the confessions were made"}


def coercion(document):
    """Whoever is said to confess, admit or plead is said, in the same sentence, to be under coercion."""
    return [
        f"{place}: {sentence}"
        for place, sentence in every_sentence(document)
        if CONFESSING.search(sentence) and not COERCION.search(sentence) and sentence not in CONFESSING_AS_IT_IS
    ]


CRIME = re.compile(
    r"\b(?:wreck(?!s\b)|sabot|sp(?:y|ies|ied|ying)\b|espionage|terroris|treason|traitor|betray|plot(?:s|t\w+)?\b"
    r"|conspir|diversion|crime|assassin|attempt|flew\b|flight\b)",
    re.I,
)
MARKED = re.compile(
    # said by the prosecution,
    r"alleg|accus|(?<!in )\bcharge|prosecution|indictment|suppos|\bcalled\b|coerc"
    # found untrue,
    r"|false|invent|fabricat|baseless|refut|\bden(?:y|ies|ied)\b|reject|slander|frame|untrue|unproved|imagin"
    r"|\bnever (?:took|taken|happened|existed)|\bno (?:evidence|crime|attempt)\b"
    # or about the law, and not about a deed.
    r"|Soviet law|\blegal (?:term|word|label)|criminal code",
    re.I,
)
# Reviewed, one by one: a new sentence is not among them.
CRIME_AS_IT_IS = {
    # The same paragraph says that it is untrue.
    "The flight",
    "The sabotage was not.",
    "That real dissent now served as proof of treason.",
    "None of that is terror, sabotage, spying or treason.",
    "The court spared four men on the stated ground that they took no direct part in terrorism or sabotage.",
    "The court said that the four had taken no direct part in acts of terror or wrecking.",
    # What the prisoners were told to say, or said against it.
    "By his own later account, Valentin Arnold was told to choose: spy or terrorist.",
    "After Arnold’s arrest in November 1936 an interrogator told him to choose: spy or terrorist.",
    "An interrogator told him to choose between being a spy and being a terrorist.",
    "In court he objected that a spy could not have Trotskyist convictions at all.",
    "Pyatakov was examined at both sittings and made to tell of a flight to Norway.",
    "Brought from custody on the evening of 23 January to support the story of a flight to Norway.",
    # What others claimed.
    "He reported that a conspiracy had been proved.",
    "He attended, without Russian, and reported that a conspiracy had been proved.",
    "His ambassador, Joseph Davies, reported that a conspiracy had been proved.",
    "Some who defend the verdict still claim that the flight took place.",
    "Unsafe conditions were well known, but the secret police declared it sabotage.",
    # What really happened.
    "A train was wrecked at this station.",
    "killed, according to a later inquiry, in a plot organised by",
    # What the law called so.
    "This trial used 58-1a (treason), 58-8 (terrorist acts), 58-9 (sabotage) and 58-11 (organisation).",
    "It tried cases of treason and terrorism, also against civilians.",
}


def allegations(document):
    """A crime is named only as alleged, or as untrue; names of charges and headwords are names."""
    faults = [
        f"{place}: {sentence}"
        for place, sentence in every_sentence(document)
        if CRIME.search(sentence)
        and not MARKED.search(sentence)
        and sentence not in CRIME_AS_IT_IS
        and not re.fullmatch(r"charges\[[\w-]+\]\.title|terms\[[\w-]+\]\.term", place)
    ]
    for place, record in statements(document):
        if hasattr(record, "known"):
            if not re.search(r"alleg|accus", str(record.alleged)):
                faults.append(f"{place}: alleged, without the word: {record.alleged}")
            if not re.search(r"false|invent|fabricat|baseless|refut", str(record.known)):
                faults.append(f"{place}: not said to be false: {record.known}")
    return faults


def governing_sentences(document):
    """The exhibit says once, beside everything, that the charges were fabricated and the confessions coerced."""
    notice = str(document.notice)
    return [word for word in ("All charges", "fabricated", "all confessions", "coercion") if word not in notice]


# Words that are spoken of, titles, and terms of the case. None of them is a quotation.
IN_QUOTATION_MARKS = {
    *("Anti-Soviet Trotskyist Centre", "parallel centre", "reserve centre", "Trotskyist centre", "centre"),
    *("parallel", "reserve", "Little Sovnarkom", "Trotskyist", "Trotskyite", "-ite", "diversion", "purge", "terror"),
    *("counter-revolutionary crimes", "no foreign aircraft", "Not verified", "Probably", "about", "Georgy", "Yuri"),
    *("Kynazev", "Ratanchak", "Nushin E. E.", "Hraše", "Y. D.", "I. Y.", "И. Д.", "И. И."),
}


def quotations(document):
    """Nothing is quoted: quotation marks stand around known words only."""
    found = [(p, s) for p, text in texts(document) for s in re.findall(r"“([^”]*)”?|«([^»]*)»?", plain(text))]
    faults = [f"{place}: “{''.join(span)}”" for place, span in found if "".join(span) not in IN_QUOTATION_MARKS]
    return faults + [
        f"{place}: a block quotation" for place, text in texts(document) if re.search(r"^\s*>", text, re.M)
    ]


def soviet_words(document):
    """The hostile form of Trotsky's name for his followers stands in titles and in its own entry, nowhere else."""
    found = [*texts(document), *texts(document, str)]
    may = re.compile(r"sources\[[\w-]+\]\.(?:reference|label)|terms\[trotskyist\]\.(?:term|definition)")
    return [f"{p}: {text}" for p, text in found if re.search("trotskyit", text, re.I) and not may.fullmatch(p)]


AMERICAN = re.compile(
    r"(?:color|honor(?!ific)|labor(?!at|io)|\bcenter|organiz|recogniz|realiz|criticiz|analyz|emphasiz|apologiz"
    r"|\bdefense|\bprogram\b|theater|travel(?:ed|er|ing)\b|favor|judgement|neighbor|\bfulfill|skeptic|\bcatalog\b"
    r"|\bgray\b|rumor|\btoward\b|\bpercent\b|\bgotten\b|\bcanceled|\bkilometer)\w*",
    re.I,
)


def spelling(document):
    """The exhibit is spelled as in Britain."""
    return [f"{place}: {m[0]}" for place, text in texts(document) for m in AMERICAN.finditer(text)]


@cache
def without_addresses(text: str) -> str:
    """A text with neither addresses nor numbers of books in it."""
    return re.sub(r"\]\([^)]*\)|ISBN [\d-]+|https?://\S+", "]", text)


def typography(document):
    """Curly quotation marks, single spaces, en dashes in ranges, no exclamation marks."""
    lines = re.compile(r"(?:^|\.)(?:reference|sort_name|identity|locator|name_then|original|date_as_written)$")
    own = list(texts(document))
    # Titles of others keep their own marks, and transliterated names the signs of their system.
    printed = own + [(place, text) for place, text in texts(document, str) if lines.search(place)]
    rules = [
        (printed, r"['\"`´]", "a straight mark"),
        (printed, r"[ \t]{2}|[ \t]$|^[ \t]|[ \t\n][,;:?!](?:\s|$)", "a stray space"),
        (printed, r"(?<![\w-])(?!58-)\d+-\d+(?![\w-])", "a hyphen in a range"),
        (printed, r"--|\S[ ]-[ ]|\s–\d|\d–\s|\.\.\.", "a wrong dash or dots"),
        (own, r"!", "an exclamation mark"),
    ]
    return [
        f"{place}: {fault}: {text[max(0, match.start() - 40) : match.end() + 40]!r}"
        for where, pattern, fault in rules
        for place, text in where
        for match in re.finditer(pattern, without_addresses(text), re.M)
    ]


def budgets(document):
    """The lede is short; no paragraph has more than 100 words, no sentence more than 25; four key points."""
    faults = []
    if len(prose.to_plain(str(document.lede)).split()) >= 60:
        faults.append("lede: 60 words or more")
    if len(document.key_points) != 4:
        faults.append(f"key_points: {len(document.key_points)}")
    for place, text in texts(document):
        faults += [f"{place}: {len(p.split())} words: {p}" for p in paragraphs(text) if len(p.split()) > 100]
        faults += [f"{place}: {len(s.split())} words: {s}" for s in sentences(text) if len(s.split()) > 25]
    return faults


def headings(document):
    """The story has its seven headings in their order."""
    found = [str(section.heading) for section in document.sections if section.page == "story"]
    return [] if found == STORY else [str(found)]


def alleged_events(document):
    """What was only alleged is marked, stands alone, and is nowhere a fact of someone's life."""
    marked = (Standing.ALLEGED, Standing.REFUTED)
    faults = [f"timeline: {e.key}" for e in document.timeline if e.alleged != (e.key in FACTS["alleged_events"])]
    faults += [
        f"{place}: {record.standing}"
        for place, record in statements(document)
        if getattr(record, "standing", None) in marked and not place.startswith("timeline[")
    ]
    for entry in document.timeline:
        if entry.alleged and not re.search(
            r"alleg.*never|never.*alleg", f"{entry.title} {entry.words} {entry.title}", re.S
        ):
            faults.append(f"timeline[{entry.key}]: not said to be alleged, and never to have happened")
        if entry.date.startswith("1935-12") and not entry.alleged:
            faults.append(f"timeline[{entry.key}]: on the date of the flight")
    landing = re.compile(r"\b(?:flew|flight|Kjeller|Oslo|Norway)\b")
    for key, _facts, person in accused(document):
        faults += [
            f"{key}: {fact.kind} {fact.date}: {fact.words}"
            for fact in person.facts
            if landing.search(str(fact.words)) or fact.date.startswith("1935-12")
        ]
    for place in document.places:
        if place.key == "kjeller" and not re.search(r"did not|never", str(place.words)):
            faults.append("places[kjeller]: not said that nobody landed")
    return faults


def working_notes(document):
    """No working note and no instruction to the writers stands in any text."""
    found = [*texts(document), *texts(document, str)]
    return [f"{place}: {fragment}" for place, text in found for fragment in fragments(text)]


@cache
def fragments(text: str) -> list[str]:
    """The fragments of notes in a text."""
    words = re.findall(r"[^\W_]+(?:'[^\W_]+)*", plain(text).replace("’", "'").lower())
    runs = {" ".join(words[n : n + size]) for size in LENGTHS for n in range(len(words) - size + 1)}
    return sorted(runs & FRAGMENTS)


def english(document):
    """Every text is there in English, and everyone has a summary and is told of."""
    faults = []

    def look(item, place):
        for name in type(item).model_fields:
            value, here = getattr(item, name), f"{place}.{name}".lstrip(".")
            if isinstance(value, Text) and value and not value.get("en", "").strip():
                faults.append(f"{here}: no English")
            for entry in value if isinstance(value, list) else [value]:
                if isinstance(entry, Item):
                    look(entry, f"{here}[{getattr(entry, 'key', '')}]")

    look(document, "")
    faults += [f"people[{p.key}]: no summary" for p in document.people if not str(p.summary).strip()]
    told = {p.key for p in document.people if p.life or any(part.words for part in p.parts)}
    return faults + [f"people[{p.key}]: nothing is told" for p in document.people if p.key not in told]


# The exhibit.


@pytest.fixture
def exhibit():
    return whole()


def finds_nothing(check, document):
    """Fails with a line for each fault that ``check`` finds."""
    faults = check(document)
    assert not faults, "\n".join([check.__doc__, *faults])


def test_seventeen_were_accused_and_stand_in_the_order_of_the_indictment(exhibit):
    assert len(exhibit.defendants) == 17
    finds_nothing(order, exhibit)


def test_everyone_has_the_right_name_in_english_and_cyrillic_and_every_spelling(exhibit):
    finds_nothing(names, exhibit)


def test_thirteen_were_condemned_to_death_three_to_ten_years_and_one_to_eight(exhibit):
    given = {}
    for person in exhibit.defendants:
        given.setdefault(person.defendant.sentence_years, []).append(person.key)
    assert len(given[None]) == 13 and given[8] == ["stroilov"]
    assert given[10] == ["radek", "sokolnikov", "arnold"]
    finds_nothing(verdicts, exhibit)


def test_everyone_pleaded_guilty_and_the_plea_is_marked_as_coerced(exhibit):
    finds_nothing(pleas, exhibit)


def test_exactly_three_had_counsel(exhibit):
    defended = [(p.key, p.defendant.counsel) for p in exhibit.defendants if p.defendant.counsel]
    assert defended == [("knyazev", "braude"), ("pushin", "kommodov"), ("arnold", "kaznacheev")]
    finds_nothing(counsel, exhibit)


def test_every_fate_is_told_with_its_day_and_its_doubt(exhibit):
    ends = Counter(person.fact("death").date.rstrip("?") for person in exhibit.defendants)
    assert ends == {"1937-02-01": 13, "1939-05-19": 1, "1939-05-21": 1, "1941-09-11": 2}
    finds_nothing(fates, exhibit)


def test_how_long_they_held_out_is_said_as_it_was_counted(exhibit):
    finds_nothing(endurance, exhibit)


def test_birth_arrest_statement_sentence_death_and_annulment_have_their_dates_and_other_readings(exhibit):
    finds_nothing(dates_of_people, exhibit)


def test_whatever_else_is_dated_in_a_life_has_its_date(exhibit):
    finds_nothing(other_dates, exhibit)


def test_every_event_is_there_on_its_date(exhibit):
    finds_nothing(events, exhibit)


def test_every_sitting_has_the_pages_of_the_court_report(exhibit):
    finds_nothing(sittings, exhibit)


def test_arrest_sentence_death_and_annulment_are_kept_apart_and_both_judgments_of_two_men(exhibit):
    finds_nothing(four_dates, exhibit)


def test_every_statement_cites_a_source_or_is_marked_as_not_verified(exhibit):
    finds_nothing(citations, exhibit)


def test_every_paragraph_cites_a_source_or_leads_to_what_does(exhibit):
    finds_nothing(cited_paragraphs, exhibit)


def test_nothing_claims_to_be_better_established_than_it_is(exhibit):
    finds_nothing(standings, exhibit)


def test_all_places_terms_and_disputes_are_there(exhibit):
    finds_nothing(completeness, exhibit)


def test_every_source_is_cited_and_every_citation_has_its_source(exhibit):
    finds_nothing(cited_sources, exhibit)


def test_only_addresses_that_may_be_linked_are_given(exhibit):
    finds_nothing(links, exhibit)


def test_whoever_confesses_admits_or_pleads_is_said_to_be_under_coercion_in_the_same_sentence(exhibit):
    finds_nothing(coercion, exhibit)


def test_every_sentence_that_names_a_crime_marks_it_as_alleged_or_untrue(exhibit):
    finds_nothing(allegations, exhibit)


def test_the_notice_says_that_charges_were_fabricated_and_confessions_coerced(exhibit):
    finds_nothing(governing_sentences, exhibit)


def test_what_was_only_alleged_is_marked_and_is_nobodys_fact(exhibit):
    finds_nothing(alleged_events, exhibit)


def test_nothing_is_quoted(exhibit):
    finds_nothing(quotations, exhibit)


def test_the_hostile_word_stands_in_titles_alone(exhibit):
    finds_nothing(soviet_words, exhibit)


def test_no_working_note_or_instruction_hangs_on_the_wall(exhibit):
    finds_nothing(working_notes, exhibit)


def test_the_spelling_is_british(exhibit):
    finds_nothing(spelling, exhibit)


def test_quotation_marks_spaces_and_dashes_are_those_of_print(exhibit):
    finds_nothing(typography, exhibit)


def test_lede_paragraphs_sentences_and_key_points_keep_their_measure(exhibit):
    finds_nothing(budgets, exhibit)


def test_the_story_has_its_seven_headings_in_order(exhibit):
    finds_nothing(headings, exhibit)


def test_no_text_is_missing_in_english(exhibit):
    finds_nothing(english, exhibit)


# The tests see it.


def record(content, part, key):
    """One record of plain content."""
    return next(record for record in content[part] if record["key"] == key)


def person(content, key):
    """One person of plain content."""
    return record(content, "people", key)


def fact(content, key, kind, number=0):
    """One fact of a person of plain content."""
    return [fact for fact in person(content, key)["facts"] if fact["kind"] == kind][number]


def says(content, words):
    """Add ``words`` to the life of Radek."""
    person(content, "radek")["life"]["en"] += f" {words}"


def swap(content):
    """Give Radek and Sokolnikov each other's number."""
    first, second = (person(content, key)["defendant"] for key in ("radek", "sokolnikov"))
    first["number"], second["number"] = second["number"], first["number"]


def uncite(item):
    """Take every citation from a record of plain content."""
    item.pop("citations", None)
    for name, value in item.items():
        if isinstance(value, dict) and "en" in value:
            value["en"] = prose.CITATION.sub("", value["en"])
        elif name not in ("key",) and isinstance(value, list):
            for entry in filter(lambda entry: isinstance(entry, dict), value):
                uncite(entry)


BROKEN = [
    (order, swap),
    (order, lambda c: person(c, "arnold").pop("defendant")),
    (names, lambda c: person(c, "muralov")["names"].pop()),
    (names, lambda c: person(c, "radek")["names"][1].update(spelling="Радек Карл")),
    (names, lambda c: person(c, "hrasche")["names"][2].update(kind="other")),
    (names, lambda c: c["people"].append({**person(c, "stein"), "key": "somebody"})),
    (verdicts, lambda c: person(c, "stroilov")["defendant"].update(sentence_years=10)),
    (verdicts, lambda c: person(c, "pushin")["defendant"].pop("verdict_note")),
    (pleas, lambda c: fact(c, "norkin", "plea").pop("standing")),
    (pleas, lambda c: fact(c, "norkin", "confession").update(words={"en": "He told all."})),
    (counsel, lambda c: person(c, "turok")["defendant"].update(counsel="braude")),
    (counsel, lambda c: person(c, "turok")["defendant"].pop("counsel_note")),
    (fates, lambda c: person(c, "drobnis")["defendant"].update(fate={"en": "Shot on 1 February 1937"})),
    (fates, lambda c: person(c, "radek")["defendant"].update(fate={"en": "Died in prison on 19 May 1939"})),
    (endurance, lambda c: person(c, "muralov")["defendant"].update(held_out={"en": "7 months"})),
    (dates_of_people, lambda c: fact(c, "knyazev", "birth").update(date="1894")),
    (dates_of_people, lambda c: fact(c, "pyatakov", "arrest").pop("readings")),
    (dates_of_people, lambda c: fact(c, "boguslavsky", "birth")["readings"][0].update(date="1886-09")),
    (dates_of_people, lambda c: person(c, "ulrikh")["facts"].pop()),
    (other_dates, lambda c: fact(c, "sokolnikov", "office").update(date="1918")),
    (other_dates, lambda c: fact(c, "norkin", "party").update(date="1988")),
    (events, lambda c: record(c, "timeline", "verdict").update(date="1937-01-31")),
    (events, lambda c: c["timeline"].pop()),
    (sittings, lambda c: record(c, "timeline", "third-day")["sittings"].pop()),
    (sittings, lambda c: uncite(record(c, "timeline", "third-day"))),
    (four_dates, lambda c: person(c, "arnold")["facts"].remove(fact(c, "arnold", "sentence", 1))),
    (four_dates, lambda c: person(c, "stroilov")["facts"].remove(fact(c, "stroilov", "rehabilitation"))),
    (four_dates, lambda c: person(c, "radek")["facts"].remove(fact(c, "radek", "arrest"))),
    (citations, lambda c: uncite(record(c, "places", "tampico"))),
    (citations, lambda c: uncite(record(c, "sections", "afterwards"))),
    (citations, lambda c: uncite(fact(c, "radek", "death"))),
    (citations, lambda c: uncite(person(c, "ulrikh")["parts"][0])),
    (citations, lambda c: uncite(person(c, "radek")["defendant"])),
    (cited_paragraphs, lambda c: person(c, "radek")["life"].update(en="He was a journalist.")),
    (standings, lambda c: fact(c, "muralov", "rehabilitation").pop("standing")),
    (standings, lambda c: fact(c, "pyatakov", "death").pop("confidence")),
    (standings, lambda c: fact(c, "pyatakov", "arrest").pop("note")),
    (standings, lambda c: record(c, "timeline", "december-plenum").pop("standing")),
    (standings, lambda c: record(c, "timeline", "executions").pop("confidence")),
    (standings, lambda c: record(c, "places", "lubyanka").pop("coordinates_standing")),
    (standings, lambda c: record(c, "places", "kjeller").update(latitude=60.0)),
    (standings, lambda c: record(c, "terms", "nkvd").pop("standing")),
    (completeness, lambda c: c["terms"].pop()),
    (completeness, lambda c: c["disputes"].pop()),
    (cited_sources, lambda c: c["sources"].append({**c["sources"][0], "key": "rumour"})),
    (cited_sources, lambda c: says(c, "He wrote. [@rumour]")),
    (links, lambda c: record(c, "sources", "conquest").update(url="https://example.org/copy.txt")),
    (links, lambda c: record(c, "sources", "ellman-2002").update(consulted="passage")),
    (links, lambda c: says(c, "See [this](https://example.org/copy.txt).")),
    (coercion, lambda c: says(c, "In December he confessed.")),
    (coercion, lambda c: says(c, "He admitted everything. It was coerced.")),
    (allegations, lambda c: says(c, "He was a spy for Germany.")),
    (allegations, lambda c: says(c, "In 1936 they wrecked trains and planned terrorist acts.")),
    (allegations, lambda c: record(c, "charges", "treason").update(known={"en": "The review dealt with it."})),
    (allegations, lambda c: record(c, "charges", "treason").update(alleged={"en": "They went to Norway."})),
    (governing_sentences, lambda c: c.update(notice={"en": "The charges were doubtful."})),
    (alleged_events, lambda c: record(c, "timeline", "oslo-flight").pop("standing")),
    (alleged_events, lambda c: record(c, "timeline", "oslo-flight").update(words={"en": "He flew to Oslo."})),
    (alleged_events, lambda c: record(c, "timeline", "verdict").update(standing="alleged")),
    (alleged_events, lambda c: fact(c, "radek", "family").update(standing="refuted")),
    (alleged_events, lambda c: fact(c, "pyatakov", "office").update(words={"en": "Flew to Oslo by flight."})),
    (quotations, lambda c: says(c, "He said: “I am guilty of nothing at all.”")),
    (quotations, lambda c: says(c, "\n\n> Nothing at all.")),
    (soviet_words, lambda c: says(c, "The Trotskyites fell silent.")),
    (
        working_notes,
        lambda c: says(c, "The day is general knowledge: look up the individual decision before printing a date."),
    ),
    (spelling, lambda c: says(c, "He organized the labor of the center.")),
    (typography, lambda c: says(c, "It was Radek's.")),
    (typography, lambda c: says(c, "Two  spaces.")),
    (typography, lambda c: says(c, "In 1936-37.")),
    (typography, lambda c: says(c, "Never!")),
    (typography, lambda c: c["sources"][0]["label"].update(en='A "label"')),
    (budgets, lambda c: c["lede"].update(en="Word " * 60)),
    (budgets, lambda c: c["key_points"].pop()),
    (budgets, lambda c: says(c, "word " * 26 + ".")),
    (budgets, lambda c: says(c, "\n\n" + "Five words are in this. " * 21)),
    (headings, lambda c: c["sections"].reverse()),
    (headings, lambda c: record(c, "sections", "afterwards").update(heading={"en": "After"})),
    (english, lambda c: person(c, "radek").update(summary={"ru": "Журналист"})),
    (english, lambda c: person(c, "radek").pop("life")),
]


@cache
def plain_content() -> dict:
    """The exhibit as plain JSON; nobody changes it."""
    return json.loads(CONTENT)


@cache
def found_as_it_is(check) -> list[str]:
    """What ``check`` finds in the exhibit as it is."""
    return check(whole())


@cache
def whole() -> Document:
    """The exhibit as it is."""
    return loads(CONTENT)


def broken_by(change) -> Document:
    """The exhibit after a change of its plain content. Only what was changed is made anew: that is quick."""
    before, content, fields = plain_content(), json.loads(CONTENT), {}
    change(content)
    for name, field in Document.model_fields.items():
        old, new, kept = before.get(name), content.get(name), getattr(whole(), name)
        if old == new:
            fields[name] = kept
        elif isinstance(new, list):
            (shape,) = get_args(field.annotation)
            known = {record["key"]: (record, made) for record, made in zip(old, kept, strict=True)}
            pairs = [(record, *known.get(record["key"], (None, None))) for record in new]
            fields[name] = [made if record == was else shape.model_validate(record) for record, was, made in pairs]
        else:
            fields[name] = Text(new)
    return Document.model_construct(**fields)


@pytest.mark.parametrize(("check", "change"), BROKEN, ids=[f"{n}-{c.__name__}" for n, (c, _) in enumerate(BROKEN)])
def test_a_broken_exhibit_is_seen(check, change):
    assert set(check(broken_by(change))) - set(found_as_it_is(check))


def test_every_check_is_tried_on_something_broken():
    functions = [value for value in globals().values() if isfunction(value) and value.__module__ == __name__]
    takes_document = {function for function in functions if function.__code__.co_varnames[:1] == ("document",)}
    helpers = {texts, every_sentence, statements, people, accused}
    assert takes_document - helpers == {check for check, _change in BROKEN}
