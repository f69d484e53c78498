"""Images, always from our own address."""

import re
from pathlib import PurePath

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.utils.cache import patch_cache_control
from django.utils.formats import date_format
from django.utils.http import parse_etags
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .. import images, renditions
from ..editions.display import Notice, image_is_public, image_notice
from ..models import Image, PublishedImage
from .errors import blocked_by
from .ranges import narrow

IMAGE = re.compile(r"image\.(jpg|png)")
MEDIA_TYPES = images.MEDIA_TYPES | renditions.MEDIA_TYPES
# An image is shown, never run: whatever its bytes are, a browser that opens it does nothing.
INERT = "default-src 'none'; sandbox"
# For how many seconds browsers and proxies show a public image without asking again. It never changes, but it
# may be taken down, and a copy that somebody keeps for a year would be shown for a year. Asking costs a 304.
KEPT = 10


@require_safe
def image(request, sha256, name):
    """The file of an image, or of a rendition of it, by the same rules.

    One that an edition on display has shown is public; others are for curators. One taken down is for nobody.
    """
    check_address(sha256, name)
    public = image_is_public(sha256)
    if not public and not _curator_may_see(request, sha256):
        raise Http404("There is no such image.")
    response = stored(sha256, name, held=request.headers.get("If-None-Match", ""))
    narrow(response, request.headers)
    if not public:
        patch_cache_control(response, private=True, no_store=True)
    elif response.status_code != 451:
        patch_cache_control(response, public=True, max_age=KEPT, must_revalidate=True)
    return response


def check_address(sha256: str, name: str):
    """Raise Http404 for an address that neither an image nor a rendition has."""
    if not images.DIGEST.fullmatch(sha256) or not (IMAGE.fullmatch(name) or renditions.NAME.fullmatch(name)):
        raise Http404("There is no such image.")


def stored(sha256: str, name: str, held: str = "") -> HttpResponse:
    """The file of an image or a rendition or, where the image is taken down, the reason in its place.

    A rendition that is missing is made; where it cannot be, the way leads to the image itself. ``held`` says in a
    header's words what whoever asks has already. Raises Http404 where there is no such file.
    """
    notice = image_notice(sha256)
    if notice:
        return _taken_down(notice)
    path = f"{sha256}/{name}"
    try:
        if not default_storage.exists(path) and not _made(sha256, name):
            raise Http404("There is no such image.")
        etag = f'"{sha256}"' if IMAGE.fullmatch(name) else f'"{sha256}-{name}"'
        if any(tag.removeprefix("W/") in ("*", etag) for tag in parse_etags(held)):
            return _inert(HttpResponseNotModified(), etag)
        file = default_storage.open(path)
    except FileNotFoundError as error:
        raise Http404("There is no such image.") from error
    except renditions.NotMade:
        return _inert(HttpResponseRedirect(PurePath(renditions.original_of(sha256)).name))
    return _inert(FileResponse(file, content_type=MEDIA_TYPES[name.rpartition(".")[2]]), etag)


def _made(sha256, name) -> bool:
    return bool(renditions.NAME.fullmatch(name)) and renditions.make(sha256, name)


def _inert(response, etag=None):
    if etag:
        response["ETag"] = etag
    response["Content-Security-Policy"] = INERT
    return response


def _taken_down(notice: Notice) -> HttpResponse:
    """A plain sentence in place of an image, which nobody keeps: the takedown may be lifted."""
    since = date_format(localtime(notice.since), "j E Y")
    sentence = _("This image was taken down on %(date)s: %(reason)s") % {"date": since, "reason": notice.reason}
    headers = {"Cache-Control": "no-cache", "Content-Security-Policy": INERT, "Link": blocked_by()}
    return HttpResponse(f"{sentence}\n", status=451, content_type="text/plain; charset=utf-8", headers=headers)


def _curator_may_see(request, sha256) -> bool:
    """Whether a curator may see what is not public: an image of the working copy, or of an edition not shown yet."""
    user = request.user
    if not (user.is_staff and user.has_perm("trials.view_image")):
        return False
    if user.has_perm("trials.view_edition") and PublishedImage.objects.filter(sha256=sha256).exists():
        return True
    return Image.objects.filter(sha256=sha256).exists()
