"""What a site does once a day, or once an hour, by itself while it is served."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import close_old_connections
from filelock import FileLock, Timeout

LOG = logging.getLogger("stepdown.web")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
HOURLY = frozenset({"tidied"})
"""Duties that are due once an hour."""
FIRST_S, THEN_S = 60.0, 3600.0
Duty = Callable[[datetime], object]


def duties() -> dict[str, Duty]:
    """Return what is due, by the name of the file that says when it was done."""
    from stepdown.web import jobs
    from stepdown.web.privacy.retention import retain
    from stepdown.web.records import reminding
    from stepdown.web.records.tidying import tidy

    return {
        "retained": retain, "pruned": jobs.prune, "tidied": tidy, "reminded": reminding.begin,
    }  # fmt: skip


def begin(home: Path) -> None:
    """Begin to look every hour for what is due, in a thread that ends with its process."""
    threading.Thread(target=_watch, args=(home,), daemon=True, name="daily").start()


def once(home: Path, now: datetime) -> list[str]:
    """Do what was not done for a day, or for an hour, if no other process is at it.

    Return what was done. What fails keeps nothing else from being done, and is tried again.
    """
    try:
        with FileLock(home / "daily.lock", timeout=0):
            return [
                name for name, duty in duties().items()
                if _done(home / name, duty, now, HOUR if name in HOURLY else DAY)
            ]  # fmt: skip
    except Timeout:
        return []


def _done(mark: Path, duty: Duty, now: datetime, every: timedelta) -> bool:
    if mark.exists() and now.timestamp() - mark.stat().st_mtime < every.total_seconds():
        return False
    try:
        duty(now)
    except Exception:
        LOG.exception("what is due failed: %s", mark.name)
        return False
    mark.touch()
    return True


def _watch(home: Path) -> None:
    wait = FIRST_S
    while True:
        time.sleep(wait)
        wait = THEN_S
        try:
            once(home, datetime.now(UTC))
        except Exception:
            LOG.exception("what is due failed")
        finally:
            close_old_connections()
