"""Putting records in order in a real browser: buttons, keys, drag by mouse and by finger, and without JavaScript."""

import pytest
from playwright.sync_api import expect

from tests import cases
from tests.test_accessibility import AXE, LOOKS, faults, look
from tests.test_admin import change
from tests.test_ordering import POINTS, content, points
from tests.test_unsaved import kept
from trials.models import Name

pytestmark = pytest.mark.browser


def sign_in(context, admin_client, live_server):
    context.add_cookies(
        [{"name": "sessionid", "value": admin_client.cookies["sessionid"].value, "url": live_server.url}]
    )


@pytest.fixture
def exhibit(db):
    return cases.load(content())


@pytest.fixture
def curator(exhibit, admin_client, live_server, tab):
    """A tab in which a curator is signed in."""
    sign_in(tab.context, admin_client, live_server)
    tab.site = live_server.url
    return tab


def shown(tab):
    """The key points as the list shows them, by the last letter."""
    return [words[-2] for words in tab.locator("#result_list tbody th").all_inner_texts()]


def handle(tab, key):
    return tab.get_by_role("button", name=f"Move “Point {key}.”", exact=True)


def saved(tab, words):
    expect(tab.locator(".ordering-status")).to_have_text(f"{words} Saved.")


def test_buttons_and_keys_move_a_record_and_it_is_saved_and_said(exhibit, curator):
    curator.goto(curator.site + POINTS)
    curator.get_by_role("button", name="Move “Point b.” up").click()
    saved(curator, "Moved to position 1 of 5.")
    assert points(exhibit) == list("bacde") == shown(curator)
    handle(curator, "b").press("ArrowDown")
    saved(curator, "Moved to position 2 of 5.")
    handle(curator, "b").press("End")
    saved(curator, "Moved to position 5 of 5.")
    assert points(exhibit) == list("acdeb") == shown(curator)
    assert curator.evaluate("document.activeElement.getAttribute('aria-label')") == "Move “Point b.”"
    # At the end nothing moves; quickly one after the other everything does.
    handle(curator, "b").press("ArrowDown")
    for _press in range(3):
        curator.keyboard.press("ArrowUp")
    saved(curator, "Moved to position 2 of 5.")
    assert points(exhibit) == list("abcde")
    assert curator.locator("output.ordering-status").is_visible()
    curator.get_by_role("button", name="Undo").click()
    assert "Undone: Moved to position" in curator.locator(".messagelist").inner_text()
    assert curator.complaints == []


def test_a_record_is_dragged_by_its_handle_and_escape_puts_it_back(exhibit, curator):
    curator.goto(curator.site + POINTS)
    here, there = handle(curator, "a").bounding_box(), handle(curator, "d").bounding_box()
    x, y = here["x"] + 5, here["y"] + 5
    for last in ("Escape", "up"):
        curator.mouse.move(x, y)
        curator.mouse.down()
        curator.mouse.move(x, there["y"] + there["height"], steps=4)
        expect(curator.locator("#result_list tbody th").nth(3)).to_have_text("Point a.")
        if last == "Escape":
            curator.keyboard.press("Escape")
            expect(curator.locator("#result_list tbody th").nth(0)).to_have_text("Point a.")
        curator.mouse.up()
    saved(curator, "Moved to position 4 of 5.")
    assert points(exhibit) == list("bcdae") == shown(curator)


def test_one_finger_drags_on_a_tablet(exhibit, admin_client, live_server, browser):
    context = browser.new_context(has_touch=True, viewport={"width": 820, "height": 1180})
    sign_in(context, admin_client, live_server)
    tab = context.new_page()
    tab.goto(live_server.url + POINTS)
    here, there = handle(tab, "e").bounding_box(), handle(tab, "a").bounding_box()
    finger, x = context.new_cdp_session(tab), here["x"] + 10
    steps = [here["y"] + 10, here["y"] - 40, there["y"] + 2]
    for kind, ys in (("touchStart", steps[:1]), ("touchMove", steps[1:])):
        for y in ys:
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    expect(tab.locator("#result_list tbody th").nth(0)).to_have_text("Point e.")
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    saved(tab, "Moved to position 1 of 5.")
    assert points(exhibit) == list("eabcd")
    assert handle(tab, "e").bounding_box()["width"] >= 24
    context.close()


