"""Random effects over studies: REML, Hartung-Knapp, prediction interval, leave-one-out.

Model: y_i = mu + u_i + e_i, u_i ~ N(0, tau2), e_i ~ N(0, se_i^2). tau2 by restricted maximum
likelihood; the interval of mu by Hartung & Knapp (2001) with the factor max(1, q), so that it is
never narrower than the one without (Rover, Knapp & Friede 2015); the prediction interval with
t(k - 2) (Higgins, Thompson & Spiegelhalter 2009).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2, t

from stepdown.evidence.effects import FEWEST, Effect

FEWEST_FOR_SMALL_STUDIES = 10
"""Studies below which a look for small-study effects tells nothing (Sterne et al. 2011)."""


@dataclass(frozen=True, slots=True)
class Pool:
    """What several studies say together, in log rate ratios. `low` to `high` is a 95 % interval."""

    k: int
    mean: float
    se: float
    low: float
    high: float
    p_value: float
    prediction_low: float
    prediction_high: float
    tau2: float
    q: float
    q_p_value: float
    i2: float
    hartung_knapp: float
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class WithoutOne:
    """The pool without one of its studies."""

    row: str
    pool: Pool


@dataclass(frozen=True, slots=True)
class SmallStudies:
    """Egger's regression: whether imprecise studies find more. `intercept` in log ratios."""

    slope: float
    se: float
    p_value: float
    intercept: float


def pool(effects: Sequence[Effect]) -> Pool:
    """Pool effects. Raises ValueError below three studies or where a study comes twice.

    `q` is Cochran's; `i2` (percent) follows from tau2 and the typical sampling variance, as
    Higgins & Thompson (2002); `hartung_knapp` is the factor before the guard; `weights` sum to 1.
    """
    _check(effects, FEWEST)
    return _pool(effects)


def leave_one_out(effects: Sequence[Effect]) -> tuple[WithoutOne, ...]:
    """Pool again without each study in turn; nothing where that would leave fewer than three."""
    if len(effects) <= FEWEST:
        return ()
    return tuple(
        WithoutOne(left.row, pool([e for e in effects if e is not left])) for left in effects
    )


def small_studies(effects: Sequence[Effect]) -> SmallStudies | None:
    """Regress effect on standard error, weighted by precision.

    None below ten studies, or where all effects or all errors are alike.

    Egger et al. (1997) in the form of Sterne & Egger (2005), with free dispersion; `slope` is the
    slope on the standard error, `intercept` the effect of a study without error.
    """
    _check(effects, 1)
    k = len(effects)
    if k < FEWEST_FOR_SMALL_STUDIES:
        return None
    y, se = _arrays(effects)
    if np.ptp(se) < 1e-12 * se.max():
        return None
    design = np.column_stack([np.ones(k), se]) / se[:, None]
    coefficients, rest, *_ = np.linalg.lstsq(design, y / se, rcond=None)
    if not len(rest) or float(rest[0]) < 1e-12 * float((y / se) @ (y / se) + 1):
        return None
    variance = float(rest[0]) / (k - 2) * np.linalg.inv(design.T @ design)
    slope, error = float(coefficients[1]), math.sqrt(float(variance[1, 1]))
    return SmallStudies(slope, error, _two_sided(slope / error, k - 2), float(coefficients[0]))


def tau2_reml(effects: Sequence[Effect]) -> float:
    """Return the variance between studies by REML."""
    from pymare.estimators import VarianceBasedLikelihoodEstimator  # noqa: PLC0415 - slow to load

    y, se = _arrays(effects)
    # In units of the median error: far from 1 the search of the library loses digits.
    unit = float(np.median(se))
    fit = VarianceBasedLikelihoodEstimator(
        method="REML", small_sample_correction="wald", xtol=1e-10
    )
    fit.fit(y=(y / unit)[:, None], v=((se / unit) ** 2)[:, None], X=np.ones((len(y), 1)))
    return float(np.ravel(fit.params_["tau2"])[0]) * unit**2


def _check(effects: Sequence[Effect], fewest: int) -> None:
    if len(effects) < fewest:
        raise ValueError(f"{len(effects)} studies: at least {fewest} are needed")
    if len({e.study for e in effects}) < len(effects):
        raise ValueError("one effect per study: two rest on the same people")
    if not all(math.isfinite(e.log_ratio) and 0 < e.se < math.inf for e in effects):
        raise ValueError("effects must be finite and standard errors above zero")


def _pool(effects: Sequence[Effect]) -> Pool:
    y, se = _arrays(effects)
    k = len(y)
    tau2 = tau2_reml(effects)
    weight = 1 / (se**2 + tau2)
    mean = float(weight @ y / weight.sum())
    factor = float(weight @ (y - mean) ** 2 / (k - 1))
    error = math.sqrt(max(1.0, factor) / weight.sum())
    reach = float(t.ppf(0.975, k - 1)) * error
    predicted = float(t.ppf(0.975, k - 2)) * math.sqrt(tau2 + error**2)
    q = _cochran(y, se)
    return Pool(
        k=k, mean=mean, se=error, low=mean - reach, high=mean + reach,
        p_value=_two_sided(mean / error, k - 1),
        prediction_low=mean - predicted, prediction_high=mean + predicted,
        tau2=tau2, q=q, q_p_value=float(chi2.sf(q, k - 1)), i2=_i2(se, tau2),
        hartung_knapp=factor, weights=tuple(float(w) for w in weight / weight.sum()),
    )  # fmt: skip


def _arrays(effects: Sequence[Effect]) -> tuple[np.ndarray, np.ndarray]:
    return (np.array([e.log_ratio for e in effects]), np.array([e.se for e in effects]))


def _cochran(y: np.ndarray, se: np.ndarray) -> float:
    weight = 1 / se**2
    return float(weight @ (y - weight @ y / weight.sum()) ** 2)


def _i2(se: np.ndarray, tau2: float) -> float:
    weight = 1 / se**2
    typical = (len(se) - 1) * weight.sum() / (weight.sum() ** 2 - (weight**2).sum())
    return float(100 * tau2 / (tau2 + typical))


def _two_sided(statistic: float, freedom: int) -> float:
    return float(2 * t.sf(abs(statistic), freedom))
