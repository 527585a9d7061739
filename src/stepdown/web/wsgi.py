"""The site as a WSGI application: `gunicorn --preload stepdown.web.wsgi`."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stepdown.web.settings")

from stepdown.web.background import beginning
from stepdown.web.loading import loaded

application = beginning(loaded(shared=True))
