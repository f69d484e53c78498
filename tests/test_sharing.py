"""What a page says of itself where it is listed or shared: titles, descriptions, Open Graph, pictures, feeds."""

import io
import time
import xml.etree.ElementTree as ElementTree
from datetime import timedelta
from urllib.parse import urljoin

import pytest
from django.utils import timezone, translation
from PIL import Image, ImageColor

from tests import cases
from tests.html import Page
from trials import models
from trials.editions import display, publish, takedown
from trials.pages import cards, exhibit_urls, sharing

PUBLIC_URL = "http://localhost:8000"
SHIPPED = f"/exhibits/{cases.SHIPPED_SLUG}/"
ATOM = "{http://www.w3.org/2005/Atom}"
KINDS = ["", "defendants/", "people/", "timeline/", "court/", "charges/", "places/", "glossary/", "disputes/"]
KINDS += ["sources/", "editions/"]
MUSEUM = ["/", "/about/", "/accessibility/", "/privacy/", "/report/"]
WRITE = cards._write
NOTICE = "All charges at this trial were fabricated."


@pytest.fixture
def everything(db):
    """The small exhibit, on display."""
    return cases.show(cases.document(cases.small_content()), "First.")


def page_of(client, path):
    """The page at a path."""
    response = client.get(path)
    assert response.status_code == 200, path
    return Page(response.content.decode())


def meta(page, name):
    """The contents of every meta of this name or property."""
    return [tag["content"] for tag in page.all("meta") if name in (tag.get("name"), tag.get("property"))]


def title_of(client, path):
    """What stands on the tab of the page at a path."""
    return client.get(path).content.decode().partition("<title>")[2].partition("</title>")[0]


def image_of(client, path):
    """The picture at a path, and its bytes."""
    response = client.get(path)
    assert response.status_code == 200 and response["Content-Type"] == "image/png", path
    return Image.open(io.BytesIO(response.content)), response.content


def every_page():
    """The path of every page of the shipped exhibit."""
    return [SHIPPED + path for path in KINDS] + [f"{SHIPPED}people/{p.key}/" for p in cases.shipped_document().people]


def card(**changes):
    """The words of a picture."""
    words = {
        "museum": "A museum",
        "exhibit": "A trial",
        "headline": "Georgy Pyatakov",
        "dates": "1890 – 1937",
        "words": "An official.",
        "fate": "Shot on 1 February 1937",
        "notice": NOTICE,
    }
    return sharing.Card(**{**words, **changes})


# Titles and descriptions


def test_every_page_of_the_exhibit_has_a_title_and_a_description_of_its_own(shipped, client):
    titles, descriptions = {}, {}
    for path in [*every_page(), *MUSEUM]:
        titles[path] = title_of(client, path)
        (descriptions[path],) = meta(page_of(client, path), "description")
    assert len(titles) > 60
    assert {path: t for path, t in titles.items() if path not in MUSEUM and not 10 <= len(t) <= 110} == {}
    assert {path: d for path, d in descriptions.items() if not 50 <= len(d) <= 160} == {}
    for found in (titles, descriptions):
        assert {path: words for path, words in found.items() if list(found.values()).count(words) > 1} == {}


def test_the_title_of_an_accused_says_the_name_the_fate_and_the_exhibit(shipped, client):
    title = title_of(client, f"{SHIPPED}people/radek/")
    assert title == "Karl Radek – Killed in prison on 19 May 1939 – Second Moscow Trial"
    assert title_of(client, f"{SHIPPED}people/vyshinsky/") == "Andrei Vyshinsky – Second Moscow Trial"
    assert title_of(client, f"{SHIPPED}timeline/") == "Timeline – Second Moscow Trial"
    assert title_of(client, SHIPPED).startswith("Decided Beforehand")


def test_every_kind_of_page_has_words_of_its_own():
    names = {page.name for page in exhibit_urls.urlpatterns if page.name not in ("story", "person")}
    assert names - set(sharing.PAGES) == {"editions_feed", "share", "share_person", "document_json", "timeline_json"}


