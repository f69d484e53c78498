"""A plugin of pytest: with NO_SKIPS=1 in the environment, a skipped test makes the run fail, and is named.

So that "all passed" cannot come to mean "nothing was looked at" where all that the tests need is there.
"""

import os

import pytest

skipped = []


def note(report):
    """Remember a skipped test or module; an expected failure counts as skipped in pytest, but not here."""
    if report.skipped and not hasattr(report, "wasxfail"):
        skipped.append(report.nodeid)


pytest_runtest_logreport = note
pytest_collectreport = note


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session):
    """Turn success into failure."""
    if forbidden() and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter):
    """Say which, before the closing line."""
    if forbidden():
        terminalreporter.section("skipped although NO_SKIPS=1 forbids it", red=True, bold=True)
        for name in skipped:
            terminalreporter.write_line(f"SKIPPED {name}")


def forbidden():
    """Whether skipping is forbidden, and happened."""
    return os.environ.get("NO_SKIPS", "0") not in ("", "0") and skipped
