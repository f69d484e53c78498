"""Load an exhibit's document into the working copy."""

import hashlib
from dataclasses import replace
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from trials import images
from trials.editions.build import build
from trials.editions.document import DocumentError, Fault, dumps, loads
from trials.editions.restore import restore
from trials.models import Exhibit


class Command(BaseCommand):
    """``load_exhibit FILE``: the whole file or nothing."""

    help = "Load an exhibit's document (with the images in the folder media/ beside it) into the working copy."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="the document, such as document.json")
        parser.add_argument(
            "--replace",
            action="store_true",
            help="replace the working copy of an exhibit that is here already",
        )

    def handle(self, file, replace, **options):
        try:
            document = loads(_read(file))
            self._store_images(document, file.parent / "media")
        except DocumentError as error:
            faults = "\n".join(f"  {fault}" for fault in error.faults)
            raise CommandError(f"{file} is refused; nothing was changed.\n{faults}") from error
        exhibit = _present(document)
        if exhibit and not replace:
            if _same(exhibit, document):
                self.stdout.write(f"“{document.slug}” is here already, just as in {file}: nothing to do.")
                return
            raise CommandError(
                f"“{document.slug}” is here already and differs from {file}; nothing was changed. "
                "To replace its working copy, add --replace. What is on display stays as it is either way."
            )
        restore(document, exhibit)
        self.stdout.write(self.style.SUCCESS(f"“{document.slug}” is loaded into the working copy."))

    def _store_images(self, document, folder):
        """Put the files of the document's images in their place, once all of them are known to be right."""
        faults, files = [], []
        for index, image in enumerate(document.images):
            if images.verify(image.sha256, image.extension):
                continue
            try:
                files.append(_image_file(folder, image))
            except (OSError, images.ImageError) as error:
                faults.append(Fault(f"images[{index}] ({image.key})", str(error)))
        if faults:
            raise DocumentError(faults)
        for rewritten in files:
            images.store(rewritten)


def _image_file(folder: Path, image) -> images.Rewritten:
    """The file of an image, found in ``folder``: exactly what the document says, and a picture that opens."""
    path = folder / images.path_of(image.sha256, image.extension)
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != image.sha256:
        raise images.ImageError(f"The file {path} is not the one that the document names: its SHA-256 differs.")
    seen = images.rewrite(content, path.name)
    if (seen.width, seen.height, seen.extension) != (image.width, image.height, image.extension):
        raise images.ImageError(f"The file {path} has another size or format than the document says.")
    return replace(seen, content=content, sha256=image.sha256)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error


def _present(document) -> Exhibit | None:
    """The exhibit in the working copy that the document is of, by its slug or a former one."""
    slugs = [document.slug, *document.former_slugs]
    return Exhibit.objects.filter(slug__in=slugs).order_by("pk").first()


def _same(exhibit, document) -> bool:
    try:
        return dumps(build(exhibit)) == dumps(document)
    except DocumentError:
        return False
