"""Write an exhibit's working copy as a document."""

from pathlib import Path

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError

from trials import images
from trials.editions.build import build
from trials.editions.document import DocumentError, dumps

from ._exhibit import exhibit_or_error


class Command(BaseCommand):
    """``dump_exhibit SLUG``: to the standard output, or with its images into a folder."""

    help = "Write the working copy of an exhibit as a document."

    def add_arguments(self, parser):
        parser.add_argument("slug")
        parser.add_argument("--folder", type=Path, help="write document.json and media/ into this folder")

    def handle(self, slug, folder, **options):
        exhibit = exhibit_or_error(slug)
        try:
            document = build(exhibit)
        except DocumentError as error:
            raise CommandError(f"The working copy of “{slug}” is not whole:\n{error}") from error
        if folder is None:
            self.stdout.write(dumps(document).decode(), ending="")
            return
        for image in document.images:
            name = images.path_of(image.sha256, image.extension)
            path = folder / "media" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with default_storage.open(name) as file:
                path.write_bytes(file.read())
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "document.json").write_bytes(dumps(document))
        self.stderr.write(f"Written: {folder / 'document.json'} and {len(document.images)} images.")
