"""What the whole site tells machines and the lost: sitemap, robots, icons, and pages for addresses without one."""

import io
import re
import xml.etree.ElementTree as ElementTree
from datetime import timedelta

import pytest
from django.contrib.staticfiles import finders
from django.utils import timezone
from PIL import Image

from tests import cases
from tests.html import Page
from trials import models
from trials.editions import display, publish, takedown
from trials.pages import sitemap

PUBLIC_URL = "http://localhost:8000"
MUSEUM = ["/", "/about/", "/accessibility/", "/privacy/", "/report/"]
KINDS = ["", "defendants/", "people/", "timeline/", "court/", "charges/", "places/", "glossary/", "disputes/"]
KINDS += ["sources/", "editions/"]
PEOPLE = ["people/pyatakov/", "people/radek/", "people/ulrikh/"]
NS = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


@pytest.fixture
def everything(db):
    """The small exhibit, on display."""
    return cases.show(cases.document(cases.small_content()), "First.")


@pytest.fixture
def bilingual(db, settings):
    """The small exhibit in two languages, and another in the main one alone."""
    settings.LANGUAGES = [("en", "English"), ("ru", "Russian")]
    cases.show(cases.document(cases.small_content(languages=["en", "ru"])), "First.")
    cases.show(cases.document(cases.small_content(slug="other", title={"en": "Another"})), "First.")


def sitemap_of(client, path="/sitemap.xml"):
    """The entries of a sitemap: path, lastmod and alternatives of each."""
    response = client.get(path)
    assert response.status_code == 200 and response["Content-Type"] == "application/xml"
    return [
        (
            url.findtext("s:loc", namespaces=NS).removeprefix(PUBLIC_URL),
            url.findtext("s:lastmod", namespaces=NS),
            {link.get("hreflang"): link.get("href").removeprefix(PUBLIC_URL) for link in url.findall("x:link", NS)},
        )
        for url in ElementTree.fromstring(response.content).findall("s:url", NS)  # noqa: S314 (our own)
    ]


# Sitemap


def test_the_sitemap_has_every_page_of_what_is_on_display_and_nothing_else(everything, client):
    found = [path for path, _changed, _languages in sitemap_of(client)]
    assert sorted(found) == sorted(MUSEUM + ["/exhibits/small/" + path for path in KINDS + PEOPLE])
    assert {client.get(path).status_code for path in found} == {200}
    for path in found:
        page = Page(client.get(path).content.decode())
        assert [link["href"] for link in page.all("link") if link["rel"] == "canonical"] == [PUBLIC_URL + path]
        assert {"name": "robots", "content": "noindex"} not in page.all("meta")


def test_the_sitemap_says_since_when_a_page_reads_so(small, client):
    publish.publish(small, "First.")
    models.Section.objects.all().delete()
    line = publish.publish(small, "Second.", starts=timezone.now() + timedelta(hours=1))
    earlier = timezone.now() - timedelta(seconds=90)
    models.Display._base_manager.filter(pk=line.pk).update(starts=earlier)
    display.forget_what_is_on_display()
    moments = {path: changed for path, changed, _languages in sitemap_of(client)}
    (first,) = {display.on_display()["small"].starts}
    assert {moments["/"], *(moments["/exhibits/small/" + path] for path in KINDS)} == {
        timezone.localtime(first).isoformat()
    }
    assert moments["/about/"] is None


def test_the_sitemap_names_each_language_with_its_alternatives(bilingual, client):
    found = {path: languages for path, _changed, languages in sitemap_of(client)}
    for path in ("/", "/about/", "/exhibits/small/", "/exhibits/small/people/radek/"):
        assert found[path] == found["/ru" + path] == {"en": path, "ru": "/ru" + path, "x-default": path}
    assert found["/exhibits/other/"] == {} and "/ru/exhibits/other/" not in found
    assert {client.get(path).status_code for path in found} == {200}


def test_what_is_not_on_display_is_not_in_the_sitemap(small, client):
    publish.publish(small, "To come.", starts=timezone.now() + timedelta(hours=1))
    display.forget_what_is_on_display()
    assert len(sitemap_of(client)) == len(MUSEUM)
    publish.publish(small, "Now.")
    display.forget_what_is_on_display()
    assert len(sitemap_of(client)) > len(MUSEUM)
    takedown.take_down_edition(small.editions.last(), "A court asked us to.")
    display.forget_what_is_on_display()
    assert len(sitemap_of(client)) == len(MUSEUM)


