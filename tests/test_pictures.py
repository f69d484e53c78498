"""Pictures on pages: light files of the right size, their words, seen large, and covered where they need a warning."""

import re

import pytest
from django.core.files.storage import default_storage

from tests import cards
from tests.html import Page
from trials import images, models, renditions
from trials.editions import display, publish, takedown

# For a browser: when a picture has arrived.
DECODED = "image => image.decode()"
STORY, TIMELINE, ACCUSED = "/exhibits/small/", "/exhibits/small/timeline/", "/exhibits/small/defendants/"
PYATAKOV, RADEK = "/exhibits/small/people/pyatakov/", "/exhibits/small/people/radek/"


@pytest.fixture
def exhibit(db):
    """The small exhibit with every card, on display; only what a test asks for is ever made of them."""
    exhibit = cards.exhibit()
    publish.publish(exhibit, "First.")
    display.forget_what_is_on_display()
    return exhibit


@pytest.fixture
def html(exhibit, client):
    """The HTML of a page."""
    return lambda path=STORY: client.get(path).content.decode()


def figures(html):
    """The HTML of each picture on a page, by the name of its card."""
    by_digest = {cards.rewritten(name).sha256: name for name in cards.CARDS}
    found = re.findall('<figure class="picture".*?</figure>', html, re.S)
    return {by_digest[re.search("[0-9a-f]{64}", figure)[0]]: Page(figure) for figure in found}


def address(name, file):
    return f"/media/{cards.rewritten(name).sha256}/{file}"


# HTML


def test_a_picture_offers_avif_then_webp_then_the_original(html):
    page = figures(html())["landscape"]
    avif, webp = page.all("source")
    assert (avif["type"], webp["type"]) == ("image/avif", "image/webp")
    assert avif["srcset"] == ", ".join(f"{address('landscape', f'{step}.avif')} {step}w" for step in (360, 720, 1280))
    assert webp["srcset"].endswith(f"{address('landscape', '2400.webp')} 2400w")
    (image,) = page.all("img")
    assert image["src"] == address("landscape", "image.jpg") and image["alt"] == "A test card: landscape."
    assert avif["sizes"] == webp["sizes"] == "(min-width: 676px) 640px, calc(100vw - 36px)"
    assert "A wide card, as the report shows it" in page.words and "Drawn for the tests (CC0)" in page.words


@pytest.mark.parametrize("path", [STORY, TIMELINE, PYATAKOV, RADEK, ACCUSED])
def test_every_file_that_a_page_names_is_there_and_every_picture_has_its_proportions(html, client, path):
    for name, page in figures(html(path)).items():
        card = cards.rewritten(name)
        for source in page.all("source"):
            named = re.findall(r"(\S+) (\d+)w", source["srcset"])
            assert [f"{step}" for _file, step in named] == [
                f"{step}" for step in renditions.widths(card.width, source["type"].removeprefix("image/"))
            ]
            assert client.get(named[0][0])["Content-Type"] == source["type"]
        (image,) = page.all("img")
        width, height = int(image["width"]), int(image["height"])
        assert abs(width / height - card.width / card.height) < 0.02 * card.width / card.height, name
        assert width <= card.width and height <= 720
        for link in page.links:
            assert link.startswith("#") or client.get(link).status_code == 200


def test_only_the_first_picture_is_loaded_at_once(html):
    images = [page.all("img")[0] for page in figures(html()).values()]
    assert "loading" not in images[0]
    assert all(image["loading"] == "lazy" and image["decoding"] == "async" for image in images[1:])


def test_a_decorative_picture_is_silent_and_not_enlarged(html):
    page = figures(html())["ornament"]
    assert page.all("img")[0]["alt"] == "" and not page.links and not page.words


def test_a_tiny_picture_stays_as_it_is(html):
    page = figures(html())["tiny"]
    assert (page.all("img")[0]["width"], page.all("img")[0]["height"]) == ("40", "30")
    assert not page.links and page.words == "CC0"


def test_a_link_leads_to_the_largest_rendition_and_says_what_it_does(html):
    (link,) = [link for link in figures(html())["landscape"].all("a") if link.get("class") == "enlarge"]
    assert link["href"] == address("landscape", "2400.webp")
    assert link["aria-label"] == "Enlarge: A test card: landscape."


