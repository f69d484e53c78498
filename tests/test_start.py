"""The two commands as real processes, in a small project of their own: nothing is fetched or changed."""

import ast
import contextlib
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finder
from django.core.management import call_command

from trials.models import Display, Exhibit

BASE = Path(__file__).resolve().parent.parent
START = BASE / "tools" / "start.py"

# Stands in for the virtual environment's Python: notes how it is called, and is its own pip.
FAKE_PYTHON = """\
#!/bin/sh
echo "$@" >>"{project}/calls"
if [ "$2" = pip ] && [ "$3" = install ]; then
    echo "Collecting nothing"
    echo "ERROR: no network"
    exit ${{PIP_STATUS:-0}}
fi
exec "{python}" "$@"
"""
FAKE_MANAGE = """\
import os, sys
print("manage.py", *sys.argv[1:], "for", os.environ.get("PUBLIC_URL"))
"""
FAKE_WSGI = """\
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"It runs."]
"""


class Project:
    """A small project around the real script, whose environment seems to be installed."""

    def __init__(self, folder):
        self.folder = folder
        for name, text in {
            "requirements.txt": "",
            "requirements-dev.txt": "",
            "requirements-postgres.txt": "",
            "manage.py": FAKE_MANAGE,
            "exhibit/__init__.py": "",
            "exhibit/wsgi.py": FAKE_WSGI,
            ".venv/bin/python": FAKE_PYTHON.format(project=folder, python=sys.executable),
        }.items():
            self.write(name, text)
        for name in ("tools/start.py", ".env.example", "Makefile"):
            self.write(name, (BASE / name).read_text(encoding="utf-8"))
        (folder / ".venv/bin/python").chmod(0o755)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def environment(self, **variables):
        """Ours, without what would steer the script."""
        steering = (
            "HOST",
            "PORT",
            "SERVER",
            "PUBLIC_URL",
            "DATABASE_URL",
            "DATA_DIR",
            "MAKEFLAGS",
            "MAKELEVEL",
        )
        return {name: value for name, value in os.environ.items() if name not in steering} | variables

    def call(self, *command, **variables):
        """Run a command here to its end."""
        environment = self.environment(**variables)
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=60)

    def start(self, *arguments, **variables):
        """Run the script here to its end."""
        return self.call(sys.executable, "tools/start.py", *arguments, **variables)

    def start_after(self, preparation, command="run"):
        """Run the script here, after a line that makes the system look different to it."""
        code = f"import sys; sys.path += ['tools']; import start; {preparation}; exit(start.main(['{command}']))"
        return self.call(sys.executable, "-c", code)

    def pip_calls(self):
        """What pip was asked to install, in order."""
        calls = self.folder / "calls"
        return re.findall("^-m pip install .*-r (.+)$", calls.read_text() if calls.exists() else "", re.MULTILINE)


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


