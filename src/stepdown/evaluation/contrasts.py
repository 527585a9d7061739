"""Estimands as contrasts: which wave's mean in which period counts with which weight.

Notation follows Roth & Sant'Anna (2023, JPE Microeconomics, arXiv 2102.01291). An effect of wave g
in period t is the wave's mean minus the mean of waves not yet trained in t; an estimand is a
weighted sum of them. `theta` holds the weights of those means; `pre` the same comparison in period
g-1, the last before training, whose expectation is zero under a random draw.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from stepdown.incidents.panel import Floats

Comparison = Literal["not_yet_trained", "last_wave"]


@dataclass(frozen=True, slots=True)
class Contrast:
    """Weights on wave means (K waves, T periods)."""

    theta: Floats  # (K, T) the estimand without adjustment
    pre: Floats  # (K, T) the same comparison in the period before training
    trained: Floats  # (K, T) the positive weights alone: whose mean is compared


def seen_effects(waves: Floats, n_periods: int) -> NDArray[np.bool_]:
    """Mark the wave-periods (K, T) whose effect can be seen: trained, and others not yet."""
    period = np.arange(1, n_periods + 1)
    return np.asarray((period >= waves[:, None]) & (period < waves.max()))


def estimand_weights(estimand: str, waves: Floats, sizes: Floats, n_periods: int) -> Floats:
    """Weights (K, T) of the effects in an estimand, summing to one.

    `simple`: by wave size over all cells. `cohort`: mean over a wave's periods, waves by size.
    `calendar`: waves by size within a period, periods alike.
    """
    weights = seen_effects(waves, n_periods) * sizes[:, None]
    if estimand == "cohort":
        weights = weights / np.maximum((weights > 0).sum(axis=1, keepdims=True), 1)
    if estimand == "calendar":
        totals = weights.sum(axis=0)
        weights = np.divide(weights, totals, out=np.zeros_like(weights), where=totals > 0)
    return np.asarray(weights / weights.sum(), np.float64)


def lag_weights(lag: int, waves: Floats, sizes: Floats, n_periods: int) -> Floats:
    """Weights (K, T) of the effects `lag` periods after the start, waves by size; 0 if none."""
    period = np.arange(1, n_periods + 1)
    cells = seen_effects(waves, n_periods) & (period - waves[:, None] == lag)
    return _by_size(cells, sizes)


def lead_weights(lead: int, waves: Floats, sizes: Floats, n_periods: int) -> Floats:
    """Weights (K, T) of differences `lead` (< -1) periods before the start; 0 if none."""
    period = np.arange(1, n_periods + 1)
    cells = (period - waves[:, None] == lead) & (waves < waves.max())[:, None]
    return _by_size(cells & (waves <= n_periods)[:, None], sizes)


def lags(waves: Floats, n_periods: int) -> list[int]:
    """Lags at which some effect can be seen, ascending from 0."""
    wave, column = np.nonzero(seen_effects(waves, n_periods))
    return [int(lag) for lag in np.unique(column + 1 - waves[wave])]


def build_contrast(
    weights: Floats, waves: Floats, sizes: Floats, comparison: Comparison = "not_yet_trained"
) -> Contrast:
    """Turn weights on effects (K, T) into weights on wave means."""
    untrained = _untrained_shares(waves, sizes, weights.shape[1], comparison)
    theta, pre = weights.copy(), np.zeros_like(weights)
    for k in np.flatnonzero(weights.any(axis=1)):
        start = int(waves[k])
        columns = np.flatnonzero(weights[k])
        # Before its start, a wave is compared with the waves trained later than itself.
        compared = untrained[:, np.maximum(columns, start - 1)] * weights[k, columns]
        theta[:, columns] -= compared
        pre[:, start - 2] -= compared.sum(axis=1)
        pre[k, start - 2] += weights[k].sum()
    return Contrast(theta, pre, weights)


def _untrained_shares(
    waves: Floats, sizes: Floats, n_periods: int, comparison: Comparison
) -> Floats:
    """Share (K, T) of each wave in the comparison of each period; 0 where there is none."""
    period = np.arange(1, n_periods + 1)
    later = waves[:, None] > period
    if comparison == "last_wave":
        later = later & (waves == waves.max())[:, None]
    members = later * sizes[:, None]
    totals = members.sum(axis=0)
    shares = np.divide(members, totals, out=np.zeros_like(members), where=totals > 0)
    return np.asarray(shares, np.float64)


def _by_size(cells: NDArray[np.bool_], sizes: Floats) -> Floats:
    weights = cells * sizes[:, None]
    total = weights.sum()
    return np.asarray(weights / total if total > 0 else weights, np.float64)
