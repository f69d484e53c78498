"""Checkpoints: what replaces a working copy can be undone."""

import threading
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from tests import cases
from trials.editions import checkpoints, document, publish, takedown
from trials.editions.build import build
from trials.editions.document import dumps
from trials.models import Checkpoint, Display, Edition, Exhibit, Person


def bytes_of(exhibit):
    return dumps(build(exhibit))


def change(name="Changed"):
    """A curator changes a person, and the day's work is there to be lost."""
    person = Person.objects.get(key="radek")
    person.sort_name = name
    person.save()


def tamper(row, **values):
    """Change what is never changed, as somebody at the database could."""
    columns = ", ".join(f"{column} = %s" for column in values)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {row._meta.db_table} SET {columns} WHERE id = %s", [*values.values(), row.pk])  # noqa: S608


def test_a_checkpoint_keeps_the_working_copy_with_the_reason_and_who(small):
    user = User.objects.create_user("curator")
    kept = checkpoints.keep(small, "A package was loaded.", user)
    kept.refresh_from_db()
    assert bytes(kept.content) == bytes_of(small) and kept.digest == document.digest_of(bytes(kept.content))
    assert (kept.exhibit, kept.created_by) == (small, user)
    assert str(kept).endswith(": A package was loaded.")


def test_a_long_reason_is_cut_to_what_fits(small):
    assert len(checkpoints.keep(small, "x" * 1000).reason) == 300


def test_loading_a_checkpoint_brings_back_what_was_and_can_be_undone(small):
    first = bytes_of(small)
    kept = checkpoints.keep(small, "Trying out.")
    change()
    second = bytes_of(small)
    assert first != second
    undo = checkpoints.load(kept)
    assert bytes_of(small) == first
    assert undo.reason.startswith("The working copy of 20") and undo.reason.endswith(" was brought back.")
    checkpoints.load(undo)
    assert bytes_of(small) == second
    assert Checkpoint.objects.count() == 3


def test_an_edition_is_restored_and_what_was_is_kept(small):
    edition = publish.publish(small, "First.").edition
    change()
    changed, shown = bytes_of(small), Display.objects.count()
    user = User.objects.create_user("curator")
    kept = checkpoints.restore_edition(small, edition, user)
    assert bytes_of(small) == bytes(edition.content)
    assert bytes(kept.content) == changed
    assert (kept.reason, kept.created_by) == ("Edition 1 was restored.", user)
    assert Display.objects.count() == shown and Edition.objects.count() == 1


def test_records_that_do_not_differ_keep_their_version(small):
    edition = publish.publish(small, "First.").edition
    change()
    before = dict(Person.objects.values_list("key", "version"))
    checkpoints.restore_edition(small, edition)
    assert dict(Person.objects.values_list("key", "version")) == {**before, "radek": before["radek"] + 1}


def test_the_address_of_the_exhibit_stays_the_present_one(small):
    edition = publish.publish(small, "First.").edition
    small.slug = "renamed"
    small.save()
    cases.load(cases.small_content())  # another exhibit has the old address now
    checkpoints.restore_edition(small, edition)
    small.refresh_from_db()
    assert (small.slug, small.former_slugs) == ("renamed", ["small"])


def test_a_working_copy_that_is_not_whole_is_not_replaced(small):
    edition = publish.publish(small, "First.").edition
    Person.objects.filter(key="radek").update(life={"en": "See [@rumour]."})
    with pytest.raises(checkpoints.NotKept) as error:
        checkpoints.restore_edition(small, edition)
    sentences = [str(fault) for fault in error.value.faults]
    assert "nothing was replaced. Mend this first" in sentences[0]
    assert sentences[1].startswith("people[1].life.en: The text cites the source “rumour”")
    assert Person.objects.get(key="radek").life == {"en": "See [@rumour]."}
    assert not Checkpoint.objects.exists()


def test_a_tampered_edition_is_not_restored(small):
    edition = publish.publish(small, "First.").edition
    change()
    before = bytes_of(small)
    tamper(edition, content=bytes(edition.content).replace(b"Radek", b"Rodek"))
    edition.refresh_from_db()
    with pytest.raises(document.EditionTampered, match="do not have the digest"):
        checkpoints.restore_edition(small, edition)
    assert bytes_of(small) == before and not Checkpoint.objects.exists()


