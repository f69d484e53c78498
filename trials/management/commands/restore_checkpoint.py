"""Bring back a working copy that was replaced."""

from django.core.management.base import BaseCommand, CommandError

from trials.editions import checkpoints
from trials.editions.document import DocumentError, EditionTampered
from trials.models import Checkpoint


class Command(BaseCommand):
    """``restore_checkpoint ID``: what visitors see does not change."""

    help = "Make a working copy what it was at a checkpoint; what it is now is kept as another one."

    def add_arguments(self, parser):
        parser.add_argument("id", type=int, nargs="?", help="the number of the checkpoint; none: list them")

    def handle(self, id, **options):
        if id is None:
            self._list()
            return
        checkpoint = Checkpoint.objects.filter(pk=id).first()
        if not checkpoint:
            raise CommandError(f"There is no checkpoint {id}. Without a number, this command lists those there are.")
        try:
            kept = checkpoints.load(checkpoint)
        except (DocumentError, EditionTampered) as error:
            raise CommandError(str(error)) from error
        slug = checkpoint.exhibit.slug
        self.stdout.write(self.style.SUCCESS(f"The working copy of “{slug}” is what it was at checkpoint {id}."))
        self.stdout.write(f"To undo this: manage.py restore_checkpoint {kept.pk}")

    def _list(self):
        for checkpoint in Checkpoint.objects.select_related("exhibit").defer("content"):
            self.stdout.write(f"{checkpoint.pk:6}  {checkpoint}")
