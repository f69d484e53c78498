"""Each answer has a number, and each line of the log that its request caused has the same."""

import logging
import re

import pytest

from exhibit import request_id
from exhibit.logs import DiscreetFormatter
from exhibit.request_id import RequestIds

LINE = DiscreetFormatter("{levelname} {request} {message}", style="{")


def asked(trusted=False, **headers):
    """The number of an answer, and what was logged on the way."""
    lines, sent = [], {}

    def application(environ, start_response):
        lines.append(LINE.format(logging.makeLogRecord({"msg": "Something happened.", "levelname": "ERROR"})))
        start_response("200 OK", [("Content-Type", "text/plain")])
        return []

    environ = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    RequestIds(application, trusted)(environ, lambda status, headers: sent.update(headers))
    assert sent["Content-Type"] == "text/plain"
    return sent["X-Request-ID"], lines[0]


@pytest.fixture(autouse=True)
def nothing_left():
    """Other tests log without a request."""
    yield
    request_id.current.set("-")


def test_an_answer_and_its_lines_have_one_number():
    (first, line), (second, _line) = asked(), asked()
    assert re.fullmatch("[0-9a-f]{16}", first) and first != second
    assert line == f"ERROR {first} Something happened."


def test_the_number_of_a_proxy_is_taken_where_there_is_one():
    assert asked(trusted=True, x_request_id="front-0001")[0] == "front-0001"
    assert asked(trusted=False, x_request_id="front-0001")[0] != "front-0001"


@pytest.mark.parametrize("number", ["", "short", "x" * 65, "with space", "line\r\nSet-Cookie: a=b", "é" * 10])
def test_what_is_no_number_is_not_repeated(number):
    assert re.fullmatch("[0-9a-f]{16}", asked(trusted=True, x_request_id=number)[0])


def test_a_line_that_no_request_caused_says_so():
    record = logging.makeLogRecord({"msg": "Started.", "levelname": "INFO"})
    assert LINE.format(record) == "INFO - Started."


def test_what_a_server_runs_gives_numbers():
    from exhibit.wsgi import application

    assert isinstance(application, RequestIds)
