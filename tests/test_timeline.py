"""The timeline: one ordered list, a scale on top of it, and what a script adds for comfort."""

import re
import statistics

import pytest
from django.utils import translation

from tests import cases
from tests.html import Page
from trials import dates
from trials.editions.document import TimelineEntry
from trials.pages import scale

PATH = f"/exhibits/{cases.SHIPPED_SLUG}/timeline/"
DOCUMENT = cases.shipped_document()
REAL = [entry for entry in DOCUMENT.events if not entry.alleged]


def entry(date, **fields) -> TimelineEntry:
    """An entry on a date in EDTF."""
    named = {"key": "entry", "phase": "trial", "title": {"en": "A title"}, "words": {"en": "Words."}, **fields}
    return TimelineEntry.model_validate({"date": date, **named})


def strip(*entries):
    """The strip of these entries; a text is the date of one."""
    return scale.strip("trial", [each if isinstance(each, TimelineEntry) else entry(each) for each in entries], "en")


def labels(found):
    """What stands along the axis, breaks in brackets."""
    return [f"[{cell.label}]" if cell.left_out else cell.label for cell in found.cells]


def percent(text):
    return float(text.removesuffix("%"))


def key_of(anchor):
    return anchor.removeprefix("#entry-")


# The list, which is there without a script


@pytest.fixture
def html(shipped, client):
    return client.get(PATH).content.decode()


def test_the_list_has_every_entry_in_the_order_of_time_under_its_phase(html):
    in_list = re.findall(r'<li id="entry-([a-z0-9-]+)"', html)
    assert in_list == [entry.key for entry in DOCUMENT.events]
    phases = re.findall(r'<section class="phase" id="phase-([a-z-]+)"', html)
    assert phases == ["roots", "build-up", "trial", "aftermath", "reckoning"]
    for href in (f"#phase-{phase}" for phase in phases):
        assert f'href="{href}"' in html


def test_every_entry_has_a_heading_with_its_date(html):
    page = Page(html)
    for one in DOCUMENT.events:
        assert str(one.title) in page.words
        assert dates.in_words(one.when, "en", one.time) in page.words
        machine = dates.datetime_attribute(one.when)
        assert not machine or f'datetime="{machine}"' in html
    assert page.headings.count(3) >= len(DOCUMENT.events)


def test_what_was_alleged_says_so_and_is_nowhere_on_the_scale(html):
    alleged = [one.key for one in DOCUMENT.events if one.alleged]
    assert alleged == ["oslo-flight"]
    item = html[html.index('<li id="entry-oslo-flight"') :]
    assert "Alleged: it did not happen" in item[: item.index("</li>")]
    scale_html = html[html.index('<nav class="scale"') : html.index('<section class="phase"')]
    assert "oslo-flight" not in scale_html
    assert [key_of(href) for href in re.findall(r'href="(#entry-[^"]+)"', scale_html)] == [one.key for one in REAL]


def test_what_needs_a_script_is_hidden_without_one(html):
    assert re.search(r'<form class="picks" hidden>', html)
    assert re.search(r'<nav class="steps"[^>]* hidden>', html)
    assert not re.search(r"<button(?![^>]*type)", html)


def test_every_entry_of_the_exhibit_has_a_theme():
    assert [one.key for one in DOCUMENT.events if not one.theme] == []
    assert {one.theme for one in DOCUMENT.events} == set(type(DOCUMENT.events[0].theme))


def test_a_timeline_without_entries_says_so_and_has_no_scale(client, db):
    cases.show(cases.document(cases.small_content(timeline=[], disputes=[])), "Empty.")
    html = client.get("/exhibits/small/timeline/").content.decode()
    assert "Nothing is told here yet." in html
    assert "<svg" not in html and '<form class="picks"' not in html


# The scale


