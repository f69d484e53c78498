"""A number for each request, in its answer and in each line of the log that it causes: one leads to the other."""

import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar

# What a proxy in front of us may call a request.
NUMBER = re.compile(r"[A-Za-z0-9-]{8,64}")

current: ContextVar[str] = ContextVar("request_id", default="-")


class RequestIds:
    """A WSGI application around another, whether the page store answers there or Django.

    ``trusted``: a proxy stands in front, and its header X-Request-ID counts.
    """

    def __init__(self, application: Callable, trusted: bool = False):
        self.application, self.trusted = application, trusted

    def __call__(self, environ, start_response):
        number = self.trusted and environ.get("HTTP_X_REQUEST_ID", "")
        if not number or not NUMBER.fullmatch(number):
            number = secrets.token_hex(8)
        current.set(number)

        def start(status, headers, *error):
            return start_response(status, [*headers, ("X-Request-ID", number)], *error)

        return self.application(environ, start)
