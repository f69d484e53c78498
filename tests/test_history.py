"""History: who changed what and when; compared, undone, brought back, recovered; nothing is overwritten."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models.deletion import Collector, RestrictedError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from reversion.models import Revision, Version

from tests import cases
from tests.html import Page
from tests.test_admin import (
    WRITABLE,
    added,
    address,
    build_bytes,
    change,
    filled,
    image_of,
    picture,
    staff,
    upload,
    words,
)
from trials import models
from trials.admin import revisions
from trials.admin.history import PER_PAGE, _digest
from trials.admin.revisions import FOUND, KEPT_MODELS
from trials.editions.document import loads
from trials.editions.publish import publish
from trials.editions.restore import restore
from trials.models.base import Record

every_record = pytest.mark.parametrize("model", WRITABLE, ids=lambda model: model.__name__)


def curator(name, **names):
    client = Client()
    client.force_login(User.objects.create_superuser(name, password="x", **names))
    return client


@pytest.fixture
def client(db):
    return curator("anna", first_name="Anna", last_name="Arkhipova")


@pytest.fixture
def boris(db):
    return curator("boris")


@pytest.fixture
def whole(small):
    """An exhibit with one of everything, not published."""
    image_of(small)
    models.Place.objects.create(exhibit=small, key="elsewhere", name={"en": "Somewhere else"})
    models.Source.objects.create(
        exhibit=small, key="unused", kind="press", label={"en": "Unused"}, reference={"en": "U."}
    )
    return small


@pytest.fixture
def person(small):
    return small.people.get(key="pyatakov")


@pytest.fixture
def fact(small):
    return models.Fact.objects.get()


def save(client, record, **changes):
    response = client.post(change(record), filled(client, change(record), **changes), follow=True)
    assert response.redirect_chain, response.context["errors"]
    return response


def buttons(response):
    """Where the buttons of the messages lead."""
    return [a["formaction"] for a in Page(response.content.decode()).all("button") if "formaction" in a]


def undo(client, response):
    (path,) = buttons(response)
    return client.post(path, follow=True)


def delete(client, record):
    response = client.post(address("delete", type(record), record.pk), {"post": "yes"}, follow=True)
    assert response.redirect_chain
    return response


def history(record):
    """The comments of a record's history, newest first."""
    return [version.revision.get_comment() for version in Version.objects.get_for_object(record)]


def version_page(record, position=0):
    """The address of a version, counted from the newest."""
    return address("version", type(record), record.pk, Version.objects.get_for_object(record)[position].pk)


def seen_at(client, path):
    """What a page says that its reader has seen; '' where it offers nothing to do."""
    inputs = Page(client.get(path).content.decode()).all("input")
    return next((a["value"] for a in inputs if a.get("name") == "seen"), "")


def bring_back(client, path):
    return client.post(path, {"seen": seen_at(client, path)}, follow=True)


# Every kind of record


@every_record
def test_every_record_can_be_changed_and_the_change_undone_and_the_undoing_too(whole, client, model):
    record, before = model.objects.first(), build_bytes(whole)
    field = {"Exhibit": "licence", "Image": "credit", "Source": "label_en"}.get(model.__name__)
    field = field or next(
        f"{name}_en"
        for name in ("life", "words", "known", "title", "name", "definition", "question", "body", "reverse")
        if name in {field.name for field in model._meta.fields}
    )
    response = save(client, record, **{field: "Quite otherwise."})
    after = build_bytes(whole)
    assert before != after
    response = undo(client, response)
    assert "Undone" in words(response)
    assert build_bytes(whole) == before
    undo(client, response)
    assert build_bytes(whole) == after
    assert model.objects.get(pk=record.pk).version == record.version + 3


@every_record
def test_every_record_can_be_deleted_and_recovered_with_all_that_went_with_it(whole, client, model):
    for record in model.objects.all():
        before = build_bytes(whole)
        response = client.post(address("delete", model, record.pk), {"post": "yes"}, follow=True)
        if not response.redirect_chain:  # others need it, and it is said which
            continue
        assert not model.objects.filter(pk=record.pk).exists()
        page = client.get(address("recover_list", model))
        assert "Anna Arkhipova" in words(page)
        (link,) = [
            a["href"]
            for a in Page(page.content.decode()).all("a")
            if "/recover/" in a["href"] and a["href"][-2].isdigit()
        ]
        assert "cannot be brought back" not in words(client.get(link))
        response = client.post(link, follow=True)
        assert "was recovered" in words(response)
        assert build_bytes(whole) == before
        assert model.objects.get(pk=record.pk).version > record.version
        break
    else:
        pytest.fail("none of them could be deleted")


