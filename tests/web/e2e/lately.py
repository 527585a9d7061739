"""Let something have happened just now, however long the site has been served. A script."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta


def begun(session: str) -> None:
    """Let a session of training have begun five minutes ago."""
    from stepdown.web.programs.models import Session

    start = datetime.now(UTC) - timedelta(minutes=5)
    assert Session.objects.filter(pk=session).update(start=start) == 1


def proved(key: str) -> None:
    """Let whoever is signed in have proved now that it is them."""
    from django.contrib.sessions.backends.db import SessionStore

    store = SessionStore(key)
    for record in store["account_authentication_methods"]:
        record["at"] = time.time()
    store.save()


if __name__ == "__main__":
    from stepdown.web.setup import prepare_django

    prepare_django()
    {"begun": begun, "proved": proved}[sys.argv[1]](sys.argv[2])
