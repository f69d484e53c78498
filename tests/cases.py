"""The cast of the tests: the shipped exhibit, a small one with one of everything, and large ones."""

import copy
import datetime
import json
from functools import cache
from pathlib import Path

from trials.editions import publish
from trials.editions.document import Document, dumps, loads, make
from trials.editions.restore import restore
from trials.models import Edition, Exhibit

BASE = Path(__file__).resolve().parent.parent
SHIPPED = BASE / "trials" / "fixtures" / "second-moscow-trial" / "document.json"
SHIPPED_SLUG = "second-moscow-trial"

SMALL = {
    "shape": 2,
    "slug": "small",
    "languages": ["en"],
    "date": "1937-01-23/1937-01-30",
    "title": {"en": "A small exhibit"},
    "lede": {"en": "Two accused, *one* source."},
    "notice": {"en": "All charges were fabricated."},
    "where": {"en": "Moscow"},
    "key_points": [{"key": "two", "words": {"en": "Two were accused."}, "citations": [{"source": "record"}]}],
    "sections": [
        {
            "key": "what",
            "heading": {"en": "What happened?"},
            "body": {"en": "See [Radek](person:radek) [@record, p. 82] and [@memoir].", "ru": "Смотри."},
            "pull_fact": {"en": "None survived."},
            "citations": [{"source": "record", "locator": "p. 4"}],
        }
    ],
    "people": [
        {
            "key": "pyatakov",
            "name": {"en": "Georgy Pyatakov"},
            "sort_name": "Pyatakov, Georgy",
            "names": [{"kind": "original", "spelling": "Пятаков Георгий", "language": "ru"}],
            "defendant": {
                "number": 1,
                "charges": ["treason"],
                "alleged": {"en": "He was accused of treason."},
                "known": {"en": "The charge was false."},
                "plea": "guilty",
                "verdict": "guilty",
                "sentence": "death",
                "fate": {"en": "Shot, probably 1 February 1937"},
            },
            "facts": [
                {
                    "kind": "death",
                    "date": "1937-02-01?",
                    "words": {"en": "Shot in Moscow."},
                    "confidence": "low",
                    "note": {"en": "Reference works print 30 January."},
                    "readings": [{"date": "1937-01-30", "citations": [{"source": "memoir"}]}],
                    "citations": [{"source": "record", "locator": "p. 1"}],
                }
            ],
        },
        {
            "key": "radek",
            "former_keys": ["sobelsohn"],
            "name": {"en": "Karl Radek"},
            "sort_name": "Radek, Karl",
            "life": {"en": "A journalist."},
            "defendant": {
                "number": 2,
                "charges": ["treason"],
                "alleged": {"en": "He was accused of treason."},
                "known": {"en": "The charge was false."},
                "sentence": "prison",
                "sentence_years": 10,
            },
        },
        {
            "key": "ulrikh",
            "name": {"en": "Vasily Ulrikh"},
            "sort_name": "Ulrikh, Vasily",
            "parts": [
                {"role": "presiding-judge", "words": {"en": "He presided."}, "citations": [{"source": "record"}]}
            ],
            "connections": [{"to": "radek", "words": {"en": "judge of"}, "reverse": {"en": "judged by"}}],
        },
    ],
    "charges": [
        {
            "key": "treason",
            "title": {"en": "Treason"},
            "article": "58-1a",
            "alleged": {"en": "Treason was alleged."},
            "known": {"en": "There was none."},
        }
    ],
    "timeline": [
        {
            "key": "first-day",
            "date": "1937-01-23",
            "phase": "trial",
            "title": {"en": "First day"},
            "words": {"en": "The trial opens."},
            "place": "house",
            "people": ["radek", "pyatakov"],
            "sittings": [{"time": "morning", "words": {"en": "The indictment is read."}}],
            "citations": [{"source": "record", "locator": "p. 1"}],
        },
        {
            "key": "flight",
            "date": "1935-12",
            "phase": "build-up",
            "title": {"en": "A flight to Oslo"},
            "words": {"en": "The indictment alleges a flight."},
            "standing": "refuted",
        },
    ],
    "places": [{"key": "house", "name": {"en": "House of the Unions"}, "latitude": 55.7586, "longitude": 37.6164}],
    "sources": [
        {
            "key": "record",
            "kind": "trial-record",
            "label": {"en": "Court report 1937"},
            "reference": {"en": "Report of Court Proceedings."},
        },
        {
            "key": "memoir",
            "kind": "testimony",
            "label": {"en": "A memoir"},
            "reference": {"en": "A memoir."},
            "language": "ru",
        },
    ],
    "disputes": [
        {
            "key": "date",
            "question": {"en": "When were they shot?"},
            "words": {"en": "Sources differ."},
            "answer": {"en": "Probably on 1 February."},
            "people": ["pyatakov"],
            "entries": ["first-day"],
        }
    ],
    "terms": [
        {
            "key": "show-trial",
            "term": {"en": "Show trial"},
            "definition": {"en": "A staged trial."},
            "standing": "unverified",
        }
    ],
}


