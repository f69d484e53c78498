"""Many pictures at once, the same picture twice, a picture replaced, and what is still to be said of each."""

import io
import re

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from reversion.models import Version

from tests import cards, cases
from tests.html import Page
from tests.test_accessibility import AXE
from tests.test_admin import address, change, filled, picture, staff, upload, words
from trials import images, models
from trials.admin.uploads import free_key
from trials.editions import publish, takedown

UPLOAD = "/admin/trials/image/upload/"


@pytest.fixture
def client(admin_client):
    """A curator's browser."""
    return admin_client


@pytest.fixture
def other(small):
    """A second exhibit, which has a card with all that is said of it; one of its words cites a source of its own."""
    content = cards.content("landscape", slug="other", title={"en": "Another exhibit"}, short_title={"en": "Another"})
    content["images"][0] |= {"focus_left": 20, "content_note": {"en": "Hard to look at."}}
    return cases.load(content)


def send(client, exhibit, *files, **data):
    """The answer to files that are sent, once the work is done."""
    response = client.post(UPLOAD, {"exhibit": exhibit.pk, "files": files, **data})
    response.html = (b"".join(response) if response.streaming else response.content).decode()
    return response


def lines(response) -> list[str]:
    """What the answer says of each file."""
    return [Page(line).words for line in re.findall('<li class="taken .*?</li>', response.html, re.S)]


# Many files


def test_many_files_are_taken_in_and_one_that_is_bad_keeps_no_other_out(small, client):
    files = [
        upload(picture("red"), "Court Room.png"),
        upload(b"%PDF-1.4", "plan.pdf"),
        upload(picture("blue"), "court_room.PNG"),
        upload(picture("green"), "Снимок.png"),
    ]
    said = lines(send(client, small, *files))
    assert [line.partition(" Describe")[0] for line in said] == [
        "Court Room.png Stored.",
        "plan.pdf Refused: This file is a PDF document. Save it as JPEG or PNG and upload that.",
        "court_room.PNG Stored.",
        "Снимок.png Stored.",
    ]
    found = models.Image.objects.order_by("order")
    assert [(image.key, image.alt) for image in found] == [("court-room", {}), ("court-room-2", {}), ("picture", {})]
    assert all(images.verify(image.sha256, image.extension) for image in found)
    assert Version.objects.get_for_object(found[0]).count() == 1, "history begins with the upload"


def test_a_script_sends_one_file_and_is_answered_with_its_line(small, client):
    assert lines(send(client, small, upload(picture()), by_itself="1")) == [
        "Court Room_1937.png Stored. Describe “court-room-1937”"
    ]
    assert lines(send(client, small, upload(b"", "empty.png"), by_itself="1")) == [
        "empty.png Refused: This file is empty. Choose the picture again and upload it."
    ]
    gone = models.Exhibit(pk=0)
    assert "Select a valid choice" in lines(send(client, gone, upload(picture()), by_itself="1"))[0]


def test_nothing_chosen_and_no_such_exhibit_are_said_beside_their_fields(small, client):
    assert "Choose one picture or more." in words(client.post(UPLOAD, {"exhibit": small.pk}))
    for exhibit in ("", "0", "x", "9" * 30):
        response = client.post(UPLOAD, {"exhibit": exhibit, "files": upload(picture())})
        assert response.status_code == 200 and "errorlist" in response.content.decode()
    assert client.get(f"{UPLOAD}?exhibit=9{'9' * 30}").status_code == 200
    assert not models.Image.objects.exists()


def test_a_full_disk_is_said_beside_its_file_and_nothing_is_half_there(small, client, monkeypatch):
    def full(rewritten):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(images, "store", full)
    assert "Is the museum’s disk full?" in lines(send(client, small, upload(picture()), by_itself="1"))[0]
    assert not models.Image.objects.exists()


