"""What helps while one writes: a preview, records found by a few letters, marks mended, dates understood."""

import json

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import cases
from tests.test_accessibility import AXE, TAGS
from tests.test_admin import added, filled, staff
from tests.test_admin import words as words_of
from trials import models
from trials.languages import PROSE_LENGTH

WRITING = "/admin/trials/exhibit/writing/"


@pytest.fixture
def client(db):
    client = Client()
    client.force_login(User.objects.create_superuser("anna", password="x"))
    return client


@pytest.fixture
def read(small, client):
    def post(words, **data):
        response = client.post(f"{WRITING}read/", {"exhibit": small.pk, "language": "en", "words": words, **data})
        assert response.status_code == 200
        return response.json()

    return post


@pytest.fixture
def find(small, client):
    def get(query="", **data):
        response = client.get(f"{WRITING}find/", {"exhibit": small.pk, "q": query, **data})
        assert response.status_code == 200
        return [result["key"] for result in response.json()["results"]]

    return get


# Words as visitors will read them


def test_words_are_shown_as_the_page_shows_them(read):
    answer = read("See **[Radek](person:radek)** [@record, p. 82] and [@memoir].\n\n<b>no</b>")
    assert "<strong><a href=" in answer["html"] and "/people/radek/" in answer["html"]
    assert 'aria-label="Source 1: Court report 1937, p. 82"' in answer["html"] and "A memoir" in answer["html"]
    assert "&lt;b&gt;no" in answer["html"] and answer["faults"] == []


def test_what_is_named_in_vain_is_said_in_words(read):
    answer = read("[@nothing] and [x](person:nobody) and [x](term:-) and [x](ftp://example.org) [x](javascript:x)")
    assert len(answer["faults"]) == 4 and "“nothing”, which this exhibit does not have" in answer["faults"][0]
    assert "javascript" not in answer["html"].replace("[x](javascript:x)", "") and "nothing" in answer["html"]


def test_length_is_counted_against_what_visitors_read(read):
    assert read("One two three. Four.")["length"] == "4 words · longest sentence 3 of 25"
    lede = read("word " * 61, record="exhibit", field="lede_en")
    assert lede["length"] == "61 of 60 words · longest sentence 61 of 25" and len(lede["long"]) == 2
    assert read("word " * 61, record="section", field="body_en")["length"].startswith("61 words")


def test_before_the_exhibit_is_chosen_nothing_is_looked_up(read):
    answer = read("[@record]", exhibit="")
    assert "once it is known" in answer["faults"][0] and "record" in answer["html"]


@pytest.mark.parametrize(
    "words", ["x" * (PROSE_LENGTH + 1), "\x00", "a\x07", "[" * 9000, "[@" * 9000, "> " * 9000, "*a" * 9000]
)
def test_no_words_are_too_odd(read, client, words):
    answer = read(words)
    assert answer["faults"] or answer["html"]
    assert client.post(f"{WRITING}mend/", {"words": words, "language": "ru"}).status_code == 200


def test_reading_asks_the_same_number_of_questions_however_much_is_cited(read):
    counts = []
    for number in (1, 30):
        with CaptureQueriesContext(connection) as captured:
            read(" ".join(["[@record] [@memoir] [x](person:radek)"] * number))
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 6


def test_mending_is_shown_before_it_is_done(client):
    answer = client.post(f"{WRITING}mend/", {"words": 'He said "so" on p. 4', "language": "en"}).json()
    assert answer["words"] == "He said “so” on p.\u00a04"
    assert "<del>&quot;so&quot; </del><ins>“so” </ins>" in answer["changes"] and "p.⍽" in answer["changes"]
    assert client.post(f"{WRITING}mend/", {"words": "He", "language": "en"}).json()["changes"] == ""


# Finding


@pytest.mark.parametrize(
    "query, kind, keys",
    [
        ("Пят", "person", ["pyatakov"]),
        ("piatakov", "person", ["pyatakov"]),
        ("karl rad", "person", ["radek"]),
        ("MEMO", "source", ["memoir"]),
        ("court 1937", "source", ["record"]),
        ("unions", "place", ["house"]),
        ("osl", "entry", ["flight"]),
        ("58-1", "charge", ["treason"]),
        ("nothing here", "person", []),
    ],
)
def test_records_are_found_by_a_few_letters_of_any_spelling(find, query, kind, keys):
    assert find(query, kind=kind) == keys


