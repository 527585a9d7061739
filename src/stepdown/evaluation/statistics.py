"""The studentized statistic of one assignment after another, as a function of a supposed effect.

A unit's path enters only through its projections on each wave's weights, made once, because wave
sizes are fixed by the design and so are the weights. Under the hypothesis that training adds tau to
every trained unit-period, the untrained outcome is Y - tau D, with D the observed training; its
projections are those of Y less tau times those of D. Means are then linear in tau and variances
quadratic, so that a handful of sums per draw serves every tau.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from stepdown.evaluation.contrasts import Contrast
from stepdown.evaluation.moments import Ints, Layout
from stepdown.incidents.panel import Floats

ROUNDING = 1e-12
_SHARED = slice(9, 14)
_ROWS = 14


@dataclass(frozen=True, slots=True)
class Projected:
    """One outcome's projections. N units, K waves."""

    paths: Floats  # (N, K, 2): on the wave's theta and pre weights
    level: Floats  # (N,): mean before the first wave, less its stratum mean, scaled to length 1


@dataclass(frozen=True, slots=True)
class Training:
    """Projections of the observed training, alike for all units of a wave. K waves."""

    paths: Floats  # (K, K, 2): observed wave, wave drawn, theta and pre
    wave: Ints  # (N,) observed wave of each unit


@dataclass(frozen=True, slots=True)
class Polynomials:
    """Parts of the statistic of B assignments: coefficients of 1, tau (and tau squared)."""

    theta: Floats  # (B, 2) value of the estimand without adjustment
    pre: Floats  # (B, 2) difference before training
    var_theta: Floats  # (B, 3)
    cov: Floats  # (B, 3)
    var_pre: Floats  # (B, 3)
    size: Floats  # (B, 2) how large the parts of `theta` are, to tell zero from rounding
    size_pre: Floats  # (B, 2)
    waves: Floats  # (B,) sum of squares between waves of the level before the first wave

    def effect(self, tau: Floats) -> Floats:
        """Return the absolute studentized estimate (B, M) under each supposed effect (M,)."""
        return np.abs(self.signed(tau))

    def signed(self, tau: Floats) -> Floats:
        """Return the studentized estimate (B, M) under each supposed effect (M,)."""
        power = np.stack([np.ones_like(tau), tau, tau**2])  # (3, M)
        theta, pre = self.theta @ power[:2], self.pre @ power[:2]
        var_theta, cov, var_pre = (c @ power for c in (self.var_theta, self.cov, self.var_pre))
        bound = np.abs(power)
        large = np.abs(self.var_pre) @ bound
        var_pre = np.where(var_pre > ROUNDING * large, var_pre, 0.0)
        beta = np.divide(cov, var_pre, out=np.zeros_like(cov), where=var_pre > 0)
        variance = var_theta - 2 * beta * cov + beta**2 * var_pre
        floor = np.abs(self.var_theta) @ bound + beta**2 * large
        variance = np.where(variance > ROUNDING * floor, variance, 0.0)
        size = self.size @ bound[:2] + np.abs(beta) * (self.size_pre @ bound[:2])
        return _ratio(theta - beta * pre, variance, size)

    def estimate(self) -> tuple[float, float]:
        """Return the first assignment's estimate and its Neyman standard error."""
        cov, var_pre = float(self.cov[0, 0]), float(self.var_pre[0, 0])
        beta = cov / var_pre if var_pre > 0 else 0.0
        variance = float(self.var_theta[0, 0]) - beta * cov
        if variance <= ROUNDING * (float(self.var_theta[0, 0]) + beta**2 * var_pre):
            variance = 0.0
        return float(self.theta[0, 0] - beta * self.pre[0, 0]), variance**0.5

    def before(self) -> Floats:
        """Return the absolute studentized difference before training (B,)."""
        return np.abs(_ratio(self.pre[:, 0], self.var_pre[:, 0], self.size_pre[:, 0]))


def project(y: Floats, layout: Layout, contrast: Contrast) -> Projected:
    """Project outcome `y` (N, T) on a contrast, once for every wave a unit could be in."""
    flat = y @ _weights(contrast)
    n_pre = int(layout.waves.min()) - 1
    level = y[:, :n_pre].mean(axis=1)
    stratum = np.empty(len(y), np.int64)
    stratum[layout.order] = np.repeat(layout.stratum_of_cell, layout.sizes)
    level -= (np.bincount(stratum, level) / layout.stratum_sizes)[stratum]
    length = float(np.linalg.norm(level))
    # Unit length: the test of the waves must not depend on the unit of the outcome.
    level = level / length if length > 0 else level
    return Projected(flat.reshape(len(y), len(layout.waves), 2), level)


def project_training(layout: Layout, contrast: Contrast) -> Training:
    """Project the observed training, 1 from a wave's period on, on a contrast."""
    n_periods, n_waves = contrast.theta.shape[1], len(layout.waves)
    trained = (np.arange(1, n_periods + 1) >= layout.waves[:, None]).astype(np.float64)
    wave = np.empty(layout.n_units, np.int64)
    wave[layout.order] = np.repeat(layout.wave_of_cell, layout.sizes)
    return Training((trained @ _weights(contrast)).reshape(n_waves, n_waves, 2), wave)


