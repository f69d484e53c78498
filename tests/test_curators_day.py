"""A curator’s day in a real browser: from a practice copy to a new exhibit that visitors see, with what goes wrong."""

import contextlib
import os
import re
import signal
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Error, expect

from tests.test_admin import picture
from tests.test_unsaved import kept, offered, process_of, sign_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="Processes are looked up in /proc."),
]

PEOPLE = {"Georgy Pyatakov": "Pyatakov, Georgy", "Karl Radek": "Radek, Karl", "Vasily Ulrikh": "Ulrikh, Vasily"}
ENTRIES = ["The indictment is read", "The accused speak", "Witnesses speak", "The prosecutor speaks", "The verdict"]


class Curator:
    """Somebody at a desk: a browser with a profile that outlives it, and one page."""

    def __init__(self, name, site, chromium, profile, browser):
        self.name, self.site, self._profile = name, site, profile
        self._launch, self._chromium = browser.browser_type.launch_persistent_context, chromium
        self.complaints = []
        self.come()

    def come(self):
        """Open the browser and sign in."""
        options = {"executable_path": self._chromium, "args": ["--no-sandbox", "--disable-gpu", "--no-first-run"]}
        self.context = self._launch(self._profile, viewport={"width": 1280, "height": 900}, **options)
        self.page = self.context.pages[0]
        self.page.set_default_timeout(15_000)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        sign_in(self.page, self.site, name=self.name)

    def lose_the_browser(self):
        """It is killed, as by a power cut."""
        os.kill(process_of(self._profile), signal.SIGKILL)
        with contextlib.suppress(Error):
            self.context.close()

    def go(self, *words):
        """Follow links of these words, one after another."""
        for name in words:
            with self.page.expect_navigation():
                self.page.get_by_role("link", name=name, exact=True).first.click()

    def open_workspace(self, exhibit):
        self.page.goto(f"{self.site}/admin/")
        self.go(exhibit)
        self.heading(exhibit)

    def open_list(self, exhibit, kind):
        """A list of an exhibit, from its workspace."""
        self.open_workspace(exhibit)
        with self.page.expect_navigation():
            self.page.locator(".kinds").get_by_role("link", name=kind, exact=True).click()

    def open_person(self, exhibit, name):
        self.open_list(exhibit, "People")
        with self.page.expect_navigation():
            self.page.locator("#result_list").get_by_role("link", name=name, exact=True).click()

    def press(self, words):
        """Press a button that leads to another page."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=words, exact=True).first.click()

    def save(self, words="Save and go back"):
        self.press(words)
        self.told("successfully")

    def fill(self, **fields):
        """Write into fields of the form; ``-`` in their names is written as ``__``."""
        for name, words in fields.items():
            self.page.fill(f"#id_{name.replace('__', '-')}", words)

    def heading(self, words):
        expect(self.page.get_by_role("heading", name=words, exact=True).first).to_be_visible()

    def told(self, words):
        expect(self.page.locator(".messagelist")).to_contain_text(words)

    def sees(self, words):
        expect(self.page.locator("#content")).to_contain_text(words)

    def has_focus(self, field):
        expect(self.page.locator(f"#id_{field}")).to_be_focused()


@pytest.fixture
def curator(live_server, browser, chromium, tmp_path):
    """A function that lets a curator begin the day."""
    here = []

    def begin(name):
        User.objects.create_superuser(name, password="x")
        here.append(Curator(name, live_server.url, chromium, tmp_path / name, browser))
        return here[-1]

    yield begin
    for one in here:
        one.context.close()


def test_a_curators_day(small, curator, tab):
    anna = curator("anna")
    make_a_practice_copy(anna, "A small exhibit")
    begin_an_exhibit(anna, "The Second Trial")
    add_people(anna, "The Second Trial")
    accuse_with_a_source_made_on_the_spot(anna, "The Second Trial", "Georgy Pyatakov")
    add_entries(anna, "The Second Trial")
    add_a_picture(anna, "The Second Trial")
    show_the_picture(anna, "The Second Trial", "The verdict")
    reorder_by_keys(anna, "The Second Trial")
    preview(anna, "The Second Trial")
    publish(anna, "The Second Trial")
    see_it_as_a_visitor(tab, anna.site)
    make_a_mistake_and_undo_it(anna, "The Second Trial", "Karl Radek")
    delete_a_person_and_recover_it(anna, "The Second Trial", "Vasily Ulrikh")
    resolve_a_conflict(anna, curator("boris"), "The Second Trial", "Karl Radek")
    lose_the_browser_while_typing(anna, "The Second Trial", "Karl Radek")
    assert anna.complaints == tab.complaints == []


def make_a_practice_copy(anna, exhibit):
    anna.open_workspace(exhibit)
    anna.go("Make a practice copy…")
    anna.press("Make a practice copy")
    anna.go(f"To “Practice: {exhibit}”")
    anna.heading(f"Practice: {exhibit}")
    expect(anna.page.locator(".practice-mark")).to_have_text("Practice: never shown to visitors")
    expect(anna.page.get_by_role("link", name="Publish…")).to_have_count(0)


def begin_an_exhibit(anna, title):
    anna.page.goto(f"{anna.site}/admin/")
    anna.go("Begin a new exhibit")
    anna.has_focus("title_en")
    anna.fill(title_en=title, lede_en="Three people, one trial.", notice_en="All charges were fabricated.")
    anna.fill(date="January 1937")
    expect(anna.page.locator(".understood")).to_contain_text("1 January 1937 to 31 January 1937")
    anna.save("Begin")
    anna.heading(title)
    anna.sees("Nobody yet. Begin with the accused")


def add_people(anna, exhibit):
    anna.open_list(exhibit, "People")
    anna.go("Add person")
    for name, sort_name in PEOPLE.items():
        anna.has_focus("name_en")
        anna.fill(name_en=name, sort_name=sort_name, life_en=f"{name} was in the courtroom.")
        anna.save("Save and go back" if name == list(PEOPLE)[-1] else "Save and add another")
    anna.heading(f"People: {exhibit}")
    assert listed(anna) == list(PEOPLE)


def accuse_with_a_source_made_on_the_spot(anna, exhibit, name):
    anna.open_person(exhibit, name)
    anna.go("Add: the person was accused")
    anna.has_focus("number")
    anna.fill(number="1", alleged_en="He was accused of treason.", known_en="The charge was false.")
    cite(anna, "Court report 1937", "p. 4")
    anna.save()
    anna.heading(name)
    anna.sees("Number 1 in the indictment")


def cite(anna, label, locator):
    """Cite a source that is not there yet."""
    anna.page.get_by_role("button", name="Add another Citation").click()
    anna.has_focus("citations-0-source")
    with anna.page.expect_popup() as opened:
        anna.page.click("#add_id_citations-0-source")
    window = opened.value
    expect(window.locator("#id_label_en")).to_be_focused()
    window.fill("#id_label_en", label)
    window.fill("#id_reference_en", "Report of Court Proceedings.")
    window.select_option("#id_kind", label="Official trial record")
    with window.expect_event("close"):
        window.click("[name=_save] >> nth=0")
    expect(anna.page.locator("#id_citations-0-source")).to_have_value(label)
    anna.fill(citations__0__locator=locator)


def add_entries(anna, exhibit):
    anna.open_list(exhibit, "Timeline entries")
    anna.go("Add timeline entry")
    for title in ENTRIES:
        anna.has_focus("phase")
        anna.page.select_option("#id_phase", label="Trial")
        anna.fill(date="23 January 1937", title_en=title, words_en=f"{title}.")
        find_a_source(anna, "court rep", "Court report 1937")
        anna.save("Save and go back" if title == ENTRIES[-1] else "Save and add another")
    anna.heading(f"Timeline entries: {exhibit}")
    assert listed(anna) == ENTRIES


def find_a_source(anna, letters, label):
    """Cite a source that is found by a few letters."""
    anna.page.get_by_role("button", name="Add another Citation").click()
    anna.page.locator("#id_citations-0-source").press_sequentially(letters)
    expect(anna.page.get_by_role("option", name=label)).to_be_visible()
    anna.page.keyboard.press("ArrowDown")
    anna.page.keyboard.press("Enter")
    expect(anna.page.locator("#id_citations-0-source")).to_have_value(label)


def listed(anna):
    return anna.page.locator("#result_list tbody th").all_inner_texts()


def add_a_picture(anna, exhibit):
    anna.open_list(exhibit, "Images")
    anna.page.locator(".object-tools").get_by_role("link", name="Add pictures").click()
    file = {"name": "Court room.png", "mimeType": "image/png", "buffer": picture(size=(60, 40))}
    anna.page.set_input_files("#id_files", file)
    anna.page.click("#upload [type=submit]")
    # As one list or as the other: on a busy machine the form is sent before its script has come.
    expect(anna.page.locator("#content")).to_contain_text("Describe the new pictures one after another")
    anna.go("Describe the new pictures one after another")
    anna.fill(alt_en="A court room", credit="The museum")
    anna.save()


def show_the_picture(anna, exhibit, entry):
    anna.open_list(exhibit, "Timeline entries")
    anna.go(entry)
    anna.page.select_option("#id_image", label="A court room")
    anna.save()


def reorder_by_keys(anna, exhibit):
    handle = anna.page.get_by_role("button", name="Move “The verdict”", exact=True)
    handle.press("Home")
    expect(anna.page.locator(".ordering-status")).to_have_text("Moved to position 1 of 5. Saved.")
    handle.press("ArrowDown")
    expect(anna.page.locator(".ordering-status")).to_have_text("Moved to position 2 of 5. Saved.")
    anna.page.reload()
    assert listed(anna) == in_new_order()


def in_new_order():
    first, *others, last = ENTRIES
    return [first, last, *others]


def preview(anna, exhibit):
    anna.open_workspace(exhibit)
    anna.go("Preview")
    for screen in ("Phone", "Desktop", "Kiosk, upright"):
        glass = anna.page.frame_locator(f"iframe[title='{screen}']")
        expect(glass.get_by_role("heading", name=exhibit, exact=True)).to_be_visible()
        expect(glass.locator("body")).to_contain_text("It is not published.")


def publish(anna, exhibit):
    anna.open_workspace(exhibit)
    anna.go("Publish…")
    anna.sees("Visitors see nothing of it now.")
    expect(anna.page.locator("#content")).not_to_contain_text("Blocks")
    anna.page.get_by_label("Note").fill("First edition.")
    anna.press("Publish")
    anna.sees("Edition 1")
    anna.open_workspace(exhibit)
    anna.sees("Edition 1 since")


def see_it_as_a_visitor(tab, site):
    tab.goto(site)
    tab.get_by_role("link", name="The Second Trial").first.click()
    expect(tab.locator("h1")).to_have_text("The Second Trial")
    expect(tab.locator("body")).to_contain_text("All charges were fabricated.")
    tab.goto(f"{site}/exhibits/the-second-trial/timeline/")
    titles = tab.locator("main").inner_text()
    assert sorted(ENTRIES, key=titles.index) == in_new_order()
    expect(tab.get_by_role("img", name="A court room")).to_be_visible()
    tab.goto(f"{site}/exhibits/the-second-trial/people/georgy-pyatakov/")
    expect(tab.locator("main")).to_contain_text("The charge was false.")
    expect(tab.get_by_role("link", name="Court report 1937, p. 4").first).to_be_visible()


def make_a_mistake_and_undo_it(anna, exhibit, name):
    anna.open_person(exhibit, name)
    anna.fill(name_en="Karl Redak", life_en="")
    anna.save()
    assert "Karl Redak" in listed(anna)
    anna.press("Undo")
    anna.told("Undone")
    anna.open_person(exhibit, name)
    expect(anna.page.locator("#id_life_en")).to_have_value(f"{name} was in the courtroom.")


def delete_a_person_and_recover_it(anna, exhibit, name):
    anna.open_person(exhibit, name)
    anna.go("Delete")
    anna.press("Yes, I’m sure")
    anna.told("was deleted successfully")
    assert name not in listed(anna)
    anna.go("Recover deleted", name)
    anna.press("Recover")
    anna.told(f"“{name}” was recovered.")
    expect(anna.page.locator("#id_life_en")).to_have_value(f"{name} was in the courtroom.")
    anna.open_list(exhibit, "People")
    assert listed(anna) == list(PEOPLE)


def resolve_a_conflict(anna, boris, exhibit, name):
    for somebody in (anna, boris):
        somebody.open_person(exhibit, name)
    boris.fill(summary_en="A journalist")
    boris.save()
    anna.fill(life_en="He survived the trial.")
    anna.press("Save and go back")
    anna.sees("This record was changed after you opened it, so nothing has been saved.")
    anna.sees("It was last saved here by boris")
    anna.sees("It now says: A journalist")
    expect(anna.page.locator("#id_life_en")).to_have_value("He survived the trial.")
    with anna.page.expect_popup() as opened:
        anna.page.get_by_role("link", name="Open the record as it is now in a new tab").click()
    now = opened.value
    expect(now.locator("#id_summary_en")).to_have_value("A journalist")
    now.fill("#id_life_en", anna.page.input_value("#id_life_en"))
    with now.expect_navigation():
        now.get_by_role("button", name="Save and go back").first.click()
    expect(now.locator(".messagelist")).to_contain_text("was changed successfully")
    now.close()
    anna.page.once("dialog", lambda dialog: dialog.accept())
    anna.open_person(exhibit, name)
    expect(anna.page.locator("#id_summary_en")).to_have_value("A journalist")
    expect(anna.page.locator("#id_life_en")).to_have_value("He survived the trial.")
    # What was refused is carried over: its copy in the browser may go.
    offered(anna.page)
    anna.page.get_by_role("button", name="Throw them away").click()
    kept(anna.page, 0)


def lose_the_browser_while_typing(anna, exhibit, name):
    address = anna.page.url
    anna.fill(life_en="Typed until the light went out.")
    kept(anna.page, life_en="Typed until the light went out.")
    anna.lose_the_browser()
    anna.come()
    anna.page.goto(address)
    offered(anna.page)
    anna.page.get_by_role("button", name="Show them").click()
    expect(anna.page.locator("#id_life_en")).to_have_value(re.compile("^Typed until"))
    anna.save()
    anna.open_person(exhibit, name)
    expect(anna.page.locator("#id_life_en")).to_have_value("Typed until the light went out.")
    expect(anna.page.locator("#unsaved")).to_be_empty()
