"""`manage.py index_editions`: make good what search needs."""

from django.core.management.base import BaseCommand, CommandError

from trials.editions.document import EditionUnreadable
from trials.editions.index import not_indexed, write_anew
from trials.models import Edition


class Command(BaseCommand):
    """``index_editions [--all]``. It can be interrupted and run again: each edition is written whole or not at all."""

    help = "Write the search index of every edition that has none, as after an update of an old installation."

    def add_arguments(self, parser):
        parser.add_argument("--all", action="store_true", help="of every edition, also of those that have one")

    def handle(self, **options):
        editions = Edition.objects.defer("content").order_by("pk")
        if not options["all"]:
            editions = editions.filter(pk__in=not_indexed(editions.values_list("pk", flat=True)))
        count, unreadable = len(editions), []
        for n, edition in enumerate(editions, start=1):
            try:
                write_anew(edition)
            except EditionUnreadable as error:
                unreadable.append(f"{edition}: {error}")
            self.stdout.write(f"{n} of {count}: {edition}")
        if unreadable:
            raise CommandError("\n".join(["These editions cannot be read, and were not indexed.", *unreadable]))
        self.stdout.write(self.style.SUCCESS(f"{count} editions indexed." if count else "Every edition is indexed."))
