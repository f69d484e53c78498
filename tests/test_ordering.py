"""Records are put in order: by one address for lists and workspace, by drag, buttons and keys, with a way back."""

import json
import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from reversion.models import Revision, Version

from tests import cases
from tests.test_admin import staff, words
from trials.admin import revisions
from trials.models import Fact, KeyPoint, TimelineEntry

POINTS = "/admin/trials/keypoint/"


def points(exhibit):
    return [point.key for point in exhibit.key_points.order_by("order", "pk")]


def seen(*records):
    return ",".join(f"{record.pk}.{record.version}" for record in records)


def content(**changes):
    """Five key points, sections on two pages, and three entries of one day among others."""
    made = cases.small_content(**changes)
    (point,), (section,), (first, flight) = made["key_points"], made["sections"], made["timeline"]
    made["key_points"] = [{**point, "key": key, "words": {"en": f"Point {key}."}} for key in "abcde"]
    places = [("one", "story"), ("two", "charges"), ("three", "story"), ("four", "charges")]
    made["sections"] = [{**section, "key": key, "page": page} for key, page in places]
    made["timeline"] = [{**first, "key": f"day-{number}", "time": "morning"} for number in range(3)] + [flight]
    made["disputes"] = []
    return made


@pytest.fixture
def exhibit(db):
    return cases.load(content())


@pytest.fixture
def five(exhibit):
    return list(exhibit.key_points.order_by("order", "pk"))


@pytest.fixture
def anna(db):
    return User.objects.create_superuser("anna", password="x")


@pytest.fixture
def client(anna):
    client = Client()
    client.force_login(anna)
    return client


def ask(client, path, **data):
    """As the script asks."""
    response = client.post(path, data, headers={"accept": "application/json"})
    return response.status_code, json.loads(response.content)


# Writing


def test_a_new_order_writes_only_what_moved_in_one_revision(client, exhibit, five):
    a, b, c, d, e = five
    before = Revision.objects.count()
    status, answer = ask(client, f"{POINTS}order/", order=seen(a, c, b, d, e), moved=c.pk)
    assert status == 200 and points(exhibit) == ["a", "c", "b", "d", "e"]
    versions = [point.version for point in exhibit.key_points.order_by("order")]
    assert versions == [1, 2, 2, 1, 1]
    assert answer["seen"] == seen(*exhibit.key_points.order_by("order"))
    revision = Revision.objects.latest("pk")
    kept = {version.object for version in revision.version_set.all() if version.content_type.model == "keypoint"}
    assert kept == {b, c} and str(revision.user) == "anna"
    assert revision.get_comment() == "Moved to position 2 of 5."
    # What was there before was kept as it was found.
    assert Revision.objects.count() == before + 2
    assert "Moved to position 2 of 5." in words(client.get(f"{POINTS}{b.pk}/history/"))


def test_without_a_script_a_button_moves_by_one_and_undo_takes_it_back(client, exhibit, five):
    listed = client.get(POINTS).content.decode()
    (form,) = re.findall(r'<form class="ordering".*?</form>', listed, re.DOTALL)
    assert f'value="{seen(*five)}"' in form and f'action="{POINTS}order/"' in form
    name = re.search(r'id="(ordering-\S+)" method', form)[1]
    assert (
        listed.count(f'form="{name}" class="up" name="up"')
        == listed.count(f'form="{name}" class="down" name="down"')
        == 5
    )
    back = f"{POINTS}?exhibit__id__exact={exhibit.pk}"
    response = client.post(f"{POINTS}order/", {"order": seen(*five), "down": five[0].pk, "next": back})
    assert response["Location"] == f"{back}#place-keypoint-{five[0].pk}"
    assert points(exhibit) == ["b", "a", "c", "d", "e"]
    page = client.get(back)
    assert "“Point a.”: Moved to position 2 of 5." in words(page)
    undo = re.search(r'formaction="([^"]+)"', page.content.decode())[1]
    # Other words of the same record may change meanwhile: they stay.
    point = exhibit.key_points.get(key="a")
    point.words = {"en": "New words."}
    point.save()
    assert "Undone: Moved to position 2 of 5." in words(client.post(undo, {"next": back}, follow=True))
    assert points(exhibit) == list("abcde")
    assert str(exhibit.key_points.get(key="a").words) == "New words."
    assert "changed again since" in words(client.post(undo, follow=True))


