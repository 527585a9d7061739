"""Everything about one outcome: estimates, detectable effect, checks and the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stepdown.evaluation.balance import balance
from stepdown.evaluation.beside import Belief, read_beside
from stepdown.evaluation.deciding import Reach, margin_of, range_of, reach_of
from stepdown.evaluation.estimators import ESTIMATORS, Z95, Estimate, estimate
from stepdown.evaluation.event_study import event_study
from stepdown.evaluation.honest import relative_magnitudes
from stepdown.evaluation.leaving import (
    Followed,
    FollowedTests,
    bounds,
    same_side,
    zero_after,
)
from stepdown.evaluation.moments import Layout, Moments, cell_moments
from stepdown.evaluation.power import (
    detectable_effect,
    more_periods_needed,
    periods_worth_searching,
)
from stepdown.evaluation.randomization import RandomizationTests
from stepdown.evaluation.results import (
    BreakAt,
    EstimateRow,
    EstimatorName,
    Leaving,
    OutcomeResult,
    Randomization,
    RobustnessRow,
    Verdict,
    VerdictCode,
)
from stepdown.evaluation.robustness import (
    around_breaks,
    leave_one_wave_out,
    per_exposure,
    percent_of,
    pre_trend,
)
from stepdown.evaluation.sample import Sample
from stepdown.evaluation.sensitivity import placebo, poisson, spillover, without_top
from stepdown.evaluation.study import Estimand, Outcome, Study, label_of
from stepdown.evaluation.verdict import Ends, decide, decide_safety
from stepdown.incidents.periods import scale_of_labels


@dataclass(frozen=True, slots=True)
class Leavers:
    """Everybody there at the start, followed as drawn; no tests without a draw."""

    followed: Followed
    tests: FollowedTests | None
    found: Leaving


@dataclass(frozen=True, slots=True)
class Rollout:
    """What all outcomes of a study share."""

    study: Study
    sample: Sample
    layout: Layout
    breaks: list[BreakAt]
    period_labels: tuple[str, ...]
    seed: int
    leaving: Leavers | None = None

    @property
    def estimand(self) -> Estimand:
        """The estimand that decides."""
        return self.study.estimands[0]

    @property
    def randomized(self) -> bool:
        """Whether lots were drawn."""
        return self.study.design.assignment == "randomized"

    @property
    def decider(self) -> EstimatorName:
        """The estimator that decides: the efficient one needs a draw."""
        return "efficient" if self.randomized else "callaway_santanna"


def wave_labels(layout: Layout, period_labels: tuple[str, ...]) -> list[str]:
    """Return the labels of the waves (K)."""
    return [period_labels[int(g) - 1] if np.isfinite(g) else "later or never" for g in layout.waves]


def evaluate_outcome(
    rollout: Rollout,
    outcome: Outcome,
    tests: RandomizationTests | None,
    beliefs: Sequence[Belief] = (),
) -> OutcomeResult:
    """Estimate and judge one outcome; `tests` is None when nothing was drawn.

    `beliefs` are read beside the result and change nothing else in it; without a draw there is no
    effect to believe in.
    """
    study, sample, layout = rollout.study, rollout.sample, rollout.layout
    moments = cell_moments(sample.outcomes[outcome.name], layout)
    decides = (rollout.decider, rollout.estimand)
    fits = {
        (estimator, estimand): estimate(moments, estimator, estimand)
        for estimand in study.estimands
        for estimator in ESTIMATORS
    }
    deciding = fits[decides]
    reach = reach_of(
        deciding,
        tests.effect if tests else None,
        tests.simultaneous if tests else None,
        directed=outcome.role == "safety",
    )
    threshold = _threshold(outcome, deciding.baseline_mean)
    detectable = detectable_effect(deciding.se_neyman)
    curve = event_study(moments, randomized=rollout.randomized, seed=rollout.seed)
    return OutcomeResult(
        name=outcome.name,
        label=label_of(outcome),
        role=outcome.role,
        better=outcome.better,
        unit_of_count=outcome.unit_of_count,
        smallest_effect=str(outcome.yardstick),
        threshold=threshold,
        n_units=sample.n_units,
        n_periods=sample.n_periods,
        n_cohorts=len(layout.waves),
        events=sample.events[outcome.name],
        baseline_mean=deciding.baseline_mean,
        detectable_effect=detectable,
        detectable_percent=percent_of(detectable, deciding.baseline_mean),
        verdict=_unless_leaving(
            rollout, outcome, _verdict(rollout, outcome, moments, deciding, threshold, reach)
        ),
        range=range_of(deciding, reach),
        estimates=[
            _row(key, fit, tests.effect if tests and key == decides else None, key == decides)
            for key, fit in fits.items()
        ],
        event_study=curve.rows,
        band_critical_value=curve.critical_value,
        balance=balance(deciding, int(layout.waves.min()) - 1, tests),
        robustness=_robustness(rollout, outcome.name, moments),
        leave_one_out=leave_one_wave_out(
            moments,
            wave_labels(layout, rollout.period_labels),
            rollout.decider,
            rollout.estimand,
        ),
        beliefs=read_beside(
            deciding,
            reach,
            beliefs if rollout.randomized else (),
            fewer_is_better=outcome.better == "fewer",
            worthwhile=outcome.relative_threshold if outcome.is_relative else None,
        ),
        truth=study.simulated.truth.get(outcome.name) if study.simulated else None,
    )


def _threshold(outcome: Outcome, baseline: float) -> float | None:
    """Yardstick in counts per unit and period; None when it is a share of nothing."""
    if not outcome.is_relative:
        return float(outcome.yardstick)
    return outcome.relative_threshold * baseline if baseline > 0 else None


def _verdict(
    rollout: Rollout,
    outcome: Outcome,
    moments: Moments,
    deciding: Estimate,
    threshold: float | None,
    reach: Reach | None,
) -> Verdict:
    if threshold is None:
        return Verdict(code="cannot_tell", reason="no_baseline")
    if deciding.se_neyman <= 0:
        return Verdict(code="cannot_tell", reason="no_variation")
    if not rollout.randomized:
        return Verdict(code="cannot_tell", reason="observational")
    if reach is None:
        return Verdict(code="cannot_tell", reason="few_assignments")
    code = _code(outcome, deciding, reach)
    due = rollout.sample.due
    kind = scale_of_labels(rollout.period_labels).kind
    ahead = periods_worth_searching(due, rollout.sample.n_periods, kind)
    if code != "cannot_tell" or ahead == 0:
        return Verdict(code=code)
    return Verdict(
        code=code,
        more_periods=more_periods_needed(
            moments, due, rollout.estimand, deciding.se_neyman, threshold, ahead
        ),
        more_periods_searched=ahead,
    )


def _unless_leaving(rollout: Rollout, outcome: Outcome, verdict: Verdict) -> Verdict:
    """Take a claim back where leaving differs by wave, or the department's total says otherwise."""
    leavers = rollout.leaving
    if leavers is None or leavers.tests is None or verdict.code == "cannot_tell":
        return verdict
    tests = leavers.tests.outcomes[outcome.name]
    _, fit = zero_after(leavers.followed, outcome.name, rollout.decider, rollout.estimand)
    code = _code(outcome, fit, reach_of(fit, tests.effect, directed=outcome.role == "safety"))
    if leavers.found.differs or not same_side(code, verdict.code):
        return Verdict(code="cannot_tell", reason="leaving")
    return verdict