@every_record
def test_what_is_kept_of_a_deletion_is_all_that_the_database_deletes_with_it(whole, model):
    for record in model.objects.all():
        collector = Collector(using="default")
        try:
            collector.collect([record])
        except RestrictedError:  # others need it
            continue
        gone = {row for rows in collector.data.values() for row in rows}
        for queryset in collector.fast_deletes:
            gone |= set(queryset)
        gone = {row for row in gone if isinstance(row, Record)}
        kept = revisions.all_of(record) if model is models.Exhibit else revisions.tree([record])
        assert gone == set(kept)


def test_every_model_of_the_working_copy_is_kept():
    assert set(KEPT_MODELS) == {m for m in vars(models).values() if isinstance(m, type) and issubclass(m, Record)}
    assert set(WRITABLE) <= set(KEPT_MODELS)


# History


def test_a_record_that_was_loaded_is_kept_as_it_was_found_before_its_first_change(client, small, person):
    assert "Nothing is kept of it yet" in words(client.get(address("history", models.Person, person.pk)))
    save(client, person, life_en="A statesman.")
    assert history(person) == ["Changed Life.", str(FOUND)]


def test_what_a_restore_wrote_is_kept_as_it_was_found_before_the_next_change(client, small, person):
    save(client, person, life_en="A statesman.")
    restore(loads(cases.as_bytes(cases.small_content())), small)
    save(client, person, life_en="An economist.")
    assert history(person) == ["Changed Life.", str(FOUND), "Changed Life.", str(FOUND)]


def test_history_says_who_when_and_what(client, small, person):
    save(client, person, names__0__spelling="Пятаков Юрий", life_en="A statesman.")
    seen = words(client.get(address("history", models.Person, person.pk)))
    assert "Anna Arkhipova" in seen
    assert "Changed Life. Changed Spelling for spelling of the name “Пятаков Юрий”." in seen
    assert f"{person.pk}" and Revision.objects.first().date_created.strftime("%Y") in seen


def test_a_save_that_changes_nothing_makes_no_history_and_offers_no_undo(client, small, person):
    save(client, person, life_en="A statesman.")
    assert buttons(save(client, person)) == []
    assert len(history(person)) == 2


def test_the_history_of_a_person_tells_of_facts_and_that_of_a_fact_only_of_itself(client, small, person, fact):
    save(client, fact, words_en="Shot.")
    save(client, person, life_en="A statesman.")
    assert history(person)[:2] == ["Changed Life.", "Changed Statement for fact “Georgy Pyatakov: Death”."]
    seen = words(client.get(address("history", models.Fact, fact.pk)))
    assert "Changed Statement" in seen and "Changed Life" not in seen


def test_a_fact_that_moves_to_another_person_is_told_in_the_history_of_both(client, small, person, fact):
    radek, before = small.people.get(key="radek"), build_bytes(small)
    response = save(client, fact, person=radek.pk)
    assert "Changed Person for fact" in history(person)[0] and "Changed Person for fact" in history(radek)[0]
    undo(client, response)
    assert build_bytes(small) == before


def test_adding_is_kept_and_deleting_is_told_where_the_part_belonged(client, small, person, fact):
    delete(client, fact)
    assert history(person)[0] == "Fact “Georgy Pyatakov: Death” was deleted."
    assert history(fact)[0] == "Deleted."
    path = address("add", models.Fact)
    data = filled(client, f"{path}?person={person.pk}", kind="birth", words_en="Born.")
    assert client.post(path, data).status_code == 302
    assert history(person)[0] == "Added fact “Georgy Pyatakov: Birth”."


def test_a_refused_save_leaves_no_history(client, boris, small, person):
    data = filled(boris, change(person), life_en="Too late.")
    save(client, person, life_en="A statesman.")
    before = Revision.objects.count()
    assert boris.post(change(person), data).status_code == 200
    assert Revision.objects.count() == before


# Comparing


def compared(client, record, **versions):
    return client.get(address("compare", type(record), record.pk), versions)


