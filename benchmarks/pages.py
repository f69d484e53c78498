"""What a page costs: from the page store, from Django, and as a file behind nginx.

    .venv/bin/python -m benchmarks.pages            (rounds and seconds: --rounds 5 --seconds 3)

Servers take the first core, whoever asks takes the second; rounds are interleaved, so that a busy minute falls on
all. Compare within one run only, over plain http. nginx and wrk are needed (Debian: nginx-light,
libnginx-mod-http-brotli-static, wrk). docs/benchmarks.md says how to read what comes of it.
Prints a table and writes the same as JSON to benchmarks/results/pages.json.
"""

import argparse
import contextlib
import json
import os
import re
import statistics
import subprocess
import tempfile
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from tools import nginx
from tools.served import free_port, served

RESULTS = Path(__file__).parent / "results" / "pages.json"
PAGE = "/exhibits/second-moscow-trial/"
BROTLI = {"Accept-Encoding": "br"}
CONNECTIONS = 16
# The least that nginx can do: one file, without a header of ours.
PLAIN_SITE = """
server {{ listen 127.0.0.1:{port}; root {folder}; access_log off; brotli_static on; types {{ text/html html; }} }}
"""
FIRST_CORE = ("taskset", "-c", "0")


@dataclass
class Row:
    """One way to get the page: where, with which headers, from which process; and what each round measured."""

    name: str
    address: str
    pid: int
    headers: dict[str, str] = field(default_factory=dict)
    rates: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Answers a second: the median of the rounds."""
        return statistics.median(self.rates)

    @property
    def cost(self) -> float:
        """Microseconds of the server's CPU for an answer: the median of the rounds."""
        return statistics.median(self.costs)


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and all below it, in seconds."""
    ticks = sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]))
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return ticks / os.sysconf("SC_CLK_TCK") + sum(cpu_seconds(int(child)) for child in children)


def measure(row: Row, seconds: int):
    """Ask for some seconds, and note the answers a second and their cost."""
    headers = [part for name, value in row.headers.items() for part in ("-H", f"{name}: {value}")]
    before = cpu_seconds(row.pid)
    command = ["taskset", "-c", "1", "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", *headers, row.address]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    answers, took = re.search(r"(\d+) requests in ([\d.]+)s", said).groups()
    if "Non-2xx" in said and "304" not in row.name:
        raise RuntimeError(f"{row.name}: not every answer was the page.\n{said}")
    row.rates.append(int(answers) / float(took))
    row.costs.append((cpu_seconds(row.pid) - before) / int(answers) * 1e6)


def shipped(name: str, folder: Path, port: int, filled: dict[str, str]) -> str:
    """A site file of ``deploy/`` that answers on a port, without https: its cost is not what is measured."""
    text = nginx.site(
        name,
        {
            "listen 443 ssl http2;": f"listen 127.0.0.1:{port};",
            "    listen [::]:443 ssl http2;\n": "",
            "listen 80;": f"listen 127.0.0.1:{free_port()};",
            "    listen [::]:80;\n": "",
            "exhibit.museum.example": "localhost",
            "/var/log/nginx": str(folder),
            **filled,
        },
    )
    return re.sub(r"^ *ssl_.*\n", "", text, flags=re.MULTILINE)


def main():
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=2)
    given = parser.parse_args()
    with contextlib.ExitStack() as stack:
        rows = list(_rows(stack))
        for _round in range(given.rounds):
            for row in rows:
                measure(row, given.seconds)
    show(rows)


def _rows(stack):
    ready = stack.enter_context(served("granian", before=FIRST_CORE))
    django = stack.enter_context(served("granian", before=FIRST_CORE, PAGE_STORE_MIB="0"))
    fallback = stack.enter_context(served("gunicorn", before=FIRST_CORE))
    if nginx.installed():
        yield from _files(stack, ready)
    else:
        print("nginx is not installed: what a file costs is left out, and ratios are to the page store.")
    yield Row("page store, Brotli", ready.address + PAGE, ready.pid, BROTLI)
    yield Row("page store, gzip", ready.address + PAGE, ready.pid, {"Accept-Encoding": "gzip"})
    yield Row("page store, plain", ready.address + PAGE, ready.pid)
    yield _held("page store, 304", ready.address + PAGE, ready.pid)
    yield Row("page store behind gunicorn", fallback.address + PAGE, fallback.pid, BROTLI)
    yield Row("rendered each time", django.address + PAGE, django.pid, BROTLI)


def _files(stack, ready):
    """The page as a file behind nginx, as a copy of the pages behind it, and nginx in front of the application."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="exhibit-nginx-")))
    folder.chmod(0o755)  # nginx reads it as another user
    ready.manage("export_pages", str(folder / "site"))
    port = free_port()
    bare = PLAIN_SITE.format(port=port, folder=folder / "site")
    plain = stack.enter_context(nginx.running(bare, folder / "plain", port, FIRST_CORE))
    page = f"http://localhost:{port}{PAGE}index.html"
    yield Row("nginx, plain file", page, plain.pid)
    yield Row("nginx, brotli_static", page, plain.pid, BROTLI)
    port = free_port()
    copy = shipped("nginx-static.conf", folder, port, {"/srv/exhibit-pages/site": str(folder / "site")})
    static = stack.enter_context(nginx.running(copy, folder / "static", port, FIRST_CORE))
    yield Row("exported page, Brotli", f"http://localhost:{port}{PAGE}", static.pid, BROTLI)
    yield _held("exported page, 304", f"http://localhost:{port}{PAGE}", static.pid)
    port = free_port()
    upstream = ready.address.removeprefix("http://").replace("localhost", "127.0.0.1")
    proxy = shipped("nginx.conf", folder, port, {"127.0.0.1:8000": upstream, "/var/cache/nginx": str(folder)})
    front = stack.enter_context(nginx.running(proxy, folder / "front", port, FIRST_CORE))
    yield Row("kept by nginx in front", f"http://localhost:{port}{PAGE}", front.pid, BROTLI)


def _held(name, address, pid):
    """A row of those who hold the page already."""
    asked = urllib.request.Request(address, headers=BROTLI)  # noqa: S310
    etag = urllib.request.urlopen(asked).headers["ETag"]  # noqa: S310
    return Row(name, address, pid, {**BROTLI, "If-None-Match": etag})


def show(rows: list[Row]):
    """The table, and the same as JSON."""
    first = rows[0]
    print(f"\n{'':28}{'answers/s':>12}{'of the first':>14}{'CPU µs':>10}{'x the first':>13}")
    for row in rows:
        print(
            f"{row.name:28}{row.rate:12,.0f}{row.rate / first.rate:14.2f}{row.cost:10,.1f}{row.cost / first.cost:13.1f}"
        )
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps([{**vars(row), "rate": row.rate, "cost": row.cost} for row in rows], indent=1))


if __name__ == "__main__":
    main()
