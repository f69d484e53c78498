"""The curators' admin: every record can be edited, nothing is lost, and nothing is published by accident."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image as Picture

from tests import cases
from tests.html import Page
from trials import images, models
from trials.admin.base import REMINDER, RecordAdmin, RecordForm
from trials.admin.images import key_from
from trials.editions.publish import publish
from trials.models.base import Record

REGISTERED = sorted(
    (model for model in admin.site._registry if model._meta.app_label == "trials"),
    key=lambda model: model.__name__,
)
WRITABLE = [model for model in REGISTERED if isinstance(admin.site._registry[model], RecordAdmin)]


def named(model):
    return model.__name__


every_model = pytest.mark.parametrize("model", REGISTERED, ids=named)
every_writable_model = pytest.mark.parametrize("model", WRITABLE, ids=named)


def address(page, model, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def change(record):
    return address("change", type(record), record.pk)


def picture(colour="red", size=(3, 2), kind="PNG"):
    content = io.BytesIO()
    Picture.new("RGB", size, colour).save(content, kind)
    return content.getvalue()


def image_of(exhibit, key="portrait"):
    """An image whose file is stored."""
    rewritten = images.rewrite(picture(), "portrait.png")
    images.store(rewritten)
    fields = {name: getattr(rewritten, name) for name in ("sha256", "extension", "width", "height")}
    return models.Image.objects.create(exhibit=exhibit, key=key, alt={"en": "Red"}, **fields)


class Filled(HTMLParser):
    """What a browser would send for the form of an admin page: each field as it stands."""

    def __init__(self, response):
        super().__init__()
        self.data, self._select, self._textarea, self._inside = {}, None, None, False
        self.feed(response.content.decode())

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        name = attributes.get("name")
        if tag == "form":
            self._inside = attributes.get("id", "").endswith("_form")
        if not self._inside or "disabled" in attributes:
            return
        if tag == "input" and name and attributes.get("type") not in ("submit", "file"):
            if attributes.get("type") != "checkbox" or "checked" in attributes:
                self.data[name] = attributes.get("value", "on" if attributes.get("type") == "checkbox" else "")
        elif tag == "select":
            self._select = name
            self.data[name] = [] if "multiple" in attributes else ""
        elif tag == "option" and self._select and "selected" in attributes:
            if isinstance(self.data[self._select], list):
                self.data[self._select].append(attributes["value"])
            else:
                self.data[self._select] = attributes["value"]
        elif tag == "textarea":
            self._textarea = name
            self.data[name] = ""

    def handle_endtag(self, tag):
        if tag == "select":
            self._select = None
        elif tag == "textarea":
            self.data[self._textarea] = self.data[self._textarea].removeprefix("\n")
            self._textarea = None
        elif tag == "form":
            self._inside = False

    def handle_data(self, data):
        if self._textarea:
            self.data[self._textarea] += data


def filled(client, path, **changes):
    """The data of the form at ``path``, with ``changes`` (``-`` written as ``__``) typed into it."""
    response = client.get(path)
    assert response.status_code == 200
    return {**Filled(response).data, **{name.replace("__", "-"): value for name, value in changes.items()}}


def added(prefix, **values):
    """The data of a first row added to an inline."""
    return {f"{prefix}-TOTAL_FORMS": "1", **{f"{prefix}-0-{name}": value for name, value in values.items()}}


def words(response):
    return Page(response.content.decode()).words


@pytest.fixture
def anna(db):
    return User.objects.create_superuser("anna", password="x", first_name="Anna", last_name="Arkhipova")


@pytest.fixture
def client(anna):
    client = Client()
    client.force_login(anna)
    return client


@pytest.fixture
def boris(db):
    """A second curator's browser."""
    client = Client()
    client.force_login(User.objects.create_superuser("boris", password="x"))
    return client


