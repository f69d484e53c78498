"""nginx on this machine with a site file of ``deploy/``: for trials and measurements. It need not be installed."""

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from tools.start import BASE

BROTLI = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")
MAIN = """
{module}
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  sendfile on; keepalive_requests 10000000;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  include {folder}/site.conf;
}}
"""


def installed() -> bool:
    """Whether there is an nginx, and its module for Brotli files."""
    return bool(shutil.which("nginx")) and BROTLI.exists()


def site(name: str, filled: dict[str, str]) -> str:
    """A site file of ``deploy/`` with what an operator would fill in, each ``{"old": "new"}`` somewhere in it.

    Raises ValueError where one is not there.
    """
    text = (BASE / "deploy" / name).read_text(encoding="utf-8")
    for old, new in filled.items():
        if old not in text:
            raise ValueError(f"deploy/{name} does not hold “{old}”.")
        text = text.replace(old, new)
    return text


@contextlib.contextmanager
def running(text: str, folder: Path, port: int, before: Sequence[str] = ()):
    """Run nginx with a site file, in a folder of its own, until the block ends; gives its process.

    Its site must listen on ``port``. Raises RuntimeError with nginx's words where it does not start.
    """
    folder.mkdir()
    # Its workers are another user.
    folder.chmod(0o755)
    (folder / "site.conf").write_text(text, encoding="utf-8")
    module = f"load_module {BROTLI};" if BROTLI.exists() else ""
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, module=module))
    process = subprocess.Popen([*before, "nginx", "-c", folder / "nginx.conf"], stderr=subprocess.PIPE, text=True)
    try:
        _wait_for(process, port)
        yield process
    finally:
        process.terminate()
        process.wait()


def _wait_for(process, port, seconds=10):
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"nginx does not answer. {process.stderr.read() if process.poll() is not None else ''}")


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for localhost that nobody else trusts, and its key."""
    names = folder / "certificate.pem", folder / "key.pem"
    subject = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost")
    kind = ("-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2")
    command = ["openssl", "req", *kind, *subject, "-out", names[0], "-keyout", names[1]]
    subprocess.run(command, check=True, capture_output=True)
    os.chmod(names[1], 0o600)
    return names
