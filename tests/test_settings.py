"""Settings that are refused at the start, in words; and what follows from those that are not."""

import json
import os
import subprocess
import sys

import pytest

from tests.cases import BASE

GOOD = {
    "SECRET_KEY": "x1y2z3-" * 10,
    "PUBLIC_URL": "https://exhibits.example.org",
    "MUSEUM_CONTACT": "desk@example.org",
}


def manage(tmp_path, *arguments, **changes):
    """Run manage.py in a process of its own with nothing but these variables."""
    keep = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment = keep | {"DATA_DIR": str(tmp_path), **GOOD, **changes}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=BASE, env=environment, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is missing"),
        ({"SECRET_KEY": "secret"}, "SECRET_KEY is too easy to guess"),
        ({"SECRET_KEY": "django-insecure-" + "abcdefgh" * 8}, "SECRET_KEY is too easy to guess"),
        ({"DEBUG": "1"}, "DEBUG is on"),
        ({"PUBLIC_URL": "http://exhibits.example.org"}, "is plain http"),
        ({"PUBLIC_URL": "https://exhibits.example.org/museum"}, "a scheme and a host alone"),
        ({"PUBLIC_URL": "exhibits.example.org"}, "a scheme and a host alone"),
        ({"PUBLIC_URL": "https://exhibits.example.org:port"}, "a port that is no number"),
        ({"ALLOWED_HOSTS": "*"}, "trusts every Host header"),
        ({"MUSEUM_TIME_ZONE": "Moscow"}, "is not a time zone"),
        ({"MUSEUM_CONTACT": "the desk"}, "must be an e-mail address"),
        ({"DATABASE_URL": "mysql://localhost/museum"}, "other databases are not supported"),
        ({"PUBLIC_URL": "https://[exhibits.example.org"}, "a scheme and a host alone"),
        ({"PUBLIC_URL": "https://exhibits.example.org#top"}, "a scheme and a host alone"),
        ({"LANGUAGES": ""}, "LANGUAGES"),
        ({"LANGUAGES": "la,en"}, "“la” cannot be the main language"),
        ({"LANGUAGES": "en,English"}, "“English” is not a language code"),
    ],
)
def test_an_unsafe_or_senseless_value_is_refused_in_words(tmp_path, changes, sentence):
    run = manage(tmp_path, "check", **changes)
    assert run.returncode == 1
    assert sentence in run.stderr and "Traceback" not in run.stderr


def test_all_that_is_wrong_is_said_at_once(tmp_path):
    run = manage(tmp_path, "check", SECRET_KEY="", MUSEUM_TIME_ZONE="Moscow", DEBUG="1")
    assert run.stderr.count("\n- ") == 3


def test_the_deployment_check_has_nothing_to_say(tmp_path):
    run = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING")
    assert "no issues" in run.stdout, run.stderr


def test_the_deployment_check_asks_for_a_contact(tmp_path):
    run = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", MUSEUM_CONTACT="")
    assert "trials.W001" in run.stderr


def test_no_migration_is_missing(tmp_path):
    assert manage(tmp_path, "makemigrations", "--check", "--dry-run").returncode == 0


def read(tmp_path, names, **changes):
    """The values of some settings in a process of their own."""
    code = f"from django.conf import settings; import json; print(json.dumps([getattr(settings, n) for n in {names}]))"
    run = manage(tmp_path, "shell", "--no-imports", "-c", code, **changes)
    return json.loads(run.stdout.splitlines()[-1])


COOKIES = ["SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_NAME", "CSRF_COOKIE_SECURE"]


def test_cookies_are_bound_to_the_host_on_https(tmp_path):
    assert read(tmp_path, COOKIES) == ["__Host-sessionid", True, "__Host-csrftoken", True]


def test_cookies_have_plain_names_on_http_localhost(tmp_path):
    assert read(tmp_path, COOKIES, PUBLIC_URL="http://localhost:8000") == ["sessionid", False, "csrftoken", False]


def test_only_the_public_host_is_served(tmp_path):
    assert read(tmp_path, ["ALLOWED_HOSTS"]) == [["exhibits.example.org", "localhost", "127.0.0.1", "[::1]"]]


def test_sqlite_is_set_to_lose_nothing(db):
    from django.db import connection

    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert cursor.execute("PRAGMA synchronous").fetchone() == (2,)
        assert cursor.execute("PRAGMA foreign_keys").fetchone() == (1,)
    assert connection.transaction_mode == "IMMEDIATE"