def staff(*permissions):
    """The browser of a curator who may do this alone."""
    user = User.objects.create_user("clara", password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def everything(small):
    """An exhibit with one of everything, published."""
    image_of(small)
    publish(small, "First edition.")
    models.Takedown.objects.create(sha256="0" * 64, reason="Forbidden.")
    return small


@pytest.fixture
def other(small):
    """A second exhibit."""
    return cases.load(cases.small_content(slug="other", title={"en": "Another exhibit"}))


@pytest.fixture
def person(small):
    return small.people.get(key="pyatakov")


@pytest.fixture
def fact(small):
    return models.Fact.objects.get()


# Every page


@every_model
def test_every_page_of_every_record_opens_for_a_curator(everything, client, model):
    assert client.get(address("changelist", model)).status_code == 200
    assert client.get(address("change", model, model.objects.first().pk)).status_code == 200
    assert client.get(address("history", model, model.objects.first().pk)).status_code == 200
    assert client.get(address("add", model)).status_code == (200 if model in WRITABLE else 403)


@every_model
def test_a_visitor_is_asked_to_sign_in(everything, model):
    for path in pages_of(model):
        response = Client().get(path)
        assert (response.status_code, response.url.split("?")[0]) == (302, "/admin/login/")


@every_model
def test_staff_without_permission_see_nothing(everything, model):
    client = staff()
    assert [client.get(path).status_code for path in pages_of(model)] == [403, 403, 403]


@every_model
def test_staff_who_may_only_look_see_every_record_and_change_none(everything, model):
    client = staff(*(f"view_{model._meta.model_name}" for model in REGISTERED))
    record = model.objects.first()
    assert client.get(address("changelist", model)).status_code == 200
    response = client.get(address("change", model, record.pk))
    assert response.status_code == 200 and "Seen:" not in words(response)
    assert client.post(address("change", model, record.pk), {}).status_code == 403


def pages_of(model):
    return [
        address("changelist", model),
        address("add", model),
        address("change", model, model.objects.first().pk),
    ]


@every_model
def test_pages_are_well_formed_and_hold_nothing_inline_and_no_id_twice(everything, client, model):
    paths = [address("changelist", model), address("change", model, model.objects.first().pk)]
    for path in paths + ([address("add", model)] if model in WRITABLE else []):
        html = client.get(path).content.decode()
        page = Page(html)
        assert [a for _tag, a in page.elements if "style" in a or any(name.startswith("on") for name in a)] == []
        assert all("src" in a or a.get("type") == "application/json" for a in page.all("script"))
        assert page.all("style") == []
        ids = [name for name in page.ids if "__prefix__" not in name]
        assert len(ids) == len(set(ids))


def test_every_editable_field_of_every_record_can_be_edited(everything, client):
    offered = {model: set() for model in vars(models).values() if isinstance(model, type) and issubclass(model, Record)}
    for model in WRITABLE:
        response = client.get(address("change", model, model.objects.first().pk))
        offered[model] |= set(response.context["adminform"].form.fields)
        for inline in response.context["inline_admin_formsets"]:
            offered[inline.opts.model] |= set(inline.formset.empty_form.fields)
    offered[models.Defendant].add("order")  # the accused stand in the order of their numbers
    kept_by_the_record_itself = {"former_slugs", "former_keys"}
    for model, names in offered.items():
        fields = [*model._meta.fields, *model._meta.many_to_many]
        editable = {field.name for field in fields if field.editable and not field.primary_key}
        subjects = {name for name in models.evidence.SUBJECTS} if model is models.Citation else set()
        assert editable - names - kept_by_the_record_itself - subjects == set(), model


def test_the_index_lists_the_exhibit_first_and_accounts_last(client):
    apps = client.get("/admin/").context["app_list"]
    assert [app["app_label"] for app in apps] == ["trials", "auth"]
    names = [model["object_name"] for model in apps[0]["models"]]
    assert names[0] == "Exhibit" and names[-1] == "Takedown"
    assert not {"Reading", "Participant", "Connection"} & set(names)


# Lists


@every_model
def test_lists_ask_the_same_number_of_questions_however_many_records_there_are(everything, client, model):
    def questions():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address("changelist", model)).status_code == 200
        return len(captured)

    for slug in ("second", "third"):
        exhibit = cases.load(cases.small_content(slug=slug))
        image_of(exhibit)
        publish(exhibit, "First edition.")
        if slug == "second":
            questions()  # content types are remembered from now on
            before = questions()
    assert questions() == before