def free_port():
    """A port that nothing listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def assert_told(result, *words):
    """The command failed with these words, and with no traceback."""
    assert result.returncode == 1, result
    for word in words:
        assert word in result.stderr
    assert "Traceback" not in result.stderr + result.stdout


# What may be wrong before anything is done


def test_the_script_can_be_read_by_an_old_python():
    ast.parse(START.read_text(encoding="utf-8"), feature_version=(3, 7))


def test_an_old_python_is_told_which_one_is_needed(project):
    result = project.start_after("sys.version_info = (3, 9, 18)")
    assert_told(result, "needs Python 3.11 or newer", "is Python 3.9.18", "make run PYTHON=python3.11")


def test_an_unknown_command_is_answered_with_the_known_ones(project):
    assert_told(project.start("dance"), "run, prepare, test")


def test_a_folder_that_cannot_be_written_is_named(project):
    # The administrator may write anywhere; the test must hold for that account too.
    project.folder.chmod(0o555)
    nobody = "import os; os.geteuid() or os.seteuid(65534)"
    try:
        result = project.start_after(nobody)
    finally:
        project.folder.chmod(0o755)
    assert_told(result, f"Nothing can be written in {project.folder}", "chown")
    assert not (project.folder / ".env").exists()


def test_a_data_folder_that_cannot_be_made_is_named(project):
    result = project.start("prepare", DATA_DIR="/proc/self/exhibit")
    assert_told(result, "Nothing can be written in /proc/self/exhibit")


@pytest.mark.parametrize("port", ["http", "0", "65536", "80 80", "-1", "８０００"])
def test_a_port_that_is_no_port_is_refused_before_anything_is_made(project, port):
    assert_told(project.start("run", PORT=port), repr(port), "make run PORT=8123")
    assert not (project.folder / ".env").exists()


def test_a_taken_port_is_named_with_a_free_one_to_take_instead(project):
    with contextlib.ExitStack() as taken:
        port = taken.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1]
        # The first that would be offered is taken too, by this test if by nobody else.
        with contextlib.suppress(OSError):
            taken.enter_context(socket.create_server(("127.0.0.1", 8123)))
        result = project.start("run", PORT=str(port))
        assert_told(result, f"Port {port} is taken")
        other = int(re.search("make run PORT=([0-9]+)", result.stderr)[1])
        socket.create_server(("127.0.0.1", other)).close()
    assert not (project.folder / ".env").exists()


def test_an_address_of_another_computer_is_refused(project):
    assert_told(project.start("run", HOST="203.0.113.1"), "cannot listen on 203.0.113.1:8000", "HOST=127.0.0.1")


def test_an_unknown_server_is_refused(project):
    assert_told(project.start("run", SERVER="apache", PORT=str(free_port())), "'apache'", "granian or gunicorn")


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_missing_module_for_environments_is_named_with_its_package(project, module):
    shutil.rmtree(project.folder / ".venv")
    result = project.start_after(f"sys.modules['{module}'] = None", command="prepare")
    assert_told(result, f"module {module}", "sudo apt install python3-venv")


def test_a_missing_python_is_answered_by_make(project):
    result = project.call("make", "run", "PYTHON=python-that-is-not-there")
    assert "Install Python 3.11 or newer" in result.stderr


def test_make_alone_lists_the_commands(project):
    listed = re.findall("^make ([a-z]+)", project.call("make").stdout, re.MULTILINE)
    assert listed == ["run", "prepare", "test", "lint", "lock", "clean"]


# Packages


def test_packages_are_installed_once_and_again_when_their_list_changes(project):
    project.start("prepare")
    project.start("prepare")
    assert project.pip_calls() == ["requirements.txt"]
    project.write("requirements.txt", "# changed\n")
    assert "Packages      installed" in project.start("prepare").stdout
    assert project.pip_calls() == ["requirements.txt"] * 2


def test_packages_are_held_to_their_hashes(project):
    project.start("prepare")
    assert "pip install --require-hashes" in (project.folder / "calls").read_text()


def test_a_failed_installation_is_told_and_tried_again(project):
    assert_told(project.start("prepare", PIP_STATUS="1"), "could not be installed", "connection", "ERROR: no network")
    assert project.start("prepare").returncode == 0
    assert project.pip_calls() == ["requirements.txt"] * 2


def test_postgresql_brings_its_package_when_the_environment_names_it(project):
    project.start("prepare", DATABASE_URL="postgres://localhost/exhibit")
    assert project.pip_calls() == ["requirements.txt", "requirements-postgres.txt"]


def test_postgresql_brings_its_package_when_the_settings_file_names_it(project):
    project.write(".env", "SECRET_KEY=kept\nDATABASE_URL='postgres://localhost/exhibit'\n")
    project.start("prepare")
    assert project.pip_calls() == ["requirements.txt", "requirements-postgres.txt"]


def test_the_tests_bring_their_packages_and_need_no_settings_file(project):
    project.write("tests/no_skips.py", "")
    result = project.start("test", "--version")
    assert "pytest" in result.stdout + result.stderr
    assert project.pip_calls() == ["requirements.txt", "requirements-dev.txt"]
    assert not (project.folder / ".env").exists()


def test_an_environment_whose_python_is_gone_is_made_anew(project):
    python = project.folder / ".venv/bin/python"
    project.start("prepare")
    python.unlink()
    python.symlink_to("/nowhere/python")
    assert "creating .venv" in project.start("prepare").stdout
    assert python.resolve() == Path(sys.executable).resolve()


# Settings


def test_the_settings_file_is_made_with_a_secret_for_its_owner_alone(project):
    project.start("prepare")
    path = project.folder / ".env"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    settings = re.findall("^([A-Z_]+)=(.*)$", path.read_text(), re.MULTILINE)
    assert [name for name, _ in settings] == ["SECRET_KEY"]
    assert len(settings[0][1]) >= 50
    assert "#PUBLIC_URL=" in path.read_text()


def test_each_settings_file_has_a_secret_of_its_own(project):
    project.start("prepare")
    first = (project.folder / ".env").read_text()
    (project.folder / ".env").unlink()
    project.start("prepare")
    assert (project.folder / ".env").read_text() != first


def test_a_settings_file_is_never_overwritten(project):
    project.write(".env", "SECRET_KEY=mine\n")
    project.start("prepare")
    assert (project.folder / ".env").read_text() == "SECRET_KEY=mine\n"


def test_the_public_address_follows_the_port_unless_it_is_given(project):
    assert "for http://localhost:8123" in project.start("prepare", PORT="8123").stdout
    assert "for https://a.example" in project.start("prepare", PUBLIC_URL="https://a.example").stdout
    # What .env says is left to the application, which reads it itself.
    project.write(".env", "PUBLIC_URL=https://b.example\n")
    assert "for None" in project.start("prepare").stdout


# Running and stopping


@contextlib.contextmanager
def running(project, *arguments, **variables):
    """The script as a terminal runs it: in a group of processes that Ctrl-C reaches together."""
    process = subprocess.Popen(
        [sys.executable, "tools/start.py", *arguments],
        cwd=project.folder,
        env=project.environment(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        # Asked first, because only the script knows its server, which is in a session of its own.
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=15)
        process.kill()


def fetch(address):
    """Ask until something answers."""
    for _ in range(100):
        with contextlib.suppress(OSError):
            return urllib.request.urlopen(address, timeout=5).read()  # noqa: S310 - our own address
        time.sleep(0.1)
    pytest.fail(f"nothing answers at {address}")


@pytest.mark.parametrize("server", ["granian", "gunicorn"])
def test_the_server_answers_at_the_address_it_names_and_ctrl_c_ends_it_quietly(project, server):
    port = free_port()
    with running(project, "run", PORT=str(port), SERVER=server) as process:
        assert fetch(f"http://127.0.0.1:{port}/") == b"It runs."
        os.killpg(process.pid, signal.SIGINT)
        output, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert f"Address       http://localhost:{port}/\n" in output
    # Neither a traceback nor a worker that had to be killed: nothing more to say.
    assert output.endswith("Ctrl-C stops it.\n\n")


@pytest.mark.parametrize(("sent", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopping_during_preparation_stops_what_was_begun(project, sent, status):
    project.write("manage.py", "import os, time; print('began', os.getpid(), flush=True); time.sleep(60)")
    with running(project, "prepare") as process:
        began = next(line for line in process.stdout if line.startswith("began"))
        os.kill(process.pid, sent)
        output, _ = process.communicate(timeout=20)
    assert process.returncode == status
    assert "Traceback" not in output
    with pytest.raises(ProcessLookupError):
        os.kill(int(began.split()[1]), 0)


def test_a_failed_preparation_starts_no_server(project):
    project.write("manage.py", "raise SystemExit('The database is full.')")
    result = project.start("run", PORT=str(free_port()))
    assert_told(result, "The database is full.", "could not be prepared")
    assert "Address" not in result.stdout


def test_cleaning_keeps_the_museums_work(project):
    project.write("var/exhibit.sqlite3", "work")
    project.write("trials/__pycache__/a.pyc", "")
    project.write(".env", "SECRET_KEY=mine\n")
    project.start("clean")
    assert (project.folder / "var/exhibit.sqlite3").exists()
    assert (project.folder / ".env").exists()
    assert not (project.folder / ".venv").exists()
    assert not (project.folder / "trials/__pycache__").exists()


# Skipped tests

SKIPPING = """\
import pytest

