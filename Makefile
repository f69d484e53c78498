# Thin on purpose: what the commands do is written in tools/start.py.

PORT ?= 8000
SERVER ?= granian
# Not `?=`: some shells export HOST as the computer's own name.
HOST = 127.0.0.1
export PORT SERVER HOST

# The first Python that is new enough; if there is none, python3, so that tools/start.py can say what is missing.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; done; echo $$python)
# `exec`, so that signals reach the command and not a shell around it.
START = @python='$(PYTHON)'; command -v "$$python" >/dev/null || { \
	echo "Python was not found as $$python. Install Python 3.11 or newer (Debian: sudo apt install python3 python3-venv)." >&2; \
	exit 1; }; exec "$$python" tools/start.py

.PHONY: help run prepare test lint lock clean

help:
	@echo 'make run      show the exhibit at http://localhost:8000/ (PORT=8123, HOST=127.0.0.1, SERVER=granian or gunicorn)'
	@echo 'make prepare  everything that make run does, except serving'
	@echo "make test     run all tests (ARGS='-k dates' goes to pytest; NO_SKIPS=1 makes a skipped test a failure)"
	@echo 'make lint     check style and likely mistakes'
	@echo 'make lock     write the requirements files anew from their .in files'
	@echo 'make clean    remove .venv and caches; var/ and .env are kept'
	@echo 'Any of them with PYTHON=python3.12 uses that Python.'

run prepare lint lock clean:
	$(START) $@

test:
	$(START) $@ $(ARGS)
