"""What the commands on one exhibit share."""

from django.core.management.base import CommandError

from trials.models import Exhibit


def exhibit_or_error(slug: str) -> Exhibit:
    """The exhibit of the working copy with this slug, or a sentence that names those there are."""
    exhibit = Exhibit.objects.filter(slug=slug).first()
    if exhibit:
        return exhibit
    there = ", ".join(Exhibit.objects.order_by("order", "pk").values_list("slug", flat=True)) or "none yet"
    raise CommandError(f"There is no exhibit “{slug}” in the working copy. There is: {there}.")
