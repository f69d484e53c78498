#!/usr/bin/env python
"""Django's command line for this project."""

import os
import sys


def main():
    """Run the command; a setting that is refused ends in its sentence, not in a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "exhibit.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"The settings are refused.\n{error}")


if __name__ == "__main__":
    main()
