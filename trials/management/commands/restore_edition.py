"""Restore an edition into the working copy."""

from django.core.management.base import BaseCommand, CommandError

from trials.editions import checkpoints
from trials.editions.document import DocumentError, EditionTampered

from ._exhibit import exhibit_or_error


class Command(BaseCommand):
    """``restore_edition SLUG NUMBER``: what visitors see does not change."""

    help = "Make an exhibit's working copy what one of its editions says; what it is now is kept as a checkpoint."

    def add_arguments(self, parser):
        parser.add_argument("slug")
        parser.add_argument("number", type=int)

    def handle(self, slug, number, **options):
        exhibit = exhibit_or_error(slug)
        edition = exhibit.editions.filter(number=number).first()
        if not edition:
            numbers = exhibit.editions.order_by("number").values_list("number", flat=True)
            there = ", ".join(map(str, numbers)) or "none yet"
            raise CommandError(f"“{slug}” has no edition {number}. There is: {there}.")
        try:
            checkpoint = checkpoints.restore_edition(exhibit, edition)
        except (checkpoints.Refused, DocumentError, EditionTampered) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(self.style.SUCCESS(f"The working copy of “{slug}” is now as in edition {number}."))
        self.stdout.write(f"To bring back what it was: manage.py restore_checkpoint {checkpoint.pk}")
