"""Nothing typed is lost: unsaved changes are kept in the browser, for one account and one record, and offered again."""

import contextlib
import os
import re
import signal
import time
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from playwright.sync_api import Error, expect

from tests import cases
from tests.test_admin import address, change
from trials.models import Person, TimelineEntry

pytestmark = pytest.mark.browser

OFFERED = re.compile(r"You have unsaved changes from \d\d:\d\d\.")
BAR, SAVE = "#unsaved", "[name=_save] >> nth=0"
# What this browser holds, of whatever account.
HELD = """async () => {
    const opened = indexedDB.open("drafts", 1);
    const database = await new Promise((resolve) => (opened.onsuccess = () => resolve(opened.result)));
    const request = database.transaction("drafts").objectStore("drafts").getAll();
    return new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
}"""


@pytest.fixture
def exhibit(db):
    for name in ("anna", "boris"):
        User.objects.create_superuser(name, password="x")
    return cases.load(cases.small_content())


@pytest.fixture
def person(exhibit):
    return exhibit.people.get(key="pyatakov")


def sign_in(tab, site, path="/admin/", name="anna"):
    """Open a page of the admin, signing in where that is asked for."""
    tab.goto(site + path)
    if tab.locator("#id_password").count():
        tab.fill("#id_username", name)
        tab.fill("#id_password", "x")
        tab.click("#login-form [type=submit]")
        tab.wait_for_url(site + path)


def kept(tab, count=1, **fields):
    """Wait until so many drafts are kept, the newest with these values (``-`` is written as ``__``)."""
    wanted = {name.replace("__", "-"): [value] for name, value in fields.items()}
    for _attempt in range(100):
        held = sorted(tab.evaluate(HELD), key=lambda draft: draft["at"])
        if len(held) == count and wanted.items() <= (held[-1]["fields"] if held else {}).items():
            return
        tab.wait_for_timeout(50)
    raise AssertionError(held)


def ready(tab):
    """Wait until the page has looked for unsaved changes."""
    tab.wait_for_selector("#unsaved[aria-busy=false]", state="attached")


def offered(tab):
    expect(tab.locator(BAR)).to_contain_text(OFFERED)


def test_after_a_lost_session_what_was_typed_is_offered_and_saved_and_then_forgotten(person, live_server, tab):
    site, page = live_server.url, change(person)
    sign_in(tab, site, page)
    tab.fill("#id_life_en", "Typed for an hour.")
    Session.objects.all().delete()
    tab.click(SAVE)  # at once: nothing has been kept yet but what the save itself keeps
    tab.wait_for_selector("#id_password")
    sign_in(tab, site, "/admin/")
    tab.goto(site + page)
    offered(tab)
    assert tab.input_value("#id_life_en") == ""
    tab.click("text=Show them")
    expect(tab.locator(BAR)).to_contain_text("It is not saved yet.")
    assert tab.input_value("#id_life_en") == "Typed for an hour."
    tab.click(SAVE)
    assert "was changed successfully" in tab.inner_text(".messagelist")
    kept(tab, 0)
    person.refresh_from_db()
    assert person.life["en"] == "Typed for an hour."
    tab.goto(site + page)
    ready(tab)
    assert tab.inner_text(BAR) == "" and tab.complaints == []


