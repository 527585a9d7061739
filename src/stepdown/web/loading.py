"""The site as an application, with what is large loaded before a server forks its workers."""

from __future__ import annotations

import gc
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.urls import get_resolver

from stepdown.technique import language


def loaded(*, shared: bool) -> Any:
    """Return the WSGI application with everything behind its addresses loaded.

    `shared`: also what only some requests need (0.6 s), so that workers forked later share it.
    """
    application = get_wsgi_application()
    from stepdown.web.serving import say_served

    say_served(settings.SITE.home)
    _ = get_resolver().url_patterns
    if shared:
        language.prepare()
    connections.close_all()
    gc.collect()
    gc.freeze()
    return application