def test_any_two_versions_are_compared_word_by_word(client, small, person):
    save(client, person, life_en="A statesman and economist.")
    save(client, person, life_en="A statesman, twice expelled.", **{"names-0-DELETE": "on"})
    new, old, _found = (str(v.pk) for v in Version.objects.get_for_object(person))
    for versions in ({"from": old, "to": new}, {"from": new, "to": old}, {"from": old}, {"from": old, "to": ""}):
        response = compared(client, person, **versions)
        html = response.content.decode()
        assert "<del>statesman and economist.</del><ins>statesman, twice expelled.</ins>" in html
        assert "Removed Spelling of the name “Пятаков Георгий”" in words(response)
    assert "Nothing." in words(compared(client, person, **{"from": new}))


def test_links_and_choices_are_compared_by_their_names_also_of_what_was_deleted(client, small):
    entry = models.TimelineEntry.objects.get(key="flight")
    place = models.Place.objects.create(exhibit=small, key="oslo", name={"en": "Oslo"})
    save(client, entry, place=place.pk, standing="alleged")
    save(client, entry, place="", standing="refuted")
    delete(client, place)
    seen = words(compared(client, entry, **{"from": Version.objects.get_for_object(entry)[1].pk}))
    assert "Oslo" in seen and "Alleged by the prosecution" in seen


@pytest.mark.parametrize("versions", [{}, {"from": "x"}, {"from": "0"}, {"from": "9" * 30}, {"from": "²"}])
def test_a_version_that_is_none_is_not_found(client, small, person, versions):
    save(client, person, life_en="A statesman.")
    assert compared(client, person, **versions).status_code == 404
    own = Version.objects.get_for_object(person)[0].pk
    assert compared(client, person, **{"from": own, "to": "x"}).status_code == 404


def test_a_version_of_another_record_is_not_found(client, small, person):
    radek = small.people.get(key="radek")
    save(client, person, life_en="A statesman.")
    version = Version.objects.get_for_object(person)[0].pk
    name = Version.objects.get_for_object(person.names.get())[0].pk
    assert client.get(address("version", models.Person, radek.pk, version)).status_code == 404
    assert client.get(address("version", models.Person, person.pk, name)).status_code == 404
    assert client.post(address("undo", models.Person, radek.pk, version)).status_code == 404
    assert compared(client, radek, **{"from": version}).status_code == 404
    assert client.get(address("recover", models.Source, version)).status_code == 404


# Bringing back


def test_a_version_is_brought_back_with_its_parts_in_their_order(client, small, person):
    for spelling in ("Second", "Third"):
        data = filled(client, change(person))
        count = int(data["names-TOTAL_FORMS"])
        data |= {f"names-{count}-spelling": spelling, f"names-{count}-kind": "other", "names-TOTAL_FORMS": count + 1}
        client.post(change(person), data)
    before, spelt = build_bytes(small), [name.spelling for name in person.names.all()]
    assert spelt == ["Пятаков Георгий", "Second", "Third"]
    save(client, person, names__0__DELETE="on", names__1__order="9", names__2__spelling="Changed")
    response = bring_back(client, version_page(person, 1))
    assert "Brought back as it was on" in words(response)
    assert build_bytes(small) == before
    undo(client, response)
    assert [name.spelling for name in person.names.all()] == ["Changed", "Second"]


def test_bringing_back_adds_what_was_lost_and_removes_what_came_and_counts_versions_up(client, small, person, fact):
    save(client, fact, words_en="Shot.")
    reading = fact.readings.get()
    save(client, fact, readings__0__DELETE="on", note_en="")
    save(client, fact, **added("readings", date="1938", words_en="Another."), readings__INITIAL_FORMS="0")
    assert [r.date for r in fact.readings.all()] == ["1938"]
    version = models.Fact.objects.get().version
    bring_back(client, version_page(fact, 2))
    (again,) = fact.readings.all()
    assert (again.pk, again.date, again.version) == (reading.pk, "1937-01-30", reading.version + 1)
    assert [citation.source.key for citation in again.citations.all()] == ["memoir"]
    assert models.Fact.objects.get().version == version + 1


def test_a_picture_comes_back_with_its_file(client, small):
    image = image_of(small)
    response = save(client, image, file=upload(picture("blue", (5, 4))))
    blue = models.Image.objects.get().sha256
    assert blue != image.sha256
    undo(client, response)
    undone = models.Image.objects.get()
    assert (undone.sha256, undone.width, undone.height) == (image.sha256, 3, 2)


def test_a_key_that_is_brought_back_keeps_the_later_one_as_a_former_address(client, small, person):
    undo(client, save(client, person, key="piatakov"))
    person.refresh_from_db()
    assert (person.key, person.former_keys) == ("pyatakov", ["piatakov"])


