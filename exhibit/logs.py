"""What our logs never hold: the token of a preview's link, which opens what is not published."""

import logging
import re

# However a log writes the address: as a path, or as part of another one. All up to the next slash is cut.
TOKEN = re.compile(r"((?:/|%2F)preview(?:/|%2F))[^/\s\"'<>]+", re.IGNORECASE)


class DiscreetFormatter(logging.Formatter):
    """Cuts tokens from the whole entry: its message, and the traceback below it."""

    def format(self, record):
        return TOKEN.sub(r"\1…", super().format(record))
