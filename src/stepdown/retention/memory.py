"""How a skill fades and what a refresher does: the forgetting curve and growth of FSRS.

Retention after `t` days is R(t) = (1 + F·t/S)^(-d), where F makes S, the stability, the days until
0.9 is left (FSRS-6, Ye et al., the package `fsrs`). A refresher brings R back and lets S grow, more
the more had faded: S' = S·(1 + 10·(e^(g/10·(1-R)) - 1)), which is FSRS's growth with its weights
w8 = 0, w9 = 0 and w10 = g/10 at the least difficulty. So g is about what S grows by, as a share,
when all had faded. `stepdown.retention.cards` gives the same through `fsrs` itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]
LEFT_AT_STABILITY = 0.9

RECOVERED = {"taught": 1.0, "practised": 0.5, "tested": 0.5}
"""Share of what had faded that comes back with each kind of event. Teaching: all, as FSRS takes it.
A test or practice without teaching: half (assumed: rehearsing is not being taught)."""


@dataclass(frozen=True, slots=True)
class Curve:
    """The parameters of one technique, or arrays of them: stability in days, growth, decay."""

    stability: Floats | float
    growth: Floats | float
    decay: Floats | float


def factor(decay: Floats | float) -> Any:
    """Return F of the curve for a decay."""
    return LEFT_AT_STABILITY ** (-1 / decay) - 1


def retention(days: Floats | float, stability: Floats | float, decay: Floats | float) -> Any:
    """Return the share left after `days`, between 0 and 1; before an event (days < 0) it is 1."""
    return (1 + factor(decay) * np.maximum(days, 0) / stability) ** -np.asarray(decay)


def skill_days(days: Floats | float, stability: Floats | float, decay: Floats | float) -> Any:
    """Return the days of full skill that `days` of fading are worth: the area under the curve."""
    scale = stability / factor(decay)
    log_u = np.log1p(np.maximum(days, 0) / scale)
    rest = 1 - np.asarray(decay, dtype=float)
    near_one = np.abs(rest) < 1e-9
    safe = np.where(near_one, 1.0, rest)
    return scale * np.where(near_one, log_u, np.expm1(safe * log_u) / safe)


def days_until(left: Floats | float, stability: Floats | float, decay: Floats | float) -> Any:
    """Return the days until `left` (over 0, up to 1) is left."""
    return stability * (np.asarray(left) ** (-1 / np.asarray(decay)) - 1) / factor(decay)


def grown(stability: Floats | float, growth: Floats | float, left: Floats | float) -> Any:
    """Return the stability after a refresher that came when `left` was left."""
    return stability * (1 + 10 * np.expm1(np.asarray(growth) / 10 * (1 - np.asarray(left))))