def _code(outcome: Outcome, fit: Estimate, reach: Reach | None) -> VerdictCode:
    """Judge an estimate by its range; what has none cannot tell."""
    threshold = _threshold(outcome, fit.baseline_mean)
    if reach is None or threshold is None or fit.se_neyman <= 0:
        return "cannot_tell"
    share = outcome.relative_threshold if outcome.is_relative else None
    effect = reach.around(fit.estimate, fit.se_neyman)
    beyond = margin_of(fit, reach, threshold, share)
    benefit = (effect, beyond) if outcome.better == "fewer" else (_turned(effect), _turned(beyond))
    return decide_safety(*benefit) if outcome.role == "safety" else decide(*benefit)


def _turned(ends: Ends) -> Ends:
    return -ends[1], -ends[0]


def _robustness(rollout: Rollout, name: str, moments: Moments) -> list[RobustnessRow]:
    how = (rollout.decider, rollout.estimand)
    rows = around_breaks(rollout.sample, name, rollout.breaks, *how)
    rows += per_exposure(rollout.sample, name, rollout.layout, *how)
    if rollout.leaving is not None:
        rows.append(zero_after(rollout.leaving.followed, name, *how)[0])
        rows += bounds(rollout.leaving.followed, rollout.sample, name, *how)
    rows.append(without_top(rollout.sample, name, *how))
    rows.append(poisson(rollout.sample, name, rollout.estimand))
    if rollout.study.design.spillover:
        rows.append(spillover(rollout.sample, name))
    if rollout.randomized:
        rows.append(placebo(rollout.sample, name, *how))
    if not rollout.randomized:
        rows += pre_trend(moments)
        rows += relative_magnitudes(moments)
    return rows


def _row(
    key: tuple[EstimatorName, Estimand], fit: Estimate, test: Randomization | None, decides: bool
) -> EstimateRow:
    low, high = fit.ci
    return EstimateRow(
        estimator=key[0],
        estimand=key[1],
        decides=decides,
        estimate=fit.estimate,
        se=fit.se,
        se_neyman=fit.se_neyman,
        ci_low=low,
        ci_high=high,
        percent=percent_of(fit.estimate, fit.baseline_mean),
        percent_low=fit.percent_end(-Z95),
        percent_high=fit.percent_end(Z95),
        beta=fit.beta,
        randomization=test,
    )