def test_honest_files_of_museums_are_taken_in(small, client):
    from PIL import Image as Picture

    def file(name, mode, kind, size=(300, 200), **options):
        content = io.BytesIO()
        Picture.new(mode, size, 0).save(content, kind, **options)
        return upload(content.getvalue(), name)

    files = [
        file("print.jpg", "CMYK", "JPEG"),
        file("scan.tif", "I;16", "TIFF", (400, 300)),
        file("plan.tiff", "1", "TIFF", (8000, 5000), compression="group4"),
        file("shown as.png", "RGB", "JPEG", (80, 60)),
    ]
    said = lines(send(client, small, *files))
    assert [("Stored." in line) for line in said] == [True, True, True, False]
    assert "Rename it to end in .jpg" in said[3]


def test_an_empty_list_leads_to_the_page_on_which_pictures_are_added(small, client):
    page = Page(client.get(f"/admin/trials/image/?exhibit__id__exact={small.pk}").content.decode())
    assert page.links.count(f"{UPLOAD}?exhibit={small.pk}") == 2
    page = Page(client.get(f"{UPLOAD}?exhibit={small.pk}").content.decode())
    assert [option["value"] for option in page.all("option") if "selected" in option] == [str(small.pk)]


def test_keys_are_free_and_fit(small):
    long = "a" * 100
    for expected in ("a" * 80, f"{'a' * 78}-2", f"{'a' * 78}-3"):
        key = free_key(f"{long}.jpg", small)
        assert key == expected
        models.Image.objects.create(exhibit=small, key=key, sha256="0" * 64, extension="jpg", width=1, height=1)


# Who may


def test_whoever_may_add_images_may_upload_them_and_nobody_else(small, client):
    user = User.objects.create_user("contributor", is_staff=True)
    user.groups.add(Group.objects.get(name="contributor"))
    client.force_login(user)
    assert client.get(UPLOAD).status_code == 200
    assert "Stored." in lines(send(client, small, upload(picture()), by_itself="1"))[0]
    looking = staff("view_image", "view_exhibit", "change_person")
    assert looking.get(UPLOAD).status_code == 403
    assert send(looking, small, upload(picture("blue")), by_itself="1").status_code == 403
    assert "Add pictures" not in words(looking.get("/admin/trials/image/"))
    assert models.Image.objects.count() == 1


# The same picture


def test_the_same_picture_is_said_before_it_is_stored_a_second_time(small, client):
    data = cards.drawn("upright")
    send(client, small, upload(data, "first.jpg"))
    image = models.Image.objects.get()
    kept = images.default_storage.open(images.path_of(image.sha256, image.extension)).read()
    for again in (data, kept):
        response = send(client, small, upload(again, "second.jpg"), by_itself="1")
        assert "Refused: This picture is in the exhibit already: first" in lines(response)[0]
        assert f'href="{change(image)}"' in response.content.decode()
        path = address("add", models.Image)
        response = client.post(path, {**filled(client, path, exhibit=small.pk), "file": upload(again, "second.jpg")})
        assert "This picture is in the exhibit already" in words(response)
    assert models.Image.objects.count() == 1
    assert images.default_storage.listdir("")[0] == [image.sha256], "nothing of a second one is there"


def test_of_two_equal_files_sent_together_one_is_taken_in(small, client):
    said = lines(send(client, small, upload(picture(), "a.png"), upload(picture(), "b.png")))
    assert ["Stored." in line for line in said] == [True, False]


def test_a_picture_that_another_curator_adds_meanwhile_is_not_added_twice(small, client, monkeypatch):
    store = images.store

    def store_and_be_overtaken(rewritten):
        store(rewritten)
        file = {name: getattr(rewritten, name) for name in ("sha256", "extension", "width", "height")}
        models.Image.objects.create(exhibit=small, key="theirs", **file)

    monkeypatch.setattr(images, "store", store_and_be_overtaken)
    assert "in the exhibit already: theirs" in lines(send(client, small, upload(picture()), by_itself="1"))[0]
    assert small.images.get().key == "theirs"