def test_bringing_back_is_refused_where_the_record_changed_meanwhile(client, boris, small, person):
    save(client, person, life_en="A statesman.")
    path = version_page(person, 1)
    seen = seen_at(client, path)
    save(boris, person, life_en="What Boris wrote.")
    response = client.post(path, {"seen": seen}, follow=True)
    assert "It was changed while you looked" in words(response) and "boris" in words(response)
    person.refresh_from_db()
    assert person.life == {"en": "What Boris wrote."}
    assert client.post(path, follow=True).status_code == 200
    person.refresh_from_db()
    assert person.life == {"en": "What Boris wrote."}


def test_an_undo_that_would_overwrite_a_newer_change_is_refused_in_words(client, boris, small, person):
    response = save(client, person, life_en="A statesman.")
    save(boris, person, summary_en="What Boris wrote.")
    response = undo(client, response)
    assert "undoing would overwrite that" in words(response)
    assert "The last change was made by boris" in words(response)
    person.refresh_from_db()
    assert (person.life, person.summary) == ({"en": "A statesman."}, {"en": "What Boris wrote."})


def test_an_undo_is_refused_where_a_part_was_changed_meanwhile_on_its_own_page(client, boris, small, fact):
    response = save(client, fact, words_en="Shot.")
    save(boris, fact.readings.get(), words_en="What Boris read.")
    assert "undoing would overwrite that" in words(undo(client, response))
    assert models.Fact.objects.get().words == {"en": "Shot."}


def test_an_undo_leaves_alone_what_others_changed_beside_it(client, boris, small, person, fact):
    response = save(client, fact, words_en="Shot.")
    save(boris, person, life_en="What Boris wrote.")
    undo(client, response)
    person.refresh_from_db()
    assert person.life == {"en": "What Boris wrote."}
    assert models.Fact.objects.get().words == {"en": "Shot in Moscow."}


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_brings_back_and_the_other_is_refused(client, boris):
    person = cases.load(cases.small_content()).people.get(key="pyatakov")
    (path,) = buttons(save(client, person, life_en="A statesman."))
    start = threading.Barrier(2)

    def press(browser):
        try:
            start.wait()
            return words(browser.post(path, follow=True))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        seen = [answer.result() for answer in [pool.submit(press, browser) for browser in (client, boris)]]
    assert sorted("stays as it is" in answer for answer in seen) == [False, True]
    person.refresh_from_db()
    assert (person.life, len(history(person))) == ({}, 3)


def test_undo_is_never_done_by_looking(client, small, person):
    (path,) = buttons(save(client, person, life_en="A statesman."))
    assert client.get(path).status_code == 405
    person.refresh_from_db()
    assert person.life == {"en": "A statesman."}


def test_undo_needs_the_token_of_the_page(client, small, person):
    response = save(client, person, life_en="A statesman.")
    (path,) = buttons(response)
    assert [a for a in Page(response.content.decode()).all("form") if a.get("id") == "undo"]
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.get())
    assert strict.post(path).status_code == 403


def test_what_breaks_a_rule_of_today_is_not_brought_back_and_it_is_said_which(client, small, person):
    save(client, person, key="piatakov", life_en="A statesman.")
    before = build_bytes(small)
    models.Person.objects.create(exhibit=small, key="pyatakov", name={"en": "Somebody"}, sort_name="S")
    response = bring_back(client, version_page(person, 1))
    assert "stays as it is" in words(response) and "do" in words(response)
    models.Person.objects.get(key="pyatakov").delete()
    assert build_bytes(small) == before


def test_prose_that_cites_what_is_gone_is_not_brought_back(client, small, person):
    source = models.Source.objects.create(
        exhibit=small, key="letter", kind="press", label={"en": "Letter"}, reference={"en": "L."}
    )
    save(client, person, life_en="So it was [@letter].")
    save(client, person, life_en="")
    delete(client, source)
    assert "“letter”" in words(bring_back(client, version_page(person, 1)))
    person.refresh_from_db()
    assert person.life == {}


def test_a_rule_that_is_about_the_whole_record_is_said_too(client, small, person, monkeypatch):
    save(client, person, life_en="A statesman.")

    def refuse(self):
        raise ValidationError("Something is not right.")

    monkeypatch.setattr(models.Person, "clean", refuse)
    assert "Georgy Pyatakov: Something is not right." in words(bring_back(client, version_page(person, 1)))


