"""Tests that need no model: officers' training days are permuted as they were drawn.

Under the sharp null, training changes nobody's level at a scene, so each scene's levels stay as
they are whatever day an officer was trained. Residuals are fixed by one fit without training;
each permutation then sums those of the rows that it would make trained. Before that, the same
permutations ask whether training changes who comes to scenes: if it does, the first test is not
one of levels alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from stepdown.evaluation.same_scene.mode import mode
from stepdown.evaluation.same_scene.posterior import Posterior
from stepdown.evaluation.same_scene.scenes import Scenes

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Test:
    """A permutation test: the statistic, where the permutations lie, and the p-value.

    `expected` is the mean of the permutations and `sd` their standard deviation; `p_value` is two-
    sided, (1 + as far out) / (1 + draws).
    """

    statistic: float
    expected: float
    sd: float
    p_value: float
    draws: int


@dataclass(frozen=True, slots=True)
class Timing:
    """When rows happened and when officers were trained.

    `row_day` (rows,) is the day of each row and `unit` (rows,) what the lots moved: its officer, or
    the officer's cluster. `training_day` (units,) is the day that each unit was drawn for (inf:
    never) and `stratum` (units,) the stratum within which days were drawn. A row is trained when
    its day is that day or later.
    """

    row_day: Floats
    unit: Ints
    training_day: Floats
    stratum: Ints

    def trained(self) -> NDArray[np.bool_]:
        """Say for each row whether the officer had been trained, (rows,)."""
        return self.row_day >= self.training_day[self.unit]


@dataclass(frozen=True, slots=True)
class Tests:
    """Both tests: who comes to scenes, and who used more of the force used there."""

    attendance: Test
    levels: Test


def permutation_tests(scenes: Scenes, told: Scenes, timing: Timing, draws: int, seed: int) -> Tests:
    """Test attendance and levels with the same permutations.

    `scenes` are all scenes, also those that say nothing of levels; `timing` describes the same
    rows. `told` are those of its rows that the model uses. Levels are tested by the score of beta
    at 0, given the mode without training.
    """
    posterior = Posterior.of(told.with_covariates(np.empty((told.level.size, 0))))
    score = np.zeros(scenes.level.size)
    score[np.isin(scenes.source, told.source)] = posterior.residuals(mode(posterior))
    return Tests(
        attendance=permutation_test(timing, np.ones(scenes.level.size), draws, seed),
        levels=permutation_test(timing, score, draws, seed),
    )


def permutation_test(timing: Timing, value: Floats, draws: int, seed: int) -> Test:
    """Test whether `value` (rows,), summed over trained rows, depends on who was trained when."""
    days, held = np.unique(timing.training_day, return_inverse=True)
    table = _sums_by_day(timing, value, days)
    order = np.argsort(timing.stratum, kind="stable")
    sizes = np.unique(timing.stratum, return_counts=True)[1]
    bounds = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
    rng = np.random.default_rng(seed)
    sums = np.empty(draws)
    held_in_order = held[order]
    for draw in range(draws):
        shuffled = _shuffled(rng, held_in_order, bounds)
        sums[draw] = table[order, shuffled].sum()
    observed = float(table[np.arange(held.size), held].sum())
    middle = (observed + sums.sum()) / (draws + 1)
    # Sums of the same numbers in another order differ in their last digits.
    slack = 1e-9 * max(1.0, float(np.abs(table).sum()))
    further = np.count_nonzero(np.abs(sums - middle) >= abs(observed - middle) - slack)
    return Test(
        statistic=observed,
        expected=float(sums.mean()),
        sd=float(sums.std(ddof=1)) if draws > 1 else float("nan"),
        p_value=(1 + int(further)) / (1 + draws),
        draws=draws,
    )


def _shuffled(rng: np.random.Generator, held: Ints, bounds: Ints) -> Ints:
    if bounds.size == 2:
        return rng.permutation(held)
    return np.concatenate([rng.permutation(held[a:b]) for a, b in pairwise(bounds)])


def _sums_by_day(timing: Timing, value: Floats, days: Floats) -> Floats:
    """Sum each unit's values over rows on or after each possible training day, (units, days)."""
    # Row r counts for every training day up to its own day.
    last = np.searchsorted(days, timing.row_day, side="right")
    table = np.zeros((timing.training_day.size, days.size + 1))
    np.add.at(table, (timing.unit, last), value)
    after = np.cumsum(table[:, ::-1], axis=1)[:, ::-1]
    return np.ascontiguousarray(after[:, 1:])
