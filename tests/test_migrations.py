"""Migrations that rewrite what curators wrote: nothing is lost on the way, forwards and back."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from reversion.models import Version

from tests import cases
from trials import models
from trials.admin import revisions
from trials.editions.build import build
from trials.editions.document import dumps

LABEL = 'Obituary “M.”, 1937 — \\ \' " %s {"en": 1} Правда'


def at(name):
    """The models of the application as they are after this migration; the database is brought there."""
    executor = MigrationExecutor(connection)
    executor.migrate([("trials", name)])
    return executor.loader.project_state([("trials", name)]).apps


@pytest.fixture
def migrated_back(transactional_db):
    """Leaves the database as it was found: with every migration."""
    yield
    call_command("migrate", verbosity=0)


def test_labels_and_references_become_texts_in_the_main_language(migrated_back, settings):
    settings.LANGUAGES = [("en", "English"), ("ru", "Русский")]
    exhibit = cases.load(cases.small_content())
    whole = dumps(build(exhibit))
    longest = "я" * 1000

    before = at("0004_trade_branch_theme").get_model("trials", "Source").objects
    assert [*before.order_by("order").values_list("label", "reference")] == [
        ("Court report 1937", "Report of Court Proceedings."),
        ("A memoir", "A memoir."),
    ]
    fields = {"exhibit_id": exhibit.pk, "kind": "press", "version": 7}
    odd = before.create(**fields, key="odd", label=LABEL, reference=longest, order=3)
    before.create(**fields, key="empty", label="", reference=" ", order=4)
    call_command("migrate", verbosity=0)

    found = models.Source.objects.get(pk=odd.pk)
    assert (found.label, found.reference, found.version) == ({"en": LABEL}, {"en": longest}, 7)
    assert models.Source.objects.get(label__en__icontains="Правда") == found
    empty = models.Source.objects.get(key="empty")
    assert (empty.label, empty.reference, str(empty)) == ({}, {}, "empty")
    found.full_clean()
    models.Source.objects.filter(key__in=["odd", "empty"]).delete()
    assert dumps(build(exhibit)) == whole


def test_what_was_kept_of_a_source_before_comes_back_as_a_text(small, admin_user):
    source = small.sources.get(key="record")
    revisions.keep_found(source)
    version = Version.objects.get_for_object(source).get()
    version.serialized_data = version.serialized_data.replace('{"en": "Court report 1937"}', '"Court report of old"')
    version.save()
    kept, now = revisions.state_at(version), revisions.present(source)
    assert revisions.misfits(kept) == []
    revisions.bring_back(kept, now, admin_user)
    source.refresh_from_db()
    assert source.label == {"en": "Court report of old"} and source.version == 2
