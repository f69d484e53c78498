"""Prose: Markdown with citations and links to the exhibit's own records.

A citation is written ``[@conquest-1990, p. 46]``; a link to a record ``[Radek](person:radek)``.
The source is stored as it was written; HTML is made when a page is rendered, and cleaned.
"""

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache

import nh3
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

CITATION = re.compile(r"\[@([a-z0-9-]+)(?:,\s*([^\]\n]{1,80}))?\]")
# Between two marks, so that “1 2” is not read as twelve.
NARROW_SPACE = "\u202f"
# What a link may point at inside an exhibit, by the word before the colon.
RECORDS = ("person", "entry", "charge", "place", "term", "source", "dispute", "section")
RECORD_LINK = re.compile(rf"({'|'.join(RECORDS)}):([a-z0-9-]+)")
OUTSIDE_LINK = re.compile(r"https?://[^\s/@]+(/\S*)?|mailto:\S+@\S+")
# What may mean something to Markdown. Most texts have nothing of it, and parsing is what publishing spends time on.
MARKED = re.compile(r"[\\`*_\[\]<>&#~|=+]|^\s*(?:-|\d+[.)])|^(?:\t| {4})", re.MULTILINE)
TAGS = {"p", "em", "strong", "a", "ul", "ol", "li", "blockquote", "h3", "h4", "br", "hr", "sup", "cite", "span"}
ATTRIBUTES = {"a": {"href", "id", "role", "aria-label"}, "span": {"lang"}, "sup": {"class"}, "ol": {"start"}}


@dataclass(frozen=True)
class Reference:
    """Something that prose points at: a record of the exhibit by ``kind`` and ``key``, or an address outside.

    ``kind`` is one of `RECORDS`, or ``outside`` (``key`` is then the address). ``locator`` is the place
    in a cited source, as written: “p. 46”.
    """

    kind: str
    key: str
    locator: str = ""
    cited: bool = False


def _citation(state, silent):
    match = CITATION.match(state.src, state.pos)
    if not match:
        return False
    if not silent:
        token = state.push("citation", "", 0)
        token.meta = {"source": match[1], "locator": (match[2] or "").strip()}
    state.pos = match.end()
    return True


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).disable(["image", "code", "fence", "html_block"])
    parser.inline.ruler.before("link", "citation", _citation)
    parser.add_render_rule("citation", lambda self, tokens, index, options, env: env["cite"](tokens[index].meta))
    return parser


def _inline_tokens(source: str):
    for token in _parser().parse(source):
        yield from token.children or ()


@lru_cache(maxsize=4096)
def references(source: str) -> tuple[Reference, ...]:
    """Everything that ``source`` cites or links to, in order. Checking, publishing and indexing all ask for it."""
    found = []
    if "[" not in source and "<" not in source:
        return ()
    for token in _inline_tokens(source):
        if token.type == "citation":
            found.append(Reference("source", token.meta["source"], token.meta["locator"], cited=True))
        elif token.type == "link_open":
            href = token.attrGet("href") or ""
            match = RECORD_LINK.fullmatch(href)
            found.append(Reference(match[1], match[2]) if match else Reference("outside", href))
    return tuple(found)


def faults(source: str, exists: Callable[[str, str], bool]) -> list[str]:
    """Sentences about what ``source`` points at in vain; ``exists(kind, key)`` knows the exhibit's records."""
    sentences = []
    for reference in references(source):
        if reference.kind == "outside":
            if not OUTSIDE_LINK.fullmatch(reference.key):
                sentence = _(
                    "The link to “%(key)s” is neither a record of this exhibit (such as person:radek) "
                    "nor an address that begins with https://."
                )
                sentences.append(sentence % {"key": reference.key})
        elif not exists(reference.kind, reference.key):
            sentence = (
                _("The text cites the source “%(key)s”, which this exhibit does not have.")
                if reference.cited
                else _("The text links to %(kind)s “%(key)s”, which this exhibit does not have.")
            )
            sentences.append(sentence % {"kind": reference.kind, "key": reference.key})
    return sentences


def to_html(source: str, *, link: Callable[[str, str], str], cite: Callable[[str, str], str]) -> str:
    """``source`` as clean HTML.

    ``link(kind, key)`` gives the address of a record; ``cite(key, locator)`` the HTML of a citation's mark.
    """
    return _clean(_rendered(_prepared(source, link), cite))


def _prepared(source: str, link: Callable[[str, str], str]) -> list:
    """The parsed ``source``, its links to records turned into addresses, its marks in their places."""
    blocks = _parser().parse(source)
    for block in blocks:
        _place_marks(block.children or ())
        for token in block.children or ():
            match = token.type == "link_open" and RECORD_LINK.fullmatch(token.attrGet("href") or "")
            if match:
                token.attrSet("href", link(match[1], match[2]))
    return blocks


def _rendered(blocks: list, cite: Callable[[str, str], str]) -> str:
    env = {"cite": lambda meta: cite(meta["source"], meta["locator"])}
    return _parser().renderer.render(blocks, _parser().options, env)


def _place_marks(tokens):
    """Set a citation's mark right after the word it follows: writers put a space there, printers do not."""
    for before, token in itertools.pairwise(tokens):
        if token.type == "citation" and before.type == "text":
            before.content = before.content.rstrip() or NARROW_SPACE


def to_inline_html(source: str, **functions) -> str:
    """As `to_html`, for a text that stands inside another element: its blocks are lines, without elements of theirs."""
    blocks = [block for block in _prepared(source, functions["link"]) if block.type == "inline"]
    lines = [_rendered([block], functions["cite"]) for block in blocks]
    return _clean("<br>".join(line.strip() for line in lines))


def to_plain(source: str) -> str:
    """The words of ``source`` alone, without marks, citations or line breaks: for descriptions and titles."""
    if not MARKED.search(source):
        return _on_one_line(source)
    words = []
    for block in _parser().parse(source):
        for token in block.children or ():
            words.append({"text": token.content, "softbreak": " ", "hardbreak": " "}.get(token.type, ""))
        words.append(" ")
    return _on_one_line("".join(words))


def _on_one_line(words: str) -> str:
    return re.sub(r"\s+", " ", words).replace(" .", ".").strip()


def _clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