# Recovering


def test_a_deletion_can_be_undone_from_its_message(client, small, fact):
    before = build_bytes(small)
    response = delete(client, fact)
    assert build_bytes(small) != before
    assert "was recovered" in words(undo(client, response))
    assert build_bytes(small) == before


def test_links_of_other_records_come_back_in_their_place(client, small):
    entry = models.TimelineEntry.objects.get(key="first-day")
    radek = small.people.get(key="radek")
    models.Connection.objects.all().delete()
    models.Section.objects.all().delete()
    linked = list(entry.people.through.objects.order_by("pk").values_list("person__key", flat=True))
    assert linked == ["radek", "pyatakov"]
    response = delete(client, radek)
    assert history(entry)[0] == "Person “Karl Radek” was deleted."
    undo(client, response)
    again = list(entry.people.through.objects.order_by("pk").values_list("person__key", flat=True))
    assert again == linked
    assert history(entry)[0] == "“Karl Radek” was recovered."
    assert models.TimelineEntry.objects.get(pk=entry.pk).version == entry.version + 1


def test_a_part_is_recovered_only_after_what_it_belongs_to(client, small, fact):
    ulrikh = small.people.get(key="ulrikh")
    part = ulrikh.parts.get()
    delete(client, ulrikh)
    page = client.get(address("recover_list", models.Participant))
    assert "Vasily Ulrikh: Presiding judge" in words(page)
    path = address(
        "recover", models.Participant, Version.objects.get_for_object_reference(models.Participant, part.pk)[0].pk
    )
    for response in (client.get(path), client.post(path, follow=True)):
        assert "The person “Vasily Ulrikh” that belongs to it was deleted: recover that first." in words(response)
    assert not models.Participant.objects.exists()


def test_several_that_were_deleted_at_once_can_each_be_recovered(client, small):
    before = build_bytes(small)
    data = {"action": "delete_selected", "_selected_action": list(models.Term.objects.values_list("pk", flat=True))}
    client.post(address("changelist", models.Term), {**data, "post": "yes"})
    assert not models.Term.objects.exists()
    version = Version.objects.get_deleted(models.Term)[0]
    client.post(address("recover", models.Term, version.pk))
    assert build_bytes(small) == before


def test_what_is_here_need_not_be_recovered(client, small, person):
    save(client, person, life_en="A statesman.")
    version = Version.objects.get_for_object(person)[1]
    for method in (client.get, client.post):
        assert "need not be recovered" in words(method(address("recover", models.Person, version.pk), follow=True))
    person.refresh_from_db()
    assert person.life == {"en": "A statesman."}


def test_a_deletion_that_is_refused_keeps_nothing(client, small):
    source = models.Source.objects.get(key="record")
    client.post(address("delete", models.Source, source.pk), {"post": "yes"})
    assert not Version.objects.get_for_object(source).exists()


# What no longer fits


def spoil(version, **changes):
    """Make a version look as if it was kept by another application than today's."""
    data = json.loads(version.serialized_data)
    data[0]["fields"].update(changes)
    version.serialized_data = json.dumps(data)
    version.save()


@pytest.fixture
def old_version(client, small, person):
    """The version of a person before the last change."""
    save(client, person, life_en="A statesman.")
    return Version.objects.get_for_object(person)[1]


def assert_read_only(client, version, sentence, *contents):
    path = address("version", models.Person, version.object_id, version.pk)
    seen = words(client.get(path))
    assert "This version cannot be brought back as it is." in seen and sentence in seen
    assert all(content in seen for content in contents)
    assert seen_at(client, path) == ""
    now = revisions.present(models.Person.objects.get(pk=version.object_id))
    response = client.post(path, {"seen": _digest(now)}, follow=True)
    assert "stays as it is" in words(response) and sentence in words(response)
    assert models.Person.objects.get(pk=version.object_id).life == {"en": "A statesman."}
    assert client.get(address("history", models.Person, version.object_id)).status_code == 200
    assert compared(client, models.Person(pk=version.object_id), **{"from": version.pk}).status_code == 200


def test_a_version_with_a_field_that_is_no_more_is_shown_and_not_brought_back(client, old_version):
    spoil(old_version, nickname="Yuri")
    assert_read_only(client, old_version, "holds what has no place in a record of today: nickname", "Yuri")


