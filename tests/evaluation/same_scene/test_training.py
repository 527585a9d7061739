from __future__ import annotations

import numpy as np
import pytest

from stepdown.evaluation.same_scene.scenes import pack
from stepdown.evaluation.same_scene.training import interval, mixed_scenes


def test_other_priors_are_fitted_and_pull_as_they_should(analysed):
    _, results = analysed
    narrow, wide = results.training.sensitivity[:2]
    beta, sd = results.training.beta, (results.training.high - results.training.low) / 3.92
    # To a normal likelihood the three priors give means in closed form.
    likelihood = 1 / (1 / sd**2 - 1 / 0.5**2)
    middle = beta * (1 / likelihood + 1 / 0.5**2) * likelihood
    for variant, prior in ((narrow, 0.25), (wide, 1.0)):
        expected = middle / likelihood / (1 / likelihood + 1 / prior**2)
        assert variant.beta == pytest.approx(expected, abs=0.1)


def test_only_scenes_with_trained_and_untrained_count():
    scenes = pack(np.array([1, 1, 2, 2, 3, 3]), np.array([1, 2, 1, 2, 1, 2]), np.zeros(6, int), 2)
    assert mixed_scenes(scenes, np.array([1.0, 0, 1, 1, 0, 0])) == 1


def test_an_interval_is_the_middle_of_the_draws():
    assert interval(np.arange(1001.0)) == pytest.approx((500, 25, 975))
