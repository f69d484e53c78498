"""Publish an exhibit."""

from argparse import ArgumentTypeError
from datetime import datetime

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from trials.editions.document import DocumentError
from trials.editions.moments import moment
from trials.editions.publish import PublishError, publish

from ._exhibit import exhibit_or_error, progress_on


class Command(BaseCommand):
    """``publish SLUG --note TEXT [--from MOMENT]``."""

    help = "Make an edition of an exhibit's working copy and put it on display."

    def add_arguments(self, parser):
        parser.add_argument("slug")
        parser.add_argument("--note", required=True, help="what changed and why: visitors will read this")
        parser.add_argument(
            "--from",
            dest="starts",
            type=_moment,
            help=f"from when, in the museum's time zone ({settings.MUSEUM_TIME_ZONE}), such as 2027-01-23T10:00",
        )

    def handle(self, slug, note, starts, **options):
        try:
            progress = progress_on(self.stderr, "Publishing: step")
            display = publish(exhibit_or_error(slug), note, starts=starts, progress=progress)
        except PublishError as error:
            raise CommandError(str(error)) from error
        except DocumentError as error:
            raise CommandError(f"The working copy of “{slug}” is not whole; nothing was published.\n{error}") from error
        since = timezone.localtime(display.starts)
        self.stdout.write(
            self.style.SUCCESS(
                f"Edition {display.edition.number} of “{slug}” is on display from "
                f"{since:%Y-%m-%d %H:%M} ({settings.MUSEUM_TIME_ZONE})."
            )
        )


def _moment(text: str) -> datetime:
    try:
        return moment(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error
