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


def progress_on(stream, what: str):
    """A function that is told how many of how many are done, and says so on a terminal; elsewhere it is silent."""

    def tell(done: int, total: int):
        if stream.isatty():
            # In the terminal's own colour: on the stream of errors, others are red.
            stream.write(f"\r{what}: {done} of {total}", style_func=str, ending="\n" if done == total else "")
            stream.flush()

    return tell
