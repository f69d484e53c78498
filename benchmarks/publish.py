"""How long publishing takes, and how much memory: the shipped exhibit, and one with 300 defendants and 3,000 entries.

    .venv/bin/python -m benchmarks.publish

On a database of its own, in the temporary folder of the tests. Prints seconds, and the same as ratios to the shipped
exhibit; the memory is the most that the process has held, in MiB, after each.
"""

import os
import resource
import time

os.environ.pop("DATABASE_URL", None)
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from tests import cases  # noqa: E402
from trials.editions.build import build  # noqa: E402
from trials.editions.document import Document, dumps  # noqa: E402
from trials.editions.publish import publish  # noqa: E402
from trials.editions.readiness import readiness  # noqa: E402
from trials.editions.restore import restore  # noqa: E402


def seconds(work):
    """What ``work()`` gives, and how long it took."""
    began = time.perf_counter()
    result = work()
    return result, time.perf_counter() - began


def measure(document: Document) -> dict[str, float]:
    """Seconds of each step on the way of ``document`` to the wall, by name."""
    exhibit, load = seconds(lambda: restore(document))
    built, building = seconds(lambda: build(exhibit))
    _findings, checking = seconds(lambda: readiness(built))
    _content, writing = seconds(lambda: dumps(built))
    _display, publishing = seconds(lambda: publish(exhibit, "A benchmark."))
    return {"load": load, "build": building, "check": checking, "write": writing, "publish, whole": publishing}


def main():
    """Print the table."""
    call_command("migrate", verbosity=0)
    rows = {}
    for name, document in (
        ("shipped", cases.shipped_document()),
        ("300 + 3,000", cases.document(cases.large_content(300, 3000))),
    ):
        rows[name] = measure(document)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"{name:12} most memory {memory} MiB")
    print(f"\n{'step':16}" + "".join(f"{name:>14}" for name in rows) + f"{'ratio':>10}")
    for step in rows["shipped"]:
        times = [row[step] for row in rows.values()]
        print(f"{step:16}" + "".join(f"{each:13.2f}s" for each in times) + f"{times[-1] / times[0]:10.1f}")


if __name__ == "__main__":
    main()