def test_everything_is_looked_through_where_no_kind_is_named(find):
    assert find("show") == ["show-trial"] and len(find("")) == 12


def test_only_the_exhibit_at_hand_is_looked_through(find, client):
    other = cases.load(cases.small_content(slug="other", terms=[]))
    assert find("show", exhibit=other.pk) == [] and find("show", exhibit="") == []
    for exhibit in ("99999", "x", "9" * 40, "-1"):
        assert client.get(f"{WRITING}find/", {"exhibit": exhibit}).status_code == 404


def test_nothing_is_found_that_somebody_may_not_see(small):
    clara = staff("view_exhibit", "view_person", "change_person")
    found = clara.get(f"{WRITING}find/", {"exhibit": small.pk, "q": "r"}).json()["results"]
    assert {result["kind"] for result in found} == {"person"}
    assert clara.get(f"{WRITING}find/", {"exhibit": small.pk, "kind": "source"}).status_code == 403


def test_without_the_exhibit_there_is_nothing_to_read_or_find(small):
    clara = staff("view_person")
    assert clara.get(f"{WRITING}find/", {"exhibit": small.pk}).status_code == 403
    assert clara.post(f"{WRITING}read/", {"exhibit": small.pk, "words": "[@record]"}).status_code == 403


# Choosing a source


def test_a_source_is_chosen_by_its_words_or_its_key(small, client):
    path = f"/admin/trials/charge/{small.charges.get().pk}/change/"
    for typed in ("A memoir", "memoir", "a MEMOIR "):
        models.Citation.objects.filter(charge__isnull=False).delete()
        assert client.post(path, filled(client, path) | added("citations", source=typed)).status_code == 302
        assert models.Citation.objects.get(charge__isnull=False).source.key == "memoir"
    response = client.post(path, filled(client, path) | added("citations", source="A memory"))
    assert (
        "This exhibit has no source called “A memory”" in words_of(response)
        and 'value="A memory"' in response.content.decode()
    )


def test_two_sources_of_one_name_are_told_apart_by_their_keys(small, client):
    models.Source.objects.create(
        exhibit=small, key="twin", kind="press", label={"en": "A memoir"}, reference={"en": "R."}
    )
    path = f"/admin/trials/charge/{small.charges.get().pk}/change/"
    html = client.get(path).content.decode()
    assert 'value="A memoir · memoir"' in html and 'value="A memoir · twin"' in html
    client.post(path, filled(client, path) | added("citations", source="A memoir · twin"))
    assert models.Citation.objects.get(charge__isnull=False).source.key == "twin"
    assert 'value="A memoir · twin"' in client.get(path).content.decode().split("datalist")[0]
    found = client.get(f"{WRITING}find/", {"exhibit": small.pk, "q": "memoir", "kind": "source"}).json()["results"]
    assert {result["words"] for result in found} == {"A memoir · memoir", "A memoir · twin"}


def test_a_source_that_shares_its_name_is_offered_by_words_that_a_form_understands(small, client):
    one, other = small.sources.order_by("order")[:2]
    models.Source.objects.filter(pk=other.pk).update(label=one.label)
    for asked in ({"pk": other.pk}, {"q": other.key}):
        response = client.get(f"{WRITING}find/", {"exhibit": small.pk, "kind": "source", **asked})
        assert [found["words"] for found in response.json()["results"]] == [f"{one.label} · {other.key}"]


def test_sources_stand_once_on_a_page_and_are_asked_for_once(small, client):
    fact = models.Fact.objects.get()
    counts = []
    client.get(f"/admin/trials/fact/{fact.pk}/change/")  # content types are remembered from now on
    for _round in range(2):
        with CaptureQueriesContext(connection) as captured:
            html = client.get(f"/admin/trials/fact/{fact.pk}/change/").content.decode()
        counts.append(len(captured))
        assert html.count("Report of Court Proceedings") == 1
        for _ in range(4):
            models.Citation.objects.create(fact=fact, source=small.sources.first())
    assert counts[0] == counts[1]


# Dates


