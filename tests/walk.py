"""Every kind of page that a visitor can come to, found through the lists of addresses: where the browser's tests walk.

A new kind of page is walked without being named here; one whose address holds something new needs an example of it.
"""

import io
from dataclasses import dataclass
from itertools import product
from pathlib import PurePosixPath

from django.conf import settings
from django.db import connection
from django.urls import URLPattern, reverse
from PIL import Image as Picture

from tests import cases
from trials import images
from trials.editions import display, publish, takedown
from trials.pages import exhibit_urls, links, preview, urls

# What addresses hold. People: one who was tried, and one who was not. Numbers: of a page of the front door.
EXAMPLES = {"key": ["pyatakov", "ulrikh"], "number": [2]}
LANGUAGES = [("en", "English"), ("ru", "Russian")]
# What needs no second look in the other language is seen in one of them.
SEARCHES = {"en": ["Pyatakov", "x" * 201], "ru": ["Пятаков", "zzz"]}
CARDS = {"en": ["", "timeline/"], "ru": ["", "people/radek/"]}
SUPERSEDED = {"en": ["editions/"], "ru": ["people/radek/"]}
PREVIEWED = {"en": ["", "editions/"], "ru": ["people/pyatakov/"]}
ERRORS = {
    "en": {"/?q=%00": 400, "/preview/exhibits/1/": 403, "/nowhere/": 404, "/exhibits/forbidden/": 451}
    | {"/preview/nothing/": 404},
    "ru": {"/ru/nowhere/": 404, "/ru/exhibits/withdrawn/": 404, "/ru/exhibits/tampered/": 503},
}


@dataclass(frozen=True)
class Stop:
    """A place on the walk: an address, the status of its answer, and the language of what stands there."""

    path: str
    status: int
    language: str

    def __str__(self):
        return self.path


def stops() -> list[Stop]:
    """Every place on the walk through the museum that `open_museum` opens, once: each kind of page in each language."""
    return [
        Stop(path, status, language)
        for language, _name in LANGUAGES
        for path, status in (dict.fromkeys(_pages(language), 200) | ERRORS[language]).items()
    ]


def _pages(language) -> list[str]:
    search = links.site_path("search", language)
    prefix = {} if language == settings.LANGUAGE_CODE else {"language": language}
    paths = [reverse(name, kwargs=prefix | where) for name, where in _examples(urls.pages)]
    paths += [f"{search}?q={asked}" for asked in SEARCHES[language]]
    for mount, pages in (
        (links.exhibit_path(cases.SHIPPED_SLUG, language), exhibit_pages()),
        (links.exhibit_path("cards", language), CARDS[language]),
        (links.exhibit_path(cases.SHIPPED_SLUG, language, 1), SUPERSEDED[language]),
        (_preview_of("cards", language), PREVIEWED[language]),
    ):
        paths += [mount + path for path in pages]
    return [path for path in paths if not PurePosixPath(path).suffix]  # document.json, share.png


def exhibit_pages() -> list[str]:
    """The path of every kind of page inside an exhibit."""
    return [links.address(name, **where) for name, where in _examples(exhibit_urls.urlpatterns)]


def _examples(pages):
    """The name of each page, and what its address holds."""
    for page in (page for page in pages if isinstance(page, URLPattern)):
        names = list(page.pattern.converters)
        for values in product(*(EXAMPLES[name] for name in names)):
            yield page.name, dict(zip(names, values, strict=True))


def _preview_of(slug, language) -> str:
    exhibit = cases.exhibit(slug)
    _link, token = preview.make_link(exhibit, exhibit.editions.get(), "a walk", 1, None)
    return links.preview_link_path(token, language)


def open_museum():
    """A museum with something to see of every kind: the shipped exhibit in its second edition, one with pictures,
    one withdrawn, one taken down and one that somebody has tampered with."""
    shipped = cases.show(cases.shipped_document(), "First edition.").exhibit
    corrected = cases.shipped_document().model_copy(update={"where": {"en": "Moscow, the House of the Unions"}})
    publish._show(shipped, publish._new_edition(shipped, corrected, "The place is told.", None), "Corrected.", None)
    _show_small("cards", title={"en": "An exhibit of cards"}, **_pictures())
    publish.withdraw(_show_small("withdrawn").exhibit, "It is being repaired.")
    takedown.take_down_edition(_show_small("forbidden"), "A court forbade it.")
    tampered = _show_small("tampered")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE trials_edition SET content = %s WHERE id = %s", [b"{}", tampered.pk])
    display.forget()


def _show_small(slug, **changes):
    content = cases.small_content(slug=slug, languages=[code for code, _name in LANGUAGES], **changes)
    return cases.show(cases.document(content), "First.")


def _pictures() -> dict:
    """What puts two pictures into the small exhibit: a card wherever one may stand, and one that is covered."""
    content = cases.small_content()
    content["sections"][0]["image"] = content["timeline"][0]["image"] = content["people"][1]["portrait"] = "card"
    content["timeline"][1]["image"] = "covered"
    shown = [_picture("card", "#8c2a1b"), {**_picture("covered", "#1d1a16"), "content_note": {"en": "A dead man."}}]
    return {"images": shown, **{part: content[part] for part in ("sections", "timeline", "people")}}


def _picture(key, colour) -> dict:
    data = io.BytesIO()
    Picture.new("RGB", (1200, 800), colour).save(data, "PNG")
    picture = images.rewrite(data.getvalue(), "card.png")
    images.store(picture)
    held = {name: getattr(picture, name) for name in ("sha256", "extension", "width", "height")}
    words = {"alt": {"en": f"The {key}."}, "caption": {"en": "A test card."}, "credit": "The tests", "licence": "CC0"}
    return {"key": key, **held, **words}
