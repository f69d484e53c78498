"""Editions and the display log: what visitors see, from when, and what never changes."""

import threading
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone as clock

from tests import cases
from trials import models
from trials.editions import display, publish, upgrade
from trials.editions.build import _Rows
from trials.editions.document import EditionTampered, EditionUnreadable, loads
from trials.editions.restore import restore


def change(exhibit, words="Moscow, House of the Unions"):
    """Make the working copy differ from every edition."""
    exhibit.refresh_from_db()
    exhibit.where = {"en": words}
    exhibit.save()
    return exhibit


def shown():
    """The number of the edition of the small exhibit on display now, or None."""
    display.forget()
    found = display.on_display().get("small")
    return found and found.number


def later(**units):
    """A moment to come."""
    return clock.now() + timedelta(**units)


def test_nothing_is_on_display_until_it_is_published(small):
    assert shown() is None
    publish.publish(small, "First.")
    assert shown() == 1


def test_an_edition_keeps_the_words_as_they_were(small):
    publish.publish(small, "First.")
    change(small)
    display.forget()
    assert display.on_display()["small"].document.where["en"] == "Moscow"


def test_publishing_what_is_on_display_already_is_refused(small):
    publish.publish(small, "First.")
    with pytest.raises(publish.PublishError, match="Nothing has changed since edition 1"):
        publish.publish(small, "Again.")


def test_a_scheduled_edition_is_shown_from_its_moment_and_not_before(small):
    publish.publish(small, "First.")
    publish.publish(change(small), "Second.", starts=later(hours=1))
    assert shown() == 1
    models.Display._base_manager.filter(edition__number=1).update(starts=clock.now() - timedelta(hours=1))
    models.Display._base_manager.filter(edition__number=2).update(starts=clock.now() - timedelta(seconds=1))
    assert shown() == 2


def test_withdrawing_cancels_what_is_scheduled_and_names_it(small):
    publish.publish(small, "First.")
    scheduled = publish.publish(change(small), "Second.", starts=later(hours=1))
    cancelled = publish.withdraw(small, "An error was found.")
    assert cancelled == [scheduled]
    assert shown() is None
    assert publish.scheduled_displays(small) == []
    models.Display._base_manager.filter(starts__gt=clock.now()).update(starts=clock.now() - timedelta(milliseconds=1))
    assert shown() is None


def test_rolling_back_shows_the_earlier_edition(small):
    first = publish.publish(small, "First.").edition
    publish.publish(change(small), "Second.")
    publish.roll_back(small, first, "The second was wrong.")
    assert shown() == 1


def test_of_two_displays_at_one_moment_the_later_written_counts(small):
    moment = later(hours=1)
    publish.publish(small, "First.", starts=moment)
    publish.publish(change(small), "Second.", starts=moment)
    models.Display._base_manager.update(starts=clock.now() - timedelta(seconds=1))
    assert shown() == 2


def test_what_visitors_saw_in_the_past_is_not_changed(small):
    publish.publish(small, "First.")
    with pytest.raises(publish.PublishError, match="a moment to come"):
        publish.publish(change(small), "Second.", starts=later(seconds=-1))
    assert models.Edition.objects.count() == 1


def test_the_same_words_go_on_display_again_as_the_same_edition(small):
    publish.publish(small, "First.")
    publish.withdraw(small, "For a day.")
    publish.publish(small, "Back.")
    assert shown() == 1 and models.Edition.objects.count() == 1


def test_a_practice_exhibit_never_goes_on_display(db):
    exhibit = cases.load(cases.small_content(practice=True))
    with pytest.raises(publish.PublishError, match="practice exhibit"):
        publish.publish(exhibit, "First.")
    assert not models.Edition.objects.exists()


def test_an_exhibit_that_became_one_for_practice_is_not_rolled_back_onto_display(small):
    edition = publish.publish(small, "First.").edition
    publish.withdraw(small, "For practice now.")
    small.practice = True
    small.save()
    with pytest.raises(publish.PublishError, match="practice exhibit"):
        publish.roll_back(small, edition, "Back.")
    assert shown() is None


def test_a_note_is_required(small):
    with pytest.raises(publish.PublishError, match="Write a note"):
        publish.publish(small, "  ")


def test_an_edition_is_never_changed_or_deleted(small):
    edition = publish.publish(small, "First.").edition
    with pytest.raises(TypeError):
        edition.save()
    with pytest.raises(TypeError):
        edition.delete()
    with pytest.raises(TypeError):
        models.Edition.objects.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Edition.objects.create(exhibit=small, number=1, slug="small", content=b"", digest="", shape=1, note="x")