def test_every_entry_that_happened_is_on_the_scale_within_its_strip():
    marks = []
    for phase in dict.fromkeys(one.phase for one in DOCUMENT.events):
        found = scale.strip(phase, [one for one in DOCUMENT.events if one.phase == phase], "en")
        marks += found.marks
        for mark in found.marks:
            assert 0 <= percent(mark.x) and percent(mark.x) + percent(mark.width or "0%") <= 100
            assert mark.narrow <= found.narrow < scale.LANES and mark.wide <= found.wide <= found.narrow
    assert [mark.entry.key for mark in marks] == [one.key for one in REAL]


def test_marks_do_not_cover_each_other():
    for phase in dict.fromkeys(one.phase for one in DOCUMENT.events):
        marks = scale.strip(phase, [one for one in DOCUMENT.events if one.phase == phase], "en").marks
        for lane, width in (("narrow", scale.NARROW), ("wide", scale.WIDE)):
            ends = [
                (getattr(mark, lane), percent(mark.x), percent(mark.x) + percent(mark.width or "0%")) for mark in marks
            ]
            for index, (one, begin, end) in enumerate(ends):
                for other, begin2, end2 in ends[:index]:
                    apart = max(begin - end2, begin2 - end) * width / 100
                    # A bar too short to be seen is a dot in its middle.
                    assert one != other or apart > scale.MARK - 0.1


def test_each_strip_has_the_finest_unit_that_fits():
    assert labels(strip("1937-01-23", "1937-01-28", "1937-02-01")) == "23 24 25 26 27 28 29 30 31 1".split()
    assert labels(strip("1936-11-03", "1937-02-20")) == ["Nov", "Dec", "Jan", "Feb"]
    assert labels(strip("1934-05-01", "1937", "1939-06-30")) == ["1934", "1935", "1936", "1937", "1938", "1939"]
    assert labels(strip("17XX", "1890", "1991-02-01")) == ["1700", "1800", "1900"]


def test_a_long_time_without_an_entry_is_left_out_and_says_how_long_it_was():
    assert labels(strip("1956-02-25", "1986-12-04", "1988-06-13")) == ["1956", "[29 years]", "1986", "1987", "1988"]
    year = [f"1937-01-{day}" for day in range(23, 31)]
    assert labels(strip("1937", *year)) == ["1", "[21 days]", *"23 24 25 26 27 28 29 30".split(), "[334 days]", "31"]


def test_days_and_months_say_what_they_are_part_of():
    found = strip("1936-12-30", "1937-01-02")
    assert [cell.period for cell in found.cells if cell.period] == ["December 1936", "January 1937"]
    assert found.dates == "30 December 1936 – 2 January 1937"
    assert [cell.period for cell in strip("1936-12", "1937-02-01").cells if cell.period] == ["1936", "1937"]
    beyond_a_break = strip("1937-01-01", "1937-01-02", "1937-01-03", "1937-01-04", "1937-02-20")
    assert [cell.period for cell in beyond_a_break.cells if cell.period] == ["January 1937", "February 1937"]


def test_where_more_happened_time_is_wider():
    found = strip("1936-01-01", *(f"1937-01-{day:02}" for day in range(1, 9)), "1938-12-31", "1939-01-01", "1940-12-31")
    begins = [percent(cell.x) for cell in found.cells] + [100]
    widths = {cell.label: after - at for cell, at, after in zip(found.cells, begins[:-1], begins[1:], strict=True)}
    assert widths["1937"] > 2 * widths["1936"]


def test_a_date_that_is_not_known_for_sure_is_an_open_range():
    certain = {
        "1937-01-23": False,
        "1936-08-19/1936-08-24": False,
        "1937-02-01?": True,
        "1936-10~": True,
        "1929/1930": True,
        "1956": True,
        "[1959..1988]": True,
        "[1936-01-02,1938-03-04]": True,
        "../1938": True,
        "XXXX": True,
    }
    assert {date: scale.is_uncertain(entry(date)) for date in certain} == certain
    marks = strip("1956", "[1959..1962]", "1965-01-01").marks
    assert [bool(mark.width) for mark in marks] == [True, True, False]
    assert percent(marks[1].width) > 2 * percent(marks[0].width)


