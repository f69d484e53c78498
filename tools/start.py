"""Starts the exhibit, tests it, checks it: what the commands of the Makefile do.

Standard library only, because this runs before anything is installed. The syntax is kept to what Python 3.6
can read, so that an old Python gets a sentence instead of a SyntaxError. Every step is quick when there is
nothing to do, so each command can be given again at any time.
"""

import contextlib
import errno
import hashlib
import importlib.util
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
VENV = BASE / ".venv"
PYTHON = VENV / "bin" / "python"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


class Problem(Exception):
    """Something that the reader can mend. Its text says what happened, where, and what to do."""


def main(arguments):
    """Run one command and answer with its exit status; what goes wrong is told in sentences."""
    listen_to_signals()
    try:
        check_python()
        if not arguments or arguments[0] not in COMMANDS:
            raise Problem("Give one of these commands: {}.".format(", ".join(COMMANDS)))
        return COMMANDS[arguments[0]](*arguments[1:])
    except Problem as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 128 + signal.SIGINT


# ------------------------------------------------------------------------------------------ the commands


def run():
    """Prepare everything, then serve until asked to stop."""
    check_folder(BASE)
    host, port, server = os.environ.get("HOST") or "127.0.0.1", chosen_port(), chosen_server()
    check_address_is_free(host, port)
    environment = prepare_site(port)
    public, own = setting("PUBLIC_URL", environment).rstrip("/"), f"http://{netloc(host, port)}"
    say("Address", f"{public}/")
    if public != f"http://localhost:{port}":
        say("", f"which must lead to this server at {own}/")
    say("", "Ctrl-C stops it.")
    workers = setting("WEB_WORKERS") or "1"
    return serve([PYTHON, "-m", *SERVERS[server](host, port, workers), "exhibit.wsgi:application"], environment)


def prepare():
    """Do all that `run` does, except serving: for a site whose server is started by something else."""
    check_folder(BASE)
    prepare_site(chosen_port())
    return 0


def test(*arguments):
    """Become pytest, with what the tests need installed."""
    check_folder(BASE)
    environment = dict(os.environ)
    install("requirements.txt", "requirements-dev.txt", *database_requirements(os.environ.get("DATABASE_URL")))
    chromium = find_chromium()
    if chromium:
        environment["CHROMIUM"] = chromium
    say("Chromium", chromium or "not found, so browser tests are skipped. Debian: sudo apt install chromium")
    become([PYTHON, "-m", "pytest", "-rs", "-p", "tests.no_skips", *arguments], environment)


def lint():
    """Check style and likely mistakes, changing nothing. All checks run, so that one look shows all."""
    check_folder(BASE)
    install("requirements.txt", "requirements-dev.txt")
    templates = sorted((BASE / "templates").rglob("*.html"))
    return max(
        subprocess.call([str(PYTHON), "-m", "ruff", "check", "."], cwd=str(BASE)),
        subprocess.call([str(PYTHON), "-m", "ruff", "format", "--check", "."], cwd=str(BASE)),
        subprocess.call([str(VENV / "bin" / "djade"), "--check", *map(str, templates)], cwd=str(BASE))
        if templates
        else 0,
    )


def lock():
    """Write each requirements file anew from its .in file: exact versions, with hashes."""
    uv = shutil.which("uv")
    if not uv:
        raise Problem("`make lock` needs the program uv, which was not found. Install it: pip install uv")
    options = "--quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate".split()
    # The first is locked first, because the others are held to it.
    for source in ("requirements.in", "requirements-dev.in", "requirements-postgres.in", "requirements-s3.in"):
        target = source.replace(".in", ".txt")
        if subprocess.call([uv, "pip", "compile", *options, source, "-o", target], cwd=str(BASE)):
            raise Problem(f"uv could not lock {source}; its own words are above.")
        say("Locked", target)
    return 0


def clean():
    """Remove what the commands can make again. Never var/, which holds the museum's work, nor .env."""
    for name in (".venv", ".pytest_cache", ".ruff_cache", ".hypothesis"):
        shutil.rmtree(str(BASE / name), ignore_errors=True)
    for folder in ("exhibit", "trials", "tests", "tools", "benchmarks"):
        for cache in list((BASE / folder).rglob("__pycache__")):
            shutil.rmtree(str(cache), ignore_errors=True)
    say("Removed", ".venv and caches; var/ and .env are kept")
    return 0


COMMANDS = {"run": run, "prepare": prepare, "test": test, "lint": lint, "lock": lock, "clean": clean}


# --------------------------------------------------------------------- checks, before anything takes long


def check_python():
    """Refuse a Python that the application cannot run on."""
    if sys.version_info < (3, 11):
        version = ".".join(map(str, sys.version_info[:3]))
        raise Problem(
            f"The exhibit needs Python 3.11 or newer; {sys.executable} is Python {version}.\n"
            "Install a newer one and name it, for example: make run PYTHON=python3.11"
        )


