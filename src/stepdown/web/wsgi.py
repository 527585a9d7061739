"""The site as a WSGI application: `gunicorn stepdown.web.wsgi`."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stepdown.web.settings")
application = get_wsgi_application()

from stepdown.web.serving import say_served  # noqa: E402 (it needs the models)

say_served(settings.SITE.home)