def test_a_sitemap_of_many_exhibits_is_an_index_of_its_parts(everything, client, monkeypatch):
    for name in ("second", "third"):
        cases.show(cases.document(cases.small_content(slug=name)), "First.")
    display.forget_what_is_on_display()
    whole = sitemap_of(client)
    assert sitemap_of(client, "/sitemap-1.xml") == whole
    assert client.get("/sitemap-2.xml").status_code == client.get("/sitemap-0.xml").status_code == 404
    monkeypatch.setattr(sitemap, "PER_FILE", 1)
    index = ElementTree.fromstring(client.get("/sitemap.xml").content)  # noqa: S314 (our own)
    assert index.tag == f"{{{NS['s']}}}sitemapindex"
    parts = [part.findtext("s:loc", namespaces=NS).removeprefix(PUBLIC_URL) for part in index]
    assert parts == [f"/sitemap-{n}.xml" for n in range(1, len(display.on_display()) + 1)]
    assert [entry for part in parts for entry in sitemap_of(client, part)] == whole
    assert client.get(f"/sitemap-{len(parts) + 1}.xml").status_code == 404
    assert client.get(f"/sitemap-{'9' * 400}.xml").status_code == 404


def test_many_exhibits_stand_on_pages_of_the_front_door(db, client, django_assert_max_num_queries):
    for number in range(30):
        title = {"en": f"Exhibit {number:02}"}
        cases.show(cases.document(cases.small_content(slug=f"exhibit-{number}", title=title)), "First.")
    display.forget()
    found = []
    for path in ("/", "/page/2/", "/page/3/"):
        with django_assert_max_num_queries(1 + 12):
            page = Page(client.get(path).content.decode())
        found += [words for words in page.words.split("Exhibit ")[1:]]
        assert ("/page/2/" in page.links) is (path != "/page/2/")
    assert [words[:2] for words in found] == [f"{number:02}" for number in range(30)]
    assert client.get("/page/4/").status_code == client.get("/page/0/").status_code == 404
    display.forget()
    with django_assert_max_num_queries(1 + 12):
        assert client.get("/nothing/").status_code == 404


def test_the_feed_of_many_exhibits_asks_few_questions(db, client, django_assert_max_num_queries):
    for number in range(6):
        cases.show(cases.document(cases.small_content(slug=f"exhibit-{number}")), "First.")
    display.forget()
    with django_assert_max_num_queries(3 + 6):
        assert client.get("/feed.xml").content.count(b"<entry>") == 6


def test_robots_may_read_what_is_public_and_find_the_sitemap(db, client):
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert lines == [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /preview/",
        f"Sitemap: {PUBLIC_URL}/sitemap.xml",
    ]


# Icons


def test_every_page_names_icons_that_there_are(everything, client):
    for path in ("/", "/exhibits/small/", "/nowhere/", "/search/"):
        page = Page(client.get(path).content.decode())
        icons = [link["href"] for link in page.all("link") if link["rel"] in ("icon", "apple-touch-icon")]
        assert icons == ["/static/favicon.ico", "/static/favicon.svg", "/static/apple-touch-icon.png"]
        assert all(finders.find(icon.removeprefix("/static/")) for icon in icons)


def test_the_icons_are_of_the_right_sizes_and_one_knows_the_dark():
    ico = Image.open(finders.find("favicon.ico"))
    assert ico.info["sizes"] == {(16, 16), (32, 32), (48, 48)}
    assert Image.open(finders.find("apple-touch-icon.png")).size == (180, 180)
    with open(finders.find("favicon.svg")) as file:
        assert "prefers-color-scheme:dark" in file.read()


def test_a_browser_that_asks_by_itself_gets_the_icon(db, client):
    response = client.get("/favicon.ico", follow=True)
    assert response.redirect_chain == [("/static/favicon.ico", 302)]
    content = b"".join(response.streaming_content)
    assert Image.open(io.BytesIO(content)).format == "ICO"


# Addresses without a page

LOST_IN_THE_MUSEUM = ["/nowhere/", "/exhibits/", "/exhibits/nothing/", "/exhibits/nothing/people/radek/", "/a/b/c"]
LOST_IN_AN_EXHIBIT = ["nowhere/", "people/nobody/", "a/b/c/d", "people/radek/share.jpg", "editions/9/", "//people/"]


