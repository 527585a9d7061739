"""The site as a WSGI application: `gunicorn stepdown.web.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stepdown.web.settings")
application = get_wsgi_application()
