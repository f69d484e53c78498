"""Two publications at once, by real processes on one database: two editions, in one order, without a gap."""

import os
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from tests import cases
from trials import models
from trials.editions import document


def address_of_the_database() -> str:
    """The address of the database that the tests use, for a process of its own."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


# Changes a place five times, and publishes each time.
CHANGE_AND_PUBLISH = """
import sys
import django
django.setup()
from trials.editions.publish import PublishError, publish
from trials.models import Exhibit, Place
key = sys.argv[1]
for n in range(5):
    Place.objects.filter(key=key).update(name_then=f"{key} {n}")
    try:
        print(publish(Exhibit.objects.get(), f"{key} {n}").edition.number)
    except PublishError as error:
        assert "Nothing has changed" in str(error), error
"""


def at_once(*commands) -> list[subprocess.CompletedProcess]:
    """Run commands of Python at the same time, on the database of the tests; what came of each."""
    environment = os.environ | {"DATABASE_URL": address_of_the_database(), "DJANGO_SETTINGS_MODULE": "exhibit.settings"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    runs = [
        subprocess.Popen([sys.executable, *command], cwd=cases.BASE, env=environment, **pipes) for command in commands
    ]
    results = [run.communicate(timeout=90) for run in runs]
    return [
        subprocess.CompletedProcess(run.args, run.returncode, *texts) for run, texts in zip(runs, results, strict=True)
    ]


@pytest.mark.django_db(transaction=True)
def test_two_who_change_and_publish_at_once_make_editions_in_one_order_without_a_gap():
    content = cases.small_content()
    content["places"] = [
        {"key": "north", "name": {"en": "North"}},
        {"key": "south", "name": {"en": "South"}},
        *content["places"],
    ]
    exhibit = cases.load(content)
    runs = at_once(*(("-c", CHANGE_AND_PUBLISH, key) for key in ("north", "south")))
    assert [run.returncode for run in runs] == [0, 0], runs
    made = sorted(int(number) for run in runs for number in run.stdout.split())
    assert (
        made == list(exhibit.editions.order_by("number").values_list("number", flat=True)) == [*range(1, len(made) + 1)]
    )
    # Whoever publishes finds the own change published already, or does it: five changes of one make five editions.
    assert len(made) >= 5
    assert list(exhibit.displays.order_by("starts", "pk").values_list("edition__number", flat=True)) == made
    assert exhibit.editions.values("digest").distinct().count() == len(made)
    last = document.loads(bytes(exhibit.editions.get(number=made[-1]).content))
    assert {place.name_then for place in last.places[:2]} == {"north 4", "south 4"}


@pytest.mark.django_db(transaction=True)
def test_of_two_processes_that_publish_the_same_words_the_second_is_told_so():
    for slug in ("one", "two"):
        cases.load(cases.small_content(slug=slug, title={"en": slug.title()}))
    commands = [("manage.py", "publish", slug, "--note", f"{slug} {n}") for n in range(2) for slug in ("one", "two")]
    runs = at_once(*commands)
    assert sorted(run.returncode for run in runs) == [0, 0, 1, 1], runs
    assert all("Nothing has changed since edition 1" in run.stderr for run in runs if run.returncode)
    for slug in ("one", "two"):
        exhibit = models.Exhibit.objects.get(slug=slug)
        assert list(exhibit.editions.values_list("number", flat=True)) == [1]
        assert exhibit.displays.count() == 1