def test_words_are_taken_from_another_exhibit_and_can_be_undone(small, other, client):
    (line,) = lines(send(client, small, upload(cards.drawn("landscape"), "wide.jpg"), by_itself="1"))
    assert "“Another” shows it too: its words can be taken from there." in line
    image, twin = small.images.get(), other.images.get()
    take = f"/admin/trials/image/{image.pk}/take-words/{twin.pk}/"
    assert f'formaction="{take}"' in client.get(change(image)).content.decode()
    draft = "12345678-1234-1234-1234-123456789abc"
    response = client.post(take, {"draft": draft, "key": "typed"}, follow=True)
    assert draft not in response.content.decode(), "what is typed beside it is not saved, so the browser keeps it"
    image.refresh_from_db()
    assert (image.key, image.alt, image.credit) == ("wide", {"en": "A test card: landscape."}, "Drawn for the tests")
    assert (image.focus_left, image.content_note) == (20, {"en": "Hard to look at."})
    assert image.caption == twin.caption and "Words taken from “Another”." in words(response)
    assert "take-words" not in client.get(change(image)).content.decode(), "what is said is not offered anew"
    undo = re.search(r'formaction="([^"]+/undo/)"', response.content.decode())[1]
    client.post(undo)
    image.refresh_from_db()
    assert (image.alt, image.focus_left) == ({}, 50)


def test_a_caption_that_cites_what_is_not_here_is_not_taken_and_that_is_said(small, other, client):
    send(client, small, upload(cards.drawn("landscape"), "wide.jpg"))
    image, twin = small.images.get(), other.images.get()
    models.Image.objects.filter(pk=twin.pk).update(caption={"en": "As reported [@unknown, p. 9]."})
    response = client.post(f"/admin/trials/image/{image.pk}/take-words/{twin.pk}/", follow=True)
    image.refresh_from_db()
    assert (image.credit, image.caption) == ("Drawn for the tests", {})
    assert "Not taken, because it would not hold in this exhibit: Caption." in words(response)


def test_words_of_another_picture_are_not_taken_nor_by_whoever_may_not_change_images(small, other, client):
    send(client, small, upload(picture(), "red.png"))
    image, twin = small.images.get(), other.images.get()
    take = f"/admin/trials/image/{image.pk}/take-words/{twin.pk}/"
    assert client.post(take).status_code == 404
    assert client.get(take).status_code == 405
    assert staff("view_image").post(take).status_code == 403


# A picture replaced


def test_a_new_file_keeps_key_words_and_places_and_editions_keep_the_old_one(small, client):
    send(client, small, upload(picture(size=(40, 30)), "room.png"))
    image = small.images.get()
    models.Image.objects.filter(pk=image.pk).update(alt={"en": "A room"}, credit="Archive", version=2)
    image.refresh_from_db()
    old = image.sha256
    section, person = small.sections.get(), small.people.get(key="radek")
    section.image = person.portrait = image
    section.save()
    person.save()
    publish.publish(small, "First.")
    html = client.get(change(image)).content.decode()
    assert f'Section: <a href="{change(section)}">What happened?</a>' in html
    assert f'Person: <a href="{change(person)}">Karl Radek</a>' in html
    data = filled(client, change(image))
    assert client.post(change(image), {**data, "file": upload(picture("blue", (50, 40)), "new.png")}).status_code == 302
    image.refresh_from_db()
    assert image.sha256 != old and (image.key, image.alt, image.credit) == ("room", {"en": "A room"}, "Archive")
    assert [row.pk for row in (image.sections.get(), image.people.get())] == [section.pk, person.pk]
    assert client.get(f"/media/{old}/image.jpg").status_code == 200
    assert old in client.get("/exhibits/small/").content.decode()


def test_a_file_that_another_image_of_the_exhibit_has_does_not_replace(small, client):
    send(client, small, upload(picture("red"), "red.png"), upload(picture("blue"), "blue.png"))
    red = small.images.get(key="red")
    response = client.post(change(red), {**filled(client, change(red)), "file": upload(picture("blue"))})
    assert "This picture is in the exhibit already: blue" in words(response)
    own = client.post(change(red), {**filled(client, change(red)), "file": upload(picture("red"))})
    assert own.status_code == 302, "its own file again is no fault"


# What is said of it


