"""Show again what was taken down."""

from django.core.management.base import BaseCommand, CommandError

from trials.editions.takedown import TakedownError, lift
from trials.models import Takedown


class Command(BaseCommand):
    """``lift_takedown ID``."""

    help = "Show again what was taken down."

    def add_arguments(self, parser):
        parser.add_argument("takedown", type=int, help="its number")

    def handle(self, takedown, **options):
        try:
            lifted = lift(Takedown.objects.get(pk=takedown))
        except Takedown.DoesNotExist as error:
            there = ", ".join(f"{row.pk} ({row})" for row in Takedown.objects.in_force()) or "none"
            raise CommandError(f"There is no takedown {takedown}. In force: {there}.") from error
        except TakedownError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(self.style.SUCCESS(f"Lifted: {lifted}"))