def test_a_date_without_a_beginning_or_an_end_reaches_to_the_end_of_the_strip():
    marks = strip("../1938-05-01", "1936-01-01", "1940-06-01/..", "XXXX").marks
    assert percent(marks[0].x) == 0 and percent(marks[0].width) < 100
    assert percent(marks[2].x) + percent(marks[2].width) == pytest.approx(100, abs=0.02)
    assert (marks[3].x, marks[3].width) == ("0.00%", "100.00%")


@pytest.mark.parametrize("date", ["XXXX", "0001-01-01", "9999-12-31", "19XX", "99XX", "0001/9999", "1937", "[..0400]"])
def test_a_strip_of_one_entry_is_drawn_whatever_its_date(date):
    found = strip(date)
    assert len(found.marks) == 1
    assert all(0 <= percent(cell.x) < 100 for cell in found.cells)


def test_a_strip_with_nothing_that_happened_is_left_out():
    assert strip(entry("1935-12", standing="refuted"), entry("1935-12", standing="alleged")) is None


def test_a_strip_speaks_the_language_of_the_page():
    with translation.override("de"):
        found = scale.strip("trial", [entry("1936-03-01"), entry("1936-05-01")], "de")
    assert [cell.label for cell in found.cells] == ["Mär", "Apr", "Mai"]


def test_a_thousand_entries_stay_within_the_lanes_and_take_few_elements(client, db):
    document = cases.document(cases.long_timeline(1000))
    cases.show(document, "Long.")
    html = client.get("/exhibits/long/timeline/").content.decode()
    assert len(re.findall(r'<a class="n\d+ w\d+"', html)) == 1000
    assert len(Page(html).elements) < 6500
    found = scale.strip("trial", [one for one in document.events if one.phase == "trial"], "en")
    assert max(found.narrow, found.wide) < scale.LANES


# In a real browser


@pytest.fixture
def timeline(shipped, live_server, tab):
    """The page at 1280 pixels, where nothing may complain."""
    tab.set_viewport_size({"width": 1280, "height": 900})
    tab.address = live_server.url + PATH
    tab.goto(tab.address)
    yield tab
    assert tab.complaints == []


# An address is followed a moment after the click.
ALL_SHOWN = "() => !document.querySelector('.timeline-list > [hidden]')"


def shown(tab):
    """The keys of the entries that are to be seen."""
    return [
        key.removeprefix("entry-")
        for key in tab.evaluate(
            "[...document.querySelectorAll('.timeline-list > li')].filter((e) => e.checkVisibility()).map((e) => e.id)"
        )
    ]


def current(tab):
    """The key of the entry that is marked as the one where one is."""
    found = tab.evaluate("[...document.querySelectorAll('.timeline-list [aria-current]')].map((e) => e.id)")
    assert len(found) < 2
    return key_of(f"#{found[0]}") if found else None


def focused(tab):
    """The key of the entry in which the focus is."""
    return key_of("#" + tab.evaluate("document.activeElement.closest('.timeline-list > li')?.id ?? ''"))


def press(tab, name):
    # By force, since at an end it counts as disabled.
    tab.locator(f".steps [data-to={name}]").click(force=True)


def in_sight(tab, key):
    return tab.evaluate(
        "(id) => { const box = document.getElementById(id).getBoundingClientRect();"
        " return box.top >= 0 && box.top < innerHeight - 100; }",
        f"entry-{key}",
    )


@pytest.mark.browser
def test_without_a_script_nothing_is_lost(shipped, live_server, browser):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    tab.goto(live_server.url + PATH)
    assert tab.locator(".timeline-list > li").count() == len(DOCUMENT.events)
    assert tab.locator(".timeline-list > li:visible").count() == len(DOCUMENT.events)
    assert tab.locator(".picks, .steps").locator("visible=true").count() == 0
    tab.locator(".scale a[href='#entry-verdict']").click()
    assert tab.url.endswith("#entry-verdict")
    context.close()


