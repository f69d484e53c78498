"""The language of the admin is each curator's own; that of a public page stands in its address alone."""

import pytest
from django.http import HttpResponse
from django.utils.translation import get_language

from exhibit.policy import LanguageMiddleware
from tests import cases
from tests.html import Page
from trials.editions import publish


@pytest.fixture(autouse=True)
def two_languages(settings):
    settings.LANGUAGES = [("en", "English"), ("ru", "Russian")]


def choose(client, code, then="/admin/"):
    return client.post("/admin/language/", {"language": code, "next": then})


def test_a_curator_chooses_a_language_and_stays_on_the_page(admin_client):
    response = choose(admin_client, "ru", "/admin/auth/user/?q=a")
    assert (response.status_code, response["Location"]) == (302, "/admin/auth/user/?q=a")
    cookie = response.cookies["language"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax"
    page = Page(admin_client.get("/admin/").content.decode())
    assert page.all("html")[0]["lang"] == "ru" and "Выйти" in page.words
    choose(admin_client, "en")
    assert "Log out" in admin_client.get("/admin/").content.decode()


def test_before_a_choice_the_browsers_language_is_taken(client):
    html = client.get("/admin/login/", headers={"accept-language": "ru,en;q=0.5"}).content.decode()
    assert 'lang="ru"' in html


def test_nobody_is_sent_elsewhere_by_the_choice(admin_client):
    assert choose(admin_client, "ru", "https://elsewhere.example/")["Location"] == "/admin/"
    assert admin_client.get("/admin/language/").status_code == 405


def test_a_language_that_is_not_offered_is_not_kept(admin_client):
    assert "language" not in choose(admin_client, "de").cookies


def test_one_language_is_no_choice(admin_client, settings):
    assert "/admin/language/" in admin_client.get("/admin/").content.decode()
    settings.LANGUAGES = [("en", "English")]
    assert "/admin/language/" not in admin_client.get("/admin/").content.decode()


def test_public_pages_know_neither_the_cookie_nor_the_browsers_language(small, admin_client):
    publish.publish(small, "First.")
    before = admin_client.get("/exhibits/small/")
    choose(admin_client, "ru")
    after = admin_client.get("/exhibits/small/", headers={"accept-language": "ru"})
    assert after.content == before.content and after["ETag"] == before["ETag"]
    assert "Accept-Language" not in after.get("Vary", "") and "Cookie" not in after.get("Vary", "")
    missing = admin_client.get("/nowhere/", headers={"accept-language": "ru"}).content.decode()
    assert '<html lang="en">' in missing


@pytest.mark.parametrize("asked", [{"HTTP_COOKIE": "language=ru"}, {"HTTP_ACCEPT_LANGUAGE": "ru"}])
def test_a_choice_is_asked_about_in_the_admin_alone(rf, asked):
    middleware = LanguageMiddleware(lambda request: HttpResponse(get_language()))
    languages = {"/admin/": "ru", "/admin/trials/person/": "ru", "/": "en", "/ru/": "en", "/preview/exhibits/1/": "en"}
    languages |= {"/media/x/y.jpg": "en", "/administration/": "en", "/ru/admin/": "en", "/exhibits/admin/": "en"}
    for path, language in languages.items():
        response = middleware(rf.get(path, **asked))
        assert response.content.decode() == language, path
        assert response.get("Content-Language") == ("ru" if language == "ru" else None), path


def test_the_exhibit_of_another_language_is_found_by_its_address(admin_client):
    content = cases.small_content(languages=["en", "ru"])
    publish.publish(cases.load(content), "First.")
    html = admin_client.get("/ru/exhibits/small/").content.decode()
    assert '<html lang="ru">' in html
