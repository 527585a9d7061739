"""Several outcomes at once: step-down max-t over draws that they share.

Westfall & Young (1993), *Resampling-Based Multiple Testing*; the step-down p-values of Romano &
Wolf (2005, Econometrica 73:1237). Exact for the sharp null hypotheses together, because one redrawn
assignment moves all outcomes at once and so keeps how they hang together; for averages of unequal
effects it is valid in large samples.
"""

from __future__ import annotations

import math

import numpy as np

from stepdown.evaluation.inversion import LEVEL, at_least
from stepdown.incidents.panel import Floats


def step_down(observed: Floats, drawn: Floats, *, exact: bool) -> Floats:
    """Return the adjusted p-value of each of M outcomes.

    observed: (M,) absolute studentized estimates; drawn: (B, M), the same for every draw. The
    largest is held against the largest of all, the next against the largest of the rest, and so
    on; no p is below that of a larger one.
    """
    order = np.argsort(-observed, kind="stable")
    adjusted = np.empty(len(observed))
    least = 0.0
    for place, outcome in enumerate(order):
        largest = drawn[:, order[place:]].max(axis=1)
        hits = int(at_least(largest, np.float64(observed[outcome])).sum())
        p = max(hits, 1) / len(drawn) if exact else (1 + hits) / (1 + len(drawn))
        least = max(least, p)
        adjusted[outcome] = least
    return adjusted


def critical_value(drawn: Floats, *, exact: bool) -> float:
    """Return the multiplier of simultaneous 95 % intervals: a quantile of the largest of M.

    drawn: (B, M) absolute studentized distances from the estimate. Infinite when there are too few
    draws to reject at all.
    """
    largest = np.sort(drawn.max(axis=1))
    total = len(largest) if exact else len(largest) + 1
    place = math.ceil((1 - LEVEL) * total - 1e-9) - 1
    return float(largest[place]) if place < len(largest) else math.inf