def test_passing():
    pass

@pytest.mark.skip(reason="for the test")
def test_left_out():
    pass

@pytest.mark.xfail
def test_failing_as_expected():
    assert False
"""


@pytest.mark.parametrize(
    ("no_skips", "chosen", "status"),
    [
        ("1", "passing or left_out", 1),
        ("1", "passing or expected", 0),
        ("0", "left_out", 0),
        ("", "left_out", 0),
    ],
)
def test_a_skipped_test_fails_the_run_where_skipping_is_forbidden(project, no_skips, chosen, status):
    project.write("test_skipping.py", SKIPPING)
    project.write("tests/no_skips.py", (BASE / "tests/no_skips.py").read_text(encoding="utf-8"))
    command = (sys.executable, "-m", "pytest", "-p", "tests.no_skips", "-p", "no:django", "-k", chosen)
    result = project.call(*command, "test_skipping.py", NO_SKIPS=no_skips)
    assert result.returncode == status, result.stdout
    assert ("SKIPPED test_skipping.py::test_left_out" in result.stdout) == (status == 1)


def test_on_another_database_only_the_tests_that_touch_data_are_run(project):
    project.write("tests/data_only.py", (BASE / "tests/data_only.py").read_text(encoding="utf-8"))
    project.write("pytest.ini", "[pytest]\nmarkers = django_db")
    project.write(
        "test_data.py",
        "import pytest\n"
        "@pytest.fixture\ndef db(): pass\n"
        "@pytest.fixture\ndef exhibit(db): pass\n"
        "def test_dates(): pass\n"
        "def test_rows(exhibit): pass\n"
        "@pytest.mark.django_db\ndef test_marked(): pass\n",
    )
    command = (
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.data_only",
        "-p",
        "no:django",
        "-v",
        "test_data.py",
    )
    assert re.findall("::(test_[a-z]+) PASSED", project.call(*command).stdout) == ["test_rows", "test_marked"]


# What `manage.py prepare` puts in place


@pytest.fixture
def own_static(settings, tmp_path):
    """Static files of the test's own, so that collecting them is quick."""
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "a.css").write_text("a{}")
    settings.STATICFILES_DIRS = [tmp_path / "source"]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "var" / "static"
    settings.STATIC_ROOT.parent.mkdir()
    get_finder.cache_clear()
    yield tmp_path / "source"
    get_finder.cache_clear()