def test_a_portrait_is_enlarged_on_its_own_page_alone(html):
    assert "enlarge" in [link.get("class") for link in figures(html(PYATAKOV))["upright"].all("a")]
    page = figures(html(ACCUSED))["upright"]
    assert not page.links and page.words == "Drawn for the tests (CC0)"


def test_a_picture_that_needs_a_warning_lies_behind_it(html):
    for path in (STORY, TIMELINE, RADEK):
        figure = re.search(r'<figure class="picture">\s*<details class="covered">.*?</figure>', html(path), re.S)[0]
        before, behind = figure.split("</summary>")
        assert "This card stands for a picture that is hard to look at." in Page(before).words
        assert not Page(before).all("img") and "open" not in Page(figure).all("details")[0]
        (image,) = Page(behind.split("</details>")[0]).all("img")
        assert image["loading"] == "lazy"
        # Words could be found by a search in the page, which would open the cover.
        assert not Page(behind.split("</details>")[0]).words
        assert "What the picture is, said in words." in Page(behind.split("</details>")[1]).words


def test_beside_many_faces_a_covered_portrait_is_initials(html):
    assert set(figures(html(ACCUSED))) == {"upright"}
    assert '<span class="initials" aria-hidden="true">KR</span>' in html(ACCUSED)


def test_the_dialog_and_its_script_come_only_where_a_picture_can_be_enlarged(html):
    assert Page(html()).all("dialog") and "js/base.js" in html()
    for path in (ACCUSED, "/exhibits/small/charges/"):
        assert not Page(html(path)).all("dialog") and "js/base.js" not in html(path)


def test_pages_with_pictures_are_well_formed_and_always_the_same(html):
    for path in (STORY, TIMELINE, PYATAKOV, RADEK, ACCUSED):
        page = Page(html(path))
        assert page.faults == [] and len(set(page.ids)) == len(page.ids)
        assert not any("style" in attributes for _tag, attributes in page.elements)
        assert html(path) == html(path)


def test_what_is_taken_down_is_not_enlarged_either(exhibit, html):
    for name in cards.SHOWN:
        takedown.take_down_image(cards.rewritten(name).sha256, "A court forbade it.")
    display.forget_what_is_on_display()
    for path in (STORY, TIMELINE, PYATAKOV, RADEK, ACCUSED):
        assert "/media/" not in html(path) and "<dialog" not in html(path)


def test_a_preview_shows_renditions_below_its_own_prefix(exhibit, admin_client, client):
    mount = f"/preview/exhibits/{exhibit.pk}/"
    for path, up in (("", ""), ("people/pyatakov/", "../../")):
        page = Page(admin_client.get(mount + path).content.decode())
        addresses = [source["srcset"].split()[0] for source in page.all("source")]
        assert addresses and all(link.startswith(f"{up}media/") for link in addresses)
        link = mount + addresses[0].removeprefix(up)
        assert admin_client.get(link)["Content-Type"] == "image/avif" and client.get(link).status_code == 403
    assert Page(admin_client.get(f"{mount}people/radek/").content.decode()).all("details")


# What changes, for curators who publish


@pytest.fixture
def changed(exhibit):
    """Of the cards on display one has another file, one other words; one is gone, and one is new."""
    other = cards.rewritten("other-portrait")
    landscape, upright, tall = (exhibit.images.get(key=key) for key in ("landscape", "upright", "tall"))
    for name in ("sha256", "width", "height"):
        setattr(landscape, name, getattr(other, name))
    upright.alt = {"en": "Another description."}
    for image in (landscape, upright):
        image.save()
    exhibit.sections.filter(image=tall).update(image=None)
    exhibit.timeline.filter(image=tall).update(image=None)
    tall.delete()
    new = cards.rewritten("new")
    fields = {name: getattr(new, name) for name in ("sha256", "extension", "width", "height")}
    models.Image(exhibit=exhibit, key="new", alt={"en": "A new card."}, **fields).save()
    images.store(new)
    entry = exhibit.timeline.get(key="first-day")
    entry.people.clear()
    return exhibit


