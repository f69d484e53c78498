"""The page of a person: the line of a life, each fact with how it is known, who stood beside, one sheet of paper."""

import re

import pytest

from tests import cases
from tests.html import Page
from trials import dates, prose
from trials.editions import publish
from trials.pages import lives

MOUNT = f"/exhibits/{cases.SHIPPED_SLUG}/people/"


def accused():
    return cases.shipped_document().defendants


def person(key):
    return cases.shipped_document().records["people"][key]


def plain(text) -> str:
    """The words of prose as a page shows them, without citations."""
    return " ".join(prose.to_plain(str(text)).split())


def without_marks(html) -> str:
    """The words of a piece of a page without the numbers of its sources."""
    return Page(re.sub(r"<sup>.*?</sup>", "", html, flags=re.S)).words


def squeezed(text) -> str:
    """A text without its spaces, which elements inside it put in other places."""
    return re.sub(r"\s", "", text)


def piece(html, start, end) -> str:
    """What stands between two pieces of a page."""
    assert start in html, start
    return html.split(start, 1)[1].split(end, 1)[0]


asked = {}


@pytest.fixture
def page_of(request, db):
    """The HTML of a person's page. It is the same for every test, so each is asked for once."""

    def ask(key):
        if not asked:
            request.getfixturevalue("shipped")
            client = request.getfixturevalue("client")
            asked.update((one.key, client.get(f"{MOUNT}{one.key}/")) for one in cases.shipped_document().people)
        return asked[key].content.decode()

    return ask


# Facts, and how we know


def how(html, number) -> tuple[str, str]:
    """A fact of a page and what is said of how it is known, both as HTML."""
    fact = piece(html, f'<li id="fact-{number}"', "</details>")
    statement, _summary, known = fact.partition('<div class="how">')
    return statement, known


def test_each_fact_says_how_it_is_known(page_of):
    for one in cases.shipped_document().people:
        html = page_of(one.key)
        for number, fact in enumerate(one.facts, 1):
            says_how_it_is_known(html, fact, *how(html, number))


def says_how_it_is_known(html, fact, statement, known):
    """Fails where a page keeps a source, the place in it, the confidence or another reading of a fact to itself."""
    words = without_marks(known)
    assert squeezed(plain(fact.words)) in squeezed(without_marks(statement))
    for citation in fact.citations:
        source = cases.shipped_document().records["sources"][citation.source]
        said = f"{source.label}{', ' if citation.locator else ''}{citation.locator} ({source.kind.label}"
        assert squeezed(said) in squeezed(words)
        assert f"sources/#source-{source.key}" in known
    assert fact.citations or "No source has been read for this." in words
    assert f"Confidence: {fact.confidence.label.lower()}" in words
    assert f"Standing: {fact.standing.label.lower()}" in words
    assert squeezed(plain(fact.note)) in squeezed(words)
    for reading in fact.readings:
        assert "Other sources say" in words and "others differ" in Page(statement).words
        assert not reading.date or dates.in_words(reading.when) in words
        assert squeezed(plain(reading.words)) in squeezed(words)
        for citation in reading.citations:
            assert f'aria-label="Source {mark_of(html, citation)}:' in known


def test_a_fact_says_where_in_a_source_who_contradicts_it_and_what_nobody_has_read(client, db):
    content = cases.small_content()
    content["sources"][1]["consulted"] = "not-seen"
    fact = content["people"][0]["facts"][0]
    fact["citations"].append({"source": "memoir", "contradicts": True, "note": {"en": "He was not there."}})
    fact |= {"date_as_written": "am 1. Februar", "place": "house"}
    fact["readings"][0]["date_as_written"] = "30. Januar"
    publish.publish(cases.load(content), "First.")
    _statement, known = how(client.get("/exhibits/small/people/pyatakov/").content.decode(), 1)
    words = Page(known).words
    for said in (
        "Court report 1937 , p. 1 (Official trial record)",
        "Contradicts: A memoir (Memoir or eyewitness; Not seen; named from general knowledge): He was not there.",
        "The source writes: am 1. Februar",
        "The source writes: 30. Januar",
        "Place: House of the Unions",
        "Reference works print 30 January.",
    ):
        assert squeezed(said) in squeezed(words)


def mark_of(html, citation) -> str:
    """The number under which a citation stands among the notes of a page."""
    label = str(cases.shipped_document().records["sources"][citation.source].label)
    notes = re.findall(r'<li id="note-(\d+)">(.*?)</li>', html, re.S)
    return next(
        number
        for number, note in notes
        if label + (f", {citation.locator}" * bool(citation.locator)) in Page(note).words.replace(" ,", ",")
    )


def test_a_fact_that_is_not_documented_says_so_where_it_stands(page_of):
    for one in accused():
        html = page_of(one.key)
        for number, fact in enumerate(one.facts, 1):
            marked = f'class="standing {fact.standing.value}"' in how(html, number)[0]
            assert marked == (fact.standing.value != "documented")


# The trial