def test_a_version_whose_content_is_of_another_kind_is_shown_and_not_brought_back(client, old_version):
    spoil(old_version, order="first")
    assert_read_only(client, old_version, "cannot be read as a record of today", "first")


def test_a_version_that_points_to_what_is_gone_is_shown_and_not_brought_back(client, old_version):
    spoil(old_version, portrait=4711)
    assert_read_only(client, old_version, "The image “4711” that belongs to it was deleted", "Georgy Pyatakov")


@pytest.mark.parametrize("data", ["", "{", "[]", '[{"fields": 1}]', "null", '[{"model": "trials.person"}]'])
def test_a_version_that_is_no_record_at_all_is_shown_and_not_brought_back(client, old_version, data):
    Version.objects.filter(pk=old_version.pk).update(serialized_data=data)
    assert_read_only(client, old_version, "cannot be read as a record of today")


def test_a_part_of_a_kind_that_is_no_more_is_shown_and_the_version_not_brought_back(client, old_version):
    kind = ContentType.objects.create(app_label="trials", model="alias")
    part = Version.objects.filter(revision=old_version.revision, object_repr="Пятаков Георгий")
    part.update(content_type=kind)
    assert_read_only(client, old_version, "is of a kind that the exhibit no longer has", "Пятаков Георгий")


# Who may


def pages_of(record):
    versions = Version.objects.get_for_object(record)
    model = type(record)
    return {
        "history": address("history", model, record.pk),
        "compare": f"{address('compare', model, record.pk)}?from={versions[0].pk}",
        "version": address("version", model, record.pk, versions[0].pk),
        "undo": address("undo", model, record.pk, versions[0].pk),
        "recover_list": address("recover_list", model),
        "recover": address("recover", model, versions[0].pk),
    }


@every_record
def test_each_page_asks_for_what_its_main_page_asks_for(whole, client, model):
    record = model.objects.first()
    revisions.keep(revisions.tree([revisions.root_of(record)]), None, "Kept.")
    pages, name = pages_of(record), model._meta.model_name
    for path in pages.values():
        for method in (Client().get, Client().post):
            response = method(path)
            assert (response.status_code, response.url.split("?")[0]) == (302, "/admin/login/")
    nobody = staff()
    assert {nobody.post(path).status_code for path in pages.values()} == {403}
    assert {nobody.get(path).status_code for path in pages.values()} <= {403, 405}
    User.objects.get(username="clara").delete()
    reader = staff(f"view_{name}")
    statuses = {page: reader.get(path).status_code for page, path in pages.items()}
    assert statuses == dict(history=200, compare=200, version=200, undo=405, recover_list=403, recover=403)
    assert "seen" not in reader.get(pages["version"]).content.decode()
    assert {reader.post(pages[page]).status_code for page in ("version", "undo", "recover")} == {403}
    assert "Recover deleted" not in words(reader.get(address("changelist", model)))
    assert "Recover deleted" in words(client.get(address("changelist", model)))


def test_parts_of_a_kind_that_one_may_not_see_are_not_shown(client, small, person):
    save(client, person, life_en="A statesman.", names__0__spelling="Пятаков Юрий")
    reader, version = staff("view_person"), Version.objects.get_for_object(person)[1]
    for path in (version_page(person, 1), f"{address('compare', models.Person, person.pk)}?from={version.pk}"):
        assert "statesman" in words(reader.get(path))
        assert "Пятаков" not in words(reader.get(path)) and "Shot in Moscow" not in words(reader.get(path))


def test_bringing_back_asks_for_the_permission_for_every_kind_that_it_would_write(client, small, person, fact):
    delete(client, fact)
    writer = staff("view_person", "change_person", "view_fact", "add_citation", "add_reading")
    response = bring_back(writer, version_page(person, 1))
    assert "You would need the permission “add fact” for it." in words(response)
    assert not models.Fact.objects.exists()


# Many


def test_a_long_history_is_paged_and_asks_a_fixed_number_of_questions(client, small, person, fact):
    def questions(record):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address("history", type(record), record.pk)).status_code == 200
        return len(captured)

    counts = []
    for many in (2, PER_PAGE + 5):
        for n in range(many):
            fact.note = {"en": f"Note {many} {n}"}
            fact.save()
            revisions.keep_change(revisions.root_of(fact), User.objects.get(), f"Change {many} {n}")
        counts.append((questions(person), questions(fact)))
    assert counts[0] == counts[1]
    first = words(client.get(address("history", models.Fact, fact.pk)))
    assert "Page 1 of 2" in first and f"Change {many} {many - 1}" in first and "Change 2 0" not in first
    assert "Change 2 0" in words(client.get(address("history", models.Fact, fact.pk), {"p": 2}))
    for page in ("x", "99", "-1", "0"):
        assert client.get(address("history", models.Fact, fact.pk), {"p": page}).status_code == 200


