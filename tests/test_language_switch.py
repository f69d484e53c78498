"""The switch between languages: the same page, under the same kind of address, in each language there is."""

import pytest
from django.urls import reverse

from tests import cases, walk
from tests.html import Page
from trials.editions import display, publish
from trials.pages import links

PAGES = ["", "defendants/", "people/", "people/radek/", "timeline/", "court/", "charges/", "places/", "glossary/"]
PAGES += ["disputes/", "sources/", "editions/"]
SITE = ["front_door", "about", "accessibility", "privacy", "report", "search"]


@pytest.fixture
def both(settings, db):
    settings.LANGUAGES = [("en", "English"), ("ru", "Russian")]
    exhibit = cases.load(cases.small_content(languages=["en", "ru"]))
    publish.publish(exhibit, "First.")
    return exhibit


def switch(client, address):
    """The addresses of the switch on a page, by language, and which is the present one."""
    response = client.get(address)
    assert response.status_code == 200, address
    page = Page(response.content.decode())
    ways = [link for link in page.all("a") if link.get("hreflang") and link.get("hreflang") == link.get("lang")]
    return {way["hreflang"]: way["href"] for way in ways}, [way["hreflang"] for way in ways if "aria-current" in way]


@pytest.mark.parametrize("mount", ["exhibits/small/", "exhibits/small/editions/1/"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_leads_to_itself_in_the_other_language_and_back(both, client, mount, path):
    english, russian = f"/{mount}{path}", f"/ru/{mount}{path}"
    assert switch(client, english) == ({"en": english, "ru": russian}, ["en"])
    assert switch(client, russian) == ({"en": english, "ru": russian}, ["ru"])


@pytest.mark.parametrize("name", SITE)
def test_every_page_of_the_site_does_too(both, client, name):
    english, russian = links.site_path(name, "en"), links.site_path(name, "ru")
    assert switch(client, english) == ({"en": english, "ru": russian}, ["en"])
    assert switch(client, russian) == ({"en": english, "ru": russian}, ["ru"])


def test_a_question_is_kept(both, client):
    assert switch(client, "/search/?q=Radek+%26+co")[0]["ru"] == "/ru/search/?q=Radek+%26+co"


def test_a_preview_stays_one(both, admin_client):
    english = f"/preview/exhibits/{both.pk}/people/radek/"
    russian = f"/preview/exhibits/{both.pk}/ru/people/radek/"
    for address in (english, russian):
        assert switch(admin_client, address)[0] == {"en": english, "ru": russian}


def test_search_engines_are_told_of_the_other_language(both, client, settings):
    html = client.get("/ru/exhibits/small/timeline/").content.decode()
    alternates = {link["hreflang"]: link["href"] for link in Page(html).all("link") if "hreflang" in link}
    english, russian = (f"{settings.PUBLIC_URL}{prefix}/exhibits/small/timeline/" for prefix in ("", "/ru"))
    assert alternates == {"en": english, "x-default": english, "ru": russian}
    assert "hreflang" not in client.get("/exhibits/small/editions/1/").content.decode().partition("</head>")[0]


def test_where_there_is_one_language_there_is_no_switch(small, client):
    publish.publish(small, "First.")
    assert switch(client, "/exhibits/small/") == ({}, [])
    assert switch(client, reverse("about")) == ({}, [])


def test_a_text_that_is_not_translated_stands_in_the_main_language_and_says_so(both, client):
    page = Page(client.get("/ru/exhibits/small/people/radek/").content.decode())
    assert {"lang": "en"} in page.all("div") and "untranslated" in str(page.elements)
    assert "untranslated" not in client.get("/exhibits/small/people/radek/").content.decode()


def test_until_it_is_reviewed_a_translation_says_so_on_every_page(both, client):
    for path in PAGES:
        assert 'class="unreviewed"' in client.get(f"/ru/exhibits/small/{path}").content.decode()
        assert 'class="unreviewed"' not in client.get(f"/exhibits/small/{path}").content.decode()
    section = both.sections.get()
    section.body = section.body.reviewed("ru", "Anna Petrova")
    section.save()
    publish.publish(both, "Reviewed.")
    display.forget_what_is_on_display()
    assert 'class="unreviewed"' not in client.get("/ru/exhibits/small/").content.decode()


# The same place on the page

TO = {"en": "English", "ru": "Русский"}


@pytest.fixture
def address(settings, shipped, live_server):
    """The address of the shipped exhibit in a language."""
    settings.LANGUAGES = walk.LANGUAGES
    return lambda language, path="": live_server.url + links.exhibit_path(cases.SHIPPED_SLUG, language) + path


def click_switch(page, language):
    page.locator(".languages").get_by_role("link", name=TO[language]).click()


def read(page, id_):
    """Scroll to an element, and stay there for a while."""
    page.locator(f"id={id_}").evaluate(
        """element => new Promise((done) => {
            addEventListener("scroll", () => done(), { once: true });
            element.scrollIntoView();
        })"""
    )
    page.clock.run_for(1000)


@pytest.mark.browser
@pytest.mark.parametrize("here, there", [("en", "ru"), ("ru", "en")])
def test_the_switch_leads_to_what_was_read_last(address, tab, here, there):
    tab.clock.install()
    tab.goto(address(here))
    click_switch(tab, there)
    assert tab.url == address(there)
    click_switch(tab, here)
    for path, id_ in (("", "section-afterwards"), ("glossary/", "term-show-trial")):
        tab.goto(address(here, path))
        read(tab, id_)
        read(tab, "q")  # at the top, beside the switch
        click_switch(tab, there)
        assert tab.url == f"{address(there, path)}#{id_}"
        assert abs(tab.locator(f"id={id_}").bounding_box()["y"]) < 100
    assert tab.complaints == []


@pytest.mark.browser
@pytest.mark.parametrize("here, there", [("en", "ru"), ("ru", "en")])
def test_the_switch_keeps_the_place_that_the_address_names(address, tab, here, there):
    tab.clock.install()
    tab.goto(address(here, "timeline/#entry-first-trial"))
    tab.locator(".languages a").first.focus()
    tab.clock.run_for(1000)
    tab.locator(".languages").get_by_role("link", name=TO[there]).press("Enter")
    tab.wait_for_url(address(there, "timeline/#entry-first-trial"))
    click_switch(tab, here)
    tab.wait_for_url(address(here, "timeline/#entry-first-trial"))


@pytest.mark.browser
def test_without_scripts_the_switch_leads_to_the_same_page(address, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address("en", "timeline/#entry-first-trial"))
    click_switch(page, "ru")
    assert page.url == address("ru", "timeline/")
    context.close()
