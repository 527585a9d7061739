"""Results for briefings: a large rollout, a simulated agency, an observational one, any verdict."""

from __future__ import annotations

import math
from typing import Any

from stepdown.evaluation.results import (
    AccountLine,
    Balance,
    BreakAt,
    Compliance,
    CountedOnly,
    DataFile,
    DesignSummary,
    EstimateRow,
    EventStudyRow,
    LeaveOneOut,
    OutcomeResult,
    Provenance,
    Randomization,
    Results,
    RobustnessRow,
    Verdict,
    VerdictCode,
    Wave,
)

ESTIMATORS = ("efficient", "callaway_santanna", "sun_abraham", "difference_in_means")

INTERVALS: dict[VerdictCode, tuple[float, float]] = {
    "works": (-30.0, -12.0),
    "works_below_threshold": (-8.0, -2.0),
    "works_size_unclear": (-22.0, -3.0),
    "no_worthwhile_effect": (-6.0, 4.0),
    "harm": (3.0, 21.0),
    "cannot_tell": (-33.0, 0.2),
}
"""An interval in percent for each verdict with a threshold of -10 %."""


def outcome(
    name: str = "force",
    code: VerdictCode = "cannot_tell",
    *,
    better: str = "fewer",
    interval: tuple[float, float] | None = None,
    baseline: float = 0.042,
    lags: int = 59,
    estimands: tuple[str, ...] = ("simple", "cohort", "calendar"),
    truth: float | None = None,
    randomized: bool = True,
    before_break: float | None = None,
    **changes: Any,
) -> OutcomeResult:
    """Make an outcome with a verdict; `interval` is in percent of the baseline."""
    low, high = interval or INTERVALS[code]
    sign = 1
    if better == "more" and interval is None:
        low, high, sign = -high, -low, -1
    middle, half = (low + high) / 2, (high - low) / 2
    se = half / 1.96 * baseline / 100
    decider = "efficient" if randomized else "callaway_santanna"
    rows = [
        _estimate(estimator, estimand, middle, half * (1 + 0.2 * n), baseline, decider, randomized)
        for estimand in estimands
        for n, estimator in enumerate(ESTIMATORS)
    ]
    robustness = []
    if before_break is not None:
        robustness = [
            _refit("Only before 2016-03", "break_before", before_break, half * 0.8, baseline),
            RobustnessRow(
                label="Only from 2016-03 on", kind="break_after", reason="no event in this window"
            ),
        ]
    values: dict[str, Any] = {
        "name": name,
        "label": name.replace("_", " "),
        "role": "primary" if name == "force" else "secondary",
        "better": better,
        "unit_of_count": "report" if name != "complaints" else "complaint",
        "smallest_effect": "-10%" if better == "fewer" else "+10%",
        "threshold": (-0.1 if better == "fewer" else 0.1) * baseline,
        "n_units": 7785,
        "n_periods": 72,
        "n_cohorts": 48,
        "events": 22365,
        "baseline_mean": baseline,
        "detectable_effect": 2.8 * se,
        "detectable_percent": 280 * se / baseline,
        "verdict": Verdict(code=code, reason="interval" if randomized else "observational"),
        "estimates": rows,
        "event_study": [_lag(k, baseline, sign) for k in range(0 if randomized else -12, lags)],
        "band_critical_value": 3.2,
        "balance": Balance(
            difference=0.0012,
            se=0.002,
            p_value=0.31,
            waves_p_value=0.4 if randomized else None,
            waves_differ=False if randomized else None,
            pre_periods=12,
        ),
        "robustness": robustness,
        "leave_one_out": LeaveOneOut(
            smallest=(middle - 2) * baseline / 100,
            largest=(middle + 2) * baseline / 100,
            smallest_without="2012-03",
            largest_without="2013-04",
            interval_changes_sign_of_evidence=[],
        ),
        "truth": truth,
    }
    return OutcomeResult.model_validate(values | changes)