@pytest.mark.parametrize("button, key", [("up", "a"), ("down", "e")])
def test_the_first_stays_first_and_the_last_stays_last(client, exhibit, five, button, key):
    before = Revision.objects.count()
    moved = exhibit.key_points.get(key=key)
    assert client.post(f"{POINTS}order/", {"order": seen(*five), button: moved.pk}).status_code == 302
    assert points(exhibit) == list("abcde") and Revision.objects.count() == before


def test_an_order_of_what_was_changed_meanwhile_is_refused_whole(client, exhibit, five):
    a, b, c, d, e = five
    exhibit.key_points.get(key="e").save()
    for accept in ("application/json", "text/html"):
        data = {"order": seen(c, a, b, d, e), "moved": c.pk}
        response = client.post(f"{POINTS}order/", data, headers={"accept": accept})
        said = words(client.get(POINTS)) if accept == "text/html" else json.loads(response.content)["refused"]
        assert "The order stays as it is. “Point e.” was changed by somebody else" in said
    assert response.status_code == 302 and points(exhibit) == list("abcde")


def test_two_who_order_at_once_end_with_the_order_of_the_first(client, exhibit, five):
    a, b, c, d, e = five
    assert ask(client, f"{POINTS}order/", order=seen(b, a, c, d, e), moved=b.pk)[0] == 200
    status, answer = ask(client, f"{POINTS}order/", order=seen(a, b, d, c, e), moved=d.pk)
    assert status == 409 and "was changed by somebody else" in answer["refused"]
    assert points(exhibit) == list("bacde")


@pytest.mark.parametrize(
    "order",
    [
        "",
        "x",
        "1",
        "1.1.1",
        "1.x",
        "-1.1",
        "1.1,",
        "９.1",
        "9" * 30 + ".1",
        "999999.1",
        "1." + "9" * 17,
        "1.1," * 99_999 + "1.1",
    ],
)
def test_what_is_no_order_is_refused_in_words(client, exhibit, order):
    status, answer = ask(client, f"{POINTS}order/", order=order, moved="1")
    assert status == 409 and answer["refused"].startswith("The order stays as it is. ")
    assert ask(client, f"{POINTS}order/")[0] == 409


def test_only_siblings_all_of_them_and_each_once_are_put_in_order(client, exhibit, five):
    other = cases.load(content(slug="other"))
    theirs = list(other.key_points.order_by("order"))
    a, b, c, d, e = five
    wrong = [(a, b, c, d), (a, b, c, d, e, theirs[0]), (theirs[0], b, c, d, e), (a, a, b, c, d, e)]
    for records in wrong:
        assert ask(client, f"{POINTS}order/", order=seen(*reversed(records)), moved=records[-1].pk)[0] == 409
    assert ask(client, f"{POINTS}order/", order=seen(b, a, c, d, e), moved=theirs[0].pk)[0] == 409
    pages = list(exhibit.sections.order_by("order"))
    assert ask(client, "/admin/trials/section/order/", order=seen(*reversed(pages)), moved=pages[0].pk)[0] == 409
    assert points(exhibit) == points(other) == list("abcde")
    assert not Revision.objects.exists()


def test_sections_are_ordered_on_their_page_and_others_keep_theirs(client, exhibit):
    one, _two, three, _four = exhibit.sections.order_by("order")
    status, _answer = ask(client, "/admin/trials/section/order/", order=seen(three, one), moved=three.pk)
    assert status == 200
    assert [section.key for section in exhibit.sections.order_by("order")] == ["three", "two", "one", "four"]


def test_entries_of_one_date_and_time_are_ordered_and_no_others(client, exhibit):
    entries = list(exhibit.timeline.order_by("order"))
    path = "/admin/trials/timelineentry/order/"
    assert ask(client, path, order=seen(*reversed(entries)), moved=entries[0].pk)[0] == 409
    assert ask(client, path, order=seen(*reversed(entries[:3])), moved=entries[0].pk)[0] == 200
    assert [entry.key for entry in exhibit.timeline.order_by("order")] == ["day-2", "day-1", "day-0", "flight"]


