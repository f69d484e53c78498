"""Lighthouse's marks for every kind of page, on a phone and a desktop, as a table in Markdown.

    .venv/bin/python -m tools.lighthouse [FOLDER]

Needs Node.js (npm) and Chromium. Lighthouse is fetched from npm’s registry into FOLDER, or into a temporary one,
and asked about a real server with the exhibit that ships. What is not perfect is asked three times, and the
middle marks count, because speed varies with what else the machine does. Ends with status 1 where a mark is too low.
"""

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

from tools import start
from tools.served import served

# The last one that runs on Node.js 18 and 20; later ones need 22.
LIGHTHOUSE = "lighthouse@12.8.2"
CATEGORIES = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
DEVICES = {"phone": [], "desktop": ["--preset=desktop"]}
# Pages that the sitemap does not name, and the two of its many persons that stand for them: one tried, one not.
OTHERS = ["/search/", "/search/?q=Pyatakov"]
# Results are kept from search engines on purpose, so that nobody can plant words in them: their mark is not asked.
UNLISTED = "?q="
PERSON = "/people/"
PERSONS = ("/people/", "/people/pyatakov/", "/people/ulrikh/")


def main(folder):
    """Print the table; the exit status."""
    fetch(folder)
    failed = []
    with served() as server:
        print("| page | " + " | ".join(DEVICES) + " |\n|---|" + "---|" * len(DEVICES), flush=True)
        for page in pages(server.address):
            marks = {device: measure(folder, server.address + page, options) for device, options in DEVICES.items()}
            cells = [" / ".join(map(str, found.values())) for found in marks.values()]
            print(f"| {page} | {' | '.join(cells)} |", flush=True)
            failed += [
                f"{page} on a {device}: {category} {found[category]}, not {least}"
                for device, found in marks.items()
                for category, least in CATEGORIES.items()
                if found[category] < least and not (category == "seo" and UNLISTED in page)
            ]
    print("\nPerformance / accessibility / best practices / search engines.", *failed, sep="\n")
    return 1 if failed else 0


def fetch(folder):
    """Install Lighthouse in ``folder``, where it is not there yet."""
    if not program(folder).exists():
        subprocess.run(["npm", "install", "--silent", "--no-fund", "--prefix", folder, LIGHTHOUSE], check=True)


def program(folder) -> Path:
    """Where Lighthouse is installed."""
    return Path(folder) / "node_modules" / ".bin" / "lighthouse"


def pages(address) -> list[str]:
    """The path of a page of every kind, as the sitemap of the site has them."""
    with urllib.request.urlopen(f"{address}/sitemap.xml") as answer:  # noqa: S310
        paths = [path.removeprefix(address) for path in re.findall("<loc>(.*?)</loc>", answer.read().decode())]
    return [path for path in paths if PERSON not in path or path.endswith(PERSONS)] + OTHERS


def measure(folder, address, options) -> dict[str, int]:
    """The marks of a page by category, from 0 to 100."""
    reports = [run(folder, address, options)]
    if any(category["score"] < 1 for category in reports[0]["categories"].values()):
        reports += [run(folder, address, options) for _again in range(2)]
    return {
        category: round(100 * statistics.median(report["categories"][category]["score"] for report in reports))
        for category in CATEGORIES
    }


def run(folder, address, options) -> dict:
    """One report of Lighthouse; at times it fails on a busy machine. Raises RuntimeError where it fails three times."""
    command = [program(folder), address, "--output=json", "--quiet", "--no-enable-error-reporting", *options]
    command += [f"--only-categories={','.join(CATEGORIES)}", "--chrome-flags=--headless=new --no-sandbox"]
    environment = os.environ | {"CHROME_PATH": start.find_chromium() or ""}
    for _attempt in range(3):
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode == 0:
            return json.loads(done.stdout)
    raise RuntimeError(f"Lighthouse could not look at {address}:\n{done.stderr}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(main(sys.argv[1]))
    with tempfile.TemporaryDirectory(prefix="lighthouse-") as temporary:
        sys.exit(main(temporary))
