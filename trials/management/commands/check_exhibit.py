"""Say what is missing or doubtful in an exhibit before it is published."""

from django.core.management.base import BaseCommand, CommandError

from trials.editions.readiness import BLOCKS, check

from ._exhibit import exhibit_or_error


class Command(BaseCommand):
    """``check_exhibit SLUG``. Fails if something stands in the way of a publication."""

    help = "Say what is missing or doubtful in an exhibit's working copy."

    def add_arguments(self, parser):
        parser.add_argument("slug")

    def handle(self, slug, **options):
        findings = check(exhibit_or_error(slug))
        for finding in findings:
            self.stdout.write(f"{finding.severity.label}: {finding}")
        blocking = sum(finding.severity == BLOCKS for finding in findings)
        if blocking:
            raise CommandError(f"“{slug}” cannot be published: {blocking} of {len(findings)} findings block it.")
        self.stdout.write(self.style.SUCCESS(f"“{slug}” can be published. Findings that advise: {len(findings)}."))