def prepare_again():
    """What the command says."""
    words = StringIO()
    call_command("prepare", stdout=words)
    return words.getvalue()


@pytest.mark.django_db
def test_an_empty_site_gets_an_exhibit_on_display_and_an_account(own_static, client, settings):
    words = prepare_again()
    assert "second-moscow-trial loaded and on display" in words
    assert client.get("/exhibits/second-moscow-trial/").status_code == 200
    password = re.search("password +([a-z0-9-]{23})\n", words)[1]
    assert client.login(username="curator", password=password)
    assert f"{settings.PUBLIC_URL}/admin/" in words
    assert (settings.STATIC_ROOT / "a.css").exists()


@pytest.mark.django_db
def test_preparing_again_changes_nothing(own_static):
    prepare_again()
    before = Display.objects.count(), list(get_user_model().objects.values_list("password"))
    words = prepare_again()
    assert "loaded" not in words and "password" not in words
    assert "Static files  up to date" in words
    assert (Display.objects.count(), list(get_user_model().objects.values_list("password"))) == before


@pytest.mark.django_db
def test_a_site_with_an_exhibit_of_its_own_does_not_get_ours(own_static, small):
    prepare_again()
    assert list(Exhibit.objects.all()) == [small]


@pytest.mark.django_db
def test_a_site_in_another_language_starts_without_the_exhibit_that_ships(own_static, settings):
    settings.LANGUAGE_CODE = "de"
    assert "Exhibit       none" in prepare_again()
    assert not Exhibit.objects.exists()


@pytest.mark.django_db
def test_a_changed_stylesheet_is_collected(own_static, small, settings):
    prepare_again()
    (own_static / "a.css").write_text("b{}")
    # As files are that come out of an archive: older than what was collected yesterday.
    os.utime(own_static / "a.css", (0, 0))
    assert "Static files  collected" in prepare_again()
    assert (settings.STATIC_ROOT / "a.css").read_text() == "b{}"