@pytest.mark.browser
def test_every_mark_lies_within_the_scale_and_has_room_for_a_finger(timeline):
    for width in (320, 768, 1280, 1920):
        timeline.set_viewport_size({"width": width, "height": 900})
        boxes = timeline.evaluate(
            "[...document.querySelectorAll('.strip')].map((strip) => [strip, ...strip.querySelectorAll('svg a')]"
            ".map((e) => { const b = e.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]; }))"
        )
        assert sum(len(marks) - 1 for marks in boxes) == len(REAL)
        for (left, top, right, bottom), *marks in boxes:
            middles = []
            for x1, y1, x2, y2 in marks:
                assert left <= x1 and top <= y1 and x2 <= right and y2 <= bottom
                assert x2 - x1 > 5 and y2 - y1 > 10
                middles.append(((x1 + x2) / 2, (y1 + y2) / 2))
            for index, (x, y) in enumerate(middles):
                assert all(max(abs(x - x2), abs(y - y2)) >= 24 for x2, y2 in middles[:index]), width


@pytest.mark.browser
def test_the_page_never_scrolls_sideways(timeline):
    for width in (320, 360, 768, 1280, 1920):
        timeline.set_viewport_size({"width": width, "height": 900})
        press(timeline, "last")
        sizes = timeline.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert sizes[0] <= sizes[1]


@pytest.mark.browser
def test_a_theme_and_a_person_pick_entries_out(timeline):
    assert shown(timeline) == [one.key for one in DOCUMENT.events]
    status = timeline.locator(".picks [role=status]")
    assert status.text_content() == "Shown: 69 of 69"
    timeline.select_option("[name=theme]", "fates")
    fates = [one.key for one in DOCUMENT.events if one.theme == "fates"]
    assert shown(timeline) == fates
    assert status.text_content() == f"Shown: {len(fates)} of 69"
    timeline.select_option("[name=people]", "radek")
    assert shown(timeline) == ["radek-killed"]
    assert timeline.locator(".phase:visible h2").all_text_contents() == ["Aftermath"]
    aside = timeline.evaluate("document.querySelectorAll('.scale svg a:not(.aside)').length")
    assert aside == 1
    timeline.select_option("[name=theme]", "")
    assert shown(timeline) == [one.key for one in DOCUMENT.events if "radek" in one.people]
    timeline.locator(".picks [type=reset]").click()
    assert shown(timeline) == [one.key for one in DOCUMENT.events]
    assert status.text_content() == "Shown: 69 of 69"
    assert timeline.url == timeline.address


@pytest.mark.browser
def test_what_is_offered_is_what_is_there(timeline):
    options = timeline.locator(".picks option").all_text_contents()
    for label, count in (("In court", 11), ("Karl Radek", 14)):
        assert f"{label} ({count})" in options
    for name in ("theme", "people"):
        for value in timeline.locator(f"[name={name}] option").evaluate_all("(all) => all.map((one) => one.value)"):
            timeline.select_option(f"[name={name}]", value)
            assert shown(timeline)
        timeline.select_option(f"[name={name}]", "")


@pytest.mark.browser
def test_an_address_with_an_entry_shows_it_whatever_is_picked_out(timeline):
    timeline.goto(timeline.address + "#entry-verdict")
    assert current(timeline) == "verdict" and in_sight(timeline, "verdict")
    timeline.select_option("[name=theme]", "inquiry")
    assert current(timeline) is None
    timeline.locator(".scale a[href='#entry-rally']").click()
    timeline.wait_for_function("() => document.activeElement.tagName === 'H3'")
    assert len(shown(timeline)) == 69
    assert timeline.locator("[name=theme]").input_value() == ""
    assert current(timeline) == focused(timeline) == "rally"
    assert in_sight(timeline, "rally")
    # Once more to the same, which the address still named when it was hidden.
    timeline.select_option("[name=theme]", "inquiry")
    timeline.locator(".scale a[href='#entry-rally']").click()
    timeline.wait_for_function(ALL_SHOWN)
    assert current(timeline) == "rally"


