"""Take an image down."""

import re

from django.core.management.base import BaseCommand, CommandError

from trials.editions.takedown import TakedownError, take_down_image
from trials.models import Image

from ._exhibit import exhibit_or_error


class Command(BaseCommand):
    """``take_down_image SHA256 --reason TEXT``, ``take_down_image KEY --exhibit SLUG --reason TEXT``."""

    help = "Show an image nowhere from now on, with the reason in its place. Its file is kept."

    def add_arguments(self, parser):
        parser.add_argument("image", help="its SHA-256, as in its address; or, with --exhibit, its key")
        parser.add_argument("--exhibit", metavar="SLUG", help="the exhibit whose working copy has the key")
        parser.add_argument("--reason", required=True, help="why: visitors will read this")

    def handle(self, image, exhibit, reason, **options):
        try:
            takedown = take_down_image(_sha256(image, exhibit), reason)
        except TakedownError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            self.style.SUCCESS(
                f"The image {takedown.sha256} is taken down. To show it again: lift_takedown {takedown.pk}"
            )
        )


def _sha256(image, slug) -> str:
    if slug:
        found = Image.objects.of(exhibit_or_error(slug)).filter(key=image).first()
        if found is None:
            raise CommandError(
                f"“{slug}” has no image “{image}” in the working copy. If an edition has it, give its SHA-256."
            )
        return found.sha256
    if not re.fullmatch("[0-9a-f]{64}", image):
        raise CommandError(f"“{image}” is no SHA-256, which has 64 characters. For a key, say --exhibit SLUG.")
    return image