def test_before_publishing_pictures_stand_side_by_side_with_their_words(changed, admin_client, client):
    html = admin_client.get(f"/admin/trials/exhibit/publish/?exhibit={changed.pk}").content.decode()
    page = Page(html)
    assert page.faults == [] and not any("style" in attributes for _tag, attributes in page.elements)
    for words in (
        "Before A test card: landscape. 2600 × 1700 pixels, JPEG After A test card: landscape. 400 × 400 pixels, JPEG",
        "Before No picture. After A new card. 48 × 36 pixels, JPEG",
        "Before A test card: tall. 400 × 2000 pixels, JPEG After No picture.",
    ):
        assert words in page.words
    for image in page.all("img"):
        assert image["alt"] == "" and image["loading"] == "lazy"
        assert admin_client.get(image["src"])["Content-Type"] == "image/webp"
    assert client.get(f"/media/{cards.rewritten('new').sha256}/48.webp").status_code == 404
    # Values of a list stand apart, words of a text together.
    assert "<li><del>Karl Radek</del></li><li><del>Georgy Pyatakov</del></li>" in html
    assert "<del>A test card: upright.</del><ins>Another description.</ins>" in html


def test_before_publishing_a_picture_waits_behind_its_note_and_one_taken_down_is_not_shown(changed, admin_client):
    changed.people.filter(key="radek").update(portrait=changed.images.get(key="landscape"))
    address = f"/admin/trials/exhibit/publish/?exhibit={changed.pk}"
    cover = re.search("<details><summary>Content note:.*?</details>", admin_client.get(address).content.decode())[0]
    assert cards.rewritten("noted").sha256 in Page(cover).all("img")[0]["src"]
    takedown.take_down_image(cards.rewritten("noted").sha256, "A court forbade it.")
    display.forget_what_is_on_display()
    page = Page(admin_client.get(address).content.decode())
    assert "A court forbade it." in page.words
    assert not any(cards.rewritten("noted").sha256 in image["src"] for image in page.all("img"))


# In a browser


@pytest.fixture
def requested(tab):
    """The paths of all media that the browser has asked for."""
    found = []
    tab.on("request", lambda request: "/media/" in request.url and found.append(request.url.partition("/media/")[2]))
    return found


def scroll_through(tab):
    for y in range(0, tab.evaluate("document.documentElement.scrollHeight"), 600):
        tab.evaluate(f"scrollTo(0, {y})")
        tab.wait_for_timeout(40)


@pytest.fixture
def site(exhibit, live_server):
    return live_server.url


@pytest.mark.browser
@pytest.mark.parametrize(
    ("width", "density", "step"), [(360, 2, 720), (412, 2.625, 1280), (1280, 1, 720), (1280, 2, 1280)]
)
def test_a_browser_takes_the_avif_that_suits_its_screen(site, browser, width, density, step):
    context = browser.new_context(viewport={"width": width, "height": 800}, device_scale_factor=density)
    page = context.new_page()
    page.goto(site + STORY)
    image = page.locator(".picture img").first
    image.scroll_into_view_if_needed()
    image.evaluate(DECODED)
    assert image.evaluate("image => image.currentSrc").endswith(f"/{step}.avif")
    assert image.evaluate("image => image.naturalWidth") > 0
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("path", [STORY, TIMELINE, RADEK])
def test_a_covered_picture_is_not_asked_for_before_the_visitor_chooses(site, tab, requested, path):
    noted = cards.rewritten("noted").sha256
    covered, cover = tab.locator(".covered img").first, tab.locator(".covered summary").first
    tab.goto(site + path)
    scroll_through(tab)
    assert not covered.is_visible() and not [file for file in requested if file.startswith(noted)]
    tab.emulate_media(media="print")
    assert not covered.is_visible()
    tab.emulate_media(media="screen")
    cover.focus()
    tab.keyboard.press("Enter")
    covered.evaluate(DECODED)
    assert covered.is_visible() and [file for file in requested if file.startswith(noted)]
    tab.keyboard.press("Enter")
    assert not covered.is_visible() and tab.complaints == []


