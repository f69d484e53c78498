"""The files for operators say what the application does; nginx itself is tried by ``tools/proxy_trial.py``."""

import re
from pathlib import Path

import pytest
from django.test import Client

from tools import start
from trials import images
from trials.pages import media

BASE = Path(__file__).parent.parent
STATIC = (BASE / "deploy" / "nginx-static.conf").read_text(encoding="utf-8")
PROXY = (BASE / "deploy" / "nginx.conf").read_text(encoding="utf-8")
# In documents: what stands between backquotes and begins like a file of ours.
NAMED = re.compile(r"`((?:deploy|docs|tools|benchmarks|tests|trials|exhibit|static)/[\w./-]+)")
LINKED = re.compile(r"\]\(([^)#:]+)[)#]")
MODULES = re.compile(r"(?:-m |… )((?:tools|benchmarks)(?:\.\w+)?)")


def parts(header: str) -> set[str]:
    """What a header says; the order means nothing."""
    return {part.strip() for part in re.split("[;,]", header)}


def headers_of(path: str) -> dict[str, set[str]]:
    """The headers that nginx-static.conf adds to the answer at a path."""
    found = {}
    for name, value in re.findall(r"^    add_header ([\w-]+) (.+) always;$", STATIC, re.MULTILINE):
        found[name] = parts(chosen(value[1:], path) if value.startswith("$") else value.strip('"'))
    return found


def chosen(variable: str, path: str) -> str:
    """What a map of nginx makes of a path."""
    [block] = re.findall(rf"map \$uri \${variable} {{\n(.*?)\n}}", STATIC, re.DOTALL)
    default, *choices = re.findall(r'^    (?:default|"~(.+?)") (.+);$', block, re.MULTILINE)
    return next((value for pattern, value in choices if re.search(pattern, path)), default[1]).strip('"')


@pytest.fixture
def secure(settings, db):
    """A visitor of a site with https."""
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    visitor = Client()
    return lambda path: visitor.get(path, secure=True)


@pytest.mark.parametrize("path", ["/about/", "/robots.txt", "/sitemap.xml", "/feed.xml", "/schema/document.json"])
def test_a_copy_of_the_pages_is_sent_with_the_headers_of_the_application(secure, path):
    response = secure(path)
    assert response.status_code == 200
    own = {"Content-Type", "Content-Length", "Vary", "ETag", "X-Request-ID"}
    assert headers_of(path) == {name: parts(value) for name, value in response.items() if name not in own}


def test_a_picture_of_a_copy_does_nothing_and_is_asked_for_again():
    found = headers_of("/media/" + "0" * 64 + "/image.jpg")
    assert found["Content-Security-Policy"] == parts(media.INERT)
    assert found["Cache-Control"] == {"public", f"max-age={media.KEPT}", "must-revalidate"}
    assert "immutable" in headers_of("/static/css/base.d0aa811373db.css")["Cache-Control"]
    assert "immutable" not in headers_of("/static/css/base.css")["Cache-Control"]


def test_the_unit_starts_what_make_run_starts():
    unit = (BASE / "deploy" / "exhibit.service").read_text().replace("\\\n", " ")
    [command] = re.findall(r"^ExecStart=\S+python -m (.+)$", unit, re.MULTILINE)
    assert command.split() == [*start.granian_arguments("127.0.0.1", 8000, "1"), "exhibit.wsgi:application"]


def test_the_proxy_takes_uploads_as_large_as_the_application_does():
    [most] = re.findall(r"location /admin/ {.*?client_max_body_size (\d+)m;", PROXY, re.DOTALL)
    assert int(most) << 20 > images.MAX_BYTES
    assert "proxy_set_header X-Forwarded-Proto $scheme;" in PROXY and "$http_x_forwarded_proto" not in PROXY


@pytest.mark.parametrize(
    "document", sorted([BASE / "README.md", *(BASE / "docs").glob("*.md")]), ids=lambda file: file.name
)
def test_files_and_commands_that_documents_name_are_there(document):
    text = document.read_text(encoding="utf-8")
    named = [BASE / name.rstrip("/.") for name in NAMED.findall(text) if "<" not in name]
    linked = [document.parent / name for name in LINKED.findall(text)]
    modules = [BASE / name.replace(".", "/") for name in MODULES.findall(text)]
    missing = [path for path in named + linked if not path.exists()]
    missing += [path for path in modules if not path.is_dir() and not path.with_suffix(".py").exists()]
    assert not missing
