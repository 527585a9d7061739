"""What a process that serves the site does beside answering: tasks, and what is due once a day."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from stepdown.kept import kept

Application = Callable[..., Any]


def begin() -> None:
    """Begin in this process, if it has not; one that was forked from it begins for itself."""
    _begin(os.getpid())


@kept
def _begin(process: int) -> None:
    from django.conf import settings

    from stepdown.web import daily, jobs

    daily.begin(settings.SITE.home)
    jobs.begin(settings.SITE.home)


def beginning(application: Application) -> Application:
    """Return a WSGI application that begins with its first request, in whichever process.

    A server that is not ours tells nobody when a worker is ready, and threads outlive no fork.
    """

    def answer(*given: Any) -> Any:
        begin()
        return application(*given)

    return answer
