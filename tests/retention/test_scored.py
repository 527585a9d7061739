from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from stepdown.retention.scored import SLIPS, expected, step_of, told

MEANS = np.array([0.1, 0.5, 0.83, 1.1])


@pytest.mark.parametrize(
    ("scores", "step"),
    [
        ([0, 0.25, 1, np.nan], 1 / 4), ([0.25, 0.625], 1 / 8), ([1 / 12, 0.75], 1 / 12),
        ([0.01, 0.37], 1 / 100), ([0.1234], 0.0), ([np.nan], 0.0),
    ],
)  # fmt: skip
def test_the_scale_is_the_widest_step_that_fits_all_scores(scores, step):
    assert step_of(np.array(scores)) == step


@pytest.mark.parametrize("noise", [0.05, 0.2])
@pytest.mark.parametrize("points", [4, 8])
def test_the_chances_of_all_scores_of_a_scale_are_one(points, noise):
    scores = np.arange(points + 1) / points
    found = told(scores, 1 / points, np.tile(MEANS, (points + 1, 1)), noise)
    assert np.exp(found.log_p).sum(axis=0) == pytest.approx(np.ones(4))


@pytest.mark.parametrize("noise", [0.05, 0.2])
def test_scores_between_the_ends_have_a_density_and_the_ends_a_chance(noise):
    for mean in MEANS:

        def p(score, mean=mean):
            return float(
                np.exp(told(np.array([score]), 0.0, np.array([[mean]]), noise).log_p)[0, 0]
            )

        inside = quad(p, 1e-9, 1 - 1e-9, points=[min(mean, 0.99)])[0]
        assert p(1.0) == pytest.approx((1 - SLIPS) * norm.sf(1, mean, noise), abs=0.02 * SLIPS)
        assert p(0.0) == pytest.approx((1 - SLIPS) * norm.cdf(0, mean, noise), abs=0.02 * SLIPS)
        assert inside + p(0.0) + p(1.0) == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("step", [0.0, 0.25])
def test_slopes_are_those_of_the_likelihood(step):
    scores, noise, h = np.array([0.0, 0.25, 0.75, 1.0]), 0.15, 1e-6
    mean = np.tile(MEANS, (4, 1))
    found = told(scores, step, mean, noise)
    by_mean = told(scores, step, mean + h, noise).log_p - told(scores, step, mean - h, noise).log_p
    louder, softer = (told(scores, step, mean, noise * np.exp(s)).log_p for s in (h, -h))
    assert found.d_mean == pytest.approx(by_mean / (2 * h), rel=1e-4, abs=1e-4)
    assert found.d_noise == pytest.approx((louder - softer) / (2 * h), rel=1e-4, abs=1e-4)


def test_a_score_that_nobody_would_expect_costs_no_more_than_a_slip():
    found = told(np.array([0.0]), 0.25, np.array([[1.0]]), 1e-3)
    assert found.log_p[0, 0] == pytest.approx(np.log(SLIPS / 8))
    assert np.isfinite([found.d_mean, found.d_noise]).all()


def test_the_expected_score_is_the_mean_of_what_the_scale_shows():
    r = np.random.default_rng(1)
    for mean in MEANS:
        shown = np.clip(mean + 0.2 * r.normal(size=200_000), 0, 1)
        assert expected(np.array([mean]), 0.2)[0] == pytest.approx(shown.mean(), abs=2e-3)
