"""Previews: the pages of what is not published, for curators and for whoever holds a link.

They are the same pages, made from the working copy as it is now or from any edition. What all their answers have in
common, such as that nobody keeps them, is in exhibit/policy.py.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models.functions import Now
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ..editions.build import build
from ..editions.display import EditionTakenDown, Notice, document_of
from ..editions.document import Document, DocumentError
from ..editions.publish import on_display_now, scheduled_displays
from ..models import Edition, Exhibit, Image, PreviewLink, PublishedImage, Takedown
from . import links, media
from .page import Page


@dataclass(frozen=True)
class Previewed:
    """What a preview shows where visitors see an `OnDisplay`: an edition, or the working copy, which has no number.

    ``starts`` is the moment from which an edition will be on display, ``shown`` whether it is now.
    """

    exhibit: int
    slug: str
    document: Document
    published: datetime
    number: int | None = None
    note: str = ""
    starts: datetime | None = None
    shown: bool = False


@dataclass
class PreviewPage(Page):
    """A page of a preview. It has no lasting address, and its images are below its own prefix."""

    mount: str = ""
    preview = True

    @cached_property
    def present_address(self) -> str:
        """Where this page is found as long as the preview is."""
        return links.absolute(self.mount + self.path)

    @property
    def lasting_address(self):
        raise AttributeError("A preview has no lasting address.")

    def path_in(self, language) -> str:
        """The path of this page of the preview in another language."""
        main = self.mount.removesuffix(f"{self.language}/") if self.language != settings.LANGUAGE_CODE else self.mount
        return main + ("" if language == settings.LANGUAGE_CODE else f"{language}/") + self.path

    def image(self, image, rendition="") -> str:
        """The relative address of an image's file or of a rendition of it, which may not be public."""
        return links.relative(self.path, f"media/{links.image_name(image, rendition)}")


def for_curators(request, view, language, pk, number=None, **where):
    """Answer with a page of the working copy, or of an edition, to whoever may preview it."""
    exhibit, edition = _chosen(request, pk, number)
    return _page(request, view, language, exhibit, edition, where)


@require_safe
def image_for_curators(request, sha256, name, language, pk, number=None):
    """An image of the working copy, or of an edition, for whoever may preview it."""
    return _image(*_chosen(request, pk, number), sha256, name)


def by_link(request, view, language, token, **where):
    """Answer with a page of what a link shows. Links that never were, have expired or are revoked look alike."""
    found = _linked(token)
    if found is None:
        return render(request, "preview/unknown.html", status=404)
    return _page(request, view, language, *found, where, by_link=True)


@require_safe
def image_by_link(request, sha256, name, language, token):
    """An image of what a link shows."""
    found = _linked(token)
    if found is None:
        raise Http404("There is no such preview.")
    return _image(*found, sha256, name)


def may_preview(request) -> bool:
    """Whether somebody who may enter the admin may see what is not published: also the exhibit's own page there."""
    return (
        admin.site.has_permission(request)
        and request.user.has_perm("trials.preview_exhibit")
        and admin.site.get_model_admin(Exhibit).has_view_permission(request)
    )


def previewable_editions(exhibit: Exhibit):
    """The editions that can be previewed: all but those that are taken down. Their content is not read."""
    return _editions(exhibit).exclude(takedowns__in=Takedown.objects.in_force())


def previewed(exhibit: Exhibit, edition: Edition | None = None) -> Previewed:
    """The working copy as it is now, or an edition.

    Raises `DocumentError`, or `EditionUnreadable` also of an edition that is taken down.
    """
    if edition is None:
        return Previewed(exhibit.pk, exhibit.slug, build(exhibit), timezone.now())
    takedown = edition.takedowns.in_force().order_by("created").first()
    if takedown:
        raise EditionTakenDown(Notice(takedown.reason, takedown.created))
    return Previewed(
        exhibit.pk,
        edition.slug,
        document_of(edition.pk, edition.digest),
        edition.created,
        number=edition.number,
        note=edition.note,
        starts=next((display.starts for display in scheduled_displays(exhibit) if display.edition == edition), None),
        shown=on_display_now(exhibit) == edition,
    )


def make_link(exhibit, edition, purpose: str, days: int, user) -> tuple[PreviewLink, str]:
    """A new link, and its token: the one moment at which the token is known."""
    token = secrets.token_urlsafe(32)
    link = PreviewLink.objects.create(
        exhibit=exhibit,
        edition=edition,
        token_hash=_hash(token),
        purpose=purpose,
        expires=Now() + timedelta(days=days),
        created_by=user,
    )
    link.refresh_from_db()
    return link, token


def revoke_link(link: PreviewLink) -> bool:
    """Let a link show nothing from now; whether it was not revoked before."""
    return bool(PreviewLink.objects.filter(pk=link.pk, revoked=None).update(revoked=Now()))


def _editions(exhibit):
    return exhibit.editions.defer("content")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _linked(token) -> tuple[Exhibit, Edition | None] | None:
    """What the link with this token shows; None where there is nothing to be shown."""
    link = PreviewLink.objects.valid().filter(token_hash=_hash(token)).select_related("exhibit").first()
    if link is None:
        return None
    return link.exhibit, link.edition_id and _editions(link.exhibit).get(pk=link.edition_id)


def _chosen(request, pk, number) -> tuple[Exhibit, Edition | None]:
    """What a curator chose. Raises PermissionDenied before it says whether there is such a thing, then Http404."""
    if not may_preview(request):
        raise PermissionDenied
    exhibit = Exhibit.objects.filter(pk=pk).first()
    if exhibit is None:
        raise Http404("There is no such exhibit.")
    if number is None:
        return exhibit, None
    edition = _editions(exhibit).filter(number=number).first()
    if edition is None:
        raise Http404("There is no such edition.")
    return exhibit, edition


def _page(request, view, language, exhibit, edition, where, by_link=False):
    try:
        shown = previewed(exhibit, edition)
    except DocumentError as error:
        faults = [] if by_link else error.faults
        return render(request, "preview/not_whole.html", {"faults": faults}, status=409)
    if language not in shown.document.languages:
        raise Http404("It is not shown in this language.")
    path = links.address(view.__name__, **where)
    return view(PreviewPage(shown, view.__name__, path, language, mount=request.path.removesuffix(path)), **where)


def _image(exhibit, edition, sha256, name):
    media.check_address(sha256, name)
    if edition:
        held = PublishedImage.objects.filter(edition=edition, edition__in=previewable_editions(exhibit))
    else:
        held = Image.objects.filter(exhibit=exhibit)
    if not held.filter(sha256=sha256).exists():
        raise Http404("It has no such image.")
    return media.stored(sha256, name)
