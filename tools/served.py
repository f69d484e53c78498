"""The exhibit as visitors get it: a real server with data of its own, for measurements."""

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass

from tools import start


@dataclass(frozen=True)
class Server:
    """A server that runs: its address, without a slash at its end, its first process, and its settings."""

    address: str
    pid: int
    environment: dict[str, str]

    def python(self, *arguments: str) -> str:
        """What a Python with the server's settings says; raises RuntimeError with its words where it fails."""
        return _said(self.environment, *arguments)

    def manage(self, *arguments: str) -> str:
        """What a command of the application says, about what the server shows."""
        return self.python("manage.py", *arguments)


@contextlib.contextmanager
def served(server: str = "granian", before: Sequence[str] = (), **settings: str):
    """Serve the exhibit that ships until the block ends; gives the `Server`.

    ``before`` is what its command begins with, such as taskset; ``settings`` go into its environment.
    Raises RuntimeError where it cannot be prepared, or does not answer.
    """
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="exhibit-served-") as folder:
        environment = os.environ | {
            "DATA_DIR": folder,
            "DATABASE_URL": f"sqlite:///{folder}/exhibit.sqlite3",
            "DEBUG": "0",
            "DJANGO_SETTINGS_MODULE": "exhibit.settings",
            "LANGUAGES": "en,ru",
            "MUSEUM_CONTACT": "desk@museum.example",
            "MUSEUM_TEMPLATES": "",
            "PUBLIC_URL": f"http://localhost:{port}",
            "SECRET_KEY": secrets.token_urlsafe(50),
            **settings,
        }
        arguments = start.SERVERS[server]("127.0.0.1", port, "1")
        command = [*before, sys.executable, "-m", *arguments, "exhibit.wsgi:application"]
        _said(environment, "manage.py", "prepare")
        process = subprocess.Popen(command, cwd=start.BASE, env=environment, start_new_session=True)
        try:
            _wait_for(process, port)
            yield Server(f"http://localhost:{port}", process.pid, environment)
        finally:
            process.terminate()
            process.wait()


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def _said(environment, *arguments):
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=start.BASE, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed.\n{done.stdout}{done.stderr}")
    return done.stdout


def _wait_for(process, port, seconds=30):
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError("The server does not answer.")
