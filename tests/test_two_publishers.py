"""Two publications at once, by real processes on one database: two editions, in one order, without a gap."""

import os
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from tests import cases
from trials import models


def address_of_the_database() -> str:
    """The address of the database that the tests use, for a process of its own."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


@pytest.mark.django_db(transaction=True)
def test_two_processes_that_publish_at_once_make_two_editions_in_one_order():
    for slug in ("one", "two"):
        cases.load(cases.small_content(slug=slug, title={"en": slug.title()}))
    environment = os.environ | {"DATABASE_URL": address_of_the_database(), "DJANGO_SETTINGS_MODULE": "exhibit.settings"}
    command = [sys.executable, "manage.py", "publish"]
    runs = [
        subprocess.Popen(
            [*command, slug, "--note", f"{slug} {n}"], cwd=cases.BASE, env=environment, stderr=subprocess.PIPE
        )
        for n in range(2)
        for slug in ("one", "two")
    ]
    errors = [run.communicate(timeout=60)[1].decode() for run in runs]
    # Of two that publish the same words, the second finds nothing to publish, and says so.
    assert sorted(run.returncode for run in runs) == [0, 0, 1, 1], errors
    assert all("Nothing has changed since edition 1" in error for error in errors if error)
    for slug in ("one", "two"):
        exhibit = models.Exhibit.objects.get(slug=slug)
        assert list(exhibit.editions.values_list("number", flat=True)) == [1]
        assert exhibit.displays.count() == 1