def check_folder(folder):
    """Refuse a folder that cannot be written. It is tried: permissions know nothing of read-only disks."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=str(folder)).close()
    except OSError as error:
        raise Problem(
            f"Nothing can be written in {folder}: {error.strerror}.\n"
            "The exhibit keeps its packages, settings and data there. Make the folder yours (chown), or copy "
            "the application to a place that is, and give the command again."
        ) from None


def chosen_port():
    """The port to serve on, as a number."""
    port = os.environ.get("PORT") or "8000"
    if not re.fullmatch("[0-9]{1,5}", port) or not 1 <= int(port) <= 65535:
        raise Problem(f"PORT is {port!r}, but must be a number from 1 to 65535: make run PORT=8123")
    return int(port)


def chosen_server():
    """The server to become."""
    server = os.environ.get("SERVER") or "granian"
    if server not in SERVERS:
        raise Problem(f"SERVER is {server!r}, but must be granian or gunicorn: make run SERVER=granian")
    return server


def check_address_is_free(host, port):
    """Refuse an address on which the server could not listen."""
    error = listening_error(host, port)
    if error is None:
        return
    if error.errno == errno.EADDRINUSE:
        other = next((other for other in range(8123, 8200) if listening_error(host, other) is None), 8123)
        raise Problem(
            f"Port {port} is taken: something, perhaps this exhibit, listens on {netloc(host, port)}.\n"
            f"Stop it, or take another port: make run PORT={other}"
        )
    if error.errno == errno.EACCES:
        raise Problem(f"Port {port} is kept for the system's administrator. Take one above 1023: make run PORT=8123")
    raise Problem(
        f"This computer cannot listen on {netloc(host, port)}: {error.strerror}.\n"
        "HOST must be an address of this computer: make run HOST=127.0.0.1"
    )


def listening_error(host, port):
    """The error that listening on an address gives, or None: it is tried for a moment."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as listener:
            # As servers do, so that connections which have just ended do not count.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(1)
    except OSError as error:
        return error
    return None


def netloc(host, port):
    """Host and port as an address writes them."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


# ------------------------------------------------------------------ the virtual environment and its packages


def install(*names):
    """Install those requirements files which have changed since they were last installed here."""
    changed = [name for name in names if stamp(name) != digest(name)]
    if changed and not environment_works():
        create_environment()
    for name in changed:
        install_file(name)
        stamp_path(name).write_text(digest(name), encoding="ascii")
    say("Packages", "installed" if changed else "up to date")


def digest(name):
    """What a requirements file asks for, as a hash."""
    return hashlib.sha256((BASE / name).read_bytes()).hexdigest()


def stamp_path(name):
    """Inside the environment, so that one does not outlive the other."""
    return VENV / (name + ".sha256")


def stamp(name):
    """The hash of the requirements file as it was last installed, if it was."""
    return stamp_path(name).read_text(encoding="ascii") if stamp_path(name).exists() and PYTHON.exists() else None


def environment_works():
    """Whether the environment is there and whole: not half made, its Python not removed or replaced."""
    return PYTHON.exists() and capture([PYTHON, "-m", "pip", "--version"])[0] == 0


def create_environment():
    """Make the virtual environment, clearing away a broken one."""
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing:
        raise Problem(
            f"Python's module {missing[0]}, which makes virtual environments, is missing: {sys.executable}.\n"
            "On Debian and Ubuntu install it: sudo apt install python3-venv"
        )
    say("Environment", f"creating {VENV.name}")
    status, words = capture([sys.executable, "-m", "venv", "--clear", VENV])
    if status:
        raise Problem(f"The virtual environment {VENV} could not be created. Python's own words:\n{reason(words)}")


def install_file(name):
    """Install one locked file with pip, naming each package as it is fetched."""
    options = "--require-hashes --no-input --disable-pip-version-check --progress-bar off".split()
    say("Packages", f"installing {name}, which takes a minute the first time")
    status, words = capture([PYTHON, "-m", "pip", "install", *options, "-r", name], each_line=show_package)
    show_progress("")
    if status:
        raise Problem(
            f"The packages of {name} could not be installed. The first time, and after an update, this needs "
            "a connection to the package index.\nCheck the connection (and the proxy, if there is one: "
            f"HTTPS_PROXY) and give the command again; it continues where it stopped. pip's own words:\n"
            f"{reason(words)}"
        )


def show_package(line):
    """Turn a line of pip's into a sign of life."""
    found = re.match(r"(?:Collecting|Installing collected packages:) ?([\w.-]*)", line)
    if found:
        show_progress(found.group(0))


def show_progress(text):
    """A line that the next one replaces; nothing where output is kept rather than watched."""
    if sys.stdout.isatty():
        print(f"\r{'':14}{text}\033[K", end="" if text else "\r", flush=True)


