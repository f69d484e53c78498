"""How pages grow with a museum: a few exhibits, then many, and what each page takes of time and questions in both.

    .venv/bin/python -m benchmarks.museum --exhibits 1000

Each exhibit has 17 accused and 100 timeline entries, is written to the working copy and published: a thousand of them
take some minutes and about a gigabyte, in a database of its own in the temporary folder, or in the one that
DATABASE_URL names. Pages are asked of Django's handler with nothing remembered. Prints a table of milliseconds of CPU,
which other work on the machine changes little, and writes the same to benchmarks/results/museum.json.
"""

import argparse
import json
import os
import resource
import time
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from tests import cases  # noqa: E402
from trials.editions import display  # noqa: E402
from trials.editions.publish import publish  # noqa: E402
from trials.models import Exhibit, Person  # noqa: E402

RESULTS = Path(__file__).parent / "results" / "museum.json"
FEW = 10
ACCUSED, ENTRIES = 17, 100


def exhibits(numbers):
    """Write and publish an exhibit for each number, and say how far it is."""
    for number in numbers:
        title = {"en": f"The trial of the case number {number}"}
        content = cases.large_content(ACCUSED, ENTRIES) | {"slug": f"trial-{number}", "title": title}
        publish(cases.load(content), "First edition.")
        print(f"\r{number + 1} of {numbers.stop} exhibits", end="", flush=True)
    print()


def pages() -> dict[str, str]:
    """The address of each page that is measured, by its name."""
    newest = Exhibit.objects.latest("pk")
    person = Person.objects.filter(exhibit=newest).first()
    home = f"/exhibits/{newest.slug}/"
    return {
        "front door": "/",
        "exhibit": home,
        "person": f"{home}people/{person.key}/",
        "timeline": f"{home}timeline/",
        "search": "/search/?q=Radek",
        "sitemap": "/sitemap.xml",
        "a file of the sitemap": "/sitemap-1.xml",
        "feed": "/feed.xml",
        "lost": "/nothing/",
        "admin: front page": "/admin/",
        "admin: exhibits": "/admin/trials/exhibit/",
        "admin: people of all": "/admin/trials/person/",
        "admin: people of one": f"/admin/trials/person/?exhibit__id__exact={newest.pk}",
        "admin: entries of all": "/admin/trials/timelineentry/",
        "admin: a person": f"/admin/trials/person/{person.pk}/change/",
        "admin: workspace": f"/admin/trials/exhibit/{newest.pk}/workspace/",
    }


def measure(client: Client) -> dict[str, tuple[float, int]]:
    """Milliseconds of CPU and queries of each page: the better of two looks, with nothing remembered."""
    found = {}
    for name, address in pages().items():
        looks = []
        for _look in range(2):
            display.forget()
            began = time.process_time()
            with CaptureQueriesContext(connection) as queries:
                response = client.get(address)
            looks.append(((time.process_time() - began) * 1000, len(queries)))
            if response.status_code not in (200, 404):
                raise SystemExit(f"{address} was answered with {response.status_code}.")
        found[name] = min(looks)
    exhibit = Exhibit.objects.latest("pk")
    exhibit.where = {"en": f"Elsewhere {time.time()}"}
    exhibit.save()
    began = time.process_time()
    publish(exhibit, "Changed.")
    found["publishing"] = ((time.process_time() - began) * 1000, 0)
    return found


def main():
    """Make the museum, measure it small and large, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--exhibits", type=int, default=100)
    many = parser.parse_args().exhibits
    call_command("migrate", verbosity=0)
    client = Client()
    client.force_login(User.objects.create_superuser("curator"))
    exhibits(range(FEW))
    measure(client)  # imports and templates
    few = measure(client)
    exhibits(range(FEW, many))
    large = measure(client)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"\n{'':24}{f'{FEW} exhibits':>20}{f'{many} exhibits':>20}{'ratio':>8}")
    for name, (took, queries) in few.items():
        took_large, queries_large = large[name]
        print(f"{name:24}{took:10.1f} ms{queries:5} q{took_large:11.1f} ms{queries_large:5} q{took_large / took:8.1f}")
    print(f"most memory {memory} MiB")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({"few": few, "many": large, "exhibits": many, "memory": memory}, indent=1))


if __name__ == "__main__":
    main()
