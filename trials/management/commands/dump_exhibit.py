"""Write an exhibit's working copy as a document or a package."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError

from trials import images
from trials.editions import package
from trials.editions.build import build
from trials.editions.document import DocumentError, dumps

from ._exhibit import exhibit_or_error, progress_on


class Command(BaseCommand):
    """``dump_exhibit SLUG``: the document to the standard output; with its images into a package or a folder."""

    help = "Write the working copy of an exhibit as a document or a package."

    def add_arguments(self, parser):
        parser.add_argument("slug")
        where = parser.add_mutually_exclusive_group()
        where.add_argument("--zip", type=Path, help="write the package, document and images, into this file")
        where.add_argument("--folder", type=Path, help="write document.json and media/ into this folder")
        parser.add_argument("--force", action="store_true", help="replace the file of --zip if it is there")

    def handle(self, slug, folder, zip, force, **options):
        exhibit = exhibit_or_error(slug)
        try:
            document = build(exhibit)
        except DocumentError as error:
            raise CommandError(f"The working copy of “{slug}” is not whole:\n{error}") from error
        if zip:
            self._write_package(document, zip, force)
        elif folder:
            self._write_folder(document, folder)
        else:
            self.stdout.write(dumps(document).decode(), ending="")

    def _write_package(self, document, file, force):
        if file.exists() and not force:
            raise CommandError(f"{file} is there already; nothing was written. To replace it, add --force.")
        try:
            _write_whole(file, lambda target: package.write(document, target, progress_on(self.stderr, "Images")))
        except package.PackageError as error:
            faults = "\n".join(f"  {fault}" for fault in error.faults)
            raise CommandError(f"No package of “{document.slug}” can be made.\n{faults}") from error
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from error
        self.stderr.write(f"Written: {file}, with {len(document.images)} images.")

    def _write_folder(self, document, folder):
        for image in document.images:
            name = images.path_of(image.sha256, image.extension)
            path = folder / "media" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with default_storage.open(name) as file:
                path.write_bytes(file.read())
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "document.json").write_bytes(dumps(document))
        self.stderr.write(f"Written: {folder / 'document.json'} and {len(document.images)} images.")


def _write_whole(file: Path, write):
    """Let ``write`` fill the file under another name; it has its own once all of it is on the disk."""
    temporary = file.with_name(f".{file.name}.{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("xb") as target:
            write(target)
            target.flush()
            os.fsync(target.fileno())
        temporary.replace(file)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
