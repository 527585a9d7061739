"""The same estimate under one change at a time. These rows inform; they give no verdict."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from scipy.stats import chi2

from stepdown.evaluation.contrasts import Contrast, build_contrast, lead_weights
from stepdown.evaluation.estimators import (
    Z95,
    Estimate,
    design_covariance,
    estimate,
    estimate_contrast,
)
from stepdown.evaluation.event_study import LEADS
from stepdown.evaluation.moments import Layout, Moments, cell_moments, lay_out
from stepdown.evaluation.results import (
    BreakAt,
    EstimatorName,
    LeaveOneOut,
    RobustnessKind,
    RobustnessRow,
)
from stepdown.evaluation.sample import Sample
from stepdown.incidents.panel import Floats


def around_breaks(
    sample: Sample, name: str, breaks: list[BreakAt], estimator: EstimatorName, estimand: str
) -> list[RobustnessRow]:
    """Estimate apart on each stretch in which recording stayed as it was."""
    if not breaks:
        return []
    ordered = sorted(breaks, key=lambda b: b.period)
    starts = [1, *(b.period for b in ordered)]
    ends = [*(b.period - 1 for b in ordered), sample.n_periods]
    rows = []
    for n, (first, last) in enumerate(zip(starts, ends, strict=True)):
        kind: RobustnessKind = "break_before" if n == 0 else "break_after"
        if n == 0:
            label = f"Only before {ordered[0].label}"
        elif n == len(ordered):
            label = f"Only from {ordered[-1].label} on"
        else:
            kind = "break_between"
            label = f"Only from {ordered[n - 1].label} to before {ordered[n].label}"
        rows.append(_refit(sample.window(first, last), name, estimator, estimand, kind, label))
    return rows


def per_exposure(
    sample: Sample, name: str, layout: Layout, estimator: EstimatorName, estimand: str
) -> list[RobustnessRow]:
    """Estimate the rate per exposure, and the effect on the exposure itself.

    A cell's rate is its counts over its exposure; the variance is that of the linearised ratio
    (delta method). The rate means what it says only if training does not move the exposure.
    """
    if sample.exposure is None:
        return []
    paths = linearised_rate(sample.outcomes[name], sample.exposure, layout)
    rate: Estimate | str = "a wave had no exposure in some period"
    if np.isfinite(paths).all():
        rate = estimate(cell_moments(paths, layout), estimator, estimand)
    amount = estimate(cell_moments(sample.exposure, layout), estimator, estimand)
    moved = not isinstance(amount, str) and _side(amount) != 0
    remark = (
        "Descriptive only: training moved the exposure itself"
        if moved
        else "Means what it says only if training cannot move the exposure"
    )
    ratio = row_of("per_exposure", "Rate per unit of exposure", rate)
    return [
        ratio.model_copy(update={"remark": remark}),
        row_of("exposure", "Effect on the exposure itself", amount),
    ]


def linearised_rate(y: Floats, exposure: Floats, layout: Layout) -> Floats:
    """Paths (N, T) whose cell means are counts over exposure and whose spread is its delta method.

    NaN in periods in which a cell has no exposure at all.
    """
    out = np.full_like(y, np.nan)
    for start, size in zip(layout.starts, layout.sizes, strict=True):
        units = layout.order[start : start + size]
        amount = exposure[units].mean(axis=0)
        seen = amount > 0
        rate = y[units].mean(axis=0)[seen] / amount[seen]
        deviation = y[np.ix_(units, seen)] - rate * exposure[np.ix_(units, seen)]
        out[np.ix_(units, seen)] = rate + deviation / amount[seen]
    return out


def leave_one_wave_out(
    moments: Moments, labels: list[str], estimator: EstimatorName, estimand: str
) -> LeaveOneOut | None:
    """Re-estimate without each wave (K labels) in turn; None with fewer than three waves."""
    if len(moments.waves) < 3:
        return None
    full = _side(estimate(moments, estimator, estimand))
    fits = [
        estimate(moments.without_wave(k), estimator, estimand) for k in range(len(moments.waves))
    ]
    values = [f.estimate for f in fits]
    low, high = int(np.argmin(values)), int(np.argmax(values))
    return LeaveOneOut(
        smallest=values[low],
        largest=values[high],
        smallest_without=labels[low],
        largest_without=labels[high],
        interval_changes_sign_of_evidence=[
            labels[k] for k, f in enumerate(fits) if _side(f) != full
        ],
    )


QUARTERS = (range(-4, -1), range(-7, -4), range(-10, -7), range(-13, -10))
"""Periods before training, pooled by three: single ones are too many and too noisy to test."""


def pre_trend(moments: Moments) -> list[RobustnessRow]:
    """Difference from the period just before training, over all earlier ones and pooled by three.

    The remark of the first row gives a joint test that all pooled differences are zero (Wald,
    chi-squared).
    """
    waves, sizes = moments.waves, moments.wave_sizes
    label = "Difference in trend before training"

    def pooled(leads: Iterable[int]) -> Contrast | None:
        each = [lead_weights(k, waves, sizes, moments.n_periods) for k in leads]
        seen = [w for w in each if w.any()]
        return build_contrast(np.mean(seen, axis=0), waves, sizes) if seen else None

    whole = pooled(LEADS)
    if whole is None:
        return [
            RobustnessRow(
                label=label,
                kind="pre_trend",
                reason="no period before the one just before training",
            )
        ]
    parts = {
        f"{label}: {-span[-1]} to {-span[0]} periods before": contrast
        for span in QUARTERS
        if (contrast := pooled(span)) is not None
    }
    first = row_of("pre_trend", label, estimate_contrast(moments, whole, 1.0))
    p = _jointly(moments, list(parts.values()))
    if p is not None and first.estimate is not None:
        first = first.model_copy(update={"remark": f"All {len(parts)} jointly: p = {p:.2g}"})
    if len(parts) == 1:
        return [first]
    rows = [row_of("pre_trend", k, estimate_contrast(moments, c, 1.0)) for k, c in parts.items()]
    return [first, *rows]


def _jointly(moments: Moments, contrasts: list[Contrast]) -> float | None:
    """Return p of the hypothesis that all contrasts are zero; None without variation."""
    weights = np.stack([c.theta - c.pre for c in contrasts])
    values = (weights * moments.wave_means()).sum(axis=(1, 2))
    covariance = design_covariance(moments, weights)
    rank = int(np.linalg.matrix_rank(covariance, hermitian=True))
    if rank == 0:
        return None
    wald = float(values @ np.linalg.pinv(covariance, hermitian=True) @ values)
    return float(chi2.sf(wald, rank))


def _side(e: Estimate) -> int:
    low, high = e.ci
    return -1 if high < 0 else 1 if low > 0 else 0


def _refit(
    sample: Sample,
    name: str,
    estimator: EstimatorName,
    estimand: str,
    kind: RobustnessKind,
    label: str,
) -> RobustnessRow:
    return row_of(kind, label, fit_sample(sample, name, estimator, estimand))


def fit_sample(
    sample: Sample, name: str, estimator: EstimatorName, estimand: str
) -> Estimate | str:
    """Estimate on a part of the sample, or say why that cannot be."""
    if sample.n_units == 0 or sample.n_periods < 2:
        return "too few periods or nobody still untrained"
    layout = lay_out(sample)
    small = layout.sizes < 2
    if small.any():
        return "a wave of a stratum has a single unit in this window"
    if len(layout.waves) < 2 or not np.isfinite(layout.waves.min()):
        return "fewer than two waves in this window"
    if len(layout.sizes) < len(layout.waves) * len(layout.stratum_sizes):
        return "a stratum lacks a wave in this window"
    y = sample.outcomes[name]
    if not y.any():
        return "no event in this window"
    return estimate(cell_moments(y, layout), estimator, estimand)


def row_of(kind: RobustnessKind, label: str, result: Estimate | str) -> RobustnessRow:
    """Make a row of an estimate, or of the reason why there is none."""
    if isinstance(result, str):
        return RobustnessRow(label=label, kind=kind, reason=result)
    if result.se_neyman == 0:
        return RobustnessRow(label=label, kind=kind, reason="it does not vary")
    low, high = result.ci
    return RobustnessRow(
        label=label,
        kind=kind,
        estimate=result.estimate,
        se_neyman=result.se_neyman,
        ci_low=low,
        ci_high=high,
        percent=percent_of(result.estimate, result.baseline_mean),
        percent_low=result.percent_end(-Z95),
        percent_high=result.percent_end(Z95),
    )


def percent_of(value: float, baseline: float) -> float | None:
    """Express a value as percent of the baseline; None without a positive baseline."""
    return 100 * value / baseline if baseline > 0 else None