@pytest.mark.parametrize("kind", ["person", "timelineentry", "reading", "defendant"])
def test_change_pages_ask_the_same_number_of_questions_however_large_the_exhibit_is(client, kind):
    counts = []
    for size in (4, 30):
        content = cases.large_content(size)
        content["slug"] = f"exhibit-{size}"
        exhibit = cases.load(content)
        record = next(m for m in WRITABLE if m._meta.model_name == kind).objects.of(exhibit).first()
        client.get(change(record))
        with CaptureQueriesContext(connection) as captured:
            client.get(change(record))
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("model", [m for m in WRITABLE if admin.site._registry[m].search_fields], ids=named)
def test_every_list_can_be_searched_and_language_codes_match_nothing(everything, client, model):
    assert client.get(address("changelist", model), {"q": '{"en":'}).context["cl"].result_count == 0
    assert client.get(address("changelist", model), {"q": '"en"'}).status_code == 200


def test_search_finds_texts_in_every_language_and_spellings_of_names(small, client, settings):
    settings.LANGUAGES = [("en", "English"), ("ru", "Russian")]
    for model, words, key in [
        (models.Section, "Смотри", "what"),
        (models.Section, "none survived", "what"),
        (models.Person, "Пятаков", "pyatakov"),
        (models.TimelineEntry, "trial opens", "first-day"),
    ]:
        found = client.get(address("changelist", model), {"q": words}).context["cl"].result_list
        assert [record.key for record in found] == [key]


def test_a_language_whose_code_is_also_a_look_up_can_be_searched(small, client, settings):
    settings.LANGUAGES = [("en", "English"), ("lt", "Lithuanian")]
    models.Term.objects.update(term={"en": "Show trial", "lt": "Parodomasis teismas"})
    assert client.get(address("changelist", models.Term), {"q": "parodomasis"}).context["cl"].result_count == 1


def test_lists_say_dates_in_words_and_standings(small, client):
    seen = words(client.get(address("changelist", models.TimelineEntry)))
    assert "23 January 1937" in seen and "December 1935" in seen and "Refuted" in seen


# Saving


@every_writable_model
def test_a_page_that_is_saved_as_it_stands_changes_nothing_but_versions(everything, client, model):
    record = model.objects.first()
    before = build_bytes(everything)
    response = client.post(change(record), filled(client, change(record)))
    assert response.status_code == 302, response.context["errors"]
    assert build_bytes(everything) == before
    assert model.objects.get(pk=record.pk).version == record.version + 1


def build_bytes(exhibit):
    from trials.editions.build import build
    from trials.editions.document import dumps

    return dumps(build(models.Exhibit.objects.get(pk=exhibit.pk)))


def test_a_saved_record_reminds_that_visitors_do_not_see_it_yet(small, client, person):
    response = client.post(change(person), filled(client, change(person)), follow=True)
    assert str(REMINDER) in words(response)
    assert len(list(response.context["messages"])) == 1


def test_a_date_may_be_typed_in_words(small, client, fact):
    client.post(change(fact), filled(client, change(fact), date="about October 1936"))
    fact.refresh_from_db()
    assert (fact.date, fact.earliest.month) == ("1936-10~", 10)


def test_a_date_that_cannot_be_read_is_refused_beside_its_field(small, client, fact):
    response = client.post(change(fact), filled(client, change(fact), date="soonish"))
    assert "soonish" in str(response.context["adminform"].form.errors["date"])


def test_prose_that_cites_an_unknown_source_is_refused_beside_its_field(small, client, person):
    response = client.post(change(person), filled(client, change(person), life_en="So it was [@nowhere]."))
    assert "“nowhere”" in str(response.context["adminform"].form.errors["life"])
    assert "So it was [@nowhere]." in response.content.decode()


def test_a_new_exhibit_that_cites_a_source_before_it_has_one_is_refused(client, db):
    data = filled(client, address("add", models.Exhibit), slug="new", title_en="T", notice_en="N", lede_en="[@x]")
    response = client.post(address("add", models.Exhibit), data)
    assert "which this exhibit does not have" in words(response)


def test_an_exhibit_begins_with_its_languages_ticked_the_main_one_always(client, db, settings):
    settings.LANGUAGES = [("en", "English"), ("ru", "Russian")]
    data = filled(client, address("add", models.Exhibit), slug="new", title_en="T", notice_en="N", lede_en="L")
    assert client.post(address("add", models.Exhibit), {**data, "languages": ["ru"]}).status_code == 302
    assert models.Exhibit.objects.get().languages == ["en", "ru"]
    refused = client.post(address("add", models.Exhibit), {**data, "slug": "newer", "languages": ["xx"]})
    assert "xx is not one of the available choices" in words(refused)


