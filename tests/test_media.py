"""Images: in documents, in storage, and who may see them."""

import io
import json
from datetime import timedelta
from io import StringIO
from urllib.parse import urljoin

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone
from PIL import Image as Picture

from tests import cards, cases
from trials import images, models
from trials.editions import display, publish, takedown
from trials.pages import preview


@pytest.fixture
def card(tmp_path):
    """A test card as it would be stored, and its file in a folder as a package holds it."""
    data = io.BytesIO()
    Picture.new("RGB", (60, 40), "#8c2a1b").save(data, "PNG")
    return images.rewrite(data.getvalue(), "card.png")


@pytest.fixture
def package(card, tmp_path):
    """A folder with a document that names the card, and the card's file beside it."""
    content = cases.small_content()
    content["images"] = [
        {
            "key": "card",
            "sha256": card.sha256,
            "extension": card.extension,
            "width": card.width,
            "height": card.height,
            "alt": {"en": "A test card."},
        }
    ]
    content["sections"][0]["image"] = "card"
    folder = tmp_path / "package"
    path = folder / "media" / images.path_of(card.sha256, card.extension)
    path.parent.mkdir(parents=True)
    path.write_bytes(card.content)
    (folder / "document.json").write_bytes(cases.as_bytes(content))
    return folder


def address(card):
    return f"/media/{card.sha256}/image.{card.extension}"


def test_an_exhibit_travels_with_its_images(db, package, card, tmp_path):
    call_command("load_exhibit", package / "document.json", stdout=StringIO())
    call_command("dump_exhibit", "small", folder=tmp_path / "out", stderr=StringIO())
    dumped = tmp_path / "out"
    assert (dumped / "media" / images.path_of(card.sha256, card.extension)).read_bytes() == card.content
    assert json.loads((dumped / "document.json").read_bytes())["images"][0]["sha256"] == card.sha256


def test_a_missing_or_changed_image_refuses_the_whole_file(db, package, card):
    path = package / "media" / images.path_of(card.sha256, card.extension)
    path.write_bytes(card.content + b"x")
    with pytest.raises(CommandError, match=r"images\[0\] \(card\): .* its SHA-256 differs"):
        call_command("load_exhibit", package / "document.json")
    path.unlink()
    with pytest.raises(CommandError, match=r"images\[0\] \(card\): .*No such file"):
        call_command("load_exhibit", package / "document.json")


def test_an_image_is_public_once_an_edition_on_display_has_shown_it(db, package, card, client):
    call_command("load_exhibit", package / "document.json", stdout=StringIO())
    assert client.get(address(card)).status_code == 404
    publish.publish(cases.exhibit("small"), "First.")
    display.forget()
    response = client.get(address(card))
    assert response.status_code == 200 and b"".join(response) == card.content
    assert response["Content-Type"] == card.media_type
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "public" in response["Cache-Control"] and "must-revalidate" in response["Cache-Control"]
    html = client.get("/exhibits/small/").content.decode()
    assert f'src="{address(card)}"' in html and 'alt="A test card."' in html


def test_a_curator_sees_an_image_that_is_not_public_and_nobody_keeps_it(db, package, card, client):
    call_command("load_exhibit", package / "document.json", stdout=StringIO())
    client.force_login(User.objects.create_user("visitor"))
    assert client.get(address(card)).status_code == 404
    client.force_login(User.objects.create_superuser("curator"))
    response = client.get(address(card))
    assert response.status_code == 200 and "no-store" in response["Cache-Control"]


@pytest.fixture
def public(db, package, card, client):
    """The card’s address and bytes, as anybody gets them."""
    call_command("load_exhibit", package / "document.json", stdout=StringIO())
    publish.publish(cases.exhibit("small"), "First.")
    return address(card), b"".join(client.get(address(card)))


