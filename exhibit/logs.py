"""What our logs say and never say: which request a line belongs to, and no token that opens what is not published."""

import logging
import re

from . import request_id

# However a log writes the address: as a path, or as part of another one. All up to the next slash is cut.
TOKEN = re.compile(r"((?:/|%2F)preview(?:/|%2F))[^/\s\"'<>]+", re.IGNORECASE)


class DiscreetFormatter(logging.Formatter):
    """Names the request, and cuts tokens from the whole entry: its message, and the traceback below it."""

    def format(self, record):
        record.request = request_id.current.get()
        return TOKEN.sub(r"\1…", super().format(record))
