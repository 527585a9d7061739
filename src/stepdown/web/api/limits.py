"""How often one person may call the API; whoever calls too often is told how long to wait.

Calls are counted before anything is done, so a refused act was not done and may be sent again
with the same key. The count lies in the site's cache, which all its processes share.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core.cache import cache

A_MINUTE = {"read": 600, "act": 120}
"""Calls that one person may make in a minute, all their programs and pages together."""

MINUTE_S = 60


class TooMany(Exception):
    """Somebody called too often. `wait_s`: seconds until they may again."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"too many calls; wait {wait_s} s")
        self.wait_s = wait_s


def count(person: UUID, kind: str, now: datetime) -> None:
    """Count a call of this minute. Raises TooMany above the limit of its kind."""
    seconds = int(now.timestamp())
    key = f"api-{kind}-{person}-{seconds // MINUTE_S}"
    so_far = int(cache.get(key, 0)) + 1
    if so_far > A_MINUTE[kind]:
        raise TooMany(MINUTE_S - seconds % MINUTE_S)
    cache.set(key, so_far, 2 * MINUTE_S)