def small_content(**changes) -> dict:
    """The small exhibit as plain JSON, to be changed at will."""
    return {**copy.deepcopy(SMALL), **changes}


def as_bytes(content: dict) -> bytes:
    """Plain JSON as a file holds it."""
    return json.dumps(content, ensure_ascii=False).encode()


def load(content: dict) -> Exhibit:
    """Make an exhibit of ``content`` in the working copy."""
    return restore(loads(as_bytes(content)))


@cache
def shipped_document() -> Document:
    """The document of the shipped exhibit, parsed once."""
    return loads(SHIPPED.read_bytes())


def in_english(content: bytes) -> bytes:
    """A document with its English texts alone."""

    def english(value):
        if isinstance(value, dict):
            return {"en": value["en"]} if "en" in value else {name: english(part) for name, part in value.items()}
        return [english(part) for part in value] if isinstance(value, list) else value

    return dumps(loads(json.dumps({**english(json.loads(content)), "languages": ["en"]}).encode()))


def show(document: Document, note: str) -> Edition:
    """Put a document on display without a working copy, which most tests of pages do without."""
    shown = {name: getattr(document, name) for name in ("slug", "title", "lede", "notice")}
    exhibit = Exhibit.objects.create(**shown)
    edition = publish._new_edition(exhibit, document, note, None)
    publish._show(exhibit, edition, note, None)
    return edition


def exhibit(slug: str = SHIPPED_SLUG) -> Exhibit:
    """The exhibit with this slug."""
    return Exhibit.objects.get(slug=slug)


def large_content(defendants: int, entries: int = 40) -> dict:
    """An exhibit of ``defendants`` copies of one life, and ``entries`` of one day."""
    content = small_content(slug="large")
    life, day = content["people"][0], content["timeline"][0]
    content["people"] += [
        {**life, "key": f"person-{n}", "sort_name": f"Person {n}", "defendant": {**life["defendant"], "number": n}}
        for n in range(3, defendants + 1)
    ]
    content["timeline"] += [
        {**day, "key": f"day-{n}", "people": [f"person-{3 + n % max(defendants - 2, 1)}"] if defendants > 2 else []}
        for n in range(entries)
    ]
    return content


def long_timeline(entries: int) -> dict:
    """An exhibit of so many short entries on days of their own, most of them close together, in all phases."""
    phases = ("roots", "build-up", "trial", "aftermath", "reckoning")
    themes = ("opposition", "case", "court", "public", "fates", "inquiry")
    day = {"roots": 20, "build-up": 2, "trial": 1, "aftermath": 9, "reckoning": 60}
    date, content = datetime.date(1923, 1, 1), small_content(slug="long")
    content["timeline"] = []
    for n in range(entries):
        phase = phases[n * len(phases) // entries]
        date += datetime.timedelta(day[phase])
        content["timeline"].append(
            {
                "key": f"entry-{n}",
                "date": date.isoformat(),
                "phase": phase,
                "theme": themes[n % len(themes)],
                "title": {"en": f"Event number {n}"},
                "words": {"en": f"What happened on day {n} is told in a paragraph of ordinary length. " * 2},
            }
        )
    content["disputes"] = []
    return content


def document(content: dict):
    """``content`` as a document."""
    return make(content)
