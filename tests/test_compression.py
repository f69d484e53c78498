"""Pages travel compressed, nobody gets bytes that he holds, and what holds a secret is left alone."""

import gzip

import brotli
import pytest
from django.http import FileResponse, HttpResponse
from django.test import RequestFactory

from tests import cases
from trials.editions import display
from trials.pages.compression import SMALL, CompressionMiddleware, chosen_encoding

STORY = f"/exhibits/{cases.SHIPPED_SLUG}/"
DECODERS = {"br": brotli.decompress, "gzip": gzip.decompress}


@pytest.mark.parametrize(
    "header, encoding",
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("GZIP;q=0.5", "gzip"),
        ("br; q=0, gzip", "gzip"),
        ("br;q=0.000, gzip; q = 0.0", ""),
        ("*", "br"),
        ("*;q=0", ""),
        ("br;q=0, *", "gzip"),
        ("gzip, *;q=0", "gzip"),
        ("identity", ""),
        ("zstd, deflate", ""),
        ("brotli, xgzip", ""),
        (";;,,=;q=", ""),
        ("", ""),
    ],
)
def test_the_best_encoding_that_is_allowed_is_chosen(header, encoding):
    assert chosen_encoding(header) == encoding


@pytest.mark.parametrize("encoding", ["br", "gzip"])
@pytest.mark.parametrize("path", [STORY, "/", STORY + "document.json", "/sitemap.xml", STORY + "people/radek/"])
def test_a_page_is_the_same_in_every_encoding_and_smaller(shipped, client, path, encoding):
    plain, packed = client.get(path), client.get(path, headers={"Accept-Encoding": encoding})
    assert packed["Content-Encoding"] == encoding and "Content-Encoding" not in plain
    assert DECODERS[encoding](packed.content) == plain.content
    assert len(packed.content) < len(plain.content)
    for response in (plain, packed):
        assert int(response["Content-Length"]) == len(response.content)
        assert response["Vary"] == "Accept-Encoding"
    assert packed["Content-Security-Policy"] == plain["Content-Security-Policy"]


def test_each_encoding_has_a_strong_tag_of_its_own(shipped, client):
    tags = {client.get(STORY, headers={"Accept-Encoding": name})["ETag"] for name in ("br", "gzip", "identity")}
    assert len(tags) == 3
    assert all(tag.startswith('"') for tag in tags)
    assert tags == {client.get(STORY, headers={"Accept-Encoding": n})["ETag"] for n in ("br", "gzip", "identity")}


def test_whoever_holds_a_page_is_told_so(shipped, client):
    first = client.get(STORY, headers={"Accept-Encoding": "br"})
    again = client.get(STORY, headers={"Accept-Encoding": "br", "If-None-Match": f'"other", {first["ETag"]}'})
    assert again.status_code == 304 and again.content == b""
    for header in ("ETag", "Vary", "Cache-Control", "Content-Security-Policy"):
        assert again[header] == first[header]
    assert "Content-Encoding" not in again


def test_a_page_held_in_another_encoding_is_sent(shipped, client):
    held = client.get(STORY, headers={"Accept-Encoding": "gzip"})["ETag"]
    assert client.get(STORY, headers={"Accept-Encoding": "br", "If-None-Match": held}).status_code == 200


def test_a_new_edition_is_sent_to_whoever_holds_the_old_one(shipped, client):
    held = client.get("/")["ETag"]
    cases.show(cases.document(cases.small_content()), "Another exhibit.")
    display.forget_what_is_on_display()
    response = client.get("/", headers={"If-None-Match": held})
    assert response.status_code == 200 and response["ETag"] != held


def test_head_has_the_headers_of_get(shipped, client):
    get, head = (getattr(client, name)(STORY, headers={"Accept-Encoding": "br"}) for name in ("get", "head"))
    assert head.content == b""
    for header in ("Content-Encoding", "Content-Length", "ETag", "Vary"):
        assert head[header] == get[header]


def answer(response, **environment):
    """What becomes of ``response`` to a visitor who can read Brotli."""
    request = RequestFactory().get("/", HTTP_ACCEPT_ENCODING="br", **environment)
    return CompressionMiddleware(lambda request: response)(request)


def test_what_depends_on_a_cookie_is_left_alone():
    response = answer(HttpResponse("token " * SMALL, headers={"Vary": "Cookie"}))
    assert not response.has_header("Content-Encoding") and not response.has_header("ETag")


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/admin/trials/person/"])
def test_no_page_of_the_admin_is_compressed(admin_client, client, path):
    for curator in (admin_client, client):
        response = curator.get(path, headers={"Accept-Encoding": "br, gzip"})
        assert "Content-Encoding" not in response and "ETag" not in response


def test_small_answers_streams_images_and_errors_are_left_alone(tmp_path):
    (tmp_path / "page.html").write_text("words " * SMALL)
    long = "words " * SMALL
    for response in (
        HttpResponse("x" * (SMALL - 1)),
        HttpResponse(long, content_type="image/jpeg"),
        HttpResponse(long, status=404),
        HttpResponse(long, headers={"Content-Encoding": "gzip"}),
        FileResponse((tmp_path / "page.html").open("rb")),
    ):
        before = dict(response.headers)
        assert answer(response).headers == before


def test_what_nobody_keeps_is_compressed_without_a_tag(shipped, client):
    response = client.get("/search/?q=Pyatakov", headers={"Accept-Encoding": "br"})
    assert response["Content-Encoding"] == "br" and "ETag" not in response
