"""Sources out of what bibliographies are kept in: BibTeX, and RIS as reference managers and libraries give it.

The parsers are imported where they are used: few requests need them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.text import slugify
from django.utils.translation import gettext as _

from .languages import check_plain
from .words import LATIN_FOR_CYRILLIC

MOST_ENTRIES = 300
MAX_LENGTH = 1_000_000
FIELD_LENGTH = 4_000
KEY_LENGTH = 80
ENTRY = re.compile(r"@(?!comment|string|preamble)\w+\s*[{(]", re.IGNORECASE)
RIS_ENTRY = re.compile(r"^[ \t]*TY  ?-", re.MULTILINE)
LANGUAGES = {"english": "en", "russian": "ru", "german": "de", "ngerman": "de", "french": "fr", "ukrainian": "uk"}
LANGUAGES |= {"polish": "pl", "italian": "it", "spanish": "es", "eng": "en", "rus": "ru", "ger": "de", "fre": "fr"}
# What a source is, where its type says so; a book or an article may be anything, and most are scholarship.
KINDS = {"news": "press", "newspaper": "press", "mgzn": "press", "archival": "document", "manscpt": "document"}
KINDS |= {"unpublished": "document", "unpb": "document", "data": "database", "dict": "reference", "ency": "reference"}
# What a field is called: in BibTeX, and as rispy names it. The first that is there counts.
FIELDS = {
    "title": ("title", "primary_title"),
    "container": ("journal", "journaltitle", "booktitle", "journal_name", "secondary_title", "alternate_title3"),
    "year": ("year", "date", "publication_year"),
    "publisher": ("publisher", "institution", "school", "organization"),
    "city": ("address", "location", "place_published"),
    "volume": ("volume",),
    "number": ("number", "issue"),
    "pages": ("pages", "start_page"),
    "last_page": ("end_page",),
    "language": ("language", "langid"),
    "url": ("url", "urls"),
    "doi": ("doi",),
}
AUTHORS = ("author", "authors", "first_authors", "editor", "editors", "secondary_authors")


@dataclass
class Entry:
    """What one entry of a bibliography says, as a source of ours; ``faults`` are sentences about it."""

    name: str
    label: str = ""
    reference: str = ""
    title: str = ""
    language: str = ""
    url: str = ""
    kind: str = "scholarship"
    faults: list[str] = field(default_factory=list)


def read(text: str) -> list[Entry]:
    """The entries of ``text``, which is BibTeX or RIS. Raises ValueError with a sentence where it is neither."""
    if len(text) > MAX_LENGTH:
        raise ValueError(_("This is longer than %(most)s characters. Add it in parts.") % {"most": MAX_LENGTH})
    text = check_plain(text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff"), lines=True)
    begun = len(RIS_ENTRY.findall(text))
    count = begun or len(ENTRY.findall(text))
    if not count:
        raise ValueError(
            _("No entry was found. BibTeX has entries that begin with “@book{”, RIS has lines that begin with “TY  -”.")
        )
    if count > MOST_ENTRIES:
        sentence = _("There are %(count)d entries; at most %(most)d are added at once. Add them in parts.")
        raise ValueError(sentence % {"count": count, "most": MOST_ENTRIES})
    return _from_ris(text, begun) if begun else _from_bibtex(text)


def key_of(label: str, taken: set[str], otherwise: str = "source") -> str:
    """A key made of a label, in Latin letters, that is not taken: “conquest-1990”, “conquest-1990-2”.

    ``otherwise`` is what it is called where no letter is left.
    """
    key = slugify(label.lower().translate(LATIN_FOR_CYRILLIC))[: KEY_LENGTH - 4].replace("_", "-")
    key = re.sub("-+", "-", key).strip("-") or otherwise
    number, free = 1, key
    while free in taken:
        number += 1
        free = f"{key}-{number}"
    return free


def _from_bibtex(text: str) -> list[Entry]:
    import bibtexparser
    from bibtexparser.middlewares import RemoveEnclosingMiddleware, ResolveStringReferencesMiddleware

    stack = [ResolveStringReferencesMiddleware(), RemoveEnclosingMiddleware()]
    library = bibtexparser.parse_string(text, parse_stack=stack)
    found = [
        _entry(block.key, block.entry_type, {name.key.lower(): name.value for name in block.fields}, _decoded)
        for block in library.entries
    ]
    for block in library.failed_blocks:
        entry = Entry(_("the entry in line %(line)d") % {"line": (block.start_line or 0) + 1})
        twice = _("It has a key, or a field, that is there twice already.")
        torn = _("It cannot be read: a bracket, a quotation mark or a comma is missing in it.")
        entry.faults.append(twice if type(block).__name__.startswith("Duplicate") else torn)
        found.append(entry)
    return found


def _from_ris(text: str, begun: int) -> list[Entry]:
    import rispy

    # Some write one space where the format has two.
    text = re.sub(r"^([A-Z][A-Z0-9]) {0,2}- ?", r"\1  - ", text, flags=re.MULTILINE)
    try:
        records = rispy.loads(text)
    except (OSError, ValueError, KeyError, IndexError, TypeError):
        records = []
    if len(records) != begun:
        raise ValueError(_("This RIS cannot be read: each entry begins with “TY  -” and ends with “ER  -”."))
    return [
        _entry(_("entry %(number)d") % {"number": number}, record.get("type_of_reference", ""), record, str)
        for number, record in enumerate(records, 1)
    ]


def _decoded(value: str) -> str:
    """What LaTeX writes in signs, such as the accents of names, as letters."""
    from pylatexenc.latex2text import LatexNodes2Text

    return LatexNodes2Text(math_mode="text").latex_to_text(value) if re.search(r"[\\{}~$]|--", value) else value


def _entry(name: str, kind: str, fields: dict, decode: Callable[[str], str]) -> Entry:
    entry = Entry(name)
    try:
        said = {part: decode(_text(fields, names)) for part, names in FIELDS.items()}
        names = next((fields[part] for part in AUTHORS if fields.get(part)), [])
        # “and” stands between names, unless it is in brackets.
        names = _split_at_and(names) if isinstance(names, str) else names
        authors = [(str(name), _on_one_line(decode(str(name)[:FIELD_LENGTH]))) for name in names][:50]
        surnames = [_surname(written, author) for written, author in authors]
    except (RecursionError, ValueError, TypeError, IndexError):
        entry.faults.append(_("It holds signs that cannot be read. Write its fields in plain letters."))
        return entry
    said = {part: _on_one_line(words) for part, words in said.items()}
    year = re.search(r"\b[0-9]{4}\b", said["year"])
    said["year"] = year[0] if year else ""
    entry.title, entry.language = said["title"], _language(said["language"])
    entry.url = said["url"] or (f"https://doi.org/{said['doi']}" if re.match(r"10\.\S+$", said["doi"]) else "")
    entry.kind = KINDS.get(kind.lower(), "scholarship")
    entry.label, entry.reference = _label(surnames, said), _reference([author for _, author in authors], said)
    if not said["title"]:
        entry.faults.append(_("It has no title."))
    return entry


def _text(fields: dict, names: tuple[str, ...]) -> str:
    value = next((fields[name] for name in names if fields.get(name)), "")
    value = value[0] if isinstance(value, list) else value
    return str(value)[:FIELD_LENGTH]


def _split_at_and(names: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for match in re.finditer(r"[{}]|\s+and\s+", names[: 10 * FIELD_LENGTH]):
        if match[0] in "{}":
            depth += 1 if match[0] == "{" else -1
        elif depth <= 0:
            parts.append(names[start : match.start()])
            start = match.end()
    return [part for part in (*parts, names[start:]) if part.strip()]


def _on_one_line(words: str) -> str:
    return re.sub(r"\s+", " ", words).strip().rstrip(",")


def _language(words: str) -> str:
    words = words.lower()
    return LANGUAGES.get(words, words if re.fullmatch("[a-z]{2}(-[a-z]{2,8})?", words) else "")


def _surname(written: str, author: str) -> str:
    """The surname of an author; an office stands in brackets and has none."""
    surname, comma, _rest = author.partition(",")
    if comma:
        return surname
    return author if re.match(r"\s*\{[^\\]", written) else author.split(" ")[-1]


def _label(surnames: list[str], said: dict) -> str:
    """“Conquest 1990”; the first words of the title where there is no author."""
    surnames = list(filter(None, surnames))
    names = ", ".join(surnames[:2]) + (" et al." if len(surnames) > 2 else "")
    return f"{names or ' '.join(said['title'].split()[:5])} {said['year']}".strip()


def _reference(authors: list[str], said: dict) -> str:
    """“Conquest, Robert. The Great Terror. Oxford: Oxford University Press, 1990.”"""
    number = (
        f"{said['volume']} ({said['number']})"
        if said["volume"] and said["number"]
        else said["volume"] or said["number"]
    )
    pages = said["pages"].replace("--", "–")
    pages = f"{pages}–{said['last_page']}" if pages and said["last_page"] and "–" not in pages else pages
    where = ": ".join(filter(None, (" ".join(filter(None, (said["container"], number))), pages)))
    publisher = ": ".join(filter(None, (said["city"], said["publisher"])))
    issued = ", ".join(filter(None, (publisher, said["year"])))
    parts = ("; ".join(authors), said["title"], where, issued)
    return " ".join(f"{part.rstrip('.')}." if part[-1] not in "?!" else part for part in parts if part)