def design(
    *,
    assignment: str = "randomized",
    waves: int = 48,
    periods: int = 72,
    untrained: int = 0,
    monthly: bool = True,
    **changes: Any,
) -> DesignSummary:
    """Make a rollout of `waves` waves over `periods` periods, the first at 13."""
    labels = changes.get("period_labels", [_label(k, monthly) for k in range(periods)])
    first = min(13, periods // 2)
    starts = [first + k * (periods - first) // max(waves - 1, 1) for k in range(waves)]
    sizes = [20 + (37 * k) % 290 for k in range(waves)]
    found = [
        Wave(label=labels[s - 1], period=s, n_units=n) for s, n in zip(starts, sizes, strict=True)
    ]
    if untrained:
        found.append(Wave(label="never", period=None, n_units=untrained))
    total = sum(w.n_units for w in found)
    values: dict[str, Any] = {
        "assignment": assignment,
        "level": "unit",
        "n_people": total,
        "n_units": total,
        "n_periods": periods,
        "n_cohorts": waves,
        "n_strata": 1,
        "period_labels": labels,
        "waves": found,
        "untrained_at_end": untrained,
        "breaks": [BreakAt(label=labels[62], period=63, note="new form")] if periods > 63 else [],
    }
    return DesignSummary.model_validate(values | changes)


def results(*outcomes: OutcomeResult, **changes: Any) -> Results:
    """Put outcomes into results; anything else can be given by name."""
    values: dict[str, Any] = {
        "title": "De-escalation training, Example City",
        "simulated": None,
        "provenance": Provenance(
            stepdown_version="0.1.0",
            study_file="study.yaml",
            study_sha256="1f" * 32,
            data=[DataFile(name="panel.parquet", sha256="2e" * 32, rows=560520)],
            seed=1,
            draws=5000,
            packages={"python": "3.11.7", "numpy": "2.4.6", "scipy": "1.17.1"},
        ),
        "design": design(),
        "data_account": [
            AccountLine(
                step="read the panel",
                rows_in=560520,
                rows_out=560520,
                units_in=7785,
                units_out=7785,
                why="every row has a unit and a period",
            )
        ],
        "compliance": None,
        "warnings": [],
        "limits": ["The panel keeps only officers who stayed for all six years."],
        "outcomes": list(outcomes or [outcome()]),
        "counts_only": [],
    }
    return Results.model_validate(values | changes)


def chicago() -> Results:
    """A large rollout whose answer changes at a recording break."""
    return results(
        outcome("force", interval=(-32.8, 0.2), before_break=-6.4),
        outcome(
            "complaints",
            interval=(-15.4, 8.8),
            baseline=0.034,
            before_break=-4.9,
            estimands=("simple",),
            lags=12,
        ),
    )


def simulated() -> Results:
    """A simulated agency with everything: truth, compliance, counts, people held back."""
    return results(
        outcome("force", "works", truth=-0.0084, lags=18, estimands=("simple",)),
        outcome("complaints", "no_worthwhile_effect", truth=0.0, lags=18, estimands=("simple",)),
        outcome(
            "officer_injuries",
            "cannot_tell",
            interval=(-140.0, 190.0),
            baseline=0.0004,
            truth=0.0,
            lags=18,
            events=61,
            verdict=Verdict(code="cannot_tell", more_periods=None, more_periods_searched=120),
        ),
        title="Demo agency",
        simulated="Generated agency of 1,200 officers; no real person is in it.",
        design=design(waves=6, periods=36, untrained=200),
        compliance=Compliance(
            assigned=1000,
            on_time=880,
            early=12,
            late=70,
            never_trained=38,
            trained_though_held_back=3,
            median_delay=0.0,
        ),
        counts_only=[
            CountedOnly(
                name="deaths",
                label="deaths",
                unit_of_count="death in an encounter",
                total=3,
                before=2,
                after=1,
                unit_periods_before=30000,
                unit_periods_after=13200,
            )
        ],
        warnings=["Only 61 events of officer_injuries were counted."],
    )


def observational() -> Results:
    """A rollout in which nobody drew lots."""
    return results(
        outcome("force", interval=(-28.0, -11.0), randomized=False, estimands=("simple",), lags=20),
        title="Crisis training, volunteers first",
        design=design(assignment="observational", waves=9, periods=48, untrained=400),
        warnings=["Nobody drew lots for the order of training."],
    )


def _label(k: int, monthly: bool) -> str:
    return f"{2011 + k // 12}-{k % 12 + 1:02d}" if monthly else str(k + 1)


def _estimate(
    estimator: str,
    estimand: str,
    middle: float,
    half: float,
    baseline: float,
    decider: str,
    randomized: bool,
) -> EstimateRow:
    decides = (estimator, estimand) == (decider, "simple")
    if decides and not randomized:
        half /= 1.2
    scale = baseline / 100
    test = Randomization(draws=5000, p_value=0.076, mc_error=0.0037, exact=False, smallest_p=0.0002)
    return EstimateRow.model_validate(
        {
            "estimator": estimator,
            "estimand": estimand,
            "decides": decides,
            "estimate": middle * scale,
            "se": half / 1.96 * scale,
            "se_neyman": half / 1.96 * scale,
            "ci_low": (middle - half) * scale,
            "ci_high": (middle + half) * scale,
            "percent": middle,
            "percent_low": middle - half,
            "percent_high": middle + half,
            "beta": 0.25,
            "randomization": test if decides and randomized else None,
        }
    )


def _refit(label: str, kind: str, middle: float, half: float, baseline: float) -> RobustnessRow:
    scale = baseline / 100
    return RobustnessRow.model_validate(
        {
            "label": label,
            "kind": kind,
            "estimate": middle * scale,
            "se_neyman": half / 1.96 * scale,
            "ci_low": (middle - half) * scale,
            "ci_high": (middle + half) * scale,
            "percent": middle,
            "percent_low": middle - half,
            "percent_high": middle + half,
        }
    )


def _lag(k: int, baseline: float, sign: int) -> EventStudyRow:
    late = max(k, 0)
    se = baseline * (0.05 + 0.00035 * late**2)
    estimate = sign * baseline * (-0.004 * min(late, 30) + 0.03 * math.sin(k))
    return EventStudyRow(
        lag=k,
        n_units=max(7800 - 2 * late**2, 13),
        estimate=estimate,
        se=se,
        se_neyman=se,
        ci_low=estimate - 1.96 * se,
        ci_high=estimate + 1.96 * se,
        band_low=estimate - 3.2 * se,
        band_high=estimate + 3.2 * se,
    )