def test_saving_and_looking_ask_a_fixed_number_of_questions_however_much_belongs_to_a_record(client, db):
    counts = []
    for many in (2, 20):
        content = cases.small_content(slug=f"exhibit-{many}")
        content["people"][0]["facts"] *= many
        person = cases.load(content).people.get(key="pyatakov")
        save(client, person, life_en="A statesman.")
        data = filled(client, change(person), life_en="An economist.")
        with CaptureQueriesContext(connection) as saving:
            assert client.post(change(person), data).status_code == 302
        with CaptureQueriesContext(connection) as looking:
            client.get(version_page(person, 1))
        counts.append((len(saving), len(looking)))
    assert counts[0] == counts[1]


def test_the_list_of_what_was_deleted_is_paged_and_asks_a_fixed_number_of_questions(client, small):
    counts = []
    for many in (2, PER_PAGE):
        for n in range(many):
            term = models.Term.objects.create(
                exhibit=small, key=f"{many}-{n}", term={"en": "T"}, definition={"en": "D"}
            )
            delete(client, term)
        with CaptureQueriesContext(connection) as captured:
            page = client.get(address("recover_list", models.Term))
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert "Page 1 of 2" in words(page)


# Editions and checkpoints


def restoring(exhibit, page, *args):
    return reverse(f"admin:trials_exhibit_{page}", args=[exhibit.pk, *args])


@pytest.fixture
def edited(client, small):
    """An exhibit whose working copy was changed since it was published."""
    publish(small, "First edition.")
    save(client, small.people.get(key="pyatakov"), life_en="A statesman.")
    return small


def test_editions_are_listed_with_what_became_of_them(client, edited):
    publish(edited, "Second edition.")
    save(client, edited, licence="CC0")
    publish(edited, "Third edition.", starts=timezone.make_aware(timezone.datetime(2100, 1, 2, 9, 30)))
    seen = words(client.get(restoring(edited, "editions")))
    for sentence in ("First edition.", "no longer on display; first shown on", "Second edition.", "on display"):
        assert sentence in seen
    assert "scheduled from 2 January 2100, 09:30" in seen
    models.Takedown.objects.create(edition=edited.editions.get(number=1), reason="A court said so.")
    seen = words(client.get(restoring(edited, "editions")))
    assert "taken down on" in seen and "Restore edition 1 " not in seen and "Restore edition 2 " in seen


def test_restoring_shows_what_it_replaces_keeps_it_and_can_be_undone(client, edited):
    before = build_bytes(edited)
    path = restoring(edited, "restore_edition", 1)
    seen = words(client.get(path))
    assert "1 changed" in seen and "A statesman." in seen and "first kept as a checkpoint" in seen
    assert build_bytes(edited) == before and not models.Checkpoint.objects.exists()
    response = bring_back(client, path)
    assert "Edition 1 was restored into the working copy." in words(response)
    assert build_bytes(edited) == bytes(edited.editions.get().content)
    assert "Edition 1 was restored." in words(response)
    assert history(edited)[0] == "Edition 1 was restored into the working copy."
    response = undo(client, response)
    assert "was brought back" in words(response)
    assert build_bytes(edited) == before
    undo(client, response)
    assert build_bytes(edited) == bytes(edited.editions.get().content)


def test_a_restore_is_refused_where_somebody_changed_the_working_copy_meanwhile(client, boris, edited):
    path = restoring(edited, "restore_edition", 1)
    seen = seen_at(client, path)
    save(boris, edited, licence="CC0")
    before = build_bytes(edited)
    for data in ({"seen": seen}, {}):
        assert "The working copy was changed since you looked" in words(client.post(path, data))
    assert build_bytes(edited) == before


def test_undoing_a_restore_is_refused_where_somebody_worked_on_meanwhile(client, boris, edited):
    response = bring_back(client, restoring(edited, "restore_edition", 1))
    save(boris, edited, licence="CC0")
    before = build_bytes(edited)
    assert "The working copy was changed since you looked" in words(undo(client, response))
    assert build_bytes(edited) == before


