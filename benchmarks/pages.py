"""What a page costs: from the page store, from Django, and as a plain file behind nginx.

    .venv/bin/python -m benchmarks.pages            (rounds and seconds: --rounds 5 --seconds 3)

Servers take the first core, whoever asks takes the second; rounds are interleaved, so that a busy minute falls on
all. Compare within one run only. nginx and wrk are needed (Debian: nginx-light, libnginx-mod-http-brotli-static, wrk).
Prints a table and writes the same as JSON to benchmarks/results/pages.json.
"""

import argparse
import contextlib
import json
import os
import re
import shutil
import statistics
import subprocess
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import brotli

from tools.served import free_port, served

RESULTS = Path(__file__).parent / "results" / "pages.json"
PAGE = "/exhibits/second-moscow-trial/"
CONNECTIONS = 16
NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log; {modules}
events {{ worker_connections 256; }}
http {{
  access_log off; types {{ text/html html; }} sendfile on; keepalive_requests 10000000;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder}; uwsgi_temp_path {folder};
  scgi_temp_path {folder};
  server {{ listen 127.0.0.1:{port}; root {folder}/site; {brotli} }}
}}
"""
BROTLI_MODULE = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")


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


@contextlib.contextmanager
def nginx(body: bytes):
    """nginx with the page as a file; gives its address and its process. Nothing where there is no nginx."""
    if not shutil.which("nginx"):
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="exhibit-nginx-") as folder:
        site, port = Path(folder, "site"), free_port()
        site.mkdir()
        (site / "page.html").write_bytes(body)
        (site / "page.html.br").write_bytes(brotli.compress(body))
        has_brotli = BROTLI_MODULE.exists()
        settings = Path(folder, "nginx.conf")
        settings.write_text(
            NGINX.format(
                folder=folder,
                port=port,
                modules=f"load_module {BROTLI_MODULE};" if has_brotli else "",
                brotli="brotli_static on;" if has_brotli else "",
            )
        )
        os.chmod(folder, 0o755)  # noqa: S103 (nginx reads it as another user)
        process = subprocess.Popen(["taskset", "-c", "0", "nginx", "-c", str(settings)])
        try:
            address = f"http://127.0.0.1:{port}/page.html"
            _wait_for(address)
            yield address, process.pid, has_brotli
        finally:
            process.terminate()
            process.wait()


def _wait_for(address):
    for _attempt in range(200):
        with contextlib.suppress(OSError):
            return urllib.request.urlopen(address).read()  # noqa: S310
        time.sleep(0.05)
    raise RuntimeError(f"{address} does not answer.")


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
    on_first_core = {"before": ("taskset", "-c", "0")}
    ready = stack.enter_context(served("granian", **on_first_core))
    django = stack.enter_context(served("granian", PAGE_STORE_MIB="0", **on_first_core))
    fallback = stack.enter_context(served("gunicorn", **on_first_core))
    body = urllib.request.urlopen(ready.address + PAGE).read()  # noqa: S310
    file = stack.enter_context(nginx(body))
    if file:
        address, pid, has_brotli = file
        yield Row("nginx, plain file", address, pid)
        if has_brotli:
            yield Row("nginx, brotli_static", address, pid, {"Accept-Encoding": "br"})
    else:
        print("nginx is not installed: what a plain file costs is left out, and ratios are to the page store.")
    packed = urllib.request.Request(ready.address + PAGE, headers={"Accept-Encoding": "br"})  # noqa: S310
    etag = urllib.request.urlopen(packed).headers["ETag"]  # noqa: S310
    yield Row("page store, Brotli", ready.address + PAGE, ready.pid, {"Accept-Encoding": "br"})
    yield Row("page store, gzip", ready.address + PAGE, ready.pid, {"Accept-Encoding": "gzip"})
    yield Row("page store, plain", ready.address + PAGE, ready.pid)
    yield Row("page store, 304", ready.address + PAGE, ready.pid, {"Accept-Encoding": "br", "If-None-Match": etag})
    yield Row("page store behind gunicorn", fallback.address + PAGE, fallback.pid, {"Accept-Encoding": "br"})
    yield Row("rendered each time", django.address + PAGE, django.pid, {"Accept-Encoding": "br"})


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
