"""Parts of files, for browsers that go on where a transfer broke off (RFC 9110, 14)."""

import re

# Digits enough for any file, and no more than Python reads.
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
PIECE = 64 * 1024


def narrow(response, headers):
    """Leave of a whole file, a `FileResponse` with an ETag, the one range of bytes that a request's headers ask for.

    Several ranges at once, and what is no range, are ignored, as the standard allows; then the whole file is sent.
    """
    if response.status_code != 200 or not response.has_header("Content-Length"):
        return
    response["Accept-Ranges"] = "bytes"
    found, size = RANGE.fullmatch(headers.get("Range", "").strip()), int(response["Content-Length"])
    if not found or not any(found.groups()) or headers.get("If-Range", response["ETag"]) != response["ETag"]:
        return
    first, last = found.groups()
    start = int(first) if first else max(size - int(last), 0)
    end = min(int(last), size - 1) if first and last else size - 1
    if first and last and int(last) < start:
        return
    if start >= size:
        response.streaming_content, response.status_code = [], 416
        response["Content-Range"], response["Content-Length"] = f"bytes */{size}", "0"
        return
    file = response.file_to_stream
    file.seek(start)
    response.streaming_content, response.status_code = _part(file, end - start + 1), 206
    response["Content-Range"], response["Content-Length"] = f"bytes {start}-{end}/{size}", str(end - start + 1)


def _part(file, left: int):
    """The next ``left`` bytes of a file, in pieces."""
    while left and (piece := file.read(min(left, PIECE))):
        left -= len(piece)
        yield piece
