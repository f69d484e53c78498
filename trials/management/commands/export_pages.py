"""`manage.py export_pages`: all public pages as files."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from trials.pages.export import ExportError, export

from ._exhibit import progress_on


class Command(BaseCommand):
    """``export_pages FOLDER [--portable]``. The folder is replaced whole, in one step, or left as it was."""

    help = "Copy every public page with its pictures to a folder, as a web server sends them or to be opened directly."

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, help="where to: a new folder, or an earlier copy, which is replaced")
        parser.add_argument(
            "--portable",
            action="store_true",
            help="for a folder or a stick that is opened without any server: without scripts and search",
        )

    def handle(self, folder, portable, **options):
        try:
            made = export(folder, portable=portable, progress=progress_on(self.stderr, "Pages"))
        except (ExportError, OSError) as error:
            raise CommandError(f"No copy was made. {error}") from error
        self.stdout.write(self.style.SUCCESS(f"{len(made.files)} files in {folder}."))
