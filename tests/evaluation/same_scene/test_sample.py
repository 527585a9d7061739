from __future__ import annotations

import sys

import numpy as np
import pytest

from stepdown.evaluation.same_scene.likelihood import DELTA_MEAN
from stepdown.evaluation.same_scene.posterior import Posterior
from stepdown.evaluation.same_scene.sample import Tuning, sample, sample_well
from stepdown.evaluation.same_scene.scenes import informative, pack
from stepdown.evaluation.same_scene.simulate import Truth, simulate_agency
from stepdown.problems import MissingExtra

TUNING = Tuning(chains=2, draws=1500, tune=400)


def test_a_posterior_that_is_the_prior_is_drawn_as_it_is():
    scenes = pack(np.array([1, 1]), np.array([1, 2]), np.array([1, 1]), 4, np.ones((2, 1)))
    found = sample(Posterior.of(scenes), 1, TUNING)
    assert found.x.shape == (3000, 5)
    assert found.diagnostics.good
    mean, sd = found.x.mean(axis=0), found.x.std(axis=0)
    assert mean == pytest.approx([0, 0, DELTA_MEAN, DELTA_MEAN, 0], abs=0.12)
    assert sd == pytest.approx([1, 1, 1, 1, 0.5], rel=0.1)


def test_two_officers_at_many_scenes_are_drawn_as_integration_says():
    # One parameter matters: d = lambda_1 - lambda_2 ~ N(0, 2), seen through 30 of 40 scenes.
    level = np.array([[1, 0]] * 30 + [[0, 1]] * 10).ravel()
    scenes = pack(np.repeat(np.arange(40), 2), np.tile([1, 2], 40), level, 2)
    found = sample(Posterior.of(scenes), 1, TUNING)
    d = np.linspace(-6, 6, 20001)
    log_density = -(d**2) / 4 - 30 * np.log1p(np.exp(-d)) - 10 * np.log1p(np.exp(d))
    density = np.exp(log_density - log_density.max())
    density /= density.sum()
    mean = (d * density).sum()
    sd = np.sqrt((d**2 * density).sum() - mean**2)
    drawn = found.x[:, 0] - found.x[:, 1]
    assert drawn.mean() == pytest.approx(mean, abs=0.03)
    assert drawn.std() == pytest.approx(sd, rel=0.06)


def test_the_same_seed_gives_the_same_draws_and_another_gives_others():
    scenes = informative(simulate_agency(np.random.default_rng(1), 20, 60, Truth()).scenes)
    posterior = Posterior.of(scenes)
    few = Tuning(chains=2, draws=50, tune=50)
    one, other, third = (sample(posterior, seed, few).x for seed in (1, 1, 2))
    assert (one == other).all()
    assert not (one == third).all()


def test_too_few_draws_are_told_and_not_trusted():
    scenes = informative(simulate_agency(np.random.default_rng(1), 20, 60, Truth()).scenes)
    found = sample(Posterior.of(scenes), 1, Tuning(chains=2, draws=20, tune=10)).diagnostics
    assert not found.good
    assert any("effective draws" in reason for reason in found.reasons)


def test_draws_that_cannot_be_trusted_are_drawn_once_more_and_longer():
    scenes = informative(simulate_agency(np.random.default_rng(1), 20, 60, Truth()).scenes)
    posterior = Posterior.of(scenes)
    assert not sample(posterior, 1, Tuning(chains=2, draws=100, tune=300)).diagnostics.good
    found = sample_well(posterior, 1, Tuning(chains=2, draws=100, tune=300)).diagnostics
    assert (found.draws, found.tune) == (400, 600)


def test_without_the_extra_the_error_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "nutpie", None)
    scenes = pack(np.array([1, 1]), np.array([1, 2]), np.array([1, 0]), 2)
    with pytest.raises(MissingExtra, match=r"pip install 'stepdown\[bayes\]'"):
        sample(Posterior.of(scenes), 1, TUNING)
