"""What an application server runs: granian, gunicorn, or any other WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "exhibit.settings")
application = get_wsgi_application()
