"""What holds for every page a visitor can reach, in English and Russian: found by following every link."""

import re
from functools import cached_property
from urllib.parse import unquote, urldefrag, urljoin

import pytest

from tests import cases, walk
from tests.html import Page
from trials.pages import links

PUBLIC_URL = "http://localhost:8000"
SITE_WIDE = ["/", "/about/", "/accessibility/", "/privacy/", "/report/"]
MISSING = ["/nowhere/", "/exhibits/nothing/", f"/exhibits/{cases.SHIPPED_SLUG}/people/nobody/", "/ru/"]


class Answer:
    """A page and the address that it was found at."""

    def __init__(self, address, response):
        self.address, self.response = address, response

    @cached_property
    def page(self):
        return Page(self.response.content.decode())

    @property
    def is_html(self):
        return self.response["Content-Type"].startswith("text/html")

    def __repr__(self):
        return self.address


walked = {}
# The paths of pages that are compared with what stands at their permanent address.
COMPARED = ["", "people/radek/", "timeline/", "sources/"]


@pytest.fixture
def site(request, settings, db):
    """Every answer that can be reached by links from the front door, by path. One walk serves all tests."""
    settings.LANGUAGES = walk.LANGUAGES
    if not walked:
        request.getfixturevalue("shipped")
        walked.update(follow(request.getfixturevalue("client")))
    return walked


def follow(client):
    """Follow every link from the site's own pages; of permanent addresses in translations only to a few."""
    permanent = links.exhibit_path(cases.SHIPPED_SLUG, "ru", 1)
    answers, waiting = {}, [*SITE_WIDE]
    while waiting:
        path = waiting.pop()
        if path in answers or (path.startswith(permanent) and path.removeprefix(permanent) not in COMPARED):
            continue
        answers[path] = answer = Answer(path, client.get(path))
        if answer.is_html:
            for link in answer.page.links:
                target = urldefrag(urljoin(PUBLIC_URL + path, link)).url
                if target.startswith(PUBLIC_URL + "/") and not target.startswith(PUBLIC_URL + "/admin/"):
                    waiting.append(target.removeprefix(PUBLIC_URL))
    return answers


@pytest.fixture
def html(site):
    """The pages among them."""
    return [answer for answer in site.values() if answer.is_html]


def test_every_link_leads_to_a_page(site):
    assert {
        str(answer): answer.response.status_code for answer in site.values() if answer.response.status_code != 200
    } == {}
    kinds = ("defendants/", "people/radek/", "timeline/", "court/", "charges/", "places/", "glossary/", "sources/")
    for kind in (*kinds, "disputes/", "editions/", "people/", "document.json", "editions/1/people/radek/"):
        for language, _name in walk.LANGUAGES:
            assert links.exhibit_path(cases.SHIPPED_SLUG, language) + kind in site


def test_every_anchor_exists(site, html):
    broken = []
    for answer in html:
        for link in answer.page.links:
            target, anchor = urldefrag(urljoin(PUBLIC_URL + answer.address, link))
            found = site.get(target.removeprefix(PUBLIC_URL))
            if anchor and found and unquote(anchor) not in found.page.ids:
                broken.append(f"{answer}: {link}")
    assert broken == []


def test_every_page_is_well_formed_and_has_one_h1_and_headings_in_order(html):
    faults = []
    for answer in html:
        page = answer.page
        faults += [f"{answer}: {fault}" for fault in page.faults]
        faults += [f"{answer}: the id {id_} stands twice" for id_ in set(page.ids) if page.ids.count(id_) > 1]
        if page.headings.count(1) != 1 or page.headings[0] != 1:
            faults.append(f"{answer}: headings {page.headings}")
        faults += [
            f"{answer}: h{after} follows h{before}"
            for before, after in zip(page.headings, page.headings[1:], strict=False)
            if after > before + 1
        ]
    assert faults == []


def test_every_page_says_what_it_is(html):
    titles = [re.search("<title>(.*?)</title>", answer.response.content.decode(), re.S)[1] for answer in html]
    assert all(title.strip() for title in titles)
    answers = zip(html, titles, strict=True)
    own = [(links.language_of(str(a)), title) for a, title in answers if "/editions/1/" not in str(a)]
    assert len(set(own)) == len(own)
    for answer in html:
        descriptions = [meta["content"] for meta in answer.page.all("meta") if meta.get("name") == "description"]
        assert len(descriptions) == 1 and descriptions[0].strip(), answer
        assert answer.page.all("html")[0]["lang"] == links.language_of(answer.address), answer
        assert len(answer.page.all("main")) == 1


def test_every_page_of_the_exhibit_says_that_the_charges_were_fabricated(html):
    for language, fabricated in {"en": "fabricated", "ru": "сфабрикованы"}.items():
        mount = links.exhibit_path(cases.SHIPPED_SLUG, language)
        pages = [answer for answer in html if answer.address.startswith(mount)]
        assert len(pages) > 60
        for answer in pages:
            assert fabricated in answer.page.words, answer


