"""The story: what its opening says, how long it takes to read, and the figure of fates."""

import re
from datetime import date

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from tests import cases
from tests.html import Page
from trials import dates
from trials.languages import Text
from trials.models import Defendant, Fact
from trials.pages.fates import Axis, Extent, Figure
from trials.pages.reading import reading_minutes

MOUNT = f"/exhibits/{cases.SHIPPED_SLUG}/"


def story(client, path=MOUNT):
    return Page(client.get(path).content.decode())


def figure_html(client, path=MOUNT):
    return re.search(r'<figure class="fates.*?</figure>', client.get(path).content.decode(), re.S)[0]


def figure(content):
    return Figure(cases.document(content), "en")


def fates(figure):
    return {fate.person.key: fate for group in figure.groups for fate in group.fates}


def with_facts(*facts, **defendant):
    """The small exhibit with one defendant, of whom these facts are known."""
    content = cases.small_content()
    person = content["people"][0]
    person["facts"] = [{"words": {"en": "It is said."}, **fact} for fact in facts]
    person["defendant"].update(defendant)
    content["people"][1].pop("defendant")
    return content


def marks(content):
    found = figure(content)
    return {mark.kind: mark for mark in fates(found)["pyatakov"].marks} if found else None


def percent(position):
    return float(position.removesuffix("%"))


# The page


def test_the_opening_states_trial_place_days_number_and_time(shipped, client):
    words = story(client).words
    opening = words[: words.index("In short")]
    for said in ("Anti-Soviet Trotskyist Centre", "House of the Unions", "23–30 January 1937", "17 accused"):
        assert said in opening
    assert "About 12 minutes to read" in opening


def test_the_way_on_leads_to_every_kind_of_page(shipped, client):
    html = client.get(MOUNT).content.decode()
    ways = Page(re.search(r'<nav class="ways-on.*?</nav>', html, re.S)[0])
    pages = ("defendants", "timeline", "charges", "disputes", "court", "people", "places", "glossary", "sources")
    assert set(ways.links) == {f"{page}/" for page in pages}


def test_the_way_on_does_not_lead_to_an_empty_page(client, db):
    cases.show(cases.document(cases.small_content(disputes=[])), "First.")
    assert "Open questions" not in story(client, "/exhibits/small/").words


@pytest.mark.parametrize(("words", "minutes"), [(0, 1), (200, 1), (299, 1), (301, 2), (2400, 12)])
def test_reading_takes_a_minute_for_two_hundred_words(words, minutes):
    assert reading_minutes([Text(en="word " * words)], "en") == minutes


def test_only_words_that_are_read_are_counted():
    cited = "Un­known [Radek](person:radek) didn’t [@record, p. 82 and more and more] *say* – so. "
    assert reading_minutes([Text(en=cited * 300)], "en") == round(5 * 300 / 200)


def test_words_are_counted_in_the_language_that_is_shown():
    text = Text(en="word " * 200, ru="слово " * 800)
    assert (reading_minutes([text], "ru"), reading_minutes([text], "de")) == (4, 1)
    assert reading_minutes([Text()], "en") == 1


# The figure


def test_the_numbers_are_those_of_the_document(shipped, client):
    accused = cases.shipped_document().defendants
    sentences = [person.defendant.sentence for person in accused]
    words = Page(figure_html(client)).words
    assert f"{len(accused)} fates" in words
    assert f"{sentences.count('death')} condemned to be shot" in words
    assert f"{sentences.count('prison')} sentenced to prison" in words
    confessed = [p for p in accused if {"confession", "plea"} & {fact.kind for fact in p.facts}]
    assert f"{len(confessed)} of {len(accused)} confessed under coercion" in words
    last = max(person.fact(Fact.Kind.DEATH).when.latest for person in accused)
    assert f"None was alive at the end of {last.year}" in words


def test_the_numbers_follow_the_document():
    content = with_facts({"kind": "death", "date": "1937-02-01"})
    assert (figure(content).confessed(), figure(content).nobody_alive()) == (0, 1937)
    content["people"][0]["facts"] += [{"kind": "plea", "words": {"en": "Guilty."}, "standing": "coerced"}]
    assert figure(content).confessed() == 1