@pytest.mark.parametrize(
    "typed, time, said",
    [
        ("about October 1936", "", "about October 1936 (1936-10~) · 1 October 1936 to 31 October 1936"),
        ("1937-01-30", "morning", "30 January 1937, morning (1937-01-30) · 30 January 1937"),
        ("before March 1937", "", "February 1937 at the latest ([..1937-02]) · 28 February 1937 or earlier"),
        ("unknown", "", "date unknown (XXXX) · no bounds"),
    ],
)
def test_a_date_is_understood_at_once_in_words_and_bounds(client, typed, time, said):
    answer = client.get(f"{WRITING}date/", {"date": typed, "time": time}).json()
    assert answer == {"understood": True, "said": said}


@pytest.mark.parametrize(
    "typed, time", [("soon", ""), ("1937-02-30", ""), ("1937", "noonish"), ("x" * 5000, ""), ("\x07", "")]
)
def test_a_date_that_is_not_understood_is_refused_in_a_sentence(client, typed, time):
    answer = client.get(f"{WRITING}date/", {"date": typed, "time": time}).json()
    assert answer["understood"] is False and len(answer["said"]) > 20


def test_a_persons_page_tells_facts_with_sources_and_readings(small, client):
    person = small.people.get(key="pyatakov")
    path = f"/admin/trials/person/{person.pk}/change/"
    seen = words_of(client.get(path))
    for words in (
        "probably 1 February 1937",
        "Court report 1937, p. 1",
        "30 January 1937",
        "(A memoir)",
        "confidence: low",
    ):
        assert words in seen
    before, after = [], []
    for counts in (before, after):
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        counts.append(len(captured))
        fact = models.Fact.objects.create(person=person, kind="other", words={"en": "More."}, standing="disputed")
        models.Citation.objects.create(fact=fact, source=small.sources.first())
        models.Reading.objects.create(fact=fact, date="1930")
    assert before == after and "Disputed" in words_of(client.get(path))


# In a browser


@pytest.fixture
def desk(small, live_server, client, tab):
    """The page of the small exhibit's section, in a browser that is signed in."""
    tab.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    tab.goto(f"{live_server.url}/admin/trials/section/{small.sections.get().pk}/change/")
    yield tab
    assert tab.complaints == []


def selected(text, start, end):
    text.evaluate(f"text => {{ text.focus(); text.setSelectionRange({start}, {end}) }}")


@pytest.mark.browser
def test_marks_are_set_by_buttons_and_keys_and_undone(desk):
    text = desk.locator("#id_body_en")
    text.fill("one two")
    selected(text, 0, 3)
    text.press("Control+b")
    assert text.input_value() == "**one** two"
    text.press("Control+b")
    assert text.input_value() == "one two"
    # By keyboard alone: to the tools, along them, and back.
    text.press("Alt+F10")
    for key in ("ArrowRight", "End", "Home", "ArrowRight", "Enter"):
        desk.keyboard.press(key)
    assert text.input_value() == "*one* two"
    text.press("Control+z")
    assert text.input_value() == "one two"
    text.fill("a\nb")
    selected(text, 0, 3)
    desk.click(".prose-field:has(#id_body_en) [data-tool=numbers]")
    assert text.input_value() == "1. a\n2. b"
    assert desk.locator(".prose-field:has(#id_body_en) .prose-tools [tabindex='0']").count() == 1


@pytest.mark.browser
def test_a_source_is_cited_and_a_person_linked_by_a_few_letters(desk):
    from playwright.sync_api import expect

    text = desk.locator("#id_body_en")
    text.fill("So it was")
    text.press("Control+Shift+L")
    desk.keyboard.type("mem")
    desk.wait_for_selector("#picker-list [role=option]")
    for key in ("ArrowDown", "Enter"):
        desk.keyboard.press(key)
    desk.keyboard.type("p. 46")
    desk.keyboard.press("Enter")
    expect(text).to_have_value("So it was [@memoir, p. 46]")
    selected(text, 0, 2)
    text.press("Control+k")
    desk.keyboard.type("Пятаков")
    desk.click("#picker-list [role=option]")
    desk.click("#picker [value=insert]")
    expect(text).to_have_value("[So](person:pyatakov) it was [@memoir, p. 46]")
    text.press("Control+k")
    desk.click("#picker [value=insert]")
    assert "Choose one from the list first" in desk.inner_text("#picker-status")
    desk.keyboard.press("Escape")
    expect(text).to_be_focused()


