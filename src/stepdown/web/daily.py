"""What a site does once a day by itself, while it is served: delete words whose time is over."""

from __future__ import annotations

import logging
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import close_old_connections
from filelock import FileLock, Timeout

LOG = logging.getLogger("stepdown.web")
DAY = timedelta(days=1)
FIRST_S, THEN_S = 60.0, 3600.0


def begin(home: Path) -> None:
    """Begin to look every hour whether a day is over, in a thread that ends with its process."""
    threading.Thread(target=_watch, args=(home,), daemon=True, name="daily").start()


def once(home: Path, now: datetime) -> bool:
    """Do what is due, if it was not done for a day and no other process is at it."""
    from stepdown.web.privacy.retention import retain

    done = home / "retained"
    try:
        with FileLock(home / "retained.lock", timeout=0):
            if done.exists() and now.timestamp() - done.stat().st_mtime < DAY.total_seconds():
                return False
            retain(now)
            done.touch()
    except Timeout:
        return False
    return True


def _watch(home: Path) -> None:
    wait = FIRST_S
    while True:
        time.sleep(wait)
        wait = THEN_S
        try:
            once(home, datetime.now(UTC))
        except Exception:
            LOG.exception("what is due once a day failed")
        finally:
            close_old_connections()
