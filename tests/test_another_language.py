"""Another language is one more code in LANGUAGES and in the exhibit's list: shown here with German.

No migration, no template, no table: pages, dates, switch, search, readiness and packages take it as it comes.
"""

import io
import re

import pytest
from django.core.management import call_command
from django.utils import formats, timezone, translation

from tests import cases, walk
from tests.html import Page
from trials.editions import build, display, document, package, publish, readiness
from trials.languages import digest_of
from trials.models import Person
from trials.pages import links

LANGUAGES = [*walk.LANGUAGES, ("de", "German")]
TITLE, LIFE = "Eine kleine Ausstellung", "Ein Journalist, der viele Zeitungen gegründet hatte."


@pytest.fixture
def exhibit(settings, db):
    """The small exhibit in three languages; of its texts four are in German, and one in Russian."""
    settings.LANGUAGES = LANGUAGES
    content = cases.small_content(languages=["en", "ru", "de"])
    content["title"]["de"] = TITLE
    content["lede"]["de"] = "Zwei Angeklagte, *eine* Quelle."
    radek = content["people"][1]
    radek["life"] |= {"de": LIFE, "de.of": digest_of(radek["life"]["en"])}
    content["terms"][0]["term"]["de"] = "Schauprozess"
    return cases.load(content)


@pytest.fixture
def shown(exhibit):
    """The exhibit on display."""
    publish.publish(exhibit, "Auf Deutsch.")
    display.forget_what_is_on_display()
    return exhibit


def read(client, path) -> str:
    """The German page of the exhibit at a path inside it."""
    response = client.get(links.exhibit_path("small", "de") + path)
    assert response.status_code == 200, path
    html = response.content.decode()
    page = Page(html)
    assert page.all("html")[0]["lang"] == "de" and page.faults == []
    return html


def test_every_page_is_there_in_german_with_what_is_not_translated_in_the_main_language(shown, client):
    for path in walk.exhibit_pages():
        if not path.endswith(".json"):
            assert client.get(links.exhibit_path("small", "de") + path).status_code == 200, path
    html = read(client, "")
    assert f"<h1>{TITLE}</h1>" in html and "Zwei Angeklagte, <em>eine</em> Quelle." in html
    assert '<li><span lang="en">Two were accused.</span>' in html
    html = read(client, "people/radek/")
    assert f"<p>{LIFE}</p>" in html and '<h1><span lang="en">Karl Radek</span></h1>' in html
    html = read(client, "people/ulrikh/")
    assert re.search('<div lang="en"><p>He presided.</p>\\s*</div><p class="untranslated">', html)
    assert "untranslated" not in client.get("/exhibits/small/people/ulrikh/").content.decode()
    assert LIFE not in client.get("/ru/exhibits/small/people/radek/").content.decode()


def test_dates_are_german(shown, client):
    assert re.search('<time[^>]* datetime="1937-01-23">23. Januar 1937</time>', read(client, "timeline/"))
    with translation.override("de"):
        today = formats.date_format(timezone.localdate(), "j. F Y")
    assert today in read(client, "")


def test_the_switch_and_search_engines_know_three_languages(shown, client):
    ways = {"en": "English", "ru": "Русский", "de": "Deutsch"}
    for language in ways:
        html = client.get(links.exhibit_path("small", language) + "timeline/").content.decode()
        switch = re.findall('<a href="([^"]+)" lang="(..)" hreflang="(..)"[^>]*>([^<]+)</a>', html)
        assert switch == [(links.exhibit_path("small", code) + "timeline/", code, code, ways[code]) for code in ways]
        alternates = [link["hreflang"] for link in Page(html).all("link") if "hreflang" in link]
        assert sorted(alternates) == ["de", "en", "ru", "x-default"]


def test_a_word_is_found_in_its_other_forms_and_names_are_found_in_every_language(shown, client):
    radek = "/de/exhibits/small/people/radek/"
    for asked in ("Zeitung", "Zeitungen", "Journalisten", "Радек", "Karl Radek"):
        assert radek in client.get("/de/search/", {"q": asked}).content.decode(), asked
    assert radek not in client.get("/de/search/", {"q": "Brot"}).content.decode()
    assert "people/radek" not in client.get("/search/", {"q": "Zeitung"}).content.decode()


def test_readiness_counts_what_is_missing_and_what_nobody_reviewed(exhibit):
    made = build.build(exhibit)
    texts = [text for text in document.texts_in(made) if text]
    findings = readiness.check(exhibit)
    missing = [finding for finding in findings if finding.rule == "text_not_translated" and finding.language == "de"]
    assert len(missing) == len(texts) - 4
    assert made.unreviewed["de"] == 4
    assert any("4 texts in “de” are not yet reviewed" in finding.sentence for finding in findings)
    Person.objects.filter(key="radek").update(life={"en": "A writer.", "de": LIFE, "de.of": digest_of("A journalist.")})
    stale = [finding for finding in readiness.check(exhibit) if finding.rule == "translation_out_of_date"]
    assert [(finding.key, finding.language) for finding in stale] == [("radek", "de")]


def test_curators_write_and_review_german(exhibit, admin_client):
    radek = Person.objects.get(key="radek")
    fields = Page(admin_client.get(f"/admin/trials/person/{radek.pk}/change/").content.decode()).all("textarea")
    assert {"id_life_en", "id_life_ru", "id_life_de"} <= {field.get("id") for field in fields}
    address = f"/admin/trials/exhibit/{exhibit.pk}/translations/de/"
    admin_client.post(address, {"reviewer": "Anna Petrova", "record": [f"person-{radek.pk}"]})
    radek.refresh_from_db()
    assert radek.life["de.by"] == "Anna Petrova"


def test_the_database_stays_as_it_is(exhibit):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_a_package_keeps_every_language_also_where_german_is_no_longer_offered(exhibit, settings):
    before = build.build(exhibit)
    package.write(before, packed := io.BytesIO())
    exhibit.delete()
    settings.LANGUAGES = walk.LANGUAGES
    loaded = package.load(package.read(packed), None).exhibit
    assert loaded.languages == ["en", "ru", "de"] and loaded.title["de"] == TITLE
    radek = Person.objects.get(exhibit=loaded, key="radek")
    assert radek.life["de"] == LIFE and radek.life["de.of"] == digest_of("A journalist.")
    assert build.build(loaded) == before


def test_what_is_german_is_not_shown_and_not_lost_where_german_is_no_longer_offered(shown, client, settings):
    settings.LANGUAGES = walk.LANGUAGES
    display.forget_what_is_on_display()
    assert client.get("/de/exhibits/small/").status_code == 404
    html = client.get("/exhibits/small/").content.decode()
    assert 'hreflang="de"' not in html and 'hreflang="ru"' in html
    radek = Person.objects.get(key="radek")
    radek.save()
    radek.refresh_from_db()
    assert radek.life["de"] == LIFE
    settings.LANGUAGES = LANGUAGES
    assert LIFE in read(client, "people/radek/")