def database_requirements(url):
    """The further requirements file that the chosen database needs, if any."""
    return ["requirements-postgres.txt"] if (url or "").startswith("postgres") else []


# -------------------------------------------------------------------------------- settings, data, the server


def prepare_site(port):
    """See to all that must be there before a server can start, and answer with the environment for it."""
    check_folder(BASE / (setting("DATA_DIR") or "var"))
    say("Python", ".".join(map(str, sys.version_info[:3])))
    storage = ["requirements-s3.txt"] if setting("S3_BUCKET") else []
    install("requirements.txt", *database_requirements(setting("DATABASE_URL")), *storage)
    create_env_file(BASE / ".env")
    environment = dict(os.environ)
    if not setting("PUBLIC_URL"):
        environment["PUBLIC_URL"] = f"http://localhost:{port}"
    with started([PYTHON, "manage.py", "prepare"], env=environment) as process:
        if process.wait():
            raise Problem("The site could not be prepared; the lines above say what stopped it.")
    return environment


def create_env_file(path):
    """Write the settings file with a fresh secret, readable by its owner alone. Never a second time."""
    try:
        handle = os.open(str(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    example = (BASE / ".env.example").read_text(encoding="utf-8")
    secret = "SECRET_KEY=" + secrets.token_urlsafe(50)
    with open(handle, "w", encoding="utf-8") as file:
        file.write(re.sub("^SECRET_KEY=.*$", secret, example, flags=re.MULTILINE))
    say("Settings", f"written to {path.name}, with a fresh SECRET_KEY")


def setting(name, environment=os.environ):
    """A variable as the application will see it: the environment wins, .env comes second."""
    return environment.get(name) or read_env_file(BASE / ".env").get(name) or ""


def read_env_file(path):
    """The lines NAME=value of a settings file, as far as this script needs to understand them."""
    if not path.exists():
        return {}
    lines = re.findall(r"^(?:export )?(\w+)=(.*)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {name: value.strip().strip("'\"") for name, value in lines}


def granian_arguments(host, port, workers):
    """Four threads a worker; slow headers are cut off; a worker that dies is replaced."""
    options = (
        f"granian --interface wsgi --host {host} --port {port} --workers {workers} --blocking-threads 4 "
        "--http1-header-read-timeout 5000 --workers-kill-timeout 10 --respawn-failed-workers "
        "--no-ws --log-level warning"
    )
    return options.split()


def gunicorn_arguments(host, port, workers):
    """Eight threads a worker; no control socket, because it would lie outside this folder."""
    options = (
        f"gunicorn --bind {netloc(host, port)} --workers {workers} --worker-class gthread --threads 8 "
        "--graceful-timeout 10 --no-control-socket --log-level warning"
    )
    return options.split()


SERVERS = {"granian": granian_arguments, "gunicorn": gunicorn_arguments}


def find_chromium():
    """The browser for the browser tests: the one named by CHROMIUM, or the first that is installed."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


# --------------------------------------------------------------------------------- processes and their words


def listen_to_signals():
    """Turn requests to stop into exceptions, so that what was begun is ended. What nohup ignores stays so."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for request in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(request) != signal.SIG_IGN:
            signal.signal(request, lambda number, frame: sys.exit(128 + number))


@contextlib.contextmanager
def started(command, **options):
    """A process that Ctrl-C does not reach; when we are asked to stop, we ask it to, and wait until it has.

    A terminal sends Ctrl-C to all its processes. A worker of granian that hears of its end twice, from the
    terminal and from its supervisor, mostly hangs; so children get a session of their own.
    """
    command = [str(part) for part in command]
    process = subprocess.Popen(command, cwd=str(BASE), start_new_session=True, **options)
    try:
        yield process
    except BaseException:
        # Once is enough: the servers have a limit to how long they take.
        for request in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(request, signal.SIG_IGN)
        process.terminate()
        process.wait()
        raise


def serve(command, environment):
    """Run the server until it ends. To be asked to stop is its ordinary end."""
    try:
        with started(command, env=environment) as process:
            return process.wait()
    except (KeyboardInterrupt, SystemExit):
        print(flush=True)
        return 0


def capture(command, each_line=lambda line: None):
    """Run a command without showing its words; answer with its exit status and them."""
    lines = []
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with started(command, encoding="utf-8", errors="replace", **pipes) as process:
        for line in process.stdout:
            lines.append(line)
            each_line(line)
        return process.wait(), "".join(lines)


def become(command, environment):
    """Replace this process by another, which then has the terminal to itself."""
    os.chdir(str(BASE))
    command = [str(part) for part in command]
    os.execve(command[0], command, environment)


def reason(words):
    """What a program said about its failure: its lines of error or, without any, its last ones."""
    lines = words.strip().splitlines()
    errors = [line for line in lines if line.startswith("ERROR")]
    return "\n".join("  " + line for line in (errors or lines)[-5:])


def say(label, text):
    """One line for one step."""
    print(f"{label:14}{text}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
