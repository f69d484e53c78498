"""Take an exhibit off display."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from trials.editions.publish import PublishError, withdraw

from ._exhibit import exhibit_or_error


class Command(BaseCommand):
    """``withdraw SLUG --note TEXT``."""

    help = "Take an exhibit off display now, and cancel what was scheduled."

    def add_arguments(self, parser):
        parser.add_argument("slug")
        parser.add_argument("--note", required=True, help="why")

    def handle(self, slug, note, **options):
        try:
            cancelled = withdraw(exhibit_or_error(slug), note)
        except PublishError as error:
            raise CommandError(str(error)) from error
        for display in cancelled:
            self.stdout.write(
                f"Cancelled: edition {display.edition.number} from {timezone.localtime(display.starts):%Y-%m-%d %H:%M}."
            )
        self.stdout.write(self.style.SUCCESS(f"“{slug}” is off display."))
