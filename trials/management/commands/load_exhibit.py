"""Load an exhibit's package or document into the working copy."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from trials.editions import package
from trials.editions.document import DocumentError

from ._exhibit import progress_on


class Command(BaseCommand):
    """``load_exhibit FILE``: the whole file or nothing. What FILE is, its content says, not its name."""

    help = (
        "Load an exhibit into the working copy: a package (ZIP), or a document with the images in the folder "
        "media/ beside it."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="the package, such as trial.zip, or the document.json")
        parser.add_argument(
            "--replace",
            action="store_true",
            help="replace the working copy of an exhibit that is here already; it is kept as a checkpoint",
        )

    def handle(self, file, replace, **options):
        try:
            with file.open("rb") as source:
                ready = progress_on(self.stderr, "Images made ready")
                loaded = package.load(self._read(file, source), replace=replace, name=file.name, progress=ready)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        except package.AlreadyHere as error:
            raise CommandError(
                f"“{error.slug}” is here already and differs from {file}; nothing was changed. "
                "To replace its working copy, add --replace. What is on display stays as it is either way."
            ) from error
        except DocumentError as error:
            faults = "\n".join(f"  {fault}" for fault in error.faults)
            raise CommandError(f"{file} is refused; nothing was changed.\n{faults}") from error
        self._say(loaded, file)

    def _read(self, file, source) -> package.Package:
        progress = progress_on(self.stderr, "Images checked")
        if package.is_package(source.read(4)):
            return package.read(source, progress)
        return package.read_folder(file, progress)

    def _say(self, loaded, file):
        slug = loaded.exhibit.slug
        if not loaded.changed:
            self.stdout.write(f"“{slug}” is here already, just as in {file}: nothing to do.")
            return
        self.stdout.write(self.style.SUCCESS(f"“{slug}” is loaded into the working copy."))
        if loaded.checkpoint:
            self.stdout.write(f"To bring back what it was: manage.py restore_checkpoint {loaded.checkpoint.pk}")
