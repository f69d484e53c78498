"""Images, always from our own address."""

import re

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from .. import images
from ..models import Image, PublishedImage

DIGEST = re.compile("[0-9a-f]{64}")
MEDIA_TYPES = {"jpg": "image/jpeg", "png": "image/png"}
# An image is shown, never run: whatever its bytes are, a browser that opens it does nothing.
INERT = "default-src 'none'; sandbox"


@require_safe
def image(request, sha256, name):
    """An image that an edition on display has shown; others only for curators. Never changes, so kept for good."""
    stem, _dot, extension = name.rpartition(".")
    if stem != "image" or extension not in MEDIA_TYPES or not DIGEST.fullmatch(sha256):
        raise Http404("There is no such image.")
    public = PublishedImage.objects.of_editions_shown().filter(sha256=sha256).exists()
    if not public and not _curator_may_see(request, sha256):
        raise Http404("There is no such image.")
    try:
        file = default_storage.open(images.path_of(sha256, extension))
    except FileNotFoundError as error:
        raise Http404("There is no such image.") from error
    response = FileResponse(file, content_type=MEDIA_TYPES[extension])
    response["Content-Security-Policy"] = INERT
    if public:
        patch_cache_control(response, public=True, max_age=31_536_000, immutable=True)
    else:
        patch_cache_control(response, private=True, no_store=True)
    return response


def _curator_may_see(request, sha256) -> bool:
    user = request.user
    return user.is_staff and user.has_perm("trials.view_image") and Image.objects.filter(sha256=sha256).exists()