def test_a_tampered_checkpoint_is_not_loaded(small):
    kept = checkpoints.keep(small, "Trying out.")
    tamper(kept, content=bytes(kept.content).replace(b"Radek", b"Rodek"))
    kept.refresh_from_db()
    with pytest.raises(document.EditionTampered):
        checkpoints.load(kept)
    assert Checkpoint.objects.count() == 1


def test_an_edition_of_another_exhibit_is_not_restored(small):
    other = cases.load(cases.small_content(slug="other"))
    edition = publish.publish(other, "First.").edition
    with pytest.raises(checkpoints.Refused, match="other, edition 1 is an edition of another exhibit"):
        checkpoints.restore_edition(small, edition)


def test_an_edition_that_was_taken_down_is_not_restored_until_that_is_lifted(small):
    edition = publish.publish(small, "First.").edition
    change()
    down = takedown.take_down_edition(edition, "A court said so.")
    with pytest.raises(checkpoints.Refused, match="was taken down"):
        checkpoints.restore_edition(small, edition)
    takedown.lift(down)
    checkpoints.restore_edition(small, edition)


def test_a_replacement_that_fails_keeps_nothing(small, monkeypatch):
    before = bytes_of(small)

    def fail(*args):
        raise RuntimeError("the power went")

    monkeypatch.setattr(checkpoints, "restore", fail)
    with pytest.raises(RuntimeError):
        checkpoints.replace(small, build(small), "Trying out.")
    assert bytes_of(small) == before and not Checkpoint.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_somebody_saves_meanwhile_is_kept_or_stays_and_is_never_lost(monkeypatch):
    """A curator saves between the keeping and the replacing: it has to wait, and is then seen to be a conflict."""
    small = cases.load(cases.small_content())
    edition = publish.publish(small, "First.").edition
    change("Before")
    results, keep = [], checkpoints.keep

    def save():
        try:
            change("Meanwhile")
            results.append("saved")
        except Exception as error:
            results.append(type(error).__name__)
        finally:
            connection.close()

    thread = threading.Thread(target=save)

    def keep_and_let_somebody_save(*args):
        kept = keep(*args)
        thread.start()
        thread.join(1)
        assert results == []  # waiting
        return kept

    monkeypatch.setattr(checkpoints, "keep", keep_and_let_somebody_save)
    kept = checkpoints.restore_edition(small, edition)
    thread.join()
    assert b"Before" in bytes(kept.content)
    name = Person.objects.get(key="radek").sort_name
    assert (results, name) in [(["saved"], "Meanwhile"), (["Conflict"], "Radek, Karl")]


def test_the_command_restores_an_edition_and_says_how_to_undo_it(small):
    publish.publish(small, "First.")
    change()
    out = StringIO()
    call_command("restore_edition", "small", 1, stdout=out)
    kept = Checkpoint.objects.get()
    assert "now as in edition 1" in out.getvalue() and f"restore_checkpoint {kept.pk}" in out.getvalue()
    assert Person.objects.get(key="radek").sort_name == "Radek, Karl"
    call_command("restore_checkpoint", kept.pk, stdout=out)
    assert Person.objects.get(key="radek").sort_name == "Changed"


def test_the_commands_name_what_there_is(small):
    with pytest.raises(CommandError, match=r"“small” has no edition 3\. There is: none yet\."):
        call_command("restore_edition", "small", 3)
    publish.publish(small, "First.")
    with pytest.raises(CommandError, match=r"There is: 1\."):
        call_command("restore_edition", "small", 3)
    with pytest.raises(CommandError, match=r"no checkpoint 7\. Without a number, this command lists"):
        call_command("restore_checkpoint", 7)
    kept = checkpoints.keep(small, "Trying out.")
    out = StringIO()
    call_command("restore_checkpoint", stdout=out)
    assert str(kept.pk) in out.getvalue() and ": Trying out." in out.getvalue()


def test_a_checkpoint_goes_with_its_exhibit(small):
    checkpoints.keep(small, "Trying out.")
    with transaction.atomic():
        small.delete()
    assert not Checkpoint.objects.exists() and not Exhibit.objects.exists()
