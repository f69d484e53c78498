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
TEXTS = ("text/", "application/json", "application/xml", "image/svg+xml")
# Up to this size a page that others will ask for too is compressed as well as can be: some tens of milliseconds, once.
WORTH_THE_BEST = 150_000
# The best first: what each makes of bytes, at a cost of about a millisecond a page.
ENCODERS = {
    "br": lambda body: brotli.compress(body, quality=5),
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
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
        encode = ENCODERS.get(encoding)
        if "no-store" not in response.get("Cache-Control", ""):
            encode = best_brotli if encoding == "br" and len(response.content) <= WORTH_THE_BEST else encode
            response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}{encoding and f"-{encoding}"}"'
            held = get_conditional_response(request, etag=response["ETag"], response=response)
            if held is not response:
                return held
        if encoding:
            response.content = encode(response.content)
            response["Content-Encoding"] = encoding
        # Also for HEAD, which has the headers of GET.
        response["Content-Length"] = str(len(response.content))
        return response


@lru_cache(maxsize=128)
def best_brotli(body: bytes) -> bytes:
    """``body`` at the best quality of Brotli; the last pages are remembered, since each is the same for everybody."""
    return brotli.compress(body, quality=11)


def chosen_encoding(header: str) -> str:
    """The best of our encodings that a header Accept-Encoding allows; empty where it allows none.

    A weight of zero forbids; other weights do not change our order. ``*`` means any that is not named.
    """
    allowed = {}
    for part in header.lower().split(","):
        name, _semicolon, weight = part.partition(";")
        allowed[name.strip()] = weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return next((name for name in ENCODERS if allowed.get(name, allowed.get("*", False))), "")


def _may_be_compressed(request, response) -> bool:
    return (
        request.method in ("GET", "HEAD")
        and response.status_code == 200
        and not response.streaming
        and not response.has_header("Content-Encoding")
        and response.get("Content-Type", "").startswith(TEXTS)
        and len(response.content) >= SMALL
        and not has_vary_header(response, "Cookie")
    )
