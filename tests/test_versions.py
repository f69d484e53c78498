"""Two writers of one record: the second is refused, and nothing of the first is lost."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from tests import cases
from trials import models
from trials.editions import document as documents
from trials.editions.build import build
from trials.editions.restore import restore


def test_every_save_counts_the_version_up(small):
    place = models.Place.objects.get()
    place.save()
    place.save()
    place.refresh_from_db()
    assert place.version == 3


def test_of_two_who_opened_the_same_version_the_second_is_refused(small):
    mine, theirs = models.Place.objects.get(), models.Place.objects.get()
    theirs.name_then = "Дом Союзов"
    theirs.save()
    mine.name_then = "Somewhere else"
    with pytest.raises(models.Conflict, match="was changed by somebody else after you opened it"):
        mine.save()
    mine.refresh_from_db()
    assert mine.name_then == "Дом Союзов"


def test_a_restore_that_meets_a_newer_change_changes_nothing(small, monkeypatch):
    """Somebody saves between the moment in which the rows are read and that in which they are written."""
    content = cases.small_content(where={"en": "Elsewhere"})
    content["places"][0]["name_then"] = "Дом Союзов"
    stale = models.Exhibit.objects.get()
    models.Exhibit.objects.get().save()
    before = documents.dumps(build(small))
    with pytest.raises(models.Conflict):
        restore(documents.loads(cases.as_bytes(content)), stale)
    assert documents.dumps(build(small)) == before


@pytest.mark.django_db(transaction=True)
def test_two_threads_that_write_one_version_at_once_end_with_one_winner():
    cases.load(cases.small_content())
    together, results = threading.Barrier(2), []

    def write(words):
        place = models.Place.objects.get()
        place.name_then = words
        together.wait()
        try:
            place.save()
            results.append(words)
        except models.Conflict:
            results.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(words,)) for words in ("first", "second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results.count("refused") == 1
    place = models.Place.objects.get()
    assert place.version == 2 and place.name_then in results


@pytest.mark.parametrize(
    ("model", "change", "constraint"),
    [
        (models.Place, {"latitude": 91.0}, "place_on_the_globe"),
        (models.Place, {"longitude": None}, "place_on_the_globe"),
        (models.TimelineEntry, {"date": ""}, "timelineentry_has_a_date"),
        (models.Defendant, {"sentence_years": 5}, "defendant_years_of_prison"),
        (models.Defendant, {"sentence": "prison"}, "defendant_years_of_prison"),
        (models.Citation, {"section": None}, "citation_of_one_statement"),
    ],
)
def test_a_rule_holds_in_the_database_itself(small, model, change, constraint):
    row = model.objects.order_by("pk").first()
    if model is models.Citation:
        row = model.objects.filter(section__isnull=False).first()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        model.objects.filter(pk=row.pk).update(**change)


def test_a_citation_of_two_statements_is_refused(small):
    citation = models.Citation.objects.filter(section__isnull=False).first()
    with pytest.raises(IntegrityError, match="citation_of_one_statement"), transaction.atomic():
        models.Citation.objects.filter(pk=citation.pk).update(place=models.Place.objects.get())


def test_a_record_of_another_exhibit_is_refused_in_words(small):
    from django.core.exceptions import ValidationError

    other = cases.load(cases.small_content(slug="other"))
    entry = small.timeline.get(key="first-day")
    entry.place = other.places.get()
    with pytest.raises(ValidationError, match="belongs to another exhibit"):
        entry.full_clean()


def test_prose_that_cites_what_is_not_there_is_refused_in_words(small):
    from django.core.exceptions import ValidationError

    section = small.sections.get()
    section.body = {"en": "As [@rumour, p. 4] says, [somebody](person:nobody) did it."}
    with pytest.raises(ValidationError) as refusal:
        section.full_clean()
    assert refusal.value.message_dict["body"] == [
        "The text cites the source “rumour”, which this exhibit does not have.",
        "The text links to person “nobody”, which this exhibit does not have.",
    ]


def test_the_position_after_the_last_is_one_that_every_database_holds(small):
    last = models.Term.objects.get()
    last.order = 2**31 - 1
    last.save()
    term = models.Term.objects.create(exhibit=small, key="new", term={"en": "New"}, definition={"en": "New."})
    assert term.order == 2**31 - 1


@pytest.mark.parametrize("number", [32_768, 10**25])
def test_a_number_that_does_not_fit_its_column_is_refused_in_words(small, number):
    defendant = models.Defendant.objects.first()
    defendant.number = number
    with pytest.raises(ValidationError, match="at most 32767"):
        defendant.full_clean()


def test_a_record_may_get_its_old_key_back(small):
    person = models.Person.objects.get(key="ulrikh")
    for key in ("ulrich", "ulrikh"):
        person.key = key
        person.save()
    assert person.former_keys == ["ulrich"]
    for slug in ("renamed", "small"):
        small.slug = slug
        small.save()
    assert small.former_slugs == ["renamed"]
    build(small)


def test_nobody_gets_a_key_under_which_labels_look_for_somebody_else(small):
    person = models.Person(exhibit=small, key="sobelsohn", name={"en": "Another"}, sort_name="Another")
    with pytest.raises(ValidationError, match="“Karl Radek” had this key before"):
        person.full_clean()
