"""A result beside what was published: three prior beliefs, and what each would now believe.

A belief is normal in the log rate ratio. It meets the data through the same pivot as the percents:
the effect less a share of the baseline, over its standard error (Fieller 1954), widened to the
range that decides. The reading never feeds the verdict.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stepdown.evaluation.deciding import Reach
from stepdown.evaluation.estimators import Z95, Estimate
from stepdown.evaluation.power import detectable_effect
from stepdown.evaluation.results import BeliefReading

UNSURE = 0.2
"""Standard error of the baseline, as a share of it, above which percents mean little."""
_LEAST, _MOST, _POINTS = -0.9999, 4.0, 40_001
"""Shares of the baseline that are considered: from all of it gone to five times as much."""


@dataclass(frozen=True, slots=True)
class Belief:
    """A normal belief about a log rate ratio before the data; `sd` None: every percent alike."""

    name: str
    mean: float
    sd: float | None
    how: str
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """Published effects in percent, from the lowest to the highest, of so many studies.

    `nulls` more found no clear difference.
    """

    low: float
    high: float
    studies: int
    nulls: int = 0


def read_beside(
    fit: Estimate,
    reach: Reach | None,
    beliefs: Sequence[Belief],
    *,
    fewer_is_better: bool,
    worthwhile: float | None,
) -> list[BeliefReading]:
    """Say what each belief becomes with these data.

    `worthwhile`: smallest effect of interest as a share of the baseline, None if it is not one.
    Nothing is returned where the data have no range, or a baseline too unsure for percents.
    """
    if reach is None or fit.baseline_mean <= 0 or fit.se_neyman <= 0:
        return []
    if fit.baseline_var > (UNSURE * fit.baseline_mean) ** 2:
        return []
    shares = np.linspace(_LEAST, _MOST, _POINTS)
    data = _log_data(fit, reach, shares)
    return [_reading(b, shares, data, fewer_is_better, worthwhile) for b in beliefs]


def times_as_many(fit: Estimate, percent: float) -> float | None:
    """How many times as many people would see an effect of `percent` with 80 % power.

    1 if these do. The standard error falls with the root of their number, all else alike.
    """
    if fit.baseline_mean <= 0 or percent == 0:
        return None
    target = abs(percent) / 100 * fit.baseline_mean
    return float(max(1.0, (detectable_effect(fit.se_neyman) / target) ** 2))


def _log_data(fit: Estimate, reach: Reach, shares: np.ndarray) -> np.ndarray:
    """Log density of the pivot over shares; alone, its quantiles are the ends of the range."""
    mean = fit.estimate - shares * fit.baseline_mean
    variance = (
        fit.se_neyman**2 - 2 * shares * fit.baseline_cov + shares**2 * fit.baseline_var
    ).clip(min=np.finfo(float).tiny)
    widened = np.where(mean > 0, reach.below, reach.above) / Z95
    pivot = mean / (np.sqrt(variance) * widened)
    slope = np.abs(
        fit.baseline_mean * variance + mean * (shares * fit.baseline_var - fit.baseline_cov)
    ) / (variance**1.5 * widened)
    return np.asarray(-0.5 * pivot**2 + np.log(slope.clip(min=np.finfo(float).tiny)))


def _log_prior(belief: Belief, shares: np.ndarray) -> np.ndarray:
    if belief.sd is None:
        return np.zeros_like(shares)
    log_ratio = np.log1p(shares)
    return np.asarray(-0.5 * ((log_ratio - belief.mean) / belief.sd) ** 2 - log_ratio)


def _reading(
    belief: Belief,
    shares: np.ndarray,
    data: np.ndarray,
    fewer_is_better: bool,
    worthwhile: float | None,
) -> BeliefReading:
    before = _cumulative(_log_prior(belief, shares))
    after = _cumulative(_log_prior(belief, shares) + data)
    low, middle, high = (100 * _quantile(shares, after, q) for q in (0.025, 0.5, 0.975))
    prior = None if belief.sd is None else [
        100 * _quantile(shares, before, q) for q in (0.025, 0.5, 0.975)
    ]  # fmt: skip
    return BeliefReading(
        name=belief.name,
        how=belief.how,
        mean=belief.mean,
        sd=belief.sd,
        rows=list(belief.rows),
        before=prior[1] if prior else None,
        before_low=prior[0] if prior else None,
        before_high=prior[2] if prior else None,
        after=middle,
        after_low=low,
        after_high=high,
        probability_better=_beyond(shares, after, 0.0, fewer_is_better),
        probability_worthwhile=None
        if worthwhile is None
        else _beyond(shares, after, worthwhile, fewer_is_better),
    )


def _cumulative(log_density: np.ndarray) -> np.ndarray:
    """Integrate a density on the even grid by trapezoids; ends at 1."""
    density = np.exp(log_density - log_density.max())
    steps = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2)])
    return np.asarray(steps / steps[-1])


def _quantile(shares: np.ndarray, cumulative: np.ndarray, q: float) -> float:
    return float(np.interp(q, cumulative, shares))


def _beyond(shares: np.ndarray, cumulative: np.ndarray, at: float, fewer: bool) -> float:
    below = float(np.interp(at, shares, cumulative))
    return below if fewer else 1.0 - below