@pytest.mark.parametrize(
    "text, most, within",
    [
        ("Short.", 20, "Short."),
        ("One sentence. Another one that is long.", 20, "One sentence."),
        ("He met J. K. Vyshinsky there. And so on.", 30, "He met J. K. Vyshinsky there."),
        ("He said “no.” Then he went away.", 20, "He said “no.”"),
        ("A sentence that is too long to fit", 20, "A sentence that …"),
    ],
)
def test_a_description_ends_with_a_sentence_where_it_can(text, most, within):
    assert sharing.within(text, most) == within and len(within) <= most


def test_dates_that_are_not_documented_are_not_said_without_their_mark(db):
    content = cases.small_content()
    content["people"][0]["facts"] = [
        {"kind": "birth", "date": "1890", "words": {"en": "Born."}, "standing": "unverified"},
        {"kind": "death", "date": "1937-02-01?", "words": {"en": "Shot."}},
    ]
    with translation.override("en"):
        pyatakov = cases.document(content).people[0]
        assert sharing.life_dates(pyatakov) == "Died: probably 1 February 1937"
        assert sharing.life_dates(cases.document(content).people[1]) == ""
        trotsky = cases.shipped_document().records["people"]["trotsky"]
        assert trotsky.fact("birth").date and sharing.life_dates(trotsky) == ""


# Open Graph


@pytest.mark.parametrize(
    "path, picture", [("", "share.png"), ("timeline/", "share.png"), ("people/radek/", "people/radek/share.png")]
)
def test_a_page_says_how_it_is_shared(shipped, client, path, picture):
    page = page_of(client, SHIPPED + path)
    said = {name: meta(page, f"og:{name}") for name in ("title", "description", "url", "image", "locale", "site_name")}
    assert said == {
        "title": [title_of(client, SHIPPED + path).replace("&quot;", '"')],
        "description": meta(page, "description"),
        "url": [f"{PUBLIC_URL}{SHIPPED}{path}"],
        "image": [f"{PUBLIC_URL}{SHIPPED}{picture}"],
        "locale": ["en"],
        "site_name": ["The Museum of the Tests"],
    }
    assert meta(page, "og:type") == ["profile" if "people/" in path else "article"]
    assert meta(page, "twitter:card") == ["summary_large_image"]
    assert "All charges at this trial were fabricated" in meta(page, "og:image:alt")[0]
    image, _content = image_of(client, SHIPPED + picture)
    assert [str(side) for side in image.size] == meta(page, "og:image:width") + meta(page, "og:image:height")


def test_the_address_is_the_public_one_whatever_the_host_header_says(shipped, client):
    page = page_of(client, SHIPPED)
    assert all(address.startswith(PUBLIC_URL) for address in meta(page, "og:url") + meta(page, "og:image"))


def test_each_language_is_shared_in_its_own_words(db, client, settings):
    settings.LANGUAGES = [("en", "English"), ("ru", "Russian")]
    content = cases.small_content(languages=["en", "ru"])
    content["people"][1]["name"]["ru"] = "Карл Радек"
    cases.show(cases.document(content), "First.")
    page = page_of(client, "/ru/exhibits/small/people/radek/")
    assert meta(page, "og:title")[0].startswith("Карл Радек") and meta(page, "og:locale") == ["ru"]
    assert meta(page, "og:locale:alternate") == ["en"]
    assert meta(page, "og:image") == [f"{PUBLIC_URL}/ru/exhibits/small/people/radek/share.png"]
    russian, english = (
        image_of(client, f"{prefix}/exhibits/small/people/radek/share.png")[1] for prefix in ("/ru", "")
    )
    assert russian != english


def test_what_is_superseded_or_a_preview_does_not_spread(small, admin_client):
    publish.publish(small, "First.")
    first = "/exhibits/small/editions/1/"
    display.forget_what_is_on_display()
    assert meta(page_of(admin_client, first), "og:url") == [f"{PUBLIC_URL}/exhibits/small/"]
    assert "noindex" not in meta(page_of(admin_client, first), "robots")
    models.Section.objects.all().delete()
    publish.publish(small, "Second.")
    display.forget_what_is_on_display()
    for path in (first, f"{first}people/radek/", f"/preview/exhibits/{small.pk}/"):
        page = page_of(admin_client, path)
        assert meta(page, "robots")[0].startswith("noindex"), path
        assert not [tag for tag in page.all("meta") if tag.get("property", "").startswith("og:")], path
        assert meta(page, "twitter:card") == []
    assert meta(page_of(admin_client, "/exhibits/small/"), "robots") == []


