"""`manage.py prepare`: everything that must be in place before the site is served."""

import hashlib
import json
import secrets
from io import StringIO

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse

from trials.models import Exhibit

SHIPPED = "second-moscow-trial"
DOCUMENT = settings.BASE_DIR / "trials" / "fixtures" / SHIPPED / "document.json"
NOTE = "The exhibit as it ships with the application."
CURATOR = "curator"
# Without letters and digits that look alike: the password is copied from a screen by hand.
PASSWORD_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # noqa: S105
BOX = """
  +--------------------------------------------------------------------------+
  |  The curator's account. This password is shown once: write it down now.  |
  +--------------------------------------------------------------------------+
     where      {address}
     user       {user}
     password   {password}
     to change  .venv/bin/python manage.py changepassword {user}
  +--------------------------------------------------------------------------+
"""


class Command(BaseCommand):
    """Each step does nothing where there is nothing to do, so that the command can run at every start."""

    help = "Bring the database up to date, with the exhibit that ships and a first account if there are none."

    def handle(self, **options):
        self.migrate()
        self.load_shipped_exhibit()
        self.collect_static_files()
        self.create_curator()

    def say(self, label, text):
        """One line for one step."""
        self.stdout.write(f"{label:14}{text}")

    def migrate(self):
        """Apply the migrations that are due."""
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        due = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        if due:
            call_command("migrate", interactive=False, verbosity=0)
        self.say("Database", f"{due} migrations applied" if due else "up to date")

    def load_shipped_exhibit(self):
        """Show the exhibit that ships, in a database without any: never beside a museum's own."""
        if Exhibit.objects.exists():
            return
        language = json.loads(DOCUMENT.read_bytes())["languages"][0]
        if language != settings.LANGUAGE_CODE:
            self.say(
                "Exhibit",
                f"none: the one that ships is written in “{language}”, the first of LANGUAGES is not",
            )
            return
        # Both or neither, so that an interruption in between is made good by the next start.
        with transaction.atomic():
            call_command("load_exhibit", str(DOCUMENT), stdout=StringIO())
            call_command("publish", SHIPPED, note=NOTE, stdout=StringIO())
        self.say("Exhibit", f"{SHIPPED} loaded and on display")

    def collect_static_files(self):
        """Gather stylesheets, scripts and fonts where the server finds them. Compressing takes seconds."""
        stamp = settings.STATIC_ROOT.with_suffix(".sha256")
        digest = static_files_digest()
        if settings.STATIC_ROOT.exists() and stamp.exists() and stamp.read_text() == digest:
            self.say("Static files", "up to date")
            return
        # collectstatic keeps a copy that is younger than its source, and an update may bring older dates,
        # so the copies go first. Those with a hash in their name stay, for pages still open in a browser.
        for path, _ in static_files():
            (settings.STATIC_ROOT / path).unlink(missing_ok=True)
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(digest)
        self.say("Static files", "collected")

    def create_curator(self):
        """Make a first account where there is none, and show its password this once."""
        users = get_user_model().objects
        if users.exists():
            return
        password = "-".join("".join(secrets.choice(PASSWORD_ALPHABET) for _ in range(5)) for _ in range(4))
        users.create_superuser(CURATOR, password=password)
        address = settings.PUBLIC_URL + reverse("admin:index")
        self.stdout.write(BOX.format(address=address, user=CURATOR, password=password))


def static_files():
    """The path and the storage of each static file, in order."""
    found = [pair for finder in get_finders() for pair in finder.list([])]
    return sorted(found, key=lambda pair: pair[0])


def static_files_digest():
    """What would be collected, and by which storage, as a hash."""
    digest = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for path, storage in static_files():
        with storage.open(path) as file:
            digest.update(f"{path} {hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return digest.hexdigest()
