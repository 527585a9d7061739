"""Event study: the effect by periods since the assigned start, with simultaneous bands.

The band is sup-t: its multiplier is the 95 % quantile of the largest absolute studentized error
over all lags, drawn from their joint normal distribution, so that the whole curve lies inside
with 95 % confidence (Montiel Olea & Plagborg-Møller 2019, J. Applied Econometrics).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stepdown.evaluation.contrasts import (
    Contrast,
    build_contrast,
    lag_weights,
    lags,
    lead_weights,
)
from stepdown.evaluation.estimators import Z95, Estimate, design_covariance, estimate_contrast
from stepdown.evaluation.moments import Moments
from stepdown.evaluation.results import EventStudyRow
from stepdown.incidents.panel import Floats

BAND_DRAWS = 20_000
LEADS = range(-12, -1)
"""Periods before the start that an observational study looks back; -1 is the reference."""


@dataclass(frozen=True, slots=True)
class EventStudy:
    """Rows by lag, and the sup-t multiplier of their band (None without variation)."""

    rows: list[EventStudyRow]
    critical_value: float | None


def event_study(moments: Moments, *, randomized: bool, seed: int) -> EventStudy:
    """Estimate every lag that can be seen.

    Randomized timing: the efficient estimator at lags 0, 1, … Observational timing: the
    not-yet-trained comparison (beta = 1), with the leads that show the trend before training.
    """
    waves, sizes, n_periods = moments.waves, moments.wave_sizes, moments.n_periods
    weights = {lag: lag_weights(lag, waves, sizes, n_periods) for lag in lags(waves, n_periods)}
    if not randomized:
        leads = {k: lead_weights(k, waves, sizes, n_periods) for k in LEADS}
        weights = {k: w for k, w in leads.items() if w.any()} | weights
    contrasts = {lag: build_contrast(w, waves, sizes) for lag, w in weights.items()}
    beta = None if randomized else 1.0
    estimates = {lag: estimate_contrast(moments, c, beta) for lag, c in contrasts.items()}
    critical = _sup_t(_joint_covariance(moments, contrasts, estimates), seed)
    units = {lag: int(sizes[w.any(axis=1)].sum()) for lag, w in weights.items()}
    rows = [_row(lag, units[lag], e, critical) for lag, e in estimates.items()]
    return EventStudy(rows, critical)


def _row(lag: int, n_units: int, e: Estimate, critical: float | None) -> EventStudyRow:
    low, high = e.ci
    reach = (critical or 0.0) * e.se_neyman
    return EventStudyRow(
        lag=lag,
        n_units=n_units,
        estimate=e.estimate,
        se=e.se,
        se_neyman=e.se_neyman,
        ci_low=low,
        ci_high=high,
        band_low=e.estimate - reach,
        band_high=e.estimate + reach,
    )


def _joint_covariance(
    moments: Moments, contrasts: dict[int, Contrast], estimates: dict[int, Estimate]
) -> Floats:
    weights = np.stack([c.theta - estimates[lag].beta * c.pre for lag, c in contrasts.items()])
    return design_covariance(moments, weights)


def _sup_t(covariance: Floats, seed: int) -> float | None:
    # Rounding can leave a lag without variance slightly off zero, on either side.
    variance = np.diag(covariance)
    spread = np.sqrt(variance.clip(min=0.0))
    seen = variance > 1e-12 * variance.max(initial=0.0)
    if not seen.any():
        return None
    correlation = (covariance / np.outer(spread, spread).clip(min=1e-300))[np.ix_(seen, seen)]
    values, vectors = np.linalg.eigh(correlation)
    root = vectors * np.sqrt(values.clip(min=0.0))
    rng = np.random.Generator(np.random.Philox(key=[seed, 2**32]))
    errors = rng.standard_normal((BAND_DRAWS, int(seen.sum()))) @ root.T
    drawn = float(np.quantile(np.abs(errors).max(axis=1), 0.95))
    return max(drawn, Z95)  # never narrower than one lag alone
