"""Translations: which are missing, out of date or not yet reviewed, and how one is marked as reviewed."""

import pytest
from django.contrib.auth.models import Group, Permission, User

from tests import cases
from tests.html import Page
from tests.test_admin import filled
from trials.editions import build, document, readiness
from trials.languages import Status, Text, changed, check_text, digest_of
from trials.models import Person, Place

RUSSIAN = {"en": "A journalist.", "ru": "Журналист."}


@pytest.fixture
def two_languages(settings):
    settings.LANGUAGES = [("en", "English"), ("ru", "Russian")]


@pytest.fixture
def both(two_languages, db):
    """The small exhibit in English and Russian, with one life translated."""
    content = cases.small_content(languages=["en", "ru"])
    content["people"][1]["life"] = {**RUSSIAN, "ru.of": digest_of("A journalist.")}
    return cases.load(content)


def address(exhibit, language="ru"):
    return f"/admin/trials/exhibit/{exhibit.pk}/translations/{language}/"


# The marks of a text


def test_a_translation_is_missing_out_of_date_unreviewed_or_reviewed():
    assert Text(en="A").status("ru") == Status.MISSING
    assert Text(en="A", ru="А").status("ru") == Status.UNREVIEWED
    done = Text(en="A", ru="А").reviewed("ru", "Anna Petrova")
    assert done.status("ru") == Status.REVIEWED
    assert Text({**done, "en": "B"}).status("ru") == Status.STALE
    assert done.words() == {"en": "A", "ru": "А"}


def test_a_text_with_marks_alone_is_empty_and_marks_are_no_language():
    assert not Text({"ru.by": "Anna Petrova"})
    assert Text({"ru": "А", "ru.by": "Anna Petrova"}).language("en") == "ru"


def test_words_that_stay_keep_their_marks_and_new_words_lose_them():
    old = Text(en="A", ru="А").reviewed("ru", "Anna Petrova")
    assert changed(old, {"en": "A", "ru": "А"}) == old
    assert changed(old, {"en": "B", "ru": "А"}).status("ru") == Status.STALE
    assert changed(old, {"en": "A", "ru": "Б"}) == {"en": "A", "ru": "Б", "ru.of": digest_of("A")}
    assert changed(old, {"en": "A"}) == {"en": "A"}


@pytest.mark.parametrize(
    ("mark", "sentence"),
    [
        ({"ru.of": "0123abcd"}, "a translation that is there"),
        ({"en.on": "0123abcd"}, "a mark of a translation"),
        ({"en.of": "today"}, "eight digits from 0 to f"),
        ({"en.by": " "}, "a name of at most 120"),
        ({"en.by": "A" * 121}, "a name of at most 120"),
        ({"en.by": "A\nB"}, "cannot be shown"),
    ],
)
def test_a_mark_that_means_nothing_is_refused(mark, sentence):
    with pytest.raises(ValueError, match=sentence):
        check_text({"en": "A", **mark}, lines=False, max_length=300)


# In the document


def test_marks_travel_with_the_document(both):
    made = build.build(both)
    life = made.records["people"]["radek"].life
    assert life == {**RUSSIAN, "ru.of": digest_of("A journalist.")}
    assert document.loads(document.dumps(made)) == made
    assert made.unreviewed == {"ru": 2}  # the section's body, and the life


def test_readiness_names_what_is_out_of_date_and_counts_what_is_not_reviewed(both):
    Person.objects.filter(key="radek").update(life={**RUSSIAN, "en": "A writer.", "ru.of": digest_of("A journalist.")})
    findings = readiness.check(both)
    stale = [finding for finding in findings if finding.rule == "translation_out_of_date"]
    assert [(finding.key, finding.field, finding.language) for finding in stale] == [("radek", "life", "ru")]
    (unreviewed,) = (finding for finding in findings if finding.rule == "translation_not_reviewed")
    assert unreviewed.sentence == "2 texts in “ru” are not yet reviewed: visitors are told so."


# In the admin


def test_the_exhibits_page_leads_to_its_translations(both, admin_client):
    html = admin_client.get(f"/admin/trials/exhibit/{both.pk}/change/").content.decode()
    assert address(both) in html and "Translation: Russian" in html