def process_of(profile) -> int:
    """The process of the browser that uses this profile."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            words = (folder / "cmdline").read_bytes().decode().split("\0")
            if f"--user-data-dir={profile}" in words and not any(word.startswith("--type=") for word in words):
                return int(folder.name)
    raise AssertionError("no such browser runs")


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="Processes are looked up in /proc.")
def test_after_the_browser_was_killed_what_was_typed_is_offered_again(person, live_server, browser, chromium, tmp_path):
    site, page = live_server.url, change(person)

    def start():
        options = {"executable_path": chromium, "args": ["--no-sandbox", "--disable-gpu", "--no-first-run"]}
        context = browser.browser_type.launch_persistent_context(tmp_path / "profile", **options)
        tab = context.pages[0]
        sign_in(tab, site, page)
        return context, tab

    context, tab = start()
    tab.locator("#id_life_en").press_sequentially("Typed until the light went out.")
    kept(tab)
    (words,) = tab.evaluate(HELD)[0]["fields"]["life_en"]
    os.kill(process_of(tmp_path / "profile"), signal.SIGKILL)
    with contextlib.suppress(Error):
        context.close()
    context, tab = start()
    offered(tab)
    tab.click("text=Show them")
    expect(tab.locator("#id_life_en")).to_have_value(re.compile(f"^{re.escape(words)}"))
    assert words and "Typed until the light went out.".startswith(words)
    context.close()


def test_leaving_asks_only_where_something_was_typed(person, live_server, tab):
    site, page, asked = live_server.url, change(person), []
    tab.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    sign_in(tab, site, page)
    ready(tab)
    tab.click("#id_sort_name")
    tab.keyboard.press("x")
    tab.keyboard.press("Backspace")
    tab.click("#names-group .add-row a")  # a row in which nothing is typed says nothing
    tab.click("text=Home")
    tab.wait_for_url(site + "/admin/")
    assert asked == []
    tab.goto(site + page)
    tab.locator("#id_sort_name").press_sequentially("x")
    tab.click("text=Home", no_wait_after=True)
    assert asked == ["beforeunload"] and tab.url == site + page
    kept(tab)
    # Taken back by hand, it is no longer kept.
    tab.keyboard.press("Backspace")
    tab.locator("#id_sort_name").press("Backspace")
    tab.fill("#id_sort_name", person.sort_name)
    kept(tab, 0)


def test_signing_out_forgets_and_another_account_never_sees_it(person, live_server, tab):
    site, page = live_server.url, change(person)
    sign_in(tab, site, page)
    tab.fill("#id_life_en", "Anna’s words.")
    kept(tab)
    Session.objects.all().delete()
    tab.on("dialog", lambda dialog: dialog.accept())
    sign_in(tab, site, page, "boris")
    ready(tab)
    assert tab.inner_text(BAR) == ""
    tab.fill("#id_life_en", "Boris’s words.")
    kept(tab, 2)
    tab.click("#logout-form button")
    tab.wait_for_selector("#signed-out", state="attached")
    kept(tab, 1)
    sign_in(tab, site, page)
    offered(tab)
    tab.click("#logout-form button")
    tab.wait_for_selector("#signed-out", state="attached")
    kept(tab, 0)


def test_what_was_typed_before_somebody_else_saved_is_shown_and_overwrites_nothing(person, live_server, tab):
    site, page = live_server.url, change(person)
    sign_in(tab, site, page)
    tab.fill("#id_life_en", "Anna’s words.")
    tab.fill("#id_names-0-spelling", "Anna’s spelling")
    kept(tab)
    newer = Person.objects.get(pk=person.pk)
    newer.life = {"en": "Newer words."}
    newer.save()
    tab.on("dialog", lambda dialog: dialog.accept())
    tab.goto(site + page)
    offered(tab)
    expect(tab.locator(BAR)).to_contain_text("The record was changed since")
    tab.click("text=Show them")
    listed = tab.locator(".unsaved-list")
    life, spelling = listed.locator("dt").all_inner_texts()
    assert life.startswith("Life") and spelling == "Spellings of the name 1, Spelling"
    assert "Anna’s words." in listed.inner_text() and "Anna’s spelling" in listed.inner_text()
    assert tab.input_value("#id_life_en") == "Newer words."
    listed.get_by_role("button", name="Put it into the form").first.click()
    assert tab.input_value("#id_life_en") == "Anna’s words."
    assert tab.input_value("#id_names-0-spelling") == "Пятаков Георгий"


def test_a_refused_save_keeps_what_was_typed_until_it_is_saved_or_thrown_away(person, live_server, tab):
    site, page = live_server.url, change(person)
    sign_in(tab, site, page)
    tab.fill("#id_life_en", "See [@nothing].")
    tab.click(SAVE)
    expect(tab.locator(".errornote")).to_be_visible()
    ready(tab)
    assert tab.input_value("#id_life_en") == "See [@nothing]." and tab.inner_text(BAR) == ""
    asked = []
    tab.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    tab.locator("#id_life_en").press("End")
    tab.goto(site + page)
    offered(tab)
    tab.click("text=Throw them away")
    kept(tab, 0)
    tab.get_by_role("button", name="Undo").click()
    offered(tab)
    kept(tab, 1)
    tab.click("text=Throw them away")
    expect(tab.locator(BAR)).to_contain_text("thrown away")
    tab.goto(site + page)
    ready(tab)
    assert tab.inner_text(BAR) == "" and asked == ["beforeunload"]


def test_rows_that_were_added_and_choices_from_two_lists_come_back_too(exhibit, live_server, tab):
    entry = exhibit.timeline.get(key="first-day")
    site, page = live_server.url, change(entry)
    sign_in(tab, site, page)
    ready(tab)
    tab.select_option("#id_people_from", label="Vasily Ulrikh")
    tab.click("#id_people_add, #id_people_add_link")
    tab.click("#sittings-group .add-row a")
    tab.fill("#id_sittings-1-time", "evening")
    tab.fill("#id_sittings-1-words_en", "Nothing was read.")
    tab.check("#id_citations-0-contradicts")
    kept(tab, citations__0__contradicts="on")
    tab.on("dialog", lambda dialog: dialog.accept())
    tab.goto(site + page)
    offered(tab)
    tab.click("text=Show them")
    expect(tab.locator("#id_sittings-1-words_en")).to_have_value("Nothing was read.")
    tab.click(SAVE)
    assert "was changed successfully" in tab.inner_text(".messagelist")
    assert sorted(entry.people.values_list("key", flat=True)) == ["pyatakov", "radek", "ulrikh"]
    assert [sitting.time for sitting in entry.sittings.order_by("order")] == ["morning", "evening"]
    assert entry.citations.get().contradicts
    kept(tab, 0)


def test_a_new_record_is_kept_as_well_and_old_changes_are_forgotten(exhibit, live_server, tab):
    site, page = live_server.url, address("add", TimelineEntry)
    sign_in(tab, site, f"{page}?exhibit={exhibit.pk}")
    tab.fill("#id_title_en", "A new entry")
    kept(tab)
    tab.on("dialog", lambda dialog: dialog.accept())
    tab.goto(f"{site}{page}?exhibit={exhibit.pk}")
    offered(tab)
    tab.click("text=Show them")
    expect(tab.locator("#id_title_en")).to_have_value("A new entry")
    tab.clock.set_system_time(int((time.time() + 6 * 24 * 60 * 60) * 1000))
    tab.goto(f"{site}/admin/")
    kept(tab, 1)
    tab.clock.set_system_time(int((time.time() + 8 * 24 * 60 * 60) * 1000))
    tab.goto(f"{site}/admin/")
    kept(tab, 0)


def test_accounts_and_windows_for_a_new_record_keep_nothing(exhibit, live_server, tab):
    site = live_server.url
    for page in ("/admin/auth/user/add/", "/admin/password_change/", f"{address('add', Person)}?_popup=1"):
        sign_in(tab, site, page)
        assert tab.locator(BAR).count() == 0
    assert tab.complaints == []
