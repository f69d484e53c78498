"""The exhibit as visitors get it: a real server with data of its own, for measurements."""

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time

from tools import start


@contextlib.contextmanager
def served(server: str = "granian"):
    """Serve the exhibit that ships until the block ends; gives the server's address, without a slash at its end.

    Raises RuntimeError where it cannot be prepared, or does not answer.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="exhibit-served-") as folder:
        environment = os.environ | {
            "DATA_DIR": folder,
            "DATABASE_URL": f"sqlite:///{folder}/exhibit.sqlite3",
            "DEBUG": "0",
            "DJANGO_SETTINGS_MODULE": "exhibit.settings",
            "LANGUAGES": "en",
            "MUSEUM_CONTACT": "desk@museum.example",
            "MUSEUM_TEMPLATES": "",
            "PUBLIC_URL": f"http://localhost:{port}",
            "SECRET_KEY": secrets.token_urlsafe(50),
        }
        _run([sys.executable, "manage.py", "prepare"], environment)
        command = [sys.executable, "-m", *start.SERVERS[server]("127.0.0.1", port, "1"), "exhibit.wsgi:application"]
        process = subprocess.Popen(command, cwd=start.BASE, env=environment, start_new_session=True)
        try:
            _wait_for(process, port)
            yield f"http://localhost:{port}"
        finally:
            process.terminate()
            process.wait()


def _run(command, environment):
    done = subprocess.run(command, cwd=start.BASE, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"The site could not be prepared.\n{done.stdout}{done.stderr}")


def _wait_for(process, port, seconds=30):
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError("The server does not answer.")