@pytest.mark.browser
def test_a_phase_that_is_not_picked_out_is_shown_to_whoever_follows_its_link(timeline):
    timeline.select_option("[name=theme]", "inquiry")
    timeline.locator(".strip-head a[href='#phase-roots']").click()
    timeline.wait_for_function(ALL_SHOWN)


@pytest.mark.browser
def test_keys_lead_from_entry_to_entry_and_the_focus_is_seen(timeline):
    keys = [one.key for one in DOCUMENT.events]
    timeline.keyboard.press("ArrowRight")
    assert current(timeline) == focused(timeline) == keys[0]
    timeline.keyboard.press("ArrowRight")
    assert current(timeline) == focused(timeline) == keys[1]
    style = "getComputedStyle(document.querySelector('#entry-{} h3'), '::before').outlineStyle"
    assert timeline.evaluate(style.format(keys[1])) == "solid"
    timeline.wait_for_function(f"() => location.hash === '#entry-{keys[1]}'")
    timeline.keyboard.press("ArrowLeft")
    timeline.keyboard.press("ArrowLeft")
    assert current(timeline) == keys[0]
    timeline.keyboard.press("End")
    assert current(timeline) == focused(timeline) == keys[-1]
    timeline.wait_for_timeout(100)
    assert in_sight(timeline, keys[-1])
    timeline.keyboard.press("Home")
    assert current(timeline) == keys[0]


@pytest.mark.browser
def test_keys_are_left_alone_where_they_have_another_use(timeline):
    timeline.locator("[name=theme]").focus()
    timeline.keyboard.press("ArrowRight")
    assert current(timeline) is None
    timeline.locator("h1").click()
    timeline.keyboard.press("Control+ArrowRight")
    timeline.keyboard.press("End")
    assert current(timeline) is None


@pytest.mark.browser
def test_buttons_do_what_keys_do_among_those_that_are_picked_out(timeline):
    timeline.select_option("[name=theme]", "fates")
    fates = [one.key for one in DOCUMENT.events if one.theme == "fates"]
    for name, expected in (("next", 0), ("next", 1), ("last", -1), ("next", -1), ("previous", -2), ("first", 0)):
        press(timeline, name)
        assert current(timeline) == fates[expected]
    assert "1 of 9" in timeline.locator(".steps [role=status]").text_content()
    assert timeline.locator(".steps [data-to=previous]").get_attribute("aria-disabled") == "true"
    # Whoever presses a button again and again must find it where it was.
    timeline.locator(".steps [data-to=next]").focus()
    timeline.keyboard.press("Enter")
    timeline.keyboard.press("Enter")
    assert current(timeline) == fates[2]
    for box in timeline.locator(".steps button").evaluate_all(
        "(all) => all.map((b) => [b.offsetWidth, b.offsetHeight])"
    ):
        assert min(box) >= 44


@pytest.mark.browser
def test_steps_in_quick_succession_are_all_counted(timeline):
    timeline.evaluate("for (let n = 0; n < 4; n++) document.querySelector('.steps [data-to=next]').click()")
    assert current(timeline) == DOCUMENT.events[3].key


@pytest.mark.browser
def test_a_step_goes_on_from_what_one_has_scrolled_to(timeline):
    press(timeline, "first")
    timeline.locator("#entry-verdict").evaluate("(entry) => entry.scrollIntoView({behavior: 'instant'})")
    timeline.evaluate("scrollBy({top: -20, behavior: 'instant'})")
    timeline.wait_for_timeout(1000)
    press(timeline, "next")
    assert current(timeline) in ("verdict", "rally")