def test_an_empty_position_is_the_last_one_for_a_new_record_and_stays_for_another(small, client):
    data = filled(client, address("add", models.KeyPoint), exhibit=small.pk, key="third", words_en="Words.")
    assert data["order"] == ""
    client.post(address("add", models.KeyPoint), data)
    third = models.KeyPoint.objects.get(key="third")
    assert third.order == 2
    assert client.post(change(third), filled(client, change(third), order="")).status_code == 302
    third.refresh_from_db()
    assert third.order == 2


def test_a_key_that_another_record_has_is_refused_also_on_a_change(small, client, person):
    response = client.post(change(person), filled(client, change(person), key="radek"))
    assert "Another record of this kind in this exhibit has the key already." in words(response)


def test_nobody_is_connected_with_himself(small, client):
    ulrikh = models.Person.objects.get(key="ulrikh")
    response = client.post(change(ulrikh), filled(client, change(ulrikh), connections__0__to=ulrikh.pk))
    assert "cannot be connected with himself" in words(response)


def test_a_person_is_added_with_names_parts_and_connections_in_one_go(small, client, person):
    path = address("add", models.Person)
    data = filled(client, path, exhibit=small.pk, key="braude", name_en="Ilya Braude", sort_name="Braude, Ilya")
    data |= added("names", spelling="Брауде", kind="original", language="ru")
    data |= added("parts", role="counsel", words_en="Counsel [@record, p. 5].")
    data |= added("connections", to=person.pk, words_en="counsel of")
    assert client.post(path, data).status_code == 302
    braude = models.Person.objects.get(key="braude")
    assert [name.spelling for name in braude.names.all()] == ["Брауде"]
    assert [part.role for part in braude.parts.all()] == ["counsel"]
    assert [connection.to for connection in braude.connections.all()] == [person]


def test_a_person_added_with_a_part_that_cites_nothing_is_refused_whole(small, client):
    path = address("add", models.Person)
    data = filled(client, path, exhibit=small.pk, key="braude", name_en="Ilya Braude", sort_name="Braude, Ilya")
    data |= added("parts", role="counsel", words_en="Counsel [@nowhere].")
    response = client.post(path, data)
    assert "“nowhere”, which this exhibit does not have" in words(response)
    assert not models.Person.objects.filter(key="braude").exists()


def test_a_person_added_without_an_exhibit_is_refused_in_words(small, client):
    path = address("add", models.Person)
    data = filled(client, path, key="x", name_en="X", sort_name="X", exhibit="")
    data |= added("parts", role="counsel", words_en="[@x]")
    response = client.post(path, data)
    assert "This field is required." in words(response)


def test_a_fact_is_added_with_citations_and_readings_in_one_go(small, client, person):
    path = f"{address('add', models.Fact)}?person={person.pk}"
    source = models.Source.objects.get(key="record")
    data = filled(client, path, kind="birth", words_en="Born.", date="1890")
    data |= added("citations", source=source.pk, locator="p. 3", note_en="See [@memoir].")
    data |= added("readings", date="1891", words_en="A year later.")
    assert client.post(path, data).status_code == 302
    fact = models.Fact.objects.get(kind="birth")
    assert [(c.source, c.locator, c.exhibit) for c in fact.citations.all()] == [(source, "p. 3", small)]
    assert [reading.date for reading in fact.readings.all()] == ["1891"]


def test_a_fact_added_with_a_citation_whose_note_cites_nothing_is_refused_whole(small, client, person):
    path = f"{address('add', models.Fact)}?person={person.pk}"
    data = filled(client, path, kind="birth", words_en="Born.")
    data |= added("citations", source=models.Source.objects.get(key="record").pk, note_en="[@nowhere]")
    response = client.post(path, data)
    assert "“nowhere”, which this exhibit does not have" in words(response)
    assert models.Fact.objects.count() == 1