@pytest.mark.parametrize(
    "wanted, part",
    [
        ("bytes=0-9", slice(0, 10)),
        ("bytes=10-", slice(10, None)),
        ("bytes=-5", slice(-5, None)),
        ("bytes=5-99999", slice(5, None)),
        ("bytes=-99999", slice(0, None)),
    ],
)
def test_a_part_of_an_image_is_sent_to_whoever_has_the_rest(public, client, wanted, part):
    path, whole = public
    response = client.get(path, headers={"Range": wanted})
    sent = b"".join(response)
    first = len(whole) - len(whole[part]) if part.start else 0
    assert (response.status_code, sent) == (206, whole[part])
    assert response["Content-Range"] == f"bytes {first}-{first + len(sent) - 1}/{len(whole)}"
    assert response["Content-Length"] == str(len(sent)) and response["Accept-Ranges"] == "bytes"
    etag = client.get(path)["ETag"]
    assert client.get(path, headers={"Range": wanted, "If-Range": etag}).status_code == 206
    assert client.get(path, headers={"Range": wanted, "If-Range": '"another"'}).status_code == 200


@pytest.mark.parametrize(
    "wanted", ["", "bytes=", "bytes=-", "bytes=9-3", "bytes=0-1,3-4", "lines=0-1", "bytes=a-b", "x"]
)
def test_what_is_no_single_range_of_bytes_is_ignored(public, client, wanted):
    response = client.get(public[0], headers={"Range": wanted})
    assert (response.status_code, b"".join(response)) == (200, public[1])


@pytest.mark.parametrize("wanted", ["bytes=99999-", "bytes=999999999999999999-", "bytes=-0"])
def test_a_range_beyond_the_file_is_refused(public, client, wanted):
    response = client.get(public[0], headers={"Range": wanted})
    assert (response.status_code, b"".join(response)) == (416, b"")
    assert response["Content-Range"] == f"bytes */{len(public[1])}"


def test_a_public_image_is_there_while_the_database_is_away(public, client, monkeypatch):
    class Away:
        def __getattr__(self, name):
            raise OperationalError("The server is gone.")

    monkeypatch.setattr(display, "PublishedImage", Away())
    monkeypatch.setattr(display, "Display", Away())
    assert b"".join(client.get(public[0])) == public[1]


@pytest.mark.parametrize("path", ["x/image.jpg", "../settings.py/image.jpg", "a" * 300 + "/image.jpg", "%00/image.png"])
def test_a_strange_address_of_an_image_is_not_found(db, client, path):
    assert client.get(f"/media/{path}").status_code == 404


# Renditions: the rules of the image hold for each of them


@pytest.fixture
def noted(db):
    """A card that only the working copy has; its renditions are not made yet."""
    return cards.exhibit("noted", "four-colours").images.get(key="four-colours")


def show(exhibit):
    publish.publish(exhibit, "First.")
    display.forget_what_is_on_display()


def addresses(image, name):
    """Where visitors, curators and whoever holds a link to a preview find a rendition."""
    _link, token = preview.make_link(image.exhibit, None, "A test.", 1, None)
    path = f"media/{image.sha256}/{name}"
    return f"/{path}", f"/preview/exhibits/{image.exhibit_id}/{path}", f"/preview/{token}/{path}"


NAMES = ["360.avif", "700.avif", "360.webp", "700.webp"]


@pytest.mark.parametrize("name", NAMES)
def test_a_rendition_is_public_as_its_image_is(noted, name, client):
    path = f"/media/{noted.sha256}/{name}"
    assert client.get(path).status_code == 404
    show(noted.exhibit)
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == f"image/{name.rpartition('.')[2]}"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "public, max-age=10, must-revalidate"
    picture = Picture.open(io.BytesIO(b"".join(response)))
    assert picture.width == int(name.partition(".")[0])
    held = client.get(path, headers={"if-none-match": response["ETag"]})
    assert held.status_code == 304 and not held.content and held["Cache-Control"] == response["Cache-Control"]
    assert client.get(path, headers={"if-none-match": f'"{noted.sha256}"'}).status_code == 200


def test_a_rendition_of_what_is_not_public_is_for_curators_and_previews_alone(noted, client, admin_client):
    public, curators, linked = addresses(noted, "360.avif")
    client.force_login(User.objects.create_user("visitor", is_staff=True))
    assert client.get(public).status_code == 404 and client.get(curators).status_code == 403
    for path in (public, curators):
        response = admin_client.get(path)
        assert response.status_code == 200 and "no-store" in response["Cache-Control"]
    response = client.get(linked)
    assert response.status_code == 200 and "no-store" in response["Cache-Control"]
    assert client.get(linked.replace(noted.sha256, "0" * 64)).status_code == 404
    assert client.get(f"/preview/nobody/media/{noted.sha256}/360.avif").status_code == 404