def test_the_front_door_is_shared_with_the_picture_of_an_exhibit(shipped, client):
    assert meta(page_of(client, "/"), "og:image") == [f"{PUBLIC_URL}{SHIPPED}share.png"]


def test_an_empty_museum_is_shared_without_a_picture(db, client):
    assert meta(page_of(client, "/"), "og:image") == []


# Pictures


def test_pictures_are_pure_small_and_of_the_right_size(shipped, client):
    paths = [f"{SHIPPED}share.png"]
    paths += [f"{SHIPPED}people/{person.key}/share.png" for person in cases.shipped_document().people]
    pictures = {}
    for path in paths:
        image, pictures[path] = image_of(client, path)
        assert image.size == (1200, 630) and len(pictures[path]) < 60_000, path
    assert len(set(pictures.values())) == len(paths) > 50
    cards.draw.cache_clear()
    assert client.get(paths[1]).content == pictures[paths[1]]
    assert client.get(paths[1].replace("people/", "editions/1/people/")).content == pictures[paths[1]]


def test_a_picture_that_is_held_is_not_sent_again(shipped, client):
    response = client.get(f"{SHIPPED}people/radek/share.png")
    assert response["Cache-Control"] == "no-cache" and response["ETag"]
    again = client.get(f"{SHIPPED}people/radek/share.png", headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304 and again.content == b""
    assert client.head(f"{SHIPPED}share.png").content == b""


@pytest.mark.parametrize("path", ["people/nobody/share.png", "share.jpg", "people/share.png"])
def test_there_is_no_picture_of_what_there_is_not(shipped, client, path):
    assert client.get(SHIPPED + path).status_code == 404


def test_a_picture_goes_with_its_edition(everything, client):
    path = "/exhibits/small/people/radek/share.png"
    assert client.get(path).status_code == 200
    takedown.take_down_edition(everything, "A court asked us to.")
    display.forget_what_is_on_display()
    assert client.get(path).status_code == 451
    assert client.get("/exhibits/other/share.png").status_code == 404


@pytest.mark.parametrize(
    "field, words",
    [
        ("headline", "Карл Радек"),
        ("dates", "31 октября 1885 – 19 мая 1939"),
        ("words", "Журналист"),
        ("fate", "Убит в тюрьме"),
        ("notice", "Все обвинения были сфабрикованы."),
        ("museum", "Музей"),
        ("exhibit", "Процесс"),
        ("headline", "Stanisław Žižka"),
        ("headline", "П’ятаков і Її Ґ"),
    ],
)
def test_every_text_is_drawn_in_latin_and_cyrillic(field, words):
    assert cards.can_write(words)
    assert cards.draw(card(**{field: words})) != cards.draw(card(**{field: ""}))


def test_what_no_font_can_write_is_left_out_and_another_spelling_stands_for_it(db, client, settings):
    assert not any(map(cards.can_write, ("გიორგი", "漢字", "רדק", "Pi͡atakov")))
    assert cards.draw(card(headline="გიორგი")) == cards.draw(card(headline=""))
    settings.LANGUAGES = [("en", "English"), ("ka", "Georgian")]
    content = cases.small_content(languages=["en", "ka"])
    content["people"][0]["name"]["ka"] = "გიორგი პიატაკოვი"
    cases.show(cases.document(content), "First.")
    _image, content = image_of(client, "/ka/exhibits/small/people/pyatakov/share.png")
    cards.draw.cache_clear()
    with translation.override("ka"):
        document = display.on_display()["small"].document
        told = sharing._told(document, document.people[0])
    assert told.headline == "გიორგი პიატაკოვი" and content != cards.draw(told)


def test_long_words_wrap_and_nothing_runs_over_the_notice():
    long = card(**{field: "Слово длинное " * 200 for field in ("headline", "dates", "words", "fate", "museum")})
    for told in (long, card(headline="x" * 300, words="y" * 900), card(words="word " * 300, notice="")):
        image = Image.open(io.BytesIO(cards.draw(told))).convert("RGB")
        right = image.crop((1200 - cards.MARGIN + 12, 20, 1200, 460))
        assert right.getextrema() == ((246, 246), (241, 241), (231, 231))
    lines = cards._lines("Grigory Konstantinovich (Sergo) Ordzhonikidze", cards.HEADLINE, 108, 3)
    assert lines == ["Grigory Konstantinovich", "(Sergo) Ordzhonikidze"]


def test_a_picture_tells_what_it_should(shipped):
    document = cases.shipped_document()
    with translation.override("en"):
        exhibit = sharing._told(document, None)
        pyatakov = sharing._told(document, document.defendants[0])
    assert pyatakov.headline == "Georgy (Yuri) Pyatakov" and pyatakov.museum == "The Museum of the Tests"
    assert pyatakov.dates == "18 August 1890 – probably 1 February 1937"
    assert pyatakov.fate == "Shot, probably on 1 February 1937"
    assert pyatakov.notice.startswith("All charges at this trial were fabricated")
    assert all(str(person.name).replace(" ", "\u00a0") in exhibit.words for person in document.defendants)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_one_of_the_accused_is_named_on_the_picture_of_the_exhibit(shipped, monkeypatch, language):
    written = []
    monkeypatch.setattr(
        cards, "_write", lambda pen, y, lines, *how: written.extend(lines) or WRITE(pen, y, lines, *how)
    )
    document = cases.shipped_document()
    with translation.override(language):
        picture = Image.open(io.BytesIO(cards.draw.__wrapped__(sharing._told(document, None))))
        names = [str(person.name).replace(" ", "\u00a0") for person in document.defendants]
    assert [name for name in names if not any(name in text for text in written)] == []
    assert not any("…" in text for text in written)
    colours = {colour for _number, colour in picture.convert("RGB").getcolors()}
    assert {ImageColor.getrgb(colour) for colour in (cards.PAPER, cards.INK, cards.INK_SOFT, cards.RED)} <= colours


def test_drawing_is_cheap_and_bounded():
    cards.draw(card())
    long = "Очень длинное слово " * 1000
    for told in (card(headline="Another name"), card(**dict.fromkeys(vars(card()), long)), card(headline="x" * 20_000)):
        began = time.process_time()
        cards.draw(told)
        # 50 ms on a machine of today.
        assert time.process_time() - began < 0.5
    assert cards.draw.cache_info().maxsize == cards.KEPT


def test_every_word_of_the_shipped_exhibit_can_be_written():
    letters = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяєіїґ" + "ąćęłńóśźżáčďéěíňřšťúůýäöüßàèêçñåæøő"
    words = [letters, letters.upper(), "–—‘’“”„«»…№·"]
    for person in cases.shipped_document().people:
        fate = str(person.defendant.fate) if person.defendant else ""
        words += [str(person.name), str(person.summary), fate]
    assert [text for text in words if not cards.can_write(text)] == []


# Feeds


def entries(client, path):
    """The feed at a path, and its entries."""
    response = client.get(path)
    assert response.status_code == 200 and response["Content-Type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(response.content)  # noqa: S314 (our own)
    return feed, feed.findall(f"{ATOM}entry")


def test_the_feed_of_an_exhibit_lists_its_editions_newest_first(small, client):
    publish.publish(small, "First & <b>foremost</b>.")
    models.Section.objects.all().delete()
    publish.publish(small, "Second.\nIn two lines.")
    display.forget_what_is_on_display()
    feed, found = entries(client, "/exhibits/small/editions/feed.xml")
    assert [entry.findtext(f"{ATOM}title") for entry in found] == [
        "A small exhibit, edition 2",
        "A small exhibit, edition 1",
    ]
    links = [entry.find(f"{ATOM}link").get("href") for entry in found]
    assert links == [f"{PUBLIC_URL}/exhibits/small/editions/{n}/" for n in (2, 1)]
    assert found[0].findtext(f"{ATOM}summary") == "<p>Second.<br>In two lines.</p>"
    assert found[1].findtext(f"{ATOM}summary") == "<p>First &amp; &lt;b&gt;foremost&lt;/b&gt;.</p>"
    assert feed.find(f"{ATOM}link[@rel='self']").get("href") == f"{PUBLIC_URL}/exhibits/small/editions/feed.xml"
    assert feed.findtext(f"{ATOM}updated") == found[0].findtext(f"{ATOM}updated")
    assert all(client.get(link.removeprefix(PUBLIC_URL)).status_code == 200 for link in links)


def test_what_a_feed_is_called_by_does_not_change_with_its_address_or_its_editions(small, client):
    publish.publish(small, "First.")
    display.forget_what_is_on_display()
    before, (first,) = entries(client, "/exhibits/small/editions/feed.xml")
    small.refresh_from_db()
    small.slug = "smaller"
    small.save()
    publish.publish(small, "Second.")
    display.forget_what_is_on_display()
    after, found = entries(client, "/exhibits/smaller/editions/feed.xml")
    assert before.findtext(f"{ATOM}id") == after.findtext(f"{ATOM}id")
    assert first.findtext(f"{ATOM}id") == found[1].findtext(f"{ATOM}id") != found[0].findtext(f"{ATOM}id")
    assert len({e.findtext(f"{ATOM}id") for e in found}) == 2
    response = client.get("/exhibits/small/editions/feed.xml")
    assert response.status_code == 301 and response["Location"] == "/exhibits/smaller/editions/feed.xml"


def test_a_feed_tells_nothing_of_what_is_scheduled_withdrawn_or_taken_down(small, client):
    publish.publish(small, "First.")
    models.Section.objects.all().delete()
    publish.publish(small, "SECRET", starts=timezone.now() + timedelta(days=1))
    display.forget_what_is_on_display()
    for path in ("/exhibits/small/editions/feed.xml", "/feed.xml"):
        assert len(entries(client, path)[1]) == 1 and b"SECRET" not in client.get(path).content
    takedown.take_down_edition(small.editions.get(number=1), "A court asked us to.")
    models.Person.objects.filter(key="ulrikh").delete()
    publish.publish(small, "Third.")
    display.forget_what_is_on_display()
    for path in ("/exhibits/small/editions/feed.xml", "/feed.xml"):
        _feed, found = entries(client, path)
        summaries = [entry.findtext(f"{ATOM}summary") for entry in found]
        assert summaries == ["<p>Third.</p>", "<p>Taken down: A court asked us to.</p>"]
    publish.withdraw(small, "For a day.")
    display.forget_what_is_on_display()
    assert client.get("/exhibits/small/editions/feed.xml").status_code == 404
    assert entries(client, "/feed.xml")[1] == []


def test_the_museums_feed_has_every_exhibit_and_is_linked_from_each_page(everything, client):
    cases.show(cases.document(cases.small_content(slug="other", title={"en": "Another"})), "First\x0b.")
    display.forget_what_is_on_display()
    _feed, found = entries(client, "/feed.xml")
    assert [entry.findtext(f"{ATOM}title") for entry in found] == ["Another, edition 1", "A small exhibit, edition 1"]
    for path, feed in (
        ("/", "/feed.xml"),
        ("/about/", "/feed.xml"),
        ("/exhibits/small/", "/exhibits/small/editions/feed.xml"),
        ("/exhibits/small/people/radek/", "/exhibits/small/editions/feed.xml"),
        ("/exhibits/small/editions/1/people/radek/", "/exhibits/small/editions/1/editions/feed.xml"),
    ):
        feeds = [link for link in page_of(client, path).all("link") if link.get("type") == "application/atom+xml"]
        assert [urljoin(path, link["href"]) for link in feeds] == [feed]
        assert client.get(feed).status_code == 200


def test_an_edition_from_before_the_translation_is_linked_where_it_can_be_read(small, client, settings):
    publish.publish(small, "First.")
    settings.LANGUAGES = [("en", "English"), ("ru", "Russian")]
    small.refresh_from_db()
    small.languages = ["en", "ru"]
    small.save()
    publish.publish(small, "Second.")
    display.forget_what_is_on_display()
    _feed, found = entries(client, "/ru/exhibits/small/editions/feed.xml")
    links = [entry.find(f"{ATOM}link").get("href").removeprefix(PUBLIC_URL) for entry in found]
    assert links == ["/ru/exhibits/small/editions/2/", "/exhibits/small/editions/1/"]
    assert [client.get(link).status_code for link in links] == [200, 200]


def test_a_feed_that_is_held_is_not_sent_again(everything, client):
    for path in ("/feed.xml", "/exhibits/small/editions/feed.xml"):
        response = client.get(path)
        assert response["Cache-Control"] == "no-cache"
        assert client.get(path, headers={"If-None-Match": response["ETag"]}).status_code == 304