def test_facts_are_ordered_in_the_history_of_their_person(client, exhibit):
    person, fact = exhibit.people.get(key="pyatakov"), Fact.objects.get()
    later = Fact.objects.create(person=person, kind="other", words={"en": "He wrote."})
    assert ask(client, "/admin/trials/fact/order/", order=seen(later, fact), moved=later.pk)[0] == 200
    assert list(person.facts.all()) == [later, fact]
    revision = Revision.objects.latest("pk")
    assert {version.object for version in Version.objects.get_for_object(person)[:1]} == {person}
    undone = client.post(f"/admin/trials/fact/order/{revision.pk}/undo/")
    assert undone.status_code == 302 and list(person.facts.all()) == [fact, later]
    assert revisions.latest(person).revision.get_comment() == "Undone: Moved to position 1 of 2."


def test_positions_that_were_never_told_apart_are_numbered(client, exhibit, five):
    for point in five:
        point.order = 0
        point.save()
    assert ask(client, f"{POINTS}order/", order=seen(*five), moved=five[0].pk)[0] == 200
    assert [point.order for point in exhibit.key_points.order_by("order")] == [1, 2, 3, 4, 5]


def test_whoever_may_only_look_orders_nothing(exhibit, five):
    reader = staff("view_keypoint")
    assert "ordering" not in reader.get(POINTS).content.decode()
    assert reader.post(f"{POINTS}order/", {"order": seen(*reversed(five))}).status_code == 403
    assert reader.post(f"{POINTS}order/1/undo/").status_code == 403
    assert points(exhibit) == list("abcde")


def test_undoing_what_is_no_order_finds_nothing_and_an_address_alone_orders_nothing(client, exhibit, five):
    revision = revisions.keep(five, None, "Found.")
    for number in (revision.pk, 999_999, 2**40):
        assert client.post(f"{POINTS}order/{number}/undo/").status_code == 404
    assert client.get(f"{POINTS}order/").status_code == client.get(f"{POINTS}order/1/undo/").status_code == 405


def test_the_way_back_never_leads_to_another_site(client, exhibit, five):
    data = {"order": seen(*five), "down": five[0].pk, "next": "https://example.org/"}
    assert client.post(f"{POINTS}order/", data)["Location"].startswith(POINTS)


# What lists offer


@pytest.mark.parametrize(
    "path, orders, elsewhere",
    [
        ("keypoint/", 1, False),
        ("keypoint/?q=Point+a", 0, True),
        ("keypoint/?o=-2", 0, True),
        ("section/", 2, False),
        ("section/?page__exact=charges", 1, False),
        ("timelineentry/", 1, False),
        ("person/", 1, False),
        ("charge/", 0, False),
        ("term/", 0, False),
        ("source/", 0, False),
    ],
)
def test_order_is_offered_where_all_siblings_are_shown_in_their_order(client, exhibit, path, orders, elsewhere):
    response = client.get(f"/admin/trials/{path}")
    assert response.content.decode().count('class="ordering"') == orders
    assert ("show all in order" in words(response)) == elsewhere


def test_a_page_of_a_long_list_leads_to_the_whole(client, exhibit):
    for number in range(50):
        KeyPoint.objects.create(exhibit=exhibit, key=f"more-{number}", words={"en": "More."})
    html = client.get(POINTS).content.decode()
    assert 'class="ordering"' not in html
    whole = re.search(r'href="([^"]+)">show all in order', html)[1].replace("&amp;", "&")
    assert client.get(whole).content.decode().count('class="handle"') == 55


def test_the_timeline_is_listed_by_date_and_ordering_asks_no_more_questions_of_more(client, exhibit):
    TimelineEntry.objects.create(
        exhibit=exhibit, key="x", date="1937-01-23", time="09:00", phase="trial", title={"en": "x"}, words={"en": "x"}
    )

    def questions(path):
        with CaptureQueriesContext(connection) as captured:
            found = client.get(path).context["cl"].result_list
        return len(captured), [record.key for record in found]

    few, keys = questions("/admin/trials/timelineentry/")
    assert keys == ["flight", "day-0", "day-1", "day-2", "x"]
    for number in range(20):
        entry = exhibit.timeline.get(key="day-0")
        entry.pk, entry.key, entry._state.adding = None, f"more-{number}", True
        entry.date = f"1937-01-{1 + number // 2:02}"
        entry.save()
    many, keys = questions("/admin/trials/timelineentry/")
    assert few == many and len(keys) == 25
