"""Images, always from our own address."""

import re

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_cache_control
from django.utils.formats import date_format
from django.utils.http import parse_etags
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .. import images
from ..editions.display import Notice, image_notice
from ..models import Image, PublishedImage
from .errors import blocked_by

DIGEST = re.compile("[0-9a-f]{64}")
MEDIA_TYPES = {"jpg": "image/jpeg", "png": "image/png"}
# An image is shown, never run: whatever its bytes are, a browser that opens it does nothing.
INERT = "default-src 'none'; sandbox"
# For how many seconds browsers and proxies show a public image without asking again. It never changes, but it
# may be taken down, and a copy that somebody keeps for a year would be shown for a year. Asking costs a 304.
KEPT = 10


@require_safe
def image(request, sha256, name):
    """An image that an edition on display has shown; others only for curators. One taken down is for nobody."""
    extension = extension_of(sha256, name)
    public = PublishedImage.objects.of_editions_shown().filter(sha256=sha256).exists()
    if not public and not _curator_may_see(request, sha256):
        raise Http404("There is no such image.")
    if _is_held(request, sha256) and not image_notice(sha256):
        response = _inert(HttpResponseNotModified(), sha256)
    else:
        response = stored(sha256, extension)
    if not public:
        patch_cache_control(response, private=True, no_store=True)
    elif response.status_code != 451:
        patch_cache_control(response, public=True, max_age=KEPT, must_revalidate=True)
    return response


def extension_of(sha256: str, name: str) -> str:
    """The format of the file that an address names. Raises Http404 for an address that no image has."""
    stem, _dot, extension = name.rpartition(".")
    if stem != "image" or extension not in MEDIA_TYPES or not DIGEST.fullmatch(sha256):
        raise Http404("There is no such image.")
    return extension


def stored(sha256: str, extension: str) -> HttpResponse:
    """An image's file or, where it is taken down, the reason in its place. Raises Http404 where there is none."""
    notice = image_notice(sha256)
    if notice:
        return _taken_down(notice)
    try:
        file = default_storage.open(images.path_of(sha256, extension))
    except FileNotFoundError as error:
        raise Http404("There is no such image.") from error
    return _inert(FileResponse(file, content_type=MEDIA_TYPES[extension]), sha256)


def _inert(response, sha256):
    response["ETag"] = f'"{sha256}"'
    response["Content-Security-Policy"] = INERT
    return response


def _is_held(request, sha256) -> bool:
    """Whether whoever asks holds the image already."""
    held = parse_etags(request.headers.get("If-None-Match", ""))
    return any(tag.removeprefix("W/") in ("*", f'"{sha256}"') for tag in held)


def _taken_down(notice: Notice) -> HttpResponse:
    """A plain sentence in place of an image, which nobody keeps: the takedown may be lifted."""
    since = date_format(localtime(notice.since), "j F Y")
    sentence = _("This image was taken down on %(date)s: %(reason)s") % {"date": since, "reason": notice.reason}
    headers = {"Cache-Control": "no-cache", "Content-Security-Policy": INERT, "Link": blocked_by()}
    return HttpResponse(f"{sentence}\n", status=451, content_type="text/plain; charset=utf-8", headers=headers)


def _curator_may_see(request, sha256) -> bool:
    user = request.user
    return user.is_staff and user.has_perm("trials.view_image") and Image.objects.filter(sha256=sha256).exists()
