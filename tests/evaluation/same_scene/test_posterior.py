from __future__ import annotations

import numpy as np
import pytest

from stepdown.evaluation.same_scene.likelihood import DELTA_MEAN
from stepdown.evaluation.same_scene.mode import mode, starting_point
from stepdown.evaluation.same_scene.posterior import Posterior, scores
from stepdown.evaluation.same_scene.scenes import informative, pack
from stepdown.evaluation.same_scene.simulate import Truth, simulate_agency


@pytest.fixture(scope="module")
def posterior() -> Posterior:
    rng = np.random.default_rng(3)
    scenes = simulate_agency(rng, 30, 90, Truth(beta=-0.5)).scenes
    # Every level is in use, so that every step between levels has a slope of its own.
    scenes = informative(scenes.with_levels(rng.integers(0, 4, scenes.level.size)))
    assert np.bincount(scenes.level).min() > 50
    return Posterior.of(scenes)


def test_the_gradient_is_that_of_finite_differences(posterior):
    rng = np.random.default_rng(4)
    x = starting_point(posterior) + 0.5 * rng.normal(size=posterior.size)
    _, gradient = posterior(x)
    for i in range(posterior.size):
        step = np.zeros(posterior.size)
        step[i] = 1e-5
        slope = (posterior(x + step)[0] - posterior(x - step)[0]) / 2e-5
        assert gradient[i] == pytest.approx(slope, abs=2e-5)


def test_without_scenes_that_say_anything_the_prior_is_left():
    scenes = pack(np.array([1, 1]), np.array([1, 2]), np.array([2, 2]), 4, np.ones((2, 1)))
    posterior = Posterior.of(scenes, beta_sd=0.5)
    x = np.array([0.3, -1.0, -2.0, -3.0, 0.7])
    expected = -0.5 * (0.3**2 + 1 + (-2 - np.log(0.1)) ** 2 + (-3 - np.log(0.1)) ** 2 + 1.4**2)
    assert posterior(x)[0] == pytest.approx(expected)
    assert mode(posterior) == pytest.approx([0, 0, DELTA_MEAN, DELTA_MEAN, 0], abs=1e-5)


def test_scores_rise_from_nought_and_one_by_exponentials():
    assert scores(np.log([0.1, 0.3])) == pytest.approx([0, 1, 1.1, 1.4])
    assert scores(np.empty(0)) == pytest.approx([0, 1])
    assert scores(np.zeros((5, 2))).shape == (5, 4)


def test_the_slope_is_nought_at_the_mode(posterior):
    x = mode(posterior)
    value, gradient = posterior(x)
    assert np.abs(gradient).max() < 1e-3
    rng = np.random.default_rng(5)
    for _ in range(20):
        assert posterior(x + 0.05 * rng.normal(size=posterior.size))[0] < value


def test_residuals_are_the_score_of_each_propensity(posterior):
    x = mode(posterior)
    residuals = posterior.residuals(x)
    scenes = posterior.scenes
    assert np.add.reduceat(residuals, scenes.start[:-1]) == pytest.approx(
        np.zeros(scenes.n_scenes), abs=1e-9
    )
    by_officer = np.bincount(scenes.officer, residuals)
    assert by_officer == pytest.approx(x[: posterior.n_officers], abs=1e-3)