def lost(client, path):
    """The page that says that there is none at a path."""
    response = client.get(path)
    assert response.status_code == 404 and response["Cache-Control"] == "no-cache", path
    page = Page(response.content.decode())
    assert page.faults == [] and page.headings.count(1) == 1 and page.headings[0] == 1
    assert {"name": "robots", "content": "noindex"} in page.all("meta")
    assert [link for link in page.all("link") if link["rel"] == "canonical"] == []
    assert [field["name"] for field in page.all("input")] == ["q"]
    return page


@pytest.mark.parametrize("path", LOST_IN_THE_MUSEUM)
def test_a_lost_visitor_finds_the_search_the_exhibits_and_the_front_door(everything, client, path):
    page = lost(client, path)
    assert "There is no page at this address" in page.words and "A small exhibit" in page.words
    assert {"/exhibits/small/", "/", "/about/"} <= set(page.links)


@pytest.mark.parametrize("mount", ["/exhibits/small/", "/exhibits/small/editions/1/", "/fr/exhibits/small/"])
@pytest.mark.parametrize("path", LOST_IN_AN_EXHIBIT)
def test_inside_an_exhibit_its_contents_stay_at_hand(everything, client, mount, path):
    page = lost(client, mount + path)
    assert "There is no page at this address" in page.words and "fabricated" in page.words
    links = {link for link in page.links if link.startswith("/exhibits/small/")}
    assert {"/exhibits/small/" + kind for kind in KINDS} <= links
    assert {client.get(link).status_code for link in links} == {200}
    # A relative link would depend on how deep the wrong address is.
    assert all(link.startswith(("/", "#")) for link in page.links)


def test_a_misspelt_person_is_offered(everything, client):
    page = lost(client, "/exhibits/small/people/pyatakof/")
    assert "Did you mean" in page.words and "/exhibits/small/people/pyatakov/" in page.links
    assert "Did you mean" not in lost(client, "/exhibits/small/people/zzz/").words


def test_the_lost_read_the_language_of_the_address(bilingual, client):
    for path in ("/ru/nowhere/", "/ru/exhibits/small/nowhere/", "/ru/exhibits/other/"):
        page = lost(client, path)
        assert page.all("html")[0]["lang"] == "ru", path
        assert page.all("form")[0]["action"] == "/ru/search/"
    assert "/ru/exhibits/small/timeline/" in lost(client, "/ru/exhibits/small/nowhere/").links
    assert {"/ru/exhibits/small/", "/exhibits/other/"} <= set(lost(client, "/ru/exhibits/other/").links)
    for path in ("/fr/", "/fr/exhibits/small/", "/de/nowhere/", "/RU/", "/en/"):
        page = lost(client, path)
        assert page.all("html")[0]["lang"] == "en", path
        assert page.all("form")[0]["action"] == "/search/"


def test_an_exhibit_that_cannot_be_shown_is_left_out_where_visitors_are_lost(everything, client):
    models.Edition._base_manager.filter(pk=everything.pk).update(content=b"{}")
    display.forget()
    page = lost(client, "/exhibits/small/editions/9/x/")
    assert "/exhibits/small/" not in page.links
    takedown.take_down_edition(everything, "A court asked us to.")
    display.forget()
    assert "A small exhibit" not in lost(client, "/exhibits/small/nowhere/").words


def test_being_lost_in_a_draft_tells_nothing_of_it(small, client):
    assert "small" not in re.sub("<[^>]*>", "", client.get("/exhibits/small/").content.decode())
    assert "A small exhibit" not in lost(client, "/exhibits/small/nowhere/").words


@pytest.mark.parametrize(
    "path", ["/%00", "/%ff%fe", "/exhibits/%d0%bf/", "/" + "x" * 5000, "/exhibits/small/%2e%2e/", "/%0a/", "/{{x}}"]
)
def test_no_address_is_too_odd(everything, client, path):
    response = client.get(path)
    assert response.status_code == 404
    assert Page(response.content.decode()).faults == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("path", ["/nowhere/", "/exhibits/small/people/pyatakof/"])
def test_the_lost_search_in_a_real_browser(everything, live_server, tab, width, path):
    tab.set_viewport_size({"width": width, "height": 800})
    tab.goto(live_server.url + path)
    assert tab.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    tab.get_by_role("searchbox", name="Search").fill("Radek")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/search/**")
    assert tab.locator(".results a").first.inner_text() == "Karl Radek"
    assert [complaint for complaint in tab.complaints if "404" not in complaint] == []
