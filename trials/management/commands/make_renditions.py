"""`manage.py make_renditions`: the small copies of pictures that browsers choose from."""

from django.core.management.base import BaseCommand, CommandError

from trials import renditions
from trials.models import Image, PublishedImage

from ._exhibit import progress_on


class Command(BaseCommand):
    """``make_renditions [--anew]``. It can be interrupted and run again, also while visitors look."""

    help = "Make the missing renditions of every picture, as after a backup without them was brought back."

    def add_arguments(self, parser):
        parser.add_argument("--anew", action="store_true", help="make all of them, also those that are there")

    def handle(self, anew, **options):
        rows = (model.objects.order_by().values_list("sha256", flat=True) for model in (Image, PublishedImage))
        pictures = sorted(set().union(*rows))
        progress, made, failed = progress_on(self.stderr, "Pictures"), 0, []
        for done, sha256 in enumerate(pictures, start=1):
            try:
                made += renditions.make_missing(sha256, anew=anew)
            except renditions.NotMade as error:
                failed.append(f"{sha256}: {error}")
            progress(done, len(pictures))
        if failed:
            raise CommandError(
                "\n".join(["Not every rendition could be made. The pictures are shown as they are.", *failed])
            )
        said = f"{made} renditions made" if made else "none was missing"
        self.stdout.write(self.style.SUCCESS(f"{len(pictures)} pictures, {said}."))