def test_the_charge_stands_beside_what_is_known_and_the_plea_is_called_coerced(page_of):
    for one in accused():
        html = page_of(one.key)
        beside = piece(html, '<div class="alleged-known">', '<dl class="record">')
        words = squeezed(Page(beside).words)
        assert squeezed("What was alleged" + plain(one.defendant.alleged)) in words
        assert squeezed("What is known" + plain(one.defendant.known)) in words
        assert "Said under coercion" in Page(piece(html, "<dt>Plea</dt>", "</dd>")).words
        assert one.defendant.verdict_note["en"] in Page(piece(html, "<dt>Verdict</dt>", "</dd>")).words


def test_trade_and_branch_are_said(page_of):
    html = page_of("stroilov")
    assert "Engineer or chemist" in piece(html, "<dt>Trade</dt>", "</dd>")
    assert "Mining" in piece(html, "<dt>Branch</dt>", "</dd>")


# The line of a life


def test_the_line_leads_from_birth_to_the_judgment_annulled_and_to_each_fact(page_of):
    for one in accused():
        html = page_of(one.key)
        line = piece(html, '<nav class="life-line"', "</nav>")
        kinds = re.findall(r'<li class="([a-z]+)', line)
        assert kinds[0] == "birth" and kinds[-1] == "rehabilitation" and kinds.count("office") == 1
        order = [kinds.index(kind) for kind in ("arrest", "confession", "plea", "sentence", "death")]
        assert order == sorted(order)
        anchors = re.findall('href="#(fact-[0-9]+)"', line)
        assert len(anchors) == len(kinds) and all(f'id="{anchor}"' in html for anchor in anchors)
        for station in lives.stations(one, "en"):
            assert dates.in_words(station.fact.when) in Page(line).words


def test_what_is_in_doubt_is_drawn_open():
    doubtful = {
        key: [s.fact.kind.value for s in lives.stations(person(key), "en") if s.doubtful]
        for key in ("pyatakov", "serebryakov", "drobnis", "hrasche")
    }
    assert doubtful == {
        "pyatakov": ["confession", "death"],
        "serebryakov": ["confession"],
        "drobnis": ["confession", "death", "rehabilitation"],
        "hrasche": ["birth", "office", "arrest", "confession", "death", "rehabilitation"],
    }


def test_the_line_says_how_long_it_took():
    words = {key: [s.words for s in lives.stations(person(key), "en") if s.words] for key in ("muralov", "drobnis")}
    served, *rest = words["muralov"]
    assert served == "Not verified"
    assert rest == ["held out: 7 months and 17 days", "Death by shooting", "aged 59 or 60"]
    served, *rest = words["drobnis"]
    assert served == "Chemical industry"
    assert rest == ["held out: 40 days", "Death by shooting", "aged 46 or 47", "21 to 51 years after death"]


def test_both_sentences_of_two_men_stand_on_their_lines():
    for key in ("arnold", "stroilov"):
        kinds = [station.fact.kind.value for station in lives.stations(person(key), "en")]
        assert kinds.count("sentence") == kinds.count("rehabilitation") == 2


def life(*facts, **defendant):
    """A person with these facts, each of them (kind, date) or (kind, date, more)."""
    content = cases.small_content()
    content["people"][0]["facts"] = [
        {"kind": kind, "date": date, "words": {"en": "So it was."}, **(more[0] if more else {})}
        for kind, date, *more in facts
    ]
    content["people"][0]["defendant"] |= defendant
    return cases.document(content).people[0]


@pytest.mark.parametrize(
    ("birth", "death", "said"),
    [
        ("1890-08-18", "1937-02-01?", "1890–1937"),
        ("1896?", "1937", "probably 1896 – 1937"),
        ("1890~", "1937", "about 1890 – 1937"),
        ("1890", "[1959..1988]", "1890 – between 1959 and 1988"),
        ("1890", "", "born 1890"),
        ("1940", "1937", "1940 – 1937"),
        ("1936-24", "193X", "winter 1936–1937 – the 1930s"),
        ("", "1937-02", "died 1937"),
        ("XXXX", "", ""),
        ("", "", ""),
    ],
)
def test_years_of_a_life_are_no_surer_than_their_dates(birth, death, said):
    assert lives.years(life(("birth", birth), ("death", death)), "en") == said


def test_a_year_is_doubtful_where_another_source_names_another():
    readings = {"readings": [{"date": "1890"}]}
    assert lives.years(life(("birth", "1888-06-11", readings), ("death", "1937")), "en") == "probably 1888 – 1937"
    readings = {"readings": [{"date": "1888-06-12"}]}
    assert lives.years(life(("birth", "1888-06-11", readings), ("death", "1937")), "en") == "1888–1937"


def test_what_was_only_alleged_is_no_station_of_a_life():
    facts = [("birth", "1890"), ("office", "1930"), ("arrest", "1936"), ("death", "1937")]
    alleged = ("sentence", "1935", {"standing": "refuted"})
    kinds = [station.fact.kind.value for station in lives.stations(life(*facts, alleged), "en")]
    assert kinds == ["birth", "office", "arrest", "death"]


