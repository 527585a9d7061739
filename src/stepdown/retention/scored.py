"""How likely a score is: rounded to the steps of its scale, and never below 0 or above 1.

A score shows a performance that scatters normally about what is expected. What was better than the
scale's best is written down as 1, what was worse than its worst as 0, and what lies between two
steps as the nearer (a normal distribution that is censored at both ends and by interval: Tobin
1958). A few scores in a thousand are taken for anything at all, so that one slip of the pen cannot
bend what the others say.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from stepdown.retention.memory import Floats

SLIPS = 0.002
"""Share of scores that say nothing (assumed)."""
STEPS = tuple(1 / n for n in (4, 8, 12, 16, 20, 24, 100))
"""Scales that are recognised: four points, the means of two to six such scores, percent."""
_NORMAL = 1 / np.sqrt(2 * np.pi)


@dataclass(frozen=True, slots=True)
class Told:
    """The log likelihood of scores, and its slopes for their mean and for the log of the noise."""

    log_p: Floats
    d_mean: Floats
    d_noise: Floats


def step_of(scores: Floats) -> float:
    """Return the widest step of which all scores are multiples; 0 where there is none."""
    known = scores[np.isfinite(scores)]
    fits = (s for s in STEPS if np.allclose(known / s, np.round(known / s), atol=1e-6))
    return next(fits, 0.0) if len(known) else 0.0


def told(score: Floats, step: float, mean: Floats, noise: float) -> Told:
    """Return how likely scores are, (rows,), at expected scores `mean`, (rows, ...)."""
    y = score.reshape(-1, *[1] * (mean.ndim - 1))
    inner = (y > 0) & (y < 1)
    half = step / 2
    low = np.where(y <= 0, -np.inf, (y - half - mean) / noise)
    high = np.where(y >= 1, np.inf, (y + half - mean) / noise)
    at_low, at_high = _density(low), _density(high)
    p = ndtr(high) - ndtr(low)
    by_mean = (at_low - at_high) / noise
    by_noise = _times(low, at_low) - _times(high, at_high)
    width = np.where(inner, step, half)
    if not step:
        z = (y - mean) / noise
        exact = _density(z) / noise
        p = np.where(inner, exact, p)
        by_mean = np.where(inner, exact * z / noise, by_mean)
        by_noise = np.where(inner, exact * (z**2 - 1), by_noise)
        width = np.where(inner, 0.98, 0.01)
    whole = (1 - SLIPS) * p + SLIPS * width
    return Told(
        np.log(whole), (1 - SLIPS) * by_mean / whole, (1 - SLIPS) * by_noise / whole
    )  # fmt: skip


def expected(mean: Floats, noise: float) -> Floats:
    """Return the score that is expected on average where the performance `mean` is."""
    low, high = -mean / noise, (1 - mean) / noise
    inside = ndtr(high) - ndtr(low)
    shown: Floats = mean * inside + noise * (_density(low) - _density(high)) + (1 - ndtr(high))
    return shown


def _density(z: Floats) -> Floats:
    found: Floats = _NORMAL * np.exp(-0.5 * z**2)
    return found


def _times(z: Floats, density: Floats) -> Floats:
    return np.where(np.isfinite(z), z, 0.0) * density