@pytest.mark.parametrize("death", ["1938/..", "XXXX", "1961", ""])
def test_that_nobody_was_alive_is_said_only_if_it_is_known_and_came_soon(death):
    facts = [{"kind": "arrest", "date": "1936-09-12"}, {"kind": "death", "date": death}]
    assert figure(with_facts(*facts)).nobody_alive() is None


def test_every_line_leads_to_its_person_by_one_link(shipped, client):
    links = Page(figure_html(client)).links
    assert sorted(links) == sorted(f"people/{person.key}/" for person in cases.shipped_document().defendants)


def test_the_table_holds_every_date_in_words(shipped, client):
    table = figure_html(client).split("<table>")[1]
    rows = {Page(row).words for row in table.split("<tr>")}
    for person in cases.shipped_document().defendants:
        row = next(row for row in rows if row.startswith(str(person.name)))
        for fact in person.facts:
            if fact.kind in ("arrest", "confession", "death", "rehabilitation"):
                assert dates.in_words(fact.when) in row
    assert any("26 July 1990 at the latest (not drawn)" in row for row in rows)
    assert any("probably 1986 (not verified)" in row for row in rows)


def test_the_table_has_a_caption_and_headings_of_rows_and_columns(shipped, client):
    page = Page(figure_html(client))
    scopes = [heading["scope"] for heading in page.all("th")]
    assert scopes == ["col"] * 6 + ["row"] * 17
    assert len(page.all("caption")) == 1


def test_a_date_known_to_the_day_is_a_mark_and_an_uncertain_one_a_range():
    people = fates(Figure(cases.shipped_document(), "en"))
    drobnis = {mark.kind: mark for mark in people["drobnis"].marks}
    axis = Figure(cases.shipped_document(), "en").axis
    annulled = drobnis["rehabilitation"]
    assert drobnis["arrest"].width == "" and drobnis["arrest"].is_sure
    assert percent(annulled.x) == round(axis.at(1959 * 12), 1)
    assert percent(annulled.x) + percent(annulled.width) == pytest.approx(axis.at(1989 * 12), abs=0.1)
    assert drobnis["death"].width == "" and not drobnis["death"].is_sure


@pytest.mark.parametrize("open_date", ["[..1990-07-26]", "1937/..", "XXXX", ""])
def test_a_date_with_an_open_end_is_not_drawn(open_date):
    found = marks(with_facts({"kind": "arrest", "date": "1936-09-12"}, {"kind": "death", "date": open_date}))
    assert set(found) == {"arrest"}


@pytest.mark.parametrize("standing", ["alleged", "refuted"])
def test_what_was_only_alleged_is_not_on_the_scale_of_what_happened(standing):
    facts = {"kind": "arrest", "date": "1936-09-12"}, {"kind": "death", "date": "1940", "standing": standing}
    assert set(marks(with_facts(*facts))) == {"arrest"}


def test_what_is_not_verified_is_not_drawn_as_sure():
    facts = {"kind": "arrest", "date": "1936-09-12"}, {"kind": "death", "date": "1937-02-01", "standing": "unverified"}
    found = marks(with_facts(*facts))
    assert found["arrest"].is_sure and not found["death"].is_sure


def test_a_life_is_drawn_from_the_arrest_to_the_death_and_then_the_judgment_stands():
    content = with_facts(
        {"kind": "arrest", "date": "1936-09-12"},
        {"kind": "death", "date": "1937-02-01"},
        {"kind": "rehabilitation", "date": "1988-06-13"},
    )
    life, judgment = fates(figure(content))["pyatakov"].lines
    found = marks(content)
    assert (life.kind, life.start, life.end) == ("life", found["arrest"].x, found["death"].x)
    assert (judgment.kind, judgment.start, judgment.end) == ("judgment", found["death"].x, found["rehabilitation"].x)


def test_the_line_of_somebody_whose_death_is_not_known_ends_with_the_trial():
    content = with_facts({"kind": "arrest", "date": "1936-09-12"})
    (life,) = fates(figure(content))["pyatakov"].lines
    assert percent(life.end) == round(figure(content).axis.at(Extent.of(cases.document(content).when).end), 1)