def test_a_working_copy_that_says_just_this_is_not_restored(client, small):
    publish(small, "First edition.")
    page = client.get(restoring(small, "restore_edition", 1))
    assert "Nothing: the working copy says just this now." in words(page)


def test_a_tampered_or_taken_down_edition_is_not_restored(client, edited):
    before = build_bytes(edited)
    models.Takedown.objects.create(edition=edited.editions.get(), reason="A court said so.")
    path = restoring(edited, "restore_edition", 1)
    assert "taken down: it cannot be restored" in words(bring_back(client, path))
    models.Takedown.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE trials_edition SET digest = %s", ["0" * 64])
    assert "not those that were kept" in words(bring_back(client, path))
    assert build_bytes(edited) == before


def test_a_working_copy_that_is_not_whole_is_not_replaced(client, edited):
    models.Person.objects.filter(key="radek").update(name={})
    assert "It cannot be restored, and nothing was changed" in words(
        client.get(restoring(edited, "restore_edition", 1))
    )


def group_member(name):
    user = User.objects.create_user(name.replace(" ", ""), password="x", is_staff=True)
    user.groups.add(Group.objects.get(name=name))
    client = Client()
    client.force_login(user)
    return client


def test_only_curators_restore_and_contributors_look(client, edited):
    bring_back(client, restoring(edited, "restore_edition", 1))
    checkpoint = models.Checkpoint.objects.get()
    pages = [
        restoring(edited, "editions"),
        restoring(edited, "restore_edition", 1),
        restoring(edited, "restore_checkpoint", checkpoint.pk),
    ]
    before = build_bytes(edited)
    for path in pages:
        assert Client().get(path).url.startswith("/admin/login/")
    for member, expected in [
        (staff(), [403, 403, 403]),
        (group_member("kiosk steward"), [403, 403, 403]),
        (group_member("contributor"), [200, 403, 403]),
        (group_member("curator"), [200, 200, 200]),
    ]:
        assert [member.get(path).status_code for path in pages] == expected
        assert [member.post(path).status_code for path in pages] == expected
    assert build_bytes(edited) == before
    User.objects.get(username="clara").delete()
    assert staff("view_exhibit").get(pages[0]).status_code == 403


def test_an_edition_or_checkpoint_of_another_exhibit_is_not_found(client, edited):
    bring_back(client, restoring(edited, "restore_edition", 1))
    other = cases.load(cases.small_content(slug="other"))
    checkpoint = models.Checkpoint.objects.get()
    assert client.get(restoring(other, "restore_edition", 1)).status_code == 404
    assert client.get(restoring(other, "restore_checkpoint", checkpoint.pk)).status_code == 404
    assert client.get(restoring(models.Exhibit(pk=4711), "editions")).status_code == 404


def test_the_list_of_editions_asks_a_fixed_number_of_questions(client, edited):
    counts = []
    for many in (1, 4):
        for n in range(many):
            edited.refresh_from_db()
            edited.licence = f"Licence {many} {n}"
            edited.save()
            publish(edited, "Another.")
        with CaptureQueriesContext(connection) as captured:
            client.get(restoring(edited, "editions"))
        counts.append(len(captured))
    assert counts[0] == counts[1]


# In a real browser


@pytest.mark.browser
def test_the_pages_of_history_obey_the_policy_and_undo_is_one_click(client, edited, live_server, tab):
    person = edited.people.get(key="pyatakov")
    radek = edited.people.get(key="ulrikh")
    delete(client, radek)
    cookie = client.cookies["sessionid"].value
    tab.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    version = Version.objects.get_for_object(person)[1].pk
    deleted = Version.objects.get_deleted(models.Person)[0].pk
    for path in (
        address("history", models.Person, person.pk),
        f"{address('compare', models.Person, person.pk)}?from={version}",
        address("version", models.Person, person.pk, version),
        address("changelist", models.Person),
        address("recover_list", models.Person),
        address("recover", models.Person, deleted),
        restoring(edited, "editions"),
        restoring(edited, "restore_edition", 1),
    ):
        assert tab.goto(live_server.url + path).status == 200, path
        assert tab.complaints == [], path
    tab.goto(live_server.url + change(person))
    tab.fill("#id_life_en", "An economist.")
    tab.click("text=Save >> nth=0")
    tab.click(".messagelist >> text=Undo")
    assert "Undone: Changed Life." in tab.inner_text(".messagelist")
    person.refresh_from_db()
    assert person.life == {"en": "A statesman."}
    assert tab.complaints == []
