"""Answers sent compressed, and not sent again to whoever holds them.

What depends on a cookie is left as it is: it may hold a token, and the size of a compressed page would tell of it
to whoever can make a curator's browser ask again and again (BREACH). Visitors' pages hold no secret.
"""

import gzip
import hashlib
from functools import lru_cache

import brotli
from django.utils.cache import get_conditional_response, has_vary_header, patch_vary_headers

# A shorter answer fits into one packet as it is.
SMALL = 500
TEXTS = ("text/", "application/json", "application/xml", "application/atom+xml", "image/svg+xml")
# The best first: what each makes of bytes, at a cost of about a millisecond a page.
ENCODERS = {
    "br": lambda body: brotli.compress(body, quality=5),
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
}
# As small as can be, for what is sent many times: some tens of milliseconds a page, and more for larger ones.
BEST_ENCODERS = {
    "br": lambda body: brotli.compress(body, quality=11 if len(body) <= 150_000 else 9),
    "gzip": lambda body: gzip.compress(body, 9, mtime=0),
}


class CompressionMiddleware:
    """Answers a request with Brotli or gzip, or with 304 and no body.

    Each encoding has a strong ETag of its own (RFC 9110, 8.8.3). Images, streams and errors stay as they are.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if not _may_be_compressed(request, response):
            return response
        patch_vary_headers(response, ["Accept-Encoding"])
        encoding = chosen_encoding(request.headers.get("Accept-Encoding", ""))
        if "no-store" not in response.get("Cache-Control", ""):
            response["ETag"] = etag_of(response.content, encoding)
            held = get_conditional_response(request, etag=response["ETag"], response=response)
            if held is not response:
                return held
        if encoding:
            response.content = ENCODERS[encoding](response.content)
            response["Content-Encoding"] = encoding
        # Also for HEAD, which has the headers of GET.
        response["Content-Length"] = str(len(response.content))
        return response


def etag_of(body: bytes, encoding: str) -> str:
    """The strong ETag of ``body`` in an encoding, or as it is where that is empty."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}{encoding and f"-{encoding}"}"'


@lru_cache(maxsize=256)
def chosen_encoding(header: str) -> str:
    """The best of our encodings that a header Accept-Encoding allows; empty where it allows none.

    A weight of zero forbids; other weights do not change our order. ``*`` means any that is not named.
    """
    allowed = {}
    for part in header.lower().split(","):
        name, _semicolon, weight = part.partition(";")
        allowed[name.strip()] = weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return next((name for name in ENCODERS if allowed.get(name, allowed.get("*", False))), "")


def is_text(response) -> bool:
    """Whether compressing an answer is worth it."""
    return response.get("Content-Type", "").startswith(TEXTS) and len(response.content) >= SMALL


def _may_be_compressed(request, response) -> bool:
    return (
        request.method in ("GET", "HEAD")
        and response.status_code == 200
        and not response.streaming
        and not response.has_header("Content-Encoding")
        and is_text(response)
        and not has_vary_header(response, "Cookie")
    )