def test_a_life_ends_where_an_uncertain_death_may_begin():
    content = with_facts({"kind": "arrest", "date": "1936-09-12"}, {"kind": "death", "date": "[1938..1939]"})
    (life,) = fates(figure(content))["pyatakov"].lines
    assert life.end == marks(content)["death"].x


@pytest.mark.parametrize(
    ("defendant", "heading"),
    [
        ({"sentence": "death"}, "1 condemned to be shot"),
        ({"sentence": "prison", "sentence_years": 10}, "1 sentenced to prison"),
        ({"sentence": "none", "verdict": "acquitted"}, "1 acquitted"),
        ({"sentence": "none", "verdict": "none"}, "1 with no sentence recorded"),
    ],
)
def test_the_accused_stand_by_what_the_court_decided(defendant, heading):
    content = with_facts({"kind": "arrest", "date": "1936-09-12"}, **defendant)
    assert [group.heading for group in figure(content).groups] == [heading]


def test_the_accused_stand_in_the_order_of_their_arrests():
    for group in Figure(cases.shipped_document(), "en").groups:
        arrests = [fate.person.fact(Fact.Kind.ARREST).when.latest for fate in group.fates]
        assert arrests == sorted(arrests)


def test_every_sentence_has_its_heading():
    from trials.pages.fates import HEADINGS

    assert {*Defendant.Sentence, Defendant.Verdict.ACQUITTED} == set(HEADINGS)


# The axis


def extent(first, last):
    return Extent.of(dates.parse(f"{first}/{last}"))


def test_the_axis_breaks_at_the_end_of_the_month_after_the_trial():
    axis = Axis([extent("1936-04-17", "1988-06-13")], extent("1937-01-23", "1937-01-30"))
    assert axis.has_break and axis.turn == 1937 * 12 + 2
    assert (axis.at(axis.turn), axis.at(1989 * 12)) == (60, 100)


@pytest.mark.parametrize("last", ["1937-02-01", "1937-03", "1937-12-31"])
def test_the_axis_has_one_scale_where_little_came_after_the_trial(last):
    axis = Axis([extent("1936-04-17", last)], extent("1937-01-23", "1937-01-30"))
    assert not axis.has_break and axis.break_at == ""


def test_the_axis_has_one_scale_where_the_days_of_the_trial_are_not_known():
    assert not Axis([extent("1936-04-17", "1988-06-13")], None).has_break


def test_the_first_tick_and_every_january_name_the_year():
    axis = Axis([extent("1936-04-17", "1937-02-01")], extent("1937-01-23", "1937-01-30"))
    assert [tick.month.month if tick.month else tick.year for tick in axis.ticks()] == [1936, 7, 10, 1937]


days = st.dates(date(1, 1, 1), date(9999, 12, 31))


@given(st.lists(st.tuples(days, days), min_size=1, max_size=5), st.none() | st.tuples(days, days))
def test_no_moment_is_outside_the_axis_and_later_is_further_right(pairs, trial):
    extents = [extent(*sorted(pair)) for pair in pairs]
    around = extent(*sorted(trial)) if trial else None
    axis = Axis([*extents, *filter(None, [around])], around)
    moments = sorted(moment for e in extents for moment in (e.start, e.end))
    found = [axis.at(moment) for moment in moments]
    assert found == sorted(found) and -0.01 < found[0] and found[-1] < 100.01
    ticks = [percent(tick.x) for tick in axis.ticks()]
    assert all(0 <= tick <= 94 for tick in ticks), "a name reaches out of the figure"
    assert not (axis.has_break and any(55 < tick < 64 for tick in ticks)), "a name reaches across the break"
    assert 0 < len(ticks) <= 8


# Any exhibit


@pytest.mark.parametrize("number", [1, 300])
def test_an_exhibit_of_any_size_has_its_figure(client, db, number):
    content = cases.large_content(number)
    if number == 1:
        content["people"][1].pop("defendant")
    cases.show(cases.document(content), "First.")
    page = Page(figure_html(client, "/exhibits/large/"))
    assert len(page.links) == number
    assert f"{number} fate" in page.words and page.faults == []