@pytest.mark.browser
def test_the_scale_is_one_stop_of_the_tab_key_and_says_what_it_leads_to(timeline):
    assert timeline.locator(".scale svg a[tabindex='0']").count() == 1
    timeline.locator(".scale svg a[tabindex='0']").focus()
    assert "Forty-six party members protest" in timeline.locator(".reading").text_content()
    timeline.keyboard.press("ArrowRight")
    assert "The Left Opposition is expelled" in timeline.locator(".reading").text_content()
    timeline.keyboard.press("End")
    timeline.keyboard.press("Enter")
    timeline.wait_for_function("() => document.activeElement.tagName === 'H3'")
    assert current(timeline) == REAL[-1].key
    assert timeline.locator(".scale a[aria-current]").get_attribute("href") == f"#entry-{REAL[-1].key}"


@pytest.mark.browser
def test_a_finger_beside_a_mark_means_the_nearest(timeline):
    mark = timeline.locator(".scale a[href='#entry-fourth-day']")
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    timeline.mouse.click(box["x"] + box["width"] + 14, box["y"] + 20)
    timeline.wait_for_function("() => location.hash === '#entry-fourth-day'")


@pytest.mark.browser
@pytest.mark.parametrize(("motion", "moved"), [("reduce", 1), ("no-preference", 0)])
def test_whoever_wants_no_motion_gets_none(timeline, motion, moved):
    timeline.emulate_media(reduced_motion=motion)
    timeline.goto(timeline.address + "#entry-verdict")
    before = timeline.evaluate("scrollY")
    after = timeline.evaluate("document.querySelector('.steps [data-to=next]').click(), scrollY")
    assert (after != before) == bool(moved)
    timeline.wait_for_function("(y) => scrollY > y", arg=before)


@pytest.mark.browser
def test_on_paper_the_list_stands_alone(timeline):
    timeline.emulate_media(media="print")
    assert timeline.locator(".scale, .picks, .steps").locator("visible=true").count() == 0
    assert len(shown(timeline)) == 69


@pytest.mark.browser
def test_links_lead_to_the_right_place_in_a_list_of_a_thousand(db, live_server, browser):
    cases.show(cases.document(cases.long_timeline(1000)), "Long.")
    for scripts in (True, False):
        context = browser.new_context(java_script_enabled=scripts, viewport={"width": 1280, "height": 900})
        tab = context.new_page()
        tab.goto(f"{live_server.url}/exhibits/long/timeline/#entry-entry-700")
        for key in ("entry-700", "entry-300"):
            tab.wait_for_timeout(300)
            # Where the page's style lets a goal stand: 12 % below the upper edge.
            assert abs(tab.locator(f"#entry-{key}").bounding_box()["y"] - 108) < 30
            tab.locator(".strip-head a").first.scroll_into_view_if_needed()
            tab.locator(".scale a[href='#entry-entry-300']").focus()
            tab.keyboard.press("Enter")
        context.close()


@pytest.mark.browser
def test_a_thousand_entries_stay_smooth(db, live_server, tab):
    cases.show(cases.document(cases.long_timeline(1000)), "Long.")
    tab.goto(f"{live_server.url}/exhibits/long/timeline/#entry-entry-700")
    # The middle of several, and the processor's time, since the machine may be busy with other work.
    metrics = tab.context.new_cdp_session(tab)
    metrics.send("Performance.enable", {"timeDomain": "threadTicks"})

    def milliseconds(work, *arguments):
        def spent():
            found = {one["name"]: one["value"] for one in metrics.send("Performance.getMetrics")["metrics"]}
            return found["TaskDuration"] * 1000

        before = spent()
        work(*arguments)
        tab.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        return spent() - before

    steps = [milliseconds(tab.keyboard.press, "ArrowRight") for _ in range(5)]
    picks = [milliseconds(tab.select_option, "[name=theme]", theme) for theme in ("court", "", "fates", "", "case")]
    assert statistics.median(steps) < 100 and statistics.median(picks) < 100