def test_a_fact_added_without_a_person_is_refused_in_words(small, client):
    path = address("add", models.Fact)
    data = filled(client, path, kind="birth", words_en="Born.")
    data |= added("citations", source=models.Source.objects.first().pk, note_en="[@nowhere]")
    data |= added("readings", words_en="[@nowhere]")
    assert "This field is required." in words(client.post(path, data))


def test_curators_who_may_not_change_citations_can_save_the_rest(small, fact):
    client = staff("view_fact", "change_fact", "view_citation", "view_reading", "view_person")
    response = client.post(change(fact), filled(client, change(fact), words_en="Shot."))
    assert response.status_code == 302
    fact.refresh_from_db()
    assert fact.words == {"en": "Shot."}


def test_an_unknown_record_leads_back_to_the_index(client, db):
    for pk in ("999", "no-number"):
        assert client.get(address("change", models.Person, pk)).status_code == 302


# Within one exhibit


def choices(response, name):
    return set(response.context["adminform"].form.fields[name].queryset)


def test_pickers_on_a_change_page_offer_only_the_same_exhibit(small, other, client):
    entry = models.TimelineEntry.objects.get(exhibit=small, key="first-day")
    response = client.get(change(entry))
    assert choices(response, "people") == set(small.people.all())
    assert choices(response, "place") == set(small.places.all())
    [citations, _sittings] = response.context["inline_admin_formsets"]
    assert set(citations.formset.empty_form.fields["source"].queryset) == set(small.sources.all())


def test_pickers_of_a_part_offer_only_the_exhibit_of_its_person(small, other, client):
    defendant = models.Defendant.objects.of(small).first()
    response = client.get(change(defendant))
    assert choices(response, "person") == choices(response, "counsel") == set(small.people.all())
    assert choices(response, "charges") == set(small.charges.all())


def test_pickers_on_an_add_page_offer_the_exhibit_that_was_asked_for_or_all(small, other, client):
    path = address("add", models.TimelineEntry)
    assert choices(client.get(path, {"exhibit": other.pk}), "people") == set(other.people.all())
    assert choices(client.get(path), "people") == set(models.Person.objects.all())
    assert choices(client.get(path, {"exhibit": "nonsense"}), "people") == set(models.Person.objects.all())


def test_a_new_record_that_mixes_two_exhibits_is_refused_in_words(small, other, client):
    path = address("add", models.TimelineEntry)
    data = filled(client, path, exhibit=small.pk, key="new", phase="trial", date="1937", title_en="T", words_en="W")
    data |= {"people": [other.people.first().pk], "place": other.places.first().pk}
    data |= added("citations", source=other.sources.first().pk)
    response = client.post(path, data)
    assert words(response).count("Choose only what belongs to the same exhibit.") == 2
    assert "This exhibit has no source called" in words(response)
    assert not models.TimelineEntry.objects.filter(key="new").exists()


def test_the_exhibit_of_a_record_cannot_be_changed(small, other, client):
    point = models.KeyPoint.objects.create(exhibit=small, key="here-alone", words={"en": "Words."})
    response = client.post(change(point), filled(client, change(point), exhibit=other.pk))
    assert response.status_code == 302
    point.refresh_from_db()
    assert point.exhibit == small


# Two curators at once


def test_a_save_over_a_newer_version_is_refused_and_nothing_typed_is_lost(small, client, boris, person):
    data = filled(boris, change(person), life_en="What Boris typed.") | {"names-0-spelling": "What Boris spelt"}
    client.post(change(person), filled(client, change(person), life_en="What Anna typed."))
    response = boris.post(change(person), data)
    seen = words(response)
    assert "This record was changed after you opened it, so nothing has been saved." in seen
    assert "It was last saved here by Anna Arkhipova on" in seen
    assert "What Boris typed." in response.content.decode() and "What Boris spelt" in response.content.decode()
    person.refresh_from_db()
    assert person.life == {"en": "What Anna typed."}
    assert not models.Name.objects.filter(spelling="What Boris spelt").exists()


def test_a_conflict_says_beside_each_field_what_is_there_now(small, client, boris, person):
    data = filled(boris, change(person), life_en="What Boris typed.")
    client.post(change(person), filled(client, change(person), life_en="What Anna typed."))
    seen = words(boris.post(change(person), data))
    assert "It now says: What Anna typed." in seen
    assert seen.count("It now says:") == 1


