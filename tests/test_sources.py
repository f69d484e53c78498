"""Sources: each says how it was read, how far it can be relied on, and what rests on it, no less and no more."""

import json
import re
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urljoin

import pytest

from tests import cases
from tests.html import Page
from trials import alphabet
from trials.editions import publish

SOURCES = f"/exhibits/{cases.SHIPPED_SLUG}/sources/"
# Where the records of each part stand, and what their anchors begin with.
PAGES = {
    "sections": "{page}#section-{key}",
    "key_points": "",
    "people": "people/{key}/",
    "charges": "charges/#charge-{key}",
    "timeline": "timeline/#entry-{key}",
    "places": "places/#place-{key}",
    "disputes": "disputes/#dispute-{key}",
    "terms": "glossary/#term-{key}",
    "sources": "sources/#source-{key}",
}


def cited(content, kind="source"):
    """Pairs of a key and the address of a record that cites or links to it, read from plain JSON."""
    found = set()

    def look(value, address):
        if isinstance(value, dict):
            if kind == "source" and isinstance(value.get("source"), str):
                found.add((value["source"], address))
            for part in value.values():
                look(part, address)
        elif isinstance(value, list):
            for part in value:
                look(part, address)
        elif isinstance(value, str):
            found.update((key, address) for key in re.findall(rf"\]\({kind}:([a-z0-9-]+)\)", value))
            if kind == "source":
                found.update((key, address) for key in re.findall(r"\[@([a-z0-9-]+)", value))

    look({name: value for name, value in content.items() if name not in PAGES}, "")
    for part, pattern in PAGES.items():
        for record in content.get(part, []):
            page = record.get("page", "story")
            address = pattern.format(key=record["key"], page="" if page == "story" else f"{page}/")
            look(record, address)
    return {(key, address) for key, address in found if not address.endswith(f"{kind}-{key}")}


class Lists(HTMLParser):
    """The links inside the details of each record with an id, by that id."""

    def __init__(self, html, base):
        super().__init__()
        self.links, self._record, self._open, self._base = set(), None, False, base
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag in ("li", "div") and re.match("(source|term)-", attributes.get("id", "")):
            self._record = attributes["id"].partition("-")[2]
        if tag == "details":
            self._open = "rests" in attributes.get("class", "") or "used" in attributes.get("class", "")
        if tag == "a" and self._open:
            target = urljoin(self._base, attributes["href"]).removeprefix(urljoin(self._base, ".."))
            self.links.add((self._record, re.sub("#fact-.*", "", target)))

    def handle_endtag(self, tag):
        if tag == "details":
            self._open = False


def part_of(html, key):
    """The HTML of one source."""
    return re.split('<li id="source-', html[html.index(f'<li id="source-{key}"') + 4 :])[0]


def test_every_citation_is_found_under_its_source_and_none_is_invented(shipped, client):
    content = json.loads(cases.SHIPPED.read_bytes())
    expected = cited(content)
    assert len(expected) > 500
    assert Lists(client.get(SOURCES).content.decode(), SOURCES).links == expected


def test_every_statement_is_counted_with_its_place_in_the_source(small, client):
    publish.publish(small, "First.")
    html = client.get("/exhibits/small/sources/").content.decode()
    record, memoir = (Page(part_of(html, key)) for key in ("record", "memoir"))
    # A key point, a section twice, a fact, a part in the trial, an entry.
    assert "6 statements rest on it" in record.words and "2 statements rest on it" in memoir.words
    assert "What happened? (p. 4) (p. 82)" in record.words
    assert "Georgy Pyatakov : Death (p. 1)" in record.words and "Vasily Ulrikh : Presiding judge" in record.words
    assert {"../people/pyatakov/#fact-1", "../timeline/#entry-first-day", "../"} <= set(record.links)


def test_what_a_source_contradicts_does_not_rest_on_it(db, client):
    content = cases.small_content()
    content["disputes"][0]["citations"] = [{"source": "memoir", "contradicts": True}]
    publish.publish(cases.load(content), "First.")
    words = Page(part_of(client.get("/exhibits/small/sources/").content.decode(), "memoir")).words
    assert "2 statements rest on it" in words and "Contradicts: Disputes When were they shot?" in words


def test_a_source_on_which_nothing_rests_is_further_reading(db, client):
    content = cases.small_content()
    content["sources"].append({**content["sources"][1], "key": "another", "label": {"en": "Another memoir"}})
    publish.publish(cases.load(content), "First.")
    html = client.get("/exhibits/small/sources/").content.decode()
    used, further = html.split("Nothing in this exhibit rests on these.")
    assert "source-another" in further and "source-memoir" in used and "source-another" not in used.split("<main")[1]
    assert "rests on it" not in further and "rest on it" not in further


