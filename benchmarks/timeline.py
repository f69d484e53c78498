"""What the timeline's comforts cost: 1,000 entries as the page has them, and the same list unadorned.

    .venv/bin/python -m benchmarks.timeline

Unadorned: dates, headings and paragraphs, no scale, no script, a few lines of style. Both are served as ready bytes
from memory and opened in Chromium in turn, each time in a fresh profile. Ready is when what the browser loads and runs
is there and has been painted; the processor's time until then is the main thread's, which other work on the machine
changes less. The longest task is the main thread's, too; stepping and picking out are the page's, each done twenty
times. Medians of all rounds, and the ratios of the page to the list. CHROMIUM names another browser.
"""

import os
import shutil
import statistics
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from threading import Thread

os.environ.pop("DATABASE_URL", None)
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
# Playwright's own event loop runs in this thread.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

import django

django.setup()

from django.contrib.staticfiles import finders  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils.html import format_html, format_html_join  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

from tests import cases  # noqa: E402

ENTRIES, ROUNDS = 1000, 9
WATCH = """
    window.tasks = [];
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map((task) => task.duration)))
        .observe({type: "longtask", buffered: true});
    const painted = (work) => requestAnimationFrame(() => requestAnimationFrame(work));
    addEventListener("load", () => painted(() => { window.ready = performance.now(); }));
"""
LONGEST = "new Promise((done) => setTimeout(() => done(Math.max(0, ...tasks.splice(0))), 150))"


def unadorned(entries) -> str:
    """The same dates, titles and words as a list."""
    items = format_html_join(
        "\n",
        '<li id="entry-{}"><time datetime="{}">{}</time><h3>{}</h3><p>{}</p></li>',
        ((e.key, e.date, e.date, str(e.title), str(e.words)) for e in entries),
    )
    return format_html(
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        "<title>A list</title><style>body {{ max-width: 40rem; margin: auto; font: 1.1rem/1.6 serif }}</style>"
        "<main><h1>Timeline</h1><ol>{}</ol></main></html>",
        items,
    )


class Handler(BaseHTTPRequestHandler):
    """Answers with the bytes of ``pages``, and with static files."""

    protocol_version = "HTTP/1.1"

    def __init__(self, pages, *args):
        self.pages = pages
        super().__init__(*args)

    def do_GET(self):
        file = finders.find(self.path.removeprefix("/static/")) if self.path.startswith("/static/") else None
        body = Path(file).read_bytes() if file else self.pages.get(self.path, b"")
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", guess_type(self.path)[0] or "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        """Nothing is printed."""


def look(browser, address) -> dict[str, float]:
    """Open a page as a new visitor; what it took, and what stepping and picking out take, where there is a script."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    tab.add_init_script(WATCH)
    thread = context.new_cdp_session(tab)
    thread.send("Performance.enable", {"timeDomain": "threadTicks"})
    tab.goto(address)
    tab.wait_for_function("window.ready")
    metrics = {one["name"]: one["value"] for one in thread.send("Performance.getMetrics")["metrics"]}
    found = {
        "ready, ms": tab.evaluate("ready"),
        "until then, CPU ms": metrics["TaskDuration"] * 1000,
        "longest task, ms": tab.evaluate(LONGEST),
        "elements": tab.evaluate("document.querySelectorAll('*').length"),
    }
    if tab.locator(".steps").count():
        for _ in range(20):
            tab.keyboard.press("ArrowRight")
        found["longest task, stepping"] = tab.evaluate(LONGEST)
        for theme in ("court", "") * 10:
            tab.select_option("[name=theme]", theme)
        found["longest task, picking"] = tab.evaluate(LONGEST)
    context.close()
    return found


def main():
    """Print the table."""
    call_command("migrate", verbosity=0)
    document = cases.document(cases.long_timeline(ENTRIES))
    cases.show(document, "A benchmark.")
    page = Client().get(f"/exhibits/{document.slug}/timeline/").content
    pages = {"/page": page, "/list": unadorned(document.events).encode()}
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, pages))
    Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        rounds = [
            {path: look(browser, f"http://127.0.0.1:{server.server_port}{path}") for path in pages}
            for _ in range(ROUNDS)
        ]
    server.shutdown()
    print(f"{ENTRIES} entries, {ROUNDS} rounds\n{'':24}{'page':>10}{'list':>10}{'ratio':>8}")
    print(f"{'HTML, bytes':24}" + "".join(f"{len(body):10}" for body in pages.values()))
    for name in rounds[0]["/page"]:
        ours, theirs = ([each[path][name] for each in rounds if name in each[path]] for path in ("/page", "/list"))
        row = f"{name:24}{statistics.median(ours):10.0f}"
        if theirs:
            row += f"{statistics.median(theirs):10.0f}"
            row += f"{statistics.median(ours) / max(statistics.median(theirs), 1):8.2f}"
        print(row)


if __name__ == "__main__":
    main()