def test_a_conflict_links_to_the_record_as_it_is_now_in_a_new_tab(small, client, boris, person):
    data = filled(boris, change(person))
    client.post(change(person), filled(client, change(person)))
    page = Page(boris.post(change(person), data).content.decode())
    [link] = [a for a in page.all("a") if a.get("target") == "_blank"]
    assert (link["href"], link["rel"]) == (change(person), "noopener")


def test_a_refused_save_stays_refused_until_the_record_is_opened_again(small, client, boris, person):
    data = filled(boris, change(person))
    client.post(change(person), filled(client, change(person)))
    assert Filled(boris.post(change(person), data)).data["seen"] == data["seen"]
    assert boris.post(change(person), data).status_code == 200
    assert boris.post(change(person), filled(boris, change(person))).status_code == 302


def test_a_change_of_the_parts_alone_is_a_new_version_too(small, client, boris, person):
    data = filled(boris, change(person), life_en="What Boris typed.")
    client.post(change(person), filled(client, change(person), names__0__spelling="Anna’s spelling"))
    assert boris.post(change(person), data).status_code == 200
    assert models.Name.objects.get().spelling == "Anna’s spelling"


def test_a_part_that_was_changed_on_its_own_page_is_not_written_over(small, client, boris, fact):
    reading = fact.readings.get()
    data = filled(boris, change(fact))
    client.post(change(reading), filled(client, change(reading), words_en="What Anna read."))
    response = boris.post(change(fact), data)
    assert "This record was changed after you opened it" in words(response)
    reading.refresh_from_db()
    assert reading.words == {"en": "What Anna read."}


def test_a_part_that_was_changed_on_its_own_page_is_not_deleted_unseen(small, client, boris, fact):
    reading = fact.readings.get()
    data = filled(boris, change(fact), readings__0__DELETE="on")
    client.post(change(reading), filled(client, change(reading), words_en="What Anna read."))
    assert "This record was changed after you opened it" in words(boris.post(change(fact), data))
    assert fact.readings.exists()
    data = filled(boris, change(fact), readings__0__DELETE="on")
    assert boris.post(change(fact), data).status_code == 302
    assert not fact.readings.exists()


def test_a_part_that_was_deleted_meanwhile_is_a_conflict_and_no_error(small, client, boris, person):
    data = filled(boris, change(person), names__0__spelling="What Boris spelt")
    client.post(change(person), filled(client, change(person), names__0__DELETE="on"))
    assert "This record was changed after you opened it" in words(boris.post(change(person), data))
    assert models.Name.objects.count() == 0


def test_a_record_that_was_deleted_meanwhile_is_said_to_be_gone(small, client, boris, fact):
    data = filled(boris, change(fact))
    client.post(address("delete", models.Fact, fact.pk), {"post": "yes"})
    assert "doesn’t exist. Perhaps it was deleted?" in words(boris.post(change(fact), data, follow=True))


def test_a_save_that_does_not_say_what_was_seen_is_refused(small, client, person):
    data = filled(client, change(person), life_en="Unseen.")
    del data["seen"]
    assert client.post(change(person), data).status_code == 200
    person.refresh_from_db()
    assert person.life == {}


def test_a_save_between_the_check_and_the_writing_is_a_conflict_and_no_error(small, client, person, monkeypatch):
    data = filled(client, change(person), life_en="Too late.")
    look, looks = RecordForm._locked_version, []

    def overtaken(form):
        """Somebody saves right behind the first look; the second finds what they wrote."""
        looks.append(look(form))
        return looks[0] + len(looks) - 1

    def refused(*args):
        raise models.Conflict(person)

    monkeypatch.setattr(RecordForm, "_locked_version", overtaken)
    monkeypatch.setattr(RecordAdmin, "save_model", refused)
    response = client.post(change(person), data)
    assert len(looks) == 2
    assert "This record was changed after you opened it" in words(response)
    assert "Too late." in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_the_same_moment_one_is_refused_in_words(client, boris):
    person = cases.load(cases.small_content()).people.get(key="pyatakov")
    forms = [(browser, filled(browser, change(person), life_en="Words.")) for browser in (client, boris)]
    start = threading.Barrier(2)

    def save(browser, data):
        try:
            start.wait()
            return browser.post(change(person), data).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        saves = [pool.submit(save, *form) for form in forms]
        assert sorted(save.result() for save in saves) == [200, 302]


