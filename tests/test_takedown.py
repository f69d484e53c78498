"""Takedowns: an image or an edition that law or decency keeps from being shown, on every surface, within a second."""

import io
import re
import threading

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils.timezone import localtime
from PIL import Image as Picture

from tests import cases
from tests.html import Page
from trials import images, models
from trials.editions import display, publish, takedown
from trials.editions.document import loads

REASON = "A court forbade it <at once>."
SHOWN_REASON = "A court forbade it &lt;at once&gt;."
TITLE = "A small exhibit"
PATHS = ["", "defendants/", "people/", "people/radek/", "people/nobody/", "people/sobelsohn/", "timeline/", "court/"]
PATHS += ["charges/", "places/", "glossary/", "disputes/", "sources/", "editions/", "document.json", "timeline.json"]


@pytest.fixture
def card():
    """A picture whose file is stored."""
    data = io.BytesIO()
    Picture.new("RGB", (60, 40), "#8c2a1b").save(data, "PNG")
    card = images.rewrite(data.getvalue(), "card.png")
    images.store(card)
    return card


@pytest.fixture
def exhibit(db, card):
    """The small exhibit with the card in a section, on an entry and as a portrait; on display."""
    fields = {name: getattr(card, name) for name in ("sha256", "extension", "width", "height")}
    words = {"alt": {"en": "A test card."}, "caption": {"en": "A private face."}, "credit": "A hidden archive"}
    content = cases.small_content(images=[{"key": "card", **fields, **words}])
    content["sections"][0]["image"] = content["timeline"][0]["image"] = content["people"][1]["portrait"] = "card"
    exhibit = cases.load(content)
    publish.publish(exhibit, "First.")
    return exhibit


@pytest.fixture
def edition(exhibit):
    return exhibit.editions.get()


@pytest.fixture
def picture(exhibit):
    return exhibit.images.get()


def correct(exhibit):
    """Publish another edition."""
    exhibit.refresh_from_db()
    exhibit.where = {"en": "Elsewhere"}
    exhibit.save()
    publish.publish(exhibit, "Second.")
    display.forget_what_is_on_display()


def taken_down(thing):
    """A takedown of an edition or an image that every process knows of."""
    if isinstance(thing, models.Edition):
        row = takedown.take_down_edition(thing, REASON)
    else:
        row = takedown.take_down_image(thing.sha256, REASON)
    display.forget_what_is_on_display()
    return row


def day(row):
    """The day of a takedown by the museum's clock."""
    return f"{localtime(row.created):%-d %B %Y}"


def address(card):
    return f"/media/{card.sha256}/image.{card.extension}"