@pytest.mark.parametrize(
    "said, sentence",
    [
        ({"alt_en": "A room", "decorative": "on"}, "A decorative picture has no alternative text"),
        ({"alt_en": "IMG_2041.JPG"}, "This is the name of a file."),
        ({"focus_left": "101"}, "less than or equal to 100"),
        ({"focus_top": "-1"}, "greater than or equal to 0"),
        ({"focus_top": ""}, "This field is required."),
    ],
)
def test_words_that_cannot_be_are_refused_and_stay_in_the_form(small, client, said, sentence):
    send(client, small, upload(picture(), "room.png"))
    image = small.images.get()
    response = client.post(change(image), filled(client, change(image), credit="Archive", **said))
    assert response.status_code == 200 and sentence in words(response)
    assert 'value="Archive"' in response.content.decode()


def test_the_list_shows_each_picture_and_what_is_missing_with_few_queries(small, other, client):
    send(client, small, upload(picture("red"), "red.png"), upload(picture("blue"), "blue.png"))
    red, blue = small.images.order_by("order")
    models.Image.objects.filter(pk=blue.pk).update(decorative=True, credit="Archive", licence="CC0")
    path = f"/admin/trials/image/?exhibit__id__exact={small.pk}"
    html = client.get(path).content.decode()
    thumbnails = [image for image in Page(html).all("img") if image.get("class") == "thumbnail"]
    assert [(image["src"], image["loading"]) for image in thumbnails] == [
        (f"/media/{image.sha256}/3.webp", "lazy") for image in (red, blue)
    ]
    assert '<td class="field-missing">Alternative text, Caption, Credit, Licence</td>' in html
    assert client.get(thumbnails[0]["src"]).status_code == 200
    listed = client.get(f"{path}&described=no").context["cl"].queryset
    assert [image.pk for image in listed] == [red.pk]
    takedown.take_down_image(red.sha256, "A court forbade it.")
    html = client.get(path).content.decode()
    assert '<td class="field-thumbnail">Taken down</td>' in html and html.count('class="thumbnail"') == 1

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    few = queries()
    send(client, small, *(upload(picture((n, n, n)), f"{n}.png") for n in range(8)))
    assert queries() == few


# In a real browser


def sign_in(context, client, live_server):
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    context.add_cookies([cookie])


@pytest.mark.browser
def test_three_files_are_sent_with_a_line_each_and_described_one_after_another(small, client, live_server, tab):
    sign_in(tab.context, client, live_server)
    tab.goto(f"{live_server.url}{UPLOAD}?exhibit={small.pk}")
    files = [("red.png", picture("red")), ("plan.png", b"%PDF-1.4"), ("blue.png", picture("blue"))]
    tab.set_input_files("#id_files", [{"name": n, "mimeType": "image/png", "buffer": b} for n, b in files])
    tab.click("#upload [type=submit]")
    tab.get_by_role("status").get_by_text("3 of 3 are done. Stored: 2. Not stored: 1.").wait_for()
    said = {line.split()[0]: line for line in tab.locator("li.taken").all_inner_texts()}
    assert "Stored." in said["red.png"] and "Stored." in said["blue.png"]
    assert "Refused: This file is a PDF document." in said["plan.png"]
    assert small.images.count() == 2 and tab.complaints == []

    tab.click(".onward a")
    tab.fill("#id_alt_en", "A room")
    tab.click("[name=_next] >> nth=0")
    tab.wait_for_url(lambda url: f"/{small.images.order_by('order')[1].pk}/change/" in url)
    assert small.images.order_by("order")[0].alt == {"en": "A room"}
    assert tab.complaints == []