def test_where_dates_do_not_decide_the_stations_stand_as_they_do_in_a_life():
    facts = [("confession", "1936-11~"), ("arrest", "1936-11-06"), ("office", "1936"), ("birth", "1894")]
    kinds = [station.fact.kind.value for station in lives.stations(life(*facts), "en")]
    assert kinds == ["birth", "office", "arrest", "confession"]


def test_a_line_needs_three_stations():
    assert lives.stations(life(("birth", "1890"), ("death", "1937")), "en") == []


@pytest.mark.parametrize(
    ("defendant", "death", "said"),
    [
        ({"sentence": "death"}, "1937-02-01", "Condemned to death"),
        ({"sentence": "prison", "sentence_years": 10}, "1939", "Imprisoned, dead before the term was over"),
        ({"sentence": "prison", "sentence_years": 10}, "1947", "Imprisoned"),
        ({"sentence": "prison", "sentence_years": 10}, "", "Imprisoned"),
        ({"sentence": "none", "verdict": "acquitted"}, "1950", "Acquitted"),
        ({"sentence": "none", "verdict": "none"}, "1950", "No sentence recorded"),
    ],
)
def test_what_became_of_an_accused_is_taken_from_sentence_and_dates(defendant, death, said):
    facts = [("sentence", "1937-01-30"), *([("death", death)] if death else [])]
    assert lives.outcome(life(*facts, **defendant), "en") == said


# Who stood beside


def test_whoever_is_named_together_or_charged_alike_is_named(page_of):
    document = cases.shipped_document()
    for one in accused():
        html = page_of(one.key)
        named = {key for entry in document.timeline if one.key in entry.people for key in entry.people}
        tied = {connection.to for connection in one.connections}
        tied |= {other.key for other in document.people for tie in other.connections if tie.to == one.key}
        beside = (named | tied | {other.key for other in accused()}) - {one.key}
        told = piece(html, 'class="beside row"', "</article>")
        assert [key for key in beside if f'href="../{key}/"' not in told] == []
        timeline = piece(told, "In the timeline", "</section>")
        for entry in document.timeline:
            assert (f'#entry-{entry.key}"' in timeline) == (one.key in entry.people)
        for dispute in document.disputes:
            assert (f'#dispute-{dispute.key}"' in told) == (one.key in dispute.people)


def test_an_alleged_event_is_called_so_beside_the_real_ones(page_of):
    assert "Alleged: it did not happen" in Page(piece(page_of("pyatakov"), "In the timeline", "</section>")).words


def test_every_spelling_and_every_likely_mistake_is_given(page_of):
    for one in cases.shipped_document().people:
        words = squeezed(Page(page_of(one.key)).words)
        assert [name.spelling for name in one.names if squeezed(name.spelling) not in words] == []
        assert squeezed(plain(one.not_to_confuse)) in words


def test_going_on_and_back_leads_through_all_seventeen(page_of):
    def way(key, rel):
        found = re.search(f'rel="{rel}" href="../([a-z-]+)/"', page_of(key))
        return found and found[1]

    keys = [one.key for one in accused()]
    assert len(keys) == 17
    assert [way(key, "next") for key in keys] == [*keys[1:], None]
    assert [way(key, "prev") for key in keys] == [None, *keys[:-1]]
    assert "The accused, 1 of 17" in page_of("pyatakov")
    assert '<nav class="neighbours"' not in page_of("stalin")


def test_a_small_exhibit_with_one_of_everything_has_whole_pages(small, client):
    publish.publish(small, "First.")
    for key in ("pyatakov", "radek", "ulrikh"):
        page = Page(client.get(f"/exhibits/small/people/{key}/").content.decode())
        assert page.faults == [] and page.headings[0] == 1
    words = Page(client.get("/exhibits/small/people/pyatakov/").content.decode()).words
    for said in ("died 1937", "Confidence: low", "Reference works print 30 January.", "A memoir", "First day"):
        assert said in words
    assert "judge of" in Page(client.get("/exhibits/small/people/ulrikh/").content.decode()).words


# The people and the court


@pytest.mark.parametrize(
    ("path", "part"), [("people/", "Observers"), ("court/", "Witnesses called by the prosecution")]
)
def test_the_parts_that_people_had_are_reached_from_the_top(shipped, client, path, part):
    html = client.get(f"/exhibits/{cases.SHIPPED_SLUG}/{path}").content.decode()
    ways = piece(html, '<nav class="roles"', "</nav>")
    assert part in ways
    anchors = re.findall('href="#([^"]+)"', ways)
    assert len(anchors) > 2 and all(f'<section id="{anchor}"' in html for anchor in anchors)


# Paper


@pytest.mark.browser
def test_each_of_the_accused_is_one_sheet_of_paper(shipped, live_server, tab):
    sheets = {}
    for one in accused():
        tab.goto(f"{live_server.url}{MOUNT}{one.key}/")
        sheets[one.key] = len(re.findall(rb"/Type\s*/Page\b", tab.pdf(format="A4")))
    assert sheets == {one.key: 1 for one in accused()}
    assert tab.complaints == []
