"""Simulation with fixed potential outcomes: only the assignment is redrawn, as in the theory."""

import math

import numpy as np
import pytest

from stepdown.evaluation.contrasts import estimand_weights
from stepdown.evaluation.estimators import ESTIMATORS, estimate
from stepdown.evaluation.moments import cell_moments, lay_out
from stepdown.incidents.panel import NEVER

from .rollouts import make_sample

REPETITIONS = 600


def potential_outcomes(rng, n, waves, n_periods, relative_effect):
    """Y(wave) for every unit and wave: counts, frail units, an effect that differs by unit."""
    level = rng.gamma(0.8, 1.0, n)[:, None] * np.linspace(0.5, 0.8, n_periods)
    untrained = rng.poisson(level).astype(float)
    keeps = rng.random(n)[:, None] < 1 + relative_effect * rng.uniform(0, 2, n)[:, None]
    return {
        g: np.where(np.arange(1, n_periods + 1) >= g, untrained * keeps, untrained) for g in waves
    }


@pytest.mark.parametrize("relative_effect", [0.0, -0.3])
@pytest.mark.parametrize("n_strata", [1, 2])
@pytest.mark.parametrize("estimand", ["simple", "calendar"])
def test_the_interval_covers_and_the_estimate_is_unbiased(relative_effect, n_strata, estimand):
    rng = np.random.default_rng([7, n_strata, int(relative_effect * 10) + 10])
    waves, n_periods, n = np.array([4.0, 6.0, 9.0, NEVER]), 10, 240
    potential = potential_outcomes(rng, n, waves, n_periods, relative_effect)
    stratum = np.arange(n) % n_strata
    sizes = np.full(4, n / 4)
    weights = estimand_weights(estimand, waves, sizes, n_periods)
    effects = np.stack([(potential[g] - potential[NEVER]).mean(axis=0) for g in waves])
    truth = (weights * effects).sum()
    errors, covered = {e: [] for e in ESTIMATORS}, dict.fromkeys(ESTIMATORS, 0)
    for _ in range(REPETITIONS):
        wave = np.empty(n)
        for s in range(n_strata):
            here = stratum == s
            wave[here] = rng.permutation(np.repeat(waves, here.sum() // 4))
        y = np.choose(np.searchsorted(waves, wave)[:, None], [potential[g] for g in waves])
        sample = make_sample(y, wave, stratum)
        moments = cell_moments(y, lay_out(sample))
        for estimator in ESTIMATORS:
            fit = estimate(moments, estimator, estimand)
            low, high = fit.ci
            errors[estimator].append(fit.estimate - truth)
            covered[estimator] += low <= truth <= high
    for estimator in ESTIMATORS:
        spread = np.std(errors[estimator])
        # Five standard errors: a bias of a third of the spread would be seen.
        assert abs(np.mean(errors[estimator])) < 5 * spread / math.sqrt(REPETITIONS), estimator
        lowest = 0.95 - 3.3 * math.sqrt(0.95 * 0.05 / REPETITIONS)
        assert covered[estimator] / REPETITIONS >= lowest, estimator
    assert np.std(errors["efficient"]) < np.std(errors["callaway_santanna"])


def test_the_interval_of_a_small_rollout_is_as_narrow_as_the_warning_says():
    # What the briefing tells about rollouts below 100 units: 90 to 93 of 100.
    rng = np.random.default_rng(5)
    held, redraws = 0, 800
    y = rng.poisson(rng.gamma(0.65, 1 / 0.65, (48, 1)), (48, 24)).astype(float)
    for _ in range(redraws):
        sample = make_sample(y, rng.permutation(np.repeat([8, 12, 16, NEVER], 12)))
        low, high = estimate(cell_moments(y, lay_out(sample)), "efficient", "simple").ci
        held += low <= 0 <= high
    assert 0.90 - 0.02 <= held / redraws <= 0.93 + 0.02
