"""Without a draw: how large a departure from parallel trends would take the association away?

Relative magnitudes (Rambachan & Roth 2023, Review of Economic Studies 90:2555): after training,
trends may differ from one span to the next by at most M times the largest such difference before
it. Spans pool three periods, because single ones are too many for their covariance. The bounds are
those of the library diff-diff; the event study and its covariance are ours.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec

import numpy as np

from stepdown.evaluation.contrasts import Contrast, build_contrast, lag_weights, lead_weights
from stepdown.evaluation.estimators import design_covariance
from stepdown.evaluation.moments import Moments
from stepdown.evaluation.results import RobustnessRow
from stepdown.incidents.panel import Floats

SPAN = 3
MOST_SPANS = 4
MAGNITUDES = (0.5, 1.0)
EXTRA = "sensitivity"


def relative_magnitudes(moments: Moments) -> list[RobustnessRow]:
    """Return the robust interval of the mean effect over the spans after training, for each M."""
    before = _spans(moments, before=True)
    after = _spans(moments, before=False)
    reason = None
    if len(before) < 2 or not after:
        reason = "fewer than two spans of three periods before training"
    elif not _installed():
        reason = f"needs the optional part '{EXTRA}': pip install 'stepdown[{EXTRA}]'"
    if reason is not None:
        return [_row(m, reason=reason) for m in MAGNITUDES]
    contrasts = [*before, *after]
    weights = np.stack([c.theta - c.pre for c in contrasts])
    values = (weights * moments.wave_means()).sum(axis=(1, 2))
    covariance = design_covariance(moments, weights)
    if np.linalg.eigvalsh(covariance).min() <= 1e-10 * np.trace(covariance):
        return [_row(m, reason="too little variation for a joint covariance") for m in MAGNITUDES]
    estimate = float(values[len(before) :].mean())
    rows = []
    for m in MAGNITUDES:
        low, high = _bounds(values, covariance, len(before), m)
        bounded = np.isfinite([low, high]).all()
        rows.append(
            _row(m, ends=(estimate, low, high)) if bounded else _row(m, reason="no bound exists")
        )
    return rows


def _row(
    m: float, *, ends: tuple[float, float, float] | None = None, reason: str | None = None
) -> RobustnessRow:
    label = f"Trends differing by up to {m:g} times the largest difference before"
    value, low, high = ends if ends else (None, None, None)
    return RobustnessRow(
        label=label, kind="relative_magnitudes", estimate=value, ci_low=low, ci_high=high,
        reason=reason,
    )  # fmt: skip


def _spans(moments: Moments, *, before: bool) -> list[Contrast]:
    """Return contrasts of pooled spans, in order of time; only spans without a gap in them."""
    waves, sizes = moments.waves, moments.wave_sizes
    found: list[Contrast] = []
    for n in range(MOST_SPANS):
        first = 2 + n * SPAN if before else n * SPAN
        each: Iterable[Floats] = (
            (lead_weights if before else lag_weights)(
                -(first + k) if before else first + k, waves, sizes, moments.n_periods
            )
            for k in range(SPAN)
        )
        seen = [w for w in each if w.any()]
        if len(seen) < SPAN:
            break
        found.append(build_contrast(np.mean(seen, axis=0), waves, sizes))
    return found[::-1] if before else found


def _installed() -> bool:
    return find_spec("diff_diff") is not None


def _bounds(values: Floats, covariance: Floats, n_before: int, m: float) -> tuple[float, float]:
    library, shapes = import_module("diff_diff"), import_module("diff_diff.results")
    names = [*range(-n_before, 0), *range(1, len(values) - n_before + 1)]
    effects = {
        name: shapes.PeriodEffect(name, float(v), float(se), 0.0, 1.0, (float(v), float(v)))
        for name, v, se in zip(names, values, np.sqrt(np.diag(covariance)), strict=True)
    }
    study = shapes.MultiPeriodDiDResults(
        period_effects=effects, avg_att=0.0, avg_se=1.0, avg_t_stat=0.0, avg_p_value=1.0,
        avg_conf_int=(0.0, 0.0), n_obs=0, n_treated=0, n_control=0, pre_periods=names[:n_before],
        post_periods=names[n_before:], vcov=covariance, reference_period=0,
        interaction_indices={name: place for place, name in enumerate(names)},
    )  # fmt: skip
    found = library.HonestDiD(method="relative_magnitude", M=m).fit(study)
    return float(found.ci_lb), float(found.ci_ub)
