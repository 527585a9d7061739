"""Check the plan, the data and the draw, without looking at any effect."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from stepdown.evaluation.balance import waves_differ
from stepdown.evaluation.beside import Span, times_as_many
from stepdown.evaluation.estimators import Estimate, estimate
from stepdown.evaluation.evaluate import randomization_of, unmatched_rows
from stepdown.evaluation.moments import cell_moments, lay_out
from stepdown.evaluation.power import detectable_effect
from stepdown.evaluation.prepare import prepare_study
from stepdown.evaluation.results import EstimatorName
from stepdown.evaluation.robustness import percent_of
from stepdown.progress import Progress, silent


class OutcomeCheck(BaseModel):
    """One outcome, without its effect."""

    model_config = ConfigDict(frozen=True)

    name: str
    events: int
    detectable_effect: float
    detectable_percent: float | None
    waves_p_value: float | None
    waves_differ: bool
    published: PublishedSpan | None = None


class PublishedSpan(BaseModel):
    """What published studies found, and what it would take to see effects like theirs."""

    model_config = ConfigDict(frozen=True)

    studies: int
    nulls: int
    low: float
    high: float
    half_way: float
    times_as_many: float | None


class DesignCheck(BaseModel):
    """What can be said before anybody looks at an effect."""

    model_config = ConfigDict(frozen=True)

    n_units: int
    n_waves: int
    n_periods: int
    outcomes: list[OutcomeCheck]
    passed: bool
    account: list[str]
    warnings: list[str]


def check_study(
    path: Path,
    *,
    draws: int = 5000,
    seed: int = 1,
    workers: int = 1,
    spans: Mapping[str, Span] | None = None,
    progress: Progress = silent,
) -> DesignCheck:
    """Check a study file, its data and its draw.

    Raises InputProblems with every mistake of the plan and the data. `passed` is False when the
    waves differed before training more than the declared draw explains, in any outcome. `spans`
    (by outcome) say what was published.
    """
    prepared = prepare_study(path)
    study, sample = prepared.study, prepared.sample
    layout = lay_out(sample)
    tests = randomization_of(prepared, layout, draws, seed, workers, progress)
    checks = []
    for outcome in study.outcomes:
        moments = cell_moments(sample.outcomes[outcome.name], layout)
        decider: EstimatorName = "efficient" if tests else "callaway_santanna"
        fit = estimate(moments, decider, study.estimands[0])
        detectable = detectable_effect(fit.se_neyman)
        test = tests.get(outcome.name)
        checks.append(
            OutcomeCheck(
                name=outcome.name,
                events=sample.events[outcome.name],
                detectable_effect=detectable,
                detectable_percent=percent_of(detectable, fit.baseline_mean),
                waves_p_value=test.waves.p_value if test else None,
                waves_differ=test is not None and waves_differ(test.waves),
                published=_published(fit, (spans or {}).get(outcome.name)),
            )
        )
    return DesignCheck(
        n_units=sample.n_units,
        n_waves=len(layout.waves),
        n_periods=sample.n_periods,
        outcomes=checks,
        passed=not any(c.waves_differ for c in checks),
        account=[s.told() for s in prepared.account if s.rows_in != s.rows_out],
        warnings=unmatched_rows(prepared),
    )


def _published(fit: Estimate, span: Span | None) -> PublishedSpan | None:
    """Plan for half of the largest published effect: first results shrink when repeated."""
    if span is None:
        return None
    half = (span.low if abs(span.low) >= abs(span.high) else span.high) / 2
    return PublishedSpan(
        studies=span.studies,
        nulls=span.nulls,
        low=span.low,
        high=span.high,
        half_way=half,
        times_as_many=times_as_many(fit, half),
    )