def _weights(contrast: Contrast) -> Floats:
    weights = np.stack([contrast.theta, contrast.pre], axis=-1)  # (K, T, 2)
    n_waves, n_periods, _ = weights.shape
    return weights.transpose(1, 0, 2).reshape(n_periods, n_waves * 2)


def statistics(
    outcomes: list[Projected], training: Training, layout: Layout, orders: Iterable[Ints]
) -> list[Polynomials]:
    """Recompute every outcome's statistic for assignments given as units in cell order."""
    slot_wave = np.repeat(layout.wave_of_cell, layout.sizes)
    n_waves = len(layout.waves)
    terms = np.empty((_ROWS, layout.n_units))
    sums: list[list[Floats]] = [[] for _ in outcomes]
    for order in orders:
        slots = order * n_waves + slot_wave
        drawn = training.wave.take(order) * n_waves + slot_wave
        trained = training.paths.reshape(-1, 2).take(drawn, axis=0)
        _fill_training(terms, trained)
        shared = np.add.reduceat(terms[_SHARED], layout.starts, axis=1)
        for outcome, kept in zip(outcomes, sums, strict=True):
            _fill_outcome(terms, outcome, order, slots, trained)
            own = np.add.reduceat(terms[: _SHARED.start], layout.starts, axis=1)
            kept.append(np.concatenate([own, shared]))
    return [_polynomials(np.array(kept), layout) for kept in sums]


def _fill_training(terms: Floats, trained: Floats) -> None:
    theta, pre = trained[:, 0], trained[:, 1]
    terms[9], terms[10] = theta, pre
    np.multiply(theta, theta, out=terms[11])
    np.multiply(theta, pre, out=terms[12])
    np.multiply(pre, pre, out=terms[13])


def _fill_outcome(
    terms: Floats, outcome: Projected, order: Ints, slots: Ints, trained: Floats
) -> None:
    picked = outcome.paths.reshape(-1, 2).take(slots, axis=0)
    theta, pre = picked[:, 0], picked[:, 1]
    terms[0], terms[1] = theta, pre
    np.multiply(theta, theta, out=terms[2])
    np.multiply(theta, pre, out=terms[3])
    np.multiply(pre, pre, out=terms[4])
    terms[5] = outcome.level.take(order)
    np.multiply(theta, trained[:, 0], out=terms[6])
    np.multiply(theta, trained[:, 1], out=terms[7])
    terms[7] += pre * trained[:, 0]
    np.multiply(pre, trained[:, 1], out=terms[8])


def _polynomials(sums: Floats, layout: Layout) -> Polynomials:
    """Turn cell sums (B, 14, C) into coefficients; the same arithmetic for observed and redrawn."""
    n = layout.sizes.astype(np.float64)
    weight = layout.cell_weights
    scale = weight**2 / n / (n - 1)
    theta, pre, trained, trained_pre = (sums[:, row] / n for row in (0, 1, 9, 10))

    def within(row: int, *pairs: tuple[Floats, Floats]) -> Floats:
        between = sum((n * left * right for left, right in pairs), np.zeros_like(theta))
        spread = sums[:, row] - between
        # Rounding must not make variance out of constants.
        spread[np.abs(spread) <= ROUNDING * np.abs(between)] = 0.0
        return np.asarray(spread @ scale, np.float64)

    def linear(first: Floats, second: Floats) -> Floats:
        return np.stack([first @ weight, -(second @ weight)], axis=1)

    stratum_mean = _stratum_means(sums[:, 5], layout)
    return Polynomials(
        theta=linear(theta, trained),
        pre=linear(pre, trained_pre),
        var_theta=_quadratic(
            within(2, (theta, theta)), within(6, (theta, trained)), within(11, (trained, trained))
        ),
        cov=_quadratic(
            within(3, (theta, pre)),
            within(7, (theta, trained_pre), (pre, trained)) / 2,
            within(12, (trained, trained_pre)),
        ),
        var_pre=_quadratic(
            within(4, (pre, pre)),
            within(8, (pre, trained_pre)),
            within(13, (trained_pre, trained_pre)),
        ),
        size=np.abs(linear(np.abs(theta), np.abs(trained))),
        size_pre=np.abs(linear(np.abs(pre), np.abs(trained_pre))),
        waves=(sums[:, 5] / n - stratum_mean) ** 2 @ n,
    )


def _quadratic(constant: Floats, cross: Floats, square: Floats) -> Floats:
    return np.stack([constant, -2.0 * cross, square], axis=1)


def _stratum_means(level_sums: Floats, layout: Layout) -> Floats:
    member = layout.stratum_of_cell[:, None] == np.arange(len(layout.stratum_sizes))
    means = (level_sums @ member) / layout.stratum_sizes
    return np.asarray(means[:, layout.stratum_of_cell], np.float64)


def _ratio(value: Floats, variance: Floats, size: Floats) -> Floats:
    """Value over its standard error; without variance any difference counts as infinitely large.

    `size` is the size of the parts that make up the value: less than rounding of it is none.
    """
    empty = np.where(np.abs(value) > ROUNDING * size, np.copysign(np.inf, value), 0.0)
    ratio: Floats = np.divide(value, np.sqrt(variance), out=empty, where=variance > 0)
    return ratio