@pytest.mark.parametrize("lost", [False, True])
def test_a_refused_order_goes_back_and_says_why(exhibit, curator, lost):
    curator.goto(curator.site + POINTS)
    if lost:
        curator.context.clear_cookies()
    else:
        exhibit.key_points.get(key="d").save()
    handle(curator, "a").press("ArrowDown")
    why = "are you no longer signed in? The order is as it was." if lost else "“Point d.” was changed by somebody else"
    expect(curator.locator(".ordering-status")).to_contain_text(why)
    assert shown(curator) == list("abcde") == points(exhibit)
    assert curator.evaluate("document.activeElement.getAttribute('aria-label')") == "Move “Point a.”"


def test_without_javascript_the_buttons_work(exhibit, admin_client, live_server, browser):
    context = browser.new_context(java_script_enabled=False)
    sign_in(context, admin_client, live_server)
    tab = context.new_page()
    tab.goto(live_server.url + POINTS)
    assert not handle(tab, "a").is_visible()
    tab.get_by_role("button", name="Move “Point a.” down").click()
    assert "Moved to position 2 of 5." in tab.inner_text(".messagelist")
    assert points(exhibit) == list("bacde") == shown(tab)
    tab.get_by_role("button", name="Undo").click()
    assert points(exhibit) == list("abcde")
    tab.goto(live_server.url + change(exhibit.people.get(key="pyatakov")))
    assert tab.locator("#id_names-0-order").is_visible()
    context.close()


def test_parts_are_ordered_on_the_page_of_their_record_and_saved_with_it(exhibit, curator):
    person = exhibit.people.get(key="pyatakov")
    for spelling in ("Second", "Third"):
        Name.objects.create(person=person, spelling=spelling)
    curator.goto(curator.site + change(person))
    group, spellings = curator.locator("#names-group"), lambda: [n.spelling for n in person.names.order_by("order")]
    assert not curator.locator("#id_names-0-order").is_visible()
    curator.click("#names-group .add-row a")
    curator.fill("#id_names-3-spelling", "Fourth")
    curator.click("#names-group .add-row a")
    curator.fill("#id_names-4-spelling", "Never")
    group.get_by_role("button", name="Move", exact=True).nth(3).press("Home")
    expect(curator.locator("#ordering-status")).to_have_text("Moved to position 1 of 5. It is saved with the page.")
    group.get_by_role("button", name="Move down").nth(1).click()
    # The admin numbers what is left in the order of the page: what is stored keeps its numbers.
    curator.click("#names-4 .inline-deletelink")
    assert curator.locator("#names-group input[name$=spelling]:visible").count() == 4
    curator.click("[name=_save] >> nth=0")
    assert "successfully" in curator.inner_text(".messagelist")
    assert spellings() == ["Fourth", "Second", "Пятаков Георгий", "Third"]
    assert curator.complaints == []


def test_a_refused_page_shows_parts_in_the_order_that_was_chosen(exhibit, curator):
    person = exhibit.people.get(key="pyatakov")
    Name.objects.create(person=person, spelling="Second")
    curator.goto(curator.site + change(person))
    curator.locator("#names-group").get_by_role("button", name="Move up").nth(1).click()
    curator.fill("#id_sort_name", "")
    curator.click("[name=_save] >> nth=0")
    expect(curator.locator(".errornote")).to_be_visible()
    fields = curator.locator("#names-group tbody input[name$=spelling]:visible")
    assert [field.input_value() for field in fields.all()] == ["Second", "Пятаков Георгий"]


def test_axe_finds_nothing_where_order_and_unsaved_changes_are(exhibit, admin_client, live_server, browser):
    context = browser.new_context(bypass_csp=True)
    sign_in(context, admin_client, live_server)
    tab = context.new_page()
    tab.on("dialog", lambda dialog: dialog.accept())
    page, found = change(exhibit.people.get(key="pyatakov")), []
    tab.goto(live_server.url + page)
    tab.fill("#id_sort_name", "Typed")
    kept(tab)
    for path in (POINTS, f"/admin/trials/exhibit/{exhibit.pk}/workspace/", page):
        tab.goto(live_server.url + path)
        if path == page:
            expect(tab.get_by_role("button", name="Show them")).to_be_visible()
        tab.evaluate(AXE.read_text())
        tab.locator(".handle:visible").first.press("ArrowDown")
        for name in list(LOOKS)[:3]:
            look(tab, name)
            ours = ("ordering", "unsaved", "handle", 'name="up"')
            found += [f"{path} {name} {fault}" for fault in faults(tab) if any(word in str(fault) for word in ours)]
    assert not found, "\n".join(map(str, found))
    context.close()