def test_what_only_an_edition_to_come_has_is_for_whoever_may_see_editions(noted, client):
    publish.publish(noted.exhibit, "To come.", starts=timezone.now() + timedelta(days=1))
    noted.exhibit.sections.update(image=None)
    noted.exhibit.timeline.update(image=None)
    noted.exhibit.people.update(portrait=None)
    noted.exhibit.images.all().delete()
    user = User.objects.create_user("curator", is_staff=True)
    for codename, status in (("view_edition", 404), ("view_image", 200)):
        user.user_permissions.add(Permission.objects.get(codename=codename))
        client.force_login(User.objects.get())
        assert client.get(f"/media/{noted.sha256}/360.avif").status_code == status
    user.user_permissions.set(Permission.objects.filter(codename="view_image"))
    assert client.get(f"/media/{noted.sha256}/360.avif").status_code == 404


def test_a_takedown_is_of_all_renditions_on_every_way(noted, client, admin_client):
    show(noted.exhibit)
    ways = addresses(noted, "360.avif")
    assert [admin_client.get(path).status_code for path in ways] == [200, 200, 200]
    etag = client.get(ways[0])["ETag"]
    takedown.take_down_image(noted.sha256, "A court forbade it.")
    display.forget_what_is_on_display()
    for name in [*NAMES, "999.avif"]:
        for path in addresses(noted, name):
            response = admin_client.get(path, headers={"if-none-match": etag})
            assert response.status_code == 451 and b"A court forbade it." in response.content
    takedown.lift(models.Takedown.objects.get())
    display.forget_what_is_on_display()
    assert client.get(ways[0]).status_code == 200


@pytest.mark.parametrize(
    "name",
    "361.avif 2400.webp 0.avif 00360.avif 360.jpg 360.avif/ 360.AVIF -1.webp 99999999.avif 360.avif.tmp "
    "360.avif.0123456789abcdef.tmp image.avif image.webp ..%2Fimage.jpg ３６０.avif 360.avif%00 360.avif%0A".split(),
)
def test_no_other_address_makes_or_finds_anything(noted, name, client):
    show(noted.exhibit)
    assert client.get(f"/media/{noted.sha256}/{name}").status_code == 404
    assert default_storage.listdir(noted.sha256)[1] == ["image.jpg"]


def test_where_a_rendition_cannot_be_made_the_way_leads_to_the_image(noted, admin_client, monkeypatch):
    monkeypatch.setattr(images, "put", lambda *args: 1 / 0)
    show(noted.exhibit)
    for path in addresses(noted, "360.avif"):
        response = admin_client.get(path)
        assert response.status_code == 302
        assert admin_client.get(urljoin(path, response["Location"]))["Content-Type"] == "image/jpeg"


def test_an_upload_has_its_renditions_before_anybody_asks(noted, admin_client, django_capture_on_commit_callbacks):
    file = SimpleUploadedFile("card.png", cards.drawn("tiny"))
    data = {"exhibit": noted.exhibit_id, "file": file, "key": "new", "order": 9, "alt_en": "A card.", "version": 0}
    data |= {"focus_left": 50, "focus_top": 50}
    with django_capture_on_commit_callbacks(execute=True):
        response = admin_client.post("/admin/trials/image/add/", data)
    assert response.status_code == 302
    sha256 = models.Image.objects.get(key="new").sha256
    assert sorted(default_storage.listdir(sha256)[1]) == ["40.avif", "40.webp", "image.jpg"]


def test_loading_makes_them_too_and_packages_do_not_carry_them(db, package, card, tmp_path):
    call_command("load_exhibit", package / "document.json", stdout=StringIO())
    assert sorted(default_storage.listdir(card.sha256)[1]) == ["60.avif", "60.webp", "image.jpg"]
    call_command("dump_exhibit", "small", folder=tmp_path / "out", stderr=StringIO())
    assert [path.name for path in (tmp_path / "out" / "media" / card.sha256).iterdir()] == ["image.jpg"]