def staff(*permissions):
    """The browser of a curator who may do this alone."""
    user = User.objects.create_user("clara", password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


# Taking down and lifting


@pytest.mark.parametrize("reason", ["", "  \n ", "A \x07 bell"])
def test_a_reason_that_visitors_can_read_is_required(edition, picture, reason):
    for take_down, thing in ((takedown.take_down_edition, edition), (takedown.take_down_image, picture.sha256)):
        with pytest.raises(takedown.TakedownError, match=r"Write a reason|cannot be shown"):
            take_down(thing, reason)
    assert not models.Takedown.objects.exists()


def test_what_is_down_already_is_not_taken_down_again(edition, picture):
    taken_down(edition)
    taken_down(picture)
    with pytest.raises(takedown.TakedownError, match=r"down already, since .*A court forbade it"):
        takedown.take_down_edition(edition, "Again.")
    with pytest.raises(takedown.TakedownError, match="down already"):
        takedown.take_down_image(picture.sha256, "Again.")
    assert models.Takedown.objects.count() == 2


def test_what_was_lifted_can_be_taken_down_again_and_is_not_lifted_twice(edition):
    first = takedown.lift(taken_down(edition))
    assert first.lifted
    with pytest.raises(takedown.TakedownError, match="lifted already"):
        takedown.lift(first)
    taken_down(edition)
    assert models.Takedown.objects.in_force().count() == 1


@pytest.mark.parametrize("sha256", ["0" * 64, "", "card"])
def test_an_image_that_nobody_has_is_not_taken_down(exhibit, sha256):
    with pytest.raises(takedown.TakedownError, match="No exhibit and no edition has an image"):
        takedown.take_down_image(sha256, REASON)


def test_an_image_that_only_an_old_edition_has_can_be_taken_down(exhibit, picture, client):
    exhibit.sections.update(image=None)
    exhibit.timeline.update(image=None)
    exhibit.people.update(portrait=None)
    picture.delete()
    correct(exhibit)
    takedown.take_down_image(picture.sha256, REASON)
    display.forget_what_is_on_display()
    assert client.get(address(picture)).status_code == 451
    assert SHOWN_REASON in client.get("/exhibits/small/editions/1/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_of_two_takedowns_at_one_moment_one_is_refused(exhibit, edition):
    outcomes, start = [], threading.Barrier(2)

    def take_down():
        try:
            start.wait()
            outcomes.append(takedown.take_down_edition(edition, REASON).pk)
        except takedown.TakedownError as error:
            outcomes.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=take_down) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert models.Takedown.objects.count() == 1
    assert [outcome for outcome in outcomes if "down already" in str(outcome)]


# When


def test_a_takedown_is_seen_within_a_second_and_so_is_its_end(edition, picture, client, monkeypatch):
    clock = 7.0
    monkeypatch.setattr(display.time, "monotonic", lambda: clock)
    assert client.get("/exhibits/small/").status_code == client.get(address(picture)).status_code == 200
    rows = [takedown.take_down_edition(edition, REASON), takedown.take_down_image(picture.sha256, REASON)]
    clock += display.BELIEVED
    assert client.get("/exhibits/small/").status_code == client.get(address(picture)).status_code == 451
    for row in rows:
        takedown.lift(row)
    clock += display.BELIEVED
    assert client.get("/exhibits/small/").status_code == client.get(address(picture)).status_code == 200


def test_one_query_a_second_tells_of_displays_and_takedowns(edition, picture, django_assert_num_queries):
    taken_down(edition)
    taken_down(picture)
    with django_assert_num_queries(1):
        assert display.on_display()["small"].notice.reason == REASON
        assert display.image_notice(picture.sha256).reason == REASON
        assert display.image_notice("0" * 64) is None
        assert display.readable() == []


def test_a_page_that_is_being_made_is_not_torn_by_a_takedown(edition, client, monkeypatch):
    """What was found readable stays so until the answer is sent, though a second ends in between."""
    clock = 7.0
    monkeypatch.setattr(display.time, "monotonic", lambda: clock)
    shown = display.readable()[0]
    takedown.take_down_edition(edition, REASON)
    clock += display.BELIEVED
    assert shown.document.title["en"] == TITLE
    assert display.readable() == []


# An edition


@pytest.mark.parametrize("mount", ["/exhibits/small/", "/exhibits/small/editions/1/"])
def test_an_edition_taken_down_shows_the_reason_and_nothing_of_itself_on_every_page(edition, client, mount):
    row = taken_down(edition)
    for path in PATHS:
        response = client.get(mount + path)
        assert (response.status_code, response.reason_phrase) == (451, "Unavailable For Legal Reasons"), path
        html = response.content.decode()
        assert SHOWN_REASON in html and f"since {day(row)}" in html
        assert TITLE not in html and "Radek" not in html and "First." not in html
        assert response["Cache-Control"] == "no-cache"
        assert response["Link"] == '<http://localhost:8000/>; rel="blocked-by"'
        assert "default-src 'none'" in response["Content-Security-Policy"]
        assert not response.cookies and "Cookie" not in response.get("Vary", "")


def test_the_page_that_says_so_is_well_formed(edition, client):
    taken_down(edition)
    page = Page(client.get("/exhibits/small/").content.decode())
    assert page.faults == []
    assert page.headings == [1] and len(page.all("main")) == 1
    assert page.all("html")[0]["lang"] == "en"
    assert {"name": "robots", "content": "noindex"} in page.all("meta")
    assert not page.all("script", "style") and not any("style" in attributes for _tag, attributes in page.elements)


def test_the_front_door_tells_of_it_without_its_words(edition, client):
    row = taken_down(edition)
    page = Page(client.get("/").content.decode())
    assert f"An exhibit was taken down on {day(row)}: {REASON}" in page.words
    assert TITLE not in page.words and "small" not in " ".join(page.links)
    assert page.faults == []


@pytest.mark.parametrize("path", ["/", "/about/", "/sitemap.xml", "/search/?q=Radek", "/nowhere/"])
def test_no_page_of_the_site_names_an_exhibit_taken_down(edition, client, path):
    assert "small" in client.get(path).content.decode()
    taken_down(edition)
    html = client.get(path).content.decode()
    assert TITLE not in html and "/exhibits/small/" not in html


def test_other_exhibits_and_other_editions_stay(exhibit, edition, client):
    publish.publish(cases.load(cases.small_content(slug="other", title={"en": "Another exhibit"})), "First.")
    correct(exhibit)
    taken_down(edition)
    assert client.get("/exhibits/small/").status_code == 200
    assert client.get("/exhibits/small/editions/2/people/radek/").status_code == 200
    assert client.get("/exhibits/small/editions/1/people/radek/").status_code == 451
    assert client.get("/exhibits/other/").status_code == 200
    front = client.get("/").content.decode()
    assert "Another exhibit" in front and TITLE in front and "taken down" not in front


def test_it_stays_listed_with_the_reason_in_place_of_its_note(exhibit, edition, client):
    correct(exhibit)
    row = taken_down(edition)
    html = client.get("/exhibits/small/editions/").content.decode()
    page = Page(html)
    assert "Edition 1" in page.words and f"Taken down on {day(row)}: {REASON}" in page.words
    assert "First." not in page.words and "Second." in page.words
    assert not any("/editions/1/" in link for link in page.links)
    assert page.faults == []


def test_the_last_edition_can_still_be_read_at_its_address_when_the_one_on_display_is_down(exhibit, client):
    correct(exhibit)
    taken_down(exhibit.editions.get(number=2))
    assert client.get("/exhibits/small/").status_code == 451
    assert client.get("/exhibits/small/editions/2/").status_code == 451
    assert client.get("/exhibits/small/editions/1/").status_code == 200


def test_an_old_address_says_so_too(exhibit, client):
    exhibit.slug = "renamed"
    exhibit.save()
    publish.publish(exhibit, "Renamed.")
    taken_down(exhibit.editions.get(number=1))
    response = client.get("/exhibits/small/editions/1/", follow=True)
    assert response.status_code == 451 and SHOWN_REASON in response.content.decode()


def test_an_edition_taken_down_is_not_put_on_display(exhibit, edition):
    correct(exhibit)
    taken_down(edition)
    with pytest.raises(publish.PublishError, match="was taken down"):
        publish.roll_back(exhibit, edition, "Back.")
    publish.withdraw(exhibit, "For a day.")
    taken_down(exhibit.editions.get(number=2))
    with pytest.raises(publish.PublishError, match="was taken down"):
        publish.publish(exhibit, "Again.")


def test_lifting_shows_everything_again(edition, picture, client):
    rows = [taken_down(edition), taken_down(picture)]
    for row in rows:
        takedown.lift(row)
    display.forget_what_is_on_display()
    html = client.get("/exhibits/small/").content.decode()
    assert TITLE in html and "<img" in html and "aken down" not in html
    assert client.get(address(picture)).status_code == 200
    assert TITLE in client.get("/").content.decode()


# An image


def test_an_image_taken_down_is_for_nobody_through_the_web(picture, card, client, admin_client):
    row = taken_down(picture)
    for browser in (client, admin_client):
        response = browser.get(address(picture))
        assert response.status_code == 451
        assert response.content.decode() == f"This image was taken down on {day(row)}: {REASON}\n"
        assert response["Content-Type"] == "text/plain; charset=utf-8"
        assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert response["Cache-Control"] == "no-cache" and "ETag" not in response
        assert response["Link"] == '<http://localhost:8000/>; rel="blocked-by"'
        assert browser.head(address(picture)).status_code == 451
        held = browser.get(address(picture), headers={"if-none-match": f'"{card.sha256}"'})
        assert held.status_code == 451


def test_an_image_that_is_not_public_is_not_told_of(exhibit, picture, client, admin_client):
    models.Display._base_manager.all().delete()
    taken_down(picture)
    assert client.get(address(picture)).status_code == 404
    response = admin_client.get(address(picture))
    assert response.status_code == 451 and "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("mount", ["/exhibits/small/", "/exhibits/small/editions/1/"])
@pytest.mark.parametrize("path", ["", "timeline/", "people/radek/", "defendants/"])
def test_a_page_says_why_an_image_is_not_shown(picture, client, mount, path):
    assert address(picture) in client.get(mount + path).content.decode()
    row = taken_down(picture)
    html = client.get(mount + path).content.decode()
    page = Page(html)
    assert not page.all("img") and picture.sha256 not in html
    assert f"Taken down on {day(row)}: {REASON}" in page.words
    assert "A test card." not in html and "private face" not in html and "hidden archive" not in html
    assert page.faults == []


def test_previews_show_neither(exhibit, edition, picture, admin_client):
    mount = f"/preview/exhibits/{exhibit.pk}/"
    assert admin_client.get(f"{mount}media/{picture.sha256}/image.jpg").status_code == 200
    taken_down(picture)
    assert admin_client.get(f"{mount}media/{picture.sha256}/image.jpg").status_code == 451
    assert SHOWN_REASON in admin_client.get(mount).content.decode()
    taken_down(edition)
    assert admin_client.get(f"{mount}editions/1/").status_code == 451
    assert admin_client.get(mount).status_code == 200


# How long copies are kept elsewhere


def test_copies_of_an_image_are_asked_about_again_within_seconds(picture, card, client):
    response = client.get(address(picture))
    assert response["Cache-Control"] == "public, max-age=10, must-revalidate"
    assert response["ETag"] == f'"{card.sha256}"'
    assert b"".join(response) == card.content
    head = client.head(address(picture))
    assert head.status_code == 200 and not b"".join(head)
    for header in ("ETag", "Cache-Control", "Content-Length", "Content-Type", "Content-Security-Policy"):
        assert head[header] == response[header]


@pytest.mark.parametrize("held", ['"{}"', 'W/"{}"', '"other", "{}"', "*"])
@pytest.mark.parametrize("method", ["get", "head"])
def test_whoever_holds_an_image_is_told_that_it_is_the_same(picture, client, held, method):
    response = getattr(client, method)(address(picture), headers={"if-none-match": held.format(picture.sha256)})
    assert response.status_code == 304 and not response.content
    assert response["ETag"] == f'"{picture.sha256}"'
    assert response["Cache-Control"] == "public, max-age=10, must-revalidate"
    # A cache takes the headers of a 304 over into its copy.
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize(
    "headers", [{"if-none-match": '"other"'}, {"if-none-match": "nonsense"}, {"if-match": '"other"'}]
)
def test_whoever_holds_another_one_gets_the_image(picture, card, client, headers):
    response = client.get(address(picture), headers=headers)
    assert response.status_code == 200 and b"".join(response) == card.content


def test_holding_an_image_tells_nothing_of_one_that_is_not_public(exhibit, picture, client):
    models.Display._base_manager.all().delete()
    response = client.get(address(picture), headers={"if-none-match": f'"{picture.sha256}"'})
    assert response.status_code == 404


# The bytes stay


def test_no_bytes_are_lost_whatever_is_deleted(exhibit, edition, picture, card, admin_client):
    taken_down(edition)
    taken_down(picture)
    document = loads(bytes(models.Edition.objects.get().content))
    assert document.images[0].sha256 == card.sha256
    exhibit.sections.update(image=None)
    exhibit.timeline.update(image=None)
    exhibit.people.update(portrait=None)
    admin_client.post(f"/admin/trials/image/{picture.pk}/delete/", {"post": "yes"})
    assert not models.Image.objects.exists()
    assert images.verify(card.sha256, card.extension)


def test_nothing_in_the_application_deletes_a_stored_file():
    """Media that an edition, a checkpoint or a revision uses cannot be deleted: there is no way to delete any.

    Whoever adds a file to this list must say whose files it deletes.
    """
    deletes = re.compile(r"storage\.delete\(|\.unlink\(|os\.remove\(|rmtree|rmdir")
    sources = [*(cases.BASE / "trials").rglob("*.py"), *(cases.BASE / "exhibit").rglob("*.py")]
    found = {path.relative_to(cases.BASE).as_posix() for path in sources if deletes.search(path.read_text())}
    assert found == {
        "trials/images.py",  # what was written halfway, or twice
        "trials/management/commands/dump_exhibit.py",  # its own unfinished package
        "trials/management/commands/prepare.py",  # old copies of static files
        "trials/pages/export.py",  # an earlier copy of the pages, outside the media
    }


# The admin


def test_an_image_is_taken_down_from_its_page_and_lifted_again(picture, admin_client, admin_user):
    change = f"/admin/trials/image/{picture.pk}/change/"
    page = Page(admin_client.get(change).content.decode())
    link = f"/admin/trials/takedown/image/{picture.sha256}/"
    assert link in page.links and any(picture.sha256 in image["src"] for image in page.all("img"))
    words = Page(admin_client.get(link).content.decode()).words
    assert "small, edition 1" in words and "A test card." in words
    response = admin_client.post(link, {"reason": f" {REASON}\r\nTwice. "}, follow=True)
    row = models.Takedown.objects.get()
    assert row.reason == f"{REASON}\nTwice." and row.created_by == admin_user
    assert response.redirect_chain == [(f"/admin/trials/takedown/{row.pk}/change/", 302)]
    page = Page(admin_client.get(change).content.decode())
    assert "Taken down on" in page.words and REASON in page.words and not page.all("img")
    lift = f"/admin/trials/takedown/{row.pk}/lift/"
    assert lift in Page(response.content.decode()).links
    response = admin_client.post(lift, {"note": "The court thought again."}, follow=True)
    row.refresh_from_db()
    assert row.lifted and row.lifted_by == admin_user
    assert lift not in Page(response.content.decode()).links
    messages = LogEntry.objects.filter(content_type__model="takedown").order_by("pk")
    assert [message.change_message for message in messages] == [row.reason, "Lifted: The court thought again."]


def test_an_edition_is_taken_down_from_its_page(edition, admin_client, client):
    change = f"/admin/trials/edition/{edition.pk}/change/"
    link = f"/admin/trials/takedown/edition/{edition.pk}/"
    assert link in Page(admin_client.get(change).content.decode()).links
    assert "Visitors see this edition now." in Page(admin_client.get(link).content.decode()).words
    assert admin_client.post(link, {"reason": REASON}).status_code == 302
    assert REASON in Page(admin_client.get(change).content.decode()).words
    display.forget_what_is_on_display()
    assert client.get("/exhibits/small/").status_code == 451


def test_the_admin_says_why_it_refuses(edition, admin_client):
    link = f"/admin/trials/takedown/edition/{edition.pk}/"
    assert "This field is required." in admin_client.post(link, {"reason": " "}).content.decode()
    row = taken_down(edition)
    assert "down already" in admin_client.post(link, {"reason": "Again."}).content.decode()
    lift = f"/admin/trials/takedown/{row.pk}/lift/"
    assert "This field is required." in admin_client.post(lift, {"note": ""}).content.decode()
    takedown.lift(row)
    assert "lifted already" in admin_client.post(lift, {"note": "Again."}).content.decode()
    assert models.Takedown.objects.count() == 1 and not LogEntry.objects.exists()


def test_the_pages_of_the_admin_are_well_formed_and_hold_nothing_inline(edition, picture, admin_client):
    row = taken_down(picture)
    pages = [f"image/{picture.sha256}/", f"edition/{edition.pk}/", f"{row.pk}/lift/", f"{row.pk}/change/", ""]
    for path in pages:
        page = Page(admin_client.get(f"/admin/trials/takedown/{path}").content.decode())
        assert page.faults == [] and len(set(page.ids)) == len(page.ids), path
        assert not page.all("style") and not any("style" in attributes for _tag, attributes in page.elements)
        assert all("src" in script for script in page.all("script"))


@pytest.mark.parametrize("path", [f"image/{'0' * 64}/", "image/x/", "edition/999/", "999/lift/"])
def test_what_is_not_there_is_not_found(exhibit, admin_client, path):
    assert admin_client.get(f"/admin/trials/takedown/{path}").status_code == 404


ACTIONS = {
    "image/{sha256}/": ("add_takedown", "view_image"),
    "edition/{edition}/": ("add_takedown", "view_edition"),
    "{takedown}/lift/": ("change_takedown", "view_takedown"),
}


@pytest.mark.parametrize("path", ACTIONS)
def test_each_page_asks_for_the_permission_and_for_that_of_what_it_is_done_to(edition, picture, client, path):
    row = taken_down(edition)
    link = "/admin/trials/takedown/" + path.format(sha256=picture.sha256, edition=edition.pk, takedown=row.pk)
    needed = ACTIONS[path]
    every = ["add_takedown", "change_takedown", "view_takedown", "view_image", "view_edition"]
    assert "/admin/login/" in client.get(link)["Location"]
    curator = staff()
    user = User.objects.get(username="clara")
    for missing in needed:
        # Django takes whoever may change a thing for one who may look at it.
        allowed = [
            name for name in every if name != missing and (missing, name) != ("view_takedown", "change_takedown")
        ]
        user.user_permissions.set(Permission.objects.filter(codename__in=allowed))
        assert curator.get(link).status_code == 403, missing
        assert curator.post(link, {"reason": REASON, "note": "x"}).status_code == 403, missing
    user.user_permissions.set(Permission.objects.filter(codename__in=needed))
    assert curator.get(link).status_code == 200
    assert models.Takedown.objects.in_force().count() == 1


def test_whoever_may_not_is_not_offered_it(edition, picture):
    row = taken_down(edition)
    curator = staff("view_image", "view_edition", "view_takedown")
    for path in (f"image/{picture.pk}", f"edition/{edition.pk}", f"takedown/{row.pk}"):
        html = curator.get(f"/admin/trials/{path}/change/").content.decode()
        assert "Take down…" not in html and "Lift…" not in html


def test_a_takedown_is_otherwise_only_read(edition, admin_client):
    row = taken_down(edition)
    mount = "/admin/trials/takedown/"
    assert admin_client.get(f"{mount}add/").status_code == 403
    assert admin_client.post(f"{mount}{row.pk}/change/", {"reason": "x"}).status_code == 403
    assert admin_client.post(f"{mount}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert REASON in Page(admin_client.get(mount).content.decode()).words


# By command


def test_taking_down_and_lifting_by_command(edition, picture, capsys):
    call_command("take_down_edition", "small", "1", "--reason", REASON)
    call_command("take_down_image", "card", "--exhibit", "small", "--reason", REASON)
    first, second = models.Takedown.objects.order_by("pk")
    assert first.edition == edition and second.sha256 == picture.sha256
    assert f"lift_takedown {first.pk}" in capsys.readouterr().out
    call_command("lift_takedown", second.pk)
    call_command("take_down_image", picture.sha256, "--reason", REASON)
    assert models.Takedown.objects.in_force().count() == 2


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (["take_down_edition", "small", "2", "--reason", "x"], "“small” has no edition 2. There is: 1."),
        (["take_down_edition", "nothing", "1", "--reason", "x"], "There is no exhibit “nothing”"),
        (["take_down_edition", "small", "1", "--reason", " "], "Write a reason"),
        (["take_down_image", "card", "--reason", "x"], "“card” is no SHA-256"),
        (["take_down_image", "face", "--exhibit", "small", "--reason", "x"], "“small” has no image “face”"),
        (["take_down_image", "0" * 64, "--reason", "x"], "No exhibit and no edition has"),
        (["lift_takedown", "7"], "There is no takedown 7. In force: none."),
    ],
)
def test_a_command_says_why_it_refuses(exhibit, command, sentence):
    with pytest.raises(CommandError, match=re.escape(sentence)):
        call_command(*command)
    assert not models.Takedown.objects.exists()