def test_no_page_loads_anything_from_another_host_or_holds_inline_code(html):
    for answer in html:
        for tag, attributes in answer.page.elements:
            assert "style" not in attributes and not any(name.startswith("on") for name in attributes), answer
            loaded = [attributes.get("src"), attributes.get("srcset"), attributes.get("data")]
            if tag == "link" and attributes.get("rel") not in ("canonical", "alternate"):
                loaded.append(attributes.get("href"))
            assert all(address.startswith("/") and not address.startswith("//") for address in loaded if address)
        assert not answer.page.all("style", "iframe", "object", "base")


def test_no_answer_sets_or_asks_for_a_cookie(site):
    for answer in site.values():
        assert not answer.response.cookies, answer
        assert "Cookie" not in answer.response.get("Vary", ""), answer


def test_every_link_inside_an_exhibit_is_relative(html):
    """So that the same bytes serve under every prefix; what is outside are other languages and permanent addresses."""
    for answer in html:
        if "/exhibits/" in answer.address:
            for link in answer.page.all("a"):
                if link.get("href", "").startswith(("/exhibits/", "/ru/exhibits/")) and "hreflang" not in link:
                    assert "/editions/" in link["href"], f"{answer}: {link}"


BANNERS = {
    "en": "You are reading edition 1 .*? at its permanent address. The edition on display ",
    "ru": "Вы читаете редакцию 1 .*? по её постоянному адресу. Действующая редакция ",
}


@pytest.mark.parametrize("language", BANNERS)
def test_a_page_has_the_same_words_at_its_permanent_address(html, language):
    by_path = {answer.address: answer for answer in html}
    here, there = (links.exhibit_path(cases.SHIPPED_SLUG, language, number) for number in (None, 1))
    for path in COMPARED:
        present, permanent = by_path[here + path].page.words, by_path[there + path].page.words
        assert permanent.replace(re.search(BANNERS[language], permanent)[0], "") == present


def test_no_page_holds_what_was_not_meant_for_visitors(html):
    for answer in html:
        assert not re.search(r">\s*None\s*<|=\"None\"", answer.response.content.decode()), answer
        for sign in ("{{", "{%", "[@", "person:", "&lt;", "SafeString", "gettext"):
            assert sign not in answer.page.words, f"{answer}: {sign}"


@pytest.mark.parametrize("path", MISSING)
def test_an_address_without_a_page_helps(shipped, client, path):
    response = client.get(path)
    assert response.status_code == 404
    page = Page(response.content.decode())
    assert "There is no page at this address" in page.words
    assert f"/exhibits/{cases.SHIPPED_SLUG}/" in page.links
    assert page.headings.count(1) == 1


HEADERS = {
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=()",
}


@pytest.mark.parametrize(
    "path",
    [*SITE_WIDE, *MISSING, "/healthz", "/robots.txt", "/sitemap.xml", "/favicon.ico", "/schema/document.json"]
    + [f"/exhibits/{cases.SHIPPED_SLUG}/{path}" for path in ("", "people/radek/", "document.json", "timeline.json")]
    + ["/static/css/base.css", "/admin/", "/admin/login/", "/media/x/y.jpg", "/exhibits"],
)
def test_every_answer_carries_the_security_policy(shipped, client, path):
    response = client.get(path)
    for header, value in HEADERS.items():
        assert value in response.get(header, ""), f"{path}: {header}"
    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert ("require-trusted-types-for 'script'" in policy) == (not path.startswith("/admin/"))


@pytest.mark.parametrize("path", [*SITE_WIDE, "/healthz", f"/exhibits/{cases.SHIPPED_SLUG}/", "/robots.txt"])
@pytest.mark.parametrize("method", ["post", "put", "delete", "trace", "patch"])
def test_a_public_page_answers_only_get_and_head(shipped, client, path, method):
    assert getattr(client, method)(path).status_code == 405
    assert client.head(path).status_code == 200


def test_every_image_named_on_a_page_has_size_and_alternative_text(html):
    for answer in html:
        for image in answer.page.all("img"):
            assert image.get("width") and image.get("height") and "alt" in image, answer


@pytest.mark.browser
def test_the_browser_test_sees_what_breaks_the_policy(shipped, live_server, tab):
    tab.goto(live_server.url)
    tab.evaluate("document.body.appendChild(document.createElement('p')).setAttribute('style', 'color: red')")
    tab.evaluate("document.body.appendChild(document.createElement('img')).src = 'http://192.0.2.1/pixel.png'")
    tab.wait_for_timeout(200)
    assert any("style" in complaint for complaint in tab.complaints)
    assert any("192.0.2.1" in complaint for complaint in tab.complaints)


@pytest.mark.browser
def test_no_page_complains_or_scrolls_sideways(stops, live_server, tab):
    """No error of a script, nothing that the policy forbids, no other host; and the whole page was seen."""
    for stop in stops:
        tab.goto(live_server.url + stop.path)
        tab.evaluate("scrollTo(0, document.body.scrollHeight)")
        for width in (320, 360, 640, 768, 1280, 1920):
            tab.set_viewport_size({"width": width, "height": 900})
            assert tab.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), (
                f"{stop} at {width}"
            )
        answer = f"the server responded with a status of {stop.status}"
        assert [said for said in tab.complaints if answer not in said] == [], stop
        tab.complaints.clear()