def test_the_page_says_what_is_to_do_record_by_record(both, admin_client):
    page = Page(admin_client.get(address(both)).content.decode())
    radek = Person.objects.get(key="radek")
    assert f"/admin/trials/person/{radek.pk}/change/" in page.links
    assert "Missing: 1, Not yet reviewed: 1" in page.words
    boxes = [box["value"] for box in page.all("input") if box.get("type") == "checkbox"]
    assert f"person-{radek.pk}" in boxes and page.faults == []
    place = Place.objects.get(key="house")
    assert f"place-{place.pk}" not in boxes and f"/admin/trials/place/{place.pk}/change/" in page.links


def test_a_reviewer_is_named_for_the_records_that_were_chosen(both, admin_client):
    radek = Person.objects.get(key="radek")
    data = {"reviewer": "Anna Petrova", "record": [f"person-{radek.pk}"]}
    response = admin_client.post(address(both), data, follow=True)
    assert "1 record is reviewed." in response.content.decode()
    version = radek.version
    radek.refresh_from_db()
    assert radek.life["ru.by"] == "Anna Petrova" and radek.life.status("ru") == Status.REVIEWED
    assert radek.version == version + 1
    history = admin_client.get(f"/admin/trials/person/{radek.pk}/history/").content.decode()
    assert "Translation (ru) reviewed by Anna Petrova" in history
    assert build.build(both).unreviewed == {"ru": 1}


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"reviewer": "Anna Petrova"}, "Choose the records"),
        ({"reviewer": "Anna Petrova", "record": ["person-999999"]}, "person-999999"),
        ({"reviewer": ""}, "This field is required"),
    ],
)
def test_a_review_without_a_name_or_a_record_is_refused(both, admin_client, data, sentence):
    assert sentence in admin_client.post(address(both), data).content.decode()
    assert build.build(both).unreviewed == {"ru": 2}


def test_a_language_that_is_not_there_has_no_page(both, admin_client):
    for language in ("en", "de", "xx"):
        assert admin_client.get(address(both, language)).status_code == 404


def test_a_form_shows_how_far_each_translation_can_be_relied_on(both, admin_client):
    radek = Person.objects.get(key="radek")
    html = admin_client.get(f"/admin/trials/person/{radek.pk}/change/").content.decode()
    assert html.count("Not yet reviewed") == 1 and "Missing" in html


def test_saving_a_form_keeps_a_review_of_words_that_stay(both, admin_client):
    radek = Person.objects.get(key="radek")
    radek.life = radek.life.reviewed("ru", "Anna Petrova")
    radek.save()
    data = filled(admin_client, f"/admin/trials/person/{radek.pk}/change/")
    assert admin_client.post(f"/admin/trials/person/{radek.pk}/change/", {**data, "identity": "x"}).status_code == 302
    radek.refresh_from_db()
    assert radek.identity == "x" and radek.life["ru.by"] == "Anna Petrova"
    changes = {**data, "seen": radek.version, "identity": "x", "life_en": "A writer."}
    assert admin_client.post(f"/admin/trials/person/{radek.pk}/change/", changes).status_code == 302
    radek.refresh_from_db()
    assert radek.life.status("ru") == Status.STALE


def test_who_may_only_look_cannot_mark_translations_as_reviewed(both, client):
    user = User.objects.create_user("visitor", is_staff=True)
    user.user_permissions.add(*Permission.objects.filter(codename__startswith="view_"))
    client.force_login(user)
    page = Page(client.get(address(both)).content.decode())
    assert "Missing: 1, Not yet reviewed: 1" in page.words
    assert [field for field in page.all("input") if field.get("name") in ("record", "reviewer")] == []
    radek = Person.objects.get(key="radek")
    data = {"reviewer": "Anna Petrova", "record": [f"person-{radek.pk}"]}
    assert client.post(address(both), data).status_code == 403
    assert build.build(both).unreviewed == {"ru": 2}


def test_kiosk_stewards_see_no_translations(both, client):
    user = User.objects.create_user("steward", is_staff=True)
    user.groups.add(Group.objects.get(name="kiosk steward"))
    client.force_login(user)
    assert client.get(address(both)).status_code == 403
    assert client.post(address(both), {"reviewer": "A"}).status_code == 403
