"""Previews: what is not published, seen by curators and by whoever holds a link; by nobody else, and kept nowhere."""

import hashlib
import io
import logging
import re
from datetime import timedelta
from urllib.parse import urldefrag, urljoin

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import cases
from tests.html import Page
from tests.test_admin import image_of
from trials.editions import display, publish, takedown
from trials.models import Exhibit, Person, PreviewLink, Section, Takedown
from trials.pages import exhibit_urls, preview

PATHS = ["", "defendants/", "people/", "people/radek/", "timeline/", "court/", "charges/", "places/", "glossary/"]
PATHS += ["disputes/", "sources/", "editions/", "document.json"]
# To which no link of a page leads.
UNLINKED = ["timeline.json", "editions/feed.xml", "share.png", "people/radek/share.png"]
PATHS += UNLINKED
HEADERS = {
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "SAMEORIGIN",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ALL_PERMISSIONS = ["view_exhibit", "preview_exhibit", "view_previewlink", "add_previewlink", "change_previewlink"]


def staff(*permissions, is_staff=True):
    """A client signed in with these permissions."""
    user = User.objects.create_user(f"user-{User.objects.count()}", is_staff=is_staff)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    assert user.user_permissions.count() == len(permissions)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def curator(db):
    return staff(*ALL_PERMISSIONS)


@pytest.fixture
def token(small):
    """The token of a link to the working copy."""
    return preview.make_link(small, None, "the trustees", 7, None)[1]


def mounts(small):
    """Each prefix under which the small exhibit's working copy is previewed, with who may."""
    _link, token = preview.make_link(small, None, "a test", 7, None)
    return [
        (f"/preview/exhibits/{small.pk}/", staff("view_exhibit", "preview_exhibit")),
        (f"/preview/{token}/", Client()),
    ]


def words(response):
    return Page(response.content.decode()).words


# What a preview shows


@pytest.mark.parametrize("which", [0, 1], ids=["curator", "link"])
def test_every_page_of_a_preview_says_so_and_leads_only_to_pages_of_it(small, which):
    publish.publish(small, "First.")
    Section.objects.all().delete()
    publish.publish(small, "Second.")
    prefix, client = mounts(small)[which]
    seen, waiting = set(), [prefix]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        response = client.get(path)
        assert response.status_code == 200, path
        if not response["Content-Type"].startswith("text/html"):
            continue
        page = Page(response.content.decode())
        assert "Preview of the working copy as it was on" in page.words and "cannot be cited" in page.words, path
        assert {"name": "robots", "content": "noindex, nofollow"} in page.all("meta"), path
        assert not [link for link in page.all("link") if link["rel"] == "canonical"], path
        assert "Cite this page" not in page.words and page.faults == [], path
        assert [form for form in page.all("form") if "action" in form] == [], path
        for link in page.links:
            target = urldefrag(urljoin(path, link)).url
            assert target.startswith(prefix), f"{path}: {link}"
            waiting.append(target)
    assert {prefix + path for path in PATHS if path not in UNLINKED} <= seen


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("which", [0, 1], ids=["curator", "link"])
def test_no_answer_of_a_preview_is_kept_indexed_or_framed_by_others(small, which, path):
    prefix, client = mounts(small)[which]
    response = client.get(prefix + path)
    assert response.status_code == 200
    assert {name: response.get(name) for name in HEADERS} == HEADERS
    policy = response["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy and "require-trusted-types-for 'script'" in policy
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert not response.cookies


def test_also_what_goes_wrong_in_a_preview_is_kept_by_nobody(small, token, curator):
    anonymous = Client()
    answers = [
        anonymous.get("/preview/nothing/"),
        anonymous.get(f"/preview/{token}/people/nobody/"),
        anonymous.get(f"/preview/{token}/no/such/page/"),
        anonymous.get(f"/preview/{token}"),
        anonymous.post(f"/preview/{token}/"),
        anonymous.get(f"/preview/exhibits/{small.pk}/"),
        curator.get(f"/preview/exhibits/{small.pk + 1}/"),
        anonymous.get(f"/preview/{token}/media/x/image.jpg"),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404, 301, 405, 403, 404, 404]
    for answer in answers:
        assert {name: answer.get(name) for name in HEADERS} == HEADERS, answer


def test_a_preview_shows_the_working_copy_of_this_moment(small, token, client):
    person = Person.objects.get(key="ulrikh")
    person.summary = {"en": "Not yet published."}
    person.save()
    assert "Not yet published." in words(client.get(f"/preview/{token}/people/ulrikh/"))


def test_a_former_key_leads_on_inside_the_preview(small, token, client):
    response = client.get(f"/preview/{token}/people/sobelsohn/", follow=True)
    assert response.status_code == 200 and response.request["PATH_INFO"] == f"/preview/{token}/people/radek/"


def test_the_machine_readable_timeline_names_no_public_address(small, token, client):
    entries = client.get(f"/preview/{token}/timeline.json").json()["entries"]
    assert {entry["address"].rpartition("#")[0] for entry in entries} == {
        f"http://localhost:8000/preview/{token}/timeline/"
    }


def test_an_edition_that_is_scheduled_can_be_previewed(small, curator, client):
    starts = timezone.now() + timedelta(days=3)
    shown = publish.publish(small, "To come.", starts=starts)
    Section.objects.all().delete()
    _link, token = preview.make_link(small, shown.edition, "the press", 1, None)
    for response in (curator.get(f"/preview/exhibits/{small.pk}/editions/1/"), client.get(f"/preview/{token}/")):
        moment = timezone.localtime(starts).strftime("%Y, %H:%M")
        assert re.search(f"Preview of edition 1, which goes on display on .* {moment}", words(response))
        assert "What happened?" in words(response)
    assert client.get("/exhibits/small/").status_code == 404


def test_an_edition_says_whether_it_is_on_display(small, curator):
    publish.publish(small, "First.")
    address = f"/preview/exhibits/{small.pk}/editions/1/"
    assert "Preview of edition 1, which is on display now" in words(curator.get(address))
    publish.withdraw(small, "Withdrawn.")
    assert "Preview of edition 1, which is not on display" in words(curator.get(address))
    assert curator.get(f"/preview/exhibits/{small.pk}/editions/2/").status_code == 404


def test_a_practice_exhibit_can_be_previewed(small, curator, token, client):
    small.practice = True
    small.save()
    assert "Two accused" in words(curator.get(f"/preview/exhibits/{small.pk}/"))
    assert "Two accused" in words(client.get(f"/preview/{token}/"))


def test_a_preview_has_the_languages_of_the_exhibit(db, settings, client):
    settings.LANGUAGES = [("en", "English"), ("ru", "Russian"), ("de", "German")]
    exhibit = cases.load(cases.small_content(languages=["en", "ru"]))
    token = preview.make_link(exhibit, None, "a test", 7, None)[1]
    assert "Смотри." in words(client.get(f"/preview/{token}/ru/"))
    assert client.get(f"/preview/{token}/ru/people/radek/").status_code == 200
    assert client.get(f"/preview/{token}/de/").status_code == 404
    assert client.get(f"/preview/{token}/en/").status_code == 404
    assert staff("view_exhibit", "preview_exhibit").get(f"/preview/exhibits/{exhibit.pk}/ru/").status_code == 200


def test_a_working_copy_that_is_not_whole_says_what_is_wrong_to_curators_alone(small, curator, token, client):
    Section.objects.update(heading={})
    response = curator.get(f"/preview/exhibits/{small.pk}/")
    assert response.status_code == 409 and "sections[0]" in words(response)
    response = client.get(f"/preview/{token}/")
    assert response.status_code == 409 and "Come back a little later" in words(response)
    assert "sections" not in words(response)
    page = curator.get(reverse("admin:trials_exhibit_preview", args=[small.pk]))
    assert "sections[0]" in words(page) and b"<iframe" not in page.content


def test_an_image_that_is_not_public_is_seen_in_previews_alone(small, curator, token, client):
    image = image_of(small)
    Section.objects.update(image=image)
    Person.objects.filter(key="radek").update(portrait=image)
    for prefix, visitor in ((f"/preview/exhibits/{small.pk}/", curator), (f"/preview/{token}/", client)):
        address = f"{prefix}media/{image.sha256}/image.jpg"
        for path in ("", "people/radek/"):
            page = Page(visitor.get(prefix + path).content.decode())
            assert [urljoin(prefix + path, picture["src"]) for picture in page.all("img")] == [address]
        response = visitor.get(address)
        assert response.status_code == 200 and response["Content-Type"] == "image/jpeg"
        assert b"".join(response).startswith(b"\xff\xd8")
        assert {name: response[name] for name in HEADERS} == HEADERS
        assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert visitor.post(address).status_code == 405
    assert client.get(f"/media/{image.sha256}/image.jpg").status_code == 404


def test_a_preview_shows_no_image_of_another_exhibit(small, curator, token, client):
    image = image_of(Exhibit.objects.create(slug="other", title={"en": "x"}, lede={"en": "x"}, notice={"en": "x"}))
    for visitor, prefix in ((curator, f"/preview/exhibits/{small.pk}/"), (client, f"/preview/{token}/")):
        assert visitor.get(f"{prefix}media/{image.sha256}/image.jpg").status_code == 404
        assert visitor.get(f"{prefix}media/x/image.jpg").status_code == 404


def test_an_image_of_an_edition_is_seen_in_its_preview(small, curator):
    image = image_of(small)
    publish.publish(small, "To come.", starts=timezone.now() + timedelta(days=1))
    small.images.all().delete()
    assert curator.get(f"/preview/exhibits/{small.pk}/editions/1/media/{image.sha256}/image.jpg").status_code == 200
    assert curator.get(f"/preview/exhibits/{small.pk}/media/{image.sha256}/image.jpg").status_code == 404


def test_what_is_taken_down_is_not_previewed_either(small, curator, client):
    image = image_of(small)
    Section.objects.update(image=image)
    edition = publish.publish(small, "First.").edition
    token = preview.make_link(small, edition, "a test", 7, None)[1]
    takedown.take_down_image(image.sha256, "The family asked for it.")
    display.forget_what_is_on_display()
    for visitor, prefix in ((curator, f"/preview/exhibits/{small.pk}/"), (client, f"/preview/{token}/")):
        response = visitor.get(f"{prefix}media/{image.sha256}/image.jpg")
        assert response.status_code == 451 and b"JFIF" not in response.content
        assert {name: response[name] for name in HEADERS} == HEADERS
        assert "The family asked for it." in words(visitor.get(prefix))
    takedown.take_down_edition(edition, "A court ordered it.")
    takedown.lift(Takedown.objects.get(sha256=image.sha256))
    display.forget_what_is_on_display()
    for visitor, path in ((curator, f"/preview/exhibits/{small.pk}/editions/1/"), (client, f"/preview/{token}/")):
        response = visitor.get(path)
        assert response.status_code == 451 and "A court ordered it." in words(response)
        assert "What happened?" not in words(response)
        assert visitor.get(f"{path}media/{image.sha256}/image.jpg").status_code == 404


def test_a_preview_is_never_on_display(small, curator, token, client):
    for path in PATHS:
        assert client.get(f"/preview/{token}/{path}").status_code == 200
    display.forget_what_is_on_display()
    assert display.on_display() == {}
    assert client.get("/exhibits/small/").status_code == 404
    for path in ("/", "/sitemap.xml", "/search/?q=Radek"):
        content = client.get(path).content.decode()
        assert "/exhibits/small/" not in content and "/preview/" not in content, path
    assert "Disallow: /preview/" in client.get("/robots.txt").content.decode()


# Who may


def test_every_page_of_an_exhibit_is_among_those_tested_here():
    routes = {str(page.pattern) for page in exhibit_urls.urlpatterns}
    assert routes == {path.replace("people/radek/", "people/<slug:key>/") for path in PATHS}


def test_only_curators_with_the_permission_see_the_working_copy(small):
    image = image_of(small)
    publish.publish(small, "To come.", starts=timezone.now() + timedelta(days=1))
    base = f"/preview/exhibits/{small.pk}/"
    paths = [base + path for path in (*PATHS, f"media/{image.sha256}/image.jpg")]
    paths += [f"{base}editions/1/", f"{base}editions/1/media/{image.sha256}/image.jpg"]
    refused = {
        "anonymous": Client(),
        "no member of staff": staff("view_exhibit", "preview_exhibit", is_staff=False),
        "without permissions": staff(),
        "without preview": staff("view_exhibit", "change_exhibit", "publish_exhibit", "view_image"),
        "without view": staff("preview_exhibit"),
    }
    for who, client in refused.items():
        for path in paths:
            for method in (client.get, client.head):
                assert method(path).status_code == 403, (who, path)
            assert client.post(path).status_code == 405, (who, path)
            assert b"Radek" not in client.get(path).content
    allowed = staff("view_exhibit", "preview_exhibit")
    assert {allowed.get(path).status_code for path in paths} == {200}


def test_a_refusal_does_not_say_whether_there_is_such_an_exhibit(small):
    there, nowhere = (Client().get(f"/preview/exhibits/{pk}/").content for pk in (small.pk, small.pk + 1))
    assert there == nowhere


def test_a_curator_who_was_disabled_sees_nothing_more(small, curator):
    User.objects.update(is_active=False)
    assert curator.get(f"/preview/exhibits/{small.pk}/").status_code == 403


@pytest.mark.parametrize("pk", ["99999999999999999999999", "0"])
def test_a_strange_number_is_no_exhibit(curator, small, pk):
    assert curator.get(f"/preview/exhibits/{pk}/").status_code == 404
    assert curator.get(f"/preview/exhibits/{small.pk}/editions/{pk}/").status_code == 404
    assert curator.get(f"/admin/trials/exhibit/{pk}/preview/").status_code == 404
    assert curator.post(f"/admin/trials/exhibit/{small.pk}/preview/links/{pk}/revoke/").status_code == 404


ADMIN_PATHS = ["preview/", "preview/links/{link}/revoke/"]


@pytest.mark.parametrize("path", ADMIN_PATHS)
@pytest.mark.parametrize("method", ["get", "head", "post"])
def test_the_pages_in_the_admin_refuse_whoever_may_not_preview(small, token, path, method):
    address = f"/admin/trials/exhibit/{small.pk}/" + path.format(link=PreviewLink.objects.get().pk)
    for client in (Client(), staff("view_exhibit", "preview_exhibit", is_staff=False)):
        response = getattr(client, method)(address)
        assert response.status_code == 302 and response["Location"].startswith("/admin/login/")
    for client in (staff(), staff("preview_exhibit"), staff("view_exhibit", "change_previewlink", "add_previewlink")):
        assert getattr(client, method)(address).status_code == 403
    assert PreviewLink.objects.valid().count() == 1


def test_links_are_made_and_revoked_only_with_the_permission_for_it(small, token):
    link = PreviewLink.objects.get()
    client = staff("view_exhibit", "preview_exhibit", "view_previewlink")
    address = reverse("admin:trials_exhibit_preview", args=[small.pk])
    revoke = reverse("admin:trials_exhibit_preview_revoke", args=[small.pk, link.pk])
    page = client.get(address)
    assert "the trustees" in words(page) and "Make a link" not in words(page) and "Revoke" not in words(page)
    assert client.post(address, {"link-purpose": "x", "link-days": "7", "link-show": ""}).status_code == 403
    assert client.post(revoke).status_code == 403
    assert PreviewLink.objects.valid().count() == 1


def test_contributors_preview_and_see_no_links(small, token):
    client = staff()
    User.objects.latest("pk").groups.add(Group.objects.get(name="contributor"))
    page = client.get(reverse("admin:trials_exhibit_preview", args=[small.pk]))
    assert page.status_code == 200 and b"<iframe" in page.content
    assert "the trustees" not in words(page) and "Links for" not in words(page)


# Links


def test_the_token_is_long_and_only_its_hash_is_stored(small, token):
    assert len(token) >= 43 and re.fullmatch("[A-Za-z0-9_-]+", token)
    row = PreviewLink.objects.values().get()
    assert row["token_hash"] == hashlib.sha256(token.encode()).hexdigest()
    assert token not in str(row)
    assert preview.make_link(small, None, "another", 7, None)[1] != token


def test_links_that_never_were_have_expired_are_revoked_or_lost_their_exhibit_look_alike(small, client):
    links = [preview.make_link(small, None, name, 7, None) for name in ("expired", "revoked")]
    assert {client.get(f"/preview/{token}/").status_code for _link, token in links} == {200}
    PreviewLink.objects.filter(purpose="expired").update(expires=timezone.now() - timedelta(seconds=1))
    preview.revoke_link(PreviewLink.objects.get(purpose="revoked"))
    other = cases.load(cases.small_content(slug="other"))
    deleted = preview.make_link(other, None, "deleted", 7, None)
    other.delete()
    tokens = [token for _link, token in (*links, deleted)] + ["never-was", PreviewLink.objects.first().token_hash]
    answers = [client.get(f"/preview/{token}/{path}") for token in tokens for path in PATHS]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert "This preview link does not work" in words(answers[0])
    image = image_of(small)
    for token in tokens:
        assert client.get(f"/preview/{token}/media/{image.sha256}/image.jpg").status_code == 404
        assert client.head(f"/preview/{token}/").status_code == 404
        assert client.post(f"/preview/{token}/").status_code == 405


def test_a_link_opens_one_exhibit_alone(small, token, client):
    other = cases.load(cases.small_content(slug="other", title={"en": "Another"}))
    assert "A small exhibit" in words(client.get(f"/preview/{token}/"))
    assert client.get(f"/preview/exhibits/{small.pk}/").status_code == 403
    assert client.get(f"/preview/exhibits/{other.pk}/").status_code == 403


def test_a_link_reads_no_cookie(small, token, curator):
    response = curator.get(f"/preview/{token}/")
    assert response.wsgi_request.COOKIES == {}
    assert response.status_code == 200 and "Cookie" not in response.get("Vary", "") and not response.cookies


def test_no_log_holds_a_token(small, token, monkeypatch):
    def fails(*_args, **_options):
        raise RuntimeError(f"Failed at /preview/{token}/ and at next=%2Fpreview%2F{token}%2F")

    handler = logging.getLogger("trials").handlers[0]
    stream, levels = io.StringIO(), {}
    before = handler.setStream(stream)
    for name in ("django", "django.request", "django.server", "trials"):
        logger = logging.getLogger(name)
        levels[logger] = logger.level
        ours = [handler for handler in logger.handlers if type(handler) is logging.StreamHandler]
        assert ours == [handler] and not logger.propagate
        logger.setLevel("DEBUG")
    try:
        client = Client(raise_request_exception=False, enforce_csrf_checks=True)
        client.get(f"/preview/{token}/people/nobody/")
        client.get(f"/preview/{token}x/")
        client.post(f"/preview/{token}/")
        Client().post(f"/preview/{token}/")
        client.get(f"/preview/{token}/", HTTP_HOST="evil.example")
        logging.getLogger("django.server").info('"%s" %s %s', f"GET /preview/{token}/ HTTP/1.1", 200, 5)
        monkeypatch.setattr(preview, "previewed", fails)
        assert client.get(f"/preview/{token}/").status_code == 500
    finally:
        handler.setStream(before)
        for logger, level in levels.items():
            logger.setLevel(level)
    written = stream.getvalue()
    for sign in ("Not Found: /preview/…/", "Method Not Allowed", "Forbidden", "GET /preview/…/", "Traceback"):
        assert sign in written, sign
    assert token not in written


# In the admin


@pytest.fixture
def address(small):
    return reverse("admin:trials_exhibit_preview", args=[small.pk])


def frames(response):
    return {frame["src"] for frame in Page(response.content.decode()).all("iframe")}


def test_the_page_in_the_admin_shows_the_working_copy_on_three_screens(small, curator, address):
    response = curator.get(address)
    page = Page(response.content.decode())
    assert [frame["title"] for frame in page.all("iframe")] == ["Phone", "Desktop", "Kiosk, upright"]
    assert frames(response) == {f"/preview/exhibits/{small.pk}/"}
    assert "frame-src 'self'" in response["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert "frame-src" not in curator.get("/admin/")["Content-Security-Policy"]
    assert not any("style" in attributes for _tag, attributes in page.elements)


def test_a_page_and_an_edition_can_be_chosen_and_scheduled_ones_come_first(small, curator, address):
    publish.publish(small, "First.")
    Section.objects.all().delete()
    publish.publish(small, "Second.", starts=timezone.now() + timedelta(days=9))
    Person.objects.get(key="ulrikh").delete()
    publish.publish(small, "Third.", starts=timezone.now() + timedelta(days=2))
    response = curator.get(address, {"show": "2", "page": "people/radek/"})
    assert frames(response) == {f"/preview/exhibits/{small.pk}/editions/2/people/radek/"}
    select = response.content.decode().partition('name="show"')[2].partition("</select>")[0]
    assert re.findall('<option value="([^"]*)"', select) == ["", "3", "2", "1"]
    assert '<option value="2" selected>' in select


@pytest.mark.parametrize(
    "asked", [{"page": "https://evil.example/"}, {"show": "9"}, {"language": "xx"}, {"page": "//x"}]
)
def test_what_is_no_choice_is_not_taken(small, curator, address, asked):
    assert frames(curator.get(address, asked)) == {f"/preview/exhibits/{small.pk}/"}


def test_a_link_is_made_and_its_address_shown_once(small, curator, address, client):
    response = curator.post(address, {"link-purpose": "the trustees", "link-show": "", "link-days": "30"})
    shown = [
        field["value"] for field in Page(response.content.decode()).all("input") if field.get("id") == "preview-address"
    ]
    assert len(shown) == 1 and shown[0].startswith("http://localhost:8000/preview/")
    assert "no-store" in response["Cache-Control"]
    path = shown[0].removeprefix("http://localhost:8000")
    assert "A small exhibit" in words(client.get(path))
    link = PreviewLink.objects.get()
    assert (link.purpose, link.edition, link.created_by) == ("the trustees", None, User.objects.latest("pk"))
    assert timedelta(days=30) - timedelta(minutes=1) < link.expires - timezone.now() < timedelta(days=30, minutes=1)
    token = path.split("/")[2]
    again = curator.get(address)
    assert "the trustees" in words(again) and link.created_by.username in words(again)
    assert token not in again.content.decode() and link.token_hash not in again.content.decode()
    assert "the trustees" in LogEntry.objects.get().change_message
    assert token not in LogEntry.objects.get().change_message


def test_a_link_to_an_edition_is_made(small, curator, address):
    edition = publish.publish(small, "First.").edition
    curator.post(address, {"link-purpose": "x", "link-show": "1", "link-days": "1"})
    assert PreviewLink.objects.get().edition == edition


@pytest.mark.parametrize(
    "data",
    [
        {"link-purpose": "", "link-show": "", "link-days": "7"},
        {"link-purpose": "x", "link-show": "9", "link-days": "7"},
        {"link-purpose": "x", "link-show": "", "link-days": "365"},
        {"link-purpose": "x\0", "link-show": "", "link-days": "7"},
        {"link-purpose": "x" * 201, "link-show": "", "link-days": "7"},
        {},
    ],
)
def test_a_link_that_says_too_little_is_not_made(small, curator, address, data):
    response = curator.post(address, data)
    assert response.status_code == 200 and not PreviewLink.objects.exists()
    assert b"errorlist" in response.content or not data


def test_a_link_is_revoked(small, curator, address, token, client):
    link = PreviewLink.objects.get()
    revoke = reverse("admin:trials_exhibit_preview_revoke", args=[small.pk, link.pk])
    assert curator.get(revoke).status_code == 405
    assert client.get(f"/preview/{token}/").status_code == 200
    response = curator.post(revoke, follow=True)
    assert "The link for the trustees shows nothing any more" in words(response) and "revoked on" in words(response)
    assert client.get(f"/preview/{token}/").status_code == 404
    other = cases.load(cases.small_content(slug="other"))
    link, _token = preview.make_link(small, None, "y", 1, None)
    assert curator.post(f"/admin/trials/exhibit/{other.pk}/preview/links/{link.pk}/revoke/").status_code == 404
    assert PreviewLink.objects.valid().get() == link


def test_a_link_that_expired_says_so(small, curator, address, token):
    PreviewLink.objects.update(expires=timezone.now())
    page = words(curator.get(address))
    assert "expired" in page and "Revoke" not in page


def test_text_of_a_curator_is_only_text(small, curator, address):
    preview.make_link(small, None, "<script>alert(1)</script>", 7, None)
    assert b"<script>alert" not in curator.get(address).content


# In a real browser


@pytest.mark.browser
def test_the_three_screens_break_no_policy_in_a_real_browser(small, live_server, tab):
    image = image_of(small)
    Section.objects.update(image=image)
    client = staff(*ALL_PERMISSIONS)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    tab.context.add_cookies([cookie])
    tab.set_viewport_size({"width": 1440, "height": 1000})
    tab.goto(live_server.url + reverse("admin:trials_exhibit_preview", args=[small.pk]))
    tab.wait_for_load_state("networkidle")
    assert tab.complaints == []
    screens = [frame for frame in tab.frames if "/preview/exhibits/" in frame.url]
    assert [frame.locator("h1").inner_text() for frame in screens] == ["A small exhibit"] * 3
    assert [frame.evaluate("innerWidth") for frame in screens] == [390, 1280, 1080]
    assert screens[0].evaluate("document.querySelector('main img').naturalWidth") == image.width
    screens[0].locator(".ways-on a[href='timeline/']").click()
    screens[0].wait_for_url("**/timeline/")
    assert "Preview" in screens[0].locator(".preview-banner").text_content()
    assert tab.complaints == []
