"""Images: in documents, in storage, and who may see them."""

import io
import json
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from PIL import Image as Picture

from tests import cases
from trials import images
from trials.editions import display, publish


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


@pytest.mark.parametrize("path", ["x/image.jpg", "../settings.py/image.jpg", "a" * 300 + "/image.jpg", "%00/image.png"])
def test_a_strange_address_of_an_image_is_not_found(db, client, path):
    assert client.get(f"/media/{path}").status_code == 404
