"""What the design can detect, and whether waiting longer would help."""

from __future__ import annotations

import numpy as np
from scipy.linalg import toeplitz
from scipy.stats import norm

from stepdown.evaluation.contrasts import build_contrast, estimand_weights
from stepdown.evaluation.estimators import plug_in_beta
from stepdown.evaluation.moments import Moments
from stepdown.incidents.panel import NEVER, Floats

DETECTABLE = float(norm.ppf(0.975) + norm.ppf(0.8))
"""Effect over standard error that a two-sided 5 % test finds with 80 % power."""

LOOK_AHEAD = {"week": 156, "month": 36, "quarter": 12, "number": 36}
"""Periods ahead that are searched, three years: beyond, a forecast of the design means nothing."""


def detectable_effect(se: float) -> float:
    """Smallest true effect that would be found with 80 % power, from the standard error alone."""
    return DETECTABLE * se


def more_periods_needed(
    moments: Moments, due: Floats, estimand: str, se_now: float, threshold: float, ahead: int
) -> int | None:
    """Further periods after which an effect as large as `threshold` would be found.

    Recomputes the design's variance with the waves still to come: `due` (N,) holds each unit's
    assigned position, also beyond the window, NEVER if held back. The covariance of a unit's path
    is taken from the data as a function of distance in time, and the recomputed standard error is
    scaled so that today's equals `se_now`. Returns 0 when today's is enough already, None when
    `ahead` periods are not.
    """
    if 0 < detectable_effect(se_now) <= abs(threshold):
        return 0
    by_distance = _covariance_by_distance(moments)
    now = moments.n_periods
    model_now = _design_se(by_distance, due, now, estimand)
    if model_now is None or model_now <= 0 or se_now <= 0:
        return None
    for extra in range(1, ahead + 1):
        model = _design_se(by_distance, due, now + extra, estimand)
        if model is not None and detectable_effect(se_now * model / model_now) <= abs(threshold):
            return extra
    return None


def periods_worth_searching(due: Floats, now: int, kind: str) -> int:
    """Further periods in which somebody would still be untrained, at most `LOOK_AHEAD[kind]`.

    `due` (N,) are assigned positions, `now` the last period of the data. Once everybody is trained
    further periods add nothing that this design can use.
    """
    last = due.max()
    most = LOOK_AHEAD[kind]
    return most if not np.isfinite(last) else min(most, max(int(last) - 1 - now, 0))


def _covariance_by_distance(moments: Moments) -> Floats:
    """Mean covariance of outcomes k periods apart, k = 0..T-1, pooled within cells."""
    freedom = moments.n - 1
    pooled = np.tensordot(freedom, moments.cov, axes=1) / freedom.sum()
    return np.array([np.diagonal(pooled, k).mean() for k in range(moments.n_periods)])


def _design_se(by_distance: Floats, due: Floats, n_periods: int, estimand: str) -> float | None:
    """Efficient standard error of the design over `n_periods` with a stationary covariance."""
    wave = np.where(due > n_periods, NEVER, due)
    waves, sizes = np.unique(wave, return_counts=True)
    if len(waves) < 2:
        return None
    # Far distances are few and noisy: beyond the data, the mean of the farther half.
    far = by_distance[len(by_distance) // 2 :].mean()
    known = by_distance[:n_periods]
    path = toeplitz(np.concatenate([known, np.full(n_periods - len(known), far)]))
    values, vectors = np.linalg.eigh(path)
    path = (vectors * values.clip(min=0.0)) @ vectors.T
    weights = estimand_weights(estimand, waves, sizes.astype(float), n_periods)
    contrast = build_contrast(weights, waves, sizes.astype(float))
    scale = 1 / sizes
    pair = [contrast.theta, contrast.pre]
    (a, c), (_, b) = [
        [float(np.einsum("kt,ts,ks,k->", x, path, y, scale, optimize=True)) for y in pair]
        for x in pair
    ]
    beta = plug_in_beta(c, b)
    return float(np.sqrt(max(a - 2 * beta * c + beta**2 * b, 0.0)))
