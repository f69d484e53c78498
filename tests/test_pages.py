"""Each kind of page of an exhibit: the words it must carry, and what it must not show."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import cases
from tests.html import Page
from trials import models
from trials.editions import display, publish, upgrade
from trials.pages import errors

MOUNT = f"/exhibits/{cases.SHIPPED_SLUG}/"
WORDS = {
    "": ["What happened?", "Why does it matter?", "23–30 January 1937", "seventeen", "Cite this page", "Edition 1"],
    "defendants/": ["Pyatakov", "Radek", "Stroilov", "The accused"],
    "people/": ["Trotsky", "Stalin", "Observers"],
    "people/pyatakov/": ["Пятаков", "What was alleged", "What is known", "probably 1 February 1937", "under coercion"],
    "people/radek/": ["19 May 1939", "16–17 September 1936", "How we know", "Confidence: high", "Радек"],
    "people/stroilov/": ["11 September 1941", "between 1959 and 1988", "8 years"],
    "timeline/": ["Alleged: it did not happen", "13 June 1988", "Morning", "Evening"],
    "court/": ["Ulrikh", "Vyshinsky", "Presiding judge", "Prosecutor", "Braude"],
    "charges/": ["58-1a", "58-11", "What was alleged", "What is known"],
    "places/": ["House of the Unions"],
    "glossary/": ["Show trial", "показательный процесс"],
    "disputes/": ["What this exhibit says"],
    "sources/": ["Official trial record", "Report of Court Proceedings"],
    "editions/": ["Edition 1", "First edition."],
}


@pytest.mark.parametrize("path", WORDS)
def test_a_page_carries_the_words_it_is_for(shipped, client, path):
    response = client.get(MOUNT + path)
    assert response.status_code == 200
    words = Page(response.content.decode()).words
    assert [word for word in WORDS[path] if word not in words] == []


def test_the_working_copy_is_never_seen(small, client):
    publish.publish(small, "First.")
    secret = {"en": "UNPUBLISHED"}
    for model in (models.Person, models.TimelineEntry, models.Section, models.Charge, models.Place, models.Term):
        for row in model.objects.all():
            for field in model._meta.fields:
                if isinstance(field, models.base.TranslatedField):
                    setattr(row, field.name, secret)
            row.save()
    small.refresh_from_db()
    small.title = small.lede = small.notice = secret
    small.save()
    cases_of_pages = [path.replace("people/pyatakov/", "people/radek/") for path in WORDS]
    for path in [*cases_of_pages, "document.json", "timeline.json"]:
        if "stroilov" not in path:
            assert "UNPUBLISHED" not in client.get(f"/exhibits/small/{path}").content.decode(), path
    assert "UNPUBLISHED" not in client.get("/").content.decode()


def test_no_public_page_reads_the_working_copy(shipped, client):
    tables = {
        model._meta.db_table
        for name, model in vars(models).items()
        if hasattr(model, "_meta") and name not in ("Edition", "Display", "PublishedImage", "SearchEntry", "Takedown")
    }
    display.forget()
    with CaptureQueriesContext(connection) as queries:
        for path in [*WORDS, "document.json", "timeline.json"]:
            assert client.get(MOUNT + path).status_code == 200
        for path in ("/", "/about/", "/sitemap.xml", "/nowhere/"):
            client.get(path)
    assert len(tables) > 15
    for query in queries:
        assert not any(f'"{table}"' in query["sql"] for table in tables), query["sql"]


def test_a_warm_page_asks_the_database_nothing(shipped, client, django_assert_num_queries, monkeypatch):
    """But for the one question a second; here the second does not end."""
    monkeypatch.setattr(display.time, "monotonic", lambda: 1.0)
    client.get(MOUNT)
    client.get(MOUNT + "people/radek/")
    display.forget_what_is_on_display()
    with django_assert_num_queries(1):
        for path in set(WORDS) - {"editions/"}:
            client.get(MOUNT + path)


@pytest.mark.parametrize("path", ["", "defendants/", "people/pyatakov/", "timeline/", "charges/", "/"])
def test_a_cold_page_takes_the_same_few_queries_for_17_and_170_defendants(db, client, path, monkeypatch):
    # What is on display is asked for once, however long the page takes.
    monkeypatch.setattr(display, "BELIEVED", 10**9)
    counts = []
    for size in (17, 170):
        publish.publish(cases.load(cases.large_content(size) | {"slug": f"large-{size}"}), "First.")
        display.forget()
        with CaptureQueriesContext(connection) as queries:
            address = path if path == "/" else f"/exhibits/large-{size}/{path}"
            assert client.get(address).status_code == 200
        counts.append(len(queries) - (size == 170 and path == "/"))
    assert counts[0] == counts[1] <= 4


def test_the_document_for_machines_is_the_document(shipped, client):
    response = client.get(MOUNT + "document.json")
    assert response.content == cases.SHIPPED.read_bytes()
    assert response["Content-Type"] == "application/json; charset=utf-8"
    assert "/schema/document.json" in response["Link"]


def test_the_schema_describes_the_document(shipped, client):
    schema = client.get("/schema/document.json").json()
    assert set(json.loads(cases.SHIPPED.read_bytes())) <= set(schema["properties"])


def test_the_timeline_for_machines_marks_what_was_alleged(shipped, client):
    content = client.get(MOUNT + "timeline.json").json()
    assert content["licence"] == "CC BY 4.0"
    alleged = [entry for entry in content["entries"] if entry["alleged"]]
    assert alleged and all(entry["standing"] in ("alleged", "refuted") for entry in alleged)
    assert len(content["entries"]) == len(cases.shipped_document().timeline)


def test_a_persons_old_address_leads_to_the_present_one(small, client):
    publish.publish(small, "First.")
    response = client.get("/exhibits/small/people/sobelsohn/")
    assert response.status_code == 301 and response["Location"] == "../radek/"


def test_an_exhibits_old_address_leads_to_the_present_one(small, client):
    publish.publish(small, "First.")
    small.slug = "renamed"
    small.save()
    publish.publish(small, "Renamed.")
    display.forget()
    assert client.get("/exhibits/small/people/radek/")["Location"] == "/exhibits/renamed/people/radek/"
    assert client.get("/exhibits/small/editions/1/")["Location"] == "/exhibits/renamed/editions/1/"
    assert client.get("/exhibits/renamed/editions/1/").status_code == 200


def test_nothing_that_may_be_otherwise_in_a_minute_is_remembered(small, client):
    """After a roll-back the old slug is the present one again: a remembered redirect would go in circles."""
    publish.publish(small, "First.")
    small.slug = "renamed"
    small.save()
    publish.publish(small, "Renamed.")
    display.forget()
    for path, status in (("/exhibits/small/", 301), ("/exhibits/nothing/", 404), ("/media/x/image.png", 404)):
        response = client.get(path)
        assert response.status_code == status and "no-cache" in response["Cache-Control"], path
    publish.withdraw(small, "For a day.")
    display.forget()
    assert "no-cache" in client.get("/exhibits/renamed/")["Cache-Control"]


def test_an_exhibit_off_display_says_so_and_helps(small, client):
    publish.publish(small, "First.")
    publish.withdraw(small, "For a day.")
    display.forget()
    for path in ("", "people/radek/", "editions/1/", "document.json"):
        response = client.get(f"/exhibits/small/{path}")
        assert response.status_code == 404
        assert "This exhibit is not on display" in response.content.decode()


def test_an_exhibit_that_was_never_on_display_is_not_known(small, client):
    assert "There is no page at this address" in client.get("/exhibits/small/").content.decode()


def test_an_earlier_edition_says_that_it_is_superseded(small, client):
    publish.publish(small, "First.")
    display.forget_what_is_on_display()
    assert "superseded" not in client.get("/exhibits/small/editions/1/").content.decode()
    small.refresh_from_db()
    small.where = {"en": "Elsewhere"}
    small.save()
    publish.publish(small, "Second.")
    display.forget_what_is_on_display()
    assert "visitors see edition 2 now" in client.get("/exhibits/small/editions/1/timeline/").content.decode()
    assert "superseded" not in client.get("/exhibits/small/editions/2/").content.decode()


def test_an_edition_that_is_only_scheduled_is_not_found(small, client):
    from datetime import timedelta

    from django.utils import timezone

    publish.publish(small, "First.")
    small.refresh_from_db()
    small.where = {"en": "Elsewhere"}
    small.save()
    publish.publish(small, "Second.", starts=timezone.now() + timedelta(hours=1))
    display.forget()
    assert client.get("/exhibits/small/editions/1/").status_code == 200
    assert client.get("/exhibits/small/editions/2/").status_code == 404
    assert "Second." not in client.get("/exhibits/small/editions/").content.decode()


def test_a_tampered_edition_is_our_page_and_the_others_go_on(small, client):
    edition = publish.publish(small, "First.").edition
    publish.publish(cases.load(cases.small_content(slug="other", title={"en": "Another exhibit"})), "First.")
    models.Edition._base_manager.filter(pk=edition.pk).update(content=b"{}")
    display.forget()
    response = client.get("/exhibits/small/people/radek/")
    assert response.status_code == 503 and response["Retry-After"]
    assert "cannot be shown at the moment" in response.content.decode()
    front = client.get("/").content.decode()
    assert "Another exhibit" in front and "A small exhibit" not in front
    assert client.get("/exhibits/other/").status_code == 200
    assert "/exhibits/small/" not in client.get("/sitemap.xml").content.decode()


def test_a_tampered_edition_raises_an_alarm_in_the_admin(small, admin_client):
    edition = publish.publish(small, "First.").edition
    assert "was changed in the database" not in admin_client.get("/admin/").content.decode()
    models.Edition._base_manager.filter(pk=edition.pk).update(content=b"{}")
    assert "Edition 1 of “small” was changed in the database" in admin_client.get("/admin/").content.decode()


def test_the_front_door_of_an_empty_museum_says_so(db, client):
    assert "No exhibit is on display at the moment" in client.get("/").content.decode()


def test_absolute_addresses_come_from_public_url_and_never_from_the_host(shipped, client, settings):
    settings.ALLOWED_HOSTS = ["evil.example"]
    for path in ("", "people/radek/"):
        html = client.get(MOUNT + path, headers={"host": "evil.example"}).content.decode()
        assert "evil.example" not in html
        assert f"http://localhost:8000{MOUNT}editions/1/{path}" in html


def test_a_museum_may_put_its_own_page_in_front(shipped, client, settings, tmp_path):
    (tmp_path / "museum").mkdir()
    (tmp_path / "museum" / "about.html").write_text("<h1>Our own words</h1>")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}]
    assert "Our own words" in client.get("/about/").content.decode()


def test_what_a_curator_writes_is_never_run(db, client):
    evil = "<script>alert(1)</script>"
    content = cases.small_content(title={"en": evil})
    content["sections"][0]["body"]["en"] = f"{evil} [x](javascript:alert(1)) <img src=x onerror=alert(1)>"
    content["people"][1]["name"]["en"] = evil
    content["sources"][0]["label"]["en"] = '"><script>alert(2)</script>'
    publish.publish(cases.load(content), "<script>alert(3)</script>")
    for path in ("", "people/radek/", "timeline/", "sources/", "editions/"):
        page = Page(client.get(f"/exhibits/small/{path}").content.decode())
        assert all(script.get("src", "").startswith("/static/") for script in page.all("script")), path
        assert not page.all("img"), path
        assert all(not link.startswith("javascript") for link in page.links)


def test_a_text_in_a_language_that_stands_in_says_which(db, client, settings):
    settings.LANGUAGES = [("en", "English"), ("ru", "Russian")]
    content = cases.small_content(languages=["en", "ru"])
    content["people"][1]["name"]["ru"] = "Карл Радек"
    publish.publish(cases.load(content), "First.")
    html = client.get("/ru/exhibits/small/people/radek/").content.decode()
    assert '<html lang="ru">' in html
    assert "<h1>Карл Радек</h1>" in html
    assert '<div lang="en"><p>A journalist.</p>' in html
    assert client.get("/de/exhibits/small/").status_code == 404
    assert client.get("/en/exhibits/small/").status_code == 404


def test_an_exhibit_that_cannot_be_read_leaves_the_rest_of_the_site_standing(small, client, monkeypatch):
    publish.publish(small, "First.")
    monkeypatch.setattr(upgrade, "SHAPE", 0)
    display.forget()
    assert client.get("/exhibits/small/").status_code == 503
    assert client.get("/about/").status_code == 200
    assert client.get("/nowhere/").status_code == 404
    assert client.get("/sitemap.xml").status_code == 200


def test_a_language_that_is_not_offered_is_not_in_the_sitemap(db, client):
    publish.publish(cases.load(cases.small_content(languages=["en", "ru"])), "First.")
    display.forget()
    words = client.get("/sitemap.xml").content.decode()
    assert "/exhibits/small/timeline/" in words and "/ru/" not in words


@pytest.mark.parametrize("path", ["/", "/nowhere/", "/healthz", "/exhibits/small/"])
def test_no_page_of_a_visitor_minds_what_cookies_are_sent(small, client, path):
    publish.publish(small, "First.")
    display.forget()
    client.cookies.load({"sessionid": "no session", "csrftoken": "%ff"})
    response = client.get(path)
    assert not response.cookies and "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize("path", ["/", "/admin/trials/person/", "/admin/login/"])
def test_a_nul_in_the_query_is_refused_with_a_page_of_our_own(db, admin_client, path):
    response = admin_client.get(path + "?parts__role=%00")
    assert response.status_code == 400
    assert "This request could not be understood" in response.content.decode()


def test_a_fault_while_the_page_about_a_fault_is_made_leaves_a_sentence(rf, monkeypatch, caplog):
    def fail(*args, **options):
        raise ValueError("Missing staticfiles manifest entry")

    monkeypatch.setattr(errors, "render", fail)
    response = errors.server_error(rf.get("/"))
    assert response.status_code == 500 and b"went wrong" in response.content
    assert "Missing staticfiles manifest entry" in caplog.text
