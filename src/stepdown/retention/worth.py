"""What a refresher is worth now: the skill it buys beyond what would be there without it.

A skill fades, a refresher brings it back, and it fades again: a cycle. Refreshing after `t` days
is worth I(t) = (what the cycle gave so far) - t·(what it gives now): the more a cycle has fallen
behind its own average, the more a new one gains (age replacement, Barlow and Hunter 1960; the
marginal value theorem). To refresh whatever has the highest I, at one price for all skills of an
agency, is the best long-run use of its hours; the price is what the last hour buys. A refresher
after much was lost also makes the next cycle longer, by the growth of stability. This is a measure
of what comes first, not a forecast: what somebody gains within a year is `gain`.

Two aims. `standard`: days at or above the standard; hours go first to skills that stay there long.
`skill`: days of full skill, each share counts alike, nobody is given up.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from stepdown.retention.held import Held, chance_held, days_held
from stepdown.retention.memory import Floats, grown, retention, skill_days

Aim = Literal["skill", "standard"]


GAINED_OVER_DAYS = 365.0
"""Days after a refresher over which its gain is counted."""


def worth(given: Held, days: float = 0.0, aim: Aim = "standard") -> Floats:
    """Return what refreshing each skill `days` from now is worth, in days of skill."""
    t = given.since + days
    index = _of_skill(given, t) if aim == "skill" else _of_standard(given, t)
    factor = grown(1.0, given.growth[given.technique], given.left(days))
    found: Floats = np.maximum(index, 0) * factor
    return found


def gain(given: Held, days: float = 0.0, aim: Aim = "standard") -> Floats:
    """Return how many days more of each skill are expected within a year if it is refreshed.

    The year begins with the refresher, `days` from now; it is held against the same without one.
    """
    everything = np.ones(len(given.person), bool)
    with_it = _expected_days(given.refreshed(everything, days), 0.0, aim)
    found: Floats = with_it - _expected_days(given, days, aim)
    return found


def amount(given: Held, days: float = 0.0, aim: Aim = "standard") -> float:
    """Return the share of all skills that is held `days` from now, between 0 and 1."""
    if not len(given.person):
        return 0.0
    return float((given.expected(days) if aim == "skill" else given.chance(days)).mean())


def _expected_days(given: Held, days: float, aim: Aim) -> Floats:
    """Return the days of each skill within the year that begins `days` from now."""
    begin = given.since + days
    found: Floats = _days_until(given, begin + GAINED_OVER_DAYS, aim) - _days_until(
        given, begin, aim
    )
    return found


def _days_until(given: Held, t: Floats, aim: Aim) -> Floats:
    """Return the days of each skill that its cycle gives until `t` days of it are over."""
    if aim == "standard":
        return days_held(t, given.log_mean, given.log_var)
    stability, chances = given.stability()
    decay = given.decay[given.technique][:, None]
    found: Floats = skill_days(t[:, None], stability, decay) @ chances
    return found


def _of_skill(given: Held, t: Floats) -> Floats:
    stability, chances = given.stability()
    decay, t = given.decay[given.technique][:, None], t[:, None]
    found: Floats = (skill_days(t, stability, decay) - t * retention(t, stability, decay)) @ chances
    return found


def _of_standard(given: Held, t: Floats) -> Floats:
    found: Floats = days_held(t, given.log_mean, given.log_var) - t * chance_held(
        t, given.log_mean, given.log_var
    )
    return found