@pytest.mark.browser
def test_what_is_cancelled_or_lost_on_the_way_is_not_kept_and_can_be_sent_again(small, client, live_server, tab):
    sign_in(tab.context, client, live_server)
    held = []
    tab.route(f"**{UPLOAD}*", lambda route: held.append(route) if route.request.method == "POST" else route.continue_())
    tab.goto(f"{live_server.url}{UPLOAD}?exhibit={small.pk}")
    files = [{"name": f"{c}.png", "mimeType": "image/png", "buffer": picture(c)} for c in ("red", "blue", "green")]
    with tab.expect_request(lambda request: request.method == "POST"):
        tab.set_input_files("#id_files", files)
        tab.click("#upload [type=submit]")
    tab.get_by_role("button", name="Cancel: green.png").click()
    tab.get_by_text("Cancelled: nothing of it is kept.").wait_for()
    while len(held) < 2:
        tab.wait_for_timeout(20)
    held.pop().abort()
    held.pop().continue_()
    tab.get_by_role("status").get_by_text("3 of 3 are done. Stored: 1. Not stored: 2.").wait_for()
    assert small.images.count() == 1 and not held, "what was cancelled is not sent"
    tab.unroute_all()
    for button in tab.get_by_role("button", name="Send again").all()[::-1]:
        button.click()
    tab.get_by_role("status").get_by_text("3 of 3 are done. Stored: 3. Not stored: 0.").wait_for()
    assert sorted(small.images.values_list("key", flat=True)) == ["blue", "green", "red"]


@pytest.mark.browser
def test_the_focal_point_is_moved_by_click_and_by_keys(small, client, live_server, tab):
    send(client, small, upload(picture(size=(400, 200)), "room.png"))
    image = small.images.get()
    sign_in(tab.context, client, live_server)
    tab.goto(live_server.url + change(image))
    preview, mark = tab.locator(".focal .preview"), tab.get_by_role("button", name="Focal point: ")
    box = preview.bounding_box()
    preview.click(position={"x": box["width"] / 4, "y": box["height"] / 10})
    assert tab.input_value("#id_focus_left") == "25" and tab.input_value("#id_focus_top") == "10"
    mark.press("ArrowRight")
    mark.press("Shift+ArrowDown")
    assert mark.get_attribute("aria-label") == "Focal point: 26 per cent from the left, 20 per cent from the top"
    assert tab.inner_text(".focal [role=status]") == "Focal point: 26 per cent from the left, 20 per cent from the top"
    assert tab.locator(".focal figure img").evaluate("image => image.style.objectPosition") == "26% 20%"
    tab.fill("#id_focus_top", "100")
    assert "100 per cent from the top" in mark.get_attribute("aria-label")
    mark.press("ArrowDown")
    tab.click("[name=_continue] >> nth=0")
    tab.wait_for_selector(".messagelist .success")
    image.refresh_from_db()
    assert (image.focus_left, image.focus_top) == (26, 100)
    assert tab.complaints == []


# Where curators work: WCAG 2.2 A and AA, on a desktop and a tablet, in both schemes.
AXE_RUN = """async () => {
    const levels = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const ours = [".module:has(.focal)", "#result_list", "#content"].find((part) => document.querySelector(part));
    const {violations} = await axe.run(ours, {runOnly: levels});
    return violations.flatMap(({id, nodes}) => nodes.map(({target, failureSummary}) => [id, target, failureSummary]));
}"""


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_pages_of_pictures(small, other, client, live_server, browser, scheme):
    send(client, small, upload(picture(size=(400, 200)), "room.png"), upload(cards.drawn("landscape"), "wide.jpg"))
    context = browser.new_context(bypass_csp=True, color_scheme=scheme, reduced_motion="reduce")
    sign_in(context, client, live_server)
    page, axe, found = context.new_page(), AXE.read_text(), []
    listed = f"/admin/trials/image/?exhibit__id__exact={small.pk}"
    for path in (f"{UPLOAD}?exhibit={small.pk}", listed, change(small.images.first())):
        page.goto(live_server.url + path)
        if path.startswith(UPLOAD):
            files = [("red.png", picture("red")), ("plan.png", b"%PDF-1.4")]
            page.set_input_files("#id_files", [{"name": n, "mimeType": "image/png", "buffer": b} for n, b in files])
            page.click("#upload [type=submit]")
            page.get_by_role("status").get_by_text("2 of 2 are done.").wait_for()
        page.evaluate(axe)
        for width in (1280, 820):
            page.set_viewport_size({"width": width, "height": 900})
            found += [(path, width, *fault) for fault in page.evaluate(AXE_RUN)]
    context.close()
    assert not found, "\n".join(map(str, found))