# Images


def upload(content, name="Court Room_1937.png"):
    return SimpleUploadedFile(name, content, content_type="image/png")


def test_an_uploaded_image_is_rewritten_stored_and_named_after_its_file(small, client):
    path = address("add", models.Image)
    data = filled(client, path, exhibit=small.pk, alt_en="A court room")
    assert client.post(path, {**data, "file": upload(picture(size=(4, 3)))}).status_code == 302
    image = models.Image.objects.get()
    assert (image.key, image.width, image.height) == ("court-room-1937", 4, 3)
    assert images.verify(image.sha256, image.extension)


def test_a_file_that_is_no_picture_is_refused_beside_its_field(small, client):
    path = address("add", models.Image)
    data = filled(client, path, exhibit=small.pk, key="x", alt_en="A court room")
    response = client.post(path, {**data, "file": upload(b"%PDF-1.4", "plan.pdf")})
    assert "PDF document" in str(response.context["adminform"].form.errors["file"])
    assert "A court room" in response.content.decode()


def test_an_image_without_a_file_or_a_key_is_refused_in_words(small, client):
    path = address("add", models.Image)
    data = filled(client, path, exhibit=small.pk)
    assert "Choose the picture’s file." in words(client.post(path, data))
    response = client.post(path, {**data, "file": upload(picture(), "Снимок.png")})
    assert "Give it a key" in words(response)
    assert not models.Image.objects.exists()


def test_a_full_disk_is_said_and_no_row_is_written(small, client, monkeypatch):
    def full(rewritten):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(images, "store", full)
    path = address("add", models.Image)
    data = filled(client, path, exhibit=small.pk, key="x")
    assert "could not be stored" in words(client.post(path, {**data, "file": upload(picture())}))
    assert not models.Image.objects.exists()


def test_a_new_file_replaces_the_picture_and_no_file_keeps_it(small, client):
    image = image_of(small)
    before = image.sha256
    client.post(change(image), filled(client, change(image), credit="Archive"))
    image.refresh_from_db()
    assert (image.sha256, image.credit) == (before, "Archive")
    client.post(change(image), filled(client, change(image), file=upload(picture("blue", (5, 4)))))
    image.refresh_from_db()
    assert image.sha256 != before and (image.key, image.width, image.height) == ("portrait", 5, 4)


def test_an_image_is_shown_with_its_alternative_text_and_its_file_is_sent(small, client):
    image = image_of(small)
    shown = [a for a in Page(client.get(change(image)).content.decode()).all("img") if a.get("class") == "preview"]
    assert [(a["src"], a["alt"]) for a in shown] == [(f"/media/{image.sha256}/3.webp", "Red")]
    assert client.get(shown[0]["src"]).status_code == 200


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Pyatakov 1936.jpg", "pyatakov-1936"),
        ("a_b.png", "a-b"),
        ("Снимок.png", ""),
        ("x" * 200 + ".png", "x" * 80),
    ],
)
def test_a_key_is_proposed_from_the_name_of_the_file(name, key):
    assert key_from(name) == key


# Deleting


@every_writable_model
def test_deleting_works_or_says_why_not(everything, client, model):
    record = model.objects.first()
    assert client.get(address("delete", model, record.pk), follow=True).status_code == 200
    response = client.post(address("delete", model, record.pk), {"post": "yes"})
    assert response.status_code in (200, 302, 403)
    assert response.status_code != 200 or "would require deleting" in words(response)


@every_writable_model
def test_deleting_several_works_or_says_why_not(everything, client, model):
    data = {"action": "delete_selected", "_selected_action": list(model.objects.values_list("pk", flat=True))}
    assert client.post(address("changelist", model), data).status_code == 200
    assert client.post(address("changelist", model), {**data, "post": "yes"}).status_code in (200, 302)


def test_deleting_a_source_says_what_cites_it(small, client):
    source = models.Source.objects.get(key="record")
    response = client.post(address("delete", models.Source, source.pk), {"post": "yes"})
    assert "would require deleting the following protected related objects" in words(response)
    assert "Court report 1937, p. 82" in words(response) or "Court report 1937, p. 1" in words(response)
    assert models.Source.objects.filter(pk=source.pk).exists()


