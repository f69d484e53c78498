"""A number for each request, in its answer and in each line of the log that it causes: one leads to the other."""

import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar
from itertools import count

# What a proxy in front of us may call a request.
NUMBER = re.compile(r"[A-Za-z0-9-]{8,64}")

current: ContextVar[str] = ContextVar("request_id", default="-")


class RequestIds:
    """A WSGI application around another, whether the page store answers there or Django.

    ``trusted``: a proxy stands in front, and its header X-Request-ID counts.
    """

    def __init__(self, application: Callable, trusted: bool = False):
        self.application, self.trusted = application, trusted
        # By chance for the process, then in turn: asking for chance each time takes as long as a kept page does.
        self._process, self._turn = secrets.token_hex(4), count(1)

    def __call__(self, environ, start_response):
        number = self.trusted and environ.get("HTTP_X_REQUEST_ID", "")
        if not number or not NUMBER.fullmatch(number):
            number = f"{self._process}{next(self._turn):08x}"
        current.set(number)

        def start(status, headers, *error):
            return start_response(status, [*headers, ("X-Request-ID", number)], *error)

        return self.application(environ, start)
