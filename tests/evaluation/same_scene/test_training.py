from __future__ import annotations

import numpy as np
import pytest

from stepdown.evaluation.same_scene.scenes import pack
from stepdown.evaluation.same_scene.training import interval, mixed_scenes, other_priors


def test_other_priors_are_those_of_normal_theory():
    # Likelihood N(0.4, 0.1^2): under N(0, sd^2) the posterior is normal in closed form.
    rng = np.random.default_rng(1)

    def closed(sd):
        variance = 1 / (1 / 0.1**2 + 1 / sd**2)
        return variance * 0.4 / 0.1**2, np.sqrt(variance)

    mean, sd = closed(0.5)
    narrow, wide = other_priors(rng.normal(mean, sd, 200_000))
    for variant, prior in ((narrow, 0.25), (wide, 1.0)):
        mean, sd = closed(prior)
        assert variant.beta == pytest.approx(mean, abs=0.003)
        assert variant.low == pytest.approx(mean - 1.96 * sd, abs=0.006)
        assert variant.high == pytest.approx(mean + 1.96 * sd, abs=0.006)


def test_a_prior_that_few_draws_carry_is_not_shown():
    narrow, _ = other_priors(np.linspace(1.5, 1.9, 200) ** 3)
    assert narrow.reasons
    assert np.isnan(narrow.beta)


def test_only_scenes_with_trained_and_untrained_count():
    scenes = pack(np.array([1, 1, 2, 2, 3, 3]), np.array([1, 2, 1, 2, 1, 2]), np.zeros(6, int), 2)
    assert mixed_scenes(scenes, np.array([1.0, 0, 1, 1, 0, 0])) == 1


def test_an_interval_is_the_middle_of_the_draws():
    assert interval(np.arange(1001.0)) == pytest.approx((500, 25, 975))