@pytest.mark.browser
def test_a_preview_follows_what_is_typed_and_says_what_is_wrong(desk):
    from playwright.sync_api import expect

    text, field = desk.locator("#id_body_en"), desk.locator(".prose-field:has(#id_body_en)")
    field.locator("[data-tool=preview]").click()
    field.locator(".prose-preview a[href$='/people/radek/']").wait_for()
    text.fill("*Typed* [@nothing]")
    field.locator(".prose-preview em").wait_for()
    for told in (".prose-faults", "[role=status]"):
        expect(field.locator(told)).to_contain_text("“nothing”")
    text.fill('He said "so"')
    field.locator("[data-tool=mend]").click()
    desk.locator("#mend[open] ins").wait_for()
    desk.click("#mend [value=apply]")
    expect(text).to_have_value("He said “so”")
    text.press("Control+z")
    assert text.input_value() == 'He said "so"'


@pytest.mark.browser
def test_a_source_that_is_missing_is_added_on_the_spot(desk, small):
    from playwright.sync_api import expect

    desk.fill("#id_body_en", "New")
    desk.click(".prose-field:has(#id_body_en) [data-tool=cite]")
    with desk.expect_popup() as opened:
        desk.click("#picker .picker-add a")
    popup = opened.value
    popup.fill("#id_label_en", "A new source")
    popup.fill("#id_reference_en", "A new source, in full.")
    popup.select_option("#id_kind", "press")
    popup.click("input[name=_save] >> nth=0")
    desk.wait_for_selector("#picker-locator:focus")
    desk.keyboard.press("Enter")
    expect(desk.locator("#id_body_en")).to_have_value("New [@a-new-source]")
    with desk.expect_popup() as opened:
        desk.click("#add_id_citations-0-source")
    opened.value.fill("#id_label_en", "Another one")
    opened.value.fill("#id_reference_en", "Another one, in full.")
    opened.value.select_option("#id_kind", "press")
    opened.value.click("input[name=_save] >> nth=0")
    expect(desk.locator("#id_citations-0-source")).to_have_value("Another one")
    expect(desk.locator("#id_citations-0-source-found")).to_be_hidden()
    assert small.sources.filter(key="another-one").exists()


@pytest.mark.browser
def test_a_date_says_while_it_is_typed_what_is_understood(desk, live_server, small):
    desk.goto(f"{live_server.url}/admin/trials/fact/{models.Fact.objects.get().pk}/change/")
    desk.fill("#id_date", "about Octember")
    desk.locator("#id_date-understood.refused").wait_for()
    desk.fill("#id_date", "about October 1936")
    desk.locator("#id_date-understood:not(.refused)").wait_for()
    assert "1 October 1936 to 31 October 1936" in desk.inner_text("#id_date-understood")
    assert "id_date-understood" in desk.get_attribute("#id_date", "aria-describedby")


# Django's tables of parts have a column without a heading, for names that say nothing new.
DECIDED = ["empty-table-header"]
RUN = """async tags => (await axe.run({runOnly: tags})).violations
    .flatMap(({id, nodes}) => nodes.map(node => [id, node.target.join(" "), node.html.slice(0, 120)]))"""


@pytest.mark.browser
def test_axe_finds_nothing_in_what_opens(small, live_server, client, browser):
    context = browser.new_context(bypass_csp=True, viewport={"width": 1280, "height": 900})
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page, found = context.new_page(), []
    tags = [tag for tag in TAGS if "aaa" not in tag]

    def look(name):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.evaluate("Promise.allSettled(document.getAnimations().map(change => change.finished))")
            found.extend((name, scheme, *fault) for fault in page.evaluate(RUN, tags) if fault[0] not in DECIDED)

    for model in ("person", "section", "source"):
        record = getattr(small, {"person": "people"}.get(model, f"{model}s")).first()
        page.goto(f"{live_server.url}/admin/trials/{model}/{record.pk}/change/")
        page.evaluate(AXE.read_text())
        page.locator("textarea.prose").first.fill("See [Radek](person:radek) [@record] [@nothing]")
        page.locator("[data-tool=preview]").first.click()
        page.locator(".prose-preview a").first.wait_for()
        page.locator(".prose-faults li").first.wait_for()
        look(model)
        page.locator("[data-tool=cite]").first.click()
        page.keyboard.type("r")
        page.locator("#picker-list [role=option]").first.wait_for()
        page.keyboard.press("ArrowDown")
        look(f"{model}, picker")
        for _ in range(2):
            page.keyboard.press("Escape")
        page.locator("[data-tool=marks]").first.click()
        look(f"{model}, marks")
    context.close()
    assert not found, json.dumps(found, indent=1)
