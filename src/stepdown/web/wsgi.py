"""The site as a WSGI application: `gunicorn stepdown.web.wsgi`."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from stepdown.web.serving import say_served

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stepdown.web.settings")
application = get_wsgi_application()
say_served(settings.SITE.home)