@pytest.mark.browser
@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_a_picture_is_seen_large_and_the_focus_comes_back(site, tab, by):
    tab.goto(site + STORY)
    link = tab.locator("a.enlarge").first
    if by == "mouse":
        link.click()
    else:
        link.focus()
        tab.keyboard.press("Enter")
    dialog = tab.get_by_role("dialog", name="Picture")
    large = dialog.locator("img")
    large.evaluate(DECODED)
    assert large.evaluate("image => image.naturalWidth") == 2400
    assert large.get_attribute("alt") == "A test card: landscape."
    assert large.bounding_box()["width"] <= tab.viewport_size["width"]
    for words in ("A wide card, as the report shows it", "Drawn for the tests (CC0)"):
        assert words in dialog.inner_text()
    for button in dialog.get_by_role("button").all():
        assert button.bounding_box()["height"] >= 44 and button.bounding_box()["width"] >= 44
    for _ in range(12):  # round and round, never to the page behind; a browser's own frame has the body
        tab.keyboard.press("Tab")
        assert tab.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    if by == "mouse":
        dialog.get_by_role("button", name="Close").click()
    else:
        tab.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert link.evaluate("link => link === document.activeElement")
    assert tab.complaints == [] and tab.url == site + STORY


@pytest.mark.browser
def test_the_actual_size_is_scrolled_by_keys(site, tab):
    tab.goto(site + STORY)
    tab.locator("a.enlarge").first.click()
    size = tab.get_by_role("button", name="Actual size")
    size.wait_for()
    assert size.get_attribute("aria-pressed") == "false"
    size.click()
    assert size.get_attribute("aria-pressed") == "true"
    assert tab.locator(".zoom img").bounding_box()["width"] == 2400
    stage = tab.locator(".zoom .stage")
    before = stage.evaluate("stage => [stage.scrollLeft, stage.scrollTop]")
    assert before[0] > 0 and before[1] > 0
    stage.focus()
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("ArrowDown")
    tab.wait_for_timeout(400)
    after = stage.evaluate("stage => [stage.scrollLeft, stage.scrollTop]")
    assert after[0] > before[0] and after[1] > before[1]
    size.click()
    assert tab.locator(".zoom img").bounding_box()["width"] < 2400


@pytest.mark.browser
def test_a_source_in_the_caption_leads_to_the_page_behind(site, tab):
    tab.goto(site + STORY)
    tab.locator("a.enlarge").first.click()
    tab.locator(".zoom .words a").click()
    assert not tab.locator(".zoom").is_visible() and "#note-" in tab.url


@pytest.mark.browser
def test_a_picture_that_fits_has_no_second_size(site, tab):
    tab.set_viewport_size({"width": 1280, "height": 1100})
    tab.goto(site + PYATAKOV)
    tab.locator("a.enlarge").first.click()
    tab.locator(".zoom img").evaluate(DECODED)
    assert not tab.get_by_role("button", name="Actual size").is_visible()


@pytest.mark.browser
def test_without_scripts_the_link_leads_to_the_picture_and_the_cover_opens(site, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site + STORY)
    assert not page.locator("dialog").is_visible() and not page.locator(".covered img").first.is_visible()
    page.locator(".covered summary").first.click()
    assert page.locator(".covered img").first.is_visible()
    page.locator("a.enlarge").first.click()
    page.wait_for_url(f"**{address('landscape', '2400.webp')}")
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_with_pictures_scrolls_sideways_or_moves_when_they_come(site, tab, width):
    tab.set_viewport_size({"width": width, "height": 900})
    for path in (STORY, TIMELINE, PYATAKOV, RADEK, ACCUSED):
        tab.goto(site + path)
        height = tab.evaluate("document.documentElement.scrollHeight")
        scroll_through(tab)
        assert tab.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path
        if path != TIMELINE:
            assert abs(tab.evaluate("document.documentElement.scrollHeight") - height) <= 2, path


@pytest.mark.browser
def test_a_first_visit_makes_what_is_missing_and_nothing_else(site, tab):
    tab.set_viewport_size({"width": 1280, "height": 900})
    tab.goto(site + STORY)
    scroll_through(tab)
    tab.locator("a.enlarge img").first.evaluate(DECODED)
    made = {name: sorted(default_storage.listdir(cards.rewritten(name).sha256)[1]) for name in cards.SHOWN}
    assert made["landscape"] == ["720.avif", "image.jpg"] and made["noted"] == ["image.jpg"]
    assert not models.Takedown.objects.exists() and tab.complaints == []
