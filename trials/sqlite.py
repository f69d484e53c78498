"""SQLite searches without regard to case in every script, as PostgreSQL does: its own LIKE knows ASCII alone."""

import re
from functools import lru_cache


def on_connection(connection, **_signal):
    """Give a new connection our LIKE, with and without ESCAPE. A receiver of `connection_created`."""
    if connection.vendor == "sqlite":
        for arguments in (2, 3):
            connection.connection.create_function("like", arguments, _like, deterministic=True)


def _like(pattern, words, escape=""):
    """Whether ``words`` are like ``pattern``; None where one of them is NULL."""
    if pattern is None or words is None:
        return None
    return bool(_compiled(str(pattern), escape).fullmatch(str(words).casefold()))


@lru_cache(maxsize=128)
def _compiled(pattern: str, escape: str) -> re.Pattern:
    """A pattern of LIKE as a regular expression for case-folded words."""
    escaped = f"{re.escape(escape)}(.)|" if escape else "()(?!)|"
    parts = re.finditer(f"{escaped}(.)", pattern.casefold(), re.DOTALL)
    return re.compile("".join(_part(*part.groups()) for part in parts), re.DOTALL)


def _part(escaped, letter) -> str:
    if escaped:
        return re.escape(escaped)
    return {"%": ".*", "_": "."}.get(letter) or re.escape(letter)
