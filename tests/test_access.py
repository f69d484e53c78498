"""Who may reach what: every route of the URL table has a rule here, and a route without one fails."""

import re

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.urls import URLPattern, get_resolver

from tests import cases
from trials.editions import publish

PUBLIC = {
    *("healthz", "robots", "sitemap", "favicon", "document_schema", "image"),
    *("front_door", "about", "accessibility", "privacy", "report", "search"),
    *("story", "defendants", "people", "person", "timeline", "court", "charges", "places", "glossary"),
    *("disputes", "sources", "editions", "document_json", "timeline_json"),
    *("share", "share_person", "editions_feed", "feed", "sitemap_part", "front_door_page"),
}
# Pages of the admin that every member of staff may open, and those that anybody may.
STAFF = {"index", "password_change", "password_change_done", "view_on_site", "autocomplete", "app_list", "language"}
ANYBODY = {"login", "logout", "jsi18n"}
# What a parameter of a route is filled with, by the name of the route's model.
MISSING = "999999"


def routes(patterns=None, prefix="", namespace=""):
    """Every route: its path as the URL table has it, and its name with the namespace."""
    for pattern in patterns or get_resolver().url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield path, f"{namespace}{pattern.name or ''}"
        else:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from routes(pattern.url_patterns, path, inner)


ROUTES = sorted(set(routes()))
ADMIN = [(path, name.removeprefix("admin:")) for path, name in ROUTES if name.startswith("admin:")]
GUARDED = [(path, name) for path, name in ADMIN if name and name not in STAFF | ANYBODY]


def test_every_route_has_a_rule():
    unknown = []
    for path, name in ROUTES:
        if path.startswith("preview/"):
            continue  # a token or a permission opens it: tests/test_preview.py
        if not name.startswith("admin:") and name not in PUBLIC:
            unknown.append(f"{path} ({name})")
    assert unknown == []
    names = {name for _path, name in ADMIN}
    assert len(GUARDED) > 100 and STAFF - {"autocomplete"} <= names


def filled(path: str, small) -> str:
    """An address of the route, with the keys of records there are."""
    found = re.match(r"\^?admin/trials/(\w+)/", path)
    pk = MISSING
    if found:
        model = apps.get_model("trials", found[1]) if found[1] in apps.all_models["trials"] else None
        pk = (model and model._base_manager.values_list("pk", flat=True).first()) or MISSING
    path = re.sub(r"<path:\w+>|<int:\w+>|<slug:\w+>", str(pk), path)
    path = re.sub(r"<str:\w+>", "0" * 64, path)
    path = re.sub(r"\(\?P<app_label>[^)]*\)", "trials", path)
    return "/" + path.replace("^", "").replace("$", "")


@pytest.fixture
def published(small):
    """A small exhibit that has been published once."""
    publish.publish(small, "First.")
    return small


def refused(response, path) -> bool:
    """Whether somebody is sent away: to sign in, with 403, or to the front page because no such record is known."""
    there = response.get("Location", "")
    return response.status_code == 403 or there == "/admin/" or there.startswith("/admin/login/")


def test_the_anonymous_are_sent_to_sign_in_from_every_page_of_the_admin(published, client):
    let_in = [
        f"{method} {path}"
        for path, name in ADMIN
        if name and name not in ANYBODY
        for method in ("get", "head", "post")
        if not refused(getattr(client, method)(filled(path, published)), path)
    ]
    assert not let_in, "\n".join(let_in)


def test_staff_without_any_permission_are_refused_on_every_guarded_page(published, client):
    client.force_login(User.objects.create_user("new", is_staff=True))
    let_in = [
        f"{method} {path}"
        for path, name in GUARDED
        for method in ("get", "head", "post")
        # Nothing to see is no refusal, but nothing is told either.
        if not refused(response := getattr(client, method)(filled(path, published)), path)
        and response.status_code not in (404, 405)
    ]
    assert not let_in, "\n".join(let_in)


def test_a_contributor_edits_but_neither_publishes_nor_looks_after_accounts(published, client):
    user = User.objects.create_user("contributor", is_staff=True)
    user.groups.add(Group.objects.get(name="contributor"))
    client.force_login(user)
    for model in ("person", "section", "fact", "timelineentry", "source"):
        assert client.get(f"/admin/trials/{model}/").status_code == 200
        assert client.get(f"/admin/trials/{model}/add/").status_code == 200
    for path in ("auth/user/", "auth/group/", "trials/exhibit/add/", f"trials/exhibit/publish/?exhibit={published.pk}"):
        assert client.get(f"/admin/{path}").status_code == 403
    for step in ("withdraw", "roll-back"):
        assert client.post(f"/admin/trials/exhibit/{published.pk}/{step}/", {"note": "x"}).status_code == 403


def test_a_kiosk_steward_sees_no_record(published, client):
    user = User.objects.create_user("steward", is_staff=True)
    user.groups.add(Group.objects.get(name="kiosk steward"))
    client.force_login(user)
    for model in ("exhibit", "person", "edition", "takedown"):
        assert client.get(f"/admin/trials/{model}/").status_code == 403


def test_nobody_signs_out_by_an_address_alone(published, client):
    client.force_login(User.objects.create_superuser("curator"))
    assert client.get("/admin/logout/").status_code == 405
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("query", ["?created__year=" + "9" * 30, "?starts__year=" + "9" * 30])
def test_a_number_that_no_database_holds_is_a_bad_request(published, admin_client, query):
    for model in ("edition", "display"):
        assert admin_client.get(f"/admin/trials/{model}/{query}").status_code in (302, 400)


def test_a_record_of_another_exhibit_is_never_reached_through_a_neighbour(published, client):
    """The pages of one exhibit name nothing of a draft beside it."""
    cases.load(cases.small_content(slug="draft", title={"en": "UNPUBLISHED"}))
    for path in ("/", "/sitemap.xml", "/exhibits/small/", "/exhibits/small/editions/", "/search/?q=unpublished"):
        html = client.get(path).content.decode()
        assert "draft" not in html and "UNPUBLISHED" not in html
