from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import approx_fprime
from scipy.stats import norm

from stepdown.retention.memory import grown, retention
from stepdown.retention.recall import Parameters, log_likelihood, recalled
from stepdown.retention.scored import SLIPS
from tests.retention.cases import simulated, usual


def chance(score, mean, noise):
    """The density of a score, or the chance of the end of the scale."""
    inside = norm.pdf(score, mean, noise)
    p = (
        inside
        if 0 < score < 1
        else norm.sf((1 - mean) / noise)
        if score
        else norm.cdf(-mean / noise)
    )
    return (1 - SLIPS) * p + SLIPS * (0 < score < 1)


@pytest.mark.parametrize("points", [0, 4, 8])
@pytest.mark.parametrize("seed", range(4))
def test_the_slope_is_that_of_the_likelihood(seed, points):
    given = simulated(seed, usual(), people=12, tests=3, points=points)
    at = usual().vector() + np.random.default_rng(seed).normal(size=15) * 0.2
    slope = log_likelihood(given, Parameters.of(at))[1]
    numeric = approx_fprime(at, lambda v: log_likelihood(given, Parameters.of(v))[0], 1e-6)
    assert slope == pytest.approx(numeric, rel=2e-4, abs=2e-3)


def test_the_likelihood_of_one_person_is_the_integral_over_what_they_are():
    truth = usual(1)
    given = simulated(5, truth, people=1, tests=1)
    y, t = given.score[0, 1], given.days[0, 1]
    wide = np.hypot(np.exp(truth.spread), np.exp(truth.own))

    def density(z):
        left = retention(t, np.exp(truth.stability[0] + wide * z), np.exp(truth.decay[0]))
        return norm.pdf(z) * chance(y, np.exp(truth.level[0]) * left, np.exp(truth.noise))

    exact = np.log(quad(density, -8, 8)[0])
    assert log_likelihood(given, truth)[0] == pytest.approx(exact, abs=0.02)


def test_two_techniques_of_a_person_share_what_the_person_is():
    truth = usual(2)
    given = simulated(6, truth, people=1, tests=2)

    def one_row(row, a):
        def density(e):
            log_s = truth.stability[row] + np.exp(truth.spread) * a + np.exp(truth.own) * e
            s, total, d = np.exp(log_s), 1.0, np.exp(truth.decay[row])
            age = 0.0
            for j in (1, 2):
                gap = given.days[row, j] - given.days[row, j - 1]
                left = retention(age + gap, s, d)
                mean = np.exp(truth.level[row]) * left
                total *= chance(given.score[row, j], mean, np.exp(truth.noise))
                after = left + given.recovered[row, j] * (1 - left)
                s = grown(s, np.exp(truth.growth[row]), left)
                age = s * (after ** (-1 / d) - 1) / (0.9 ** (-1 / d) - 1)
            return norm.pdf(e) * total

        return quad(density, -6, 6)[0]

    exact = np.log(quad(lambda a: norm.pdf(a) * one_row(0, a) * one_row(1, a), -6, 6)[0])
    assert log_likelihood(given, truth)[0] == pytest.approx(exact, abs=0.05)


def test_who_did_better_than_expected_is_held_to_forget_more_slowly():
    truth = usual(1)
    given = simulated(7, truth, people=300, tests=1)
    found = recalled(given, truth)
    assert found.weight.sum((1, 2)) == pytest.approx(np.ones(300))
    mean = (found.weight * found.log_stability).sum((1, 2))
    above = given.score[:, 1] - retention(
        given.days[:, 1], np.exp(truth.stability[0]), np.exp(truth.decay[0])
    )
    assert np.corrcoef(mean, above)[0, 1] > 0.5