def test_an_exhibit_without_a_date_to_draw_has_no_figure(client, db):
    for content in (with_facts(), with_facts({"kind": "death", "date": "XXXX"}), cases.small_content(people=[])):
        assert not figure({**content, "timeline": [], "disputes": [], "sections": []})
    cases.show(cases.document(with_facts({"kind": "birth", "date": "1890"})), "First.")
    assert "<figure" not in client.get("/exhibits/small/").content.decode()


def test_a_figure_of_which_little_is_known_explains_only_what_it_shows(client, db):
    cases.show(cases.document(with_facts({"kind": "arrest", "date": "1936-09-12"})), "First.")
    words = Page(figure_html(client, "/exhibits/small/")).words
    assert "1 fate" in words and "Arrest" in words
    for absent in ("confessed", "alive", "annulled", "Probably", "between", "Death Death"):
        assert absent not in words


def test_positions_have_a_decimal_point_in_every_language(shipped, client):
    with translation.override("de"):
        html = figure_html(client)
    positions = re.findall(r' (?:x|x1|x2|width)="([^"]*%)"', html)
    assert len(positions) > 17 * 8
    assert all(0 <= percent(position) <= 100 for position in positions)
    assert "style=" not in html and "<script" not in html


# In a browser

MEASURE = """() => {
  const figure = document.querySelector('.lanes'), room = document.documentElement.clientWidth;
  const outside = [...figure.querySelectorAll('rect, line, text, a')].filter(element => {
    const box = element.getBoundingClientRect();
    return box.left < 0 || box.right > room;
  });
  const sizes = [...document.querySelectorAll('.fates :is(text, span, h3, li, p, th, td)')]
    .map(element => parseFloat(getComputedStyle(element).fontSize));
  const names = [...figure.querySelectorAll('.axis text:not(.trial)')].map(text => text.getBoundingClientRect());
  return {
    sideways: document.documentElement.scrollWidth - room,
    outside: outside.length,
    smallest: Math.min(...sizes),
    overlaps: names.filter((box, i) => i && box.left < names[i - 1].right).length,
    targets: Math.min(...[...figure.querySelectorAll('a')].map(a => a.getBoundingClientRect().height)),
  };
}"""


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_the_figure_is_readable_at_every_width(shipped, live_server, tab, width):
    tab.set_viewport_size({"width": width, "height": 800})
    tab.goto(live_server.url + MOUNT)
    found = tab.evaluate(MEASURE)
    assert (found["sideways"], found["outside"], found["overlaps"]) == (0, 0, 0)
    assert found["smallest"] >= 12 and found["targets"] >= 24
    assert tab.complaints == []


@pytest.mark.browser
def test_the_open_table_does_not_widen_a_phone(shipped, live_server, tab):
    tab.set_viewport_size({"width": 360, "height": 800})
    tab.goto(live_server.url + MOUNT)
    tab.get_by_text("All dates in a table").click()
    assert tab.locator(".fates table").is_visible()
    assert tab.evaluate(MEASURE)["sideways"] == 0


@pytest.mark.browser
def test_the_figure_works_without_scripts_by_keyboard_and_shows_the_focus(shipped, live_server, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url + MOUNT)
    links = page.locator(".lanes a")
    assert links.count() == 17
    links.first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert page.locator(".lanes a:focus-visible").get_attribute("href") == links.nth(1).get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/boguslavsky/")
    page.go_back()
    page.locator(".lanes a").first.locator("rect").last.click()
    page.wait_for_url("**/people/muralov/")
    context.close()


@pytest.mark.browser
def test_the_figure_fits_on_one_sheet_of_paper(shipped, live_server, tab):
    """A4 at 96 pixels to the inch, less the margins of base.css."""
    tab.set_viewport_size({"width": 672, "height": 1016})
    tab.goto(live_server.url + MOUNT)
    tab.emulate_media(media="print")
    box = tab.locator(".fates").bounding_box()
    assert box["height"] < 1016 and box["width"] <= 672
    assert tab.locator(".fates").evaluate("figure => getComputedStyle(figure).breakInside") == "avoid"
    assert not tab.get_by_text("All dates in a table").is_visible()
