"""Estimands as contrasts: which wave's mean in which period counts with which weight.

Notation follows Roth & Sant'Anna (2023, JPE Microeconomics, arXiv 2102.01291). An effect of wave g
in period t is the wave's mean minus the mean of waves not yet trained in t; an estimand is a
weighted sum of them. `theta` holds the weights of those means; `pre` the same comparison in period
g-1, the last before training, whose expectation is zero under a random draw.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from stepdown.incidents.panel import Floats

Comparison = Literal["not_yet_trained", "last_wave"]
Cell = tuple[int, int]  # wave index, period 1..T


@dataclass(frozen=True, slots=True)
class Contrast:
    """Weights on wave means (K waves, T periods)."""

    theta: Floats  # (K, T) the estimand without adjustment
    pre: Floats  # (K, T) the same comparison in the period before training
    trained: Floats  # (K, T) the positive weights alone: whose mean is compared


def effect_cells(waves: Floats, n_periods: int) -> list[Cell]:
    """List the (wave, period) pairs whose effect can be seen: some are trained, others not yet."""
    last = waves.max()
    return [
        (k, t)
        for k, g in enumerate(waves)
        if np.isfinite(g)
        for t in range(int(g), n_periods + 1)
        if t < last
    ]


def estimand_weights(
    estimand: str, waves: Floats, sizes: Floats, n_periods: int
) -> dict[Cell, float]:
    """Weights of the effects in an estimand, summing to one.

    `simple`: by wave size over all cells. `cohort`: mean over a wave's periods, waves by size.
    `calendar`: waves by size within a period, periods alike.
    """
    cells = effect_cells(waves, n_periods)
    if estimand == "simple":
        return _normalised({(k, t): sizes[k] for k, t in cells})
    group = 0 if estimand == "cohort" else 1
    totals: dict[int, float] = {}
    for cell in cells:
        totals[cell[group]] = totals.get(cell[group], 0.0) + sizes[cell[0]]
    if estimand == "cohort":
        # totals[k] is size times number of periods: the wave then counts with its size.
        return _normalised({(k, t): sizes[k] ** 2 / totals[k] for k, t in cells})
    return _normalised({(k, t): sizes[k] / totals[t] for k, t in cells})


def lag_weights(lag: int, waves: Floats, sizes: Floats, n_periods: int) -> dict[Cell, float]:
    """Weights of the effects `lag` periods after the start, waves by size; empty if none."""
    cells = [(k, t) for k, t in effect_cells(waves, n_periods) if t - waves[k] == lag]
    return _normalised({(k, t): sizes[k] for k, t in cells})


def lead_weights(lead: int, waves: Floats, sizes: Floats) -> dict[Cell, float]:
    """Weights of the differences `lead` (< -1) periods before the start, waves by size."""
    cells = [
        (k, int(g) + lead)
        for k, g in enumerate(waves)
        if np.isfinite(g) and g + lead >= 1 and g < waves.max()
    ]
    return _normalised({(k, t): sizes[k] for k, t in cells})


def build_contrast(
    weights: dict[Cell, float],
    waves: Floats,
    sizes: Floats,
    n_periods: int,
    comparison: Comparison = "not_yet_trained",
) -> Contrast:
    """Turn weights on effects into weights on wave means."""
    theta, pre, trained = (np.zeros((len(waves), n_periods)) for _ in range(3))
    for (k, t), weight in weights.items():
        start = int(waves[k])
        # Before the start, the comparison is with the waves trained later than this one.
        later = waves > max(t, start)
        untrained = later if comparison == "not_yet_trained" else waves == waves.max()
        share = np.where(untrained, sizes, 0.0)
        share /= share.sum()
        trained[k, t - 1] += weight
        theta[k, t - 1] += weight
        theta[:, t - 1] -= weight * share
        pre[k, start - 2] += weight
        pre[:, start - 2] -= weight * share
    return Contrast(theta, pre, trained)


def _normalised(weights: dict[Cell, float]) -> dict[Cell, float]:
    total = sum(weights.values())
    return {cell: float(weight / total) for cell, weight in weights.items()}


def lags(waves: Floats, n_periods: int) -> Iterable[int]:
    """Lags at which some effect can be seen, ascending from 0."""
    return sorted({t - int(waves[k]) for k, t in effect_cells(waves, n_periods)})