def test_a_tampered_edition_is_refused(small, caplog):
    edition = publish.publish(small, "First.").edition
    models.Edition._base_manager.filter(pk=edition.pk).update(
        content=bytes(edition.content).replace(b"Moscow", b"Berlin")
    )
    display.forget()
    with pytest.raises(EditionTampered):
        display.on_display()["small"].document  # noqa: B018
    assert "was changed in the database" in caplog.text
    assert display.readable() == []


def test_an_edition_is_shown_whatever_has_become_of_the_settings_since(small, settings):
    publish.publish(small, "First.")
    settings.LANGUAGES = [("ru", "Russian"), ("en", "English")]
    display.forget()
    assert display.on_display()["small"].document.title["en"] == "A small exhibit"


def test_an_edition_of_a_shape_that_cannot_be_read_is_not_shown_and_the_log_says_why(small, monkeypatch, caplog):
    publish.publish(small, "First.")
    monkeypatch.setattr(upgrade, "SHAPE", 0)
    display.forget()
    with pytest.raises(EditionUnreadable):
        display.on_display()["small"].document  # noqa: B018
    assert "reads shapes up to 0" in caplog.text
    assert display.readable() == []


def test_a_slug_that_was_on_display_is_not_given_to_another_exhibit(small):
    publish.publish(small, "First.")
    small.slug = "renamed"
    small.save()
    publish.publish(small, "Renamed.")
    other = cases.load(cases.small_content())
    with pytest.raises(publish.PublishError, match="belonged to another exhibit"):
        publish.publish(other, "First.")


def test_what_is_on_display_is_asked_once_a_second(small, django_assert_num_queries, monkeypatch):
    publish.publish(small, "First.")
    monkeypatch.setattr(display.time, "monotonic", lambda: 7.2)
    display.forget()
    with django_assert_num_queries(2):
        for _ in range(100):
            display.on_display()["small"].document  # noqa: B018
    monkeypatch.setattr(display.time, "monotonic", lambda: 8.2)
    with django_assert_num_queries(1):
        display.on_display()


def test_what_is_on_display_is_one_query_for_many_exhibits(db, django_assert_num_queries):
    for n in range(5):
        publish.publish(cases.load(cases.small_content(slug=f"exhibit-{n}")), "First.")
    display.forget()
    with django_assert_num_queries(1):
        assert len(display.on_display()) == 5


def test_publishing_by_command(small, capsys):
    call_command("publish", "small", note="First.")
    assert "Edition 1 of “small” is on display from" in capsys.readouterr().out
    assert shown() == 1
    call_command("withdraw", "small", note="For a day.")
    assert shown() is None


def test_scheduling_by_command_is_in_the_museums_time_zone(small):
    call_command("publish", "small", "--note", "First.", "--from", "2099-07-01T10:00", stdout=StringIO())
    assert models.Display.objects.get().starts == datetime(2099, 7, 1, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("moment", ["2099-03-29T02:30", "2099-10-25T02:30", "tomorrow"])
def test_a_moment_that_the_clock_skips_or_has_twice_is_refused(small, moment):
    with pytest.raises((CommandError, SystemExit)):
        call_command("publish", "small", "--note", "First.", "--from", moment)
    assert not models.Edition.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_edition_never_holds_half_of_what_is_saved_meanwhile(monkeypatch):
    """A curator saves a person and an entry that names her, between two queries of the publisher."""
    exhibit = cases.load(cases.small_content())
    content = cases.small_content()
    content["people"].append({"key": "wife", "name": {"en": "A wife"}, "sort_name": "Wife"})
    content["timeline"][0]["people"].append("wife")
    take = _Rows._take_links
    saving = threading.Thread(target=_save, args=(content,))

    def save_meanwhile(self, *args):
        if not saving.ident:
            saving.start()
            # On PostgreSQL it is done by then. On SQLite it waits for the publisher.
            saving.join(timeout=1)
        take(self, *args)

    monkeypatch.setattr(_Rows, "_take_links", save_meanwhile)
    edition = publish.publish(exhibit, "First.").edition
    saving.join()
    assert [person.key for person in loads(bytes(edition.content)).people] == ["pyatakov", "radek", "ulrikh"]
    assert models.TimelineEntry.objects.get(key="first-day").people.filter(key="wife").exists()


def _save(content):
    try:
        restore(loads(cases.as_bytes(content)), cases.exhibit("small"))
    finally:
        connection.close()
