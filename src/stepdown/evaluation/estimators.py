"""The estimators: one contrast of wave means, less beta times the difference before training.

Roth & Sant'Anna (2023), "Efficient estimation for staggered rollout designs", JPE Microeconomics,
arXiv 2102.01291: under a random draw every member of the class theta0 - beta * X is unbiased, and
the plug-in beta = Cov(X, theta0) / Var(X) has the smallest variance. beta = 1 is the estimator of
Callaway & Sant'Anna (2021) with not-yet-trained waves as comparison; beta = 1 with only the last
wave as comparison is that of Sun & Abraham (2021); beta = 0 compares means after training.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from stepdown.evaluation.contrasts import Comparison, Contrast, build_contrast, estimand_weights
from stepdown.evaluation.moments import Layout, Moments
from stepdown.evaluation.results import EstimatorName
from stepdown.incidents.panel import Floats

ESTIMATORS: tuple[EstimatorName, ...] = (
    "efficient",
    "callaway_santanna",
    "sun_abraham",
    "difference_in_means",
)
_BETA: dict[EstimatorName, float | None] = {
    "efficient": None,
    "callaway_santanna": 1.0,
    "sun_abraham": 1.0,
    "difference_in_means": 0.0,
}

Z95 = float(norm.ppf(0.975))


@dataclass(frozen=True, slots=True)
class Estimate:
    """One estimate in counts per unit and period, with design-based standard errors."""

    estimate: float
    se: float  # adjusted
    se_neyman: float
    beta: float
    baseline_mean: float  # trained cells' mean less the estimate: without training
    baseline_var: float
    baseline_cov: float  # of the estimate with the baseline
    pre_difference: float
    pre_se: float

    @property
    def ci(self) -> tuple[float, float]:
        """Normal 95 % interval with the Neyman standard error."""
        return (
            self.estimate - Z95 * self.se_neyman,
            self.estimate + Z95 * self.se_neyman,
        )

    def margin(self, share: float) -> tuple[float, float]:
        """Return estimate - share * baseline and its standard error.

        Below 0, the estimate is a fall by more than that share of the baseline, which is itself
        estimated.
        """
        variance = self.se_neyman**2 - 2 * share * self.baseline_cov + share**2 * self.baseline_var
        return self.estimate - share * self.baseline_mean, float(np.sqrt(max(variance, 0.0)))

    def percent_end(self, z: float) -> float | None:
        """Return where the percent is `z` standard errors from the estimate, below 0 for the low.

        Fieller (1954): the share at which `margin` is that many of its own standard errors from
        zero. None where the baseline cannot be told from zero, so that there is no such end.
        """
        a = self.baseline_mean**2 - z**2 * self.baseline_var
        if self.baseline_mean <= 0 or a <= 0:
            return None
        b = self.estimate * self.baseline_mean - z**2 * self.baseline_cov
        c = self.estimate**2 - z**2 * self.se_neyman**2
        root = float(np.sqrt(max(b * b - a * c, 0.0)))
        return 100 * (b + (root if z > 0 else -root)) / a


def contrast_for(
    design: Moments | Layout, n_periods: int, estimator: EstimatorName, estimand: str
) -> Contrast:
    """Build the contrast that an estimator uses for an estimand."""
    waves, sizes = design.waves, design.wave_sizes
    weights = estimand_weights(estimand, waves, sizes, n_periods)
    comparison: Comparison = "last_wave" if estimator == "sun_abraham" else "not_yet_trained"
    return build_contrast(weights, waves, sizes, comparison)


def estimate(moments: Moments, estimator: EstimatorName, estimand: str) -> Estimate:
    """Estimate one estimand by one estimator."""
    contrast = contrast_for(moments, moments.n_periods, estimator, estimand)
    return estimate_contrast(moments, contrast, _BETA[estimator])


def estimate_contrast(moments: Moments, contrast: Contrast, beta: float | None) -> Estimate:
    """Estimate a contrast; `beta` None is the plug-in efficient weight."""
    means = moments.wave_means()
    theta = float((contrast.theta * means).sum())
    pre = float((contrast.pre * means).sum())
    parts = np.stack([contrast.theta, contrast.pre, contrast.trained])
    covariance = design_covariance(moments, parts)
    (var_theta, cov), (_, var_pre) = covariance[:2, :2]
    if beta is None:
        beta = plug_in_beta(cov, var_pre)
    value = theta - beta * pre
    neyman = var_theta - 2 * beta * cov + beta**2 * var_pre
    if neyman <= _ROUNDING * (var_theta + beta**2 * var_pre):
        neyman = 0.0  # the two parts cancel; what is left is rounding
    weights = np.array([[1.0, -beta, 0.0], [-1.0, beta, 1.0]])  # estimate, baseline
    (_, baseline_cov), (_, baseline_var) = weights @ covariance @ weights.T
    adjusted = neyman - _explained_heterogeneity(moments, contrast.theta)
    return Estimate(
        estimate=value,
        se=float(np.sqrt(adjusted if adjusted > 0 else neyman)),
        se_neyman=float(np.sqrt(neyman)),
        beta=float(beta),
        baseline_mean=float((contrast.trained * means).sum()) - value,
        baseline_var=float(max(baseline_var, 0.0)),
        baseline_cov=float(baseline_cov),
        pre_difference=pre,
        pre_se=float(np.sqrt(max(var_pre, 0.0))),
    )


def plug_in_beta(cov: float, var_pre: float) -> float:
    """Weight on the pre-training difference with the smallest variance; 0 if it does not vary."""
    return cov / var_pre if var_pre > 0 else 0.0


def design_covariance(moments: Moments, weights: Floats) -> Floats:
    """Neyman covariance (M, M) of M contrasts with weights (M, K, T) on wave means.

    Sum over cells of stratum share squared times A S A' / n. Conservative: it leaves out the
    variance of individual effects, which no data can show (arXiv 2102.01291, section 3).
    """
    per_cell = weights[:, moments.wave_of_cell, :].transpose(1, 0, 2)  # (C, M, T)
    scale = moments.weight**2 / moments.n
    spread = per_cell @ moments.cov @ per_cell.transpose(0, 2, 1)  # (C, M, M)
    return np.asarray(np.tensordot(scale, spread, axes=1), np.float64)


_RANK = 1e-10
_ROUNDING = 1e-12


def _explained_heterogeneity(moments: Moments, theta: Floats) -> float:
    """Part of the individual effects' variance that pre-training outcomes explain, over N.

    The adjusted standard error subtracts it: regress each wave's weighted outcome on the periods
    before anybody was trained, sum the coefficients over waves, and take the variance of that
    prediction, with the waves' mean covariance. It over-fits waves smaller than the number of
    those periods, which is why intervals and tests use the Neyman standard error.
    """
    n_pre = int(moments.waves.min()) - 1
    coefficients = np.zeros(n_pre)
    average = np.zeros((n_pre, n_pre))
    for wave in range(len(moments.waves)):
        cov = _pooled_over_strata(moments, wave)
        before = cov[:n_pre, :n_pre]
        coefficients += _solve_psd(before, cov[:n_pre] @ theta[wave])
        average += before / len(moments.waves)
    return float(coefficients @ average @ coefficients / moments.wave_sizes.sum())


def _pooled_over_strata(moments: Moments, wave: int) -> Floats:
    cells = np.flatnonzero(moments.wave_of_cell == wave)
    # By stratum share, alike in every wave: else waves would differ only in their mix of strata.
    share = moments.weight[cells]
    pooled = np.tensordot(share, moments.cov[cells], axes=1) / share.sum()
    return np.asarray(pooled, np.float64)


def _solve_psd(matrix: Floats, right: Floats) -> Floats:
    """Minimum-norm solution; directions without variance, rounding noise included, give nothing."""
    values, vectors = np.linalg.eigh(matrix)
    floor = _RANK * max(values[-1], np.finfo(float).eps)
    kept = values > floor
    projected = vectors[:, kept].T @ right
    return np.asarray(vectors[:, kept] @ (projected / values[kept]), np.float64)