def test_nothing_is_called_further_reading_where_everything_is_cited(shipped, client):
    assert "Further reading" not in client.get(SOURCES).content.decode()


def test_a_text_counts_in_the_language_that_is_shown(db, client, settings):
    settings.LANGUAGES = [("en", "English"), ("ru", "Русский")]
    content = cases.small_content(languages=["en", "ru"])
    content["people"][1]["life"]["ru"] = "Журналист. [@memoir]"
    publish.publish(cases.load(content), "First.")
    assert "radek" not in part_of(client.get("/exhibits/small/sources/").content.decode(), "memoir")
    assert "../people/radek/" in part_of(client.get("/ru/exhibits/small/sources/").content.decode(), "memoir")


def test_a_source_says_how_it_was_read_and_how_far_it_can_be_relied_on(shipped, client):
    html = client.get(SOURCES).content.decode()
    for source in cases.shipped_document().sources:
        part = part_of(html, source.key)
        assert str(source.consulted.label) in Page(part).words and source.url in Page(part).words
        assert source.reference["en"] in unescape(re.sub("<[^>]+>", "", part))
    assert html.count("<strong>Known to exist; not read</strong>") == 2


def printed(client, key, language=""):
    """A source as the Russian page (or another) has it: its heading, and its reference with its marks."""
    part = part_of(client.get(language + SOURCES).content.decode(), key)
    return re.search(r"<h3>(.*?)</h3>\s*<p>(.*?)</p>", part, re.S).groups()


def test_a_source_is_named_and_described_in_the_page_s_language_and_a_title_stays_in_its_own(shipped, client, settings):
    settings.LANGUAGES = [("en", "English"), ("ru", "Русский")]
    label, reference = printed(client, "conquest", "/ru")
    assert label == "Конквест, «Большой террор»"
    assert reference.startswith('<span lang="en">Conquest, Robert. The Great Terror')
    assert printed(client, "conquest")[1].startswith("Conquest, Robert.")
    label, reference = printed(client, "time-0208", "/ru")
    assert label == "«Тайм», 8\xa0февраля 1937\xa0года"
    assert reference.startswith('<span lang="en">TIME</span>, 8\xa0февраля 1937\xa0года, «')
    assert reference.endswith('«<span lang="en">Red Square Deal</span>».')
    assert printed(client, "zhukov") == ("Zhukov 2003", '<span lang="ru">Жуков Ю. Н. Иной Сталин. М., 2003.</span>')
    assert printed(client, "zhukov", "/ru") == ("Жуков, 2003", "Жуков Ю. Н. Иной Сталин. М., 2003.")
    assert printed(client, "pravda-0129")[1] == '<span lang="ru">Правда</span>, 29 January 1937.'
    assert "Обвинительное заключение" in printed(client, "indict-reprint", "/ru")[1]


def test_a_reference_in_one_language_alone_is_the_title_of_a_work(db, client, settings):
    settings.LANGUAGES = [("en", "English"), ("ru", "Русский")]
    cases.show(cases.document(cases.small_content(languages=["en", "ru"])), "First.")
    html = client.get("/ru/exhibits/small/sources/").content.decode()
    assert "<p>A memoir.</p>" in html  # as the source says: in Russian
    assert '<h3><span lang="en">A memoir</span></h3>' in html
    assert '<p><span lang="en">Report of Court Proceedings.</span></p>' in html


def test_sources_stand_by_kind_in_alphabetical_order(shipped, client):
    page = Page(client.get(SOURCES).content.decode())
    listed = [id_.removeprefix("source-") for id_ in page.ids if id_.startswith("source-")]
    known = cases.shipped_document().records["sources"]
    kinds = list(dict.fromkeys(source.kind for source in map(known.get, listed)))
    in_order = sorted(known, key=lambda key: (kinds.index(known[key].kind), alphabet.text_key(known[key].label, "en")))
    assert listed == in_order
    assert len(kinds) == len([id_ for id_ in page.ids if id_.startswith("kind-")]) == 10


@pytest.mark.browser
def test_what_rests_on_a_source_opens_without_a_script(shipped, live_server, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url + SOURCES)
    rests = page.locator("#source-koshel .rests")
    assert not rests.locator("dl").is_visible()
    rests.locator("summary").focus()
    page.keyboard.press("Enter")
    assert rests.locator("dl").is_visible()
    context.close()
