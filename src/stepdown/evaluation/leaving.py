"""People who leave: does leaving differ by wave, and does the answer hang on who is left?

Leaving can be an effect of training. Then those present throughout are no longer the groups that
were drawn, and comparing them proves nothing. So everybody who was there at the start is followed
as drawn: whether they are gone, what is counted if the gone count as zero (the department's
total), and how far the estimate could move if those who left had been the extreme ones.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from stepdown.evaluation.contrasts import Contrast
from stepdown.evaluation.estimators import Estimate, contrast_for, estimate
from stepdown.evaluation.moments import Ints, Layout, cell_moments, lay_out
from stepdown.evaluation.randomization import RandomizationTests, randomization_tests
from stepdown.evaluation.results import (
    EstimatorName,
    Leaving,
    LeavingWave,
    RobustnessRow,
    VerdictCode,
)
from stepdown.evaluation.robustness import row_of
from stepdown.evaluation.sample import Sample, draw_sample
from stepdown.evaluation.statistics import Projected, project, project_training
from stepdown.incidents.panel import Floats, Panel
from stepdown.progress import Progress, silent

GONE = "\0gone"
ALARM = 0.05 / 2
"""Two tests share 5 %: the effect of training on being gone, and all waves jointly."""

_SIDES: dict[VerdictCode, str] = {
    "works": "benefit",
    "works_below_threshold": "benefit",
    "works_size_unclear": "benefit",
}


@dataclass(frozen=True, slots=True)
class Followed:
    """Everybody who was drawn and there at the start, in N units; counts are 0 after leaving."""

    sample: Sample
    layout: Layout
    gone: Floats  # (N, T) share of the unit that is gone
    n_left: int  # people who are gone in the last period

    @property
    def left(self) -> Floats:
        """Share of each unit that is gone in the last period (N,)."""
        return self.gone[:, -1]


@dataclass(frozen=True, slots=True)
class FollowedTests:
    """Tests on the followed: of leaving itself, and of each outcome by name."""

    gone: RandomizationTests
    outcomes: dict[str, RandomizationTests]


def follow(panel: Panel, dates: Floats, *, level: str, blank_is_never: bool) -> Followed | None:
    """Return everybody there at the start, followed as drawn; None if nobody left or it cannot be.

    It cannot be where a wave of a stratum has a single unit.
    """
    there = np.repeat(panel.present[:, :1], len(panel.period_labels), axis=1)
    drawn = ~np.isnan(dates) | blank_is_never
    gone = there & ~panel.present
    if not gone[drawn].any():
        return None
    whole = replace(panel, counts={**panel.counts, GONE: gone.astype(float)}, present=there)
    sample, _ = draw_sample(whole, dates, level=level, blank_is_never=blank_is_never)
    layout = lay_out(sample)
    complete = len(layout.sizes) == len(layout.waves) * len(layout.stratum_sizes)
    if layout.sizes.min() < 2 or len(layout.waves) < 2 or not complete:
        return None
    outcomes = dict(sample.outcomes)
    share = outcomes.pop(GONE)
    n_left = int(gone[drawn, -1].sum())
    return Followed(replace(sample, outcomes=outcomes), layout, share, n_left)


def followed_tests(
    followed: Followed,
    names: list[str],
    estimand: str,
    *,
    draws: int,
    seed: int,
    workers: int = 1,
    progress: Progress = silent,
) -> FollowedTests:
    """Test leaving and the counts of the followed with the same redrawn assignments."""
    layout = followed.layout
    contrast = contrast_for(layout, followed.sample.n_periods, "efficient", estimand)
    projected = [_leaving(followed, contrast)]
    projected += [project(followed.sample.outcomes[name], layout, contrast) for name in names]
    training = project_training(layout, contrast)
    gone, *others = randomization_tests(
        projected, training, layout, draws=draws, seed=seed, workers=workers, progress=progress
    )
    return FollowedTests(gone, dict(zip(names, others, strict=True)))


def _leaving(followed: Followed, contrast: Contrast) -> Projected:
    """Project being gone; the joint test over waves looks at who is gone in the last period."""
    projected = project(followed.gone, followed.layout, contrast)
    layout = followed.layout
    stratum = followed.sample.stratum
    level = followed.left - (np.bincount(stratum, followed.left) / layout.stratum_sizes)[stratum]
    length = float(np.linalg.norm(level))
    return replace(projected, level=level / length if length > 0 else level)


def leaving_of(
    followed: Followed,
    tests: FollowedTests | None,
    labels: list[str],
    estimator: EstimatorName,
    estimand: str,
) -> Leaving:
    """Describe leaving by wave (labels: K) and, where lots were drawn, test it."""
    fit = estimate(cell_moments(followed.gone, followed.layout), estimator, estimand)
    low, high = fit.ci
    effect = tests.gone.effect.p_value if tests else None
    joint = tests.gone.waves.p_value if tests else None
    return Leaving(
        at_start=followed.sample.n_people,
        left=followed.n_left,
        waves=[
            LeavingWave(label=label, n_units=int(n), share_left=float(share))
            for label, n, share in zip(
                labels, followed.layout.wave_sizes, _by_wave(followed), strict=True
            )
        ],
        estimate=fit.estimate,
        ci_low=low,
        ci_high=high,
        p_value=effect,
        waves_p_value=joint,
        differs=None if effect is None or joint is None else min(effect, joint) < ALARM,
    )


def _by_wave(followed: Followed) -> Floats:
    wave = np.searchsorted(followed.layout.waves, followed.sample.wave)
    return np.bincount(wave, followed.left) / np.bincount(wave)


def same_side(one: VerdictCode, other: VerdictCode) -> bool:
    """Say whether two verdicts claim the same: a benefit, no worthwhile one, harm, or nothing."""
    return _SIDES.get(one, one) == _SIDES.get(other, other)


def bounds(
    followed: Followed, sample: Sample, name: str, estimator: EstimatorName, estimand: str
) -> list[RobustnessRow]:
    """Estimate with the extreme units trimmed from waves that fewer people left.

    After Lee (2009, Review of Economic Studies 76:1071): as many more would have stayed of the
    wave with the most leavers as of each other, so that share of the others is taken away where it
    moves the estimate most, once down and once up.
    """
    layout = lay_out(sample)
    shares = dict(zip(followed.layout.waves.tolist(), _by_wave(followed).tolist(), strict=True))
    stayed = np.array([1 - shares.get(g, 0.0) for g in layout.waves.tolist()])
    excess = 1 - stayed.min() / stayed  # (K,) share of stayers who would have left elsewhere
    contrast = contrast_for(layout, sample.n_periods, estimator, estimand)
    wave = np.searchsorted(layout.waves, sample.wave)
    pull = np.einsum("nt,nt->n", sample.outcomes[name], contrast.theta[wave])
    rows = []
    for sign, label in ((-1, "lowest"), (1, "highest")):
        kept = _trimmed(sign * pull, wave, excess)
        rows.append(_bound(sample, kept, name, label, estimator, estimand))
    return rows


def _trimmed(pull: Floats, wave: Ints, excess: Floats) -> np.ndarray:
    """Mark who stays when each wave loses its excess share of those with the least pull."""
    kept = np.ones(len(pull), bool)
    for k, share in enumerate(excess):
        members = np.flatnonzero(wave == k)
        count = int(np.floor(share * len(members) + 1e-9))
        kept[members[np.argsort(pull[members], kind="stable")[:count]]] = False
    return kept


def _bound(
    sample: Sample,
    kept: np.ndarray,
    name: str,
    label: str,
    estimator: EstimatorName,
    estimand: str,
) -> RobustnessRow:
    text = f"If the most extreme had left: {label}"
    rest = sample.select(kept)
    layout = lay_out(rest)
    if len(layout.sizes) < len(lay_out(sample).sizes) or layout.sizes.min() < 2:
        return RobustnessRow(label=text, kind="leaving_bound", reason="too few are left in a wave")
    fit = estimate(cell_moments(rest.outcomes[name], layout), estimator, estimand)
    return row_of("leaving_bound", text, fit)


def zero_after(
    followed: Followed, name: str, estimator: EstimatorName, estimand: str
) -> tuple[RobustnessRow, Estimate]:
    """Estimate on everybody drawn, with zero counted after leaving: the department's total."""
    moments = cell_moments(followed.sample.outcomes[name], followed.layout)
    fit = estimate(moments, estimator, estimand)
    return row_of("zero_after_leaving", "Counted as zero after leaving", fit), fit
