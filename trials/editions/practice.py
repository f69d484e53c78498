"""Practice copies: an exhibit to try things out on. It can never go on display, and is thrown away whole."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from ..languages import LINE_LENGTH, MADE_FROM, Status, Text, digest_of
from ..models import Exhibit
from ..models.base import KEY_LENGTH, free_name
from .build import build
from .restore import restore


@transaction.atomic
def practice_copy(exhibit: Exhibit) -> Exhibit:
    """A new exhibit that says what the working copy of ``exhibit`` says, for practice.

    Raises `DocumentError` where that is not whole. Pictures are files that both exhibits name.
    """
    document = build(exhibit)
    titles = {"title": _for_practice(document.title), "short_title": _for_practice(document.short_title)}
    slug = _free_slug(f"{exhibit.slug[: KEY_LENGTH - 9].rstrip('-')}-practice")
    return restore(document.model_copy(update={"slug": slug, "former_slugs": [], "practice": True, **titles}))


def _for_practice(title: Text) -> Text:
    """A title that says in each language that this is practice; translations count as made from the new one."""
    made = Text(title)
    for code, words in title.words().items():
        with override(code):
            made[code] = (_("Practice: %(title)s") % {"title": words})[:LINE_LENGTH]
    for code in title.words():
        if code + MADE_FROM in title and title.status(code) != Status.STALE:
            made[code + MADE_FROM] = digest_of(made.get(settings.LANGUAGE_CODE, ""))
    return made


def _free_slug(slug: str) -> str:
    """``slug``, with a number where other exhibits have or had it."""
    taken = set()
    for present, former in Exhibit.objects.values_list("slug", "former_slugs"):
        taken.update([present, *former])
    return slug if slug not in taken else free_name(slug, taken)
