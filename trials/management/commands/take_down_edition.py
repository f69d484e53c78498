"""Take an edition down."""

from django.core.management.base import BaseCommand, CommandError

from trials.editions.takedown import TakedownError, take_down_edition

from ._exhibit import exhibit_or_error


class Command(BaseCommand):
    """``take_down_edition SLUG NUMBER --reason TEXT``."""

    help = "Show no page of an edition from now on, with the reason in its place. Its bytes are kept."

    def add_arguments(self, parser):
        parser.add_argument("slug")
        parser.add_argument("number", type=int)
        parser.add_argument("--reason", required=True, help="why: visitors will read this")

    def handle(self, slug, number, reason, **options):
        exhibit = exhibit_or_error(slug)
        edition = exhibit.editions.filter(number=number).defer("content").first()
        if edition is None:
            there = ", ".join(map(str, exhibit.editions.order_by("number").values_list("number", flat=True)))
            raise CommandError(f"“{slug}” has no edition {number}. There is: {there or 'none yet'}.")
        try:
            takedown = take_down_edition(edition, reason)
        except TakedownError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            self.style.SUCCESS(
                f"Edition {number} of “{slug}” is taken down. To show it again: lift_takedown {takedown.pk}"
            )
        )
