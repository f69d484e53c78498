"""The settings as they are, on a museum of the tests' own: what a developer has in `.env` changes nothing here."""

import os
import tempfile

os.environ |= {
    "SECRET_KEY": "a-key-for-the-tests-alone-0123456789-abcdefghijklmnopqrstuvwxyz",
    "PUBLIC_URL": "http://localhost:8000",
    "DEBUG": "0",
    "DATA_DIR": tempfile.mkdtemp(prefix="exhibit-tests-"),
    "MUSEUM_NAME": "The Museum of the Tests",
    "MUSEUM_CONTACT": "desk@museum.example",
    "MUSEUM_TIME_ZONE": "Europe/Berlin",
    "MUSEUM_TEMPLATES": "",
    "ALLOWED_HOSTS": "testserver",
    "BEHIND_PROXY": "0",
    "LANGUAGES": "en",
}
os.environ.setdefault("DATABASE_URL", f"sqlite:///{os.environ['DATA_DIR']}/tests.sqlite3")

from exhibit.settings import *  # noqa: F403

# Signing in a hundred times should not take a hundred times the time that makes a real password safe.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# The manifest of static files is made by collectstatic, which the tests do not need.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
