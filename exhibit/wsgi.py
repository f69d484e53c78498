"""What an application server runs: granian, gunicorn, or any other WSGI server."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from exhibit.request_id import RequestIds

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "exhibit.settings")
application = get_wsgi_application()

if settings.PAGE_STORE_SIZE:
    from trials.pages.store import PageStore

    application = PageStore(application, settings.PAGE_STORE_SIZE)

application = RequestIds(application, trusted=settings.BEHIND_PROXY)