def test_an_exhibit_that_was_published_is_not_deleted_and_it_is_said_why(everything, client):
    path = address("delete", models.Exhibit, everything.pk)
    for response in (client.get(path, follow=True), client.post(path, {"post": "yes"}, follow=True)):
        assert "Withdraw it instead of deleting it." in words(response)
    assert models.Exhibit.objects.filter(pk=everything.pk).exists()


def test_an_exhibit_that_was_never_published_can_be_deleted(small, client):
    assert client.post(address("delete", models.Exhibit, small.pk), {"post": "yes"}).status_code == 302
    assert not models.Exhibit.objects.exists()


def test_the_account_of_a_curator_who_published_can_be_deleted(small, client, anna):
    author = User.objects.create_user("dora", is_staff=True)
    publish(small, "First edition.", user=author)
    assert client.post(address("delete", User, author.pk), {"post": "yes"}).status_code == 302
    assert models.Edition.objects.get().created_by is None


# Editions and displays


def test_editions_and_displays_can_be_read_and_never_changed(everything, client):
    for record in (models.Edition.objects.get(), models.Display.objects.get()):
        assert client.get(change(record)).status_code == 200
        assert client.post(change(record), {"note": "x"}).status_code == 403
        assert client.post(address("delete", type(record), record.pk), {"post": "yes"}).status_code == 403
        assert client.get(address("add", type(record))).status_code == 403


def test_the_page_of_an_edition_does_not_hold_its_document(everything, client):
    html = client.get(change(models.Edition.objects.get())).content.decode()
    assert "All charges were fabricated." not in html
    assert models.Edition.objects.get().digest in html


def test_the_page_of_an_exhibit_says_what_is_on_display_and_what_is_scheduled(small, client):
    assert "On display: Nothing" in words(client.get(change(small)))
    publish(small, "First edition.")
    small.title = {"en": "A new title"}
    small.save()
    publish(small, "Second edition.", starts=timezone.make_aware(timezone.datetime(2100, 1, 2, 9, 30)))
    seen = words(client.get(change(small)))
    assert "On display: Edition 1 since" in seen
    assert "Scheduled: Edition 2 from 2 January 2100, 09:30" in seen


def test_the_page_of_a_person_lists_facts_and_the_part_as_accused_with_links(small, client, person, fact):
    response = client.get(change(person))
    links = [a.get("href") for a in Page(response.content.decode()).all("a")]
    assert {
        change(fact),
        change(person.defendant),
        f"{address('add', models.Fact)}?person={person.pk}",
    } <= set(links)
    assert "probably 1 February 1937" in words(response)


# In a real browser


@pytest.mark.browser
def test_no_page_of_the_admin_breaks_the_policy_in_a_real_browser(everything, anna, live_server, tab):
    tab.goto(f"{live_server.url}/admin/")
    tab.fill("#id_username", "anna")
    tab.fill("#id_password", "x")
    tab.click("[type=submit]")
    paths = ["/admin/", "/admin/password_change/"]
    for model in REGISTERED:
        record = model.objects.first()
        paths += [address("changelist", model), change(record)]
        paths += [address("add", model)] if model in WRITABLE else []
    paths += [address(page, models.Source, models.Source.objects.first().pk) for page in ("history", "delete")]
    for path in paths:
        assert tab.goto(live_server.url + path).status == 200, path
        assert tab.complaints == [], path


@pytest.mark.browser
def test_a_curator_adds_a_citation_with_keyboard_and_mouse(everything, anna, client, live_server, tab, fact):
    cookie = client.cookies["sessionid"].value
    tab.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    tab.goto(live_server.url + change(fact))
    tab.click("text=Add another Citation")
    tab.type("#id_citations-1-source", "memo")
    tab.wait_for_selector("[role=option]")
    for key in ("ArrowDown", "Enter"):
        tab.press("#id_citations-1-source", key)
    assert tab.input_value("#id_citations-1-source") == "A memoir"
    tab.fill("#id_citations-1-note_en", "It says so too.")
    tab.click("text=Save >> nth=0")
    assert str(REMINDER) in tab.inner_text(".messagelist")
    assert [citation.note for citation in fact.citations.all()] == [{}, {"en": "It says so too."}]
    assert tab.complaints == []
