"""Evaluate a study from end to end: plan and data in, results out."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType

import numpy as np

from stepdown import __version__
from stepdown.evaluation.beside import Belief
from stepdown.evaluation.compliance import compliance
from stepdown.evaluation.contrasts import estimand_weights
from stepdown.evaluation.estimators import contrast_for
from stepdown.evaluation.leaving import follow, followed_tests, leaving_of
from stepdown.evaluation.moments import Layout, lay_out
from stepdown.evaluation.outcome import Leavers, Rollout, evaluate_outcome, wave_labels
from stepdown.evaluation.prepare import Prepared, prepare_study
from stepdown.evaluation.randomization import RandomizationTests, randomization_tests
from stepdown.evaluation.registration import registered
from stepdown.evaluation.results import (
    AccountLine,
    Compliance,
    CountedOnly,
    DataFile,
    DesignSummary,
    OutcomeResult,
    Provenance,
    Results,
    Safety,
    Wave,
)
from stepdown.evaluation.sample import PART_OF_THE_DRAW, PRESENT_THROUGHOUT
from stepdown.evaluation.statistics import project, project_training
from stepdown.evaluation.study import label_of
from stepdown.evaluation.verdict import safe
from stepdown.incidents.panel import NEVER
from stepdown.incidents.tallies import UNMATCHED
from stepdown.progress import Progress, silent

MANY_UNMATCHED = 0.02
FEW_EVENTS = 100
FEW_UNTRAINED = 20
THIN_SHARE = 0.05
FEW_UNITS = 100

Beliefs = Mapping[str, tuple[Belief, ...]]
"""Prior beliefs by the name of the outcome they are about."""
NO_BELIEFS: Beliefs = MappingProxyType({})


def evaluate_study(
    path: Path,
    *,
    draws: int = 5000,
    seed: int = 1,
    workers: int = 1,
    beliefs: Beliefs = NO_BELIEFS,
    progress: Progress = silent,
) -> Results:
    """Evaluate the study file at `path`.

    The same file, data, `draws` and `seed` give the same results whatever `workers` is. `beliefs`
    (by outcome) are read beside the results and change nothing else. Raises InputProblems with
    every mistake of the plan and the data.
    """
    progress("Reading the data", 0, 1)
    prepared = prepare_study(path)
    progress("Reading the data", 1, 1)
    return evaluate_prepared(
        prepared, draws=draws, seed=seed, workers=workers, beliefs=beliefs, progress=progress
    )


def evaluate_prepared(
    prepared: Prepared,
    *,
    draws: int,
    seed: int,
    workers: int = 1,
    beliefs: Beliefs = NO_BELIEFS,
    progress: Progress = silent,
) -> Results:
    """Evaluate a study that has been read and checked."""
    study = prepared.study
    layout = lay_out(prepared.sample)
    rollout = Rollout(
        study, prepared.sample, layout, prepared.breaks, prepared.panel.period_labels, seed
    )
    leavers = _leavers(prepared, rollout, draws, workers, progress)
    rollout = replace(rollout, leaving=leavers)
    tests = randomization_of(prepared, layout, draws, seed, workers, progress)
    outcomes = []
    for n, outcome in enumerate(study.outcomes):
        progress("Estimating", n, len(study.outcomes))
        outcomes.append(
            evaluate_outcome(
                rollout, outcome, tests.get(outcome.name), beliefs.get(outcome.name, ())
            )
        )
    progress("Estimating", len(study.outcomes), len(study.outcomes))
    design = _design(prepared, layout)
    return Results(
        title=study.title,
        simulated=study.simulated.note if study.simulated else None,
        provenance=_provenance(prepared, draws, seed),
        design=design,
        data_account=_account(prepared),
        compliance=_compliance(prepared),
        leaving=leavers.found if leavers else None,
        warnings=[
            *unmatched_rows(prepared),
            *_thin_comparison(study.estimands[0], layout, design.n_periods),
            *_changed_plan(prepared),
            *_leaving_warning(leavers),
            *_warnings(design, outcomes),
        ],
        limits=[*study.limits, *_limits(prepared)],
        outcomes=outcomes,
        safety=_safety(outcomes),
        counts_only=_counted_only(prepared),
    )


def _safety(outcomes: list[OutcomeResult]) -> Safety | None:
    watched = [o for o in outcomes if o.role == "safety"]
    if not watched:
        return None
    return Safety(code=safe(o.verdict.code for o in watched), outcomes=[o.name for o in watched])


def _leavers(
    prepared: Prepared, rollout: Rollout, draws: int, workers: int, progress: Progress
) -> Leavers | None:
    """Follow everybody who was there at the start; None if nobody left."""
    study = prepared.study
    followed = follow(
        prepared.panel,
        prepared.dates,
        level=study.design.level,
        blank_is_never=study.design.unassigned == "never",
    )
    if followed is None:
        return None
    tests = None
    if rollout.randomized:
        tests = followed_tests(
            followed,
            [o.name for o in study.outcomes],
            rollout.estimand,
            draws=draws,
            seed=rollout.seed,
            workers=workers,
            progress=progress,
        )
    labels = wave_labels(followed.layout, rollout.period_labels)
    found = leaving_of(followed, tests, labels, rollout.decider, rollout.estimand)
    return Leavers(followed, tests, found)


def _changed_plan(prepared: Prepared) -> list[str]:
    plan = registered(prepared.study_file.path)
    if plan is None or not plan.changes:
        return []
    count = len(plan.changes)
    return [
        f"The plan was changed after it was registered on {plan.when[:10]}: "
        f"{count} line{'' if count == 1 else 's'} taken out or put in. What was decided after the "
        "data could be seen is no test of a plan."
    ]


def _leaving_warning(leavers: Leavers | None) -> list[str]:
    if leavers is None or not leavers.found.differs:
        return []
    shares = ", ".join(f"{100 * w.share_left:.0f} % of {w.label}" for w in leavers.found.waves)
    return [
        f"People left at different rates in different waves ({shares}), by more than the draw "
        "explains. Those who are left are no longer the groups that were drawn, so no answer "
        "here can be trusted: find out who left and why."
    ]


def randomization_of(
    prepared: Prepared, layout: Layout, draws: int, seed: int, workers: int, progress: Progress
) -> dict[str, RandomizationTests]:
    """Run the randomization tests of all outcomes with shared draws; none if nothing was drawn."""
    study, sample = prepared.study, prepared.sample
    if study.design.assignment != "randomized":
        return {}
    names = [o.name for o in study.outcomes]
    contrast = contrast_for(layout, sample.n_periods, "efficient", study.estimands[0])
    tests = randomization_tests(
        [project(sample.outcomes[name], layout, contrast) for name in names],
        project_training(layout, contrast),
        layout,
        draws=draws,
        seed=seed,
        family=[n for n, o in enumerate(study.outcomes) if o.role == "secondary"],
        workers=workers,
        progress=progress,
    )
    return dict(zip(names, tests, strict=True))


def _design(prepared: Prepared, layout: Layout) -> DesignSummary:
    study, sample, labels = prepared.study, prepared.sample, prepared.panel.period_labels
    due, sizes = np.unique(sample.due, return_counts=True)
    waves = [
        Wave(
            label=labels[int(g) - 1] if g <= len(labels) else _after(g, len(labels)),
            period=int(g) if np.isfinite(g) else None,
            n_units=int(n),
        )
        for g, n in zip(due, sizes, strict=True)
    ]
    return DesignSummary(
        assignment=study.design.assignment,
        level=study.design.level,
        n_people=sample.n_people,
        n_units=sample.n_units,
        n_periods=sample.n_periods,
        n_cohorts=len(layout.waves),
        n_strata=len(layout.stratum_sizes),
        period_labels=list(labels),
        waves=waves,
        untrained_at_end=int((sample.due > sample.n_periods).sum()),
        breaks=prepared.breaks,
    )


def _after(position: float, n_periods: int) -> str:
    if not np.isfinite(position):
        return "never"
    ahead = int(position) - n_periods
    return f"{ahead} period{'' if ahead == 1 else 's'} after the data end"


def _provenance(prepared: Prepared, draws: int, seed: int) -> Provenance:
    return Provenance(
        stepdown_version=__version__,
        study_file=prepared.study_file.path.name,
        study_sha256=prepared.study_file.sha256,
        data=[DataFile(name=f.name, sha256=f.sha256, rows=f.rows) for f in prepared.panel.files],
        seed=seed,
        draws=draws,
        registered=registered(prepared.study_file.path),
        packages={
            "python": platform.python_version(),
            **{name: version(name) for name in ("numpy", "scipy", "duckdb")},
        },
    )


def _account(prepared: Prepared) -> list[AccountLine]:
    return [
        AccountLine(
            step=s.step,
            rows_in=s.rows_in,
            rows_out=s.rows_out,
            units_in=s.units_in,
            units_out=s.units_out,
            why=s.why,
        )
        for s in prepared.account
    ]


def _compliance(prepared: Prepared) -> Compliance | None:
    panel = prepared.panel
    if panel.assigned is None or panel.trained is None:
        return None
    analysed = np.array(panel.present.all(axis=1))
    if prepared.study.design.unassigned != "never":
        analysed &= ~np.isnan(panel.assigned)
    assigned = np.where(np.isnan(panel.assigned), NEVER, panel.assigned)
    return compliance(assigned[analysed], panel.trained[analysed], len(panel.period_labels))


def _counted_only(prepared: Prepared) -> list[CountedOnly]:
    panel = prepared.panel
    dates, present = prepared.dates, panel.present
    if prepared.study.design.unassigned == "never":
        dates = np.where(np.isnan(dates), NEVER, dates)
    drawn = present & ~np.isnan(dates)[:, None]
    after = np.arange(1, len(panel.period_labels) + 1) >= dates[:, None]
    return [
        CountedOnly(
            name=item.name,
            label=label_of(item),
            unit_of_count=item.unit_of_count,
            total=int(panel.counts[item.name].sum()),
            before=int(panel.counts[item.name][drawn & ~after].sum()),
            after=int(panel.counts[item.name][drawn & after].sum()),
            unit_periods_before=int((drawn & ~after).sum()),
            unit_periods_after=int((drawn & after).sum()),
        )
        for item in prepared.study.counts_only
    ]


def unmatched_rows(prepared: Prepared) -> list[str]:
    """Warn where many rows name nobody in the people table: ids may be written in two ways."""
    return [
        f"{s.rows_in - s.rows_out:,} of {s.rows_in:,} rows of {s.step} are not counted, because "
        "they name people who are not in the people table or not in service in the window. If "
        "ids are written in two ways, every number here is wrong: compare them."
        for s in prepared.account
        if s.why == UNMATCHED and s.rows_in - s.rows_out > MANY_UNMATCHED * s.rows_in
    ]


def _thin_comparison(estimand: str, layout: Layout, n_periods: int) -> list[str]:
    """Warn where much of the estimand is compared with only a few units not yet trained."""
    weights = estimand_weights(estimand, layout.waves, layout.wave_sizes, n_periods)
    period = np.arange(1, n_periods + 1)
    untrained = ((layout.waves[:, None] > period) * layout.wave_sizes[:, None]).sum(axis=0)
    share = float(weights[:, untrained < FEW_UNTRAINED].sum())
    if share <= THIN_SHARE:
        return []
    return [
        f"{100 * share:.0f} % of what is averaged is compared with fewer than {FEW_UNTRAINED} "
        "units not yet trained. Chance in so few is badly measured and normal intervals are far "
        "too narrow: end the data before the last waves, or hold back a larger group."
    ]


def _limits(prepared: Prepared) -> list[str]:
    """Say what follows for those who are not in the analysed data."""
    left_out = {s.step: s.units_in - s.units_out for s in prepared.account}
    limits = []
    if undrawn := left_out.get(PART_OF_THE_DRAW):
        limits.append(f"{undrawn:,} people have no assigned date and are not compared.")
    if partial := left_out.get(PRESENT_THROUGHOUT):
        limits.append(
            f"{partial:,} people with an assigned date joined after the first period or left "
            "before the last and are not compared. Whether training made people leave is looked at "
            "apart, for those there at the start."
        )
    if prepared.panel.present.all():
        limits.append(
            "Everybody in the data is there from the first period to the last. If people joined or "
            "left in between, they are not in these data, and nothing is known about them."
        )
    return limits


def _warnings(design: DesignSummary, outcomes: list[OutcomeResult]) -> list[str]:
    """Say what a careful reader must know before believing any number."""
    found = []
    if design.assignment == "observational":
        found.append(
            "Nobody drew lots for the order of training. Those trained early may differ from those "
            "trained late, so differences here are associations and cannot show that training "
            "caused them."
        )
    for o in outcomes:
        p = o.balance.waves_p_value
        if o.balance.waves_differ:
            found.append(
                f"Before anybody was trained, the waves already differed in {o.label} more than a "
                f"draw of single {'clusters' if design.level == 'cluster' else 'people'} explains "
                f"(p = {p:.2g}). Find out how waves were formed: if whole teams or groups were "
                "assigned together, the study file must declare them as clusters or strata."
            )
        if o.events < FEW_EVENTS:
            found.append(
                f"Only {o.events} events of {o.label} were counted. With so few, intervals and "
                "tests are rough."
            )
    if design.n_units < FEW_UNITS:
        what = "clusters" if design.level == "cluster" else "people"
        found.append(
            f"Only {design.n_units} {what} were assigned. In rollouts this small, normal 95 % "
            "intervals are too narrow. Where lots were drawn, the range shown is at least as wide "
            "as redrawing the lots allows, which holds for an effect alike for everybody; where "
            "effects differ much, it may still be too narrow."
        )
    return found
