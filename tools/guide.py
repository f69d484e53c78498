"""The pictures of docs/curators.md, made anew from the exhibit that ships.

    .venv/bin/python -m tools.guide [NAME …]

Needs Chromium, and Playwright from requirements-test. Each picture is a part of a page 1,280 pixels wide, with 256
colours at most. A picture that would be larger than 120 kB ends it with status 1.
"""

import io
import sys

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from tools import start
from tools.served import served

FOLDER = start.BASE / "docs" / "pictures"
LARGEST = 120_000
WIDTH, HEIGHT = 1280, 900
PASSWORD = "for the time of a picture"  # noqa: S105
EXHIBIT = "/admin/trials/exhibit/1/"
SECTION = "How the confessions were made"
TABLE = """key,summary [en]
radek,"Journalist, the best-known commentator of the whole Soviet press"
muralov,"Former military commander, who held out longest of all"
"""


def front_page(page: Page):
    """The exhibit as a card, and one’s own last records."""
    page.goto(page.address + "/admin/")
    page.wait_for_load_state("networkidle")
    return page.locator(".desk")


def workspace(page: Page):
    """The story in order, and everything that belongs to it."""
    page.goto(page.address + f"{EXHIBIT}workspace/")
    page.wait_for_load_state("networkidle")
    return page.locator("#content"), 900


def writing(page: Page):
    """A text with its tools, and below it how visitors will read it."""
    field = _text(page)
    field.locator("[data-tool=preview]").click()
    expect(field.locator(".prose-preview p").first).to_be_visible()
    field.locator("textarea").evaluate("text => (text.style.height = '9rem')")
    return page.locator(".form-row", has=field), 560


def citing(page: Page):
    """The dialog in which a source is found by a few letters."""
    field = _text(page)
    field.locator("[data-tool=cite]").click()
    page.locator("#picker-search").press_sequentially("conq")
    expect(page.locator("#picker-list [role=option]").first).to_be_visible()
    return page.locator("#picker")


def date(page: Page):
    """A date in words, and what was understood."""
    page.goto(page.address + "/admin/trials/timelineentry/add/?exhibit=1")
    page.fill("#id_date", "about October 1936")
    expect(page.locator("#id_date-understood")).to_contain_text("1936")
    return page.locator("fieldset", has=page.locator("#id_date"))


def facts(page: Page):
    """The facts of a life, with their standing and their sources."""
    page.goto(page.address + "/admin/trials/person/?exhibit__id__exact=1&q=pyatakov")
    page.locator("#result_list tbody th a").first.click()
    return page.locator("fieldset", has=page.locator(".field-facts_known")), 620


def spreadsheet(page: Page):
    """What a table would change, before anything is written."""
    page.goto(page.address + "/admin/trials/person/spreadsheet/1/")
    page.set_input_files("#id_file", {"name": "people.csv", "mimeType": "text/csv", "buffer": TABLE.encode()})
    page.locator("form:has(#id_file) [type=submit]").click()
    expect(page.locator(".counts")).to_be_visible()
    return page.locator("#content"), 620


def publishing(page: Page):
    """What a publication would change for visitors, word by word."""
    page.goto(page.address + f"{EXHIBIT}change/")
    page.fill("#id_where_en", "Moscow, House of the Unions, October Hall")
    page.locator("[name=_save]").first.click()
    page.goto(page.address + "/admin/trials/exhibit/publish/?exhibit=1")
    expect(page.locator("ins").first).to_be_visible()
    return page.locator("#content"), 760


# The front page last: what the others have changed stands on it.
PICTURES = (workspace, writing, citing, date, facts, spreadsheet, publishing, front_page)


def main(names: list[str]) -> int:
    """Make the pictures of these names, or all; the exit status."""
    with served(DJANGO_SUPERUSER_PASSWORD=PASSWORD) as server, sync_playwright() as playwright:
        server.manage("createsuperuser", "--noinput", "--username", "anna", "--email", "anna@museum.example")
        browser = playwright.chromium.launch(executable_path=start.find_chromium())
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        page.address = server.address
        _sign_in(page)
        large = [name for name in map(_make(page), _wanted(names)) if name]
        browser.close()
    print(*large, sep="\n", end="")
    return 1 if large else 0


def _wanted(names):
    return [picture for picture in PICTURES if not names or _name(picture) in names]


def _name(picture) -> str:
    return picture.__name__.replace("_", "-")


def _make(page):
    """What makes a picture, and says its name where it is too large."""

    def make(picture) -> str:
        found = picture(page)
        place, height = found if isinstance(found, tuple) else (found, HEIGHT * 4)
        place.scroll_into_view_if_needed()
        box = place.bounding_box()
        top = box["y"] + page.evaluate("scrollY")
        page.set_viewport_size({"width": WIDTH, "height": int(top + height + HEIGHT)})
        page.evaluate("scrollTo(0, 0)")
        box = place.bounding_box()
        box["height"] = min(height, box["height"])
        data = _with_few_colours(page.screenshot(clip=box, animations="disabled", caret="hide"))
        page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
        (FOLDER / f"{_name(picture)}.png").write_bytes(data)
        print(f"{_name(picture)}.png: {len(data):,} bytes", flush=True)
        return f"{_name(picture)}.png is larger than {LARGEST:,} bytes." if len(data) > LARGEST else ""

    return make


def _with_few_colours(data: bytes) -> bytes:
    """A PNG with a palette, as small as it gets."""
    target = io.BytesIO()
    Image.open(io.BytesIO(data)).convert("RGB").quantize(128).save(target, "PNG", optimize=True)
    return target.getvalue()


def _sign_in(page):
    page.goto(page.address + "/admin/")
    page.fill("#id_username", "anna")
    page.fill("#id_password", PASSWORD)
    page.click("#login-form [type=submit]")
    page.wait_for_url(page.address + "/admin/")


def _text(page):
    """The field for the text of a section, opened from the workspace."""
    page.goto(page.address + f"{EXHIBIT}workspace/")
    page.locator(".story a", has_text=SECTION).first.click()
    field = page.locator(".prose-field", has=page.locator("#id_body_en"))
    expect(field).to_be_visible()
    return field


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
