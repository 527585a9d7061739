"""The encounter's own clock: it runs while the page is there, and never goes back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

SPEED = {"real": 1.0, "slower": 0.5}
"""Seconds of the encounter in a second of the world; turn by turn, acts alone move the clock."""

GAP_S = 6.0
"""A page that was silent for longer was away: the clock stood still from then on."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Seconds up to `seen_at`, when the page was last heard of; it stands if that is None."""

    seconds: float
    seen_at: datetime | None

    def at(self, now: datetime, pace: str, least: float) -> float:
        """Return the encounter's seconds at `now`, never below `least`, its last event's.

        A wall clock that was set back counts as no time, one that leapt ahead as `GAP_S`.
        """
        if self.seen_at is None or pace not in SPEED:
            return max(self.seconds, least)
        passed = min(max((now - self.seen_at).total_seconds(), 0.0), GAP_S)
        return max(self.seconds + passed * SPEED[pace], least)
