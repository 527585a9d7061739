"""What a refresher is worth now: the days of held skill that it buys beyond those still to come.

Age replacement (Barlow and Hunter 1960): a part that lasts an unknown time is replaced where
I(t) = E[min(T, t)] - t·P(T > t) is above the price of a replacement, the days that the part was
held in the cycle beyond what keeping it on would give at the going rate. With one price for all
skills of an agency this is the best long-run use of its hours; the price is what the last hour
buys. A refresher after much was lost also makes the next cycle longer, by the growth of stability.
"""

from __future__ import annotations

import numpy as np

from stepdown.retention.held import Held, chance_held, days_held
from stepdown.retention.memory import Floats, grown


def worth(given: Held, days: float = 0.0) -> Floats:
    """Return what refreshing each skill `days` from now is worth, in days of held skill."""
    t = given.since + days
    cycle = days_held(t, given.log_mean, given.log_var)
    index = cycle - t * chance_held(t, given.log_mean, given.log_var)
    factor = grown(1.0, given.growth[given.technique], given.left(days))
    found: Floats = np.maximum(index, 0) * factor
    return found
